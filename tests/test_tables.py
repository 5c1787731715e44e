"""The files as data: declared once, joined, counted, and read by real readers."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date

import pandas
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from councils.tables import NOT_APPLICABLE, SEPARATOR, Empty, Type
from partnerships.data_changes import DATA_CHANGES
from partnerships.data_views import address_of
from partnerships.dictionary import TABLES, allowed, digest
from partnerships.long_tables import LONG_TABLES
from partnerships.models import Partnership
from tests.brute_force import OFFERED
from tests.factories import (
    AimFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)

BY_NAME = {table.name: table for table in TABLES}
EVERY_TABLE = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def text_of(client, table, query="") -> str:
    response = client.get(f"{address_of(table)}{query}")
    assert response.status_code == 200, response.content
    return response.getvalue().decode()


def rows_of(client, table, query="") -> list[dict[str, str]]:
    text = text_of(client, table, query)
    return [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]


def a_full_record():
    record = PartnershipFactory(status="ended", ended="2012")
    record.functions.add(ServiceFunctionFactory())
    source = SourceFactory(partnership=record)
    for factory in (
        MembershipFactory,
        MembershipFactory,
        OtherMemberFactory,
        AimFactory,
        OutcomeFactory,
        MilestoneFactory,
    ):
        factory(partnership=record).sources.add(source)
    return record


# ---- Declarations


def test_a_change_of_columns_has_an_entry_in_the_log_of_changes():
    assert DATA_CHANGES[0].digest == digest(), (
        "The columns have changed: add an entry to partnerships/data_changes.py that"
        f" says how, with the digest {digest()}."
    )
    days = [change.made for change in DATA_CHANGES]
    assert days == sorted(days, reverse=True)


@EVERY_TABLE
def test_a_declaration_holds_what_it_promises(table):
    names = [column.name for column in table.columns]
    assert len({*names}) == len(names)
    assert {*table.key, *table.links} <= {*names}
    for other, key in table.links.values():
        assert key in {column.name for column in BY_NAME[other].columns}
    for column in table.columns:
        assert column.meaning.endswith(".")


@EVERY_TABLE
def test_every_cell_is_what_its_column_declares(registry, client, table):
    """Of the shipped records, as `csv` reads them without any option."""
    rows = rows_of(client, table)
    if table.name != "milestones":  # none is shipped
        assert rows
    for column in table.columns:
        for row in rows:
            cell = row[column.name]
            if not cell:
                assert column.empty != Empty.NEVER, (column.name, row)
            elif cell == NOT_APPLICABLE:
                assert column.may_not_apply, (column.name, row)
            else:
                judge(column, cell)


def judge(column, cell):
    values = cell.split(SEPARATOR) if column.is_list else [cell]
    if column.values:
        assert {*values} <= {*allowed(column)}, column.name
    for value in values:
        match column.type:
            case Type.INTEGER:
                int(value)
            case Type.NUMBER:
                float(value)
            case Type.BOOLEAN:
                assert value in {"true", "false"}
            case Type.DATE:
                date.fromisoformat(value)
            case Type.PARTIAL_DATE:
                assert value[:4].isdigit()


@EVERY_TABLE
def test_examples_are_what_the_shipped_records_say(registry, client, table):
    """So that nothing made up is told as a fact. Of lists, one of the values."""
    rows = rows_of(client, table)
    for column in table.columns:
        cells = {row[column.name] for row in rows}
        values = {value for cell in cells for value in cell.split(SEPARATOR)}
        if values - {""}:
            start = str(column.example).removesuffix("…")
            is_cut = start != str(column.example)
            assert start in cells | values or (
                is_cut and any(cell.startswith(start) for cell in cells)
            ), column.name


@EVERY_TABLE
def test_pandas_reads_the_declared_types_without_any_option(registry, client, table):
    frame = pandas.read_csv(io.StringIO(text_of(client, table)))
    for column in table.columns:
        read, type_ = frame[column.name], Type(column.type)
        if column.is_list or read.isna().all():
            continue
        if type_ == Type.INTEGER and not read.isna().any():
            assert pandas.api.types.is_integer_dtype(read), column.name
        elif type_ in {Type.INTEGER, Type.NUMBER}:
            assert pandas.api.types.is_numeric_dtype(read), column.name
        elif type_ == Type.BOOLEAN:
            assert pandas.api.types.is_bool_dtype(read), column.name
        elif type_ == Type.TEXT:
            assert pandas.api.types.is_object_dtype(read), column.name
        if column.empty == Empty.NEVER:
            assert not read.isna().any(), column.name


def test_unknown_not_applicable_none_and_no_are_four_things(db, client):
    ended = PartnershipFactory(slug="a-ended", status="ended", ended=None, staff=0)
    PartnershipFactory(slug="b-runs", status="ongoing", staff=None)
    OutcomeFactory(partnership=ended, number=1, amount=0, period="total")
    OutcomeFactory(partnership=ended, number=2, amount=None, period="")
    frame = pandas.read_csv(io.StringIO(text_of(client, BY_NAME["partnerships"])))
    frame = frame.set_index("slug")
    assert frame.ended.isna().tolist() == [True, False]
    assert frame.ended["b-runs"] == NOT_APPLICABLE
    assert frame.staff["a-ended"] == 0
    assert frame.staff.isna()["b-runs"]
    first, second = rows_of(client, BY_NAME["outcomes"])
    assert (first["amount"], first["period"]) == ("0", "total")
    assert (second["amount"], second["period"]) == ("", NOT_APPLICABLE)


# ---- Long tables beside the flat one

ASKED = {
    **{
        name: OFFERED[name]
        for name in ("status", "relationship", "nation", "benefit", "result")
    },
    "as_at": ["2013-06-05", "2009-03-31", "2019-04-01"],
}
QUESTIONS = st.dictionaries(
    st.sampled_from([*ASKED]),
    st.integers(0, 50),
    max_size=3,
)


@settings(max_examples=15)
@given(chosen=QUESTIONS, sort=st.sampled_from(["", "-name", "-members", "evidence"]))
def test_the_long_tables_have_the_rows_that_the_flat_one_counts(
    registry, client, sort, chosen
):
    pairs = [
        (name, ASKED[name][place % len(ASKED[name])]) for name, place in chosen.items()
    ]
    query = "?" + "&".join(
        f"{name}={value}" for name, value in [*pairs, ("sort", sort)]
    )
    flat = rows_of(client, BY_NAME["partnerships"], query)
    slugs = [row["slug"] for row in flat]
    found = {
        table.name: rows_of(client, table, query)
        for table in LONG_TABLES
        if table.name != "citations"
    }
    for rows in found.values():
        order = list(dict.fromkeys(row["partnership"] for row in rows))
        assert order == [slug for slug in slugs if slug in {*order}]
    for name, column in {
        "aims": "number_of_aims",
        "outcomes": "number_of_outcomes",
        "sources": "number_of_sources",
        "other-members": "number_of_other_members",
    }.items():
        counts = Counter(row["partnership"] for row in found[name])
        assert {slug: counts[slug] for slug in slugs} == {
            row["slug"]: int(row[column]) for row in flat
        }
    councils = {(row["partnership"], row["council"]) for row in found["memberships"]}
    members = Counter(slug for slug, _ in councils)
    for row in flat:
        assert members[row["slug"]] == int(row["number_of_councils"])
        shared = [
            use["function"]
            for use in found["functions"]
            if use["partnership"] == row["slug"]
        ]
        assert SEPARATOR.join(shared) == row["functions"]


@EVERY_TABLE
def test_what_a_key_leads_to_is_there(registry, client, table):
    rows = rows_of(client, table)
    keys = [tuple(row[name] for name in table.key) for row in rows]
    assert len({*keys}) == len(keys)
    for name, (other, key) in table.links.items():
        there = {row[key] for row in rows_of(client, BY_NAME[other])}
        assert {row[name] for row in rows} <= there


def test_citations_are_those_of_the_rows(registry, client):
    cited = Counter(
        (row["table"], row["partnership"])
        for row in rows_of(client, BY_NAME["citations"])
    )
    for name in ("memberships", "other-members", "aims", "outcomes"):
        told: Counter = Counter()
        for row in rows_of(client, BY_NAME[name]):
            told[name, row["partnership"]] += len(row["sources"].split(SEPARATOR))
        assert told == Counter({key: n for key, n in cited.items() if key[0] == name})


def test_a_pair_of_councils_is_listed_once_and_only_if_they_met(db, client):
    record = PartnershipFactory()
    for slug, joined, left in (
        ("early", "2001", "2005"),
        ("late", "2008", None),
        ("always", "2000", None),
        ("always", "1990", "1995"),
    ):
        council = {"council__slug": slug, "council__name": f"Madeup {slug}"}
        other = record.memberships.filter(council__slug=slug).first()
        if other:
            council = {"council": other.council}
        MembershipFactory(partnership=record, joined=joined, left=left, **council)
    rows = rows_of(client, BY_NAME["co-partners"])
    pairs = [(row["council_a"], row["council_b"]) for row in rows]
    assert sorted(pairs) == [("always", "early"), ("always", "late")]


@pytest.mark.parametrize("table", LONG_TABLES, ids=lambda table: table.name)
def test_queries_do_not_grow_with_the_records(db, client, table):
    def used():
        with CaptureQueriesContext(connection) as queries:
            text_of(client, table)
        return len(queries)

    for _ in range(2):
        a_full_record()
    few = used()
    for _ in range(4):
        a_full_record()
    assert used() == few


@pytest.mark.parametrize("table", LONG_TABLES, ids=lambda table: table.name)
def test_a_filter_that_is_not_known_is_refused(db, client, table):
    response = client.get(f"{address_of(table)}?statsu=ended")
    assert response.status_code == 400
    assert "Did you mean “status”?" in response.text


# ---- Real readers


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_frictionless_finds_the_package_and_all_its_tables_valid(
    registry, client, tmp_path
):
    package = client.get("/data/datapackage.json").json()
    for table, resource in zip(TABLES, package["resources"], strict=True):
        assert resource["path"] == f"http://testserver{address_of(table)}"
        resource["path"] = table.file_name
        text = text_of(client, table)
        (tmp_path / table.file_name).write_text(text, encoding="utf-8", newline="")
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    run(
        sys.executable,
        "-m",
        "frictionless",
        "validate",
        "datapackage.json",
        cwd=tmp_path,
    )


def test_csv_on_the_web_describes_each_file(registry, client):
    response = client.get("/data/csvw.json")
    assert response.headers["Content-Type"] == "application/csvm+json"
    for table, described in zip(TABLES, response.json()["tables"], strict=True):
        header = text_of(client, table).splitlines()[0]
        names = [column["name"] for column in described["tableSchema"]["columns"]]
        assert header == ",".join(names)


def test_a_file_says_where_its_columns_are_explained(registry, client):
    link = client.get("/outcomes.csv").headers["Link"]
    assert link == '</data/csvw.json>; rel="describedby"; type="application/csvm+json"'


def test_libreoffice_reads_every_cell_as_it_is(db, client, tmp_path):
    """Letters, dates, codes and what looks like a formula survive a double click."""
    PartnershipFactory(
        slug="awkward",
        name="=1+1 Ŵrecsam – “naïve”",
        summary="@SUM(A1)\nsecond line; with, marks",
        started="2011-02",
        status="ended",
        staff=7,
    )
    PartnershipFactory(name="E07000004", slug="plain", summary="-1 and more")
    table = BY_NAME["partnerships"]
    response = client.get(f"{address_of(table)}?excel=yes")
    (tmp_path / "partnerships.csv").write_bytes(response.getvalue())
    run(
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        # Commas, quotation marks, UTF-8: what its window finds out by itself.
        "--infilter=CSV:44,34,76",
        "--convert-to",
        "xlsx",
        "partnerships.csv",
        cwd=tmp_path,
    )
    sheet = load_workbook(tmp_path / "partnerships.xlsx").active
    cells = [["" if c is None else str(c) for c in row] for row in sheet.values]
    header, *rows = csv.reader(io.StringIO(text_of(client, table), newline=""))
    assert cells[0] == header
    for seen, sent in zip(cells[1:], rows, strict=True):
        for name, cell, text in zip(header, seen, sent, strict=True):
            # Whole days become dates of the sheet; all else stays what it was.
            assert cell.removesuffix(" 00:00:00").lstrip("'") == text.lstrip("'"), name
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_workbook_holds_the_tables_typed_and_no_formula(db, client):
    record = PartnershipFactory(
        slug="awkward", name="=1+1", started="2011-02", status="ended", staff=7
    )
    OutcomeFactory(partnership=record, amount=4_000_000, period="total")
    response = client.get("/partnerships.xlsx?status=ended")
    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames[:3] == ["About", "Dictionary", "partnerships"]
    assert {table.name for table in LONG_TABLES} <= {*book.sheetnames}
    sheet = book["partnerships"]
    assert sheet.freeze_panes == "B2"
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[2], strict=True))
    assert (row["name"].value, row["name"].data_type) == ("=1+1", "s")
    assert (row["staff"].value, row["staff"].data_type) == (7, "n")
    assert row["started"].value == "2011-02"
    assert row["started_earliest"].value.date() == date(2011, 2, 1)
    amounts = [[cell.value for cell in row] for row in book["outcomes"].iter_rows()]
    assert amounts[1][amounts[0].index("amount")] == 4_000_000
    told = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert told["Address"] == "http://testserver/partnerships.xlsx?status=ended"
    assert told["Status"] == "Ended"
    assert told["Arrangements"] == "1"


def test_the_same_question_makes_the_same_workbook(registry, client):
    first, second = (client.get("/partnerships.xlsx").content for _ in range(2))
    assert first == second
    assert zipfile.is_zipfile(io.BytesIO(first))


def test_a_workbook_of_a_misspelt_filter_is_refused(db, client):
    response = client.get("/partnerships.xlsx?excel=yes")
    assert response.status_code == 400
    assert "“excel” is not a filter" in response.text


# ---- Money


def test_what_an_amount_leaves_out_is_said_where_amounts_are(registry, client):
    """A median of bare numbers hides that many are “more than” or “up to”."""
    outcomes = rows_of(client, BY_NAME["outcomes"])
    [of_a_range] = [row for row in outcomes if row["text"].startswith("Between £2m")]
    assert of_a_range["amount"] == "2000000"
    columns = [*BY_NAME["outcomes"].columns, *BY_NAME["partnerships"].columns]
    meanings = [c.meaning for c in columns if c.unit == "pounds sterling"]
    assert len(meanings) == 6
    for words in [*meanings, client.get("/numbers/").text]:
        assert "a range as its lower end" in words
        assert "of one pound" in words


# ---- Pages


@EVERY_TABLE
def test_the_dictionary_says_what_each_column_means(db, client, table):
    page = client.get("/data/dictionary/").text
    assert f'id="{table.name}"' in page
    for column in table.columns:
        assert f"<code>{column.name}</code>" in page


def test_the_data_page_leads_to_every_file(registry, client):
    page = client.get("/data/").text
    for table in TABLES:
        assert f'href="{address_of(table)}?excel=yes"' in page
    assert Partnership.objects.exists()


def test_the_data_page_says_that_a_filter_chooses_arrangements(registry, client):
    """Who counts the rows of a filtered long table must know what they are."""
    rows = rows_of(client, BY_NAME["outcomes"], "?result=achieved")
    assert {"achieved", "expected"} <= {row["result"] for row in rows}
    assert "A filter chooses arrangements, not rows" in client.get("/data/").text


def test_the_data_page_says_which_tables_the_workbook_lacks(db, client):
    answer = client.get("/partnerships.xlsx").getvalue()
    sheets = load_workbook(io.BytesIO(answer)).sheetnames
    lacking = [table.name for table in TABLES if table.name not in sheets]
    said = f"A sheet for each table but {' and '.join(lacking)}"
    assert said in client.get("/data/").text
