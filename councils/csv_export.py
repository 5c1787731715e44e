"""Files that spreadsheets open safely and programs read without options.

Generic, so it lives in the lowest layer: a file is a list of columns and a QuerySet.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.http import StreamingHttpResponse

from .tables import SEPARATOR, Table
from .tables import Column as TableColumn

CHUNK = 500
SIGNATURE = "\ufeff"
# The path at which the highest app that has tables describes them all.
DESCRIBED_BY = '</data/csvw.json>; rel="describedby"; type="application/csvm+json"'
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Column(NamedTuple):
    """A column's name, and how a record fills it. None is written as an empty cell."""

    name: str
    value: Callable[[Any], Any]


def joined(items: Iterable) -> str:
    """Write several values in one cell, in the order given."""
    return SEPARATOR.join(map(str, items))


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    It gets an apostrophe in front, the spreadsheets' own mark for text.
    """
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def cell(value):
    """Return the value as a spreadsheet can hold it without running it.

    Several values become one text, with "; " between them. Numbers stay numbers, below
    zero too.
    """
    if isinstance(value, list):
        value = joined(value)
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):  # as pandas, R and JSON write it
        return "true" if value else "false"
    return "" if value is None else value


def text_cell(text: str | None) -> str:
    """Return a text as `csv_lines` writes it: guarded, and in quotes where it must."""
    if not text:
        return ""
    text = guarded(text)
    if "," in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


class Line:
    """Takes what `csv.writer` writes and hands it straight back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(
    columns: Sequence[Column | TableColumn], records: Iterable
) -> Iterator[str]:
    """Yield the file line by line, the header first."""
    writer = csv.writer(Line())
    yield writer.writerow([column.name for column in columns])
    for record in records:
        yield writer.writerow([cell(column.value(record)) for column in columns])


def signed(lines: Iterable[str | bytes]) -> Iterator[str | bytes]:
    yield SIGNATURE
    yield from lines


def csv_response(
    table: Table,
    lines: Iterator[str] | Iterator[bytes],
    *,
    with_signature: bool = False,
) -> StreamingHttpResponse:
    """Stream the lines of a table's file, its header among them.

    `with_signature` starts the file with U+FEFF, for Excel. Closing the answer, as a
    server does when the reader has gone, closes generators of lines.
    """
    return StreamingHttpResponse(
        signed(lines) if with_signature else lines,
        content_type="text/csv; charset=utf-8; header=present",
        headers={
            "Content-Disposition": f'attachment; filename="{table.file_name}"',
            "Link": DESCRIBED_BY,
        },
    )
