"""Setting lists where the policy says how fast a list may shrink: haste first, then the residents who move."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from scenes import MODEL, Scene, with_measures, with_rule
from scenes.one_doctor import RELIEF, column, one_doctor, values

from allokering.stages.lists import set_lists


@pytest.mark.parametrize(("fte", "too_fast"), [(100, 250), (80, 280)])
def test_a_list_shrinks_too_fast(fte, too_fast):
    """25 a month are 150 a half-year, 120 at 80%; from 1,000 to 600 is 400."""
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d", "a", fte=fte)
    scene.cover("a", 0, 600)
    instance, plan = scene.built()
    result = set_lists(instance, with_measures(list_speed={"patients_per_month": 25}), plan)
    assert [(tier.name, tier.unit, tier.value, tier.bound) for tier in result.tiers[1:]] == [
        ("moved_too_fast", "patients", too_fast, too_fast),
        ("residents_moved", "residents", 400, 400),
    ]


def test_haste_is_avoided_before_moves():
    """Two lists of 1,000 and 300 fewer residents: 150 from each is no haste, though every split moves as many."""
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d", "a")
    scene.doctor("e", "a")
    scene.cover("a", 0, 1700)
    instance, plan = scene.built()
    result = set_lists(instance, with_measures(list_speed={"patients_per_month": 25}), plan)
    assert column(result, scene, "patients") == column(result, scene, "patients", "e") == [850]
    assert (values(result)["moved_too_fast"], values(result)["residents_moved"]) == (0, 300)


def test_more_may_move_so_that_nobody_moves_in_haste():
    """100 of 200 go from d in period 1: 40 in haste; if 40 go to e before, d loses 40 + 60, and e its 40 again."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("d", "a", size=200, limit=200)
    scene.doctor("e", "a", size=0, limit=100)
    scene.cover("a", 0, 200)
    scene.cover("a", 1, 100)
    instance, plan = scene.built()
    result = set_lists(instance, with_measures(list_speed={"patients_per_month": 10}), plan)
    assert values(result)["moved_too_fast"] == 0
    assert values(result)["residents_moved"] == 140


def test_speed_holds_from_the_period_in_which_the_measure_is_in_force():
    """Of two falls of 400, the first is before the measure."""
    scene = one_doctor(periods=2)
    scene.plan["coverage"].clear()
    scene.cover("a", 0, 600)
    scene.cover("a", 1, 200)
    instance, plan = scene.built()
    model = with_measures(list_speed={"patients_per_month": 25, "from": scene.first(1)})
    assert values(set_lists(instance, model, plan))["moved_too_fast"] == 250
    assert "moved_too_fast" not in values(set_lists(instance, MODEL, plan))


TINY_PIPELINE = with_rule("pipeline", stays_permille_by_year=[1000], patients=3)


