"""The council list, its file, the pages and the suggestions, against plain Python.

`Brute` answers the list's questions from the fixtures' JSON alone, without the
database, so that a mistake in a query cannot hide in the expected answer.
"""

import csv
import html
import io
import json
import re
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.http import urlencode
from hypothesis import given, settings
from hypothesis import strategies as st

from councils.arrangements import Arrangements
from councils.choices import CouncilType, Nation, Region
from councils.folding import fold, folded_words
from councils.lineage import Lineage
from councils.models import Council, CouncilName, FormerCode, Succession
from councils.notes import fate, found_as
from tests.factories import (
    CouncilFactory,
    CouncilNameFactory,
    FormerCodeFactory,
    MembershipFactory,
    PartnershipFactory,
    SuccessionFactory,
)
from tests.pages import queries_used

FIXTURES = Path(__file__).parent.parent / "fixtures"
FILTERS = {
    "existing": ["existing", "abolished"],
    "nation": Nation.values,
    "region": Region.values,
    "council_type": CouncilType.values,
    "has_arrangements": ["own", "inherited", "none"],
}
SORTS = ["name", "-name", "started", "-started", "arrangements", "-arrangements"]


class Brute:
    """The shipped records as plain dictionaries, and every answer by hand."""

    def __init__(self):
        rows = defaultdict(list)
        for name in ("councils", "partnerships"):
            for row in json.loads((FIXTURES / f"{name}.json").read_text()):
                rows[row["model"]].append(row["fields"])
        self.councils = {row["slug"]: row for row in rows["councils.council"]}
        self.names = defaultdict(list)
        for row in rows["councils.councilname"]:
            self.names[row["council"][0]].append(row["name"])
        self.codes = defaultdict(list)
        for row in rows["councils.formercode"]:
            self.codes[row["council"][0]].append(row["gss_code"])
        self.before = defaultdict(list)
        for row in rows["councils.succession"]:
            self.before[row["successor"][0]].append(row["predecessor"][0])
        self.own = defaultdict(set)
        for row in rows["partnerships.membership"]:
            self.own[row["council"][0]].add(row["partnership"][0])
        assert {row["publication"] for row in rows["partnerships.partnership"]} == {
            "published"
        }

    def past(self, slug):
        for predecessor in self.before[slug]:
            yield predecessor
            yield from self.past(predecessor)

    def inherited(self, slug):
        past = [self.own[predecessor] for predecessor in self.past(slug)]
        return set().union(*past) - self.own[slug]

    def texts(self, slug):
        row = self.councils[slug]
        own = [row["name"], row["short_name"], row["name_cy"], row["gss_code"]]
        return [fold(text) for text in own + self.names[slug] + self.codes[slug]]

    def values(self, slug, name):
        """Return the values of a filter under which a council is found."""
        row = self.councils[slug]
        if name == "existing":
            is_gone = row["ended"] and row["ended"] < str(timezone.localdate())
            return {"abolished" if is_gone else "existing"}
        if name == "has_arrangements":
            own, inherited = self.own[slug], self.inherited(slug)
            both = {"own": own, "inherited": inherited, "none": not (own or inherited)}
            return {value for value, holds in both.items() if holds}
        return {row[name]}

    def fits(self, slug, asked, besides=None):
        return all(
            self.values(slug, name) & set(asked[name])
            for name in FILTERS
            if asked.get(name) and name != besides
        ) and all(
            any(word in text for text in self.texts(slug))
            for word in folded_words(asked.get("name", ""))
        )

    def in_order(self, sort):
        """Sort by the asked column, unknowns last; then by name, the newer first."""
        short_name = {s: fold(row["short_name"]) for s, row in self.councils.items()}
        slugs = sorted(self.councils)
        slugs.sort(key=lambda slug: self.councils[slug]["ended"] or "9", reverse=True)
        slugs.sort(key=short_name.get)
        column = {
            "name": short_name.get,
            "started": lambda slug: self.councils[slug]["started"],
            "arrangements": lambda slug: len(self.own[slug] | self.inherited(slug)),
        }[sort.removeprefix("-")]
        known = [slug for slug in slugs if column(slug) is not None]
        unknown = [slug for slug in slugs if column(slug) is None]
        return sorted(known, key=column, reverse=sort.startswith("-")) + unknown

    def answer(self, asked):
        slugs = self.in_order(asked.get("sort") or "name")
        return [slug for slug in slugs if self.fits(slug, asked)]

    def count(self, asked, name, value):
        """Return how many a value would show under all the other filters."""
        return sum(
            value in self.values(slug, name)
            for slug in self.councils
            if self.fits(slug, asked, besides=name)
        )


BRUTE = Brute()
TEXTS = sorted({text for slug in BRUTE.councils for text in BRUTE.texts(slug) if text})


