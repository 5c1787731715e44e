"""A reviewer who is told what a record lacks gets there by keyboard, losing nothing."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_what_is_missing_is_reached_by_keyboard(editor_page, site):
    page = editor_page
    page.goto("/admin/partnerships/partnership/?q=hoople")
    page.locator("#result_list tbody th a").click()
    sources = page.locator("#boxes_id_outcomes-0-sources")
    sources.evaluate("group => { group.closest('details').open = true; }")
    cited = sources.locator("input:checked")
    assert cited.count()
    while cited.count():
        cited.first.uncheck()
    page.fill("#id_gaps", "Typed a minute ago.")
    page.fill("#id_reason", "A pretended slip.")
    page.locator("[name=_save]").first.press("Enter")

    says = page.locator(".field-publication")
    expect(says).to_contain_text("cannot be published yet, and nothing was saved")
    link = says.get_by_role("link")
    expect(link).to_have_count(1)
    link.press("Enter")
    expect(sources).to_be_focused()
    expect(page.locator("#id_gaps")).to_have_value("Typed a minute ago.")
    expect(page.locator("#id_reason")).to_have_value("A pretended slip.")

    # Readers still see what they saw.
    page.goto("/partnerships/hoople/")
    expect(page.locator("main")).not_to_contain_text("Typed a minute ago.")
