"""Every public address of the registry: it answers, is valid and leads somewhere.

The site is walked once for all tests here: from the home page, along every link, and
to every record and every option of every filter. What a browser has to judge is in
the browser tests.
"""

import csv
import io
import json
import re
from collections import Counter
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
import pytest
from django.urls import reverse
from django.utils.http import urlencode

from briefings.models import Briefing, CaseStudy
from councils.filters import CouncilFilter
from councils.models import Council
from partnerships.filters import PartnershipFilter
from partnerships.models import Partnership

HOST = "http://testserver"
HOME = "/"
FILES = ["/partnerships.csv", "/councils.csv"]
# Answers without links of their own; static files are for the browser tests.
FOR_MACHINES = [*FILES, "/councils/suggest.json?name=aylesbury", "/healthz"]
# One example for each filter whose values are not a vocabulary.
EXAMPLES = {
    "q": "payroll",
    "council": "buckinghamshire",
    "running_on": "2013-06-05",
    "as_at": "2013-06-05",
    "modified_since": "2026-11-26",
    "name": "aylesbury",
}
# A value that is missing and got into a sentence. "None recorded" is an answer, and
# Comhairle nan Eilean Siar is a council.
LEFT_OVER = re.compile(
    r"\b(None(?! recorded| with nine)|(?<!Comhairle )nan|NaN|undefined|null)\b"
    r"|\{[{%#]|\(\s*\)"
)
TELLS_OF_NULL = "/api/docs/"
# The pages of a list without filters stand for those under a filter. So do its files
# that are made whole, and its numbers, each of which leads to two filters more.
STOOD_FOR = re.compile(r"&page=|^/numbers/\?|\.(zip|xlsx|atom)\?")
POINTS_TO_PARTS = ["for", "headers", "aria-describedby", "aria-labelledby"]


class Page:
    """What the tests ask of a page. Raises html5lib's ParseError if it is not valid."""

    def __init__(self, html: str):
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        root = parser.parse(html)
        elements = [element for element in root.iter() if isinstance(element.tag, str)]
        head, body = root.find("head"), root.find("body")
        self.lang = root.get("lang")
        self.title = head.findtext("title")
        self.description = head.find("meta[@name='description']").get("content")
        self.text = " ".join(" ".join(body.itertext()).split())
        self.headings = [
            (int(element.tag[1]), "".join(element.itertext()).strip())
            for element in elements
            if re.fullmatch("h[1-6]", element.tag)
        ]
        self.ids = [element.get("id") for element in elements if element.get("id")]
        self.parts = {
            part
            for name in POINTS_TO_PARTS
            for element in elements
            for part in element.get(name, "").split()
        }
        self.links = [element.get("href") for element in elements if element.tag == "a"]
        self.nameless_links = [
            element.get("href")
            for element in elements
            if element.tag == "a" and not "".join(element.itertext()).strip()
        ]
        self.fetched = [
            element.get("src") or element.get("href")
            for element in elements
            if element.tag in ("script", "link", "img", "iframe")
            # These tell an address, and have no browser fetch it.
            and element.get("rel") not in ("canonical", "alternate")
            and not element.get("itemprop")
        ]
        self.against_the_policy = [
            f"<{element.tag} {name}>"
            for element in elements
            for name in element.attrib
            if name == "style" or name.startswith("on")
        ]
        self.main = body.find(".//main")
        self.repeated_landmarks = [
            name
            for name, times in Counter(
                (element.tag, element.get("aria-label") or "")
                for element in elements
                if element.tag in ("nav", "main", "header", "footer")
            ).items()
            if times > 1
        ]


class Answer:
    def __init__(self, response):
        self.status = response.status_code
        self.type = response.headers.get("Content-Type", "").partition(";")[0]
        self.moved_to = response.headers.get("Location")
        self.page = None
        self.error = ""
        if self.type == "text/html":
            try:
                self.page = Page(response.content.decode())
            except html5lib.html5parser.ParseError as error:
                self.error = str(error)


