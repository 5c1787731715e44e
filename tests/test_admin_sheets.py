"""Editors take tables away as spreadsheets and bring them back after a trial run."""

import csv
import datetime
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from councils.models import Council
from councils.sheets import forms, reading, resources
from partnerships.models import Change, Membership, Outcome, Partnership, Source
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)

TABLES: dict[str, Any] = {
    "council": Council,
    "partnership": Partnership,
    "membership": Membership,
    "outcome": Outcome,
    "source": Source,
}
PARTNERSHIP = {
    "slug": "made-up",
    "name": "Made-up shared service",
    "summary": "Made up for a test.",
    "functions": "made-up-service",
    "delivery_model": "lead-authority",
    "status": "ongoing",
    "confidence": "low",
}


def address(table: str, action: str, *args: str) -> str:
    app = TABLES[table]._meta.app_label
    return reverse(f"admin:{app}_{table}_{action}", args=args)


def csv_of(*rows: dict) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def xlsx_of(*rows: dict, **formats: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.append([*rows[0]])
    for row in rows:
        book.active.append([*row.values()])
    for place, column in enumerate(rows[0], start=1):
        for number in range(2, len(rows) + 2):
            if column in formats:
                book.active.cell(number, place).number_format = formats[column]
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def tried(client, table: str, content: bytes):
    """Send a file for its trial run; return the page."""
    page = client.post(
        address(table, "import"),
        {"file": SimpleUploadedFile("table", content)},
    )
    assert page.status_code == 200
    return page


def report_of(client, table: str, *rows: dict):
    return tried(client, table, csv_of(*rows)).context["report"]


def confirmed(client, table: str, page, reason="Found in a made-up paper."):
    form = page.context["confirm_form"]
    assert form, page.context["report"] or page.context["file_form"].errors
    return client.post(
        address(table, "import"), {"tried": form["tried"].value(), "reason": reason}
    )


def everything() -> dict:
    return {
        model: list(model.objects.order_by("pk").values())
        for model in [*TABLES.values(), Change, LogEntry]
    }


def problems(report) -> list[tuple[int, str, str]]:
    return [
        (row.number, *problem) for row in report.refused for problem in row.problems
    ]


@pytest.fixture
def registry_stays(db):
    """Hold the test to writing nothing."""
    before = []
    yield lambda: before.append(everything())
    assert everything() == before[0]


@pytest.fixture
def record(db):
    partnership = PartnershipFactory(
        slug="made-up", publication="draft", staff=5, latest_evidence="2013"
    )
    partnership.functions.add(ServiceFunctionFactory(slug="made-up-service"))
    source = SourceFactory(partnership=partnership)
    MembershipFactory(
        partnership=partnership, council=CouncilFactory(slug="made-up-council")
    ).sources.add(source)
    OutcomeFactory(partnership=partnership, amount=0, period="total").sources.add(
        source
    )
    return partnership


def editor(*names: str) -> Client:
    """Sign in somebody who may add, view and change, and nothing more."""
    user = User.objects.create_user("made-up-editor", is_staff=True)
    for table in TABLES:
        for action in ("add", "view", "change"):
            user.user_permissions.add(
                Permission.objects.get(codename=f"{action}_{table}")
            )
    for name in names:
        user.user_permissions.add(Permission.objects.get(codename=name))
    client = Client()
    client.force_login(user)
    return client


# ---- Out and back in


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("table", TABLES)
def test_what_goes_out_and_comes_back_changes_nothing(
    registry, admin_client, table, kind, registry_stays
):
    registry_stays()
    file = admin_client.get(address(table, "export", kind))
    page = tried(admin_client, table, file.content)
    report = page.context["report"]
    assert report.refused == report.changed == report.added == []
    assert len(report.unchanged) == TABLES[table].objects.count() > 0
    assert page.context["confirm_form"] is None


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 made up",
        "-5",
        "@made-up",
        "'=1+1",
        "'quoted'",
        "One.\r\nTwo.",
        "#N/A",
        " spaces ",
        "a \x0b sign",
        "0012",
        "2012-05",
        "Ceredigion ŵ “ü”; , \t x",
    ],
)
def test_any_text_survives_the_way(admin_client, record, text, kind, registry_stays):
    Partnership.objects.update(summary=text, gaps=text)
    registry_stays()
    file = admin_client.get(address("partnership", "export", kind))
    report = tried(admin_client, "partnership", file.content).context["report"]
    assert [row.outcome for row in report.rows] == ["unchanged"], report
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
        assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "n"}


