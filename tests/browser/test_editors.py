"""The editors' ten journeys in a real browser: where each is walked.

1. What needs doing today: here, and test_queues.py for checks. The lists of all queues
   are opened in test_admin_pages.py.
2. One screen adds a record, and warns of a council outside its lifetime:
   test_one_screen.py, by keyboard, without scripts and on a phone.
3. Awkward dates, accepted and refused: here. Each way to type one: test_one_screen.py.
4. No source, no publication: test_publishing.py.
5. Two saves at once: test_two_editors.py for fields, here for rows.
6. History and putting back: test_two_editors.py for fields, here for rows.
7. A spreadsheet: test_sheets.py for rows added and refused, here for the round trip and
   for rows changed.
8. One reorganisation order: test_orders.py.
9. Ending and merging: test_orders.py. Withdrawing and bringing back: here.
10. Viewer, editor and reviewer: here.
"""

import csv
import io
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_trust import send_report
from tests.conftest import EDITOR

pytestmark = pytest.mark.browser

RECORDS = "/admin/partnerships/partnership/"


def sign_in(tab, username=EDITOR["username"], password=EDITOR["password"]):
    tab.set_default_timeout(30_000)  # long walks, on a machine that has other work
    tab.goto("/admin/login/")
    tab.fill("#id_username", username)
    tab.fill("#id_password", password)
    tab.click("[type=submit]")
    return tab


def open_record(tab, name: str):
    tab.goto(RECORDS)
    tab.fill("#searchbar", name)
    tab.press("#searchbar", "Enter")
    tab.get_by_role("link", name=name, exact=True).click()


def waiting(tab, queue: str) -> int:
    """Return how many rows the first page says are in a queue."""
    tab.goto("/admin/")
    row = tab.locator("section[aria-labelledby=queues] li", has_text=queue)
    return int(row.locator("strong").inner_text())


def fill_in(tab, name: str):
    """Type what a new record needs, its source too, and nothing that cites one."""
    tab.goto(f"{RECORDS}add/")
    tab.fill("#id_name", name)
    tab.fill("#id_summary", "Pretended for a journey.")
    tab.locator(".function-boxes input").first.check()
    tab.select_option("#id_delivery_model", "unknown")
    tab.select_option("#id_status", "ongoing")
    tab.select_option("#id_confidence", "low")
    tab.fill("#id_latest_evidence", "2014-11")
    tab.locator("#sources-group .add-row a").click()
    tab.fill("#id_sources-0-title", "Pretend paper")
    tab.fill("#id_sources-0-publisher", "Pretend Press")
    tab.select_option("#id_sources-0-kind", "press")
    tab.fill("#id_sources-0-url", "https://example.org/journey")


