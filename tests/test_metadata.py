"""What pages tell programs about themselves: places, addresses, data, titles."""

from datetime import UTC, datetime
from urllib.parse import urljoin
from xml.etree import ElementTree

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.models import Change, Partnership
from partnerships.statistics import date_of_the_data
from tests.conftest import ROOT
from tests.factories import CaseStudyFactory, CouncilFactory, PartnershipFactory

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/partnerships/",
    "/partnerships/ek-services/",
    "/partnerships/ek-services/history/",
    "/councils/",
    "/councils/dacorum/",
    "/reorganisation/",
    "/case-studies/",
    "/case-studies/ek-services/",
    "/about/",
    "/accessibility/",
    "/privacy/",
    "/partnerships/ek-services/report/",
    "/report/",
    "/briefings/shared-ict-services-more-than-meets-the-eye/",
]
ORIGIN = "http://testserver"
SITE = "Shared Services Partnership Registry"


def page_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)


def items(page, kind: str):
    """Return the microdata items of a schema.org type, each as a dictionary."""
    return [
        properties(element, page)
        for element in page.iterfind(f".//*[@itemtype='https://schema.org/{kind}']")
    ]


def properties(element, page):
    found: dict[str, list] = {"type": element.get("itemtype").rpartition("/")[2]}
    waiting = list(element)
    while waiting:
        child = waiting.pop(0)
        name = child.get("itemprop")
        if name:
            found.setdefault(name, []).append(value(child, page))
        if child.get("itemscope") is None:
            waiting = [*child, *waiting]
    return found


def value(element, page):
    """Return a property's value as HTML's microdata defines it, by the element."""
    if element.get("itemscope") is not None:
        return properties(element, page)
    if element.tag == "meta":
        return element.get("content")
    if element.tag in {"a", "link"}:
        return urljoin(f"{ORIGIN}/", element.get("href"))
    if element.tag == "time" and element.get("datetime"):
        return element.get("datetime")
    return " ".join("".join(element.itertext()).split())


# ---- Breadcrumbs


@pytest.mark.parametrize("address", PAGES[1:])
def test_breadcrumbs_lead_back_to_the_start(client, registry, address):
    [trail] = items(page_of(client, address), "BreadcrumbList")
    steps = trail["itemListElement"]
    assert [step["position"] for step in steps] == [
        [str(place)] for place in range(1, len(steps) + 1)
    ]
    assert steps[0]["name"] == ["Home"]
    assert "item" not in steps[-1]
    for step in steps[:-1]:
        page = page_of(client, step["item"][0])
        assert page.find(".//h1") is not None


def test_breadcrumbs_name_the_record_between_its_list_and_its_history(client, registry):
    [trail] = items(
        page_of(client, "/partnerships/ek-services/history/"), "BreadcrumbList"
    )
    assert [(step["name"], step.get("item")) for step in trail["itemListElement"]] == [
        (["Home"], [f"{ORIGIN}/"]),
        (["Arrangements"], [f"{ORIGIN}/partnerships/"]),
        (["EK Services"], [f"{ORIGIN}/partnerships/ek-services/"]),
        (["History"], None),
    ]


def test_no_template_writes_breadcrumbs_of_its_own():
    """One tag draws them all: a copy would lack what search engines read."""
    templates = (ROOT / "templates").rglob("*.html")
    drawn = [t.name for t in templates if "govuk-breadcrumbs" in t.read_text()]
    assert drawn == ["breadcrumbs.html"]


# ---- The list as data


def test_the_list_describes_itself_as_data(client, registry):
    page = page_of(client, "/partnerships/?status=ended")
    [dataset] = items(page, "Dataset")
    assert dataset["name"] == ["Shared service arrangements of UK councils"]
    assert 50 <= len(dataset["description"][0]) <= 5000
    assert dataset["url"] == [f"{ORIGIN}/partnerships/"]
    assert dataset["license"] == [f"{ORIGIN}/about/#licence"]
    assert page_of(client, "/about/").find(".//*[@id='licence']") is not None
    [creator] = dataset["creator"]
    assert creator["name"] == [SITE]
    date = date_of_the_data(Partnership.objects.published()).date
    assert dataset["dateModified"] == [date]
    [file] = dataset["distribution"]
    assert file["encodingFormat"] == ["text/csv"]
    answer = client.get(file["contentUrl"][0].removeprefix(ORIGIN))
    assert answer.headers["Content-Type"].startswith("text/csv")
    # The whole list, whatever was asked of the page.
    assert len(answer.getvalue().splitlines()) > 37


@pytest.mark.parametrize("evidence", [None, "2012?", "2012~"])
def test_a_date_that_no_calendar_has_is_left_out(client, evidence):
    PartnershipFactory(latest_evidence=evidence)
    [dataset] = items(page_of(client, "/partnerships/"), "Dataset")
    assert "dateModified" not in dataset


# ---- Addresses and titles


def canonical(page):
    link = page.find("./head/link[@rel='canonical']")
    return None if link is None else link.get("href")