def test_a_formula_is_guarded_on_its_way_out_and_taken_back_as_text(
    admin_client, record
):
    Partnership.objects.update(summary="=HYPERLINK(1)")
    file = admin_client.get(address("partnership", "export", "csv"))
    assert "'=HYPERLINK(1)" in file.text
    page = tried(
        admin_client, "partnership", csv_of({"slug": "made-up", "summary": "'@x"})
    )
    confirmed(admin_client, "partnership", page)
    assert Partnership.objects.get().summary == "@x"


def test_an_export_holds_the_list_as_it_is_filtered(admin_client, record):
    PartnershipFactory(slug="published")
    file = admin_client.get(
        address("partnership", "export", "csv") + "?publication__exact=draft"
    )
    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert [row["slug"] for row in rows] == ["made-up"]
    assert file.text.startswith("\ufeff")


@pytest.mark.parametrize(
    ("path", "query"), [("pdf", ""), ("csv", "?publication__nonsense=1")]
)
def test_an_export_that_cannot_be_is_refused(admin_client, record, path, query):
    answer = admin_client.get(address("partnership", "export", path) + query)
    assert answer.status_code == 400


@pytest.mark.parametrize("table", TABLES)
def test_a_template_names_the_columns_and_the_allowed_values(
    admin_client, record, table
):
    names = admin_client.get(address(table, "template", "csv")).text
    file = admin_client.get(address(table, "template", "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    assert book.sheetnames[1:] == ["Columns", "Allowed values"]
    header = [cell.value for cell in book.worksheets[0][1]]
    assert names == "\ufeff" + ",".join(header) + "\r\n"
    assert [row[0].value for row in book["Columns"].rows][1:] == header
    values = {column[0].value: column for column in book["Allowed values"].columns}
    if table == "outcome":
        assert [cell.value for cell in values["result"] if cell.value][1:] == [
            "achieved",
            "partly-achieved",
            "not-achieved",
            "expected",
            "unknown",
        ]
        assert "made-up" in [cell.value for cell in values["partnership"]]


def test_an_empty_template_is_said_to_be_empty(admin_client, record, registry_stays):
    registry_stays()
    for kind in ("csv", "xlsx"):
        file = admin_client.get(address("outcome", "template", kind))
        page = tried(admin_client, "outcome", file.content)
        assert "no rows under them" in str(page.context["file_form"].errors)


# ---- The trial run and the real one


def test_a_trial_run_says_all_and_writes_nothing(admin_client, record, registry_stays):
    PartnershipFactory(slug="as-it-is", name="As it is", publication="draft")
    registry_stays()
    report = report_of(
        admin_client,
        "partnership",
        {**PARTNERSHIP, "name": "Another name"},
        {**PARTNERSHIP, "slug": "new"},
        {**PARTNERSHIP, "slug": "as-it-is", "status": "over"},
    )
    assert [(row.number, row.outcome) for row in report.rows] == [
        (2, "changed"),
        (3, "added"),
        (4, "refused"),
    ]
    assert ("name", record.name, "Another name") in report.changed[0].differences
    assert problems(report) == [
        (4, "status", "“over” is not one of: ongoing, ended, not-known.")
    ]


def test_a_confirmed_import_is_a_change_with_its_reason(admin_client, record):
    OutcomeFactory(partnership=record)
    page = tried(
        admin_client,
        "outcome",
        csv_of(
            {"partnership": "made-up", "number": 1, "amount": 5000},
            {"partnership": "made-up", "number": 2, "amount": ""},
        ),
    )
    assert not Change.objects.exists()
    answer = confirmed(admin_client, "outcome", page)
    assert answer.url == address("outcome", "changelist")
    assert Outcome.objects.get(number=1).amount == 5000
    assert Outcome.objects.get(number=2).amount is None
    before, after = Change.objects.order_by("pk")
    assert (after.reason, after.by.username) == ("Found in a made-up paper.", "admin")
    assert before.version != after.version
    assert LogEntry.objects.get().change_message.endswith("Found in a made-up paper.")


def test_each_record_gets_one_change_however_many_rows(admin_client, record):
    other = SourceFactory(partnership=PartnershipFactory(slug="other")).partnership
    rows = [
        {
            "partnership": slug,
            "number": "",
            "title": "Made-up paper",
            "publisher": "Made-up press",
            "url": f"https://example.org/{place}",
            "kind": "press",
        }
        for slug in ("made-up", "other")
        for place in ("one", "two")
    ]
    confirmed(admin_client, "source", tried(admin_client, "source", csv_of(*rows)))
    for partnership in (record, other):
        assert [s.number for s in partnership.sources.order_by("number")] == [1, 2, 3]
        assert partnership.changes.count() == 2


def test_a_new_row_takes_no_number_that_another_had(admin_client, record):
    gone = SourceFactory(partnership=record)
    Change.objects.begin(record)
    gone.delete()
    new = {
        "partnership": "made-up",
        "number": "",
        "title": "Made-up paper",
        "publisher": "Made-up publisher",
        "url": "https://example.org/new",
        "published": "",
        "kind": "council",
    }
    page = tried(admin_client, "source", csv_of(new))
    assert confirmed(admin_client, "source", page).status_code == 302
    assert record.sources.get(title="Made-up paper").number == gone.number + 1


def test_a_new_record_comes_in_as_a_draft(admin_client, record):
    new = {**PARTNERSHIP, "slug": "new", "started": "2012?"}
    confirmed(
        admin_client, "partnership", tried(admin_client, "partnership", csv_of(new))
    )
    partnership = Partnership.objects.get(slug="new")
    assert (partnership.publication, partnership.started) == ("draft", "2012?")
    assert [str(f.slug) for f in partnership.functions.all()] == ["made-up-service"]
    assert partnership.changes.get().reason == "Found in a made-up paper."


def test_what_a_new_record_may_leave_blank_is_filled_in(admin_client, record):
    template = admin_client.get(address("partnership", "template", "xlsx"))
    columns = openpyxl.load_workbook(io.BytesIO(template.content))["Columns"]
    optional = [name for name, needed, _ in columns.values if needed == "no"]
    row = {**dict.fromkeys(optional, ""), **PARTNERSHIP, "slug": "new"}
    page = tried(admin_client, "partnership", csv_of(row))
    assert confirmed(admin_client, "partnership", page).status_code == 302
    new = Partnership.objects.get(slug="new")
    assert (new.publication, new.status_in_june_2013) == ("draft", "not-known")
    assert new.staff is None


def test_one_refused_row_keeps_all_others_out(admin_client, record, registry_stays):
    registry_stays()
    page = tried(
        admin_client,
        "partnership",
        csv_of({"slug": "made-up", "staff": "9"}, {"slug": "made-up-2", "staff": "x"}),
    )
    assert page.context["confirm_form"] is None
    assert "9" in str(page.context["report"].changed)


def test_a_reason_is_needed_and_nothing_is_lost(admin_client, record, registry_stays):
    registry_stays()
    page = tried(admin_client, "partnership", csv_of({"slug": "made-up", "staff": 9}))
    again = confirmed(admin_client, "partnership", page, reason=" ")
    assert again.context["confirm_form"].errors["reason"]
    assert again.context["report"] == page.context["report"]
    assert again.context["confirm_form"]["tried"].value()


def test_a_change_since_the_trial_run_is_shown_first(admin_client, record):
    page = tried(admin_client, "partnership", csv_of({"slug": "made-up", "staff": 9}))
    Partnership.objects.update(staff=7)
    again = confirmed(admin_client, "partnership", page, reason="Made up.")
    assert "has changed since your trial run" in again.text
    assert again.context["report"].changed[0].differences == [("staff", "7", "9")]
    assert Partnership.objects.get().staff == 7
    assert not Change.objects.exists()
    assert 'value="Made up."' in again.text
    confirmed(admin_client, "partnership", again)
    assert Partnership.objects.get().staff == 9


def test_what_was_tried_cannot_be_altered_borrowed_or_kept(
    admin_client, record, registry_stays, monkeypatch
):
    page = tried(admin_client, "partnership", csv_of({"slug": "made-up", "staff": 9}))
    other = editor()
    registry_stays()
    signed = page.context["confirm_form"]["tried"].value()
    for client, table, value in [
        (admin_client, "partnership", signed[:-1] + "x"),
        (admin_client, "source", signed),
        (other, "partnership", signed),
    ]:
        answer = client.post(
            address(table, "import"), {"tried": value, "reason": "Made up."}
        )
        assert "not a trial run of yours" in answer.text
    monkeypatch.setattr(forms, "HOUR", -1)
    assert "more than an hour old" in confirmed(admin_client, "partnership", page).text


def test_the_confirmation_needs_its_token(admin_user, record, registry_stays):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    registry_stays()
    assert client.post(address("partnership", "import"), {}).status_code == 403


# ---- Who may


def test_only_those_who_add_and_change_may_import(record, registry_stays):
    viewer = Client()
    user = User.objects.create_user("made-up-viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_outcome"))
    viewer.force_login(user)
    registry_stays()
    assert viewer.get(address("outcome", "import")).status_code == 403
    assert viewer.post(address("outcome", "import")).status_code == 403
    assert viewer.get(address("outcome", "template", "csv")).status_code == 403
    assert viewer.get(address("outcome", "export", "csv")).status_code == 200
    assert viewer.get(address("council", "export", "csv")).status_code == 403
    page = viewer.get(address("outcome", "changelist"))
    assert "export/xlsx" in page.text
    assert "/import/" not in page.text


@pytest.mark.parametrize("publication", ["published", "withdrawn"])
def test_who_cannot_publish_cannot_change_what_readers_see(
    record, publication, registry_stays
):
    Partnership.objects.update(publication=publication)
    client = editor()
    registry_stays()
    for table, row in {
        "partnership": {"slug": "made-up", "staff": 9},
        "outcome": {"partnership": "made-up", "number": 1, "amount": 9},
        "source": {"partnership": "made-up", "number": 1, "title": "Another"},
        "membership": {
            "partnership": "made-up",
            "council": "made-up-council",
            "joined": "",
            "role": "lead",
        },
    }.items():
        (problem,) = problems(report_of(client, table, row))
        assert "only those who may publish" in problem[2]


def test_who_cannot_publish_may_work_on_a_draft(record):
    client = editor()
    row = {"slug": "made-up", "publication": "in-review"}
    confirmed(client, "partnership", tried(client, "partnership", csv_of(row)))
    assert Partnership.objects.get().publication == "in-review"


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        ("draft", "published"),
        ("draft", "withdrawn"),
        ("published", "draft"),
        ("published", "withdrawn"),
        (None, "published"),
    ],
)
def test_a_file_publishes_and_withdraws_nothing(
    admin_client, record, stored, wanted, registry_stays
):
    if stored:
        Partnership.objects.update(publication=stored)
    else:
        Partnership.objects.all().delete()
    registry_stays()
    report = report_of(
        admin_client, "partnership", {**PARTNERSHIP, "publication": wanted}
    )
    assert [column for _, column, _ in problems(report)] == ["publication"]


