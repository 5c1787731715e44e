"""Dates as exact as their source: a year, a month or a day, perhaps doubtful.

They are EDTF level 0 text with the qualifiers of level 1: `2011`, `2011-02`,
`2011-02-17`, `2012?` (uncertain), `2012~` (approximate). A `str` all the way, so that
forms, lookups and fixtures need no help; the earliest and the latest day that the text
allows are columns that the database makes itself, for sorting and for periods.
"""

import calendar
import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

PATTERN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~]?)")
HOW_TO_TYPE = (
    "Type a year, a month or a day as 2012, 2012-05 or 2012-05-17; "
    "add ? if it is uncertain or ~ if it is approximate."
)
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2199, 12, 31)


# Other ways to write a date. Some mean either of two days, such as 05/06/2012; one of
# them is only offered, and what is typed stays refused until the editor says which.
YEAR, MONTH, DAY = (
    r"(?P<year>[0-9]{4})",
    r"(?P<month>[0-9]{1,2})",
    r"(?P<day>[0-9]{1,2})",
)
NAME, ORDINAL, GAP = r"(?P<name>[a-z]{3,9})\.?", r"(?:st|nd|rd|th)?", r"[-/. ]"
OTHER_WAYS = [
    re.compile(rf"{YEAR}{GAP}{MONTH}(?:{GAP}{DAY})?"),
    re.compile(rf"(?:{DAY}{GAP})?{MONTH}{GAP}{YEAR}"),
    re.compile(rf"(?:{DAY}{ORDINAL} )?{NAME},? {YEAR}"),
    re.compile(rf"{NAME} {DAY}{ORDINAL},? {YEAR}"),
]
ABOUT = re.compile(r"(?:about|around|approx\.?|circa|c\.?) ?(.*)")
MONTHS = [name.lower() for name in calendar.month_name]


def hint(text: str) -> str:
    """Return how to type what a refused text seems to mean, "" if nobody could say."""
    said = " ".join(text.lower().split()).rstrip("?~ ")
    about = ABOUT.fullmatch(said)
    said = about[1] if about else said
    iso = said if PATTERN.fullmatch(said) else ""
    for way in OTHER_WAYS:
        if match := way.fullmatch(said):
            parts = match.groupdict()
            month = parts.get("month") or _month_called(parts["name"])
            days = [parts["day"]] if parts["day"] else []
            iso = "-".join([parts["year"], *(f"{int(n):02}" for n in [month, *days])])
            break
    match = PATTERN.fullmatch(iso)
    if not match or match[2] == "00":
        return ""
    if impossible := why_not(match):
        return impossible
    doubt = "~" if about else text.strip()[-1:]
    meant = PartialDate(iso + doubt if doubt in {"?", "~"} else iso)
    return f". For {meant.in_words()} type “{meant}”"


def _month_called(name: str) -> int:
    """Return the number of the month with this name or its beginning, 0 for none."""
    return next((n for n in range(1, 13) if MONTHS[n].startswith(name)), 0)


def why_not(match: re.Match[str]) -> str:
    """Return ": February 2011 has 28 days" for a day that never was, "" for others."""
    year, month = int(match[1]), int(match[2] or 1)
    if year == 0:
        return ": there is no year 0000"
    if not 1 <= month <= 12:
        return f": there is no month {match[2]}, months go from 01 to 12"
    days = calendar.monthrange(year, month)[1]
    if not 1 <= int(match[3] or 1) <= days:
        return f": {calendar.month_name[month]} {year} has {days} days"
    return ""


class PartialDate(str):
    """Text such as "2011", "2011-02" or "2011-02-17", with "?" or "~" if doubtful.

    Raises ValueError for text of another form and for days that never were.
    """

    __slots__ = ("earliest", "latest", "qualifier")
    earliest: date
    latest: date
    qualifier: str

    def __new__(cls, text: str) -> "PartialDate":
        match = PATTERN.fullmatch(text)
        if not match:
            raise ValueError(f"“{text}” is not a date{hint(text)}. {HOW_TO_TYPE}")
        year, month, day = match[1], match[2], match[3]
        try:
            earliest = date(int(year), int(month or 1), int(day or 1))
            last_day = calendar.monthrange(int(year), int(month or 12))[1]
            latest = date(int(year), int(month or 12), int(day or last_day))
        except ValueError:
            raise ValueError(
                f"“{text}” is not a day in the calendar{why_not(match)}. {HOW_TO_TYPE}"
            ) from None
        self = super().__new__(cls, text)
        self.earliest, self.latest, self.qualifier = earliest, latest, match[4]
        return self

    def __getnewargs__(self):
        return (str(self),)

    def in_words(self) -> str:
        """Return "2011", "February 2011", "17 February 2011" or "about 2012"."""
        digits = self.rstrip("?~")
        words = str(self.earliest.year)
        if len(digits) > 4:
            words = f"{calendar.month_name[self.earliest.month]} {words}"
        if len(digits) > 7:
            words = f"{self.earliest.day} {words}"
        if self.qualifier == "~":
            return f"about {words}"
        return f"{words} (uncertain)" if self.qualifier == "?" else words

    def when_in_words(self) -> str:
        """Return "in 2011", "in February 2011" or "on 17 February 2011"."""
        is_day = len(self.rstrip("?~")) > 7
        return f"{'on' if is_day else 'in'} {self.in_words()}"


