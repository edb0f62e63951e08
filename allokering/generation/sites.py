"""Sites for institution service: every hospital, and municipal units in some of the larger municipalities.

No capacity for trainees is published (domain fact 6.6): every number of slots is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allokering.generation.calendar import END, HALF_YEARS, START, day_before, half_year_start
from allokering.generation.draws import Draws
from allokering.generation.figures import Place, read_hospitals
from allokering.tables import Site, SiteKind, SiteSlot

SLOTS = {"regional": 8, "acute": 4, "local_acute": 2, "elective": 1, "clinic": 1}
"""Slots of a hospital in an ordinary half-year, by category."""
SLOTS_VARY = {-1: 1, 0: 2, 1: 1}
"""Weights of the change in a given half-year: only posts that happen to be vacant are offered."""
KAD_FROM_RESIDENTS, KAD_PERMILLE = 20_000, 600
NURSING_HOME_FROM_RESIDENTS, NURSING_HOME_PERMILLE = 8_000, 250
MUNICIPAL_AFTER_PRACTICE_MONTHS = 12


def draw_sites(places: Sequence[Place], seed: int) -> Iterator[tuple[Site, list[SiteSlot]]]:
    """The sites in these municipalities, each with its slots."""
    ids = {place.id for place in places}
    for hospital in read_hospitals():
        if hospital.municipality_id in ids:
            site = Site(
                site_id=hospital.hospital_id,
                name=hospital.name,
                kind=SiteKind.HOSPITAL,
                municipality_id=hospital.municipality_id,
                trust_id=hospital.trust_id,
            )
            yield site, list(_hospital_slots(site.site_id, SLOTS[hospital.category], seed))
    for place in places:
        yield from _municipal_unit(place, Draws(seed, "municipal unit", place.id))


def _hospital_slots(site_id: str, usual: int, seed: int) -> Iterator[SiteSlot]:
    draws = Draws(seed, "slots", site_id)
    for half_year in range(HALF_YEARS):
        slots = usual + draws.one_of(SLOTS_VARY)
        if slots:
            last = day_before(half_year_start(half_year + 1))
            yield SiteSlot(site_id=site_id, from_date=half_year_start(half_year), to_date=last, slots=slots)


def _municipal_unit(place: Place, draws: Draws) -> Iterator[tuple[Site, list[SiteSlot]]]:
    """An emergency unit in many towns and a nursing home in some smaller municipalities, open to their trust's area."""
    if place.residents >= KAD_FROM_RESIDENTS:
        kind, name, permille = SiteKind.KAD, "KAD", KAD_PERMILLE
    elif place.residents >= NURSING_HOME_FROM_RESIDENTS:
        kind, name, permille = SiteKind.NURSING_HOME, "sykehjem", NURSING_HOME_PERMILLE
    else:
        return
    if draws.chance(permille):
        site = Site(
            site_id=f"{name.casefold()}-{place.id}",
            name=f"{place.municipality.name} {name}",
            kind=kind,
            municipality_id=place.id,
            trust_id=place.municipality.trust_id,
            after_practice_months=MUNICIPAL_AFTER_PRACTICE_MONTHS,
        )
        yield site, [SiteSlot(site_id=site.site_id, from_date=START, to_date=END, slots=1)]