def test_a_published_record_keeps_its_evidence(admin_client, record, registry_stays):
    Partnership.objects.update(publication="published")
    registry_stays()
    report = report_of(
        admin_client, "partnership", {"slug": "made-up", "latest_evidence": ""}
    )
    assert [column for _, column, _ in problems(report)] == ["latest_evidence"]


def test_a_published_fact_keeps_its_source(admin_client, record, registry_stays):
    Partnership.objects.update(publication="published")
    registry_stays()
    new = {"kind": "savings", "result": "achieved", "text": "Unsourced."}
    report = report_of(
        admin_client,
        "outcome",
        {"partnership": "made-up", "number": 1, "sources": "", **new},
        {"partnership": "made-up", "number": "", "sources": "", **new},
    )
    assert [(number, column) for number, column, _ in problems(report)] == [
        (2, "sources"),
        (3, "sources"),
    ]


# ---- What is refused in a row


def outcome(**cells) -> dict:
    return {
        "partnership": "made-up",
        "number": "1",
        "kind": "savings",
        "result": "achieved",
        "amount": "0",
        "period": "total",
        "text": "Made up.",
        "sources": "1",
        **cells,
    }


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"partnership": "atlantis"}, "partnership", "no partnership “atlantis”"),
        ({"partnership": ""}, "partnership", "cannot be blank"),
        ({"number": "one"}, "number", "“one” is not a whole number"),
        ({"number": "0", "text": "Another."}, "number", "begin with 1"),
        ({"number": "-1", "text": "Another."}, "number", "greater than or equal"),
        ({"kind": "magic"}, "kind", "“magic” is not one of: savings,"),
        ({"kind": ""}, "kind", "cannot be blank"),
        ({"amount": "4,000"}, "amount", "“4,000” is not a whole number"),
        ({"amount": "£4000"}, "amount", "not a whole number"),
        ({"amount": "1.5"}, "amount", "not a whole number"),
        ({"amount": "-5"}, "amount", "greater than or equal to 0"),
        ({"amount": "9" * 20}, "amount", "less than or equal to"),
        ({"amount": "٣"}, "amount", "not a whole number"),
        ({"amount": ""}, "period", "there is no amount"),
        ({"period": ""}, "period", "Say what the amount covers"),
        ({"text": ""}, "text", "cannot be blank"),
        ({"sources": "2"}, "sources", "It has: 1."),
        ({"text": "=1+1"}, "text", "starts with “=”, as a formula does"),
        ({"text": "lost \ufffd"}, "text", "Letters were lost"),
    ],
)
def test_a_cell_that_cannot_be_is_refused_beside_its_row(
    admin_client, record, cells, column, says, registry_stays
):
    registry_stays()
    report = report_of(
        admin_client, "outcome", outcome(number="", text="New."), outcome(**cells)
    )
    ((number, where, sentence),) = problems(report)
    assert (number, where) == (3, column)
    assert says in sentence


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"joined": "13/2012"}, "joined", "Type a year, a month or a day"),
        ({"joined": "2011-02-31"}, "joined", "not a day in the calendar"),
        ({"joined": "May-12"}, "joined", "“May-12” is not a date"),
        ({"joined": "41046"}, "joined", "17 May 2012"),
        ({"joined": "2012", "left": "2011"}, "left", "cannot leave before"),
        ({"council": "atlantis"}, "council", "no council “atlantis”"),
        ({"joined": "1970", "left": ""}, "council", "before it began"),
        ({"role": "king"}, "role", "not one of: lead,"),
    ],
)
def test_a_member_that_cannot_be_is_refused_beside_its_row(
    admin_client, record, cells, column, says, registry_stays
):
    CouncilFactory(slug="another", started=datetime.date(1974, 4, 1))
    registry_stays()
    row = {
        "partnership": "made-up",
        "council": "another",
        "role": "partner",
        "joined": "2010",
        "left": "",
        **cells,
    }
    report = report_of(admin_client, "membership", row)
    ((_, where, sentence),) = problems(report)
    assert where == column
    assert says in sentence


