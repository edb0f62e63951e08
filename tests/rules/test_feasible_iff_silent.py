"""What the rules enforce is what they check: with the plan of a case fixed, a solver finds no fault where `check` does.

The trainees' paths, what is opened and selected, the reliefs of coverage, the free places that are missing and the
residents listed elsewhere are fixed as the plan has them. Who supervises whom is named after the placement, so only
that is left to the solver: whether there is a place for everyone.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import case_files
import numpy as np
import pytest
from scenes import tiny

from allokering.engine.build import build
from allokering.evidence.recount import missing_places
from allokering.evidence.written_plan import read_paths
from allokering.formulation.path import Path
from allokering.formulation.paths import PathOptions
from allokering.instance import Instance
from allokering.kinds import RULE_KINDS
from allokering.plan import Coverage, PlacementStatus, Plan
from allokering.problem import Integers, Options, Problem
from allokering.problem_edits import fix_adjustments, fix_solution
from allokering.solvers.budget import Budget
from allokering.solvers.exact.enumeration import all_columns
from allokering.solvers.exact.objectives import alone, tiers_of
from allokering.solvers.exact.solve import ENGINES, Engine
from allokering.solvers.outcome import Status
from allokering.verifier.verify import check_rules

CASES = [(kind, case) for kind in RULE_KINDS for case in case_files.read_cases(kind) if case["stage"] == "placement"]
"""Violations of the other stages are not of paths, reliefs and transfers: they are of what a later stage does."""

Adjusted = tuple[str, str, str, int]
"""Name of a relief, or `across`; its municipality; the one that residents go to, or none; the period."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case['name']}" for kind, case in CASES])
def test_the_problem_is_feasible_if_and_only_if_the_checks_are_silent(
    engine: Engine, kind: str, case: dict[str, Any]
) -> None:
    """Case by case, on both engines."""
    situation = tiny.make(case)
    found = [*check_rules(situation.instance, situation.model, situation.plan)]
    fixed = fixed_problem(situation, build(situation.instance, situation.model))

    assert bool(found) == bool(case.get("violations")), kind
    assert (fixed is not None and is_feasible(fixed, engine)) is (found == [])


def fixed_problem(situation: tiny.Situation, problem: Problem) -> Problem | None:
    """The problem with options, reliefs and transfers as in the plan; None if it has no such option or adjustment."""
    instance, plan = situation.instance, situation.plan
    chosen = [
        option_of(instance, actor, plan) if isinstance(actor, PathOptions) else choice_of(instance, actor, plan)
        for actor in problem.actors
    ]
    amounts = amounts_of(situation, problem)
    if None in chosen or amounts is None:
        return None
    of_supervision = [problem.resources[one.source].rule != "coverage" for one in problem.transfers]
    settled = np.array([*(True for _ in problem.reliefs), *(not left for left in of_supervision)], dtype=bool)
    options = np.array([option for option in chosen if option is not None], dtype=np.int64)
    return fix_adjustments(fix_solution(problem, options), amounts, settled)


def option_of(instance: Instance, actor: PathOptions, plan: Plan) -> int | None:
    """The option that is the trainee's path in the plan, in every respect; None if there is none."""
    first = {instance.period_start(period): period for period in range(-1, 2 * instance.settings.periods)}
    after = {instance.period_end(period): period + 1 for period in range(-1, 2 * instance.settings.periods)}
    rows = [row for row in plan.placements if row.trainee_id == actor.actor]
    rotations = [row for row in plan.rotations if row.trainee_id == actor.actor]
    if not rows:
        return None
    row = rows[0]
    if row.status is not PlacementStatus.PLACED:
        return None if rotations else actor.find("unplaced")
    assert row.from_date is not None
    assert row.to_date is not None
    assert row.completes is not None
    ends = min(after[row.completes], instance.settings.periods)
    for option in range(len(actor)):
        path = actor.path(option)
        if (
            path is not None
            and (path.position, path.start, path.finish)
            == (row.position_id, first[row.from_date], after[row.completes])
            and after[row.to_date] == ends
            and blocks_of(path) == [(one.site_id, first[one.from_date], after[one.to_date]) for one in rotations]
        ):
            return option
    return None


