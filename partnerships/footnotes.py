"""From each fact to its sources, and from each source back to its facts."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from .models import Partnership, Source


class Citation(NamedTuple):
    """A fact that cites a source: its place on the page, and its name."""

    anchor: str
    words: str


class Footnote(NamedTuple):
    source: Source
    citations: list[Citation]


def footnotes(partnership: Partnership) -> list[Footnote]:
    """Return the record's sources in order, each with the facts that cite it."""
    cited = defaultdict(list)
    for fact, citation in _facts(partnership):
        for source in fact.sources.all():
            cited[source.pk].append(citation)
    return [Footnote(source, cited[source.pk]) for source in partnership.sources.all()]


def _facts(partnership: Partnership) -> Iterator[tuple]:
    for member in partnership.memberships.all():
        yield member, Citation(f"member-{member.pk}", member.council.short_name)
    for other in partnership.other_members.all():
        yield other, Citation(f"other-member-{other.pk}", other.name)
    for aim in partnership.aims.all():
        yield aim, Citation(f"aim-{aim.number}", f"aim {aim.number}")
    for outcome in partnership.outcomes.all():
        number = outcome.number
        yield outcome, Citation(f"outcome-{number}", f"outcome {number}")
    for milestone in partnership.milestones.all():
        number = milestone.number
        yield milestone, Citation(f"milestone-{number}", f"milestone {number}")
