"""What readers ask of the list of partnerships, answered by the catalogue."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import islice

from councils.lineage import known_lineage

from .catalogue import Catalogue
from .models import PartnershipQuerySet

# Kind and result meet in one outcome: each is counted with the other's answer.
OF_ONE_OUTCOME = {"benefit", "result"}


# So many records are held for the next list; more than a few pages are no list.
MOST_HELD = 500


class Found(Sequence):
    """The records of a set, in order: fetched when a part of them is asked for.

    Where it `holds` them the catalogue has them at hand for the next list, whatever
    that is asked: nobody may change them.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        bits: int,
        sort: str,
        records: PartnershipQuerySet,
        holds: bool = False,
    ):
        self.catalogue = catalogue
        self.bits = bits
        self.sort = sort
        self.records = records
        self.holds = holds

    def keys(self) -> Iterator[int]:
        return self.catalogue.in_order(self.bits, self.sort)

    def __len__(self):
        return self.bits.bit_count()

    def iterator(self, chunk_size: int) -> Iterator:
        """Yield all, so many in memory at a time; no cursor stays open meanwhile."""
        keys = self.keys()
        while chunk := [*islice(keys, chunk_size)]:
            yield from self.fetched(chunk)

    def __getitem__(self, part):
        start = part.start or 0
        number = None if part.stop is None else part.stop - start
        keys = self.catalogue.in_order(self.bits, self.sort, start)
        return self.fetched([*islice(keys, number)])

    def fetched(self, pks: list[int]) -> list:
        held = self.catalogue.held if self.holds else {}
        fetched = self.records.in_bulk([pk for pk in pks if pk not in held])
        there = held | fetched
        if self.holds and len(fetched) <= MOST_HELD:
            # Never changed, but replaced: other threads read it meanwhile.
            self.catalogue.held = there if len(there) <= MOST_HELD else fetched
        # One may have gone since the catalogue was made.
        return [there[pk] for pk in pks if pk in there]


class AnswerOfSets:
    """The answer to the valid questions of a `PartnershipFilter`."""

    def __init__(self, catalogue: Catalogue, questions):
        self.catalogue = catalogue
        self.questions = questions
        self.asked = questions.form.cleaned_data

    def having(self, name: str, value) -> int:
        """Return the set of the records that an answer to one filter finds."""
        match name:
            case "q":
                return self.catalogue.matching(value)
            case "council":
                councils = (council.pk for council in value)
                return self.catalogue.involving(
                    known_lineage().with_predecessors(councils)
                )
            case "benefit" | "result":
                asked = {**self.asked, name: value}
                return self.catalogue.reporting(
                    asked.get("benefit") or [], asked.get("result") or []
                )
            case "running_on" | "modified_since":
                every = self.questions.queryset.order_by()
                records = self.questions.filters[name].filter(every, value)
                return self.catalogue.of(records.values_list("pk", flat=True))
        return self.catalogue.having(name, value)

    @cached_property
    def sets(self) -> dict[str, int]:
        """The set of each filter that was asked, all but the order."""
        return {
            name: self.having(name, self.asked[name])
            for name in self.questions.filters
            if self.asked.get(name) and name != "sort"
        }

    def all_of(self, leaving_out: Collection[str] = ()) -> int:
        found = self.catalogue.all
        for name, bits in self.sets.items():
            if name not in leaving_out:
                found &= bits
        return found

    @property
    def number(self) -> int:
        return self.all_of().bit_count()

    def number_with(self, name: str, value: str) -> int:
        """Return how many of the records found have this value of a filter too."""
        return (self.all_of() & self.having(name, [value])).bit_count()

    def finds(self, partnership) -> bool:
        return bool(self.all_of() & self.catalogue.of([partnership.pk]))

    @property
    def found(self) -> Found:
        records, holds = self.questions.queryset, self.questions.holds
        if when := self.asked.get("running_on"):
            # Each says whether it certainly ran then, and of that day alone.
            records, holds = records.running_on(when), False
        sort = self.asked.get("sort") or self.questions.usual_order
        return Found(self.catalogue, self.all_of(), sort, records, holds)

    def counts(self, name: str) -> Iterator[tuple[str, int]]:
        """Yield each value of a filter that any record has, the other filters kept."""
        others = self.all_of(OF_ONE_OUTCOME if name in OF_ONE_OUTCOME else {name})
        for value, _ in self.questions.form.fields[name].choices:
            found = others & self.having(name, [str(value)])
            if found:
                yield str(value), found.bit_count()