@st.composite
def questions(draw):
    """Draw parameters of the list, most of them absent."""
    asked = {
        name: draw(st.lists(st.sampled_from(values), max_size=3, unique=True))
        for name, values in FILTERS.items()
        if draw(st.booleans())
    }
    if draw(st.booleans()):
        words = ["north", "st", "ayl", "DURHAM", "môn", "E0", "king’s", "county of"]
        asked["name"] = draw(st.sampled_from(words) | st.sampled_from(TEXTS))
    if draw(st.booleans()):
        asked["sort"] = draw(st.sampled_from(SORTS))
    return asked


def address(path, asked):
    return f"{path}?{urlencode(asked, doseq=True)}"


def slugs_on(page):
    return re.findall(
        r'registry-result__heading">\s*<a href="/councils/([^/"]+)/"', page
    )


def text_of(page):
    """Return what a page says, without its tags, on one line."""
    text = html.unescape(re.sub(r"<[^>]*>", " ", page))
    return re.sub(r"\s+([.,;:])", r"\1", " ".join(text.split()))


def said(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return text_of(response.content.decode())


def rows_of(response):
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


# ---- The list and its file


@given(questions())
@settings(max_examples=25)
@pytest.mark.usefixtures("registry")
def test_the_file_has_the_rows_of_the_pages_in_their_order(client, asked):
    expected = BRUTE.answer(asked)
    rows = rows_of(client.get(address("/councils.csv", asked)))
    assert [row["slug"] for row in rows] == expected
    number_of_pages = max(1, -(-len(expected) // 25))
    for number in {1, (number_of_pages + 1) // 2, number_of_pages}:
        url = address("/councils/", {**asked, "page": number})
        page = client.get(url).content.decode()
        assert slugs_on(page) == expected[25 * (number - 1) : 25 * number]
        assert f"{len(expected) or 'No'} council" in text_of(page)


@given(questions())
@settings(max_examples=25)
@pytest.mark.usefixtures("registry")
def test_the_count_beside_an_option_is_what_choosing_it_shows(client, asked):
    questions = client.get(address("/councils/", asked)).context["filter"]
    for name, values in FILTERS.items():
        assert [
            (option.value, option.records, option.is_chosen)
            for option in questions.options(name)
        ] == [
            (value, BRUTE.count(asked, name, value), value in asked.get(name, []))
            for value in values
        ]


@given(questions())
@settings(max_examples=25)
@pytest.mark.usefixtures("registry")
def test_each_way_out_of_an_empty_list_leads_to_what_it_says(client, asked):
    asked = {name: value for name, value in asked.items() if value}
    page = client.get(address("/councils/", asked)).content.decode()
    offered = dict(
        re.findall(
            r'href="([^"]+)">Remove the filter “[^”]+” to see (\d+) council', page
        )
    )
    if BRUTE.answer(asked):
        assert offered == {}
        return
    without = [
        len(BRUTE.answer({k: v for k, v in asked.items() if k != name}))
        for name in asked
        if name != "sort"
    ]
    assert sorted(map(int, offered.values())) == sorted(filter(None, without))
    for link, count in offered.items():
        text = said(client, html.unescape(link).removesuffix("#results"))
        assert f" {count} council" in text


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("sort", SORTS)
def test_unknown_first_days_come_last_both_ways(client, sort):
    rows = rows_of(client.get(f"/councils.csv?sort={sort}"))
    assert [row["slug"] for row in rows] == BRUTE.in_order(sort)
    if "started" in sort:
        assert [row["started"] for row in rows].index("") == len(rows) - 1


@pytest.mark.django_db
def test_of_bodies_with_one_name_the_newest_comes_first(client):
    for ended in (date(2009, 3, 31), None, date(2019, 3, 31)):
        CouncilFactory(short_name="Testford", ended=ended)
    for sort in ("name", "-name", "started", "arrangements"):
        rows = rows_of(client.get(f"/councils.csv?sort={sort}"))
        ends = [row["ended"] for row in rows]
        assert ends == ["", "2019-03-31", "2009-03-31"]


@pytest.mark.usefixtures("registry")
def test_the_file_says_what_the_record_says(client):
    rows = {row["slug"]: row for row in rows_of(client.get("/councils.csv"))}
    assert len(rows) == 499
    for slug, council in BRUTE.councils.items():
        row = rows[slug]
        for name, value in council.items():
            if isinstance(value, float):
                assert float(row[name]) == value
            else:
                assert row[name] == (value or "")
        assert row["other_names"].split("; ") == (sorted(BRUTE.names[slug]) or [""])
        codes = sorted(BRUTE.codes[slug])
        assert row["former_gss_codes"].split("; ") == (codes or [""])
        assert set(row["predecessors"].split("; ")) == set(BRUTE.before[slug] or [""])
        assert row["own_arrangements"] == str(len(BRUTE.own[slug]))
        assert row["inherited_arrangements"] == str(len(BRUTE.inherited(slug)))
        assert row["page"] == f"/councils/{slug}/"
    assert rows["aylesbury-vale"]["successors"] == "buckinghamshire"
    assert rows["aylesbury-vale"]["council_type_name"] == "Non-metropolitan district"
    assert rows["aylesbury-vale"]["region_name"] == "South East"


@pytest.mark.usefixtures("registry")
def test_the_link_to_the_file_carries_the_filters_and_its_signature(client):
    url = "/councils/?nation=wales&name=sir&sort=-name"
    page = client.get(url).content.decode()
    count = len(BRUTE.answer({"nation": ["wales"], "name": "sir"}))
    link = re.search(
        rf'href="([^"]+)">Download these {count} councils \(CSV\)</a>', page
    )
    response = client.get(html.unescape(link[1]))
    lines = b"".join(response.streaming_content).decode()
    assert lines.startswith("\ufeffslug,")
    assert len(lines.splitlines()) == count + 1
    assert 'filename="councils.csv"' in response["Content-Disposition"]
    plain = b"".join(client.get("/councils.csv").streaming_content)
    assert plain.startswith(b"slug,")


@pytest.mark.usefixtures("registry")
def test_a_chip_takes_its_answer_back_and_keeps_the_others(client):
    page = client.get(
        "/councils/?nation=wales&nation=scotland&region=wales&sort=-name"
    ).content.decode()
    chips = re.findall(
        r'registry-chip"\s+href="([^"]+)">.*?</span>([^<]+)</a>', page, re.S
    )
    assert [(html.unescape(link), words) for link, words in chips] == [
        (
            "/councils/?nation=wales&region=wales&sort=-name#results",
            "Nation: Scotland",
        ),
        (
            "/councils/?nation=scotland&region=wales&sort=-name#results",
            "Nation: Wales",
        ),
        (
            "/councils/?nation=scotland&nation=wales&sort=-name#results",
            "Region: Wales",
        ),
    ]
    assert '<a class="govuk-link" href="/councils/#results">Clear all' in page


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        (
            "nam=x",
            ["“nam” is not a filter. Did you mean “name”? The filters are: name,"],
        ),
        (
            "region=south",
            [
                "“south” is not a value of this filter.",
                "south-east, south-west",
            ],
        ),
        ("existing=yes", ["“yes” is not a value", "existing, abolished"]),
        ("has_arrangements=2", ["“2” is not a value", "own, inherited, none"]),
        ("sort=size", ["“size” is not a way to sort", "name, -name, started"]),
        ("name=%3F", ["Type at least one letter or digit"]),
        ("name=" + "a+" * 21, ["Type at most 20 words"]),
        ("name=a&name=b", ["Give “name” once"]),
        ("name=a%00b", ["Null characters are not allowed"]),
    ],
)
def test_a_mistaken_question_is_refused_with_the_right_ones(client, query, sentences):
    page = said(client, f"/councils/?{query}", status=400)
    assert "There is a problem with the question" in page
    assert "No councils shown" in page
    file = client.get(f"/councils.csv?{query}")
    assert file.status_code == 400
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    for sentence in sentences:
        assert sentence in page
        assert sentence in file.content.decode()


@pytest.mark.usefixtures("registry")
def test_the_right_filters_are_kept_beside_a_mistaken_one(client):
    url = "/councils/?nation=wales&region=wales&region=south"
    page = client.get(url).content.decode()
    for value in ("nation-wales", "region-wales"):
        box = re.search(rf'<input[^>]*id="{value}"[^>]*>', page)[0]
        assert "checked" in box
    assert 'href="/councils/?nation=wales#results"' in page


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("page", ["21", "0", "-1", "last", "1.5", "9" * 5000])
def test_a_page_that_is_not_there_is_refused(client, page):
    text = said(client, f"/councils/?page={page}", status=400)
    assert "is not a page of this list: its pages are 1 to 20" in text


@pytest.mark.parametrize("query", ["excel=no", "page=1", "excel=yes&nam=x"])
def test_a_file_takes_no_other_parameter(client, db, query):
    assert client.get(f"/councils.csv?{query}").status_code == 400


@pytest.mark.usefixtures("registry")
def test_a_label_counts_as_its_value(client):
    rows = rows_of(client.get("/councils.csv?region=South+East"))
    assert [row["slug"] for row in rows] == BRUTE.answer({"region": ["south-east"]})


@pytest.mark.usefixtures("registry")
def test_a_search_of_many_short_words_is_answered(client):
    said(client, "/councils/?name=" + "+".join("abcdefghijklmnopqrst"))


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("text", "slug", "reason"),
    [
        ("E07000097", "east-hertfordshire", "Formerly E07000097"),
        ("e07000097", "east-hertfordshire", "Formerly E07000097"),
        ("shepway", "folkestone-hythe", "Also known as Shepway"),
        ("Ynys Môn", "isle-of-anglesey", "Welsh name Cyngor Sir Ynys Môn"),
        ("ynys mon", "isle-of-anglesey", "Welsh name Cyngor Sir Ynys Môn"),
        ("abertawe", "swansea", "Also known as Abertawe"),
        ("E07000004", "aylesbury-vale", "GSS code E07000004"),
        ("kings lynn", "kings-lynn-and-west-norfolk", ""),
    ],
)
def test_a_search_says_why_it_found_a_council(client, text, slug, reason):
    page = client.get(address("/councils/", {"name": text})).content.decode()
    assert slug in slugs_on(page)
    assert reason in text_of(page)


@pytest.mark.usefixtures("registry")
def test_an_abolished_council_is_found_with_its_heirs(client):
    assert "Abolished 31 March 2020, now Buckinghamshire Council" in said(
        client, "/councils/?name=aylesbury"
    )
    assert "Abolished 31 March 2019, now Somerset Council" in said(
        client, "/councils/?name=taunton+deane"
    )
    assert (
        "Abolished 31 March 2021, now North Northamptonshire Council (in part)"
        " and West Northamptonshire Council (in part)"
        in said(client, "/councils/?name=northamptonshire+county")
    )


# ---- One council


@pytest.mark.usefixtures("registry")
def test_an_heir_s_page_lists_what_its_predecessors_shared(client):
    text = said(client, "/councils/buckinghamshire/")
    own, inherited = text.split("Arrangements inherited from predecessors")
    assert "No arrangement is recorded in this council’s own name" in own
    assert "this is not proof that there was none" in own
    assert (
        "Aylesbury Vale and Dacorum ICT partnership Aylesbury Vale District Council:"
        " Lead authority, joining date not known, left April 2013" in inherited
    )
    assert "Ended April 2013 Newest evidence 5 June 2013" in inherited


@pytest.mark.usefixtures("registry")
def test_an_abolished_council_s_page_leads_to_its_heirs(client):
    text = said(client, "/councils/northamptonshire-county-council/")
    assert "Its last full day was 31 March 2021." in text
    assert "North Northamptonshire Council (a part of it)" in text
    assert "West Northamptonshire Council (a part of it)" in text
    assert "LGSS Partner, joined October 2010, left" in text
    assert (
        "1 April 2021 North Northamptonshire Council took over a part of the area of"
        " Northamptonshire County Council." in text
    )


@pytest.mark.usefixtures("registry")
def test_a_part_of_an_area_is_never_the_whole(client):
    text = said(client, "/councils/north-northamptonshire/")
    assert "Northamptonshire County Council (a part of its area): Partner" in text
    assert "Kettering Borough Council (a part" not in text


@pytest.mark.usefixtures("registry")
def test_a_chain_is_told_step_by_step_with_the_legal_body(client):
    text = said(client, "/councils/somerset/")
    assert (
        "1 April 2019 Somerset West and Taunton Council took over the whole area of"
        " Taunton Deane Borough Council." in text
    )
    assert (
        "Somerset Council took over the whole area of Somerset County Council: the same"
        " legal body, which went on under the new name." in text
    )
    text = said(client, "/councils/taunton-deane/")
    assert "Somerset Council took over the whole area of Somerset West and" in text


@pytest.mark.usefixtures("registry")
def test_the_facts_of_a_council_are_said_and_what_is_missing_too(client):
    text = said(client, "/councils/isle-of-anglesey/")
    assert "Welsh name Cyngor Sir Ynys Môn" in text
    assert "GSS code W06000001" in text
    assert "Former GSS codes None recorded" in text
    assert "First day with its present type 1 April 1996" in text
    assert "Last full day None recorded" in text
    assert "Type Welsh principal area Nation Wales County area" not in text
    assert "First day with its present type Not known" in said(
        client, "/councils/city-of-london/"
    )
    assert "GSS code None with nine characters is known" in said(
        client, "/councils/antrim/"
    )


@pytest.mark.usefixtures("registry")
def test_the_numbers_of_a_row_are_those_of_the_page(client):
    arrangements = Arrangements()
    for council in Council.objects.all():
        own, inherited = arrangements.own, arrangements.inherited
        slug = council.slug
        assert len(own.get(council.pk, ())) == len(BRUTE.own[slug])
        assert len(inherited.get(council.pk, ())) == len(BRUTE.inherited(slug))
    for slug in ("somerset", "buckinghamshire", "west-suffolk", "dacorum"):
        page = client.get(f"/councils/{slug}/").content.decode()
        page, *_ = page.partition("Who it shares or shared with")
        shown = set(re.findall(r'href="/partnerships/([^/"]+)/"', page))
        assert shown == BRUTE.own[slug] | BRUTE.inherited(slug)


@pytest.mark.django_db
def test_an_arrangement_that_both_were_members_of_is_the_council_s_own(client):
    succession = SuccessionFactory()
    partnership = PartnershipFactory(name="Pretend pair")
    for council in (succession.predecessor, succession.successor):
        MembershipFactory(partnership=partnership, council=council)
    arrangements = Arrangements()
    assert arrangements.own[succession.successor.pk] == {partnership.pk}
    assert arrangements.inherited == {}
    text = said(client, succession.successor.get_absolute_url())
    own, inherited = text.split("Arrangements inherited from predecessors")
    assert f"{succession.predecessor}: Partner" in own
    assert "No other arrangement is recorded" in inherited


@pytest.mark.django_db
def test_two_memberships_in_one_arrangement_count_once(client):
    council = CouncilFactory()
    partnership = PartnershipFactory()
    for joined, left in (("2008", "2010"), ("2012", None)):
        MembershipFactory(
            council=council, partnership=partnership, joined=joined, left=left
        )
    assert rows_of(client.get("/councils.csv"))[0]["own_arrangements"] == "1"
    text = said(client, council.get_absolute_url())
    assert text.count(str(partnership)) == 1
    assert "Partner, joined 2008, left 2010 Partner, joined 2012, no leaving" in text


@pytest.mark.django_db
@pytest.mark.parametrize("publication", ["draft", "withdrawn"])
def test_what_is_not_published_is_neither_shown_nor_counted(client, publication):
    succession = SuccessionFactory()
    hidden = PartnershipFactory(name="Pretend secret", publication=publication)
    MembershipFactory(partnership=hidden, council=succession.predecessor)
    for row in rows_of(client.get("/councils.csv")):
        assert row["own_arrangements"] == row["inherited_arrangements"] == "0"
    for council in (succession.predecessor, succession.successor):
        assert "secret" not in said(client, council.get_absolute_url())


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("code", ["E07000004", "e07000004"])
def test_a_code_in_the_address_leads_to_its_council(client, code):
    response = client.get(f"/councils/{code}/")
    assert response.status_code == 301
    assert response["Location"] == "/councils/aylesbury-vale/"


@pytest.mark.usefixtures("registry")
def test_a_former_code_in_the_address_leads_to_its_council(client):
    response = client.get("/councils/E07000097/")
    assert response.status_code == 301
    assert response["Location"] == "/councils/east-hertfordshire/"


@pytest.mark.django_db
def test_an_address_of_no_council_is_not_found(client):
    CouncilFactory(gss_code="")
    assert client.get("/councils/nowhere/").status_code == 404


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    "url",
    [
        "/councils/?name=north&nation=england&sort=-name&page=2",
        "/councils/?name=shepway&nation=wales",
        "/councils/?nam=x&region=south",
        "/councils/somerset/",
        "/councils/castlereagh/",
        "/councils/isle-of-anglesey/",
    ],
)
def test_the_pages_are_valid_html(client, assert_valid_html, url):
    assert_valid_html(client.get(url).content.decode())


