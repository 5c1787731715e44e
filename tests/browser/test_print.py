"""What goes to a committee: each record and case study on two sheets of A4 at most."""

import csv
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LARGE = ["/partnerships/ek-services/", "/case-studies/ek-services/"]

# The size in points of every text that paper shows, as the browser draws it.
LETTERS = """() => {
  const UNSEEN = "title, desc, script, .govuk-visually-hidden";
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const parent = walker.currentNode.parentElement;
    if (!text || parent.closest(UNSEEN)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    if (!range.getClientRects().length) continue;
    const zoom = parent.ownerSVGElement
      ? parent.getScreenCTM().a
      : parent.currentCSSZoom ?? 1;
    found.push([parseFloat(getComputedStyle(parent).fontSize) * zoom * 0.75, text]);
  }
  return found;
}"""


def addresses(page):
    """Return every record's address and every case study's, as the site lists them."""
    file = page.request.get("/partnerships.csv").text().splitlines()
    records = [row["page"] for row in csv.DictReader(file)]
    page.goto("/case-studies/")
    links = page.locator("main a[href^='/case-studies/']").all()
    return records, sorted({link.get_attribute("href") or "" for link in links})


def test_each_record_and_case_study_fits_two_sheets_of_a4(new_page):
    page = new_page(java_script_enabled=False)
    records, case_studies = addresses(page)
    assert (len(records), len(case_studies)) == (37, 2)
    sheets = {}
    for address in [*records, *case_studies]:
        page.goto(address)
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        sheets[address] = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert {address: n for address, n in sheets.items() if not 1 <= n <= 2} == {}


@pytest.mark.parametrize("address", LARGE)
def test_paper_has_sources_address_and_date_and_nothing_to_press(page, address, site):
    page.goto(address)
    page.emulate_media(media="print")
    main = page.locator("main")
    for heading in ("Sources", "What we do not know", "Cite this page"):
        expect(main.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    sources = main.locator(".registry-sources > li")
    assert sources.count() > 10
    for source in sources.all():
        expect(source).to_be_visible()
    printed = sources.first.locator("a").first.evaluate(
        "link => getComputedStyle(link, '::after').content"
    )
    assert printed.startswith('" <') and "http" in printed
    cited = main.locator(".registry-citation")
    expect(cited).to_contain_text(f"{site}{address}")
    expect(cited).to_contain_text(re.compile(r"Date of the data: [0-9A-Z]"))
    for control in (
        ".registry-header nav",
        ".registry-footer",
        ".govuk-breadcrumbs",
        ".govuk-skip-link",
        "main button",
        "main select",
        "main form",
        "main summary",
        ".registry-sources__back",
        ".registry-report",
    ):
        for element in page.locator(control).all():
            expect(element).to_be_hidden()


@pytest.mark.parametrize("address", [*LARGE, "/partnerships/pathfinder-north/"])
def test_no_letter_on_paper_is_smaller_than_eight_points(new_page, address):
    # As wide as the sheet between its margins.
    page = new_page(viewport={"width": 695, "height": 1000})
    page.goto(address)
    page.emulate_media(media="print")
    letters = page.evaluate(LETTERS)
    assert len(letters) > 100
    assert [text for size, text in letters if size < 7.95] == []


def test_a_page_without_a_citation_keeps_the_date_of_the_data_on_paper(page):
    page.goto("/partnerships/map/")
    page.emulate_media(media="print")
    expect(page.locator(".registry-footer__date")).to_be_visible()
    expect(page.locator(".registry-map")).to_be_visible()
    expect(page.locator(".registry-footer__list").first).to_be_hidden()
