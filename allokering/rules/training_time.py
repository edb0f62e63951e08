"""A path gives the months of practice and institution service that the trainee's programme still demands, no more.

Index:   trainee
Math:    D = ceil(100 max(0, I - c_i) / (f m)), i = min(c_i + D f m / 100, Imax), N = D + Q,
         Q = ceil(100 max(0, Qmin - min(c_p, Qmax), T - min(c_p, Qmax) - i) / (f m)),
         rotation in [b, b + D) inside [s, min(s + N, P));
         none if D = 0 or (s + N - D >= P and not institution_first)
Units:   months of the calendar, whole periods
Assumes: institution service is one block at one site; part-time lengthens, credit shortens; a position and a site of
         one programme are for its trainees; letters as in docs/model.md
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allokering.evidence.written_plan import WrittenPath, months_between, period_of, read_paths
from allokering.formulation.path_space import none_or
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Params, Programme
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan, Rotation
from allokering.tables import Site, Trainee
from allokering.violation import Violation

RULE = "training_time"
SCOPE = ("path",)


@dataclass(frozen=True)
class Lengths:
    """Periods of institution service (D) and of practice (Q) that a trainee still has to do."""

    rotation_periods: int
    practice_periods: int

    @property
    def path_periods(self) -> int:
        """Periods from start to finish: N = D + Q."""
        return self.rotation_periods + self.practice_periods


def lengths(trainee: Trainee, programme: Programme, period_months: int) -> Lengths:
    """The law of the programme for this trainee; part-time lengthens what is left, credit shortens it.

    `build` makes every path of these lengths, so that `enforce` has only to place the rotation in it. For ALIS, Qmin is
    24 months in open practice, I is 6 months in an institution, T is 60 months in all.
    """
    f_m = trainee.fte_percent * period_months  # hundredths of a month that one period counts
    c_p = min(trainee.practice_months_done, programme.practice_months_counted_max)
    c_i = trainee.institution_months_done
    d = _ceil(100 * max(0, programme.institution_months - c_i), f_m)
    i = min(100 * c_i + d * f_m, 100 * programme.institution_months_counted_max)
    q = _ceil(max(0, 100 * (programme.practice_months_min - c_p), 100 * (programme.total_months - c_p) - i), f_m)
    return Lengths(rotation_periods=d, practice_periods=q)


def _ceil(amount: int, unit: int) -> int:
    return -(-amount // unit)


def enforce(scope: Scope, params: Params, instance: Instance) -> None:  # noqa: ARG001
    """Keep the paths whose rotation lies whole inside path and horizon, at a site that counts."""
    model = scope.draft.model
    site_kinds = [site.kind for site in instance.sites]
    site_programmes = [site.programme for site in instance.sites]
    position_programmes = [position.programme for position in instance.positions]
    for space, trainee in zip(scope.spaces, instance.trainees, strict=True):
        programme = model.programme_params(trainee.programme)
        start, finish = space.starts[:, None], space.finishes[:, None]
        begin, end = space.rotation_begin[None, 1:], space.rotation_begin[None, 1:] + space.rotation_periods
        fits = (start <= begin) & (end <= np.minimum(finish, space.periods))
        if programme.institution_first:
            fits &= begin == start
        if space.rotation_periods == 0:
            may_be_none = space.finishes > space.starts
        else:
            may_be_none = (space.finishes - space.rotation_periods >= space.periods) & (not programme.institution_first)
        counts = [
            kind in programme.site_kinds and taken in (None, trainee.programme)
            for kind, taken in zip(site_kinds, site_programmes, strict=True)
        ]
        is_ours = np.array([taken in (None, trainee.programme) for taken in position_programmes], dtype=bool)
        scope.keep(
            space,
            by_start_and_rotation=none_or(fits & (finish > start), none=may_be_none),
            by_position_and_site=np.array([True, *counts]),
            by_position_and_start=is_ours[:, None],
        )


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every path and block of the wrong length, in the wrong place, missing, or that nobody is owed."""
    paths = read_paths(instance, model, plan)
    sites = {site.site_id: site for site in instance.sites}
    homeless: dict[str, int] = defaultdict(int)
    for rotation in plan.rotations:
        if rotation.trainee_id not in paths:
            homeless[rotation.trainee_id] += 1
    for trainee_id, count in homeless.items():
        message = say("{trainee} has {count} rotations and no position", trainee=trainee_id, count=count)
        yield Violation(RULE, trainee_id, count, 0, message)
    for path in paths.values():
        yield from _check_programme(path)
        institution, practice = _periods_owed(path.trainee, path.programme, instance.settings.period_months)
        yield from _check_length(path, institution + practice, instance)
        yield from _check_number_of_rotations(path, institution, institution + practice, instance)
        if institution > 0:
            for rotation in path.rotations:
                yield from _check_block(path, rotation, institution, instance)
                yield from _check_site(path, sites[rotation.site_id])


