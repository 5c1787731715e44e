"""What is wrong with records that each of their rows alone does not show.

Models and constraints hold the rules of one row; these compare a row with others: a
member with its council's lifetime, a citation with its record, a record with the rest.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone

from councils.folding import fold
from councils.models import Council, Succession

from .models import FormerSlug, Partnership
from .publishing import lacks
from .queues import QUEUES, Queue


class Problem(NamedTuple):
    """A record, as its editors would look for it, and what is wrong with it."""

    record: str
    reason: str


def every_problem() -> Iterator[Problem]:
    """Yield all that is wrong in the registry, row by row and across rows."""
    yield from broken_rows()
    yield from broken_successions()
    yield from in_queues(queue for queue in QUEUES if queue.is_wrong)
    yield from unfit_to_be_seen()
    yield from duplicates()
    yield from lost_addresses()


def work_waiting() -> Iterator[Problem]:
    """Yield what waits for an editor and is no error of the registry."""
    yield from in_queues(queue for queue in QUEUES if not queue.is_wrong)


def in_queues(queues: Iterable[Queue]) -> Iterator[Problem]:
    """Yield every reason for which a row is in one of these queues."""
    today = timezone.localdate()
    for queue in queues:
        for row in queue.fetched(today):
            record = f"{row._meta.verbose_name} {'/'.join(key_of(row))}"
            for reason in queue.reasons(row, today):
                yield Problem(record, reason)


def broken_rows() -> Iterator[Problem]:
    """Yield the rows that their own model refuses, as loaddata never asks it."""
    for app in ("councils", "partnerships", "briefings"):
        for model in apps.get_app_config(app).get_models():
            for row in model._default_manager.order_by("pk").iterator():
                try:
                    row.full_clean()
                except ValidationError as error:
                    record = f"{model._meta.verbose_name} {'/'.join(key_of(row))}"
                    for field, reasons in error.message_dict.items():
                        spot = "" if field == NON_FIELD_ERRORS else f"{field}: "
                        for reason in reasons:
                            yield Problem(record, spot + reason)


def key_of(row) -> list[str]:
    return [str(part) for part in row.natural_key()]


def broken_successions() -> Iterator[Problem]:
    """Yield successions whose day differs from the councils' own, and heirless ends."""
    for succession in Succession.objects.select_related("predecessor", "successor"):
        old, new = succession.predecessor, succession.successor
        record = f"succession {old.slug}/{new.slug}"
        if old.ended != succession.last_day:
            yield Problem(
                record, f"its last day is not that of {old} ({old.ended or 'none'})"
            )
        if new.ended and new.ended <= succession.last_day:
            yield Problem(record, f"{new} had ended by then")
    gone = Council.objects.filter(ended__lt=timezone.localdate())
    for council in gone.filter(successions_to=None):
        yield Problem(f"council {council.slug}", "it ended and nobody succeeded it")


def contradictions(partnership: Partnership) -> Iterator[str]:
    """Yield what is wrong with one record from `for_detail` by any of its queues."""
    today = timezone.localdate()
    for queue in QUEUES:
        if queue.is_wrong and isinstance(partnership, queue.model):
            yield from queue.reasons(partnership, today)


def unfit_to_be_seen() -> Iterator[Problem]:
    """Yield what published records lack that readers should not see them without.

    A fact without a source is wrong in any record, so `contradictions` has it.
    """
    for partnership in Partnership.objects.published().for_detail().in_order():
        for lack in lacks(partnership):
            if not lack.row:
                yield Problem(f"partnership {partnership.slug}", lack.words)


def duplicates() -> Iterator[Problem]:
    """Yield partnerships that go by the same name."""
    seen: dict[str, str] = {}
    for partnership in Partnership.objects.prefetch_related("other_names").in_order():
        names = {fold(partnership.name)}
        names |= {fold(other.name) for other in partnership.other_names.all()}
        for name in sorted(names):
            if name in seen:
                yield Problem(
                    f"partnership {partnership.slug}",
                    f"it has the name “{name}”, as has {seen[name]}",
                )
            seen.setdefault(name, partnership.slug)


def lost_addresses() -> Iterator[Problem]:
    """Yield the former addresses that lead to nothing readers may see."""
    for former in FormerSlug.objects.all():
        if not FormerSlug.objects.partnership_at(former.slug):
            yield Problem(f"former address {former}", "it leads to no published record")
