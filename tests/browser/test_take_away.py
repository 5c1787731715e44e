"""Side by side, over time and on the map, as an officer uses them in a browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FOUR = "/compare/?p=ek-services&p=aylesbury-vale-dacorum&p=lgss&p=southwest-one"


def test_a_choice_refused_is_accessible(new_page, assert_accessible, console_errors):
    page = new_page(viewport={"width": 320, "height": 800})
    page.goto("/compare/?p=ek-services&p=no-such")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert_accessible(page)
    assert all("404" in error for error in console_errors)
    console_errors.clear()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [320, 1280])
def test_two_are_ticked_in_the_list_and_compared_by_keyboard(new_page, scripts, width):
    page = new_page(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    page.goto("/partnerships/?q=services&status=ongoing")
    for name in ("EK Services", "GO Shared Services"):
        box = page.get_by_role("checkbox", name=f"Compare {name}")
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    page.get_by_role("button", name="Compare the ticked").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(
        re.compile(r"/compare/\?p=ek-services&p=go-shared-services$")
    )
    table = page.get_by_role("table", name="Arrangements side by side")
    expect(table.get_by_role("columnheader")).to_have_count(3)
    status = table.get_by_role("row", name="Status Same for all")
    expect(status).to_contain_text("Ongoing when last evidenced, about 2017")
    staff = table.get_by_role("row", name="Staff Recorded for some only")
    expect(staff).to_contain_text("365")


def test_ticks_and_filters_do_not_get_into_each_others_address(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/partnerships/?status=ended")
    page.get_by_role("checkbox", name="Compare LGSS").check()
    page.get_by_role("button", name="Sort").click()
    expect(page).to_have_url(re.compile(r"\?status=ended&sort=name#results$"))


def test_too_few_ticked_keeps_the_tick_and_leads_on(new_page, console_errors):
    page = new_page(java_script_enabled=False)
    page.goto("/partnerships/")
    page.get_by_role("checkbox", name="Compare Hoople").check()
    page.get_by_role("button", name="Compare the ticked").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose 2 to 4 arrangements")
    expect(page.get_by_role("checkbox", name="Hoople")).to_be_checked()
    page.get_by_label("Add an arrangement").select_option("lgss")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("columnheader", name="LGSS")).to_be_visible()
    assert all("400" in error for error in console_errors)
    console_errors.clear()


def test_a_record_is_compared_with_another_one(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/partnerships/hoople/")
    page.get_by_label("Compare this with").select_option("lgss")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("columnheader", name="Hoople")).to_be_visible()
    expect(page.get_by_role("columnheader", name="LGSS")).to_be_visible()


def test_the_comparison_scrolls_by_keyboard_on_a_narrow_screen(new_page):
    page = new_page(viewport={"width": 320, "height": 800})
    page.goto(FOUR)
    region = page.get_by_role("region", name="Arrangements side by side")
    region.focus()
    page.keyboard.press("ArrowRight")
    # Playwright's own waiting evaluates text in the page, which its policy forbids.
    scrolled = region.evaluate(
        """region => new Promise((done) => {
          const tell = () => done(region.scrollLeft);
          if (region.scrollLeft > 0) tell();
          else region.addEventListener("scroll", tell, { once: true });
        })"""
    )
    assert scrolled > 0


def test_the_list_leads_to_the_map_of_its_results(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/partnerships/?region=wales")
    page.get_by_role("link", name=re.compile("^Map of ")).click()
    expect(page).to_have_url(re.compile(r"/partnerships/map/\?region=wales$"))
    expect(page.get_by_role("img", name="Map of member councils")).to_be_visible()
    rows = page.get_by_role("table", name="The councils on the map").get_by_role("row")
    expect(rows.filter(has_text="Torfaen")).to_have_count(1)
    outline = page.locator("svg.registry-map image").get_attribute("href") or ""
    answer = page.request.get(outline)
    assert answer.headers["content-type"] == "image/svg+xml"


def test_the_drawing_says_its_facts_to_those_who_do_not_see_it(page):
    page.goto("/partnerships/southwest-one/")
    drawing = page.get_by_role("img", name=re.compile("^Members of Southwest One from"))
    expect(drawing).to_be_visible()
    expect(drawing.locator("desc")).to_contain_text(
        "Somerset: joined 2007, left December 2016."
    )


@pytest.mark.parametrize("colours", ["active", "none"])
def test_the_drawings_are_there_in_the_readers_own_colours(new_page, colours):
    page = new_page(forced_colors=colours)
    page.goto("/partnerships/southwest-one/")
    bars = page.locator("figure svg[role=img] rect[class^='registry-time__']")
    shapes = bars.evaluate_all(
        "bars => bars.map(bar => [bar.getAttribute('class'),"
        " getComputedStyle(bar).fill, getComputedStyle(bar).strokeDasharray])"
    )
    drawn = {kind: (fill, dash) for kind, fill, dash in shapes}
    known = drawn["registry-time__known"]
    between = drawn["registry-time__between"]
    unknown = drawn["registry-time__open"]
    assert len({known, between, unknown}) == 3
    assert "time-hatch" in between[0]
    assert unknown[1] != "none"
