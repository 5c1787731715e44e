"""Every kind of public page, judged: accessibility, width, console and paper."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FOUR = "/compare/?p=ek-services&p=aylesbury-vale-dacorum&p=lgss&p=southwest-one"
# Besides those that the accessibility statement names.
FOUND = {
    "filtered list": "/partnerships/?q=council&status=ended&council=suffolk",
    "list at a time": "/partnerships/?running_on=2013-06&nation=wales",
    "list as at a day": "/partnerships/?as_at=2013-06-05&council_type=county",
    "second page": "/partnerships/?page=2",
    "empty list": "/partnerships/?status=ongoing&council=dacorum",
    "record": "/partnerships/southwest-one/",
    "record with a long history": "/partnerships/pathfinder-north/",
    "four side by side": FOUR,
    "whole map": "/partnerships/map/",
    "case study of one that ended": "/case-studies/aylesbury-vale-dacorum/",
    "lesson without a question": "/lessons/be-clear-about-aims/",
    "delivery model of few": "/delivery-models/joint-venture/",
    "delivery model not known": "/delivery-models/unknown/",
    "council": "/councils/somerset/",
    "council without arrangements": "/councils/maldon/",
    "filtered councils": "/councils/?name=aylesbury",
    "council that inherits": "/councils/buckinghamshire/",
    "council with a Welsh name": "/councils/newport/",
    "abolished council": "/councils/aylesbury-vale/",
}
REFUSED = {
    "refused list": "/partnerships/?statuss=ended&status=gone&council=atlantis",
    "ambiguous council": "/partnerships/?council=kingston",
    "refused councils": "/councils/?existing=maybe",
    "no such record": "/partnerships/no-such-arrangement/",
}
WIDE = {"width": 1280, "height": 900}
TABLET = {"width": 768, "height": 1024}
PHONE = {"width": 320, "height": 640}
ZOOMED = {"width": 320, "height": 256}


def assert_fits(page):
    beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert beyond <= 0, f"{page.url} is {beyond} px too wide at {page.viewport_size}"


@pytest.fixture
def judge(assert_accessible):
    """Return a function that judges the page in a tab at every width."""

    def at_every_width(page):
        assert_accessible(page)
        for size in (WIDE, TABLET, ZOOMED, PHONE):
            page.set_viewport_size(size)
            assert_fits(page)
        assert_accessible(page)

    return at_every_width


@pytest.mark.parametrize("address", FOUND.values(), ids=FOUND)
def test_a_page_is_accessible_and_fits(page, judge, address):
    assert page.goto(address).status == 200
    judge(page)


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_accessible_and_fits(page, judge, console_errors, address):
    with page.expect_console_message(lambda line: "the server responded" in line.text):
        assert page.goto(address).status in (400, 404)
    judge(page)
    assert ["the server responded" in line for line in console_errors] == [True]
    console_errors.clear()


@pytest.mark.parametrize("address", ["/partnerships/?council=dacorum", "/councils/"])
def test_a_list_is_accessible_with_all_its_parts_open(page, assert_accessible, address):
    page.goto(address)
    page.locator("details").evaluate_all("all => all.forEach((one) => one.open = true)")
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        expect(page.locator(".registry-filter input").last).to_be_visible()
        assert_fits(page)
        assert_accessible(page)


def test_a_wide_table_scrolls_in_its_own_box(new_page):
    page = new_page(viewport=PHONE)
    page.goto("/partnerships/aylesbury-vale-dacorum/")
    box = page.get_by_role("region", name="Members with their roles and years")
    box.focus()
    box.press("End")
    last = box.get_by_role("link", name="Source 2").first
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()


def test_a_printed_record_shows_its_sources_and_nothing_to_press(page):
    page.goto("/partnerships/aylesbury-vale-dacorum/")
    page.emulate_media(media="print")
    for part in (
        ".registry-header nav",
        ".govuk-skip-link",
        ".govuk-breadcrumbs",
        ".registry-footer__list",
    ):
        for found in page.locator(part).all():
            expect(found).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    for source in page.locator(".registry-sources li").all():
        assert "Back to" not in source.inner_text()
        link = source.locator("[rel=external]")
        shown = link.evaluate("link => getComputedStyle(link, '::after').content")
        assert link.get_attribute("href") in shown


def test_a_printed_list_shows_its_rows_and_nothing_to_press(page):
    page.goto("/partnerships/?status=ended")
    page.emulate_media(media="print")
    for part in (
        ".registry-header nav",
        ".registry-layout__filters",
        ".registry-tools",
    ):
        expect(page.locator(part)).to_be_hidden()
    # What is counted is said; taken back it is on a screen.
    expect(page.locator(".registry-chip")).to_have_text("Remove filter Status: Ended")
    expect(page.locator(".registry-chip")).to_be_visible()
    expect(page.get_by_text("Clear all filters")).to_be_hidden()
    expect(page.locator("#results")).to_be_visible()
    expect(page.locator(".registry-result").last).to_be_visible()
