"""The registry without a mouse: on a laptop, and on the same laptop at 400 % zoom.

A window 1280 pixels wide and 1024 high, zoomed to 400 %, leaves a page 320 by 256.
"""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SIZES = {
    "laptop": {"width": 1280, "height": 900},
    "zoomed": {"width": 320, "height": 256},
}
# How the element that has the focus looks, with the box that stands for a checkbox.
LOOK = """() => {
  const at = document.activeElement;
  const looks = [at, ...(at.labels ?? [])].flatMap((one) =>
    [null, "::before"].map((part) => {
      const style = getComputedStyle(one, part);
      return [style.outline, style.boxShadow, style.backgroundColor].join();
    }),
  );
  return looks.join();
}"""
# The rectangle of the focus, as far as the window shows it; a checkbox's label
# belongs to it.
SHOWN = """() => {
  const at = document.activeElement;
  return [at, ...(at.labels ?? [])].some((one) =>
    [...one.getClientRects()].some(
      (box) =>
        box.width > 0 && box.height > 0 &&
        box.bottom > 0 && box.top < innerHeight &&
        box.right > 0 && box.left < innerWidth,
    ),
  );
}"""
WHERE = """() => {
  const at = document.activeElement;
  return at === document.body ? "" : at.outerHTML.slice(0, 120);
}"""
# Whether the element comes after the one that had the focus before.
FOLLOWS = """() => {
  const before = window.lastFocus;
  const at = (window.lastFocus = document.activeElement);
  return !before || Boolean(
    before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""


@pytest.fixture(params=SIZES)
def tab(request, new_page):
    return new_page(viewport=SIZES[request.param])


def is_narrow(page) -> bool:
    return page.viewport_size["width"] < 1000


def tab_to(page, target):
    """Press Tab until the focus is there."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            expect(target).to_be_in_viewport()
            return
    pytest.fail(f"The Tab key does not lead to {target}")


def press(page, target, key="Enter"):
    tab_to(page, target)
    page.keyboard.press(key)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def open_filters(page):
    if is_narrow(page):
        press(page, page.locator(".registry-filters__summary"))


def test_from_the_list_to_a_source_and_back(tab):
    tab.goto("/partnerships/")
    tab.keyboard.press("Tab")
    skip = tab.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    tab.keyboard.press("Enter")
    expect(tab.locator("main")).to_be_focused()
    open_filters(tab)
    press(tab, tab.locator("#filter-status"))
    press(tab, tab.get_by_role("checkbox", name="Ended"), "Space")
    expect(tab.get_by_role("checkbox", name="Ended")).to_be_checked()
    press(tab, tab.locator("#filter-relationship"), "Space")
    press(tab, tab.get_by_role("checkbox", name="Supplier and client"), "Space")
    press(tab, tab.get_by_role("button", name="Apply filters"))
    results = tab.locator("#results")
    expect(results).to_be_focused()
    expect(results).to_be_in_viewport()
    assert fits(tab)
    # The chips are what follows the heading.
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Remove filter Status: Ended")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator(".registry-chip")).to_have_count(1)
    expect(results).to_be_focused()
    result = tab.get_by_role("link", name="Aylesbury Vale and Dacorum ICT partnership")
    press(tab, result.last)
    expect(tab.locator("h1")).to_have_text("Aylesbury Vale and Dacorum ICT partnership")
    assert fits(tab)
    row = tab.get_by_role("row", name="Dacorum Borough Council")
    press(tab, row.get_by_role("link", name="Source 2"))
    source = tab.locator("#source-2")
    expect(source).to_be_focused()
    expect(source).to_be_in_viewport()
    press(tab, source.get_by_role("link", name="Dacorum", exact=True))
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()


