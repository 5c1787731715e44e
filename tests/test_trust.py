"""What the registry says of itself is so: about, accessibility and privacy."""

import re

import html5lib
import pytest

from briefings import accessibility
from tests.conftest import ROOT
from tests.factories import BriefingFactory, PartnershipFactory
from tests.pages import queries_used

pytestmark = pytest.mark.django_db


def text_of(answer):
    page = html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)
    return " ".join("".join(page.find(".//main").itertext()).split())


@pytest.mark.parametrize("address", ["/about/", "/accessibility/", "/privacy/"])
def test_pages_are_valid_and_every_page_leads_to_them(
    client, registry, assert_valid_html, address
):
    assert_valid_html(client.get(address).text)
    for start in ("/", "/partnerships/ek-services/", "/no-such-page/"):
        assert f'href="{address}"' in client.get(start).text


# ---- About


def test_about_says_what_the_37_are_and_are_not(client, registry):
    said = text_of(client.get("/about/"))
    assert "The registry holds 37 arrangements." in said
    assert "The other 35 are our own reconstruction from the public record" in said
    assert "must not be taken for Socitm’s own list" in said


def test_about_gives_the_credits_of_the_readme(client):
    said = text_of(client.get("/about/"))
    readme = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", (ROOT / "README.md").read_text())
    credits = " ".join(readme.partition("## Licences and credits")[2].split())
    for part in (
        "Council codes, names and points come from the Office for National Statistics,"
        " GOV.UK registers and digital-land, under the Open Government Licence v3.0;"
        " they contain OS data, Crown copyright and database right.",
        "Names and former codes follow mySociety’s list of UK local authorities, under"
        " CC BY 4.0.",
    ):
        assert part in credits
        assert part in said


def test_about_says_how_to_cite_the_registry_with_the_date_of_its_data(client):
    PartnershipFactory(latest_evidence="2014-05")
    assert (
        "Shared Services Partnership Registry. Date of the data: May 2014."
        " http://testserver/partnerships/"
    ) in text_of(client.get("/about/"))


def test_about_tells_of_the_checks_that_records_tell_of(client):
    record = PartnershipFactory()
    assert "no check is recorded yet" in client.get(record.get_absolute_url()).text
    said = text_of(client.get("/about/"))
    assert "says so where a check is overdue or none is recorded yet" in said


def test_about_answers_while_the_registry_is_empty(client):
    assert "Date of the data: not known." in text_of(client.get("/about/"))


def test_about_takes_as_many_queries_for_many_records_as_for_few(client):
    BriefingFactory().names.add(PartnershipFactory())
    few = queries_used(client, "/about/")
    BriefingFactory().names.add(*PartnershipFactory.create_batch(4))
    assert queries_used(client, "/about/") == few


# ---- Accessibility


def test_the_statement_gives_the_date_of_its_record(client):
    said = text_of(client.get("/accessibility/"))
    assert f"last tested on {accessibility.TESTED.in_words()}" in said
    for width in accessibility.WIDTHS:
        assert str(width) in said
    for address in accessibility.PAGES.values():
        assert address in said


def test_the_statement_names_a_page_of_every_kind(client, registry):
    drawn: set[str] = set()
    for address in accessibility.PAGES.values():
        drawn |= {template.name for template in client.get(address).templates}
    pages = {
        str(path.relative_to(ROOT / "templates"))
        for path in (ROOT / "templates").rglob("*.html")
        if '{% extends "base.html" %}' in path.read_text()
    }
    refusals = {f"{status}.html" for status in (400, 403, 410, 429, 500, 503)}
    refusals |= {"403_csrf.html", "partnerships/report_thanks.html"}
    refusals |= {"accounts/locked_out.html"}
    assert pages - drawn - refusals == set()


def test_the_statement_says_where_to_report_a_barrier(client):
    page = client.get("/accessibility/").text
    assert 'href="/report/?about=accessibility"' in page
    assert client.get("/report/?about=accessibility").status_code == 200


# ---- Privacy


def test_privacy_says_what_the_settings_do(client, settings):
    settings.REPORT_EMAIL_DAYS = 77
    settings.OPERATOR = "Pretend <Society>"
    page = client.get("/privacy/")
    assert "77 days at most" in text_of(page)
    assert "This site is run by Pretend &lt;Society&gt;." in page.text
    settings.OPERATOR = ""
    assert "has not put a name here" in client.get("/privacy/").text


def test_reading_sets_no_cookie(client, registry):
    for address in accessibility.PAGES.values():
        if "/report/" not in address:
            assert not client.get(address).cookies, address
    assert {*client.get("/report/").cookies} == {"csrftoken"}


def test_privacy_names_every_cookie(client, admin_client):
    said = text_of(client.get("/privacy/"))
    admin_client.get("/report/")
    for cookie in admin_client.cookies:
        assert f"“{cookie}”" in said
