"""The whole job: instance + model -> verified plan. Placement, then the stages, then the verifier, then the folder."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from allokering.engine.build import build
from allokering.engine.conflict import explain_infeasible
from allokering.errors import NoPlanInTime, NoPlanPossible, StageFailed
from allokering.files.plan_files import is_plan, read_plan, write_plan
from allokering.files.publishing import check_place
from allokering.files.reading import WORKBOOK
from allokering.formulation.placement import options_of_plan, placement_plan
from allokering.formulation.scope import Objective
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import ContentHash, Plan, PlanHeader, TierResult
from allokering.problem import Problem, Solution
from allokering.solvers.column_generation.driver import NAME as LARGE
from allokering.solvers.exact.completion import complete
from allokering.solvers.outcome import Note, Outcome, Progress, Status, silent
from allokering.solvers.solve import Solver, solve
from allokering.stages.groups import form_groups
from allokering.stages.list_program import available_solver
from allokering.stages.lists import set_lists
from allokering.stages.supervision import name_supervisors
from allokering.verifier.verify import verify
from allokering.workbook.plan_workbook import is_plan_workbook, write_plan_workbook

STAGE_WORK = 60.0
"""Deterministic work that naming supervisors, or forming groups, may take; the gap is reported where it strikes."""
VERSIONED = ("allokering", "highspy", "ortools", "pulp", "numpy", "scipy")
"""Packages whose versions can change a plan."""


@dataclass(frozen=True)
class Wanted:
    """How the job is to be done."""

    objective: Objective = "lexicographic"
    seed: int = 0
    workers: int = 1
    time_limit: float | None = None
    solver: Solver = "auto"
    list_solver: str = "cbc"
    start: Plan | None = None


def unheard(stage: str) -> None:
    """A stage begins, and nobody is told."""


def make_plan(
    instance: Instance,
    model: Model,
    wanted: Wanted,
    progress: Progress = silent,
    stage: Callable[[str], None] = unheard,
) -> Plan:
    """Solve the placement and every stage; the plan is whole but not yet verified.

    Raises:
        NoPlanPossible: no plan can satisfy the hard rules.
        NoPlanInTime: the time was up before a first plan.
        StageFailed: a stage could not finish what the placement promised.
    """
    began = time.monotonic()
    stage(say("placement"))
    problem = build(instance, model, wanted.objective)
    start = _start(instance, problem, wanted.start)
    outcome = solve(
        problem,
        solver=wanted.solver,
        seed=wanted.seed,
        workers=wanted.workers,
        time_limit=wanted.time_limit,
        start=start,
        progress=progress,
    )
    if outcome.status is Status.INFEASIBLE:
        told = say("No plan can satisfy the hard rules of {instance}.", instance=instance.name)
        raise NoPlanPossible(f"{told}\n  {explain_infeasible(instance, model, wanted.objective)}")
    if outcome.solution is None:
        raise NoPlanInTime(say("No plan was found in {seconds} seconds.", seconds=f"{outcome.seconds:.1f}"))
    if outcome.solver == LARGE or outcome.status is not Status.OPTIMAL:
        outcome = _with_cheapest_adjustments(problem, outcome, outcome.solution)
    assert outcome.solution is not None  # noqa: S101 - there was one
    plan = placement_plan(instance, model, problem, outcome.solution)
    stage(say("supervision"))
    supervision = name_supervisors(instance, model, plan, seed=wanted.seed, work_limit=STAGE_WORK)
    stage(say("groups"))
    groups = form_groups(instance, model, plan, seed=wanted.seed, work_limit=STAGE_WORK)
    stage(say("lists"))
    plan = replace(plan, supervision=supervision.rows, groups=groups.rows)
    lists = set_lists(instance, model, plan, solver=wanted.list_solver)
    plan = replace(plan, lists=lists.rows)
    is_lost = wanted.start is not None and start is None
    notes = tuple(_notes(outcome, plan, struck=supervision.struck or groups.struck, is_lost=is_lost))
    stages = (*supervision.tiers, *groups.tiers, *lists.tiers)
    return replace(plan, header=_header(instance, model, wanted, outcome, stages, notes, time.monotonic() - began))


def _notes(outcome: Outcome, plan: Plan, *, struck: bool, is_lost: bool) -> Iterator[str]:
    """What a reader of the plan must know that its tables do not say.

    Args:
        outcome: of the placement.
        plan: the whole of it.
        struck: a clock broke a stage off.
        is_lost: an earlier plan was given to begin from, and could not be.
    """
    if is_lost:
        yield say("what is left of the earlier plan breaks a rule today: the search began from nothing")
    if Note.INTERRUPTED in outcome.notes:
        yield say("the search for placements was interrupted: this is the best plan until then")
    if Note.STRUCK in outcome.notes:
        yield say("time cut the search for placements short: another run may end with another plan")
    if struck:
        yield say(
            "the search for supervisors or groups took too long and was broken off: another run may end with others"
        )
    if any(row.expected_permille is not None for row in plan.placements):
        yield say(
            "some positions are still to be announced: their lists count by the chance that the announcement fills them"
        )


def publish(instance: Instance, model: Model, plan: Plan, target: Path) -> None:
    """Write the plan, read it back, verify what was read, and only then let it stand as `target`.

    A plan is a folder, or a workbook if `target` ends in `.xlsx`.

    Raises:
        StageFailed: the written plan does not verify; nothing is published.
        UsageError: the target cannot be written.
    """

    def inspect(written: Path) -> None:
        verdict = verify(instance, model, read_plan(written))
        if not verdict.ok:
            broken = "\n".join(f"  {violation}" for violation in verdict.violations)
            raise StageFailed(say("The plan made does not verify; nothing is published:") + "\n" + broken)

    if target.suffix.casefold() == WORKBOOK:
        write_plan_workbook(instance, plan, target, inspect)
    else:
        write_plan(plan, target, inspect)


def check_wanted(wanted: Wanted, target: Path) -> None:
    """What can be known to fail after the work is found out before it.

    Raises:
        UsageError: the target cannot be written, or the list solver is not installed.
    """
    check_place(target, is_plan_workbook if target.suffix.casefold() == WORKBOOK else is_plan)
    available_solver(wanted.list_solver)


def _start(instance: Instance, problem: Problem, earlier: Plan | None) -> Solution | None:
    """An earlier plan as a solution of today's problem; None without one, or if it does not fit any more."""
    if earlier is None:
        return None
    options = options_of_plan(instance, problem, earlier)
    return None if options is None else complete(problem, options)


