"""Options found by a function that prices them: the bound and the plan of column generation, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from random_quotas import random_quotas
from scenes.problems import jobs_and_agents, values

from allokering.problem import Choice, Floats, ListedOptions, Options, Problem, Resource, Tier
from allokering.problem_check import faults_of_options
from allokering.problem_pricing import PricedOptions, Pricing
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Status
from allokering.solvers.solve import solve

DAYS, SLOTS = 13, 10


def choices(listed: Options, resources: int) -> list[Choice]:
    """Listed options, written out."""
    every = np.arange(len(listed))
    usage, prices = listed.usage(every, resources).tocoo(), listed.prices(every).tolist()
    uses: list[dict[int, int]] = [{} for _ in every]
    for row, resource, amount in zip(usage.row.tolist(), usage.col.tolist(), usage.data.tolist(), strict=True):
        if amount:
            uses[row][resource] = amount
    return [Choice(listed.key(one), uses[one], tuple(prices[one])) for one in every.tolist()]


def priced(listed: Options, resources: int, *, is_told_all: bool) -> PricedOptions:
    """The same options behind a function that looks through all of them, but tells of three at most."""
    every = choices(listed, resources)

    def cost(choice: Choice, resource_prices: Floats, weights: Floats) -> float:
        used = sum(resource_prices[resource] * amount for resource, amount in choice.uses.items())
        return float(np.array(choice.prices) @ weights + used)

    def price(resource_prices: Floats, weights: Floats, most: int) -> Sequence[Choice]:
        return sorted(every, key=lambda choice: cost(choice, resource_prices, weights))[: min(most, 3)]

    def within(resource_prices: Floats, weights: Floats, limit: float) -> Sequence[Choice]:
        return [choice for choice in every if cost(choice, resource_prices, weights) <= limit]

    return PricedOptions(
        listed.actor,
        price,
        touched=sorted({resource for choice in every for resource in choice.uses}),
        dearest=tuple(max(one.prices[tier] for one in every) for tier in range(len(every[0].prices))),
        within=within if is_told_all else None,
    )


def telling(every: list[Choice]) -> Pricing:
    """A function that names the first of these options, whatever the prices."""

    def price(resource_prices: Floats, weights: Floats, most: int) -> Sequence[Choice]:  # noqa: ARG001
        return every[:most]

    return price


def with_pricing(problem: Problem, *, is_told_all: bool) -> Problem:
    """The same problem, its options behind functions."""
    width = len(problem.resources)
    return replace(problem, actors=tuple(priced(actor, width, is_told_all=is_told_all) for actor in problem.actors))


@pytest.mark.parametrize("is_told_all", [True, False])
@pytest.mark.parametrize("seed", range(40))
def test_column_generation_is_honest_about_options_it_has_not_seen(seed: int, is_told_all: bool) -> None:
    """A feasible plan, a bound that is none too high, and never "optimal" or "infeasible" where it is not."""
    quotas = random_quotas(seed)
    problem = with_pricing(quotas.problem, is_told_all=is_told_all)
    outcome, best = solve_large(problem), quotas.best()

    if best is None:
        assert outcome.status in (Status.INFEASIBLE, Status.UNKNOWN)
        return
    assert outcome.status is not Status.INFEASIBLE
    if outcome.solution is not None:
        assert problem.is_feasible(outcome.solution)
        assert problem.values(outcome.solution) == values(outcome) >= best
        assert outcome.tiers[0].bound <= best[0]
        assert outcome.status is not Status.OPTIMAL or values(outcome) == best


def test_a_search_that_is_told_all_within_its_gap_proves_the_optimum() -> None:
    """Generalised assignment with a gap at the root: the function that names what could be better closes it."""
    listed = jobs_and_agents(12, 4, 3)
    outcome = solve(with_pricing(listed, is_told_all=True))

    assert outcome.status is Status.OPTIMAL
    assert values(outcome) == values(solve_exact(listed))


def timetable(seed: int) -> tuple[Problem, Problem]:
    """Six pupils choose a slot on each of 13 days: 10^13 timetables each. And the same with an actor a day."""
    random = np.random.default_rng(seed)
    wishes = random.integers(0, 50, (6, DAYS, SLOTS))
    resources = tuple(Resource("slot", f"{day}-{slot}", 0, 1) for day in range(DAYS) for slot in range(SLOTS))

    def of_pupil(pupil: int) -> PricedOptions:
        def price(resource_prices: Floats, weights: Floats, most: int) -> Sequence[Choice]:
            costs = wishes[pupil] * weights[0] + resource_prices.reshape(DAYS, SLOTS)
            found = []
            for place in range(min(most, SLOTS)):  # the cheapest slots, then day by day those that are next best
                slots = np.argsort(costs, axis=1, kind="stable")[:, place].tolist()
                uses = {day * SLOTS + slot: 1 for day, slot in enumerate(slots)}
                regret = int(sum(wishes[pupil, day, slot] for day, slot in enumerate(slots)))
                found.append(Choice("-".join(map(str, slots)), uses, (regret,)))
            return found

        return PricedOptions(f"pupil-{pupil}", price, touched=range(DAYS * SLOTS), dearest=(DAYS * 50,))

    def of_day(pupil: int, day: int) -> ListedOptions:
        every = [Choice(str(slot), {day * SLOTS + slot: 1}, (int(wishes[pupil, day, slot]),)) for slot in range(SLOTS)]
        return ListedOptions.of(f"pupil-{pupil}-{day}", every)

    tiers = (Tier("regret", "points"),)
    whole = Problem(tiers, resources, tuple(of_pupil(pupil) for pupil in range(6)))
    apart = Problem(tiers, resources, tuple(of_day(pupil, day) for pupil in range(6) for day in range(DAYS)))
    return whole, apart


def test_ten_to_the_thirteenth_options_are_priced() -> None:
    """Days do not touch each other: the optimum is that of days apart, and the relaxation's bound reaches it."""
    whole, apart = timetable(1)
    outcome, by_day = solve(whole), solve_exact(apart)

    assert by_day.status is Status.OPTIMAL
    assert outcome.tiers[0].bound == by_day.tiers[0].value
    assert outcome.tiers[0].value >= by_day.tiers[0].value


