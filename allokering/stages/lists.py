"""How long every list is in every period, so that every resident who is to be listed is.

Index:   doctors present, trainees in practice and those who have finished in a municipality; period
Math:    lists of doctors and finished + lists of trainees = residents + in - out - locum - without
         list <= limit, which of a trainee is the length under the policy
         sum over doctors and finished of what is above target <= above as placed
         target of who supervises = target - patients_per_place places
Units:   patients; patient-months for the trainees' missing patients
Assumes: a municipality's lists meet no other's: what crosses borders was placed; the rule list_limits is enforced here
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter

from allokering.errors import StageFailed
from allokering.facts.calendar import periods_within, presence
from allokering.facts.policy import Policy
from allokering.facts.training import Training, trainings
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import Coverage, HolderKind, ListLength, PlanTables
from allokering.solvers.budget import Budget
from allokering.stages.list_bounds import Bounds, Key, Municipality, Together
from allokering.stages.list_program import Lengths, fewest_moved
from allokering.stages.list_solvers import available_solver
from allokering.stages.parameters import DEFAULT, Parameters
from allokering.stages.stage import StageResult, stage_tier


def set_lists(
    instance: Instance,
    model: Model,
    plan: PlanTables,
    *,
    solver: str = "cbc",
    budget: Budget | None = None,
    parameters: Parameters = DEFAULT,
) -> StageResult[ListLength]:
    """The length of every list, as far as `plan.coverage` says who is to be listed where.

    `plan.supervision` says whose targets are lower because they supervise.

    The trainees' patients need no solver: they have what the policy gives them, or all there are if fewer. Where the
    budget ends the search, every resident is still listed, and the bound says what was proven.

    Raises:
        UsageError: the solver is not installed.
        StageFailed: more residents are to be listed than the lists can hold.
    """
    since = perf_counter()
    pulp_solver, budget = available_solver(solver), budget or Budget()
    policy = Policy(instance, model)
    lists = _bounds(instance, policy, plan)
    covered: dict[str, dict[int, Coverage]] = defaultdict(dict)
    for row in plan.coverage:
        for period in periods_within(instance, row.from_date, row.to_date):
            covered[row.municipality_id][period] = row
    together = {
        municipality: {
            period: _together(row, by_period[period])
            for by_period in [_by_period(lists[municipality])]
            for period, row in sorted(rows.items())
        }
        for municipality, rows in sorted(covered.items())
    }
    missing = instance.settings.period_months * (
        sum(bounds.limit for place in together for bounds in lists[place].values() if bounds.in_training)
        - sum(period.with_trainees for periods in together.values() for period in periods.values())
    )
    training = stage_tier("trainees_missing_patients", "patient-months", missing, missing, since)

    since = perf_counter()
    lengths: dict[str, Lengths] = {}
    every = {place: (lists[place], together[place]) for place in together if lists[place]}
    for municipalities in _batches(every, parameters.lists_together):
        lengths |= fewest_moved(municipalities, pulp_solver, budget, parameters.seconds)
    found = lengths.values()
    too_fast, moved = (sum(one.too_fast.value for one in found), sum(one.moved.value for one in found))
    bounds_on = (sum(one.too_fast.bound for one in found), sum(one.moved.bound for one in found))
    hurry = [stage_tier("moved_too_fast", "patients", too_fast, bounds_on[0], since)] if policy.has_speed() else []
    change = stage_tier("residents_moved", "residents", moved, bounds_on[1], since)
    is_unique = all(one.is_unique for one in found)
    return StageResult(
        _rows(instance, policy, lists, lengths),
        (training, *hurry, change),
        struck=not is_unique,
        is_unique=is_unique,
    )


def _batches(municipalities: Mapping[str, Municipality], size: int) -> Iterator[dict[str, Municipality]]:
    """Municipalities, as many together as have `size` lists or a little more."""
    batch: dict[str, Municipality] = {}
    for place, own in municipalities.items():
        batch[place] = own
        if sum(len(bounds) for bounds, _ in batch.values()) >= size:
            yield batch
            batch = {}
    if batch:
        yield batch


def _bounds(instance: Instance, policy: Policy, plan: PlanTables) -> dict[str, dict[Key, Bounds]]:
    """Bounds of every list by municipality, in order of holder and period."""
    bounds: dict[str, dict[Key, Bounds]] = {row.municipality_id: {} for row in instance.municipalities}
    placed = trainings(instance, plan)
    off_target = _off_targets(instance, policy, plan, placed)
    present = presence(instance)
    for doctor in instance.doctors:
        for period in present[doctor.doctor_id]:
            bounds[doctor.municipality_id][doctor.doctor_id, period] = Bounds(
                kind=HolderKind.DOCTOR,
                target=policy.target(doctor, period) - off_target[doctor.doctor_id, period],
                limit=doctor.list_limit,
                before=doctor.list_size if period == 0 else None,
                speed=policy.speed(doctor, period),
            )
    for training in placed:
        for municipality, period, own in _lists_of_trainee(policy, training, off_target):
            bounds[municipality][training.trainee.trainee_id, period] = own
    return {municipality: dict(sorted(own.items())) for municipality, own in bounds.items()}


def _off_targets(
    instance: Instance, policy: Policy, plan: PlanTables, placed: tuple[Training, ...]
) -> Counter[tuple[str, int]]:
    """Patients that supervising takes off a target, by supervisor and period."""
    places = {training.trainee.trainee_id: policy.programme(training).supervision_places for training in placed}
    off_target: Counter[tuple[str, int]] = Counter()
    for row in plan.supervision:
        for period in periods_within(instance, row.from_date, row.to_date):
            off_target[row.supervisor_id, period] += policy.relief(period) * places[row.trainee_id]
    return off_target


def _lists_of_trainee(
    policy: Policy, training: Training, off_target: Mapping[tuple[str, int], int]
) -> Iterator[tuple[str, int, Bounds]]:
    """The lists of a trainee in practice, and of one who has finished and may supervise, by municipality and period."""
    for period in training.practice:
        for municipality, patients in policy.list_in_practice(training, period).items():
            yield municipality, period, Bounds(HolderKind.TRAINEE, patients, patients, None, in_training=True)
    for period in training.finished:
        staying = policy.staying(training, period)
        if staying is not None:
            for municipality, patients in staying.patients.items():
                is_relieved = municipality == staying.municipality
                relief = off_target[training.trainee.trainee_id, period] if is_relieved else 0
                yield municipality, period, Bounds(HolderKind.TRAINEE, patients - relief, patients, None)


def _by_period(lists: Mapping[Key, Bounds]) -> defaultdict[int, list[Bounds]]:
    bounds_of = defaultdict(list)
    for (_, period), bounds in lists.items():
        bounds_of[period].append(bounds)
    return bounds_of


def _together(row: Coverage, lists: Sequence[Bounds]) -> Together:
    """What the lists hold together in one period.

    Raises:
        StageFailed: they cannot hold the residents who are to be listed.
    """
    listed = row.residents + row.from_elsewhere - row.listed_elsewhere - row.locum - row.without_gp
    settled = [bounds for bounds in lists if not bounds.in_training]
    trainees = sum(bounds.limit for bounds in lists if bounds.in_training)
    targets = sum(bounds.target for bounds in settled)
    room = sum(bounds.limit - bounds.target for bounds in settled)
    above = min(row.above_target, room)
    places = trainees + targets + above
    if not 0 <= listed <= places:
        raise StageFailed(
            say(
                "{municipality}, from {date}: {listed} residents to be listed, and lists for 0 to {places}",
                municipality=row.municipality_id,
                date=row.from_date,
                listed=listed,
                places=places,
            )
        )
    with_trainees = min(listed, trainees)
    return Together(listed - with_trainees, with_trainees, targets, above, room)


def _rows(
    instance: Instance,
    policy: Policy,
    lists: Mapping[str, Mapping[Key, Bounds]],
    lengths: Mapping[str, Lengths],
) -> tuple[ListLength, ...]:
    doctors = {doctor.doctor_id: doctor for doctor in instance.doctors}
    return tuple(
        ListLength(
            municipality_id=municipality,
            holder_id=holder,
            kind=lists[municipality][holder, period].kind,
            from_date=instance.period_start(period),
            to_date=instance.period_end(period),
            patients=patients,
            target=lists[municipality][holder, period].target,
            limit=lists[municipality][holder, period].limit,
            week_minutes=policy.week_minutes(doctors[holder], patients, period) if holder in doctors else None,
        )
        for municipality, found in lengths.items()
        for (holder, period), patients in found.patients.items()
    )
