"""What the stages after the placement start from, and what each of them gives back.

A stage reads the placed trainees off the plan's own rows, period by period: it stands on what the plan says, not on how
the placement was found.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Generic, TypeVar

from allokering.instance import Instance
from allokering.kinds import Params
from allokering.model import Model
from allokering.plan import PlacementStatus, Plan, TierResult
from allokering.solvers.outcome import relative_gap
from allokering.tables import Doctor, Row, Trainee

AnyRow = TypeVar("AnyRow", bound=Row)


@dataclass(frozen=True)
class StageResult(Generic[AnyRow]):
    """The rows that a stage adds to the plan, sorted by key, and how good they are in each of its tiers."""

    rows: tuple[AnyRow, ...]
    tiers: tuple[TierResult, ...]
    struck: bool = False
    """Did a clock break a search off? If so, another machine may find other rows."""


@dataclass(frozen=True)
class Training:
    """What a placed trainee does in every period of the horizon."""

    trainee: Trainee
    position_id: str
    share_percent: dict[str, int]
    """Share of the position by municipality, in order of their ids."""
    held: range
    """Periods in which the position is held, as far as the horizon reaches."""
    rotation: frozenset[int]
    """Periods of institution service."""
    finished: range
    """Periods of the horizon after the training."""
    chance_permille: int
    """Chance that there is such a trainee: 1000 for the known; of a recruit, that the announcement is filled."""

    @property
    def practice(self) -> tuple[int, ...]:
        """Periods in practice, in order."""
        return tuple(period for period in self.held if period not in self.rotation)

    @property
    def municipalities(self) -> tuple[str, ...]:
        """The municipalities of the position."""
        return tuple(self.share_percent)


def trainings(instance: Instance, plan: Plan) -> tuple[Training, ...]:
    """The training of every placed trainee, in order of their ids."""
    trainee_of = {trainee.trainee_id: trainee for trainee in instance.trainees}
    rotation: dict[str, set[int]] = defaultdict(set)
    for block in plan.rotations:
        rotation[block.trainee_id] |= set(periods_within(instance, block.from_date, block.to_date))
    parts = defaultdict(list)
    for placement in plan.placements:
        if placement.status is PlacementStatus.PLACED:
            parts[placement.trainee_id].append(placement)
    return tuple(
        Training(
            trainee=trainee_of[trainee_id],
            position_id=placements[0].position_id or "",
            share_percent={
                part.municipality_id or "": part.share_percent or 100
                for part in sorted(placements, key=lambda part: part.municipality_id or "")
            },
            held=periods_within(instance, placements[0].from_date, placements[0].to_date),
            rotation=frozenset(rotation[trainee_id]),
            finished=_periods_after(instance, placements[0].completes),
            chance_permille=1000 if placements[0].expected_permille is None else placements[0].expected_permille,
        )
        for trainee_id, placements in sorted(parts.items())
    )


def periods_within(instance: Instance, first_day: dt.date | None, last_day: dt.date | None) -> range:
    """The periods of the horizon that lie wholly between two days, both inclusive; an empty date never limits."""
    inside = [
        period
        for period in range(instance.settings.periods)
        if (first_day is None or first_day <= instance.period_start(period))
        and (last_day is None or instance.period_end(period) <= last_day)
    ]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _periods_after(instance: Instance, last_day: dt.date | None) -> range:
    """The periods of the horizon that begin after a day; none after a day that is not known."""
    periods = instance.settings.periods
    return range(
        periods
        if last_day is None
        else next((period for period in range(periods) if instance.period_start(period) > last_day), periods),
        periods,
    )


def presence(instance: Instance) -> dict[str, range]:
    """The periods in which each doctor is present."""
    spans: dict[tuple[dt.date | None, dt.date | None], range] = {}

    def span(doctor: Doctor) -> range:
        days = (doctor.starts, doctor.ends)
        if days not in spans:
            spans[days] = periods_within(instance, *days)
        return spans[days]

    return {doctor.doctor_id: span(doctor) for doctor in instance.doctors}


def rule_in_force(model: Model, kind: str, date: dt.date) -> Params | None:
    """The parameters of the rule of a kind in force on a day: the latest if several; None if none."""
    held = [entry for entry in model.rules_of(kind) if entry.in_force(date)]
    latest = max(held, key=lambda entry: entry.from_date or dt.date.min, default=None)
    return None if latest is None else latest.typed


def minutes_from_any(instance: Instance, municipalities: Iterable[str], there: str) -> int | None:
    """Minutes one way from the nearest of a position's municipalities; None if nothing is known."""
    known = [minutes for here in municipalities if (minutes := instance.minutes(here, there)) is not None]
    return min(known, default=None)


def kilometres_from_any(instance: Instance, municipalities: Iterable[str], there: str) -> int | None:
    """Kilometres one way from the nearest of a position's municipalities; None if nothing is known."""
    known = [way for here in municipalities if (way := instance.kilometres(here, there)) is not None]
    return min(known, default=None)


def stage_tier(name: str, unit: str, value: int, bound: int, since: float) -> TierResult:
    """How a stage did in one tier; `since` is the reading of `perf_counter` when work on the tier began."""
    return TierResult(
        name=name,
        unit=unit,
        value=value,
        bound=bound,
        gap=relative_gap(value, bound),
        status="optimal" if value == bound else "feasible",
        seconds=round(perf_counter() - since, 3),
    )
