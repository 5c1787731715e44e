"""The published records as sets: which of them have a fact, and how many.

A set is one whole number whose n-th bit stands for the n-th record in order of name. To
combine filters is to combine numbers, to count is to count bits, whatever the size of
the registry. Each server process makes the catalogue once for a version of the registry
and throws it away with it; nothing of it is stored. `PartnershipQuerySet` says the same
in SQL, and tests compare the two with a third reading in plain Python.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import Any

from councils.choices import NOT_RECORDED
from councils.folding import fold, folded_words
from councils.models import Council
from councils.versions import kept

from .models import (
    Membership,
    OtherMember,
    Outcome,
    Partnership,
    PartnershipName,
    ServiceFunction,
)
from .models.days import ROLES, shapes

# Not in any folded text, so that no word is found across two of them.
BETWEEN = "\0"
COLUMNS = ("status", "delivery_model", "confidence")
OF_A_COUNCIL = ("nation", "region", "council_type")
# The places of the bits of each byte that are set.
BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]
# Bytes of a set that are skipped at once.
BLOCK = 512
SORTS = {"started": 0, "ended": 1, "evidence": 2}


class Sets:
    """Collects, for each value, the places of the records that have it."""

    def __init__(self, size: int):
        self.empty = bytes(size // 8 + 1)
        self.found: dict[Any, bytearray] = {}

    def add(self, value: Any, place: int) -> bool:
        """Return whether the record was not among those of the value before."""
        bits = self.found.get(value)
        if bits is None:
            bits = self.found[value] = bytearray(self.empty)
        byte, bit = place >> 3, 1 << (place & 7)
        is_new = not bits[byte] & bit
        bits[byte] |= bit
        return is_new

    def numbers(self) -> dict[Any, int]:
        return {it: int.from_bytes(b, "little") for it, b in self.found.items()}


class Catalogue:
    """The sets of every fact that filters ask for; see the module."""

    def __init__(self):
        records = Partnership.objects.published().order_by()
        rows = [
            (fold(name), slug, *rest)
            for name, slug, *rest in records.values_list(
                "name",
                "slug",
                "pk",
                "summary",
                "started_earliest",
                "ended_latest",
                "latest_evidence_latest",
                *COLUMNS,
            ).iterator(chunk_size=5000)
        ]
        rows.sort(key=lambda row: row[:2])
        self.pks = [row[2] for row in rows]
        self.place = {pk: place for place, pk in enumerate(self.pks)}
        self.all = (1 << len(rows)) - 1
        # As `for_list` fetched them for the last lists.
        self.held: dict[int, Partnership] = {}
        self._orders: dict[str, list[int]] = {}
        self._dates = [row[4:7] for row in rows]
        self._texts = [row[0] + BETWEEN + fold(row[3]) for row in rows]
        self.sets: dict[str, dict[str, int]] = {
            name: self._sets((row[column], place) for place, row in enumerate(rows))
            for column, name in enumerate(COLUMNS, start=7)
        }
        self._read_names()
        self._read_functions()
        self._read_members()
        self._read_outcomes()

    def _sets(self, pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
        sets = Sets(len(self.pks))
        for value, place in pairs:
            sets.add(value, place)
        return sets.numbers()

    def _rows(self, queryset, *fields: str) -> Iterator[tuple]:
        """Yield the place of a row's record, and the row's fields, of every record."""
        rows = queryset.order_by().values_list("partnership", *fields)
        for pk, *row in rows.iterator(chunk_size=5000):
            place = self.place.get(pk)
            if place is not None:
                yield place, *row

    def _read_names(self):
        for place, name in self._rows(PartnershipName.objects, "name"):
            self._texts[place] += BETWEEN + fold(name)

    def _read_functions(self):
        uses = Partnership.functions.through.objects
        names = dict(ServiceFunction.objects.values_list("slug", "name"))
        rows = self._rows(uses, "servicefunction__slug")
        sets = self._sets((slug, place) for place, slug in rows)
        self._functions = [(fold(names[slug]), bits) for slug, bits in sets.items()]
        self.sets["function"] = self._with_none(sets)

    def _read_members(self):
        roles, by_council = Sets(len(self.pks)), Sets(len(self.pks))
        self._members = [0] * len(self.pks)
        for place, role, council in self._rows(Membership.objects, "role", "council"):
            roles.add(role, place)
            # A council that left and joined again is one member.
            if by_council.add(council, place):
                self._members[place] += 1
        for (place,) in self._rows(OtherMember.objects):
            self._members[place] += 1
        self.councils = by_council.numbers()
        members = Council.objects.filter(pk__in=self.councils)
        self.of_councils = {it["pk"]: it for it in members.values("pk", *OF_A_COUNCIL)}
        for name in OF_A_COUNCIL:
            sets: dict[str, int] = {}
            for pk, bits in self.councils.items():
                fact = self.of_councils[pk][name]
                sets[fact] = sets.get(fact, 0) | bits
            self.sets[name] = self._with_none(sets)
        found = roles.numbers()
        known = shapes(*(found.get(role, 0) for role in ROLES))
        self.sets["relationship"] = self._with_none(
            {str(shape.value): bits for shape, bits in known}
        )

    def _read_outcomes(self):
        rows = self._rows(Outcome.objects, "kind", "result")
        self._outcomes = self._sets(
            ((kind, result), place) for place, kind, result in rows
        )
        self._without_outcome = self.all & ~self.any(self._outcomes.values())

    def _with_none(self, sets: dict[str, int]) -> dict[str, int]:
        """Add the set of the records that are in none of the sets."""
        return {**sets, NOT_RECORDED: self.all & ~self.any(sets.values())}

    @staticmethod
    def any(sets: Iterable[int]) -> int:
        found = 0
        for bits in sets:
            found |= bits
        return found

    # ---- Questions, as PartnershipQuerySet has them

    def having(self, name: str, values: Iterable[str]) -> int:
        sets = self.sets[name]
        return self.any(sets.get(value, 0) for value in values)

    def involving(self, councils: Iterable[int]) -> int:
        return self.any(self.councils.get(pk, 0) for pk in councils)

    def reporting(self, benefits: Iterable[str], results: Iterable[str]) -> int:
        """Kind and result have to meet in the same outcome; nothing asked is any."""
        kinds, found = {*benefits}, {*results}
        asked = [it for it in (kinds, found) if it]
        sets = self.any(
            bits
            for (kind, result), bits in self._outcomes.items()
            if (not kinds or kind in kinds) and (not found or result in found)
        )
        if asked and all(NOT_RECORDED in it for it in asked):
            sets |= self._without_outcome
        return sets

    def matching(self, text: str) -> int:
        found = self.all
        for word in folded_words(text):
            councils = Council.objects.named_like(word).values_list("pk", flat=True)
            found &= (
                self._where(word in it for it in self._texts)
                | self.any(bits for name, bits in self._functions if word in name)
                | self.involving(councils)
            )
        return found

    def of(self, pks: Iterable[int]) -> int:
        """Return the set of these records, of those that are published."""
        sets = self._sets((True, self.place[pk]) for pk in pks if pk in self.place)
        return sets.get(True, 0)

    def _where(self, holds: Iterable[bool]) -> int:
        digits = "".join(["1" if it else "0" for it in holds])
        return int(digits[::-1] or "0", 2)

    def in_order(self, bits: int, sort: str, skip: int = 0) -> Iterator[int]:
        """Yield the keys of a set's records, sorted as `PartnershipQuerySet` sorts.

        `skip` leaves out so many of the first.
        """
        held = bits.to_bytes(len(self.pks) // 8 + 1, "little")
        if sort != "name":
            order = self._order(sort)
            keys = (self.pks[it] for it in order if held[it >> 3] >> (it & 7) & 1)
            yield from islice(keys, skip, None)
            return
        for at in range(0, len(held), BLOCK):
            block = held[at : at + BLOCK]
            number = int.from_bytes(block).bit_count()
            if number <= skip:  # the last page costs what the first one does
                skip -= number
                continue
            places = (
                start * 8 + bit
                for start, byte in enumerate(block, at)
                for bit in BITS[byte]
            )
            yield from (self.pks[place] for place in islice(places, skip, None))
            skip = 0

    def best(
        self, tiers: Iterable[int], functions: Iterable[str], number: int, sort: str
    ) -> list[int]:
        """Return the keys of the first so many records: those of the first set first.

        In a set come those first that share most of the functions, then those that come
        first in the order.
        """
        # The n-th set is of those that share n of the functions or more.
        sharing = [self.all, 0]
        for slug in functions:
            bits = self.sets["function"].get(slug, 0)
            some = [fewer & bits for fewer in sharing]
            sharing = [a | b for a, b in zip([*sharing, 0], [0, *some], strict=True)]
        found: list[int] = []
        for tier in tiers:
            for more, enough in pairwise([0, *reversed(sharing)]):
                if chosen := tier & enough & ~more:
                    keys = self.in_order(chosen, sort)
                    found += islice(keys, number - len(found))
                if len(found) == number:
                    return found
        return found

    def _order(self, sort: str) -> list[int]:
        if sort not in self._orders:
            self._orders[sort] = self._sorted(sort)
        return self._orders[sort]

    def _sorted(self, sort: str) -> list[int]:
        """Return all places in this order: equals by name, the unknown last."""
        key = sort.removeprefix("-")
        if key == "name":
            values = [text.partition(BETWEEN)[0] for text in self._texts]
        elif key == "members":
            values = self._members
        else:
            values = [dates[SORTS[key]] for dates in self._dates]
        places = range(len(self.pks))
        known = [place for place in places if values[place] is not None]
        unknown = [place for place in places if values[place] is None]
        # Sorting backwards keeps the order of equals, as sorting forwards does.
        known.sort(key=values.__getitem__, reverse=sort.startswith("-"))
        return known + unknown


# Who finds another thread at work asks the database meanwhile.
catalogue = kept(Catalogue, patience=0.2)
