"""An editor's morning in a real browser: what needs doing, and a record checked."""

import pytest
from playwright.sync_api import expect

from tests.conftest import EDITOR

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def editor(request, new_page):
    tab = new_page(
        viewport={"width": 320, "height": 640}, java_script_enabled=request.param
    )
    tab.goto("/admin/")
    tab.fill("#id_username", EDITOR["username"])
    tab.fill("#id_password", EDITOR["password"])
    tab.click("[type=submit]")
    return tab


def waiting(page) -> int:
    """Return how many checks the first page says are overdue."""
    page.goto("/admin/")
    row = page.locator("section[aria-labelledby=queues] li", has_text="Checks overdue")
    return int(row.locator("strong").inner_text())


def test_a_check_is_one_click_with_a_note(editor):
    before = waiting(editor)
    assert before
    assert editor.evaluate("document.documentElement.scrollWidth") <= 320
    editor.get_by_role("link", name="Checks overdue").click()
    reason = editor.locator("td.field-reasons").first
    expect(reason).to_contain_text("Due for checking since")
    editor.locator("th.field-name a").first.click()
    editor.get_by_label("Note on the check").fill("Compared with its made-up papers.")
    editor.keyboard.press("Enter")
    expect(editor.locator(".success")).to_contain_text("is marked as checked")
    expect(editor.get_by_text("Next due on")).to_be_visible()
    editor.get_by_role("link", name="Checks", exact=True).first.click()
    expect(editor.get_by_text("Compared with its made-up papers.")).to_be_visible()
    assert waiting(editor) == before - 1


def test_several_records_are_checked_from_the_list(editor):
    before = waiting(editor)
    editor.get_by_role("link", name="Checks overdue").click()
    for place in range(2):
        editor.locator(".action-select").nth(place).check()
    editor.get_by_label("Action:").select_option("mark_as_checked")
    editor.get_by_label("Note, for a check:").fill("A made-up round.")
    editor.get_by_role("button", name="Go").click()
    expect(editor.locator(".success")).to_have_text("2 records are marked as checked.")
    assert waiting(editor) == before - 2
