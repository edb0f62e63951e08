"""A region with something of everything that a plan opens, announces, pays for and expects.

Six half-years from 2025. Nes may get a training position, salaried or self-employed; Øy a training position or an
ordinary post, by announcements whose outcome is reckoned with. Ann of Vik completes the training after half a year, may
stay, and is the only one left to supervise Bo when Vik's specialist has gone. An intern comes to Nes from the hospital.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from solved_once import solved_once

from allokering.engine.job import Job
from allokering.instance import Instance
from allokering.model import Model, load_model
from allokering.plan import Plan
from scenes.scene import Scene

YEARS = {"from": "2025-01-01", "to": "2025-12-31"}
AT_ONCE = {"earliest_start": "2025-01-01", "latest_start": "2025-01-01"}
TRAINED = {"institution_months_done": 6, "group_months_done": 24}
ROWS: dict[str, list[dict[str, Any]]] = {
    "municipalities": [
        {"municipality_id": "vik", "name": "Vik", "residents": 1900, "trust_id": "north", "latitude": 61,
         "longitude": 6},
        {"municipality_id": "nes", "name": "Nes", "residents": 1500, "trust_id": "north", "centrality": 5,
         "sami_language_area": True, "latitude": 61.1, "longitude": 6.1},
        {"municipality_id": "oy", "name": "Øy", "residents": 900, "latitude": 61.2, "longitude": 6.2},
    ],
    "doctors": [
        {"doctor_id": "gp-vik-1", "municipality_id": "vik", "list_size": 950, "list_limit": 1100, "is_specialist": True,
         "ends": "2025-12-31"},
        {"doctor_id": "gp-vik-2", "municipality_id": "vik", "list_size": 950, "list_limit": 1100},
        {"doctor_id": "gp-nes-1", "municipality_id": "nes", "list_size": 1000, "list_limit": 1100,
         "is_specialist": True},
        {"doctor_id": "gp-oy-1", "municipality_id": "oy", "list_size": 500, "list_limit": 600, "is_specialist": True},
    ],
    "positions": [
        {"position_id": "alis-vik", "places": 2},
        {"position_id": "alis-nes", "title": "ALIS Nes", "places": 1, "state": "optional", "programme": "alis",
         "yearly_cost_nok": 1_000_000, "grant_nok": 240_000},
        {"position_id": "alis-nes-self", "title": "ALIS Nes, self-employed", "places": 1, "state": "optional",
         "programme": "alis", "form": "self_employed", "yearly_cost_nok": 600_000, "grant_nok": 200_000,
         "alternative_to": "alis-nes"},
        {"position_id": "post-oy", "title": "Post in Øy", "places": 1, "state": "optional", "programme": "gp",
         "form": "self_employed"},
        {"position_id": "alis-oy", "title": "ALIS Øy", "places": 1, "state": "optional", "programme": "alis",
         "yearly_cost_nok": 1_000_000, "grant_nok": 200_000, "alternative_to": "post-oy"},
        {"position_id": "lis1-nes", "places": 1, "programme": "lis1"},
    ],
    "position_parts": [
        {"position_id": position, "municipality_id": position.split("-")[1], "share_percent": 100}
        for position in ("alis-vik", "alis-nes", "alis-nes-self", "post-oy", "alis-oy", "lis1-nes")
    ],
    "trainees": [
        {"trainee_id": "ann", "programme": "alis", "home_municipality_id": "vik", "practice_months_done": 48, **AT_ONCE,
         **TRAINED},
        {"trainee_id": "bo", "programme": "alis", "home_municipality_id": "vik", "practice_months_done": 24,
         "earliest_start": "2026-01-01", "latest_start": "2026-01-01", **TRAINED},
        {"trainee_id": "intern", "programme": "lis1", "home_municipality_id": "nes", **AT_ONCE},
        {"trainee_id": "recruit-nes", "programme": "alis", "home_municipality_id": "nes", "recruited_to": "alis-nes",
         **AT_ONCE, **TRAINED},
        {"trainee_id": "recruit-oy", "programme": "alis", "home_municipality_id": "oy", "recruited_to": "post-oy",
         **AT_ONCE, **TRAINED},
        {"trainee_id": "recruit-oy-gp", "programme": "gp", "home_municipality_id": "oy", "recruited_to": "post-oy",
         **AT_ONCE},
    ],
    "sites": [
        {"site_id": "hospital", "name": "Nes hospital", "kind": "hospital", "municipality_id": "nes",
         "programme": "lis1"},
    ],
    "site_slots": [{"site_id": "hospital", "from": "2025-01-01", "to": "2027-12-31", "slots": 1}],
    "travel": [{"from_municipality_id": "vik", "to_municipality_id": "nes", "minutes": 400, "kilometres": 300},
               {"from_municipality_id": "vik", "to_municipality_id": "oy", "minutes": 400},
               {"from_municipality_id": "nes", "to_municipality_id": "oy", "minutes": 400}],
    "announcements": [
        {"position_id": "post-oy", "applicants": 6},
        {"position_id": "alis-oy", "applicants": 24, "qualified_permille": 60},
    ],
    "budgets": [
        {"budget_id": "grants-2025", "amount_nok": 500_000, "pays": "grant", **YEARS},
        {"budget_id": "oy-2025", "amount_nok": 1_000_000, "municipality_id": "oy", **YEARS},
    ],
    "applications": [
        {"application_id": "vik-alone", "municipality_id": "vik"},
        {"application_id": "nes-alone", "municipality_id": "nes"},
        {"application_id": "oy-alone", "municipality_id": "oy"},
    ],
}  # fmt: skip
OVERRIDES = {
    "selection.per_trust_min": "1",
    "selection.per_trust_max": "1",
    "selection.self_employed_min": "0",
    "selection.sami_min": "1",
    "free_places.permille": "20",
}


@cache
def instance() -> Instance:
    """The region."""
    told = {
        "title": "Vik, Nes and Øy",
        "question": "What is opened, announced and expected?",
        "provenance": dict.fromkeys(ROWS, "assumption"),
    }
    return Scene(periods=6, name="vik-nes-oy", told=told).put(ROWS).instance


@cache
def model() -> Model:
    """Shorter lists, and a selection that fits the region's size."""
    return load_model("alis-shorter-lists", OVERRIDES)


@cache
def plan() -> Plan:
    """The plan of the region."""
    return solved_once(Job(instance(), model())).plan
