"""The map: municipalities coloured by coverage or by list length, with shared positions and rotations drawn."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from allokering.report.bilingual import Told, say
from allokering.report.ground import WIDTH, Ground, centre, ground_of
from allokering.report.lists import mean_list
from allokering.report.scene import Scene
from allokering.report.shapes import borders
from allokering.tables import Municipality

LABEL_UNITS_PER_LETTER, LABEL_UNITS_HIGH = 12, 24
LABEL_UNITS_DOWN, LABEL_UNITS_CLEAR = 6, 36
"""How far below its place a name is written: about on it, or clear of what is drawn there."""
ROUTES_DRAWN_BROADLY = 60


@dataclass(frozen=True)
class Layer:
    """One way to colour the map. A value above the n-th limit has at least colour n + 1."""

    name: str
    title: Told
    limits: tuple[int, ...]
    classes: tuple[Told, ...]
    values: tuple[tuple[float | None, ...], ...]
    """Per place, the mean and then every period; None where there is nothing to measure."""

    def colour(self, place: int) -> str:
        """The class of the mean, before anybody chooses a period."""
        return colour(self.values[place][0], self.limits)


@dataclass(frozen=True)
class Place:
    """A municipality on the paper."""

    anchor: str
    name: str
    outline: str
    """Borders as the data of an SVG path; empty: a circle is drawn."""
    x: int
    y: int


@dataclass(frozen=True)
class Route:
    """A line between two places."""

    css: str
    path: str
    count: int


@dataclass(frozen=True)
class Atlas:
    """Everything on the map."""

    kind: ClassVar[str] = "atlas"
    width: ClassVar[int] = WIDTH
    height: int
    land: str
    """Borders of everywhere else, as the data of an SVG path."""
    places: tuple[Place, ...]
    layers: tuple[Layer, ...]
    routes: tuple[Route, ...]
    sites: tuple[Place, ...]
    labels: tuple[Place, ...]
    periods: tuple[str, ...]

    @property
    def is_crowded(self) -> bool:
        """Are there so many lines that they must be thin?"""
        return len(self.routes) > ROUTES_DRAWN_BROADLY

    @property
    def data(self) -> dict[str, object]:
        """What the script needs to colour the map anew."""
        return {layer.name: {"limits": layer.limits, "values": layer.values} for layer in self.layers}


def colour(value: float | None, limits: tuple[int, ...]) -> str:
    """The style sheet's class for a value."""
    return "unknown" if value is None else f"c{bisect_left(limits, value)}"


def atlas(scene: Scene) -> Atlas | None:
    """The map of a plan; None if nobody knows where the municipalities lie."""
    stays = {scene.sites[row.site_id].municipality_id for row in scene.plan.rotations}
    ground = ground_of(scene.instance, stays)
    if ground is None:
        return None
    peopled = [row for row in scene.peopled if centre(row) is not None]
    drawn = {row.municipality_id for row in peopled}
    land = ground.outline(ring for number, rings in borders().items() if number not in drawn for ring in rings)
    places = tuple(_place(scene, ground, row) for row in peopled)
    sites = tuple(
        _place(scene, ground, scene.municipalities[stay])
        for stay in sorted(stays)
        if centre(scene.municipalities[stay]) is not None
    )
    by_residents = sorted(peopled, key=lambda row: -row.residents)
    return Atlas(
        height=ground.height,
        land=land,
        places=places,
        layers=_layers(scene, peopled),
        routes=(*_shared(scene, ground), *_journeys(scene, ground)),
        sites=sites,
        labels=_labels(tuple(_place(scene, ground, row) for row in by_residents), sites),
        periods=tuple(scene.period_label(period) for period in scene.periods),
    )


def _place(scene: Scene, ground: Ground, row: Municipality) -> Place:
    middle = centre(row)
    assert middle is not None  # noqa: S101 - only places that lie somewhere are drawn
    x, y = ground.at(middle)
    outline = ground.outline(borders().get(row.municipality_id, ()))
    return Place(scene.anchor("municipality", row.municipality_id), row.name, outline, x, y)


