"""No published page says more than its records do, or less than it owes its readers.

Every record, every council with an arrangement and every case study is drawn from the
shipped data and read as a reader would: no fact without a way to its source, no bare
"None", no empty cell without its reason, no date more exact than the record's.
"""

import calendar
import re
from collections.abc import Iterator

import html5lib
import pytest

from briefings.models import Briefing, CaseStudy
from councils.models import Council, Succession
from councils.partial_dates import PartialDate
from partnerships.models import Change, Partnership
from partnerships.reports import parts_of
from partnerships.statistics import date_of_the_data
from tests.pages import text_of as words

pytestmark = pytest.mark.django_db

MONTHS = "|".join(calendar.month_name[1:])
DATE = re.compile(rf"\b(?:[0-9]{{1,2}} )?(?:{MONTHS}) [0-9]{{4}}\b")
# The sentences of ours that begin with the word.
NONE = re.compile(r"\bNone\b(?! (?:recorded|with nine)|: too little is known)")
HOLD_WORDS = {"td", "th", "dt", "dd", "li", "p", "h1", "h2", "h3", "h4"}
# What rows of key facts say that comes from no source, and why.
FROM_NO_SOURCE = {
    "Record": "a link",
    "Shape of the relationship": "follows from the roles of the members",
    "Our confidence in this record": "the editor’s own judgement",
}
DATES = {
    "Announced": "announced",
    "Started": "started",
    "Ended": "ended",
    "Newest source seen": "latest_evidence",
}


# ---- What a reader sees


def tree(html: str):
    return html5lib.parse(html, namespaceHTMLElements=False).find("./body")


def main_of(client, address: str):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return tree(answer.content.decode()).find(".//main")


def classed(element, *names: str) -> list:
    return [e for e in element.iter() if {*names} & {*(e.get("class") or "").split()}]


def links(element) -> list[str]:
    return [link.get("href") for link in element.iterfind(".//a[@href]")]


def is_said_to_be_unknown(element) -> bool:
    return bool(classed(element, "registry-unknown"))


# ---- The rules: each yields what breaks it


def nothing_said(page) -> Iterator[str]:
    """Cells and lines without a word, and Python's own word for nothing."""
    for element in page.iter():
        is_empty = not words(element) and element.find(".//svg") is None
        if element.tag in HOLD_WORDS and is_empty:
            yield f"an empty <{element.tag}>"
        for text in (element.text, element.tail, *element.attrib.values()):
            if text and NONE.search(text):
                yield f"“None” in “{text.strip()[:60]}”"


def dates_unheard_of(page, known: set[str]) -> Iterator[str]:
    """Dates that none of the records on the page has: mostly ones made too exact."""
    for text in page.itertext():  # one by one: "[2]" and "May 2012" are no day
        for date in DATE.findall(" ".join(text.split())):
            if date not in known:
                yield f"the date {date}"


def without_source(page, facts, to: str) -> Iterator[str]:
    """Facts that neither cite a source nor say that they are unknown.

    `to` is what the address of every source starts with.
    """
    for fact in facts:
        cited = [link for link in links(fact) if link.startswith(to)]
        if not cited and not is_said_to_be_unknown(fact):
            yield f"no source for “{words(fact)[:60]}”"
        for link in cited:
            anchor = link.partition("#")[2]
            if link.startswith("#") and page.find(f".//*[@id='{anchor}']") is None:
                yield f"{link} leads nowhere"


def wrong_dates(page, partnership) -> Iterator[str]:
    """Key facts whose date is not exactly the record's, in its own words."""
    for row in classed(page, "registry-facts__row"):
        if field := DATES.get(words(row.find("./dt"))):
            date = getattr(partnership, field)
            expected = date.in_words() if date else "Not known"
            said = words(row.find("./dd"))
            if re.sub(r"\s*See the sources$", "", said) != expected:
                yield f"{field} is {expected} and the page says {said}"


def key_facts(page) -> list:
    return [
        row
        for row in classed(page, "registry-facts__row")
        if words(row.find("./dt")) not in FROM_NO_SOURCE
    ]


# ---- What the records know


def dates_in(rows) -> set[str]:
    """Return the dates of rows in words, as exact as they are, and those of texts."""
    found = set()
    for row in rows:
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if field.generated or value is None:
                continue
            if isinstance(value, PartialDate):
                found |= {*DATE.findall(value.in_words())}
            elif hasattr(value, "strftime"):
                found.add(f"{value.day} {value:%B %Y}")
            elif isinstance(value, str):
                found |= {*DATE.findall(value)}
    return found


class Known:
    """The dates that a page may say, by the records that it is about or leads to."""

    def __init__(self):
        self.partnerships = {
            partnership.slug: dates_in(self.rows_of(partnership))
            for partnership in Partnership.objects.published().for_detail()
        }
        self.councils = {
            council.slug: dates_in([council]) for council in Council.objects.all()
        }
        for step in Succession.objects.select_related("predecessor", "successor"):
            vesting = f"{step.vesting_day.day} {step.vesting_day:%B %Y}"
            for council in (step.predecessor, step.successor):
                self.councils[council.slug] |= dates_in([step]) | {vesting}
        self.everywhere = {"5 June 2013"} | dates_in(Briefing.objects.all())
        data = date_of_the_data(Partnership.objects.published())
        self.everywhere |= {data.date.in_words()}

    @staticmethod
    def rows_of(partnership):
        yield partnership
        for name in (
            "memberships",
            "other_members",
            "milestones",
            "aims",
            "outcomes",
            "sources",
        ):
            yield from getattr(partnership, name).all()

    def to(self, address: str, page) -> set[str]:
        known = set(self.everywhere)
        for link in [address, *links(page)]:
            kind, _, slug = link.strip("/").partition("/")
            slug = slug.partition("/")[0]
            if kind in {"partnerships", "case-studies"}:
                known |= self.partnerships.get(slug, set())
            elif kind == "councils":
                known |= self.councils.get(slug, set())
        return known


