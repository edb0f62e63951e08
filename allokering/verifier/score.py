"""How good a written plan is, tier by tier, counted from the plan's rows and the raw tables.

Every term of docs/model.md, section 4, recounts itself (`terms/<kind>.py`). Nothing is taken from a solver.
"""

from __future__ import annotations

from dataclasses import dataclass

from allokering.evidence.written_plan import WrittenPlan, read_paths
from allokering.instance import Instance
from allokering.kinds import Tier
from allokering.model import Model
from allokering.plan import Plan
from allokering.terms.registry import TERMS

WEIGHTED = "weighted"
"""The objective in one tier, and that tier's name."""


@dataclass(frozen=True)
class TierScore:
    """What a plan costs in one tier."""

    name: str
    unit: str
    value: int


def score(instance: Instance, model: Model, plan: Plan, objective: str) -> tuple[TierScore, ...]:
    """The value of every tier in order; for the objective `weighted`, of the single tier `weighted` in NOK."""
    written = WrittenPlan(instance, model, plan, read_paths(instance, model, plan))
    values = {tier.id: 0 for tier in model.tiers}
    for term in model.terms:
        if term.tier is not None:
            values[term.tier] += TERMS[term.kind].recount(term.typed, written)
    if objective == WEIGHTED:
        worth = {tier.id: Tier.model_validate(tier.params).nok_per_unit for tier in model.tiers}
        return (TierScore(WEIGHTED, "NOK", sum(worth[tier_id] * value for tier_id, value in values.items())),)
    return tuple(TierScore(tier.id, tier.unit or "", values[tier.id]) for tier in model.tiers)
