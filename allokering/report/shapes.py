"""Where municipalities lie on a map: their borders, projected to a plane.

Borders are Norwegian municipalities of 2024, simplified, as TopoJSON: arcs of whole-number steps that neighbours share.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

Point = tuple[float, float]
"""Longitude and latitude in degrees, or east and south on the plane in radians."""
Ring = tuple[Point, ...]
SHAPES = Path(__file__).parent / "shapes" / "municipalities.topojson"
ATTRIBUTION = (
    "Kilder: SSB, Folkehelseinstituttet (csdata), SKDE, Kartverket, Utdanningsdirektoratet, GeoNames (CC BY 4.0)"
)
"""What the owners of the data ask to be printed where it is shown."""


@dataclass(frozen=True)
class Projection:
    """Transverse Mercator on a sphere: true to shape, and to scale near the middle meridian."""

    middle_longitude: float

    def plane(self, point: Point) -> Point:
        """East and south of the middle meridian's equator, in radians of the sphere."""
        turn, latitude = math.radians(point[0] - self.middle_longitude), math.radians(point[1])
        east = math.atanh(math.cos(latitude) * math.sin(turn))
        return east, -math.atan2(math.tan(latitude), math.cos(turn))


@cache
def borders() -> dict[str, tuple[Ring, ...]]:
    """Rings of longitude and latitude by municipality number."""
    topology = json.loads(SHAPES.read_text(encoding="utf-8"))
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    return {
        shape["properties"]["kommunenummer"]: tuple(_ring(numbers, arcs) for numbers in _outlines(shape))
        for shape in topology["objects"]["kommuner"]["geometries"]
    }


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    """An arc is a first point and then steps, on a grid."""
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    points = accumulate(arc, lambda point, step: [point[0] + step[0], point[1] + step[1]])
    return tuple((left + x * scale_x, bottom + y * scale_y) for x, y in points)


def _outlines(shape: dict[str, Any]) -> list[list[int]]:
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    return [ring for polygon in polygons for ring in polygon]


def _ring(numbers: list[int], arcs: list[Ring]) -> Ring:
    """Arcs joined; a number below zero is the arc of its complement, walked backwards."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return tuple(points)
