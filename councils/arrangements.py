"""What each council shares in its own name, and what it inherits.

Partnerships belong to the layer above, so they are asked for by the names under which
they point at councils. Reading all memberships takes one query, whatever the list.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from .lineage import Lineage, Step, known_lineage
from .models import Council

# The value of a partnership's `publication` that readers may see.
PUBLISHED = "published"


class Arrangements:
    """The published arrangements of every council, or of the given ones, by key."""

    def __init__(self, council_ids: Iterable[int] | None = None):
        self._asked = None if council_ids is None else set(council_ids)

    @cached_property
    def lineage(self) -> Lineage:
        return known_lineage()

    @cached_property
    def own(self) -> dict[int, set[int]]:
        """The arrangements of which a council is or was itself a member."""
        members = Council.objects.order_by().filter(
            memberships__partnership__publication=PUBLISHED
        )
        if self._asked is not None:
            members = members.filter(pk__in=self.lineage.with_predecessors(self._asked))
        own = defaultdict(set)
        for council, partnership in members.values_list(
            "pk", "memberships__partnership"
        ):
            own[council].add(partnership)
        return dict(own)

    @cached_property
    def inherited(self) -> dict[int, set[int]]:
        """Those of all its predecessors, unless the council is a member itself."""
        inherited = {}
        heirs = self.lineage.heir_ids
        for heir in heirs if self._asked is None else heirs & self._asked:
            found = set()
            for step in self.lineage.predecessors(heir):
                found |= self.own.get(step.council.pk, set())
            if found := found - self.own.get(heir, set()):
                inherited[heir] = found
        return inherited

    def of(self, council_id: int) -> set[int]:
        """Return both kinds together."""
        own = self.own.get(council_id, set())
        return own | self.inherited.get(council_id, set())


class Arrangement(NamedTuple):
    """A partnership as one council knows it: its own times there, its predecessors'."""

    partnership: Any
    own: list
    inherited: list[tuple[Any, Step]]


def arrangements_of(
    council: Council, lineage: Lineage
) -> tuple[list[Arrangement], list[Arrangement]]:
    """Return those in the council's own name, and those it only inherits.

    One query, however many predecessors there are.
    """
    steps = {step.council.pk: step for step in lineage.predecessors(council.pk)}
    memberships = (
        council.memberships.model.objects.of_published()
        .filter(council__in=[council.pk, *steps])
        .select_related("partnership", "council")
        .order_by("partnership__name", "partnership__slug", "joined_earliest", "pk")
    )
    found: dict[int, Arrangement] = {}
    for membership in memberships:
        partnership = membership.partnership
        arrangement = found.setdefault(partnership.pk, Arrangement(partnership, [], []))
        if membership.council_id == council.pk:
            arrangement.own.append(membership)
        else:
            step = steps[membership.council_id]
            arrangement.inherited.append((membership, step))
    own = [arrangement for arrangement in found.values() if arrangement.own]
    inherited = [arrangement for arrangement in found.values() if not arrangement.own]
    return own, inherited
