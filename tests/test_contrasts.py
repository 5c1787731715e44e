"""The contrasting case is the one that the stated rule finds."""

import pytest

from partnerships.contrasts import contrast_to
from partnerships.models import Partnership
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    ServiceFunctionFactory,
)
from tests.pages import queries_used

pytestmark = pytest.mark.django_db


@pytest.fixture
def ict(db):
    return ServiceFunctionFactory(name="Pretend ICT")


def made(function, roles=("partner", "partner"), **fields):
    partnership = PartnershipFactory(**fields)
    partnership.functions.add(function)
    for role in roles:
        MembershipFactory(partnership=partnership, role=role)
    return Partnership.objects.get(pk=partnership.pk)


SUPPLIER = ("lead", "client")


def by_hand(partnership, others):
    """Sort the contrasting cases by the rule, in plain Python."""
    found = []
    own = set(partnership.functions.all())
    for other in others:
        shared = own & set(other.functions.all())
        is_opposite = {partnership.status, other.status} == {"ended", "ongoing"}
        shapes = {partnership.relationship, other.relationship}
        is_other_shape = len(shapes) == 2 and "not-recorded" not in shapes
        if other.pk != partnership.pk and shared and (is_opposite or is_other_shape):
            evidence = other.latest_evidence
            found.append(
                (
                    -(is_opposite and is_other_shape),
                    -len(shared),
                    -evidence.latest.toordinal() if evidence else 0,
                    other.name.casefold(),
                    other.slug,
                )
            )
    return [key[-1] for key in sorted(found)]


def test_every_shipped_record_has_the_contrasts_that_the_rule_finds(registry):
    records = list(
        Partnership.objects.published()
        .with_relationship()
        .prefetch_related("functions")
    )
    with_one = 0
    for partnership in records:
        expected = by_hand(partnership, records)
        found = Partnership.objects.published().contrasting_with(partnership)
        assert [other.slug for other in found] == expected, partnership
        contrast = contrast_to(partnership)
        assert [contrast.partnership.slug] == expected[:1] if contrast else not expected
        with_one += contrast is not None
    assert with_one == len(records) - 1


def test_one_that_differs_both_ways_comes_before_more_functions_in_common(ict):
    tax = ServiceFunctionFactory()
    this = made(ict, status="ended")
    this.functions.add(tax)
    one_way = made(ict, status="ongoing", latest_evidence="2024")
    one_way.functions.add(tax)
    both_ways = made(ict, SUPPLIER, status="ongoing", latest_evidence="2010")
    found = Partnership.objects.contrasting_with(this)
    assert list(found) == [both_ways, one_way]


def test_functions_then_evidence_then_the_name_decide(ict):
    tax = ServiceFunctionFactory()
    this = made(ict, status="ended")
    this.functions.add(tax)
    made(ict, status="ongoing", name="E")
    made(ict, status="ongoing", name="D", latest_evidence="2020")
    made(ict, status="ongoing", name="c", latest_evidence="2021-12")
    made(ict, status="ongoing", name="B", latest_evidence="2021")
    made(ict, status="ongoing", name="A").functions.add(tax)
    found = Partnership.objects.contrasting_with(this)
    assert [other.name for other in found] == ["A", "B", "c", "D", "E"]


@pytest.mark.parametrize(
    ("this", "other"),
    [
        ({"status": "ended"}, {"status": "not-known"}),
        ({"status": "not-known"}, {"status": "ended"}),
        ({"status": "ended"}, {"status": "ended"}),
        ({"roles": SUPPLIER}, {"roles": ("lead", "partner", "client")}),
        ({"roles": ()}, {"roles": SUPPLIER}),
        ({"status": "ended"}, {"status": "ongoing", "publication": "draft"}),
    ],
)
def test_what_is_unknown_alike_or_unpublished_makes_no_contrast(ict, this, other):
    this = made(ict, **this)
    made(ict, **other)
    assert contrast_to(this) is None


def test_another_service_makes_no_contrast(ict):
    this = made(ict, status="ended")
    made(ServiceFunctionFactory(), status="ongoing")
    assert contrast_to(this) is None


def test_the_reasons_are_those_that_hold(ict):
    this = made(ict, SUPPLIER, status="not-known")
    made(ict, status="ongoing", latest_evidence="2024-05")
    assert contrast_to(this).reasons == [
        "Shared by both: Pretend ICT.",
        "The shape of the relationship differs:"
        " supplier and client here, equal partners there.",
    ]


def test_an_ongoing_one_is_no_more_ongoing_than_its_evidence(ict):
    this = made(ict, status="ongoing")
    other = made(ict, status="ended")
    assert contrast_to(this).reasons[1:] == [
        "This one was ongoing when last evidenced, on a date not known; that one ended."
    ]
    Partnership.objects.filter(pk=this.pk).update(latest_evidence="2024-05")
    assert contrast_to(other).reasons[1:] == [
        "This one ended; that one was ongoing when last evidenced, May 2024."
    ]


def test_records_show_their_contrast_in_as_many_queries(client, ict):
    this = made(ict, status="ended")
    made(ict, status="ongoing", name="Its opposite")

    page = this.get_absolute_url()
    assert "Its opposite" in client.get(page).text
    few = queries_used(client, page)
    for _ in range(5):
        made(ict, SUPPLIER, status="ended")
    assert queries_used(client, page) == few
