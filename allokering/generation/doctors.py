"""Doctors drawn so that each municipality's number, patients and agreed capacity are exactly the real ones.

Domain facts 2.7, 2.11, 2.12, 3.11 and 5.5-5.9 are behind the numbers; what is not found there is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allokering.generation.apportionment import apportioned
from allokering.generation.calendar import QUARTERS, day_before, quarter_start
from allokering.generation.draws import Draws
from allokering.generation.figures import Place
from allokering.tables import Doctor

LONGEST_LIST = 2500
LIST_LENGTHS = (450, 640, 740, 820, 890, 960, 1030, 1110, 1220, 1390, 1750)
"""Permille of the municipality's mean, at each tenth of the lists (assumption, shaped by domain fact 2.11)."""
SPECIALISTS_LIST_PERMILLE = 1100
"""Specialists have longer lists (2.11); how much is an assumption."""
SPECIALISTS_PERMILLE = {2_000: 490, 5_000: 521, 10_000: 604, 50_000: 584, 2_000_000: 709}
"""Share of specialists, by residents fewer than the key (2.12)."""
SUPERVISES = {0: 45, 1: 35, 2: 15, 3: 5}
"""Weights of how many trainees a specialist supervises at most (assumption; 3.1 specialists per trainee, 3.11)."""
LEAVING_PERMILLE_A_YEAR = {2_000: 120, 5_000: 90, 10_000: 75, 50_000: 62, 2_000_000: 52}
"""By residents fewer than the key (assumption: 6 percent in all, 5.6, falling with size as the contracts of 5.5)."""
REPLACED_PERMILLE = {1: 700, 2: 650, 3: 600, 4: 500, 5: 450, 6: 350}
"""Leavers whose list is taken over by a doctor who needs no training position, by centrality (assumption)."""
LONGEST_VACANCY_QUARTERS = 4
NEWCOMER_SPECIALIST_PERMILLE = 600


def draw_doctors(places: Sequence[Place], seed: int) -> Iterator[Doctor]:
    """Those who have a list on the first day, and those who take over from leavers later."""
    for place in places:
        for doctor in _in_office(place, seed):
            yield from _with_successor(place, doctor, Draws(seed, "leaving", doctor.doctor_id))


def _in_office(place: Place, seed: int) -> Iterator[Doctor]:
    """The municipality's doctors on the first day.

    A list that is longer than agreed has its length as limit, which no list may pass, and what is agreed as target.
    """
    draws = Draws(seed, "doctors", place.id)
    numbers = range(place.doctors)
    specialists_permille = place.by_size(SPECIALISTS_PERMILLE)
    is_specialist = [draws.chance(specialists_permille) for _ in numbers]
    weights = [_list_weight(draws, specialist) for specialist in is_specialist]
    sizes = apportioned(place.patients, weights, [0 for _ in numbers], [LONGEST_LIST for _ in numbers])
    agreed = _agreed(place, sizes, set(draws.some(numbers, place.open_lists)))
    width = len(str(place.doctors))
    for number in numbers:
        yield Doctor(
            doctor_id=f"gp-{place.id}-{number + 1:0{width}}",
            municipality_id=place.id,
            list_size=sizes[number],
            list_limit=max(sizes[number], agreed[number]),
            list_target=agreed[number] if agreed[number] < sizes[number] else None,
            is_specialist=is_specialist[number],
            supervises_max=draws.one_of(SUPERVISES) if is_specialist[number] else None,
        )


def _list_weight(draws: Draws, is_specialist: bool) -> int:
    tenth = draws.below(len(LIST_LENGTHS) - 1)
    length = draws.between(LIST_LENGTHS[tenth], LIST_LENGTHS[tenth + 1])
    return length * SPECIALISTS_LIST_PERMILLE // 1000 if is_specialist else length


def _agreed(place: Place, sizes: Sequence[int], is_open: set[int]) -> list[int]:
    """The agreed limit of every list: open lists have what is free, or full ones what is above the agreements."""
    free = place.capacity - place.patients
    if free >= 0:
        more = _spread(free, [LONGEST_LIST - size for size in sizes], is_open)
        return [size + part for size, part in zip(sizes, more, strict=True)]
    less = _spread(-free, sizes, set(range(len(sizes))) - is_open)
    return [size - part for size, part in zip(sizes, less, strict=True)]


def _spread(total: int, room: Sequence[int], preferred: set[int]) -> list[int]:
    """The total over the preferred lists in proportion to their room, or over all if those have too little."""
    chosen = [room[number] if number in preferred else 0 for number in range(len(room))]
    most = chosen if sum(chosen) >= total else room
    return apportioned(total, [max(1, part) for part in most], [0 for _ in room], most)


def _with_successor(place: Place, doctor: Doctor, draws: Draws) -> Iterator[Doctor]:
    """The doctor, who may leave, and then perhaps the one who takes over the list."""
    leaving = place.by_size(LEAVING_PERMILLE_A_YEAR)
    last = next((quarter for quarter in range(QUARTERS) if draws.below(4000) < leaving), None)
    if last is None:
        yield doctor
        return
    yield doctor.model_copy(update={"ends": day_before(quarter_start(last + 1))})
    first = last + 1 + draws.between(0, LONGEST_VACANCY_QUARTERS)
    if first < QUARTERS and draws.chance(REPLACED_PERMILLE[place.municipality.centrality or 6]):
        is_specialist = draws.chance(NEWCOMER_SPECIALIST_PERMILLE)
        yield Doctor(
            doctor_id=f"{doctor.doctor_id}-next",
            municipality_id=place.id,
            list_size=0,
            list_limit=doctor.list_limit if doctor.list_target is None else doctor.list_target,
            is_specialist=is_specialist,
            supervises_max=draws.one_of(SUPERVISES) if is_specialist else None,
            starts=quarter_start(first),
        )
