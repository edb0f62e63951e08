"""Patients whom the policy takes off the doctors' lists, and off supervisors', are paid for."""

from __future__ import annotations

from collections import Counter

from allokering.evidence.recount import agreed_list, doctor_targets, supervisor_relief
from allokering.evidence.written_plan import WrittenPlan, periods
from allokering.facts.policy import agreed
from allokering.facts.positions import doctors_by_place
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Compensated, Compensation

NAME = "compensation for shorter lists"
IS_NOK = True


def price(scope: Scope, params: Compensated, instance: Instance) -> None:
    """Patients taken off the doctors' lists are paid for whatever the plan; supervision by `price_of_relief`."""
    nok = 0
    for (_, period), doctors in doctors_by_place(instance).items():
        each = scope.policy.compensation(period, params.percent)
        if each:
            nok += each * sum(agreed(doctor) - scope.policy.target(doctor, period) for doctor in doctors)
    scope.price_always("compensation", nok)


def price_of_relief(scope: Scope, params: Compensated, period: int) -> int:
    """NOK a period per patient by which a supervisor's list is shorter; the rule supervision asks."""
    return scope.policy.compensation(period, params.percent)


def recount(params: Compensated, written: WrittenPlan) -> int:
    """NOK for every patient between what is agreed and the target, and for the relief of who supervises."""
    fewer: Counter[int] = Counter()
    lists = {doctor.doctor_id: agreed_list(doctor) for doctor in written.instance.doctors}
    for (doctor_id, period), target in doctor_targets(written.instance, written.model).items():
        fewer[period] += lists[doctor_id] - target
    for (_, period), patients in supervisor_relief(written.instance, written.model, written.plan).items():
        fewer[period] += patients
    nok = 0
    for period, first, _ in periods(written.instance):
        measure = written.model.measure("compensation", first)
        if measure is not None:
            a_year = Compensation.model_validate(measure.params).nok_per_patient_year
            nok += fewer[period] * (a_year * written.period_months * params.percent // 1200)
    return nok
