"""The exact solver: the value that trying everything finds, in every tier, by both engines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_problems import random_problem
from scenes.problems import jobs_and_agents, values
from scipy import sparse

from allokering.problem import ListedOptions, Problem, Relief, Resource, Solution, Tier, Transfer
from allokering.solvers.budget import Budget
from allokering.solvers.exact import solve as exact
from allokering.solvers.exact.completion import complete
from allokering.solvers.exact.enumeration import Columns, all_columns
from allokering.solvers.exact.knowledge import CutName, Duals
from allokering.solvers.exact.objectives import Group, Objective, alone, tiers_of
from allokering.solvers.exact.solve import ENGINES, Engine, solve_exact
from allokering.solvers.outcome import Report, Status, TierAnswer


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    name: Engine = request.param
    return name


@pytest.fixture
def is_alone(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """The engine is its own second opinion, so that no other one makes up for its faults."""
    monkeypatch.setattr(exact, "OTHER", {engine: engine})


def of_tiers(problem: Problem, tiers: int) -> Problem:
    """The same with the first tiers only."""
    return replace(
        problem,
        tiers=problem.tiers[:tiers],
        actors=tuple(
            ListedOptions(
                actor.actor,
                [actor.key(option) for option in range(len(actor))],
                actor.usage(np.arange(len(actor)), len(problem.resources)),
                actor.prices(np.arange(len(actor)))[:, :tiers],
            )
            for actor in problem.actors
        ),
        reliefs=tuple(replace(relief, prices=relief.prices[:tiers]) for relief in problem.reliefs),
    )


def first_agent_does_it_all(problem: Problem) -> Solution:
    """Feasible by overtime of one agent, and dear."""
    options = np.zeros(len(problem.actors), dtype=np.int64)
    used = sum(int(actor.usage(np.array([0]), len(problem.resources)).sum()) for actor in problem.actors)
    overtime = np.zeros(len(problem.reliefs), dtype=np.int64)
    overtime[0] = max(0, used - int(problem.bounds[0]))
    return Solution(options, overtime)


@pytest.mark.usefixtures("is_alone")
@pytest.mark.parametrize("seeds", [range(first, first + 10) for first in range(0, 100, 10)], ids=str)
def test_each_engine_finds_what_trying_everything_finds(engine: Engine, seeds: range) -> None:
    """The optimum of every tier is proven; where nothing is feasible the engine says so itself."""
    for seed in seeds:
        raw = random_problem(seed)
        expected = raw.best()
        outcome = solve_exact(raw.problem, engine=engine)
        if expected is None:
            assert (outcome.status, outcome.solution, outcome.tiers) == (Status.INFEASIBLE, None, ()), seed
        else:
            assert outcome.status is Status.OPTIMAL, seed
            assert values(outcome) == expected, seed
            assert outcome.solution is not None
            assert raw.problem.is_feasible(outcome.solution), seed
            assert raw.problem.values(outcome.solution) == expected, seed
            assert [tier.bound for tier in outcome.tiers] == list(expected), seed


def test_random_problems_are_feasible_and_not() -> None:
    """The test above tells nothing of answers that never occur."""
    feasible = sum(random_problem(seed).best() is not None for seed in range(100))

    assert 30 < feasible < 90


@pytest.mark.parametrize("options", [0, 1])
def test_both_engines_say_infeasible(engine: Engine, options: int) -> None:
    """Of an actor without options, and of one whose only option is more than the bound."""
    usage = sparse.csr_array(np.full((options, 1), 3))
    actor = ListedOptions("ann", ["all"] * options, usage, np.zeros((options, 1), dtype=np.int64))
    problem = Problem((Tier("cost", "NOK"),), (Resource("row", "town", 0, 2),), (actor,))
    columns = all_columns(problem)
    model = ENGINES[engine](columns, seed=0, workers=1, work_limit=None, budget=Budget(None), start=None)

    answer = model.minimise(alone(tiers_of(columns)[0]), lambda *_: None)

    assert answer == TierAnswer(Status.INFEASIBLE, None, None)
    assert solve_exact(problem, engine=engine).status is Status.INFEASIBLE


def test_a_problem_without_actors_is_solved(engine: Engine) -> None:
    """Residents are short of places, and nobody comes: the cheaper relief first."""
    problem = Problem(
        (Tier("cost", "NOK"),),
        (Resource("coverage", "town", 0, -10),),
        (),
        (Relief("locum", 0, 6, (2,)), Relief("without", 0, 10, (5,))),
    )

    outcome = solve_exact(problem, engine=engine)

    assert values(outcome) == (6 * 2 + 4 * 5,)
    assert outcome.solution is not None
    assert outcome.solution.adjustments.tolist() == [6, 4]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_seed_gives_the_same_solution(engine: Engine, workers: int) -> None:
    """Not only the same value."""
    problem = jobs_and_agents(8, 3, seed=1, tiers=2)
    first, second = (solve_exact(problem, engine=engine, seed=5, workers=workers) for _ in range(2))

    assert first.solution is not None
    assert second.solution is not None
    assert first.solution.options.tolist() == second.solution.options.tolist()
    assert first.solution.adjustments.tolist() == second.solution.adjustments.tolist()


def test_the_seed_does_not_change_the_value(engine: Engine) -> None:
    problem = jobs_and_agents(8, 3, seed=2, tiers=2)

    assert len({values(solve_exact(problem, engine=engine, seed=seed)) for seed in (0, 1, 7)}) == 1


def test_no_time_at_all_gives_no_false_promise(engine: Engine) -> None:
    """Whatever is found is feasible and not below its bound; the outcome says that time was up."""
    problem = jobs_and_agents(40, 8, seed=3, tiers=2)

    outcome = solve_exact(problem, engine=engine, time_limit=0.0)

    if outcome.solution is None:
        assert (outcome.status, outcome.tiers) == (Status.UNKNOWN, ())
        best = solve_exact(problem, start=None, engine="cp-sat", time_limit=5.0).tiers[0]
        assert outcome.bound is not None
        assert outcome.bound <= best.value
    else:
        assert outcome.status is Status.FEASIBLE
        assert problem.is_feasible(outcome.solution)
        assert values(outcome) == problem.values(outcome.solution)
        assert all(tier.bound <= tier.value for tier in outcome.tiers)
    assert outcome.notes == ("the time limit struck",)


@pytest.mark.parametrize("tiers", [1, 2])
def test_an_outcome_says_that_time_was_up(engine: Engine, tiers: int) -> None:
    """Also where the only tier, or the last, was cut short; a search that is done in time says nothing."""
    cut = solve_exact(of_tiers(jobs_and_agents(70, 10, seed=3, tiers=2), tiers), engine=engine, time_limit=0.1)
    done = solve_exact(of_tiers(jobs_and_agents(3, 2, seed=3, tiers=2), tiers), engine=engine, time_limit=600.0)

    assert cut.status in {Status.FEASIBLE, Status.UNKNOWN}
    assert all(tier.bound <= tier.value for tier in cut.tiers)
    assert cut.notes == ("the time limit struck",)
    assert (done.status, done.notes) == (Status.OPTIMAL, ())


def test_a_start_is_never_made_worse(engine: Engine) -> None:
    """With no time to do better it comes back, or something better does."""
    problem = jobs_and_agents(40, 8, seed=3, tiers=2)
    start = first_agent_does_it_all(problem)
    assert problem.is_feasible(start)

    outcome = solve_exact(problem, engine=engine, time_limit=0.0, start=start)

    assert outcome.status is Status.FEASIBLE
    assert outcome.solution is not None
    assert problem.values(outcome.solution) <= problem.values(start)
    assert values(outcome) == problem.values(outcome.solution)
    assert all(tier.bound <= tier.value for tier in outcome.tiers)
    assert outcome.notes == ("the time limit struck",)


def test_a_start_does_not_change_the_optimum(engine: Engine) -> None:
    """A bad one is left, and the best one is kept."""
    problem = jobs_and_agents(8, 3, seed=4, tiers=2)
    best = solve_exact(problem, engine=engine)
    assert best.solution is not None

    for start in (first_agent_does_it_all(problem), best.solution):
        assert values(solve_exact(problem, engine=engine, start=start)) == values(best)


def test_every_tier_is_told(engine: Engine) -> None:
    """The last thing told of each tier is its value and bound, in the order of the tiers."""
    told: dict[str, tuple[int | None, int | None]] = {}
    outcome = solve_exact(
        jobs_and_agents(6, 3, seed=5, tiers=2),
        engine=engine,
        progress=lambda tier, value, bound, *_: told.update({tier: (value, bound)}),
    )

    assert list(told.items()) == [(tier.tier.name, (tier.value, tier.bound)) for tier in outcome.tiers]


class Engines:
    """Engines that answer what they are told to, one answer per tier."""

    def __init__(self, *answers: TierAnswer) -> None:
        self._answers = list(answers)
        self.duals: dict[int, Duals] = {}
        self.cuts: tuple[CutName, ...] = ()
        self.is_impossible = False

    def __call__(self, columns: Columns, **_: object) -> Engines:  # noqa: ARG002
        """An engine is made of its columns."""
        return self

    def begin(self, objectives: list[Objective]) -> None:
        """Nothing is done before the first tier."""

    def group(self, objectives: list[Objective]) -> Group:
        """One tier at a time."""
        return alone(objectives[0])

    def minimise(self, group: Group, report: Report) -> TierAnswer:  # noqa: ARG002
        """The next answer."""
        return self._answers.pop(0)

    def hold(self, part: Objective, value: int) -> None:
        """Nothing to hold."""


def two_tiers() -> Problem:
    """One actor: dear and quick, or cheap and slow, or impossible."""
    usage = sparse.csr_array(np.array([[0], [0], [1]]))
    actor = ListedOptions("ann", ["dear", "cheap", "impossible"], usage, np.array([[9, 1], [4, 7], [0, 0]]))
    return Problem((Tier("cost", "NOK"), Tier("days", "days")), (Resource("row", "town", 0, 0),), (actor,))


def chose(option: int) -> Solution:
    """The actor's option, and nothing adjusted."""
    return Solution(np.array([option]), np.zeros(0, dtype=np.int64))


