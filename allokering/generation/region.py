"""An instance of the country, of a health region, or of a part of one: real municipalities, the people drawn."""

from __future__ import annotations

from collections.abc import Sequence

from allokering.errors import UsageError
from allokering.generation.calendar import START, YEARS
from allokering.generation.crossings import find_crossings
from allokering.generation.doctors import draw_doctors
from allokering.generation.draws import Draws
from allokering.generation.figures import REGIONS, Place, nearest, read_hospitals, read_places
from allokering.generation.positions import draw_positions
from allokering.generation.sites import draw_sites
from allokering.generation.trainees import draw_trainees
from allokering.instance import Instance, Settings
from allokering.language import say
from allokering.tables import Row

ATTRIBUTION = (
    "Kilder: SSB, Folkehelseinstituttet (csdata), SKDE, Kartverket, Utdanningsdirektoratet, GeoNames (CC BY 4.0)"
)
PROVENANCE = {
    "municipalities": (
        "Statistics Norway 07459 through the Norwegian Institute of Public Health (csdata), 1 January 2026, borders of "
        "2024; growth is the median year of 2016-2026; centrality Statistics Norway; trusts SKDE; centres weighted by "
        "pupils; a network is a trust's area (assumption); age weights by the ages of 1 January 2026 and the "
        "consultations by age of 2023 (Statistics Norway), those between the bands found interpolated (assumption). "
        f"{ATTRIBUTION}"
    ),
    "doctors": (
        "synthetic, drawn; number, patients and agreed capacity of each municipality are exactly those of Statistics "
        "Norway 12005, 2025; share of specialists Directorate of Health 2023; list lengths within a municipality, "
        "supervisors, leavers and newcomers are assumptions"
    ),
    "positions": "assumption, drawn; weighted by the grants of 2021 per size of municipality, Directorate of Health",
    "position_parts": "assumption, drawn; only neighbours on land share (Kartverket)",
    "trainees": "assumption, drawn",
    "preferences": "assumption, drawn",
    "sites": "hospitals: own compilation; municipal units are assumptions, drawn",
    "site_slots": "assumption, drawn; no capacity for trainees is published",
    "cross_border": "derived from residents and list figures, nearest first; distance and margin are assumptions",
}


def generate_country(trainees: int, seed: int, period_months: int = 6) -> Instance:
    """All municipalities."""
    return _draw("norge-2025", "Norge 2025", read_places(), trainees, seed, period_months)


def generate_region(
    region: str, trainees: int, seed: int, period_months: int = 6, municipalities: int | None = None
) -> Instance:
    """A health region by its key in `REGIONS`, or so many municipalities around one of its hospitals, which is drawn.

    Raises:
        UsageError: the region has fewer municipalities.
    """
    places = [place for place in read_places() if place.region == region]
    if municipalities is not None:
        places = _around_a_hospital(places, municipalities, Draws(seed, "part", region))
    return _draw(f"{region}-2025", f"{REGIONS[region]} 2025", places, trainees, seed, period_months)


def _around_a_hospital(places: Sequence[Place], municipalities: int, draws: Draws) -> list[Place]:
    if municipalities > len(places):
        raise UsageError(
            say("{wanted} municipalities; the region has {count}", wanted=municipalities, count=len(places))
        )
    by_id = {place.id: place for place in places}
    centres = [by_id[hospital.municipality_id] for hospital in read_hospitals() if hospital.municipality_id in by_id]
    (centre,) = draws.some(centres, 1)
    return nearest(centre, places)[:municipalities]


def _draw(name: str, title: str, places: Sequence[Place], trainees: int, seed: int, period_months: int) -> Instance:
    openings = draw_positions(places, trainees, seed)
    applicants = list(draw_trainees(places, openings, trainees, seed))
    sites = list(draw_sites(places, seed))
    rows: dict[str, list[Row]] = {
        "municipalities": [place.municipality for place in places],
        "doctors": list(draw_doctors(places, seed)),
        "positions": [opening.position for opening in openings],
        "position_parts": [part for opening in openings for part in opening.parts()],
        "trainees": [applicant.trainee for applicant in applicants],
        "preferences": [preference for applicant in applicants for preference in applicant.preferences],
        "sites": [site for site, _ in sites],
        "site_slots": [slot for _, slots in sites for slot in slots],
        "cross_border": list(find_crossings(places)),
    }
    settings = Settings(
        title=f"{title}: {len(places)} municipalities, {trainees} trainees (drawn with seed {seed})",
        question="Where does training make up for those who leave, and which residents are still without a GP?",
        start=START,
        periods=12 * YEARS // period_months,
        period_months=period_months,
        provenance={table: text for table, text in PROVENANCE.items() if rows[table]},
    )
    return Instance.of(name, settings, rows)
