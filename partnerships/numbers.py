"""The registry in numbers: each with what it is a part of, and the records behind it.

Every figure has a key, such as `status/ended`, by which the recipes in docs/recipes/
name what they work out again from the files.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from statistics import median
from typing import NamedTuple

from councils.choices import Nation
from councils.models import Council

from .choices import BenefitKind, DeliveryModel, Period, Relationship, Result, Status
from .long_tables import ties
from .models import Outcome, Partnership, ServiceFunction
from .statistics import Share
from .survival import Survival, survival

MOST_COUNCILS = 10
# Of records and of pairs by name: a page is to be read. The files hold all.
MOST_LISTED = 100


class Figure(NamedTuple):
    """How many of the arrangements something is true of.

    `question` is what asks the list for them, a filter and its value. Where no
    filter can, or the page already asks for another of a record's several values,
    `records` are they.
    """

    key: str
    words: str
    share: Share
    question: dict[str, str]
    records: list[Partnership] = []


class Kind(NamedTuple):
    """The outcomes about one kind of benefit, by what came of them."""

    kind: BenefitKind
    total: int
    results: list[tuple[str, Result, int]]


class Money(NamedTuple):
    """The amounts with one result and one period; no sum, which could count one twice.

    `share` is how many arrangements report any. Pounds.
    """

    key: str
    result: Result
    period: Period
    share: Share
    amounts: int
    least: int
    middle: float
    most: int
    records: list[Partnership]


class Lasting(NamedTuple):
    key: str
    words: str
    question: dict[str, str]
    survival: Survival


class Sharer(NamedTuple):
    """A council, the number of others it shares or shared with, and in how many."""

    key: str
    council: Council
    partners: int
    arrangements: Share


class Pair(NamedTuple):
    """Two councils that share or shared in more than one arrangement."""

    key: str
    a: Council
    b: Council
    records: list[Partnership]


class Sharing(NamedTuple):
    """The councils with most others, and the pairs that share in several, of all."""

    most: list[Sharer]
    councils: int
    pairs: list[Pair]
    several: Share


def by_value(
    name: str, values: Iterable, partnerships: list[Partnership]
) -> list[Figure]:
    """Count the arrangements by a vocabulary's value that each of them has."""
    counts = Counter(getattr(it, name) for it in partnerships)
    return [
        Figure(
            f"{name}/{value}",
            str(value.label),
            Share(counts[value], len(partnerships)),
            {name: str(value)},
        )
        for value in values
    ]


def by_function(partnerships: list[Partnership]) -> list[Figure]:
    """Count by service, the most shared first; one of several counts in each."""
    sharing: dict[ServiceFunction, list[Partnership]] = defaultdict(list)
    for it in partnerships:
        for one in it.functions.all():
            sharing[one].append(it)
    return [
        Figure(
            f"function/{one.slug}",
            one.name,
            Share(len(records), len(partnerships)),
            {"function": one.slug},
            records,
        )
        for one, records in sorted(
            sharing.items(), key=lambda item: (-len(item[1]), item[0].slug)
        )
    ]


def by_nation(partnerships: list[Partnership]) -> list[Figure]:
    """Count by the nation of a member; one with members in several counts in each."""
    nations = [
        (it, {m.council.nation for m in it.memberships.all()}) for it in partnerships
    ]
    found = []
    for nation in Nation:
        records = [it for it, some in nations if nation in some]
        found.append(
            Figure(
                f"nation/{nation}",
                str(nation.label),
                Share(len(records), len(partnerships)),
                {"nation": str(nation)},
                records,
            )
        )
    return found


def by_year(
    name: str,
    partnerships: list[Partnership],
    applies: Callable[[Partnership], bool] = bool,
) -> list[Figure]:
    """Count by the year of a date; those that have none, or a doubtful one, say so."""
    asked = [it for it in partnerships if applies(it)]
    years: dict[str, list[Partnership]] = defaultdict(list)
    for it in asked:
        day = getattr(it, name)
        years[day[:4] if day and not day.qualifier else "not-known"].append(it)
    return [
        Figure(
            f"{name}/{year}",
            "Not known, or in doubt" if year == "not-known" else year,
            Share(len(records), len(asked)),
            {},
            records,
        )
        for year, records in sorted(years.items())
    ]


def outcomes_of(partnerships: list[Partnership]) -> list[tuple[Partnership, Outcome]]:
    return [(it, outcome) for it in partnerships for outcome in it.outcomes.all()]


