"""Find a name however it is typed: without accents, capitals or apostrophes.

Readers type "ynys mon" for "Ynys Môn" and "kings lynn" for "King's Lynn". SQLite
compares only ASCII letters without case, and PostgreSQL's `unaccent` is an extension,
so both databases are given the same small rule here.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from django.db.models import CharField, Q, TextField, Transform

IGNORED = re.compile("[\u0300-\u036f'\u2019]")
# A list sorts by the same few names of councils and services again and again.
LATELY = 4096
WORD = re.compile(r"[^\W_]+")
# No name has as many, and databases fail over hundreds.
MOST_WORDS = 20
# "HR" is part of "three" and "Shropshire", "IT" of nearly everything: a shorter word is
# looked for as a whole one.
SHORTEST_PART = 4


def fold(text: str) -> str:
    """Return the text in lower case without accents or apostrophes."""
    if text.isascii():  # four times as fast
        return text.lower().replace("'", "")
    return IGNORED.sub("", unicodedata.normalize("NFKD", text)).lower()


def folded_words(text: str) -> list[str]:
    """Return the words that a search has to find; punctuation separates them."""
    return WORD.findall(fold(text))


def part_of(field: str, word: str) -> Q:
    """Return the condition that a column holds a folded word, or a longer one of it."""
    return Q(**{f"{field}__folded__contains": word})


def holding(field: str, word: str) -> Q:
    """Return the condition that a column holds a folded word, a short one whole."""
    if len(word) >= SHORTEST_PART:
        return part_of(field, word)
    # Both databases read this in the same way.
    alone = f"(^|[^a-z0-9]){word}($|[^a-z0-9])"
    return Q(**{f"{field}__folded__regex": alone})


def finder(word: str) -> Callable[[str], object]:
    """Return what tells whether a folded text holds a word, as `holding` asks."""
    if len(word) >= SHORTEST_PART:
        return lambda text: word in text
    # With the word first, what does not hold it at all is passed over quickly.
    return re.compile(f"{word}(?<![a-z0-9]{word})(?![a-z0-9])").search


class Folded(Transform):
    """`fold` in the database, for `name__folded__contains` and for sorting.

    It sorts by code point on both databases, whatever the server's own collation.
    """

    lookup_name = "folded"
    function = "FOLD"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **extra_context):
        # Most names hold nothing to fold but capitals, which their length in bytes
        # tells: to normalise one takes six times as long. Of those "C" knows the small
        # letters as well as any locale, and faster.
        sql, params = self.as_sql(
            compiler,
            connection,
            template=(
                "(CASE WHEN octet_length(%(expressions)s) = length(%(expressions)s)"
                " AND strpos(%(expressions)s, '''') = 0"
                ' THEN lower(%(expressions)s COLLATE "C")'
                " ELSE lower(regexp_replace(normalize(%(expressions)s, NFKD),"
                " '[\u0300-\u036f''\u2019]', '', 'g')) END COLLATE \"C\")"
            ),
            **extra_context,
        )
        return sql, [*params] * 5


CharField.register_lookup(Folded)
TextField.register_lookup(Folded)


def teach_sqlite_to_fold(connection, **kwargs):
    """Give a new SQLite connection the FOLD function that `Folded` calls."""
    if connection.vendor == "sqlite":
        folded = lru_cache(LATELY)(lambda text: text and fold(text))
        connection.connection.create_function("FOLD", 1, folded, deterministic=True)