# ---- Dates ahead


TODAY = date(2026, 6, 1)


@pytest.fixture
def planned(db):
    """A council that is to end, and the heir that has not begun."""
    old = CouncilFactory(name="Old Council", ended=date(2028, 3, 31))
    new = CouncilFactory(name="New Council", started=date(2028, 4, 1))
    SuccessionFactory(predecessor=old, successor=new)
    return old, new


def test_a_planned_end_leads_to_the_heir_of_its_vesting_day(client, db):
    last_day = timezone.localdate() + timedelta(days=30)
    after = last_day + timedelta(days=1)
    old = CouncilFactory(name="Old Council", ended=last_day)
    new = CouncilFactory(name="New Council", started=after)
    SuccessionFactory(predecessor=old, successor=new, extent="part")
    vesting = f"{after.day} {after:%B %Y}"
    text = said(client, old.get_absolute_url())
    assert f"From {vesting} its area will be in: New Council (a part of it)" in text
    step = f"{vesting} New Council is to take over a part of the area of Old Council."
    assert step in text
    assert step in said(client, new.get_absolute_url())
    record = MembershipFactory(council=old).partnership
    assert (
        f"To be abolished {last_day.day} {last_day:%B %Y}, then New Council (in part)"
        in said(client, record.get_absolute_url())
    )


