"""Between a solution of the problem and the rows of a plan, both ways."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from allokering.formulation.derived import residents_in, shares_of_positions
from allokering.formulation.paths import UNPLACED, Path, PathOptions
from allokering.instance import Instance
from allokering.model import Model
from allokering.plan import (
    Coverage,
    CrossBorderListing,
    Opening,
    OpeningState,
    Placement,
    PlacementStatus,
    Plan,
    Rotation,
)
from allokering.problem import Integers, Problem, Solution
from allokering.tables import PositionState


def placement_plan(instance: Instance, model: Model, problem: Problem, solution: Solution) -> Plan:
    """The plan as far as the placement decides it: placements, rotations, coverage, cross-border lists and openings."""
    paths = _paths(problem, solution)
    coverage = {rule.id for rule in model.rules_of("coverage")}
    crossing = tuple(_crossing(instance, problem, solution, coverage))
    return Plan(
        placements=tuple(
            row for trainee, path in sorted(paths.items()) for row in _placements(instance, trainee, path)
        ),
        rotations=tuple(
            Rotation.model_validate(
                {
                    "trainee_id": trainee,
                    "site_id": path.site,
                    "from": instance.period_start(path.begin),
                    "to": instance.period_end(path.begin + path.rotation_periods - 1),
                }
            )
            for trainee, path in sorted(paths.items())
            if path is not None and path.site is not None
        ),
        coverage=tuple(_coverage(instance, problem, solution, crossing)),
        cross_border=crossing,
        openings=_openings(instance, {path.position for path in paths.values() if path is not None}),
    )


def _openings(instance: Instance, held: set[str]) -> tuple[Opening, ...]:
    """Every position: an optional one is opened if the plan has somebody for it."""
    openings = []
    for position in instance.positions:
        is_open = position.state is PositionState.OPEN or position.position_id in held
        openings.append(
            Opening(
                position_id=position.position_id,
                state=OpeningState.OPEN if is_open else OpeningState.CLOSED,
                form=position.form if is_open else None,
                places=position.places if is_open else 0,
                yearly_cost_nok=position.yearly_cost_nok if is_open else 0,
                grant_nok=position.grant_nok if is_open else 0,
            )
        )
    return tuple(openings)


def options_of_plan(instance: Instance, problem: Problem, plan: Plan) -> Integers | None:
    """The options that an earlier plan chose, as far as they still exist; None if some trainee has no option at all.

    Who has lost the earlier path, or is new, is unplaced, or takes the first path where that is not allowed.
    """
    rotations = {row.trainee_id: row for row in plan.rotations}
    placed = {row.trainee_id: row for row in plan.placements if row.status is PlacementStatus.PLACED}
    period_of = {instance.period_start(period): period for period in range(instance.settings.periods)}
    chosen = []
    for actor in problem.actors:
        key = UNPLACED
        row, rotation = placed.get(actor.actor), rotations.get(actor.actor)
        if row is not None and row.from_date in period_of:
            key = f"{row.position_id}@{period_of[row.from_date]:03}"
            if rotation is not None and rotation.from_date in period_of:
                key += f" {rotation.site_id}@{period_of[rotation.from_date]:03}"
        found = [option for option in (actor.find(key), actor.find(UNPLACED)) if option is not None]
        if not found and not len(actor):
            return None
        chosen.append(found[0] if found else 0)
    return np.array(chosen, dtype=np.int64)


def _paths(problem: Problem, solution: Solution) -> dict[str, Path | None]:
    """The path of every trainee, None for the unplaced."""
    return {
        actor.actor: actor.path(int(option))
        for actor, option in zip(problem.actors, solution.options, strict=True)
        if isinstance(actor, PathOptions)
    }


def _placements(instance: Instance, trainee: str, path: Path | None) -> list[Placement]:
    if path is None:
        return [Placement(trainee_id=trainee, status=PlacementStatus.UNPLACED)]
    last = min(path.finish, instance.settings.periods) - 1
    return [
        Placement.model_validate(
            {
                "trainee_id": trainee,
                "status": PlacementStatus.PLACED,
                "position_id": path.position,
                "municipality_id": municipality,
                "share_percent": share,
                "from": instance.period_start(path.start),
                "to": instance.period_end(last),
                "completes": instance.period_end(path.finish - 1),
            }
        )
        for municipality, share in shares_of_positions(instance)[path.position].items()
    ]


def _crossing(instance: Instance, problem: Problem, solution: Solution, coverage: set[str]) -> list[CrossBorderListing]:
    """Residents listed across a border: the transfers between rows of coverage."""
    rows = []
    for transfer, amount in zip(problem.transfers, solution.adjustments[len(problem.reliefs) :], strict=True):
        source, target = problem.resources[transfer.source], problem.resources[transfer.target]
        if transfer.name in coverage and amount:
            rows.append(
                CrossBorderListing.model_validate(
                    {
                        "from_municipality_id": source.subject,
                        "to_municipality_id": target.subject,
                        "from": instance.period_start(source.period),
                        "to": instance.period_end(source.period),
                        "residents": int(amount),
                    }
                )
            )
    return sorted(rows, key=lambda row: (row.from_municipality_id, row.to_municipality_id, row.from_date))


def _coverage(
    instance: Instance, problem: Problem, solution: Solution, crossing: tuple[CrossBorderListing, ...]
) -> list[Coverage]:
    relieved: dict[tuple[str, int, str], int] = defaultdict(int)
    for relief, amount in zip(problem.reliefs, solution.adjustments, strict=False):
        resource = problem.resources[relief.resource]
        relieved[resource.subject, resource.period, relief.name] += int(amount)
    out: dict[tuple[str, object], int] = defaultdict(int)
    into: dict[tuple[str, object], int] = defaultdict(int)
    for crossed in crossing:
        out[crossed.from_municipality_id, crossed.from_date] += crossed.residents
        into[crossed.to_municipality_id, crossed.from_date] += crossed.residents
    rows = []
    for municipality in instance.municipalities:
        for period in range(instance.settings.periods):
            first_day = instance.period_start(period)
            here = residents_in(municipality, period * instance.settings.period_months)
            place = municipality.municipality_id
            locum = relieved[place, period, "locum"]
            without = relieved[place, period, "without_gp"]
            elsewhere, arriving = out[place, first_day], into[place, first_day]
            rows.append(
                Coverage.model_validate(
                    {
                        "municipality_id": place,
                        "from": first_day,
                        "to": instance.period_end(period),
                        "residents": here,
                        "listed": here - elsewhere + arriving - locum - without,
                        "locum": locum,
                        "without_gp": without,
                        "listed_elsewhere": elsewhere,
                        "from_elsewhere": arriving,
                        "above_target": relieved[place, period, "above_target"],
                    }
                )
            )
    return rows
