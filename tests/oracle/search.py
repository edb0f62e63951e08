"""An oracle for small instances: the best placement, found by trying every one and letting the verifier judge it.

Which paths there are, which of them go together, what may be opened and selected, and what all of it costs is asked of
the rules' own checks and of `score`; these share no code with what makes problems, so a misreading does not land
twice. The cheapest supervision and coverage of a period, which the verifier cannot judge, are in `oracle.periods`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import product
from operator import mul
from typing import NamedTuple

from oracle.lexicographic_flow import Vector, total
from oracle.paths import Path, Paths, alone, is_silent, plan_of
from oracle.periods import Finished, Periods, Practice

from allokering.evidence.recount import finished_supervisors, trainee_lists
from allokering.evidence.written_plan import WrittenPath, forms_to_choose, main_municipality
from allokering.instance import Instance
from allokering.model import Model
from allokering.plan import Opening, Placement, PlacementStatus, PlanTables, Selection, SelectionState
from allokering.tables import PositionState, Trainee
from allokering.verifier.score import score

MEETINGS = ("position_places", "site_slots", "absences", "trainees_per_municipality", "budget")
"""Rules that say how many may be in one place at a time, and what it may cost: more people never break fewer."""
DECISIONS = ("openings", "selection", "position_places")
"""Rules of what is opened and selected, and for whom."""
OF_PATHS = ("position_cost", "rank", "wait", "rotation_travel", "postponed")
"""Terms that a path decides alone."""
OF_DECISIONS = ("opening", "alone")
"""Terms that openings and applications decide."""


class Option(NamedTuple):
    """What choosing it costs, and what comes of it in every period; who is unplaced has no path."""

    price: Vector
    practice: tuple[Practice | None, ...]
    finished: tuple[Finished | None, ...]
    path: Path | None = None
    written: WrittenPath | None = None
    used: frozenset[str] = frozenset()
    """The position, if a place of it is taken inside the horizon."""


Held = tuple[frozenset[str], frozenset[str]]
"""The positions that somebody holds, and those of which a place is taken: all that openings and applications see."""


class Decision(NamedTuple):
    """What is opened and selected, as rows, and what it costs."""

    price: Vector
    openings: tuple[Opening, ...]
    selection: tuple[Selection, ...]


class Oracle:
    """One instance under one model."""

    def __init__(self, instance: Instance, model: Model, scale: Callable[[Vector], Vector]) -> None:
        self.instance, self.model, self.scale = instance, model, scale
        self.parts = Periods(instance, model, scale)
        self.paths = Paths(instance, model)
        self.horizon = range(instance.settings.periods)
        self.programmes = {entry.id for entry in model.programmes}

    def priced(self, kinds: tuple[str, ...], instance: Instance, plan: PlanTables) -> Vector:
        """What the verifier's score says of these terms."""
        terms = tuple(term for term in self.model.terms if term.kind in kinds)
        tiers = score(instance, replace(self.model, terms=terms), plan, "lexicographic")
        return self.scale(tuple(tier.value for tier in tiers))

    def best(self) -> Vector | None:
        """The smallest price of a plan; None if there is none.

        Once the options are chosen, what remains is one problem of supervision and coverage per period, and one of
        openings and applications. No decision is shared between them: openings touch trainees only by who takes a place
        of which position, which the options have fixed. Lexicographic order is total and is kept when a vector is
        added to both sides: if a <= b then a + c <= b + c. So each part may be replaced by its smallest vector without
        making the sum larger: the smallest sum of independent parts is the sum of their smallest.
        """
        always = self.priced(("compensation",), self.instance, PlanTables())
        smallest = None
        for choice, opened in self.combinations():
            prices = [always, opened, *(option.price for option in choice)]
            for period in self.horizon:
                paid = self.parts.period_price_once(period, present(choice, period))
                if paid is None:
                    break
                prices.append(paid)
            else:
                price = total(prices, self.parts.free)
                smallest = price if smallest is None else min(smallest, price)
        return smallest

    def combinations(self) -> Iterator[tuple[tuple[Option, ...], Vector]]:
        """Yield every possible choice of one option per trainee, beside the price of openings and applications."""
        decided: dict[Held, Vector | None] = {}
        for choice in self.chosen([list(self.options(trainee)) for trainee in self.instance.trainees]):
            positions = frozenset(option.path.position.position_id for option in choice if option.path is not None)
            held = (positions, frozenset[str]().union(*(option.used for option in choice)))
            if held not in decided:
                decided[held] = self.decided(choice)
            opened = decided[held]
            if opened is not None:
                yield choice, opened

    # --- One trainee

    def options(self, trainee: Trainee) -> Iterator[Option]:
        """Yield every path of which the checks are silent; and unplaced, if a pin does not forbid it.

        Who is known may be unplaced only where the objective says what that costs.
        """
        there = alone(self.instance, trainee)
        for path, written in self.paths.kept(trainee):
            yield self._placed(path, written, self.priced(OF_PATHS, there, plan_of(there, [path])))
        row = Placement(trainee_id=trainee.trainee_id, status=PlacementStatus.UNPLACED)
        unplaced = PlanTables(placements=(row,))
        has_price = trainee.recruited_to is not None or self.model.term("unplaced") is not None
        if has_price and is_silent(["pins"], there, self.model, unplaced):
            nothing = (None,) * len(self.horizon)
            yield Option(self.priced(("unplaced",), there, unplaced), nothing, nothing)

    def _placed(self, path: Path, written: WrittenPath, price: Vector) -> Option:
        name = path.trainee.trainee_id
        patients = trainee_lists(self.instance, self.model, [written])
        places = finished_supervisors(self.instance, self.model, {name: written})
        municipality = main_municipality(written.parts)
        lists = [
            tuple(patients.get((name, row.municipality_id, period), 0) for row in self.instance.municipalities)
            for period in self.horizon
        ]
        practice = (
            Practice(name, path.position.position_id, lists[period]) if period in written.practice else None
            for period in self.horizon
        )
        finished = (
            Finished(municipality, places[name, period], lists[period]) if (name, period) in places else None
            for period in self.horizon
        )
        used = frozenset([path.position.position_id] if written.occupied else [])
        return Option(price, tuple(practice), tuple(finished), path, written, used)

    def chosen(self, options: list[list[Option]], before: tuple[Option, ...] = ()) -> Iterator[tuple[Option, ...]]:
        """Yield every choice of one option per trainee that keeps what is shared, whatever is opened."""
        if len(before) == len(options):
            yield before
            return
        for option in options[len(before)]:
            choice = (*before, option)
            paths = [one.path for one in choice if one.path is not None]
            meets = option.path is not None
            if not meets or is_silent(MEETINGS, self.instance, self.model, plan_of(self.instance, paths)):
                yield from self.chosen(options, choice)

    # --- Openings and applications

    def decided(self, choice: tuple[Option, ...]) -> Vector | None:
        """The price of the cheapest openings and applications with these paths; None if the checks allow none."""
        paths = [option.path for option in choice if option.path is not None]
        plan = plan_of(self.instance, paths)
        for price, openings, selection in self.decisions:
            whole = replace(plan, openings=openings, selection=selection)
            if is_silent(DECISIONS, self.instance, self.model, whole):
                return price
        return None

    @cached_property
    def decisions(self) -> list[Decision]:
        """Every form or none of every position to choose, and every set of applications; the cheapest first."""
        choices: list[list[str | None]] = [
            [*([None] if forms[0].state is PositionState.OPTIONAL else []), *(form.position_id for form in forms)]
            for forms in forms_to_choose(self.instance).values()
        ]
        actors = {row.position_id for forms in forms_to_choose(self.instance).values() for row in forms}
        applications = sorted({row.application_id for row in self.instance.applications})
        found = []
        for opened in product(*choices):
            closed = actors - set(opened)
            openings = plan_of(self.instance, [], closed).openings
            for states in product((SelectionState.LEFT_OUT, SelectionState.SELECTED), repeat=len(applications)):
                selection = tuple(
                    Selection(application_id=name, state=state)
                    for name, state in zip(applications, states, strict=True)
                )
                plan = PlanTables(openings=openings, selection=selection)
                found.append(Decision(self.priced(OF_DECISIONS, self.instance, plan), openings, selection))
        return sorted(found, key=lambda decision: decision.price)


def present(choice: tuple[Option, ...], period: int) -> tuple[Practice | Finished, ...]:
    """Who is at work in the period, or has been."""
    found = (option.practice[period] or option.finished[period] for option in choice)
    return tuple(row for row in found if row is not None)


def plain(amounts: Vector) -> Vector:
    """The amounts as they are, compared tier by tier."""
    return amounts


def best_value(instance: Instance, model: Model) -> Vector | None:
    """The best value of every tier in the model's order; None if there is no plan."""
    return Oracle(instance, model, plain).best()


def best_value_weighted(instance: Instance, model: Model) -> int | None:
    """The best value of all tiers together, each worth its `nok_per_unit`; None if there is no plan."""
    worth = [int(tier.params["nok_per_unit"]) for tier in model.tiers]
    best = Oracle(instance, model, lambda amounts: (sum(map(mul, worth, amounts)),)).best()
    return None if best is None else best[0]
