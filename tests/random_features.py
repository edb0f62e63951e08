"""What random cases show: what their best plans have in them, and what the cases are without one feature.

If the best value is another without it, the feature was at work. Each has one case as a witness, by its seed: so a draw
that loses a feature is found out, and a solver that leaves one out cannot agree with the oracle. When what is drawn has
changed, `python tests/random_features.py` finds witnesses anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from random_instances import random_case

from allokering.engine.build import build
from allokering.evidence.recount import finished_supervisors
from allokering.evidence.written_plan import forms_to_choose, read_paths
from allokering.formulation.placement import placement_tables
from allokering.instance import Instance
from allokering.model import Entry, Model
from allokering.plan import OpeningState, PlacementStatus, Plan, SelectionState
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Outcome
from allokering.tables import PositionState

Case = tuple[Instance, Model]


def without_rule(kind: str) -> Callable[[Instance, Model], Case]:
    """Whatever the rule says is not asked for."""
    return lambda instance, model: (
        instance,
        replace(model, rules=tuple(rule for rule in model.rules if rule.kind != kind)),
    )


def without_term(kind: str) -> Callable[[Instance, Model], Case]:
    """It costs nothing."""
    return lambda instance, model: (
        instance,
        replace(model, terms=tuple(term for term in model.terms if term.kind != kind)),
    )


def without_measure(kind: str) -> Callable[[Instance, Model], Case]:
    """The policy does not say it."""
    return lambda instance, model: (
        instance,
        replace(model, measures=tuple(measure for measure in model.measures if measure.kind != kind)),
    )


def without_table(table: str) -> Callable[[Instance, Model], Case]:
    """The instance has no such rows."""
    return lambda instance, model: (replace(instance, **{table: ()}), model)


def without_param(section: str, name: str, *kinds: str) -> Callable[[Instance, Model], Case]:
    """Entries of these kinds, or ids of programmes, have the default instead."""

    def plain(entry: Entry) -> Entry:
        params = {key: value for key, value in entry.params.items() if key != name}
        return entry.model_copy(update={"params": params}) if {entry.kind, entry.id} & set(kinds) else entry

    return lambda instance, model: (
        instance,
        replace(model, **{section: tuple(plain(entry) for entry in getattr(model, section))}),
    )


def without_column(table: str, column: str, value: object) -> Callable[[Instance, Model], Case]:
    """Every row of the table says this instead."""
    return lambda instance, model: (
        replace(
            instance,
            **{table: tuple(row.model_copy(update={column: value}) for row in instance.rows(table))},
        ),
        model,
    )


def _without_alternatives(instance: Instance, model: Model) -> Case:
    """Each form is a position of its own, which is as if two forms could be opened at once."""
    return without_column("positions", "alternative_to", None)(instance, model)


def _without_recruits(instance: Instance, model: Model) -> Case:
    """Whoever an announcement would attract is not there."""
    known = [row for row in instance.trainees if row.recruited_to is None]
    return replace(instance, trainees=tuple(known)), model


def _all_known(instance: Instance, model: Model) -> Case:
    """Whoever an announcement would attract is there for certain."""
    return without_column("trainees", "recruited_to", None)(instance, model)


FEATURES: dict[str, Callable[[Instance, Model], Case]] = {
    "optional positions": without_column("positions", "state", PositionState.OPEN),
    "alternatives": _without_alternatives,
    "recruits": _without_recruits,
    "chance of recruits": _all_known,
    "announcements": without_table("announcements"),
    "recruitment": without_rule("recruitment"),
    "centrality": without_column("municipalities", "centrality", 1),
    "budget": without_rule("budget"),
    "budget of a municipality": without_column("budgets", "municipality_id", None),
    "selection": without_rule("selection"),
    "opening": without_term("opening"),
    "alone": without_term("alone"),
    "trainees_per_municipality": without_rule("trainees_per_municipality"),
    "pipeline": without_rule("pipeline"),
    "holds_position_away": without_param("programmes", "holds_position_away", "lis1"),
    "supervisor_minutes_max": without_param("programmes", "supervisor_minutes_max", "lis1"),
    "lists of a programme": without_param("programmes", "patients_by_training_year", "programme"),
    "programme of a position": without_column("positions", "programme", None),
    "programme of a site": without_column("sites", "programme", None),
    "absences of some programmes": without_param("rules", "programmes", "absences"),
    "notice of some programmes": without_param("rules", "programmes", "notice"),
    "not_before of some programmes": without_param("rules", "programmes", "not_before"),
    "list_target": without_measure("list_target"),
    "phase-in": without_param("measures", "phase_in_patients_per_year", "list_target"),
    "targets of some municipalities": without_param("measures", "municipalities", "list_target"),
    "workload": without_measure("workload"),
    "hours of some municipalities": without_param("measures", "municipalities", "workload"),
    "age weights": without_column("municipalities", "age_weight_permille", 1000),
    "supervisor_relief": without_measure("supervisor_relief"),
    "free_places": without_measure("free_places"),
    "compensation": without_measure("compensation"),
}
"""What a case is without it, by the name of the feature."""


def _optional(instance: Instance) -> set[str]:
    """Positions that may stay closed, in their first form."""
    state = PositionState.OPTIONAL
    return {row.position_id for row in instance.positions if row.state is state and row.alternative_to is None}


def _other_forms(instance: Instance) -> set[str]:
    """Forms that are alternatives to another."""
    return {row.position_id for row in instance.positions if row.alternative_to is not None}


def _opened(plan: Plan) -> set[str]:
    return {row.position_id for row in plan.openings if row.state is OpeningState.OPEN}


def _placed(instance: Instance, plan: Plan, *, recruited: bool) -> set[bool]:
    """Are they placed, those who are recruits or those who are known?"""
    placed = {row.trainee_id for row in plan.placements if row.status is PlacementStatus.PLACED}
    return {
        trainee.trainee_id in placed for trainee in instance.trainees if (trainee.recruited_to is not None) == recruited
    }


def _programmes(instance: Instance, plan: Plan) -> set[str]:
    """The programmes of who is placed."""
    placed = {row.trainee_id for row in plan.placements if row.status is PlacementStatus.PLACED}
    return {trainee.programme for trainee in instance.trainees if trainee.trainee_id in placed}


def _selection(plan: Plan) -> set[SelectionState]:
    return {row.state for row in plan.selection}


SIGHTS: dict[str, Callable[[Instance, Model, Plan], bool]] = {
    "a position is closed": lambda instance, _, plan: any(
        not _opened(plan) & {row.position_id for row in forms} for forms in forms_to_choose(instance).values()
    ),
    "an optional position is opened": lambda instance, _, plan: bool(_opened(plan) & _optional(instance)),
    "another form is opened": lambda instance, _, plan: bool(_opened(plan) & _other_forms(instance)),
    "an application is selected": lambda _, __, plan: SelectionState.SELECTED in _selection(plan),
    "an application is left out": lambda _, __, plan: SelectionState.LEFT_OUT in _selection(plan),
    "a recruit is placed": lambda instance, _, plan: True in _placed(instance, plan, recruited=True),
    "a recruit is not called for": lambda instance, _, plan: False in _placed(instance, plan, recruited=True),
    "somebody finishes": lambda instance, model, plan: any(
        path.finished for path in read_paths(instance, model, plan).values()
    ),
    "a finished trainee can supervise": lambda instance, model, plan: any(
        finished_supervisors(instance, model, read_paths(instance, model, plan)).values()
    ),
    "money is spent": lambda instance, model, plan: (
        bool(instance.budgets)
        and any(path.position.yearly_cost_nok for path in read_paths(instance, model, plan).values())
    ),
    "an intern is placed": lambda instance, _, plan: "lis1" in _programmes(instance, plan),
    "an ordinary post is filled": lambda instance, _, plan: "gp" in _programmes(instance, plan),
}
"""What a best plan may have in it."""


def best(case: Case) -> Outcome:
    """The best plan of a case, by the exact solver."""
    return solve_exact(build(*case))


def worth(outcome: Outcome) -> tuple[int, ...] | None:
    """What every tier costs; None if there is no plan."""
    return None if outcome.solution is None else tuple(tier.value for tier in outcome.tiers)


def decides(feature: str, seed: int) -> bool:
    """Is the best value of the case another without the feature?"""
    case = random_case(seed)
    changed = FEATURES[feature](*case)
    return changed != case and worth(best(changed)) != worth(best(case))


def shows(sight: str, seed: int) -> bool:
    """Has the best plan of the case this in it?"""
    instance, model = random_case(seed)
    problem = build(instance, model)
    solution = solve_exact(problem).solution
    return solution is not None and SIGHTS[sight](instance, model, placement_tables(instance, model, problem, solution))


WITNESSES: dict[str, int] = {
    "optional positions": 0,
    "alternatives": 3,
    "recruits": 5,
    "chance of recruits": 5,
    "announcements": 11,
    "recruitment": 5,
    "centrality": 5,
    "budget": 39,
    "budget of a municipality": 26,
    "selection": 0,
    "opening": 0,
    "alone": 0,
    "trainees_per_municipality": 4,
    "pipeline": 4,
    "holds_position_away": 78,
    "supervisor_minutes_max": 226,
    "lists of a programme": 0,
    "programme of a position": 6,
    "programme of a site": 99,
    "absences of some programmes": 56,
    "notice of some programmes": 35,
    "not_before of some programmes": 24,
    "list_target": 0,
    "phase-in": 4,
    "targets of some municipalities": 6,
    "workload": 7,
    "hours of some municipalities": 42,
    "age weights": 0,
    "supervisor_relief": 0,
    "free_places": 3,
    "compensation": 4,
}
"""The seed of a case in which a feature decides the best value."""

SEEN_IN: dict[str, int] = {
    "a position is closed": 0,
    "an optional position is opened": 0,
    "another form is opened": 3,
    "an application is selected": 0,
    "an application is left out": 0,
    "a recruit is placed": 5,
    "a recruit is not called for": 5,
    "somebody finishes": 4,
    "a finished trainee can supervise": 4,
    "money is spent": 26,
    "an intern is placed": 0,
    "an ordinary post is filled": 3,
}
"""The seed of a case whose best plan has a thing in it."""


if __name__ == "__main__":
    for name in FEATURES:
        print(name, next((seed for seed in range(300) if decides(name, seed)), None), flush=True)  # noqa: T201
    for name in SIGHTS:
        print(name, next((seed for seed in range(300) if shows(name, seed)), None), flush=True)  # noqa: T201
