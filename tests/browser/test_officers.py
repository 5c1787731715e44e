"""A council officer's first day, in a real browser.

Whatever passes through a form runs in a `tab` with scripts and in one without; what
links do alone runs once. Numbers are compared with what the pages promise.
"""

import csv
import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

AYLESBURY_AND_DACORUM = "Aylesbury Vale and Dacorum ICT partnership"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def tab(request, new_page):
    viewport = {"width": 1280, "height": 900}
    return new_page(viewport=viewport, java_script_enabled=request.param)


def names(page) -> list[str]:
    return page.locator(".registry-result__heading a").all_inner_texts()


def slugs(page) -> list[str]:
    links = page.locator(".registry-result__heading a").all()
    return [link.get_attribute("href").strip("/").split("/")[-1] for link in links]


def total(page) -> int:
    """Return the number of results that the heading states."""
    words = page.locator("#results").inner_text()
    return 0 if words.startswith("No ") else int(words.split()[0])


def chips(page) -> list[str]:
    found = page.locator(".registry-chip").all_inner_texts()
    return [words.removeprefix("Remove filter ").strip() for words in found]


def open_filter(page, label):
    """Open one filter's options and return their box."""
    box = page.locator(".registry-filter").filter(
        has=page.locator("summary", has_text=re.compile(rf"^\s*{label}\b"))
    )
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    return box


def tick(page, label, option) -> int:
    """Tick an option of a filter; return the count beside it."""
    box = open_filter(page, label)
    words = box.locator("label", has_text=re.compile(rf"^\s*{option}"))
    box.get_by_role("checkbox", name=re.compile(rf"^{option}")).check()
    return int(words.locator(".registry-count").inner_text())


def name_council(page, text):
    box = page.get_by_label("Council", exact=True)
    box.fill(text)
    box.press("Tab")  # else its suggestions may come between a mouse and its target


def apply(page):
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("#results")).to_be_focused()


@contextmanager
def refusal(page, console_errors):
    """Expect an answer with status 400, which Chromium logs as an error."""
    with page.expect_console_message(lambda line: "status of 400" in line.text):
        yield
    assert ["status of 400" in line for line in console_errors] == [True]
    console_errors.clear()


# ---- 1. The first screen


def test_the_first_screen_says_what_it_is_and_whose_the_records_are(tab):
    tab.goto("/")
    expect(tab.locator("h1")).to_contain_text("What UK councils share")
    main = tab.locator("main")
    expect(main).to_contain_text(re.compile(r"Newest source seen:\s+[0-9]"))
    origin = tab.get_by_role("region", name="Where the records come from")
    expect(origin).to_contain_text("names 2 of the 37")
    expect(origin).to_contain_text("The other 35 are our own reconstruction")
    expect(origin.get_by_role("link", name="EK Services")).to_be_visible()
    origin.get_by_role("link", name=AYLESBURY_AND_DACORUM).click()
    expect(tab.locator("h1")).to_have_text(AYLESBURY_AND_DACORUM)


# ---- 2. A council that is no more


def test_a_name_or_code_typed_in_the_plain_box_means_its_council(page_without_scripts):
    page = page_without_scripts
    for typed, council in {
        "aylesbury": "Aylesbury Vale District Council",
        "shepway": "Folkestone and Hythe District Council",  # its former name
        "E07000004": "Aylesbury Vale District Council",
        "E08000016": "Barnsley Metropolitan Borough Council",  # its former code
    }.items():
        page.goto("/partnerships/?status=not-known")
        name_council(page, typed)
        apply(page)
        assert chips(page) == ["Status: Not known", f"Council: {council}"]


def test_a_name_of_several_councils_offers_them_and_keeps_the_rest(tab, console_errors):
    tab.goto("/partnerships/")
    tick(tab, "Status", "Not known")
    name_council(tab, "kingston")
    with refusal(tab, console_errors):
        tab.get_by_role("button", name="Apply filters").click()
    offered = tab.get_by_role("list", name="Choose the council that you mean:")
    expect(offered.get_by_role("link")).to_have_count(2)
    offered.get_by_role("link", name="Kingston upon Thames").click()
    expect(tab.locator("#results")).to_be_focused()
    assert chips(tab) == [
        "Status: Not known",
        "Council: Royal Borough of Kingston upon Thames",
    ]
    assert names(tab) == ["Kingston and Sutton shared ICT service"]


