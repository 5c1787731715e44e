"""Side by side: the same facts of each, differences in words, the choice kept."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.comparison import Mark, comparison
from partnerships.models import FormerSlug, Partnership
from tests.factories import (
    AimFactory,
    CouncilFactory,
    MembershipFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db
COMPARE = "/compare/"


def compared(*partnerships):
    """Return the rows of the table by fact."""
    found = Partnership.objects.for_detail().in_bulk([p.pk for p in partnerships])
    return {row.fact: row for row in comparison(found[p.pk] for p in partnerships)}


def words(row):
    return [[line.words for line in cell.lines] for cell in row.cells]


def flat(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.mark.parametrize(
    ("started", "mark", "said"),
    [
        (["2011", "2012"], Mark.DIFFERS, [["2011"], ["2012"]]),
        (["2011-05", "2011-05"], Mark.SAME, [["May 2011"], ["May 2011"]]),
        (["2011", None], Mark.SOME, [["2011"], ["Not known"]]),
        ([None, None], Mark.NONE, [["Not known"], ["Not known"]]),
        (["2011", None, "2011?"], Mark.DIFFERS, None),
    ],
)
def test_what_nobody_says_is_no_difference(started, mark, said):
    row = compared(*(PartnershipFactory(started=date) for date in started))["Started"]
    assert row.mark == mark
    assert said is None or words(row) == said


def test_no_staff_is_a_number_and_not_unknown():
    row = compared(PartnershipFactory(staff=0), PartnershipFactory(staff=0))["Staff"]
    assert (row.mark, words(row)) == (Mark.SAME, [["0"], ["0"]])


def test_the_same_status_evidenced_on_other_days_is_the_same():
    row = compared(
        PartnershipFactory(latest_evidence="2012"),
        PartnershipFactory(latest_evidence="2024-05"),
    )["Status"]
    assert row.mark == Mark.SAME
    assert words(row) == [
        ["Ongoing when last evidenced, 2012"],
        ["Ongoing when last evidenced, May 2024"],
    ]


def test_functions_are_the_same_in_any_order():
    first, second = ServiceFunctionFactory.create_batch(2)
    one, other = PartnershipFactory.create_batch(2)
    one.functions.set([first, second])
    other.functions.set([second, first])
    assert compared(one, other)["Services shared"].mark == Mark.SAME
    other.functions.remove(first)
    assert compared(one, other)["Services shared"].mark == Mark.DIFFERS


def test_members_come_with_role_dates_and_sources():
    council = CouncilFactory(name="Ay Council")
    one, other = PartnershipFactory.create_batch(2)
    member = MembershipFactory(
        partnership=one, council=council, role="lead", joined="2011", left="2013-05"
    )
    member.sources.add(SourceFactory(partnership=one))
    OtherMemberFactory(partnership=one, name="Bee", kind="police", role="partner")
    rows = compared(one, other)
    (line,) = rows["Member councils"].cells[0].lines
    assert line.words == "Ay Council: lead authority, joined 2011, left May 2013"
    assert line.sources == [1]
    assert words(rows["Member councils"])[1] == ["None recorded"]
    (line,) = rows["Other members"].cells[0].lines
    assert line.words == "Bee (police): partner, dates not known"
    assert line.sources == []


def test_benefits_stand_kind_by_kind_with_result_money_and_period():
    one, other = PartnershipFactory.create_batch(2)
    AimFactory(partnership=one, kind="savings", text="Save.")
    OutcomeFactory(
        partnership=other,
        kind="savings",
        result="partly-achieved",
        amount=4000,
        period="per-year",
        text="Saved.",
    )
    OutcomeFactory(partnership=other, kind="resilience", result="expected", text="So.")
    rows = compared(one, other)
    assert words(rows["Savings: what the members wanted"]) == [
        ["Save."],
        ["None recorded"],
    ]
    assert words(rows["Savings: what came of it"]) == [
        ["None recorded"],
        ["Partly achieved, £4,000 a year. Saved."],
    ]
    assert words(rows["Resilience: what came of it"])[1] == [
        "Expected: nobody has reported back. So."
    ]
    assert not any(fact.startswith("Staffing") for fact in rows)


def test_an_end_is_not_known_only_where_there_was_one():
    ended = PartnershipFactory(status="ended", end_reason="It failed.")
    rows = compared(ended, PartnershipFactory(), PartnershipFactory(status="not-known"))
    assert words(rows["Ended"]) == [["Not known"], ["No end recorded"], ["Not known"]]
    assert words(rows["Reason for ending"]) == [
        ["It failed."],
        ["No end recorded"],
        ["Not known"],
    ]


def test_every_cell_of_the_shipped_records_says_something(registry):
    for row in comparison(Partnership.objects.for_detail()):
        for cell in row.cells:
            assert cell.lines, row.fact
            assert all(line.words.strip() for line in cell.lines)
            assert not any(line.words == "None" for line in cell.lines)


def test_the_page_shows_the_records_in_the_order_asked(client, assert_valid_html):
    first = PartnershipFactory(name="Zed", started="2011")
    second = PartnershipFactory(name="Ay", started="2012")
    address = f"{COMPARE}?p={first.slug}&p={second.slug}"
    answer = client.get(address)
    assert answer.status_code == 200
    assert_valid_html(answer.content.decode())
    heads = re.findall(r'<th scope="col".*?</th>', flat(answer))
    assert ["Zed" in heads[1], "Ay" in heads[2]] == [True, True]
    assert "style=" not in flat(answer)
    assert 'rel="canonical"' in flat(answer)
    for mark in ("Differs", "Same for all", "Recorded for none"):
        assert f'registry-compare__mark">{mark}<' in flat(answer)


def test_a_printed_comparison_says_where_its_sources_and_itself_are(client):
    """On paper a [3] leads nowhere: the numbers are those of each record's own page."""
    first, second = PartnershipFactory(), PartnershipFactory()
    address = f"{COMPARE}?p={first.slug}&p={second.slug}"
    page = flat(client.get(address))
    for partnership in (first, second):
        assert f": http://testserver{partnership.get_absolute_url()}#sources" in page
    asked = address.replace("&", "&amp;")
    assert f"This comparison: http://testserver{asked}</p>" in page
    assert "This comparison" not in flat(client.get(COMPARE))


