"""All tiers of a vast problem at once, then one by one: what that weighs, what it proves, and that nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from random_problems import random_problem
from scipy import sparse
from small_problems import bounds, values

from allokering.problem import ListedOptions, Problem, Resource, Solution, Tier
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation import driver as large_run
from allokering.solvers.column_generation import time_shares as large_time
from allokering.solvers.column_generation.bounds.root_node import seen_from
from allokering.solvers.column_generation.bounds.row_and_column_generation import Vast
from allokering.solvers.column_generation.lns import neighbourhoods as large_neighbourhood
from allokering.solvers.column_generation.master.column_pool import Pool
from allokering.solvers.column_generation.master.pricing import Pricer
from allokering.solvers.column_generation.scalarisation import all_at_once, mended, of_tier, paid_for
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.integer_bound import rounded_up
from allokering.solvers.mir_cuts import Separator
from allokering.solvers.outcome import Status, silent


def dear_or_short(actors: int) -> Problem:
    """Everybody chooses between one unit of the first tier, which weighs a million all at once, and ten million NOK."""
    option = sparse.csr_array((2, 1), dtype=np.int64)
    return Problem(
        (Tier("short", "residents", worth=100_000), Tier("cost", "NOK")),
        (Resource("row", "town", 0, 0),),
        tuple(
            ListedOptions(f"actor-{number}", ["short", "dear"], option, np.array([[1, 0], [0, 10**7]]))
            for number in range(actors)
        ),
    )


def test_a_tier_weighs_ten_times_its_worth_beside_the_next_in_whole_numbers() -> None:
    tiers = (Tier("first", "a", worth=1000), Tier("second", "b", worth=20_000), Tier("third", "c"))
    weights = all_at_once(Problem(tiers, (), ())).counts

    assert (weights / weights[2]).tolist() == [1000 * 10**2, 20_000 * 10, 1]
    assert np.array_equal(weights, np.rint(weights))


def test_plans_are_compared_tier_by_tier_or_by_what_they_weigh() -> None:
    problem = dear_or_short(1)
    first, second, both = of_tier(problem, 0), of_tier(problem, 1), all_at_once(problem)

    assert not first.is_better((1, 5), (1, 9))
    assert second.is_better((1, 5), (1, 9))
    assert second.is_better((0, 9), (1, 5))
    assert mended(problem, 0).is_better((1, 5), (1, 9))
    assert not mended(problem, 0).is_better((2, 0), (1, 9))
    assert both.is_better((1, 0), (0, 10**7))
    assert both.is_better((0, 10**6 - 1), (1, 0))


@pytest.mark.parametrize("seeds", [range(first, first + 40) for first in range(0, 120, 40)], ids=str)
def test_prices_of_all_at_once_never_prove_too_much_of_one_tier(seeds: range) -> None:
    """With the earlier ones held at their optima, no bound is above the optimum of a tier."""
    asked = 0
    for seed in seeds:
        raw = random_problem(seed)
        optimum = raw.best()
        if optimum is None or len(optimum) == 1:
            continue
        vast, pricer = Vast(Pool(raw.problem)), Pricer(raw.problem)
        relaxation = vast.beginning()
        relaxation.minimise(all_at_once(raw.problem).counts, 1e9)
        root, _ = vast.tighten(relaxation, pricer, Separator(raw.problem), Budget(None), None, lambda *_: None)
        for tier, best in enumerate(optimum):
            held = dict(enumerate(optimum[:tier]))
            seen = seen_from(root, pricer, tier, *paid_for(raw.problem, tier, held))
            assert seen.bound <= best + 1e-6, (seed, tier)
            asked += 1
    assert asked > 20


@pytest.mark.usefixtures("as_vast")
def test_what_all_at_once_gave_away_is_mended() -> None:
    """All at once, ten million are dearer than one million; but the first tier comes first.

    The price that holds the first one proves no more than itself of the second.
    """
    problem = dear_or_short(4)
    assert all_at_once(problem).is_better((4, 0), (0, 4 * 10**7))

    outcome = solve_large(problem)

    assert values(outcome) == (0, 4 * 10**7)
    assert bounds(outcome) == (0, 4 * 10**6)


@pytest.mark.usefixtures("as_vast")
@pytest.mark.parametrize("limit", [0.0, None])
def test_a_start_that_weighs_more_is_kept_where_it_is_better_tier_by_tier(limit: float | None) -> None:
    problem = dear_or_short(4)
    start = Solution(np.ones(4, dtype=np.int64), np.zeros(0, dtype=np.int64))

    outcome = solve_large(problem, start=start, time_limit=limit)

    assert values(outcome) == (0, 4 * 10**7)


@pytest.mark.usefixtures("as_vast")
@pytest.mark.parametrize("with_areas", [False, True])
@pytest.mark.parametrize("seeds", [range(first, first + 40) for first in range(0, 160, 40)], ids=str)
def test_no_bound_is_above_what_is_possible_with_the_earlier_tiers_as_they_are(seeds: range, with_areas: bool) -> None:
    """The bounds as they are found: an outcome never shows one above the value, which would hide a false one."""
    asked = 0
    for seed in seeds:
        raw = random_problem(seed)
        solutions = [value for value, _ in raw.solutions()]
        if len(raw.problem.tiers) == 1 or not solutions:
            continue
        run = large_run.Run(raw.problem, seed, 1, 5, Budget(None), silent)
        if not with_areas:
            run._raise_bound = lambda *_: None  # type: ignore[method-assign]
        for number in run.order:
            assert run.solve_tier(number), seed
            if number < len(raw.problem.tiers):
                possible = [one for one in solutions if all(one[held] <= run._holds[held] for held in range(number))]
                bound = run._bounds[number]
                assert bound is not None, seed
                assert bound <= min(one[number] for one in possible), (seed, number)
                asked += 1
    assert asked > 20


@pytest.mark.usefixtures("as_vast")
@pytest.mark.parametrize("seeds", [range(first, first + 20) for first in range(0, 60, 20)], ids=str)
def test_no_start_is_made_worse(seeds: range) -> None:
    for seed in seeds:
        problem = random_problem(seed).problem
        exact = solve_exact(problem)
        if exact.solution is not None:
            assert values(solve_large(problem, start=exact.solution)) == values(exact), seed


@pytest.mark.usefixtures("as_vast")
def test_the_number_of_workers_changes_nothing() -> None:
    for seed in range(20):
        one, two = (solve_large(random_problem(seed).problem, seed=1, workers=workers) for workers in (1, 2))
        assert (one.status, one.solution is None) == (two.status, two.solution is None)
        if one.solution is not None and two.solution is not None:
            assert one.solution.options.tolist() == two.solution.options.tolist()


@pytest.mark.usefixtures("as_vast")
def test_what_cannot_be_is_said_to_be_impossible() -> None:
    """Everybody uses one unit of what there is none of."""
    problem = dear_or_short(4)
    using = sparse.csr_array(np.ones((2, 1), dtype=np.int64))
    actors = tuple(ListedOptions(one.actor, ["a", "b"], using, one.prices(np.arange(2))) for one in problem.actors)

    outcome = solve_large(Problem(problem.tiers, problem.resources, actors))

    assert outcome.status is Status.INFEASIBLE


@pytest.mark.usefixtures("as_vast")
@pytest.mark.parametrize("worth", [(0, 1), (0, 0), (1, 0)])
def test_a_tier_worth_nothing_still_comes_in_its_turn(worth: tuple[int, int]) -> None:
    problem = dear_or_short(4)
    tiers = tuple(Tier(tier.name, tier.unit, one) for tier, one in zip(problem.tiers, worth, strict=True))
    actors = tuple(
        ListedOptions(
            one.actor, ["short", "dear"], sparse.csr_array((2, 1), dtype=np.int64), np.array([[1, 0], [0, 7]])
        )
        for one in problem.actors
    )

    outcome = solve_large(Problem(tiers, problem.resources, actors))

    assert values(outcome) == (0, 28)
    assert bounds(outcome)[0] <= 0
    assert bounds(outcome)[1] <= 28


def test_a_bound_left_of_a_large_number_gives_away_what_that_may_have_lost() -> None:
    assert rounded_up(300.6) == 301
    assert rounded_up(300.6, 1e12) == 300
    assert rounded_up(float("-inf")) is None


@pytest.mark.usefixtures("as_vast")
def test_interrupted_while_all_are_minimised_at_once_it_returns_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tier has been asked about by itself then, so its bound is what everybody's cheapest option costs."""

    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(large_neighbourhood.Neighbourhood, "draw", interrupted)
    monkeypatch.setattr(large_run.Run, "_is_done", lambda *_: False)
    outcome = solve_large(dear_or_short(4))

    assert outcome.notes == ("interrupted",)
    assert values(outcome) == (4, 0)
    assert bounds(outcome) == (0, 0)


