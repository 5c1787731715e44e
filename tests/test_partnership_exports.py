"""The file of partnerships: the list's rows, whole, safe to open and read as it comes.

Its cells are compared with the oracle of tests/brute_force.py, by the real `csv`.
"""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.csv_export import Column, cell, csv_lines
from partnerships import flat_file, spool
from partnerships.filters import PartnershipFilter
from partnerships.models import Partnership
from tests.brute_force import OFFERED, SHIPPED, Arrangement, span
from tests.factories import (
    AimFactory,
    CouncilFactory,
    MembershipFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    PartnershipNameFactory,
    ServiceFunctionFactory,
    SourceFactory,
)
from tests.pages import address_of, queries_used
from tests.test_councils import FIXTURES

FILE = "/partnerships.csv"
SIGNATURE = b"\xef\xbb\xbf"


def rows_of(content: bytes) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)
    return [*reader]


def read(client, query=None) -> list[dict[str, str]]:
    response = client.get(address_of(FILE, query or {}))
    assert response.status_code == 200
    return rows_of(response.getvalue())


def only_row(client) -> dict[str, str]:
    (row,) = read(client)
    return row


# ---- What each cell says

NAMES = {
    "delivery_model": {
        "lead-authority": "Lead authority",
        "shared-workforce": "Shared workforce",
        "joint-committee": "Joint committee",
        "joint-venture": "Joint venture",
        "joint-contract": "Joint contract",
        "public-company": "Public-sector company",
        "collaboration": "Collaboration",
        "unknown": "Not known",
    },
    "status": {
        "ongoing": "Ongoing when last evidenced",
        "ended": "Ended",
        "not-known": "Not known",
    },
    "status_in_june_2013": {
        "operational": "Operational",
        "implementing": "Being set up",
        "ended": "Ended",
        "not-known": "Not known",
    },
    "confidence": {"high": "High", "medium": "Medium", "low": "Low"},
}


def listed(values) -> str:
    return "; ".join(str(value) for value in values)


def guarded(text: str) -> str:
    return f"'{text}" if text[:1] in [*"=+-@\t\r"] else text


def money(it: Arrangement, result: str) -> str:
    return listed(
        f"{outcome.amount} {outcome.period}"
        for outcome in it.outcomes
        if outcome.amount is not None and outcome.result == result
    )


def expected_row(it: Arrangement) -> dict[str, str]:
    """Return the cells of one partnership, worked out from the fixtures alone."""
    councils = [member.council for member in it.members]
    row: dict[str, object] = {
        "slug": it.slug,
        "name": it.name,
        "other_names": listed(it.other_names),
        "summary": it.summary,
        "functions": listed(function.slug for function in it.shared),
        "function_names": listed(function.name for function in it.shared),
        "relationship": it.shape,
        "end_reason": it.end_reason,
        "staff": it.staff,
        "number_of_councils": len({council.slug for council in councils}),
        "councils": listed(council["name"] for council in councils),
        "council_slugs": listed(council.slug for council in councils),
        "council_gss_codes": listed(c.gss_code or "unknown" for c in councils),
        "council_roles": listed(member.role for member in it.members),
        "council_joined": listed(member.joined or "unknown" for member in it.members),
        "council_left": listed(member.left or "unknown" for member in it.members),
        "council_types": listed(council.council_type for council in councils),
        "council_nations": listed(council.nation for council in councils),
        "council_regions": listed(council.region for council in councils),
        "number_of_other_members": len(it.others),
        "other_members": listed(member["name"] for member in it.others),
        "other_member_kinds": listed(member.kind for member in it.others),
        "other_member_roles": listed(member.role for member in it.others),
        "number_of_aims": len(it.aims),
        "aims": listed(dict.fromkeys(aim.kind for aim in it.aims)),
        "number_of_outcomes": len(it.outcomes),
        "gaps": it.gaps,
        "number_of_sources": len(it.sources),
        "source_addresses": listed(source.url for source in it.sources),
        "named_in_briefings": listed(it.named_in),
        "page": f"/partnerships/{it.slug}/",
        "modified": None,
        "running_on": None,
        "as_at": None,
    }
    for result in OFFERED["result"][:-1]:
        number = sum(outcome.result == result for outcome in it.outcomes)
        row[f"outcomes_{result.replace('-', '_')}"] = number
        row[f"gbp_{result.replace('-', '_')}"] = money(it, result)
    for name, labels in NAMES.items():
        row[name], row[f"{name}_name"] = it[name], labels[it[name]]
    for name in ("latest_evidence", "announced", "started", "ended"):
        row[name] = it[name]
        row[f"{name}_earliest"], row[f"{name}_latest"] = span(it[name])
    if it.status == "ongoing":
        for name in ("ended", "end_reason"):
            row[name] = row[name] or "not-applicable"
    return {
        name: "" if value is None else guarded(str(value))
        for name, value in row.items()
    }


