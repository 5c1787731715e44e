"""The text of a cell and the value of a field, both ways.

Blank means that nothing is known: it is never zero and never a default.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import models

from ..csv_export import STARTS_A_FORMULA
from ..days import in_words
from ..partial_dates import PartialDate, PartialDateField

MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]00:00(:00(\.0+)?)?Z?")
SERIAL = re.compile(r"[0-9]{5}(\.0+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE = re.compile(r"-?[0-9]+(\.0+)?")
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
EXCELS_FIRST_DAY = date(1899, 12, 30)
TEXTS = (models.CharField, models.TextField)
# Signs without a shape, which no workbook can hold.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def tidy(text: str) -> str:
    """Leave out what forms leave out too, and write line ends in one way."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub("", text).strip()


def says(text: str, stored: str) -> bool:
    """Return whether a cell says what is stored, as a file would say it."""
    return tidy(text) in {tidy(stored), tidy(unguarded(stored))}


def unguarded(text: str) -> str:
    """Take off the apostrophe that files put before what looks like a formula."""
    guarded = text.startswith("'") and text[1:].startswith(STARTS_A_FORMULA)
    return text[1:] if guarded else text


def listed(values: Iterable[str]) -> str:
    return ", ".join(map(str, values))


def split(text: str) -> list[str]:
    """Return the values of a cell that lists several: "ict; hr-and-payroll"."""
    return [part.strip() for part in re.split(r"[;,]", text) if part.strip()]


def value_of(field: models.Field, text: str) -> Any:
    """Return the value that the text stands for. Raises ValueError with a sentence."""
    text = tidy(text)
    if not text:
        return "" if isinstance(field, TEXTS) and not field.null else None
    if field.choices:
        values = [value for value, _ in field.flatchoices if value]
        if text not in values:
            raise ValueError(f"“{text}” is not one of: {listed(values)}.")
        return text
    if isinstance(field, PartialDateField):
        return PartialDate(day_in(text))
    if isinstance(field, models.DateField):
        return whole_day(text)
    if isinstance(field, models.IntegerField):
        if not WHOLE.fullmatch(text) or len(text) > 20:
            raise ValueError(f"“{text}” is not a whole number in digits, as 4000000.")
        return int(text.partition(".")[0])
    if isinstance(field, models.FloatField):
        if not DECIMAL.fullmatch(text) or len(text) > 25:
            raise ValueError(f"“{text}” is not a number in digits, as 57.25.")
        return float(text)
    return text


def day_in(text: str) -> str:
    """Take off the midnight that programs add, and name the day that Excel counted."""
    if midnight := MIDNIGHT.fullmatch(text):
        return midnight[1]
    if SERIAL.fullmatch(text):
        day = EXCELS_FIRST_DAY + timedelta(days=int(text[:5]))
        raise ValueError(
            f"“{text}” is a date in Excel’s own count of days, {in_words(day)}. Format"
            f" the column as text and type {day}."
        )
    return text


def whole_day(text: str) -> date:
    text = day_in(text)
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a day in the calendar.") from None
    raise ValueError(f"“{text}” is not a day. Type it as 2012-05-17.")
