"""Small random instances and models in which the rules bind, with few enough plans to try every one.

A seed gives the same pair on every machine. Dates lie on, just before and just after the boundaries of periods; numbers
are small, odd and often equal to a bound; tables have holes where the data contract allows them.
"""

from __future__ import annotations

import datetime as dt
import math
from random import Random

from random_models import draw_model
from random_openings import (
    Calendar,
    draw_announcements,
    draw_applications,
    draw_budgets,
    draw_parts,
    draw_positions,
    draw_recruits,
    with_traits,
)
from scenes import Scene
from solved_once import made_once

from allokering.engine.build import build
from allokering.formulation.paths import PathOptions
from allokering.instance import Instance, Settings, TravelFallback
from allokering.model import Model
from allokering.tables import (
    TABLES,
    CrossBorder,
    Doctor,
    Municipality,
    Pin,
    PinVerb,
    PinWhat,
    Position,
    Preference,
    Row,
    Site,
    SiteKind,
    SiteSlot,
    Trainee,
    Travel,
)

PLANS_MAX = 20_000
"""Combinations of options at most."""

PLANS_WANTED = 100
"""Combinations of options in most cases at least."""


def random_case(seed: int) -> tuple[Instance, Model]:
    """An instance and a model that fit together, with at most `PLANS_MAX` combinations of options.

    Draws with little to choose, or with a trainee who has no path at all, are kept one time in 25.
    """
    return made_once(f"random-case-{seed}", lambda: _drawn(seed))


def _drawn(seed: int) -> tuple[Instance, Model]:
    draw = Random(seed)
    while True:
        settings = _settings(draw)
        model = draw_model(draw, settings)
        instance = _instance(f"random-{seed}", draw, settings, model)
        problem = build(instance, model)
        trainees = [actor for actor in problem.actors if isinstance(actor, PathOptions)]
        plans = math.prod(len(actor) for actor in trainees)
        pathless = any(all(actor.path(option) is None for option in range(len(actor))) for actor in trainees)
        dull = plans < PLANS_WANTED or pathless
        if plans <= PLANS_MAX and (not dull or draw.randrange(25) == 0):
            return instance, model


def random_instance(seed: int) -> Instance:
    """The instance of `random_case`."""
    return random_case(seed)[0]


def random_model(seed: int) -> Model:
    """The model of `random_case`."""
    return random_case(seed)[1]


def _settings(draw: Random) -> Settings:
    return Settings(
        title="Random",
        question="Do the solver and the oracle agree?",
        start=draw.choice((dt.date(2018, 1, 1), dt.date(2018, 9, 1), dt.date(2019, 2, 1), dt.date(2020, 12, 1))),
        periods=draw.randint(3, 10),
        period_months=draw.choice((1, 3, 3, 6, 6, 6)),
        travel_fallback=TravelFallback(detour_percent=draw.choice((100, 140)), km_per_hour=draw.choice((50, 55))),
        provenance=dict.fromkeys(TABLES, "assumption"),
    )


def _instance(name: str, draw: Random, settings: Settings, model: Model) -> Instance:
    calendar = Calendar(draw, settings)
    places = [f"m{number}" for number in range(1, draw.choice((2, 3, 3, 4)) + 1)]
    doctors = [doctor for place in places for doctor in _doctors(calendar, place)]
    municipalities = [with_traits(draw, _municipality(draw, place, doctors)) for place in places]
    positions = draw_positions(calendar, model)
    parts = draw_parts(draw, positions, places)
    programmes = [entry.id for entry in model.programmes]
    sites = [_site(draw, settings, number, places, programmes) for number in range(1, draw.choice((0, 1, 2, 2, 3)) + 1)]
    count = draw.choice((1, 2, 2, 3, 3, 3, 4))
    known = [_trainee(calendar, number, count, places, programmes) for number in range(1, count + 1)]
    trainees = draw_recruits(draw, known, positions)
    rows: dict[str, list[Row]] = {
        "municipalities": [*municipalities],
        "doctors": [*doctors],
        "positions": [*positions],
        "position_parts": [*parts],
        "trainees": [*trainees],
        "preferences": [
            row
            for trainee in trainees
            for row in _preferences(draw, trainee, positions)
            if trainee.recruited_to is None  # nobody knows what they wish
        ],
        "sites": [*sites],
        "site_slots": [row for site in sites for row in _slots(calendar, site)],
        "travel": [*_travel(draw, places)],
        "cross_border": [*_cross_border(draw, places)],
        "pins": [row for trainee in trainees for row in _pins(calendar, trainee, positions, sites, doctors)],
        "announcements": [*draw_announcements(draw, positions)],
        "budgets": [*draw_budgets(calendar, positions, places)],
        "applications": [*draw_applications(draw, positions, parts, places)],
    }
    return Scene(name=name, told=dict(settings), rows=rows).instance


