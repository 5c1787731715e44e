"""What is wrong with records that each of their rows alone does not show.

Models and constraints hold the rules of one row; these compare a row with others: a
member with its council's lifetime, a citation with its record, a record with the rest.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone

from councils.folding import fold
from councils.models import Council, Succession
from councils.partial_dates import is_before

from .models import FormerSlug, Partnership
from .publishing import lacks


class Problem(NamedTuple):
    """A record, as its editors would look for it, and what is wrong with it."""

    record: str
    reason: str


def every_problem() -> Iterator[Problem]:
    """Yield all that is wrong in the registry, row by row and across rows."""
    yield from broken_rows()
    yield from broken_successions()
    for partnership in Partnership.objects.for_detail().in_order():
        for reason in contradictions(partnership):
            yield Problem(f"partnership {partnership.slug}", reason)
    yield from unfit_to_be_seen()
    yield from duplicates()
    yield from lost_addresses()


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
    """Yield the reasons why the rows of one record cannot all be true."""
    announced, started = partnership.announced, partnership.started
    ended = partnership.ended
    members = [*partnership.memberships.all(), *partnership.other_members.all()]
    for member in members:
        if hasattr(member, "outside_lifetime") and member.outside_lifetime():
            yield member.outside_lifetime()
        if is_before(ended, member.joined):
            yield f"{member} joined after the partnership ended"
        if is_before(ended, member.left):
            yield f"{member} left after the partnership ended"
        if is_before(member.left, started):
            yield f"{member} left before the partnership started"
    if is_before(ended, announced):
        yield "it ended before it was announced"
    own_sources = {source.pk for source in partnership.sources.all()}
    facts: list[Any] = [
        *members,
        *partnership.aims.all(),
        *partnership.outcomes.all(),
        *partnership.milestones.all(),
    ]
    for fact in facts:
        cited = {source.pk for source in fact.sources.all()}
        if not cited:
            yield f"no source for: {fact}"
        if cited - own_sources:
            yield f"a source of another record is cited for: {fact}"
    if not partnership.functions.all():
        yield "it names no function"
    if not partnership.memberships.all():
        yield "it names no council"


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