@pytest.mark.usefixtures("as_vast")
@pytest.mark.parametrize("where", ["in the search", "after it"])
def test_interrupted_when_the_start_has_been_left_it_returns_to_it(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What weighs less all at once is not better tier by tier."""
    draw, told = large_neighbourhood.Neighbourhood.draw, []

    def interrupted(*given: object) -> object:
        if where == "after it" or told[-1] == 4:
            raise KeyboardInterrupt
        return draw(*given)  # type: ignore[arg-type]

    if where == "in the search":
        monkeypatch.setattr(large_neighbourhood.Neighbourhood, "draw", interrupted)
        monkeypatch.setattr(large_run.Run, "_is_done", lambda *_: False)
    else:
        monkeypatch.setattr(large_run, "seen_from", interrupted)
    start = Solution(np.ones(4, dtype=np.int64), np.zeros(0, dtype=np.int64))
    outcome = solve_large(
        dear_or_short(4), start=start, progress=lambda _name, value, _bound: told.append((value or 0) / 10**6)
    )

    assert min(told) == 4
    assert outcome.notes == ("interrupted",)
    assert values(outcome) == (0, 4 * 10**7)


def test_only_what_is_made_for_all_at_once_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = dear_or_short(4)
    assert large_run.Run(problem, 0, 1, 5, Budget(None), silent)._aims[0].weights.tolist() == [1, 0]
    monkeypatch.setattr(large_run, "VAST", 1)
    run = large_run.Run(problem, 0, 1, 5, Budget(None), silent)
    assert run._aims[0].weights.tolist() == mended(problem, 0).weights.tolist() == [1e9, 1]
    assert run.order == [2, 0, 1]


def test_time_is_shared_out_and_what_is_left_of_a_share_goes_to_the_next() -> None:
    whole = Budget(100.0)

    assert large_time.of_all(whole).left == pytest.approx(60, abs=1)
    assert large_time.of_tier(whole, 5, is_mended=False).left == pytest.approx(20, abs=1)
    assert large_time.of_tier(whole, 5, is_mended=True).left == pytest.approx(50, abs=1)
    assert large_time.of_tier(whole, 1, is_mended=True).left == pytest.approx(100, abs=1)
    assert large_time.of_areas(whole, is_told=True).left == pytest.approx(50, abs=1)
    assert large_time.of_areas(whole, is_told=False).left == pytest.approx(15, abs=1)
    assert large_time.of_bound(whole, is_first_plan_slow=True).left == pytest.approx(50, abs=1)
    assert large_time.of_bound(Budget(30.0), is_first_plan_slow=True).left == pytest.approx(5, abs=1)
    assert large_time.of_bound(Budget(5.0), is_first_plan_slow=True).left == 0
    assert large_time.of_bound(Budget(None), is_first_plan_slow=True).left is None
