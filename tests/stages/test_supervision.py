"""Naming supervisors: cheapest first, then the fewest handovers."""

from __future__ import annotations

from itertools import pairwise, product
from random import Random

import pytest
from scenes import MODEL, Scene

from allokering.errors import StageFailed
from allokering.stages.parameters import Parameters
from allokering.stages.supervision import name_supervisors


def values(result):
    return [(tier.name, tier.value, tier.bound, tier.status) for tier in result.tiers]


def spans(result):
    return [(row.trainee_id, row.supervisor_id, row.from_date, row.to_date) for row in result.rows]


def test_a_supervisor_who_leaves_is_avoided_and_a_rotation_ends_a_row():
    """Both doctors could begin; only the one who stays makes no handover, before and after the rotation."""
    scene = Scene(periods=4)
    scene.municipality("a")
    scene.doctor("leaves", "a", present=(0, 2))
    scene.doctor("stays", "a")
    scene.trainee("t", ["a"], (0, 3), rotation=(2, 2))
    instance, plan = scene.built()
    result = name_supervisors(instance, MODEL, plan)
    assert spans(result) == [
        ("t", "stays", scene.first(0), scene.last(1)),
        ("t", "stays", scene.first(3), scene.last(3)),
    ]
    assert values(result) == [("supervision_travel", 0, 0, "optimal"), ("handovers", 0, 0, "optimal")]


def test_another_supervisor_after_a_rotation_is_a_handover():
    """The only doctor before the rotation is gone after it."""
    scene = Scene(periods=3)
    scene.municipality("a")
    scene.doctor("before", "a", present=(0, 0))
    scene.doctor("after", "a", present=(2, 2))
    scene.trainee("t", ["a"], (0, 2), rotation=(1, 1))
    instance, plan = scene.built()
    result = name_supervisors(instance, MODEL, plan)
    assert [row.supervisor_id for row in result.rows] == ["before", "after"]
    assert values(result)[1] == ("handovers", 1, 1, "optimal")


def test_travel_comes_before_handovers():
    """From the neighbour 60 minutes away: 2 x 60 x 2 trips x 6 months x 880 / 60 = 21,120 NOK a period.

    The trainee's own municipality has a doctor in period 1 only, so the cheapest is one period from the neighbour, at
    the price of a handover; staying with the neighbour would be none, and twice the travel.
    """
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", 60)
    scene.doctor("own", "a", present=(1, 1))
    scene.doctor("neighbour", "b")
    scene.trainee("t", ["a"], (0, 1))
    instance, plan = scene.built()
    result = name_supervisors(instance, MODEL, plan)
    assert [row.supervisor_id for row in result.rows] == ["neighbour", "own"]
    assert values(result) == [("supervision_travel", 21120, 21120, "optimal"), ("handovers", 1, 1, "optimal")]


def test_the_fewest_handovers_need_foresight():
    """Two single places: `leaves` for periods 0-1, `stays` for 0-2; `short` trains in 0-1, `long` in 0-2.

    `long` must have `stays` from the beginning, though `short`, first in every order, could have taken it.
    """
    scene = Scene(periods=3)
    scene.municipality("a")
    scene.doctor("leaves", "a", present=(0, 1), supervises=1)
    scene.doctor("stays", "a", supervises=1)
    scene.trainee("a-short", ["a"], (0, 1))
    scene.trainee("long", ["a"], (0, 2))
    instance, plan = scene.built()
    result = name_supervisors(instance, MODEL, plan)
    assert [(row.trainee_id, row.supervisor_id) for row in result.rows] == [("a-short", "leaves"), ("long", "stays")]


def test_places_are_shared():
    """Alone, either could have `stays` throughout; `stays` has one place, so the other goes from `early` to `late`."""
    scene = Scene(periods=3)
    scene.municipality("a")
    scene.doctor("early", "a", present=(0, 1), supervises=1)
    scene.doctor("late", "a", present=(1, 2), supervises=1)
    scene.doctor("stays", "a", supervises=1)
    scene.trainee("t1", ["a"], (0, 2))
    scene.trainee("t2", ["a"], (0, 2))
    instance, plan = scene.built()
    result = name_supervisors(instance, MODEL, plan)
    assert values(result)[1] == ("handovers", 1, 1, "optimal")
    assert [row.supervisor_id for row in result.rows].count("stays") == 1


