"""What readers may see: what a record needs before they do, and what follows what.

One rule for the admin, the import and `check_registry`: readers see no claim without
its source.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model

from .choices import Publication
from .models import Partnership, Source

# The permission of those who decide what readers see.
PUBLISH = "partnerships.publish_partnership"
# What a record may become from what it is. Readers who know an address always get an
# answer there, so a published record is withdrawn, and never a draft again.
NEXT = {
    Publication.DRAFT: [
        Publication.DRAFT,
        Publication.IN_REVIEW,
        Publication.PUBLISHED,
    ],
    Publication.IN_REVIEW: [
        Publication.DRAFT,
        Publication.IN_REVIEW,
        Publication.PUBLISHED,
    ],
    Publication.PUBLISHED: [Publication.PUBLISHED, Publication.WITHDRAWN],
    Publication.WITHDRAWN: [Publication.WITHDRAWN, Publication.PUBLISHED],
}
# Readers know nothing of these.
UNSEEN = {Publication.DRAFT, Publication.IN_REVIEW}
FACTS = ("memberships", "other_members", "aims", "outcomes", "milestones")


def facts(partnership: Partnership) -> Iterator[Any]:
    """Yield every row that cites sources."""
    for name in FACTS:
        yield from getattr(partnership, name).all()


def prose_citing(
    partnership: Partnership, numbers: Iterable[int]
) -> Iterator[tuple[Model, int]]:
    """Yield what is written about a record and cites one of these sources of it.

    A model says by its `cites`, a set of numbers, that its text rests on sources.
    """
    for relation in Partnership._meta.related_objects:
        model: Any = relation.related_model
        if hasattr(model, "cites"):
            for row in model.objects.filter(**{relation.field.name: partnership}):
                for number in sorted(row.cites & {*numbers}):
                    yield row, number


def is_cited(source: Source) -> bool:
    """Return whether a fact of its record, or what is written about it, cites it."""
    return any(getattr(source, name).exists() for name in FACTS) or any(
        prose_citing(source.partnership, [source.number])
    )


def refuse_lost_citations(
    partnership: Partnership,
    numbers: Iterable[int],
    leaving: Collection[tuple[str, int]] = (),
) -> None:
    """Raise ValidationError if what is written about a record cites what is to go.

    `leaving` are rows, by label and key, that go with these sources.
    """
    for row, number in prose_citing(partnership, numbers):
        if (row._meta.label_lower, row.pk) not in leaving:
            raise ValidationError(
                f"The {row._meta.verbose_name} “{row}” cites source {number}: let it"
                " cite another first."
            )


class Lack(NamedTuple):
    """One thing that a record lacks: in words, and the field that would hold it.

    `row` is the fact that has the field; None where it is the record itself.
    """

    words: str
    field: str
    row: Model | None = None


def lacks(partnership: Partnership) -> Iterator[Lack]:
    """Yield what a saved record needs before readers may see it, in its form's order.

    It needs a summary; a status with its evidence, which is the date of the newest
    source and a source at all; and a source for every member, aim, outcome and
    milestone.
    """
    if not partnership.summary.strip():
        yield Lack("no summary", "summary")
    if not partnership.latest_evidence:
        yield Lack("no date of the newest evidence for its status", "latest_evidence")
    if not partnership.sources.all():
        yield Lack("no source as evidence for its status", "sources")
    for fact in facts(partnership):
        if not fact.sources.all():
            yield Lack(f"no source for: {fact}", "sources", fact)


def refuse_unready(partnership: Partnership) -> None:
    """Raise ValidationError if readers see a saved record that lacks something.

    Every write of a record besides its form ends with this.
    """
    saved = Partnership.objects.get(pk=partnership.pk)
    if saved.publication == Publication.PUBLISHED and (lacking := [*lacks(saved)]):
        raise ValidationError(
            [f"A published record needs more: {lack.words}" for lack in lacking]
        )


def states_after(state: str, may_publish: bool) -> list[Publication]:
    """Return what a record may become, for who may publish or not.

    Who may not has no say in what readers see or saw.
    """
    states = NEXT[Publication(state)]
    return states if may_publish else [now for now in states if now in UNSEEN]
