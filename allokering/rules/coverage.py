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

import numpy as np

from allokering.formulation.derived import (
    by_part,
    doctors_by_place,
    list_target,
    residents_in,
    shares_of_positions,
    trainee_list_ladder,
)
from allokering.formulation.paths import PathSpace, While
from allokering.formulation.scope import Amount, Scope
from allokering.formulation.training import training_years
from allokering.instance import Instance
from allokering.kinds import Locum, Params, PerPatientMonth, PerResidentMonth
from allokering.language import say
from allokering.model import Model
from allokering.plan import Coverage, Plan
from allokering.problem import Integers
from allokering.verifier.evidence import period_of, periods
from allokering.verifier.recount import doctor_targets, residents_after
from allokering.violation import Violation

RULE = "coverage"


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """A row per municipality and period: residents less the targets of the doctors; trainees' lists relieve it."""
    months = instance.settings.period_months
    model = scope.draft.model
    doctors = doctors_by_place(instance)
    locum = scope.term("locum")
    above, without = scope.term("above_target"), scope.term("without_gp")
    residents = {row.municipality_id: row for row in instance.municipalities}
    rows: dict[str, Integers] = {}
    for municipality, row in residents.items():
        numbers = []
        for period in scope.periods:
            limits = [doctor.list_limit for doctor in doctors[municipality, period]]
            targets = [list_target(instance, model, doctor, period) for doctor in doctors[municipality, period]]
            here = residents_in(row, period * months)
            number = scope.resource(municipality, period, sum(targets) - here)
            if isinstance(above, PerPatientMonth):
                scope.relieve(number, "above_target", sum(limits) - sum(targets), above.per_patient_month * months)
            if isinstance(locum, Locum):
                nok = locum.nok_per_week * 52 * months // (12 * locum.patients_per_locum)
                scope.relieve(number, "locum", locum.patients_per_locum * locum.locums_per_municipality, nok)
            if isinstance(without, PerResidentMonth):
                scope.relieve(number, "without_gp", here, without.per_resident_month * months)
            numbers.append(number)
        rows[municipality] = np.array(numbers)
    _let_residents_cross(scope, instance, rows)
    shares = shares_of_positions(instance)
    parts = {position: tuple(share) for position, share in shares.items()}
    for part, resource in enumerate(by_part(parts, rows, len(scope.periods))):
        scope.use(While.PRACTICE, resource, amount=_list_in_part(instance, model, shares, part))


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every municipality and period where residents are lost, counted twice, or helped by more than there is."""
    rows = {(row.municipality_id, period_of(instance, row.from_date)): row for row in plan.coverage}
    locums_limit = _most_patients_of_locums(model)
    may_cross = any(rule.in_force(instance.settings.start) for rule in model.rules_of("cross_border"))
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
            if not may_cross:
                crossing = row.listed_elsewhere + row.from_elsewhere
                yield from _check_relief(row, say("residents listed across a border"), crossing, 0)
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


def _let_residents_cross(scope: Scope, instance: Instance, rows: dict[str, Integers]) -> None:
    """Use moves along the rows of `cross_border`; nobody moves who does not live there."""
    months = instance.settings.period_months
    term = scope.term("cross_border")
    is_allowed = any(rule.in_force(instance.settings.start) for rule in scope.draft.model.rules_of("cross_border"))
    if not is_allowed or not isinstance(term, PerResidentMonth):
        return
    home = {row.municipality_id: row for row in instance.municipalities}
    senders = sorted({row.from_municipality_id for row in instance.cross_border})
    for sender in senders:
        targets = [row for row in instance.cross_border if row.from_municipality_id == sender]
        for period in scope.periods:
            movable = scope.resource(f"{sender} residents", period, residents_in(home[sender], period * months))
            for row in targets:
                scope.transfer(
                    int(rows[sender][period]),
                    int(rows[row.to_municipality_id][period]),
                    row.max_residents,
                    scope.price("cross_border", term.per_resident_month * months),
                    also_uses=movable,
                )


def _list_in_part(instance: Instance, model: Model, shares: dict[str, dict[str, int]], part: int) -> Amount:
    """The trainee's list in the numbered part of each position, as a negative use."""
    trainees = {trainee.trainee_id: trainee for trainee in instance.trainees}
    share = np.array([(*position.values(), *[0] * (part + 1))[part] for position in shares.values()])
    limit = np.array([2**31 if row.list_limit is None else row.list_limit for row in instance.positions])
    ladders = [trainee_list_ladder(instance, model, period) for period in range(instance.settings.periods)]

    def amount(space: PathSpace, positions: Integers) -> Integers:
        trainee = trainees[space.trainee]
        years = training_years(trainee, space.starts, space.periods, instance.settings.period_months)
        patients = np.stack(
            [ladder[np.minimum(years[:, period], len(ladder) - 1)] for period, ladder in enumerate(ladders)], axis=1
        )
        whole = np.minimum((patients * trainee.fte_percent // 100)[None], limit[positions][:, None, None])
        return np.asarray(-(whole * share[positions][:, None, None] // 100), dtype=np.int64)

    return amount
