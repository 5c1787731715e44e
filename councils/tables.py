"""Tables as data: each column is declared once, with what it means.

From the declarations come the files, the dictionary that explains them, and their
descriptions for programs; so none of these can say something else than another.

In every file an empty cell, `not-applicable`, `0` and `false` are four things: not
known or what the column's `empty` says; a question that does not arise; none; no.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices

# Neither pandas nor R takes this for a missing value, as both take "NA" and "N/A".
NOT_APPLICABLE = "not-applicable"
SEPARATOR = "; "

Vocabulary = type[TextChoices]


class Type(TextChoices):
    """What the cells of a column hold, apart from empty ones."""

    TEXT = "string", "text"
    INTEGER = "integer", "whole number"
    NUMBER = "number", "number"
    BOOLEAN = "boolean", "true or false"
    DATE = "date", "date: YYYY-MM-DD"
    PARTIAL_DATE = "partial-date", "date as exact as its source: YYYY, YYYY-MM …"


class Empty(TextChoices):
    """What an empty cell of a column means. A column has one meaning for it."""

    NEVER = "never", "Never empty."
    UNKNOWN = "unknown", "Not known: no source seen so far says."
    NONE = "none", "Nothing is recorded."
    NO_DATE = "no-date", "The date that it bounds is empty, or not-applicable."
    NOT_APPLICABLE = "not-applicable", "The question does not arise."


@dataclass(frozen=True)
class Column:
    """One column: how a row fills it, and all that its reader has to know.

    `values` is the closed vocabulary that its cells are from. `value` returns None for
    an empty cell, and a list of values for a column that `is_list`; a file joins them
    by "; ". `unit` is empty where a value has none. `may_not_apply` says that the cell
    may be `not-applicable` as well.
    """

    name: str
    value: Callable[[Any], Any]
    meaning: str
    example: Any
    type: Type = Type.TEXT
    empty: Empty = Empty.NEVER
    values: Vocabulary | None = None
    is_list: bool = False
    unit: str = ""
    may_not_apply: bool = False


def as_they_are(records: Iterable) -> Iterable:
    return records


@dataclass(frozen=True)
class Table:
    """One file: what a row is, its columns, its key and what its keys lead to.

    `rows` makes the file's rows from the records of a list, in their order. `links`
    gives, for a column, the table and column that hold its values.
    """

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Iterable], Iterable] = as_they_are
    links: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        return f"{self.name}.csv"
