"""Training paths as arrays: the paths that the plain enumeration finds, with the same uses, prices and values."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from oracle.paths import Path as PlainPath
from oracle.paths import alone, plan_of, violations
from oracle.search import Option as PlainOption
from oracle.search import Oracle, plain
from random_instances import random_case

from allokering.engine.build import build
from allokering.formulation.path import Path
from allokering.formulation.path_space import path_space
from allokering.formulation.paths import UNPLACED, PathOptions
from allokering.problem import Problem, Surcharges
from allokering.tables import PinVerb, PinWhat, Trainee

SEEDS = range(60)

APART = {"supervision", "openings"}
"""Rules whose rows the oracle knows in another way: supervision by periods, openings by who takes them."""

Choice = tuple[str, int, int, str | None, int | None] | None
"""Position, start, finish, site and first period of the rotation; None for unplaced."""


@cache
def case(seed: int) -> tuple[Problem, Oracle]:
    """A random problem, and the oracle of the same instance."""
    instance, model = random_case(seed)
    return build(instance, model), Oracle(instance, model, plain)


def actors(problem: Problem) -> list[PathOptions]:
    """The trainees' options."""
    return [actor for actor in problem.actors if isinstance(actor, PathOptions)]


@cache
def plain_options(oracle: Oracle, trainee: Trainee) -> dict[Choice, PlainOption]:
    """What the oracle lets the trainee choose from."""
    return {choice_of(option.path): option for option in oracle.options(trainee)}


def uses(oracle: Oracle, option: PlainOption) -> Counter[tuple[str, str, int]]:
    """What the option takes of places, slots and absences, as the verifier reads the path; of budgets, what it pays.

    The check of budgets tells what is spent of one in which there is nothing.
    """
    used: Counter[tuple[str, str, int]] = Counter()
    if option.path is None or option.written is None:
        return used
    instance, rules, written = oracle.instance, oracle.parts.rules, option.written
    for period in written.occupied:
        used["position_places", written.position.position_id, period] += 1
        for row in instance.municipalities:
            if row.max_trainees is not None and row.municipality_id in {part.municipality_id for part in written.parts}:
                used["trainees_per_municipality", row.municipality_id, period] += 1
    for period in written.away:
        [rotation] = written.rotations
        used["site_slots", rotation.site_id, period] += 1
        if "absences" in rules and written.trainee.programme in (rules["absences"].programmes or oracle.programmes):
            used.update(("absences", part.municipality_id, period) for part in written.parts)
    poor = replace(instance, budgets=tuple(row.model_copy(update={"amount_nok": 0}) for row in instance.budgets))
    there = alone(poor, option.path.trainee)
    for one in violations(["budget"], there, oracle.model, plan_of(there, [option.path])):
        used["budget", one.subject, 0] += one.amount
    return Counter({name: amount for name, amount in used.items() if name[0] in rules})


def choice_of(path: PlainPath | None) -> Choice:
    """A path of the oracle."""
    if path is None:
        return None
    site = None if path.site is None else path.site.site_id
    return path.position.position_id, path.start, path.end, site, path.first


def choice(path: Path | None) -> Choice:
    """A path of the engine."""
    if path is None:
        return None
    return path.position, path.start, path.finish, path.site, None if path.site is None else path.begin


@pytest.mark.parametrize("seed", SEEDS)
def test_the_paths_are_those_of_the_plain_enumeration(seed: int) -> None:
    """Each once, and unplaced exactly where the oracle allows it."""
    problem, oracle = case(seed)
    for actor, trainee in zip(actors(problem), oracle.instance.trainees, strict=True):
        found = [choice(actor.path(option)) for option in range(len(actor))]
        assert actor.actor == trainee.trainee_id
        assert len(found) == len(set(found))
        assert set(found) == set(plain_options(oracle, trainee))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_path_costs_what_the_oracle_says(seed: int) -> None:
    """In every tier."""
    problem, oracle = case(seed)
    for actor, trainee in zip(actors(problem), oracle.instance.trainees, strict=True):
        expected = plain_options(oracle, trainee)
        prices = actor.prices(np.arange(len(actor)))
        assert {choice(actor.path(option)): tuple(row) for option, row in enumerate(prices.tolist())} == {
            known: option.price for known, option in expected.items()
        }


