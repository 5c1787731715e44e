"""From each fact to its sources, and from each source back to its facts."""

from collections import defaultdict
from typing import NamedTuple

from .models import Partnership, Source
from .models.evidence import Numbered
from .publishing import facts


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
    for fact in facts(partnership):
        is_numbered, kind = isinstance(fact, Numbered), fact._meta.verbose_name
        words = f"{kind} {fact.number}" if is_numbered else fact.short_name
        for source in fact.sources.all():
            cited[source.pk].append(Citation(fact.anchor, words))
    return [Footnote(source, cited[source.pk]) for source in partnership.sources.all()]