def test_every_cell_says_what_the_records_say(registry, client):
    """One row for a partnership, whatever hangs on it; every column of it."""
    found = read(client)
    assert [row["slug"] for row in found] == SHIPPED.slugs({})
    for row, it in zip(found, SHIPPED.answer({}), strict=True):
        assert row == expected_row(it)


def test_some_cells_as_an_analyst_would_look_them_up(registry, client):
    """Facts from the sources of the records themselves, not from any code."""
    rows = {row["slug"]: row for row in read(client)}
    first = rows["aylesbury-vale-dacorum"]
    assert first["name"] == "Aylesbury Vale and Dacorum ICT partnership"
    assert first["councils"] == "Aylesbury Vale District Council; Dacorum Borough" + (
        " Council"
    )
    assert first["council_roles"] == "lead; client"
    assert (first["started"], first["started_earliest"], first["started_latest"]) == (
        "2012?",
        "2012-01-01",
        "2012-12-31",
    )
    assert (first["ended"], first["ended_latest"]) == ("2013-04", "2013-04-30")
    assert first["staff"] == ""
    assert rows["ek-services"]["staff"] == "365"
    assert rows["lgss"]["council_slugs"] == (
        "cambridgeshire; northamptonshire-county-council; milton-keynes"
    )


def test_no_forecast_is_told_as_saved():
    """A text is read by itself too: in a cell, in a quotation."""
    shipped = json.loads((FIXTURES / "partnerships.json").read_text(encoding="utf-8"))
    for row in shipped:
        fields = row["fields"]
        if fields.get("result") == "expected" and " saved " in fields["text"]:
            assert "forecast" in fields["text"]


def test_a_record_of_many_rows_is_one_row(db, client):
    partnership = PartnershipFactory.create()
    partnership.functions.set(ServiceFunctionFactory.create_batch(3))
    for factory in (
        MembershipFactory,
        OtherMemberFactory,
        AimFactory,
        OutcomeFactory,
        SourceFactory,
        PartnershipNameFactory,
    ):
        factory.create_batch(3, partnership=partnership)
    row = only_row(client)
    assert [row[f"number_of_{it}"] for it in ("councils", "aims", "outcomes")] == (
        ["3"] * 3
    )
    assert row["outcomes_achieved"] == "3"
    assert row["aims"] == "savings"
    assert len(row["source_addresses"].split("; ")) == 3


def test_an_empty_record_has_empty_cells_and_zeros(db, client):
    PartnershipFactory(delivery_model="unknown", status="not-known")
    row = only_row(client)
    empty = {name for name, text in row.items() if text == ""}
    assert {"staff", "started", "started_earliest", "ended_latest", "councils"} <= empty
    assert row["number_of_councils"] == row["number_of_outcomes"] == "0"
    assert row["relationship"] == "not-recorded"
    assert row["delivery_model_name"] == "Not known"
    assert "None" not in row.values()


def test_nothing_and_zero_are_not_the_same(db, client):
    partnership = PartnershipFactory(staff=0)
    OutcomeFactory(partnership=partnership, amount=0, period="total")
    OutcomeFactory(partnership=partnership)
    row = only_row(client)
    assert row["staff"] == "0"
    assert row["gbp_achieved"] == "0 total"
    assert row["gbp_expected"] == ""