def choice_of(instance: Instance, actor: Options, plan: Plan) -> int | None:
    """The form that is open, or whether the application is selected; None if that is no option."""
    what, _, name = actor.actor.partition(" ")
    if what == "opening":
        forms = {row.position_id for row in instance.positions if name in {row.position_id, row.alternative_to}}
        opened = [row.position_id for row in plan.openings if row.position_id in forms and row.state == "open"]
        return None if len(opened) > 1 else actor.find([*opened, "closed"][0])
    if what == "application":
        [row] = [row for row in plan.selection if row.application_id == name]
        return actor.find("selected" if row.state == "selected" else "left out")
    assert len(actor) == 1
    return 0


def blocks_of(path: Path) -> list[tuple[str, int, int]]:
    """Site, first period and period after the last; none if the path has no rotation inside the horizon."""
    return [] if path.site is None else [(path.site, path.begin, path.begin + path.rotation_periods)]


def amounts_of(situation: tiny.Situation, problem: Problem) -> Integers | None:
    """Reliefs and transfers of coverage as the plan has them; None where it has more than the problem can give."""
    instance, model, plan = situation.instance, situation.model, situation.plan
    first = {instance.period_start(period): period for period in range(instance.settings.periods)}
    wanted: Counter[Adjusted] = Counter()
    for row in plan.coverage:
        for name in ("locum", "without_gp", "above_target"):
            wanted[name, row.municipality_id, "", first[row.from_date]] += relief_of(row, name)
    for pair in plan.cross_border:
        wanted["across", pair.from_municipality_id, pair.to_municipality_id, first[pair.from_date]] += pair.residents
    if model.term("free_places") is not None:
        for (municipality_id, period), places in missing_places(
            instance, model, plan, read_paths(instance, model, plan)
        ).items():
            wanted["free_places", municipality_id, "", period] += places
    amounts = []
    for adjusted, most in [*names_of_reliefs(problem), *names_of_transfers(problem)]:
        amounts.append(wanted.pop(adjusted, 0))
        if amounts[-1] > most:
            return None
    return None if +wanted else np.array(amounts, dtype=np.int64)


def relief_of(row: Coverage, name: str) -> int:
    """A column of coverage that has the name of a relief."""
    amount: int = getattr(row, name)
    return amount


def names_of_reliefs(problem: Problem) -> list[tuple[Adjusted, int]]:
    """Every relief and its most."""
    rows = [problem.resources[relief.resource] for relief in problem.reliefs]
    return [
        ((relief.name, row.subject, "", row.period), relief.most)
        for relief, row in zip(problem.reliefs, rows, strict=True)
    ]


def names_of_transfers(problem: Problem) -> list[tuple[Adjusted, int]]:
    """Every transfer and its most; those of supervision have names that no plan asks for.

    Where supervisors are relieved, going above a target moves use to a row for what there is room for.
    """
    found = []
    for transfer in problem.transfers:
        source, target = problem.resources[transfer.source], problem.resources[transfer.target]
        name = "across" if transfer.name == "coverage" else transfer.name
        there = "" if transfer.name == "above_target" else target.subject
        found.append(((name, source.subject, there, source.period), transfer.most))
    return found


def is_feasible(problem: Problem, engine: Engine) -> bool:
    """The engine's own answer, without a second opinion."""
    columns = all_columns(problem)
    model = ENGINES[engine](columns, seed=0, workers=1, work_limit=None, budget=Budget(None), start=None)
    answer = model.minimise(alone(tiers_of(columns)[0]), lambda *_: None)
    assert answer.status in {Status.OPTIMAL, Status.INFEASIBLE}
    return answer.status is Status.OPTIMAL


def test_a_fixed_plan_has_one_option_each_and_the_plans_own_amounts() -> None:
    """The case at the limit of what is agreed across a border: ten residents and no more."""
    [case] = [case for case in case_files.read_cases("cross_border") if case["name"] == "As many as is agreed"]
    situation = tiny.make(case)
    problem = build(situation.instance, situation.model)
    fixed = fixed_problem(situation, problem)

    assert fixed is not None
    assert [len(actor) for actor in fixed.actors] == [1]
    # 410 residents of Dal on a list of 400: -10 before, 0 with the ten in Nes.
    bounds = {(row.rule, row.subject, row.period): row.bound for row in problem.resources}
    after = {(row.rule, row.subject, row.period): row.bound for row in fixed.resources}
    assert (bounds["coverage", "dal", 0], after["coverage", "dal", 0]) == (-10, 0)
    assert (bounds["coverage", "nes", 0], after["coverage", "nes", 0]) == (10, 0)
