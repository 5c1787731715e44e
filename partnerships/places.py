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
MARK = 20  # the radius of a mark on the whole drawing
CLOSER_MARK = 0.054  # and on a part of it, as a share of the width shown
CLOSEST = 240  # the narrowest part: enough of the coasts to know the place by
MARGIN = 60  # between a mark and the edge of what is shown


class Place(NamedTuple):
    """A mark with its number and the councils that lie there or near it."""

    number: int
    x: float
    y: float
    councils: list[Council]


class View(NamedTuple):
    """The part of the drawing that is shown, and the radius of its marks."""

    x: float = 0
    y: float = 0
    width: float = WIDTH
    height: float = HEIGHT
    mark: float = MARK

    @property
    def box(self) -> str:
        return f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"


class Map(NamedTuple):
    view: View
    places: list[Place]
    without_point: list[Council]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def number_size(self) -> float:
        return round(self.view.mark * 1.1, 1)

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


def map_of(councils: Iterable[Council], *, closer: bool = False) -> Map:
    """Return the councils on the map, each once, numbered in the order given.

    `closer` shows no more of the islands than it takes to see where they lie.
    """
    points, without_point = {}, []
    for council in dict.fromkeys(councils):
        if council.latitude is None or council.longitude is None:
            without_point.append(council)
        else:
            points[council] = projected(council.latitude, council.longitude)
    view = view_of([*points.values()]) if closer and points else View()
    places: list[Place] = []
    for council, at in points.items():
        near = (place for place in places if dist(at, place[1:3]) < 1.5 * view.mark)
        if place := next(near, None):
            place.councils.append(council)
        else:
            places.append(Place(len(places) + 1, *at, [council]))
    return Map(view, places, without_point)


def view_of(points: list[tuple[float, float]]) -> View:
    """Return a square around the points; beyond the drawing there is only sea."""
    across, down = zip(*points, strict=True)
    side = max(CLOSEST, *(max(ats) - min(ats) + 2 * MARGIN for ats in (across, down)))
    x, y = ((min(ats) + max(ats) - side) / 2 for ats in (across, down))
    return View(x, y, side, side, round(CLOSER_MARK * side, 1))
