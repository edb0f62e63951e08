"""From instance and model to problem: what the model says is in it, whatever the order in which it is said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import case_files
import numpy as np
import pytest
from random_instances import random_case
from rules.golden_rows import SCENES, staged
from scenes import tiny

from allokering.engine.build import build
from allokering.errors import InstanceFaulty
from allokering.model import Model
from allokering.problem import Problem

SEEDS = range(0, 60, 2)


def contents(problem: Problem) -> dict[str, Any]:
    """Everything a solver can see of a problem."""
    every = [np.arange(len(actor)) for actor in problem.actors]
    width = len(problem.resources)
    return {
        "tiers": problem.tiers,
        "resources": problem.resources,
        "reliefs": problem.reliefs,
        "transfers": problem.transfers,
        "actors": [actor.actor for actor in problem.actors],
        "keys": [[actor.key(int(option)) for option in options] for actor, options in _paired(problem, every)],
        "usage": [actor.usage(options, width).toarray().tolist() for actor, options in _paired(problem, every)],
        "prices": [actor.prices(options).tolist() for actor, options in _paired(problem, every)],
    }


def _paired(problem: Problem, every: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(problem.actors, every, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rules_and_terms_changes_nothing(seed: int) -> None:
    """Backwards the model makes the same problem, to the number of every row."""
    instance, model = random_case(seed)
    backwards = replace(model, rules=model.rules[::-1], terms=model.terms[::-1])

    assert contents(build(instance, backwards)) == contents(build(instance, model))


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_stand_in_order_of_rule_subject_and_period(seed: int) -> None:
    """Each once."""
    names = [(row.rule, row.subject, row.period) for row in build(*random_case(seed)).resources]

    assert names == sorted(set(names))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_weighted_objective_is_every_tier_at_its_price(seed: int) -> None:
    """Of options, reliefs and transfers alike."""
    instance, model = random_case(seed)
    tiers, weighted = build(instance, model), build(instance, model, "weighted")
    nok_per_unit = np.array([int(tier.params["nok_per_unit"]) for tier in model.tiers])

    assert [(tier.name, tier.unit) for tier in weighted.tiers] == [("weighted", "NOK")]
    assert (tiers.adjustment_prices @ nok_per_unit).tolist() == weighted.adjustment_prices[:, 0].tolist()
    for by_tier, by_nok in zip(tiers.actors, weighted.actors, strict=True):
        every = np.arange(len(by_tier))
        assert (by_tier.prices(every) @ nok_per_unit).tolist() == by_nok.prices(every)[:, 0].tolist()


def test_the_objective_does_not_change_the_rows() -> None:
    """Only the prices differ."""
    situation = tiny.make({})
    tiers, weighted = (build(situation.instance, situation.model, name) for name in ("lexicographic", "weighted"))

    assert tiers.resources == weighted.resources
    assert [relief.most for relief in tiers.reliefs] == [relief.most for relief in weighted.reliefs]


def test_a_programme_that_the_model_lacks_is_a_fault_of_the_instance() -> None:
    """Every trainee who follows it is named, with the programmes there are."""
    trainees = [{"trainee_id": name, "programme": "surgery"} for name in ("bo", "cat")]
    situation = tiny.make({"instance": {"trainees": trainees}})

    with pytest.raises(InstanceFaulty) as caught:
        build(situation.instance, situation.model)

    assert [(fault.table, fault.column, fault.value) for fault in caught.value.faults] == [
        ("trainees", "programme", "surgery")
    ] * 2
    assert [fault.expected.split(":")[0] for fault in caught.value.faults] == ["bo", "cat"]
    assert "alis, alone, first" in caught.value.faults[0].expected


def with_rule(model: Model, kind: str, **changes: Any) -> Model:
    """The model with the rule of a kind changed."""
    return replace(
        model, rules=tuple(rule.model_copy(update=changes) if rule.kind == kind else rule for rule in model.rules)
    )


@pytest.mark.parametrize("kind", SCENES)
def test_a_rule_out_of_force_is_silent(kind: str) -> None:
    """One that lapses the day before the plan, or begins a day late, makes the problem that there is without it.

    In the rule's golden scene, in which it changes the problem.
    """
    instance, model = staged(kind)
    day, start = dt.timedelta(days=1), instance.settings.start
    without = contents(build(instance, replace(model, rules=tuple(rule for rule in model.rules if rule.kind != kind))))
    ruled = contents(build(instance, model))

    assert ruled != without
    assert contents(build(instance, with_rule(model, kind, until=start - day))) == without
    assert contents(build(instance, with_rule(model, kind, from_date=start + day))) == without
    assert contents(build(instance, with_rule(model, kind, from_date=start, until=start))) == ruled


@pytest.mark.parametrize("term", ["unplaced", "position_cost", "rank", "wait", "rotation_travel", "postponed"])
def test_a_term_that_the_objective_lacks_costs_nothing(term: str) -> None:
    """And without a price for being unplaced, nobody may be."""
    instance, model = tiny.make({}).instance, tiny.make({}).model
    positions = [position.model_copy(update={"yearly_cost_nok": 500_000}) for position in instance.positions]
    instance = replace(instance, positions=tuple(positions))
    ranked = tiny.make({"instance": {"preferences": [{"trainee_id": "ann", "position_id": "p-dal", "rank": 2}]}})
    instance = replace(instance, preferences=ranked.instance.preferences)
    without = replace(model, terms=tuple(entry for entry in model.terms if entry.kind != term))
    before, after = build(instance, model), build(instance, without)

    assert before.actors[0].find("unplaced") == 0
    assert after.actors[0].find("unplaced") == (None if term == "unplaced" else 0)
    assert contents(after)["prices"] != contents(before)["prices"]
    assert contents(after)["resources"] == contents(before)["resources"]


def test_an_overridden_number_is_the_one_in_the_problem() -> None:
    """`--set absences.absent_min=7` is the bound of every absence row; nothing else changes."""
    instance = tiny.make({}).instance
    before = build(instance, case_files.tiny_model()).resources
    after = build(instance, case_files.tiny_model({"absences.absent_min": "7"})).resources

    assert {row.bound for row in before if row.rule == "absences"} == {1}
    assert {row.bound for row in after if row.rule == "absences"} == {7}
    assert [row for row in before if row.rule != "absences"] == [row for row in after if row.rule != "absences"]


def test_a_row_bears_the_id_of_the_rule_that_made_it() -> None:
    """Two rules of a kind have rows of their own."""
    situation = tiny.make({})
    rules = [rule for rule in situation.model.rules if rule.kind == "absences"]
    twice = replace(
        situation.model, rules=(*situation.model.rules, *(rule.model_copy(update={"id": "local"}) for rule in rules))
    )

    names = {row.rule for row in build(situation.instance, twice).resources}

    assert {"absences", "local"} <= names


def test_an_instance_without_trainees_sites_and_positions_is_a_problem_of_residents() -> None:
    """Nothing is left but coverage and the specialists' own places."""
    situation = tiny.make({})
    empty = replace(
        situation.instance, trainees=(), positions=(), position_parts=(), sites=(), site_slots=(), preferences=()
    )

    problem = build(empty, situation.model)

    assert problem.actors == ()
    assert {row.rule for row in problem.resources} == {"coverage", "supervision"}
