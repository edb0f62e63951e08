"""Setting lists under a policy: targets that come in steps, hours, relief and chance."""

from __future__ import annotations

import datetime as dt

import pytest
from scenes import MODEL, Scene, with_measures, with_programme, with_rule
from scenes.one_doctor import RELIEF, column, one_doctor, values

from allokering.errors import StageFailed
from allokering.facts.calendar import whole_months
from allokering.plan import HolderKind
from allokering.stages.lists import set_lists


def targets(scene, model):
    instance, plan = scene.built()
    return column(set_lists(instance, model, plan), scene, "target")


def test_a_target_comes_in_steps():
    """100 a year from what is agreed, which is the doctor's own 950, down to the policy's 800 in half-years."""
    scene = one_doctor(periods=5, target=950)
    model = with_measures(list_target={"patients_per_fte": 800, "phase_in_patients_per_year": 100})
    assert targets(scene, model) == [950, 900, 850, 800, 800]


def test_steps_count_from_the_plans_first_day_at_the_earliest():
    scene = one_doctor(periods=2)
    measure = {"patients_per_fte": 800, "phase_in_patients_per_year": 100, "from": dt.date(2024, 1, 1)}
    assert targets(scene, with_measures(list_target=measure)) == [1000, 950]


def test_steps_count_from_the_day_on_which_the_measure_comes_into_force():
    """From 15 March to 1 July are three whole months: 100 x 3 / 12 = 25; half a year more makes nine: 75."""
    scene = one_doctor(periods=3)
    measure = {"patients_per_fte": 800, "phase_in_patients_per_year": 100, "from": dt.date(2025, 3, 15)}
    assert targets(scene, with_measures(list_target=measure)) == [1000, 975, 925]


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (dt.date(2025, 1, 31), dt.date(2025, 2, 27), 0),
        (dt.date(2025, 1, 31), dt.date(2025, 2, 28), 1),
        (dt.date(2025, 1, 15), dt.date(2026, 1, 14), 11),
        (dt.date(2025, 1, 15), dt.date(2026, 1, 15), 12),
        (dt.date(2025, 7, 1), dt.date(2025, 1, 1), 0),
    ],
)
def test_whole_months(since, until, months):
    assert whole_months(since, until) == months


@pytest.mark.parametrize(
    ("measure", "weight", "fte", "target"),
    [
        ({"patients_per_fte": 999}, 1100, 50, 499),
        # floor(999,000 / 1100) = 908, half of which is 454; 999 / 2 / 1.1 would be 454.09.
        ({"patients_per_fte": 999, "age_weighted": True}, 1100, 50, 454),
        # floor(floor(1,111,000 / 1001) x 90 / 100) = floor(1109 x 0.9); in one step it would be 998.9 too: 998.
        ({"patients_per_fte": 1111, "age_weighted": True}, 1001, 90, 998),
        ({"patients_per_fte": 500, "municipalities": ["a"]}, 1000, 100, 500),
        ({"patients_per_fte": 500, "municipalities": ["b"]}, 1000, 100, 1000),
    ],
)
def test_a_target_by_age_and_place(measure, weight, fte, target):
    scene = one_doctor(weight=weight, fte=fte)
    assert targets(scene, with_measures(list_target=measure)) == [target]


def test_the_last_measure_to_come_into_force_holds_also_where_it_does_not_apply():
    """A cap everywhere from 2024, and another for b from July 2025: a has none from then."""
    scene = one_doctor(periods=2)
    model = with_measures(list_target={"patients_per_fte": 700, "from": dt.date(2024, 1, 1)})
    later = with_measures(
        list_target={"patients_per_fte": 500, "from": dt.date(2025, 7, 1), "municipalities": ["b"]}
    ).measures[-1]
    model = type(model)(**{**vars(model), "measures": (*model.measures, later.model_copy(update={"id": "later"}))})
    assert targets(scene, model) == [700, 1000]


HOURS = {"fixed_minutes_per_week": 601, "seconds_per_patient_week": 133, "minutes_per_week_max": 2400}


