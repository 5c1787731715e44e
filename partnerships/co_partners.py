"""Who shared with a council, how often and when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from councils.arrangements import Arrangement
from councils.folding import fold
from councils.lineage import Lineage
from councils.models import Council
from councils.notes import fate

from .models import Membership, Partnership


class Shared(NamedTuple):
    """One arrangement, and the times in it, each with whose time it was."""

    partnership: Partnership
    times: list[tuple[str, Council]]


class CoPartner(NamedTuple):
    council: Council
    fate: str
    shared: list[Shared]


def co_partners(
    council: Council, arrangements: Iterable[Arrangement], lineage: Lineage, today: date
) -> list[CoPartner]:
    """Return the councils that were members beside this one or its predecessors.

    The most frequent come first. Two that were certainly never members at one time did
    not share. One query, however many there are.
    """
    ours = {
        arrangement.partnership.pk: [
            *arrangement.own,
            *(membership for membership, _ in arrangement.inherited),
        ]
        for arrangement in arrangements
    }
    theirs = (
        Membership.objects.filter(partnership__in=ours)
        .exclude(council=council)
        .select_related("council", "partnership")
        .order_by("partnership__name", "partnership__slug", "joined_earliest", "pk")
    )
    councils: dict[Council, dict[int, Shared]] = defaultdict(dict)
    for other in theirs:
        times = [
            (own.time_with(other), own.council)
            for own in ours[other.partnership_id]
            if own.council_id != other.council_id and not own.is_apart_from(other)
        ]
        if times:
            shared = Shared(other.partnership, [])
            shared = councils[other.council].setdefault(other.partnership_id, shared)
            shared.times.extend(times)
    found = [
        CoPartner(other, fate(other, lineage, today), list(shared.values()))
        for other, shared in councils.items()
    ]
    return sorted(
        found,
        key=lambda partner: (-len(partner.shared), fold(partner.council.short_name)),
    )
