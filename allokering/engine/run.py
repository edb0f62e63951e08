"""The whole job: instance + model -> verified plan. Placement, then the stages, then the verifier."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from typing_extensions import override

from allokering.engine.build import build
from allokering.engine.conflict import explain_infeasible
from allokering.engine.history import History
from allokering.engine.job import Job, versions
from allokering.engine.kept_rows import with_kept_rows
from allokering.engine.reserve import Reserve, people_periods
from allokering.engine.watching import Watch
from allokering.errors import NoPlanInTime, NoPlanPossible, StageFailed
from allokering.events import Observer, Stage, unheard
from allokering.formulation.placement import options_of_plan, placement_tables
from allokering.instance import Instance
from allokering.language import say
from allokering.plan import ContentHash, Plan, PlanHeader, PlanTables, TierResult
from allokering.problem import Problem, Solution
from allokering.solvers.budget import Budget
from allokering.solvers.column_generation.parameters import DEFAULTS
from allokering.solvers.column_generation.state import NAME as LARGE
from allokering.solvers.exact.completion import complete
from allokering.solvers.exact.knowledge import Knowledge
from allokering.solvers.outcome import Note, Outcome, Status
from allokering.solvers.solve import solve
from allokering.stages.groups import form_groups
from allokering.stages.list_solvers import available_solver
from allokering.stages.lists import set_lists
from allokering.stages.supervision import name_supervisors
from allokering.verifier.verify import Verdict, verify

STAGE_WORK = 60.0
"""Deterministic work that naming supervisors, or forming groups, may take; the gap is reported where it strikes."""


@dataclass(frozen=True)
class Result:
    """What a job came to."""

    job: Job
    plan: Plan
    verdict: Verdict
    """Of the verifier on this plan; a plan that breaks a rule is no result."""
    history: History
    """What was known of the tiers, and when."""
    knowledge: Knowledge | None = None
    """What solving taught, for jobs that differ a little from this one."""

    @property
    def tiers(self) -> tuple[TierResult, ...]:
        """How good the placement is, tier by tier: value, bound, gap and status."""
        return self.plan.header.tiers

    @override
    def __repr__(self) -> str:
        header = self.plan.header
        tiers = ", ".join(f"{tier.name} {tier.value:,}" for tier in header.tiers)
        return f"Result({header.instance.name}, {header.model.name}: {header.status}; {tiers})"


@dataclass(frozen=True)
class Likeness:
    """What a like job taught, and how this job differs from it."""

    knowledge: Knowledge
    restricts: bool = False
    """Does this job only forbid what that one allowed? It is believed only where the problem shows it."""
    near: Mapping[str, str] | None = None
    """Keys of options by actor, to differ from in as few as can be among equal plans; None: those of the knowledge."""
    plan: Plan | None = None
    """Its plan: supervisors, groups and lists stay as they are in it, where that is as good."""


def run(
    job: Job, observer: Observer = unheard, budget: Budget | None = None, likeness: Likeness | None = None
) -> Result:
    """Solve the placement and every stage, and verify the plan. Nothing else makes plans.

    Args:
        job: what is to be planned, and how.
        observer: told what happens.
        budget: of all of it. When it is over, by time or by a stop, the best plan known is finished and verified.
        likeness: a like job that has been solved: the values are the same as without it, sooner.

    Raises:
        InstanceFaulty: the instance was made or edited in code, and has faults that a file would not be read with.
        UsageError: the list solver is not installed.
        NoPlanPossible: no plan can satisfy the hard rules.
        NoPlanInTime: the budget was over before a first plan.
        StageFailed: a stage could not finish what the placement promised, or the plan does not verify.
    """
    budget = Budget() if budget is None else budget
    job = job.validated()
    instance, model, options = job.instance, job.model, job.options
    available_solver(options.list_solver)
    began, worked = budget.seconds, time.process_time()
    problem = build(instance, model, options.objective)
    slowness = (budget.seconds - began) / max(time.process_time() - worked, 1e-3)
    reserve = Reserve(budget, people_periods(instance), slowness)
    watch = Watch(observer, budget, lambda solution: placement_tables(instance, model, problem, solution))
    with watch.stage(Stage.PLACEMENT):
        outcome = _placement(job, problem, watch, reserve, likeness)
        assert outcome.solution is not None  # noqa: S101 - without one it raises
        is_stopped = budget.stopped
        tables = placement_tables(instance, model, problem, outcome.solution)
    with watch.stage(Stage.SUPERVISION):
        supervision = name_supervisors(
            instance, model, tables, seed=options.seed, work_limit=STAGE_WORK, budget=reserve.stage(2)
        )
    with watch.stage(Stage.GROUPS):
        groups = form_groups(instance, model, tables, seed=options.seed, work_limit=STAGE_WORK, budget=reserve.stage(1))
    with watch.stage(Stage.LISTS):
        tables = replace(tables, supervision=supervision.rows, groups=groups.rows)
        lists = set_lists(instance, model, tables, solver=options.list_solver, budget=reserve.stage(0))
        tables = replace(tables, lists=lists.rows)
    struck = supervision.struck or groups.struck or lists.struck
    _note(watch, outcome, tables, is_stopped=is_stopped, struck=struck)
    is_unique = outcome.is_unique and supervision.is_unique and groups.is_unique and lists.is_unique
    stages = (*supervision.tiers, *groups.tiers, *lists.tiers)
    plan = Plan.of(tables, _header(job, outcome, stages, watch, budget.seconds, is_unique=is_unique))
    with watch.stage(Stage.VERIFICATION):
        if likeness is not None and likeness.plan is not None and not budget.is_over:
            plan = with_kept_rows(instance, model, plan, likeness.plan)
        verdict = verified(job, plan)
    return Result(job, plan, verdict, History(watch.history), outcome.knowledge)


def verified(job: Job, plan: Plan) -> Verdict:
    """The verifier's word on the plan.

    Raises:
        StageFailed: something is wrong with it.
    """
    verdict = verify(job.instance, job.model, plan)
    if not verdict.ok:
        broken = "\n".join(f"  {violation}" for violation in verdict.violations)
        raise StageFailed(say("The plan made does not verify; nothing is published:") + "\n" + broken)
    return verdict


def _placement(job: Job, problem: Problem, watch: Watch, reserve: Reserve, likeness: Likeness | None) -> Outcome:
    """The best placement within the budget; its outcome has a solution."""
    instance, options = job.instance, job.options
    start = _start(instance, problem, job.start)
    if job.start is not None and start is None:
        watch.note("start_lost")
    outcome = solve(
        problem,
        solver=options.solver,
        seed=options.seed,
        workers=options.workers,
        budget=reserve.placement(),
        start=start,
        progress=watch.heard,
        parent=None if likeness is None else likeness.knowledge,
        restricts=likeness is not None and likeness.restricts,
        near=None if likeness is None else likeness.near,
    )
    if outcome.status is Status.INFEASIBLE:
        told = say("No plan can satisfy the hard rules of {instance}.", instance=instance.name)
        raise NoPlanPossible(f"{told}\n  {explain_infeasible(instance, job.model, options.objective, reserve.budget)}")
    if outcome.solution is None:
        raise NoPlanInTime(say("No plan was found in {seconds} seconds.", seconds=f"{outcome.seconds:.1f}"))
    if outcome.solver == LARGE or outcome.status is not Status.OPTIMAL:
        outcome = _with_cheapest_adjustments(problem, outcome, outcome.solution)
    return outcome


def _note(watch: Watch, outcome: Outcome, tables: PlanTables, *, is_stopped: bool, struck: bool) -> None:
    """What a reader of the plan must know that its tables do not say.

    Args:
        watch: notes it.
        outcome: of the placement.
        tables: of the plan.
        is_stopped: had somebody asked to stop when the placement was done?
        struck: was a stage broken off?
    """
    if is_stopped and outcome.status is not Status.OPTIMAL:
        watch.note("stopped")
    elif Note.STRUCK in outcome.notes:
        watch.note("time_struck")
    if struck:
        watch.note("stage_struck")
    if any(row.expected_permille is not None for row in tables.placements):
        watch.note("recruits")


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
    job: Job, outcome: Outcome, stages: tuple[TierResult, ...], watch: Watch, seconds: float, *, is_unique: bool
) -> PlanHeader:
    instance, model, options = job.instance, job.model, job.options
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
        objective=options.objective,
        overrides=dict(model.overrides),
        versions=versions(),
        seed=options.seed,
        solver=outcome.solver,
        workers=options.workers,
        seconds=round(seconds, 3),
        tiers=tiers,
        stages=stages,
        unique=is_unique,
        parameters=DEFAULTS.key if outcome.solver == LARGE else None,
        notes=tuple(watch.notes),
        pins=job.pins,
        changes=job.changes,
    )
