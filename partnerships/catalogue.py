"""The published records as sets: which of them have a fact, and how many.

A set is one whole number whose n-th bit stands for the n-th record in order of name. To
combine filters is to combine numbers, to count is to count bits, whatever the size of
the registry. Each server process makes the catalogue once for a version of the registry
and throws it away with it; nothing of it is stored. `PartnershipQuerySet` says the same
in SQL, and tests compare the two with a third reading in plain Python.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, pairwise
from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast

from councils.choices import NOT_RECORDED
from councils.folding import finder, fold, folded_words
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
BYTES = range(256)
# The places of the bits of each byte that are set.
BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in BYTES]
# Binary digits for a text of codes: 1 for one of them.
ONLY = [bytes(ord("01"[it == code]) for it in BYTES) for code in BYTES]
# Bytes of a set that are skipped at once.
BLOCK = 512
DATES = ("started_earliest", "ended_latest", "latest_evidence_latest")
SORTS = {"started": 0, "ended": 1, "evidence": 2}


class Catalogue:
    """The sets of every fact that filters ask for; see the module."""

    def __init__(self):
        records = Partnership.objects.published().order_by()
        # As text, which sorts as they do: SQLite's would be read one by one.
        dates = [Cast(name, CharField()) for name in DATES]
        rows = [
            (fold(name), slug, *rest)
            for name, slug, *rest in records.values_list(
                "name", "slug", "pk", "summary", *dates, *COLUMNS
            ).iterator(chunk_size=5000)
        ]
        rows.sort()  # no two have the same slug
        self.pks = [row[2] for row in rows]
        self.place = {pk: place for place, pk in enumerate(self.pks)}
        self.all = (1 << len(rows)) - 1
        # As `for_list` fetched them for the last lists.
        self.held: dict[int, Partnership] = {}
        self._orders: dict[str, list[int]] = {}
        self._dates = [row[4:7] for row in rows]
        self._texts = [row[0] + BETWEEN + fold(row[3]) for row in rows]
        self.sets: dict[str, dict[str, int]] = {
            name: self._having([row[column] for row in rows])
            for column, name in enumerate(COLUMNS, start=7)
        }
        self._read_names()
        self._read_functions()
        self._read_members()
        self._read_outcomes()

    def _having(self, values: list[str]) -> dict[str, int]:
        """Return the records that have each value, of which there are a few."""
        codes = {value: code for code, value in enumerate({*values})}
        coded = bytes([codes[value] for value in reversed(values)])
        return {
            value: int(coded.translate(ONLY[code]), 2) for value, code in codes.items()
        }

    def _bits(self, places: Iterable[int]) -> int:
        """Return the set of these places; one may be named twice."""
        held = bytearray(len(self.pks) // 8 + 1)
        for place in places:
            held[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(held, "little")

    def _sets(self, places: Mapping[Any, Iterable[int]]) -> dict[Any, int]:
        return {value: self._bits(found) for value, found in places.items()}

    def _places(self, queryset, *fields: str) -> dict[tuple, list[int]]:
        """Return for what the rows say in these fields the places of their records."""
        found = defaultdict(list)
        place = self.place
        rows = queryset.order_by().values_list("partnership", *fields)
        for row in rows.iterator(chunk_size=5000):
            if row[0] in place:
                found[row[1:]].append(place[row[0]])
        return found

    def _read_names(self):
        for (name,), places in self._places(PartnershipName.objects, "name").items():
            for place in places:
                self._texts[place] += BETWEEN + fold(name)

    def _read_functions(self):
        uses = Partnership.functions.through.objects
        found = self._sets(self._places(uses, "servicefunction"))
        functions = ServiceFunction.objects.in_bulk()
        sets = {functions[pk].slug: bits for (pk,), bits in found.items()}
        self._functions = [
            (fold(functions[pk].name), bits) for (pk,), bits in found.items()
        ]
        self.sets["function"] = self._with_none(sets)

    def _read_members(self):
        self._members = [0] * len(self.pks)
        for place in self._places(OtherMember.objects).get((), ()):
            self._members[place] += 1
        roles: dict[str, int] = defaultdict(int)
        councils: dict[int, list[list[int]]] = defaultdict(list)
        members = self._places(Membership.objects, "role", "council")
        for (role, council), places in members.items():
            roles[role] |= self._bits(places)
            councils[council].append(places)
        self.councils: dict[int, int] = {}
        for council, lists in councils.items():
            # A council that left and joined again is one member.
            once = {*chain(*lists)}
            self.councils[council] = self._bits(once)
            for place in once:
                self._members[place] += 1
        facts = Council.objects.filter(pk__in=self.councils).values("pk", *OF_A_COUNCIL)
        self.of_councils = {it["pk"]: it for it in facts}
        for name in OF_A_COUNCIL:
            sets: dict[str, int] = defaultdict(int)
            for pk, bits in self.councils.items():
                sets[self.of_councils[pk][name]] |= bits
            self.sets[name] = self._with_none(sets)
        known = shapes(*(roles[role] for role in ROLES))
        self.sets["relationship"] = self._with_none(
            {str(shape.value): bits for shape, bits in known}
        )

    def _read_outcomes(self):
        self._outcomes = self._sets(self._places(Outcome.objects, "kind", "result"))
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
            holds = finder(word)
            councils = Council.objects.with_word(word).values_list("pk", flat=True)
            found &= (
                self._where(map(holds, self._texts))
                | self.any(bits for name, bits in self._functions if holds(name))
                | self.involving(councils)
            )
        return found

    def of(self, pks: Iterable[int]) -> int:
        """Return the set of these records, of those that are published."""
        places = (self.place[pk] for pk in pks if pk in self.place)
        return self._bits(places)

    def _where(self, holds: Iterable[object]) -> int:
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
