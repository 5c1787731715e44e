"""The long tables: one row for each thing that a record of a partnership lists.

They join on the partnership's slug, the council's slug or GSS code and the row's
number, keep the order of the list and of the record, and have as many rows as the flat
table counts.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from operator import attrgetter
from typing import NamedTuple

from councils.tables import NOT_APPLICABLE, Column, Empty, Table, Type

from .choices import BenefitKind, MemberKind, Period, Result, Role, SourceKind
from .columns import AS_ONE_NUMBER, as_at, choice, partial_date
from .models import Membership, Partnership, ServiceFunction, Source

OF_A_PARTNERSHIP = {"partnership": ("partnerships", "slug")}
OF_A_COUNCIL = {"council": ("councils", "slug")}


def rows_of(name: str) -> Callable[[Iterable[Partnership]], Iterator]:
    """Return a function that lists the records' rows of this name, record by record."""

    def rows(partnerships):
        for partnership in partnerships:
            yield from getattr(partnership, name).all()

    return rows


def _partnership() -> Column:
    return Column(
        "partnership",
        attrgetter("partnership.slug"),
        "The arrangement: the key of its table.",
        "bolton-and-wigan-ict-partnership",
    )


def _number(meaning: str) -> Column:
    return Column(
        "number",
        attrgetter("number"),
        f"{meaning} It stays the same when others are taken out.",
        1,
        type=Type.INTEGER,
    )


def _text(meaning: str, example: str) -> Column:
    return Column("text", attrgetter("text"), meaning, example)


def _sources(row) -> list[int]:
    """Return the numbers of the sources that support a row."""
    return sorted(source.number for source in row.sources.all())


SOURCES_OF_A_ROW = Column(
    "sources",
    _sources,
    "Numbers of the sources that say so, in the table of sources; `citations` has them"
    " one by one.",
    1,
    type=Type.INTEGER,
    empty=Empty.UNKNOWN,
    is_list=True,
)


def _period(left: str) -> tuple[Column, ...]:
    return (
        *choice("role", Role, "Its role.", "partner"),
        *partial_date("joined", "When it joined.", "2011"),
        *partial_date(
            "left",
            "Its last full day as a member. Empty where no leaving is recorded.",
            left,
        ),
    )


MEMBERSHIPS = Table(
    name="memberships",
    title="Memberships",
    meaning=(
        "A row is a council’s time in an arrangement: the body of that time, not its"
        " heir. One that left and came back has two."
    ),
    key=("partnership", "council", "joined"),
    links=OF_A_PARTNERSHIP | OF_A_COUNCIL,
    rows=rows_of("memberships"),
    columns=(
        _partnership(),
        Column(
            "council",
            attrgetter("council.slug"),
            "The council: the key of the table of councils.",
            "dacorum",
        ),
        Column(
            "council_name",
            attrgetter("council.name"),
            "Its official name.",
            "Dacorum Borough Council",
        ),
        Column(
            "gss_code",
            lambda row: row.council.gss_code or None,
            "Its code in the official geography.",
            "E07000096",
            empty=Empty.NONE,
        ),
        *_period(left="2019-03-31"),
        SOURCES_OF_A_ROW,
        as_at("was a member"),
    ),
)

OTHER_MEMBERS = Table(
    name="other-members",
    title="Other members",
    meaning="A row is a member that is not a council: a company, the police and so on.",
    key=("partnership", "name"),
    links=OF_A_PARTNERSHIP,
    rows=rows_of("other_members"),
    columns=(
        _partnership(),
        Column("name", attrgetter("name"), "Its name.", "Agilisys"),
        *choice("kind", MemberKind, "What it is.", "company"),
        *_period(left="2016-04~"),
        SOURCES_OF_A_ROW,
        as_at("was a member"),
    ),
)

