"""Training positions while they are occupied: yearly cost less grant, by the chance that they are filled."""

from __future__ import annotations

import numpy as np

from allokering.evidence.written_plan import WrittenPlan
from allokering.facts.recruitment import CERTAIN, chances_of_trainees
from allokering.formulation.path_space import PathSpace
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import PositionCost
from allokering.problem import Integers

NAME = "training positions, less grants"
IS_NOK = True


def price(scope: Scope, params: PositionCost, instance: Instance) -> None:
    """An occupied position costs its yearly cost less its grant; one to be announced, by its chance to be filled."""
    yearly = np.array([position.yearly_cost_nok - position.grant_nok for position in instance.positions])
    cost = yearly * instance.settings.period_months * params.percent // 1200
    chances = chances_of_trainees(instance, scope.draft.model)
    programme_of = {row.trainee_id: scope.draft.model.programme_params(row.programme) for row in instance.trainees}

    def expected(space: PathSpace, positions: Integers) -> Integers:
        return np.asarray(cost[positions] * chances[space.trainee][positions] // CERTAIN, dtype=np.int64)

    def held(space: PathSpace, positions: Integers) -> Integers:
        periods = np.minimum(space.finishes, space.periods) - space.starts
        return np.asarray(expected(space, positions)[:, None] * periods, dtype=np.int64)

    def away(space: PathSpace, positions: Integers) -> Integers:
        if programme_of[space.trainee].holds_position_away:
            return np.zeros((1, 1), dtype=np.int64)
        periods = space.rotation_periods * (space.rotation_site > 0)
        return np.asarray(-expected(space, positions)[:, None] * periods, dtype=np.int64)

    scope.price_start("position_cost", held)
    scope.price_rotation("position_cost", away)


def recount(params: PositionCost, written: WrittenPlan) -> int:
    """NOK of every period in which a position is occupied."""
    nok = 0
    for path in written.paths.values():
        a_year = path.position.yearly_cost_nok - path.position.grant_nok
        a_period = a_year * written.period_months * params.percent // 1200
        nok += len(path.occupied) * (a_period * path.chance // 1000)
    return nok