def test_a_successor_lists_what_its_predecessor_shared(page):
    page.goto("/councils/")
    page.get_by_label("Name or code").fill("aylesbury")
    apply(page)
    row = page.locator(".registry-result")
    expect(row).to_contain_text("31 March 2020, now Buckinghamshire Council")
    row.get_by_role("link").first.click()
    expect(page.locator("h1")).to_have_text("Aylesbury Vale District Council")
    page.get_by_role("link", name="Buckinghamshire Council").first.click()
    expect(page.locator("h1")).to_have_text("Buckinghamshire Council")
    heading = page.get_by_role("heading", name="Arrangements inherited")
    expect(heading).to_be_visible()
    inherited = heading.locator("~ ul").first
    expect(inherited).to_contain_text("Aylesbury Vale District Council")
    inherited.get_by_role("link", name=AYLESBURY_AND_DACORUM).click()
    # The drawing of the members has a table of its own further down.
    member = page.get_by_role("row", name="Aylesbury Vale District Council").first
    expect(member).to_contain_text(
        "Abolished 31 March 2020, now Buckinghamshire Council"
    )


# ---- 3. Narrowing down


def test_filters_promise_a_number_and_keep_it(tab):
    tab.goto("/partnerships/")
    everything = total(tab)
    ended = tick(tab, "Status", "Ended")
    apply(tab)
    assert chips(tab) == ["Status: Ended"]
    assert total(tab) == ended < everything
    equals = tick(tab, "Shape of relationship", "Equal partners")
    apply(tab)
    assert chips(tab) == [
        "Status: Ended",
        "Shape of relationship: Equal partners",
    ]
    assert total(tab) == len(names(tab)) == equals < ended
    for row in tab.locator(".registry-result").all():
        expect(row).to_contain_text("Ended")
        expect(row).to_contain_text("equal partners")


def test_back_undoes_one_step(tab):
    tab.goto("/partnerships/")
    steps = [(tab.url, names(tab))]
    for label, option in [
        ("Status", "Ended"),
        ("Shape of relationship", "Equal partners"),
    ]:
        tick(tab, label, option)
        apply(tab)
        steps.append((tab.url, names(tab)))
    for address, rows in reversed(steps[:-1]):
        tab.go_back()
        expect(tab).to_have_url(address)
        assert names(tab) == rows


def test_each_chip_takes_one_answer_back(page):
    page.goto(
        "/partnerships/?q=council&status=ended&status=not-known&sort=-members"
        "&running_on=2013"
    )
    left = [
        "Search words: “council”",
        "Status: Ended",
        "Status: Not known",
        "Running on: 2013",
    ]
    assert chips(page) == left
    for at in (1, 2):
        page.locator(".registry-chip").nth(at).click()
        left.pop(at)
        expect(page.locator(".registry-chip")).to_have_count(len(left))
        expect(page.locator("#results")).to_be_focused()
        assert chips(page) == left
    page.get_by_role("link", name="Clear all filters").first.click()
    expect(page.locator(".registry-chip")).to_have_count(0)
    expect(page.locator("#results")).to_be_focused()
    assert total(page) == 37


def test_a_shared_address_gives_the_same_list(tab, new_page):
    tab.goto("/partnerships/")
    tick(tab, "Region", "South East")
    tab.get_by_label("Running on").fill("2013-06-05")
    apply(tab)
    colleague = new_page(java_script_enabled=False)
    colleague.goto(tab.url)
    assert chips(colleague) == chips(tab) != []
    assert names(colleague) == names(tab) != []


def test_sorting_keeps_the_filters_and_the_filters_keep_the_order(page):
    page.goto("/partnerships/?status=ended")
    rows = slugs(page)
    page.get_by_label("Sort by").select_option("Name, Z to A")
    page.get_by_role("button", name="Sort", exact=True).click()
    expect(page.locator("#results")).to_be_focused()
    assert slugs(page) == rows[::-1]
    tick(page, "Our confidence", "High")
    apply(page)
    expect(page.get_by_label("Sort by")).to_have_value("-name")
    assert slugs(page) == [slug for slug in rows[::-1] if slug in slugs(page)] != rows


# ---- 4. Nothing found


def test_an_empty_list_names_the_filter_to_remove_and_what_that_gives(tab):
    tab.goto("/partnerships/")
    name_council(tab, "Dacorum")
    tick(tab, "Status", "Ongoing")
    apply(tab)
    expect(tab.locator("#results")).to_have_text("No arrangements match")
    ways = tab.get_by_role("link", name=re.compile("^Remove the filter “.+” to see"))
    offered = {}
    for way in ways.all():
        number = int(re.search(r"to see (\d+)", way.inner_text()).group(1))
        offered[way.inner_text()] = number
    assert len(offered) == 2
    for words, number in offered.items():
        tab.get_by_role("link", name=words).click()
        expect(tab.locator("#results")).to_be_focused()
        assert total(tab) == number > 0
        tab.go_back()


