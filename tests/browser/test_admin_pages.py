"""The admin's pages, judged: accessibility, a phone's width, the keyboard, the policy.

A page that is added to the admin is added to PAGES.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import EDITOR

pytestmark = pytest.mark.browser

SIGNED_OUT = {
    "sign in": "/admin/login/",
    "forgotten password": "/admin/new-password/",
    "link sent": "/admin/new-password/sent/",
    "link spoilt": "/admin/new-password/MQ/made-up/",
    "new password set": "/admin/new-password/done/",
}
# {record} stands for the number of a record with rows of most kinds.
PAGES = {
    "front page": "/admin/",
    "an app": "/admin/partnerships/",
    "list": "/admin/partnerships/partnership/",
    "filtered list": "/admin/councils/council/?q=aylesbury&nation__exact=england",
    "list with dates": "/admin/councils/succession/",
    "form": "/admin/partnerships/partnership/{record}/change/",
    "empty form": "/admin/partnerships/partnership/add/",
    "history": "/admin/partnerships/partnership/{record}/history/",
    "delete": "/admin/councils/council/1/delete/",
    "row": "/admin/partnerships/source/1/change/",
    "council": "/admin/councils/council/1/change/",
    "delivery model": "/admin/briefings/deliverymodelguide/1/change/",
    "briefing": "/admin/briefings/briefing/1/change/",
    "lesson": "/admin/briefings/lesson/1/change/",
    "case study": "/admin/briefings/casestudy/1/change/",
    "name of a council": "/admin/councils/councilname/add/",
    "succession": "/admin/councils/succession/1/change/",
    "users": "/admin/auth/user/",
    "user": "/admin/auth/user/1/change/",
    "new user": "/admin/auth/user/add/",
    "password of a user": "/admin/auth/user/1/password/",
    "second factor of a user": "/admin/auth/user/1/second-factor/",
    "new group": "/admin/auth/group/add/",
    "own password": "/admin/password_change/",
    "import of records": "/admin/partnerships/partnership/import/",
    "import of councils": "/admin/councils/council/import/",
    "checks of a record": "/admin/partnerships/partnership/{record}/checks/",
    "ending": "/admin/partnerships/partnership/{record}/end/",
    "withdrawing": "/admin/partnerships/partnership/{record}/withdraw/",
    "choosing what to merge": "/admin/partnerships/partnership/{record}/merge/",
    "all checks": "/admin/partnerships/check/",
    "checks of links": "/admin/partnerships/linkcheck/",
    "suggestions": "/admin/partnerships/suggestion/",
    "mergers": "/admin/partnerships/merger/",
    "orders": "/admin/councils/reorganisationorder/",
    "new order": "/admin/councils/reorganisationorder/add/",
    "groups": "/admin/auth/group/",
}
ADD = "partnerships/partnership/add"
SIZES = ({"width": 1280, "height": 900}, {"width": 320, "height": 640})

# What goes beyond its box and cannot be read without moving it sideways. A table of
# results is exempt (WCAG 1.4.10), and so are lists to choose from.
CUT_OFF = """
() => [...document.querySelectorAll("#container *")]
  .filter((it) => it.clientWidth > 1 && it.scrollWidth > it.clientWidth + 1)
  .filter((it) => getComputedStyle(it).overflowX !== "visible")
  .filter((it) => !it.closest(".results, select, input, textarea, .visually-hidden"))
  .filter((it) => !it.closest(".select2-selection, #nav-sidebar"))
  .filter((it) => !it.matches(".selector button, .selector-filter label"))
  .map((it) => it.outerHTML.slice(0, 120))
