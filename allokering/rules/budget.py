"""A budget pays for the positions that are occupied in its time, and no more than there is.

Index:   budget
Math:    sum_{trainee, period in the budget: occupies k} paid[k] <= amount_nok
Units:   NOK
Assumes: a period belongs to a budget by its first day; who is yet to be recruited costs in full
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from allokering.evidence.written_plan import WrittenPath, read_paths
from allokering.facts.positions import shares_of_positions
from allokering.formulation.path_space import PathSpace
from allokering.formulation.scope import Amount, Scope
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.problem import Integers
from allokering.tables import Budget, Pays, Position
from allokering.violation import Violation

RULE = "budget"
SCOPE = ("resource",)


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """A row per budget; who occupies a position in one of its periods uses what it pays of the position."""
    shares = shares_of_positions(instance)
    for budget in instance.budgets:
        periods = [
            period for period in scope.periods if budget.from_date <= instance.period_start(period) <= budget.to_date
        ]
        if not periods:
            continue
        row = scope.resource(budget.budget_id, periods[0], budget.amount_nok)
        resource = np.full((len(instance.positions), len(scope.periods)), -1)
        resource[:, periods] = row
        paid = np.array(
            [_paid(budget, position, shares[position.position_id], instance) for position in instance.positions],
            dtype=np.int64,
        )
        scope.use_while_occupied(resource, _amounts(paid))


def _amounts(paid: Integers) -> Amount:
    def amount(space: PathSpace, positions: Integers) -> Integers:
        return np.broadcast_to(paid[positions][:, None, None], (len(positions), len(space.starts), space.periods))

    return amount


def _paid(budget: Budget, position: Position, shares: Mapping[str, int], instance: Instance) -> int:
    """NOK of a period that the budget pays of a position."""
    yearly = position.grant_nok if budget.pays is Pays.GRANT else max(0, position.yearly_cost_nok - position.grant_nok)
    whole = yearly * instance.settings.period_months // 12
    return whole if budget.municipality_id is None else whole * shares.get(budget.municipality_id, 0) // 100


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every budget that is overspent."""
    paths = read_paths(instance, model, plan)
    for budget in instance.budgets:
        nok = spent(budget, instance, paths)
        if nok > budget.amount_nok:
            message = say(
                "{budget} pays {nok} NOK; at most {limit}", budget=budget.budget_id, nok=nok, limit=budget.amount_nok
            )
            yield Violation(RULE, budget.budget_id, nok, budget.amount_nok, message)


def spent(budget: Budget, instance: Instance, paths: Mapping[str, WrittenPath]) -> int:
    """NOK that a written plan takes of a budget."""
    return sum(
        _paid_a_period(budget, path, instance.settings.period_months)
        for path in paths.values()
        for period in path.occupied
        if budget.from_date <= instance.period_start(period) <= budget.to_date
    )


def _paid_a_period(budget: Budget, path: WrittenPath, period_months: int) -> int:
    position = path.position
    left = max(0, position.yearly_cost_nok - position.grant_nok)
    whole = {Pays.GRANT: position.grant_nok, Pays.COST: left}[budget.pays] * period_months // 12
    if budget.municipality_id is None:
        return whole
    shares = {part.municipality_id: part.share_percent for part in path.parts}
    return whole * shares.get(budget.municipality_id, 0) // 100
