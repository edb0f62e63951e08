"""Why no plan is possible, in words: the fewest rules, trainees and rows that cannot hold together."""

from __future__ import annotations

from dataclasses import replace

from allokering.engine.build import build
from allokering.formulation.paths import PathOptions
from allokering.formulation.scope import Objective
from allokering.formulation.trace import Trace, needed_to_bar
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.solvers.budget import Budget
from allokering.solvers.infeasible_subset import Part, smallest_conflict


def explain_infeasible(instance: Instance, model: Model, objective: Objective, budget: Budget | None = None) -> str:
    """A sentence per part of the conflict, ending with what could be changed.

    The instance must be infeasible under the model.
    """
    problem = build(instance, model, objective)
    empty = [actor.actor for actor in problem.actors if not len(actor)]
    if empty:
        lines = [_no_path(instance, model, trainee) for trainee in empty]
    elif (parts := smallest_conflict(problem, budget)) is None:
        lines = [say("Which rules and trainees cannot hold together was not found in time.")]
    else:
        lines = [_part(instance, model, part) for part in parts]
        lines.insert(0, say("These cannot hold together; if any one of them gave way, the rest could:"))
    return "\n  ".join(lines)


def _no_path(instance: Instance, model: Model, trainee: str) -> str:
    """Which rules together leave a trainee no training path at all."""
    alone = replace(instance, trainees=tuple(row for row in instance.trainees if row.trainee_id == trainee))
    trace = Trace()
    actor = build(alone, model, trace=trace).actors[0]
    assert isinstance(actor, PathOptions)  # noqa: S101 - only a trainee can have no option
    may_be_unplaced = model.term("unplaced") is not None or alone.trainees[0].recruited_to is not None
    rules = needed_to_bar(trace, actor.space, may_be_unplaced=may_be_unplaced)
    pins = [f"{pin.what} {pin.verb} {pin.value}" for pin in instance.pins if pin.trainee_id == trainee]
    told = say("{trainee} has no training path under the rules {rules}.", trainee=trainee, rules=", ".join(rules))
    if pins and {rule.id for rule in model.rules_of("pins")} & {*rules}:
        told += " " + say("Pins: {pins}.", pins="; ".join(pins))
    return told


def _part(instance: Instance, model: Model, part: Part) -> str:
    if not part.rule:
        pins = [f"{pin.what} {pin.verb} {pin.value}" for pin in instance.pins if pin.trainee_id == part.subject]
        if pins:
            return say("trainee {trainee}, pinned to {pins}", trainee=part.subject, pins="; ".join(pins))
        if part.subject not in {row.trainee_id for row in instance.trainees}:
            return say("the choice of {subject}", subject=part.subject)
        return say("trainee {trainee}, who must have a path", trainee=part.subject)
    rule = next(entry for entry in model.rules if entry.id == part.rule)
    return say("rule {rule} for {subject} ({source})", rule=rule.id, subject=part.subject, source=rule.source)
