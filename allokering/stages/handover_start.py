"""Greedy construction by min-cost flow, period by period, then local search: a good start for the fewest handovers.

Where every trainee takes one place, all of it is integer code in canonical order: the same supervisors whatever the
processor and the seed. Where some take several, a period is a packing (CP-SAT), made unique by prices drawn from ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from ortools.sat.python import cp_model

from allokering.solvers.budget import Budget
from allokering.solvers.canonical import drawn
from allokering.stages.choices import Choices, Named
from allokering.stages.cpsat import Found, Search, minimise
from allokering.stages.transport import Arcs, cheapest_flow

GRACE = 1.0
"""Seconds that a packing is given when time is up before there is any."""
Taken = Mapping[tuple[str, str], cp_model.IntVar]
"""By trainee and supervisor: does the one come to the other?"""


class NotWhole(Exception):
    """No way was found to give every trainee of a period all places with one supervisor."""

    def __init__(self, period: int, trainees: Sequence[str]) -> None:
        super().__init__(period, trainees)
        self.period = period
        self.trainees = trainees


def start(part: Choices, search: Search) -> Found[Named]:
    """Supervisors for every trainee and period, how many handovers they make, and a bound on that.

    Raises:
        NotWhole: in some period the places can be shared out, but not so that each trainee has them with one.
    """
    supervisor: dict[tuple[str, int], str] = {}
    latest: dict[str, str] = {}
    is_unique = True
    periods = sorted({period for periods in part.candidates.values() for period in periods})
    for period in periods:
        prices = dict(_prices(part, period, latest))
        if part.are_single:
            assigned = _assign(part, period, prices)
        else:
            packed = _pack(part, period, prices, search.share(1, len(periods)))
            is_unique &= packed.is_unique
            assigned = {trainee: name for (trainee, name), is_taken in packed.values.items() if is_taken}
        for trainee, name in assigned.items():
            supervisor[trainee, period] = latest[trainee] = name
    while not search.budget.is_over and _reroute(part, supervisor):
        pass
    value = sum(
        _changes([supervisor[trainee, period] for period in periods]) for trainee, periods in part.candidates.items()
    )
    bound = sum(_changes(_route(list(periods.values()))) for periods in part.candidates.values())
    return Found(
        values={
            (trainee, period, name): int(supervisor[trainee, period] == name)
            for trainee, periods in part.candidates.items()
            for period, names in periods.items()
            for name in names
        },
        value=value,
        bound=bound,
        is_unique=is_unique and value == bound,
    )


def hold_places(model: cp_model.CpModel, part: Choices, period: int, taken: Taken) -> None:
    """One supervisor for everybody in a period; supervisors and municipalities give no more places than they have."""
    of_trainee, of_supervisor, of_crowd = defaultdict(list), defaultdict(list), defaultdict(list)
    for (trainee, name), variable in taken.items():
        of_trainee[trainee].append(variable)
        of_supervisor[name].append(part.takes[trainee] * variable)
        crowd = part.bounded_together(name, period)
        if crowd is not None:
            of_crowd[crowd].append(part.takes[trainee] * variable)
    for variables in of_trainee.values():
        model.add_exactly_one(variables)
    for name, amounts in of_supervisor.items():
        places = part.places[name, period]
        if (name, period) in part.full:
            model.add(sum(amounts) == places)
        elif not part.are_single or len(amounts) > places:
            model.add(sum(amounts) <= places)
    for crowd, amounts in of_crowd.items():
        model.add(sum(amounts) <= part.crowds[crowd])


def _changes(supervisors: Sequence[str]) -> int:
    return sum(before != after for before, after in pairwise(supervisors))


def _route(choices: Sequence[Collection[str]]) -> list[str]:
    """One of each, changed as seldom as can be: keep whoever can stay, for as long as somebody can."""
    route: list[str] = []
    staying: set[str] = set()
    stretch = 0
    for names in choices:
        if staying.isdisjoint(names):
            route += [min(staying, default="")] * stretch
            staying, stretch = set(names), 0
        staying &= set(names)
        stretch += 1
    return route + [min(staying, default="")] * stretch


def _reroute(part: Choices, supervisor: dict[tuple[str, int], str]) -> bool:
    """Give every trainee the best that the others leave; has somebody fewer handovers now?"""
    taken: Counter[object] = Counter()

    def count(name: str, period: int, places: int) -> None:
        taken[name, period] += places
        crowd = part.bounded_together(name, period)
        if crowd is not None:
            taken["crowd", crowd] += places

    def leaves_room(own: str, other: str, period: int, places: int) -> bool:
        """May a trainee go from one supervisor to another?"""
        if other == own:
            return True
        if (own, period) in part.full or taken[other, period] + places > part.places[other, period]:
            return False
        crowd = part.bounded_together(other, period)
        is_mate = crowd == part.bounded_together(own, period)
        return crowd is None or is_mate or taken["crowd", crowd] + places <= part.crowds[crowd]

    for (trainee, period), name in supervisor.items():
        count(name, period, part.takes[trainee])
    gained = False
    for trainee, periods in part.candidates.items():
        places = part.takes[trainee]
        now = [supervisor[trainee, period] for period in periods]
        best = _route(
            [
                [name for name in names if leaves_room(own, name, period, places)]
                for own, (period, names) in zip(now, periods.items(), strict=True)
            ]
        )
        if _changes(best) < _changes(now):
            gained = True
            for period, before, after in zip(periods, now, best, strict=True):
                count(before, period, -places)
                count(after, period, places)
                supervisor[trainee, period] = after
    return gained


def _prices(part: Choices, period: int, latest: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], int]]:
    """What it is worth to avoid each supervisor in a period: a change now first, then one who cannot stay long."""
    for trainee, periods in part.candidates.items():
        to_come = [set(names) for later, names in periods.items() if later > period]
        for name in periods.get(period, ()):
            is_new = trainee in latest and latest[trainee] != name
            yield (trainee, name), is_new * (len(to_come) + 1) + sum(name not in names for names in to_come)


def _assign(part: Choices, period: int, prices: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """The supervisors of one period, by a flow: trainee, supervisor, municipality if it is bounded, everybody."""
    trainees = list(dict.fromkeys(trainee for trainee, _ in prices))
    names = sorted({name for _, name in prices})
    crowds = sorted({crowd for name in names if (crowd := part.bounded_together(name, period)) is not None})
    node: dict[object, int] = {key: number for number, key in enumerate([*trainees, *map(_own, names), *crowds])}
    sink = len(node)
    come = [(node[trainee], node[_own(name)], 1, price) for (trainee, name), price in prices.items()]
    go_on: list[tuple[int, int, int, int]] = []
    supplies = [1] * len(trainees) + [0] * (len(names) + len(crowds) + 1)
    left = {crowd: part.crowds[crowd] for crowd in crowds}
    for name in names:
        crowd = part.bounded_together(name, period)
        places = part.places[name, period]
        if (name, period) not in part.full:
            go_on.append((node[_own(name)], sink if crowd is None else node[crowd], places, 0))
            continue
        supplies[node[_own(name)]] = -places
        if crowd is not None:
            left[crowd] -= places
    go_on += [(node[crowd], sink, places, 0) for crowd, places in left.items()]
    supplies[sink] = -sum(supplies)
    flows = cheapest_flow(Arcs.of(come + go_on), supplies)
    return {trainee: name for (trainee, name), flow in zip(prices, flows[: len(come)].tolist(), strict=True) if flow}


def _own(name: str) -> tuple[str]:
    """A supervisor's key among trainees, who may have finished and supervise."""
    return (name,)


def _pack(part: Choices, period: int, prices: Mapping[tuple[str, str], int], search: Search) -> Found[tuple[str, str]]:
    """The supervisors of one period where some trainees take several places, which no flow keeps together."""
    model = cp_model.CpModel()
    taken = {key: model.new_bool_var(f"taken{key}") for key in prices}
    hold_places(model, part, period, taken)
    if search.budget.is_over:
        # No flow can stand in for it: whoever is in a hurry waits for a moment rather than have no plan.
        search = replace(search, budget=Budget(GRACE))
    # Two groups of prices in one: all of the second together weigh less than one step of the first.
    ties = {key: drawn(key[0], period, key[1]) for key in prices}
    step = sum(ties.values()) + 1
    nothing: Found[tuple[str, str]] = Found({}, step * (sum(prices.values()) + 1), 0)
    price = sum((step * price + ties[key]) * taken[key] for key, price in prices.items())
    found = minimise(model, price, taken, nothing, search)
    if not found.values:
        raise NotWhole(period, sorted({trainee for trainee, _ in prices}))
    return replace(found, is_unique=found.value == found.bound)