def _check_programme(path: WrittenPath) -> Iterator[Violation]:
    trainee_id, position = path.trainee.trainee_id, path.position
    if position.programme is not None and position.programme != path.trainee.programme:
        message = say(
            "{trainee} holds {position}, which is for trainees of {programme}",
            trainee=trainee_id,
            position=position.position_id,
            programme=position.programme,
        )
        yield Violation(RULE, f"{trainee_id} {position.position_id}", 1, 0, message)


def _periods_owed(trainee: Trainee, programme: Programme, period_months: int) -> tuple[int, int]:
    """Periods of institution service and of practice still to do."""
    percent_months = trainee.fte_percent * period_months
    institution = _rounded_up(
        100 * max(0, programme.institution_months - trainee.institution_months_done), percent_months
    )
    institution_counted = min(
        100 * trainee.institution_months_done + institution * percent_months,
        100 * programme.institution_months_counted_max,
    )
    practice_counted = 100 * min(trainee.practice_months_done, programme.practice_months_counted_max)
    practice_owed = max(
        0,
        100 * programme.practice_months_min - practice_counted,
        100 * programme.total_months - practice_counted - institution_counted,
    )
    return institution, _rounded_up(practice_owed, percent_months)


def _rounded_up(amount: int, size: int) -> int:
    return -(-amount // size)


def _check_length(path: WrittenPath, periods_owed: int, instance: Instance) -> Iterator[Violation]:
    trainee_id = path.trainee.trainee_id
    if periods_owed == 0:
        yield Violation(RULE, trainee_id, 1, 0, say("{trainee} has no training left to do", trainee=trainee_id))
        return
    months = months_between(path.from_date, path.completes) + 1
    required = periods_owed * instance.settings.period_months
    if months != required:
        message = say(
            "{trainee} trains {months} months from {start}; {required} required",
            trainee=trainee_id,
            months=months,
            start=path.from_date,
            required=required,
        )
        yield Violation(RULE, trainee_id, months, required, message)
    planned_to = min(path.completes, instance.end)
    if path.to_date != planned_to:
        message = say(
            "{trainee} holds {position} to {last}; {required} required",
            trainee=trainee_id,
            position=path.position.position_id,
            last=path.to_date,
            required=planned_to,
        )
        held = months_between(path.from_date, path.to_date) + 1
        yield Violation(RULE, trainee_id, held, months_between(path.from_date, planned_to) + 1, message)


def _check_number_of_rotations(
    path: WrittenPath, institution: int, periods_owed: int, instance: Instance
) -> Iterator[Violation]:
    trainee_id = path.trainee.trainee_id
    count = len(path.rotations)
    block_fits_after_horizon = path.held.start + periods_owed - institution >= instance.settings.periods
    if institution == 0:
        allowed = {0}
    elif block_fits_after_horizon and not path.programme.institution_first:
        allowed = {0, 1}
    else:
        allowed = {1}
    if count not in allowed:
        message = say(
            "{trainee} has {count} rotations; {required} required",
            trainee=trainee_id,
            count=count,
            required=max(allowed),
        )
        yield Violation(RULE, trainee_id, count, max(allowed), message)


def _check_block(path: WrittenPath, rotation: Rotation, institution: int, instance: Instance) -> Iterator[Violation]:
    trainee_id = path.trainee.trainee_id
    subject = f"{trainee_id} {rotation.site_id} {rotation.from_date}"
    months = months_between(rotation.from_date, rotation.to_date) + 1
    required = institution * instance.settings.period_months
    if months != required:
        message = say(
            "{trainee} is at {site} for {months} months; {required} required",
            trainee=trainee_id,
            site=rotation.site_id,
            months=months,
            required=required,
        )
        yield Violation(RULE, subject, months, required, message)
    before = max(0, months_between(rotation.from_date, path.from_date))
    after = max(0, months_between(path.to_date, rotation.to_date))
    if before + after > 0:
        message = say(
            "{trainee} is at {site} {months} months outside the time in {position}; 0 allowed",
            trainee=trainee_id,
            site=rotation.site_id,
            months=before + after,
            position=path.position.position_id,
        )
        yield Violation(RULE, subject, before + after, 0, message)
    waited = (period_of(instance, rotation.from_date) - path.held.start) * instance.settings.period_months
    if path.programme.institution_first and waited > 0:
        message = say(
            "{trainee} begins institution service after {months} months; the programme begins with it",
            trainee=trainee_id,
            months=waited,
        )
        yield Violation(RULE, subject, waited, 0, message)


def _check_site(path: WrittenPath, site: Site) -> Iterator[Violation]:
    if site.kind not in path.programme.site_kinds:
        message = say(
            "{trainee} is at {site}, a {kind}; the programme does not count that",
            trainee=path.trainee.trainee_id,
            site=site.site_id,
            kind=site.kind,
        )
        yield Violation(RULE, f"{path.trainee.trainee_id} {site.site_id}", 1, 0, message)
    if site.programme is not None and site.programme != path.trainee.programme:
        message = say(
            "{trainee} is at {site}, which takes trainees of {programme}",
            trainee=path.trainee.trainee_id,
            site=site.site_id,
            programme=site.programme,
        )
        yield Violation(RULE, f"{path.trainee.trainee_id} {site.site_id}", 1, 0, message)