def test_money_keeps_its_period_and_its_result(db, client):
    """Nothing adds up, and no amount lies beside one of another result."""
    partnership = PartnershipFactory()
    results = ["achieved", "partly_achieved", "not_achieved", "expected", "unknown"]
    for number, result in enumerate(results, start=1):
        for period in ("per-year", "total", "not-known"):
            OutcomeFactory(
                partnership=partnership,
                amount=1_000_000 * number,
                period=period,
                result=result.replace("_", "-"),
            )
    row = only_row(client)
    assert {name: text for name, text in row.items() if name.startswith("gbp_")} == {
        f"gbp_{result}": f"{n}000000 per-year; {n}000000 total; {n}000000 not-known"
        for n, result in enumerate(results, start=1)
    }


def test_the_columns_of_councils_keep_one_order(db, client):
    """Leads, suppliers, partners, clients; of each, the first to join first."""
    partnership = PartnershipFactory()
    again = CouncilFactory(short_name="Again", name="Again Council", gss_code="")
    for council, role, joined, left in [
        (again, "client", "2014", None),
        (again, "client", "2010", "2012-05"),
        (CouncilFactory(short_name="zeta", name="zeta Council"), "partner", None, None),
        (CouncilFactory(short_name="Älpha", name="Älpha"), "partner", None, None),
        (CouncilFactory(short_name="Beta", name="Beta"), "partner", None, None),
        (CouncilFactory(short_name="Lead", name="Lead"), "lead", "2011-02~", None),
        (CouncilFactory(short_name="Early", name="Early"), "partner", "2001", None),
    ]:
        MembershipFactory(
            partnership=partnership,
            council=council,
            role=role,
            joined=joined,
            left=left,
        )
    row = only_row(client)
    assert row["councils"].split("; ") == [
        "Lead",
        "Early",
        "Älpha",
        "Beta",
        "zeta Council",
        "Again Council",
        "Again Council",
    ]
    assert row["council_joined"] == (
        "2011-02~; 2001; unknown; unknown; unknown; 2010; 2014"
    )
    assert row["council_left"].split("; ")[-2:] == ["2012-05", "unknown"]
    assert row["council_gss_codes"].split("; ")[-2:] == ["unknown", "unknown"]
    assert row["number_of_councils"] == "6"


def test_names_in_a_cell_have_one_order_on_every_database(db, client):
    partnership = PartnershipFactory.create()
    for name in ("Waste", "archives", "Ébène", "HR", "Housing"):
        partnership.functions.add(ServiceFunctionFactory(name=name))
        OtherMemberFactory(partnership=partnership, name=f"{name} Ltd")
    row = only_row(client)
    assert row["function_names"] == "archives; Ébène; Housing; HR; Waste"
    assert row["other_members"] == (
        "archives Ltd; Ébène Ltd; Housing Ltd; HR Ltd; Waste Ltd"
    )


# ---- Text that could break a cell or run in it

STRANGE = [
    'comma, "quotes" and; semicolons',
    "line\nbreak",
    "line\r\nbreak",
    "Ynys Môn – “Sir y Fflint” £1",
    "中文 🏛",
    " leading and trailing ",
    "'apostrophe first",
]


@pytest.mark.parametrize("text", STRANGE)
def test_a_reader_gets_the_text_that_was_recorded(db, client, text):
    PartnershipFactory(name="A", summary=text)
    PartnershipFactory(name="B")
    rows = read(client)
    assert [row["summary"] for row in rows] == [text, "Made up for a test."]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_runs_as_a_formula(db, client, first):
    """Whichever cell an editor's text gets into."""
    text = f"{first}2+5"
    partnership = PartnershipFactory.create(
        name=text, summary=text, gaps=text, end_reason=text
    )
    partnership.functions.add(ServiceFunctionFactory(name=text))
    PartnershipNameFactory(partnership=partnership, name=text)
    OtherMemberFactory(partnership=partnership, name=text)
    council = CouncilFactory(name=text)
    MembershipFactory(partnership=partnership, council=council)
    row = only_row(client)
    assert not [name for name, text in row.items() if text.startswith(first)]
    for name in (
        "name",
        "summary",
        "gaps",
        "end_reason",
        "function_names",
        "other_names",
        "other_members",
        "councils",
    ):
        assert row[name] == f"'{text}"


