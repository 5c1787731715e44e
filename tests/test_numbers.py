"""Every figure of /numbers/ can be worked out again, and says what it is a part of."""

import io
import math
import random
import re
import runpy
import sys
import warnings
import zipfile
from contextlib import redirect_stdout
from datetime import date, timedelta

import pandas as pd
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from briefings.numbers import RECIPES
from partnerships.filters import PartnershipFilter
from partnerships.models import Partnership
from partnerships.survival import (
    DAYS_IN_A_YEAR,
    YEARS,
    Time,
    after,
    curve,
    survival,
    times_of,
)
from tests.conftest import ROOT
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
)
from tests.pages import Page, text_of

NUMBERS = "/numbers/"


def figures(client, query="") -> dict[str, str]:
    """Return every figure that the page prints, by its key."""
    response = client.get(f"{NUMBERS}{query}")
    assert response.status_code == 200
    found: dict[str, str] = {}
    for element in Page(response).tree.iter():
        if key := element.get("data-figure"):
            assert key not in found
            found[key] = element.get("data-value") or text_of(element)
    return found


def worked_out(client, folder, query="") -> dict[str, str]:
    """Return what the recipes print of the files that the registry gives away."""
    content = client.get(f"/data/registry.zip{query}").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    printed = io.StringIO()
    before = sys.argv
    for name in RECIPES:
        path = str(ROOT / "docs" / "recipes" / f"{name}.py")
        sys.argv = [path, str(folder)]
        with redirect_stdout(printed):
            runpy.run_path(path, run_name="__main__")
    sys.argv = before
    lines = printed.getvalue().splitlines()
    found = dict(line.split("\t") for line in lines)
    assert len(found) == len(lines)
    return found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?status=ended",
        "?function=finance&result=expected",
        "?nation=scotland",
        "?as_at=2013-06-05",
        "?as_at=2019-03-31&council_type=county",
    ],
)
def test_the_recipes_print_what_the_page_prints(registry, client, tmp_path, query):
    printed = figures(client, query)
    again = worked_out(client, tmp_path, query)
    nothing = {key for key, value in printed.items() if value.startswith("0 of")}
    # What does not occur is in no file; the page says it all the same.
    assert {key: value for key, value in printed.items() if key not in nothing} == {
        key: value for key, value in again.items() if key not in nothing
    }
    assert all(again.get(key, "0 of").startswith("0 of") for key in nothing)
    assert len(printed) > 40


def test_no_number_is_printed_without_its_recipe(registry, client):
    """In the tables, and where a part of a whole is told, every number has its key."""
    page = Page(client.get(NUMBERS))
    keyed = {
        e for one in page.tree.iter() if one.get("data-figure") for e in one.iter()
    }
    for cell in page.tree.iter("td"):
        if re.search(r"[0-9]", text := text_of(cell)) and text != "0":
            within = keyed.intersection(cell.iter())
            # The records' own names hold numbers too.
            assert within or cell.find(".//a") is not None, text
    outside = [
        text
        for e in page.tree.find(".//main").iter()
        for text in ([e.text] if e not in keyed else [])
        + [child.tail for child in e if e not in keyed]
        if text and re.search(r"[0-9] of [0-9]", text)
    ]
    assert outside == []


def found_by(query: str) -> set[str]:
    records = Partnership.objects.published().for_tables()
    asked = PartnershipFilter(QueryDict(query), queryset=records, also_allowed=())
    assert asked.form.is_valid()
    return {it.slug for it in asked.qs}


@pytest.mark.parametrize(
    "query", ["function=audit", "result=expected", "nation=england&benefit=resilience"]
)
def test_no_link_to_the_list_leaves_what_was_found(registry, client, query):
    here = found_by(query)
    tree = Page(client.get(f"{NUMBERS}?{query}")).tree
    links = {a.get("href") for a in tree.iter("a")}
    queries = {a.split("?")[1] for a in links if a.startswith("/partnerships/?")}
    assert len(queries) > 8
    for one in queries:
        assert found_by(one) <= here, one


def test_no_more_are_listed_than_can_be_read(db, client, monkeypatch):
    councils = CouncilFactory.create_batch(3)
    for number in range(4):
        record = PartnershipFactory(status="ended", end_reason=f"Reason {number}.")
        for council in councils:
            MembershipFactory(partnership=record, council=council)
    monkeypatch.setattr("partnerships.numbers.MOST_LISTED", 2)
    text = " ".join(client.get(NUMBERS).text.split())
    assert "Reason 1." in text
    assert "Reason 2." not in text
    assert "These are the first 2; <a" in text
    assert "These are the 2 that share in most; <a" in text
    assert 'data-figure="reasons">4 of 4<' in text
    assert 'data-figure="pairs">3 of 3<' in text


