"""What prose pulls from a partnership's record, and what it must leave to it."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from councils.partial_dates import PartialDate
from partnerships.models import Partnership


def _date(known: PartialDate | None) -> str:
    return known.in_words() if known else "not known"


# By the name that prose writes in braces.
FACTS: dict[str, Callable[[Partnership], str]] = {
    "announced": lambda partnership: _date(partnership.announced),
    "started": lambda partnership: _date(partnership.started),
    "ended": lambda partnership: _date(partnership.ended),
    "latest_evidence": lambda partnership: _date(partnership.latest_evidence),
    "staff": lambda partnership: (
        "not known" if partnership.staff is None else str(partnership.staff)
    ),
}


def facts_of(partnership: Partnership) -> dict[str, str]:
    """Return the words that stand for each placeholder."""
    return {name: say(partnership) for name, say in FACTS.items()}


def numbers_of(partnership: Partnership) -> dict[str, str]:
    """Return the numbers that the record holds, with what prose has to do instead.

    Dates count by their year, since no date in words lacks it.
    """
    held = dict.fromkeys(_shown(partnership), "leave it out: the page shows it")
    named = defaultdict(list)
    for name in FACTS:
        known = getattr(partnership, name)
        if known is not None:
            number = known[:4] if isinstance(known, str) else str(known)
            named[number].append(f"{{{name}}}")
    return held | {number: f"write {' or '.join(n)}" for number, n in named.items()}


def _shown(partnership: Partnership) -> Iterator[str]:
    """Yield the years and amounts of the record that no placeholder stands for."""
    for row in partnership.members:
        yield from (known[:4] for known in (row.joined, row.left) if known)
    for milestone in partnership.milestones.all():
        yield milestone.happened[:4]
    for outcome in partnership.outcomes.all():
        if outcome.amount is not None:
            yield str(outcome.amount)
