"""The compiled rows of one tiny case per rule, as text for a reader.

`python tests/golden_rows.py` writes the files in `tests/golden/` anew; what changed is reviewed as a diff.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import tiny
from golden_openings import OPENING_FILTERS, OPENING_ROWS
from golden_scene import ONLY_VIK, TWO_PERIODS, Scene, without

from allokering.engine.build import build
from allokering.problem import Problem, Transfer

GOLDEN = Path(__file__).parent / "golden"
ROWS = {
    "position_places": Scene(
        "Two places in Vik, one in Dal, which closes a day before the plan ends, so that nobody can hold it. A place "
        "is held in rotation too.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                **(fewer := without("p-both", "p-nes")),
                "positions": [*fewer["positions"], {"position_id": "p-dal", "closes": dt.date(2020, 12, 30)}],
            },
        },
    ),
    "site_slots": Scene(
        "The ward has a slot in both periods and a second in the first; the hospital only in the first: the row ends a "
        "day early.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                "site_slots": [
                    {"site_id": "ward", "from": dt.date(2020, 1, 1), "to": dt.date(2020, 6, 30), "slots": 1},
                    {"site_id": "hosp", "drop": True},
                    {"site_id": "hosp", "from": dt.date(2020, 1, 1), "to": dt.date(2020, 12, 30), "slots": 1},
                ],
                **ONLY_VIK,
            },
        },
    ),
    "absences": Scene(
        "One away for every two doctors present, at least one: Vik has four doctors, then three. A shared position is "
        "away from both.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                "doctors": [{"doctor_id": "vik-3"}, {"doctor_id": "vik-4", "ends": dt.date(2020, 12, 30)}],
                **without("p-dal", "p-nes"),
            },
        },
    ),
    "trainees_per_municipality": Scene(
        "Vik takes one trainee; Dal does not say. A shared position counts in Vik too.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                "municipalities": [{"municipality_id": "vik", "max_trainees": 1}],
                **without("p-dal", "p-nes"),
            },
        },
    ),
    "supervision": Scene(
        "Ann has practice only, Bo never vik-1 in the period that begins on the last day of the pin. Each place moves "
        "from demand to supply; Nes is 61 minutes from Vik, one too many. Of two specialists in Dal one may have a "
        "trainee, the other none.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                "doctors": [
                    {"doctor_id": "dal-2", "municipality_id": "dal", "supervises_max": 0},
                    {"doctor_id": "dal-1", "supervises_max": 1},
                    {"doctor_id": "vik-3", "ends": dt.date(2020, 12, 30)},
                ],
                "trainees": [
                    {"trainee_id": "ann", "institution_months_done": 6},
                    {"trainee_id": "bo", "institution_months_done": 6},
                ],
                "pins": [
                    {
                        "trainee_id": "bo",
                        "what": "supervisor",
                        "verb": "never",
                        "value": "vik-1",
                        "until": dt.date(2020, 1, 1),
                    }
                ],
                "travel": [
                    {"from_municipality_id": "vik", "to_municipality_id": "nes", "minutes": 61},
                    {"from_municipality_id": "dal", "to_municipality_id": "nes", "minutes": 60},
                ],
                **without("p-both", "p-nes"),
            },
        },
    ),
    "coverage": Scene(
        "Vik has 1,700 residents and 1,600 places, of which 100 above target; lists of 800 in the fourth year at four "
        "fifths, 640, of which at most 501 in the shared position: 300 in Vik and 200 in Dal.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                "municipalities": [
                    {"municipality_id": "vik", "residents": 1700, "growth_permille_per_year": 10},
                    {"municipality_id": "nes", "drop": True},
                ],
                "doctors": [
                    {"doctor_id": "nes-1", "drop": True},
                    {"doctor_id": "vik-1", "list_target": 900},
                    {"doctor_id": "dal-1", "ends": dt.date(2020, 12, 30)},
                ],
                "trainees": [{"trainee_id": "ann", "fte_percent": 80, "practice_months_done": 42}],
                "sites": [{"site_id": "hosp", "drop": True}],
                "site_slots": [{"site_id": "hosp", "drop": True}],
                **(fewer := without("p-dal", "p-nes")),
                "positions": [
                    *fewer["positions"],
                    {"position_id": "p-vik", "list_limit": 1000},
                    {"position_id": "p-both", "list_limit": 501},
                ],
            },
        },
    ),
    "cross_border": Scene(
        "Nine residents of Dal may be listed in Vik and one in Nes, and nobody moves who does not live there.",
        {
            "settings": {"periods": 1},
            "instance": {
                "cross_border": [
                    {"from_municipality_id": "dal", "to_municipality_id": "vik", "max_residents": 9},
                    {"from_municipality_id": "dal", "to_municipality_id": "nes", "max_residents": 1},
                    {"from_municipality_id": "nes", "to_municipality_id": "dal", "max_residents": 0},
                ],
            },
        },
        rules=("training_time", "coverage"),
        without_terms=("unplaced", "locum", "above_target"),
    ),
}
"""Rules that make rows."""

FILTERS = {
    "training_time": Scene(
        "A year from each of four half-years: half of it at the ward or the hospital, or, where the year ends after "
        "the plan, left for later. The acute ward does not count.",
        {"instance": {"sites": [{"site_id": "kad", "kind": "kad"}], **ONLY_VIK}},
    ),
    "start_window": Scene(
        "From the first of July 2020 to the last of June 2021: periods 1 and 2.",
        {
            "instance": {
                "trainees": [
                    {
                        "trainee_id": "ann",
                        "earliest_start": dt.date(2020, 7, 1),
                        "latest_start": dt.date(2021, 6, 30),
                    }
                ],
                **ONLY_VIK,
            }
        },
    ),
    "eligibility": Scene(
        "Nes is a minute too far from home in Vik; Dal is as far, and ranked. The shared position is near by its part "
        "in Vik.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                "travel": [
                    {"from_municipality_id": "vik", "to_municipality_id": "dal", "minutes": 101},
                    {"from_municipality_id": "vik", "to_municipality_id": "nes", "minutes": 101},
                ],
                "preferences": [{"trainee_id": "ann", "position_id": "p-dal", "rank": 2}],
            },
        },
    ),
    "not_before": Scene(
        "At half time a half-year is three months of practice: the ward asks for 51, which is one period after the "
        "start; the hospital for 52, which is two.",
        {
            "instance": {
                "trainees": [{"trainee_id": "ann", "fte_percent": 50}],
                "sites": [
                    {"site_id": "ward", "after_practice_months": 51},
                    {"site_id": "hosp", "after_practice_months": 52},
                ],
                **ONLY_VIK,
            }
        },
    ),
    "notice": Scene(
        "The hospital is told twelve months before, so its blocks begin in period 2 or 3; the ward needs no notice.",
        {"instance": ONLY_VIK},
    ),
    "catchment": Scene(
        "The hospital is of another trust: 50 minutes from Vik, which is near enough, and 75 from Dal, which is not.",
        {
            "settings": TWO_PERIODS,
            "instance": {
                "travel": [{"from_municipality_id": "vik", "to_municipality_id": "nes", "minutes": 50}],
                **without("p-nes"),
            },
        },
    ),
    "pins": Scene(
        "Ann in Vik or Dal, at the ward, in the second period; never in Dal. She may not be unplaced.",
        {
            "instance": {
                "pins": [
                    {"trainee_id": "ann", "what": "position", "verb": "must", "value": "p-vik"},
                    {"trainee_id": "ann", "what": "position", "verb": "must", "value": "p-dal"},
                    {"trainee_id": "ann", "what": "position", "verb": "never", "value": "p-dal"},
                    {"trainee_id": "ann", "what": "site", "verb": "must", "value": "ward"},
                    {"trainee_id": "ann", "what": "period", "verb": "must", "value": "2020-12-31"},
                ]
            }
        },
        without_terms=(),
    ),
}
"""Rules that say which paths there are."""

SCENES = ROWS | OPENING_ROWS | FILTERS | OPENING_FILTERS


def golden_text(kind: str) -> str:
    """What the scene says, and its rows, reliefs, transfers and paths."""
    scene = SCENES[kind]
    situation = tiny.make({**scene.case, "without_terms": scene.without_terms})
    spoken = {*scene.rules, kind}
    model = replace(situation.model, rules=tuple(rule for rule in situation.model.rules if rule.kind in spoken))
    problem = build(situation.instance, model)
    lines = [
        *_rows(problem),
        *_reliefs(problem),
        *_transfers(problem),
        *(_paths(problem) if kind in FILTERS | OPENING_FILTERS else ()),
    ]
    said = textwrap.wrap(scene.says, 118, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([*said, *lines]) + "\n"


def _rows(problem: Problem) -> Iterator[str]:
    uses: dict[int, list[str]] = defaultdict(list)
    for actor in problem.actors:
        every = np.arange(len(actor))
        usage = actor.usage(every, len(problem.resources)).tocoo()
        for option, resource, amount in sorted(zip(usage.row, usage.col, usage.data, strict=True)):
            uses[int(resource)].append(_signed(int(amount), f"{actor.actor}:{actor.key(int(option))}"))
    for relief in problem.reliefs:
        uses[relief.resource].append(f"- {relief.name}")
    for transfer in problem.transfers:
        name = _way(problem, transfer)
        uses[transfer.source].append(f"- ({name})")
        uses[transfer.target].append(f"+ ({name})")
        for resource, amount in transfer.also_uses:
            uses[resource].append(_signed(amount, f"({name})"))
    for number, resource in enumerate(problem.resources):
        row = f"{resource}: {' '.join(uses[number]).removeprefix('+ ') or '0'} <= {resource.bound}"
        yield from textwrap.wrap(row, 120, subsequent_indent="    ", break_on_hyphens=False)


def _signed(amount: int, name: str) -> str:
    size = "" if abs(amount) == 1 else f"{abs(amount)} "
    return f"{'+' if amount > 0 else '-'} {size}{name}"


def _reliefs(problem: Problem) -> Iterator[str]:
    for relief in problem.reliefs:
        place = problem.resources[relief.resource]
        yield f"{relief.name} of {place} <= {relief.most}, costs {_price(problem, relief.prices)}"


def _transfers(problem: Problem) -> Iterator[str]:
    for one in problem.transfers:
        place = problem.resources[one.source]
        name = f"{_way(problem, one)} in {place.rule}, period {place.period}"
        yield f"{name} <= {one.most}, costs {_price(problem, one.prices)}"


def _way(problem: Problem, transfer: Transfer) -> str:
    return f"{problem.resources[transfer.source].subject} > {problem.resources[transfer.target].subject}"


def _price(problem: Problem, prices: tuple[int, ...]) -> str:
    paid = [f"{price} {tier.unit}" for tier, price in zip(problem.tiers, prices, strict=True) if price]
    return " and ".join(paid) or "nothing"


def _paths(problem: Problem) -> Iterator[str]:
    for actor in problem.actors:
        for option in range(len(actor)):
            yield f"{actor.actor}:{actor.key(option)}"


if __name__ == "__main__":
    for kind in SCENES:
        (GOLDEN / f"{kind}.txt").write_text(golden_text(kind), encoding="utf-8")
