"""An oracle for small instances: the best placement, found by trying every one.

Written from docs/model.md, sections 1 to 4, as plainly as they read. It shares nothing with the engine but the rows,
the model's entries, the calendar of periods and the travel times, so that a misreading does not land twice. Paths are
in `brute_force_paths`, lists and places in `brute_force_policy`, supervision and coverage of a period in
`brute_force_periods`, openings and applications in `brute_force_openings`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from brute_force_openings import Decision, Openings
from brute_force_paths import Path, whole_months
from brute_force_periods import Periods
from brute_force_policy import Finished, Practice
from lexicographic_flow import Vector, total

from allokering.instance import Instance
from allokering.model import Model
from allokering.tables import Budget, Pays, PinVerb, PinWhat, Trainee

Resource = tuple[str, str, int]
"""Rule, subject and period of a hard bound on places, slots, absences, trainees or NOK; a budget has period 0."""


class Option(NamedTuple):
    """What choosing it costs and uses, and what comes of it in every period; unplaced trainees use nothing."""

    price: Vector
    uses: tuple[Resource, ...]
    """One unit of each."""
    practice: tuple[Practice | None, ...]
    finished: tuple[Finished | None, ...]
    spends: tuple[tuple[str, int], ...] = ()
    """NOK of every budget."""
    occupies: frozenset[str] = frozenset()
    """The position, if a place of it is taken inside the horizon."""
    path: Path | None = None


class Best(NamedTuple):
    """A best plan: its price, an option per trainee, and what is opened and selected for it."""

    price: Vector
    choice: tuple[Option, ...]
    decision: Decision


class Oracle(Periods):
    """One instance under one model, with a price vector for one unit of every term of the objective."""

    def __init__(self, instance: Instance, model: Model, unit_price: dict[str, Vector]) -> None:
        super().__init__(instance, model, unit_price)
        self.openings = Openings(self, self.priced, self.free)

    def best(self) -> tuple[Best | None, int]:
        """A plan of the smallest price, None if there is none; and how many combinations of options were priced.

        Once the options are chosen, what remains is one problem of supervision and coverage per period, and one of
        openings and applications. No decision is shared between them: openings touch trainees only by who takes a place
        of which position, which the options have fixed. Lexicographic order is total and is kept when a vector is
        added to both sides: if a <= b then a + c <= b + c. So each part may be replaced by its smallest vector without
        making the sum larger: the smallest sum of independent parts is the sum of their smallest.
        """
        smallest, number = None, 0
        for choice in self.chosen([self.options(trainee) for trainee in self.instance.trainees], self.bounds()):
            opened = self.openings.cheapest(
                frozenset().union(*(option.occupies for option in choice)),
                frozenset(option.path.position.position_id for option in choice if option.path is not None),
            )
            if opened is None:
                continue
            number += 1
            prices = [opened[0], *(option.price for option in choice)]
            for period in self.periods:
                paid = self.period_price_once(period, present(choice, period))
                if paid is None:
                    break
                prices.append(paid)
            else:
                price = total(prices, self.free)
                if smallest is None or price < smallest.price:
                    smallest = Best(price, choice, opened[1])
        return smallest, number

    def options(self, trainee: Trainee) -> list[Option]:
        """Every path that the rules keep; and unplaced, unless a pin forbids it.

        For the known only if the objective prices it; for a recruit free of charge, since nothing need be announced.
        """
        options = [
            self.option(path)
            for path in self.paths(trainee)
            if all(keeps(path) for kind, keeps in self.filters.items() if kind in self.rules)
        ]
        known = trainee.recruited_to is None
        if ("unplaced" in self.terms or not known) and not self.pinned(trainee, PinWhat.POSITION, PinVerb.MUST):
            price = self.priced("unplaced", self.terms["unplaced"].per_trainee) if known else self.free
            nothing = (None,) * len(self.periods)
            options.append(Option(price, (), nothing, nothing))
        return options

    def option(self, path: Path) -> Option:
        """The path, with what it costs and uses."""
        occupied = self.occupied(path)
        return Option(
            self.path_price(path),
            self.uses(path),
            tuple(self.practice(path, period) for period in self.periods),
            tuple(self.finished(path, period) for period in self.periods),
            tuple((row.budget_id, self.spends(path, row)) for row in self.instance.budgets if "budget" in self.rules),
            frozenset([path.position.position_id] if occupied else []),
            path,
        )

    # --- Section 3: resources

    def uses(self, path: Path) -> tuple[Resource, ...]:
        """One unit of each of these is what the path takes."""
        shares = self.shares(path.position)
        uses: list[Resource] = []
        for period in self.occupied(path):
            uses.append(("position_places", path.position.position_id, period))
            uses += [
                ("trainees_per_municipality", row.municipality_id, period)
                for row in self.instance.municipalities
                if row.municipality_id in shares and row.max_trainees is not None
            ]
        for period in self.held(path):
            if path.site is not None and path.in_rotation(period):
                uses.append(("site_slots", path.site.site_id, period))
                if "absences" in self.rules and self.concerns("absences", path.trainee):
                    uses += [("absences", municipality_id, period) for municipality_id in shares]
        return tuple(use for use in uses if use[0] in self.rules)

    def spends(self, path: Path, budget: Budget) -> int:
        """What the budget pays for the place that the path takes."""
        position = path.position
        a_year = position.grant_nok
        if budget.pays is Pays.COST:
            a_year = max(0, position.yearly_cost_nok - position.grant_nok)
        a_period = a_year * self.months // 12
        if budget.municipality_id is not None:
            a_period = a_period * self.shares(position).get(budget.municipality_id, 0) // 100
        starts = (self.instance.period_start(period) for period in self.occupied(path))
        return a_period * sum(budget.from_date <= first <= budget.to_date for first in starts)

    def bounds(self) -> Counter[Resource]:
        """The units that there are of places, slots, absences, trainees and NOK."""
        bounds: Counter[Resource] = Counter()
        for period in self.periods:
            for position in self.instance.positions:
                bounds["position_places", position.position_id, period] = position.places
            for site in self.instance.sites:
                bounds["site_slots", site.site_id, period] = sum(
                    row.slots
                    for row in self.instance.site_slots
                    if row.site_id == site.site_id and self.whole_period(period, row.from_date, row.to_date)
                )
            for municipality in self.instance.municipalities:
                here = municipality.municipality_id
                if "absences" in self.rules:
                    present = len(self.doctors(here, period))
                    bounds["absences", here, period] = max(
                        self.rules["absences"].absent_min, present // self.rules["absences"].doctors_per_absence
                    )
                bounds["trainees_per_municipality", here, period] = municipality.max_trainees or 0
        for budget in self.instance.budgets:
            bounds["budget", budget.budget_id, 0] = budget.amount_nok
        return bounds

    def chosen(self, options: list[list[Option]], left: Counter[Resource]) -> Iterator[tuple[Option, ...]]:
        """Every choice of one option per trainee that no bound forbids."""
        if not options:
            yield ()
            return
        for option in options[0]:
            after = left.copy()
            after.subtract(option.uses)
            after.subtract({("budget", budget_id, 0): nok for budget_id, nok in option.spends})
            if all(after[use] >= 0 for use in (*option.uses, *(("budget", name, 0) for name, _ in option.spends))):
                for others in self.chosen(options[1:], after):
                    yield (option, *others)

    # --- Section 4: what a path costs

    def path_price(self, path: Path) -> Vector:
        """The terms that a path decides alone."""
        ranks = self.ranks(path.trainee)
        unranked = max(ranks.values(), default=0) + 1
        steps = ranks.get(path.position.position_id, unranked) - 1
        asked = max(path.trainee.earliest_start, self.instance.settings.start)
        waited = whole_months(asked, self.instance.period_start(path.start))
        if path.trainee.recruited_to is not None:
            waited = 0
        minutes = None if path.site is None else self.minutes_from(path.position, path.site.municipality_id)
        net = path.position.yearly_cost_nok - path.position.grant_nok
        chance = self.chance(path.trainee, path.position)
        amounts: dict[str, Callable[[Any], int]] = {
            "position_cost": lambda term: (
                len(self.occupied(path)) * (net * self.months * term.percent // 1200 * chance // 1000)
            ),
            "rank": lambda term: term.points_per_step * steps,
            "wait": lambda term: term.points_per_month * waited,
            "rotation_travel": lambda term: math.ceil(Fraction(minutes or 0, term.minutes_per_point)),
            "postponed": lambda term: term.points if path.service > 0 and path.site is None else 0,
        }
        paid = [self.priced(kind, amount(self.terms[kind])) for kind, amount in amounts.items() if kind in self.terms]
        return total(paid, self.free)


def present(choice: tuple[Option, ...], period: int) -> tuple[Practice | Finished, ...]:
    """Who is at work in the period, or has been."""
    found = (option.practice[period] or option.finished[period] for option in choice)
    return tuple(row for row in found if row is not None)


def best_plan(instance: Instance, model: Model) -> tuple[Best | None, int]:
    """A best plan in the model's order of tiers, and how many combinations were priced."""
    units: dict[str, Vector] = {
        term.kind: tuple(int(tier.id == term.tier) for tier in model.tiers) for term in model.terms
    }
    return Oracle(instance, model, units).best()


def brute_force(instance: Instance, model: Model) -> dict[str, Any] | None:
    """The best value of every tier in the model's order, and how many combinations were priced; None if infeasible."""
    best, count = best_plan(instance, model)
    return None if best is None else {"lexicographic": best.price, "count": count}


def brute_force_weighted(instance: Instance, model: Model) -> int | None:
    """The best value of all tiers together, each worth its `nok_per_unit`; None if infeasible."""
    worth = {tier.id: int(tier.params["nok_per_unit"]) for tier in model.tiers}
    units: dict[str, Vector] = {term.kind: (worth[term.tier or ""],) for term in model.terms}
    best, _ = Oracle(instance, model, units).best()
    return None if best is None else best.price[0]
