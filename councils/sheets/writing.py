"""Tables as files: CSV, Excel workbooks, and empty ones that say what may go in."""

import io
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import openpyxl
from django.db import models
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..csv_export import SIGNATURE, Column, cell, csv_lines
from ..partial_dates import HOW_TO_TYPE, PartialDateField
from .cells import CONTROLS
from .resources import ManyWidget, OneWidget, TableResource

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AS_TEXT = "@"
WIDE, NARROW = 60, 18
ROWS_OF_TEMPLATE = 500


class SheetFile(NamedTuple):
    """A file's content, its type, and the end of its name."""

    content: str | bytes
    content_type: str
    ending: str


def table_file(resource: TableResource, records, kind: str) -> SheetFile:
    """Return the records as a file of a kind, "csv" or "xlsx"."""
    is_workbook = kind == "xlsx"
    dataset = resource.export(records, force_native_type=is_workbook)
    if is_workbook:
        return saved(workbook(resource, dataset))
    return csv_file(dataset.headers, dataset)


def template_file(resource: TableResource, kind: str) -> SheetFile:
    """Return the table without rows; a workbook lists the allowed values too."""
    if kind == "csv":
        return csv_file(resource.get_export_headers(), [])
    book = workbook(resource, [])
    add_columns(book, resource)
    add_allowed_values(book, resource)
    return saved(book)


def csv_file(columns: list[str], rows: Iterable) -> SheetFile:
    filled = [Column(name, itemgetter(place)) for place, name in enumerate(columns)]
    text = SIGNATURE + "".join(csv_lines(filled, rows))
    return SheetFile(text, "text/csv; charset=utf-8; header=present", "csv")


def saved(book: openpyxl.Workbook) -> SheetFile:
    stream = io.BytesIO()
    book.save(stream)
    return SheetFile(stream.getvalue(), WORKBOOK, "xlsx")


def workbook(resource: TableResource, rows: Iterable) -> openpyxl.Workbook:
    """Return a workbook of one sheet, in which Excel takes no text for a date."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = str(resource._meta.model._meta.verbose_name_plural).capitalize()
    fields = resource.get_export_fields()
    head(sheet, [field.column_name for field in fields])
    formats = [
        # Excel shows a long text as "####" where the format is that of text.
        "General"
        if is_number(resource, field) or is_prose(resource, field)
        else AS_TEXT
        for field in fields
    ]
    for place, field in enumerate(fields, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = (
            WIDE if is_prose(resource, field) else NARROW
        )
        # Cells that are still empty take their format from their column.
        sheet.column_dimensions[letter].number_format = formats[place - 1]
    for number, values in enumerate(rows, start=2):
        for place, value in enumerate(values, start=1):
            put(sheet.cell(number, place), value, formats[place - 1])
    return book


def head(sheet, names: list[str]):
    for place, name in enumerate(names, start=1):
        sheet.cell(1, place, name).font = Font(bold=True)
    sheet.freeze_panes = "A2"


def put(at, value, number_format: str):
    if value in ("", None):
        return
    at.value = cell(CONTROLS.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        at.data_type = "s"  # "#N/A" is a text here, not Excel's error
    at.number_format = number_format
    at.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))


def model_field(resource: TableResource, field) -> models.Field:
    return resource.model_field(field.attribute)


def is_number(resource: TableResource, field) -> bool:
    numbers = (models.IntegerField, models.FloatField)
    return isinstance(model_field(resource, field), numbers)


def is_prose(resource: TableResource, field) -> bool:
    return isinstance(model_field(resource, field), models.TextField)


# ---- What may go in


def allowed_values(resource: TableResource, field) -> list[str]:
    """Return the values that the column takes, none where it takes any."""
    known = model_field(resource, field)
    if known.choices:
        return [value for value, _ in known.flatchoices if value]
    if isinstance(field.widget, OneWidget | ManyWidget):
        return field.widget.offered()
    return []


def add_allowed_values(book: openpyxl.Workbook, resource: TableResource):
    """List the values on a sheet, and offer them in the cells that take one."""
    table = book.worksheets[0]
    sheet = book.create_sheet("Allowed values")
    listed = [
        (place, field, values)
        for place, field in enumerate(resource.get_export_fields(), start=1)
        if (values := allowed_values(resource, field))
    ]
    head(sheet, [field.column_name for _, field, _ in listed])
    for at, (place, field, values) in enumerate(listed, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = NARROW * 2
        for number, value in enumerate(values, start=2):
            sheet.cell(number, at, value)
        if isinstance(field.widget, ManyWidget):
            continue
        choice = DataValidation(
            type="list",
            formula1=f"'Allowed values'!${letter}$2:${letter}${len(values) + 1}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=field.column_name,
            error="Choose one of the values on the sheet “Allowed values”.",
        )
        column = get_column_letter(place)
        choice.add(f"{column}2:{column}{ROWS_OF_TEMPLATE + 1}")
        table.add_data_validation(choice)


def add_columns(book: openpyxl.Workbook, resource: TableResource):
    sheet = book.create_sheet("Columns")
    head(sheet, ["column", "a new row needs it", "what to type"])
    for letter, width in zip("ABC", (24, 20, 100), strict=True):
        sheet.column_dimensions[letter].width = width
    for number, field in enumerate(resource.get_export_fields(), start=2):
        needed = field.column_name in resource.needed_columns()
        sheet.cell(number, 1, field.column_name)
        sheet.cell(number, 2, "yes" if needed else "no")
        sheet.cell(number, 3, what_to_type(resource, field))


def what_to_type(resource: TableResource, field) -> str:
    known = model_field(resource, field)
    said = [str(known.help_text)] if known.help_text else []
    if isinstance(field.widget, ManyWidget):
        said.append(
            "Several with semicolons between them, as “ict; hr-and-payroll” or “1; 3”."
        )
    elif allowed_values(resource, field):
        said.append("One of the values on the sheet “Allowed values”.")
    elif isinstance(known, PartialDateField):
        said.append(HOW_TO_TYPE)
    elif isinstance(known, models.DateField):
        said.append("A day as 2012-05-17.")
    elif isinstance(known, models.IntegerField):
        said.append("A whole number in digits.")
    elif isinstance(known, models.FloatField):
        said.append("A number, as 57.25.")
    else:
        said.append("Text.")
    return " ".join(said)