def random_case(seed: int):
    """Two doctors and one who has finished, lists of a few patients, a place that takes one off, a speed of one."""
    random = Random(seed)
    scene = Scene(periods=3, period_months=1)
    scene.municipality("a")
    for name in ("d", "e"):
        limit = random.randrange(2, 5)
        fte, size = random.choice([50, 100]), random.randrange(5)
        scene.doctor(name, "a", size=size, limit=limit, target=max(1, limit - random.randrange(2)), fte=fte)
    scene.trainee("old", ["a"], (0, random.choice([0, 1])), programme="alis", list_limit=random.randrange(3))
    scene.trainee("t", ["a"], (0, 2), programme="lis1")
    measures = {"list_speed": {"patients_per_month": 1, "from": scene.first(random.randrange(2))}}
    if random.random() < 0.7:
        measures["supervisor_relief"] = {"patients_per_place": 1}
    model = with_measures(TINY_PIPELINE, **measures)
    instance, plan = scene.built()
    finishes = next(row.to_date for row in plan.placements if row.trainee_id == "old")
    lists = []
    for period in range(3):
        supervisor = random.choice(["d", "e", "old"] if scene.first(period) > finishes else ["d", "e"])
        scene.supervise("t", supervisor, period, period)
        off = 1 if "supervisor_relief" in measures else 0
        own = {}
        for doctor in instance.doctors:
            relief = off * (supervisor == doctor.doctor_id)
            own[doctor.doctor_id] = (doctor.list_target - relief, doctor.list_limit)
        if scene.first(period) > finishes:
            own["old"] = (3 - off * (supervisor == "old"), 3)
            training = 0
        else:
            training = next(row.list_limit for row in instance.positions if row.position_id == "post-old")
        aims, limits = sum(aim for aim, _ in own.values()), sum(limit for _, limit in own.values())
        listed = random.randrange(limits // 2, limits + training + 1)
        settled = listed - min(listed, training)
        above = min(limits - aims, max(0, settled - aims) + random.choice([0, 1]))
        scene.cover("a", period, listed, above=above, off=off)
        lists.append((own, settled, above))
    return scene, model, lists


def tried(instance, lists, speed_from: int, speed: dict[str, int], training: dict[int, int]) -> tuple[int, int]:
    """The fewest in haste and, at that, the fewest moved, over every length of every list."""
    best = {tuple((doctor.doctor_id, doctor.list_size) for doctor in instance.doctors): (0, 0)}
    for period, (own, settled, above) in enumerate(lists):
        after: dict[tuple[tuple[str, int], ...], tuple[int, int]] = {}
        for lengths in product(*(range(limit + 1) for _, limit in own.values())):
            over = sum(max(0, length - aim) for length, (aim, _) in zip(lengths, own.values(), strict=True))
            if sum(lengths) != settled or over > above:
                continue
            now = dict(zip(own, lengths, strict=True))
            if period in training:
                now["old"] = training[period]
            for before, (hasty, moved) in best.items():
                falls = {name: max(0, size - now[name]) for name, size in before if name in now}
                haste = sum(
                    max(0, fall - speed[name]) for name, fall in falls.items() if name in speed and period >= speed_from
                )
                value = (hasty + haste, moved + sum(falls.values()))
                key = tuple(now.items())
                after[key] = min(after.get(key, value), value)
        best = after
    return min(best.values())


@pytest.mark.parametrize("seed", range(40))
def test_as_good_as_trying_everything(seed):
    """Periods of a month: one patient is the speed of a full-time doctor, and half a doctor has none."""
    scene, model, lists = random_case(seed)
    instance, plan = scene.built()
    measure = next(entry for entry in model.measures if entry.kind == "list_speed")
    speed_from = next(period for period in range(3) if scene.first(period) >= measure.from_date)
    training = {}
    for period, (own, settled, _) in enumerate(lists):
        if "old" not in own:
            listed = next(row.listed for row in plan.coverage if row.from_date == scene.first(period))
            training[period] = listed - settled
    speed = {doctor.doctor_id: doctor.fte_percent // 100 for doctor in instance.doctors}
    result = set_lists(instance, model, plan)
    expected = tried(instance, lists, speed_from, speed, training)
    assert [(tier.value, tier.bound) for tier in result.tiers[1:]] == [(value, value) for value in expected]


@pytest.mark.parametrize("seed", range(4))
def test_all_solvers_give_the_same_lists(seed):
    """Thirty doctors, relief, a speed: cbc and highs, in rows of any order."""
    random = Random(seed)
    scene = Scene(periods=4)
    scene.municipality("a")
    for number in range(30):
        limit = random.randrange(700, 1300)
        scene.doctor(f"d{number:02}", "a", size=random.randrange(600, limit + 1), limit=limit)
    for number in range(5):
        scene.trainee(f"t{number}", ["a"], (0, random.choice([1, 3])), programme="lis1")
    instance, plan = scene.built()
    whole = sum(doctor.list_limit for doctor in instance.doctors)
    for period in range(4):
        scene.cover("a", period, whole - random.randrange(200, 3000), above=100)
    for row in plan.placements:
        scene.supervise(row.trainee_id, f"d{random.randrange(30):02}", 0, 1)
    model = with_measures(list_speed={"patients_per_month": 10}, **RELIEF)
    instance, plan = scene.built()
    expected = set_lists(instance, model, plan, solver="cbc")
    instance, plan = scene.built(shuffle=seed)
    assert set_lists(instance, model, plan, solver="highs").rows == expected.rows