def test_empty_boxes_are_not_choices(client):
    one, other = PartnershipFactory.create_batch(2)
    answer = client.get(COMPARE, {"p": [one.slug, "", other.slug, ""]})
    assert answer.status_code == 200


@pytest.mark.parametrize("number", [0, 1, 5])
def test_too_few_or_too_many_say_what_to_do_and_keep_the_choice(
    client, number, assert_valid_html
):
    chosen = [f"pretend-{n}" for n in range(number)]
    for slug in chosen:
        PartnershipFactory(slug=slug)
    answer = client.get(COMPARE, {"p": chosen})
    assert answer.status_code == 400
    assert_valid_html(answer.content.decode())
    assert "Choose 2 to 4 arrangements" in text(answer)
    kept = re.findall(r'name="p" value="([^"]*)" id="[^"]*" checked', flat(answer))
    assert kept == chosen
    assert flat(answer).count("<select") == {0: 2, 1: 1, 5: 0}[number]
    assert 'rel="canonical"' not in flat(answer)


@pytest.mark.parametrize("publication", ["draft", "withdrawn"])
def test_a_record_that_readers_cannot_see_cannot_be_compared(client, publication):
    hidden = PartnershipFactory(name="Hidden name", publication=publication)
    shown = PartnershipFactory()
    answer = client.get(COMPARE, {"p": [shown.slug, hidden.slug]})
    assert answer.status_code == 404
    assert f"“{hidden.slug}” is not the address of a published" in text(answer)
    assert "Hidden name" not in text(answer)
    assert f'value="{shown.slug}" id="p-{shown.slug}" checked' in flat(answer)


