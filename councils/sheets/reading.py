"""An editor's file as a table of text: read whole, or refused in a sentence.

What cannot be read as a table refuses the file; what is wrong in one cell is kept with
its row, so that the trial run can show it there.
"""

import codecs
import csv
import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.core.files import File

from .cells import unguarded

MEGABYTE = 1024 * 1024
LARGEST_FILE = 5 * MEGABYTE
LARGEST_UNPACKED = 25 * MEGABYTE
MOST_PARTS = 500
MOST_ROWS = 5_000
# Rows that are added or changed pass every rule, and keep other editors waiting.
MOST_CHANGES = 1_000
# Rows that hold nothing but formats count here: a cell far down costs a reader time.
LAST_ROW = 20_000
LAST_COLUMN = 200
# The most characters that Excel keeps in a cell; the rest is lost without a word.
FULL_CELL = 32_767
AS_UTF_8 = "In Excel choose “Save as”, then “CSV UTF-8 (Comma delimited)”."
OLD_WORKBOOK = bytes.fromhex("D0CF11E0A1B11AE1")


class Unreadable(Exception):
    """The file is no table that can be read; the text says why and what to do."""


class Refused(NamedTuple):
    """Stands for a cell that cannot be taken, and says why."""

    why: str


class Row(NamedTuple):
    """The number is the spreadsheet's own. Problems are by column, "" for the row."""

    number: int
    cells: list[str]
    problems: list[tuple[str, str]]


class Table(NamedTuple):
    columns: list[str]
    rows: list[Row]


Line = tuple[int, list[str | Refused]]


def read_table(file: File) -> Table:
    """Return the table in a CSV file or in the first sheet of an Excel workbook.

    Raises Unreadable.
    """
    if file.size > LARGEST_FILE:
        raise Unreadable(
            f"The file has {file.size / MEGABYTE:.0f} MB. It can have at most"
            f" {LARGEST_FILE // MEGABYTE} MB: divide it, or send only the rows that"
            " change."
        )
    content = file.read()
    if content.startswith(OLD_WORKBOOK):
        raise Unreadable(
            "This is an older Excel workbook (.xls), or one with a password. In Excel"
            " choose “Save as”, then “Excel Workbook (.xlsx)”, without a password."
        )
    if content.startswith(b"PK\x03\x04"):
        return table_of(lines_of_workbook(content))
    return table_of(lines_of_csv(text_of(content)))


def table_of(lines: Iterable[Line]) -> Table:
    """Take the first line with anything in it for the names of the columns."""
    columns: list[str] = []
    rows: list[Row] = []
    for number, cells in lines:
        if not any(cells):
            continue
        if not columns:
            columns = columns_of(cells)
            continue
        if len(rows) == MOST_ROWS:
            raise Unreadable(
                f"The file has more than {MOST_ROWS:,} rows: divide it, or send only"
                " the rows that change."
            )
        rows.append(row_of(number, cells, columns))
    if not columns:
        raise Unreadable("The file is empty.")
    if not rows:
        raise Unreadable("The file has names of columns, and no rows under them.")
    return Table(columns, rows)


def columns_of(cells: list[str | Refused]) -> list[str]:
    names = [
        "" if isinstance(cell, Refused) else cell.strip().lower() for cell in cells
    ]
    while names and not names[-1]:
        names.pop()
    for place, name in enumerate(names):
        if not name:
            raise Unreadable(f"Column {letters(place)} has no name in its first row.")
        if name in names[:place]:
            raise Unreadable(f"Two columns have the name “{name}”.")
    if len(names) == 1:
        for mark, words in ((";", "semicolons"), ("\t", "tabs")):
            if mark in names[0]:
                raise Unreadable(
                    f"The columns have {words} between them. Save the file with commas"
                    " between the columns, or as an Excel workbook (.xlsx)."
                )
    if not names:
        raise Unreadable("The first row holds no names of columns.")
    return names


def row_of(number: int, cells: list[str | Refused], columns: list[str]) -> Row:
    problems = []
    if len(cells) < len(columns):
        problems.append(
            (
                "",
                f"The row has {len(cells)} cells and the file {len(columns)} columns:"
                " a comma or a quotation mark is missing.",
            )
        )
    for place, cell in enumerate(cells[len(columns) :], start=len(columns)):
        if cell:
            problems.append(
                ("", f"Column {letters(place)} has no name, but something in this row.")
            )
    texts = []
    for column, cell in zip(columns, cells, strict=False):
        if isinstance(cell, Refused):
            problems.append((column, cell.why))
        elif "\ufffd" in cell:
            problems.append((column, "Letters were lost: it holds the sign “\ufffd”."))
        texts.append("" if isinstance(cell, Refused) else cell)
    texts += [""] * (len(columns) - len(texts))
    return Row(number, texts, problems)


