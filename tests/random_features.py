"""What random cases show: what their best plans have in them, and what the cases are without one feature.

If the best value is another without it, the feature was at work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from brute_force import Best

from allokering.instance import Instance
from allokering.model import Entry, Model
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


def _opened(instance: Instance, best: Best) -> list[str | None]:
    """What the forms that are opened are alternatives to."""
    return [row.alternative_to for row in instance.positions if row.position_id in best.decision[0]]


def _optional(instance: Instance) -> list[str]:
    """Positions that may stay closed, whatever their form."""
    state = PositionState.OPTIONAL
    return [row.position_id for row in instance.positions if row.state is state and row.alternative_to is None]


def _placed(instance: Instance, best: Best, *, recruited: bool) -> set[bool]:
    """Are they placed, those who are recruits or those who are known?"""
    return {
        option.path is not None
        for trainee, option in zip(instance.trainees, best.choice, strict=True)
        if (trainee.recruited_to is not None) == recruited
    }


def _programmes(best: Best) -> set[str]:
    """The programmes of who is placed."""
    return {option.path.trainee.programme for option in best.choice if option.path is not None}


SIGHTS: dict[str, Callable[[Instance, Best], bool]] = {
    "a position is closed": lambda instance, best: len(_optional(instance)) > len(best.decision[0]),
    "an optional position is opened": lambda instance, best: bool(best.decision[0] & set(_optional(instance))),
    "another form is opened": lambda instance, best: any(_opened(instance, best)),
    "an application is selected": lambda _, best: bool(best.decision[1]),
    "an application is left out": lambda instance, best: (
        len({row.application_id for row in instance.applications}) > len(best.decision[1])
    ),
    "a recruit is placed": lambda instance, best: True in _placed(instance, best, recruited=True),
    "a recruit is not called for": lambda instance, best: False in _placed(instance, best, recruited=True),
    "somebody finishes": lambda _, best: any(any(option.finished) for option in best.choice),
    "a finished trainee can supervise": lambda _, best: any(
        row is not None and row.places > 0 for option in best.choice for row in option.finished
    ),
    "money is spent": lambda _, best: any(nok > 0 for option in best.choice for _, nok in option.spends),
    "an intern is placed": lambda _, best: "lis1" in _programmes(best),
    "an ordinary post is filled": lambda _, best: "gp" in _programmes(best),
}
"""What a best plan may have in it."""