def by_kind(partnerships: list[Partnership]) -> list[Kind]:
    """Count the outcomes, not the arrangements, by kind and result."""
    counts = Counter((o.kind, o.result) for _, o in outcomes_of(partnerships))
    return [
        Kind(
            kind,
            total,
            [
                (f"outcomes/{kind}/{result}", result, counts[kind, result])
                for result in Result
            ],
        )
        for kind in BenefitKind
        if (total := sum(counts[kind, result] for result in Result))
    ]


def money(partnerships: list[Partnership]) -> list[Money]:
    found = []
    rows = outcomes_of(partnerships)
    for result in Result:
        for period in Period:
            some = [
                (it, o.amount)
                for it, o in rows
                if o.amount is not None and (o.result, o.period) == (result, period)
            ]
            if not some:
                continue
            amounts = [amount for _, amount in some]
            records = list(dict.fromkeys(it for it, _ in some))
            found.append(
                Money(
                    f"money/{result}/{period}",
                    result,
                    period,
                    Share(len(records), len(partnerships)),
                    len(amounts),
                    min(amounts),
                    median(amounts),
                    max(amounts),
                    records,
                )
            )
    return found


def lasting(partnerships: list[Partnership]) -> list[Lasting]:
    """Return how long they last: all, by delivery model and by relationship."""
    found = [Lasting("all", "All arrangements", {}, survival(partnerships))]
    for name, values in (
        ("delivery_model", DeliveryModel),
        ("relationship", Relationship),
    ):
        for value in values:
            some = [it for it in partnerships if getattr(it, name) == value]
            if some:
                found.append(
                    Lasting(
                        f"{name}/{value}",
                        str(value.label),
                        {name: str(value)},
                        survival(some),
                    )
                )
    return found


def sharing(partnerships: list[Partnership]) -> Sharing:
    """Return who shares with most others, in the order of number and slug.

    A council with as many others as the last of the ten is not left out for its name.
    """
    partners: dict[Council, set[int]] = defaultdict(set)
    arrangements: dict[Council, set[int]] = defaultdict(set)
    together: dict[tuple[Council, Council], list[Partnership]] = defaultdict(list)
    for tie in ties(partnerships):
        together[tie.a.council, tie.b.council].append(tie.partnership)
        for one, other in ((tie.a, tie.b), (tie.b, tie.a)):
            partners[one.council].add(other.council_id)
            arrangements[one.council].add(tie.partnership.pk)
    in_order = sorted(partners, key=lambda one: (-len(partners[one]), one.slug))
    least = min((len(partners[it]) for it in in_order[:MOST_COUNCILS]), default=0)
    pairs = [
        Pair(f"pair/{a.slug}/{b.slug}", a, b, records)
        for (a, b), records in together.items()
        if len(records) > 1
    ]
    return Sharing(
        most=[
            Sharer(
                f"sharing/{it.slug}",
                it,
                len(partners[it]),
                Share(len(arrangements[it]), len(partnerships)),
            )
            for it in in_order
            if len(partners[it]) >= least
        ],
        councils=len(partners),
        pairs=sorted(pairs, key=lambda it: (-len(it.records), it.a.slug, it.b.slug))[
            :MOST_LISTED
        ],
        several=Share(len(pairs), len(together)),
    )


class Numbers(NamedTuple):
    """All figures of some arrangements from `for_numbers`."""

    total: int
    status: list[Figure]
    delivery_model: list[Figure]
    relationship: list[Figure]
    function: list[Figure]
    nation: list[Figure]
    started: list[Figure]
    ended: list[Figure]
    outcomes: list[Kind]
    with_outcomes: Share
    money: list[Money]
    lasting: list[Lasting]
    reasons: Share
    ended_for: list[Partnership]
    sharing: Sharing


def has_ended(partnership: Partnership) -> bool:
    return partnership.status == Status.ENDED


def numbers(partnerships: Iterable[Partnership]) -> Numbers:
    some = list(partnerships)
    over = [it for it in some if has_ended(it)]
    reasoned = [it for it in over if it.end_reason]
    reporting = [it for it in some if it.outcomes.all()]
    return Numbers(
        total=len(some),
        status=by_value("status", Status, some),
        delivery_model=by_value("delivery_model", DeliveryModel, some),
        relationship=by_value("relationship", Relationship, some),
        function=by_function(some),
        nation=by_nation(some),
        started=by_year("started", some),
        ended=by_year("ended", some, has_ended),
        outcomes=by_kind(some),
        with_outcomes=Share(len(reporting), len(some)),
        money=money(some),
        lasting=lasting(some),
        reasons=Share(len(reasoned), len(over)),
        ended_for=reasoned[:MOST_LISTED],
        sharing=sharing(some),
    )