@pytest.mark.parametrize("bad", ["no-such", "no slug", "\x00", "<b>", "é", "x" * 3000])
def test_an_address_of_no_record_is_named(client, bad, assert_valid_html):
    answer = client.get(COMPARE, {"p": [PartnershipFactory().slug, bad]})
    assert answer.status_code == 404
    assert "is not the address of a published arrangement" in text(answer)
    assert "<b>" not in flat(answer)


def test_a_former_address_leads_to_the_record_of_today(client):
    merged, other = PartnershipFactory.create_batch(2)
    FormerSlug.objects.create(slug="before-the-merger", partnership=merged)
    answer = client.get(COMPARE, {"p": ["before-the-merger", other.slug]})
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{COMPARE}?p={merged.slug}&p={other.slug}"


def test_an_arrangement_cannot_be_compared_with_itself(client):
    one, other = PartnershipFactory(name="Ay"), PartnershipFactory()
    answer = client.get(COMPARE, {"p": [one.slug, other.slug, one.slug]})
    assert answer.status_code == 400
    assert "“Ay” is chosen twice" in text(answer)


def test_an_unknown_parameter_is_refused_by_name(client):
    one, other = PartnershipFactory.create_batch(2)
    answer = client.get(COMPARE, {"p": [one.slug, other.slug], "sort": "name"})
    assert answer.status_code == 400
    assert "“sort” is nothing that this page can be asked" in text(answer)


def test_the_list_and_each_record_lead_to_the_comparison(client, assert_valid_html):
    one, other = PartnershipFactory.create_batch(2)
    page = flat(client.get("/partnerships/"))
    for partnership in (one, other):
        assert f'name="p" value="{partnership.slug}" id="compare-' in page
    answer = client.get(one.get_absolute_url())
    assert_valid_html(answer.content.decode())
    assert f'type="hidden" name="p" value="{one.slug}"' in flat(answer)
    assert f'<option value="{other.slug}">' in flat(answer)
    assert f'<option value="{one.slug}">' not in flat(answer)


def test_more_and_larger_records_cost_as_many_queries_as_two_small_ones(client):
    few = PartnershipFactory.create_batch(2)
    for partnership in few:
        MembershipFactory(partnership=partnership).sources.add(
            SourceFactory(partnership=partnership)
        )
        for row in (
            AimFactory(partnership=partnership),
            OutcomeFactory(partnership=partnership),
            OtherMemberFactory(partnership=partnership),
        ):
            row.sources.add(partnership.sources.get())

    def queries(partnerships):
        with CaptureQueriesContext(connection) as found:
            answer = client.get(COMPARE, {"p": [p.slug for p in partnerships]})
        assert answer.status_code == 200
        return len(found)

    used = queries(few)
    many = PartnershipFactory.create_batch(2)
    for partnership in many:
        source = SourceFactory(partnership=partnership)
        for factory in (MembershipFactory, AimFactory, OutcomeFactory):
            for row in factory.create_batch(5, partnership=partnership):
                row.sources.add(source)
    assert queries([few[0], *many]) == used


def test_a_box_offers_no_more_than_can_be_chosen_from(db, client, monkeypatch):
    first, *_ = PartnershipFactory.create_batch(4)
    record, compare = first.get_absolute_url(), f"/compare/?p={first.slug}"
    for page in (record, compare):
        assert "registry-compare__add" in client.get(page).text
    monkeypatch.setattr("partnerships.comparison.MOST_OFFERED", 2)
    for page in (record, compare):
        text = " ".join(client.get(page).text.split())
        assert "registry-compare__add" not in text
        assert 'ick two to four in <a class="govuk-link" href="/partnerships/">' in text