def open_graph(page):
    return {
        meta.get("property"): meta.get("content")
        for meta in page.iterfind("./head/meta[@property]")
    }


@pytest.mark.parametrize("address", PAGES)
def test_a_page_names_one_address_whatever_it_is_asked_with(client, registry, address):
    page = page_of(client, address)
    assert canonical(page) == f"{ORIGIN}{address}"
    if address not in {"/partnerships/", "/councils/", "/reorganisation/"}:
        assert canonical(page_of(client, f"{address}?from=mail")) == canonical(page)


def test_a_question_has_one_address_however_it_is_put(client, registry):
    asked = "/partnerships/?status=ended&region=&page=1&nation=england&q="
    assert (
        canonical(page_of(client, asked))
        == f"{ORIGIN}/partnerships/?status=ended&nation=england"
    )
    assert canonical(page_of(client, "/councils/?page=2&sort=-name")) == (
        f"{ORIGIN}/councils/?sort=-name&page=2"
    )


def test_a_question_that_was_refused_has_no_address(client, registry):
    for address in ("/partnerships/?statuss=ended", "/councils/?page=0"):
        page = page_of(client, address, status=400)
        assert canonical(page) is None
        assert open_graph(page) == {}
    assert canonical(page_of(client, "/no-such-page/", status=404)) is None


@pytest.mark.parametrize("address", PAGES)
def test_open_graph_says_what_the_page_says(client, registry, address):
    page = page_of(client, address)
    told = open_graph(page)
    assert told["og:url"] == canonical(page)
    assert told["og:site_name"] == "Shared Services Partnership Registry"
    assert page.findtext("./head/title") == f"{told['og:title']} – {SITE}"
    description = page.find("./head/meta[@name='description']").get("content")
    assert told["og:description"] == description
    assert all(told.values())


def test_names_are_escaped_in_the_head(client):
    PartnershipFactory(slug="odd", name='A "quoted" <b>name</b>', summary='"><p>x')
    page = page_of(client, "/partnerships/odd/")
    assert open_graph(page)["og:title"] == 'A "quoted" <b>name</b>'
    assert open_graph(page)["og:description"] == '"><p>x'


def test_only_a_host_of_ours_gets_into_an_address(client, settings):
    settings.ALLOWED_HOSTS = ["registry.example"]
    page = client.get("/", headers={"host": "registry.example"})
    assert 'href="http://registry.example/"' in page.text
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


# ---- What search engines may read


def sitemap(client):
    answer = client.get("/sitemap.xml")
    assert answer.status_code == 200
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    return {
        url.findtext("s:loc", namespaces=names): url.findtext(
            "s:lastmod", namespaces=names
        )
        for url in root.iterfind("s:url", names)
    }


def test_the_sitemap_lists_pages_that_answer(client, registry):
    addresses = sitemap(client)
    entries = {f"{ORIGIN}{p}" for p in PAGES if not p.endswith(("report/", "history/"))}
    assert entries <= {*addresses}
    assert len(addresses) > 37 + 400
    some = [address for address in addresses if "/councils/" not in address]
    for address in [*some, f"{ORIGIN}/councils/dacorum/"]:
        page = page_of(client, address.removeprefix(ORIGIN))
        assert canonical(page) == address


def test_the_sitemap_keeps_silent_about_what_readers_cannot_see(client):
    for publication in ("draft", "withdrawn"):
        record = PartnershipFactory(slug=publication, publication=publication)
        CaseStudyFactory(partnership=record)
    assert not [address for address in sitemap(client) if "draft" in address]
    assert not [address for address in sitemap(client) if "withdrawn" in address]


def test_the_sitemap_dates_only_what_is_known_to_have_changed(client):
    changed, still = (
        PartnershipFactory(slug="changed"),
        PartnershipFactory(slug="still"),
    )
    assert {*sitemap(client).values()} == {None}
    Change.objects.begin(changed)
    Change.objects.update(made=datetime(2024, 5, 6, 12, tzinfo=UTC))
    found = sitemap(client)
    assert found.pop(f"{ORIGIN}{changed.get_absolute_url()}") == "2024-05-06"
    assert found.pop(f"{ORIGIN}/partnerships/") == "2024-05-06"
    assert found[f"{ORIGIN}{still.get_absolute_url()}"] is None
    assert {*found.values()} == {None}


def test_the_sitemap_takes_as_many_queries_for_many_records_as_for_few(client):
    def queries():
        with CaptureQueriesContext(connection) as found:
            sitemap(client)
        return len(found)

    CaseStudyFactory()
    CouncilFactory()
    few = queries()
    CaseStudyFactory.create_batch(4)
    CouncilFactory.create_batch(4)
    assert queries() == few


def test_robots_are_told_where_the_sitemap_is(client):
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    for private in ("/admin/", "/report/", "/partnerships/*/report/"):
        assert f"Disallow: {private}" in lines
    assert f"Sitemap: {ORIGIN}/sitemap.xml" in lines
