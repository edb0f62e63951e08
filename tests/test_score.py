"""Tiers counted from a written plan, against numbers worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest
import tiny

from allokering.kinds import TERM_KINDS
from allokering.verifier.score import PRICES, TierScore, score, whole_months


def test_every_term_of_the_objective_is_counted() -> None:
    """One plan pays for everything there is to pay for."""
    situation = tiny.make(tiny.read_plan("every_term"))

    found = score(situation.instance, situation.model, situation.plan, "lexicographic")

    assert found == (
        # Dal: (1 + 2 + 2 + 2) residents x 6 months
        TierScore("uncovered", "resident-months", 42),
        TierScore("unplaced", "trainees", 1),
        # Ann's position 2 x 1,000,000 x 6 / 12 = 1,000,000; Bo's floor(-201 x 6 / 12) = -101;
        # nes-1 to Vik: 2 x 45 minutes x 2 trips x 6 months x 900 / 60 = 16,200 for the one period in practice;
        # a locum's patient: floor(100,000 x 52 x 6 / (12 x 300)) = 8,666
        TierScore("cost", "NOK", 1_000_000 - 101 + 16_200 + 8_666),
        # 10 above the target of dal-1 x 4 periods x 6 months; 3 across a border x 6 months x 2
        TierScore("overload", "patient-months", 240 + 36),
        # Ann: a rank after 4 is 4 steps x 10; 5 whole months x 2; 45 minutes are 2 half-hours begun.
        # Bo: 18 months from the plan's start x 2; postponed 5; who ranks nothing pays nothing.
        TierScore("wishes", "points", 40 + 10 + 2 + 36 + 5),
    )


def test_the_weighted_objective_is_one_tier_of_kroner() -> None:
    """42 x 1,000 + 1 x 2,000,000 + 1,024,765 + 276 x 20 + 93 x 1,000."""
    situation = tiny.make(tiny.read_plan("every_term"))

    found = score(situation.instance, situation.model, situation.plan, "weighted")

    assert found == (TierScore("weighted", "NOK", 3_165_285),)


def test_a_ranked_position_costs_its_steps() -> None:
    """Rank 3 is two steps down; no wait, no travel."""
    preferences = [{"trainee_id": "ann", "position_id": "p-vik", "rank": 3}]
    situation = tiny.make({"instance": {"preferences": preferences}})

    wishes = score(situation.instance, situation.model, situation.plan, "lexicographic")[-1]

    assert wishes == TierScore("wishes", "points", 20)


def test_institution_service_that_nobody_owes_is_not_postponed() -> None:
    """Ann has done her six months."""
    trainees = [{"trainee_id": "ann", "institution_months_done": 6}]
    path = {"trainee": "ann", "position": "p-vik", "from": dt.date(2020, 1, 1), "to": dt.date(2020, 6, 30)}
    situation = tiny.make({"instance": {"trainees": trainees}, "paths": [path]})

    wishes = score(situation.instance, situation.model, situation.plan, "lexicographic")[-1]

    assert wishes.value == 0


def test_a_term_that_the_objective_lacks_costs_nothing() -> None:
    """The tier stays, and counts nothing."""
    situation = tiny.make({**tiny.read_plan("every_term"), "without_terms": ["without_gp", "unplaced"]})

    found = score(situation.instance, situation.model, situation.plan, "lexicographic")

    assert found[:2] == (TierScore("uncovered", "resident-months", 0), TierScore("unplaced", "trainees", 0))


def test_a_site_that_no_way_is_known_to_costs_no_travel() -> None:
    """Rotation travel is only counted where it can be."""
    case = tiny.read_plan("every_term")
    case["instance"]["travel"] = [
        {"from_municipality_id": "vik", "to_municipality_id": "nes", "drop": True},
        {"from_municipality_id": "dal", "to_municipality_id": "nes", "drop": True},
    ]
    situation = tiny.make(case)

    wishes = score(situation.instance, situation.model, situation.plan, "lexicographic")[-1]

    assert wishes.value == 40 + 10 + 36 + 5


def test_every_kind_of_term_has_a_price() -> None:
    """A term that is not counted would be free."""
    assert list(PRICES) == list(TERM_KINDS)


@pytest.mark.parametrize(
    ("from_date", "to_date", "months"),
    [
        (dt.date(2020, 1, 1), dt.date(2020, 1, 1), 0),
        (dt.date(2020, 1, 2), dt.date(2020, 2, 1), 0),
        (dt.date(2020, 1, 1), dt.date(2020, 2, 1), 1),
        (dt.date(2020, 1, 31), dt.date(2020, 2, 28), 0),  # the last day of February 2020 is the 29th
        (dt.date(2020, 1, 31), dt.date(2020, 2, 29), 1),
        (dt.date(2019, 12, 31), dt.date(2021, 1, 1), 12),
    ],
)
def test_whole_months(from_date: dt.date, to_date: dt.date, months: int) -> None:
    """As many as can be added without passing the other day."""
    assert whole_months(from_date, to_date) == months