def is_before(first: str | None, second: str | None) -> bool:
    """Return whether every day the first may be is before every day of the second.

    False where either is unknown, or text that the field has yet to refuse.
    """
    if isinstance(first, PartialDate) and isinstance(second, PartialDate):
        return first.latest < second.earliest
    return False


def likely(value: "PartialDate | date") -> None:
    """Refuse a day of which no council's history tells: a slip of the pen."""
    first = value.earliest if isinstance(value, PartialDate) else value
    last = value.latest if isinstance(value, PartialDate) else value
    if first < FIRST_DAY or last > LAST_DAY:
        raise ValidationError(
            f"“{value}” is not between {FIRST_DAY.year} and {LAST_DAY.year}: type the"
            " year again.",
            code="unlikely_year",
        )


class PartialDateFormField(forms.CharField):
    """A box in which a reader or an editor types a partial date."""

    def to_python(self, value):
        value = super().to_python(value)
        if value in self.empty_values:
            return None
        try:
            return PartialDate(value)
        except ValueError as error:
            raise ValidationError(str(error), code="partial_date") from error

    def in_words(self, value):
        """Return the pair that a list of answers says: the text and its words."""
        return [(str(value), value.in_words())]


class PartialDateField(models.CharField):
    """A column of `PartialDate`; None where no source gives a date."""

    description = "A year, a month or a day, as exact as its source"
    default_validators = [likely]

    # What the type checker's plugin takes for the attribute's type.
    _pyi_private_set_type: Any
    _pyi_private_get_type: PartialDate | Any

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 11)
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        if value in (None, "") or isinstance(value, PartialDate):
            return value or None
        try:
            return PartialDate(str(value).strip())
        except ValueError as error:
            raise ValidationError(str(error), code="partial_date") from error

    def clean(self, value, model_instance):
        return super().clean(self.to_python(value), model_instance)

    def from_db_value(self, value, expression, connection):
        return value if value is None else PartialDate(value)

    def get_prep_value(self, value):
        value = self.to_python(value)
        return value if value is None else str(value)

    def formfield(self, **kwargs):
        # The field's own rule is the better message than a count of characters.
        return super().formfield(
            **{"form_class": PartialDateFormField, "max_length": None, **kwargs}
        )


class EarliestDay(models.Func):
    """The first day that a partial date may be."""

    output_field = models.DateField()
    # "2011" + "-01-01", "2011-02" + "-01", "2011-02-17" + ""
    template = (
        "(rtrim(%(expressions)s, '?~')"
        " || substr('0000-01-01', length(rtrim(%(expressions)s, '?~')) + 1))"
    )

    def as_sql(self, compiler, connection, function=None, template=None, **context):
        """Compile it, the parameters given as often as the template has the text."""
        template = template or self.template
        sql, params = super().as_sql(
            compiler, connection, function, template, **context
        )
        return sql, list(params) * template.count("%(expressions)s")

    def as_postgresql(self, compiler, connection, **extra_context):
        # A generated column demands what make_date is and a cast from text is not:
        # immutable.
        text = self.template
        return self.as_sql(
            compiler,
            connection,
            template=(
                f"make_date(CAST(substr({text}, 1, 4) AS integer),"
                f" CAST(substr({text}, 6, 2) AS integer),"
                f" CAST(substr({text}, 9, 2) AS integer))"
            ),
            **extra_context,
        )


class LatestDay(EarliestDay):
    """The last day that a partial date may be."""

    # No modulo: a leap year is one that dividing and multiplying by 4 leaves alone.
    template = (
        "(CASE length(rtrim(%(expressions)s, '?~'))"
        " WHEN 4 THEN substr(%(expressions)s, 1, 4) || '-12-31'"
        " WHEN 7 THEN substr(%(expressions)s, 1, 7) || '-' ||"
        " CASE WHEN substr(%(expressions)s, 6, 2) IN ('04', '06', '09', '11') THEN '30'"
        " WHEN substr(%(expressions)s, 6, 2) <> '02' THEN '31'"
        " WHEN {year} / 400 * 400 = {year}"
        " OR ({year} / 4 * 4 = {year} AND {year} / 100 * 100 <> {year}) THEN '29'"
        " ELSE '28' END"
        " ELSE rtrim(%(expressions)s, '?~') END)"
    ).replace("{year}", "CAST(substr(%(expressions)s, 1, 4) AS integer)")


def day_column(expression: models.Func) -> models.GeneratedField:
    """Return a column that the database derives from a partial date.

    Its value on an instance is stale after `save()`: read it from a query.
    """
    return models.GeneratedField(
        expression=expression,
        output_field=models.DateField(),
        db_persist=True,
        serialize=False,  # a fixture holds what the source says, once
    )
