"""What readers may see: what a record needs before they do, and what follows what.

One rule for the admin, the import and `check_registry`: readers see no claim without
its source.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model

from .choices import Publication
from .models import Partnership

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
    for name in FACTS:
        for fact in getattr(partnership, name).all():
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
