"""Dated facts stand in the order of time, and only later ones count as later."""

import pytest

from councils.partial_dates import PartialDate
from partnerships.models import Partnership
from partnerships.turning_points import afterwards, turning_points
from tests.factories import (
    CouncilFactory,
    MembershipFactory,
    MilestoneFactory,
    OtherMemberFactory,
    OutcomeFactory,
    PartnershipFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db


def read(partnership):
    return Partnership.objects.for_detail().get(pk=partnership.pk)


def said(points):
    return [(str(point.when), point.words) for point in points]


def test_every_dated_fact_stands_in_the_order_of_time():
    record = PartnershipFactory(
        announced="2009-06", started="2010", ended="2015-03-31", status="ended"
    )
    first = CouncilFactory(short_name="Firstshire")
    for council, joined in [
        (CouncilFactory(short_name="Latershire"), "2012-02"),
        (first, "2010-04"),
        (CouncilFactory(short_name="Secondshire"), "2010-04"),
        (CouncilFactory(short_name="Unknownshire"), None),
    ]:
        left = "2014" if council == first else None
        MembershipFactory(partnership=record, council=council, joined=joined, left=left)
    OtherMemberFactory(partnership=record, name="Pretend plc", joined="2011?")
    MilestoneFactory(partnership=record, happened="2013-01-02", text="A fire.")
    assert said(turning_points(read(record))) == [
        ("2009-06", "The arrangement was announced."),
        ("2010", "The arrangement started."),
        ("2010-04", "Firstshire and Secondshire joined."),
        ("2011?", "Pretend plc joined."),
        ("2012-02", "Latershire joined."),
        ("2013-01-02", "A fire."),
        ("2014", "Firstshire left."),
        ("2015-03-31", "The arrangement ended."),
    ]


def test_dates_that_may_be_the_same_follow_the_usual_course():
    record = PartnershipFactory(
        announced="2012-05", started="2012?", ended="2012-12", status="ended"
    )
    MembershipFactory(
        partnership=record,
        council=CouncilFactory(short_name="Madeupshire"),
        joined="2012",
        left="2012-12",
    )
    assert [words for _, words in said(turning_points(read(record)))] == [
        "The arrangement was announced.",
        "The arrangement started.",
        "Madeupshire joined.",
        "Madeupshire left.",
        "The arrangement ended.",
    ]


def test_no_shipped_point_stands_behind_a_certainly_later_one(registry):
    for record in Partnership.objects.for_detail():
        points = turning_points(record)
        for place, point in enumerate(points):
            for later in points[place:]:
                assert point.when.earliest <= later.when.latest


def test_members_bring_their_sources_each_once():
    record = PartnershipFactory()
    both, own = SourceFactory(partnership=record), SourceFactory(partnership=record)
    for _ in range(2):
        member = MembershipFactory(partnership=record, joined="2010")
        member.sources.add(both)
    member.sources.add(own)
    (point,) = turning_points(read(record))
    assert point.sources == [both, own]


def outcome(record, *published, **fields):
    row = OutcomeFactory(partnership=record, **fields)
    for date in published:
        row.sources.add(SourceFactory(partnership=record, published=date))
    return row


def test_an_outcome_is_later_when_all_its_dated_sources_are():
    record = PartnershipFactory()
    day = PartialDate("2013-06-05")
    outcome(record, "2013-06-05")
    outcome(record, "2013")
    outcome(record, "2013-06")
    outcome(record, "2012", "2018")
    outcome(record, None)
    outcome(record)
    late = outcome(record, "2018-02", "2018-01-20")
    early = outcome(record, "2013-06-06", None)
    found = afterwards(read(record), day)
    assert [report.outcome for report in found.reports] == [early, late]
    assert [list(map(str, report.dates)) for report in found.reports] == [
        ["2013-06-06"],
        ["2018-01-20", "2018-02"],
    ]
    assert found.points == []


def test_a_point_is_later_when_it_certainly_is():
    record = PartnershipFactory(started="2013", ended="2014", status="ended")
    MembershipFactory(
        partnership=record,
        council=CouncilFactory(short_name="Madeupshire"),
        joined="2013-07",
    )
    found = afterwards(read(record), PartialDate("2013-06-05"))
    assert [words for _, words in said(found.points)] == [
        "Madeupshire joined.",
        "The arrangement ended.",
    ]
