"""What a parent taught changes no answer: not its values, not what is said of them, whatever is claimed."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from random_problems import RawProblem, random_problem

from allokering.problem import ListedOptions, Problem
from allokering.solvers.exact.first_sentence import first_sentence
from allokering.solvers.exact.knowledge import Knowledge
from allokering.solvers.exact.relation import Relation, compared, fingerprint, relation
from allokering.solvers.exact.solve import INHERITED, solve_exact
from allokering.solvers.outcome import Outcome, Status


def without_an_option(problem: Problem, draw: Random) -> Problem:
    """One actor has an option less."""
    number = draw.randrange(len(problem.actors))
    actor = problem.actors[number]
    lost = draw.randrange(len(actor))
    left = np.array([option for option in range(len(actor)) if option != lost], dtype=np.int64)
    keys = [actor.key(int(option)) for option in left]
    fewer = ListedOptions(actor.actor, keys, actor.usage(left, len(problem.resources)), actor.prices(left))
    return replace(problem, actors=(*problem.actors[:number], fewer, *problem.actors[number + 1 :]))


def with_bound(problem: Problem, draw: Random, by: int) -> Problem:
    """One resource has another bound."""
    number = draw.randrange(len(problem.resources))
    rows = list(problem.resources)
    rows[number] = replace(rows[number], bound=rows[number].bound + by)
    return replace(problem, resources=tuple(rows))


def changed(problem: Problem, seed: int) -> tuple[Problem, Relation]:
    """A problem that restricts this one or relaxes it, and which."""
    draw = Random(seed)
    kind = seed % 3
    if kind == 0:
        return without_an_option(problem, draw), Relation(restricts=True, relaxes=False)
    if kind == 1:
        return with_bound(problem, draw, -1), Relation(restricts=True, relaxes=False)
    return with_bound(problem, draw, draw.randint(1, 3)), Relation(restricts=False, relaxes=True)


def solved(seeds: range) -> Iterator[tuple[int, RawProblem, Knowledge]]:
    """Random problems with what solving them taught, as it comes from a file."""
    for seed in seeds:
        raw = random_problem(seed)
        knowledge = solve_exact(raw.problem).knowledge
        if knowledge is not None:
            yield seed, raw, pickle.loads(pickle.dumps(knowledge))  # noqa: S301 - our own


def said(outcome: Outcome) -> tuple[Status, list[tuple[int, int]]]:
    """Values and bounds."""
    return outcome.status, [(tier.value, tier.bound) for tier in outcome.tiers]


@pytest.mark.parametrize("claims", [True, False])
def test_a_parent_changes_no_value(claims: bool) -> None:
    """Of problems that restrict or relax it, whether or not they are said to restrict it."""
    inherited = 0
    for seed, raw, parent in solved(range(60)):
        problem, _ = changed(raw.problem, seed)
        cold = solve_exact(problem)

        warm = solve_exact(problem, parent=parent, restricts=claims)

        assert said(warm) == said(cold), seed
        assert warm.is_unique == cold.is_unique
        assert warm.solution is None or problem.values(warm.solution) == tuple(value for value, _ in said(warm)[1])
        inherited += warm.solver == INHERITED
    assert (inherited > 3) == claims


def test_a_parents_plan_stays_where_it_is_as_good_as_any() -> None:
    """The canonical plan of a changed problem moves actors for nothing; an answer does not."""
    for seed, raw, parent in solved(range(60)):
        problem, _ = changed(raw.problem, seed)
        keys = [parent.options[actor.actor] for actor in problem.actors]
        warm = solve_exact(problem, parent=parent, restricts=True)
        kept = [actor.find(key) for actor, key in zip(problem.actors, keys, strict=True)]
        if warm.solution is None or None in kept:
            continue
        of_kept = [value for value, one in raw_solutions(problem, raw) if one == kept]
        if of_kept and min(of_kept) == problem.values(warm.solution):
            chosen = zip(problem.actors, warm.solution.options, strict=True)
            assert [actor.key(int(option)) for actor, option in chosen] == keys, seed


def raw_solutions(problem: Problem, raw: RawProblem) -> Iterator[tuple[tuple[int, ...], list[int | None]]]:
    """Solutions of a problem that differs from a raw one in bounds only, or has fewer options: values and options."""
    for value, found in replace(raw, bounds=tuple(problem.bounds.tolist())).solutions():
        keys = [actor.key(int(option)) for actor, option in zip(raw.problem.actors, found.options, strict=True)]
        yield value, [actor.find(key) for actor, key in zip(problem.actors, keys, strict=True)]


def test_relations_are_seen_in_form() -> None:
    """A subset of options and smaller bounds restrict; larger bounds relax; other prices do neither."""
    for seed in range(60):
        problem = random_problem(seed).problem
        parent = fingerprint(problem)
        other, expected = changed(problem, seed)
        dearer = replace(
            problem, reliefs=tuple(replace(one, prices=(99,) * len(one.prices)) for one in problem.reliefs)
        )

        found = relation(parent, other)

        # Of two options that use and cost the same, one may go, and the problem is still a relaxation too.
        assert found.restricts == expected.restricts, seed
        assert found.relaxes or not expected.relaxes, seed
        assert relation(parent, problem) == Relation(restricts=True, relaxes=True)
        neither = Relation(restricts=False, relaxes=False)
        assert relation(parent, dearer) == (neither if problem.reliefs else Relation(restricts=True, relaxes=True))


def test_a_form_made_for_comparing_is_the_form() -> None:
    """What a comparison hands on is what would be made anew, and nothing if a resource is not among the parent's."""
    for seed in range(40):
        problem = random_problem(seed).problem
        other, _ = changed(problem, seed)
        same = fingerprint(other)
        fewer = replace(fingerprint(problem), bounds={})

        form = compared(fingerprint(problem), other)[1]

        assert form is not None
        assert (form.bounds, form.adjustments, form.tiers) == (same.bounds, same.adjustments, same.tiers)
        assert all(np.array_equal(form.options[actor], hashes) for actor, hashes in same.options.items())
        assert compared(fewer, other)[1] is None


def test_a_claim_that_is_false_is_not_believed() -> None:
    """One more unit of a bound, said to restrict: the better plan is found."""
    better = 0
    for seed, raw, parent in solved(range(60)):
        problem = with_bound(raw.problem, Random(seed), 3)
        expected = min((value for value, _ in raw_solutions(problem, raw)), default=None)

        warm = solve_exact(problem, parent=parent, restricts=True)

        assert warm.solution is not None
        assert problem.values(warm.solution) == expected, seed
        better += expected != parent.values
    assert better > 5


def test_a_first_sentence_is_true() -> None:
    """Possible where a plan is, impossible where none is, and a bound that no plan is below."""
    told = []
    for seed, raw, parent in solved(range(60)):
        problem, _ = changed(raw.problem, seed)
        expected = [value for value, one in raw_solutions(problem, raw) if None not in one]

        sentence = first_sentence(problem, parent, restricts=True)

        told.append(sentence.is_possible)
        assert sentence.is_possible in (None, bool(expected)), seed
        if sentence.solution is not None:
            assert problem.is_feasible(sentence.solution)
        if expected and sentence.bound is not None:
            assert sentence.bound <= min(expected)[0]
    assert told.count(True) > 20
    assert told.count(False) >= 3
