"""An oracle for small instances: the best placement, found by trying every one.

Written from docs/model.md, sections 1 to 4, as plainly as they read. It shares nothing with the engine but the rows,
the model's entries, the calendar of periods and the travel times, so that a misreading does not land twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from brute_force_paths import Path, Situation, whole_months
from lexicographic_flow import Arc, Vector, cheapest_flow, total
from scipy.optimize import linear_sum_assignment

from allokering.instance import Instance
from allokering.model import Model
from allokering.tables import Doctor, PinVerb, PinWhat, Position, Trainee

FORBIDDEN = 10**12
"""Stands for a supervisor who may not be chosen: above any sum of prices, and a float holds it exactly."""

Resource = tuple[str, str, int]
"""Rule, subject and period of a hard bound on places, slots or absences."""


class Practice(NamedTuple):
    """One trainee at work in a position for one period, with the list in every municipality."""

    trainee_id: str
    position_id: str
    patients: tuple[int, ...]


class Option(NamedTuple):
    """What choosing it costs and uses, and the practice in every period; unplaced trainees use nothing."""

    price: Vector
    uses: tuple[Resource, ...]
    practice: tuple[Practice | None, ...]


class Oracle(Situation):
    """One instance under one model, with a price vector for one unit of every term of the objective."""

    def __init__(self, instance: Instance, model: Model, unit_price: dict[str, Vector]) -> None:
        super().__init__(instance, model)
        self.unit_price = unit_price
        self.free: Vector = (0,) * len(next(iter(unit_price.values()), (0,) * len(model.tiers)))
        self.positions = {position.position_id: position for position in instance.positions}
        self.trainees = {trainee.trainee_id: trainee for trainee in instance.trainees}
        self.period_price_once = cache(self.period_price)
        self.supervision_once = cache(self.supervision)
        self.coverage_once = cache(self.coverage)

    def best(self) -> tuple[Vector | None, int]:
        """The smallest price of a plan, None if there is none; and how many combinations of options were priced.

        Once the options are chosen, what remains is one problem of supervision and one of coverage per period, and no
        decision is shared between them. Lexicographic order is total and is kept when a vector is added to both sides:
        if a <= b then a + c <= b + c. So each part may be replaced by its smallest vector without making the sum
        larger: the smallest sum of independent parts is the sum of their smallest.
        """
        smallest, count = None, 0
        for choice in chosen([self.options(trainee) for trainee in self.instance.trainees], self.bounds()):
            count += 1
            prices = [option.price for option in choice]
            for period in self.periods:
                paid = self.period_price_once(period, tuple(option.practice[period] for option in choice))
                if paid is None:
                    break
                prices.append(paid)
            else:
                price = total(prices, self.free)
                smallest = price if smallest is None else min(smallest, price)
        return smallest, count

    def priced(self, kind: str, amount: int) -> Vector:
        """So many units of a term; nothing if the objective lacks the term."""
        return tuple(amount * unit for unit in self.unit_price.get(kind, self.free))

    def options(self, trainee: Trainee) -> list[Option]:
        """Unplaced, if the objective prices it and no pin forbids it, and every path that the rules keep."""
        options = [
            Option(
                self.path_price(path), self.uses(path), tuple(self.practice(path, period) for period in self.periods)
            )
            for path in self.paths(trainee)
            if all(keeps(path) for kind, keeps in self.filters.items() if kind in self.rules)
        ]
        if "unplaced" in self.terms and not self.pinned(trainee, PinWhat.POSITION, PinVerb.MUST):
            price = self.priced("unplaced", self.terms["unplaced"].per_trainee)
            options.append(Option(price, (), (None,) * len(self.periods)))
        return options

    # --- Section 3: resources

    def uses(self, path: Path) -> tuple[Resource, ...]:
        """One unit of each of these is what the path takes."""
        uses: list[Resource] = []
        for period in self.held(path):
            uses.append(("position_places", path.position.position_id, period))
            if path.site is not None and path.in_rotation(period):
                uses.append(("site_slots", path.site.site_id, period))
                uses += [("absences", municipality_id, period) for municipality_id in self.shares(path.position)]
        return tuple(use for use in uses if use[0] in self.rules)

    def bounds(self) -> dict[Resource, int]:
        """The units that there are of places, slots and absences."""
        bounds: dict[Resource, int] = {}
        for period in self.periods:
            for position in self.instance.positions:
                bounds["position_places", position.position_id, period] = position.places
            for site in self.instance.sites:
                bounds["site_slots", site.site_id, period] = sum(
                    row.slots
                    for row in self.instance.site_slots
                    if row.site_id == site.site_id and self.whole_period(period, row.from_date, row.to_date)
                )
            if "absences" in self.rules:
                for municipality in self.instance.municipalities:
                    present = len(self.doctors(municipality.municipality_id, period))
                    bounds["absences", municipality.municipality_id, period] = max(
                        self.rules["absences"].absent_min, present // self.rules["absences"].doctors_per_absence
                    )
        return bounds

    def practice(self, path: Path, period: int) -> Practice | None:
        """The trainee at work in the position, unless it is not held in the period or the trainee is in rotation."""
        if period not in self.held(path) or path.in_rotation(period):
            return None
        trainee, shares = path.trainee, self.shares(path.position)
        measure = self.model.measure("trainee_list", self.instance.period_start(period))
        by_year = (0,) if measure is None else measure.typed.model_dump()["patients_by_training_year"]
        gained = Fraction((period - path.start) * trainee.fte_percent * self.months, 100)
        year = math.floor((trainee.practice_months_done + trainee.institution_months_done + gained) / 12)
        patients = by_year[min(year, len(by_year) - 1)] * trainee.fte_percent // 100
        if path.position.list_limit is not None:
            patients = min(patients, path.position.list_limit)
        return Practice(
            trainee.trainee_id,
            path.position.position_id,
            tuple(patients * shares.get(row.municipality_id, 0) // 100 for row in self.instance.municipalities),
        )

    def period_price(self, period: int, at_work: tuple[Practice | None, ...]) -> Vector | None:
        """The smallest price of supervision and of coverage in a period; None if either cannot be had."""
        practices = [practice for practice in at_work if practice is not None]
        pupils = tuple((practice.trainee_id, practice.position_id) for practice in practices)
        places = tuple(sum(lists) for lists in zip(*(practice.patients for practice in practices), strict=True))
        supervised, covered = self.supervision_once(period, pupils), self.coverage_once(period, places)
        return None if supervised is None or covered is None else total([supervised, covered], self.free)

    def supervision(self, period: int, pupils: tuple[tuple[str, str], ...]) -> Vector | None:
        """The cheapest way to give every trainee in practice a place with a specialist."""
        if "supervision" not in self.rules:
            return self.free
        usual = self.rules["supervision"].trainees_per_supervisor
        places = [
            doctor
            for municipality in self.instance.municipalities
            for doctor in self.doctors(municipality.municipality_id, period)
            if doctor.is_specialist
            for _ in range(usual if doctor.supervises_max is None else doctor.supervises_max)
        ]
        supervised = [
            (self.trainees[trainee_id], self.positions[position_id])
            for trainee_id, position_id in pupils
            if self.model.programme(self.trainees[trainee_id].programme).typed.model_dump()["needs_supervisor"]
        ]
        if not supervised:
            return self.free
        if len(supervised) > len(places):
            return None
        prices = [[self.journey(period, *pupil, doctor) for doctor in places] for pupil in supervised]
        paid = sum(prices[row][column] for row, column in zip(*linear_sum_assignment(prices), strict=True))
        return None if paid >= FORBIDDEN else self.priced("supervision_travel", paid)

    def journey(self, period: int, trainee: Trainee, position: Position, doctor: Doctor) -> int:
        """What the supervisor's travel costs in a period; forbidden if too far, or if a pin says somebody else."""
        minutes = self.minutes_from(position, doctor.municipality_id)
        must = self.pinned(trainee, PinWhat.SUPERVISOR, PinVerb.MUST, period)
        never = self.pinned(trainee, PinWhat.SUPERVISOR, PinVerb.NEVER, period)
        if minutes is None or minutes > self.rules["supervision"].travel_minutes_max:
            return FORBIDDEN
        if doctor.doctor_id in never or (must and doctor.doctor_id not in must):
            return FORBIDDEN
        if doctor.municipality_id in self.shares(position) or "supervision_travel" not in self.terms:
            return 0
        term = self.terms["supervision_travel"]
        return int(2 * minutes * term.trips_per_month * self.months * term.nok_per_hour // 60)

    def coverage(self, period: int, places: tuple[int, ...]) -> Vector | None:
        """The cheapest way to list every resident, given the places on the trainees' lists per municipality.

        Residents flow from "all" to their municipality, on over the borders, and into "listed" by a list or a relief.
        The gate out of a municipality is as wide as its residents are many.
        """
        if "coverage" not in self.rules:
            return self.free
        arcs: list[Arc] = []
        trainees = dict(zip([row.municipality_id for row in self.instance.municipalities], places, strict=False))
        for municipality in self.instance.municipalities:
            here = municipality.municipality_id
            present = self.doctors(here, period)
            target = sum(self.target(doctor, period) for doctor in present)
            limit = sum(doctor.list_limit for doctor in present)
            residents = self.residents(municipality, period)
            arcs.append(Arc("all", here, residents, self.free))
            arcs.append(Arc(here, "listed", target + trainees.get(here, 0), self.free))
            if "above_target" in self.terms:
                price = self.months * self.terms["above_target"].per_patient_month
                arcs.append(Arc(here, "listed", limit - target, self.priced("above_target", price)))
            if "locum" in self.terms:
                locum = self.terms["locum"]
                price = locum.nok_per_week * 52 * self.months // (12 * locum.patients_per_locum)
                patients = locum.patients_per_locum * locum.locums_per_municipality
                arcs.append(Arc(here, "listed", patients, self.priced("locum", price)))
            if "without_gp" in self.terms:
                price = self.months * self.terms["without_gp"].per_resident_month
                arcs.append(Arc(here, "listed", residents, self.priced("without_gp", price)))
        if "cross_border" in self.rules and "cross_border" in self.terms:
            price = self.priced("cross_border", self.months * self.terms["cross_border"].per_resident_month)
            for municipality in self.instance.municipalities:
                here = municipality.municipality_id
                arcs.append(Arc(here, f"gate of {here}", self.residents(municipality, period), self.free))
            for row in self.instance.cross_border:
                gate = f"gate of {row.from_municipality_id}"
                arcs.append(Arc(gate, row.to_municipality_id, row.max_residents, price))
        return cheapest_flow(arcs, "all", "listed", self.free)

    def target(self, doctor: Doctor, period: int) -> int:
        """The list the doctor is to have: the smallest of what the doctor agreed, wants and the policy says."""
        measure = self.model.measure("list_target", self.instance.period_start(period))
        wanted = [doctor.list_limit]
        if doctor.list_target is not None:
            wanted.append(doctor.list_target)
        if measure is not None:
            wanted.append(measure.typed.model_dump()["patients_per_fte"] * doctor.fte_percent // 100)
        return min(wanted)

    # --- Section 4: what a path costs

    def path_price(self, path: Path) -> Vector:
        """The terms that a path decides alone."""
        ranks = self.ranks(path.trainee)
        unranked = max(ranks.values(), default=0) + 1
        steps = ranks.get(path.position.position_id, unranked) - 1
        waited = whole_months(
            max(path.trainee.earliest_start, self.instance.settings.start), self.instance.period_start(path.start)
        )
        minutes = None if path.site is None else self.minutes_from(path.position, path.site.municipality_id)
        net = path.position.yearly_cost_nok - path.position.grant_nok
        amounts: dict[str, Callable[[Any], int]] = {
            "position_cost": lambda term: len(self.held(path)) * (net * self.months * term.percent // 1200),
            "rank": lambda term: term.points_per_step * steps,
            "wait": lambda term: term.points_per_month * waited,
            "rotation_travel": lambda term: math.ceil(Fraction(minutes or 0, term.minutes_per_point)),
            "postponed": lambda term: term.points if path.service > 0 and path.site is None else 0,
        }
        paid = [self.priced(kind, amount(self.terms[kind])) for kind, amount in amounts.items() if kind in self.terms]
        return total(paid, self.free)


def chosen(options: list[list[Option]], left: dict[Resource, int]) -> Iterator[tuple[Option, ...]]:
    """Every choice of one option per trainee that no bound forbids."""
    if not options:
        yield ()
        return
    for option in options[0]:
        if all(left[use] > 0 for use in option.uses):
            after = {**left, **{use: left[use] - 1 for use in option.uses}}
            for others in chosen(options[1:], after):
                yield (option, *others)


def brute_force(instance: Instance, model: Model) -> dict[str, Any] | None:
    """The best value of every tier in the model's order, and how many combinations were priced; None if infeasible."""
    units: dict[str, Vector] = {
        term.kind: tuple(int(tier.id == term.tier) for tier in model.tiers) for term in model.terms
    }
    best, count = Oracle(instance, model, units).best()
    return None if best is None else {"lexicographic": best, "count": count}


def brute_force_weighted(instance: Instance, model: Model) -> int | None:
    """The best value of all tiers together, each worth its `nok_per_unit`; None if infeasible."""
    worth = {tier.id: int(tier.params["nok_per_unit"]) for tier in model.tiers}
    units: dict[str, Vector] = {term.kind: (worth[term.tier or ""],) for term in model.terms}
    best, _ = Oracle(instance, model, units).best()
    return None if best is None else best[0]
