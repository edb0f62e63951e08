"""The fewest handovers: a supervisor for every trainee and period of practice, changed as seldom as possible.

A trainee moves along the periods of practice, from supervisor to supervisor; staying is free, a change costs one. With
a variable for each change *to* a supervisor, the relaxation for one trainee alone is exact; only the places are shared.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python import cp_model

from allokering.stages.choices import Choices, Named, independent_parts, without_needless_twins
from allokering.stages.cpsat import Found, Search, minimise
from allokering.stages.handover_program import fewest_changes
from allokering.stages.handover_start import hold_places, start

FEW = 500
"""Supervisors to choose from, over trainees and periods, up to which CP-SAT proves the optimum at once."""


@dataclass(frozen=True)
class Handovers:
    """The supervisors named, how many handovers they make, and a bound on that."""

    supervisor: dict[tuple[str, int], str]
    """By trainee and period."""
    value: int
    bound: int
    struck: bool
    """Did a clock break a search off?"""


def fewest_handovers(choices: Choices, search: Search) -> Handovers:
    """Name a supervisor for every trainee and period. `choices` must admit a way to share out the places.

    Raises:
        NotWhole: it admits none, or none was found, in which each trainee has all places with one supervisor.
    """
    useful = without_needless_twins(choices)
    supervisor: dict[tuple[str, int], str] = {}
    value, bound, struck = 0, 0, False
    for part in independent_parts(useful):
        found = _solve(part, search.share(len(part.candidates), len(useful.candidates)))
        supervisor |= {(trainee, period): name for (trainee, period, name), taken in found.values.items() if taken}
        value += found.value
        bound += found.bound
        struck |= found.struck
    return Handovers(supervisor, value, bound, struck)


def _solve(part: Choices, search: Search) -> Found[Named]:
    """The fewest handovers among trainees who share supervisors; searched only if looking ahead does not settle it."""
    known = start(part, search)
    if known.value == known.bound:
        return known
    if len(known.values) > FEW:
        return fewest_changes(part, known, search.seed)
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
    return minimise(model, sum(changes), named, known, search)
