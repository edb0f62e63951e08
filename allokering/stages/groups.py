"""Trainees who lack months of group supervision are in a group that they stay in to the end.

Index:   trainee; meeting, a municipality of the network and a first period
Math:    in group_program
Units:   trainees without a group; kilometres travelled a year
Assumes: members travel from their position, also while in rotation; the unplaced are in no group and not counted; the
         rule groups is enforced here
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from time import perf_counter

from allokering.facts.calendar import rule_in_force
from allokering.facts.positions import kilometres_from_any, minutes_from_any
from allokering.facts.training import Training, trainings
from allokering.instance import Instance
from allokering.kinds import Groups
from allokering.model import Model
from allokering.plan import GroupMembership, PlanTables
from allokering.solvers.budget import Budget
from allokering.stages.cpsat import Search
from allokering.stages.group_program import Gathering, Kind, Meeting, gather
from allokering.stages.parameters import DEFAULT, Parameters
from allokering.stages.stage import StageResult, stage_tier


def form_groups(
    instance: Instance,
    model: Model,
    plan: PlanTables,
    *,
    seed: int = 0,
    work_limit: float | None = None,
    budget: Budget | None = None,
    parameters: Parameters = DEFAULT,
) -> StageResult[GroupMembership]:
    """A group for as many as can have one, with the fewest kilometres.

    `work_limit` is in CP-SAT's deterministic seconds. A model without a rule on groups forms none.
    """
    since = perf_counter()
    rule = rule_in_force(model, "groups", instance.settings.start)
    if not isinstance(rule, Groups):
        return StageResult((), ())
    lacking = [training for training in trainings(instance, plan) if _lacks_months(model, rule, training)]
    network = {place.municipality_id: place.network or "" for place in instance.municipalities}
    trainees: dict[Kind, list[Training]] = defaultdict(list)
    for training in lacking:
        trainees[_kind(instance, rule, training, network)].append(training)
    gathering = gather(
        {kind: len(alike) for kind, alike in trainees.items()},
        rule,
        Search(seed, work_limit, budget or Budget(), parameters),
    )
    return StageResult(
        tuple(sorted(_rows(instance, rule, gathering, trainees, network), key=lambda row: row.trainee_id)),
        (
            stage_tier("without_group", "trainees", gathering.without, gathering.without_bound, since),
            stage_tier("group_travel", "kilometres a year", gathering.travel, gathering.travel_bound, since),
        ),
        gathering.struck,
        gathering.is_unique,
    )


def _lacks_months(model: Model, rule: Groups, training: Training) -> bool:
    """Does the trainee need a group? Those whose programme asks for no supervision, or for no group, do not."""
    programme = model.programme_params(training.trainee.programme)
    return programme.needs_supervisor and programme.needs_group and training.trainee.group_months_done < rule.months


def _periods(instance: Instance, rule: Groups, training: Training) -> int:
    """Periods that the trainee stays in a group."""
    return math.ceil((rule.months - training.trainee.group_months_done) / instance.settings.period_months)


def _kind(instance: Instance, rule: Groups, training: Training, network: Mapping[str, str]) -> Kind:
    months = rule.months - training.trainee.group_months_done
    length = _periods(instance, rule, training)
    starts = []
    for start in range(training.held.start, training.held.stop - length + 1):
        practice = sum(start <= period < start + length for period in training.practice)
        if practice * instance.settings.period_months * rule.months >= months * rule.practice_months_min:
            starts.append(start)
    networks = {network[municipality] for municipality in training.municipalities}
    within_reach = tuple(
        (place, kilometres_from_any(instance, training.municipalities, place) or 0)
        for place, own in sorted(network.items())
        if own in networks
        if (minutes := minutes_from_any(instance, training.municipalities, place)) is not None
        and minutes <= rule.travel_minutes_max
    )
    return Kind(within_reach, frozenset(starts))


def _rows(
    instance: Instance,
    rule: Groups,
    gathering: Gathering,
    trainees: Mapping[Kind, Sequence[Training]],
    network: Mapping[str, str],
) -> Iterator[GroupMembership]:
    """The members of every group by name; groups are numbered within their network by start and place."""
    attending: dict[Meeting, list[Training]] = defaultdict(list)
    waiting = {kind: iter(alike) for kind, alike in trainees.items()}
    for (kind, meeting), number in sorted(gathering.members.items(), key=lambda item: item[0][1][::-1]):
        attending[meeting] += [next(waiting[kind]) for _ in range(number)]
    numbered: dict[str, int] = defaultdict(int)
    for (place, start), together in sorted(attending.items(), key=lambda item: item[0][::-1]):
        for members in _split(sorted(together, key=lambda training: training.trainee.trainee_id), rule.size_max):
            numbered[network[place]] += 1
            for training in members:
                yield GroupMembership(
                    trainee_id=training.trainee.trainee_id,
                    group_id=f"group-{network[place] or 'region'}-{numbered[network[place]]}",
                    municipality_id=place,
                    from_date=instance.period_start(start),
                    to_date=instance.period_end(start + _periods(instance, rule, training) - 1),
                )


def _split(together: Sequence[Training], size_max: int) -> Iterator[Sequence[Training]]:
    """As few groups as can hold them, as even as can be."""
    groups = math.ceil(len(together) / size_max)
    ends = accumulate((len(together) + number) // groups for number in range(groups))
    for first, end in pairwise([0, *ends]):
        yield together[first:end]
