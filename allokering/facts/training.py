"""The placed trainees, period by period, as the plan's own rows have them: what every stage starts from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from allokering.facts.calendar import periods_after, periods_within
from allokering.instance import Instance
from allokering.plan import PlacementStatus, PlanTables
from allokering.tables import Trainee


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


def trainings(instance: Instance, plan: PlanTables) -> tuple[Training, ...]:
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
            finished=periods_after(instance, placements[0].completes),
            chance_permille=1000 if placements[0].expected_permille is None else placements[0].expected_permille,
        )
        for trainee_id, placements in sorted(parts.items())
    )
