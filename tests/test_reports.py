"""A reader's report reaches the editors, robots' do not, and nothing typed is lost."""

import os
import re
import subprocess
import sys
import time
from datetime import datetime, timedelta

import html5lib
import pytest
from django.core.management import call_command
from django.core.signing import TimestampSigner, b62_encode
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Partnership, ReportCount, Suggestion
from partnerships.models.suggestions import network_of, new_reference
from partnerships.reports import Stamp, parts_of
from tests.conftest import ROOT, new_database
from tests.factories import (
    AimFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    SourceFactory,
)
from tests.pages import queries_used, seen_at

pytestmark = pytest.mark.django_db
REFERENCE = re.compile(r"R-[2-9A-Y]{4}-[2-9A-Y]{4}")
RECORD = "/partnerships/reported/report/"
SITE = "/report/"
# However slow the machine: the clock has not reached it yet.
JUST_NOW = timedelta(hours=-1)


def opened(ago: timedelta) -> str:
    """Return the stamp of a form that was opened that long ago."""

    class Earlier(TimestampSigner):
        def timestamp(self):
            return b62_encode(int(time.time() - ago.total_seconds()))

    return Earlier(salt=Stamp.signer.salt).sign("opened")


@pytest.fixture
def record():
    """Make a record with one fact of each kind."""
    record = PartnershipFactory(slug="reported", name="Pretend & Sons")
    for make in (
        MembershipFactory,
        OtherMemberFactory,
        MilestoneFactory,
        AimFactory,
        OutcomeFactory,
        SourceFactory,
    ):
        make(partnership=record)
    return record


@pytest.fixture
def report():
    return {
        "part": "outcome-1",
        "message": "It saved <b>nothing</b>.\r\nNothing at all.",
        "source": "Pretend minutes of 2014",
        "email": "reader@example.org",
        "subject": "",
        "opened": opened(timedelta(minutes=1)),
    }


def page_of(answer):
    return html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)


def typed(page):
    """Return what the form of a page holds, as a browser would send it again."""
    form = page.find(".//form[@method='post']")
    held = {e.get("name"): e.get("value", "") for e in form.iterfind(".//input")}
    held |= {e.get("name"): e.text or "" for e in form.iterfind(".//textarea")}
    for select in form.iterfind(".//select"):
        chosen = select.find("./option[@selected]")
        held[select.get("name")] = "" if chosen is None else chosen.get("value")
    return held


def summary(page):
    box = page.find(".//div[@class='govuk-error-summary']")
    return [] if box is None else ["".join(li.itertext()) for li in box.iter("li")]


# ---- A report that is taken


def test_a_report_waits_for_the_editors(client, record, report):
    answer = client.post(RECORD, report)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{RECORD}thanks/"
    [suggestion] = Suggestion.objects.all()
    assert suggestion.partnership == record
    assert suggestion.part == "outcome-1"
    assert suggestion.part_in_words.startswith("Outcome 1: Pretend outcome")
    assert suggestion.message == "It saved <b>nothing</b>.\nNothing at all."
    assert suggestion.source == "Pretend minutes of 2014"
    assert suggestion.email == "reader@example.org"
    assert suggestion.status == "new"
    assert REFERENCE.fullmatch(suggestion.reference)


def test_the_reference_is_shown_once_and_nowhere_else(client, record, report):
    thanks = client.post(RECORD, report, follow=True)
    reference = Suggestion.objects.get().reference
    assert reference in thanks.text
    assert "no-store" in thanks.headers["Cache-Control"]
    assert reference not in client.get(f"{RECORD}thanks/").text
    assert reference not in Client().get(f"{RECORD}thanks/").text
    record_page = client.get(record.get_absolute_url()).text
    assert reference not in record_page
    assert "Pretend minutes" not in record_page


def test_references_are_neither_counted_up_nor_hard_to_read_aloud():
    references = {new_reference() for _ in range(500)}
    assert len(references) == 500
    assert all(map(REFERENCE.fullmatch, references))
    assert not {*"".join(references)} & {*"015OILSBUZ"}


@pytest.mark.parametrize("address", [RECORD, SITE])
def test_a_report_needs_no_fact_and_no_email(client, record, report, address):
    part = {} if address == RECORD else {"part": "accessibility"}
    answer = client.post(address, {**report, "part": "", "email": "", **part})
    assert answer.status_code == 302, summary(page_of(answer))
    assert Suggestion.objects.get().email == ""
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_report_about_the_registry_needs_no_source(client, report):
    sent = {**report, "part": "privacy", "source": ""}
    assert client.post(SITE, sent).status_code == 302
    suggestion = Suggestion.objects.get()
    assert suggestion.partnership is None
    assert suggestion.part_in_words == "How the registry handles personal data"


