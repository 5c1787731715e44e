"""An editor adds a record on one screen: by keyboard, without scripts, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from councils.partial_dates import PartialDate
from tests.conftest import EDITOR

pytestmark = pytest.mark.browser

ADD = "/admin/partnerships/partnership/add/"
FOCUS = "document.activeElement.id || document.activeElement.className"


def signed_in(tab):
    tab.goto("/admin/login/")
    tab.fill("#id_username", EDITOR["username"])
    tab.fill("#id_password", EDITOR["password"])
    tab.click("[type=submit]")
    return tab


def tab_to(page, selector: str):
    for _ in range(250):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    pytest.fail(f"The Tab key does not lead to {selector}")


def typed(page, selector: str, text: str):
    tab_to(page, selector)
    page.keyboard.type(text)


def test_strata_is_added_by_the_keyboard_alone(editor_page):
    page = editor_page
    page.goto(ADD)
    page.keyboard.press("Control+Home")
    typed(page, "#id_name", "Made-up Strata")
    typed(page, "#id_summary", "Three councils pretend to own a company.")
    tab_to(page, ".function-boxes input")
    page.keyboard.press("Space")
    typed(page, "#id_delivery_model", "Public")
    typed(page, "#id_started", "2014-11")
    expect(page.locator("[data-date-of=id_started]")).to_have_text(
        "Read as November 2014."
    )
    typed(page, "#id_status", "Ongoing")
    typed(page, "#id_confidence", "Low")
    tab_to(page, "#sources-group .add-row a")
    page.keyboard.press("Space")
    expect(page.locator("#id_sources-0-title")).to_be_focused()
    page.keyboard.type("Pretend paper")
    typed(page, "#id_sources-0-publisher", "Pretend Press")
    typed(page, "#id_sources-0-kind", "Press")
    typed(page, "#id_sources-0-url", "https://example.org/strata")
    for place, name in enumerate(["exeter", "east devon", "teignbridge"]):
        tab_to(page, "#memberships-group .add-row a")
        page.keyboard.press("Enter")
        row = page.locator(f"#memberships-{place}")
        expect(row.get_by_role("combobox", name="Council").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".select2-search__field")).to_be_focused()
        page.keyboard.type(name)
        expect(page.locator(".select2-results__option--highlighted")).to_contain_text(
            re.compile(f"^{name}, since 1974-04-01", re.IGNORECASE)
        )
        page.keyboard.press("Enter")
        typed(page, f"#id_memberships-{place}-role", "Partner")
        typed(page, f"#id_memberships-{place}-joined", "2014-11")
        tab_to(page, f"#memberships-{place} .source-boxes input")
        page.keyboard.press("Space")
        expect(row.get_by_label("New source 1: Pretend paper")).to_be_checked()
    tab_to(page, ".submit-row [name=_continue]")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("Made-up Strata")
    expect(page.locator("#memberships-group")).to_contain_text(
        "Exeter — partner, from November 2014"
    )
    cited = page.locator("#memberships-group .has_original .source-boxes input:checked")
    expect(cited).to_have_count(3)
    expect(page.locator("#id_publication")).to_have_value("draft")


def test_the_same_without_scripts(new_page):
    page = signed_in(new_page(java_script_enabled=False))
    page.goto(ADD)
    page.get_by_role("link", name="three empty rows").click()
    page.fill("#id_name", "Made-up plain record")
    page.fill("#id_slug", "made-up-plain-record")
    page.fill("#id_summary", "Pretended without scripts.")
    page.locator(".function-boxes input").first.check()
    page.select_option("#id_delivery_model", "unknown")
    page.select_option("#id_status", "ongoing")
    page.select_option("#id_confidence", "low")
    page.fill("#id_started", "May 2012")
    page.fill("#id_sources-0-title", "Pretend paper")
    page.fill("#id_sources-0-publisher", "Pretend Press")
    page.select_option("#id_sources-0-kind", "press")
    page.fill("#id_sources-0-url", "https://example.org/plain")
    row = page.locator("#memberships-0")
    row.get_by_label("name or code").fill("aylesbury vale")
    page.select_option("#id_memberships-0-role", "lead")
    page.fill("#id_memberships-0-joined", "2021")
    row.get_by_label("New source 1").check()
    page.click("[name=_continue] >> nth=0")
    errors = page.locator(".errorlist")
    expect(errors).to_have_count(2)
    expect(errors.first).to_contain_text("For May 2012 type “2012-05”")
    expect(errors.last).to_contain_text("Buckinghamshire Council took over on 1 April")
    page.fill("#id_started", "2012-05")
    page.fill("#id_memberships-0-joined", "2012-05")
    expect(row.get_by_label("New source 1: Pretend paper")).to_be_checked()
    page.click("[name=_continue] >> nth=0")
    expect(page.locator(".messagelist .success")).to_contain_text("plain record")
    expect(page.locator("#memberships-0 h3")).to_contain_text("Aylesbury Vale — lead")
    boxes = page.locator("#memberships-0 .source-boxes")
    expect(boxes.get_by_label("1. Pretend paper")).to_be_checked()
    expect(page.locator("[data-date-of=id_started]")).to_have_text("Read as May 2012.")


def test_a_box_follows_its_source_when_another_is_taken_away(editor_page):
    page = editor_page
    page.goto(ADD)
    for title in ("First", "Second"):
        page.locator("#sources-group .add-row a").click()
        page.keyboard.type(title)
    page.locator("#outcomes-group .add-row a").click()
    boxes = page.locator("#outcomes-0 .source-boxes")
    boxes.get_by_label("Second").check()
    page.locator("#sources-0 .inline-deletelink").click()
    expect(page.locator("#sources-group .add-row a")).to_be_focused()
    expect(boxes.locator("input")).to_have_count(1)
    second = boxes.get_by_label("New source 1: Second")
    expect(second).to_be_checked()
    expect(second).to_have_value("row-0")
    # A row that comes later is offered the same.
    page.locator("#aims-group .add-row a").click()
    expect(
        page.locator("#aims-0 .source-boxes").get_by_label("New source 1: Second")
    ).to_have_attribute("name", "aims-0-sources")


@pytest.mark.parametrize(
    "text",
    ["2012", "2012-05", "2012-02-29", "2012?", "2012-05-17~", "2011-02-29", "2012-13",
     "0000", "0001", "2012-5", "May 2012", "1900-02-29", "٢٠١٢", ""],
)  # fmt: skip
def test_the_script_reads_a_date_as_the_registry_does(one_form, text):
    one_form.fill("#id_started", text)
    try:
        words = f"Read as {PartialDate(text).in_words()}."
    except ValueError:
        words = ""
    expect(one_form.locator("[data-date-of=id_started]")).to_have_text(words)


@pytest.fixture
def one_form(editor_page):
    editor_page.goto(ADD)
    return editor_page


def test_the_form_fits_a_phone_and_lets_the_focus_out(new_page):
    page = signed_in(new_page(viewport={"width": 320, "height": 640}))
    page.goto("/admin/partnerships/partnership/?q=aylesbury")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Memberships").last.click()
    expect(page.locator("#memberships-heading")).to_be_in_viewport()
    page.locator("#memberships-group .add-row a").click()
    page.keyboard.press("Enter")
    page.keyboard.type("aylesbury")
    expect(page.locator(".select2-results__option--highlighted")).to_contain_text(
        "then Buckinghamshire"
    )
    wide = """() => [...document.querySelectorAll("#content *")].filter((one) =>
      one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.outerHTML.slice(0, 100))"""
    assert page.evaluate(wide) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+End")
    stops = []
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return
        stops.append(page.evaluate(FOCUS))
    pytest.fail(f"the focus never leaves the page: {stops[-10:]}")


def test_the_form_breaks_no_rule_of_accessibility(
    editor_page, assert_accessible, console_errors
):
    editor_page.goto(ADD)
    for rows in ("sources", "memberships", "outcomes"):
        editor_page.locator(f"#{rows}-group .add-row a").click()
    assert_accessible(editor_page)
    # The tool that judges writes a style sheet into the page, which is refused.
    console_errors.clear()
