"""What must not change a plan does not, and what makes things easier never makes them worse."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest
from random_instances import random_case

from allokering.engine.build import build
from allokering.engine.job import Job, SolveOptions
from allokering.engine.run import run
from allokering.files.plan_files import write_plan
from allokering.files.reading import read_instance
from allokering.files.writing import write_instance
from allokering.formulation.placement import placement_tables
from allokering.instance import Instance
from allokering.model import Model, load_model
from allokering.solvers.exact.solve import solve_exact
from allokering.solvers.outcome import Outcome, Status
from allokering.tables import TABLES, Pin, PinVerb, PinWhat, SiteSlot
from allokering.verifier.verify import verify

SEEDS = range(200, 260)
case = cache(random_case)
Change = Callable[[Instance], Instance]


def plan_files(instance: Instance, model: Model, folder: Path, workers: int = 1) -> dict[str, bytes]:
    """The tables of the plan as they are written, by name."""
    plan = run(Job(instance, model, SolveOptions(workers=workers))).plan
    write_plan(plan, folder)
    assert verify(instance, model, plan).ok
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def shuffled(source: Path, target: Path, seed: int) -> Path:
    """A folder with the same tables, the rows of each in another order."""
    draw = Random(seed)
    target.mkdir()
    for path in source.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".csv":
            head, *rows = list(csv.reader(text.splitlines()))
            draw.shuffle(rows)
            with (target / path.name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([head, *rows])
        else:
            (target / path.name).write_text(text, encoding="utf-8")
    return target


def test_the_order_of_rows_and_the_number_of_workers_change_no_byte(tmp_path: Path) -> None:
    """Narvik as it is, read from shuffled tables, and with two workers: the same plan."""
    model = load_model("alis")
    original = read_instance("narvik-2022")
    write_instance(original, tmp_path / "narvik-2022")
    again = read_instance(shuffled(tmp_path / "narvik-2022", tmp_path / "shuffled", seed=1))

    first = plan_files(original, model, tmp_path / "first")

    assert len(first) > 5
    assert first["placements.csv"].count(b"\n") > 8
    assert plan_files(original, model, tmp_path / "again") == first
    assert plan_files(again, model, tmp_path / "of-shuffled") == first
    assert plan_files(original, model, tmp_path / "of-two-workers", workers=2) == first


@pytest.mark.parametrize("seed", range(300, 312))
def test_shuffled_random_rows_give_the_same_placement(seed: int) -> None:
    """Of instances full of ties."""
    instance, model = case(seed)
    draw = Random(seed)
    rows = {table: draw.sample(list(instance.rows(table)), len(instance.rows(table))) for table in TABLES}
    again = Instance.of(instance.name, instance.settings, {table: list(found) for table, found in rows.items()})
    plans = []
    for one in (instance, again):
        problem = build(one, model)
        solution = solve_exact(problem).solution
        plans.append(solution and placement_tables(one, model, problem, solution))

    assert plans[0] == plans[1]


@cache
def solved(seed: int) -> Outcome:
    """A random case as it is."""
    return solve_exact(build(*case(seed)))


def values(outcome: Outcome) -> tuple[int, ...] | None:
    """What every tier costs at its optimum; None if there is no plan."""
    assert outcome.status in {Status.OPTIMAL, Status.INFEASIBLE}
    return tuple(tier.value for tier in outcome.tiers) if outcome.status is Status.OPTIMAL else None


def more_slots(instance: Instance) -> Instance:
    """Two more trainees at every site, always."""
    day = dt.timedelta(days=1)
    first, last = instance.settings.start - 400 * day, instance.end + 400 * day
    rows = [SiteSlot(site_id=site.site_id, from_date=first, to_date=last, slots=2) for site in instance.sites]
    return replace(instance, site_slots=(*instance.site_slots, *rows))


def more_places(instance: Instance) -> Instance:
    """One more in every position."""
    return replace(
        instance,
        positions=tuple(row.model_copy(update={"places": row.places + 1}) for row in instance.positions),
    )


def more_supervision(instance: Instance) -> Instance:
    """Every specialist supervises five."""
    rows = tuple(row.model_copy(update={"supervises_max": 5}) if row.is_specialist else row for row in instance.doctors)
    return replace(instance, doctors=rows)


def more_room(instance: Instance) -> Instance:
    """Every border is open to ten more."""
    rows = tuple(row.model_copy(update={"max_residents": row.max_residents + 10}) for row in instance.cross_border)
    return replace(instance, cross_border=rows)


def no_pins(instance: Instance) -> Instance:
    """Nothing is fixed: what a pin makes eligible besides is ranked here, at no price."""
    return replace(instance, pins=tuple(pin for pin in instance.pins if pin.what is PinWhat.POSITION))


@pytest.mark.parametrize("relax", [more_slots, more_places, more_supervision, more_room, no_pins])
def test_a_wider_limit_is_never_worse(relax: Change) -> None:
    """In lexicographic order of the tiers; and now and then it is better."""
    improved = 0
    for seed in SEEDS:
        instance, model = case(seed)
        before = values(solved(seed))
        after = values(solve_exact(build(relax(instance), model)))
        assert before is None or (after is not None and after <= before), seed
        improved += before != after

    assert improved > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pin_on_what_is_so_anyway_keeps_the_value(seed: int) -> None:
    """Everyone who is placed is pinned to the position, the site and the period of the best plan."""
    instance, model = case(seed)
    outcome = solved(seed)
    problem = build(instance, model)
    if outcome.solution is not None:
        plan = placement_tables(instance, model, problem, outcome.solution)
        held = {row.trainee_id: row.position_id for row in plan.placements if row.position_id is not None}
        pins = [pin for pin in instance.pins if pin.what is PinWhat.SUPERVISOR or pin.trainee_id not in held]
        pins += [_must(trainee, PinWhat.POSITION, position) for trainee, position in held.items()]
        for rotation in plan.rotations:
            pins.append(_must(rotation.trainee_id, PinWhat.SITE, rotation.site_id))
            pins.append(_must(rotation.trainee_id, PinWhat.PERIOD, rotation.from_date.isoformat()))
        pinned = replace(instance, pins=tuple(sorted(pins, key=lambda pin: (pin.trainee_id, pin.what, pin.value))))

        assert values(solve_exact(build(pinned, model))) == values(outcome)


def _must(trainee: str, what: PinWhat, value: str) -> Pin:
    return Pin(trainee_id=trainee, what=what, verb=PinVerb.MUST, value=value)


@pytest.mark.parametrize("seed", SEEDS[::5])
def test_a_trainee_nobody_can_place_changes_only_what_unplaced_costs(seed: int) -> None:
    """Whoever may start only on the last day of the plan, which begins no period, has no path."""
    instance, model = case(seed)
    stranger = instance.trainees[0].model_copy(
        update={
            "trainee_id": "zoe",
            "earliest_start": instance.end,
            "latest_start": instance.end,
            "recruited_to": None,
        }
    )
    more = replace(instance, trainees=(*instance.trainees, stranger))
    before, after = values(solved(seed)), values(solve_exact(build(more, model)))
    unplaced = model.term("unplaced")

    if before is None or unplaced is None:
        assert after is None
    else:
        price = [int(tier.id == unplaced.tier) * int(unplaced.params["per_trainee"]) for tier in model.tiers]
        assert after == tuple(value + more for value, more in zip(before, price, strict=True))