@pytest.fixture
def known(registry):
    return Known()


# ---- The pages


def test_every_record(client, known):
    broken = []
    for partnership in Partnership.objects.published().for_detail():
        address = partnership.get_absolute_url()
        page = main_of(client, address)
        parts = {part for part, _ in parts_of(partnership)} - {"", "facts"}
        facts = [part for part in parts if not part.startswith("source-")]
        found = {part: page.find(f".//*[@id='{part}']") for part in parts}
        broken += [(address, f"{p} is missing") for p in parts if found[p] is None]
        rows = [found[part] for part in facts if found[part] is not None]
        sources = classed(page, "registry-sources")
        broken += [
            (address, problem)
            for problem in (
                *nothing_said(page),
                *dates_unheard_of(page, known.to(address, page)),
                *wrong_dates(page, partnership),
                *without_source(page, [*rows, *key_facts(page)], "#source"),
                *without_source(page, [li for ol in sources for li in ol], "http"),
            )
        ]
    assert broken == []


def test_every_history(client, registry):
    for partnership in Partnership.objects.published():
        Change.objects.begin(partnership)
        Partnership.objects.filter(pk=partnership.pk).update(
            staff=None, started=None, gaps="", end_reason=""
        )
        partnership.sources.update(published=None)
        partnership.outcomes.update(amount=None, period="")
        partnership.memberships.update(left=None)
        Change.objects.record(partnership, reason="A pretended loss of memory.")
    broken = []
    for partnership in Partnership.objects.published():
        address = f"{partnership.get_absolute_url()}history/"
        page = main_of(client, address)
        assert page.find(".//table") is not None, address
        broken += [(address, problem) for problem in nothing_said(page)]
    assert broken == []


def test_every_council_with_an_arrangement(client, known):
    members = Council.objects.filter(memberships__partnership__publication="published")
    heirs = Council.objects.filter(successions_from__predecessor__in=members)
    councils = (members | heirs).distinct()
    assert len(councils) > 90
    broken = []
    for council in councils:
        address = council.get_absolute_url()
        page = main_of(client, address)
        facts = classed(page, "registry-result")
        broken += [
            (address, problem)
            for problem in (
                *nothing_said(page),
                *dates_unheard_of(page, known.to(address, page)),
                # The record of an arrangement names the sources of its facts.
                *without_source(page, facts, "/partnerships/"),
            )
        ]
    assert broken == []


def test_every_case_study(client, known):
    broken = []
    for study in CaseStudy.objects.for_detail():
        address, record = study.get_absolute_url(), study.partnership.get_absolute_url()
        page = main_of(client, address)
        facts = [
            *(p for side in classed(page, "registry-pair__side") for p in side[1:]),
            *classed(page, "registry-timeline__item"),
            *(p for prose in classed(page, "registry-prose") for p in prose.iter("p")),
            *(tr for tbody in page.iter("tbody") for tr in tbody),
            *key_facts(page),
        ]
        told = dates_in([study])
        broken += [
            (address, problem)
            for problem in (
                *nothing_said(page),
                *dates_unheard_of(page, known.to(address, page) | told),
                *wrong_dates(page, study.partnership),
                *without_source(page, facts, f"{record}#source"),
            )
        ]
    assert broken == []


# ---- The rules find what they are for


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<table><tr><td> </td></tr></table>", ["an empty <td>"]),
        ("<dl><dt>Staff</dt><dd></dd></dl>", ["an empty <dd>"]),
        ("<p>Started None.</p>", ["“None” in “Started None.”"]),
        ("<p><a href='/partnerships/None/'>A</a></p>", None),
        ("<dl><dt>Names</dt><dd><span>None recorded</span></dd></dl>", []),
    ],
)
def test_nothing_is_noticed(html, found):
    said = [*nothing_said(tree(html))]
    assert said == found if found is not None else len(said) == 1


def test_a_date_made_too_exact_is_noticed():
    page = tree("<p>1 May 2012, May 2012, in 2012</p>")
    assert [*dates_unheard_of(page, {"May 2012"})] == ["the date 1 May 2012"]
    row = "<div class='registry-facts__row'><dt>Started</dt><dd>{}</dd></div>"
    record = Partnership(started="2012", ended=None)
    record.started = PartialDate("2012")
    assert [*wrong_dates(tree(f"<dl>{row.format('2012')}</dl>"), record)] == []
    exact = tree(f"<dl>{row.format('January 2012')}</dl>")
    assert len([*wrong_dates(exact, record)]) == 1


def test_a_fact_without_its_source_is_noticed():
    page = tree(
        "<p>It saved.</p><p>Saved <a href='#source-1'>1</a></p>"
        "<p><span class='registry-unknown'>Not known</span></p>"
        "<ol><li id='source-1'>One</li></ol><p>Lost <a href='#source-2'>2</a></p>"
    )
    found = [*without_source(page, page.findall("./p"), "#source")]
    assert found == ["no source for “It saved.”", "#source-2 leads nowhere"]