"""


@pytest.fixture
def editor_page_without_scripts(page_without_scripts):
    page = page_without_scripts
    page.goto("/admin/login/")
    page.fill("#id_username", EDITOR["username"])
    page.fill("#id_password", EDITOR["password"])
    page.click("[type=submit]")
    return page


@pytest.fixture
def judge(assert_accessible, console_errors):
    """Return a function that judges a page at a laptop's and a phone's width."""

    def at_both_widths(page):
        assert console_errors == [], page.url
        for size in SIZES:
            page.set_viewport_size(size)
            beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, f"{page.url} is {beyond} px too wide at {size}"
            assert page.evaluate(CUT_OFF) == [], f"{page.url} at {size}"
            assert_accessible(page)
        # axe reads style sheets in a way that the policy refuses it.
        console_errors.clear()

    return at_both_widths


@pytest.mark.parametrize("address", SIGNED_OUT.values(), ids=SIGNED_OUT)
def test_a_page_for_signing_in_is_accessible_and_fits(page, judge, address):
    assert page.goto(address).status == 200
    judge(page)


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_a_page_of_the_admin_is_accessible_and_fits(editor_page, judge, address):
    page = editor_page
    if "{record}" in address:
        page.goto("/admin/partnerships/partnership/?q=ek+services")
        link = page.get_by_role("link", name="EK Services", exact=True)
        number = link.get_attribute("href").split("/")[-3]
        address = address.format(record=number)
    assert page.goto(address).status == 200
    page.wait_for_load_state("networkidle")
    judge(page)


def test_the_list_of_each_queue_is_accessible_and_fits(editor_page, judge):
    page = editor_page
    queues = page.locator("section[aria-labelledby=queues] a").all()
    addresses = [link.get_attribute("href") for link in queues]
    assert len(addresses) > 5
    for address in addresses:
        assert page.goto(address).status == 200
        judge(page)


# What the head of a list holds, in its order.
HEAD = """
() => [...document.querySelectorAll(
  "#content h1, .object-tools li, #toolbar label, #searchbar, #toolbar [type=submit],"
  + "#toolbar .quiet, #searchbar_helptext, .actions select, .actions [type=text],"
  + ".actions button, .action-counter, .results, #changelist-filter"
)].map((it) => {
  const { left, top, width, height } = it.getBoundingClientRect();
  return [it.outerHTML.slice(0, 60), left, top, width, height].map((value) =>
    typeof value === "number" ? Math.round(value) : value);
})
"""
LISTS = (
    "/admin/partnerships/partnership/",
    "/admin/partnerships/partnership/?queue=forecasts",
    "/admin/partnerships/partnership/?q=ek",
    "/admin/partnerships/outcome/",
    "/admin/councils/council/",
)


@pytest.mark.parametrize("address", LISTS)
def test_nothing_of_a_list_lies_over_the_rest_at_any_width(editor_page, address):
    page = editor_page
    page.goto(address)
    for width in (320, 400, 640, 768, 800, 853, 900, 1024, 1100, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        parts = page.evaluate(HEAD)
        for place, (one, x, y, wide, high) in enumerate(parts):
            for other, left, top, its_width, its_height in parts[:place]:
                is_beside = x >= left + its_width or left >= x + wide
                is_below = y >= top + its_height or top >= y + high
                assert is_beside or is_below, f"{one} lies over {other} at {width}"
        [listed] = [wide for one, _, _, wide, _ in parts if 'class="results"' in one]
        assert listed >= 280, f"The list is {listed} px wide at {width}"
        for action in page.locator("[name=action]").all():
            assert action.bounding_box()["width"] >= 100, width
        search = page.locator("#toolbar [type=submit]").bounding_box()
        assert search["height"] < 40, width


def test_putting_a_version_back_is_accessible_and_fits(editor_page, judge):
    page = editor_page
    page.goto("/admin/partnerships/partnership/?q=hoople")
    page.locator("#result_list tbody th a").click()
    page.fill("#id_staff", "17")
    page.fill("#id_reason", "Counted for a test.")
    page.locator("[name=_continue]").first.click()
    page.get_by_role("link", name="History").click()
    judge(page)
    page.get_by_role("link", name="Put this back").first.click()
    judge(page)
    page.get_by_label("Reason").fill("It was a test.")
    page.get_by_role("button", name="Put back").click()
    expect(page.locator(".messagelist")).to_contain_text("was put back")


def test_a_form_with_errors_and_new_rows_is_accessible_and_fits(editor_page, judge):
    page = editor_page
    page.goto("/admin/partnerships/partnership/add/")
    page.fill("#id_started", "13/2012")
    for add in page.locator(".add-row a").all():
        add.click()
    page.locator("[name=_save]").last.click()
    expect(page.locator(".errornote")).to_be_visible()
    judge(page)


RELATED = (
    "/admin/briefings/casestudy/1/change/",
    "/admin/councils/succession/1/change/",
    "/admin/partnerships/partnership/1/change/",
)


@pytest.mark.parametrize("address", RELATED)
def test_no_cross_beside_a_box_deletes_what_it_names(editor_page, address):
    page = editor_page
    page.goto(address)
    expect(page.locator(".delete-related:visible")).to_have_count(0)
    assert page.locator(".add-related:visible").count()


@pytest.mark.parametrize("address", RELATED)
def test_what_needs_scripts_is_not_offered_without(
    editor_page_without_scripts, address
):
    page = editor_page_without_scripts
    page.goto(address)
    expect(page.locator(".related-widget-wrapper-link:visible")).to_have_count(0)
    expect(page.locator("#toggle-nav-sidebar")).to_be_hidden(timeout=5_000)


def test_rows_of_a_table_stack_on_a_phone_and_show_their_labels(new_page, editor_page):
    page = editor_page
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/admin/councils/council/add/")
    rows = page.locator("#successions_from-group")
    rows.get_by_role("button", name="Add another").click()
    row = page.locator("#successions_from-0")
    for label in ("Predecessor", "Last day", "Extent"):
        shown = row.locator("label", has_text=label)
        expect(shown).to_be_visible()
        assert shown.bounding_box()["width"] > 20
    lefts = [box.bounding_box()["x"] for box in row.locator("td:visible select").all()]
    assert max(lefts) < 60


@pytest.mark.parametrize("address", ["councils/council/1/change", ADD])
def test_the_keyboard_reaches_the_form_first_and_shows_where_it_is(
    editor_page, address
):
    page = editor_page
    page.goto(f"/admin/{address}/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-to-content-link")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    here = page.locator(":focus")
    assert here.evaluate("it => document.querySelector('main').contains(it)")
    style = here.evaluate("it => getComputedStyle(it).outlineStyle")
    assert style == "solid"
    for _ in range(30):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "() => { const it = document.activeElement;"
            " return [it.outerHTML.slice(0, 80), getComputedStyle(it).outlineStyle]; }"
        )
        assert ring[1] == "solid", ring


@pytest.mark.parametrize(
    ("address", "first_box"),
    [
        ("/admin/councils/council/add/", "other_names-1-name"),
        ("/admin/councils/reorganisationorder/add/", "successions-3-predecessor"),
        ("/admin/briefings/briefing/add/", "lessons-1-number"),
    ],
)
def test_a_row_that_is_added_takes_the_keyboard_to_its_first_box(
    editor_page, address, first_box
):
    page = editor_page
    page.goto(address)
    group = page.locator(f"#{first_box.split('-')[0]}-group")
    group.locator(".add-row a").press("Enter")
    # The box of a council is drawn after the list that it stands for.
    box = page.locator(f"#id_{first_box}:focus, #id_{first_box} + :has(:focus)")
    expect(box).to_be_visible(timeout=5_000)


def contrast_of(element) -> float:
    """Return the contrast of an element's text with its own ground, as WCAG has it."""
    colours = element.evaluate(
        "it => [getComputedStyle(it).color, getComputedStyle(it).backgroundColor]"
    )

    def light(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted(map(light, colours))
    return (bright + 0.05) / (dark + 0.05)


def test_a_council_is_chosen_by_keyboard_in_a_new_row(editor_page):
    page = editor_page
    page.goto("/admin/councils/succession/add/")
    box = page.get_by_role("combobox", name="Predecessor")
    box.focus()
    page.keyboard.press("Enter")
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_focused()
    page.keyboard.type("aylesbury")
    likeliest = page.locator(".select2-results__option--highlighted")
    expect(likeliest).to_contain_text("Aylesbury")
    assert contrast_of(likeliest) >= 4.5
    found = page.locator(f"#{box.get_attribute('aria-controls')}[role=listbox]")
    expect(found).to_contain_text("Aylesbury")
    page.keyboard.press("Enter")
    expect(box).to_contain_text("Aylesbury Vale")
    chosen = "Aylesbury Vale, 1974-04-01 to 2020-03-31, then Buckinghamshire"
    expect(box).to_have_accessible_name(f"Predecessor: {chosen}")
