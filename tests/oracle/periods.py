"""The cheapest supervision and coverage of one period: section 3 of docs/model.md, for the oracle.

This the verifier cannot judge. It says whether the supervisors named, and the residents on lists and elsewhere, are as
they may be, and what they cost; not that no other way costs less. And the placement gives places without naming
anybody. What is read of the instance (targets, lists, residents, who is there) is the verifier's reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from oracle.lexicographic_flow import Arc, Vector, cheapest_flow, total

from allokering.evidence.recount import doctor_targets, residents_after
from allokering.evidence.written_plan import doctors_present, minutes_from_position, parts_by_position
from allokering.instance import Instance
from allokering.model import Model
from allokering.tables import Municipality, PinVerb, PinWhat, Position, Trainee

Given = tuple[int, ...]
"""Places of supervision that the specialists of each municipality give."""

Steps = list[tuple[int, Vector]]
"""How many residents cost how much each; the cheapest first."""


class Practice(NamedTuple):
    """One trainee at work in a position for one period, with the list in every municipality."""

    trainee_id: str
    position_id: str
    patients: tuple[int, ...]


class Finished(NamedTuple):
    """What can be expected of one who has completed the training: places of supervision, and a list everywhere."""

    municipality_id: str
    places: int
    patients: tuple[int, ...]


class Periods:
    """Periods of one instance under one model, priced by the tiers of the objective.

    `scale` makes what is compared of an amount per tier: the amounts themselves, or their sum in kroner.
    """

    def __init__(self, instance: Instance, model: Model, scale: Callable[[Vector], Vector]) -> None:
        self.instance, self.model, self.scale = instance, model, scale
        self.months = instance.settings.period_months
        self.periods = range(instance.settings.periods)
        self.rules: dict[str, Any] = {
            rule.kind: rule.typed for rule in model.rules if rule.in_force(instance.settings.start)
        }
        self.terms: dict[str, Any] = {term.kind: term.typed for term in model.terms}
        self.free: Vector = scale((0,) * len(model.tiers))
        self.positions = {position.position_id: position for position in instance.positions}
        self.parts = parts_by_position(instance)
        self.trainees = {trainee.trainee_id: trainee for trainee in instance.trainees}
        self.present = doctors_present(instance)
        self.targets = doctor_targets(instance, model)
        self.period_price_once = cache(self.period_price)
        self.supervision_once = cache(self.supervision)
        self.coverage_once = cache(self.coverage)
        self.specialists_once = cache(self.specialists)

    def priced(self, kind: str, amount: int) -> Vector:
        """So much of a term; nothing if the objective lacks the term."""
        term = self.model.term(kind)
        if term is None:
            return self.free
        return self.scale(tuple(amount * (tier.id == term.tier) for tier in self.model.tiers))

    def measure(self, kind: str, period: int) -> Any:
        """The parameters of the measure in force in the period; None if there is none."""
        entry = self.model.measure(kind, self.instance.period_start(period))
        return None if entry is None else entry.typed

    def relief(self, period: int) -> int:
        """Patients by which a supervisor's list is shorter for each place given."""
        measure = self.measure("supervisor_relief", period)
        return 0 if measure is None else int(measure.patients_per_place)

    def residents(self, municipality: Municipality, period: int) -> int:
        """Residents in a period."""
        return residents_after(municipality, period * self.months)

    def a_patient(self, period: int) -> int:
        """NOK of compensation for a patient fewer on a list."""
        measure = self.measure("compensation", period)
        if measure is None or "compensation" not in self.terms:
            return 0
        return int(measure.nok_per_patient_year * self.months * self.terms["compensation"].percent // 1200)

    def period_price(self, period: int, present: tuple[Practice | Finished, ...]) -> Vector | None:
        """The smallest price of supervision and of coverage in a period; None if either cannot be had.

        What the two share is how many places each municipality gives, since a place makes a supervisor's list shorter.
        With that fixed nothing is shared, so the smallest sum is the sum of the smallest; and all that can be is tried.
        """
        pupils = tuple((row.trainee_id, row.position_id) for row in present if isinstance(row, Practice))
        others = tuple((row.municipality_id, row.places) for row in present if isinstance(row, Finished))
        lists = tuple(sum(patients) for patients in zip(*(row.patients for row in present), strict=True))
        relief = self.relief(period)
        smallest: Vector | None = None
        for given, travel in self.supervision_once(period, pupils, others).items():
            covered = self.coverage_once(period, lists, tuple(relief * places for places in given))
            if covered is None:
                continue
            paid = self.priced("compensation", self.a_patient(period) * relief * sum(given))
            price = total([self.priced("supervision_travel", travel), covered, paid], self.free)
            smallest = price if smallest is None else min(smallest, price)
        return smallest

    # --- Supervision

    def specialists(self, period: int) -> list[tuple[str | None, str, int]]:
        """Id, municipality and places of every specialist of the table who is present."""
        usual, relief = self.rules["supervision"].trainees_per_supervisor, self.relief(period)
        found: list[tuple[str | None, str, int]] = []
        for municipality in self.instance.municipalities:
            for doctor in self.present.get((municipality.municipality_id, period), ()):
                if doctor.is_specialist:
                    places = usual if doctor.supervises_max is None else doctor.supervises_max
                    if relief:
                        places = min(places, self.targets[doctor.doctor_id, period] // relief)
                    found.append((doctor.doctor_id, municipality.municipality_id, places))
        return found

    def supervision(
        self, period: int, pupils: tuple[tuple[str, str], ...], others: tuple[tuple[str, int], ...]
    ) -> dict[Given, int]:
        """The least NOK of travel for every way in which municipalities may share the places to be given.

        One place after another is given by anybody who has one left; of two ways to the same places left, only the
        cheaper can be part of a cheapest. If nobody's list is shorter for it, who gives the places does not matter.
        """
        places_given = {row.municipality_id: 0 for row in self.instance.municipalities}
        if "supervision" not in self.rules:
            return {tuple(places_given.values()): 0}
        givers = [
            *self.specialists_once(period),
            *((None, municipality_id, places) for municipality_id, places in others),
        ]
        cheapest: dict[tuple[int, ...], int] = {tuple(places for _, _, places in givers): 0}
        for trainee_id, position_id in pupils:
            trainee, position = self.trainees[trainee_id], self.positions[position_id]
            programme = self.model.programme_params(trainee.programme)
            if not programme.needs_supervisor:
                continue
            journeys = [self.journey(period, trainee, position, *giver[:2]) for giver in givers]
            for _ in range(programme.supervision_places):
                cheapest = one_place_more(cheapest, journeys)
        found: dict[Given, int] = {}
        for left, paid in cheapest.items():
            given = dict(places_given)
            if self.relief(period) > 0:
                for (_, municipality_id, places), unused in zip(givers, left, strict=True):
                    given[municipality_id] += places - unused
            key = tuple(given.values())
            found[key] = min(paid, found.get(key, paid))
        return found

    def journey(
        self, period: int, trainee: Trainee, position: Position, doctor_id: str | None, municipality_id: str
    ) -> int | None:
        """What the supervisor's travel costs in a period; None if too far, or if a pin says somebody else."""
        minutes = minutes_from_position(self.instance, self.parts[position.position_id], municipality_id)
        must = self.pinned(trainee, PinVerb.MUST, period)
        never = self.pinned(trainee, PinVerb.NEVER, period)
        most = self.rules["supervision"].travel_minutes_max
        own = self.model.programme_params(trainee.programme).supervisor_minutes_max
        if minutes is None or minutes > (most if own is None else min(most, own)):
            return None
        if doctor_id in never or (must and doctor_id not in must):
            return None
        if minutes == 0 or "supervision_travel" not in self.terms:
            return 0
        term = self.terms["supervision_travel"]
        return int(2 * minutes * term.trips_per_month * self.months * term.nok_per_hour // 60)

    def pinned(self, trainee: Trainee, verb: PinVerb, period: int) -> set[str]:
        """The supervisors of the pins that hold in the period."""
        return {
            pin.value
            for pin in self.instance.pins
            if (pin.trainee_id, pin.what, pin.verb) == (trainee.trainee_id, PinWhat.SUPERVISOR, verb)
            and (pin.until is None or pin.until >= self.instance.period_start(period))
        }

    # --- Coverage and free places

    def coverage(self, period: int, lists: tuple[int, ...], reliefs: tuple[int, ...]) -> Vector | None:
        """The cheapest way to list every resident, given the trainees' lists and what supervision takes off lists.

        Residents flow from "all" to their municipality, on over the borders, and into "listed" by a list or a relief.
        The gate out of a municipality is as wide as its residents are many. Whoever is listed where a place was to be
        kept free costs that too: the two prices only rise with the number listed, so their sum does.
        """
        if "coverage" not in self.rules:
            return self.free
        here = [row.municipality_id for row in self.instance.municipalities]
        by_trainees = dict(zip(here, lists, strict=False))
        arcs: list[Arc] = []
        paid = [self.free]
        everybody = sum(self.residents(row, period) for row in self.instance.municipalities)
        for municipality, relief in zip(self.instance.municipalities, reliefs, strict=True):
            name = municipality.municipality_id
            residents = self.residents(municipality, period)
            present = self.present.get((name, period), ())
            target = sum(self.targets[doctor.doctor_id, period] for doctor in present)
            above = sum(doctor.list_limit for doctor in present) - target + relief
            places = target + by_trainees.get(name, 0) - relief
            steps = sorted([(places, self.free), *self.reliefs(above, residents)], key=lambda step: step[1])
            missing, free_steps = self.free_places(municipality, period, places, everybody)
            if missing is None:
                return None
            paid.append(missing)
            arcs.append(Arc("all", name, residents, self.free))
            arcs += [Arc(name, "listed", amount, price) for amount, price in both(steps, free_steps, self.free)]
        if "cross_border" in self.rules and "cross_border" in self.terms:
            arcs += self.crossings(period)
        listed = cheapest_flow(arcs, "all", "listed", self.free)
        return None if listed is None else total([*paid, listed], self.free)

    def reliefs(self, above: int, residents: int) -> Steps:
        """How many residents can do without a place on a list within its target, and at what price."""
        steps: Steps = []
        if "above_target" in self.terms:
            steps.append(
                (above, self.priced("above_target", self.months * self.terms["above_target"].per_patient_month))
            )
        if "locum" in self.terms:
            locum = self.terms["locum"]
            price = locum.nok_per_week * 52 * self.months // (12 * locum.patients_per_locum)
            steps.append((locum.patients_per_locum * locum.locums_per_municipality, self.priced("locum", price)))
        if "without_gp" in self.terms:
            price = self.months * self.terms["without_gp"].per_resident_month
            steps.append((residents, self.priced("without_gp", price)))
        return steps

    def free_places(
        self, municipality: Municipality, period: int, places: int, everybody: int
    ) -> tuple[Vector | None, Steps]:
        """What is missing if nobody is listed, None if nothing may be; and what everyone who is listed adds to it."""
        measure = self.measure("free_places", period)
        if "free_places" not in self.rules or measure is None:
            return self.free, [(everybody, self.free)]
        room = places - self.residents(municipality, period) * measure.permille // 1000
        if "free_places" not in self.terms:
            return (None if room < 0 else self.free), [(max(room, 0), self.free)]
        per_place = self.months * self.terms["free_places"].per_place_month
        missing = self.priced("free_places", per_place)
        return self.priced("free_places", per_place * max(-room, 0)), [(max(room, 0), self.free), (everybody, missing)]

    def crossings(self, period: int) -> Iterator[Arc]:
        """Ways over the borders, each through the gate of the municipality that is left."""
        price = self.priced("cross_border", self.months * self.terms["cross_border"].per_resident_month)
        for municipality in self.instance.municipalities:
            name = municipality.municipality_id
            yield Arc(name, f"gate of {name}", self.residents(municipality, period), self.free)
        for row in self.instance.cross_border:
            gate = f"gate of {row.from_municipality_id}"
            yield Arc(gate, row.to_municipality_id, row.max_residents, price)


def one_place_more(cheapest: dict[tuple[int, ...], int], journeys: list[int | None]) -> dict[tuple[int, ...], int]:
    """The least price for every way in which places may be left after one more is given."""
    after: dict[tuple[int, ...], int] = {}
    for left, paid in cheapest.items():
        for giver, journey in enumerate(journeys):
            if journey is not None and left[giver] > 0:
                fewer = (*left[:giver], left[giver] - 1, *left[giver + 1 :])
                after[fewer] = min(paid + journey, after.get(fewer, paid + journey))
    return after


def both(first: Steps, second: Steps, free: Vector) -> Steps:
    """What each resident costs who pays on two stairs at once; nobody passes the end of the shorter."""
    steps: Steps = []
    sides = [list(first), list(second)]
    while True:
        for side in sides:
            while side and side[0][0] <= 0:
                side.pop(0)
        if not all(sides):
            return steps
        amount = min(side[0][0] for side in sides)
        steps.append((amount, total([side[0][1] for side in sides], free)))
        for side in sides:
            side[0] = (side[0][0] - amount, side[0][1])
    return steps