@pytest.mark.parametrize("answer", [TierAnswer(Status.INFEASIBLE, None, None), TierAnswer(Status.OPTIMAL, 0, chose(2))])
def test_an_engine_that_is_wrong_is_not_believed(monkeypatch: pytest.MonkeyPatch, answer: TierAnswer) -> None:
    """One that finds nothing, or a solution that breaks a bound: the other engine answers."""
    monkeypatch.setitem(exact.ENGINES, "highs", Engines(answer))

    outcome = solve_exact(two_tiers(), engine="highs")

    assert (outcome.status, values(outcome), outcome.solver) == (Status.OPTIMAL, (4, 7), "cp-sat")


def test_a_tier_that_a_later_one_improves_has_its_final_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of time in the first tier, the search of the second comes upon something better in the first."""
    answers = (TierAnswer(Status.FEASIBLE, 2, chose(0)), TierAnswer(Status.FEASIBLE, 0, chose(1)))
    monkeypatch.setitem(exact.ENGINES, "highs", Engines(*answers))
    problem = two_tiers()

    outcome = solve_exact(problem, engine="highs")

    assert outcome.solution is not None
    assert values(outcome) == problem.values(outcome.solution) == (4, 7)
    assert [tier.bound for tier in outcome.tiers] == [2, 0]
    assert outcome.status is Status.FEASIBLE


def test_twins_and_rows_that_never_bind_are_left_out() -> None:
    """Of two options alike the first is kept; a row that no choice can break is dropped, one that can is not."""
    usage = np.array([[2, 1], [2, 1], [0, 1]])
    actors = tuple(
        ListedOptions(name, ["left", "twin", "right"], sparse.csr_array(usage), np.array([[1], [1], [1]]))
        for name in ("ann", "bo")
    )
    # Together at most 4 of the first row and 2 of the second.
    resources = (Resource("row", "binds", 0, 3), Resource("row", "is-loose", 0, 2))
    problem = Problem((Tier("cost", "NOK"),), resources, actors)

    columns = all_columns(problem)

    assert columns.rows.tolist() == [0]
    assert columns.actor.tolist() == [0, 0, 1, 1]
    assert columns.option.tolist() == [0, 2, 0, 2]
    assert columns.usage.toarray().tolist() == [[2], [0], [2], [0]]


def test_a_twin_stands_for_an_option_that_is_left_out() -> None:
    """Of a start that comes with the other one."""
    usage = sparse.csr_array(np.array([[0], [2], [2]]))
    actor = ListedOptions("ann", ["none", "left", "twin"], usage, np.array([[1], [1], [1]]))
    problem = Problem((Tier("cost", "NOK"),), (Resource("row", "town", 0, 1),), (actor,), (Relief("more", 0, 3, (1,)),))
    columns = all_columns(problem)

    assert columns.option.tolist() == [0, 1]
    for option, stands_for in ((0, 0), (1, 1), (2, 1)):
        found = columns.represented(Solution(np.array([option]), np.array([1])))
        assert (found.options.tolist(), found.adjustments.tolist()) == ([stands_for], [1])


def test_options_that_differ_only_in_a_row_that_never_binds_are_twins() -> None:
    """And those that differ in price are not."""
    usage = sparse.csr_array(np.array([[1, 0], [0, 0], [0, 0]]))
    actor = ListedOptions("ann", ["left", "right", "dear"], usage, np.array([[1], [1], [2]]))
    problem = Problem((Tier("cost", "NOK"),), (Resource("r", "a", 0, 1), Resource("r", "b", 0, 0)), (actor,))

    assert all_columns(problem).option.tolist() == [0, 2]


@pytest.mark.parametrize("most", [1, 2])
def test_a_row_that_a_transfer_can_fill_is_kept(most: int) -> None:
    """Two may come from the other row; the bound is one."""
    actor = ListedOptions("ann", ["only"], sparse.csr_array(np.array([[2, 0]])), np.array([[0]]))
    resources = (Resource("row", "from", 0, 0), Resource("row", "to", 0, 1))
    transfer = Transfer("across", 0, 1, most, (0,))
    problem = Problem((Tier("cost", "NOK"),), resources, (actor,), transfers=(transfer,))

    assert all_columns(problem).rows.tolist() == ([0, 1] if most == 2 else [0])


@pytest.mark.parametrize("seed", range(30))
def test_reductions_keep_the_optimum(seed: int) -> None:
    """The best among the reduced columns is the best of all; nothing feasible among them is infeasible in the rows."""
    raw = random_problem(seed)
    columns = all_columns(raw.problem)
    kept = set(zip(columns.actor.tolist(), columns.option.tolist(), strict=True))
    among = [
        value
        for value, found in raw.solutions()
        if all((actor, int(option)) in kept for actor, option in enumerate(found.options))
    ]

    assert min(among, default=None) == raw.best()


def test_completion_finds_the_cheapest_adjustments() -> None:
    """With the options given; None where no adjustment makes them feasible."""
    for seed in range(25):
        raw = random_problem(seed)
        first = np.zeros(len(raw.actors), dtype=np.int64)
        of_first = [value for value, found in raw.solutions() if found.options.tolist() == first.tolist()]
        found = complete(raw.problem, first)
        assert (None if found is None else raw.problem.values(found)) == min(of_first, default=None), seed
        assert found is None or found.options.tolist() == first.tolist(), seed
