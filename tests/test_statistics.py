"""Numbers about many partnerships: each with its denominator, none counted twice."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from councils.models import Council
from partnerships.models import Change, Partnership
from partnerships.statistics import (
    Share,
    councils_involved,
    date_of_the_data,
    missing,
    newest_evidence,
    standing,
)
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    OutcomeFactory,
    PartnershipFactory,
)

pytestmark = pytest.mark.django_db


def test_a_share_knows_its_rest():
    assert Share(2, of=37).rest == 35


def test_each_partnership_stands_somewhere():
    PartnershipFactory.create_batch(2, status="ended")
    PartnershipFactory.create_batch(3, status="ongoing")
    PartnershipFactory(status="not-known")
    PartnershipFactory(status="ended", publication="draft")
    found = standing(Partnership.objects.published())
    assert found == (Share(3, 6), Share(2, 6), Share(1, 6))
    assert found.ended == Share(2, 6)


def test_numbers_of_nothing_are_zero_of_zero():
    nothing = Partnership.objects.none()
    assert set(standing(nothing)) == {Share(0, 0)}
    assert set(missing(nothing)) == {Share(0, 0)}
    assert newest_evidence(nothing) is None


def test_several_outcomes_count_their_partnership_once():
    rich = PartnershipFactory(started="2011", staff=0)
    OutcomeFactory.create_batch(3, partnership=rich, result="expected")
    OutcomeFactory(partnership=rich, amount=0, period="total")
    OutcomeFactory(result="achieved")
    PartnershipFactory()
    found = missing(Partnership.objects.all())
    assert found.start == Share(2, 3)
    assert found.staff == Share(2, 3)  # none is a number of staff, and known
    assert found.outcome == Share(1, 3)
    assert found.money == Share(2, 3)  # nothing saved is an amount, and known
    assert found.forecast == Share(1, 3)


def test_a_council_in_several_partnerships_counts_once():
    council = CouncilFactory()
    MembershipFactory.create_batch(2, council=council)
    MembershipFactory()
    MembershipFactory(partnership__publication="draft")
    CouncilFactory()
    found = councils_involved(Partnership.objects.published())
    assert found == Share(2, Council.objects.count()) == Share(2, 4)


@pytest.mark.parametrize(
    ("dates", "newest"),
    [
        (["2012", "2013-06-05", None], "2013-06-05"),
        (["2025", "2025-12", "2025-11-30"], "2025-12"),
        (["2012?", "2011"], "2012?"),
        ([None], None),
    ],
)
def test_the_newest_evidence_is_the_latest_and_then_the_most_exact(dates, newest):
    for date in dates:
        PartnershipFactory(latest_evidence=date)
    assert newest_evidence(Partnership.objects.all()) == newest


def change(partnership, made):
    row = Change.objects.record(partnership, reason="Made up.")
    Change.objects.filter(pk=row.pk).update(made=made)


def test_before_any_change_the_data_is_as_old_as_its_newest_source():
    PartnershipFactory(latest_evidence="2012")
    PartnershipFactory(latest_evidence="2013-05")
    PartnershipFactory(latest_evidence="2030", publication="draft")
    assert date_of_the_data(Partnership.objects.published()) == ("2013-05", False)


def test_the_data_is_of_the_day_on_which_a_record_last_changed():
    partnership = PartnershipFactory(latest_evidence="2013-05")
    # Past midnight in London already, by the summer's clock.
    change(partnership, datetime(2024, 6, 30, 23, 30, tzinfo=UTC))
    draft = PartnershipFactory(publication="draft")
    change(draft, datetime(2025, 1, 1, tzinfo=UTC))
    assert date_of_the_data(Partnership.objects.published()) == ("2024-07-01", True)


def test_data_without_any_date_has_none():
    assert date_of_the_data(Partnership.objects.published()) is None
    PartnershipFactory()
    assert date_of_the_data(Partnership.objects.published()) is None


@pytest.mark.parametrize("address", ["/", "/partnerships/", "/councils/", "/no-page/"])
def test_every_page_carries_the_date_of_the_data(client, address):
    assert "Date of the data: <span" in client.get(address).content.decode()
    PartnershipFactory(latest_evidence="2013-05")
    page = client.get(address).content.decode()
    assert "Date of the data: <strong>May 2013</strong>" in page


def test_the_date_of_the_data_costs_one_query(client):
    PartnershipFactory(latest_evidence="2013-05")
    with CaptureQueriesContext(connection) as queries:
        client.get("/no-page/")
    assert len(queries) == 1