def test_a_plan_to_start_from_may_use_an_option_that_was_never_named() -> None:
    """It is met by hand; the outcome is never worse."""
    whole, _ = timetable(2)
    numbers = []
    for place, actor in enumerate(whole.actors):
        assert isinstance(actor, PricedOptions)
        uses = {day * SLOTS + place: 1 for day in range(DAYS)}
        numbers.append(actor.meet(Choice(f"always {place}", uses, (400,))))

    assert numbers == [0] * 6
    assert [actor.find(f"always {place}") for place, actor in enumerate(whole.actors)] == [0] * 6


def test_the_exact_solver_wants_them_listed() -> None:
    whole, _ = timetable(1)

    with pytest.raises(ValueError, match=r"the options of pupil-0, .* are not listed"):
        solve_exact(whole)


def test_no_options_at_all_is_no_plan() -> None:
    nobody = PricedOptions("nobody", telling([]), touched=[], dearest=(0,))

    assert solve(Problem((Tier("cost", "NOK"),), (), (nobody,))).status is Status.INFEASIBLE


@pytest.mark.parametrize(
    ("choice", "fault"),
    [
        (Choice("a", {7: 1}, (1,)), "'a' uses resource 7, which is not among the touched"),
        (Choice("a", {0: 0.5}, (1,)), "'a' must use and cost whole numbers"),  # type: ignore[dict-item]
        (Choice("a", {0: 1}, (1, 2)), "'a' has 2 prices, not 1"),
        (Choice("a", {0: 1}, (99,)), r"'a' costs \(99,\), more than the dearest \(9,\)"),
        (Choice("known", {0: 1}, (2,)), "two options have the name 'known'"),
    ],
)
def test_an_option_that_cannot_be_is_refused(choice: Choice, fault: str) -> None:
    actor = PricedOptions("ann", telling([]), touched=[0], dearest=(9,))
    actor.meet(Choice("known", {0: 1}, (1,)))

    with pytest.raises(ValueError, match=fault):
        actor.meet(choice)


@pytest.mark.parametrize("is_told_all", [True, False])
def test_a_function_that_is_right_is_called_right(is_told_all: bool) -> None:
    problem = random_quotas(4).problem
    for actor in with_pricing(problem, is_told_all=is_told_all).actors:
        assert faults_of_options(actor, len(problem.resources), len(problem.tiers)) == []


def test_a_function_that_misses_the_cheapest_is_found_out() -> None:
    """It forgets what resources cost."""
    every = [Choice("near", {0: 1}, (1,)), Choice("far", {1: 1}, (2,))]
    actor = PricedOptions("ann", telling(every), touched=[0, 1], dearest=(2,))

    assert "cheapest is not the cheapest: another option costs less" in faults_of_options(actor, 2, 1)
