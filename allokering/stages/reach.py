"""Who may supervise: specialists who are there, and those who have finished, with their places and their way.

Index:   supervisor, a doctor or a trainee who has finished; period
Math:    places[supervisor, period] = supervises_max, at most floor(target / patients_per_place) where relief is given
Units:   places; NOK a period
Assumes: a place costs its way, so that a trainee of several places costs as many ways
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from allokering.facts.calendar import presence, rule_in_force
from allokering.facts.policy import Policy
from allokering.facts.positions import minutes_from_any
from allokering.facts.training import Training
from allokering.instance import Instance
from allokering.kinds import SupervisionParams, SupervisionTravel
from allokering.model import Model
from allokering.tables import PinWhat

Pool = tuple[str, str]
"""A municipality's supervisors are one pool, (municipality, ""); one whom a pin names is a pool alone."""


class Reach:
    """Which supervisors have how many places in a period, and what it costs them to come to a position."""

    def __init__(self, instance: Instance, model: Model, policy: Policy, placed: Sequence[Training]) -> None:
        self.instance = instance
        self.policy = policy
        self._placed = placed
        self._present = presence(instance)
        self._places: dict[int, dict[str, int]] = {}
        self._nok: dict[tuple[tuple[str, ...], str, int], int | None] = {}
        term = model.term("supervision_travel")
        typed = None if term is None else term.typed
        self._travel = typed if isinstance(typed, SupervisionTravel) else None
        rule = rule_in_force(model, "supervision", instance.settings.start)
        self.params = rule if isinstance(rule, SupervisionParams) else None
        """The rule in force; None: nobody need be supervised."""
        self.municipality = {doctor.doctor_id: doctor.municipality_id for doctor in instance.doctors}
        """Where each supervisor's places are."""

    def minutes_max(self, training: Training) -> int:
        """How far away a trainee's supervisor may be."""
        assert self.params is not None  # noqa: S101 - asked for trainees who are to be supervised
        own = self.policy.programme(training).supervisor_minutes_max
        return self.params.travel_minutes_max if own is None else min(own, self.params.travel_minutes_max)

    def places(self, period: int) -> Mapping[str, int]:
        """Places by supervisor; those who have none are left out."""
        if period not in self._places:
            known = chain(self._of_doctors(period), self._of_finished(period))
            self._places[period] = {supervisor: places for supervisor, places in known if places > 0}
        return self._places[period]

    def _of_doctors(self, period: int) -> Iterator[tuple[str, int]]:
        default = 0 if self.params is None else self.params.trainees_per_supervisor
        relief = self.policy.relief(period)
        for doctor in self.instance.doctors:
            if doctor.is_specialist and period in self._present[doctor.doctor_id]:
                most = default if doctor.supervises_max is None else doctor.supervises_max
                yield doctor.doctor_id, min(most, self.policy.target(doctor, period) // relief) if relief else most

    def _of_finished(self, period: int) -> Iterator[tuple[str, int]]:
        for training in self._placed:
            staying = self.policy.staying(training, period)
            if staying is not None:
                self.municipality[training.trainee.trainee_id] = staying.municipality
                yield training.trainee.trainee_id, staying.places

    def all_places(self) -> dict[tuple[str, int], int]:
        """Places by supervisor and period."""
        return {
            (supervisor, period): places
            for period in range(self.instance.settings.periods)
            for supervisor, places in self.places(period).items()
        }

    def pools(self, period: int, pinned: set[str]) -> dict[Pool, list[str]]:
        """The supervisors of a period by pool."""
        pools: dict[Pool, list[str]] = defaultdict(list)
        for supervisor in self.places(period):
            pools[self.municipality[supervisor], supervisor if supervisor in pinned else ""].append(supervisor)
        return pools

    def twins(self) -> dict[str, tuple[str, ...]]:
        """Supervisors of a municipality with the same places in every period are interchangeable, if not pinned."""
        pinned = {pin.value for pin in self.instance.pins if pin.what is PinWhat.SUPERVISOR}
        by_period = [self.places(period) for period in range(self.instance.settings.periods)]
        return {
            supervisor: (
                municipality,
                supervisor if supervisor in pinned else "",
                *(str(places.get(supervisor, 0)) for places in by_period),
            )
            for supervisor, municipality in self.municipality.items()
        }

    def nok(self, municipalities: tuple[str, ...], there: str, minutes_max: int) -> int | None:
        """What a place for a period costs from another municipality; None if it is too far away."""
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
