"""Do the columns of `lists` and `coverage` that follow from others say what follows?

Everyone who holds a list has one row per municipality and period, and nobody else has any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import HolderKind, ListLength, Plan
from allokering.verifier.evidence import period_of, read_paths
from allokering.verifier.recount import doctor_targets, residents_after, trainee_lists
from allokering.violation import Violation

RULE = "columns"

ListKey = tuple[str, str, int]
"""Municipality, holder, period."""
Expected = dict[ListKey, tuple[HolderKind, int, int]]
"""What is known of a list without looking at the plan's own row: kind of holder, target and limit in patients."""


def check_columns(instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every list that is missing or nobody's, and every column that disagrees with its sources."""
    expected = _expected_lists(instance, model, plan)
    yield from _check_holders(expected, instance, plan)
    for row in plan.lists:
        holder = expected.get(_key(row, instance))
        if holder is not None:
            yield from _check_list(row, *holder)
    yield from _check_coverage(expected, instance, plan)


def _key(row: ListLength, instance: Instance) -> ListKey:
    return row.municipality_id, row.holder_id, period_of(instance, row.from_date)


def _expected_lists(instance: Instance, model: Model, plan: Plan) -> Expected:
    doctors = {doctor.doctor_id: doctor for doctor in instance.doctors}
    expected: Expected = {}
    for (doctor_id, period), target in doctor_targets(instance, model).items():
        doctor = doctors[doctor_id]
        expected[doctor.municipality_id, doctor_id, period] = (HolderKind.DOCTOR, target, doctor.list_limit)
    paths = read_paths(instance, model, plan).values()
    for (trainee_id, municipality_id, period), patients in trainee_lists(instance, model, paths).items():
        expected[municipality_id, trainee_id, period] = (HolderKind.TRAINEE, patients, patients)
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


def _check_coverage(expected: Expected, instance: Instance, plan: Plan) -> Iterator[Violation]:
    municipalities = {row.municipality_id: row for row in instance.municipalities}
    listed: Counter[tuple[str, int]] = Counter()
    above: Counter[tuple[str, int]] = Counter()
    for row in plan.lists:
        key = _key(row, instance)
        listed[row.municipality_id, key[2]] += row.patients
        if row.kind == HolderKind.DOCTOR and key in expected:
            above[row.municipality_id, key[2]] += max(0, row.patients - expected[key][1])
    for coverage in plan.coverage:
        place = (coverage.municipality_id, period_of(instance, coverage.from_date))
        subject = f"{coverage.municipality_id} {coverage.from_date}"
        months = place[1] * instance.settings.period_months
        residents = residents_after(municipalities[coverage.municipality_id], months)
        yield from _check_equal(subject, "residents", coverage.residents, residents)
        yield from _check_equal(subject, "listed", coverage.listed, listed[place])
        yield from _check_equal(subject, "above_target", coverage.above_target, above[place])


def _check_equal(subject: str, column: str, written: int, recomputed: int) -> Iterator[Violation]:
    if written != recomputed:
        message = say(
            "{subject}: {column} is {written}; {recomputed} by the tables",
            subject=subject,
            column=column,
            written=written,
            recomputed=recomputed,
        )
        yield Violation(RULE, subject, written, recomputed, message)
