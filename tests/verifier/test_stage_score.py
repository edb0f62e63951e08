"""What the stages after the placement are worth, counted from a written plan, against numbers worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from scenes import tiny

from allokering.verifier.stage_score import stage_values

TWO: dict[str, Any] = {
    "instance": {
        "trainees": [
            {"trainee_id": "ann", "practice_months_done": 36},
            {"trainee_id": "bo", "practice_months_done": 36},
        ]
    },
    "paths": [
        {
            "trainee": trainee_id,
            "position": position_id,
            "from": dt.date(2020, 1, 1),
            "to": dt.date(2021, 12, 31),
            "site": "ward",
            "block_from": dt.date(2020, 1, 1),
            "block_to": dt.date(2020, 6, 30),
        }
        for trainee_id, position_id in (("ann", "p-vik"), ("bo", "p-both"))
    ],
    "plan": {
        "groups": [
            {
                "trainee_id": trainee_id,
                "group_id": "g",
                "municipality_id": "dal",
                "from": dt.date(2020, 1, 1),
                "to": dt.date(2021, 12, 31),
            }
            for trainee_id in ("ann", "bo")
        ]
    },
}
"""Ann, in Vik, and Bo, in Vik and Dal, meet in Dal."""


def values(case: dict[str, Any]) -> dict[str, int]:
    """Of the plan of a case."""
    situation = tiny.make(case)
    return stage_values(situation.instance, situation.model, situation.plan)


def with_travel(**columns: object) -> dict[str, Any]:
    """The two, with something else told of the way from Vik to Dal."""
    travel = [{"from_municipality_id": "vik", "to_municipality_id": "dal", **columns}]
    return {**TWO, "instance": {**TWO["instance"], "travel": travel}}


def shrinking(fte_percent: int, **measure: object) -> dict[str, Any]:
    """Dal's doctor goes from 400 patients to 350, 250 and 300, in a working time of so much."""
    lists = [
        {"holder_id": "dal-1", "from": first, "patients": patients}
        for first, patients in (
            (dt.date(2020, 1, 1), 350),
            (dt.date(2020, 7, 1), 250),
            (dt.date(2021, 1, 1), 300),
            (dt.date(2021, 7, 1), 300),
        )
    ]
    speed = {"id": "list_speed", "kind": "list_speed", "source": "test", "params": {"patients_per_month": 5}, **measure}
    return {
        "instance": {"doctors": [{"doctor_id": "dal-1", "fte_percent": fte_percent}]},
        "plan": {"lists": lists},
        "measures": [speed],
    }


def test_groups_travel_in_kilometres_from_the_nearer_municipality() -> None:
    """Ann: 2 ways x 10 meetings x 31 km; Bo is there already."""
    assert values(with_travel(kilometres=31))["group_travel"] == 620


def test_a_way_without_kilometres_is_minutes_at_the_usual_speed() -> None:
    """30 minutes at 55 km an hour are 27.5, rounded up to 28."""
    assert values(with_travel(minutes=30))["group_travel"] == 560


def test_an_unknown_way_counts_as_none() -> None:
    """That it is unknown is another rule's to say."""
    assert values(with_travel(drop=True))["group_travel"] == 0


def test_who_needs_no_group_lacks_none() -> None:
    """Ann's programme has groups; an intern's has not."""
    intern = [{"trainee_id": "ann", "programme": "lis1", "practice_months_done": 0, "institution_months_done": 12}]
    path = {"trainee": "ann", "position": "p-vik", "from": dt.date(2020, 1, 1), "to": dt.date(2020, 6, 30)}

    assert values({})["without_group"] == 1
    assert values({"instance": {"trainees": intern}, "paths": [path]})["without_group"] == 0


def test_a_list_that_shrinks_too_fast() -> None:
    """5 a month are 30 in a half-year: 50 - 30 and 100 - 30; what grows is not in haste."""
    assert values(shrinking(100))["moved_too_fast"] == 20 + 70


def test_who_works_less_may_lose_less() -> None:
    """51 percent of 30 is 15."""
    assert values(shrinking(51))["moved_too_fast"] == 35 + 85


def test_speed_counts_in_periods_whose_first_day_the_measure_is_in_force() -> None:
    """The first half-year is not counted."""
    case = shrinking(100) | {"measures": shrinking(100, **{"from": dt.date(2020, 1, 2)})["measures"]}

    assert values(case)["moved_too_fast"] == 70


def test_without_a_measure_nobody_asks_how_fast() -> None:
    """The stage has no such tier."""
    assert "moved_too_fast" not in values(shrinking(100) | {"measures": []})
    assert values(shrinking(100) | {"measures": []})["residents_moved"] == 150


def test_who_has_finished_lacks_no_patients() -> None:
    """Only lists in training are to be filled: 100 patients x 6 months, and Ann's 800 later are not missed."""
    case = {
        "instance": {
            "trainees": [{"trainee_id": "ann", "programme": "special"}],
            "positions": [{"position_id": "p-vik", "list_limit": 100}],
        },
        "paths": [{**tiny.GOOD_PATH, "after": [800, 800]}],
    }

    assert values(case)["trainees_missing_patients"] == 600


def test_who_leaves_a_finished_trainees_list_moves() -> None:
    """70 patients in the first half-year of 2021, 40 in the second."""
    lists = [
        {"holder_id": "ann", "from": dt.date(2021, 1, 1), "patients": 70},
        {"holder_id": "ann", "from": dt.date(2021, 7, 1), "patients": 40},
    ]
    case = {
        "instance": {"trainees": [{"trainee_id": "ann", "programme": "special"}]},
        "paths": [{**tiny.GOOD_PATH, "after": [800, 800]}],
        "plan": {"lists": lists},
    }

    assert values(case)["residents_moved"] == 30
