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
CLOSEST = 0.4  # of the drawing: enough of the coasts to know the place by
MARGIN = 60  # between a mark and the edge of what is shown


class Place(NamedTuple):
    """A mark with its number and the councils that lie there or near it."""

    number: int
    x: float
    y: float
    councils: list[Council]


class View(NamedTuple):
    """The part of the drawing that is shown; `part` is its share of the width."""

    x: float = 0
    y: float = 0
    part: float = 1

    @property
    def box(self) -> str:
        width, height = WIDTH * self.part, HEIGHT * self.part
        return f"{self.x:.1f} {self.y:.1f} {width:.1f} {height:.1f}"

    @property
    def mark(self) -> float:
        """The radius of a mark, the same to the eye whatever part is shown."""
        return round(MARK * self.part, 1)


class Map(NamedTuple):
    view: View
    places: list[Place]
    without_point: list[Council]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_a_part(self) -> bool:
        return self.view.part < 1


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
    """Return the part of the drawing around the points, in the drawing's own shape."""
    across, down = zip(*points, strict=True)
    needed = max(
        (max(across) - min(across) + 2 * MARGIN) / WIDTH,
        (max(down) - min(down) + 2 * MARGIN) / HEIGHT,
    )
    part = min(max(needed, CLOSEST), 1)

    def start(ats, whole):
        middle = (min(ats) + max(ats) - whole * part) / 2
        return min(max(middle, 0), whole * (1 - part))

    return View(start(across, WIDTH), start(down, HEIGHT), round(part, 3))
