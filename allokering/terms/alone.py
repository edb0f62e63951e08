"""Applications of a municipality alone that take part."""

from __future__ import annotations

from collections import Counter

from allokering.evidence.written_plan import WrittenPlan
from allokering.formulation.choices import SELECTED, application, municipalities_of_applications
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import PerApplication
from allokering.plan import SelectionState

NAME = "applications of a municipality alone that take part"


def price(scope: Scope, params: PerApplication, instance: Instance) -> None:
    """A municipality that takes part alone costs points; one that works with its neighbours does not."""
    for application_id, municipalities in municipalities_of_applications(instance).items():
        if len(municipalities) == 1:
            scope.price_choice("alone", application(application_id), SELECTED, params.points)


def recount(params: PerApplication, written: WrittenPlan) -> int:
    """Points for every selected application with one applicant."""
    applicants = Counter(row.application_id for row in written.instance.applications)
    selected = {row.application_id for row in written.plan.selection if row.state is SelectionState.SELECTED}
    return sum(applicants[application_id] == 1 for application_id in selected) * params.points