def letters(place: int) -> str:
    import openpyxl  # heavy, and only editors' files need it

    return openpyxl.utils.get_column_letter(place + 1)


# ---- CSV


def text_of(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"The file is in UTF-16, not in UTF-8. {AS_UTF_8}")
    if b"\0" in content:
        raise Unreadable(
            "This is neither an Excel workbook (.xlsx) nor a CSV file in UTF-8."
            f" {AS_UTF_8}"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"Line {line} of the file is not in UTF-8; it may be in the encoding of"
            f" Windows. {AS_UTF_8}"
        ) from error


def lines_of_csv(text: str) -> Iterator[Line]:
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            number += 1
            yield number, [from_csv(cell) for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            f"Row {number + 1} cannot be read: a quotation mark has no partner, or a"
            " cell is longer than 131,072 characters."
        ) from error


def from_csv(text: str) -> str | Refused:
    if text.lstrip().startswith("="):
        return Refused(
            "It starts with “=”, as a formula does. Type the value itself; if it is"
            " text, put an apostrophe (') in front."
        )
    return unguarded(text)


# ---- Excel workbooks


def lines_of_workbook(content: bytes) -> Iterator[Line]:
    import openpyxl  # heavy, and only editors' files need it

    package = repacked(content)
    try:
        with warnings.catch_warnings():
            # What openpyxl does not know of Excel, such as validations, is no matter.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(package, read_only=True)
            if not book.worksheets:
                raise Unreadable("The workbook has no sheet with cells.")
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # they are what the file claims
            for number, cells in enumerate(sheet.iter_rows(max_col=LAST_COLUMN), 1):
                if number > LAST_ROW:
                    raise Unreadable(
                        f"The first sheet goes on below row {LAST_ROW:,}. Delete the"
                        " rows under the table, empty ones too."
                    )
                yield number, [from_workbook(cell) for cell in cells]
    except Unreadable:
        raise
    except Exception as error:  # a broken workbook fails in any way there is
        raise Unreadable(
            "The workbook cannot be read. Open it in Excel, save it again as “Excel"
            " Workbook (.xlsx)”, and send that file."
        ) from error


def repacked(content: bytes) -> io.BytesIO:
    """Return the workbook unpacked, as far as it is as small as it has to be.

    A small file can unpack to gigabytes, whatever sizes it claims. So every part is
    unpacked here, in steps that are counted, and openpyxl gets nothing else.
    """
    unpacked, left = io.BytesIO(), LARGEST_UNPACKED
    too_large = Unreadable(
        f"The workbook unpacks to more than {LARGEST_UNPACKED // MEGABYTE} MB. Copy"
        " the table alone into a new workbook and send that."
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            parts = old.infolist()
            if len(parts) > MOST_PARTS:
                raise too_large
            if "xl/workbook.xml" not in old.namelist():
                raise Unreadable(
                    "This is not an Excel workbook (.xlsx). Save the table as one, or"
                    " as CSV."
                )
            with zipfile.ZipFile(unpacked, "w") as new:
                for part in parts:
                    with old.open(part) as source, new.open(part.filename, "w") as copy:
                        while chunk := source.read(64 * 1024):
                            left -= len(chunk)
                            if left < 0:
                                raise too_large
                            copy.write(chunk)
    except Unreadable:
        raise
    except Exception as error:  # a damaged package fails in any way there is
        raise Unreadable("The workbook is damaged, or it has a password.") from error
    return unpacked


def from_workbook(cell: Any) -> str | Refused:
    value = cell.value
    if cell.data_type == "f":
        return Refused(
            "It holds a formula. Copy the cell and paste it as a value: in Excel,"
            " “Paste special”, then “Values”."
        )
    if cell.data_type == "e":
        return Refused(f"It holds Excel’s error {value}.")
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return repr(value)
        case datetime.datetime() if value.time() != datetime.time():
            return Refused("It holds a time of day. Type the date alone, as text.")
        case datetime.date():
            return day_as_shown(value, cell.number_format)
        case str() if len(value) >= FULL_CELL:
            return Refused(
                f"It has {FULL_CELL:,} characters, as many as Excel keeps: the rest of"
                " the text may be lost."
            )
        case str():
            return unguarded(value)
    return Refused("It holds a time. Type a date as text, as 2012-05-17.")


def day_as_shown(day: datetime.date, number_format: str) -> str:
    """Return the date as exact as Excel shows it.

    Whoever types 2012-05 into Excel gets the first of the month, shown as May-12.
    """
    shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", number_format.lower())
    if "d" in shown or not ("m" in shown or "y" in shown):
        return f"{day:%Y-%m-%d}"
    return f"{day:%Y-%m}" if "m" in shown else f"{day:%Y}"
