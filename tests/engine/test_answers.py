"""A base answers a change with the optimum of a cold solve, and moves nobody for nothing."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from random_changes import random_change
from random_instances import random_case

from allokering.engine import answers
from allokering.engine.answers import Base, FirstAnswer, stored_key
from allokering.engine.change import Change
from allokering.engine.job import Job, SolveOptions
from allokering.engine.recorded_changes import changed_instance, changes_of_plan
from allokering.engine.run import Result, run
from allokering.errors import ChangeFaulty, InstanceFaulty, ModelFaulty, NoPlanPossible
from allokering.files.reading import read_instance
from allokering.model import load_model
from allokering.notes import Note
from allokering.plan import PLAN_TABLES, Plan
from allokering.workbook.pins import with_recorded_pins

NARVIK = read_instance("narvik-2022")
CHANGES = {
    "a pin that holds": Change().pin("alis-narvik-3", "position", "never", "alis-gratangen-narvik"),
    "a pin that moves somebody": Change().pin("alis-narvik-8", "position", "must", "alis-ballangen"),
    "a trainee leaves": Change().remove("trainees", "alis-narvik-3", dependents=True),
    "a doctor leaves": Change().remove("doctors", NARVIK.doctors[5].doctor_id, dependents=True),
    "growth": Change().scale("municipalities", "residents", 1030),
    "fewer residents": Change().scale("municipalities", "residents", 980, "down"),
    "a cap": Change().override("list_target.patients_per_fte", 900),
}


@pytest.fixture(scope="module")
def narvik() -> Base:
    return Base.solve(Job(NARVIK, load_model("alis-cap-1000")))


def values(plan: Plan) -> list[tuple[str, int, int]]:
    return [(tier.name, tier.value, tier.bound) for tier in plan.header.tiers]


def tables(plan: Plan) -> dict[str, object]:
    return {table: getattr(plan, table) for table in PLAN_TABLES}


def is_true(said: FirstAnswer, cold: Plan | None) -> bool:
    """Does what was said at once hold of the exact answer?"""
    if cold is None:
        return said.is_possible is not True and said.value is None
    value = cold.header.tiers[0].value
    bound_holds = said.bound is not None and said.bound <= value
    return said.is_possible is not False and bound_holds and (said.value is None or said.value >= value)


@pytest.mark.parametrize("name", CHANGES)
def test_an_answer_is_the_optimum_of_a_cold_solve(name: str, narvik: Base) -> None:
    """In every tier, proven and verified; what was said at once holds, and what differs is told."""
    said: list[FirstAnswer] = []
    answer = narvik.answer(CHANGES[name], first=said.append)
    cold = run(narvik.changed(CHANGES[name])).plan

    assert values(answer.plan) == values(cold)
    assert answer.proven
    assert answer.verdict.ok
    assert said == [answer.first]
    assert is_true(said[0], cold)
    assert said[0] == narvik.first_answer(CHANGES[name])
    assert answer.comparison.is_empty == (tables(answer.plan) == tables(narvik.plan))


def test_nobody_moves_for_nothing(narvik: Base) -> None:
    """Where the base's plan still holds, it is the answer, to the last supervisor, group and list."""
    answer = narvik.answer(CHANGES["a pin that holds"])

    assert tables(answer.plan) == tables(narvik.plan)
    assert [(stage.name, stage.value) for stage in answer.plan.header.stages] == [
        (stage.name, stage.value) for stage in narvik.plan.header.stages
    ]


def test_the_same_change_has_the_same_answer(narvik: Base) -> None:
    """Of the same base, whatever the seed of the engine; and an answer is a base."""
    change = CHANGES["a trainee leaves"]
    other = Base(replace(narvik.result, job=Job(NARVIK, narvik.job.model, SolveOptions(seed=3))))
    first, second = narvik.answer(change), other.answer(change)
    back = first.accepted.answer(Change().set("trainees", "alis-narvik-5", fte_percent=100))

    assert tables(first.plan) == tables(second.plan)
    assert tables(back.plan) == tables(first.plan)
    assert len(changes_of_plan(back.plan)) == 2


