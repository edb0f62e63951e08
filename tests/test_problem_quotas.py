"""Quotas: a resource of which at least so much is used. Trying everything says what is feasible, and what is best."""

from __future__ import annotations

import numpy as np
import pytest
from random_quotas import random_quotas
from scenes.problems import values

from allokering.problem import Choice, ListedOptions, Problem, Relief, Resource, Solution, Surcharges, Tier, Transfer
from allokering.problem_check import faults_of_options
from allokering.problem_edits import fix_adjustments, relax_rule
from allokering.problem_quotas import in_rows
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.solve import ENGINES, Engine, solve_exact
from allokering.solvers.infeasible_subset import Part, smallest_conflict
from allokering.solvers.outcome import Status
from allokering.solvers.solve import solve


def wards(*reliefs: Relief, least: int = 2, transfers: tuple[Transfer, ...] = ()) -> Problem:
    """Three students; the ward wants two of them at least and takes three; each would rather have the clinic."""
    return Problem(
        tiers=(Tier("regret", "points"),),
        resources=(Resource("ward", "students", 0, 3, least=least), Resource("clinic", "students", 0, 3)),
        actors=tuple(
            ListedOptions.of(name, [Choice("ward", {0: 1}, (regret,)), Choice("clinic", {1: 1}, (0,))])
            for name, regret in (("ann", 5), ("bo", 7), ("cy", 11))
        ),
        reliefs=reliefs,
        transfers=transfers,
    )


def test_a_quota_is_met_by_those_who_mind_least() -> None:
    """Ann and Bo go to the ward: 5 + 7."""
    assert values(solve_exact(wards())) == values(solve_large(wards())) == (12,)


def test_a_quota_that_is_made_up_for_is_paid_by_the_unit() -> None:
    """Ann minds less (5) than a missing student costs (6), Bo more (7): 5 + 6."""
    problem = wards(Relief("short-staffed", 0, 2, (6,), eases="least"))

    assert values(solve_exact(problem)) == values(solve_large(problem)) == (11,)


def test_a_relief_of_the_bound_does_not_hide_who_is_there() -> None:
    """Two are there and the bound is passed by none: with one unit of relief taken, there are still two."""
    problem = wards(Relief("overfull", 0, 2, (1,)))
    ann_and_bo = Solution(np.array([0, 0, 1]), np.array([1]))

    assert problem.use(ann_and_bo)[0] == 1
    assert problem.counted(ann_and_bo)[0] == 2
    assert problem.is_feasible(ann_and_bo)
    assert not problem.is_feasible(Solution(np.array([0, 1, 1]), np.array([0])))


def test_what_is_moved_counts_in_a_quota() -> None:
    """A student lent by the clinic at 3 is cheaper than Bo at 7: 5 + 3."""
    problem = wards(transfers=(Transfer("lent", 1, 0, 1, (3,)),))

    assert values(solve_exact(problem)) == values(solve_large(problem)) == (8,)


def test_a_quota_that_cannot_be_met_is_named() -> None:
    """Three students, and four are wanted."""
    problem = wards(least=4)

    assert solve_exact(problem).status is solve_large(problem).status is Status.INFEASIBLE
    assert Part("at least: ward", "students") in smallest_conflict(problem)


@pytest.mark.parametrize("seed", range(60))
def test_random_solutions_with_quotas_are_counted_as_by_hand(seed: int) -> None:
    """What the enumeration calls feasible is, natively and in rows, at the value that it says; and nothing else is."""
    quotas = random_quotas(seed)
    feasible = {(*found.options.tolist(), *found.adjustments.tolist()): value for value, found in quotas.solutions()}
    rows = in_rows(quotas.problem)
    draw = np.random.default_rng(seed)
    for _ in range(60):
        options = np.array([draw.integers(0, len(actor)) for actor in quotas.problem.actors])
        found = Solution(options, draw.integers(0, quotas.problem.adjustment_most + 1))
        value = feasible.get((*options.tolist(), *found.adjustments.tolist()))

        assert quotas.problem.is_feasible(found) is rows.is_feasible(found) is (value is not None)
        assert value in (None, quotas.problem.values(found), rows.values(found))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(60))
