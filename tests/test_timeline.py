"""Members over time: what is known, what lies between two days, what nobody says."""

from datetime import date
from itertools import pairwise

import pytest

from partnerships.models import Partnership
from partnerships.timeline import (
    BETWEEN,
    KNOWN,
    LETTERS_IN_A_LINE,
    NARROWEST,
    OPEN,
    Axis,
    members_over_time,
)
from tests.factories import MembershipFactory, OtherMemberFactory, PartnershipFactory

pytestmark = pytest.mark.django_db


def drawing_of(partnership):
    return members_over_time(Partnership.objects.for_detail().get(pk=partnership.pk))


def only_bar(partnership):
    (bar,) = drawing_of(partnership).bars
    return bar


def shape(bar):
    return [stretch.kind for stretch in bar.stretches]


def end(stretch):
    return pytest.approx(stretch.x + stretch.width, abs=0.02)


def test_days_lie_along_the_axis_in_proportion():
    axis = Axis(2011, 2014)
    assert axis.at(date(2011, 1, 1)) == 0
    assert axis.at(date(2013, 1, 1)) == pytest.approx(50, abs=0.1)
    assert axis.at(date(2014, 12, 31)) == pytest.approx(99.93, abs=0.01)


@pytest.mark.parametrize("last", [2011, 2015, 2019, 2024, 2050, 2111, 9999])
def test_an_axis_has_few_years_on_it_and_none_cut_off(last):
    ticks = Axis(2011, last).ticks()
    assert 1 <= len(ticks) <= 7
    assert {tick.anchor for tick in ticks if tick.x == 0} <= {"start"}
    assert all(b.x - a.x >= 12 for a, b in pairwise(ticks))


@pytest.mark.parametrize("year", ["0001", "0211", "9999"])
def test_a_row_with_an_unlikely_year_is_shown(client, year):
    record = PartnershipFactory(started=year, latest_evidence="9999-12-31")
    member = MembershipFactory(partnership=record, joined=year)
    MembershipFactory(partnership=record, joined="2011")
    pages = ["/partnerships/", "/partnerships.csv", "/numbers/", "/partnerships/map/"]
    for page in [record.get_absolute_url(), member.council.get_absolute_url(), *pages]:
        assert client.get(page).status_code == 200, page


def test_time_between_two_known_days_is_known():
    bar = only_bar(
        MembershipFactory(joined="2011-01-01", left="2012-12-31").partnership
    )
    assert shape(bar) == [BETWEEN, KNOWN, BETWEEN]
    assert bar.stretches[0].width == bar.stretches[2].width == NARROWEST
    assert bar.stretches[1] == (KNOWN, 0, pytest.approx(99.86, abs=0.01))
    assert bar.opens_at is bar.ends_open_at is None
    assert bar.words == "joined 1 January 2011, left 31 December 2012"


def test_a_year_is_a_stretch_in_which_the_day_lies():
    bar = only_bar(MembershipFactory(joined="2011", left="2014").partnership)
    joined, known, left = bar.stretches
    assert (joined.kind, known.kind, left.kind) == (BETWEEN, KNOWN, BETWEEN)
    assert joined.x == 0
    assert end(joined) == known.x == pytest.approx(25, abs=0.2)
    assert end(known) == left.x == pytest.approx(75, abs=0.2)
    assert end(left) == pytest.approx(100, abs=0.1)


def test_dates_that_may_be_the_same_day_make_one_stretch():
    bar = only_bar(MembershipFactory(joined="2011", left="2011-06").partnership)
    assert shape(bar) == [BETWEEN]


def test_an_end_that_nobody_gives_is_open_to_the_newest_source():
    partnership = PartnershipFactory(started="2011", latest_evidence="2014")
    MembershipFactory(partnership=partnership, joined="2012")
    bar = only_bar(partnership)
    assert shape(bar) == [BETWEEN, OPEN]
    assert bar.stretches[0].x == pytest.approx(25, abs=0.1)
    assert bar.ends_open_at == pytest.approx(100, abs=0.1)
    assert bar.opens_at is None
    assert bar.words == "joined 2012, no leaving recorded"


def test_an_end_that_nobody_gives_is_open_to_the_end_of_the_arrangement():
    partnership = PartnershipFactory(
        started="2011", ended="2012", status="ended", latest_evidence="2024"
    )
    MembershipFactory(partnership=partnership, joined="2011")
    drawing = drawing_of(partnership)
    assert drawing.last == 2012
    assert drawing.bars[0].words == (
        "joined 2011, leaving not recorded; the arrangement ended 2012"
    )


def test_a_beginning_that_nobody_gives_is_open_from_the_start_of_the_arrangement():
    partnership = PartnershipFactory(started="2011", status="not-known")
    MembershipFactory(partnership=partnership, left="2014")
    MembershipFactory(partnership=partnership)
    left, unknown = sorted(drawing_of(partnership).bars, key=lambda bar: -len(bar[4]))
    assert shape(left) == [OPEN, BETWEEN]
    assert left.opens_at == 0
    assert left.words == "joining not known, left 2014"
    assert shape(unknown) == [OPEN]
    assert (unknown.opens_at, unknown.ends_open_at) == (
        0,
        pytest.approx(100, abs=0.1),
    )
    assert unknown.words == "joining not known, leaving not known"


def test_a_record_without_any_date_has_no_drawing():
    partnership = MembershipFactory().partnership
    assert drawing_of(partnership) is None
    assert drawing_of(PartnershipFactory(started="2011")) is None


def test_a_long_name_takes_several_lines_and_covers_no_bar():
    partnership = PartnershipFactory(started="2011")
    name = "A pretend company whose name is longer than a narrow screen is wide"
    MembershipFactory(partnership=partnership)
    OtherMemberFactory(partnership=partnership, name=name)
    above, below = drawing_of(partnership).bars
    assert " ".join(line for _, line in below.lines) == name
    assert all(len(line) <= LETTERS_IN_A_LINE for _, line in below.lines)
    assert above.y + 14 < below.lines[0][0] - 12 < below.lines[1][0] < below.y


def test_every_shipped_bar_lies_on_its_axis(registry):
    for partnership in Partnership.objects.for_detail():
        drawing = members_over_time(partnership)
        for bar in drawing.bars if drawing else []:
            assert bar.stretches
            assert bar.stretches[0].x >= 0
            assert all(stretch.width >= NARROWEST for stretch in bar.stretches)
            assert bar.stretches[-1].x + bar.stretches[-1].width <= 100.01
            assert bar.y + drawing.bar_height < drawing.axis < drawing.height


def test_the_page_says_in_words_what_the_drawing_shows(client, assert_valid_html):
    partnership = PartnershipFactory(started="2011", latest_evidence="2014")
    MembershipFactory(partnership=partnership, joined="2012", council__short_name="Ay")
    page = client.get(partnership.get_absolute_url()).content.decode()
    assert_valid_html(page)
    assert "Ay: joined 2012, no leaving recorded." in page
    assert "style=" not in page


def test_the_page_says_when_there_is_nothing_to_draw(client, assert_valid_html):
    partnership = MembershipFactory().partnership
    page = client.get(partnership.get_absolute_url()).content.decode()
    assert_valid_html(page)
    assert "so there is nothing to draw" in page
