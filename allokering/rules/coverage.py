"""Every resident is on a list, with a locum, or is counted as without a GP where the objective prices that.

Index:   municipality, period
Math:    R[m, p] = listed + locum + without + elsewhere - from elsewhere;  locum <= patients_per_locum locums;
         without <= R[m, p];  above <= sum_{doctors present} (limit - target) + supervisors' relief;
         each 0 if the objective has no such term
Units:   residents and patients
Assumes: the plan's columns `listed` and `above_target` say what its lists say, which the verifier sees to
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from allokering.evidence.recount import doctor_targets, relieved_in, residents_after
from allokering.evidence.written_plan import period_of, periods, read_paths
from allokering.facts.positions import by_part, doctors_by_place, residents_in, shares_of_positions
from allokering.formulation.path_space import While
from allokering.formulation.scope import Scope
from allokering.formulation.shared_rows import FREE_PLACES, LISTED, ROOM_ABOVE, Published
from allokering.formulation.trainee_lists import list_in_part
from allokering.instance import Instance
from allokering.kinds import Locum, Params, PerPatientMonth, PerResidentMonth
from allokering.language import say
from allokering.model import Model
from allokering.plan import Coverage, Plan
from allokering.problem import Integers
from allokering.terms.above_target import price as price_above_target
from allokering.terms.cross_border import price as price_across_border
from allokering.terms.locum import price as price_of_locum
from allokering.terms.without_gp import price as price_without_gp
from allokering.violation import Violation

RULE = "coverage"
SCOPE = ("resource",)
ROOM_MAX = 1_000_000
"""More patients than the doctors of any municipality have room for above their targets."""


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """A row per municipality and period: residents less the targets of the doctors; trainees' lists relieve it."""
    months = instance.settings.period_months
    doctors = doctors_by_place(instance)
    locum, without = scope.term("locum"), scope.term("without_gp")
    rows: dict[str, Integers] = {}
    for municipality in instance.municipalities:
        place, numbers = municipality.municipality_id, []
        for period in scope.periods:
            present = doctors[place, period]
            targets = sum(scope.policy.target(doctor, period) for doctor in present)
            here = residents_in(municipality, period * months)
            number = scope.resource(place, period, targets - here)
            scope.publish(LISTED, place, period, number)
            _let_lists_pass_targets(
                scope, instance, number, (place, period), sum(doctor.list_limit for doctor in present) - targets
            )
            if isinstance(locum, Locum):
                patients = locum.patients_per_locum * locum.locums_per_municipality
                scope.relieve(number, "locum", patients, price_of_locum(locum, months))
            if isinstance(without, PerResidentMonth):
                scope.relieve(number, "without_gp", here, price_without_gp(without, months))
            numbers.append(number)
        rows[place] = np.array(numbers)
    _let_residents_cross(scope, instance, rows)
    shares = shares_of_positions(instance)
    parts = {position: tuple(share) for position, share in shares.items()}
    for part, resource in enumerate(by_part(parts, rows, len(scope.periods))):
        scope.use(While.PRACTICE, resource, amount=list_in_part(scope, instance, part))


def _let_lists_pass_targets(scope: Scope, instance: Instance, row: int, place: tuple[str, int], room: int) -> None:
    """Lists above targets relieve the row; where supervision lowers targets, the room above them grows with it."""
    above = scope.term("above_target")
    if not isinstance(above, PerPatientMonth):
        return
    points = price_above_target(above, instance.settings.period_months)
    if not scope.policy.relief(place[1]):
        scope.relieve(row, "above_target", room, points)
        return
    municipality, period = place
    room_above = scope.resource(f"{municipality} above", period, room)
    scope.publish(ROOM_ABOVE, municipality, period, room_above)
    scope.transfer(row, room_above, ROOM_MAX, scope.price("above_target", points), name="above_target")


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every municipality and period where residents are lost, counted twice, or helped by more than there is."""
    rows = {(row.municipality_id, period_of(instance, row.from_date)): row for row in plan.coverage}
    locums_limit = _most_patients_of_locums(model)
    may_cross = any(rule.in_force(instance.settings.start) for rule in model.rules_of("cross_border"))
    room_above = _room_above_targets(instance, model, plan)
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


def _room_above_targets(instance: Instance, model: Model, plan: Plan) -> Counter[tuple[str, int]]:
    room: Counter[tuple[str, int]] = Counter()
    if model.term("above_target") is not None:
        room += relieved_in(instance, model, plan, read_paths(instance, model, plan))
        doctors = {doctor.doctor_id: doctor for doctor in instance.doctors}
        for (doctor_id, period), target in doctor_targets(instance, model).items():
            doctor = doctors[doctor_id]
            room[doctor.municipality_id, period] += doctor.list_limit - target
    return room


def _let_residents_cross(scope: Scope, instance: Instance, rows: dict[str, Integers]) -> None:
    """The rule cross_border: use moves along the rows of its table; nobody moves who does not live there."""
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
                    scope.price("cross_border", price_across_border(term, months)),
                    also_uses=((movable, 1),),
                    shared=(
                        (Published(FREE_PLACES, sender, period), -1),
                        (Published(FREE_PLACES, row.to_municipality_id, period), 1),
                    ),
                )
