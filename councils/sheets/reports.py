"""What an import would do, or did, row by row; and the trial run itself."""

import hashlib
import json
from typing import NamedTuple

import tablib
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from .reading import Table, Unreadable

ADDED, CHANGED, UNCHANGED, REFUSED = "added", "changed", "unchanged", "refused"
OUTCOMES = {"new": ADDED, "update": CHANGED, "skip": UNCHANGED, "invalid": REFUSED}


class Difference(NamedTuple):
    """One cell before and after, as a file would say it."""

    column: str
    before: str
    after: str


class RowReport(NamedTuple):
    """What becomes of one row; its problems are by column, "" for the whole row."""

    number: int
    name: str
    outcome: str
    differences: list[Difference]
    problems: list[tuple[str, str]]


class Report(NamedTuple):
    rows: list[RowReport]

    def of(self, outcome: str) -> list[RowReport]:
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def added(self) -> list[RowReport]:
        return self.of(ADDED)

    @property
    def changed(self) -> list[RowReport]:
        return self.of(CHANGED)

    @property
    def unchanged(self) -> list[RowReport]:
        return self.of(UNCHANGED)

    @property
    def refused(self) -> list[RowReport]:
        return self.of(REFUSED)

    @property
    def can_be_written(self) -> bool:
        return not self.refused and bool(self.added or self.changed)

    @property
    def digest(self) -> str:
        """A short text that differs whenever the report says anything else."""
        said = json.dumps(
            [(row.number, row.outcome, row.differences) for row in self.rows]
        )
        return hashlib.sha256(said.encode()).hexdigest()


def trial(resource_class, table: Table, user) -> Report:
    """Do all that the import would do, undo it, and report. Raises Unreadable."""
    return _run(resource_class(user=user, table=table), write=False)


def write(resource_class, table: Table, user, *, reason: str, seen: str) -> Report:
    """Write all rows, or none unless the report has the digest that was seen.

    A row that the registry refuses, and a colleague's change since the trial run, lead
    to another report; then nothing is written.
    """
    with transaction.atomic():
        report = _run(resource_class(user=user, table=table, reason=reason), write=True)
        if report.digest != seen:
            transaction.set_rollback(True)
    return report


def _run(resource, *, write: bool) -> Report:
    check_columns(resource)
    table = resource.table
    dataset = tablib.Dataset(*(row.cells for row in table.rows), headers=table.columns)
    result = resource.import_data(
        dataset, dry_run=not write, rollback_on_validation_errors=True
    )
    # What no rule of ours foresaw is a fault of the program, not of the file.
    for error in [*result.base_errors, *(e for row in result.rows for e in row.errors)]:
        raise error.error
    return Report(
        [
            RowReport(
                row.number,
                name_of(resource, row.cells),
                OUTCOMES[outcome.import_type],
                outcome.diff or [],
                problems_of(outcome.validation_error),
            )
            for row, outcome in zip(table.rows, result.rows, strict=True)
        ]
    )


def check_columns(resource):
    known = [field.column_name for field in resource.get_import_fields()]
    for name in resource.table.columns:
        if name not in known:
            raise Unreadable(
                f"The column “{name}” is not one of this table: {', '.join(known)}."
            )
    for name in resource.key_columns():
        if name not in resource.table.columns:
            raise Unreadable(
                f"The column “{name}” is missing. Without it nobody can tell which"
                " record a row is about."
            )


def name_of(resource, cells: list[str]) -> str:
    row = dict(zip(resource.table.columns, cells, strict=True))
    return ", ".join(filter(None, (row[key].strip() for key in resource.key_columns())))


def problems_of(error) -> list[tuple[str, str]]:
    if error is None:
        return []
    return [
        ("" if field == NON_FIELD_ERRORS else field, sentence)
        for field, errors in error.update_error_dict({}).items()
        for sentence in ValidationError(errors).messages
    ]
