"""What a written plan says of each trainee, read for the verifier alone.

Nothing here is used to build or solve a problem: the verifier reads dates and ids in its own way, so that a misreading
on one side shows as a disagreement.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allokering.instance import Instance, add_months
from allokering.kinds import Programme, Recruitment
from allokering.model import Entry, Model
from allokering.plan import Placement, PlacementStatus, Plan, Rotation
from allokering.tables import Announcement, Doctor, Form, Position, PositionPart, PositionState, Trainee

CERTAIN = 1000
"""The chance in permille that somebody known takes the position."""


@dataclass(frozen=True)
class WrittenPath:
    """A training path as the plan's rows state it, beside the table rows that it speaks of."""

    trainee: Trainee
    programme: Programme
    position: Position
    parts: tuple[PositionPart, ...]
    """The position's parts by the table, whatever the plan says of them."""
    rows: tuple[Placement, ...]
    rotations: tuple[Rotation, ...]
    from_date: dt.date
    to_date: dt.date
    completes: dt.date
    held: range
    """Periods in which the trainee holds the position."""
    away: frozenset[int]
    """Periods in rotation."""
    finished: range
    """Periods of the horizon after the last day of the training."""
    chance: int
    """Permille: 1000 for the known, for a recruit that of the announcement."""

    @property
    def practice(self) -> tuple[int, ...]:
        """Periods held and not in rotation."""
        return tuple(period for period in self.held if period not in self.away)

    @property
    def occupied(self) -> tuple[int, ...]:
        """Periods in which the trainee takes up a place of the position."""
        return tuple(self.held) if self.programme.holds_position_away else self.practice


@dataclass(frozen=True)
class WrittenPlan:
    """A plan, what it was made from, and the paths read out of it."""

    instance: Instance
    model: Model
    plan: Plan
    paths: dict[str, WrittenPath]

    @property
    def period_months(self) -> int:
        """Length of a period."""
        return self.instance.settings.period_months


def read_paths(instance: Instance, model: Model, plan: Plan) -> dict[str, WrittenPath]:
    """The path of every trainee who has one, by the trainee's id; of several, the first in the order of the rows.

    Rows that lack a column that every placed trainee has are no path.
    """
    trainees = {row.trainee_id: row for row in instance.trainees}
    positions = {row.position_id: row for row in instance.positions}
    programmes = {entry.id: Programme.model_validate(entry.params) for entry in model.programmes}
    parts = parts_by_position(instance)
    chances = announced_chances(instance, model)
    rotations: dict[str, list[Rotation]] = defaultdict(list)
    for rotation in plan.rotations:
        rotations[rotation.trainee_id].append(rotation)
    rows_of: dict[str, list[Placement]] = defaultdict(list)
    for row in plan.placements:
        if row.status == PlacementStatus.PLACED:
            rows_of[row.trainee_id].append(row)
    paths = {}
    for trainee_id, rows in rows_of.items():
        first = rows[0]
        if first.position_id is None or first.from_date is None or first.to_date is None or first.completes is None:
            continue
        trainee = trainees[trainee_id]
        paths[trainee_id] = WrittenPath(
            trainee=trainee,
            programme=programmes[trainee.programme],
            position=positions[first.position_id],
            parts=parts[first.position_id],
            rows=tuple(row for row in rows if row.position_id == first.position_id),
            rotations=tuple(rotations[trainee_id]),
            from_date=first.from_date,
            to_date=first.to_date,
            completes=first.completes,
            held=periods_between(instance, first.from_date, first.to_date),
            away=frozenset(
                period
                for rotation in rotations[trainee_id]
                for period in periods_between(instance, rotation.from_date, rotation.to_date)
            ),
            finished=range(period_of(instance, first.completes) + 1, instance.settings.periods),
            chance=CERTAIN if trainee.recruited_to is None else chances.get(first.position_id, 0),
        )
    return paths


def rule_in_force(instance: Instance, model: Model, kind: str) -> Entry | None:
    """The rule of a kind that holds on the plan's first day."""
    return next((rule for rule in model.rules_of(kind) if rule.in_force(instance.settings.start)), None)


def announced_chances(instance: Instance, model: Model) -> dict[str, int]:
    """Permille that an announcement is filled, by the position's id; empty if the model says nothing of recruits."""
    rule = rule_in_force(instance, model, "recruitment")
    if rule is None:
        return {}
    recruitment = Recruitment.model_validate(rule.params)
    announced = {row.position_id: row for row in instance.announcements}
    centrality = {row.municipality_id: row.centrality for row in instance.municipalities}
    parts = parts_by_position(instance)
    chances = {}
    for position in instance.positions:
        row = announced.get(position.position_id)
        if row is not None:
            chances[position.position_id] = _somebody_qualified(row)
            continue
        by_class = (
            recruitment.salaried_permille if position.form is Form.SALARIED else recruitment.self_employed_permille
        )
        # A class that nobody knows is taken for the least central, 6.
        least_central = max((centrality[part.municipality_id] or 6 for part in parts[position.position_id]), default=6)
        chances[position.position_id] = by_class[least_central - 1]
    return chances


