"""Capacitated facility location by local search, then branch and cut: least travel to groups with much choice.

Index:   kind of trainee; meeting
Math:    in group_program
Units:   kilometres one way
Assumes: the relaxation is tight, so that HiGHS proves in its first nodes what a search by propagation must enumerate
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from scipy import sparse

from allokering.kinds import Groups
from allokering.problem import Integers
from allokering.stages.cpsat import Found, Search
from allokering.stages.group_start import FAR, Attendance
from allokering.stages.linear import Rows, canonical_sum, least_sum

Kind = TypeVar("Kind", bound=Hashable)
Meeting = TypeVar("Meeting", bound=Hashable)


def least_travel(
    people: Mapping[Kind, int],
    kilometres: Mapping[tuple[Kind, Meeting], int],
    prices: Mapping[tuple[Kind, Meeting], int],
    rule: Groups,
    search: Search,
) -> Found[tuple[Kind, Meeting]] | None:
    """The members of every meeting at the least travel, if a quick look finds a group for everybody; else None.

    Args:
        people: how many there are of each kind, each of whom can attend some meeting.
        kilometres: one way, by kind and meeting that it can attend.
        prices: that tell equals apart, by the same pairs.
        rule: the sizes of groups.
        search: how.
    """
    if rule.size_max < 2 * rule.size_min - 1:
        return None  # some numbers that can meet cannot be split into groups, which the start knows nothing of
    meetings = list(dict.fromkeys(meeting for _, meeting in kilometres))
    of_meeting = {meeting: number for number, meeting in enumerate(meetings)}
    of_kind = {kind: number for number, kind in enumerate(people)}
    table = np.full((len(people), len(meetings)), FAR)
    for (kind, meeting), one_way in kilometres.items():
        table[of_kind[kind], of_meeting[meeting]] = one_way
    kind_of = np.repeat(np.arange(len(people)), list(people.values()))
    attendance = Attendance(table[kind_of], rule.size_min)
    if not attendance.gather():
        return None
    attendance.improve()
    members = np.zeros(table.shape, dtype=np.int64)
    np.add.at(members, (kind_of, attendance.meeting_of), 1)
    cells = np.array([(of_kind[kind], of_meeting[meeting]) for kind, meeting in kilometres])
    start = members[cells[:, 0], cells[:, 1]]
    costs = np.array(list(kilometres.values()))
    program = _program(cells, costs, list(people.values()), rule, start)
    best = least_sum(*program, search)
    last = np.zeros(len(best.values), dtype=np.int64)
    last[: len(cells)] = [prices[pair] for pair in kilometres]
    best, is_unique = canonical_sum(*program[:3], best, last, search)
    found = best.values[: len(cells)]
    return Found(
        dict(zip(kilometres, found.tolist(), strict=True)), int(costs @ found), best.bound, best.struck, is_unique
    )


def _program(
    cells: Integers, costs: Integers, people: Sequence[int], rule: Groups, start: Integers
) -> tuple[Integers, Integers, Rows, Integers]:
    """Costs, most, rows and values to begin from: of members by cell (kind, meeting), then groups by meeting."""
    count, meetings = len(cells), int(cells[:, 1].max()) + 1
    at = sparse.coo_array((np.ones(count), (cells[:, 1], np.arange(count))), shape=(meetings, count))
    of = sparse.coo_array((np.ones(count), (cells[:, 0], np.arange(count))), shape=(len(people), count))
    most = np.array(people)[cells[:, 0]]
    shares = (np.minimum(most, rule.size_max), (np.arange(count), cells[:, 1]))
    parts = sparse.coo_array(shares, shape=(count, meetings))
    groups = sparse.eye_array(meetings)
    return (
        np.concatenate([costs, np.zeros(meetings, dtype=np.int64)]),
        np.concatenate([most, np.bincount(cells[:, 1], weights=most) // rule.size_min]),
        Rows.of(
            # Implied by the sizes, but much stronger in the relaxation: nobody attends a part of a group.
            (sparse.hstack([sparse.eye_array(count), -parts]), -math.inf, 0),
            (sparse.hstack([at, -rule.size_min * groups]), 0, math.inf),
            (sparse.hstack([at, -rule.size_max * groups]), -math.inf, 0),
            (sparse.hstack([of, sparse.coo_array((len(people), meetings))]), people, people),
        ),
        np.concatenate([start, -(-np.bincount(cells[:, 1], weights=start).astype(np.int64) // rule.size_max)]),
    )
