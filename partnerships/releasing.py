"""Making a release: its number, and what changed since the one before it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.timezone import localdate

from councils.days import in_words

from .answers import answer_of, read
from .archive import PACKAGE, Files, Registry, description, digest, unzipped, zipped
from .dictionary import TABLES
from .history import public_history
from .models import Partnership, Release
from .snapshots import snapshot_of_published
from .statistics import date_of_the_data

FIRST = "1.0.0"
LONGEST = 120  # letters of a cell that the change log quotes
KEYS = {table.name: table.key for table in TABLES}


class Kind(TextChoices):
    """What a line of the change log tells of."""

    FIRST = "first", "The first release"
    COLUMN_REMOVED = "column-removed", "Tables and columns removed"
    COLUMN_ADDED = "column-added", "Tables and columns added"
    ADDED = "added", "Added"
    REMOVED = "removed", "Removed"
    CHANGED = "changed", "Changed"
    REASON = "reason", "Reasons that editors gave"


class Line(NamedTuple):
    """One line of a change log."""

    kind: Kind
    words: str


@transaction.atomic
def make_release() -> Release | None:
    """Make a release of the published records, None if nothing has changed."""
    registry = Registry()
    newest = Release.objects.newest()
    if newest and newest.digest == registry.digest:
        return None
    tables = registry.written(registry.partnerships)
    files = {it.file_name: it.content for it in tables} | description()
    if newest:
        old = unzipped(bytes(newest.files))
        changes = [*comparison(old, files), *reasons(newest.made)]
        number = next_number(newest.number, changes)
    else:
        changes, number = [Line(Kind.FIRST, counted(files))], FIRST
    day = date_of_the_data(Partnership.objects.published())
    release = Release(
        number=number,
        changes=changes,
        date=str(day.date) if day else "not known",
        digest=registry.digest,
        files=zipped(files),
        snapshot=snapshot_of_published(),
    )
    # What a reader gets who asks for all of it.
    whole = answer_of(
        release,
        registry.partnerships,
        address=reverse("partnerships:release-zip", args=[number]),
        in_words=[],
    )
    release.size, release.checksum = len(whole), digest(whole)
    release.save()
    return release


def next_number(number: str, changes: list[Line]) -> str:
    """Return the number that follows, by the gravest of the changes."""
    major, minor, patch = map(int, number.split("."))
    kinds = {line.kind for line in changes}
    if Kind.COLUMN_REMOVED in kinds:
        return f"{major + 1}.0.0"
    if kinds & {Kind.COLUMN_ADDED, Kind.ADDED}:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def counted(files: Files) -> str:
    numbers = {
        name: len(read(files[f"{name}.csv"])) - 1
        for name in ("partnerships", "councils")
    }
    return f"{numbers['partnerships']} arrangements, {numbers['councils']} councils."


def comparison(old: Files, new: Files) -> Iterator[Line]:
    """Yield what the files say otherwise than before, table by table."""
    before, after = tables_of(old), tables_of(new)
    for name in sorted(before.keys() - after.keys()):
        yield Line(Kind.COLUMN_REMOVED, f"the table {name}")
    for name in after:
        if name in before:
            yield from compared(name, read(before[name]), read(after[name]))
        else:
            yield Line(Kind.COLUMN_ADDED, f"the table {name}")
    for name in sorted(new.keys() | old.keys()):
        is_table = name.removesuffix(".csv") in before.keys() | after.keys()
        if not is_table and old.get(name) != new.get(name):
            yield Line(Kind.CHANGED, f"the file {name}")


def tables_of(files: Files) -> dict[str, bytes]:
    described = json.loads(files[PACKAGE])["resources"]
    return {one["name"]: files[one["path"]] for one in described}


def compared(name: str, before, after) -> Iterator[Line]:
    """Yield the differences of one table, rows matched by its key."""
    (old_header, *old_rows), (header, *rows) = before, after
    for column in old_header:
        if column not in header:
            yield Line(Kind.COLUMN_REMOVED, f"{name}: {column}")
    for column in header:
        if column not in old_header:
            yield Line(Kind.COLUMN_ADDED, f"{name}: {column}")
    both = [column for column in header if column in old_header]
    key = [column for column in KEYS.get(name, ()) if column in both] or both
    was = by_key(old_header, old_rows, key)
    now = by_key(header, rows, key)
    for row in now:
        if row not in was:
            yield Line(Kind.ADDED, f"{name}: {' '.join(filter(None, row))}")
    for row in was:
        if row not in now:
            yield Line(Kind.REMOVED, f"{name}: {' '.join(filter(None, row))}")
    for row in filter(was.__contains__, now):
        for column in both:
            old, new = was[row][column], now[row][column]
            if old != new:
                where = f"{name}: {' '.join(filter(None, row))}, {column}"
                yield Line(Kind.CHANGED, f"{where}: {cut(old)} → {cut(new)}")


def by_key(header, rows, key) -> dict[tuple[str, ...], dict[str, str]]:
    found = {}
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        found[tuple(cells[column] for column in key)] = cells
    return found


def cut(text: str) -> str:
    """Quote a cell, a long one by its start."""
    if not text:
        return "empty"
    return f"“{text}”" if len(text) <= LONGEST else f"“{text[:LONGEST]}…”"


def reasons(since: datetime) -> Iterator[Line]:
    """Yield why editors changed what readers see, from the records' own history."""
    changed = Partnership.objects.published().filter(changes__made__gt=since)
    for partnership in changed.distinct().in_order():
        for change in public_history(partnership):
            if change.made > since:
                day = in_words(localdate(change.made))
                words = f"{partnership.name}, {day}: {change.reason}"
                yield Line(Kind.REASON, words)