def _somebody_qualified(row: Announcement) -> int:
    """Permille that at least one of the applicants is qualified, each independently of the others; rounded down."""
    everyone: int = 1000**row.applicants
    nobody: int = (1000 - row.qualified_permille) ** row.applicants
    return 1000 * (everyone - nobody) // everyone


def forms_by_position(instance: Instance) -> dict[str, tuple[Position, ...]]:
    """The forms of every position, by the id of the row that is no alternative to another."""
    forms: dict[str, list[Position]] = {
        row.position_id: [row] for row in instance.positions if row.alternative_to is None
    }
    for row in instance.positions:
        if row.alternative_to is not None:
            forms.setdefault(row.alternative_to, []).append(row)
    return {position_id: tuple(rows) for position_id, rows in forms.items()}


def forms_to_choose(instance: Instance) -> dict[str, tuple[Position, ...]]:
    """The same, of the positions that the plan has something to decide about."""
    return {
        position_id: rows
        for position_id, rows in forms_by_position(instance).items()
        if len(rows) > 1 or rows[0].state is PositionState.OPTIONAL
    }


def parts_by_position(instance: Instance) -> dict[str, tuple[PositionPart, ...]]:
    """The parts of every position, by the position's id."""
    parts: dict[str, list[PositionPart]] = {row.position_id: [] for row in instance.positions}
    for part in instance.position_parts:
        parts[part.position_id].append(part)
    return {position_id: tuple(rows) for position_id, rows in parts.items()}


def period_of(instance: Instance, date: dt.date) -> int:
    """The period a day falls in, counted from 0; before the horizon it is negative."""
    start = instance.settings.start
    return ((date.year - start.year) * 12 + date.month - start.month) // instance.settings.period_months


def periods_between(instance: Instance, from_date: dt.date, to_date: dt.date) -> range:
    """The periods from the one that holds the first day to the one that holds the last."""
    return range(period_of(instance, from_date), period_of(instance, to_date) + 1)


def months_between(from_date: dt.date, to_date: dt.date) -> int:
    """Calendar months from the month of one day to the month of another, the days apart."""
    return (to_date.year - from_date.year) * 12 + to_date.month - from_date.month


def whole_months(from_date: dt.date, to_date: dt.date) -> int:
    """The most months that can be added to one day without passing another; 0 if the other comes first."""
    months = max(0, months_between(from_date, to_date))
    return months if not months or add_months(from_date, months) <= to_date else months - 1


def periods(instance: Instance) -> tuple[tuple[int, dt.date, dt.date], ...]:
    """Every period of the horizon: its number, first day and last day."""
    return tuple(
        (period, instance.period_start(period), instance.period_end(period))
        for period in range(instance.settings.periods)
    )


def holds_throughout(starts: dt.date | None, ends: dt.date | None, first: dt.date, last: dt.date) -> bool:
    """Does what lasts from `starts` to `ends` hold on every day from `first` to `last`? An empty date never limits."""
    return (starts is None or starts <= first) and (ends is None or last <= ends)


def doctors_present(instance: Instance) -> dict[tuple[str, int], list[Doctor]]:
    """The doctors present in each municipality and period, by (municipality, period)."""
    calendar = periods(instance)
    present: dict[tuple[str, int], list[Doctor]] = defaultdict(list)
    for doctor in instance.doctors:
        for period, first, last in calendar:
            if holds_throughout(doctor.starts, doctor.ends, first, last):
                present[doctor.municipality_id, period].append(doctor)
    return present


def minutes_from_position(instance: Instance, parts: Sequence[PositionPart], municipality_id: str) -> int | None:
    """Minutes from the nearest of a position's municipalities to another; None if nothing is known."""
    known = (instance.minutes(part.municipality_id, municipality_id) for part in parts)
    return min((minutes for minutes in known if minutes is not None), default=None)


def kilometres_from_position(instance: Instance, parts: Sequence[PositionPart], municipality_id: str) -> int | None:
    """Kilometres from the nearest of a position's municipalities to another; None if nothing is known."""
    known = (instance.kilometres(part.municipality_id, municipality_id) for part in parts)
    return min((kilometres for kilometres in known if kilometres is not None), default=None)


def main_municipality(parts: Sequence[PositionPart]) -> str:
    """The municipality with the largest share of a position; of several, the first by id."""
    return min(parts, key=lambda part: (-part.share_percent, part.municipality_id)).municipality_id


def workplaces(instance: Instance, paths: Mapping[str, WrittenPath]) -> dict[str, str]:
    """Where everyone works who might supervise: doctors, and trainees once they have finished."""
    places = {trainee_id: main_municipality(path.parts) for trainee_id, path in paths.items()}
    return places | {doctor.doctor_id: doctor.municipality_id for doctor in instance.doctors}