@pytest.mark.parametrize("name", ["Old Council", "New Council"])
def test_a_body_that_went_on_was_not_abolished(client, db, name):
    old = CouncilFactory(name="Old Council", ended=date(2019, 3, 31))
    new = CouncilFactory(name=name, started=date(2019, 4, 1))
    SuccessionFactory(predecessor=old, successor=new, is_same_legal_body=True)
    words = f"went on as {name} from 1 April 2019, the same legal body"
    assert fate(old, Lineage(), TODAY) == words
    page = said(client, old.get_absolute_url())
    assert "abolished" not in page
    assert f"This council went on as {name}, the same legal body" in page
    took_over = f"{name} took over the whole area of Old Council: the same legal body,"
    renamed = " under the new name" if name != old.name else ""
    assert f"{took_over} which went on{renamed}." in page
    # What became of that body later is said as well.
    last = CouncilFactory(name="Last Council", started=date(2021, 4, 1))
    new.ended = date(2021, 3, 31)
    new.save()
    SuccessionFactory(predecessor=new, successor=last)
    assert fate(old, Lineage(), TODAY) == f"{words}, now Last Council"


def test_a_planned_end_is_told_as_planned(planned):
    old, new = planned
    lineage = Lineage()
    ends = "abolished 31 March 2028"
    assert fate(old, lineage, TODAY) == f"to be {ends}, then New Council"
    assert fate(new, lineage, TODAY) == "begins 1 April 2028"
    last_day = date(2028, 3, 31)
    assert fate(old, lineage, last_day) == f"to be {ends}, then New Council"
    after = date(2028, 4, 1)
    assert fate(old, lineage, after) == f"{ends}, now New Council"
    assert fate(new, lineage, after) == ""


