"""Every trainee in practice has a named supervisor: first at the lowest travel, then with the fewest handovers.

Index:   trainee; supervisor, a specialist or one who has finished; period
Math:    sum over supervisors of named[trainee, supervisor, period] = 1 in every period of practice
         sum over trainees of supervision_places named[trainee, supervisor, period] <= places[supervisor]
         sum over a municipality's supervisors of the same <= off_targets / patients_per_place, as placed
Units:   NOK of travel over the plan; handovers
Assumes: places that are interchangeable for the placement are so here, until a trainee is used to one of them
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import NoReturn

from allokering.errors import NoPlanInTime, StageFailed
from allokering.facts.policy import Policy
from allokering.facts.training import Training, trainings
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import PlanTables, Supervision
from allokering.solvers.budget import Budget
from allokering.stages.choices import Choices
from allokering.stages.cpsat import Search
from allokering.stages.handover_start import NotWhole
from allokering.stages.handovers import Handovers, fewest_handovers
from allokering.stages.parameters import DEFAULT, Parameters
from allokering.stages.reach import Reach
from allokering.stages.stage import StageResult, stage_tier
from allokering.stages.transport import Crowds, cheapest_transport
from allokering.tables import Pin, PinVerb, PinWhat


@dataclass(frozen=True, order=True)
class Wish:
    """What tells trainees apart when a supervisor is sought."""

    municipalities: tuple[str, ...]
    places: int
    minutes_max: int
    must: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True)
class OnePeriod:
    """The cheapest ways to supervise in one period."""

    nok: int
    candidates: dict[str, tuple[str, ...]]
    full: frozenset[str]
    crowds: dict[str, int]
    """Most places by municipality, where they are bounded."""


def name_supervisors(
    instance: Instance,
    model: Model,
    plan: PlanTables,
    *,
    seed: int = 0,
    work_limit: float | None = None,
    budget: Budget | None = None,
    parameters: Parameters = DEFAULT,
) -> StageResult[Supervision]:
    """The supervisor of every trainee in every period of practice.

    Where places take patients off lists, each municipality gives as many as the placement took there.
    `work_limit` is in CP-SAT's deterministic seconds, for the handovers of the whole plan; travel is proven lowest.

    Raises:
        NoPlanInTime: the budget was over before all had one.
        StageFailed: in some period the trainees are more than the places within reach, or the places could be shared
            out only if some trainee had them with several supervisors.
    """
    since = perf_counter()
    policy = Policy(instance, model)
    placed = trainings(instance, plan)
    reach = Reach(instance, model, policy, placed)
    supervised = [training for training in placed if policy.programme(training).needs_supervisor]
    candidates: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
    full: set[tuple[str, int]] = set()
    crowds: dict[tuple[str, int], int] = {}
    nok = 0
    for period in range(instance.settings.periods):
        practising = [training for training in supervised if period in training.practice]
        if not practising or reach.params is None:
            continue
        cheapest = _cheapest(practising, reach, period, _given(plan, reach, period))
        nok += cheapest.nok
        full |= {(supervisor, period) for supervisor in cheapest.full}
        crowds |= {(municipality, period): most for municipality, most in cheapest.crowds.items()}
        for trainee, supervisors in cheapest.candidates.items():
            candidates[trainee][period] = supervisors
    travel = stage_tier("supervision_travel", "NOK", nok, nok, since)

    since = perf_counter()
    choices = Choices(
        candidates=dict(sorted(candidates.items())),
        takes={training.trainee.trainee_id: policy.programme(training).supervision_places for training in supervised},
        places=reach.all_places(),
        full=frozenset(full),
        twins=reach.twins(),
        municipality=reach.municipality,
        crowds=crowds,
    )
    named = _fewest(instance, choices, Search(seed, work_limit, budget or Budget(), parameters))
    handovers = stage_tier("handovers", "handovers", named.value, named.bound, since)
    return StageResult(tuple(_rows(instance, named.supervisor)), (travel, handovers), named.struck, named.is_unique)


def _fewest(instance: Instance, choices: Choices, search: Search) -> Handovers:
    try:
        return fewest_handovers(choices, search)
    except NotWhole as failure:
        if search.budget.is_over:
            raise NoPlanInTime(
                say("No plan was found in {seconds} seconds.", seconds=f"{search.budget.seconds:.1f}")
            ) from failure
        raise StageFailed(
            say(
                "From {date} to {end}, no way was found to give each of these trainees all places with one supervisor: "
                "{trainees}",
                date=instance.period_start(failure.period),
                end=instance.period_end(failure.period),
                trainees=", ".join(failure.trainees),
            )
        ) from failure


def _given(plan: PlanTables, reach: Reach, period: int) -> dict[str, int]:
    """Places that each municipality gives as placed; empty while nobody's list is shorter for them."""
    relief = reach.policy.relief(period)
    first_day = reach.instance.period_start(period)
    return {
        row.municipality_id: row.off_targets // relief
        for row in (plan.coverage if relief else ())
        if row.from_date == first_day
    }


