"""Every resident is on a list, with a locum, or is counted as without a GP where the objective prices that.

Index:   municipality, period
Math:    R[m, p] = listed + locum + without + elsewhere - from elsewhere;  locum <= patients_per_locum locums;
         without <= R[m, p];  above <= sum_{doctors present} (limit - target);  each 0 if the objective has no such term
Units:   residents and patients
Assumes: the plan's columns `listed` and `above_target` say what its lists say, which the verifier sees to
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from allokering.evidence import period_of, periods
from allokering.instance import Instance
from allokering.kinds import Locum, Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Coverage, Plan
from allokering.recount import doctor_targets, residents_after
from allokering.violation import Violation

RULE = "coverage"


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every municipality and period where residents are lost, counted twice, or helped by more than there is."""
    rows = {(row.municipality_id, period_of(instance, row.from_date)): row for row in plan.coverage}
    locums_limit = _most_patients_of_locums(model)
    room_above = _room_above_targets(instance, model)
    for municipality in instance.municipalities:
        for period, first, _ in periods(instance):
            row = rows.get((municipality.municipality_id, period))
            subject = f"{municipality.municipality_id} {first}"
            if row is None:
                message = say(
                    "{municipality} has no row from {date}", municipality=municipality.municipality_id, date=first
                )
                yield Violation(RULE, subject, 0, 1, message)
                continue
            residents = residents_after(municipality, period * instance.settings.period_months)
            yield from _check_balance(row, residents)
            yield from _check_relief(
                row, say("residents without a GP"), row.without_gp, residents if model.term("without_gp") else 0
            )
            yield from _check_relief(row, say("patients with locums"), row.locum, locums_limit)
            yield from _check_relief(
                row, say("patients above target"), row.above_target, room_above[municipality.municipality_id, period]
            )


def _check_balance(row: Coverage, residents: int) -> Iterator[Violation]:
    accounted = row.listed + row.locum + row.without_gp + row.listed_elsewhere - row.from_elsewhere
    if accounted != residents:
        message = say(
            "{municipality} accounts for {accounted} residents from {date}; there are {residents}",
            municipality=row.municipality_id,
            accounted=accounted,
            date=row.from_date,
            residents=residents,
        )
        yield Violation(RULE, f"{row.municipality_id} {row.from_date}", accounted, residents, message)


def _check_relief(row: Coverage, what: str, amount: int, limit: int) -> Iterator[Violation]:
    if amount > limit:
        message = say(
            "{municipality} has {amount} {what} from {date}; at most {limit}",
            municipality=row.municipality_id,
            amount=amount,
            what=what,
            date=row.from_date,
            limit=limit,
        )
        yield Violation(RULE, f"{row.municipality_id} {row.from_date}", amount, limit, message)


def _most_patients_of_locums(model: Model) -> int:
    term = model.term("locum")
    if term is None:
        return 0
    locum = Locum.model_validate(term.params)
    return locum.patients_per_locum * locum.locums_per_municipality


def _room_above_targets(instance: Instance, model: Model) -> dict[tuple[str, int], int]:
    room: dict[tuple[str, int], int] = defaultdict(int)
    if model.term("above_target") is not None:
        doctors = {doctor.doctor_id: doctor for doctor in instance.doctors}
        for (doctor_id, period), target in doctor_targets(instance, model).items():
            doctor = doctors[doctor_id]
            room[doctor.municipality_id, period] += doctor.list_limit - target
    return room