def test_the_last_full_day_still_belongs_to_the_council(planned):
    old, new = planned
    for day, standing in [
        (date(2028, 3, 31), [old]),
        (date(2028, 4, 1), [new]),
    ]:
        assert list(Council.objects.existing_on(day)) == standing
        assert [c for c in planned if c.stood_on(day)] == standing


def test_a_planned_end_is_still_existing_in_the_list(client, db):
    today = timezone.localdate()
    ends = {"yesterday": -1, "today": 0, "tomorrow": 1}
    for slug, days in ends.items():
        CouncilFactory(slug=slug, ended=today + timedelta(days))
    CouncilFactory(slug="ahead", started=today + timedelta(1))

    def found(value):
        rows = rows_of(client.get(f"/councils.csv?existing={value}"))
        return {row["slug"] for row in rows}

    assert found("existing") == {"today", "tomorrow"}
    assert found("abolished") == {"yesterday"}
    assert "This council is to be abolished." in said(client, "/councils/tomorrow/")
    assert "This council begins on" in said(client, "/councils/ahead/")


def test_a_council_without_dates_exists(db):
    council = CouncilFactory(started=None)
    assert list(Council.objects.existing_on(TODAY)) == [council]
    assert council.stood_on(TODAY)


# ---- What a typed text means


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("aylesbury-vale", ["aylesbury-vale"]),
        ("E07000004", ["aylesbury-vale"]),
        (" e07000097 ", ["east-hertfordshire"]),
        ("aylesbury  vale district council", ["aylesbury-vale"]),
        ("Aylesbury Vale", ["aylesbury-vale"]),
        ("Shepway", ["folkestone-hythe"]),
        ("cyngor sir ynys mon", ["isle-of-anglesey"]),
        ("abertawe", ["swansea"]),
        ("ayl", ["aylesbury-vale"]),
        # As the Office for National Statistics spells them.
        ("Bristol, City of", ["bristol"]),
        ("Herefordshire, County of", ["herefordshire"]),
        ("Kingston upon Hull, City of", ["kingston-upon-hull"]),
        # The slug of one of two bodies means that one; their name means both.
        ("buckinghamshire", ["buckinghamshire"]),
        ("Buckinghamshire", ["buckinghamshire", "buckinghamshire-county-council"]),
        ("Bedford", ["bedford", "bedford-borough-council-to-2009"]),
        ("Atlantis", []),
        ("", []),
        (" ?-' ", []),
    ],
)
def test_a_typed_text_means_these_councils(text, slugs):
    found = Council.objects.called(text).in_order()
    assert [council.slug for council in found] == slugs


