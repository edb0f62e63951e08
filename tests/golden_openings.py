"""Golden scenes of the rules on openings, recruits, budgets, selection, and what follows training."""

from __future__ import annotations

import datetime as dt
from typing import Any

from golden_scene import ONLY_VIK, TWO_PERIODS, Scene, without

OPTIONAL: list[dict[str, Any]] = [
    {"position_id": "p-vik", "state": "optional", "grant_nok": 200_000, "yearly_cost_nok": 900_000},
    {"position_id": "p-vik-own", "state": "optional", "form": "self_employed", "alternative_to": "p-vik"},
]
PART_OF_OWN = {"position_id": "p-vik-own", "municipality_id": "vik", "share_percent": 100}


def optional(**tables: Any) -> dict[str, Any]:
    """Vik's position alone, optional and in two forms."""
    return {
        "positions": [*ONLY_VIK["positions"], *OPTIONAL],
        "position_parts": [*ONLY_VIK["position_parts"], PART_OF_OWN],
        **tables,
    }


OPENING_ROWS = {
    "openings": Scene(
        "Vik's position is optional and has two forms, of which one at most is opened: each by who takes it, from "
        "either period.",
        {"settings": TWO_PERIODS, "instance": optional(site_slots=[{"site_id": "hosp", "drop": True}])},
    ),
    "budget": Scene(
        "Half a year of a grant of 200,000 NOK is 100,000 in each of two periods; the other budget pays Vik's share, "
        "60 percent of a cost of 700,000 a year, in the second period alone.",
        {
            "settings": TWO_PERIODS,
            "paths": [],
            "instance": {
                "budgets": [
                    {
                        "budget_id": "state",
                        "from": dt.date(2020, 1, 1),
                        "to": dt.date(2020, 12, 31),
                        "amount_nok": 150_000,
                        "pays": "grant",
                    },
                    {
                        "budget_id": "vik",
                        "from": dt.date(2020, 1, 2),
                        "to": dt.date(2021, 1, 1),
                        "amount_nok": 500_000,
                        "municipality_id": "vik",
                    },
                ],
                **(fewer := without("p-dal", "p-nes", "p-vik")),
                "positions": [
                    *fewer["positions"],
                    {"position_id": "p-both", "yearly_cost_nok": 900_000, "grant_nok": 200_000},
                ],
                "site_slots": [{"site_id": "hosp", "drop": True}],
            },
        },
    ),
    "selection": Scene(
        "Of the north one of two applications; Nes, of the south, is the only one there. The position opens if Vik is "
        "in the application that is selected, and who is selected opens one.",
        {
            "settings": TWO_PERIODS,
            "set": {"selection.self_employed_min": "1", "selection.sami_min": "1"},
            "instance": optional(
                municipalities=[{"municipality_id": "dal", "sami_language_area": True}],
                applications=[
                    {"application_id": "vik-dal", "municipality_id": "vik"},
                    {"application_id": "vik-dal", "municipality_id": "dal"},
                    {"application_id": "vik", "municipality_id": "vik"},
                    {"application_id": "nes", "municipality_id": "nes"},
                ],
            ),
        },
    ),
    "pipeline": Scene(
        "Ann finishes after one period and stays with 800 permille: 800 patients, 480 in Vik and 320 in Dal, and two "
        "places of supervision in Vik, which has the larger share. Vik's own specialists have two.",
        {
            "settings": TWO_PERIODS,
            "paths": [],
            "instance": {
                "trainees": [
                    {
                        "trainee_id": "ann",
                        "programme": "special",
                        "practice_months_done": 54,
                    }
                ],
                **without("p-dal", "p-nes", "p-vik"),
                "site_slots": [{"site_id": "hosp", "drop": True}],
                "municipalities": [{"municipality_id": "nes", "drop": True}],
                "doctors": [{"doctor_id": "nes-1", "drop": True}],
                "sites": [{"site_id": "hosp", "drop": True}],
                "travel": [
                    {"from_municipality_id": "vik", "to_municipality_id": "nes", "drop": True},
                    {"from_municipality_id": "dal", "to_municipality_id": "nes", "drop": True},
                ],
            },
        },
        rules=("training_time", "coverage", "supervision"),
        without_terms=("unplaced", "locum", "above_target", "without_gp"),
    ),
    "free_places": Scene(
        "Two in a hundred are kept free: 32 in Vik, 8 in Dal, 10 in Nes. A trainee's list adds places, one who moves "
        "across the border takes one there.",
        {
            "settings": {"periods": 1},
            "measures": [{"id": "free", "kind": "free_places", "source": "test", "params": {"permille": 20}}],
            "instance": {
                "trainees": [{"trainee_id": "ann", "institution_months_done": 6}],
                "cross_border": [{"from_municipality_id": "dal", "to_municipality_id": "vik", "max_residents": 9}],
                **(fewer := without("p-dal", "p-nes", "p-both")),
                "positions": [*fewer["positions"], {"position_id": "p-vik", "list_limit": 700}],
            },
        },
        rules=("training_time", "coverage", "cross_border"),
        without_terms=("unplaced", "locum", "above_target", "without_gp"),
    ),
}
"""Rules that make rows."""

OPENING_FILTERS = {
    "recruitment": Scene(
        "Somebody is to be recruited to Vik: salaried, with the chance of its announcement; nobody is qualified for "
        "the self-employed form, and other positions are not meant.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                "trainees": [{"trainee_id": "ann", "recruited_to": "p-vik"}],
                "positions": [*without("p-dal")["positions"], *OPTIONAL],
                "position_parts": [*without("p-dal")["position_parts"], PART_OF_OWN],
                "announcements": [
                    {"position_id": "p-vik", "applicants": 2, "qualified_permille": 500},
                    {"position_id": "p-vik-own", "applicants": 24},
                ],
            },
        },
    ),
}
"""Rules that say which paths there are."""
