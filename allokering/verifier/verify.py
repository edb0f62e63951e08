"""The verdict on a plan: every rule checked and every tier recounted, from the written rows and the raw tables.

No solver is asked. Beside the model's rules there are five that are always in force: `ids` and `calendar` (the plan
speaks of things that exist, in whole periods), `columns` (columns that follow from others do), `tiers` (the plan is as
good as it says) and `provenance` (it was made from this instance and this model).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan, PlanHeader, TierResult
from allokering.rules.registry import RULES
from allokering.verifier.columns import check_columns
from allokering.verifier.score import score
from allokering.verifier.stage_score import stage_values
from allokering.verifier.structure import check_calendar, check_ids
from allokering.violation import Violation

GAP_DECIMALS = 1e-6
"""`plan.json` may round a gap to six decimals."""


@dataclass(frozen=True)
class Verdict:
    """What the verifier says of a plan: everything that is wrong, sorted."""

    violations: tuple[Violation, ...]

    @property
    def ok(self) -> bool:
        """Is nothing wrong?"""
        return not self.violations


def verify(instance: Instance, model: Model, plan: Plan) -> Verdict:
    """Check a plan against everything that can be known without solving.

    Of a plan with unknown ids or parts of periods, only that and its provenance are told: the rest cannot be measured.
    """
    violations = [*check_provenance(instance, model, plan.header)]
    structure = [*check_ids(instance, model, plan), *check_calendar(instance, plan)]
    if structure:
        violations += structure
    else:
        violations += [*check_rules(instance, model, plan), *check_columns(instance, model, plan)]
        violations += check_tiers(instance, model, plan, plan.header)
    return Verdict(tuple(sorted(violations)))


def check_rules(instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield what every rule in force on the plan's first day finds, each under the id that the model gives the rule."""
    for entry in model.rules:
        if entry.in_force(instance.settings.start):
            for violation in RULES[entry.kind].check(entry.typed, instance, model, plan):
                yield replace(violation, rule=entry.id)


def check_provenance(instance: Instance, model: Model, header: PlanHeader) -> Iterator[Violation]:
    """Yield what the plan was made from that is not what it is held against."""
    if header.instance.sha256 != instance.sha256:
        message = say("the plan was made from another instance, or this one has changed since")
        yield Violation("provenance", "instance", 1, 0, message)
    if header.model.sha256 != model.sha256:
        message = say("the plan was made with another model, or this one has changed since")
        yield Violation("provenance", "model", 1, 0, message)


def check_tiers(instance: Instance, model: Model, plan: Plan, header: PlanHeader) -> Iterator[Violation]:
    """Yield every tier whose value, bound or gap is not what the plan's rows give."""
    recounted = score(instance, model, plan, header.objective)
    if [(tier.name, tier.unit) for tier in header.tiers] != [(tier.name, tier.unit) for tier in recounted]:
        message = say(
            "the plan names other tiers than the objective has: {names}",
            names=", ".join(tier.name for tier in recounted),
        )
        yield Violation("tiers", header.objective, len(header.tiers), len(recounted), message)
        return
    for said, found in zip(header.tiers, recounted, strict=True):
        yield from _check_value(said, found.value)
        yield from _check_bound(said)
    proven = all(tier.bound == tier.value for tier in header.tiers)
    yield from _check_status("plan", header.status, proven=proven)
    stages = stage_values(instance, model, plan)
    missing = sorted(stages.keys() - {stage.name for stage in header.stages})
    if missing:
        message = say("the plan does not say what its stages are worth: {names}", names=", ".join(missing))
        yield Violation("tiers", "stages", len(missing), 0, message)
    for stage in header.stages:
        if stage.name in stages:
            yield from _check_value(stage, stages[stage.name])
        yield from _check_bound(stage)


def _check_value(said: TierResult, found: int) -> Iterator[Violation]:
    if said.value != found:
        message = say(
            "{tier} is said to be {said}; {found} by the plan's rows", tier=said.name, said=said.value, found=found
        )
        yield Violation("tiers", said.name, said.value, found, message)


def _check_status(subject: str, status: str, *, proven: bool) -> Iterator[Violation]:
    if (status == "optimal") != proven:
        message = say(
            "{subject} is said to be {status}, which its bounds do not bear out", subject=subject, status=status
        )
        yield Violation("tiers", subject, 1, 0, message)


def _check_bound(tier: TierResult) -> Iterator[Violation]:
    if tier.bound > tier.value:
        message = say("{tier} is {value}, below its bound {bound}", tier=tier.name, value=tier.value, bound=tier.bound)
        yield Violation("tiers", tier.name, tier.bound, tier.value, message)
    yield from _check_status(tier.name, tier.status, proven=tier.bound == tier.value)
    gap = (tier.value - tier.bound) / max(abs(tier.value), 1)
    if not math.isclose(tier.gap, gap, rel_tol=0, abs_tol=GAP_DECIMALS):
        message = say("{tier} has a gap of {said}; {found} by its bound", tier=tier.name, said=tier.gap, found=gap)
        yield Violation("tiers", tier.name, 1, 0, message)