# ---- The form


def test_every_fact_of_a_record_can_be_named(client, record):
    page = page_of(client.get(record.get_absolute_url()))
    anchors = {element.get("id") for element in page.iter() if element.get("id")}
    parts = {part for part, _ in parts_of(record)} - {""}
    assert len(parts) == 7
    assert parts <= anchors
    leading = {
        link.get("href").partition("?fact=")[2]
        for link in page.iterfind(".//a[@class='registry-report']")
    }
    assert leading == parts
    for part in parts:
        form = page_of(client.get(RECORD, {"fact": part}))
        assert typed(form)["part"] == part


def test_links_to_the_form_say_what_they_are_about(client, record):
    page = page_of(client.get(record.get_absolute_url()))
    links = page.findall(".//a[@class='registry-report']")
    names = [" ".join("".join(link.itertext()).split()) for link in links]
    assert len({*names}) == len(names)
    assert all(name.startswith("Report something about ") for name in names)


@pytest.mark.parametrize(
    "address", [f"{RECORD}?fact=outcome-99", f"{SITE}?about=outcome-1"]
)
def test_a_fact_that_is_not_there_is_named(client, record, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "to report something about" in answer.text


def test_the_form_names_the_record_and_says_what_the_email_is_for(
    client, record, settings, assert_valid_html
):
    settings.REPORT_EMAIL_DAYS = 77
    answer = client.get(RECORD)
    assert_valid_html(answer.text)
    assert "Report something about Pretend &amp; Sons" in answer.text
    assert "after 77 days at the latest" in answer.text
    assert "no-store" not in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]


def test_the_trap_is_hidden_from_people_and_from_what_fills_forms(client, record):
    page = page_of(client.get(RECORD))
    trap = page.find(".//div[@aria-hidden='true']")
    field = trap.find("./input")
    assert field.get("name") == "subject"
    assert field.get("tabindex") == "-1"
    assert field.get("autocomplete") == "off"
    assert "visually-hidden" in trap.get("class")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"message": " \r\n "}, "Say what is wrong or missing."),
        ({"source": ""}, "Name a source"),
        ({"message": "é" * 4001}, "at most 4,000 characters: there are 4,001"),
        ({"source": "s" * 1001}, "at most 1,000 characters: there are 1,001"),
        ({"email": "reader"}, "Type an address like"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "Type an address like"),
        ({"part": "outcome-2"}, "That part is not there"),
        ({"subject": "Buy now"}, "A field that people do not see"),
        ({"opened": ""}, "came without its time"),
        ({"opened": "opened:1abcde:forged"}, "came without its time"),
        ({"opened": timedelta(days=2)}, "open for too long"),
        ({"opened": JUST_NOW}, "as fast as programs"),
    ],
)
def test_what_is_refused_comes_back_with_all_that_was_typed(
    client, record, report, assert_valid_html, sent, message
):
    if isinstance(sent.get("opened"), timedelta):
        sent = {"opened": opened(sent["opened"])}
    answer = client.post(RECORD, {**report, **sent})
    assert answer.status_code == 400
    assert_valid_html(answer.text)
    page = page_of(answer)
    [said] = summary(page)
    assert message in said
    assert not Suggestion.objects.exists()
    held = typed(page)
    for name in {"message", "source", "email"} - {*sent}:
        # HTML leaves out the first line end of a text area.
        assert held[name].replace("\n", "\r\n").strip() == report[name]
    assert held["subject"] == ""
    assert Stamp.is_valid(held["opened"])


def test_the_limits_are_those_that_the_form_says(client, record, report):
    # A browser sends each line end as two characters; it counts as one.
    long = "line\r\n" * 800
    assert client.post(RECORD, {**report, "message": long}).status_code == 302


def test_pressing_again_is_enough_after_being_too_fast(client, record, report):
    hasty = opened(JUST_NOW)
    refused = client.post(RECORD, {**report, "opened": hasty})
    assert typed(page_of(refused))["opened"] == hasty
    # The time runs from when the form was first opened.
    later = opened(Stamp.least + timedelta(seconds=2))
    assert client.post(RECORD, {**report, "opened": later}).status_code == 302


@pytest.mark.parametrize("name", ["part", "message", "email", "subject", "opened"])
def test_what_no_database_can_hold_is_refused(client, record, report, name):
    assert client.post(RECORD, {**report, name: "a\x00b"}).status_code == 400
    assert client.get(RECORD, {"fact": "a\x00b"}).status_code == 400