def test_a_member_of_another_time_than_its_arrangement_is_refused(admin_client, record):
    Partnership.objects.update(started=None, status="ended", ended="2021")
    CouncilFactory(slug="another", started=datetime.date(2023, 4, 1))
    row = {"partnership": "made-up", "council": "another", "role": "partner"}
    report = report_of(admin_client, "membership", {**row, "joined": "", "left": ""})
    ((_, where, sentence),) = problems(report)
    assert where == "council"
    assert "began on 1 April 2023, after the arrangement ended, 2021" in sentence


def test_every_problem_of_a_row_is_said_at_once(admin_client, record, registry_stays):
    registry_stays()
    report = report_of(
        admin_client, "outcome", outcome(kind="x", amount="y", sources="9", text="=1")
    )
    assert {column for _, column, _ in problems(report)} == {
        "kind",
        "amount",
        "sources",
        "text",
    }


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("outcome", outcome(number="", text="New.", amount="£4m"), "amount"),
        ("outcome", outcome(number="", text="New.", period="weekly"), "period"),
        ("outcome", outcome(number="", text="New.", sources="9"), "sources"),
        (
            "partnership",
            {**PARTNERSHIP, "slug": "new", "functions": "atlantis"},
            "functions",
        ),
        ("partnership", {"slug": "made-up", "publication": ""}, "publication"),
    ],
)
def test_what_cannot_be_read_is_all_that_is_said(
    admin_client, record, table, row, column, registry_stays
):
    Partnership.objects.update(publication="published")
    registry_stays()
    assert [where for _, where, _ in problems(report_of(admin_client, table, row))] == [
        column
    ]


