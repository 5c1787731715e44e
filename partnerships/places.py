"""Where member councils lie: points on the outline of the islands.

The build draws the outline by the same projection, a transverse Mercator on the
meridian of 4 degrees west, and a test holds the two together. Coordinates are those
of the drawing: its top left corner is 0, 0. Councils whose marks would hide each other
share one mark and one number; the list beside the drawing names each of them.
"""

from collections.abc import Iterable
from math import atan2, atanh, cos, dist, radians, sin, tan
from typing import NamedTuple

from councils.models import Council

WIDTH, HEIGHT = 608, 880
SCALE, LEFT, TOP = 4500, 322, 4792
MERIDIAN = -4
MARK = 0.033  # the radius of a mark, as a share of the width shown
LARGE_MARK = 0.054  # and on a drawing a quarter as wide as its page
CLOSEST = 240  # the narrowest part: enough of the coasts to know the place by
WIDEST = 700  # the widest: beyond it the whole drawing is shown
MARGIN = 60  # between a mark and the edge of what is shown
SEA = 32  # around the whole drawing, so that no mark on a coast is cut off


class Place(NamedTuple):
    """A mark with its number and the councils that lie there or near it."""

    number: int
    x: float
    y: float
    councils: list[Council]


class View(NamedTuple):
    """The part of the drawing that is shown."""

    x: float = -SEA
    y: float = -SEA
    width: float = WIDTH + 2 * SEA
    height: float = HEIGHT + 2 * SEA

    @property
    def box(self) -> str:
        return f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"


class Map(NamedTuple):
    view: View
    mark: float
    places: list[Place]
    without_point: list[Council]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def number_size(self) -> float:
        return round(self.mark * 1.1, 1)

    @property
    def is_a_part(self) -> bool:
        return self.view.height < HEIGHT


def projected(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where a place lies on the drawing, from degrees north and east."""
    north, east = radians(latitude), radians(longitude - MERIDIAN)
    return (
        round(LEFT + SCALE * atanh(cos(north) * sin(east)), 1),
        round(TOP - SCALE * atan2(tan(north), cos(east)), 1),
    )


def map_of(councils: Iterable[Council], mark: float = MARK) -> Map:
    """Return the councils on the map, each once, numbered in the order given.

    It shows no more of the islands than it takes to see where they lie. `mark` is the
    radius of a mark as a share of the width shown.
    """
    points, without_point = {}, []
    for council in dict.fromkeys(councils):
        if council.latitude is None or council.longitude is None:
            without_point.append(council)
        else:
            points[council] = projected(council.latitude, council.longitude)
    view = view_of([*points.values()])
    radius = round(mark * view.width, 1)
    places: list[Place] = []
    for council, at in points.items():
        near = (place for place in places if dist(at, place[1:3]) < 1.5 * radius)
        if place := next(near, None):
            place.councils.append(council)
        else:
            places.append(Place(len(places) + 1, *at, [council]))
    return Map(view, radius, places, without_point)


def view_of(points: list[tuple[float, float]]) -> View:
    """Return a square around the points, or the whole drawing if they lie far apart.

    Beyond the drawing the square shows only sea.
    """
    if not points:
        return View()
    across, down = zip(*points, strict=True)
    side = max(CLOSEST, *(max(ats) - min(ats) + 2 * MARGIN for ats in (across, down)))
    if side > WIDEST:
        return View()
    x, y = ((min(ats) + max(ats) - side) / 2 for ats in (across, down))
    return View(x, y, side, side)