def test_a_body_beyond_all_limits_is_refused(client, record, report):
    answer = client.post(RECORD, {**report, "message": "x" * 3_000_000})
    assert answer.status_code == 400
    many = client.post(RECORD, {f"field-{n}": "x" for n in range(1500)})
    assert many.status_code == 400
    assert not Suggestion.objects.exists()


def test_a_form_from_elsewhere_is_refused(record, report):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(RECORD, report).status_code == 403
    token = typed(page_of(strict.get(RECORD)))["csrfmiddlewaretoken"]
    sent = {**report, "csrfmiddlewaretoken": token}
    assert strict.post(RECORD, sent).status_code == 302


def test_what_was_typed_is_escaped_where_editors_read_it(
    admin_client, record, report, assert_valid_html
):
    admin_client.post(RECORD, {**report, "source": "<script>alert(1)</script>"})
    suggestion = Suggestion.objects.get()
    address = "admin:partnerships_suggestion_change"
    page = admin_client.get(reverse(address, args=[suggestion.pk])).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "It saved &lt;b&gt;nothing" in page


@pytest.mark.parametrize("publication", ["draft", "withdrawn"])
def test_records_that_readers_cannot_see_take_no_reports(
    client, record, report, publication
):
    Partnership.objects.update(publication=publication)
    status = {"draft": 404, "withdrawn": 410}[publication]
    assert client.get(RECORD).status_code == status
    assert client.post(RECORD, report).status_code == status
    assert client.get(f"{RECORD}thanks/").status_code == status


def test_a_form_takes_as_many_queries_for_many_facts_as_for_few(client, record):
    few = queries_used(client, RECORD)
    for make in (MembershipFactory, AimFactory, OutcomeFactory, SourceFactory):
        for _ in range(5):
            make(partnership=record)
    assert queries_used(client, RECORD) == few


# ---- How many