def _with_cheapest_adjustments(problem: Problem, outcome: Outcome, solution: Solution) -> Outcome:
    """An unfinished search may leave dearer supervision or locums than its placements need; the stages would not."""
    completed = complete(problem, solution.options)
    better = completed is not None and problem.values(completed) <= problem.values(solution)
    return outcome.with_solution(problem, completed) if better and completed is not None else outcome


def _header(
    instance: Instance,
    model: Model,
    wanted: Wanted,
    outcome: Outcome,
    stages: tuple[TierResult, ...],
    notes: tuple[str, ...],
    seconds: float,
) -> PlanHeader:
    tiers = tuple(
        TierResult(
            name=tier.tier.name,
            unit=tier.tier.unit,
            value=tier.value,
            bound=tier.bound,
            gap=round(tier.gap, 6),
            status=tier.status.value,
            seconds=round(tier.seconds, 3),
        )
        for tier in outcome.tiers
    )
    return PlanHeader(
        status=outcome.status.value,
        instance=ContentHash(name=instance.name, sha256=instance.sha256),
        model=ContentHash(name=model.name, sha256=model.sha256),
        objective=wanted.objective,
        overrides=dict(model.overrides),
        versions={"python": platform.python_version(), **{name: version(name) for name in VERSIONED}},
        seed=wanted.seed,
        solver=outcome.solver,
        workers=wanted.workers,
        seconds=round(seconds, 3),
        tiers=tiers,
        stages=stages,
        notes=notes,
    )