@pytest.mark.usefixtures("registry")
def test_every_other_name_and_former_code_means_its_council():
    for model, field in ((CouncilName, "name"), (FormerCode, "gss_code")):
        for row in model.objects.select_related("council"):
            assert row.council in Council.objects.called(getattr(row, field))
    for council in Council.objects.exclude(name_cy=""):
        for text in (council.name_cy, council.name, council.gss_code):
            assert list(Council.objects.called(text)) == [council]
        assert list(Council.objects.called(council.slug)) == [council]


# ---- Suggestions


def suggested(client, text):
    response = client.get("/councils/suggest.json", {"name": text})
    assert response.status_code == 200
    return response.json()["councils"]


@pytest.mark.usefixtures("registry")
def test_a_suggestion_says_what_became_of_a_council(client):
    assert suggested(client, "ayl") == [
        {
            "slug": "aylesbury-vale",
            "name": "Aylesbury Vale District Council",
            "note": "abolished 31 March 2020, now Buckinghamshire Council",
            "count": 1,
        }
    ]
    (shepway,) = suggested(client, "shepw")
    assert shepway["slug"] == "folkestone-hythe"
    assert shepway["note"].startswith("also known as Shepway")


@pytest.mark.usefixtures("registry")
def test_suggestions_count_inherited_arrangements_too(client):
    counts = {row["slug"]: row["count"] for row in suggested(client, "somerset")}
    for slug, count in counts.items():
        assert count == len(BRUTE.own[slug] | BRUTE.inherited(slug))
    assert counts["somerset"] > 0


