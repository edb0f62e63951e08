"""Coverage before: who has no place on a list if no trainee holds a position; and where places lie on the map."""

from __future__ import annotations

import datetime as dt
from itertools import combinations, pairwise

import pytest
from scenes import Scene, doctor, town
from scenes.narvik import scene as scene_of_narvik

from allokering.files.reading import read_instance
from allokering.model import load_model
from allokering.report.atlas import atlas, colour
from allokering.report.before import lacking_before
from allokering.report.ground import WIDTH, centre, ground_of
from allokering.report.shapes import Projection, borders
from allokering.tables import CrossBorder


def lacking(
    residents: dict[str, int], limits: dict[str, int], borders_of: dict[tuple[str, str], int], period: int = 0
) -> dict[str, int]:
    """Who lacks a place in a period, by municipality."""
    scene = Scene(periods=2)
    scene.add(*(town(place, number) for place, number in residents.items()))
    scene.add(*(doctor(f"gp-{place}", place, limit, ends=dt.date(2025, 8, 1)) for place, limit in limits.items()))
    for (here, there), most in borders_of.items():
        scene.add(CrossBorder(from_municipality_id=here, to_municipality_id=there, max_residents=most))
    found = lacking_before(scene.instance, load_model("alis"))
    return {place: found[place, period] for place in residents}


@pytest.mark.parametrize(
    ("residents", "limits", "borders_of", "expected"),
    [
        # Room at home for all but 40.
        ({"a": 100, "b": 50}, {"a": 60, "b": 80}, {}, {"a": 40, "b": 0}),
        # Room for 30 in b, but only 20 may go.
        ({"a": 100, "b": 50}, {"a": 60, "b": 80}, {("a", "b"): 20}, {"a": 20, "b": 0}),
        # More may go than there is room for after b's own residents.
        ({"a": 100, "b": 50}, {"a": 60, "b": 80}, {("a", "b"): 90}, {"a": 10, "b": 0}),
        # b has no list: its residents take the places in a of those who go from a to c.
        (
            {"a": 100, "b": 70, "c": 0},
            {"a": 100, "c": 90},
            {("b", "a"): 60, ("a", "c"): 100},
            {"a": 0, "b": 10, "c": 0},
        ),
        # Nobody gives up a place so that somebody else lacks none: 50 lack one either way.
        ({"a": 100, "b": 50}, {"a": 100}, {("b", "a"): 50}, {"a": 0, "b": 50}),
    ],
)
def test_lacking_before(
    residents: dict[str, int],
    limits: dict[str, int],
    borders_of: dict[tuple[str, str], int],
    expected: dict[str, int],
) -> None:
    """As few as can be, from everyone at home who has room there."""
    assert lacking(residents, limits, borders_of) == expected


def test_a_doctor_who_leaves_inside_a_period_has_no_places_in_it() -> None:
    """The doctor stays to 1 August, and the second period to 31 December."""
    assert lacking({"a": 100}, {"a": 60}, {}, period=0) == {"a": 40}
    assert lacking({"a": 100}, {"a": 60}, {}, period=1) == {"a": 100}


def test_trainees_and_locums_offer_no_places() -> None:
    """Narvik: in the first period nobody has a position yet, so that before is what locums then carry: 555."""
    found = lacking_before(read_instance("narvik-2022"), load_model("alis"))

    assert sum(number for (_, period), number in found.items() if period == 0) == 555


def inside(point: tuple[float, float], rings: tuple[tuple[tuple[float, float], ...], ...]) -> bool:
    """Does a line from the point eastwards cross the rings an odd number of times?"""
    x, y = point
    crossings = 0
    for ring in rings:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                crossings += 1
    return crossings % 2 == 1


def test_borders_are_closed_and_round_their_towns() -> None:
    """All 357 municipalities of 2024; Bergen, Oslo and Narvik lie in theirs and not in each other's."""
    towns = {"4601": (5.324, 60.393), "0301": (10.75, 59.92), "1806": (17.427, 68.438)}

    assert len(borders()) == 357
    assert all(ring[0] == ring[-1] and len(ring) > 3 for rings in borders().values() for ring in rings)
    assert {(town, other) for town, point in towns.items() for other in towns if inside(point, borders()[other])} == {
        (town, town) for town in towns
    }


def test_north_is_up_and_distances_are_true() -> None:
    """One degree north is 1/360 of the circle on the map too, and east is to the right."""
    projection = Projection(10.0)
    (east, south), (_, further_south) = projection.plane((11.0, 61.0)), projection.plane((11.0, 60.0))

    assert east > 0
    assert further_south - south == pytest.approx(3.14159265 / 180, rel=1e-3)


@pytest.mark.parametrize(
    ("value", "css"), [(None, "unknown"), (0, "c0"), (0.1, "c1"), (2, "c1"), (2.1, "c2"), (10, "c3"), (10.1, "c4")]
)
def test_a_limit_belongs_to_the_class_below_it(value: float | None, css: str) -> None:
    """Nobody, up to 2, up to 5, up to 10, and more."""
    assert colour(value, (0, 2, 5, 10)) == css


def test_names_on_the_map_do_not_cover_each_other() -> None:
    """Nor what is drawn at a site or a circle: a name that would is written below it, or left out."""
    drawn = atlas(scene_of_narvik())
    assert drawn is not None
    boxes = [(label.x, label.y, 6 * len(label.name)) for label in drawn.labels]

    assert len(boxes) >= 5
    assert [
        (one, other)
        for one, other in combinations(boxes, 2)
        if abs(one[0] - other[0]) <= one[2] + other[2] and abs(one[1] - other[1]) <= 24
    ] == []
    assert {(site.x, site.y + 6) for site in drawn.sites} & {(label.x, label.y) for label in drawn.labels} == set()


def test_everything_with_residents_is_on_the_paper() -> None:
    """Every border of Narvik's neighbours, and the hospital that somebody is sent to."""
    instance = read_instance("narvik-2022")
    ground = ground_of(instance, ["5503"])
    assert ground is not None
    shown = [row for row in instance.municipalities if row.residents or row.municipality_id == "5503"]
    points = [ground.at(point) for row in shown if (point := centre(row)) is not None]

    assert len(points) == len(shown) == 7
    assert all(0 <= x <= WIDTH and 0 <= y <= ground.height for x, y in points)
