"""What waits for an editor: each kind of problem with its records and its reasons.

A queue asks a QuerySet method which rows it holds and says of each why it is there. The
admin's first page, `check_registry` and the public pages all read this one list.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from councils.days import in_words
from councils.partial_dates import is_before

from .choices import Publication, Result, Status, StatusInJune2013
from .models import Partnership, Suggestion
from .models.attention import BRIEFING, FORECAST
from .publishing import facts


class Queue(NamedTuple):
    """One kind of work.

    `rows` narrows a QuerySet of `model` to the rows that need it, as of a day, and
    `reasons` says why one of them does. Partnerships come from `for_detail`. `is_wrong`
    marks what `check_registry` counts as an error, `is_public` what readers
    of a record are told.
    """

    slug: str
    title: str
    task: str
    model: type[models.Model]
    rows: Callable[[Any, date], Any]
    reasons: Callable[[Any, date], Iterable[str]]
    is_wrong: bool = False
    is_public: bool = False

    def fetched(self, today: date, rows=None):
        """Return the rows with all that their reasons ask for."""
        if rows is None:
            rows = self.model._default_manager.all()
        rows = self.rows(rows, today)
        return rows.for_detail() if self.model is Partnership else rows


def numbers_waiting(queues: Iterable[Queue]) -> dict[str, int]:
    """Count the rows of each queue, with one query for each model."""
    today = timezone.localdate()
    by_model: dict[type[models.Model], list[Queue]] = {}
    for queue in queues:
        by_model.setdefault(queue.model, []).append(queue)
    numbers: dict[str, int] = {}
    for model, some in by_model.items():
        rows = model._default_manager.all()
        numbers |= rows.order_by().aggregate(
            **{
                queue.slug: Count("pk", filter=among(queue.rows(rows, today)))
                for queue in some
            }
        )
    return numbers


def among(rows) -> Q:
    """Return the condition that a row is one of these."""
    return Q(pk__in=rows.order_by().values("pk"))


def told_to_readers(partnership: Partnership) -> list[str]:
    """Return what readers should know of the problems of a record from `for_detail`."""
    today = timezone.localdate()
    return [
        reason
        for queue in QUEUES
        if queue.is_public
        for reason in queue.reasons(partnership, today)
    ]


# ---- Why a row is in a queue; a row that is not gives no reason.


def waits_for_an_answer(suggestion: Suggestion, today: date) -> Iterator[str]:
    if not suggestion.is_dealt_with:
        days = (today - timezone.localdate(suggestion.sent)).days
        since = f"{days} day{'' if days == 1 else 's'} ago" if days > 0 else "today"
        yield f"{suggestion.get_status_display()}: it came {since}"


def is_unpublished(partnership: Partnership, today: date) -> Iterator[str]:
    if partnership.publication not in {Publication.DRAFT, Publication.IN_REVIEW}:
        return
    changed = getattr(partnership, "last_changed", None)
    if changed:
        day = timezone.localdate(changed)
        yield f"{partnership.get_publication_display()}: last changed {in_words(day)}"
    else:
        yield f"{partnership.get_publication_display()}: no change is recorded"


def unsourced_facts(partnership: Partnership, today: date) -> Iterator[str]:
    for fact in facts(partnership):
        if not fact.sources.all():
            yield f"no source for: {fact}"


def due_check(partnership: Partnership, today: date) -> Iterator[str]:
    is_read = partnership.publication == Publication.PUBLISHED
    if is_read and partnership.is_due_for_checking(today):
        yield partnership.due_in_words()


def ended_members(partnership: Partnership, today: date) -> Iterator[str]:
    if partnership.status == Status.ENDED:
        return
    for member in partnership.memberships.all():
        last_day = member.council.ended
        if last_day and last_day < today and not member.left:
            yield (
                f"{member.council} ended on {in_words(last_day)}, and no source says"
                " whether its heir took its place"
            )


def failing_links(partnership: Partnership, today: date) -> Iterator[str]:
    for source in partnership.sources.all():
        if source.link_failure:
            day = timezone.localdate(source.link_failed)
            yield (
                f"the link of source {source.number} failed on {in_words(day)}:"
                f" {source.link_failure}"
            )


def other_evidence(partnership: Partnership, today: date) -> Iterator[str]:
    newest, sources = partnership.latest_evidence, partnership.sources.all()
    if not newest:
        return
    said = f"the newest evidence, {newest.in_words()}"
    if newest not in [source.published for source in sources]:
        yield f"no source is of the date of {said}"
    for source in sources:
        if is_before(newest, source.published):
            published = source.published.in_words()
            yield f"source {source.number}, of {published}, is newer than {said}"


def old_forecasts(partnership: Partnership, today: date) -> Iterator[str]:
    for outcome in partnership.outcomes.all():
        if outcome.result != Result.EXPECTED:
            continue
        if partnership.status == Status.ENDED:
            yield f"still “expected”, but the arrangement has ended: {outcome}"
            continue
        dates = [s.published for s in outcome.sources.all() if s.published]
        if dates and all(known.latest < today - FORECAST for known in dates):
            newest = max(dates, key=lambda known: known.latest)
            yield f"still “expected”, by a source of {newest.in_words()}: {outcome}"


def missing_rows(partnership: Partnership, today: date) -> Iterator[str]:
    if not partnership.functions.all():
        yield "it names no function"
    if not partnership.memberships.all():
        yield "it names no council"


def at_odds(partnership: Partnership, today: date) -> Iterator[str]:
    """Yield the reasons why the fields and rows of one record cannot all be true."""
    ended = partnership.ended
    councils = list(partnership.memberships.all())
    for membership in councils:
        if membership.outside_lifetime():
            yield membership.outside_lifetime()
    for member in partnership.members:
        if is_before(ended, member.joined):
            yield f"{member} joined after the partnership ended"
        if is_before(ended, member.left):
            yield f"{member} left after the partnership ended"
        if is_before(member.left, partnership.started):
            yield f"{member} left before the partnership started"
    if is_before(ended, partnership.announced):
        yield "it ended before it was announced"
    left = [member.left and member.left.latest < today for member in councils]
    if partnership.status == Status.ONGOING and left and all(left):
        yield "its status is ongoing, but every council has left"
    yield from at_odds_with_the_briefing(partnership)
    own = {source.pk for source in partnership.sources.all()}
    for fact in facts(partnership):
        if {source.pk for source in fact.sources.all()} - own:
            yield f"a source of another record is cited for: {fact}"


def at_odds_with_the_briefing(partnership: Partnership) -> Iterator[str]:
    then, ended = partnership.status_in_june_2013, partnership.ended
    had_ended = then == StatusInJune2013.ENDED
    was_running = then == StatusInJune2013.OPERATIONAL
    if had_ended and partnership.status == Status.ONGOING:
        yield "its status is ongoing, but it had ended by 5 June 2013"
    if had_ended and ended and ended.earliest > BRIEFING:
        yield f"it ended {ended.in_words()}, but had ended by 5 June 2013"
    if (was_running or then == StatusInJune2013.IMPLEMENTING) and (
        ended and ended.latest < BRIEFING
    ):
        yield f"it ended {ended.in_words()}, but had not ended by 5 June 2013"
    if was_running and partnership.started and partnership.started.earliest > BRIEFING:
        yield (
            f"it started {partnership.started.in_words()}, but was operational on"
            " 5 June 2013"
        )


QUEUES = (
    Queue(
        "suggestions",
        "Suggestions waiting",
        "Compare each report with its source, and answer it.",
        Suggestion,
        lambda rows, today: rows.waiting(),
        waits_for_an_answer,
    ),
    Queue(
        "review",
        "Drafts to review",
        "Publish each, or send it back with a reason.",
        Partnership,
        lambda rows, today: rows.in_review(),
        is_unpublished,
    ),
    Queue(
        "drafts",
        "Drafts not finished",
        "Finish each, and put it in review.",
        Partnership,
        lambda rows, today: rows.drafts(),
        is_unpublished,
    ),
    Queue(
        "unsourced",
        "Facts without a source",
        "Cite the source of each fact, or take the fact out.",
        Partnership,
        lambda rows, today: rows.kept().with_unsourced_facts(),
        unsourced_facts,
        is_wrong=True,
        is_public=True,
    ),
    Queue(
        "contradictions",
        "Records that contradict themselves",
        "Ask the sources which of the two is right.",
        Partnership,
        lambda rows, today: rows.kept().contradictory(today),
        at_odds,
        is_wrong=True,
    ),
    Queue(
        "incomplete",
        "Records without a service or a council",
        "Add what is missing: readers find a record by it.",
        Partnership,
        lambda rows, today: rows.kept().incomplete(),
        missing_rows,
        is_wrong=True,
    ),
    Queue(
        "checks",
        "Checks overdue",
        "Compare each record with its sources, and mark it as checked.",
        Partnership,
        lambda rows, today: rows.due_for_checking(today),
        due_check,
    ),
    Queue(
        "ended-members",
        "Members whose council has ended",
        "Say when each left, and add its heir if it took its place.",
        Partnership,
        lambda rows, today: rows.kept().with_ended_members(today),
        ended_members,
        is_public=True,
    ),
    Queue(
        "links",
        "Sources whose link fails",
        "Find where each document is now, or a copy of it.",
        Partnership,
        lambda rows, today: rows.kept().with_failing_links(),
        failing_links,
        is_public=True,
    ),
    Queue(
        "evidence",
        "Newest evidence at odds with the sources",
        "Give each the date of its newest source, and look whether its status holds.",
        Partnership,
        lambda rows, today: rows.kept().with_other_evidence(),
        other_evidence,
    ),
    Queue(
        "forecasts",
        "Forecasts long past",
        "Look for a source that says what came of each.",
        Partnership,
        lambda rows, today: rows.kept().with_old_forecasts(today),
        old_forecasts,
        is_public=True,
    ),
)
BY_SLUG = {queue.slug: queue for queue in QUEUES}
