"""Live arrangements with a member that has ended or is due to: rule, page and file."""

import csv
import html
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from partnerships.models import Membership
from partnerships.views import ReorganisationCsvView
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    PartnershipFactory,
    SuccessionFactory,
)
from tests.pages import queries_used
from tests.test_councils import said

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).parent.parent / "fixtures"
TODAY = date(2026, 6, 1)
PAST = date(2019, 3, 31)
AHEAD = date(2028, 3, 31)


def member(ended, left=None, status="ongoing", **fields):
    council = CouncilFactory(ended=ended)
    partnership = PartnershipFactory(status=status)
    return MembershipFactory(
        council=council, partnership=partnership, left=left, **fields
    )


def listed(today=TODAY):
    members = Membership.objects.of_published().in_reorganisation(today)
    return {found.pk: found.ending for found in members}


def rows_of(response):
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


# ---- The rule


@pytest.mark.parametrize(
    ("ended", "left", "ending"),
    [
        (None, None, None),  # it exists
        (PAST, None, "ended"),
        (PAST, "2019-03-31", None),  # its leaving is recorded
        (PAST, "2012", None),
        (TODAY - timedelta(days=1), None, "ended"),
        (TODAY, None, "due"),  # the last full day is still its own
        (AHEAD, None, "due"),
        (AHEAD, "2012", None),  # left long before
        (AHEAD, "2028-03-30", None),
        (AHEAD, "2028-03-31", "due"),  # to leave on that day is to be reorganised
        (AHEAD, "2028-03", "due"),  # it may be that day
        (AHEAD, "2028", "due"),
    ],
)
def test_a_member_is_listed_by_its_councils_end_and_its_own(ended, left, ending):
    found = member(ended, left)
    assert listed() == ({found.pk: ending} if ending else {})


@pytest.mark.parametrize(
    ("status", "is_listed"), [("ongoing", True), ("not-known", True), ("ended", False)]
)
def test_only_what_is_not_known_to_have_ended_is_live(status, is_listed):
    member(PAST, status=status)
    assert bool(listed()) is is_listed


@pytest.mark.parametrize("publication", ["draft", "withdrawn"])
def test_readers_see_published_records_alone(client, publication):
    found = member(PAST)
    type(found.partnership).objects.update(publication=publication)
    assert rows_of(client.get("/reorganisation.csv")) == []
    assert Membership.objects.in_reorganisation(TODAY).get() == found


def test_a_second_time_in_the_arrangement_counts_alone():
    first = member(PAST, joined="2008", left="2010")
    second = MembershipFactory(
        council=first.council, partnership=first.partnership, joined="2012"
    )
    assert listed() == {second.pk: "ended"}


def test_the_shipped_records_against_plain_python(client, registry):
    councils, partnerships, members = {}, {}, []
    for name in ("councils", "partnerships"):
        for row in json.loads((FIXTURES / f"{name}.json").read_text()):
            fields = row["fields"]
            if row["model"] == "councils.council":
                councils[fields["slug"]] = fields
            if row["model"] == "partnerships.partnership":
                partnerships[fields["slug"]] = fields
            if row["model"] == "partnerships.membership":
                members.append((fields["partnership"][0], fields["council"][0], fields))
    expected = {
        (partnership, council)
        for partnership, council, fields in members
        if partnerships[partnership]["status"] in {"ongoing", "not-known"}
        and councils[council]["ended"]
        and fields["left"] is None
    }
    rows = rows_of(client.get("/reorganisation.csv"))
    assert {(row["partnership"], row["council"]) for row in rows} == expected
    assert len(rows) == len(expected) > 0
    assert {row["when"] for row in rows} == {"ended"}
    text = said(client, "/reorganisation/")
    for row in rows:
        partnership = partnerships[row["partnership"]]
        assert row["status"] == partnership["status"]
        assert row["latest_evidence"] == partnership["latest_evidence"]
        assert f"{partnership['name']} Not known; newest evidence" in text


# ---- The heirs


@pytest.fixture
def reorganised():
    """Four members: along a chain, split, due to end in part, due without an heir."""
    today = timezone.localdate()
    ahead = today + timedelta(days=100)
    first = CouncilFactory(slug="first", short_name="First", ended=date(2009, 3, 31))
    middle = CouncilFactory(slug="middle", started=date(2009, 4, 1), ended=PAST)
    last = CouncilFactory(slug="last", started=date(2019, 4, 1), ended=ahead)
    beyond = CouncilFactory(slug="beyond", started=ahead + timedelta(days=1))
    rest = CouncilFactory(slug="rest", started=ahead + timedelta(days=1))
    SuccessionFactory(predecessor=first, successor=middle)
    SuccessionFactory(predecessor=middle, successor=last)
    SuccessionFactory(predecessor=last, successor=beyond, extent="part")
    SuccessionFactory(predecessor=last, successor=rest, extent="part")
    split = CouncilFactory(slug="split", nation="wales", region="wales", ended=PAST)
    for slug in ("east", "west"):
        heir = CouncilFactory(slug=slug, started=date(2019, 4, 1))
        SuccessionFactory(predecessor=split, successor=heir, extent="part")
    alone = CouncilFactory(slug="alone", ended=ahead + timedelta(days=365))
    for council in (alone, last, split, first):
        partnership = PartnershipFactory(latest_evidence="2018-05")
        MembershipFactory(council=council, partnership=partnership)
    return ahead


