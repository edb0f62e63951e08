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

import highspy
import numpy as np
from scipy import sparse

from allokering.kinds import Groups
from allokering.stages.cpsat import Found
from allokering.stages.group_start import FAR, Attendance, Integers

Kind = TypeVar("Kind", bound=Hashable)
Meeting = TypeVar("Meeting", bound=Hashable)
NODES = 1_000
"""Most nodes searched: a limit on work, not on time, so that the answer is the same on every machine."""
SAFE = 1e-3
"""What a bound gives away for sums in floating point; kilometres are whole numbers, so nothing is lost by it."""


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
    found, bound = _solve(cells, costs, list(people.values()), rule, start, seed)
    return Found(dict(zip(kilometres, found.tolist(), strict=True)), int(costs @ found), bound)


def _solve(
    cells: Integers, costs: Integers, people: Sequence[int], rule: Groups, start: Integers, seed: int
) -> tuple[Integers, int]:
    """Members by cell (kind, meeting), never worse than the start, and a bound on their kilometres."""
    count, meetings = len(cells), int(cells[:, 1].max()) + 1
    at = sparse.coo_array((np.ones(count), (cells[:, 1], np.arange(count))), shape=(meetings, count))
    of = sparse.coo_array((np.ones(count), (cells[:, 0], np.arange(count))), shape=(len(people), count))
    most = np.array(people)[cells[:, 0]]
    # Implied by the sizes, but much stronger in the relaxation: nobody attends a part of a group.
    parts = sparse.coo_array(
        (np.minimum(most, rule.size_max), (np.arange(count), cells[:, 1])), shape=(count, meetings)
    )
    whole = sparse.eye_array(meetings)
    rows = sparse.csr_array(
        sparse.block_array(
            [[sparse.eye_array(count), -parts], [at, -rule.size_min * whole], [at, -rule.size_max * whole], [of, None]]
        )
    ).astype(float)
    up_to_nothing, from_nothing = (np.full(count, -math.inf), np.zeros(count)), (np.zeros(meetings), math.inf)
    lower = np.concatenate([up_to_nothing[0], from_nothing[0], np.full(meetings, -math.inf), people])
    upper = np.concatenate([up_to_nothing[1], np.full(meetings, from_nothing[1]), np.zeros(meetings), people])
    attending = np.bincount(cells[:, 1], weights=most, minlength=meetings)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_ = np.concatenate([costs, np.zeros(meetings)]).astype(float)
    model.col_lower_ = np.zeros(count + meetings)
    model.col_upper_ = np.concatenate([most, attending // rule.size_min]).astype(float)
    model.integrality_ = [highspy.HighsVarType.kInteger] * (count + meetings)
    model.row_lower_, model.row_upper_ = lower, upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    highs = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("random_seed", seed),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.999),  # kilometres are whole numbers
        ("mip_max_nodes", NODES),
        # Presolve's parallel rows and columns (bit 13) lose feasible solutions in HiGHS 1.12 and 1.13.
        ("presolve_rule_off", 1 << 13),
    ):
        highs.setOptionValue(option, value)
    highs.passModel(model)
    groups = -(-np.bincount(cells[:, 1], weights=start, minlength=meetings) // rule.size_max)
    known = highspy.HighsSolution()
    known.col_value = np.concatenate([start, groups]).tolist()
    highs.setSolution(known)
    highs.run()
    info = highs.getInfo()
    bound = max(0, math.ceil(info.mip_dual_bound - SAFE)) if math.isfinite(info.mip_dual_bound) else 0
    values = np.rint(np.array(highs.getSolution().col_value)[:count]).astype(np.int64)
    is_whole = np.array_equal(of @ values, people) and _are_groups(at @ values, rule)
    found = values if is_whole and costs @ values <= costs @ start else start
    return found, min(bound, int(costs @ found))


def _are_groups(attending: Integers, rule: Groups) -> bool:
    """Can those who attend each meeting be split into groups of a fair size?"""
    groups = -(-attending // rule.size_max)
    return bool(np.all(attending >= groups * rule.size_min))
