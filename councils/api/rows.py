"""A row of a table as JSON: the same names and meanings as in the files.

Unknown is null, several values are a list, and numbers and booleans are themselves.
"""

from collections.abc import Sequence
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


def shown(value: Any) -> Any:
    """Return a cell's value as JSON has it."""
    if value is None or isinstance(value, bool | int | float | list):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


class Cell(serializers.Field):
    """Describes a column; `Row` fills it."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)


class Row(serializers.Serializer):
    """A row of a table, and what stands beside its cells.

    The columns fill it themselves: to copy a field for each of them and to ask it takes
    as long as to fetch the records.
    """

    columns: Sequence[Column]
    beside: tuple[str, ...]

    def to_representation(self, instance):
        row = {it.name: shown(it.value(instance)) for it in self.columns}
        for name in self.beside:
            field = self.fields[name]
            row[name] = field.to_representation(field.get_attribute(instance))
        return row


def cell(column: Column) -> Cell:
    kind = type(f"{column.name.title()}Cell", (Cell,), {})
    set_override(kind, "field", described(column))
    return kind()


def serializer_of(table: Table, name: str, **more) -> type[Row]:
    """Return a serializer of a table's rows; `more` are fields beside its columns."""
    cells = {column.name: cell(column) for column in table.columns}
    its = {"__doc__": table.meaning, "columns": table.columns, "beside": (*more,)}
    return type(name, (Row,), {**its, **cells, **more})
