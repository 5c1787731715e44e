"""Lessons, delivery models and contrasting cases, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_reaches_the_contrasting_case_in_two_clicks(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    page.goto("/case-studies/")
    page.get_by_role("link", name="Aylesbury Vale and Dacorum").click()
    contrast = page.get_by_role("region", name="A contrasting case")
    expect(contrast).to_contain_text("This one ended; that one was ongoing")
    contrast.get_by_role("link", name="its case study").click()
    expect(page).to_have_url(re.compile("/case-studies/ek-services/$"))


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_goes_from_a_lesson_to_the_list_it_counts(new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role(
        "link", name="Lessons"
    ).click()
    page.get_by_role("link", name="asymmetry does not work").click()
    found = page.locator("main").get_by_text(
        re.compile("[0-9]+ of the 37 arrangements")
    )
    number = found.inner_text().split()[0]
    page.get_by_role("link", name="See them in the list").click()
    expect(page.locator("#results")).to_have_text(
        re.compile(rf"^\s*{number}\s+arrangements")
    )


def test_the_law_is_reached_from_a_record(page):
    page.goto("/partnerships/hoople/")
    page.get_by_role("link", name="About this model").click()
    law = page.get_by_role("link", name="Localism Act 2011, section 4")
    expect(law).to_have_attribute(
        "href", "https://www.legislation.gov.uk/ukpga/2011/20/section/4"
    )
