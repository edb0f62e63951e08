"""Supervision places as demand, supply and transfers between them: docs/model.md, section 3, supervision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from allokering.facts.calendar import rule_in_force
from allokering.facts.positions import is_present, main_municipalities, minutes_from_any
from allokering.formulation.scope import Scope
from allokering.formulation.shared_rows import FREE_PLACES, LISTED, ROOM_ABOVE, SUPERVISORS, Published
from allokering.instance import Instance
from allokering.kinds import Compensated, Pipeline, SupervisionParams, SupervisionTravel
from allokering.problem import Integers
from allokering.tables import Pin, PinVerb, PinWhat
from allokering.terms.compensation import price_of_relief
from allokering.terms.supervision_travel import price as price_of_travel

Area = tuple[str, ...]
"""The municipalities of a position."""
Pool = tuple[str, str | None]
"""A municipality's specialists, or one of them whom a pin names."""
Supply = Mapping[int, Mapping[Pool, tuple[int, int]]]
"""By period and pool: the row, and the most places that can be taken from it."""


class SupervisorPins:
    """The pins on supervisors."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._pins = [pin for pin in instance.pins if pin.what is PinWhat.SUPERVISOR]
        self.trainees = {pin.trainee_id for pin in self._pins}
        self.named = {pin.value for pin in self._pins}

    def _holding(self, trainee: str, period: int) -> list[Pin]:
        first_day = self._instance.period_start(period)
        return [
            pin for pin in self._pins if pin.trainee_id == trainee and (pin.until is None or first_day <= pin.until)
        ]

    def hold(self, trainee: str, period: int) -> bool:
        """Has the trainee any pin in this period?"""
        return bool(self._holding(trainee, period))

    def allow(self, trainee: str, doctor: str | None, period: int) -> bool:
        """May this specialist, or one of a pool that no pin names, supervise the trainee in this period?"""
        pins = self._holding(trainee, period)
        must = {pin.value for pin in pins if pin.verb is PinVerb.MUST}
        never = {pin.value for pin in pins if pin.verb is PinVerb.NEVER}
        return (not must or doctor in must) and doctor not in never


def supervision_supply(scope: Scope, params: SupervisionParams, instance: Instance, named: set[str]) -> Supply:
    """A row per pool and period that has, or may come to have, places; pools are published for those who finish."""
    finishing = _places_after(scope, instance)
    supply: dict[int, dict[Pool, tuple[int, int]]] = {}
    for period in scope.periods:
        relief = scope.policy.relief(period)
        places: dict[Pool, int] = defaultdict(int)
        for doctor in instance.doctors:
            if doctor.is_specialist and is_present(instance, doctor.starts, doctor.ends, period):
                most = params.trainees_per_supervisor if doctor.supervises_max is None else doctor.supervises_max
                if relief:
                    most = min(most, scope.policy.target(doctor, period) // relief)
                alone = doctor.doctor_id if doctor.doctor_id in named else None
                places[doctor.municipality_id, alone] += most
        supply[period] = {}
        for pool in sorted({*places, *finishing[period]}, key=str):
            municipality, alone = pool
            most = places[pool] + finishing[period].get(pool, 0)
            if most > 0:
                row = scope.resource(f"{alone or municipality} supply", period, places[pool])
                supply[period][pool] = (row, most)
                if alone is None:
                    scope.publish(SUPERVISORS, municipality, period, row)
    return supply


def _places_after(scope: Scope, instance: Instance) -> list[dict[Pool, int]]:
    """By period, the most places that those who have finished can give, by pool."""
    model, nobody = scope.draft.model, [dict[Pool, int]() for _ in scope.periods]
    params = rule_in_force(model, "pipeline", instance.settings.start)
    if not isinstance(params, Pipeline):
        return nobody
    finishes = [
        int(space.finishes.min())
        for space, trainee in zip(scope.spaces, instance.trainees, strict=True)
        if len(space.finishes) and model.programme_params(trainee.programme).leads_to_specialist
    ]
    each = params.supervises * max(params.stays_permille_by_year) // 1000
    places = sorted(set(main_municipalities(instance)))
    for period in scope.periods:
        most = each * sum(finish <= period for finish in finishes)
        if most:
            nobody[period].update({(place, None): most for place in places})
    return nobody


@dataclass
class Demand:
    """The rows of what trainees need whose supervisors may travel so far, made when first asked for."""

    scope: Scope
    params: SupervisionParams
    instance: Instance
    pins: SupervisorPins
    supply: Supply
    areas: Mapping[str, Area]
    minutes_max: int
    _plain: dict[tuple[Area, int], int] = field(default_factory=dict)
    _prices: dict[Area, dict[str, tuple[int, ...] | None]] = field(default_factory=dict)

    def rows(self, trainee: str | None) -> Integers:
        """Rows by (position, period) for one trainee with pins, or for everyone without."""
        of_area = {area: [self._row(area, period, trainee) for period in self.scope.periods] for area in self._areas}
        return np.array([of_area[area] for area in self.areas.values()])

    @property
    def _areas(self) -> list[Area]:
        return sorted(set(self.areas.values()))

    def _row(self, area: Area, period: int, trainee: str | None) -> int:
        if trainee is not None and not self.pins.hold(trainee, period):
            trainee = None
        if trainee is None and (area, period) in self._plain:
            return self._plain[area, period]
        within = "" if self.minutes_max == self.params.travel_minutes_max else f" within {self.minutes_max}"
        row = self.scope.resource("+".join(area) + (f" {trainee}" if trainee else "") + within, period, 0)
        if trainee is None:
            self._plain[area, period] = row
        prices = self._prices_by_place(area)
        for (place, doctor), (number, most) in self.supply[period].items():
            if place in prices and (trainee is None or self.pins.allow(trainee, doctor, period)):
                self._transfer(row, number, most, prices[place], (place, period))
        return row

    def _transfer(
        self, row: int, supply: int, most: int, prices: tuple[int, ...] | None, place: tuple[str, int]
    ) -> None:
        """A place taken also takes patients off the supervisor's target, and pays for them."""
        municipality, period = place
        relief = self.scope.policy.relief(period)
        if not relief:
            self.scope.transfer(row, supply, most, prices)
            return
        paid = self.scope.term("compensation")
        if isinstance(paid, Compensated):
            nok = relief * price_of_relief(self.scope, paid, period)
            extra = self.scope.price("compensation", nok) or ()
            prices = extra if prices is None else tuple(a + b for a, b in zip(prices, extra, strict=True))
        shared = (
            (Published(LISTED, municipality, period), relief),
            (Published(ROOM_ABOVE, municipality, period), -relief),
            (Published(FREE_PLACES, municipality, period), relief),
        )
        self.scope.transfer(row, supply, most, prices, shared=shared)

    def _prices_by_place(self, area: Area) -> dict[str, tuple[int, ...] | None]:
        """What a period of supervision from each municipality within reach costs."""
        if area in self._prices:
            return self._prices[area]
        term = self.scope.term("supervision_travel")
        prices: dict[str, tuple[int, ...] | None] = {}
        for municipality in self.instance.municipalities:
            minutes = minutes_from_any(self.instance, area, municipality.municipality_id)
            if minutes is None or minutes > self.minutes_max:
                continue
            nok = 0
            if isinstance(term, SupervisionTravel):
                nok = price_of_travel(term, minutes, self.instance.settings.period_months)
            prices[municipality.municipality_id] = self.scope.price("supervision_travel", nok)
        self._prices[area] = prices
        return prices
