"""An officer's first screen, and "did it work?", in a real browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_learns_at_once_what_the_registry_holds(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    page.goto("/")
    main = page.locator("main")
    expect(main).to_contain_text("37 arrangements")
    expect(main).to_contain_text("The other 35 are our own reconstruction")
    expect(main).to_contain_text("Newest source seen")
    page.get_by_role("link", name="ended", exact=True).click()
    expect(page).to_have_url(re.compile(r"/partnerships/\?status=ended"))
    page.go_back()
    page.get_by_label("Search arrangements").fill("thanet")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("EK Services")


def test_an_officer_asks_whether_it_worked(page):
    page.goto("/case-studies/")
    page.get_by_role("link", name="Aylesbury Vale and Dacorum").click()
    expect(page.get_by_role("heading", name="Why it ended")).to_be_visible()
    savings = page.locator(".registry-pair").first
    expect(savings).to_contain_text("Not achieved")
    savings.get_by_role("link", name="Source 2").last.click()
    expect(page).to_have_url(
        re.compile("/partnerships/aylesbury-vale-dacorum/#source-2$")
    )
    expect(page.locator("#source-2")).to_be_in_viewport()
    page.go_back()
    contrast = page.get_by_role("region", name="A contrasting case")
    contrast.get_by_role("link", name="EK Services (East Kent Services)").click()
    expect(page.get_by_role("heading", name="What holds it back")).to_be_visible()
