"""The map: points and outline in one projection, every council named in words too."""

import re
from itertools import count
from pathlib import Path

import pytest

from partnerships.models import Partnership
from partnerships.places import HEIGHT, LARGE_MARK, MARK, WIDTH, View, map_of, projected
from tests.factories import CouncilFactory, MembershipFactory

ISLANDS = Path(__file__).resolve().parent.parent / "frontend" / "dist" / "islands.svg"


@pytest.fixture(scope="module")
def outline():
    """The corners of the coasts, in the order of their places in the drawing."""
    if not ISLANDS.is_file():
        pytest.fail("The outline is not built: start ./run or ./run test once.")
    text = ISLANDS.read_text()
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in text
    return [(int(x), int(y)) for x, y in re.findall(r"([0-9]+) ([0-9]+)(?=[LZ])", text)]


# Where the coasts turn: the ends of the islands, by their own latitude and longitude.
@pytest.mark.parametrize(
    ("cape", "latitude", "longitude", "axis", "farthest"),
    [
        ("Lowestoft Ness, the east", 52.481, 1.763, 0, max),
        ("Dunmore Head or the Blaskets, the west", 52.11, -10.48, 0, min),
        ("Unst, the north", 60.85, -0.87, 1, min),
        ("Scilly, the south", 49.91, -6.32, 1, max),
    ],
)
def test_points_and_outline_are_drawn_alike(
    outline, cape, latitude, longitude, axis, farthest
):
    at = projected(latitude, longitude)
    assert at[axis] == pytest.approx(farthest(p[axis] for p in outline), abs=2), cape
    assert min(abs(at[0] - x) + abs(at[1] - y) for x, y in outline) < 8, cape


def test_north_is_up_and_east_is_right():
    assert projected(50, -4)[1] > projected(60, -4)[1]
    assert projected(55, -4)[0] == 322 < projected(55, 0)[0]


keys = count(1)


def council(latitude=None, longitude=None):
    """Return a council that no database holds: the map asks for none."""
    return CouncilFactory.build(pk=next(keys), latitude=latitude, longitude=longitude)


def test_councils_near_each_other_share_a_mark_and_are_both_named():
    near, nearer, far = council(51, 0), council(51.05, 0), council(58, -4)
    places = map_of([near, nearer, far]).places
    assert [place.councils for place in places] == [[near, nearer], [far]]
    assert [place.number for place in places] == [1, 2]


def test_a_council_counts_once_and_one_without_a_point_is_listed():
    known, unknown = council(51, 0), council()
    found = map_of([known, unknown, known])
    assert [place.councils for place in found.places] == [[known]]
    assert found.without_point == [unknown]


def test_marks_near_each_other_part_when_the_map_comes_closer():
    pair, far = [council(51, -1), council(51.3, -1)], council(60.5, -1)
    whole = map_of([*pair, far])
    assert [place.councils for place in whole.places] == [pair, [far]]
    assert not whole.is_a_part
    close = map_of(pair)
    assert len(close.places) == 2
    assert close.is_a_part
    assert close.mark / close.view.width == pytest.approx(MARK, abs=0.001)


@pytest.mark.parametrize(
    "points",
    [
        [(60.5, -1)],
        [(49.92, -6.3)],
        [(50.1, -5.5), (60.5, -1)],
        [(51.1, 1.3), (54.6, -5.9)],
    ],
)
def test_the_part_shown_holds_every_mark_whole(points):
    found = map_of([council(*point) for point in points], mark=LARGE_MARK)
    x, y, width, height = found.view
    assert found.view.box == f"{x:.1f} {y:.1f} {width:.1f} {height:.1f}"
    assert width == height or found.view == View()
    for place in found.places:
        assert x < place.x - found.mark and place.x + found.mark < x + width
        assert y < place.y - found.mark and place.y + found.mark < y + height


def test_no_council_at_all_makes_an_empty_map():
    assert map_of([]).places == []


@pytest.mark.django_db
def test_every_member_council_is_on_the_map_or_said_to_lack_a_point(registry):
    for partnership in Partnership.objects.for_detail():
        members = {member.council for member in partnership.memberships.all()}
        found = map_of(member.council for member in partnership.memberships.all())
        placed = [council for place in found.places for council in place.councils]
        assert {*placed, *found.without_point} == members
        assert len(placed) + len(found.without_point) == len(members)


@pytest.mark.django_db
def test_the_record_lists_what_its_map_shows(client, assert_valid_html):
    partnership = MembershipFactory(
        council__latitude=51, council__longitude=0, council__name="Ay Test Council"
    ).partnership
    MembershipFactory(partnership=partnership, council__name="Bee Test Council")
    page = client.get(partnership.get_absolute_url()).content.decode()
    assert_valid_html(page)
    flat = re.sub(r"\s+", " ", page)
    assert "Number </span>1</strong> Ay Test Council, Unitary authority" in flat
    assert "Bee Test Council: <span" in flat
    assert "no point for it" in flat
    assert flat.count('class="registry-map__mark"') == 1
