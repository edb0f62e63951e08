"""Do the columns of `placements`, `lists`, `coverage` and `openings` that follow from others say what follows?

Everyone who holds a list has one row per municipality and period, and nobody else has any; every application has a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from allokering.evidence.recount import (
    relieved_in,
    relieved_lists,
    relieved_targets,
    residents_after,
    trainee_lists,
    working_weeks,
)
from allokering.evidence.written_plan import announced_chances, period_of, read_paths
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import HolderKind, ListLength, OpeningState, PlacementStatus, Plan
from allokering.violation import Violation

RULE = "columns"

ListKey = tuple[str, str, int]
"""Municipality, holder, period."""
Expected = dict[ListKey, tuple[HolderKind, int, int]]
"""What is known of a list without looking at the list's own row: kind of holder, target and limit in patients."""


def check_columns(instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every list that is missing or nobody's, and every column that disagrees with its sources."""
    expected = _expected_lists(instance, model, plan)
    yield from _check_placements(instance, model, plan)
    yield from _check_openings(instance, plan)
    yield from _check_holders(expected, instance, plan)
    for row in plan.lists:
        holder = expected.get(_key(row, instance))
        if holder is not None:
            yield from _check_list(row, *holder)
    yield from _check_weeks(instance, model, plan)
    yield from _check_coverage(expected, instance, model, plan)


def _check_placements(instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """A placed recruit has the chance of the announcement; nobody else has any."""
    chances = announced_chances(instance, model)
    recruits = {trainee.trainee_id for trainee in instance.trainees if trainee.recruited_to is not None}
    for row in plan.placements:
        chance = None
        if row.status is PlacementStatus.PLACED and row.trainee_id in recruits:
            chance = chances.get(row.position_id or "", 0)
        subject = " ".join(part for part in (row.trainee_id, row.position_id, row.municipality_id) if part is not None)
        yield from _check_equal(subject, "expected_permille", row.expected_permille, chance)


def _check_openings(instance: Instance, plan: Plan) -> Iterator[Violation]:
    """What is closed has neither form nor places; every application has a row."""
    for row in plan.openings:
        if row.state is OpeningState.CLOSED:
            if row.form is not None:
                message = say("{position} is closed, and has a form in the plan", position=row.position_id)
                yield Violation(RULE, row.position_id, 1, 0, message)
            yield from _check_equal(row.position_id, "places", row.places, 0)
    told = {row.application_id for row in plan.selection}
    for application_id in sorted({row.application_id for row in instance.applications} - told):
        message = say("{application} is not among the selected or left out", application=application_id)
        yield Violation(RULE, application_id, 0, 1, message)


def _key(row: ListLength, instance: Instance) -> ListKey:
    return row.municipality_id, row.holder_id, period_of(instance, row.from_date)


def _expected_lists(instance: Instance, model: Model, plan: Plan) -> Expected:
    doctors = {doctor.doctor_id: doctor for doctor in instance.doctors}
    expected: Expected = {}
    for (doctor_id, period), target in relieved_targets(instance, model, plan).items():
        doctor = doctors[doctor_id]
        expected[doctor.municipality_id, doctor_id, period] = (HolderKind.DOCTOR, target, doctor.list_limit)
    paths = read_paths(instance, model, plan).values()
    targets = relieved_lists(instance, model, plan, paths)
    for (trainee_id, municipality_id, period), patients in trainee_lists(instance, model, paths).items():
        target = targets[trainee_id, municipality_id, period]
        expected[municipality_id, trainee_id, period] = (HolderKind.TRAINEE, target, patients)
    return expected


def _check_holders(expected: Expected, instance: Instance, plan: Plan) -> Iterator[Violation]:
    written = {_key(row, instance) for row in plan.lists}
    for municipality_id, holder_id, period in expected.keys() - written:
        first = instance.period_start(period)
        message = say(
            "{holder} holds a list in {municipality} from {date} that the plan lacks",
            holder=holder_id,
            municipality=municipality_id,
            date=first,
        )
        yield Violation(RULE, f"{holder_id} {municipality_id} {first}", 0, 1, message)
    for municipality_id, holder_id, period in written - expected.keys():
        first = instance.period_start(period)
        message = say(
            "{holder} holds no list in {municipality} from {date}, and the plan has one",
            holder=holder_id,
            municipality=municipality_id,
            date=first,
        )
        yield Violation(RULE, f"{holder_id} {municipality_id} {first}", 1, 0, message)


def _check_list(row: ListLength, kind: HolderKind, target: int, limit: int) -> Iterator[Violation]:
    subject = f"{row.holder_id} {row.municipality_id} {row.from_date}"
    if row.kind != kind:
        message = say(
            "{holder} is a {kind}, and the list says {written}", holder=row.holder_id, kind=kind, written=row.kind
        )
        yield Violation(RULE, subject, 1, 0, message)
    yield from _check_equal(subject, "target", row.target, target)
    yield from _check_equal(subject, "limit", row.limit, limit)


def _check_weeks(instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """The working week with the list as it is; of doctors, where the policy reckons in hours."""
    weeks = working_weeks(instance, model, plan)
    for row in plan.lists:
        week = weeks.get((row.holder_id, period_of(instance, row.from_date)))
        subject = f"{row.holder_id} {row.municipality_id} {row.from_date}"
        yield from _check_equal(subject, "week_minutes", row.week_minutes, week)


def _check_coverage(expected: Expected, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Above their target are doctors, and those who have finished; what a trainee has too much is no such thing."""
    paths = read_paths(instance, model, plan)
    off_targets = relieved_in(instance, model, plan, paths)
    municipalities = {row.municipality_id: row for row in instance.municipalities}
    listed: Counter[tuple[str, int]] = Counter()
    above: Counter[tuple[str, int]] = Counter()
    for row in plan.lists:
        key = _key(row, instance)
        listed[row.municipality_id, key[2]] += row.patients
        path = paths.get(row.holder_id)
        if key in expected and (row.kind == HolderKind.DOCTOR or (path is not None and key[2] in path.finished)):
            above[row.municipality_id, key[2]] += max(0, row.patients - expected[key][1])
    for coverage in plan.coverage:
        place = (coverage.municipality_id, period_of(instance, coverage.from_date))
        subject = f"{coverage.municipality_id} {coverage.from_date}"
        months = place[1] * instance.settings.period_months
        residents = residents_after(municipalities[coverage.municipality_id], months)
        yield from _check_equal(subject, "residents", coverage.residents, residents)
        yield from _check_equal(subject, "listed", coverage.listed, listed[place])
        yield from _check_equal(subject, "above_target", coverage.above_target, above[place])
        yield from _check_equal(subject, "off_targets", coverage.off_targets, off_targets[place])


def _check_equal(subject: str, column: str, written: int | None, recomputed: int | None) -> Iterator[Violation]:
    if written == recomputed:
        return
    message = say(
        "{subject}: {column} is {written}; {recomputed} by the tables",
        subject=subject,
        column=column,
        written=say("empty") if written is None else written,
        recomputed=say("empty") if recomputed is None else recomputed,
    )
    if written is None or recomputed is None:
        yield Violation(RULE, subject, 1, 0, message)
    else:
        yield Violation(RULE, subject, written, recomputed, message)