@pytest.mark.parametrize(
    ("measure", "weight", "fte", "target", "week"),
    [
        # 1799 minutes x 60,000 / (133 x 1000) = 811.57 patients; 100 of them make 601 + 221.67 minutes.
        (HOURS, 900, 100, 811, 601 + 221),
        # floor(1799 x 0.5) = 899 minutes: 405.56 patients; floor(601 x 0.5) = 300.
        (HOURS, 900, 50, 405, 300 + 221),
        # floor(701 x 0.55) = 385 minutes: 577.5 patients at 40 seconds; of 385.55 minutes 578.
        (
            {"fixed_minutes_per_week": 601, "seconds_per_patient_week": 40, "minutes_per_week_max": 1302},
            *(1000, 55, 577, 330 + 66),
        ),
        # 811.57 / 0.9 = 901.75; 100 patients at 0.9 are 199.5 minutes.
        ({**HOURS, "age_weighted": True}, 900, 100, 901, 601 + 199),
        # Nothing is left for patients.
        ({**HOURS, "minutes_per_week_max": 600}, 1000, 100, 0, 601 + 221),
        ({**HOURS, "municipalities": ["a"]}, 1000, 100, 811, 601 + 221),
        ({**HOURS, "municipalities": ["b"]}, 1000, 100, 1000, None),
    ],
)
def test_a_week_has_so_many_hours(measure, weight, fte, target, week):
    scene = one_doctor(weight=weight, fte=fte)
    coverage = scene.plan["coverage"]
    coverage[0] = coverage[0].model_copy(update={"above_target": 100})
    instance, plan = scene.built()
    result = set_lists(instance, with_measures(workload=measure), plan)
    assert [(row.patients, row.target, row.week_minutes) for row in result.rows] == [(100, target, week)]


def test_without_hours_in_the_policy_no_week_is_stated_and_never_for_trainees():
    scene = one_doctor(periods=2)
    scene.trainee("t", ["a"], (0, 1))
    instance, plan = scene.built()
    result = set_lists(instance, with_measures(workload={**HOURS, "from": scene.first(1)}), plan)
    assert [week is None for week in column(result, scene, "week_minutes")] == [True, False]
    assert column(result, scene, "week_minutes", "t") == [None, None]


@pytest.mark.parametrize(
    ("trainee", "limits"),
    [
        # 500 in the first year of the policy's stair.
        ({}, {"a": 300, "b": 200}),
        # Each part counts by the chance, rounded down: 299.7 and 199.8.
        ({"chance": 999}, {"a": 299, "b": 199}),
        # Half of 500, at most 201: 120.6 and 80.4, of which 999 permille are 119.88 and 79.92.
        ({"chance": 999, "fte": 50, "list_limit": 201}, {"a": 119, "b": 79}),
        # The programme's own stair comes before the policy's; an intern has no list.
        ({"programme": "lis1"}, {"a": 0, "b": 0}),
        ({"programme": "gp"}, {"a": 300, "b": 200}),
    ],
)
def test_a_trainees_list(trainee, limits):
    scene = Scene(periods=1)
    for name in "ab":
        scene.municipality(name)
        scene.cover(name, 0, 0)
    scene.trainee("t", ["a", "b"], (0, 0), shares=[60, 40], **trainee)
    instance, plan = scene.built()
    result = set_lists(instance, MODEL, plan)
    assert {row.municipality_id: row.limit for row in result.rows} == limits
    assert values(result)["trainees_missing_patients"] == 6 * sum(limits.values())


def test_the_programmes_stair_goes_on_by_year():
    """500 in the first year of an ordinary post, then 991."""
    scene = one_doctor(periods=3)
    scene.trainee("t", ["a"], (0, 2), programme="gp")
    instance, plan = scene.built()
    assert column(set_lists(instance, MODEL, plan), scene, "limit", "t") == [500, 500, 991]


def finishing(periods=5, **trainee) -> Scene:
    """Who trains in period 0 at 70% in a and 30% in b, and has then finished."""
    scene = Scene(periods=periods)
    for name in "ab":
        scene.municipality(name)
        for period in range(periods):
            scene.cover(name, period, 0)
    scene.trainee("t", ["a", "b"], (0, 0), shares=[70, 30], **trainee)
    return scene