@pytest.mark.parametrize("seed", SEEDS)
def test_every_path_uses_what_the_oracle_says(seed: int) -> None:
    """Places, slots and absences by the piece, and residents' places by the list in every municipality."""
    problem, oracle = case(seed)
    names = [(resource.rule, resource.subject, resource.period) for resource in problem.resources]
    rows, first_period = {*names}, {subject: period for rule, subject, period in names if rule == "budget"}
    for actor, trainee in zip(actors(problem), oracle.instance.trainees, strict=True):
        expected = plain_options(oracle, trainee)
        table = actor.usage(np.arange(len(actor)), len(names)).toarray()
        for option, row in enumerate(table.tolist()):
            one = expected[choice(actor.path(option))]
            used = Counter(
                {
                    (rule, subject, first_period[subject] if rule == "budget" else period): amount
                    for (rule, subject, period), amount in uses(oracle, one).items()
                }
            )
            for period, (practice, finished) in enumerate(zip(one.practice, one.finished, strict=True)):
                for patients, municipality in itertools.chain(
                    zip(practice.patients if practice else (), oracle.instance.municipalities, strict=False),
                    zip(finished.patients if finished else (), oracle.instance.municipalities, strict=False),
                ):
                    for rule in ("coverage", "free_places"):
                        if (name := (rule, municipality.municipality_id, period)) in rows:
                            used[name] -= patients
            found = {name: amount for name, amount in zip(names, row, strict=True) if name[0] not in APART}
            assert {name: amount for name, amount in found.items() if amount} == {
                name: amount for name, amount in used.items() if amount
            }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_place_of_supervision_is_taken_in_practice_only(seed: int) -> None:
    """One in every period of practice, by who needs a supervisor and by nobody else."""
    problem, oracle = case(seed)
    rows = [
        number
        for number, resource in enumerate(problem.resources)
        if resource.rule == "supervision" and not resource.subject.endswith(" supply")
    ]
    periods = np.array([problem.resources[number].period for number in rows], dtype=np.int64)
    for actor, trainee in zip(actors(problem), oracle.instance.trainees, strict=True):
        programme = oracle.model.programme_params(trainee.programme)
        is_supervised = programme.needs_supervisor and "supervision" in oracle.parts.rules
        expected = plain_options(oracle, trainee)
        table = actor.usage(np.arange(len(actor)), len(problem.resources))[:, rows].toarray()
        for option, row in enumerate(table):
            practice = expected[choice(actor.path(option))].practice
            assert np.bincount(periods, weights=row, minlength=len(practice)).tolist() == [
                float(is_supervised and work is not None) for work in practice
            ]


@pytest.mark.parametrize("seed", SEEDS)
def test_values_are_usage_times_prices_of_resources_and_prices_times_weights(seed: int) -> None:
    """At random prices, negative ones too; with surcharges as without."""
    problem, _ = case(seed)
    random = np.random.default_rng(seed)
    resource_prices = random.integers(-9, 9, len(problem.resources)).astype(float)
    weights = random.integers(0, 5, len(problem.tiers)).astype(float)
    amounts = np.unique(np.concatenate([actor.amounts() for actor in problem.actors]))
    table = random.integers(0, 7, (len(problem.resources) + 1, len(amounts))).astype(float)
    table[-1] = 0.0
    table[:, amounts == 0] = 0.0
    # A budget's row is used in several periods at once, and no cutting plane charges it.
    table[[number for number, row in enumerate(problem.resources) if row.rule == "budget"]] = 0.0
    surcharges = Surcharges(amounts, table)
    for actor in actors(problem):
        every = np.arange(len(actor))
        usage = actor.usage(every, len(problem.resources))
        expected = usage @ resource_prices + actor.prices(every) @ weights

        some = every[random.random(len(every)) < 0.5]
        assert actor.values(resource_prices, weights) == pytest.approx(expected)
        assert actor.values_of(some, resource_prices, weights) == pytest.approx(expected[some])
        assert actor.values(resource_prices, weights, surcharges) == pytest.approx(expected + surcharges.of(usage))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_option_costs_more_than_the_dearest_where_resources_are_free(seed: int) -> None:
    problem, _ = case(seed)
    weights = np.random.default_rng(seed).integers(0, 5, len(problem.tiers)).astype(float)
    for actor in filter(len, problem.actors):
        costs = actor.values(np.zeros(len(problem.resources)), weights)

        assert costs.max() <= actor.dearest(weights) < np.inf


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_are_unique_and_found_again(seed: int) -> None:
    for actor in case(seed)[0].actors:
        keys = [actor.key(option) for option in range(len(actor))]

        assert len(keys) == len(set(keys))
        assert [actor.find(key) for key in keys] == list(range(len(actor)))
        assert actor.find("nowhere@000") is None


