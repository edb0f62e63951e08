"""Every trainee in practice has a named supervisor: first at the lowest travel, then with the fewest handovers.

Index:   trainee; doctor in specialists; period
Math:    sum over doctors of named[trainee, doctor, period] = 1 in every period of practice
         sum over trainees of named[trainee, doctor, period] <= places[doctor]
Units:   NOK of travel over the plan; handovers
Assumes: places that are interchangeable for the placement are so here, until a trainee is used to one of them
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from allokering.errors import StageFailed
from allokering.instance import Instance
from allokering.kinds import SupervisionParams, SupervisionTravel
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan, Supervision
from allokering.stages.cpsat import Search
from allokering.stages.handovers import Choices, fewest_handovers
from allokering.stages.stage import (
    StageResult,
    Training,
    minutes_from_any,
    presence,
    rule_in_force,
    stage_tier,
    trainings,
)
from allokering.stages.transport import cheapest_transport
from allokering.tables import Pin, PinVerb, PinWhat

Pool = tuple[str, str]
"""A municipality's specialists are one pool, (municipality, ""); one whom a pin names is a pool alone."""


@dataclass(frozen=True, order=True)
class Wish:
    """What tells trainees apart when a supervisor is sought."""

    municipalities: tuple[str, ...]
    must: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True)
class OnePeriod:
    """The cheapest ways to supervise in one period."""

    nok: int
    candidates: dict[str, tuple[str, ...]]
    full: frozenset[str]


def name_supervisors(
    instance: Instance, model: Model, plan: Plan, *, seed: int = 0, work_limit: float | None = None
) -> StageResult[Supervision]:
    """The supervisor of every trainee in every period of practice.

    `work_limit` is in CP-SAT's deterministic seconds, for the handovers of the whole plan; travel is proven lowest.

    Raises:
        StageFailed: in some period the trainees are more than the places within reach.
    """
    since = perf_counter()
    supervised = [
        training
        for training in trainings(instance, plan)
        if model.programme_params(training.trainee.programme).needs_supervisor
    ]
    reach = _Reach(instance, model)
    candidates: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
    full: set[tuple[str, int]] = set()
    nok = 0
    for period in range(instance.settings.periods):
        practising = [training for training in supervised if period in training.practice]
        if not practising or reach.params is None:
            continue
        cheapest = _cheapest(instance, practising, reach, period, reach.params.travel_minutes_max)
        nok += cheapest.nok
        full |= {(doctor, period) for doctor in cheapest.full}
        for trainee, doctors in cheapest.candidates.items():
            candidates[trainee][period] = doctors
    travel = stage_tier("supervision_travel", "NOK", nok, nok, since)

    since = perf_counter()
    choices = Choices(dict(sorted(candidates.items())), reach.all_places(), frozenset(full), _twins(instance, reach))
    named = fewest_handovers(choices, Search(seed, work_limit))
    handovers = stage_tier("handovers", "handovers", named.value, named.bound, since)
    return StageResult(tuple(_rows(instance, named.supervisor)), (travel, handovers))


class _Reach:
    """Which specialists have how many places in a period, and what it costs them to come to a position."""

    def __init__(self, instance: Instance, model: Model) -> None:
        self.instance = instance
        self.model = model
        self.present = presence(instance)
        self._places: dict[int, dict[str, int]] = {}
        self._nok: dict[tuple[tuple[str, ...], str, int], int | None] = {}
        term = model.term("supervision_travel")
        typed = None if term is None else term.typed
        self._travel = typed if isinstance(typed, SupervisionTravel) else None
        rule = rule_in_force(model, "supervision", instance.settings.start)
        self.params = rule if isinstance(rule, SupervisionParams) else None
        """The rule in force; None: nobody need be supervised."""

    def places(self, period: int) -> Mapping[str, int]:
        """Places by doctor; those who have none are left out."""
        if period not in self._places:
            default = 0 if self.params is None else self.params.trainees_per_supervisor
            self._places[period] = {
                doctor.doctor_id: most
                for doctor in self.instance.doctors
                if doctor.is_specialist and period in self.present[doctor.doctor_id]
                if (most := default if doctor.supervises_max is None else doctor.supervises_max) > 0
            }
        return self._places[period]

    def all_places(self) -> dict[tuple[str, int], int]:
        """Places by doctor and period."""
        return {
            (doctor, period): places
            for period in range(self.instance.settings.periods)
            for doctor, places in self.places(period).items()
        }

    def nok(self, municipalities: tuple[str, ...], there: str, minutes_max: int) -> int | None:
        """What a period of supervision from another municipality costs; None if it is too far away."""
        key = (municipalities, there, minutes_max)
        if key not in self._nok:
            self._nok[key] = self._price(*key)
        return self._nok[key]

    def _price(self, municipalities: tuple[str, ...], there: str, minutes_max: int) -> int | None:
        minutes = minutes_from_any(self.instance, municipalities, there)
        if minutes is None or minutes > minutes_max:
            return None
        if self._travel is None:
            return 0
        hours_of_a_trip = 2 * minutes * self._travel.nok_per_hour
        return hours_of_a_trip * self._travel.trips_per_month * self.instance.settings.period_months // 60


