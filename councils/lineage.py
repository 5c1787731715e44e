"""What councils became and where they came from, over any number of reorganisations.

Successions are few (126 since 2009), so a page reads them once and walks them here;
chains (Taunton Deane, Somerset West and Taunton, Somerset) and splits
(Northamptonshire, North and West) need no recursive SQL.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from .choices import Extent
from .models import Council, Succession


class Step(NamedTuple):
    """One succession on the way from a council, and how deep in the chain it is."""

    council: Council
    succession: Succession
    depth: int
    is_whole: bool


def by_vesting_day(steps: Iterable[Step]) -> list[tuple[date, list[Succession]]]:
    """Group the steps by the day on which the successor took over, in that order."""
    days = defaultdict(list)
    for step in steps:
        days[step.succession.vesting_day].append(step.succession)
    return sorted(days.items())


class Lineage:
    """All successions, read with one query when first made."""

    def __init__(self, successions: Iterable[Succession] | None = None):
        if successions is None:
            successions = Succession.objects.select_related("predecessor", "successor")
        self._to = defaultdict(list)
        self._from = defaultdict(list)
        for succession in successions:
            self._to[succession.predecessor_id].append(succession)
            self._from[succession.successor_id].append(succession)

    @property
    def heir_ids(self) -> list[int]:
        """The councils that took over from any other."""
        return list(self._from)

    def after(self, council_id: int) -> list[Succession]:
        """Return the successions that ended this council."""
        return self._to.get(council_id, [])

    def before(self, council_id: int) -> list[Succession]:
        """Return the successions that brought this council an area."""
        return self._from.get(council_id, [])

    def heirs(self, council_id: int) -> list[Step]:
        """Return the councils that took over, nearest first within each branch.

        `is_whole` says that the whole area passed on at every step so far.
        """
        return list(self._walk(council_id, self._to, "successor"))

    def heirs_on(self, council_id: int, day: date) -> list[Step]:
        """Return those of the heirs that stood on that day."""
        return [step for step in self.heirs(council_id) if step.council.stood_on(day)]

    def holders(self, council: Council, today: date) -> list[Step]:
        """Return the heirs that hold its area today, or will from its vesting day.

        None while no end of the council is known.
        """
        if council.vesting_day is None:
            return []
        return self.heirs_on(council.pk, max(today, council.vesting_day))

    def predecessors(self, council_id: int) -> list[Step]:
        """Return the councils that this one came from, nearest first in each branch."""
        return list(self._walk(council_id, self._from, "predecessor"))

    def with_predecessors(self, council_ids: Iterable[int]) -> set[int]:
        """Return these councils and all that came before them."""
        ids = set(council_ids)
        for council_id in list(ids):
            ids.update(step.council.pk for step in self.predecessors(council_id))
        return ids

    def with_heirs(self, council_ids: Iterable[int]) -> set[int]:
        """Return these councils and all that came after them."""
        ids = set(council_ids)
        for council_id in list(ids):
            ids.update(step.council.pk for step in self.heirs(council_id))
        return ids

    def _walk(self, council_id, edges, end) -> Iterator[Step]:
        seen = {council_id}  # a loop entered by mistake must not hang a page

        def walk(at, depth, is_whole):
            for succession in edges.get(at, []):
                council = getattr(succession, end)
                if council.pk in seen:
                    continue
                seen.add(council.pk)
                whole = is_whole and succession.extent == Extent.WHOLE
                yield Step(council, succession, depth, whole)
                yield from walk(council.pk, depth + 1, whole)

        yield from walk(council_id, 1, True)
