"""Multicommodity flow over periods with shared capacities: a supervisor for everybody, changed as seldom as possible.

A trainee moves along the periods of practice, from supervisor to supervisor; staying is free, a change costs one. With
a variable for each change *to* a supervisor, the relaxation for one trainee alone is exact; only the places are shared.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python import cp_model

from allokering.solvers.canonical import drawn
from allokering.stages.choices import Choices, Named, independent_parts, without_needless_twins
from allokering.stages.cpsat import Found, Search, canonical, minimise
from allokering.stages.handover_program import fewest_changes
from allokering.stages.handover_start import hold_places, start


@dataclass(frozen=True)
class Handovers:
    """The supervisors named, how many handovers they make, and a bound on that."""

    supervisor: dict[tuple[str, int], str]
    """By trainee and period."""
    value: int
    bound: int
    struck: bool
    """Did the budget or a guard break a search off?"""
    is_unique: bool
    """Would every machine, engine and seed name the same?"""


def fewest_handovers(choices: Choices, search: Search) -> Handovers:
    """Name a supervisor for every trainee and period. `choices` must admit a way to share out the places.

    Raises:
        NotWhole: it admits none, or none was found, in which each trainee has all places with one supervisor.
    """
    useful = without_needless_twins(choices)
    supervisor: dict[tuple[str, int], str] = {}
    value, bound, struck, is_unique = 0, 0, False, True
    for part in independent_parts(useful):
        found = _solve(part, search.share(len(part.candidates), len(useful.candidates)))
        supervisor |= {(trainee, period): name for (trainee, period, name), taken in found.values.items() if taken}
        value += found.value
        bound += found.bound
        struck |= found.struck
        is_unique &= found.is_unique
    return Handovers(supervisor, value, bound, struck, is_unique)


def _solve(part: Choices, search: Search) -> Found[Named]:
    """The fewest handovers among trainees who share supervisors; searched only if looking ahead does not settle it."""
    known = start(part, search)
    if known.value == known.bound:
        return known
    if len(known.values) > search.parameters.few_named:
        return fewest_changes(part, known, search)
    model = cp_model.CpModel()
    named = {
        (trainee, period, name): model.new_bool_var(f"named[{trainee},{period},{name}]")
        for trainee, periods in part.candidates.items()
        for period, names in periods.items()
        for name in names
    }
    by_period: dict[int, dict[tuple[str, str], cp_model.IntVar]] = defaultdict(dict)
    for (trainee, period, name), variable in named.items():
        by_period[period][trainee, name] = variable
    for period, taken in by_period.items():
        hold_places(model, part, period, taken)
    changes: list[cp_model.IntVar] = []
    for trainee, periods in part.candidates.items():
        for before, after in pairwise(periods):
            for name in periods[after]:
                change = named[trainee, after, name]
                if name in periods[before]:
                    change = model.new_bool_var(f"change[{trainee},{after},{name}]")
                    model.add(change >= named[trainee, after, name] - named[trainee, before, name])
                changes.append(change)
    fewest = minimise(model, sum(changes), named, known, search)
    return canonical(model, sum(changes), named, fewest, {key: drawn(*key) for key in named}, search)
