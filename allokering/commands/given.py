"""A plan as a command is given it: with the instance and the model it was made of, and the verdict on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from allokering.engine.recorded_changes import changed_model, made_again
from allokering.files.plan_files import read_plan
from allokering.files.reading import read_instance
from allokering.instance import Instance
from allokering.model import Model, load_model
from allokering.plan import Plan
from allokering.verifier.verify import Verdict, verify
from allokering.workbook.pins import with_recorded_pins


@dataclass(frozen=True)
class Given:
    """A plan that has been read and verified."""

    instance: Instance
    model: Model
    plan: Plan
    verdict: Verdict


def read_given(instance: str, plan: Path, model_name: str | None) -> Given:
    """Read a plan and what it was made of, and verify it; overrides, changes and pins are those the plan recorded.

    Args:
        instance: path, or name of a built-in one.
        plan: folder or workbook.
        model_name: of the model; None: as the plan says, which names built-in ones only.

    Raises:
        InstanceFaulty, PlanFaulty, ModelFaulty: with every fault.
        UsageError: there is no plan.
    """
    found, written = read_instance(instance), read_plan(plan)
    found, made = made_again(found, written)
    model = changed_model(load_model(model_name or written.header.model.name, written.header.overrides), made)
    return Given(found, model, written, verify(with_recorded_pins(found, written), model, written))