def test_a_former_council_is_chosen_from_the_suggestions(tab):
    tab.goto("/partnerships/")
    open_filters(tab)
    box = tab.get_by_role("combobox", name="Council")
    tab_to(tab, box)
    tab.keyboard.type("aylesbury")
    option = tab.get_by_role("option", name="Aylesbury Vale")
    expect(option).to_contain_text(
        re.compile("abolished 31 March 2020, now Buckinghamshire Council", re.I)
    )
    assert fits(tab)
    tab.keyboard.press("ArrowDown")
    expect(option).to_be_focused()
    tab.keyboard.press("Enter")
    expect(box).to_have_value("Aylesbury Vale District Council")
    expect(box).to_be_focused()
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile(r"\?council=aylesbury-vale#results$"))
    expect(tab.locator("#results")).to_be_focused()
    expect(tab.locator(".registry-result__heading")).to_have_text(
        "Aylesbury Vale and Dacorum ICT partnership"
    )


def test_suggestions_stay_away_once_the_box_is_left(page):
    page.route("**/councils/suggest.json*", lambda route: None)  # a slow answer
    page.goto("/partnerships/")
    page.mouse.move(1, 1)  # the box comes with a sign of life
    with page.expect_request("**/councils/suggest.json*"):
        page.get_by_role("combobox", name="Council").press_sequentially("dac")
    with page.expect_event("requestfailed"):
        page.keyboard.press("Tab")
    expect(page.get_by_role("listbox", name="Council")).to_be_hidden()


@pytest.mark.parametrize(
    ("address", "size"),
    [
        ("/", "laptop"),
        ("/partnerships/?status=ended&council=dacorum", "laptop"),
        ("/partnerships/?status=ended&council=dacorum", "zoomed"),
        ("/partnerships/aylesbury-vale-dacorum/", "laptop"),
        ("/partnerships/aylesbury-vale-dacorum/", "zoomed"),
        ("/councils/?name=aylesbury", "zoomed"),
        ("/councils/buckinghamshire/", "laptop"),
        ("/case-studies/aylesbury-vale-dacorum/", "zoomed"),
    ],
)
def test_the_focus_goes_through_the_page_in_order_and_is_always_seen(
    new_page, address, size
):
    tab = new_page(viewport=SIZES[size])
    tab.goto(address)
    if tab.locator(".registry-filters__summary:visible").count():
        tab.locator(".registry-filters__summary").click()
        tab.locator("body").evaluate("body => document.activeElement.blur()")
    stops = []
    tab.keyboard.press("Tab")
    while where := tab.evaluate(WHERE):
        assert len(stops) < 200, "the focus never leaves the page"
        stops.append(where)
        assert tab.evaluate(SHOWN), where
        assert tab.evaluate(FOLLOWS), where
        focused = tab.evaluate(LOOK)
        tab.evaluate("(window.held = document.activeElement).blur()")
        assert tab.evaluate(LOOK.replace("document.activeElement", "held")) != focused
        tab.evaluate("held.focus()")
        tab.keyboard.press("Tab")
    assert len(stops) >= 15


# How much of each link in a table that moves sideways its box shows, once the focus is
# there and the browser itself has moved nothing.
IN_ITS_BOX = """() =>
[...document.querySelectorAll(".registry-scroll a")].map((link) => {
  link.focus({ preventScroll: true });
  const box = link.closest(".registry-scroll").getBoundingClientRect();
  const shown = [...link.getClientRects()].filter((it) => it.width > 1).map((it) =>
    (Math.min(it.right, box.right) - Math.max(it.left, box.left)) /
      Math.min(it.width, box.width));
  return [Math.max(...shown), link.outerHTML.slice(0, 120)];
})"""


@pytest.mark.parametrize(
    "address",
    [
        "/numbers/",
        "/partnerships/map/",
        "/compare/?p=lgss&p=hoople&p=ek-services",
        "/partnerships/ek-services/",
    ],
)
def test_a_wide_table_shows_the_link_that_has_the_focus(new_page, address):
    page = new_page(viewport=SIZES["zoomed"])
    page.goto(address)
    links = page.evaluate(IN_ITS_BOX)
    assert len(links) > 2
    assert [html for share, html in links if share < 0.9] == []
