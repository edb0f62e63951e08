"""Setting lists: everybody listed, trainees' lists first, then the fewest residents moved."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from scenes import MODEL, Scene

from allokering.errors import StageFailed, UsageError
from allokering.model import load_model
from allokering.plan import HolderKind
from allokering.stages.lists import set_lists


def patients(result):
    return {
        (row.holder_id, row.from_date.year, row.from_date.month, row.municipality_id): row.patients
        for row in result.rows
    }


def by_period(scene, result):
    return {
        (row.holder_id, period): row.patients
        for row in result.rows
        for period in range(scene.periods)
        if row.from_date == scene.first(period)
    }


def values(result):
    return [(tier.name, tier.value, tier.bound, tier.status) for tier in result.tiers]


def test_a_trainee_takes_patients_and_the_fewest_move():
    """Two doctors with 900 and 800; 1,700 residents; a trainee in the first year has 500: exactly 500 must move.

    In period 1 the trainee is in rotation and the doctors take the 500 back (nobody leaves a list that remains); in
    period 2, a year after the start, the list is 600 and 600 move.
    """
    scene = Scene(periods=3)
    scene.municipality("a")
    scene.doctor("d1", "a", size=900)
    scene.doctor("d2", "a", size=800)
    scene.trainee("t", ["a"], (0, 2), rotation=(1, 1))
    for period in range(3):
        scene.cover("a", period, 1700)
    instance, plan = scene.built()
    result = set_lists(instance, MODEL, plan)
    lists = by_period(scene, result)
    assert lists["t", 0] == 500
    assert ("t", 1) not in lists
    assert lists["d1", 1] + lists["d2", 1] == 1700
    assert lists["t", 2] == 600
    assert values(result) == [
        ("trainees_missing_patients", 0, 0, "optimal"),
        ("residents_moved", 1100, 1100, "optimal"),
    ]


def test_above_target_is_shared_as_placed():
    """Targets 800 + 800, limits 1,000; 1,750 residents and 150 above: nobody is under target, the sum above is 150.

    d1 has 1,000 and d2 700 before: d2 comes up to 800 at least, so d1 has at most 950 and 50 must move.
    """
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d1", "a", size=1000, target=800)
    scene.doctor("d2", "a", size=700, target=800)
    scene.cover("a", 0, 1750, above=150)
    instance, plan = scene.built()
    result = set_lists(instance, MODEL, plan)
    assert by_period(scene, result) == {("d1", 0): 950, ("d2", 0): 800}
    assert values(result)[1] == ("residents_moved", 50, 50, "optimal")
    assert [(row.target, row.limit) for row in result.rows] == [(800, 1000), (800, 1000)]


def test_above_target_may_be_less_than_as_placed():
    """As before with 1,500 residents: 120 may be above target, so d1 keeps 920 and d2 has 580; 80 + 120 move."""
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d1", "a", size=1000, target=800)
    scene.doctor("d2", "a", size=700, target=800)
    scene.cover("a", 0, 1500, above=120)
    instance, plan = scene.built()
    result = set_lists(instance, MODEL, plan)
    assert values(result)[1] == ("residents_moved", 200, 200, "optimal")
    assert by_period(scene, result)["d1", 0] <= 920


def test_residents_who_go_again_leave_the_lists_they_came_to():
    """Lists of 800 and 500, 1,500 residents in period 0 and 1,300 in period 1: 200 come, and the same 200 go."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("d1", "a", size=800)
    scene.doctor("d2", "a", size=500)
    scene.cover("a", 0, 1500)
    scene.cover("a", 1, 1300)
    instance, plan = scene.built()
    assert values(set_lists(instance, MODEL, plan))[1] == ("residents_moved", 200, 200, "optimal")