def test_a_key_twice_in_a_file_is_refused(admin_client, record, registry_stays):
    registry_stays()
    for table, rows in {
        "council": [{"slug": "made-up-council", "note": note} for note in "ab"],
        "outcome": [outcome(text="A"), outcome(number="1.0", text="B")],
        "membership": [
            {"partnership": "made-up", "council": "made-up-council", "joined": ""}
        ]
        * 2,
    }.items():
        ((number, _, sentence),) = problems(report_of(admin_client, table, *rows))
        assert number == 3
        assert "Row 2 is about the same" in sentence


def test_a_new_row_needs_its_columns(admin_client, record, registry_stays):
    registry_stays()
    report = report_of(admin_client, "partnership", {"slug": "new", "name": "New"})
    assert {
        column
        for _, column, sentence in problems(report)
        if sentence == "The column is missing, and a new row needs it."
    } == {"summary", "functions", "delivery_model", "status", "confidence"}


def test_blank_is_empty_and_a_missing_column_is_left_alone(admin_client, record):
    Partnership.objects.update(started="2010", gaps="Much.")
    row = {"slug": "made-up", "staff": " ", "gaps": ""}
    page = tried(admin_client, "partnership", csv_of(row))
    confirmed(admin_client, "partnership", page)
    partnership = Partnership.objects.get()
    assert partnership.staff is None
    assert (partnership.gaps, partnership.started) == ("", "2010")


