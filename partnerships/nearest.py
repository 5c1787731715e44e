"""Which records come first by a rule of `PartnershipQuerySet`, told from the catalogue.

Tests hold its answers against those of the rules. Where a server process has no
catalogue at hand the rules are asked of all records: nobody waits for one here.
"""

from collections.abc import Iterable

from councils.models import Council

from .catalogue import Catalogue, catalogue
from .models import Partnership, ServiceFunction
from .models.questions import LIKENESS, contrary


def contrasting(partnership: Partnership, number: int) -> list[int] | None:
    """Return the keys of the first of `contrasting_with`, None if nothing is known."""
    known = catalogue.if_there()
    if not known or partnership.pk not in known.place:
        return None
    statuses, shapes = contrary(partnership)
    own = [function.slug for function in partnership.functions.all()]
    others = known.having("function", own) & ~known.of([partnership.pk])
    outcome = others & known.having("status", statuses)
    shape = others & known.having("relationship", shapes)
    tiers = [outcome & shape, outcome ^ shape]
    return known.best(tiers, own, number, "-evidence")


def like(
    council: Council,
    functions: Iterable[ServiceFunction],
    leaving_out: Iterable[int],
    number: int,
) -> list[int] | None:
    """Return the keys of the first of `like`, None if nothing is known."""
    known = catalogue.if_there()
    if not known:
        return None
    slugs = [function.slug for function in functions]
    left = known.all & ~known.of(leaving_out)
    tiers = []
    for alike in [*_alike(known, council), known.having("function", slugs)]:
        tiers.append(left & alike)
        left &= ~alike
    return known.best(tiers, slugs, number, "name")


def number_in_list(council: Council) -> int:
    """Return how many records the list has under a council's type and its nation."""
    if known := catalogue.if_there():
        of_its_type = known.having("council_type", [council.council_type])
        return (of_its_type & known.having("nation", [council.nation])).bit_count()
    published = Partnership.objects.published()
    of_its_type = published.with_members_in("council_type", [council.council_type])
    return of_its_type.with_members_in("nation", [council.nation]).count()


def _alike(known: Catalogue, council: Council) -> list[int]:
    """Return, for each row of LIKENESS, the records with such a member."""
    return [
        known.involving(
            pk
            for pk, facts in known.of_councils.items()
            if all(facts[name] == getattr(council, name) for name in row)
        )
        for row in LIKENESS
    ]
