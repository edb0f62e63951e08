"""The exact solver: every option at hand, tier by tier, to proven optimality, and one plan of those that are optimal.

Each tier is minimised with the earlier tiers held at the values reached; where every tier is proven, ties are broken
by prices drawn from names (`tie_breaking`), so that the plan is the same whatever machine, engine, seed and threads.

No engine is believed alone when it says that there is no plan, or hands over one that breaks a bound: both happen in
the versions in use (google/or-tools#5274; HiGHS 1.13, see `highs_api`). If one finds no plan at all, and weights of
rows do not prove it in integers (`certificate`), the other is asked; what it finds counts only if it keeps every bound,
in integers; a bound above a value reached is not believed.

A `parent` is what solving a like problem taught: its cuts, duals and plan are begun with, and where this problem only
restricts the parent's (checked in form), the parent's values are bounds: if its plan still holds, it is the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from allokering.problem import Problem, Solution
from allokering.problem_quotas import in_rows
from allokering.solvers.budget import Budget
from allokering.solvers.exact.completion import Completion
from allokering.solvers.exact.cp_sat import CpSatTiers
from allokering.solvers.exact.enumeration import Columns, all_columns
from allokering.solvers.exact.highs import HighsTiers
from allokering.solvers.exact.knowledge import Fingerprint, Inherited, Knowledge
from allokering.solvers.exact.relation import compared, fingerprint
from allokering.solvers.exact.tie_breaking import break_ties, changes
from allokering.solvers.exact.tier_by_tier import Reached, Tiers, tier_by_tier
from allokering.solvers.exact.trim import trimmed
from allokering.solvers.outcome import Note, Outcome, Progress, Status, TierOutcome, silent

Engine = Literal["cp-sat", "highs"]
OTHER: dict[Engine, Engine] = {"highs": "cp-sat", "cp-sat": "highs"}
ENGINES: dict[Engine, type[Tiers]] = {"highs": HighsTiers, "cp-sat": CpSatTiers}
INHERITED = "inherited"
"""The solver of a plan that a parent's proof already covers."""


def solve_exact(
    problem: Problem,
    *,
    seed: int = 0,
    workers: int = 1,
    work_limit: float | None = None,
    time_limit: float | None = None,
    budget: Budget | None = None,
    engine: Engine = "highs",
    start: Solution | None = None,
    progress: Progress = silent,
    parent: Knowledge | None = None,
    restricts: bool = False,
    near: Mapping[str, str] | None = None,
    is_canonical: bool = True,
) -> Outcome:
    """Solve a problem with all its options.

    Args:
        problem: what to solve.
        seed: of the engine's own randomness.
        workers: threads of the engine; the plan does not depend on them if every tier is solved to optimality.
        work_limit: deterministic work per tier, in the engine's own unit (about seconds); None for no limit.
        time_limit: seconds in all. A guard: where it strikes, the plan depends on the machine, and the outcome says so.
        budget: seconds and stop token of a whole that this is a part of, instead of `time_limit`.
        engine: the solver that does the work; the other one checks it.
        start: a feasible solution to begin from; the outcome is never worse.
        progress: told what is known of each tier, as it becomes known.
        parent: what a like problem taught.
        restricts: is the problem claimed to be a restriction of the parent's? It is used only if it is one in form.
            What a relaxation inherits, the parent's plan, is tried whatever the problem is.
        near: keys of options by actor: among equal plans, the one with the fewest other ones, then the canonical one.
            None: those of the parent, if there is one.
        is_canonical: are ties broken? To ask only what is possible, or what it costs, they need not be.

    Raises:
        ValueError: an actor's options are not listed.
    """
    problem = in_rows(problem)
    unlisted = [actor.actor for actor in problem.actors if not actor.is_listed]
    if unlisted:
        raise ValueError(f"the options of {', '.join(unlisted)} are not listed: only solve_large can price them")
    budget = Budget(time_limit) if budget is None else budget
    inherited, repaired = None, None
    if parent is not None:
        inherited = inheritance(problem, parent, restricts=restricts)
        completion = Completion(problem)
        repaired = repair(problem, parent, budget, completion)
        is_near = near is None or near == parent.options
        if is_near and repaired is not None and inherited.answers(problem.values(repaired)):
            return _inherited(completion, inherited, repaired, budget)
        near = parent.options if near is None else near
    start = min((one for one in (start, repaired) if one is not None), key=problem.values, default=None)
    columns = all_columns(problem)
    known = None if start is None else columns.represented(start)
    outcome: Outcome | None = None
    for name in (engine, OTHER[engine]):
        model = ENGINES[name](
            columns, seed=seed, workers=workers, work_limit=work_limit, budget=budget, start=known, inherited=inherited
        )
        then = () if near is None else (changes(columns, near),)
        reached = tier_by_tier(columns, model, known, progress, then)
        form = None if inherited is None else inherited.fingerprint
        outcome = _outcome(columns, model, name, budget, reached, form, is_canonical=is_canonical)
        if outcome.solution is not None:
            break
        if name == engine and budget.is_over:
            # There is no time to ask the other one, and this one is not believed alone.
            return replace(outcome, status=Status.UNKNOWN)
        if outcome.status is Status.INFEASIBLE and model.is_impossible:
            break
    assert outcome is not None  # noqa: S101 - there are two engines
    return outcome


