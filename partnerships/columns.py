"""Columns that several tables have: a vocabulary's value, a date as exact as known."""

from collections.abc import Callable

from django.db.models import TextChoices

from councils.partial_dates import PartialDate
from councils.tables import NOT_APPLICABLE, Column, Empty, Type

from .choices import Status
from .models import Partnership

# Of a source's “about £6m”, “up to £8m” or “between £2m and £5m”.
AS_ONE_NUMBER = (
    "What a source gives as about, more than or up to a number stands here as that"
    " number, and a range as its lower end: `text` in outcomes says which."
)


def choice(
    field: str, values: type[TextChoices], meaning: str, example: str, **declared
) -> tuple[Column, Column]:
    """Return a column for a vocabulary's value and one for its name."""

    def name(row):
        value = getattr(row, field)
        return str(values(value).label) if value else None

    return (
        Column(
            field,
            lambda row: getattr(row, field) or None,
            meaning,
            example,
            values=values,
            **declared,
        ),
        Column(
            f"{field}_name",
            name,
            "The same, to read.",
            str(values(example).label),
            **declared,
        ),
    )


def partial_date(
    field: str, meaning: str, example: str, is_over: Callable | None = None
) -> tuple[Column, ...]:
    """Return the date as known, and the first and last day that it may be.

    `is_over` says of a row whether what the date ends has ended; where it has not, the
    question does not arise.
    """

    def known(row):
        day: PartialDate | None = getattr(row, field)
        if not day and is_over and not is_over(row):
            return NOT_APPLICABLE
        return day

    def bound(which):
        def value(row):
            day = getattr(row, field)
            return day and getattr(day, which).isoformat()

        return value

    day = PartialDate(example)
    return (
        Column(
            field,
            known,
            f"{meaning} As exact as the source.",
            example,
            type=Type.PARTIAL_DATE,
            empty=Empty.UNKNOWN,
            may_not_apply=is_over is not None,
        ),
        *(
            Column(
                f"{field}_{which}",
                bound(which),
                f"The {'first' if which == 'earliest' else 'last'} day that this may"
                f" be. Empty where `{field}` holds no date.",
                getattr(day, which).isoformat(),
                type=Type.DATE,
                empty=Empty.NO_DATE,
            )
            for which in ("earliest", "latest")
        ),
    )


def as_at(question: str) -> Column:
    """Return the column that says how sure a row is on the day that was asked for."""
    return Column(
        "as_at",
        lambda row: getattr(row, "as_at", None),
        f"Whether it `certainly` or `possibly` {question} on the day of `as_at`; empty"
        " where the list was not asked for as at a day.",
        "certainly",
        empty=Empty.NOT_APPLICABLE,
    )


def has_ended(partnership: Partnership) -> bool:
    """Return whether an end is to be asked for: not while it was last seen running."""
    return partnership.status != Status.ONGOING