@pytest.mark.slow
def test_random_answers_are_cold_optima() -> None:
    """Whatever the instance, the model and the change; where nothing is possible, both say so."""
    met: Counter[str] = Counter()
    for seed in range(20):
        instance, model = random_case(seed)
        draw = Random(f"answer {seed}")
        try:
            base = Base.solve(Job(instance, model))
        except NoPlanPossible:
            continue
        for _ in range(2):
            try:
                change = random_change(instance, draw)
                job = base.changed(change)
            except (ChangeFaulty, InstanceFaulty, ModelFaulty):
                continue
            met[_met(base, change, job)] += 1

    assert met["answered"] > 10


def _met(base: Base, change: Change, job: Job) -> str:
    said = base.first_answer(change)
    try:
        cold = run(job).plan
    except NoPlanPossible:
        assert is_true(said, None)
        with pytest.raises(NoPlanPossible):
            base.answer(change)
        return "impossible"
    answer = base.answer(change)
    assert values(answer.plan) == values(cold), change.plain()
    assert answer.verdict.ok
    assert is_true(said, cold)
    return "answered"


def test_what_is_impossible_is_said_at_once(narvik: Base) -> None:
    """Three trainees in a position with one place: no plan, now or later."""
    change = Change()
    for trainee in ("alis-narvik-3", "alis-narvik-4", "alis-narvik-6"):
        change = change.pin(trainee, "position", "must", "alis-ballangen")

    assert _met(narvik, change, narvik.changed(change)) == "impossible"
    assert narvik.first_answer(change).is_possible is False


def test_recorded_pins_come_before_the_change() -> None:
    """A plan made with pins of an earlier one is checked from the instance's own files, whatever the change says."""
    pin = Change().pin("alis-narvik-8", "position", "never", "alis-narvik-legesenter").pins
    base = Base(run(Job(NARVIK.with_pins(pin), load_model("alis"), pins=pin)))
    answer = base.answer(
        Change().remove("pins", dict(pin[0].model_dump(include={"trainee_id", "what", "verb", "value"})))
    )

    assert answer.plan.header.pins == ()
    remade = changed_instance(NARVIK, changes_of_plan(answer.plan))
    assert with_recorded_pins(remade, answer.plan).sha256 == answer.plan.header.instance.sha256
    assert remade.pins == NARVIK.pins


def test_what_is_solved_is_kept_by_its_key(narvik: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file a job, read instead of solved; spoiled, of another form or of another job it is solved anew."""
    solved: list[Job] = []

    def solve(job: Job, *_: object) -> Result:
        solved.append(job)
        return narvik.result

    monkeypatch.setattr(answers, "run", solve)
    first = Base.solve(narvik.job, cache=tmp_path / "bases")
    (file,) = (tmp_path / "bases").iterdir()
    again = Base.solve(narvik.job, cache=tmp_path / "bases")

    assert file.name == f"{stored_key(narvik.job)}.base"
    assert len(solved) == 1
    assert tables(first.plan) == tables(again.plan)
    assert again.plan.header == narvik.plan.header
    assert again.knowledge is not None
    assert again.answer(CHANGES["a pin that holds"]).plan == narvik.plan
    whole = file.read_bytes()
    for content in (
        whole[:-9],
        b"",
        whole.replace(answers.FORM, b"allokering base 0\n"),
        answers.FORM + pickle.dumps(1),
    ):
        file.write_bytes(content)
        solved.clear()
        Base.solve(narvik.job, cache=tmp_path / "bases")
        assert len(solved) == 1
        assert file.read_bytes() == whole


def test_what_a_stop_has_decided_is_not_kept(narvik: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another call would find another plan."""
    header = narvik.plan.header.model_copy(update={"notes": (Note(id="stopped"),)})
    cut = replace(narvik.result, plan=replace(narvik.plan, header=header))
    monkeypatch.setattr(answers, "run", lambda *_: cut)
    Base.solve(narvik.job, cache=tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_what_is_solved_is_picklable(narvik: Base) -> None:
    """With all that it knows."""
    copy = pickle.loads(pickle.dumps(narvik))  # noqa: S301 - made here

    assert tables(copy.answer(CHANGES["a pin that holds"]).plan) == tables(narvik.plan)