def test_nothing_is_not_unknown(admin_client, record, registry_stays):
    registry_stays()
    row = {"partnership": "made-up", "number": 1, "amount": "0", "period": "total"}
    assert report_of(admin_client, "outcome", row).unchanged


def test_an_unknown_day_of_joining_can_be_filled_in(admin_client, record):
    row = {"partnership": "made-up", "council": "made-up-council", "joined": "2012-05"}
    page = tried(admin_client, "membership", csv_of(row))
    assert page.context["report"].changed[0].differences == [("joined", "", "2012-05")]
    confirmed(admin_client, "membership", page)
    assert Membership.objects.get().joined == "2012-05"


def test_a_council_that_comes_back_is_a_new_member(admin_client, record):
    Membership.objects.update(joined="2008", left="2010")
    row = {
        "partnership": "made-up",
        "council": "made-up-council",
        "joined": "2012",
        "role": "client",
    }
    page = tried(admin_client, "membership", csv_of(row))
    assert [row.outcome for row in page.context["report"].rows] == ["added"]
    confirmed(admin_client, "membership", page)
    assert Membership.objects.count() == 2


# ---- What only Excel writes


@pytest.mark.parametrize(
    ("cell", "number_format", "reads"),
    [
        (datetime.date(2012, 5, 17), "dd/mm/yyyy", "2012-05-17"),
        (datetime.datetime(2012, 5, 17), "yyyy-mm-dd h:mm:ss", "2012-05-17"),
        # What Excel makes of 2012-05, and of a year shown alone.
        (datetime.date(2012, 5, 1), "mmm-yy", "2012-05"),
        (datetime.date(2012, 1, 1), "yyyy", "2012"),
        (2012, "General", "2012"),
        (2012.0, "General", "2012"),
        ("2012?", "@", "2012?"),
        ("2012-05-17 00:00:00", "General", "2012-05-17"),
        ("2012-05-17T00:00:00", "General", "2012-05-17"),
    ],
)
def test_a_date_is_read_as_exact_as_excel_shows_it(
    admin_client, record, cell, number_format, reads
):
    row = {"slug": "made-up", "started": cell}
    page = tried(admin_client, "partnership", xlsx_of(row, started=number_format))
    confirmed(admin_client, "partnership", page)
    assert Partnership.objects.get().started == reads


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("=DATE(2012;5;17)", "holds a formula"),
        ("#REF!", "Excel’s error #REF!"),
        (datetime.datetime(2012, 5, 17, 9, 30), "a time of day"),
        (datetime.time(9, 30), "It holds a time"),
        (41046, "17 May 2012"),
        (True, "“TRUE” is not a date"),
    ],
)
def test_a_cell_that_only_excel_understands_is_refused(
    admin_client, record, cell, says, registry_stays
):
    registry_stays()
    rows = [{"slug": "made-up", "started": cell}]
    page = tried(admin_client, "partnership", xlsx_of(*rows))
    ((number, column, sentence),) = problems(page.context["report"])
    assert (number, column) == (2, "started")
    assert says in sentence