def test_interchangeable_doctors_take_one_each():
    """Three alike with a place each, of whom two trainees need two."""
    scene = Scene(periods=2)
    scene.municipality("a")
    for name in ("d1", "d2", "d3"):
        scene.doctor(name, "a", supervises=1)
    scene.trainee("t1", ["a"], (0, 1))
    scene.trainee("t2", ["a"], (0, 1))
    instance, plan = scene.built()
    result = name_supervisors(instance, MODEL, plan)
    assert len({row.supervisor_id for row in result.rows}) == len(result.rows) == 2


def test_pins_bind_until_they_end():
    """`must` holds in periods that begin by `until`; `never` has no end. One handover is then the least."""
    scene = Scene(periods=3)
    scene.municipality("a")
    for doctor in ("first", "second", "third"):
        scene.doctor(doctor, "a", present=(0, 1) if doctor == "first" else None)
    scene.trainee("t", ["a"], (0, 2))
    scene.pin("t", "must", "first", until=scene.first(0))
    scene.pin("t", "never", "second")
    instance, plan = scene.built()
    result = name_supervisors(instance, MODEL, plan)
    assert spans(result) == [
        ("t", "first", scene.first(0), scene.last(1)),
        ("t", "third", scene.first(2), scene.last(2)),
    ]
    assert values(result)[1] == ("handovers", 1, 1, "optimal")


def test_too_few_places_says_who_and_when():
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("one", "a", supervises=1)
    scene.trainee("early", ["a"], (0, 1))
    scene.trainee("late", ["a"], (1, 1))
    instance, plan = scene.built()
    with pytest.raises(StageFailed) as failure:
        name_supervisors(instance, MODEL, plan)
    assert str(failure.value) == (
        "From 2025-07-01 to 2025-12-31, 1 of these trainees can have no supervisor: early, late"
    )


def test_who_is_out_of_reach_supervises_nobody():
    """121 minutes are more than the rule's 120, and who is no specialist does not count."""
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", 121)
    scene.doctor("far", "b")
    scene.doctor("no-specialist", "a", is_specialist=False)
    scene.trainee("t", ["a"], (0, 0))
    instance, plan = scene.built()
    with pytest.raises(StageFailed):
        name_supervisors(instance, MODEL, plan)


def random_scene(seed: int) -> Scene:
    """Three municipalities in a row, few places, doctors who come and go; one stays, whom a pin may name."""
    random = Random(seed)
    scene = Scene(periods=3)
    for name in "abc":
        scene.municipality(name)
    scene.road("a", "b", 30)
    scene.road("b", "c", 50)
    for number in range(3):
        first = random.randrange(3)
        scene.doctor(
            f"d{number}",
            random.choice("abc"),
            present=(first, random.randrange(first, 3)),
            supervises=random.choice([1, 2]),
        )
    scene.doctor("reserve", "b", supervises=random.choice([1, 2, 3]))
    for number in range(3):
        first = random.randrange(2)
        rotation = (1, 1) if random.random() < 0.3 else None
        municipalities = ["a", "b"] if random.random() < 0.3 else [random.choice("abc")]
        scene.trainee(f"t{number}", municipalities, (first, 2), rotation=rotation)
    if random.random() < 0.5:
        scene.pin("t0", random.choice(["never", "must"]), "reserve")
    return scene


