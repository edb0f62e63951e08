"""The ground that a map is drawn on: which part of the world it shows, and where on the paper a place then lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from allokering.instance import Instance
from allokering.report.shapes import Point, Projection, Ring, borders
from allokering.tables import Municipality

WIDTH = 1000
"""Width of the paper, in its own units; coordinates on it are whole numbers."""
MARGIN = 0.06
LEAST_EXTENT = 0.002
"""About 13 km, in radians: a single point is still shown with something around it."""
FLATTEST, TALLEST = 0.62, 1.25
"""Bounds on the paper's height as a share of its width."""


@dataclass(frozen=True)
class Ground:
    """A window on the plane, and the paper it is drawn on."""

    projection: Projection
    left: float
    top: float
    scale: float
    height: int

    def at(self, point: Point) -> tuple[int, int]:
        """Where a longitude and latitude lies on the paper."""
        east, south = self.projection.plane(point)
        return round((east - self.left) * self.scale), round((south - self.top) * self.scale)

    def outline(self, rings: Iterable[Ring]) -> str:
        """Rings as the data of one SVG path; steps too small to be seen, and rings off the paper, are left out."""
        return "".join(self._ring(ring) for ring in rings)

    def _ring(self, ring: Ring) -> str:
        points = [self.at(point) for point in ring]
        kept = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
        across, down = zip(*kept, strict=True)
        if len(kept) < 4 or max(across) < 0 or min(across) > WIDTH or max(down) < 0 or min(down) > self.height:
            return ""
        steps = " ".join(f"{x - before_x} {y - before_y}" for (before_x, before_y), (x, y) in pairwise(kept))
        return f"M{kept[0][0]} {kept[0][1]}l{steps}z"


def centre(municipality: Municipality) -> Point | None:
    """Its coordinates, or else the middle of its borders; None if neither is known."""
    if municipality.longitude is not None and municipality.latitude is not None:
        return municipality.longitude, municipality.latitude
    points = [point for ring in borders().get(municipality.municipality_id, ()) for point in ring]
    if not points:
        return None
    across, down = zip(*points, strict=True)
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2


def ground_of(instance: Instance, also: Iterable[str]) -> Ground | None:
    """The ground that shows every municipality with residents, and `also` these; None if nothing is known of any."""
    wanted = set(also)
    shown = [row for row in instance.municipalities if row.residents or row.municipality_id in wanted]
    points = [point for row in shown for point in _points(row)]
    if not points:
        return None
    projection = Projection(sum(point[0] for point in points) / len(points))
    across, down = zip(*(projection.plane(point) for point in points), strict=True)
    wide = max(max(across) - min(across), LEAST_EXTENT) * (1 + 2 * MARGIN)
    tall = max(max(down) - min(down), LEAST_EXTENT) * (1 + 2 * MARGIN)
    wide, tall = max(wide, tall / TALLEST), max(tall, wide * FLATTEST)
    scale = WIDTH / wide
    middle_across, middle_down = (min(across) + max(across)) / 2, (min(down) + max(down)) / 2
    return Ground(projection, middle_across - wide / 2, middle_down - tall / 2, scale, round(tall * scale))


def _points(municipality: Municipality) -> list[Point]:
    """What must be on the paper: the borders of who has residents, else the coordinates."""
    found = [point for ring in borders().get(municipality.municipality_id, ()) for point in ring]
    if found and municipality.residents:
        return found
    middle = centre(municipality)
    return [] if middle is None else [middle]
