"""Medical student scheduling as a problem of the domain-free core: rosters are options, wards are resources.

    maximise  sum of desires x their coefficient + each programme's least desire x its coefficient
              - reserved and emergency places, students missing in wards, beds unused, each at its coefficient

A student's options are found by pricing (`rosters`), or listed where files are small. A ward in a period has places,
which reserved and emergency places relieve, and a quota of students who count, made up for at a price; beds in a region
are a quota too. The least desire of a programme is an actor that chooses a level; each student must supply
it: a row "level - desire <= 0". What is minimised is the objective with its sign turned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from allokering.problem import Choice, Floats, ListedOptions, Options, Problem, Relief, Resource, Tier
from allokering.problem_pricing import PricedOptions
from benchmarks.published.rosters import Internship, Rosters, name, presence
from benchmarks.published.students import Internships, Programme


@dataclass(frozen=True)
class _Row:
    """A resource, its reliefs, and what counts in it: places in the table (hospital, discipline, period)."""

    resource: Resource
    reliefs: tuple[tuple[str, int, int, bool], ...]
    """Name, most, price, and whether it eases the least."""
    counts: frozenset[tuple[int, int, int]]
    of_counted: bool = False
    """Only of students who count towards the leasts."""
    region: int | None = None
    """Only of students who are transferred to it."""
    is_of_year: bool = False
    """Counted once an internship, when it begins."""


def problem_of(data: Internships, *, is_listed: bool = False) -> Problem:
    """The problem; its one tier is the published objective with its sign turned.

    Args:
        data: the file.
        is_listed: list every roster, for the exact solver: only where they are few.
    """
    rosters = [Rosters(data, student) for student in data.students]
    rows = list(_rows(data))
    levels = [rosters[number].desires() for number in range(len(rosters))]
    lowest = min((low for low, _ in levels), default=0)
    has_floor = [programme.least_desire > 0 for programme in data.programmes]
    floor_of = {
        number: len(rows) + place
        for place, number in enumerate(one for one, s in enumerate(data.students) if has_floor[s.programme])
    }
    resources = [row.resource for row in rows]
    resources += [Resource("least desire", data.students[number].name, 0, 0) for number in floor_of]
    reliefs = [
        Relief(f"{name_} {row.resource}", number, most, (price,), eases="least" if is_of_least else "bound")
        for number, row in enumerate(rows)
        for name_, most, price, is_of_least in row.reliefs
    ]
    actors: list[Options] = [
        _Student(data, rosters[number], rows, floor_of.get(number), lowest).options(is_listed=is_listed)
        for number in range(len(rosters))
    ]
    for number, programme in enumerate(data.programmes):
        members = [one for one, student in enumerate(data.students) if student.programme == number]
        if has_floor[number] and members:
            highest = min(levels[one][1] for one in members)
            actors.append(_floor(number, programme, [floor_of[one] for one in members], lowest, highest))
    return Problem((Tier("undesired", "points"),), tuple(resources), tuple(actors), tuple(reliefs))


def _floor(number: int, programme: Programme, rows: Sequence[int], lowest: int, highest: int) -> ListedOptions:
    """The least desire of a programme: a level that each of its students must reach."""
    choices = [
        Choice(f"at least {level}", dict.fromkeys(rows, level - lowest), (-programme.least_desire * level,))
        for level in range(lowest, highest + 1)
    ]
    return ListedOptions.of(f"least desire of programme {number}", choices)


def _rows(data: Internships) -> Iterator[_Row]:
    """Places and quotas of wards, by period and by year, and beds of regions."""
    programmes = data.programmes
    reserved = sum(one.reserved for one in programmes)
    emergency = sum(one.emergency for one in programmes)
    missing = None if any(one.missing is None for one in programmes) else sum(one.missing or 0 for one in programmes)
    beds = sum(one.unused_beds for one in programmes)
    hospitals, periods, wards = data.most.shape
    everybody = len(data.students)
    for hospital in range(hospitals):
        for ward in range(wards):
            taught = np.flatnonzero(data.wards[hospital, ward]).tolist()
            subject = f"hospital-{hospital:03} ward-{ward:03}"
            if not taught:
                continue
            for period in range(periods):
                counts = frozenset((hospital, discipline, period) for discipline in taught)
                most, least = int(data.most[hospital, period, ward]), int(data.least[hospital, period, ward])
                yield _Row(
                    Resource("places", subject, period, most),
                    (
                        ("reserved", int(data.reserved[hospital, period, ward]), reserved, False),
                        ("emergency", int(data.emergency[hospital, period, ward]), emergency, False),
                    ),
                    counts,
                )
                if least > 0:
                    made_up = () if missing is None else (("missing", least, missing, True),)
                    quota = Resource("students", subject, period, everybody, least=least)
                    yield _Row(quota, made_up, counts, of_counted=True)
            if data.most_in_year is not None:
                every = frozenset((hospital, one, period) for one in taught for period in range(periods))
                least = 0 if data.least_in_year is None else int(data.least_in_year[hospital, ward])
                bound = Resource("a year", subject, 0, int(data.most_in_year[hospital, ward]), least=least or None)
                yield _Row(bound, (), every, is_of_year=True)
    for region, by_period in enumerate(data.beds.tolist()):
        inside = np.flatnonzero(data.regions[:, region]).tolist()
        for period, wanted in enumerate(by_period):
            if wanted > 0:
                disciplines = range(data.wards.shape[2])
                counts = frozenset((hospital, one, period) for hospital in inside for one in disciplines)
                quota = Resource("beds", f"region-{region:02}", period, everybody, least=wanted)
                yield _Row(quota, (("unused", wanted, beds, True),), counts, region=region)


class _Student:
    """One student's rosters, as options."""

    def __init__(self, data: Internships, rosters: Rosters, rows: list[_Row], floor: int | None, lowest: int) -> None:
        self._data = data
        self._rosters = rosters
        self._floor = floor
        self._lowest = lowest
        self._coefficient = data.programmes[rosters.student.programme].sum_of_desires
        student = rosters.student
        counted = [
            (number, row)
            for number, row in enumerate(rows)
            if (student.is_counted or not row.of_counted) and (row.region is None or student.regions[row.region])
        ]
        shape = (len(data.wards), data.wards.shape[2], data.periods)
        self._rows_of: dict[tuple[int, int, int], list[int]] = {}
        self._year_of: dict[tuple[int, int, int], list[int]] = {}
        for number, row in counted:
            for cell in row.counts:
                (self._year_of if row.is_of_year else self._rows_of).setdefault(cell, []).append(number)
        self._cells = [(cell, found) for cell, found in self._rows_of.items()]
        self._shape = shape

    def options(self, *, is_listed: bool) -> Options:
        """The options, listed or found by pricing."""
        who = self._rosters.student.name
        if is_listed:
            return ListedOptions.of(who, [self._choice(roster) for roster in self._rosters.every()])
        touched = {row for found in (*self._rows_of.values(), *self._year_of.values()) for row in found}
        touched |= set() if self._floor is None else {self._floor}
        low, _ = self._rosters.desires()
        return PricedOptions(who, self._price, touched=sorted(touched), dearest=(-self._coefficient * low,))

    def _price(self, resource_prices: Floats, tier_weights: Floats, most: int) -> list[Choice]:
        place = np.zeros(self._shape)
        for cell, rows in self._cells:
            place[cell] = resource_prices[rows].sum()
        begins = {cell: float(resource_prices[rows].sum()) for cell, rows in self._year_of.items()}
        worth = self._coefficient * float(tier_weights[0])
        worth += 0.0 if self._floor is None else float(resource_prices[self._floor])
        return [self._choice(roster) for roster in self._rosters.cheapest(place, worth, most, begins)]

    def _choice(self, roster: Sequence[Internship]) -> Choice:
        uses: dict[int, int] = {}
        for cell in map(tuple, presence(roster).tolist()):
            for row in self._rows_of.get(cell, ()):
                uses[row] = uses.get(row, 0) + 1
        for one in roster:
            for row in self._year_of.get((one.hospital, one.discipline, one.begin), ()):
                uses[row] = uses.get(row, 0) + 1
        desire = self._rosters.desire(roster)
        if self._floor is not None:
            uses[self._floor] = -(desire - self._lowest)
        return Choice(name(roster), uses, (-self._coefficient * desire,))