@pytest.mark.usefixtures("registry")
def test_there_are_at_most_ten_suggestions(client):
    assert len(suggested(client, "north")) == 10


@pytest.mark.django_db
def test_suggestions_begin_with_the_name_then_a_word_then_the_rest(client):
    CouncilFactory(short_name="Inkley", name="Inkley Council")
    CouncilFactory(short_name="Old Inkster", name="Old Inkster Council")
    CouncilFactory(short_name="Pinkham", name="Pinkham Council")
    CouncilFactory(
        short_name="Inkbury", name="Inkbury Council", ended=date(2009, 3, 31)
    )
    assert [row["name"] for row in suggested(client, "ink")] == [
        "Inkley Council",
        "Inkbury Council",
        "Old Inkster Council",
        "Pinkham Council",
    ]


@pytest.mark.django_db
def test_nothing_typed_suggests_nothing(client):
    CouncilFactory()
    assert suggested(client, "") == suggested(client, " '-") == []
    assert client.get("/councils/suggest.json").json() == {"councils": []}


@pytest.mark.parametrize(
    "query", ["nam=a", "name=a&x=1", "name=a&name=b", "name=" + "a+" * 21]
)
def test_a_mistaken_request_for_suggestions_is_refused(client, db, query):
    response = client.get(f"/councils/suggest.json?{query}")
    assert response.status_code == 400
    assert response.json()["errors"]


# ---- Notes


@pytest.mark.django_db
def test_a_council_is_found_as_the_name_that_has_the_words():
    council = CouncilFactory(
        name="Testford Borough Council", short_name="Testford", name_cy="Cyngor Prawf"
    )
    CouncilNameFactory(council=council, name="Oldford and Vale")
    CouncilNameFactory(council=council, name="Vale")
    FormerCodeFactory(council=council, gss_code="E07999999")
    for text, reason in [
        ("", ""),
        ("testford", ""),
        ("borough testford", ""),
        ("oldford", "also known as Oldford and Vale"),
        ("vale oldford", "also known as Oldford and Vale"),
        ("testford oldford", "also known as Oldford and Vale"),
        ("prawf", "Welsh name Cyngor Prawf"),
        ("prawf vale", "also known as Oldford and Vale; Welsh name Cyngor Prawf"),
        ("e07999999", "formerly E07999999"),
        ("elsewhere", ""),
    ]:
        assert found_as(council, text) == reason


@pytest.mark.django_db
def test_an_abolished_council_without_a_known_heir_is_only_abolished(client):
    council = CouncilFactory(ended=date(2009, 3, 31))
    assert fate(council, Lineage(), TODAY) == "abolished 31 March 2009"
    assert "does not know which council took over" in said(
        client, council.get_absolute_url()
    )


# ---- Queries


def more(number):
    """Add successions whose councils share, with other names and codes."""
    for _ in range(number):
        succession = SuccessionFactory()
        for council in (succession.predecessor, succession.successor):
            MembershipFactory(council=council)
            CouncilNameFactory(council=council)
            FormerCodeFactory(council=council)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "/councils/",
        "/councils/?name=test&nation=england&has_arrangements=own",
        "/councils/?nation=wales&region=wales",
        "/councils.csv",
        "/councils/suggest.json?name=test",
        "/councils/heir/",
    ],
)
def test_queries_do_not_grow_with_the_registry(client, url):
    heir = CouncilFactory(slug="heir")

    def more_with_an_heir(number):
        more(number)
        for council in Council.objects.filter(ended=date(2019, 3, 31)):
            Succession.objects.get_or_create(
                predecessor=council,
                successor=heir,
                defaults={
                    "last_day": council.ended,
                    "extent": "part",
                    "is_same_legal_body": False,
                },
            )

    more_with_an_heir(2)
    few = queries_used(client, url)
    more_with_an_heir(20)
    assert queries_used(client, url) == few


# ---- What the database refuses