AIMS = Table(
    name="aims",
    title="Aims",
    meaning="A row is a benefit that the members said they wanted.",
    key=("partnership", "number"),
    links=OF_A_PARTNERSHIP,
    rows=rows_of("aims"),
    columns=(
        _partnership(),
        _number("The aim’s number in its record."),
        *choice("kind", BenefitKind, "What it is about.", "savings"),
        _text(
            "The aim in our words.",
            "Merge services so that teams, systems and buying are shared.",
        ),
        SOURCES_OF_A_ROW,
    ),
)

OUTCOMES = Table(
    name="outcomes",
    title="Outcomes",
    meaning="A row is what came of it, or a forecast that nobody reported on.",
    key=("partnership", "number"),
    links=OF_A_PARTNERSHIP,
    rows=rows_of("outcomes"),
    columns=(
        _partnership(),
        _number("The outcome’s number in its record."),
        *choice("kind", BenefitKind, "What it is about.", "savings"),
        *choice(
            "result",
            Result,
            "What came of it. What was expected and never reported on is not achieved.",
            "expected",
        ),
        Column(
            "amount",
            attrgetter("amount"),
            f"The money, where a source gives it; 0 only for nothing. {AS_ONE_NUMBER}"
            " Two rows may tell of one pound, also of one record and period.",
            4000000,
            type=Type.INTEGER,
            empty=Empty.UNKNOWN,
            unit="pounds sterling",
        ),
        Column(
            "period",
            lambda row: NOT_APPLICABLE if row.amount is None else row.period,
            "What the amount covers. Yearly and total amounts never add up.",
            "total",
            values=Period,
            may_not_apply=True,
        ),
        _text(
            "The outcome in our words.",
            "One Corporate Information Team ran mapping, addressing and land data …",
        ),
        SOURCES_OF_A_ROW,
    ),
)

MILESTONES = Table(
    name="milestones",
    title="Turning points",
    meaning="A row is a turning point between the start and the end.",
    key=("partnership", "number"),
    links=OF_A_PARTNERSHIP,
    rows=rows_of("milestones"),
    columns=(
        _partnership(),
        _number("The turning point’s number in its record."),
        *partial_date("happened", "When it happened.", "2012-05"),
        _text("What happened, in our words.", "A third council joined."),
        SOURCES_OF_A_ROW,
    ),
)


class Use(NamedTuple):
    """That an arrangement shares a service."""

    partnership: Partnership
    function: ServiceFunction


def uses(partnerships: Iterable[Partnership]) -> Iterator[Use]:
    for partnership in partnerships:
        for function in partnership.functions.all():
            yield Use(partnership, function)


FUNCTIONS = Table(
    name="functions",
    title="Services shared",
    meaning="A row says that an arrangement shares a service.",
    key=("partnership", "function"),
    links=OF_A_PARTNERSHIP,
    rows=uses,
    columns=(
        _partnership(),
        Column("function", attrgetter("function.slug"), "The service’s slug.", "ict"),
        Column("function_name", attrgetter("function.name"), "Its name.", "ICT"),
    ),
)

SOURCES = Table(
    name="sources",
    title="Sources",
    meaning="A row is a document or page that supports facts of one arrangement.",
    key=("partnership", "number"),
    links=OF_A_PARTNERSHIP,
    rows=rows_of("sources"),
    columns=(
        _partnership(),
        _number("The source’s number, as footnotes show it."),
        Column("title", attrgetter("title"), "Its title.", "Partnership working"),
        Column("publisher", attrgetter("publisher"), "Who published it.", "GeoPlace"),
        Column(
            "address",
            attrgetter("url"),
            "Where it is, or was when it was read.",
            "https://www.adur-worthing.gov.uk/about-the-councils/partnership-working/",
        ),
        *partial_date("published", "When it was published.", "2013-06"),
        *choice(
            "kind",
            SourceKind,
            "Who speaks: the grade of the evidence, the strongest first.",
            "council",
        ),
    ),
)


