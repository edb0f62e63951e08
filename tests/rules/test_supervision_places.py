"""Naming supervisors: programmes that ask for more, those who have finished, and lists that are shorter for it."""

from __future__ import annotations

import pytest
from scenes import MODEL, Scene, with_measures, with_programme, with_rule

from allokering.errors import StageFailed
from allokering.plan import Supervision
from allokering.stages.stage import StageResult
from allokering.stages.supervision import name_supervisors

RELIEF = {"patients_per_place": 300}


def named(result: StageResult[Supervision]) -> list[tuple[str, str]]:
    return [(row.trainee_id, row.supervisor_id) for row in result.rows]


def tiers(result: StageResult[Supervision]) -> list[tuple[int, int]]:
    return [(tier.value, tier.bound) for tier in result.tiers]


def test_who_takes_two_places_has_them_with_one_supervisor():
    """Places of 1 and 2 at home: `double` must have `two`, and `single`, first in every order, takes `one`."""
    model = with_programme(programme="lis1", supervision_places=2)
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("one", "a", supervises=1)
    scene.doctor("two", "a", supervises=2)
    scene.trainee("a-single", ["a"], (0, 1))
    scene.trainee("double", ["a"], (0, 1), programme="lis1")
    instance, plan = scene.built()
    assert named(name_supervisors(instance, model, plan)) == [("a-single", "one"), ("double", "two")]


def test_places_that_only_halves_could_share_are_said_to_be_too_few():
    """Two places in all, one with each of two doctors."""
    model = with_programme(supervision_places=2)
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d1", "a", supervises=1)
    scene.doctor("d2", "a", supervises=1)
    scene.trainee("t", ["a"], (0, 0))
    instance, plan = scene.built()
    with pytest.raises(StageFailed) as failure:
        name_supervisors(instance, model, plan)
    assert str(failure.value) == (
        "From 2025-01-01 to 2025-06-30, no way was found to give each of these trainees all places with one "
        "supervisor: t"
    )


def test_halves_that_would_travel_less_are_not_what_the_placement_paid():
    """One place at home and two an hour away: the placement paid for one place of travel, a whole trainee pays two."""
    model = with_programme(supervision_places=2)
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", 60)
    scene.doctor("home", "a", supervises=1)
    scene.doctor("away", "b", supervises=2)
    scene.trainee("t", ["a"], (0, 0))
    instance, plan = scene.built()
    with pytest.raises(StageFailed):
        name_supervisors(instance, model, plan)


def test_a_missing_place_is_a_missing_supervisor():
    """Three places for three trainees of two: the three places that are missing are two trainees."""
    model = with_programme(supervision_places=2)
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d", "a", supervises=3)
    scene.trainee("t1", ["a"], (0, 0))
    scene.trainee("t2", ["a"], (0, 0))
    scene.trainee("t3", ["a"], (0, 0))
    instance, plan = scene.built()
    with pytest.raises(StageFailed, match="2 of these trainees can have no supervisor: t1, t2, t3"):
        name_supervisors(instance, model, plan)


@pytest.mark.parametrize(("minutes", "is_reached"), [(29, True), (30, True), (31, False)])
def test_the_programme_says_how_far_the_supervisor_may_be(minutes, is_reached):
    """30 minutes at most for interns, while the rule's 120 still holds for the others."""
    model = with_programme(programme="lis1", supervisor_minutes_max=30)
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", minutes)
    scene.doctor("d", "b")
    scene.trainee("alis", ["a"], (0, 0))
    scene.trainee("intern", ["a"], (0, 0), programme="lis1")
    instance, plan = scene.built()
    if is_reached:
        assert named(name_supervisors(instance, model, plan)) == [("alis", "d"), ("intern", "d")]
    else:
        with pytest.raises(StageFailed, match="can have no supervisor: intern"):
            name_supervisors(instance, model, plan)


def test_a_programme_gives_no_longer_way_than_the_rule():
    model = with_programme(supervisor_minutes_max=600)
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", 121)
    scene.doctor("d", "b")
    scene.trainee("t", ["a"], (0, 0))
    instance, plan = scene.built()
    with pytest.raises(StageFailed):
        name_supervisors(instance, model, plan)


def finishing(**trainee) -> Scene:
    """`old` finishes after period 0 in 60% in a and 40% in b; the only doctor of a leaves then, and `t` stays in a."""
    scene = Scene(periods=4)
    scene.municipality("a")
    scene.municipality("b")
    scene.doctor("d", "a", present=(0, 0))
    scene.trainee("old", ["b", "a"], (0, 0), shares=[40, 60], **trainee)
    scene.trainee("t", ["a"], (0, 3))
    return scene