def test_new_residents_go_to_the_doctor_who_will_leave():
    """All residents leave in period 1; 200 come in period 0 to the list that ends with it, and fall from none."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("goes", "a", size=800, present=(0, 0))
    scene.doctor("stays", "a", size=0)
    scene.cover("a", 0, 1000)
    scene.cover("a", 1, 0)
    instance, plan = scene.built()
    result = set_lists(instance, MODEL, plan)
    assert by_period(scene, result) == {("goes", 0): 1000, ("stays", 0): 0, ("stays", 1): 0}
    assert values(result)[1] == ("residents_moved", 0, 0, "optimal")


def test_trainees_miss_patients_when_residents_are_few():
    """Lists of 500 and, with a limit on the position, 300; 700 residents: 100 are missing for 6 months."""
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d1", "a", size=0)
    scene.trainee("t1", ["a"], (0, 0))
    scene.trainee("t2", ["a"], (0, 0), list_limit=300)
    scene.cover("a", 0, 700)
    instance, plan = scene.built()
    result = set_lists(instance, MODEL, plan)
    lists = by_period(scene, result)
    assert lists["t1", 0] + lists["t2", 0] == 700
    assert lists["d1", 0] == 0
    assert [row.limit for row in result.rows if row.kind is HolderKind.TRAINEE] == [500, 300]
    assert values(result)[0] == ("trainees_missing_patients", 600, 600, "optimal")


def test_a_shared_position_has_a_list_in_each_municipality():
    """Half of 500 in each; the cap per full-time doctor makes 1,000 the target of a doctor who may have 1,200."""
    scene = Scene(periods=1)
    for name in "ab":
        scene.municipality(name)
        scene.doctor(f"d-{name}", name, size=1000, limit=1200)
        scene.cover(name, 0, 1100)
    scene.trainee("t", ["a", "b"], (0, 0))
    instance, plan = scene.built()
    result = set_lists(instance, load_model("alis-cap-1000"), plan)
    assert patients(result) == {
        ("d-a", 2025, 1, "a"): 850,
        ("t", 2025, 1, "a"): 250,
        ("d-b", 2025, 1, "b"): 850,
        ("t", 2025, 1, "b"): 250,
    }
    assert [row.target for row in result.rows] == [1000, 250, 1000, 250]


def test_too_many_residents_are_said_with_the_numbers():
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d1", "a", target=900)
    scene.cover("a", 0, 951, above=50)
    instance, plan = scene.built()
    with pytest.raises(StageFailed) as failure:
        set_lists(instance, MODEL, plan)
    assert str(failure.value) == "a, from 2025-01-01: 951 residents to be listed, and lists for 0 to 950"


@pytest.mark.parametrize("name", ["GUROBI_CMD", "abacus"])
def test_a_solver_that_is_not_there_is_a_fault_of_usage(name):
    """One that PuLP knows and cannot find, and one that it does not know."""
    instance, plan = Scene(periods=1).built()
    with pytest.raises(UsageError) as failure:
        set_lists(instance, MODEL, plan, solver=name)
    assert str(failure.value) == f"No solver {name} here: install it, or use cbc or highs, which need nothing"


def random_scene(seed: int, scale: int, doctors: int, periods: int) -> Scene:
    """One municipality; doctors who come and go; lists in units of `scale` patients; sometimes slack above targets."""
    random = Random(seed)
    scene = Scene(periods=periods)
    scene.municipality("a")
    spans = []
    for number in range(doctors):
        first = random.randrange(periods) if random.random() < 0.3 else 0
        last = random.randrange(first, periods) if random.random() < 0.3 else periods - 1
        limit = random.randrange(1, 4) * scale
        target = max(limit - random.choice([0, 1, 2]) * scale, 0)
        scene.doctor(
            f"d{number:03}", "a", present=(first, last), size=random.randrange(4) * scale, limit=limit, target=target
        )
        spans.append((first, last, target, limit))
    for period in range(periods):
        present = [(target, limit) for first, last, target, limit in spans if first <= period <= last]
        targets, limits = sum(target for target, _ in present), sum(limit for _, limit in present)
        listed = random.randrange(limits // 2, limits + 1)
        above = min(limits - targets, max(0, listed - targets) + random.choice([0, 0, scale]))
        scene.cover("a", period, listed, above=above)
    return scene


def brute_force(scene: Scene) -> int:
    """The fewest moved, over every list length there is."""
    instance, plan = scene.built()
    moved = {
        tuple((doctor.doctor_id, doctor.list_size) for doctor in instance.doctors if doctor.starts == scene.first(0)): 0
    }
    for row in plan.coverage:
        present = [
            doctor for doctor in instance.doctors if doctor.starts <= row.from_date and doctor.ends >= row.to_date
        ]
        after: dict[tuple[tuple[str, int], ...], int] = {}
        for lengths in product(*(range(doctor.list_limit + 1) for doctor in present)):
            above = sum(max(0, length - doctor.list_target) for length, doctor in zip(lengths, present, strict=True))
            if sum(lengths) != row.listed or above > row.above_target:
                continue
            now = tuple((doctor.doctor_id, length) for doctor, length in zip(present, lengths, strict=True))
            for before, so_far in moved.items():
                was = dict(before)
                falls = sum(max(0, was[name] - length) for name, length in now if name in was)
                after[now] = min(after.get(now, so_far + falls), so_far + falls)
        moved = after
    return min(moved.values())


@pytest.mark.parametrize("seed", range(30))
def test_as_few_moved_as_trying_everything(seed):
    scene = random_scene(seed, scale=2, doctors=3, periods=3)
    instance, plan = scene.built()
    expected = brute_force(scene)
    assert values(set_lists(instance, MODEL, plan))[1] == ("residents_moved", expected, expected, "optimal")


@pytest.mark.parametrize("seed", range(5))
def test_all_solvers_give_the_same_lists_from_rows_in_any_order(seed):
    scene = random_scene(seed, scale=300, doctors=25, periods=4)
    instance, plan = scene.built()
    expected = set_lists(instance, MODEL, plan, solver="cbc")
    shuffled_instance, shuffled_plan = scene.built(shuffle=seed)
    assert set_lists(shuffled_instance, MODEL, shuffled_plan, solver="cbc").rows == expected.rows
    assert set_lists(instance, MODEL, plan, solver="highs").rows == expected.rows


@pytest.mark.parametrize("seed", range(5))
def test_every_bound_holds(seed):
    """The sum is the residents to be listed; no list is above its limit; above targets no more than as placed."""
    scene = random_scene(seed, scale=300, doctors=25, periods=4)
    instance, plan = scene.built()
    rows = set_lists(instance, MODEL, plan).rows
    for cover in plan.coverage:
        own = [row for row in rows if row.from_date == cover.from_date]
        assert sum(row.patients for row in own) == cover.listed
        assert all(0 <= row.patients <= row.limit for row in own)
        assert sum(max(0, row.patients - row.target) for row in own) <= cover.above_target
