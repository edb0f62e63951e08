"""Forming supervision groups: as many in one as can be, then the least travel."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

import pytest
from scenes import Scene, with_programme

from allokering.model import load_model
from allokering.stages.groups import form_groups
from allokering.stages.parameters import Parameters

ROADS = {("a", "b"): (40, 60), ("b", "c"): (100, 70), ("a", "c"): (170, 90)}
"""Minutes and kilometres; what is slow is not far."""


def model(size_min=2, size_max=3, **params):
    """The default model; groups of another size, and where it is said so other months."""
    sizes = {"size_min": size_min, "size_max": size_max, **params}
    return load_model("alis", {f"groups.{name}": str(value) for name, value in sizes.items()})


def region(periods=6, network=None):
    """Three municipalities: a to b 40 minutes, b to c 100, a to c 170; 60, 70 and 90 kilometres."""
    scene = Scene(periods=periods)
    for name in "abc":
        scene.municipality(name, network=network)
    for (here, there), (minutes, kilometres) in ROADS.items():
        scene.road(here, there, minutes, kilometres)
    return scene


def values(result):
    return [(tier.name, tier.value, tier.bound, tier.status) for tier in result.tiers]


def memberships(result):
    return [(row.trainee_id, row.group_id, row.municipality_id, row.from_date, row.to_date) for row in result.rows]


def test_one_group_meets_where_travel_is_least():
    """From a, b and c: at b 60 + 0 + 70 = 130 kilometres, at a 150, at c 160; 20 times 130 a year is 2,600.

    24 months are four periods; all hold their positions from period 1 or earlier, so the earliest common start is 1.
    """
    scene = region()
    scene.trainee("t1", ["a"], (0, 5))
    scene.trainee("t2", ["b"], (1, 5))
    scene.trainee("t3", ["c"], (0, 5), group_months_done=7)
    instance, plan = scene.built()
    result = form_groups(instance, model(size_min=3), plan)
    first, last = scene.first(1), scene.last(4)
    assert memberships(result) == [
        ("t1", "group-region-1", "b", first, last),
        ("t2", "group-region-1", "b", first, last),
        # 17 months remain: three periods.
        ("t3", "group-region-1", "b", first, scene.last(3)),
    ]
    assert values(result) == [("without_group", 0, 0, "optimal"), ("group_travel", 2600, 2600, "optimal")]


def test_fewer_without_a_group_come_before_travel():
    """Two in a and one in c: alone, c would have no group; all together, the least is to meet in a."""
    scene = region()
    scene.trainee("t1", ["a"], (0, 5))
    scene.trainee("t2", ["a"], (0, 5))
    scene.trainee("t3", ["c"], (0, 5))
    instance, plan = scene.built()
    # At a: 0 + 0 + 90 kilometres; at b: 60 + 60 + 70 = 190.
    assert values(form_groups(instance, model(), plan)) == [
        ("without_group", 0, 0, "optimal"),
        ("group_travel", 1800, 1800, "optimal"),
    ]


def test_half_of_what_remains_is_in_practice():
    """Twelve of 24 months are two of four periods: two in rotation leave enough, three do not."""
    scene = region(periods=5)
    scene.trainee("enough", ["a"], (0, 3), rotation=(1, 2))
    scene.trainee("too-little", ["a"], (0, 3), rotation=(0, 2))
    instance, plan = scene.built()
    result = form_groups(instance, model(size_min=1), plan)
    assert [row.trainee_id for row in result.rows] == ["enough"]
    assert values(result)[0] == ("without_group", 1, 1, "optimal")


def test_only_who_lacks_months_is_counted():
    """The months are done, the horizon is too short, the programme has no supervision: only the second is counted."""
    scene = region(periods=4)
    scene.trainee("done", ["a"], (0, 3), group_months_done=24)
    scene.trainee("late", ["a"], (1, 3))
    instance, plan = scene.built()
    result = form_groups(instance, model(size_min=1), plan)
    assert result.rows == ()
    assert values(result)[0] == ("without_group", 1, 1, "optimal")


@pytest.mark.parametrize("demand", ["needs_supervisor", "needs_group"])
def test_a_programme_may_need_no_group(demand):
    """Two interns and one in specialty training: alone, who needs a group has none, and they are not counted."""
    scene = region()
    scene.trainee("t", ["a"], (0, 5))
    for name in ("u", "v"):
        scene.trainee(name, ["a"], (0, 5), programme="lis1")
    instance, plan = scene.built()
    needed = with_programme(model(), "lis1", needs_group=True)
    assert len(form_groups(instance, needed, plan).rows) == 3
    result = form_groups(instance, with_programme(needed, "lis1", **{demand: False}), plan)
    assert result.rows == ()
    assert values(result)[0] == ("without_group", 1, 1, "optimal")


@pytest.mark.parametrize(("limit", "is_within_reach", "travel"), [(90, True, 1200), (89, False, 1400)])
def test_kilometres_are_saved_and_minutes_are_kept_to(limit, is_within_reach, travel):
    """It is nearer for both to meet in c, which is slow: by 89 minutes c is out of reach."""
    scene = Scene(periods=4)
    for name in "abc":
        scene.municipality(name)
    scene.road("a", "b", 20, 70)
    scene.road("a", "c", 90, 10)
    scene.road("b", "c", 90, 50)
    scene.trainee("t1", ["a"], (0, 3))
    scene.trainee("t2", ["b"], (0, 3))
    instance, plan = scene.built()
    result = form_groups(instance, model(travel_minutes_max=limit), plan)
    # At c: 20 x (10 + 50); at a or b: 20 x 70.
    assert ({row.municipality_id for row in result.rows} == {"c"}) is is_within_reach
    assert values(result)[1] == ("group_travel", travel, travel, "optimal")


def test_kilometres_that_nobody_has_told_are_reckoned_from_the_minutes():
    """61 minutes at 55 kilometres an hour are 55.9 kilometres: 56, twenty times a year."""
    scene = Scene(periods=4)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", 61)
    scene.trainee("t1", ["a"], (0, 3))
    scene.trainee("t2", ["b"], (0, 3))
    instance, plan = scene.built()
    assert values(form_groups(instance, model(), plan))[1] == ("group_travel", 1120, 1120, "optimal")


def test_networks_do_not_mix_and_a_shared_position_belongs_to_both():
    """Without the shared position two in the west and one in the east; with it, the one in the east has company."""
    scene = Scene(periods=4)
    scene.municipality("w", network="west")
    scene.municipality("e", network="east")
    scene.road("w", "e", 10)
    scene.trainee("t1", ["w"], (0, 3))
    scene.trainee("t2", ["w"], (0, 3))
    scene.trainee("t3", ["e"], (0, 3))
    instance, plan = scene.built()
    alone = form_groups(instance, model(), plan)
    assert [row.group_id for row in alone.rows] == ["group-west-1", "group-west-1"]
    assert values(alone)[0] == ("without_group", 1, 1, "optimal")
    scene.trainee("t4", ["e", "w"], (0, 3))
    instance, plan = scene.built()
    both = form_groups(instance, model(), plan)
    assert [(row.trainee_id, row.group_id) for row in both.rows] == [
        ("t1", "group-west-1"),
        ("t2", "group-west-1"),
        ("t3", "group-east-1"),
        ("t4", "group-east-1"),
    ]
    # Nobody travels: the shared position is in both.
    assert values(both)[1] == ("group_travel", 0, 0, "optimal")


def test_parallel_groups_are_split_evenly():
    """Seven at one place and time, at most three in a group: 2 + 2 + 3, in order of their ids."""
    scene = region(periods=4)
    for number in range(7):
        scene.trainee(f"t{number}", ["a"], (0, 3))
    instance, plan = scene.built()
    result = form_groups(instance, model(), plan)
    assert Counter(row.group_id for row in result.rows) == {
        "group-region-1": 2,
        "group-region-2": 2,
        "group-region-3": 3,
    }
    assert [row.group_id[-1] for row in result.rows] == list("1122333")


def random_scene(seed: int, trainees: int = 6) -> Scene:
    random = Random(seed)
    scene = region(periods=4)
    for number in range(trainees):
        first = random.choice([0, 0, 1, 2])
        rotation = (first + 1, first + 1) if random.random() < 0.3 else None
        municipalities = ["a", "c"] if random.random() < 0.2 else [random.choice("abc")]
        done = random.choice([0, 0, 6, 12])
        scene.trainee(f"t{number}", municipalities, (first, 3), rotation=rotation, group_months_done=done)
    return scene


def brute_force(scene: Scene, sizes: set[int], months: int, practice_min: int, minutes_max: int) -> tuple[int, int]:
    """The fewest without a group and the least travel, trying every meeting for every trainee."""
    instance, plan = scene.built()
    homes: dict[str, list[str]] = {}
    held = {}
    for row in plan.placements:
        homes.setdefault(row.trainee_id, []).append(row.municipality_id)
        held[row.trainee_id] = (row.from_date, row.to_date)
    rotating = {(row.trainee_id, row.from_date) for row in plan.rotations}
    everything = []
    for trainee in instance.trainees:
        lacking = months - trainee.group_months_done
        if lacking <= 0:
            continue
        length = -(-lacking // 6)
        options = [(None, 0)]
        for start in range(scene.periods - length + 1):
            begins, ends = scene.first(start), scene.last(start + length - 1)
            practice = sum(
                (trainee.trainee_id, scene.first(period)) not in rotating for period in range(start, start + length)
            )
            is_inside = held[trainee.trainee_id][0] <= begins and ends <= held[trainee.trainee_id][1]
            if not is_inside or practice * 6 * months < lacking * practice_min:
                continue
            for place in "abc":
                ways = [
                    (0, 0) if home == place else ROADS.get((home, place)) or ROADS[place, home]
                    for home in homes[trainee.trainee_id]
                ]
                if min(minutes for minutes, _ in ways) <= minutes_max:
                    options.append(((place, start), 20 * min(kilometres for _, kilometres in ways)))
        everything.append(options)
    best = (len(everything), 0)
    for chosen in product(*everything):
        size = Counter(meeting for meeting, _ in chosen if meeting)
        if all(number in sizes for number in size.values()):
            without = sum(meeting is None for meeting, _ in chosen)
            best = min(best, (without, sum(travel for _, travel in chosen)))
    return best


@pytest.mark.parametrize("seed", range(25))
def test_as_good_as_trying_everything(seed):
    """Groups of 3 or 4 can be made of 3, 4 or 6 together, never of 5; at most 110 minutes, so a and c never meet."""
    scene = random_scene(seed)
    instance, plan = scene.built()
    rule = model(size_min=3, size_max=4, months=12, practice_months_min=6, travel_minutes_max=110)
    result = form_groups(instance, rule, plan)
    assert tuple(tier.value for tier in result.tiers) == brute_force(scene, {3, 4, 6}, 12, 6, 110)
    assert all(tier.status == "optimal" for tier in result.tiers)
    assert set(Counter(row.group_id for row in result.rows).values()) <= {3, 4}


@pytest.mark.parametrize("seed", range(25))
def test_as_good_as_trying_everything_where_there_is_much_to_choose_from(seed):
    """Whatever is more than nothing counts as much; groups of 2 or 3 can be made of any number from 2 on."""
    scene = random_scene(seed)
    instance, plan = scene.built()
    rule = model(months=12, practice_months_min=6, travel_minutes_max=110)
    result = form_groups(instance, rule, plan, parameters=Parameters(few_members=0))
    assert tuple(tier.value for tier in result.tiers) == brute_force(scene, {2, 3, 4, 5, 6}, 12, 6, 110)
    assert all(tier.status == "optimal" for tier in result.tiers)
    assert set(Counter(row.group_id for row in result.rows).values()) <= {2, 3}


def test_the_order_of_rows_means_nothing():
    scene = random_scene(1, trainees=20)
    instance, plan = scene.built()
    expected = form_groups(instance, model(months=12, practice_months_min=6), plan)
    assert len(expected.rows) >= 10
    for shuffle in range(3):
        instance, plan = scene.built(shuffle)
        assert form_groups(instance, model(months=12, practice_months_min=6), plan).rows == expected.rows


def test_a_work_limit_that_strikes_says_the_bound():
    """Nobody in a group is the plan to fall back on, and then it is not said to be the best."""
    scene = random_scene(1, trainees=20)
    instance, plan = scene.built()
    rule = model(size_min=3, size_max=4, months=12, practice_months_min=6)
    best = form_groups(instance, rule, plan).tiers[0]
    hurried = form_groups(instance, rule, plan, work_limit=1e-9).tiers[0]
    assert hurried.bound <= best.value == best.bound < hurried.value
    assert hurried.status == "feasible"


def test_where_a_clock_strikes_the_stage_says_so():
    instance, plan = random_scene(1, trainees=20).built()
    rule = model(months=12, practice_months_min=6, travel_minutes_max=110)
    assert not form_groups(instance, rule, plan, parameters=Parameters(few_members=0)).struck
    assert form_groups(instance, rule, plan, parameters=Parameters(few_members=0, seconds=0.0)).struck


def test_a_model_without_the_rule_forms_no_groups():
    instance, plan = random_scene(1).built()
    whole = model()
    without = type(whole)(**{**vars(whole), "rules": whole.rules_of("supervision")})
    assert form_groups(instance, without, plan).tiers == ()