ONE_POINT = {"latitude": 51.5, "longitude": -0.1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("council_type_in_list", {"council_type": "parish"}),
        ("council_type_in_list", {"council_type": ""}),
        ("council_nation_in_list", {"nation": "England"}),
        ("council_region_in_list", {"region": "south"}),
        (
            "council_ends_after_it_starts",
            {"started": date(2019, 4, 1), "ended": date(2019, 3, 31)},
        ),
        (
            "council_ends_on_a_likely_day",
            {"started": None, "ended": date(9999, 12, 31)},
        ),
        ("council_point_in_the_islands", {**ONE_POINT, "latitude": None}),
        ("council_point_in_the_islands", {**ONE_POINT, "longitude": None}),
        ("council_point_in_the_islands", {**ONE_POINT, "latitude": 48.9}),
        ("council_point_in_the_islands", {**ONE_POINT, "latitude": 61.1}),
        ("council_point_in_the_islands", {**ONE_POINT, "longitude": 2.1}),
        ("council_point_in_the_islands", {**ONE_POINT, "longitude": -9.1}),
    ],
)
def test_a_council_outside_the_rules_is_refused(constraint, change):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CouncilFactory(**change)
    with pytest.raises(ValidationError):
        CouncilFactory.build(**change).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {},
        ONE_POINT,
        {"started": None, "ended": date(1990, 1, 1)},
        {"started": date(2019, 4, 1), "ended": date(2019, 4, 1)},
        {"gss_code": ""},
    ],
)
def test_a_council_within_the_rules_is_kept(change):
    CouncilFactory(gss_code="")
    CouncilFactory.build(**change).full_clean()
    CouncilFactory(**change)


@pytest.mark.parametrize(
    "code", ["E0700000", "X07000004", "e07000004", "E07000004\n", "E٠٧٠٠٠٠٠٤"]
)
def test_a_code_of_another_form_is_refused(code):
    for model in (Council, FormerCode):
        with pytest.raises(ValidationError, match="one letter"):
            model._meta.get_field("gss_code").run_validators(code)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "again",
    [
        lambda row: CouncilFactory(slug=row.council.slug),
        lambda row: CouncilFactory(gss_code=row.council.gss_code),
        lambda row: CouncilNameFactory(council=row.council, name=row.name),
        lambda row: FormerCodeFactory(gss_code="E97000001"),
    ],
)
def test_nothing_is_kept_twice(again):
    name = CouncilNameFactory()
    FormerCodeFactory(gss_code="E97000001")
    CouncilNameFactory(name=name.name)  # two councils may share a name
    with pytest.raises(IntegrityError), transaction.atomic():
        again(name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("succession_extent_in_list", {"extent": "half"}),
        ("succession_is_between_two_councils", {"successor": "itself"}),
        ("succession", {"successor": "again"}),
        ("succession_is_on_a_likely_day", {"last_day": date(9999, 12, 31)}),
    ],
)
def test_a_succession_outside_the_rules_is_refused(constraint, change):
    kept = SuccessionFactory()
    councils = {"predecessor": kept.predecessor, "successor": CouncilFactory()}
    if change.get("successor") == "itself":
        councils["successor"] = kept.predecessor
    if change.get("successor") == "again":
        councils["successor"] = kept.successor
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SuccessionFactory(**{**change, **councils})


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["predecessor", "successor"])
def test_a_council_with_a_succession_cannot_be_deleted(end):
    succession = SuccessionFactory()
    with pytest.raises(ProtectedError):
        getattr(succession, end).delete()


# ---- Keys and fixtures


@pytest.mark.django_db
def test_every_row_has_a_natural_key():
    succession = SuccessionFactory()
    rows = [
        succession,
        succession.predecessor,
        CouncilNameFactory(),
        FormerCodeFactory(),
    ]
    for row in rows:
        manager = type(row)._default_manager
        assert manager.get_by_natural_key(*row.natural_key()) == row


@pytest.mark.django_db
def test_the_fixture_holds_every_council_and_loading_it_twice_changes_nothing():
    def loaded():
        call_command("loaddata", FIXTURES / "councils.json", verbosity=0)
        out = io.StringIO()
        call_command(
            "dumpdata",
            "councils",
            use_natural_foreign_keys=True,
            use_natural_primary_keys=True,
            stdout=out,
        )
        return json.loads(out.getvalue())

    first = loaded()
    assert first == json.loads((FIXTURES / "councils.json").read_text())
    assert loaded() == first
    assert Council.objects.count() == 499
    assert Succession.objects.count() == 126


@pytest.mark.usefixtures("registry")
def test_every_shipped_row_keeps_the_rules():
    for model in (Council, CouncilName, FormerCode, Succession):
        for row in model.objects.all():
            row.full_clean()
