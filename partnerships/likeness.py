"""What councils like a given one have tried, and why each is its like."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Prefetch
from django.utils.text import get_text_list

from councils.arrangements import Arrangement
from councils.choices import CouncilType, Nation, Region
from councils.models import Council

from .benefits import Finding, findings
from .choices import BenefitKind
from .models import Membership, Outcome, Partnership, ServiceFunction
from .models.questions import LIKENESS
from .nearest import like, number_in_list

MOST = 5


class Match(NamedTuple):
    """An arrangement from `PartnershipQuerySet.like`, and the reason in words."""

    partnership: Partnership
    reason: str
    savings: list[Finding]


class Alike(NamedTuple):
    """The best matches, and how many the list has under the same type and nation."""

    matches: list[Match]
    in_list: int


def councils_alike(council: Council, arrangements: Iterable[Arrangement]) -> Alike:
    """Return arrangements of councils like this one, the likest first.

    Those that it has or inherited are left out; what they share counts as its services.
    """
    own = [arrangement.partnership.pk for arrangement in arrangements]
    functions = set(ServiceFunction.objects.filter(partnerships__in=own))
    published = Partnership.objects.published().prefetch_related(
        "functions",
        Prefetch(
            "memberships", Membership.objects.in_order().select_related("council")
        ),
        Prefetch(
            "outcomes",
            Outcome.objects.filter(kind=BenefitKind.SAVINGS).order_by("number"),
        ),
    )
    nearest = like(council, functions, own, MOST)
    if nearest is None:
        found = [*published.exclude(pk__in=own).like(council, functions)[:MOST]]
    else:
        there = published.in_bulk(nearest)
        found = [there[pk] for pk in nearest if pk in there]
    matches = [
        Match(
            partnership,
            reason(council, partnership, functions),
            findings(partnership.outcomes.all()),
        )
        for partnership in found
    ]
    return Alike(matches, number_in_list(council))


def reason(council: Council, partnership, functions: set[ServiceFunction]) -> str:
    """Say which members are like the council and in what, or that none is.

    Then what both share: beside a heading of councils like yours, "ICT" alone would
    pass for a likeness.
    """
    sentences = []
    members = [member.council for member in partnership.memberships.all()]
    for facts in LIKENESS:
        alike = {
            str(member): None
            for member in members
            if all(getattr(member, fact) == getattr(council, fact) for fact in facts)
        }
        if alike:
            each = "each also" if len(alike) > 1 else "also"
            also = f"{each} {in_words(council, facts)}"
            sentences.append(f"{get_text_list([*alike], 'and')}: {also}.")
            break
    else:
        sentences.append("No member council is of your type or in your nation.")
    in_common = [str(f) for f in partnership.functions.all() if f in functions]
    if in_common:
        sentences.append(f"Services you share or shared too: {', '.join(in_common)}.")
    return " ".join(sentences)


def in_words(council: Council, facts: tuple[str, ...]) -> str:
    """Return "a county council in England" or "in Wales": these facts of a council."""
    kind = CouncilType(council.council_type)
    nation, region = Nation(council.nation).label, Region(council.region).place
    where = f"in {region if 'region' in facts else nation}"
    if "council_type" not in facts:
        return where
    if facts == ("council_type",) or kind.names_its_place:
        return kind.noun
    return f"{kind.noun} {where}"
