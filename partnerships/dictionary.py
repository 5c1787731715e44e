"""What the files hold, for people and for programs, from the tables' declarations."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from councils.exports import COUNCILS, SUCCESSIONS
from councils.tables import NOT_APPLICABLE, SEPARATOR, Column, Empty, Table, Type

from .exports import PARTNERSHIPS
from .long_tables import LONG_TABLES

# In the order in which a reader meets them.
TABLES = [PARTNERSHIPS, *LONG_TABLES, COUNCILS, SUCCESSIONS]

DATE_PATTERN = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?[?~]?"


def allowed(column: Column) -> list[str]:
    """Return the values that a cell of the column may hold, [] where any may stand.

    Of a list it is each of its values.
    """
    if column.values is None:
        return []
    values = [str(value) for value in column.values.values]
    return [*values, NOT_APPLICABLE] if column.may_not_apply else values


class Field(NamedTuple):
    """What a dictionary says of one column."""

    table: str
    column: str
    meaning: str
    type: str
    unit: str
    values: str
    empty: str
    example: str


def field(table: Table, column: Column) -> Field:
    kind = Type(column.type).label
    if column.is_list:
        kind = f"several, with “{SEPARATOR}” between them: {kind}"
    empty = Empty(column.empty).label
    if column.may_not_apply:
        empty = f"{empty} `{NOT_APPLICABLE}` where the question does not arise."
    return Field(
        table=table.name,
        column=column.name,
        meaning=column.meaning,
        type=kind,
        unit=column.unit,
        values=", ".join(allowed(column)),
        empty=empty,
        example=str(column.example),
    )


def fields(tables=None) -> list[Field]:
    return [
        field(table, column) for table in tables or TABLES for column in table.columns
    ]


def digest() -> str:
    """Return what changes with any declaration, for the log of changes to the data."""
    declared = [tuple(one) for one in fields()]
    keys = [(table.name, table.key, sorted(table.links.items())) for table in TABLES]
    text = json.dumps([declared, keys], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def is_key_filled(table: Table) -> bool:
    """Return whether no cell of the key is ever empty, as standards ask of a key."""
    return all(
        column.empty == Empty.NEVER
        for column in table.columns
        if column.name in table.key
    )


def table_schema(table: Table) -> dict[str, Any]:
    """Describe a table's columns as Frictionless Table Schema does."""
    schema: dict[str, Any] = {
        "fields": [frictionless_field(column) for column in table.columns],
        "missingValues": [""],
        "foreignKeys": [
            {"fields": [name], "reference": {"resource": other, "fields": [key]}}
            for name, (other, key) in table.links.items()
        ],
    }
    if is_key_filled(table):
        schema["primaryKey"] = list(table.key)
    return schema


def type_of(column: Column) -> str:
    """Return the type of a cell: several values in one are a text."""
    is_text = column.is_list or column.type == Type.PARTIAL_DATE
    return "string" if is_text else str(column.type)


def frictionless_field(column: Column) -> dict[str, Any]:
    told = field(PARTNERSHIPS, column)
    constraints: dict[str, Any] = {}
    if column.empty == Empty.NEVER:
        constraints["required"] = True
    if column.type == Type.PARTIAL_DATE and not column.is_list:
        also = f"|{NOT_APPLICABLE}" if column.may_not_apply else ""
        constraints["pattern"] = f"({DATE_PATTERN}{also})"
    if column.values and not column.is_list:
        constraints["enum"] = allowed(column)
    described = {
        "name": column.name,
        "type": type_of(column),
        "description": f"{column.meaning} If empty: {told.empty}",
        "example": str(column.example),
        "constraints": constraints,
    }
    if column.unit:
        described["unit"] = column.unit
    return described


def data_package(path: Callable[[Table], str]) -> dict[str, Any]:
    """Describe all tables as a Frictionless data package; `path` says where each is."""
    return {
        "profile": "tabular-data-package",
        "name": "shared-services-partnership-registry",
        "title": "Shared services partnerships of UK councils",
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": table.name,
                "title": table.title,
                "description": table.meaning,
                "path": path(table),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": table_schema(table),
            }
            for table in TABLES
        ],
    }


def csvw(path: Callable[[Table], str]) -> dict[str, Any]:
    """Describe all tables as CSV on the Web does."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "tables": [
            {
                "url": path(table),
                "dc:title": table.title,
                "dc:description": table.meaning,
                "tableSchema": {
                    "columns": [csvw_column(column) for column in table.columns],
                    **({"primaryKey": list(table.key)} if is_key_filled(table) else {}),
                    "foreignKeys": [
                        {
                            "columnReference": name,
                            "reference": {
                                "resource": path(named(other)),
                                "columnReference": key,
                            },
                        }
                        for name, (other, key) in table.links.items()
                    ],
                },
            }
            for table in TABLES
        ],
    }


def csvw_column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        # Of a list, that of each value.
        "datatype": "string" if column.type == Type.PARTIAL_DATE else str(column.type),
        "dc:description": column.meaning,
        "required": column.empty == Empty.NEVER,
        "null": "",
    }
    if column.is_list:
        described["separator"] = SEPARATOR
    return described


def named(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)
