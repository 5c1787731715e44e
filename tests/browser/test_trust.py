"""Reports, and what the accessibility statement says, in a real browser."""

import os
import re
import time
from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner, b62_encode
from playwright.sync_api import expect

from briefings.accessibility import PAGES, WIDTHS
from partnerships.reports import Stamp

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", PAGES.values())
def test_what_the_accessibility_statement_says_was_tested_is(
    new_page, console_errors, assert_accessible, assert_valid_html, address
):
    page = new_page()
    answer = page.goto(address)
    assert_valid_html(answer.text())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert_accessible(page)
    # A browser notes an answer such as 404 as an error of the page.
    console_errors[:] = [e for e in console_errors if "the server responded" not in e]


def opened(ago: timedelta) -> str:
    """Return the stamp that the served registry would have signed that long ago."""

    class Earlier(TimestampSigner):
        def timestamp(self):
            return b62_encode(int(time.time() - ago.total_seconds()))

    key = os.environ["SECRET_KEY"]
    return Earlier(key=key, salt=Stamp.signer.salt).sign("opened")


def stamp(page, ago: timedelta):
    field = page.locator("[name=opened]")
    field.evaluate("(field, stamp) => { field.value = stamp }", opened(ago))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_reports_a_fact_by_keyboard_alone(
    new_page, assert_accessible, console_errors, scripts
):
    page = new_page(viewport={"width": 320, "height": 800}, java_script_enabled=scripts)
    page.goto("/partnerships/ek-services/")
    page.get_by_role("link", name=re.compile("Report .*outcome 1$")).focus()
    page.keyboard.press("Enter")
    about = page.get_by_label("What is it about?")
    expect(about).to_have_value("outcome-1")
    about.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("What is wrong or missing?")).to_be_focused()
    page.keyboard.type("It saved made-up money.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Your e-mail address (optional)")).to_be_focused()
    page.keyboard.press("Tab")
    send = page.get_by_role("button", name="Send report")
    expect(send).to_be_focused()  # the field for robots is not on the way

    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("Name a source")
    expect(about).to_have_value("outcome-1")
    expect(page.get_by_label("What is wrong or missing?")).to_have_value(
        "It saved made-up money."
    )
    if scripts:  # without any, the program that judges does not run either
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert_accessible(page)

    page.get_by_role("link", name="Name a source").press("Enter")
    expect(page.get_by_label("Which source says so?")).to_be_focused()
    page.keyboard.type("Made-up minutes")
    stamp(page, timedelta(hours=-1))  # however slow this machine: too soon
    send.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("as fast as programs")
    expect(page.get_by_label("Which source says so?")).to_have_value("Made-up minutes")
    stamp(page, timedelta(minutes=1))
    send.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Your report has been sent"
    )
    reference = page.locator(".registry-reference")
    expect(reference).to_have_text(re.compile("^R-[A-Z0-9]{4}-[A-Z0-9]{4}$"))
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert_accessible(page)
    page.reload()
    expect(reference).to_have_count(0)
    console_errors[:] = [e for e in console_errors if "the server responded" not in e]


def send_report(page, message: str):
    page.goto("/report/?about=other")
    page.get_by_label("What is wrong or missing?").fill(message)
    stamp(page, timedelta(minutes=1))
    page.get_by_role("button", name="Send report").click()


def test_a_report_too_many_can_be_sent_later(
    new_page, assert_accessible, console_errors
):
    page = new_page(
        viewport={"width": 320, "height": 800},
        extra_http_headers={"X-Forwarded-For": "192.0.2.1"},
    )
    for _ in range(10):
        send_report(page, "Made up.")
        expect(page.locator(".registry-reference")).to_be_visible()
    send_report(page, "One too many.")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Too many reports from your network"
    )
    kept = page.get_by_label("What is wrong or missing?")
    expect(kept).to_have_value("One too many.")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert_accessible(page)
    console_errors[:] = [e for e in console_errors if "the server responded" not in e]


def test_an_editor_finds_a_report_by_its_reference(new_page, editor_page):
    reader = new_page(extra_http_headers={"X-Forwarded-For": "192.0.2.2"})
    send_report(reader, "Made up for an editor.")
    reference = reader.locator(".registry-reference").inner_text()
    editor_page.goto("/admin/partnerships/suggestion/")
    editor_page.fill("#searchbar", reference.lower().replace("-", " "))
    editor_page.press("#searchbar", "Enter")
    editor_page.get_by_role("link", name=reference).click()
    expect(editor_page.locator("#content")).to_contain_text("Made up for an editor.")
    editor_page.select_option("#id_status", "accepted")
    editor_page.click("[name=_save]")
    expect(editor_page.locator(".success")).to_be_visible()
