"""What follows from the tables, as the solver side sees it: presence, shares, residents, targets.

The verifier works these out for itself and imports nothing from here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from allokering.facts.calendar import presence
from allokering.instance import Instance
from allokering.problem import Integers
from allokering.tables import Doctor, Municipality


def is_present(instance: Instance, first_day: dt.date | None, last_day: dt.date | None, period: int) -> bool:
    """Does it hold on every day of the period? An empty date never limits."""
    begins = first_day is None or first_day <= instance.period_start(period)
    return begins and (last_day is None or last_day >= instance.period_end(period))


def doctors_by_place(instance: Instance) -> dict[tuple[str, int], list[Doctor]]:
    """Doctors by (municipality, period); an empty list where there are none."""
    present: dict[tuple[str, int], list[Doctor]] = defaultdict(list)
    periods = presence(instance)
    for doctor in instance.doctors:
        for period in periods[doctor.doctor_id]:
            present[doctor.municipality_id, period].append(doctor)
    return present


def shares_of_positions(instance: Instance) -> dict[str, dict[str, int]]:
    """Share in percent by position, in the instance's order, and municipality."""
    shares: dict[str, dict[str, int]] = {position.position_id: {} for position in instance.positions}
    for part in instance.position_parts:
        shares[part.position_id][part.municipality_id] = part.share_percent
    return shares


def main_municipalities(instance: Instance) -> list[str]:
    """The municipality with the largest share of each position, the first by id of several."""
    return [
        min((-share, municipality) for municipality, share in shares.items())[1]
        for shares in shares_of_positions(instance).values()
    ]


def municipalities_of_positions(instance: Instance) -> dict[str, tuple[str, ...]]:
    """Municipalities by position, in the instance's order."""
    return {position: tuple(shares) for position, shares in shares_of_positions(instance).items()}


def minutes_to_parts(instance: Instance, place: str, parts: tuple[str, ...]) -> int | None:
    """Minutes to the nearest of some municipalities; None if nothing is known of any."""
    trips = [instance.minutes(place, part) for part in parts]
    return min((trip for trip in trips if trip is not None), default=None)


def residents_in(municipality: Municipality, months: int) -> int:
    """Residents so many months after the start: linear growth of the starting number, rounded down."""
    return max(0, municipality.residents * (12000 + municipality.growth_permille_per_year * months) // 12000)


def by_part(parts: Mapping[str, tuple[str, ...]], rows: Mapping[str, Integers], periods: int) -> list[Integers]:
    """Rows by (position, period) for the first municipality of each position, the second, and so on; -1 for none."""
    nowhere = np.full(periods, -1)
    most = max((len(part) for part in parts.values()), default=0)
    return [
        np.stack([rows[part[number]] if number < len(part) else nowhere for part in parts.values()])
        for number in range(most)
    ]


def minutes_from_any(instance: Instance, municipalities: Iterable[str], there: str) -> int | None:
    """Minutes one way from the nearest of a position's municipalities; None if nothing is known."""
    known = [minutes for here in municipalities if (minutes := instance.minutes(here, there)) is not None]
    return min(known, default=None)


def kilometres_from_any(instance: Instance, municipalities: Iterable[str], there: str) -> int | None:
    """Kilometres one way from the nearest of a position's municipalities; None if nothing is known."""
    known = [way for here in municipalities if (way := instance.kilometres(here, there)) is not None]
    return min(known, default=None)