def test_services_beside_the_one_asked_for_name_their_records(db, client):
    one, other = ServiceFunctionFactory.create_batch(2)
    both, alone = PartnershipFactory.create_batch(2)
    both.functions.add(one, other)
    alone.functions.add(other)
    tree = Page(client.get(f"{NUMBERS}?function={one.slug}")).tree
    for row in tree.iter("tr"):
        cells = [cell for cell in row.iter("td") if cell.get("data-figure")]
        if cells and cells[0].get("data-figure") == f"function/{other.slug}":
            assert text_of(cells[0]) == "1 of 1"
            assert [a.get("href") for a in row.iter("a")] == [both.get_absolute_url()]
            return
    raise AssertionError("The other service has no row.")


def test_outcomes_are_not_said_to_be_of_the_service_asked_for(registry, client):
    """Those who share waste report 13 outcomes, and none of them is about waste."""
    outcomes = client.get("/outcomes.csv?function=waste").getvalue().decode()
    assert outcomes.count("\r\n") > 10
    assert "waste" not in outcomes.lower()
    page = client.get("/numbers/?function=waste").text
    assert "An outcome is the whole arrangement’s" in page


def test_the_outcomes_of_what_was_found_are_a_file(registry, client):
    page = client.get(f"{NUMBERS}?result=expected")
    links = [a.get("href") for a in Page(page).tree.iter("a")]
    assert "/outcomes.csv?result=expected" in links
    file = client.get("/outcomes.csv?result=expected")
    rows = pd.read_csv(io.BytesIO(file.getvalue()))
    counts = figures(client, "?result=expected")
    for kind, number in rows["kind"].value_counts().items():
        assert counts[f"outcomes/{kind}"] == str(number)


def test_no_council_with_as_many_others_as_the_tenth_is_left_out(db, client):
    for _ in range(6):
        record = PartnershipFactory()
        MembershipFactory.create_batch(2, partnership=record)
    found = figures(client)
    others = [key for key in found if re.fullmatch("sharing/.*/councils", key)]
    assert len(others) == 12
    assert found["pairs"] == "0 of 6"


def test_a_pair_in_several_arrangements_is_named_with_them(db, client):
    first = PartnershipFactory()
    a, b = sorted(
        (m.council for m in MembershipFactory.create_batch(2, partnership=first)),
        key=lambda council: council.slug,
    )
    second = PartnershipFactory()
    for council in (a, b):
        MembershipFactory(partnership=second, council=council)
    found = figures(client)
    assert found["pairs"] == "1 of 1"
    assert found[f"pair/{a.slug}/{b.slug}"] == "2 of 2"
    assert found[f"sharing/{a.slug}/councils"] == "1"
    assert found[f"sharing/{a.slug}/records"] == "2 of 2"


def test_some_figures_as_the_records_say_them(registry, client):
    found = figures(client)
    assert found["status/ended"] == "10 of 37"
    assert found["status/ongoing"] == "16 of 37"
    assert found["reasons"] == "10 of 10"


@pytest.mark.parametrize("query", ["", "?status=ended"])
def test_the_links_lead_to_as_many_records(registry, client, query):
    tree = Page(client.get(f"{NUMBERS}{query}")).tree
    followed = 0
    for row in tree.iter("tr"):
        cells = [cell for cell in row.iter("td") if cell.get("data-figure")]
        links = [
            a for a in row.iter("a") if a.get("href").startswith("/partnerships/?")
        ]
        keys = [cell.get("data-figure") for cell in cells]
        if len(links) == 1 and len(keys) == 1 and "/" in keys[0]:
            number = int(text_of(cells[0]).split()[0])
            query_of_it = links[0].get("href").split("?")[1]
            assert len(found_by(query_of_it)) == number, keys
            followed += 1
    assert followed > 8


def test_nothing_is_added_up_and_periods_stay_apart(db, client):
    record = PartnershipFactory()
    for amount, period in ((100, "per-year"), (300, "per-year"), (5000, "total")):
        OutcomeFactory(
            partnership=record, amount=amount, period=period, result="achieved"
        )
    PartnershipFactory()
    found = figures(client)
    assert found["money/achieved/per-year/records"] == "1 of 2"
    assert found["money/achieved/per-year/amounts"] == "2"
    assert found["money/achieved/per-year/middle"] == "200"
    assert found["money/achieved/total/most"] == "5000"
    page = client.get(NUMBERS).text
    assert "5,400" not in page
    assert "400" not in page.replace("£5,000", "")


@pytest.mark.parametrize("query", ["?statsu=ended", "?status=over", "?page=2"])
def test_what_is_asked_wrongly_is_refused(db, client, query):
    page = client.get(f"{NUMBERS}{query}")
    assert page.status_code == 400
    assert "There is a problem with the question" in page.text


def test_nothing_found_says_so(registry, client):
    page = client.get(f"{NUMBERS}?q=xyzzy")
    assert page.status_code == 200
    assert "There is nothing to count." in page.text
    assert "data-figure" not in page.text


