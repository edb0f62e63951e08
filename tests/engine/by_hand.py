"""Small instances and models for cases that are worked by hand, and what the solver and the oracle find there."""

from __future__ import annotations

from dataclasses import replace

from oracle.search import Oracle, best_value, best_value_weighted, plain
from scenes import Scene
from scenes.rows import LONG_AGO

from allokering.engine.build import build
from allokering.formulation.placement import placement_tables
from allokering.instance import Instance
from allokering.model import Entry, Model, load_model
from allokering.plan import PlanTables
from allokering.solvers.exact.solve import solve_exact
from allokering.tables import Row

START = LONG_AGO
"""The first day of what is worked by hand."""


def solved(instance: Instance, model: Model) -> tuple[int, ...] | None:
    """The best value of every tier, in which the solver and the oracle agree; None if there is no plan."""
    outcome = solve_exact(build(instance, model))
    found = None if outcome.solution is None else tuple(tier.value for tier in outcome.tiers)

    assert found == best_value(instance, model)
    return found


def solved_in_kroner(instance: Instance, model: Model) -> int | None:
    """The best value of the weighted objective, in which they agree too."""
    outcome = solve_exact(build(instance, model, "weighted"))
    found = None if outcome.solution is None else outcome.tiers[0].value

    assert found == best_value_weighted(instance, model)
    return found


def made(instance: Instance, model: Model) -> PlanTables:
    """The placement that the solver finds best, where there is one."""
    problem = build(instance, model)
    solution = solve_exact(problem).solution

    assert solution is not None
    return placement_tables(instance, model, problem, solution)


def ways(instance: Instance, model: Model) -> int:
    """In how many ways the trainees can be placed or not, as far as the checks go: supervision and coverage apart."""
    return sum(1 for _ in Oracle(instance, model, plain).combinations())


def instance_of(periods: int, *rows: Row) -> Instance:
    """Half-years from 2018."""
    return Scene(periods, start=START, name="by-hand").add(*rows).instance


TIERS = {
    "uncovered": (1000, ["without_gp"]),
    "unplaced": (2_000_000, ["unplaced"]),
    "cost": (1, ["locum", "position_cost", "supervision_travel", "compensation"]),
    "overload": (20, ["above_target", "cross_border", "free_places"]),
    "wishes": (1000, ["rank", "wait", "rotation_travel", "postponed", "opening", "alone"]),
}
"""The tiers of the cases: kroner per unit, and terms."""


def model_of(*first: str, **overrides: int) -> Model:
    """Training takes two years, six months of it in an institution, and every price is written here, unless overridden.

    Tiers that are named come first, in that order. `__` in an override stands for the point.
    """
    numbers = {
        "alis__total_months": 24, "alis__practice_months_min": 12, "alis__practice_months_counted_max": 24,
        "alis__institution_months": 6, "alis__institution_months_counted_max": 6,
        "notice__notice_months": 12, "absences__absent_min": 1, "absences__doctors_per_absence": 10,
        "without_gp__per_resident_month": 1, "unplaced__per_trainee": 1, "above_target__per_patient_month": 1,
        "cross_border__per_resident_month": 1, "locum__nok_per_week": 95_800, "locum__patients_per_locum": 1000,
        "locum__locums_per_municipality": 1, "position_cost__percent": 100, "supervision_travel__nok_per_hour": 880,
        "supervision_travel__trips_per_month": 2, "rank__points_per_step": 10, "wait__points_per_month": 2,
        "rotation_travel__minutes_per_point": 30, "postponed__points": 5, "opening__points": 1, "alone__points": 20,
        "free_places__per_place_month": 1, "compensation__percent": 100,
    } | overrides  # fmt: skip
    model = load_model("alis", {name.replace("__", "."): str(number) for name, number in numbers.items()})
    tier_of = {kind: tier for tier, (_, kinds) in TIERS.items() for kind in kinds}
    order = [*first, *(tier for tier in TIERS if tier not in first)]
    return replace(
        model,
        tiers=tuple(
            Entry(section="tier", id=tier, kind="tier", source="a case", params={"nok_per_unit": TIERS[tier][0]})
            for tier in order
        ),
        terms=tuple(term.model_copy(update={"tier": tier_of[term.kind]}) for term in model.terms),
    )


def worked(instance: Instance, model: Model) -> tuple[tuple[int, ...] | None, int]:
    """What `solved` finds, and in how many `ways`."""
    return solved(instance, model), ways(instance, model)
