"""The fewest handovers: a supervisor for every trainee and period of practice, changed as seldom as possible.

A trainee moves along the periods of practice, from supervisor to supervisor; staying is free, a change costs one. With
a variable for each change *to* a supervisor, the relaxation for one trainee alone is exact; only the places are shared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python import cp_model

from allokering.stages.components import components
from allokering.stages.cpsat import Found, Search, minimise
from allokering.stages.transport import Arcs, cheapest_flow

Named = tuple[str, int, str]
"""Trainee, period, supervisor."""


@dataclass(frozen=True)
class Choices:
    """Who may supervise whom. Every order in it is canonical."""

    candidates: Mapping[str, Mapping[int, tuple[str, ...]]]
    """By trainee and period of practice: the doctors to choose from."""
    places: Mapping[tuple[str, int], int]
    """Trainees that a doctor may have in a period."""
    full: frozenset[tuple[str, int]]
    """Doctors and periods in which every place must be taken."""
    twins: Mapping[str, tuple[str, ...]]
    """What a doctor is known by; doctors with the same are interchangeable in every period."""


@dataclass(frozen=True)
class Handovers:
    """The supervisors named, how many handovers they make, and a bound on that."""

    supervisor: dict[tuple[str, int], str]
    """By trainee and period."""
    value: int
    bound: int


def fewest_handovers(choices: Choices, search: Search) -> Handovers:
    """Name a supervisor for every trainee and period. `choices` must admit at least one way to do it."""
    useful = _without_needless_twins(choices)
    supervisor: dict[tuple[str, int], str] = {}
    value = bound = 0
    for part in _independent_parts(useful):
        found = _solve(part, search.share(len(part.candidates), len(useful.candidates)))
        supervisor |= {(trainee, period): doctor for (trainee, period, doctor), taken in found.values.items() if taken}
        value += found.value
        bound += found.bound
    return Handovers(supervisor, value, bound)


def _without_needless_twins(choices: Choices) -> Choices:
    """Of interchangeable doctors, as many as there are trainees who might come to them: more are never needed."""
    visitors: dict[tuple[str, ...], set[str]] = defaultdict(set)
    doctors: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for trainee, by_period in choices.candidates.items():
        for doctor in set().union(*by_period.values()):
            visitors[choices.twins[doctor]].add(trainee)
            doctors[choices.twins[doctor]].add(doctor)
    kept = {doctor for twins, group in doctors.items() for doctor in sorted(group)[: len(visitors[twins])]}
    return Choices(
        candidates={
            trainee: {period: tuple(doctor for doctor in named if doctor in kept) for period, named in periods.items()}
            for trainee, periods in choices.candidates.items()
        },
        places=choices.places,
        full=frozenset((doctor, period) for doctor, period in choices.full if doctor in kept),
        twins=choices.twins,
    )


def _independent_parts(choices: Choices) -> Iterator[Choices]:
    """Trainees who share a possible supervisor belong together."""
    doctors_of = {trainee: set().union(*periods.values()) for trainee, periods in choices.candidates.items()}
    for trainees in components(doctors_of):
        yield Choices(
            {trainee: choices.candidates[trainee] for trainee in trainees}, choices.places, choices.full, choices.twins
        )


def _solve(part: Choices, search: Search) -> Found[Named]:
    """The fewest handovers among trainees who share supervisors; CP-SAT only where looking ahead does not settle it."""
    known = _start(part)
    if known.value == known.bound:
        return known
    model = cp_model.CpModel()
    named = {
        (trainee, period, doctor): model.new_bool_var(f"named[{trainee},{period},{doctor}]")
        for trainee, periods in part.candidates.items()
        for period, doctors in periods.items()
        for doctor in doctors
    }
    visits = defaultdict(list)
    for (_, period, doctor), variable in named.items():
        visits[doctor, period].append(variable)
    for place, variables in visits.items():
        if place in part.full:
            model.add(sum(variables) == part.places[place])
        elif len(variables) > part.places[place]:
            model.add(sum(variables) <= part.places[place])
    changes: list[cp_model.IntVar] = []
    for trainee, periods in part.candidates.items():
        for period, doctors in periods.items():
            model.add_exactly_one(named[trainee, period, doctor] for doctor in doctors)
        for before, after in pairwise(periods):
            for doctor in periods[after]:
                change = named[trainee, after, doctor]
                if doctor in periods[before]:
                    change = model.new_bool_var(f"change[{trainee},{after},{doctor}]")
                    model.add(change >= named[trainee, after, doctor] - named[trainee, before, doctor])
                changes.append(change)
    return minimise(model, sum(changes), named, known, search)


def _start(part: Choices) -> Found[Named]:
    """A good start: period by period, then trainee by trainee for as long as somebody gains."""
    supervisor: dict[tuple[str, int], str] = {}
    latest: dict[str, str] = {}
    for period in sorted({period for periods in part.candidates.values() for period in periods}):
        for trainee, doctor in _assign(part, period, latest).items():
            supervisor[trainee, period] = latest[trainee] = doctor
    while _reroute(part, supervisor):
        pass
    return Found(
        values={
            (trainee, period, doctor): int(supervisor[trainee, period] == doctor)
            for trainee, periods in part.candidates.items()
            for period, doctors in periods.items()
            for doctor in doctors
        },
        value=sum(
            _changes([supervisor[trainee, period] for period in periods])
            for trainee, periods in part.candidates.items()
        ),
        bound=sum(_changes(_route(list(periods.values()))) for periods in part.candidates.values()),
    )


def _changes(doctors: Sequence[str]) -> int:
    return sum(before != after for before, after in pairwise(doctors))


def _route(choices: Sequence[Collection[str]]) -> list[str]:
    """One of each, changed as seldom as can be: keep whoever can stay, for as long as somebody can."""
    route: list[str] = []
    staying: set[str] = set()
    stretch = 0
    for doctors in choices:
        if staying.isdisjoint(doctors):
            route += [min(staying, default="")] * stretch
            staying, stretch = set(doctors), 0
        staying &= set(doctors)
        stretch += 1
    return route + [min(staying, default="")] * stretch


def _reroute(part: Choices, supervisor: dict[tuple[str, int], str]) -> bool:
    """Give every trainee the best that the others leave; has somebody fewer handovers now?"""
    taken = Counter((doctor, period) for (_, period), doctor in supervisor.items())
    gained = False
    for trainee, periods in part.candidates.items():
        now = [supervisor[trainee, period] for period in periods]
        best = _route(
            [
                [own]
                if (own, period) in part.full
                else [
                    doctor for doctor in doctors if doctor == own or taken[doctor, period] < part.places[doctor, period]
                ]
                for own, (period, doctors) in zip(now, periods.items(), strict=True)
            ]
        )
        if _changes(best) < _changes(now):
            gained = True
            for period, before, after in zip(periods, now, best, strict=True):
                taken[before, period] -= 1
                taken[after, period] += 1
                supervisor[trainee, period] = after
    return gained


def _assign(part: Choices, period: int, latest: Mapping[str, str]) -> dict[str, str]:
    """The supervisors of one period, by a flow: fewest changes now, then those who can stay longest."""
    trainees = [trainee for trainee, periods in part.candidates.items() if period in periods]
    doctors = sorted({doctor for trainee in trainees for doctor in part.candidates[trainee][period]})
    node = {doctor: len(trainees) + number for number, doctor in enumerate(doctors)}
    sink = len(trainees) + len(doctors)
    arcs = []
    for number, trainee in enumerate(trainees):
        to_come = [set(named) for later, named in part.candidates[trainee].items() if later > period]
        for doctor in part.candidates[trainee][period]:
            is_new = trainee in latest and latest[trainee] != doctor
            price = is_new * (len(to_come) + 1) + sum(doctor not in named for named in to_come)
            arcs.append((number, node[doctor], 1, price))
    must = [part.places[doctor, period] if (doctor, period) in part.full else 0 for doctor in doctors]
    may = [
        (node[doctor], sink, part.places[doctor, period], 0) for doctor in doctors if (doctor, period) not in part.full
    ]
    flows = cheapest_flow(
        Arcs.of(arcs + may), [*[1] * len(trainees), *(-taken for taken in must), sum(must) - len(trainees)]
    )
    return {
        trainees[tail]: doctors[head - len(trainees)]
        for (tail, head, _, _), flow in zip(arcs, flows[: len(arcs)].tolist(), strict=True)
        if flow
    }