def test_who_has_finished_has_a_list_by_the_chance_to_stay():
    """991 patients in 80%: 554.96 in a and 237.84 in b; at 900, 500, 500 permille; rounded down at each step."""
    scene = finishing(periods=6, fte=80)
    instance, plan = scene.built()
    model = with_rule("pipeline", stays_permille_by_year=[900, 500])
    result = set_lists(instance, model, plan)
    assert column(result, scene, "limit", "t", "a") == [280, 498, 498, 277, 277, 277]
    assert column(result, scene, "limit", "t", "b") == [120, 213, 213, 118, 118, 118]
    assert {row.kind for row in result.rows} == {HolderKind.TRAINEE}
    # Nobody is to be listed; only who is still in training misses patients: 6 x (280 + 120).
    assert values(result)["trainees_missing_patients"] == 2400


@pytest.mark.parametrize(
    ("model", "chance", "after"),
    [
        # 693.7 -> 693 at 437 permille 302.8 -> 302, of which 995 permille are 300.5; of 302.8 they would be 301.3.
        (MODEL, 995, 300),
        (with_programme(leads_to_specialist=False), None, None),
    ],
)
def test_who_is_not_sure_to_come_or_to_be_a_specialist(model, chance, after):
    scene = finishing(periods=2, chance=chance)
    instance, plan = scene.built()
    assert column(set_lists(instance, model, plan), scene, "limit", "t", "a")[1] == after


def test_a_supervisors_target_is_lower_for_each_place():
    """Two trainees, one of two places: three places in period 0, two in period 1, none in period 2."""
    scene = one_doctor(periods=3)
    scene.trainee("t1", ["a"], (0, 0))
    scene.trainee("t2", ["a"], (0, 2), programme="lis1")
    scene.supervise("t1", "d", 0, 0)
    scene.supervise("t2", "d", 0, 1)
    instance, plan = scene.built()
    model = with_measures(with_programme(programme="lis1", supervision_places=2), **RELIEF)
    result = set_lists(instance, model, plan)
    assert column(result, scene, "target") == [910, 940, 1000]
    assert column(result, scene, "limit") == [1000, 1000, 1000]
    assert column(set_lists(instance, MODEL, plan), scene, "target") == [1000, 1000, 1000]


@pytest.mark.parametrize(("above", "is_possible"), [(30, True), (29, False)])
def test_room_above_targets_grows_by_the_relief(above, is_possible):
    """The doctor has 1,000 of 1,000, of which 30 are above a supervisor's target."""
    scene = Scene(periods=1)
    scene.municipality("a")
    scene.doctor("d", "a")
    scene.trainee("t", ["a"], (0, 0), programme="lis1")
    scene.cover("a", 0, 1000, above=above, off=30)
    scene.supervise("t", "d", 0, 0)
    instance, plan = scene.built()
    if is_possible:
        result = set_lists(instance, with_measures(**RELIEF), plan)
        assert (column(result, scene, "patients"), column(result, scene, "target")) == ([1000], [970])
    else:
        with pytest.raises(StageFailed, match="1000 residents to be listed, and lists for 0 to 999"):
            set_lists(instance, with_measures(**RELIEF), plan)


def test_who_has_finished_and_supervises_is_relieved_like_a_doctor():
    """433 patients of 991 at 437 permille, 30 less for the place; what is above 403 counts as above a target."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.trainee("old", ["a"], (0, 0))
    scene.trainee("t", ["a"], (0, 1), programme="lis1")
    scene.cover("a", 0, 500)
    scene.cover("a", 1, 433, above=30, off=30)
    scene.supervise("t", "old", 1, 1)
    instance, plan = scene.built()
    result = set_lists(instance, with_measures(**RELIEF), plan)
    assert column(result, scene, "target", "old") == [500, 403]
    assert column(result, scene, "limit", "old") == [500, 433]
    assert column(result, scene, "patients", "old") == [500, 433]
    assert values(result)["residents_moved"] == 67