def test_a_whole_day_is_a_whole_day(admin_client, registry_stays):
    CouncilFactory(slug="made-up")
    registry_stays()
    for text, says in {
        "2012": "Type it as 2012-05-17",
        "17/05/2012": "Type it as 2012-05-17",
        "2012-02-30": "not a day in the calendar",
    }.items():
        report = report_of(admin_client, "council", {"slug": "made-up", "ended": text})
        assert says in problems(report)[0][2]


def test_numbers_of_a_workbook_are_numbers(admin_client, record):
    row = {"partnership": "made-up", "number": 1, "amount": 4_000_000, "sources": 1}
    page = tried(admin_client, "outcome", xlsx_of(row))
    confirmed(admin_client, "outcome", page)
    assert Outcome.objects.get().amount == 4_000_000


def test_empty_rows_count_and_say_nothing(admin_client, record, registry_stays):
    registry_stays()
    row = {"slug": "made-up", "staff": "x"}
    blank = {"slug": None, "staff": None}
    for content in (xlsx_of(blank, row, blank), csv_of(blank, row, blank)):
        report = tried(admin_client, "partnership", content).context["report"]
        assert [row.number for row in report.rows] == [3]


# ---- Files that are none


def bomb() -> bytes:
    stream = io.BytesIO(xlsx_of({"slug": "made-up"}))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/made-up.bin", b"0" * (100 * reading.MEGABYTE))
    return stream.getvalue()


def far_down() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "slug"
    book.active["A900000"] = "made-up"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr(name, "made up")
    return stream.getvalue()


def scratched() -> bytes:
    """A workbook whose packed parts make no sense."""
    content = xlsx_of(*({"slug": f"made-up-{place}"} for place in range(200)))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        start = package.getinfo("xl/worksheets/sheet1.xml").header_offset + 60
    return content[:start] + b"\xff" * 40 + content[start + 40 :]


