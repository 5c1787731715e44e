"""An arrangement ends, or it turns out that it did not."""

from collections import defaultdict
from itertools import pairwise
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from councils.partial_dates import PartialDate, is_before

from .choices import Status
from .history import keyed
from .models import Change, Membership, OtherMember, Partnership, Source
from .publishing import is_cited

# What an ending says of the record itself, with the columns that it may change.
FIELDS = ("status", "ended", "end_reason", "latest_evidence")


class Ending(NamedTuple):
    """The change that ended a record: its whole version before, and after."""

    before: list[dict[str, Any]]
    after: list[dict[str, Any]]


def members_of(partnership: Partnership) -> list[Membership | OtherMember]:
    """Return the members of a record as they are stored, in the order of its page."""
    return [
        *partnership.memberships.in_order().select_related("council"),
        *partnership.other_members.in_order(),
    ]


def members_that_stayed(partnership: Partnership) -> list[Membership | OtherMember]:
    """Return the members of a record of whom no leaving is recorded."""
    return [member for member in members_of(partnership) if not member.left]


@transaction.atomic
def end(
    partnership: Partnership,
    *,
    ended: PartialDate,
    end_reason: str,
    source: Source,
    is_new_source: bool,
    leaving: list[Membership | OtherMember],
    by=None,
) -> None:
    """End a record on a date, with the members that left it then, on a source's word.

    A new source is saved with the record. Raises ValidationError by field if that
    contradicts what the record says; then nothing is written.
    """
    Change.objects.begin(partnership)
    partnership.status, partnership.ended = Status.ENDED, ended
    partnership.end_reason = end_reason
    if is_before(partnership.latest_evidence, source.published) or not (
        partnership.latest_evidence
    ):
        partnership.latest_evidence = source.published
    partnership.full_clean()
    for member in leaving:
        member.left = ended
    refuse_members(partnership, leaving)
    partnership.save()
    if is_new_source:
        source.partnership = partnership
        source.number = Source.objects.next_number(partnership)
        source.full_clean()
        source.save()
    for member in leaving:
        member.full_clean()
        member.save()
        member.sources.add(source)
    reason = f"It ended. {end_reason}"
    Change.objects.record(partnership, reason=shortened(reason), by=by)


def refuse_members(
    partnership: Partnership, leaving: list[Membership | OtherMember]
) -> None:
    """Raise ValidationError with every member that speaks against the end of a record.

    Those that leave with it have its last day as theirs.
    """
    wrong: defaultdict[str, list[str]] = defaultdict(list)
    staying = [one for one in members_of(partnership) if one not in leaving]
    for member in [*leaving, *staying]:
        if did := done_after(partnership.ended, member):
            wrong["ended"].append(f"{member} {did}, after that.")
        elif (
            isinstance(member, Membership)
            and member in leaving
            and (contradiction := member.outside_lifetime())
        ):
            wrong["leaving"].append(f"{contradiction}: it left earlier.")
    if wrong:
        raise ValidationError(wrong)


def done_after(day: PartialDate, member: Membership | OtherMember) -> str:
    """Say what a member certainly did after a day: "joined in 2012", or ""."""
    done = [("joined", member.joined), ("left", member.left)]
    if isinstance(member, Membership) and member.council.started:
        done.append(("began", PartialDate(member.council.started.isoformat())))
    late = (
        f"{did} {when.when_in_words()}" for did, when in done if is_before(day, when)
    )
    return next(late, "")


def ending_of(partnership: Partnership) -> Ending | None:
    """Return the last change that ended a record, None if its history holds none."""
    if partnership.status != Status.ENDED:
        return None
    versions = [change.version for change in partnership.changes.order_by("pk")]
    for before, after in reversed([*pairwise(versions)]):
        was, now = (version[0]["fields"]["status"] for version in (before, after))
        if was != now == Status.ENDED:
            return Ending(before, after)
    return None


@transaction.atomic
def undo(partnership: Partnership, ending: Ending, *, reason: str, by=None) -> None:
    """Take back an ending: what it said goes, and what else changed since stays."""
    Change.objects.begin(partnership)
    before, after = (version[0]["fields"] for version in ending)
    for field in FIELDS:
        is_untouched = getattr(partnership, field) == after[field]
        if field != "latest_evidence" or is_untouched:
            setattr(partnership, field, before[field])
    partnership.full_clean()
    partnership.save()
    was, became = keyed(ending.before), keyed(ending.after)
    for member in members_of(partnership):
        key = key_of(member)
        if not (key in was and key in became):
            continue
        then, since = was[key]["fields"], became[key]["fields"]
        if member.left == since["left"]:
            member.left = then["left"]
            member.save()
            new = [
                source for source in since["sources"] if source not in then["sources"]
            ]
            numbers = [number for _, number in new]
            member.sources.remove(*member.sources.filter(number__in=numbers))
    for source in partnership.sources.all():
        is_its_own = key_of(source) in became and key_of(source) not in was
        if is_its_own and not is_cited(source):
            source.delete()
    Change.objects.record(partnership, reason=reason, by=by)


def key_of(row) -> tuple:
    """Return by what a version knows a row, as `keyed` does."""
    if isinstance(row, Membership):
        return row._meta.label_lower, (row.council.slug, row.joined)
    key = row.name if isinstance(row, OtherMember) else row.number
    return row._meta.label_lower, key


def shortened(reason: str) -> str:
    """Return a reason no longer than a change can hold, cut between words."""
    if len(reason) <= 300:
        return reason
    return f"{reason[:298].rpartition(' ')[0]} …"
