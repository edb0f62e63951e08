"""Of equally good rows every engine, seed and order of the input gives the same ones; what is not proven says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import product
from random import Random

import pytest
from scenes import Scene, with_measures, with_programme

from allokering.engine.build import build
from allokering.files.reading import read_instance
from allokering.formulation.placement import placement_tables
from allokering.instance import Instance
from allokering.model import Model, load_model
from allokering.plan import PlanTables
from allokering.solvers.budget import Budget
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Status
from allokering.stages.groups import form_groups
from allokering.stages.lists import set_lists
from allokering.stages.parameters import Parameters
from allokering.stages.stage import StageResult
from allokering.stages.supervision import name_supervisors

SMALL_GROUPS = {
    "groups.size_min": "2",
    "groups.size_max": "3",
    "groups.months": "12",
    "groups.practice_months_min": "6",
}
ENGINES = {
    "CP-SAT": Parameters(few_named=100_000, few_members=100_000),
    "HiGHS": Parameters(few_named=0, few_members=0),
}
"""All parts of a stage by the one engine, or by the other."""
ENGINE_SEEDS = {1: "highs", 2: "cbc"}
"""Seeds of those, each with a solver of the lists."""


def random_scene(seed: int) -> Scene:
    """Interchangeable doctors and trainees of the same kind, some who come and go, lists to be shared out."""
    random = Random(seed)
    scene = Scene(periods=5)
    for name in "abc":
        scene.municipality(name)
    scene.road("a", "b", 30, 60)
    scene.road("b", "c", 40, 70)
    for number in range(7):
        first = random.choice([0, 0, 1, 2])
        last = random.choice([4, 4, 3, 2])
        limit = random.choice([800, 1000])
        size = random.choice([600, limit])
        scene.doctor(
            f"d{number}",
            random.choice("ab"),
            present=(first, max(first, last)),
            supervises=None if seed % 3 else 4,
            size=size,
            limit=limit,
        )
    scene.doctor("reserve", "b", supervises=9 if seed % 3 else 16)
    for number in range(8):
        first = random.choice([0, 0, 0, 1])
        rotation = (first + 1, first + 1) if random.random() < 0.4 else None
        programme = "lis1" if seed % 3 == 0 and random.random() < 0.3 else "alis"
        scene.trainee(f"t{number}", [random.choice("abc")], (first, 4), rotation=rotation, programme=programme)
    instance, _ = scene.built()
    for period in range(5):
        for name in "ab":
            own = [row for row in instance.doctors if row.municipality_id == name]
            here = [
                row.list_limit
                for row in own
                if (row.starts or scene.first(period)) <= scene.first(period) <= (row.ends or scene.last(period))
            ]
            scene.cover(name, period, random.randrange(sum(here) // 2, sum(here) + 1))
    return scene


def scene_model(seed: int) -> Model:
    """A third of them with interns of two places, a third with a speed of lists."""
    model = load_model("alis", SMALL_GROUPS)
    if seed % 3 == 0:
        model = with_programme(model, "lis1", supervision_places=2, supervisor_minutes_max=600, needs_group=True)
    return with_measures(model, list_speed={"patients_per_month": 25}) if seed % 3 == 1 else model


def all_stages(
    instance: Instance, model: Model, plan: PlanTables, parameters: Parameters, seed: int, list_solver: str
) -> tuple[StageResult, StageResult, StageResult]:
    """Every stage by one engine."""
    named = name_supervisors(instance, model, plan, seed=seed, parameters=parameters)
    gathered = form_groups(instance, model, plan, seed=seed, parameters=parameters)
    supervised = replace(plan, supervision=named.rows)
    return named, gathered, set_lists(instance, model, supervised, solver=list_solver, parameters=parameters)


@pytest.mark.parametrize("seed", range(9))
def test_engines_seeds_and_the_order_of_rows_change_nothing(seed: int) -> None:
    scene, model = random_scene(seed), scene_model(seed)
    instance, plan = scene.built()
    expected = all_stages(instance, model, plan, ENGINES["CP-SAT"], 0, "cbc")
    assert all(result.is_unique and not result.struck for result in expected)
    assert all(tier.value == tier.bound for result in expected for tier in result.tiers)

    for shuffle, (engine, (engine_seed, list_solver)) in enumerate(product(ENGINES, ENGINE_SEEDS.items())):
        instance, plan = scene.built(shuffle)
        parameters = replace(ENGINES[engine], lists_together=1 + shuffle)
        found = all_stages(instance, model, plan, parameters, engine_seed, list_solver)
        assert [result.rows for result in found] == [result.rows for result in expected]


def test_the_random_scenes_leave_something_to_be_decided() -> None:
    """Without prices drawn, most of them have handovers, groups to travel to and residents to move."""
    seen: Counter[str] = Counter()
    for seed in range(9):
        instance, plan = random_scene(seed).built()
        for result in all_stages(instance, scene_model(seed), plan, ENGINES["CP-SAT"], 0, "cbc"):
            seen.update(tier.name for tier in result.tiers if tier.value > 0)

    assert min(seen[name] for name in ("handovers", "group_travel", "residents_moved")) >= 4, seen


@cache
def placed(name: str, model_name: str) -> tuple[Instance, PlanTables]:
    """A built-in instance with its placements."""
    instance, model = read_instance(name), load_model(model_name)
    problem = build(instance, model, "lexicographic")
    outcome = solve_exact(problem)
    assert outcome.status is Status.OPTIMAL
    assert outcome.solution is not None
    return instance, placement_tables(instance, model, problem, outcome.solution)


@pytest.mark.parametrize(
    ("name", "model"), [("narvik-2022", "alis"), ("narvik-2022", "alis-cap-1000"), ("alis-vest-2017", "alis")]
)
def test_the_built_in_instances_have_one_answer(name: str, model: str) -> None:
    read = load_model(model)
    instance, plan = placed(name, model)
    expected = all_stages(instance, read, plan, Parameters(), 0, "cbc")
    assert all(result.is_unique for result in expected)

    for engine, engine_seed, list_solver in (("CP-SAT", 5, "highs"), ("HiGHS", 1, "cbc")):
        found = all_stages(instance, read, plan, ENGINES[engine], engine_seed, list_solver)
        assert [result.rows for result in found] == [result.rows for result in expected]


@pytest.mark.parametrize("seed", range(6))
def test_what_ends_too_early_still_has_rows_and_does_not_say_that_they_are_the_only_ones(seed: int) -> None:
    """With no time at all everybody has a supervisor, and everybody who is to be is on a list."""
    scene, model = random_scene(seed), scene_model(seed)
    instance, plan = scene.built()
    stopped = Budget()
    stopped.stop()
    expected = all_stages(instance, model, plan, Parameters(), 0, "cbc")
    named = name_supervisors(instance, model, plan, budget=stopped)
    gathered = form_groups(instance, model, plan, budget=stopped)
    lists = set_lists(instance, model, replace(plan, supervision=named.rows), budget=stopped)

    for hurried, proven in zip((named, gathered, lists), expected, strict=True):
        for tier, best in zip(hurried.tiers, proven.tiers, strict=True):
            assert tier.bound <= best.value or tier.name == "group_travel"
        assert hurried.is_unique <= all(tier.status == "optimal" for tier in hurried.tiers)
    assert {row.trainee_id for row in named.rows} == {row.trainee_id for row in expected[0].rows}
    assert lists.struck
    assert not lists.is_unique
    for cover in plan.coverage:
        own = [
            row
            for row in lists.rows
            if (row.municipality_id, row.from_date) == (cover.municipality_id, cover.from_date)
        ]
        assert sum(row.patients for row in own) == cover.listed
        assert all(0 <= row.patients <= row.limit for row in own)
        assert sum(max(0, row.patients - row.target) for row in own if row.kind == "doctor") <= cover.above_target
