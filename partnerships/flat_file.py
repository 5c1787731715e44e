"""The flat table as the database makes it: SQL that fills its cells.

`PARTNERSHIPS` in exports.py says what each column means and how a record fills it. Here
a database fills it for many records at once, some twenty times as fast; tests hold the
two against each other, cell by cell. Which members a record has, and in which order, is
asked of the same QuerySets. A column that is in none of the lists below is the record's
own field or annotation of its name.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from typing import Any

from django.db import connections
from django.db.models import Count, F, Min, QuerySet, TextChoices
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncDate
from django.urls import reverse

from councils.csv_export import csv_lines, text_cell
from councils.folding import Folded
from councils.partial_dates import EarliestDay, LatestDay
from councils.tables import NOT_APPLICABLE, SEPARATOR, Column, Type

from .choices import (
    Confidence,
    DeliveryModel,
    Relationship,
    Result,
    Status,
    StatusInJune2013,
)
from .dialects import DIALECTS, Dialect
from .exports import PARTNERSHIPS
from .models import (
    Aim,
    Change,
    OtherMember,
    Outcome,
    Partnership,
    PartnershipName,
    PartnershipQuerySet,
    Source,
)
from .models.days import ROLES, shapes
from .spool import told_in_order

# Records in one statement: enough to forget what planning it costs, few enough to hold.
# The first is smaller, for somebody waits for it.
FIRST, CHUNK = 200, 5000
# Up to so many keys of the table for each that is asked for, all are read.
DENSE = 1.25


def quoted(value: object) -> str:
    """Return a text as SQL with parameters writes it."""
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"


def label(field: str, values: type[TextChoices]) -> str:
    names = " ".join(f"WHEN {quoted(v)} THEN {quoted(n)}" for v, n in values.choices)
    return f"CASE p.{field} {names} END"


def where(result: Result, value: str) -> str:
    return f"CASE WHEN result = {quoted(result.value)} THEN {value} END"


class Condition(str):
    """A condition in SQL, of which `shapes` makes others."""

    def __and__(self, other):
        return Condition(f"({self} AND {other})")

    def __or__(self, other):
        return Condition(f"({self} OR {other})")

    def __invert__(self):
        return Condition(f"NOT {self}")


def in_a_name(result: Result) -> str:
    return result.value.replace("-", "_")


IF_ONGOING = (
    f"CASE WHEN p.status = {quoted(Status.ONGOING.value)}"
    f" THEN {quoted(NOT_APPLICABLE)} END"
)

# Of each column of several values: which rows hold them, and one row's.
LISTED = {
    "other_names": ("names", "name"),
    "functions": ("functions", "slug"),
    "function_names": ("functions", "name"),
    "councils": ("memberships", "council_name"),
    "council_slugs": ("memberships", "council_slug"),
    "council_gss_codes": (
        "memberships",
        "coalesce(nullif(council_gss_code, ''), 'unknown')",
    ),
    "council_roles": ("memberships", "role"),
    "council_joined": ("memberships", "coalesce(joined, 'unknown')"),
    "council_left": ("memberships", "coalesce(\"left\", 'unknown')"),
    "council_types": ("memberships", "council_type"),
    "council_nations": ("memberships", "council_nation"),
    "council_regions": ("memberships", "council_region"),
    "other_members": ("others", "name"),
    "other_member_kinds": ("others", "kind"),
    "other_member_roles": ("others", "role"),
    "aims": ("aims", "kind"),
    **{
        f"gbp_{in_a_name(it)}": (
            "outcomes",
            where(it, "CAST(amount AS text) || ' ' || period"),
        )
        for it in Result
    },
    "source_addresses": ("sources", "url"),
    "named_in_briefings": ("briefings", "slug"),
}
# Of each column that counts rows: which rows, and how.
COUNTED = {
    "number_of_aims": ("aims", "sum(times)"),
    "number_of_outcomes": ("outcomes", "count(*)"),
    **{
        f"outcomes_{in_a_name(it)}": ("outcomes", f"count({where(it, '1')})")
        for it in Result
    },
    "number_of_other_members": ("others", "count(*)"),
    "number_of_sources": ("sources", "count(*)"),
}
# Of each column that is made of the record's own fields: how.
MADE = {
    "delivery_model_name": label("delivery_model", DeliveryModel),
    "status_name": label("status", Status),
    "status_in_june_2013_name": label("status_in_june_2013", StatusInJune2013),
    "confidence_name": label("confidence", Confidence),
    "relationship": " ".join(
        [
            "CASE",
            *(
                f"WHEN {condition} THEN {quoted(shape.value)}"
                for shape, condition in shapes(
                    *(Condition(f"memberships.has_{role.value} = 1") for role in ROLES)
                )
            ),
            f"ELSE {quoted(Relationship.NOT_RECORDED.value)} END",
        ]
    ),
    "ended": f"coalesce(p.ended, {IF_ONGOING})",
    "end_reason": f"coalesce(nullif(p.end_reason, ''), {IF_ONGOING})",
}
# Fields and annotations with another name than their column's.
NAMED = {
    "modified": "modified_on",
    "running_on": "runs",
}
# What only a question about a time annotates.
OF_A_TIME = {"runs", "as_at"}
# Text that begins with a letter or a digit and has no comma, whatever editors type.
NEITHER_QUOTED_NOR_GUARDED = {
    "council_joined",
    "council_left",
    *(f"gbp_{in_a_name(it)}" for it in Result),
    "running_on",
    "as_at",
}
OF_A_COUNCIL = ("name", "slug", "gss_code", "council_type", "nation", "region")


def lines(records: PartnershipQuerySet, pks: Sequence[int]) -> Iterator[bytes]:
    """Yield the file of these records in this order, many lines at a time.

    No cursor and no transaction stays open while the reader takes them. A record that
    is not among `records` when it is read is left out.
    """
    yield from (line.encode() for line in csv_lines(PARTNERSHIPS.columns, ()))
    table = FlatTable(records)
    first, rest = pks[:FIRST], pks[FIRST:]
    yield table.text(first)
    if len(rest) <= CHUNK:
        yield table.text(rest)
    else:
        yield from told_in_order(rest, table.read, CHUNK)


class FlatTable:
    """Fills the lines of some of these records at a time."""

    def __init__(self, records: PartnershipQuerySet):
        self.connection = connections[records.db]
        self.dialect = DIALECTS[self.connection.vendor]
        parts = parts_of_a_line(records, self.dialect)
        self.free = [place for place, (free, _) in enumerate(parts) if free]
        cells = ", ".join(part for _, part in parts)
        self.statement = cache(partial(statement, records, self.dialect, cells))

    def read(self, keys: Sequence[int], take: Callable[[int, bytes], Any]) -> None:
        """Hand on the key and the line of each record, in any order.

        Those that have gone are left out. There may be others between the keys.
        """
        if not keys:
            return
        low, high = min(keys), max(keys)
        is_dense = high - low < DENSE * len(keys)
        sql, params = self.statement(is_dense)
        asked = [low, high] if is_dense else [self.dialect.list_of([*keys])]
        free = self.free

        def told(row: Sequence[Any]) -> None:
            key, *cells = row
            take(int(key), line(cells, free))

        with self.connection.cursor() as cursor:
            self.dialect.read(cursor, sql, [*asked, *params], told)

    def text(self, keys: Sequence[int]) -> bytes:
        """Return the lines in the order of the keys."""
        found: dict[int, bytes] = {}
        self.read(keys, found.__setitem__)
        return b"".join(found.get(key, b"") for key in keys)


def line(cells: list[str], free: list[int]) -> bytes:
    """Join the cells; the others than the free ones are never NULL."""
    for place in free:
        cells[place] = text_cell(cells[place])
    return (",".join(cells) + "\r\n").encode()


def parts_of_a_line(records, dialect: Dialect) -> list[tuple[bool, str]]:
    """Return the SQL of each free text, and of what stands between two of them.

    All that the registry itself writes needs neither guard nor quotes: numbers, dates
    and values of a vocabulary. The database joins neighbours of that kind to one text.
    """
    parts = []
    for free, columns in groupby(PARTNERSHIPS.columns, is_free_text):
        found = [filled(column, records) for column in columns]
        if free:
            parts += [(True, text) for text in found]
        else:
            places = ",".join(["%%s"] * len(found))
            parts.append((False, f"{dialect.format}('{places}', {', '.join(found)})"))
    return parts


def is_free_text(column: Column) -> bool:
    return (
        column.type == Type.TEXT
        and not column.values
        and column.name not in NEITHER_QUOTED_NOR_GUARDED
    )


def filled(column: Column, records: PartnershipQuerySet) -> str:
    """Return the SQL that fills a column, NULL for an empty cell."""
    name = column.name
    if name in COUNTED:
        return f"coalesce({COUNTED[name][0]}.{name}, 0)"
    if name in LISTED:
        return f"{LISTED[name][0]}.{name}"
    if name == "page":
        page = reverse("partnerships:partnership-detail", args=["0"]).split("0")
        return " || p.slug || ".join(map(quoted, page))
    field = NAMED.get(name, name)
    if field in OF_A_TIME and field not in records.query.annotations:
        return "NULL"
    return MADE.get(name, f"p.{field}")


def statement(
    records: PartnershipQuerySet, dialect: Dialect, cells: str, is_dense: bool
) -> tuple[str, list[Any]]:
    """Return the SQL of each key and its cells, without the first of its parameters.

    That is the list of keys, or of dense ones the least and the greatest.

    Of dense keys, which leave little out between them, whole stretches of rows are
    read: that takes a fifth less than to look up each.
    """
    theirs = {"in": RawSQL("SELECT id FROM keys", ())}
    keys = dialect.keys
    if is_dense:
        keys = "SELECT CAST(%s AS bigint) AS low, CAST(%s AS bigint) AS high"
        theirs = {
            "gte": RawSQL("SELECT low FROM keys", ()),
            "lte": RawSQL("SELECT high FROM keys", ()),
        }
    query, params = fields_of(among(records, "pk", theirs)).query.sql_with_params()
    sql = [
        f"WITH keys AS MATERIALIZED ({keys})"  # noqa: S608
        f" SELECT p.id, {cells} FROM ({query}) AS p"
    ]
    all_params = [*params]
    for name, rows in rows_of(records, theirs).items():
        query, params = rows.query.sql_with_params()
        sql.append(
            f"LEFT JOIN (SELECT record, {gathered(name, dialect)}"  # noqa: S608
            f" FROM ({query}) AS sorted GROUP BY record) AS {name}"
            f" ON {name}.record = p.id"
        )
        all_params += params
    return " ".join(sql), all_params


def among(rows, record: str, theirs: dict[str, RawSQL]):
    return rows.filter(**{f"{record}__{is_it}": key for is_it, key in theirs.items()})


def fields_of(records: PartnershipQuerySet) -> QuerySet:
    """Return what the cells need of the records themselves."""
    records = records.order_by().with_number_of_members()
    records = records.annotate(
        announced_earliest=EarliestDay("announced"),
        announced_latest=LatestDay("announced"),
        modified_on=TruncDate(Change.objects.last_news()),
    )
    stored = {field.attname for field in Partnership._meta.concrete_fields}
    wanted = {NAMED.get(it.name, it.name) for it in PARTNERSHIPS.columns}
    wanted -= {*MADE, *COUNTED} - {"ended", "end_reason"}
    return records.values(
        "id", *sorted(wanted & (stored | {*records.query.annotations}))
    )


def rows_of(
    records: PartnershipQuerySet, theirs: dict[str, RawSQL]
) -> dict[str, QuerySet]:
    """Return the rows that cells gather, each with the key of the record it is of."""

    def of(rows: QuerySet, record: str, *fields: str, **others: F) -> QuerySet:
        found = among(rows.annotate(record=F(record)), "record", theirs)
        order = rows.query.order_by
        return found.order_by("record", *order).values("record", *fields, **others)

    # In the briefings' own order.
    briefings = Partnership.named_in_briefings.through.objects.order_by("briefing")
    council = {
        f"council_{field.removeprefix('council_')}": F(f"council__{field}")
        for field in OF_A_COUNCIL
    }
    aims = among(Aim.objects.annotate(record=F("partnership_id")), "record", theirs)
    return {
        "names": of(PartnershipName.objects.order_by("pk"), "partnership_id", "name"),
        "functions": of(
            Partnership.functions.through.objects.order_by(
                Folded("servicefunction__name"), "servicefunction__slug"
            ),
            "partnership_id",
            slug=F("servicefunction__slug"),
            name=F("servicefunction__name"),
        ),
        "memberships": of(
            records.members().in_order(),
            "partnership_id",
            "role",
            "joined",
            "left",
            **council,
        ),
        "others": of(
            records.members(OtherMember).in_order(),
            "partnership_id",
            "name",
            "kind",
            "role",
        ),
        # Each kind once, where the record first has it.
        "aims": aims.values("record", "kind")
        .annotate(times=Count("pk"), first=Min("number"))
        .order_by("record", "first"),
        "outcomes": of(
            Outcome.objects.order_by("number"),
            "partnership_id",
            "result",
            "amount",
            "period",
        ),
        "sources": of(Source.objects.order_by("number"), "partnership_id", "url"),
        "briefings": of(briefings, "partnership_id", slug=F("briefing__slug")),
    }


def gathered(name: str, dialect: Dialect) -> str:
    """Return what the rows of this name fill in one record's line."""
    found = [
        f"{dialect.join}({text}, {quoted(SEPARATOR)}) AS {column}"
        for column, (rows, text) in LISTED.items()
        if rows == name
    ]
    found += [
        f"{count} AS {column}"
        for column, (rows, count) in COUNTED.items()
        if rows == name
    ]
    if name == "memberships":
        found += [
            f"max(CASE role WHEN {quoted(role.value)} THEN 1 ELSE 0 END)"
            f" AS has_{role.value}"
            for role in ROLES
        ]
    return ", ".join(found)
