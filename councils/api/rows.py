"""A row of a table as JSON: the same names and meanings as in the files.

Unknown is null, several values are a list, and numbers and booleans are themselves.
"""

from datetime import date
from typing import Any

from drf_spectacular.drainage import set_override
from rest_framework import serializers

from ..tables import NOT_APPLICABLE, Column, Empty, Table, Type

TYPES = {Type.PARTIAL_DATE: "string", Type.DATE: "string"}


def described(column: Column) -> dict[str, Any]:
    """Return the JSON schema of a column's values."""
    kind: dict[str, Any] = {"type": TYPES.get(column.type, str(column.type))}
    if column.type == Type.DATE:
        kind["format"] = "date"
    if column.values is not None:
        kind["enum"] = [str(value) for value in column.values.values]
        if column.may_not_apply:
            kind["enum"].append(NOT_APPLICABLE)
    if column.is_list:
        kind = {"type": "array", "items": kind}
    elif column.empty != Empty.NEVER:
        kind["type"] = [kind["type"], "null"]
        if "enum" in kind:
            kind["enum"] = [*kind["enum"], None]
    words = column.meaning
    if column.unit:
        words = f"{words} In {column.unit}."
    return {**kind, "description": words}


class Cell(serializers.Field):
    """A column's value of a row."""

    column: Column

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance):
        return (self.column.value(instance),)

    def to_representation(self, value):
        (value,) = value  # wrapped, or a null would never come here
        if value is None or isinstance(value, bool | int | float | list):
            return value
        return value.isoformat() if isinstance(value, date) else str(value)


def cell(column: Column) -> Cell:
    kind = type(f"{column.name.title()}Cell", (Cell,), {"column": column})
    set_override(kind, "field", described(column))
    return kind()


def serializer_of(table: Table, name: str, **more) -> type[serializers.Serializer]:
    """Return a serializer of a table's rows; `more` are fields beside its columns."""
    cells = {column.name: cell(column) for column in table.columns}
    fields = {"__doc__": table.meaning, **cells, **more}
    return type(name, (serializers.Serializer,), fields)
