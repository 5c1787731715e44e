"""How long arrangements last: Kaplan and Meier's estimate, from partial dates.

An arrangement lasts from its start to its end; one that was ongoing when last evidenced
is followed until that evidence and no further. Dates are only as exact as their source,
so each time is worked out twice, as short and as long as the sources allow:

| | as short as may be | as long as may be |
| --- | --- | --- |
| it started | on the last day of its start | on the first |
| it ended, the day known | on the first day of its end | on the last |
| it ended, the day not known | as soon as it started | with its newest evidence |
| it was ongoing | until the first day of its newest evidence | until the last |
| not known whether it ended | seen only at its start | until its newest evidence |
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from .choices import Status
from .models import Partnership

YEARS = (1, 2, 5, 10)
DAYS_IN_A_YEAR = 365.25


class Time(NamedTuple):
    """How long one was followed, in days, and whether it ended then."""

    days: int
    has_ended: bool


class Step(NamedTuple):
    """The share still running after some days, and how many were followed until then.

    `at_risk` counts those that ended on that very day or were followed for longer.
    """

    days: int
    at_risk: int
    share: float


class At(NamedTuple):
    """The estimate after some years; None where nobody was followed for so long."""

    years: int
    at_risk: int
    share: float | None


class Survival(NamedTuple):
    """The estimate for some arrangements, in both readings of their dates.

    `followed` have a start and evidence, of all `of`; `ended` of these have ended. The
    longest times that any was followed are in days.
    """

    followed: int
    of: int
    ended: int
    short: list[At]
    long: list[At]
    short_curve: list[Step]
    long_curve: list[Step]
    short_longest: int
    long_longest: int


def times_of(partnership: Partnership) -> tuple[Time, Time] | None:
    """Return how long it lasted, as short and as long as may be; None if unknown.

    One that would end before it started lasts no time.
    """
    started, ended = partnership.started, partnership.ended
    seen = partnership.latest_evidence
    if not started or not (ended or seen):
        return None

    def time(first: date, last: date) -> Time:
        has_ended = partnership.status == Status.ENDED
        return Time(max((last - first).days, 0), has_ended)

    until = ended or seen
    if ended or partnership.status == Status.ONGOING:
        short = time(started.latest, until.earliest)
    else:
        short = time(started.latest, started.latest)
    return short, time(started.earliest, until.latest)


def curve(times: Iterable[Time]) -> list[Step]:
    """Return the estimate's steps, the first at day 0 with all of them.

    Who was followed until a day on which others ended was still there that day.
    """
    times = list(times)
    ends = Counter(time.days for time in times if time.has_ended)
    share, steps = 1.0, [Step(0, len(times), 1.0)]
    for days in sorted(ends):
        at_risk = sum(time.days >= days for time in times)
        share *= 1 - ends[days] / at_risk
        steps.append(Step(days, at_risk, share))
    return steps


def after(years: int, times: Iterable[Time], steps: list[Step]) -> At:
    days = years * DAYS_IN_A_YEAR
    at_risk = sum(time.days >= days for time in times)
    share = [step.share for step in steps if step.days <= days][-1]
    # Beyond the longest time followed the estimate says nothing, unless all have ended.
    return At(years, at_risk, share if at_risk or share == 0 else None)


def survival(partnerships: Iterable[Partnership]) -> Survival:
    partnerships = list(partnerships)
    both = [times for it in partnerships if (times := times_of(it))]
    short, long = ([times[place] for times in both] for place in (0, 1))
    short_curve, long_curve = curve(short), curve(long)
    return Survival(
        followed=len(both),
        of=len(partnerships),
        ended=sum(time.has_ended for time in long),
        short=[after(years, short, short_curve) for years in YEARS],
        long=[after(years, long, long_curve) for years in YEARS],
        short_curve=short_curve,
        long_curve=long_curve,
        short_longest=max((time.days for time in short), default=0),
        long_longest=max((time.days for time in long), default=0),
    )
