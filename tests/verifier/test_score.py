"""Tiers counted from a written plan, against numbers worked out by hand."""

from __future__ import annotations

import datetime as dt

import case_files
import pytest
from scenes import tiny

from allokering.evidence.written_plan import whole_months
from allokering.kinds import TERM_KINDS
from allokering.terms.registry import TERMS
from allokering.verifier.score import TierScore, score


def test_every_term_of_the_objective_is_counted() -> None:
    """One plan pays for everything there is to pay for."""
    situation = tiny.make(case_files.read_plan("every_term"))

    found = score(situation.instance, situation.model, situation.plan, "lexicographic")

    assert found == (
        # Dal: (1 + 2 + 2 + 2) residents x 6 months
        TierScore("uncovered", "resident-months", 42),
        # Cat; Rec is not yet known.
        TierScore("unplaced", "trainees", 1),
        # Ann's position 2 x 1,000,000 x 6 / 12 = 1,000,000; Bo's floor(-201 x 6 / 12) = -101;
        # nes-1 to Vik: 2 x 45 minutes x 2 trips x 6 months x 900 / 60 = 16,200 for the one period in practice;
        # a locum's patient: floor(100,000 x 52 x 6 / (12 x 300)) = 8,666;
        # a patient less of vik-1 in each of two half-years: 2 x 842 x 6 / 12
        TierScore("cost", "NOK", 1_000_000 - 101 + 16_200 + 8_666 + 842),
        # 10 above the target of dal-1 and 1 of vik-1 x 4 periods x 6 months; 3 across a border x 6 months x 2;
        # free places in 2021: Vik 1,600 + 16 - 1,599, Dal 402 + 4 - 390, Nes 500 + 5 - 500, in 2 periods x 6 months
        TierScore("overload", "patient-months", 264 + 36 + (17 + 16 + 5) * 12),
        # Ann: a rank after 4 is 4 steps x 10; 5 whole months x 2; 45 minutes are 2 half-hours begun.
        # Bo: 18 months from the plan's start x 2; postponed 5; who ranks nothing pays nothing.
        # A position opened 3; one application of a municipality alone 7.
        TierScore("wishes", "points", 40 + 10 + 2 + 36 + 5 + 3 + 7),
    )


def test_the_weighted_objective_is_one_tier_of_kroner() -> None:
    """42 x 1,000 + 1 x 2,000,000 + 1,025,607 + 756 x 20 + 103 x 1,000."""
    situation = tiny.make(case_files.read_plan("every_term"))

    found = score(situation.instance, situation.model, situation.plan, "weighted")

    assert found == (TierScore("weighted", "NOK", 3_185_727),)


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
    situation = tiny.make({**case_files.read_plan("every_term"), "without_terms": ["without_gp", "unplaced"]})

    found = score(situation.instance, situation.model, situation.plan, "lexicographic")

    assert found[:2] == (TierScore("uncovered", "resident-months", 0), TierScore("unplaced", "trainees", 0))


def test_a_site_that_no_way_is_known_to_costs_no_travel() -> None:
    """Rotation travel is only counted where it can be."""
    case = case_files.read_plan("every_term")
    case["instance"]["travel"] = [
        {"from_municipality_id": "vik", "to_municipality_id": "nes", "drop": True},
        {"from_municipality_id": "dal", "to_municipality_id": "nes", "drop": True},
    ]
    situation = tiny.make(case)

    wishes = score(situation.instance, situation.model, situation.plan, "lexicographic")[-1]

    assert wishes.value == 40 + 10 + 36 + 5 + 3 + 7


def test_a_recruit_costs_by_the_chance_and_waits_for_nothing() -> None:
    """Two half-years at floor(500,003 / 2) = 250,001, of which 500 permille is 125,000; a year is no wait."""
    trainees = [{"trainee_id": "rec", "recruited_to": "p-vik"}]
    positions = [{"position_id": "p-vik", "yearly_cost_nok": 500_003}]
    path = {
        "trainee": "rec",
        "position": "p-vik",
        "from": dt.date(2021, 1, 1),
        "to": dt.date(2021, 12, 31),
        "site": "ward",
        "block_from": dt.date(2021, 7, 1),
        "block_to": dt.date(2021, 12, 31),
        "expected_permille": 500,
    }
    case = {"instance": {"trainees": trainees, "positions": positions}, "paths": [path], "unplaced": ["ann"]}
    situation = tiny.make(case)

    found = {tier.name: tier.value for tier in score(situation.instance, situation.model, situation.plan, "")}

    assert (found["cost"], found["wishes"]) == (250_000, 0)


def test_a_position_that_is_not_occupied_costs_nothing() -> None:
    """An intern is a year in hospital, then half a year there."""
    trainees = [{"trainee_id": "ann", "programme": "lis1", "practice_months_done": 0}]
    positions = [{"position_id": "p-vik", "yearly_cost_nok": 500_000}]
    path = {
        "trainee": "ann",
        "position": "p-vik",
        "from": dt.date(2020, 1, 1),
        "to": dt.date(2021, 6, 30),
        "site": "ward",
        "block_from": dt.date(2020, 1, 1),
        "block_to": dt.date(2020, 12, 31),
    }
    situation = tiny.make({"instance": {"trainees": trainees, "positions": positions}, "paths": [path]})

    cost = score(situation.instance, situation.model, situation.plan, "lexicographic")[2]

    assert cost == TierScore("cost", "NOK", 250_000)


def test_a_supervisors_relief_is_compensated_and_takes_free_places() -> None:
    """One place in one half-year: 5 patients x 421 NOK, and 5 places x 6 months."""
    measures = [
        {"id": kind, "kind": kind, "source": "test", "params": params}
        for kind, params in {
            "supervisor_relief": {"patients_per_place": 5},
            "compensation": {"nok_per_patient_year": 842},
            "free_places": {"permille": 0},
        }.items()
    ]
    situation = tiny.make({"measures": measures})

    found = {tier.name: tier.value for tier in score(situation.instance, situation.model, situation.plan, "")}

    assert (found["cost"], found["overload"]) == (5 * 421, 5 * 6)


def test_a_supervisor_from_a_neighbour_is_paid_for_each_place() -> None:
    """An intern takes two places: 2 x (2 x 30 minutes x 2 trips x 6 months x 900 / 60)."""
    trainees = [{"trainee_id": "ann", "programme": "lis1", "practice_months_done": 0, "institution_months_done": 12}]
    path = {"trainee": "ann", "position": "p-dal", "from": dt.date(2020, 1, 1), "to": dt.date(2020, 6, 30)}
    case = {"instance": {"trainees": trainees}, "set": {"lis1.supervisor_minutes_max": "30"}, "paths": [path]}
    situation = tiny.make(case)

    cost = score(situation.instance, situation.model, situation.plan, "lexicographic")[2]

    assert cost == TierScore("cost", "NOK", 2 * 10_800)


def test_every_kind_of_term_has_a_price() -> None:
    """A term that is not counted would be free."""
    assert list(TERMS) == list(TERM_KINDS)


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