@pytest.fixture
def noon(monkeypatch):
    """Stop the clock that counts the reports, at twenty to one."""
    now = datetime(2024, 5, 6, 12, 40, tzinfo=timezone.get_current_timezone())
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def test_one_network_sends_only_so_many_in_an_hour(
    client, record, report, settings, noon, assert_valid_html
):
    settings.REPORTS_AN_HOUR = 2
    for _ in range(2):
        assert client.post(RECORD, report).status_code == 302
    answer = client.post(RECORD, report)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(20 * 60)
    assert_valid_html(answer.text)
    assert "in 20 minutes" in answer.text
    held = typed(page_of(answer))
    assert held["source"] == report["source"]
    assert held["part"] == "outcome-1"
    assert Suggestion.objects.count() == 2
    # Others are not held up.
    assert client.post(RECORD, report, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_what_is_refused_does_not_count(client, record, report, settings):
    settings.REPORTS_AN_HOUR = 1
    for _ in range(3):
        assert client.post(RECORD, {**report, "message": ""}).status_code == 400
    assert client.post(RECORD, report).status_code == 302


def test_the_next_hour_starts_anew():
    now = timezone.now().replace(minute=59)
    counts = ReportCount.objects
    sent = [counts.admit("192.0.2.1", now) for _ in range(11)]
    assert sent == [True] * 10 + [False]
    assert counts.admit("192.0.2.1", now + timedelta(minutes=2))


def test_no_address_is_stored():
    counts = ReportCount.objects
    now = timezone.now()
    counts.admit("192.0.2.1", now)
    counts.admit("192.0.2.1", now + timedelta(hours=1))
    first, second = counts.values_list("sender", flat=True)
    assert first != second  # the key changes, so that hours cannot be joined up
    assert all(re.fullmatch("[0-9a-f]{64}", sender) for sender in (first, second))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("nonsense", "nonsense"),
    ],
)
def test_one_sender_is_one_network(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("proxies", "passed", "sender"),
    [
        (0, "192.0.2.66", "127.0.0.1"),
        (1, "192.0.2.66", "192.0.2.66"),
        (1, "198.51.100.1, 192.0.2.66", "192.0.2.66"),
        (2, "198.51.100.1, 192.0.2.66, 203.0.113.9", "192.0.2.66"),
        (2, "192.0.2.66", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(rf, settings, proxies, passed, sender):
    from partnerships.reports import sender_of

    settings.PROXIES = proxies
    assert sender_of(rf.post("/", headers={"x-forwarded-for": passed})) == sender


def test_the_limit_holds_for_processes_that_ask_at_once(tmp_path):
    """On a database of their own, which both kinds let several processes open."""
    for address in new_database(tmp_path):
        env = os.environ | {"DATABASE_URL": address, "REPORTS_AN_HOUR": "5"}
        env["SECRET_KEY"] = "one key for all of them"
        env["DJANGO_SETTINGS_MODULE"] = "config.settings"

        def start(program, env=env):
            return subprocess.Popen(
                [sys.executable, "-c", f"import django; django.setup()\n{program}"],
                cwd=ROOT,
                env=env,
                stdout=subprocess.PIPE,
                text=True,
            )

        start(MAKE_TABLE).communicate()
        crowd = [start(ASK_FOUR_TIMES) for _ in range(3)]
        answers = [process.communicate()[0] for process in crowd]
    assert sum(map(int, answers)) == 5


MAKE_TABLE = """
from django.db import connection
from partnerships.models import ReportCount
with connection.schema_editor() as editor:
    editor.create_model(ReportCount)
"""
ASK_FOUR_TIMES = """
from datetime import UTC, datetime
from partnerships.models import ReportCount
noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
print(sum(ReportCount.objects.admit("192.0.2.1", noon) for _ in range(4)))
"""


# ---- Personal data


def test_emails_go_when_their_time_is_over(settings, capsys):
    settings.REPORT_EMAIL_DAYS = 30
    now = timezone.now()
    old, new = (
        Suggestion.objects.create(
            message="Pretend",
            part_in_words="Pretend",
            email="reader@example.org",
            sent=now - timedelta(days=days),
        )
        for days in (31, 29)
    )
    ReportCount.objects.admit("192.0.2.1", now - timedelta(hours=2))
    ReportCount.objects.admit("192.0.2.1", now)
    call_command("delete_personal_data")
    assert capsys.readouterr().out == "Deleted: e-mail addresses 1, counts 1.\n"
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.email, old.message) == ("", "Pretend")
    assert new.email == "reader@example.org"


def test_each_report_clears_away_what_is_old(client, record, report):
    Suggestion.objects.create(
        message="Pretend",
        part_in_words="Pretend",
        email="old@example.org",
        sent=timezone.now() - timedelta(days=400),
    )
    client.post(RECORD, report)
    assert not Suggestion.objects.filter(email="old@example.org").exists()


def test_the_database_keeps_no_email_of_a_report_that_is_closed(record, report):
    fields = {"message": "m", "part_in_words": "p", "email": "reader@example.org"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.create(**fields, status="accepted")


# ---- The editors' side

LIST = "admin:partnerships_suggestion_changelist"
CHANGE = "admin:partnerships_suggestion_change"


def test_an_editor_closes_a_report_and_its_email_goes(admin_client, record, report):
    admin_client.post(RECORD, report)
    suggestion = Suggestion.objects.get()
    address = reverse(CHANGE, args=[suggestion.pk])
    sent = {"status": "being-checked", "note": "Asked.", "message": "Changed!"}
    sent |= seen_at(admin_client, address)
    assert admin_client.post(address, sent).status_code == 302
    suggestion.refresh_from_db()
    assert suggestion.email == "reader@example.org"
    assert suggestion.message.startswith("It saved")
    sent = {"status": "accepted", "note": "It is in the minutes."}
    sent |= seen_at(admin_client, address)
    assert admin_client.post(address, sent).status_code == 302
    suggestion.refresh_from_db()
    assert (suggestion.email, suggestion.status) == ("", "accepted")
    assert suggestion.note == "It is in the minutes."


@pytest.mark.parametrize("spoken", ["{}", "{lower}", "{spaced}", "minutes of 2014"])
def test_a_report_is_found_as_its_reference_was_read_aloud(
    admin_client, record, report, spoken
):
    sent = [report, {**report, "message": "Another.", "source": "None"}]
    for each in sent:
        assert admin_client.post(RECORD, each).status_code == 302
    reference = Suggestion.objects.get(message__startswith="It").reference
    Suggestion.objects.filter(message__startswith="It").update(note="minutes of 2014")
    asked = spoken.format(
        reference, lower=reference.lower(), spaced=reference.replace("-", " ")
    )
    answer = admin_client.get(reverse(LIST), {"q": asked})
    assert [s.reference for s in answer.context["cl"].result_list] == [reference]


def test_the_list_leads_to_the_fact_and_takes_few_queries(admin_client, record, report):
    admin_client.post(RECORD, report)
    admin_client.post(SITE, {**report, "part": "other"})

    def queries():
        with CaptureQueriesContext(connection) as found:
            page = admin_client.get(reverse(LIST)).text
        assert 'href="/partnerships/reported/#outcome-1"' in page
        return len(found)

    few = queries()
    for _ in range(4):
        admin_client.post(RECORD, report)
    assert queries() == few


def test_nobody_types_a_report_into_the_admin(admin_client):
    address = reverse("admin:partnerships_suggestion_add")
    assert admin_client.get(address).status_code == 403
