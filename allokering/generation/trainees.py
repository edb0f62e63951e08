"""Trainees: where they live, when they can start, what they have done and what they wish for. All assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allokering.generation.calendar import half_year_start
from allokering.generation.draws import Draws
from allokering.generation.figures import Place, nearest
from allokering.generation.positions import Opening
from allokering.tables import Preference, Trainee

FIRST_HALF_YEAR = {0: 30, 1: 14, 2: 14, 3: 14, 4: 14, 5: 14}
"""Weights of the half-year of the earliest start; those who already wait make the first one larger."""
WAITS_HALF_YEARS = {1: 20, 2: 60, 3: 20}
FTE_PERCENT = {100: 88, 80: 8, 60: 2, 50: 2}
PRACTICE_MONTHS_DONE = {0: 65, 6: 12, 12: 12, 18: 6, 24: 5}
INSTITUTION_MONTHS_DONE = {0: 85, 6: 15}
WISHES = {3: 30, 4: 30, 5: 20, 6: 20}
NEAR, SOUGHT_AFTER, RURAL = "near", "sought after", "rural"
WISH = {NEAR: 60, SOUGHT_AFTER: 25, RURAL: 15}
NEAREST_POSITIONS = 8
RURAL_CENTRALITY = 5
"""Centrality class from which a position is rural."""


@dataclass(frozen=True)
class Applicant:
    """A trainee with wishes."""

    trainee: Trainee
    preferences: tuple[Preference, ...]


def draw_trainees(
    places: Sequence[Place], openings: Sequence[Opening], trainees: int, seed: int
) -> Iterator[Applicant]:
    """So many trainees; most live where most people live."""
    homes = {place: place.residents for place in places}
    wishes = {place: _Wishes.from_home(place, places, openings) for place in places}
    width = len(str(trainees))
    for number in range(1, trainees + 1):
        draws = Draws(seed, "trainee", number)
        home = draws.one_of(homes)
        trainee = _trainee(f"alis-{number:0{width}}", home, draws)
        positions = wishes[home].drawn(draws)
        yield Applicant(
            trainee,
            tuple(
                Preference(trainee_id=trainee.trainee_id, position_id=position, rank=rank)
                for rank, position in enumerate(positions, start=1)
            ),
        )


def _trainee(trainee_id: str, home: Place, draws: Draws) -> Trainee:
    first = draws.one_of(FIRST_HALF_YEAR)
    practice = draws.one_of(PRACTICE_MONTHS_DONE)
    return Trainee(
        trainee_id=trainee_id,
        programme="alis",
        home_municipality_id=home.id,
        earliest_start=half_year_start(first),
        latest_start=half_year_start(first + draws.one_of(WAITS_HALF_YEARS)),
        fte_percent=draws.one_of(FTE_PERCENT),
        practice_months_done=practice,
        institution_months_done=draws.one_of(INSTITUTION_MONTHS_DONE),
        group_months_done=draws.between(0, practice // 6) * 6,
    )


@dataclass(frozen=True)
class _Wishes:
    """What those who live in one place may wish for, with weights."""

    pools: dict[str, dict[str, int]]

    @staticmethod
    def from_home(home: Place, places: Sequence[Place], openings: Sequence[Opening]) -> _Wishes:
        """Positions near home, and in the same health region the large ones and the rural ones."""
        order = {place.id: rank for rank, place in enumerate(nearest(home, places))}
        near = sorted(openings, key=lambda opening: (order[opening.place.id], opening.position.position_id))
        region = [opening for opening in openings if opening.place.region == home.region]
        rural = [opening for opening in region if (opening.place.municipality.centrality or 0) >= RURAL_CENTRALITY]
        return _Wishes(
            {
                NEAR: {opening.position.position_id: 1 for opening in near[:NEAREST_POSITIONS]},
                SOUGHT_AFTER: {opening.position.position_id: opening.position.places for opening in region},
                RURAL: {opening.position.position_id: 1 for opening in rural},
            }
        )

    def drawn(self, draws: Draws) -> list[str]:
        """Different positions, the dearest wish first; fewer than wished where there are no more."""
        pools = {kind: dict(pool) for kind, pool in self.pools.items()}
        chosen: list[str] = []
        for _ in range(draws.one_of(WISHES)):
            kinds = {kind: WISH[kind] for kind, pool in pools.items() if pool}
            if not kinds:
                break
            chosen.append(draws.one_of(pools[draws.one_of(kinds)]))
            for pool in pools.values():
                pool.pop(chosen[-1], None)
        return chosen