class Citation(NamedTuple):
    """That a source supports a row of the record.

    `row` is what is the row's own in its table's key: a number, a name, or a council
    and the date on which it joined.
    """

    partnership: Partnership
    source: Source
    table: str
    row: str


# For each name of a record's rows, its table and what tells two of its rows apart.
CITING: dict[str, tuple[str, Callable]] = {
    "memberships": (
        "memberships",
        lambda row: f"{row.council.slug} {row.joined or ''}".strip(),
    ),
    "other_members": ("other-members", attrgetter("name")),
    "aims": ("aims", attrgetter("number")),
    "outcomes": ("outcomes", attrgetter("number")),
    "milestones": ("milestones", attrgetter("number")),
}


def citations(partnerships: Iterable[Partnership]) -> Iterator[Citation]:
    for partnership in partnerships:
        for name, (table, key) in CITING.items():
            for row in getattr(partnership, name).all():
                for source in sorted(row.sources.all(), key=attrgetter("number")):
                    yield Citation(partnership, source, table, str(key(row)))


CITATIONS = Table(
    name="citations",
    title="Citations",
    meaning="A row says that a source supports a row of another table.",
    key=("partnership", "table", "row", "source"),
    links=OF_A_PARTNERSHIP,
    rows=citations,
    columns=(
        _partnership(),
        Column(
            "source",
            attrgetter("source.number"),
            "The source’s number in the table of sources.",
            1,
            type=Type.INTEGER,
        ),
        Column("table", attrgetter("table"), "The other table.", "outcomes"),
        Column(
            "row",
            attrgetter("row"),
            "Its row: a number, a name, or a council’s slug and its date of joining.",
            "1",
        ),
    ),
)


class Tie(NamedTuple):
    """That two councils are or were members of one arrangement."""

    partnership: Partnership
    a: Membership
    b: Membership


def ties(partnerships: Iterable[Partnership]) -> Iterator[Tie]:
    """Yield each pair of an arrangement's councils once, in the order of their slugs.

    Two that were never members at the same time, without doubt, did not share. Of the
    times of a council that came back, the first that they shared stands for all.
    """
    for partnership in partnerships:
        seen = set()
        for pair in combinations(partnership.memberships.all(), 2):
            a, b = sorted(pair, key=attrgetter("council.slug"))
            councils = (a.council_id, b.council_id)
            if (
                len({*councils}) == 2
                and councils not in seen
                and not a.is_apart_from(b)
            ):
                seen.add(councils)
                yield Tie(partnership, a, b)


CO_PARTNERS = Table(
    name="co-partners",
    title="Who shares with whom",
    meaning=(
        "A row is a pair of councils that are or were members of one arrangement at the"
        " same time, as far as is known."
    ),
    key=("partnership", "council_a", "council_b"),
    links=OF_A_PARTNERSHIP
    | {"council_a": ("councils", "slug"), "council_b": ("councils", "slug")},
    rows=ties,
    columns=(
        _partnership(),
        Column(
            "council_a",
            attrgetter("a.council.slug"),
            "The one whose slug comes first.",
            "aylesbury-vale",
        ),
        Column(
            "council_a_gss_code",
            lambda tie: tie.a.council.gss_code or None,
            "Its code.",
            "E07000004",
            empty=Empty.NONE,
        ),
        Column("council_b", attrgetter("b.council.slug"), "The other one.", "dacorum"),
        Column(
            "council_b_gss_code",
            lambda tie: tie.b.council.gss_code or None,
            "Its code.",
            "E07000096",
            empty=Empty.NONE,
        ),
        Column(
            "together",
            lambda tie: tie.a.time_with(tie.b),
            "From when to when, in words, as far as is known.",
            "from 2008",
        ),
    ),
)

LONG_TABLES = [
    MEMBERSHIPS,
    OTHER_MEMBERS,
    AIMS,
    OUTCOMES,
    MILESTONES,
    FUNCTIONS,
    SOURCES,
    CITATIONS,
    CO_PARTNERS,
]
