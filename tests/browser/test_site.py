"""What every page shares, in a real browser: frame, filters, suggestions, admin."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 800}


def test_the_skip_link_leads_past_the_header(page):
    page.goto("/councils/")
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_header_marks_where_the_reader_is(page):
    page.goto("/councils/")
    here = page.locator(".registry-header [aria-current]")
    expect(here).to_have_text("Councils")
    expect(here).to_have_attribute("aria-current", "page")


def test_filters_stand_open_beside_the_results_on_a_wide_screen(new_page):
    page = new_page(viewport=WIDE, java_script_enabled=False)
    page.goto("/partnerships/")
    expect(page.get_by_label("Council", exact=True)).to_be_visible()
    expect(page.locator(".registry-filters__summary")).to_be_hidden()


def test_filters_wait_behind_their_summary_on_a_narrow_screen(new_page):
    page = new_page(viewport=NARROW, java_script_enabled=False)
    page.goto("/partnerships/")
    expect(page.get_by_label("Council", exact=True)).to_be_hidden()
    page.locator(".registry-filters__summary").click()
    expect(page.get_by_label("Council", exact=True)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_applying_filters_moves_the_focus_to_the_results(new_page, scripts):
    page = new_page(viewport=WIDE, java_script_enabled=scripts)
    page.goto("/partnerships/")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("#results")).to_be_focused()


def test_empty_fields_stay_out_of_the_address(page):
    page.goto("/councils/")
    page.locator("form[data-drop-empty] [name=name]").fill("dacorum")
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url(re.compile(r"dacorum"))
    assert page.url.partition("?")[2] == "name=dacorum#results"


def test_typing_a_former_council_offers_it_with_what_became_of_it(page):
    page.goto("/partnerships/")
    page.mouse.move(1, 1)  # the box comes with a sign of life
    box = page.get_by_role("combobox", name="Council")
    box.press_sequentially("aylesbury")
    option = page.get_by_role("option", name="Aylesbury Vale")
    expect(option).to_contain_text("now Buckinghamshire Council")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Aylesbury Vale District Council")
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url(re.compile(r"council=aylesbury-vale\b"))
    expect(page.locator("#results")).to_be_focused()


def test_the_suggestions_are_accessible(page, assert_accessible):
    page.goto("/partnerships/")
    page.mouse.move(1, 1)  # the box comes with a sign of life
    page.get_by_role("combobox", name="Council").press_sequentially("buckingham")
    expect(
        page.get_by_role("option", name="Buckinghamshire Council")
    ).not_to_have_count(0)
    assert_accessible(page)


def test_a_name_typed_and_not_chosen_is_sent_as_without_scripts(page, console_errors):
    page.goto("/partnerships/")
    page.route("**/councils/suggest.json*", lambda route: route.abort())
    page.mouse.move(1, 1)  # the box comes with a sign of life
    page.get_by_role("combobox", name="Council").press_sequentially("Dacorum")
    expect(page.get_by_text("Suggestions are not available")).to_be_visible()
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url(re.compile(r"council=(?i:dacorum)"))
    assert [*map(str.lower, console_errors)] == [
        "failed to load resource: net::err_failed"
    ]
    console_errors.clear()


def test_paper_shows_the_sources_addresses_and_nothing_to_press(page):
    page.goto("/partnerships/")
    page.emulate_media(media="print")
    expect(page.locator(".registry-header nav")).to_be_hidden()
    expect(page.locator(".registry-layout__filters")).to_be_hidden()


def test_editors_work_without_breaking_the_policy(editor_page):
    for address in (
        "/admin/",
        "/admin/partnerships/partnership/",
        "/admin/partnerships/partnership/add/",
        "/admin/councils/council/",
    ):
        editor_page.goto(address)
        expect(editor_page.locator("#content")).to_be_visible()


def test_the_icon_is_where_browsers_look_for_it(page):
    answer = page.request.get("/favicon.ico")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/x-icon"


def test_static_files_are_compressed_and_kept_for_good(page, site):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/")
    sheet = next(answer for answer in answers if answer.url.endswith(".css"))
    assert "immutable" in sheet.headers["cache-control"]
    assert sheet.headers["content-encoding"] in {"br", "gzip"}