def _doctors(calendar: Calendar, place: str) -> list[Doctor]:
    draw = calendar.draw
    doctors = []
    for number in range(1, draw.choice((0, 1, 1, 2, 2, 3, 5)) + 1):
        limit = draw.choice((30, 101, 500, 900, 1200, 2500))
        starts, ends = calendar.span()
        doctors.append(
            Doctor(
                doctor_id=f"gp-{place}-{number}",
                municipality_id=place,
                list_size=draw.randint(0, limit),
                list_limit=limit,
                list_target=draw.choice((None, None, limit, limit * 3 // 4)),
                fte_percent=draw.choice((100, 100, 80, 55)),
                is_specialist=draw.random() < 0.45,
                supervises_max=draw.choice((None, None, 0, 1, 1, 2)),
                starts=starts,
                ends=ends,
            )
        )
    return doctors


def _municipality(draw: Random, place: str, doctors: list[Doctor]) -> Municipality:
    """With about as many residents as its doctors' lists can take, and half the time some hundreds more."""
    lists = sum(doctor.list_limit for doctor in doctors if doctor.municipality_id == place)
    located = draw.random() < 0.7
    return Municipality(
        municipality_id=place,
        name=place.upper(),
        residents=max(0, lists + draw.choice((-301, -40, 7, 150, 333, 700))),
        growth_permille_per_year=draw.choice((0, 0, 13, 100, -7, -100)),
        trust_id=draw.choice((None, "north", "north", "south", "south")),
        latitude=60 + draw.randint(0, 7) / 10 if located else None,
        longitude=5 + draw.randint(0, 12) / 10 if located else None,
    )


def _site(draw: Random, settings: Settings, number: int, places: list[str], programmes: list[str]) -> Site:
    return Site(
        site_id=f"h{number}",
        name=f"Site {number}",
        kind=draw.choice((SiteKind.HOSPITAL, *SiteKind)),
        municipality_id=draw.choice(places),
        trust_id=draw.choice((None, "north", "south")),
        after_practice_months=draw.choice((0, 0, 0, 1, 2)) * settings.period_months,
        programme=draw.choice((*[None] * 3, *programmes)),
    )


def _slots(calendar: Calendar, site: Site) -> list[SiteSlot]:
    """One row for most of the horizon, and sometimes a second that overlaps it."""
    draw, periods = calendar.draw, calendar.settings.periods
    rows = {}
    for _ in range(draw.choice((1, 1, 2))):
        first = calendar.near(draw.randrange(-1, periods // 2))
        last = calendar.near(draw.randrange(periods // 2 + 1, periods + 2)) - dt.timedelta(days=draw.choice((0, 1, 1)))
        slots = draw.choice((0, 1, 1, 1, 2))
        rows[first, last] = SiteSlot(site_id=site.site_id, from_date=first, to_date=last, slots=slots)
    return list(rows.values())


def _trainee(calendar: Calendar, number: int, count: int, places: list[str], programmes: list[str]) -> Trainee:
    """With a window that begins before or in the horizon and holds at least one first day of a period."""
    draw, settings = calendar.draw, calendar.settings
    first = draw.choice((0, 0, 0, 0, 1, 2))
    last = min(first + draw.choice((0, 1, 2, 3) if count < 4 else (0, 0, 1)), settings.periods - 1)
    credit = draw.choice((0, 0, 1, 2, 5)) * settings.period_months
    return Trainee(
        trainee_id=f"t{number}",
        programme=draw.choice(programmes),
        home_municipality_id=draw.choice(places),
        earliest_start=calendar.start(first) - dt.timedelta(days=draw.choice((0, 0, 1, 20, 75 if first == 0 else 29))),
        latest_start=draw.choice((calendar.start(last), calendar.start(last) + dt.timedelta(days=13))),
        fte_percent=draw.choice((100, 100, 100, 80, 50)),
        practice_months_done=credit,
        institution_months_done=draw.choice((0, 0, 0, 1, settings.period_months, 2 * settings.period_months)),
    )


def _preferences(draw: Random, trainee: Trainee, positions: list[Position]) -> list[Preference]:
    """Some of the positions, with ranks that may skip a number."""
    wanted = draw.sample(positions, draw.choice((0, 0, 1, len(positions) // 2, len(positions))))
    ranks = sorted(draw.sample(range(1, len(wanted) + 2), len(wanted)))
    return [
        Preference(trainee_id=trainee.trainee_id, position_id=position.position_id, rank=rank)
        for position, rank in zip(wanted, ranks, strict=True)
    ]


def _travel(draw: Random, places: list[str]) -> list[Travel]:
    """A row for two in three of the ordered pairs, so that there and back may differ."""
    return [
        Travel(from_municipality_id=here, to_municipality_id=there, minutes=draw.choice((11, 30, 45, 60, 90, 121, 400)))
        for here in places
        for there in places
        if here != there and draw.random() < 0.65
    ]


def _cross_border(draw: Random, places: list[str]) -> list[CrossBorder]:
    if draw.random() < 0.4:
        return []
    return [
        CrossBorder(from_municipality_id=here, to_municipality_id=there, max_residents=draw.choice((5, 60, 301)))
        for here in places
        for there in places
        if here != there and draw.random() < 0.4
    ]


def _pins(
    calendar: Calendar, trainee: Trainee, positions: list[Position], sites: list[Site], doctors: list[Doctor]
) -> list[Pin]:
    """No pin, one, or two of different values; now and then one that was over before the plan begins."""
    draw, periods = calendar.draw, calendar.settings.periods
    values = {
        PinWhat.POSITION: [position.position_id for position in positions],
        PinWhat.SITE: [site.site_id for site in sites],
        PinWhat.PERIOD: [(calendar.start(period) + dt.timedelta(days=9)).isoformat() for period in range(periods)],
        PinWhat.SUPERVISOR: [doctor.doctor_id for doctor in doctors if doctor.is_specialist or draw.random() < 0.1],
    }
    ends = (
        None,
        None,
        calendar.settings.start - dt.timedelta(days=1),
        *(calendar.near(period) for period in (0, 1, 2, 3)),
    )
    pins = {}
    for _ in range(draw.choice((0, 0, 1, 1, 2, 3))):
        what = draw.choice((*PinWhat, PinWhat.SUPERVISOR))
        if values[what]:
            value = draw.choice(values[what])
            pins[what, value] = Pin(
                trainee_id=trainee.trainee_id,
                what=what,
                verb=draw.choice((PinVerb.MUST, PinVerb.MUST, PinVerb.NEVER)),
                value=value,
                until=draw.choice(ends),
            )
    return list(pins.values())