def options(filterset) -> list[dict]:
    """Return a question for every option of every filter, one at a time."""
    questions = []
    for name, one in filterset.base_filters.items():
        choices = getattr(one.field, "choices", None)
        values = [value for value, _ in choices] if choices else [EXAMPLES[name]]
        questions += [{name: value} for value in values]
    return questions


def known_addresses():
    for model in (Partnership, Council, CaseStudy, Briefing):
        for record in model.objects.all():
            yield record.get_absolute_url()
    for name, filterset in (
        ("partnerships:partnership-list", PartnershipFilter),
        ("councils:council-list", CouncilFilter),
    ):
        for question in options(filterset):
            yield f"{reverse(name)}?{urlencode(question)}"
    yield from FOR_MACHINES


def walk(client) -> dict[str, Answer]:
    """Return the answer of every address that can be reached, by address."""
    found: dict[str, Answer] = {}
    waiting = [HOME, *known_addresses()]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        # A file's rows are not written unless a test reads them.
        found[address] = answer = Answer(client.get(address))
        if answer.page:
            targets = {target for target, _ in links_within(address, answer.page)}
            waiting += [one for one in targets if not STOOD_FOR.search(one)]
    return found


def links_within(address: str, page: Page):
    """Yield (address, fragment) of every link to the registry itself."""
    for link in page.links:
        target, fragment = urldefrag(urljoin(HOST + address, link))
        if urlsplit(target).netloc == urlsplit(HOST).netloc:
            yield target.removeprefix(HOST), fragment


@pytest.fixture(scope="module")
def kept() -> dict:
    return {}


@pytest.fixture
def answers(kept, registry, client) -> dict[str, Answer]:
    if not kept:
        kept.update(walk(client))
    return kept


@pytest.fixture
def pages(answers) -> dict[str, Page]:
    return {address: one.page for address, one in answers.items() if one.page}


def wrong(found: dict[str, object]) -> str:
    """Say what is wrong at which address, for the first twenty."""
    lines = [f"{address}: {what}" for address, what in found.items() if what]
    return "\n".join(lines[:20])


def test_every_address_answers(answers):
    assert len(answers) > 750
    assert not wrong(
        {
            address: answer.status
            for address, answer in answers.items()
            if answer.status != 200
        }
    )


def test_every_page_is_valid(answers):
    assert not wrong({address: answer.error for address, answer in answers.items()})


def test_every_record_can_be_reached_from_the_home_page(pages):
    reached, waiting = set(), [HOME]
    while waiting:
        address = waiting.pop()
        if address in pages and address not in reached:
            reached.add(address)
            waiting += [target for target, _ in links_within(address, pages[address])]
    records = [
        record.get_absolute_url()
        for model in (Partnership, Council, CaseStudy, Briefing)
        for record in model.objects.all()
    ]
    assert len(records) == 37 + 499 + 2 + 1
    assert set(records) <= reached


def test_every_fragment_is_a_part_of_its_page(pages):
    assert not wrong(
        {
            address: [
                f"{target}#{fragment}"
                for target, fragment in links_within(address, page)
                if fragment and target in pages
                if fragment not in pages[target].ids
            ]
            for address, page in pages.items()
        }
    )


def test_every_link_says_where_it_leads(pages):
    assert not wrong({address: page.nameless_links for address, page in pages.items()})


def test_links_to_other_sites_are_whole(pages):
    def broken(link):
        parts = urlsplit(link)
        return parts.scheme not in ("http", "https") or "." not in parts.netloc

    outside = {
        link
        for page in pages.values()
        for link in page.links
        if not urljoin(HOST + "/", link).startswith(HOST)
    }
    assert len(outside) > 200
    assert not [link for link in outside if broken(link) or " " in link]


def test_pages_fetch_from_the_registry_alone(pages):
    assert not wrong(
        {
            address: [link for link in page.fetched if not link.startswith("/static/")]
            for address, page in pages.items()
        }
    )


