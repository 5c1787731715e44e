"""How councils are found and ordered: by names, codes, days and arrangements."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from ..folding import MOST_WORDS, Folded, fold, folded_words, holding, part_of


class CouncilQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def in_order(self, sort: str = "name"):
        """Sort by a key of SORTS, or by its reverse with "-" before it.

        Unknown values come last both ways. Short names break ties, the same on every
        database, and of two bodies with one name the newer comes first. To sort by
        arrangements, count them first: `with_arrangements`.
        """
        column = SORTS[sort.removeprefix("-")]
        by = column.desc if sort.startswith("-") else column.asc
        return self.order_by(
            by(nulls_last=True),
            Folded("short_name"),
            F("ended").desc(nulls_first=True),
            "slug",
        )

    def for_list(self):
        """Fetch the other names and codes that a row or a file gives."""
        return self.prefetch_related("other_names", "former_codes")

    def best_first(self, text: str, day: date):
        """Sort suggestions for a text that is still being typed.

        First the names that begin with it, then those in which a word does, then the
        others; of each, the councils of that day before the abolished ones.
        """
        typed = fold(text)
        begins = Case(
            When(short_name__folded__startswith=typed, then=Value(0)),
            When(short_name__folded__contains=f" {typed}", then=Value(1)),
            default=Value(2),
        )
        is_gone = Case(When(ended__lt=day, then=Value(1)), default=Value(0))
        return self.order_by(begins, is_gone, Folded("short_name"), "slug")

    def existing_on(self, day: date):
        """Return the councils that stood on that day; `ended` is the last full day."""
        return self.filter(Q(started=None) | Q(started__lte=day)).filter(
            Q(ended=None) | Q(ended__gte=day)
        )

    def named_like(self, text: str):
        """Return the councils in whose names and codes every word of the text occurs.

        Former and other names, Welsh names and former GSS codes count; accents,
        capitals and apostrophes do not. None for more than `MOST_WORDS`.
        """
        words = folded_words(text)
        councils = self.none() if len(words) > MOST_WORDS else self
        for word in words[:MOST_WORDS]:
            councils = councils.filter(self._named(word, part_of))
        return councils

    def with_word(self, word: str):
        """Return the councils in whose names and codes a search finds a folded word."""
        return self.filter(self._named(word, holding))

    def called(self, text: str, is_slug_a_name: bool = False):
        """Return the councils that a typed name or code means, none for no text.

        A slug means one council. Otherwise codes are asked, then whole names, then
        parts of names, until one answers. Two bodies of one name are both meant. Where
        a slug is one more name, "somerset" means as many as "Somerset" does.
        """
        typed = " ".join(text.split())
        # PostgreSQL refuses NUL.
        if not 0 < len(folded_words(typed)) <= MOST_WORDS or "\0" in typed:
            return self.none()
        code, name = typed.upper(), fold(typed)
        coded = Q(gss_code=code) | self._has("former_codes", gss_code=code)
        named = (
            Q(name__folded=name)
            | Q(short_name__folded=name)
            | Q(name_cy__folded=name)
            | self._has("other_names", name__folded=name)
        )
        ways = [Q(slug=typed), coded, named]
        if is_slug_a_name:
            ways = [coded, Q(slug=typed.lower()) | named]
        for way in ways:
            found = self.filter(way)
            if found.exists():
                return found
        return self.named_like(typed)

    def with_arrangements(self, arrangements):
        """Annotate `own_arrangements` and `inherited_arrangements`, two numbers.

        `arrangements` is an `arrangements.Arrangements`, which knows them.
        """
        return self.annotate(
            own_arrangements=_number(arrangements.own),
            inherited_arrangements=_number(arrangements.inherited),
        )

    def _has(self, kind: str, *condition: Q, **fields):
        """Return the condition that a council has such a row of names or codes."""
        rows = getattr(self.model, kind).rel.related_model.objects
        return Exists(rows.filter(*condition, council=OuterRef("pk"), **fields))

    def _named(self, word: str, holds: Callable[[str, str], Q]):
        """Return the condition that any name or code of a council holds a word."""
        return (
            holds("name", word)
            | holds("short_name", word)
            | holds("name_cy", word)
            | holds("gss_code", word)
            | self._has("other_names", holds("name", word))
            | self._has("former_codes", holds("gss_code", word))
        )


def _number(found: dict[int, set[int]]):
    """Return the size of each council's set, 0 where there is none."""
    sizes = defaultdict(list)
    for council_id, members in found.items():
        sizes[len(members)].append(council_id)
    return Case(
        *(When(pk__in=ids, then=Value(size)) for size, ids in sizes.items()),
        default=Value(0),
        output_field=models.IntegerField(),
    )


SORTS: dict[str, F | models.Expression] = {
    "name": Folded("short_name"),
    "started": F("started"),
    "arrangements": F("own_arrangements") + F("inherited_arrangements"),
}
