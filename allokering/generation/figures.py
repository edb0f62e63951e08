"""The real figures: municipalities with residents, list figures and neighbours, and the hospitals.

The files in `data` are described, with their owners and licences, in `data/SOURCES.md`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import pairwise
from statistics import median

from allokering.instance import great_circle_km
from allokering.tables import Municipality

REGIONS = {
    "helse-nord": "Helse Nord",
    "helse-midt": "Helse Midt-Norge",
    "helse-vest": "Helse Vest",
    "helse-sor-ost": "Helse Sør-Øst",
}
"""The four health regions by the name the command line uses."""
RESIDENTS_YEARS = range(2016, 2027)
"""Residents are known on 1 January of these years."""
CONSULTATIONS = {
    "age_0_5": 190,
    "age_6_15": 215,
    "age_16_19": 238,
    "age_20_44": 280,
    "age_45_66": 343,
    "age_67_79": 390,
    "age_80_89": 480,
    "age_90plus": 480,
}
"""Hundredths of a consultation per resident and year, by age (2.16).

Found are 190 for 0-5 years, 260 for 20-29, 350 for 50-66, 390 for 67-79 and 480 for 80-89. What lies between is on the
line between the middles of the bands, and those above 89 are as those of 80-89: assumptions.
"""


@dataclass(frozen=True)
class Place:
    """A municipality and its lists in 2025."""

    municipality: Municipality
    region: str
    """Health region, a key of `REGIONS`."""
    doctors: int
    """Lists that have a doctor; 0 in the six municipalities without figures of their own."""
    vacant_lists: int
    """Lists without a doctor."""
    open_lists: int
    """Lists with room for more."""
    patients: int
    """Patients on the lists that have a doctor."""
    patients_without_doctor: int
    """Patients on the lists without a doctor."""
    capacity: int
    """Patients that the lists with a doctor have agreed to take; in some places fewer than they have."""

    @property
    def id(self) -> str:
        """Municipality number."""
        return self.municipality.municipality_id

    @property
    def residents(self) -> int:
        """Residents on 1 January 2026."""
        return self.municipality.residents

    @property
    def has_lists(self) -> bool:
        """Does the municipality have lists of its own?"""
        return self.doctors > 0

    @property
    def listed(self) -> int:
        """Patients on all its lists, whether they have a doctor or not."""
        return self.patients + self.patients_without_doctor

    def by_size(self, numbers: Mapping[int, int]) -> int:
        """The number of the smallest key above the number of residents."""
        return next(number for bound, number in sorted(numbers.items()) if self.residents < bound)


@dataclass(frozen=True)
class Hospital:
    """A somatic hospital."""

    hospital_id: str
    name: str
    municipality_id: str
    trust_id: str
    category: str
    """`regional`, `acute`, `local_acute`, `elective` or `clinic`."""


@cache
def read_places() -> tuple[Place, ...]:
    """Every municipality of 2024's borders."""
    lists = {row["kommunenummer"]: row for row in _read("gp_lists")}
    history = {row["kommunenummer"]: row for row in _read("population_timeseries")}
    regions = {name: region for region, name in REGIONS.items()}
    trusts = _trusts()
    weights = _age_weights()
    return tuple(
        Place(
            municipality=Municipality(
                municipality_id=row["kommunenummer"],
                name=row["name"],
                residents=int(row["population"]),
                growth_permille_per_year=_growth(history[row["kommunenummer"]]),
                centrality=int(row["centrality_class"]),
                trust_id=trusts[row["health_trust"]],
                network=trusts[row["health_trust"]],
                latitude=float(row["pop_lat"]),
                longitude=float(row["pop_lon"]),
                age_weight_permille=weights[row["kommunenummer"]],
            ),
            region=regions[row["health_region"]],
            doctors=_count(lists[row["kommunenummer"]]["gp_contracts_with_doctor"]),
            vacant_lists=_count(lists[row["kommunenummer"]]["lists_without_doctor"]),
            open_lists=_count(lists[row["kommunenummer"]]["open_lists"]),
            patients=_count(lists[row["kommunenummer"]]["patients_with_doctor"]),
            patients_without_doctor=_count(lists[row["kommunenummer"]]["patients_without_doctor"]),
            capacity=_count(lists[row["kommunenummer"]]["list_capacity"]),
        )
        for row in _read("municipalities")
    )


@cache
def read_hospitals() -> tuple[Hospital, ...]:
    """Every somatic hospital."""
    trusts = _trusts()
    return tuple(
        Hospital(
            hospital_id=row["hospital_id"].replace("_", "-"),
            name=row["name"],
            municipality_id=row["kommunenummer"],
            trust_id=trusts[row["health_trust"]],
            category=row["category"],
        )
        for row in _read("hospitals")
    )


@cache
def read_land_borders() -> frozenset[frozenset[str]]:
    """Pairs of municipalities that share a border on land."""
    return frozenset(frozenset((row["a"], row["b"])) for row in _read("adjacency") if row["kind"] == "land")


def kilometres(here: Place, there: Place) -> int:
    """Great-circle distance between the centres, rounded down."""
    distance = great_circle_km(here.municipality, there.municipality)
    assert distance is not None  # noqa: S101 - every municipality of the figures has a centre
    return math.floor(distance)


def nearest(here: Place, places: Sequence[Place]) -> list[Place]:
    """The places from the nearest to the farthest, `here` itself first."""
    return sorted(places, key=lambda there: (kilometres(here, there), there.id))


def _growth(history: dict[str, str]) -> int:
    """Permille per year: the median of ten years, which a moved border or a year of refugees does not disturb."""
    residents = [int(history[f"pop_{year}"]) for year in RESIDENTS_YEARS]
    return round(median(1000 * (later - earlier) / earlier for earlier, later in pairwise(residents)))


def _age_weights() -> dict[str, int]:
    """Permille of the nation's consultations per resident, by the ages in each municipality."""
    rows = _read("population_age")
    nation = _consultations_per_resident(rows)
    return {row["kommunenummer"]: round(1000 * _consultations_per_resident([row]) / nation) for row in rows}


def _consultations_per_resident(rows: Sequence[dict[str, str]]) -> Fraction:
    by_age = {band: sum(int(row[band]) for row in rows) for band in CONSULTATIONS}
    return Fraction(sum(by_age[band] * often for band, often in CONSULTATIONS.items()), sum(by_age.values()))


def _trusts() -> dict[str, str]:
    return {row["health_trust"]: row["trust_id"] for row in _read("trusts")}


def _count(text: str) -> int:
    return int(text or 0)


def _read(table: str) -> list[dict[str, str]]:
    text = (files("allokering.generation") / "data" / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
