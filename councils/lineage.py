"""What councils became and where they came from, over any number of reorganisations.

Successions are few (126 since 2009), so a process keeps all and walks them here; chains
(Taunton Deane, Somerset West and Taunton, Somerset) and splits
(Northamptonshire, North and West) need no recursive SQL.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from .choices import Extent
from .models import Council, Succession
from .versions import kept


class Step(NamedTuple):
    """A council reached over successions, and whether by its whole area each time."""

    council: Council
    is_whole: bool


def by_vesting_day(
    successions: Iterable[Succession],
) -> list[tuple[date, list[Succession]]]:
    """Group them by the day on which the successor took over, in that order."""
    days = defaultdict(list)
    for succession in successions:
        days[succession.vesting_day].append(succession)
    return sorted(days.items())


class Lineage:
    """All successions, read with one query when first made."""

    def __init__(self, successions: Iterable[Succession] | None = None):
        if successions is None:
            successions = Succession.objects.select_related(
                "predecessor", "successor", "order"
            )
        self._to = defaultdict(list)
        self._from = defaultdict(list)
        for succession in successions:
            self._to[succession.predecessor_id].append(succession)
            self._from[succession.successor_id].append(succession)

    @property
    def heir_ids(self) -> set[int]:
        """The councils that took over from any other."""
        return set(self._from)

    def after(self, council_id: int) -> list[Succession]:
        """Return the successions that ended this council."""
        return self._to.get(council_id, [])

    def going_on(self, council_id: int) -> Succession | None:
        """Return by what this council went on as the same legal body, if it did."""
        return next(
            (it for it in self.after(council_id) if it.is_same_legal_body), None
        )

    def before(self, council_id: int) -> list[Succession]:
        """Return the successions that brought this council an area."""
        return self._from.get(council_id, [])

    def all_after(self, council_id: int) -> list[Succession]:
        """Return all successions that followed, those of the heirs too, each once."""
        return [succession for succession, _ in self._walk(council_id, self._to)]

    def all_before(self, council_id: int) -> list[Succession]:
        """Return all successions that led to it, those of predecessors too."""
        return [succession for succession, _ in self._walk(council_id, self._from)]

    def heirs(self, council_id: int) -> list[Step]:
        """Return the councils that took over, nearest first within each branch."""
        walk = self._walk(council_id, self._to)
        return _steps(council_id, ((s.successor, is_whole) for s, is_whole in walk))

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
        walk = self._walk(council_id, self._from)
        return _steps(council_id, ((s.predecessor, is_whole) for s, is_whole in walk))

    def with_predecessors(self, council_ids: Iterable[int]) -> set[int]:
        """Return these councils and all that came before them."""
        ids = set(council_ids)
        for council_id in list(ids):
            ids.update(step.council.pk for step in self.predecessors(council_id))
        return ids

    def _walk(self, council_id, edges) -> Iterator[tuple[Succession, bool]]:
        """Yield each succession once, and whether the area was whole up to there."""
        seen = set()  # two branches may meet, and a mistake may close a loop

        def walk(at, is_whole):
            for succession in edges.get(at, []):
                if succession in seen:
                    continue
                seen.add(succession)
                whole = is_whole and succession.extent == Extent.WHOLE
                yield succession, whole
                onward = succession.successor_id
                if edges is self._from:
                    onward = succession.predecessor_id
                yield from walk(onward, whole)

        yield from walk(council_id, True)


# For those who read one and change nothing of it.
known_lineage = kept(Lineage)


def _steps(start: int, reached: Iterable[tuple[Council, bool]]) -> list[Step]:
    """Name each council once, whole if any way there was."""
    steps: dict[int, Step] = {}
    for council, is_whole in reached:
        if council.pk != start and (is_whole or council.pk not in steps):
            steps[council.pk] = Step(council, is_whole)
    return list(steps.values())