def test_the_file_names_the_heirs_over_chains_and_splits(client, reorganised):
    found = [
        (row["council"], row["when"], row["heirs"], row["heir_extents"])
        for row in rows_of(client.get("/reorganisation.csv"))
    ]
    assert found == [
        ("first", "ended", "last", "whole"),
        ("split", "ended", "east; west", "part; part"),
        ("last", "due", "beyond; rest", "part; part"),
        ("alone", "due", "", ""),
    ]


def test_the_page_names_the_vesting_day_the_heirs_and_the_evidence(client, reorganised):
    text = said(client, "/reorganisation/")
    assert "Ongoing when last evidenced, May 2018 Member First Test Council:" in text
    assert "Ended Last day 31 March 2009; vesting day 1 April 2009 Area now in" in text
    last_day = f"{reorganised.day} {reorganised:%B %Y}"
    vesting = reorganised + timedelta(days=1)
    vesting_day = f"{vesting.day} {vesting:%B %Y}"
    assert f"(the whole area), itself due to end on {last_day}" in text
    assert f"Due to end Last day {last_day}; vesting day {vesting_day} Area" in text
    assert "Area then in Not recorded" in text


# ---- The page and its file


@pytest.mark.parametrize(
    ("query", "councils"),
    [
        ("", ["first", "split", "last", "alone"]),
        ("sort=-vesting", ["alone", "last", "split", "first"]),
        ("when=ended", ["first", "split"]),
        ("when=due", ["last", "alone"]),
        ("when=due&when=ended", ["first", "split", "last", "alone"]),
        ("nation=wales", ["split"]),
        ("region=south-east&when=ended", ["first"]),
        ("region=london", []),
    ],
)
def test_the_file_has_the_rows_of_the_page(client, reorganised, query, councils):
    rows = rows_of(client.get(f"/reorganisation.csv?{query}"))
    assert [row["council"] for row in rows] == councils
    page = client.get(f"/reorganisation/?{query}").content.decode()
    shown = re.findall(
        r'<dt>Member</dt>\s*<dd>\s*<a class="govuk-link" href="/councils/([^/]+)/', page
    )
    assert shown == councils
    link = re.search(r'href="(/reorganisation\.csv[^"]*)"', page)
    if councils:
        again = rows_of(client.get(html.unescape(link[1])))
        assert [[*row.values()] for row in again] == [[*row.values()] for row in rows]
    else:
        assert link is None
        assert "Remove the filter “Region of the council” to see 4 memberships" in said(
            client, f"/reorganisation/?{query}"
        )


def test_the_count_beside_an_option_is_what_choosing_it_shows(client, reorganised):
    questions = client.get("/reorganisation/?nation=england").context["filter"]
    counts = {
        name: {option.value: option.records for option in questions.options(name)}
        for name in questions.counted
    }
    assert counts["when"] == {"ended": 1, "due": 2}
    assert counts["nation"]["england"] == 3
    assert counts["nation"]["wales"] == 1
    assert counts["region"]["south-east"] == 3
    assert counts["region"]["wales"] == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("wen=due", "“wen” is not a filter. Did you mean “when”?"),
        ("when=soon", "“soon” is not a value of this filter. Its values are: ended"),
        ("sort=name", "“name” is not a way to sort. The ways are: vesting, -vesting"),
    ],
)
def test_a_mistaken_question_is_refused(client, query, sentence):
    text = said(client, f"/reorganisation/?{query}", status=400)
    assert sentence in text
    assert "No member of a live arrangement" not in text
    file = client.get(f"/reorganisation.csv?{query}")
    assert file.status_code == 400
    assert sentence in file.content.decode()


def test_an_empty_registry_says_so_in_words(client):
    text = said(client, "/reorganisation/")
    assert "No member of a live arrangement has ended without leaving it" in text
    assert "This is not proof that none is planned." in text


def test_a_known_coming_end_takes_the_warning_back(client, reorganised):
    assert "not proof that none" not in said(client, "/reorganisation/")


def test_pages_are_valid_html(client, reorganised, assert_valid_html):
    for query in ("", "?when=due", "?region=london", "?wen=due"):
        assert_valid_html(client.get(f"/reorganisation/{query}").content.decode())


def test_other_pages_lead_to_it(client, reorganised):
    for address in ("/", "/councils/", "/councils/last/", "/councils/split/"):
        assert 'href="/reorganisation/"' in client.get(address).content.decode()


@pytest.mark.parametrize("url", ["/reorganisation/", "/reorganisation.csv"])
def test_queries_do_not_grow_with_the_registry(client, url):
    def more(number):
        for _ in range(number):
            MembershipFactory(council=SuccessionFactory().predecessor)
            member(AHEAD, joined="2010")

    more(2)
    few = queries_used(client, url)
    more(10)
    assert queries_used(client, url) == few


def test_every_column_is_described():
    described = (FIXTURES.parent / "docs" / "records.md").read_text(encoding="utf-8")
    section = described.partition("\n## Reorganisation\n")[2].partition("\n## ")[0]
    for column in ReorganisationCsvView().table.columns:
        assert f"`{column.name}`" in section
