"""The tables as one workbook: typed cells, frozen headers, and no cell a formula."""

import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from councils.csv_export import joined
from councils.tables import Column, Table, Type

from .dictionary import fields

# Excel knows no day before 1900 and counts one that never was: 29 February 1900.
FIRST_DAY = date(1900, 3, 1)
# Two workbooks of the same data are the same file.
MADE = datetime(2000, 1, 1)
WIDEST = 60
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def as_day(value: Any) -> date | None:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and value >= FIRST_DAY else None


def write_cell(sheet, row: int, place: int, column: Column, value, day_format) -> None:
    if value in (None, "", []):
        return
    if column.type == Type.DATE and (day := as_day(value)):
        sheet.write_datetime(row, place, datetime(*day.timetuple()[:3]), day_format)
    elif isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif isinstance(value, list):
        sheet.write_string(row, place, joined(value))
    else:
        sheet.write_string(row, place, str(value))


def workbook(told: list[tuple[str, str]], tables: Iterable[tuple[Table, Iterable]]):
    """Return the bytes of a workbook: what it is, its dictionary, and each table.

    `told` are the lines of its first sheet; the rows of a table are read once.
    """
    import xlsxwriter  # heavy, and only this file needs it

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties({"created": MADE, "title": told[0][1]})
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        day_format = book.add_format({"num_format": "yyyy-mm-dd"})

        about = book.add_worksheet("About")
        about.set_column(0, 0, 24, heading)
        about.set_column(1, 1, 90, wrapped)
        for row, (label, words) in enumerate(told):
            about.write_string(row, 0, label)
            about.write_string(row, 1, words)

        tables = list(tables)
        dictionary = book.add_worksheet("Dictionary")
        told_of = fields([table for table, _ in tables])
        dictionary.freeze_panes(1, 2)
        dictionary.set_column(0, 7, 28, wrapped)
        for place, name in enumerate(told_of[0]._fields):
            dictionary.write_string(0, place, name, heading)
        for row, field in enumerate(told_of, start=1):
            for place, words in enumerate(field):
                dictionary.write_string(row, place, words)

        for table, rows in tables:
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 1)
            for place, column in enumerate(table.columns):
                width = min(max(len(column.name), len(str(column.example))), WIDEST)
                sheet.set_column(place, place, width + 2)
                sheet.write_string(0, place, column.name, heading)
            number = 0
            for number, record in enumerate(rows, start=1):
                for place, column in enumerate(table.columns):
                    value = column.value(record)
                    write_cell(sheet, number, place, column, value, day_format)
            sheet.autofilter(0, 0, number, len(table.columns) - 1)
    return file.getvalue()
