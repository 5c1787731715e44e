"""An editor tries a file, reads what it would do, corrects it and confirms it."""

import csv
import io

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

IMPORT = "/admin/partnerships/partnership/import/"
NEW = {
    "slug": "made-up-import",
    "name": "Made-up import",
    "summary": "Made up for a test, " + "at some length, " * 10,
    "functions": "ict",
    "delivery_model": "joint-committee",
    "status": "over",
    "confidence": "low",
}
NARROW = {"width": 320, "height": 640}


def csv_of(*rows: dict) -> dict:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return {
        "name": "made-up.csv",
        "mimeType": "text/csv",
        "buffer": stream.getvalue().encode(),
    }


def try_file(page, file: dict):
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="Trial run").click()


@pytest.fixture
def narrow_page(editor_page):
    editor_page.set_viewport_size(NARROW)
    return editor_page


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_is_tried_corrected_and_confirmed(narrow_page):
    page = narrow_page
    page.goto("/admin/partnerships/partnership/")
    page.get_by_role("link", name="Import", exact=True).click()
    # A page that has only begun to come has no document to measure yet.
    expect(page.locator("#id_file")).to_be_visible()
    assert fits(page)
    try_file(page, csv_of(NEW))
    expect(page.get_by_text("“over” is not one of: ongoing")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm the import")).to_have_count(0)
    assert fits(page)
    try_file(page, csv_of({**NEW, "status": "ongoing"}))
    expect(
        page.get_by_text("1 added, 0 changed, 0 unchanged, 0 refused")
    ).to_be_visible()
    assert fits(page)
    page.get_by_label("Reason for this change").fill("Found in a made-up paper.")
    page.get_by_label("Reason for this change").press("Enter")
    expect(page.get_by_text("Imported: 1 added")).to_be_visible()
    expect(page.get_by_role("link", name="Made-up import")).to_be_visible()


def test_the_import_is_accessible(
    narrow_page, assert_accessible, assert_valid_html, console_errors
):
    page = narrow_page
    page.goto(IMPORT)
    for file in (
        None,
        csv_of({**NEW, "slug": "made-up-other"}),
        csv_of({**NEW, "slug": "made-up-other", "status": "ongoing"}),
        {**csv_of(NEW), "buffer": "made-up".encode("utf-16")},
    ):
        if file:
            try_file(page, file)
            expect(page.locator("#report, .errornote").first).to_be_visible()
        assert console_errors == []
        assert_valid_html(page.content())
        assert_accessible(page)
        console_errors.clear()  # axe brings styles of its own