def _cheapest(
    instance: Instance, practising: Sequence[Training], reach: _Reach, period: int, minutes_max: int
) -> OnePeriod:
    """All the cheapest ways to supervise those who practise in a period."""
    pins = [pin for pin in instance.pins if pin.what is PinWhat.SUPERVISOR and _holds(instance, pin, period)]
    wishes: dict[Wish, list[str]] = defaultdict(list)
    for training in practising:
        own = [pin for pin in pins if pin.trainee_id == training.trainee.trainee_id]
        must, never = (
            tuple(sorted(pin.value for pin in own if pin.verb is verb)) for verb in (PinVerb.MUST, PinVerb.NEVER)
        )
        wishes[Wish(training.municipalities, must, never)].append(training.trainee.trainee_id)
    pools = _pools(instance, reach.places(period), {pin.value for pin in pins})
    prices = {
        (need, supply): nok
        for need, wish in enumerate(wishes)
        for supply, (municipality, doctor) in enumerate(pools)
        if doctor not in wish.never and (not wish.must or doctor in wish.must)
        if (nok := reach.nok(wish.municipalities, municipality, minutes_max)) is not None
    }
    places = [sum(reach.places(period)[doctor] for doctor in doctors) for doctors in pools.values()]
    transport = cheapest_transport([len(trainees) for trainees in wishes.values()], places, prices)
    if transport.unmet:
        _fail(instance, period, list(wishes.values()), transport.unmet)
    doctors_of = list(pools.values())
    found: dict[int, list[str]] = defaultdict(list)
    for need, supply in transport.usable:
        found[need] += doctors_of[supply]
    return OnePeriod(
        nok=transport.cost,
        candidates={
            trainee: tuple(sorted(found[need])) for need, trainees in enumerate(wishes.values()) for trainee in trainees
        },
        full=frozenset(doctor for supply in transport.used_up for doctor in doctors_of[supply]),
    )


def _holds(instance: Instance, pin: Pin, period: int) -> bool:
    return pin.until is None or instance.period_start(period) <= pin.until


def _pools(instance: Instance, places: Mapping[str, int], pinned: set[str]) -> dict[Pool, list[str]]:
    pools: dict[Pool, list[str]] = defaultdict(list)
    for doctor in instance.doctors:
        if doctor.doctor_id in places:
            alone = doctor.doctor_id if doctor.doctor_id in pinned else ""
            pools[doctor.municipality_id, alone].append(doctor.doctor_id)
    return pools


def _twins(instance: Instance, reach: _Reach) -> dict[str, tuple[str, ...]]:
    """Doctors of one municipality with the same places in every period are interchangeable, unless a pin names them."""
    pinned = {pin.value for pin in instance.pins if pin.what is PinWhat.SUPERVISOR}
    periods = range(instance.settings.periods)
    return {
        doctor.doctor_id: (
            doctor.municipality_id,
            doctor.doctor_id if doctor.doctor_id in pinned else "",
            *(str(reach.places(period).get(doctor.doctor_id, 0)) for period in periods),
        )
        for doctor in instance.doctors
        if doctor.is_specialist
    }


def _fail(instance: Instance, period: int, groups: Sequence[Sequence[str]], unmet: Mapping[int, int]) -> None:
    raise StageFailed(
        "\n".join(
            say(
                "From {date} to {end}, {missing} of these trainees can have no supervisor: {trainees}",
                date=instance.period_start(period),
                end=instance.period_end(period),
                missing=missing,
                trainees=", ".join(groups[need]),
            )
            for need, missing in unmet.items()
        )
    )


def _rows(instance: Instance, supervisor: Mapping[tuple[str, int], str]) -> Iterator[Supervision]:
    """One row for every unbroken stretch with the same supervisor."""
    stretch: list[tuple[str, int]] = []
    for trainee, period in sorted(supervisor):
        follows = bool(stretch) and stretch[-1] == (trainee, period - 1)
        if stretch and not (follows and supervisor[stretch[-1]] == supervisor[trainee, period]):
            yield _row(instance, stretch, supervisor)
            stretch = []
        stretch.append((trainee, period))
    if stretch:
        yield _row(instance, stretch, supervisor)


def _row(
    instance: Instance, stretch: Sequence[tuple[str, int]], supervisor: Mapping[tuple[str, int], str]
) -> Supervision:
    (trainee, first), (_, last) = stretch[0], stretch[-1]
    return Supervision(
        trainee_id=trainee,
        supervisor_id=supervisor[trainee, first],
        from_date=instance.period_start(first),
        to_date=instance.period_end(last),
    )