@pytest.mark.parametrize("seed", SEEDS)
def test_amounts_are_all_that_options_use(seed: int) -> None:
    """More may be named than is used, never less; a budget sums over its periods."""
    problem, _ = case(seed)
    for actor in problem.actors:
        usage = actor.usage(np.arange(len(actor)), len(problem.resources)).tocsc()
        by_period = [number for number, row in enumerate(problem.resources) if row.rule != "budget"]
        used = np.unique(usage[:, by_period].data)

        assert set(used.tolist()) <= set(actor.amounts().tolist())


@pytest.mark.parametrize("seed", SEEDS)
def test_usage_and_prices_of_some_are_those_of_all(seed: int) -> None:
    """Whatever the order in which options are asked for, and if the same is asked for twice."""
    problem, _ = case(seed)
    for actor in problem.actors:
        if len(actor) == 0:
            continue
        some = np.random.default_rng(seed).integers(0, len(actor), 5)
        every, width = np.arange(len(actor)), len(problem.resources)

        assert actor.usage(some, width).toarray().tolist() == actor.usage(every, width).toarray()[some].tolist()
        assert actor.prices(some).tolist() == actor.prices(every)[some].tolist()


def test_who_is_pinned_to_a_position_has_no_unplaced() -> None:
    """Random cases have both kinds."""
    found = set()
    for seed in SEEDS:
        problem, oracle = case(seed)
        for actor, trainee in zip(actors(problem), oracle.instance.trainees, strict=True):
            must = any(
                pin.trainee_id == trainee.trainee_id
                and (pin.what, pin.verb) == (PinWhat.POSITION, PinVerb.MUST)
                and (pin.until is None or pin.until >= oracle.instance.settings.start)
                for pin in oracle.instance.pins
            )
            may = (oracle.model.term("unplaced") is not None or trainee.recruited_to is not None) and not must
            assert (actor.find(UNPLACED) == 0) is may
            found.add((must, may))

    assert found >= {(True, False), (False, True)}


def test_a_space_holds_every_start_and_every_block_inside_the_horizon() -> None:
    """Three periods, a block of two: it begins in 0 or 1 at either site, or there is none."""
    space = path_space("ann", ["k"], ["h", "g"], periods=3, rotation_periods=2, path_periods=4)

    assert space.starts.tolist() == [0, 1, 2]
    assert space.finishes.tolist() == [4, 5, 6]
    assert space.rotation_site.tolist() == [0, 1, 1, 2, 2]
    assert space.rotation_begin.tolist() == [3, 0, 1, 0, 1]


@pytest.mark.parametrize(("rotation_periods", "rotations"), [(0, 1), (3, 2), (4, 1)])
def test_a_space_without_room_for_a_block_has_none(rotation_periods: int, rotations: int) -> None:
    """No service owed, a block as long as the horizon, a block longer than it."""
    space = path_space("ann", ["k"], ["h"], periods=3, rotation_periods=rotation_periods, path_periods=5)

    assert len(space.rotation_site) == rotations