def test_who_has_finished_supervises_where_the_larger_share_was():
    """3 places at 437 permille are 1.3: one place, from the period after the last."""
    instance, plan = finishing().built()
    result = name_supervisors(instance, MODEL, plan)
    assert [(row.trainee_id, row.supervisor_id) for row in result.rows] == [
        ("old", "d"),
        ("t", "d"),
        ("t", "old"),
    ]
    assert tiers(result) == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    ("model", "trainee"),
    [
        (with_programme(leads_to_specialist=False), {}),
        (with_rule("pipeline", stays_permille_by_year=[300]), {}),
        (with_rule("pipeline", supervises=2), {}),
        # 437 permille of three is one place, of which a chance of 999 leaves none.
        (MODEL, {"chance": 999}),
        # Two periods are the first year, in the third period after the training the second year begins.
        (with_rule("pipeline", stays_permille_by_year=[437, 0]), {}),
        # floor(floor(991 * 60 / 100) * 437 / 1000) = 259 patients in a: fewer than 260 for one place.
        (with_measures(supervisor_relief={"patients_per_place": 260}), {}),
    ],
)
def test_who_has_finished_and_is_not_expected_to_stay_gives_no_places(model, trainee):
    instance, plan = finishing(**trainee).built()
    with pytest.raises(StageFailed, match=r"can have no supervisor: t$"):
        name_supervisors(instance, model, plan)


def test_relief_that_the_list_can_bear_leaves_the_place():
    """259 patients, and 259 for the place."""
    scene = finishing()
    instance, plan = scene.built()
    result = name_supervisors(instance, with_measures(supervisor_relief={"patients_per_place": 259}), plan)
    assert ("t", "old") in named(result)


@pytest.mark.parametrize(("limit", "is_enough"), [(600, True), (599, False)])
def test_a_specialist_gives_no_more_places_than_the_target_bears(limit, is_enough):
    """Two places take 600 patients, though three trainees may come by the rule."""
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d", "a", size=limit, limit=limit)
    scene.trainee("t1", ["a"], (0, 0))
    scene.trainee("t2", ["a"], (0, 0))
    instance, plan = scene.built()
    model = with_measures(supervisor_relief=RELIEF)
    if is_enough:
        assert named(name_supervisors(instance, model, plan)) == [("t1", "d"), ("t2", "d")]
    else:
        with pytest.raises(StageFailed):
            name_supervisors(instance, model, plan)


@pytest.mark.parametrize(("off_a", "off_b", "supervisor", "nok"), [(300, 0, "home", 0), (0, 300, "away", 21120)])
def test_each_municipality_gives_as_many_places_as_placed(off_a, off_b, supervisor, nok):
    """The placement may have spared a at the price of travel: 2 x 60 x 2 trips x 6 months x 880 / 60 = 21,120 NOK."""
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", 60)
    scene.doctor("home", "a")
    scene.doctor("away", "b")
    scene.trainee("t", ["a"], (0, 0))
    scene.cover("a", 0, 0, off=off_a)
    scene.cover("b", 0, 0, off=off_b)
    instance, plan = scene.built()
    result = name_supervisors(instance, with_measures(supervisor_relief=RELIEF), plan)
    assert named(result) == [("t", supervisor)]
    assert tiers(result) == [(nok, nok), (0, 0)]


def test_in_a_period_without_relief_the_nearest_supervises():
    """The measure begins with period 1; what the coverage says of period 0 means nothing."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", 60)
    scene.doctor("home", "a")
    scene.doctor("away", "b")
    scene.trainee("t", ["a"], (0, 1))
    for period in (0, 1):
        scene.cover("a", period, 0)
        scene.cover("b", period, 0, off=300)
    instance, plan = scene.built()
    model = with_measures(supervisor_relief={**RELIEF, "from": scene.first(1)})
    assert named(name_supervisors(instance, model, plan)) == [("t", "home"), ("t", "away")]


def test_a_municipality_gives_no_place_twice_to_trainees_who_share_no_supervisor():
    """`pinned` has the one place of a, from p; so `free`, who may not have p, cannot have d in the same period.

    In the second period nobody is relieved: d is free again, and for that a handover is made.
    """
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.municipality("b")
    scene.road("a", "b", 60)
    for name, place in (("d", "a"), ("p", "a"), ("far", "b")):
        scene.doctor(name, place)
    scene.trainee("free", ["a"], (0, 1))
    scene.trainee("pinned", ["a"], (0, 1))
    scene.pin("free", "never", "p")
    scene.pin("pinned", "must", "p")
    scene.cover("a", 0, 0, off=300)
    scene.cover("b", 0, 0, off=300)
    instance, plan = scene.built()
    model = with_measures(supervisor_relief={**RELIEF, "until": scene.last(0)})
    result = name_supervisors(instance, model, plan)
    assert named(result) == [("free", "far"), ("free", "d"), ("pinned", "p")]
    assert tiers(result) == [(21120, 21120), (1, 1)]