@pytest.mark.parametrize("text", ["a=1", "1-2", "a@b", "", "'=1"])
def test_text_that_cannot_run_is_left_alone(text):
    assert cell(text) == text


@pytest.mark.parametrize("number", [0, 5, -5, 1.5, -1.5])
def test_numbers_stay_numbers(number):
    assert cell(number) == number
    (_, line) = csv_lines([Column("n", lambda it: it)], [number])
    assert line == f"{number}\r\n"


def test_every_line_of_the_shipped_file_is_of_equal_width_and_none_runs(
    registry, client
):
    text = client.get(FILE).getvalue().decode()
    lines = [*csv.reader(io.StringIO(text, newline=""), strict=True)]
    assert len(lines) == 38
    assert len({len(line) for line in lines}) == 1
    assert len({*lines[0]}) == len(lines[0])
    assert not [it for line in lines for it in line if it[:1] in [*"=+-@\t\r"]]
    assert not [it for line in lines for it in line if it == "None"]


# ---- The file as a whole


def test_the_signature_comes_only_when_asked_for(registry, client):
    plain = client.get(FILE).getvalue()
    signed = client.get(f"{FILE}?excel=yes").getvalue()
    assert plain.startswith(b"slug,")
    assert signed == SIGNATURE + plain


def test_the_answer_says_what_it_is(registry, client):
    response = client.get(FILE)
    assert response["Content-Type"].startswith("text/csv; charset=utf-8")
    assert response["Content-Disposition"] == 'attachment; filename="partnerships.csv"'


def test_no_result_is_a_header_alone(registry, client):
    """With the columns of every other answer, so that a program's next step works."""
    whole = client.get(FILE).getvalue().decode().splitlines()[0]
    for query in ({"q": ["nowhere-at-all"]}, {"status": ["ended"], "q": ["xyzzy"]}):
        response = client.get(address_of(FILE, query))
        assert response.status_code == 200
        assert response.getvalue().decode() == f"{whole}\r\n"


def test_the_file_is_never_in_memory_whole(db, client, monkeypatch):
    """Lines leave while records still lie in the database, or in a file."""
    monkeypatch.setattr(flat_file, "FIRST", 2)
    monkeypatch.setattr(flat_file, "CHUNK", 2)
    monkeypatch.setattr(spool, "TOGETHER", 2)
    MembershipFactory.create_batch(6)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(FILE)
        assert response.streaming
        asked_before = len(queries)
        chunks = iter(response)
        next(chunks)
        assert len(queries) == asked_before  # the header needs no record
        for asked in (1, 3, 3):  # two by two, and all before the first is told
            assert next(chunks).count(b"\r\n") == 2
            assert len(queries) == asked_before + asked
        assert not [*chunks]
    # The catalogue asks for what filters need, and for no whole record.
    before = queries.captured_queries[:asked_before]
    whole = f'"{Partnership._meta.db_table}"."gaps"'
    assert not [query for query in before if whole in query["sql"]]
    assert [query for query in queries.captured_queries if whole in query["sql"]]


def test_chunks_lose_and_repeat_no_record(registry, client, monkeypatch):
    whole = client.get(FILE).getvalue()
    monkeypatch.setattr(flat_file, "FIRST", 5)
    monkeypatch.setattr(flat_file, "CHUNK", 5)
    assert client.get(FILE).getvalue() == whole


def a_full_record():
    partnership = PartnershipFactory.create(status="ended", ended="2012")
    partnership.functions.add(ServiceFunctionFactory())
    for factory in (
        MembershipFactory,
        OtherMemberFactory,
        AimFactory,
        OutcomeFactory,
        SourceFactory,
        PartnershipNameFactory,
    ):
        factory.create_batch(2, partnership=partnership)


