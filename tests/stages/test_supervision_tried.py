"""Naming supervisors against every assignment there is: places, limits of travel, those who have finished, relief."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise, product
from random import Random

import pytest
from scenes import Scene, with_measures, with_programme, with_rule

from allokering.errors import StageFailed
from allokering.model import Model
from allokering.stages.parameters import Parameters
from allokering.stages.supervision import name_supervisors

RELIEF = {"patients_per_place": 300}
PIPELINE = with_rule("pipeline", stays_permille_by_year=[900, 500], supervises=2)
"""Two places at 900 permille are one, and so they are at 500; with a chance of 600, none."""
MINUTES = {("a", "b"): 30, ("b", "c"): 50}


@dataclass
class Case:
    """A scene, the model, and what an oracle needs: who takes how many places and how far a supervisor may come."""

    scene: Scene
    model: Model
    takes: dict[str, int]
    minutes_max: dict[str, int]
    relief: int


def random_case(seed: int) -> Case:
    """Trainees of one or two places, doctors who come and go, somebody who finishes, sometimes relief of 300."""
    random = Random(seed)
    scene = Scene(periods=3)
    for name in "abc":
        scene.municipality(name)
    for (here, there), way in MINUTES.items():
        scene.road(here, there, way)
    relief = random.choice([0, 300])
    minutes_max = random.choice([40, 600])
    model = with_programme(PIPELINE, "lis1", supervision_places=2, supervisor_minutes_max=minutes_max)
    if relief:
        model = with_measures(model, supervisor_relief=RELIEF)
    for number in range(3):
        first = random.randrange(3)
        scene.doctor(
            f"d{number}",
            random.choice("abc"),
            present=(first, random.randrange(first, 3)),
            supervises=random.choice([1, 2, 3]),
            limit=(limit := random.choice([400, 700, 1000])),
            size=limit,
        )
    scene.doctor("reserve", "b", supervises=random.choice([2, 3, 4]), limit=1300, size=1300)
    chance = random.choice([None, 600])
    scene.trainee("finishes", [random.choice("abc")], (0, random.choice([0, 1])), chance=chance)
    for number in range(2):
        programme = random.choice(["alis", "lis1"])
        scene.trainee(f"t{number}", [random.choice("abc")], (random.randrange(2), 2), programme=programme)
    if random.random() < 0.4:
        scene.pin("t0", random.choice(["never", "must"]), "reserve")
    instance, _ = scene.built()
    interns = {row.trainee_id for row in instance.trainees if row.programme == "lis1"}
    everybody = [row.trainee_id for row in instance.trainees]
    case = Case(
        scene,
        model,
        takes={name: 2 if name in interns else 1 for name in everybody},
        minutes_max={name: min(120, minutes_max) if name in interns else 120 for name in everybody},
        relief=relief,
    )
    if relief:
        # The placement took the places in some way or other; the naming has to keep to it.
        for period in range(3):
            ways = list(shared_out(case, period, as_wholes=False))
            where = supervisors_of(case, period)
            given = Counter(where[name][0] for name in random.choice(ways)[1].values()) if ways else Counter()
            for municipality in "abc":
                scene.cover(municipality, period, 0, off=relief * given[municipality])
    return case


def supervisors_of(case: Case, period: int) -> dict[str, tuple[str, int]]:
    """Municipality and places of everybody who may supervise in a period."""
    instance, plan = case.scene.built()
    first, last = case.scene.first(period), case.scene.last(period)
    places = {
        doctor.doctor_id: (
            doctor.municipality_id,
            min(doctor.supervises_max, doctor.list_limit // case.relief) if case.relief else doctor.supervises_max,
        )
        for doctor in instance.doctors
        if (doctor.starts or first) <= first and last <= (doctor.ends or last)
    }
    for row in plan.placements:
        if row.trainee_id == "finishes" and row.to_date < first and row.expected_permille is None:
            places["finishes"] = (row.municipality_id, 1)
    return places


def shared_out(case: Case, period: int, *, as_wholes: bool, given: Counter[str] | None = None):
    """Every way to share out the places of a period, as (NOK, supervisor by trainee and number of the place)."""
    instance, plan = case.scene.built()
    supervisors = supervisors_of(case, period)
    pins = [(pin.trainee_id, pin.verb.value, pin.value) for pin in instance.pins]
    units, options = [], []
    for row in plan.placements:
        name = row.trainee_id
        if not row.from_date <= case.scene.first(period) <= row.to_date:
            continue
        prices = {}
        for supervisor, (there, _) in supervisors.items():
            here = row.municipality_id
            way = 0 if here == there else MINUTES.get((here, there), MINUTES.get((there, here)))
            if way is None or way > case.minutes_max[name] or (name, "never", supervisor) in pins:
                continue
            if all(pinned == supervisor for who, verb, pinned in pins if who == name and verb == "must"):
                prices[supervisor] = 2 * way * 2 * 6 * 880 // 60
        for number in range(1 if as_wholes else case.takes[name]):
            units.append((name, number, case.takes[name] if as_wholes else 1))
            options.append(prices)
    for chosen in product(*options):
        load, at = Counter(), Counter()
        for (_, _, places), supervisor in zip(units, chosen, strict=True):
            load[supervisor] += places
            at[supervisors[supervisor][0]] += places
        if all(number <= supervisors[name][1] for name, number in load.items()) and (given is None or at == given):
            nok = sum(
                places * prices[name] for (_, _, places), prices, name in zip(units, options, chosen, strict=True)
            )
            yield nok, {(name, number): one for (name, number, _), one in zip(units, chosen, strict=True)}


def tried(case: Case) -> tuple[int, int] | None:
    """The lowest travel and, at that, the fewest handovers; None if no whole sharing is as cheap as one in parts."""
    _, plan = case.scene.built()
    ways, nok = [], 0
    for period in range(3):
        given = None
        if case.relief:
            rows = [row for row in plan.coverage if row.from_date == case.scene.first(period)]
            given = Counter({row.municipality_id: row.off_targets // case.relief for row in rows if row.off_targets})
        in_parts = min((nok for nok, _ in shared_out(case, period, as_wholes=False, given=given)), default=None)
        cheapest = [way for nok, way in shared_out(case, period, as_wholes=True, given=given) if nok == in_parts]
        if not cheapest:
            return None
        nok += in_parts
        ways.append(cheapest)
    fewest = min(
        sum(before[key] != after[key] for before, after in pairwise(chosen) for key in before.keys() & after.keys())
        for chosen in product(*ways)
    )
    return nok, fewest


@pytest.mark.parametrize("few", [0, 500], ids=["as of many", "as of few"])
@pytest.mark.parametrize("seed", range(60))
def test_as_good_as_trying_everything(few, seed):
    parameters = Parameters(few_named=few)
    case = random_case(seed)
    instance, plan = case.scene.built()
    expected = tried(case)
    if expected is None:
        with pytest.raises(StageFailed):
            name_supervisors(instance, case.model, plan, parameters=parameters)
        return
    result = name_supervisors(instance, case.model, plan, parameters=parameters)
    assert [(tier.value, tier.bound) for tier in result.tiers] == [(value, value) for value in expected]


def test_the_random_cases_are_of_every_sort():
    """Enough of them can be solved, with relief and without, with two places, and by those who have finished."""
    seen = Counter()
    for seed in range(60):
        case = random_case(seed)
        solved = tried(case) is not None
        seen["solved"] += solved
        seen["failed"] += not solved
        seen["relief"] += solved and bool(case.relief)
        seen["two places"] += solved and 2 in case.takes.values()
        instance, plan = case.scene.built()
        seen["finished"] += solved and "finishes" in {
            row.supervisor_id for row in name_supervisors(instance, case.model, plan).rows
        }
    assert min(seen[sort] for sort in ("solved", "failed", "relief", "two places", "finished")) >= 3, seen
