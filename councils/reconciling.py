"""Which council a name in a spreadsheet means, and how sure that is.

The rule, which docs/reconciling.md states: a code, present or former, and a name in
full, present or former, are certain where one council alone has it. A name without the
words that every council's has ("Borough Council", "City of") is as good where one
council alone is called so. Anything else is a guess between 0 and 90, by how many
letters agree, for a person to confirm.
"""

import difflib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from .folding import fold, folded_words
from .lineage import Lineage
from .models import Council
from .notes import fate

CERTAIN, ONE_OF_SEVERAL, GUESS, LEAST = 100, 92, 90, 55
# What a property that contradicts the council costs.
CONTRADICTED = 25
# Words that say what a council is, not which. "&" is a word here.
COMMON = {
    *("council", "borough", "district", "city", "county", "metropolitan", "royal"),
    *("london", "of", "the", "and", "unitary", "authority", "corporation", "cyngor"),
    *(
        "cc",
        "bc",
        "dc",
        "mbc",
        "mdc",
        "lb",
        "lbc",
        "rbc",
        "ua",
        "cbc",
        "sir",
        "bwrdeistref",
    ),
}


class Candidate(NamedTuple):
    """A council that a text may mean; certain if no other has that name or code."""

    council: Council
    score: float
    is_certain: bool


def whole_name(text: str) -> str:
    return " ".join(word for word in folded_words(text) if word != "and")


def own_name(text: str) -> str:
    """Return what is left without common words; all of it if nothing is."""
    words = folded_words(text)
    return " ".join([w for w in words if w not in COMMON] or words)


class Names:
    """Every name and code of every council, read once for a batch of questions."""

    def __init__(self):
        councils = Council.objects.prefetch_related("other_names", "former_codes")
        self.councils = {council.slug: council for council in councils.order_by("slug")}
        self.by_code: dict[str, Council] = {}
        self.by_whole_name: dict[str, set[Council]] = defaultdict(set)
        self.by_own_name: dict[str, set[Council]] = defaultdict(set)
        for council in self.councils.values():
            codes = [council.gss_code, *map(str, council.former_codes.all())]
            self.by_code |= {code: council for code in codes if code}
            names = [council.name, council.short_name, council.name_cy]
            names += [str(name) for name in council.other_names.all()]
            for name in filter(None, names):
                self.by_whole_name[whole_name(name)].add(council)
                self.by_own_name[own_name(name)].add(council)

    def candidates(
        self,
        text: str,
        *,
        types: Iterable[str] = (),
        properties: Iterable[tuple[str, list[str]]] = (),
    ) -> list[Candidate]:
        """Return the councils that a text may mean, the likeliest first.

        `types` keeps councils of these types alone. `properties` are values that the
        council should have: one that contradicts takes from its score, and makes it no
        certain match.
        """
        scored = self.scored(text)
        types = {*types} - {"council"}
        found = []
        for council, (score, is_certain) in scored.items():
            if types and council.council_type not in types:
                continue
            wrong = sum(not agrees(council, *one) for one in properties)
            if wrong:
                score, is_certain = max(score - wrong * CONTRADICTED, 0), False
            found.append(Candidate(council, round(score, 1), is_certain))
        found.sort(
            key=lambda it: (-it.score, it.council.ended is not None, it.council.slug)
        )
        # Of several that are called so, properties and types may leave one.
        best = [it for it in found if it.score == ONE_OF_SEVERAL]
        if len(best) == 1 and found[0] is best[0]:
            found[0] = found[0]._replace(is_certain=bool(types or properties))
        return found

    def scored(self, text: str) -> dict[Council, tuple[float, bool]]:
        code = "".join(text.split()).upper()
        if council := self.by_code.get(code) or self.councils.get(text.strip()):
            return {council: (CERTAIN, True)}
        whole, own = whole_name(text), own_name(text)
        if not whole:
            return {}
        scores: dict[Council, tuple[float, bool]] = {}
        # A typed name may be a slip for another, so those like it stay in sight.
        for name in difflib.get_close_matches(own, self.by_own_name, n=10, cutoff=0.6):
            ratio = difflib.SequenceMatcher(None, own, name).ratio()
            for council in self.by_own_name[name]:
                score = GUESS * ratio - (0 if fold(council.name) == text else 1)
                scores[council] = max(scores.get(council, (0, False)), (score, False))
        scores = {c: s for c, s in scores.items() if s[0] >= LEAST}
        words = {*own.split()}
        for name, councils in self.by_own_name.items():
            there = name.split()
            if words < {*there}:
                score = LEAST + (GUESS - LEAST) * len(words) / len(there)
                for council in councils:
                    best = max(scores.get(council, (0, False))[0], score)
                    scores[council] = (best, False)
        for found in (
            self.by_own_name.get(own, set()),
            self.by_whole_name.get(whole, set()),
        ):
            is_alone = len(found) == 1
            for council in found:
                scores[council] = (CERTAIN if is_alone else ONE_OF_SEVERAL, is_alone)
            if is_alone:
                # The whole name decides between those that share their own.
                (council,) = found
                for other, (score, _) in scores.items():
                    if other != council:
                        scores[other] = (min(score, GUESS), False)
        return scores


def agrees(council: Council, name: str, values: list[str]) -> bool:
    """Return whether a council has one of these values, by its slug or its label."""
    if name == "gss_code":
        codes = {council.gss_code, *map(str, council.former_codes.all())}
        return bool(codes & {value.strip().upper() for value in values})
    value = str(getattr(council, name))
    label = getattr(council, f"get_{name}_display")()
    return bool({value, fold(label)} & {fold(one.strip()) for one in values})


def description(council: Council, lineage: Lineage, today: date) -> str:
    """Say what kind of council it is, where, and what became of it."""
    kind = f"{council.get_council_type_display()}, {council.get_region_display()}"
    became = fate(council, lineage, today)
    return f"{kind}; {became}" if became else kind
