"""Capacitated facility location with lower bounds: who meets where and from when; fewest without, then least travel.

Index:   kind of trainee (same places within reach, same periods to start in); place; start
Math:    size_min groups[place, start] <= sum over kinds of members[kind, place, start] <= size_max groups[place, start]
         sum over places and starts of members[kind] + without[kind] = trainees of the kind
         minimise sum of without; then sum of 20 kilometres[kind, place] members[kind, place, start]
Units:   trainees; kilometres a year
Assumes: groups at one place from one period are told apart afterwards, which size_min and size_max always allow
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from allokering.kinds import Groups
from allokering.solvers.canonical import drawn
from allokering.stages.components import components
from allokering.stages.cpsat import Found, Search, canonical, minimise
from allokering.stages.group_travel import least_travel

JOURNEYS_A_YEAR = 2 * 10
"""There and back, ten meetings a year of six hours: docs/domain.md, fact 1.15."""

Meeting = tuple[str, int]
"""Place and period of the start."""


@dataclass(frozen=True)
class Kind:
    """Trainees whom a group need not tell apart."""

    kilometres: tuple[tuple[str, int], ...]
    """Kilometres one way to every place within reach."""
    starts: frozenset[int]
    """Periods in which they can start in a group."""

    def price(self, meeting: Meeting) -> int:
        """What one of them at a meeting costs in the last group of prices, which tells equals apart."""
        reach = [part for place, one_way in self.kilometres for part in (place, one_way)]
        return drawn(*meeting, *reach, *sorted(self.starts))


@dataclass(frozen=True)
class Gathering:
    """Members of every kind at every meeting, and how good that is."""

    members: dict[tuple[Kind, Meeting], int]
    without: int
    without_bound: int
    travel: int
    travel_bound: int
    struck: bool
    """Did the budget or a guard break a search off?"""
    is_unique: bool
    """Would every machine, engine and seed gather the same?"""


def gather(trainees: Mapping[Kind, int], rule: Groups, search: Search) -> Gathering:
    """Gather all trainees, given how many there are of each kind; kinds that share no meeting are gathered apart."""
    meetings = {kind: _meetings(kind) for kind in trainees}
    whole = sum(trainees.values())
    members: dict[tuple[Kind, Meeting], int] = {}
    without, without_bound, travel, travel_bound, struck, is_unique = 0, 0, 0, 0, False, True
    for part in components(meetings):
        number = {kind: trainees[kind] for kind in part}
        fewest, shortest = _gather_part(number, rule, search.share(sum(number.values()), whole))
        members |= {key: amount for key, amount in shortest.values.items() if amount}
        without, without_bound = without + fewest.value, without_bound + fewest.bound
        travel, travel_bound = travel + shortest.value, travel_bound + shortest.bound
        struck |= fewest.struck or shortest.struck
        is_unique &= shortest.is_unique
    return Gathering(members, without, without_bound, travel, travel_bound, struck, is_unique)


def _meetings(kind: Kind) -> list[Meeting]:
    return [(place, start) for place, _ in kind.kilometres for start in sorted(kind.starts)]


def _gather_part(
    trainees: Mapping[Kind, int], rule: Groups, search: Search
) -> tuple[Found[tuple[Kind, Meeting]], Found[tuple[Kind, Meeting]]]:
    """The fewest without a group, and the least travel at that; each pass has a third of the work."""
    useful = set(_undominated_places(list(trainees))), set(_undominated_starts(list(trainees)))
    attendance: dict[Meeting, int] = defaultdict(int)
    for kind, number in trainees.items():
        for place, start in _meetings(kind):
            if place in useful[0] and start in useful[1]:
                attendance[place, start] += number
    open_to = {meeting: number for meeting, number in attendance.items() if number >= rule.size_min}
    kilometres = {
        (kind, (place, start)): one_way
        for kind in trainees
        for place, one_way in kind.kilometres
        for start in sorted(kind.starts)
        if (place, start) in open_to
    }
    if not kilometres:
        everybody = sum(trainees.values())
        return Found({}, everybody, everybody, is_unique=True), Found({}, 0, 0, is_unique=True)
    if len(kilometres) > search.parameters.few_members or search.budget.is_over:
        found = _gather_many(trainees, kilometres, rule, search)
        if found is not None:
            return found

    model = cp_model.CpModel()
    groups = {
        meeting: model.new_int_var(0, number // rule.size_min, f"groups{meeting}")
        for meeting, number in open_to.items()
    }
    members = {
        (kind, meeting): model.new_int_var(0, number, f"members[{order},{meeting}]")
        for order, (kind, number) in enumerate(trainees.items())
        for meeting in _meetings(kind)
        if (kind, meeting) in kilometres
    }
    at = defaultdict(list)
    of = defaultdict(list)
    for (kind, meeting), variable in members.items():
        at[meeting].append(variable)
        of[kind].append(variable)
        # Implied by the sizes, but much stronger in the relaxation: nobody attends a part of a group.
        model.add(variable <= min(trainees[kind], rule.size_max) * groups[meeting])
    for meeting, variables in at.items():
        model.add(sum(variables) >= rule.size_min * groups[meeting])
        model.add(sum(variables) <= rule.size_max * groups[meeting])
    for kind, variables in of.items():
        model.add(sum(variables) <= trainees[kind])

    everybody = sum(trainees.values())
    nobody = Found(
        values=dict.fromkeys(members, 0),
        value=everybody,
        bound=sum(number for kind, number in trainees.items() if kind not in of),
    )
    without = everybody - sum(members.values())
    third = search.share(1, 3)
    fewest = minimise(model, without, members, nobody, third)

    price = {key: JOURNEYS_A_YEAR * one_way for key, one_way in kilometres.items()}
    model.add(without <= fewest.value)
    travelled = Found(fewest.values, sum(price[key] * amount for key, amount in fewest.values.items()), 0)
    travel = sum(price[key] * variable for key, variable in members.items())
    shortest = minimise(model, travel, members, travelled, third)
    if fewest.value > fewest.bound:
        return fewest, shortest
    prices = {(kind, meeting): kind.price(meeting) for kind, meeting in members}
    return fewest, canonical(model, travel, members, shortest, prices, third)


def _gather_many(
    trainees: Mapping[Kind, int], kilometres: Mapping[tuple[Kind, Meeting], int], rule: Groups, search: Search
) -> tuple[Found[tuple[Kind, Meeting]], Found[tuple[Kind, Meeting]]] | None:
    """The same, for many to choose from; None if no group was found for everybody who can attend a meeting."""
    able = {kind for kind, _ in kilometres}
    travelled = least_travel(
        {kind: number for kind, number in trainees.items() if kind in able},
        kilometres,
        {(kind, meeting): kind.price(meeting) for kind, meeting in kilometres},
        rule,
        search,
    )
    if travelled is None:
        return None
    without = sum(number for kind, number in trainees.items() if kind not in able)
    year = (JOURNEYS_A_YEAR * travelled.value, JOURNEYS_A_YEAR * travelled.bound)
    return Found(travelled.values, without, without), Found(
        travelled.values, *year, travelled.struck, travelled.is_unique
    )


def _undominated_starts(kinds: Sequence[Kind]) -> list[int]:
    """Starts that somebody can make who cannot make a better one: a group may start whenever all its members can."""
    able = defaultdict(set)
    for order, kind in enumerate(kinds):
        for start in kind.starts:
            able[start].add(order)
    kept: list[int] = []
    for start in sorted(able, key=lambda start: (-len(able[start]), start)):
        if not any(able[start] <= able[better] for better in kept):
            kept.append(start)
    return kept


def _undominated_places(kinds: Sequence[Kind]) -> list[str]:
    """Places that are nearer for somebody than every place which is as near for all the rest."""
    kilometres: dict[str, dict[int, int]] = defaultdict(dict)
    for order, kind in enumerate(kinds):
        for place, one_way in kind.kilometres:
            kilometres[place][order] = one_way
    kept: list[str] = []
    for place in sorted(
        kilometres, key=lambda place: (-len(kilometres[place]), sum(kilometres[place].values()), place)
    ):
        if not any(
            all(
                order in kilometres[better] and kilometres[better][order] <= own
                for order, own in kilometres[place].items()
            )
            for better in kept
        ):
            kept.append(place)
    return kept