@pytest.mark.parametrize("address", [FILE, f"{FILE}?status=ended&running_on=2011"])
def test_queries_do_not_grow_with_the_registry(db, client, address):
    a_full_record()
    few = queries_used(client, address)
    for _ in range(12):
        a_full_record()
    assert queries_used(client, address) == few


# ---- Questions that the file cannot answer

NAMES_OF_FILTERS = [*PartnershipFilter.base_filters]

REFUSED = {
    "unknown=1": ["“unknown”", *NAMES_OF_FILTERS],
    "statuss=ended": ["“statuss”", "Did you mean “status”?", *NAMES_OF_FILTERS],
    "Status=ended": ["“Status”", "“status”"],
    "page=1": ["“page”", *NAMES_OF_FILTERS],
    "status=finished": ["status", "“finished”", "ongoing", "ended", "not-known"],
    "status=ended&status=finished": ["“finished”", "ongoing"],
    "function=it": ["function", "“it”", "ict", "hr-and-payroll", "not-recorded"],
    "delivery_model=outsourced": ["delivery_model", "lead-authority"],
    "relationship=equal": ["relationship", "equal-partners", "hosted"],
    "nation=uk": ["nation", "england", "northern-ireland", "scotland", "wales"],
    "region=north": ["region", "north-east", "yorkshire-and-the-humber"],
    "council_type=parish": ["council_type", "county", "sui-generis"],
    "benefit=money": ["benefit", "savings", "not-recorded"],
    "result=good": ["result", "achieved", "not-achieved", "expected"],
    "confidence=certain": ["confidence", "high", "medium", "low"],
    "council=atlantis": ["council", "“atlantis”"],
    "council=dover&council=atlantis": ["“atlantis”"],
    "council=west": ["council", "west-suffolk for West Suffolk", "west-devon for "],
    "running_on=2013-13": ["running_on", "“2013-13”", "2012-05-17"],
    "running_on=2011-02-30": ["running_on", "“2011-02-30”", "calendar"],
    "running_on=05/06/2013": ["running_on", "“05/06/2013”"],
    "running_on=2012&running_on=2013": ["running_on", "once"],
    "sort=size": ["sort", "“size”", "name", "-started", "evidence"],
    "sort=name&sort=ended": ["sort", "once"],
    "q=a&q=b": ["q", "once"],
    "q=%26%2B": ["q", "letter or digit"],
    "excel=no": ["excel", "yes"],
    "status=%00": ["status"],
    "council=%00": ["council"],
    "q=%00": ["q"],
    "running_on=%00": ["running_on"],
    "sort=%00": ["sort"],
    "running_on=٢٠١٢": ["running_on"],
    "council=50%25": ["“50%”"],
    "%25s=1": ["“%s”"],
}


@pytest.mark.parametrize(("query", "said"), REFUSED.items(), ids=REFUSED)
def test_what_it_cannot_answer_is_refused_in_plain_words(registry, client, query, said):
    response = client.get(f"{FILE}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Disposition" not in response
    assert not response.streaming
    text = response.content.decode()
    assert not [words for words in said if words not in text]
    assert "slug,name" not in text


def test_every_mistake_is_named_at_once(registry, client):
    text = client.get(f"{FILE}?statu=x&region=mercia&sort=up&excel=1").content.decode()
    for words in ("“statu”", "“mercia”", "“up”", "excel"):
        assert words in text


def test_an_empty_value_asks_nothing(registry, client):
    """A form sends its empty boxes too."""
    empty = "&".join(f"{name}=" for name in NAMES_OF_FILTERS)
    assert client.get(f"{FILE}?{empty}").getvalue() == client.get(FILE).getvalue()


def test_drafts_and_withdrawn_records_are_not_in_the_file(db, client):
    for publication in ("draft", "withdrawn", "published"):
        PartnershipFactory(slug=publication, publication=publication)
    assert Partnership.objects.count() == 3
    assert [row["slug"] for row in read(client)] == ["published"]