def brute_force(scene: Scene) -> tuple[int, int]:
    """The lowest travel and, at that, the fewest handovers, over every assignment there is."""
    minutes = {("a", "b"): 30, ("b", "c"): 50}
    instance, plan = scene.built()
    at = {doctor.doctor_id: doctor for doctor in instance.doctors}
    pins = [(pin.trainee_id, pin.verb.value, pin.value) for pin in instance.pins]
    rotating = {(row.trainee_id, row.from_date) for row in plan.rotations}
    places = {}
    for row in plan.placements:
        places.setdefault(row.trainee_id, (row.from_date, []))[1].append(row.municipality_id)
    needs, options = [], []
    for trainee, (begins, municipalities) in sorted(places.items()):
        for period in range(3):
            first = scene.first(period)
            if first < begins or (trainee, first) in rotating:
                continue
            prices = {}
            for name, doctor in at.items():
                is_there = (doctor.starts is None or doctor.starts <= first) and (
                    doctor.ends is None or doctor.ends >= scene.last(period)
                )
                one_way = [
                    0
                    if here == doctor.municipality_id
                    else minutes.get((here, doctor.municipality_id), minutes.get((doctor.municipality_id, here)))
                    for here in municipalities
                ]
                known = [way for way in one_way if way is not None]
                if (
                    is_there
                    and known
                    and (trainee, "never", name) not in pins
                    and all(named == name for who, verb, named in pins if who == trainee and verb == "must")
                ):
                    prices[name] = 2 * min(known) * 2 * 6 * 880 // 60
            needs.append((trainee, period))
            options.append(prices)
    best = None
    for chosen in product(*options):
        load = {}
        for (_, period), doctor in zip(needs, chosen, strict=True):
            load[doctor, period] = load.get((doctor, period), 0) + 1
        if any(number > at[doctor].supervises_max for (doctor, _), number in load.items()):
            continue
        travel = sum(prices[doctor] for prices, doctor in zip(options, chosen, strict=True))
        named = list(zip(needs, chosen, strict=True))
        handovers = sum(before[0][0] == after[0][0] and before[1] != after[1] for before, after in pairwise(named))
        best = min(best or (travel, handovers), (travel, handovers))
    return best


def found_or_failed(scene: Scene, parameters: Parameters) -> tuple[int, int] | None:
    instance, plan = scene.built()
    if brute_force(scene) is None:
        with pytest.raises(StageFailed):
            name_supervisors(instance, MODEL, plan, parameters=parameters)
        return None
    result = name_supervisors(instance, MODEL, plan, parameters=parameters)
    assert all(tier.status == "optimal" for tier in result.tiers)
    return tuple(tier.value for tier in result.tiers)


@pytest.mark.parametrize("few", [0, 500], ids=["as of many", "as of few"])
@pytest.mark.parametrize("seed", range(40))
def test_as_good_as_trying_everything(few, seed):
    scene = random_scene(seed)
    assert found_or_failed(scene, Parameters(few_named=few)) == brute_force(scene)


def crowded_scene() -> Scene:
    """Twelve trainees, eight doctors who come and go: no first guess has the fewest handovers."""
    random = Random(4)
    scene = Scene(periods=6)
    for name in "abc":
        scene.municipality(name)
    scene.road("a", "b", 30)
    scene.road("b", "c", 50)
    for number in range(8):
        first = random.randrange(4)
        scene.doctor(f"d{number}", random.choice("abc"), present=(first, random.randrange(first, 6)), supervises=2)
    scene.doctor("reserve", "b", supervises=12)
    for number in range(12):
        first = random.randrange(3)
        scene.trainee(f"t{number:02}", [random.choice("abc")], (first, 5), rotation=(first + 1, first + 1))
    return scene


def test_the_order_of_rows_means_nothing():
    scene = crowded_scene()
    instance, plan = scene.built()
    expected = name_supervisors(instance, MODEL, plan)
    for shuffle in range(3):
        instance, plan = scene.built(shuffle)
        assert name_supervisors(instance, MODEL, plan).rows == expected.rows


def test_where_a_clock_strikes_the_stage_says_so():
    instance, plan = crowded_scene().built()
    assert not name_supervisors(instance, MODEL, plan, parameters=Parameters(few_named=0)).struck
    assert name_supervisors(instance, MODEL, plan, parameters=Parameters(few_named=0, seconds=0.0)).struck


def test_a_work_limit_that_strikes_still_names_everybody_and_says_the_bound():
    scene = crowded_scene()
    instance, plan = scene.built()
    best = name_supervisors(instance, MODEL, plan).tiers[1]
    hurried = name_supervisors(instance, MODEL, plan, work_limit=1e-9)
    assert hurried.tiers[1].bound <= best.value == best.bound <= hurried.tiers[1].value
    assert hurried.tiers[1].status == "feasible"
    assert {row.trainee_id for row in hurried.rows} == {f"t{number:02}" for number in range(12)}


def test_who_needs_no_supervisor_gets_none():
    """Without a rule on supervision in the model there is nothing to name."""
    scene = crowded_scene()
    instance, plan = scene.built()
    rules = tuple(rule for rule in MODEL.rules if rule.kind != "supervision")
    without = type(MODEL)(**{**vars(MODEL), "rules": rules})
    assert name_supervisors(instance, without, plan).rows == ()
