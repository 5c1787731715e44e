"""What a release answers: its own files, with the records that a filter chose.

A filter chooses and sorts; it writes no cell, but in the column that says what was
asked for. So columns that the code no longer knows are answered as they were.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from .archive import PACKAGE, Files, Written, as_csv, assembled, unzipped
from .models import Partnership, Release

# The column of the arrangements that answers a filter, not the record.
ASKED = "running_on"

Row = list[str]


def answer_of(
    release: Release,
    partnerships: Iterable[Partnership],
    *,
    address: str,
    in_words: list[tuple[str, str]],
) -> bytes:
    """Return the ZIP of these partnerships' tables as they were in the release."""
    files = unzipped(bytes(release.files))
    chosen = {one.slug: one.runs or "" for one in partnerships}
    tables = []
    for resource in json.loads(files[PACKAGE])["resources"]:
        header, *rows = read(files[resource["path"]])
        column = column_of_records(resource)
        if column is not None:
            rows = chosen_rows(header, rows, column, chosen)
        content = as_csv([header, *rows])
        tables.append(Written(resource["path"], content, len(rows)))
    return assembled(
        release.number,
        tables,
        described(files),
        address=address,
        in_words=in_words,
        date=release.date,
    )


def described(files: Files) -> Files:
    """Return the files that are no tables."""
    tables = {it["path"] for it in json.loads(files[PACKAGE])["resources"]}
    return {name: text for name, text in files.items() if name not in tables}


def column_of_records(resource: dict[str, Any]) -> str | None:
    """Return the column that holds an arrangement's slug, None in a table of others."""
    if resource["name"] == "partnerships":
        return "slug"
    for key in resource["schema"]["foreignKeys"]:
        if key["reference"]["resource"] == "partnerships":
            return key["fields"][0]
    return None


def chosen_rows(header: Row, rows: list[Row], column: str, chosen) -> list[Row]:
    """Return the rows of the chosen records, in the records' order and then theirs."""
    of = defaultdict(list)
    for row in rows:
        of[row[header.index(column)]].append(row)
    if column == "slug" and ASKED in header:
        for slug, runs in chosen.items():
            for row in of[slug]:
                row[header.index(ASKED)] = runs
    return [row for slug in chosen for row in of[slug]]


def read(content: bytes) -> list[Row]:
    return [*csv.reader(io.StringIO(content.decode(), newline=""), strict=True)]