def test_the_exact_solver_finds_the_best_with_quotas(seed: int, engine: Engine) -> None:
    """By either engine, the value that trying everything finds, in every tier."""
    quotas = random_quotas(seed)
    outcome = solve_exact(quotas.problem, engine=engine)
    best = quotas.best()

    assert outcome.status is (Status.INFEASIBLE if best is None else Status.OPTIMAL)
    if best is not None:
        assert values(outcome) == best
        assert outcome.solution is not None
        assert quotas.problem.is_feasible(outcome.solution)


@pytest.mark.parametrize("seed", range(60))
def test_column_generation_is_honest_with_quotas(seed: int) -> None:
    """Its plan is feasible, its first tier's bound no higher than the best; where it says optimal, it is."""
    quotas = random_quotas(seed)
    outcome = solve_large(quotas.problem)
    best = quotas.best()

    if best is None:
        assert outcome.status in (Status.INFEASIBLE, Status.UNKNOWN)
        return
    assert outcome.solution is not None
    assert quotas.problem.is_feasible(outcome.solution)
    assert quotas.problem.values(outcome.solution) == values(outcome) >= best
    assert outcome.tiers[0].bound <= best[0]
    assert outcome.status is not Status.OPTIMAL or values(outcome) == best


@pytest.mark.parametrize("seed", range(0, 60, 5))
def test_options_with_rows_of_leasts_keep_what_options_promise(seed: int) -> None:
    """Surcharges included: a charge in the row of a least is one on the use with its sign turned."""
    rows = in_rows(random_quotas(seed).problem)

    for actor in rows.actors:
        assert faults_of_options(actor, len(rows.resources), len(rows.tiers)) == []


def test_a_surcharge_on_a_least_is_paid_by_the_use() -> None:
    """The row of the least has the number 2; a use of 1 of the ward is -1 there, and charged 4.5."""
    rows = in_rows(wards())
    amounts = np.array([-1, 0, 1])
    surcharges = Surcharges(amounts, np.array([[0, 0, 0], [0, 0, 0], [4.5, 0, 0], [0, 0, 0]]))

    assert rows.actors[0].values(np.zeros(3), np.ones(1), surcharges).tolist() == [9.5, 0.0]


def test_a_rule_that_is_relaxed_asks_for_less() -> None:
    """One student fewer: Ann alone. Not at all: none."""
    assert values(solve_exact(relax_rule(wards(), "ward", by=1))) == (5,)
    assert values(solve_exact(relax_rule(wards(), "ward"))) == (0,)


def test_what_is_made_up_for_can_be_fixed() -> None:
    """One missing student is fixed, and its price gone: Ann alone goes, at 5."""
    problem = wards(Relief("short-staffed", 0, 2, (6,), eases="least"))
    fixed = fix_adjustments(problem, np.array([1]), np.array([True]))

    assert values(solve_exact(fixed)) == (5,)


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_reliefs_fixed_as_the_best_has_them_leave_the_best(seed: int) -> None:
    """Less what they cost."""
    quotas = random_quotas(seed)
    found = min(quotas.solutions(), key=lambda one: one[0], default=None)
    if found is None:
        return
    value, best = found
    fixed = fix_adjustments(quotas.problem, best.adjustments, np.ones(len(best.adjustments), dtype=bool))
    paid = best.adjustments @ quotas.problem.adjustment_prices

    assert values(solve_exact(fixed)) == tuple((np.array(value) - paid).tolist())


def test_a_problem_without_quotas_is_left_as_it_is() -> None:
    """Not even copied."""
    problem = Problem((Tier("cost", "NOK"),), (Resource("ward", "east", 0, 1),), ())

    assert in_rows(problem) is problem


def test_auto_takes_quotas_as_the_solvers_do() -> None:
    assert values(solve(wards())) == (12,)
