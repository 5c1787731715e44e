"""Editors enter a reorganisation, and end and merge records, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.conftest import EDITOR

pytestmark = pytest.mark.browser


def signed_in(tab):
    tab.set_default_timeout(30_000)  # long walks, on a machine that has other work
    tab.goto("/admin/login/")
    tab.fill("#id_username", EDITOR["username"])
    tab.fill("#id_password", EDITOR["password"])
    tab.click("[type=submit]")
    return tab


def is_of_axe(error):
    return "inline style" in error or "(index 0)" in error


def form_of(tab, name):
    """Open a record's form by its name, through the list."""
    tab.goto("/admin/partnerships/partnership/")
    tab.fill("#searchbar", name)
    tab.press("#searchbar", "Enter")
    tab.click(f"#result_list a:text-is('{name}')")


def choose(tab, row, field, text):
    """Choose a council in a row's box as it is typed."""
    tab.click(f"#successions-{row} .field-{field} .select2-selection")
    tab.fill(".select2-search__field", text)
    likeliest = tab.locator(".select2-results__option--highlighted")
    expect(likeliest).to_contain_text(f"{text.split()[0]}, since")
    likeliest.click()


def test_one_order_changes_every_page_and_deleting_it_changes_them_back(page):
    signed_in(page)
    page.goto("/councils/swindon/")
    assert "No end of this council is recorded." in page.inner_text("main")

    page.goto("/admin/councils/reorganisationorder/add/")
    page.fill("#id_name", "The Pretend (Structural Changes) Order 2098")
    page.fill("#id_vesting_day", "2099-04-01")
    page.fill("#id_url", "https://example.org/order")
    choose(page, 0, "predecessor", "Swindon Borough Council")
    choose(page, 0, "successor", "Swindon Borough Council")
    page.select_option("#id_successions-0-extent", "whole")
    page.click("[name=_save]")
    expect(page.locator("#successions-0")).to_contain_text(
        "A council cannot be its own heir."
    )
    assert page.input_value("#id_url") == "https://example.org/order"
    choose(page, 0, "successor", "Wiltshire Council")
    page.click("[name=_save]")

    page.goto("/councils/swindon/")
    said = page.inner_text("main")
    assert "Its last full day will be 31 March 2099." in said
    assert "Wiltshire Council (all of it)" in said
    assert "The Pretend (Structural Changes) Order 2098" in said

    page.goto("/admin/councils/reorganisationorder/")
    page.click("#result_list a:has-text('Pretend')")
    page.click(".deletelink")
    expect(page.locator("#content")).to_contain_text(
        "31 March 2099, is not known again"
    )
    page.click("#content [type=submit]")
    page.goto("/councils/swindon/")
    assert "No end of this council is recorded." in page.inner_text("main")


def test_an_order_is_entered_without_scripts(page_without_scripts):
    tab = signed_in(page_without_scripts)
    tab.goto("/admin/councils/reorganisationorder/add/")
    tab.fill("#id_name", "The Plain Pretend Order 2098")
    tab.fill("#id_vesting_day", "2099-04-01")
    tab.fill("#id_url", "https://example.org/order")
    row = tab.locator("#successions-0")
    row.get_by_label("name or code").nth(0).fill("Swindon Borough Council")
    row.get_by_label("name or code").nth(1).fill("Wiltsheer")
    tab.select_option("#id_successions-0-extent", "whole")
    tab.locator("[name=_save]").last.click()
    expect(row).to_contain_text("No council has the name or code “Wiltsheer”.")
    row.get_by_label("name or code").nth(1).fill("E06000054")
    tab.locator("[name=_save]").last.click()
    expect(tab.locator(".messagelist .success")).to_contain_text("Plain Pretend")

    tab.goto("/councils/swindon/")
    expect(tab.locator("main")).to_contain_text("Wiltshire Council (all of it)")
    tab.goto("/admin/councils/reorganisationorder/")
    tab.click("#result_list a:has-text('Plain Pretend')")
    tab.click(".deletelink")
    tab.click("#content [type=submit]")


def test_a_record_ends_and_that_is_undone_without_scripts(page_without_scripts):
    tab = signed_in(page_without_scripts)
    form_of(tab, "Mid Kent Services ICT")
    tab.click("text=End this arrangement")
    tab.fill("#id_ended", "2024-13")
    tab.fill("#id_end_reason", "Made up for a test.")
    source = tab.locator("#id_source option").nth(1).get_attribute("value")
    tab.select_option("#id_source", source)
    tab.click("#content [type=submit]")
    expect(tab.locator("#content")).to_contain_text("is not a day in the calendar")
    assert tab.input_value("#id_end_reason") == "Made up for a test."
    tab.fill("#id_ended", "2024-11")
    tab.click("#content [type=submit]")
    expect(tab.locator(".messagelist")).to_contain_text("has ended.")
    tab.click("text=Undo the ending")
    tab.fill("#id_reason", "It was a test.")
    tab.click("#content [type=submit]")
    expect(tab.locator(".messagelist")).to_contain_text("is undone.")
    assert tab.input_value("#id_ended") == ""


def test_two_records_merge_and_part_on_a_phone(
    new_page, assert_accessible, console_errors
):
    def judge(tab):
        assert_accessible(tab)
        # What axe itself tries on the admin's style sheets, and the policy refuses.
        console_errors[:] = [e for e in console_errors if not is_of_axe(e)]

    tab = signed_in(new_page(viewport={"width": 320, "height": 640}))
    form_of(tab, "Mid Kent Services ICT")
    tab.click("text=Merge another record into this one")
    judge(tab)
    tab.focus("#id_other")
    tab.keyboard.type("One Connect")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".record-pairs")
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
    judge(tab)
    tab.fill("#id_reason", "Made up for a test.")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".messagelist")
    answer = tab.request.get("/partnerships/one-connect/", max_redirects=0)
    assert answer.status == 301
    tab.click("text=Undo the merger of")
    judge(tab)
    tab.fill("#id_reason", "It was a test.")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".messagelist")
    assert tab.request.get("/partnerships/one-connect/").status == 200
