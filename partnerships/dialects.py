"""How each database says what SQL has no common words for, and hands out rows."""

import re
from collections.abc import Callable, Sequence
from io import TextIOBase
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

Take = Callable[[Sequence[Any]], None]


class Dialect(NamedTuple):
    """One database's words.

    `list_of` makes the parameter of `keys`, which is the table of these keys. `read`
    hands on each row of a query as it comes.
    """

    keys: str
    list_of: Callable[[list[int]], Any]
    join: str
    format: str
    read: Callable[[CursorWrapper, str, list[Any], Take], None]


class Copied(TextIOBase):
    """Takes the rows that PostgreSQL copies out, as text in columns.

    An error waits for the last row: to stop at once would leave the server in the
    middle of a statement, with its locks, until somebody uses the connection again.
    """

    def __init__(self, take: Take):
        self.take = take
        self.error: Exception | None = None

    def write(self, row: str) -> int:
        if not self.error:
            cells = row[:-1].split("\t")
            if "\\" in row:
                cells = [ESCAPE.sub(unescaped, cell) for cell in cells]
            try:
                self.take(cells)
            except Exception as error:
                self.error = error
        return len(row)


# What PostgreSQL writes in columns for NULL, and for signs that would end a cell.
ESCAPE = re.compile(r"\\(.)")
ESCAPED = {"N": "", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unescaped(found: re.Match) -> str:
    return ESCAPED.get(found[1], found[1])


def copy(cursor: CursorWrapper, sql: str, params: list[Any], take: Take) -> None:
    """Read rows with COPY: the server makes the next ones while one is being taken."""
    select = cursor.mogrify(sql, params).decode()
    rows = Copied(take)
    with cursor.db.wrap_database_errors:
        cursor.copy_expert(f"COPY ({select}) TO STDOUT", rows)
    if rows.error:
        raise rows.error


def fetch(cursor: CursorWrapper, sql: str, params: list[Any], take: Take) -> None:
    cursor.execute(sql, params)
    for row in cursor:
        take(row)


DIALECTS = {
    "sqlite": Dialect(
        "SELECT value AS id FROM json_each(%s)",
        str,
        "group_concat",
        "printf",
        fetch,
    ),
    "postgresql": Dialect(
        "SELECT id FROM unnest(CAST(%s AS bigint[])) AS listed (id)",
        list,
        "string_agg",
        "format",
        copy,
    ),
}
