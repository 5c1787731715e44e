"""Members over time: where the bars of the drawing begin and end, and what they say.

Lengths along the time axis are percentages of its width, heights are pixels, so that
the drawing grows with its page while its letters keep their size. A partial date is
the stretch of days that it may be; a date that no source gives is an open end, drawn to
where the arrangement is known to begin or end, and never taken for either.
"""

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from councils.partial_dates import PartialDate

from .choices import Status
from .models import Membership, OtherMember, Partnership

# "known": a member on each of these days. "between": it joined or left on one of them.
# "open": no source says when it joined or left, or that it had.
KNOWN, BETWEEN, OPEN = "known", "between", "open"

LETTERS_IN_A_LINE = 36  # as many as fit beside a margin on the narrowest screen
LINE, BAR, GAP, AXIS = 18, 14, 10, 28  # heights
MOST_TICKS = 6
NARROWEST = 0.6  # a day within decades still has to be seen


class Stretch(NamedTuple):
    kind: str
    x: float
    width: float


class Bar(NamedTuple):
    """One member's time: its name over its stretches."""

    name: str
    lines: list[tuple[int, str]]
    words: str
    y: int
    stretches: list[Stretch]
    opens_at: float | None
    ends_open_at: float | None


class Tick(NamedTuple):
    year: int
    x: float
    anchor: str


class Drawing(NamedTuple):
    first: int
    last: int
    bars: list[Bar]
    ticks: list[Tick]
    axis: int
    height: int
    bar_height: int = BAR

    @property
    def kinds(self) -> set[str]:
        """The kinds of stretches in it: its key explains these and no other."""
        return {stretch.kind for bar in self.bars for stretch in bar.stretches}


class Axis(NamedTuple):
    """Whole years, from the first day of one to the last of another."""

    first: int
    last: int

    def at(self, day: date) -> float:
        """Return where a day begins, as a percentage of the axis."""
        start = date(self.first, 1, 1)
        days = (date(self.last, 12, 31) - start).days + 1
        return round(100 * (day - start).days / days, 2)

    def ticks(self) -> list[Tick]:
        years = self.last + 1 - self.first
        # No form takes such years as need the last step; a row may hold them.
        steps = (1, 2, 5, 10, 20, 50, 100, 2000)
        step = next(s for s in steps if years <= s * MOST_TICKS)
        ticks = []
        for year in range(self.first, self.last + 1):
            if year % step == 0 or year == self.first:
                x = self.at(date(year, 1, 1))
                ticks.append(Tick(year, x, anchor(x)))
        is_tight = len(ticks) > 1 and ticks[1].x < 12
        return ticks[is_tight:]


def anchor(x: float) -> str:
    """Return on which side of its tick a year stands, so that none is cut off."""
    if x < 4:
        return "start"
    return "end" if x > 96 else "middle"


def members_over_time(partnership: Partnership) -> Drawing | None:
    """Return the drawing of a partnership from `for_detail`, None without any date."""
    members = partnership.members
    own = [known for member in members for known in (member.joined, member.left)]
    known = [day for day in [partnership.started, partnership.ended, *own] if day]
    if not (members and known):
        return None
    first, last = bounds(partnership, known)
    axis = Axis(first.year, last.year)
    bars: list[Bar] = []
    top = 0
    for member in members:
        bars.append(bar(member, partnership, top, [*placed(member, first, last, axis)]))
        top = bars[-1].y + BAR + GAP
    return Drawing(axis.first, axis.last, bars, axis.ticks(), top, top + AXIS)


def bar(member, partnership, top: int, stretches: list[Stretch]) -> Bar:
    """Return a member's bar with the lines of its name above it, from `top` on."""
    name = member.short_name
    lines = textwrap.wrap(name, LETTERS_IN_A_LINE)
    return Bar(
        name,
        # Letters stand on a line a little above the foot of its space.
        [(top + LINE * place - 5, line) for place, line in enumerate(lines, 1)],
        in_words(member, partnership),
        top + LINE * len(lines),
        stretches,
        None if member.joined else stretches[0].x,
        None if member.left else round(stretches[-1].x + stretches[-1].width, 2),
    )


def bounds(partnership: Partnership, known: Iterable[PartialDate]) -> tuple[date, date]:
    """Return the first and the last day to which an open end is drawn.

    They are those of the arrangement as far as known; its newest source stands in for
    an end that no source gives.
    """
    first = min(day.earliest for day in known)
    last = max(day.latest for day in known)
    if partnership.latest_evidence and not partnership.ended:
        last = max(last, partnership.latest_evidence.latest)
    return first, last


def stretches_of(member, first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """Yield the kinds of stretches of one member's time, with their first and last day.

    Where joining and leaving may be the same days, they are one stretch.
    """
    joined, left = member.joined, member.left
    if joined and left and joined.latest >= left.earliest:
        yield BETWEEN, min(joined.earliest, left.earliest), left.latest
        return
    if joined:
        yield BETWEEN, joined.earliest, joined.latest
    begins = joined.latest if joined else first
    ends = left.earliest if left else max(last, begins)
    yield KNOWN if joined and left else OPEN, begins, ends
    if left:
        yield BETWEEN, left.earliest, left.latest


def placed(member, first: date, last: date, axis: Axis) -> Iterator[Stretch]:
    """Yield a member's stretches along the axis, none too narrow to be seen."""
    for kind, begins, ends in stretches_of(member, first, last):
        x = min(axis.at(begins), 100 - NARROWEST)
        yield Stretch(kind, x, round(max(axis.at(ends) - x, NARROWEST), 2))


def in_words(member: Membership | OtherMember, partnership: Partnership) -> str:
    """Say what a bar shows, such as "joined 2011, no leaving recorded"."""
    joined = "joining not known"
    if member.joined:
        joined = f"joined {member.joined.in_words()}"
    if member.left:
        left = f"left {member.left.in_words()}"
    elif partnership.status == Status.ONGOING:
        left = "no leaving recorded"
    elif partnership.ended:
        left = (
            "leaving not recorded; the arrangement ended"
            f" {partnership.ended.in_words()}"
        )
    else:
        left = "leaving not known"
    return f"{joined}, {left}"