def test_pages_keep_scripts_and_styles_out_of_their_html(pages):
    assert not wrong({name: page.against_the_policy for name, page in pages.items()})


def test_no_page_shows_a_value_that_is_missing(pages):
    assert not wrong(
        {
            address: [found.group() for found in LEFT_OVER.finditer(text)]
            for address, page in pages.items()
            if address != TELLS_OF_NULL
            for text in [f"{page.title} {page.description} {page.text}"]
        }
    )


def test_every_page_has_a_title_of_its_own(pages):
    """The same list under other filters may share one; its pages may not."""
    own = {address for address in pages if "?" not in address}
    own |= {address for address in pages if re.search(r"/\?page=[0-9]+$", address)}
    titles = Counter(pages[address].title for address in own)
    assert not [title for title, times in titles.items() if times > 1]
    assert not wrong(
        {address: not page.title.strip() for address, page in pages.items()}
    )


def test_every_page_has_one_heading_that_leads(pages):
    assert not wrong(
        {
            address: [words for level, words in page.headings if level == 1]
            for address, page in pages.items()
            if [level for level, _ in page.headings].count(1) != 1
        }
    )


def test_no_level_of_headings_is_skipped(pages):
    def jumps(page):
        levels = [level for level, _ in page.headings if level > 1]
        return [
            f"h{before} then h{after}"
            for before, after in zip([1, *levels], levels, strict=False)
            if after > before + 1
        ]

    assert not wrong({address: jumps(page) for address, page in pages.items()})


def test_no_heading_is_empty(pages):
    assert not wrong(
        {
            address: [level for level, words in page.headings if not words]
            for address, page in pages.items()
        }
    )


def test_every_page_names_its_language_and_its_main_part(pages):
    assert {page.lang for page in pages.values()} == {"en-GB"}
    assert not wrong({address: page.main is None for address, page in pages.items()})
    assert not wrong(
        {address: page.repeated_landmarks for address, page in pages.items()}
    )


def test_parts_are_named_once_and_pointed_at_rightly(pages):
    assert not wrong(
        {
            address: [name for name, times in Counter(page.ids).items() if times > 1]
            + sorted(page.parts - set(page.ids))
            for address, page in pages.items()
        }
    )


@pytest.mark.parametrize("address", FILES)
@pytest.mark.parametrize("query", ["", "?excel=yes"])
def test_files_are_read_without_any_option(registry, client, address, query):
    response = client.get(address + query)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert address[1:] in response.headers["Content-Disposition"]
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf") == bool(query)
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert len(header) == len(set(header))
    assert {len(row) for row in rows} == {len(header)}
    model = Council if "councils" in address else Partnership
    assert len(rows) == model.objects.count()
    assert not [cell for row in rows for cell in row if LEFT_OVER.search(cell)]


def test_suggestions_are_json(registry, client):
    response = client.get("/councils/suggest.json", {"name": "aylesbury"})
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.content)["councils"][0]["slug"] == "aylesbury-vale"


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/councils/E07000004/", "/councils/aylesbury-vale/"),
        ("/councils/e07000004/", "/councils/aylesbury-vale/"),
        ("/partnerships", "/partnerships/"),
        ("/councils/dacorum", "/councils/dacorum/"),
    ],
)
def test_addresses_written_another_way_lead_to_the_right_one(
    registry, client, address, leads_to
):
    response = client.get(address)
    assert response.status_code == 301
    assert response.headers["Location"] == leads_to


@pytest.mark.parametrize(
    "address",
    [
        "/partnerships/nowhere/",
        "/councils/E99999999/",
        "/case-studies/hoople/",
        "/briefings/nothing/",
        "/partnership/",
        "/partnerships.pdf",
    ],
)
def test_addresses_of_nothing_say_so(registry, client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "Page not found" in Page(response.content.decode()).title
