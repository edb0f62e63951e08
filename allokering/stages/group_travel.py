"""The least travel to groups where many trainees have many meetings to choose from: a good start, then HiGHS.

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
from allokering.stages.cpsat import Found
from allokering.stages.group_start import FAR, Attendance
from allokering.stages.linear import Least, Rows, least_sum

Kind = TypeVar("Kind", bound=Hashable)
Meeting = TypeVar("Meeting", bound=Hashable)


def least_travel(
    people: Mapping[Kind, int], kilometres: Mapping[tuple[Kind, Meeting], int], rule: Groups, seed: int
) -> Found[tuple[Kind, Meeting]] | None:
    """The members of every meeting at the least travel, if a quick look finds a group for everybody; else None.

    Args:
        people: how many there are of each kind, each of whom can attend some meeting.
        kilometres: one way, by kind and meeting that it can attend.
        rule: the sizes of groups.
        seed: of HiGHS.
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
    found, bound, struck = _solve(cells, costs, list(people.values()), rule, start, seed)
    return Found(dict(zip(kilometres, found.tolist(), strict=True)), int(costs @ found), bound, struck)


def _solve(cells: Integers, costs: Integers, people: Sequence[int], rule: Groups, start: Integers, seed: int) -> Least:
    """Members by cell (kind, meeting), never worse than the start, with a bound on their kilometres."""
    count, meetings = len(cells), int(cells[:, 1].max()) + 1
    at = sparse.coo_array((np.ones(count), (cells[:, 1], np.arange(count))), shape=(meetings, count))
    of = sparse.coo_array((np.ones(count), (cells[:, 0], np.arange(count))), shape=(len(people), count))
    most = np.array(people)[cells[:, 0]]
    shares = (np.minimum(most, rule.size_max), (np.arange(count), cells[:, 1]))
    parts = sparse.coo_array(shares, shape=(count, meetings))
    groups = sparse.eye_array(meetings)
    values, bound, struck = least_sum(
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
        seed,
    )
    return Least(values[:count], bound, struck)