def inheritance(problem: Problem, parent: Knowledge, *, restricts: bool) -> Inherited:
    """What a parent leaves to the problem; that it is a restriction is checked in form."""
    if not restricts or parent.fingerprint is None:
        return Inherited(parent, is_restricted=False)
    found, own = compared(parent.fingerprint, problem)
    return Inherited(parent, found.restricts, own)


def repair(
    problem: Problem, parent: Knowledge, budget: Budget, completion: Completion | None = None
) -> Solution | None:
    """The parent's options, with the cheapest adjustments here; None where an option or adjustment is missing."""
    options = [actor.find(parent.options.get(actor.actor, "")) for actor in problem.actors]
    if None in options:
        return None
    completion = Completion(problem) if completion is None else completion
    return completion.cheapest(np.array(options, dtype=np.int64), budget)


def _inherited(completion: Completion, inherited: Inherited, start: Solution, budget: Budget) -> Outcome:
    """The parent's plan, which a restriction of its problem cannot do better than."""
    problem, parent = completion.problem, inherited.knowledge
    completed = completion.canonical(start.options, budget)
    solution = start if completed is None else completed.solution
    tiers = tuple(
        TierOutcome(tier, value, value, Status.OPTIMAL, 0.0)
        for tier, value in zip(problem.tiers, parent.values, strict=True)
    )
    is_unique = completed is not None and completed.is_unique
    known = replace(parent, fingerprint=inherited.fingerprint or fingerprint(problem))
    return Outcome(Status.OPTIMAL, solution, tiers, INHERITED, budget.seconds, (), is_unique, known)


def _outcome(
    columns: Columns,
    model: Tiers,
    name: str,
    budget: Budget,
    reached: Reached,
    form: Fingerprint | None,
    *,
    is_canonical: bool,
) -> Outcome:
    problem, best = columns.problem, reached.solution
    if best is None:
        notes = (Note.INTERRUPTED,) if budget.stopped else (Note.STRUCK,) if budget.struck else ()
        return Outcome(reached.status, None, (), name, budget.seconds, notes, bound=reached.bound)
    is_unique = False
    if reached.is_proven and is_canonical:
        broken = break_ties(columns, model, best, budget)
        best, is_unique = broken.solution, broken.is_unique
    best = best if is_unique else trimmed(problem, best)
    # Where time was up, the search of a later tier may have come upon a better value of an earlier one.
    outcome = Outcome(Status.FEASIBLE, best, reached.tiers, name, budget.seconds, (), is_unique)
    outcome = outcome.with_solution(problem, best)
    is_cut_short = budget.is_over and outcome.status is Status.FEASIBLE
    return replace(
        outcome, notes=(Note.STRUCK,) if is_cut_short else (), knowledge=_taught(columns, model, outcome, best, form)
    )


def _taught(columns: Columns, model: Tiers, outcome: Outcome, best: Solution, form: Fingerprint | None) -> Knowledge:
    """What a like problem can begin with."""
    actors = columns.problem.actors
    options = {actor.actor: actor.key(int(option)) for actor, option in zip(actors, best.options, strict=True)}
    values, bounds = (tuple(getattr(tier, what) for tier in outcome.tiers) for what in ("value", "bound"))
    # What broke ties is of this problem alone.
    duals = {number: duals for number, duals in model.duals.items() if number < len(values)}
    return Knowledge(options, values, bounds, duals, model.cuts, form or fingerprint(columns.problem))