def test_recipes_are_shown_as_text_and_nothing_else_is(db, client):
    for name in RECIPES:
        response = client.get(f"/numbers/recipes/{name}.py")
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "import pandas" in response.text
    for name in ("settings", "..", "no-such-recipe"):
        assert client.get(f"/numbers/recipes/{name}.py").status_code == 404


def test_queries_do_not_grow_with_the_records(db, client):
    def full_record():
        record = PartnershipFactory(status="ended", ended="2012", end_reason="Made up.")
        record.functions.add(ServiceFunctionFactory())
        MembershipFactory.create_batch(2, partnership=record)
        OutcomeFactory(partnership=record, amount=5, period="total")

    def used():
        with CaptureQueriesContext(connection) as queries:
            figures(client)
        return len(queries)

    full_record()
    few = used()
    for _ in range(4):
        full_record()
    assert used() == few


# ---- How long they last


def times_at_random(seed: int) -> list[Time]:
    dice = random.Random(seed)
    return [
        Time(dice.randint(0, 4000), dice.random() < 0.4)
        for _ in range(dice.randint(1, 60))
    ]


def by_lifelines(times: list[Time], days: float) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifelines import KaplanMeierFitter

        fitter = KaplanMeierFitter()
        fitter.fit([t.days for t in times], [t.has_ended for t in times])
        return float(fitter.predict(days))


@pytest.mark.parametrize("seed", range(12))
def test_the_estimate_is_that_of_lifelines(seed):
    times = times_at_random(seed)
    steps = curve(times)
    for years in YEARS:
        at = after(years, times, steps)
        days = years * DAYS_IN_A_YEAR
        assert at.at_risk == sum(time.days >= days for time in times)
        if at.share is not None:
            assert math.isclose(at.share, by_lifelines(times, days), abs_tol=1e-9)
    for step in steps:
        assert math.isclose(step.share, by_lifelines(times, step.days), abs_tol=1e-9)


def test_the_estimate_of_the_shipped_records_is_that_of_lifelines(registry):
    some = [*Partnership.objects.published()]
    found = survival(some)
    both = [times_of(it) for it in some]
    for place, at in ((0, found.short), (1, found.long)):
        times = [one[place] for one in both]
        for one in at:
            expected = by_lifelines(times, one.years * DAYS_IN_A_YEAR)
            assert one.share is not None
            assert math.isclose(one.share, expected, abs_tol=1e-9)


def test_a_table_worked_out_by_hand():
    """Six, of which three end: after 1, 2 and 2 years; one is lost at 2 years."""
    year = 366
    times = [
        Time(year, True),
        Time(2 * year, True),
        Time(2 * year, True),
        Time(2 * year, False),
        Time(4 * year, False),
        Time(6 * year, False),
    ]
    shares = [step.share for step in curve(times)]
    assert shares == pytest.approx([1, 5 / 6, 5 / 6 * 3 / 5])
    assert after(5, times, curve(times)) == (5, 1, pytest.approx(0.5))
    assert after(10, times, curve(times)).share is None


@pytest.mark.parametrize(
    ("fields", "short", "long"),
    [
        # The day is known on both sides.
        (
            {"started": "2010-01-01", "ended": "2011-01-01", "status": "ended"},
            (date(2010, 1, 1), date(2011, 1, 1)),
            (date(2010, 1, 1), date(2011, 1, 1)),
        ),
        # A year has a first and a last day.
        (
            {"started": "2010", "ended": "2012", "status": "ended"},
            (date(2010, 12, 31), date(2012, 1, 1)),
            (date(2010, 1, 1), date(2012, 12, 31)),
        ),
        # It ended, some day up to its newest evidence.
        (
            {"started": "2010", "latest_evidence": "2012-05", "status": "ended"},
            (date(2010, 12, 31), date(2010, 12, 31)),
            (date(2010, 1, 1), date(2012, 5, 31)),
        ),
        # It runs as far as the evidence goes.
        (
            {"started": "2010", "latest_evidence": "2012-05", "status": "ongoing"},
            (date(2010, 12, 31), date(2012, 5, 1)),
            (date(2010, 1, 1), date(2012, 5, 31)),
        ),
        # Nobody knows.
        (
            {"started": "2010", "latest_evidence": "2012-05", "status": "not-known"},
            (date(2010, 12, 31), date(2010, 12, 31)),
            (date(2010, 1, 1), date(2012, 5, 31)),
        ),
    ],
)
def test_partial_dates_are_read_short_and_long(db, fields, short, long):
    fields = {"ended": None, "latest_evidence": "2014", **fields}
    record = Partnership.objects.get(pk=PartnershipFactory(**fields).pk)
    has_ended = fields["status"] == "ended"
    assert times_of(record) == tuple(
        Time((last - first) // timedelta(days=1), has_ended)
        for first, last in (short, long)
    )


def test_one_without_a_start_is_left_out_and_counted(db):
    PartnershipFactory(started=None)
    PartnershipFactory(started="2010", latest_evidence="2014")
    found = survival(Partnership.objects.all())
    assert (found.followed, found.of) == (1, 2)