SOUND = csv_of({"slug": "made-up", "summary": "Ŵ"})
BROKEN_FILES = {
    "empty": (b"", "The file is empty"),
    "only blank lines": (b"\n,,\n", "The file is empty"),
    "50 MB": (b"x" * (50 * reading.MEGABYTE), "The file has 50 MB"),
    "bomb": (bomb(), "unpacks to more than 25 MB"),
    "far down": (far_down(), "goes on below row 20,000"),
    "too many rows": (b"slug\n" + b"x\n" * 5001, "more than 5,000 rows"),
    "UTF-16": (SOUND.decode().encode("utf-16"), "in UTF-16, not in UTF-8"),
    "UTF-16 without a mark": (SOUND.decode().encode("utf-16-le"), "nor a CSV file"),
    "cp1252": ("slug,summary\nmade-up,£5\n".encode("cp1252"), "Line 2 of the file"),
    "old Excel": (reading.OLD_WORKBOOK + bytes(500), "an older Excel workbook"),
    "another zip": (zipped("made-up.txt"), "not an Excel workbook"),
    "a broken workbook": (zipped("xl/workbook.xml"), "cannot be read"),
    "scratched": (scratched(), "damaged"),
    "half a workbook": (xlsx_of({"slug": "x"})[:2000], "damaged"),
    "a quotation mark": (b'slug,summary\nmade-up,"open\n', "Row 2 cannot be read"),
    "semicolons": (b"slug;summary\nmade-up;x\n", "semicolons between"),
    "unknown column": (b"slug,surprise\nmade-up,x\n", "“surprise” is not one of"),
    "column twice": (b"slug,staff,Staff\nmade-up,1,2\n", "Two columns"),
    "no key": (b"name\nMade up\n", "The column “slug” is missing"),
    "no name": (b"slug,,staff\nmade-up,1,2\n", "Column B has no name"),
    "no rows": (b"slug,staff\n", "no rows under them"),
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(
    admin_client, record, name, registry_stays
):
    content, says = BROKEN_FILES[name]
    registry_stays()
    page = tried(admin_client, "partnership", content)
    (sentence,) = page.context["file_form"].errors["file"]
    assert says in sentence
    assert page.context["report"] is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"slug,staff\nmade-up\n", "1 cells and the file 2 columns"),
        (b"slug,staff\nmade-up,5,6\n", "Column C has no name"),
    ],
)
def test_a_row_of_another_length_is_refused(
    admin_client, record, content, says, registry_stays
):
    registry_stays()
    report = tried(admin_client, "partnership", content).context["report"]
    assert says in problems(report)[0][2]


def test_more_changes_than_one_import_may_hold_are_refused(
    admin_client, record, registry_stays, monkeypatch
):
    monkeypatch.setattr(resources, "MOST_CHANGES", 1)
    registry_stays()
    content = csv_of({"slug": "a", "staff": "1"}, {"slug": "b", "staff": "1"})
    page = tried(admin_client, "partnership", content)
    assert "more than 1 rows" in page.context["file_form"].errors["file"][0]


def test_text_that_is_too_much_to_carry_is_refused(
    admin_client, record, registry_stays, monkeypatch
):
    monkeypatch.setattr(forms, "LARGEST_SIGNED", 50)
    registry_stays()
    page = tried(admin_client, "partnership", csv_of({"slug": "made-up", "staff": 9}))
    assert "too much text" in page.context["file_form"].errors["file"][0]
    assert page.context["confirm_form"] is None


def test_a_post_without_a_file_is_said(admin_client, record):
    page = admin_client.post(address("partnership", "import"))
    assert "This field is required." in page.text


def test_rows_that_are_as_they_are_cost_no_queries(admin_client, record):
    """Beyond a savepoint each: the rows are read and compared all at once."""

    def queries() -> int:
        file = admin_client.get(address("outcome", "export", "csv")).content
        with CaptureQueriesContext(connection) as captured:
            tried(admin_client, "outcome", file)
        return sum("SAVEPOINT" not in query["sql"] for query in captured)

    few = queries()
    for _ in range(20):
        OutcomeFactory(partnership=record).sources.set(record.sources.all())
    assert queries() == few
