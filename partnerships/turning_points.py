"""A record's dated facts in the order of time, and what it says of a later time.

Nothing here is stored: each point is a date of the record in words.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.text import get_text_list

from councils.partial_dates import PartialDate, is_before

from .models import Outcome, Partnership, Source


class TurningPoint(NamedTuple):
    """A dated fact. Without sources of its own it rests on the record's as a whole."""

    when: PartialDate
    words: str
    sources: list[Source]


class Report(NamedTuple):
    """An outcome with the dates of the sources that tell of it."""

    dates: list[PartialDate]
    outcome: Outcome


class Afterwards(NamedTuple):
    """What the record says of the time after a day."""

    points: list[TurningPoint]
    reports: list[Report]


def turning_points(partnership: Partnership) -> list[TurningPoint]:
    """Return the dated facts of a partnership from `for_detail`, in time order.

    None stands behind one that certainly is later. Dates that may be the same follow
    the usual course: announcement, start, joining, milestones, leaving, end.
    """
    waiting = [
        *_of_the_whole(partnership, "announced", "started"),
        *_of_members(partnership, "joined"),
        *(
            TurningPoint(point.happened, point.text, list(point.sources.all()))
            for point in partnership.milestones.all()
        ),
        *_of_members(partnership, "left"),
        *_of_the_whole(partnership, "ended"),
    ]
    points = []
    while waiting:
        points.append(next(point for point in waiting if _is_first(point, waiting)))
        waiting.remove(points[-1])
    return points


def _is_first(point: TurningPoint, points: list[TurningPoint]) -> bool:
    return not any(is_before(other.when, point.when) for other in points)


def afterwards(partnership: Partnership, day: PartialDate) -> Afterwards:
    """Return what happened certainly after a day, and what later sources tell.

    An outcome counts if every dated source of it is later than that day.
    """
    points = [p for p in turning_points(partnership) if is_before(day, p.when)]
    reports = []
    for outcome in partnership.outcomes.all():
        dates = [s.published for s in outcome.sources.all() if s.published]
        if dates and all(is_before(day, date) for date in dates):
            dates.sort(key=lambda date: (date.earliest, date.latest))
            reports.append(Report(list(dict.fromkeys(dates)), outcome))
    reports.sort(key=lambda report: (report.dates[0].earliest, report.outcome.number))
    return Afterwards(points, reports)


def _of_the_whole(partnership: Partnership, *fields: str) -> Iterator[TurningPoint]:
    for field in fields:
        if when := getattr(partnership, field):
            yield TurningPoint(when, f"The arrangement {WORDS[field]}.", [])


WORDS = {"announced": "was announced", "started": "started", "ended": "ended"}


def _of_members(partnership: Partnership, field: str) -> Iterator[TurningPoint]:
    """Yield a point for each date on which members joined, or left."""
    together = defaultdict(list)
    for member in partnership.members:
        if when := getattr(member, field):
            together[when].append(member)
    for when in sorted(together, key=lambda when: (when.earliest, when.latest)):
        found = together[when]
        names = get_text_list([member.short_name for member in found], "and")
        sources = {s.number: s for member in found for s in member.sources.all()}
        yield TurningPoint(
            when, f"{names} {field}.", [sources[n] for n in sorted(sources)]
        )