def _cheapest(practising: Sequence[Training], reach: Reach, period: int, given: Mapping[str, int]) -> OnePeriod:
    """All the cheapest ways to supervise those who practise in a period."""
    instance = reach.instance
    pins = [pin for pin in instance.pins if pin.what is PinWhat.SUPERVISOR and _holds(instance, pin, period)]
    trainees: dict[Wish, list[str]] = defaultdict(list)
    for training in practising:
        trainees[_wish(training, reach, pins)].append(training.trainee.trainee_id)
    pools = reach.pools(period, {pin.value for pin in pins})
    prices = {
        (need, supply): nok
        for need, wish in enumerate(trainees)
        for supply, (municipality, doctor) in enumerate(pools)
        if doctor not in wish.never and (not wish.must or doctor in wish.must)
        if (nok := reach.nok(wish.municipalities, municipality, wish.minutes_max)) is not None
    }
    places = [sum(reach.places(period)[name] for name in names) for names in pools.values()]
    needs = [wish.places * len(alike) for wish, alike in trainees.items()]
    municipalities = list(dict.fromkeys(municipality for municipality, _ in pools))
    crowds = Crowds(
        of=[municipalities.index(municipality) for municipality, _ in pools],
        most=[given.get(municipality, sum(places)) for municipality in municipalities],
    )
    transport = cheapest_transport(needs, places, prices, crowds)
    if transport.unmet:
        _fail(instance, period, trainees, transport.unmet)
    names_of = list(pools.values())
    found: dict[int, list[str]] = defaultdict(list)
    for need, supply in transport.usable:
        found[need] += names_of[supply]
    return OnePeriod(
        nok=transport.cost,
        candidates={
            trainee: tuple(sorted(found[need])) for need, alike in enumerate(trainees.values()) for trainee in alike
        },
        full=frozenset(name for supply in transport.used_up for name in names_of[supply]),
        crowds={
            municipality: most
            for municipality, most in zip(municipalities, crowds.most, strict=True)
            if municipality in given
        },
    )


def _wish(training: Training, reach: Reach, pins: Sequence[Pin]) -> Wish:
    own = [pin for pin in pins if pin.trainee_id == training.trainee.trainee_id]
    must, never = (
        tuple(sorted(pin.value for pin in own if pin.verb is verb)) for verb in (PinVerb.MUST, PinVerb.NEVER)
    )
    places = reach.policy.programme(training).supervision_places
    return Wish(training.municipalities, places, reach.minutes_max(training), must, never)


def _holds(instance: Instance, pin: Pin, period: int) -> bool:
    return pin.until is None or instance.period_start(period) <= pin.until


def _fail(
    instance: Instance, period: int, trainees: Mapping[Wish, Sequence[str]], unmet: Mapping[int, int]
) -> NoReturn:
    raise StageFailed(
        "\n".join(
            say(
                "From {date} to {end}, {missing} of these trainees can have no supervisor: {trainees}",
                date=instance.period_start(period),
                end=instance.period_end(period),
                missing=-(-places // wish.places),
                trainees=", ".join(trainees[wish]),
            )
            for wish, places in ((list(trainees)[need], places) for need, places in unmet.items())
        )
    )


def _rows(instance: Instance, supervisor: Mapping[tuple[str, int], str]) -> Iterator[Supervision]:
    """One row for every unbroken stretch with the same supervisor."""
    stretch: list[tuple[str, int]] = []
    for trainee, period in sorted(supervisor):
        follows = bool(stretch) and stretch[-1] == (trainee, period - 1)
        if stretch and not (follows and supervisor[stretch[-1]] == supervisor[trainee, period]):
            yield _row(instance, stretch, supervisor)
            stretch = []
        stretch.append((trainee, period))
    if stretch:
        yield _row(instance, stretch, supervisor)


def _row(
    instance: Instance, stretch: Sequence[tuple[str, int]], supervisor: Mapping[tuple[str, int], str]
) -> Supervision:
    (trainee, first), (_, last) = stretch[0], stretch[-1]
    return Supervision(
        trainee_id=trainee,
        supervisor_id=supervisor[trainee, first],
        from_date=instance.period_start(first),
        to_date=instance.period_end(last),
    )