def test_a_misspelt_filter_is_refused_and_the_right_ones_are_named(
    page, console_errors
):
    with refusal(page, console_errors):
        page.goto("/partnerships/?statuss=ended&nation=wales&status=finished")
    expect(page).to_have_title(re.compile("^Error: "))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("“statuss” is not a filter. Did you mean “status”?")
    expect(alert).to_contain_text("delivery_model")
    assert names(page) == []
    alert.get_by_role("link", name="“finished”").click()
    box = page.locator(".registry-filter", has=page.locator("#filter-status"))
    expect(box).to_contain_text("Its values are: ongoing, ended, not-known")
    expect(box).to_be_in_viewport()
    page.get_by_role("link", name="Show the list by the filters that are right").click()
    expect(page.locator("#results")).to_be_focused()
    assert chips(page) == ["Nation of a member: Wales"]


def test_a_date_that_does_not_exist_is_refused_with_what_was_typed(tab, console_errors):
    tab.goto("/partnerships/")
    tab.get_by_label("Running on").fill("31 June 2013")
    with refusal(tab, console_errors):
        tab.get_by_role("button", name="Apply filters").click()
    summary = tab.locator(".govuk-error-summary")
    expect(summary).to_be_in_viewport()
    expect(summary).to_be_focused()
    box = tab.get_by_label("Running on")
    expect(box).to_have_accessible_description(re.compile("Error:"))
    expect(box).to_have_value("31 June 2013")


# ---- 5. A record and its sources


def test_a_record_says_who_shared_what_how_and_when(page):
    page.goto("/partnerships/aylesbury-vale-dacorum/")
    facts = page.locator(".registry-facts").first
    for label, words in {
        "Status": "Ended April 2013",
        "Announced": "May 2012",
        "Started": "2012 (uncertain)",
        "Services shared": "ICT",
        "Delivery model": "One member hosts the service",
        "Shape of the relationship": "One council provides the service",
        "Staff": "Not known",
    }.items():
        row = facts.locator("> div", has=page.locator(f"dt:text-is('{label}')"))
        expect(row.locator("dd")).to_contain_text(words)
    row = page.get_by_role("row", name="Dacorum Borough Council")
    expect(row).to_contain_text("Client: receives the service")
    expect(row).to_contain_text("April 2013")
    expect(page.get_by_role("region", name="What we do not know")).to_contain_text(
        "how many staff it had"
    )


def test_money_leads_to_its_source_and_the_source_back(tab):
    tab.goto("/partnerships/ek-services/")
    outcome = tab.locator("[id^=outcome-]", has_text="£6,000,000 in total")
    expect(outcome).to_contain_text("Achieved")
    anchor = outcome.get_attribute("id")
    outcome.get_by_role("link", name="Source").first.click()
    expect(tab).to_have_url(re.compile(r"#source-[0-9]+$"))
    source = tab.locator(f"#{tab.url.partition('#')[2]}")
    expect(source).to_be_focused()
    expect(source).to_be_in_viewport()
    expect(source.get_by_role("link").first).to_have_attribute("href", re.compile(":"))
    source.get_by_role("link", name=anchor.replace("-", " "), exact=True).click()
    expect(tab.locator(f"#{anchor}")).to_be_focused()
    expect(tab.locator(f"#{anchor}")).to_be_in_viewport()
    tab.get_by_role("link", name="See the sources").first.click()
    expect(tab.locator("#sources")).to_be_focused()
    expect(tab.locator("#sources")).to_be_in_viewport()


# ---- Taking it away


def rows_of(page, link) -> list[dict]:
    with page.expect_download() as started:
        link.click()
    with started.value.path().open(encoding="utf-8", newline="") as file:
        assert file.read(1) == "\ufeff"  # Excel takes letters for others without it
        return list(csv.DictReader(file))


def walked(page) -> list[tuple[str, str]]:
    """Return slug and name of every row on every page of the list."""
    found = [*zip(slugs(page), names(page), strict=True)]
    while page.get_by_role("link", name="Next").count():
        page.get_by_role("link", name="Next").click()
        expect(page.locator("#results")).to_be_focused()
        found += zip(slugs(page), names(page), strict=True)
    return found


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/partnerships/?sort=-members", "these {} arrangements"),
        ("/partnerships/?council=dacorum", "this arrangement"),
        ("/councils/?nation=wales&sort=-arrangements", "these {} councils"),
    ],
)
def test_the_file_holds_the_rows_of_the_page(page, address, words):
    page.goto(address)
    number = total(page)
    words = words.format(number)
    rows = rows_of(page, page.get_by_role("link", name=f"Download {words} (CSV)"))
    assert len(rows) == number > 0
    assert [(row["slug"], row["name"]) for row in rows] == walked(page)