def test_what_needs_doing_is_one_click_away_and_goes_once_it_is_done(new_page):
    page = sign_in(new_page())
    before = waiting(page, "Suggestions waiting")
    reader = new_page(extra_http_headers={"X-Forwarded-For": "192.0.2.3"})
    send_report(reader, "Made up for a queue.")
    reference = reader.locator(".registry-reference").inner_text()
    assert waiting(page, "Suggestions waiting") == before + 1

    page.get_by_role("link", name="Suggestions waiting").click()
    row = page.locator("#result_list tr", has_text=reference)
    expect(row.locator(".field-reasons")).to_contain_text("it came")
    row.get_by_role("link", name=reference).click()
    page.select_option("#id_status", "declined")
    page.fill("#id_note", "It was made up.")
    page.click("[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    assert waiting(page, "Suggestions waiting") == before

    ended = waiting(page, "Members whose council has ended")
    page.get_by_role("link", name="Members whose council has ended").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(ended)
    expect(page.locator(".field-reasons").first).to_contain_text("ended on")


def test_awkward_dates_are_refused_beside_their_field_or_read_back(new_page):
    page = sign_in(new_page())
    fill_in(page, "Made-up dates")
    refused = [
        ("13/2012", "", "started", "is not a date"),
        ("2011-13", "", "started", "is not a day in the calendar"),
        ("2011-02-31", "", "started", "is not a day in the calendar"),
        ("2012-05", "2011", "ended", "The end cannot come before the start"),
    ]
    for started, ended, field, says in refused:
        page.fill("#id_started", started)
        page.fill("#id_ended", ended)
        page.locator("[name=_continue]").first.click()
        expect(page.locator(f"#id_{field}_error")).to_contain_text(says)
        expect(page.locator("#id_started")).to_have_value(started)
        expect(page.locator("#id_sources-0-title")).to_have_value("Pretend paper")
        expect(page.locator(".function-boxes input").first).to_be_checked()
    page.fill("#id_announced", "2011?")
    page.fill("#id_started", "2012~")
    page.fill("#id_ended", "")
    page.locator("[name=_continue]").first.click()
    expect(page.locator(".messagelist .success")).to_contain_text("Made-up dates")
    for name, says in (("announced", "2011 (uncertain)"), ("started", "about 2012")):
        read = page.locator(f"[data-date-of=id_{name}]")
        expect(read).to_have_text(f"Read as {says}.")


def test_two_who_change_one_row_choose_and_its_history_puts_it_back(
    new_page, console_errors
):
    first, second = sign_in(new_page()), sign_in(new_page())
    text = "#id_outcomes-0-text"
    for tab in (first, second):
        open_record(tab, "EK Services")
    before = first.input_value(text)
    for tab, typed in ((first, "Told by the first."), (second, "Told by the second.")):
        tab.locator("#outcomes-0 summary").click()
        tab.fill(text, typed)
        tab.fill("#id_reason", f"{typed} Made up.")
        if tab is second:
            tab.fill("#id_gaps", "Typed by the second.")
        if tab is second:
            # The browser logs that the answer was 409.
            with tab.expect_console_message(lambda line: "status of 409" in line.text):
                tab.locator("[name=_continue]").first.click()
            console_errors.clear()
        else:
            tab.locator("[name=_continue]").first.click()

    outcome = second.get_by_role("group", name="Outcome 1")
    expect(outcome).to_contain_text("Told by the second.")
    outcome.get_by_label("Saved now: Told by the first.").check()
    expect(second.get_by_label("Yours: Typed by the second.")).to_be_checked()
    second.get_by_role("button", name="Save what is chosen").click()
    expect(second.locator(text)).to_have_value("Told by the first.")

    second.get_by_role("link", name="History").click()
    told = second.locator(".registry-history section", has_text="Told by the first.")
    expect(told.first).to_contain_text(EDITOR["username"])
    expect(told.first).to_contain_text(f"Before: {before}")
    second.get_by_role("link", name="Put the whole record back").nth(1).click()
    expect(second.locator("#content")).to_contain_text("Now: Told by the first.")
    second.get_by_label("Reason").fill("Both were made up.")
    second.get_by_role("button", name="Put back").click()
    expect(second.locator(".messagelist")).to_contain_text("was put back")
    first.reload()
    expect(first.locator(text)).to_have_value(before)


def test_an_export_comes_back_unchanged_and_a_trial_run_writes_nothing(new_page):
    page = sign_in(new_page())

    def exported() -> bytes:
        page.goto(RECORDS)
        with page.expect_download() as download:
            page.get_by_role("link", name="Export to CSV").click()
        return Path(download.value.path()).read_bytes()

    def try_file(content: bytes):
        page.goto(f"{RECORDS}import/")
        file = {"name": "made-up.csv", "mimeType": "text/csv", "buffer": content}
        page.set_input_files("#id_file", file)
        page.get_by_role("button", name="Trial run").click()

    confirm = page.get_by_role("button", name="Confirm the import")
    content = exported()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    try_file(content)
    report = page.locator("#content")
    expect(report).to_contain_text(f"0 added, 0 changed, {len(rows)} unchanged, 0 ref")
    expect(report).to_contain_text("there is nothing to write")
    expect(confirm).to_have_count(0)

    rows[0]["staff"] = "123456"
    rows[1]["status"] = "over"
    stream = io.StringIO()
    writer = csv.DictWriter(stream, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    try_file(stream.getvalue().encode())
    expect(report).to_contain_text(f"1 changed, {len(rows) - 2} unchanged, 1 refused")
    expect(report).to_contain_text("becomes 123456")
    expect(report).to_contain_text("“over” is not one of")
    expect(confirm).to_have_count(0)
    assert exported() == content


def test_an_editor_drafts_a_reviewer_publishes_and_a_viewer_looks(
    new_page, console_errors
):
    administrator = sign_in(new_page())
    tabs = {}
    for group in ("Viewer", "Editor", "Reviewer"):
        name, password = f"made-up-{group.lower()}", secrets.token_urlsafe(16)
        administrator.goto("/admin/auth/user/add/")
        administrator.fill("#id_username", name)
        administrator.fill("#id_password1", password)
        administrator.fill("#id_password2", password)
        administrator.locator("[name=_continue]").first.click()
        administrator.check("#id_is_staff")
        administrator.select_option("#id_groups_from", label=group)
        administrator.get_by_role("button", name="Choose selected groups").click()
        administrator.locator("[name=_save]").first.click()
        expect(administrator.locator(".messagelist .success")).to_contain_text(name)
        tabs[group] = sign_in(new_page(), name, password)
    viewer, editor, reviewer = tabs.values()
    reader = new_page()

    def answer() -> int:
        return reader.goto("/partnerships/made-up-journey/").status

    fill_in(editor, "Made-up journey")
    offered = editor.locator("#id_publication option")
    expect(offered).to_have_text(["Draft", "In review"])
    editor.select_option("#id_publication", label="In review")
    editor.locator("[name=_save]").first.click()
    expect(editor.locator(".messagelist .success")).to_contain_text("Made-up journey")
    assert answer() == 404

    open_record(viewer, "Made-up journey")
    expect(viewer.locator("#content")).to_contain_text("Pretended for a journey.")
    expect(viewer.locator("[name=_save], #id_name")).to_have_count(0)
    assert viewer.goto(f"{RECORDS}add/").status == 403

    reviewer.goto("/admin/")
    reviewer.get_by_role("link", name="Drafts to review").click()
    reviewer.get_by_role("link", name="Made-up journey").click()
    reviewer.select_option("#id_publication", label="Published")
    reviewer.fill("#id_reason", "Read against its made-up paper.")
    reviewer.locator("[name=_continue]").first.click()
    expect(reviewer.locator(".messagelist .success")).to_contain_text("Made-up journey")
    assert answer() == 200

    open_record(editor, "Made-up journey")
    expect(editor.locator("#content")).to_contain_text("only a reviewer changes it")
    expect(editor.locator("[name=_save], #id_name")).to_have_count(0)

    # It ends as withdrawn, so that readers have the records they had.
    for tool, status in (
        ("Withdraw from readers", 410),
        ("Bring back to readers", 200),
        ("Withdraw from readers", 410),
    ):
        reviewer.get_by_role("link", name=tool).click()
        reviewer.get_by_label("Reason").fill(f"{tool}: made up.")
        reviewer.get_by_role("button", name=tool).click()
        expect(reviewer.locator(".messagelist .success")).to_be_visible()
        assert answer() == status
    expect(reader.locator("main")).to_contain_text("Withdraw from readers: made up.")
    assert {error for error in console_errors if "status of 4" not in error} == set()
    console_errors.clear()
