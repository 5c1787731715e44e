"""Two editors at one record in two browsers; and a version that is put back."""

import pytest
from playwright.sync_api import expect

from tests.conftest import EDITOR

pytestmark = pytest.mark.browser


def sign_in(tab):
    tab.goto("/admin/login/")
    tab.fill("#id_username", EDITOR["username"])
    tab.fill("#id_password", EDITOR["password"])
    tab.click("[type=submit]")


def open_record(tab):
    tab.goto("/admin/partnerships/partnership/?q=Adur")
    tab.click("#result_list tbody th a >> nth=0")


def save(tab, reason):
    tab.fill("#id_reason", reason)
    tab.click("[name=_continue] >> nth=0")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_second_of_two_editors_chooses_and_the_record_is_put_back(
    new_page, console_errors, assert_accessible, scripts
):
    first = new_page(viewport={"width": 1280, "height": 900})
    second = new_page(
        viewport={"width": 320, "height": 700}, java_script_enabled=scripts
    )
    for tab in (first, second):
        sign_in(tab)
        open_record(tab)
    before = first.input_value("#id_staff")
    gaps = first.input_value("#id_gaps")
    address = first.url

    first.fill("#id_staff", "11")
    save(first, "Counted by the first.")
    second.fill("#id_staff", "12")
    second.fill("#id_gaps", "Made up for a test.")
    # The browser logs that the answer was 409.
    with second.expect_console_message(lambda line: "status of 409" in line.text):
        save(second, "Counted by the second.")
    assert "Somebody else has changed this record" in second.inner_text("#content")
    assert "Counted by the first." in second.inner_text("#content")
    console_errors.clear()
    if scripts:
        assert_accessible(second)
    assert second.evaluate("document.documentElement.scrollWidth") <= 320
    assert second.input_value("#id_reason") == "Counted by the second."
    assert second.get_by_label("Yours: Made up for a test.").is_checked()
    second.get_by_label("Yours: 12").check()
    second.get_by_role("button", name="Save what is chosen").click()
    expect(second.locator("#id_staff")).to_have_value("12")
    assert second.input_value("#id_gaps") == "Made up for a test."

    second.goto(address.replace("change/", "history/"))
    if scripts:
        assert_accessible(second)
    assert second.evaluate("document.documentElement.scrollWidth") <= 320
    history = second.inner_text("#content")
    for words in ("Counted by the first.", "Before: 11", "After: 12"):
        assert words in history
    # The newest change stands first, so the second link is what was before both.
    second.get_by_role("link", name="Put the whole record back").nth(1).click()
    expect(second.locator("#content")).to_contain_text("Now: 12")
    if scripts:
        assert_accessible(second)
    second.fill("#id_reason", "Both were made up.")
    second.get_by_role("button", name="Put back").click()
    expect(second.locator("#content")).to_contain_text("Both were made up.")
    first.goto(address)
    assert first.input_value("#id_staff") == before
    assert first.input_value("#id_gaps") == gaps
