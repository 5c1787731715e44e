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
from .models import Outcome, Partnership
from .statistics import Share
from .survival import Survival, survival

MOST_COUNCILS = 10


class Figure(NamedTuple):
    """How many of the arrangements something is true of.

    `question` is what asks the list for them, a filter and its value; where no filter
    can, `records` are they.
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
    """A council, the number of others it shares or shared with, and of arrangements."""

    key: str
    council: Council
    partners: int
    arrangements: int


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
    functions = {f for it in partnerships for f in it.functions.all()}
    counts = Counter(f.slug for it in partnerships for f in it.functions.all())
    return [
        Figure(
            f"function/{one.slug}",
            one.name,
            Share(counts[one.slug], len(partnerships)),
            {"function": one.slug},
        )
        for one in sorted(functions, key=lambda one: (-counts[one.slug], one.slug))
    ]


def by_nation(partnerships: list[Partnership]) -> list[Figure]:
    """Count by the nation of a member; one with members in several counts in each."""
    counts = Counter(
        nation
        for it in partnerships
        for nation in {m.council.nation for m in it.memberships.all()}
    )
    return [
        Figure(
            f"nation/{nation}",
            str(nation.label),
            Share(counts[nation], len(partnerships)),
            {"nation": str(nation)},
        )
        for nation in Nation
    ]


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


def sharers(partnerships: list[Partnership]) -> list[Sharer]:
    """Return the councils with most others, in the order of number and slug."""
    partners: dict[Council, set[int]] = defaultdict(set)
    arrangements: dict[Council, set[int]] = defaultdict(set)
    for tie in ties(partnerships):
        for one, other in ((tie.a, tie.b), (tie.b, tie.a)):
            partners[one.council].add(other.council_id)
            arrangements[one.council].add(tie.partnership.pk)
    most = sorted(partners, key=lambda one: (-len(partners[one]), one.slug))
    return [
        Sharer(f"sharing/{it.slug}", it, len(partners[it]), len(arrangements[it]))
        for it in most[:MOST_COUNCILS]
    ]


class Numbers(NamedTuple):
    """All figures of some arrangements from `for_tables`."""

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
    sharers: list[Sharer]


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
        ended_for=reasoned,
        sharers=sharers(some),
    )