def _layers(scene: Scene, places: list[Municipality]) -> tuple[Layer, ...]:
    shares = (0, 2, 5, 10)
    share_classes = (
        say("nobody"), say("up to 2%"), say("2 to 5%"), say("5 to 10%"), say("more than 10%")
    )  # fmt: skip
    lengths = (700, 900, 1100, 1300)
    length_classes = (
        say("up to 700"), say("701 to 900"), say("901 to 1100"), say("1101 to 1300"), say("more than 1300")
    )  # fmt: skip
    ids = [row.municipality_id for row in places]
    return (
        Layer(
            "after",
            say("Without a place on a list, in this plan"),
            shares,
            share_classes,
            tuple(_shares(scene, place, scene.lacking_after) for place in ids),
        ),
        Layer(
            "before",
            say("Without a place on a list, before"),
            shares,
            share_classes,
            tuple(_shares(scene, place, scene.lacking_before) for place in ids),
        ),
        Layer(
            "lists",
            say("Mean list of the GPs"),
            lengths,
            length_classes,
            tuple(_mean_first([mean_list(scene, place, period) for period in scene.periods]) for place in ids),
        ),
    )


def _shares(scene: Scene, place: str, lacking: Mapping[tuple[str, int], int]) -> tuple[float | None, ...]:
    """Percent of the residents who lack a place: the mean, then every period."""
    residents = [scene.coverage[place, period].residents for period in scene.periods]
    lacks = [lacking[place, period] for period in scene.periods]
    mean = round(100 * sum(lacks) / sum(residents), 1) if sum(residents) else None
    return (
        mean,
        *(round(100 * lack / number, 1) if number else None for lack, number in zip(lacks, residents, strict=True)),
    )


def _mean_first(numbers: list[int | None]) -> tuple[float | None, ...]:
    known = [number for number in numbers if number is not None]
    return (sum(known) // len(known) if known else None, *numbers)


def _shared(scene: Scene, ground: Ground) -> list[Route]:
    """A line between the municipalities of every shared position that somebody holds."""
    held = sorted({str(rows[0].position_id) for rows in scene.view.placements.values()})
    pairs = Counter(
        (parts[0].municipality_id, other.municipality_id)
        for position in held
        for parts in [scene.parts[position]]
        for other in parts[1:]
    )
    return [route for pair, count in pairs.items() if (route := _route(scene, ground, "shared", pair, count, 0))]


def _journeys(scene: Scene, ground: Ground) -> list[Route]:
    """A bow from the larger part of the position to the site of every rotation elsewhere."""
    pairs: Counter[tuple[str, str]] = Counter()
    for row in scene.plan.rotations:
        parts = scene.view.placements[row.trainee_id]
        largest = max(parts, key=lambda part: part.share_percent or 0)
        pairs[str(largest.municipality_id), scene.sites[row.site_id].municipality_id] += 1
    return [
        route
        for pair, count in pairs.items()
        if pair[0] != pair[1] and (route := _route(scene, ground, "journey", pair, count, 0.18))
    ]


def _route(scene: Scene, ground: Ground, css: str, pair: tuple[str, str], count: int, bend: float) -> Route | None:
    here, there = (centre(scene.municipalities[place]) for place in pair)
    if here is None or there is None:
        return None
    (from_x, from_y), (to_x, to_y) = ground.at(here), ground.at(there)
    across, down = to_x - from_x, to_y - from_y
    middle_x, middle_y = from_x + across / 2 - down * bend, from_y + down / 2 + across * bend
    return Route(css, f"M{from_x} {from_y}Q{middle_x:.0f} {middle_y:.0f} {to_x} {to_y}", count)


def _labels(places: tuple[Place, ...], sites: tuple[Place, ...]) -> tuple[Place, ...]:
    """Names that do not cover each other; the first in order have their place first."""
    marked = {(site.x, site.y) for site in sites}
    labels: list[Place] = []
    for place in places:
        is_marked = not place.outline or (place.x, place.y) in marked
        label = replace(place, y=place.y + (LABEL_UNITS_CLEAR if is_marked else LABEL_UNITS_DOWN))
        half = len(label.name) * LABEL_UNITS_PER_LETTER // 2
        is_free = all(
            abs(label.x - other.x) > half + len(other.name) * LABEL_UNITS_PER_LETTER // 2
            or abs(label.y - other.y) > LABEL_UNITS_HIGH
            for other in labels
        )
        if is_free and half <= label.x <= WIDTH - half:
            labels.append(label)
    return tuple(labels)
