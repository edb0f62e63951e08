"""Between a solution of the problem and the rows of a plan, both ways.

The rule shared_position is enforced here: a row per municipality of the position, with the share of the table. The
lists of trainees that the placement counts with have the same shares (`trainee_lists`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from allokering.facts.positions import residents_in, shares_of_positions
from allokering.facts.recruitment import chances_of_positions, recruits
from allokering.formulation.choices import SELECTED, application, municipalities_of_applications, openings
from allokering.formulation.path import Path
from allokering.formulation.paths import UNPLACED, PathOptions
from allokering.instance import Instance
from allokering.model import Model
from allokering.plan import (
    Coverage,
    CrossBorderListing,
    Opening,
    OpeningState,
    Placement,
    PlacementStatus,
    PlanTables,
    Rotation,
    Selection,
    SelectionState,
)
from allokering.problem import Integers, Problem, Solution


def placement_tables(instance: Instance, model: Model, problem: Problem, solution: Solution) -> PlanTables:
    """What the placement decides of a plan: placements, rotations, coverage, cross-border lists and openings."""
    paths = _paths(problem, solution)
    chosen = {
        actor.actor: actor.key(int(option))
        for actor, option in zip(problem.actors, solution.options, strict=True)
        if not isinstance(actor, PathOptions)
    }
    chances = dict(zip(_ids(instance), chances_of_positions(instance, model).tolist(), strict=True))
    shares, unknown = shares_of_positions(instance), recruits(instance)
    coverage = {rule.id for rule in model.rules_of("coverage")}
    crossing = tuple(_crossing(instance, problem, solution, coverage))
    return PlanTables(
        placements=tuple(
            row
            for trainee, path in sorted(paths.items())
            for row in _placements(instance, shares, trainee, path, chances if trainee in unknown else {})
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
        coverage=tuple(_coverage(instance, problem, solution, crossing, coverage)),
        cross_border=crossing,
        openings=_openings(instance, chosen),
        selection=_selection(instance, chosen),
    )


def _selection(instance: Instance, chosen: Mapping[str, str]) -> tuple[Selection, ...]:
    """Every application: does it take part?"""
    return tuple(
        Selection(
            application_id=application_id,
            state=SelectionState.SELECTED
            if chosen[application(application_id)] == SELECTED
            else SelectionState.LEFT_OUT,
        )
        for application_id in municipalities_of_applications(instance)
    )


def _openings(instance: Instance, chosen: Mapping[str, str]) -> tuple[Opening, ...]:
    """Every form of every position."""
    rows, actors = [], openings(instance)
    for position in instance.positions:
        actor = actors.get(position.position_id)
        is_open = actor is None or chosen[actor] == position.position_id
        rows.append(
            Opening(
                position_id=position.position_id,
                state=OpeningState.OPEN if is_open else OpeningState.CLOSED,
                form=position.form if is_open else None,
                places=position.places if is_open else 0,
                yearly_cost_nok=position.yearly_cost_nok if is_open else 0,
                grant_nok=position.grant_nok if is_open else 0,
            )
        )
    return tuple(rows)


def options_of_plan(instance: Instance, problem: Problem, plan: PlanTables) -> Integers | None:
    """The options that an earlier plan chose, as far as they still exist; None if some actor has no option at all.

    Who has lost the earlier path, or is new, is unplaced, or takes the first path where that is not allowed. An opening
    or application that the earlier plan does not know takes its first option.
    """
    actors = openings(instance)
    said = {
        actors[row.position_id]: row.position_id
        for row in plan.openings
        if row.position_id in actors and row.state is OpeningState.OPEN
    } | {application(row.application_id): row.state.replace("_", " ") for row in plan.selection}
    rotations = {row.trainee_id: row for row in plan.rotations}
    placed = {row.trainee_id: row for row in plan.placements if row.status is PlacementStatus.PLACED}
    period_of = {instance.period_start(period): period for period in range(instance.settings.periods)}
    chosen = []
    for actor in problem.actors:
        key = said.get(actor.actor, UNPLACED)
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


def _ids(instance: Instance) -> list[str]:
    return [position.position_id for position in instance.positions]


def _placements(
    instance: Instance,
    shares: Mapping[str, Mapping[str, int]],
    trainee: str,
    path: Path | None,
    chances: Mapping[str, int],
) -> list[Placement]:
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
                "expected_permille": chances.get(path.position),
            }
        )
        for municipality, share in shares[path.position].items()
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
    instance: Instance,
    problem: Problem,
    solution: Solution,
    crossing: tuple[CrossBorderListing, ...],
    rules: set[str],
) -> list[Coverage]:
    relieved: dict[tuple[str, int, str], int] = defaultdict(int)
    ways = [
        *((relief.name, relief.resource) for relief in problem.reliefs),
        *((transfer.name, transfer.source) for transfer in problem.transfers),
    ]
    rows_of_coverage = {
        (row.subject, row.period): number for number, row in enumerate(problem.resources) if row.rule in rules
    }
    off_targets: dict[int, int] = defaultdict(int)
    for (name, source), amount in zip(ways, solution.adjustments.tolist(), strict=True):
        resource = problem.resources[source]
        if resource.rule in rules:
            relieved[resource.subject, resource.period, name] += amount
    for transfer, amount in zip(problem.transfers, solution.adjustments[len(problem.reliefs) :].tolist(), strict=True):
        for number, each in transfer.also_uses:
            off_targets[number] += each * amount
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
                        "off_targets": off_targets[rows_of_coverage[place, period]],
                    }
                )
            )
    return rows
