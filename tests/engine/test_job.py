"""A job is frozen and picklable, and its key changes with what may change the plan, and with nothing else."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest
from scenes import MODEL, Scene, with_rule
from scenes.one_row_each import sample

from allokering.engine import job as jobs
from allokering.engine.job import Job, SolveOptions
from allokering.engine.run import run
from allokering.errors import InstanceFaulty
from allokering.files import validated as validation
from allokering.files.reading import read_instance
from allokering.instance import Instance
from allokering.tables import Pin

PIN = Pin.model_validate({"trainee_id": "t", "what": "position", "verb": "never", "value": "a"})


def instance() -> Instance:
    """A municipality and a trainee."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("d", "a", size=600, limit=600)
    scene.trainee("t", ["a"], (0, 1))
    return scene.built()[0]


JOB = Job(instance(), MODEL)
OTHERS = {
    "instance": Job(instance().with_pins((PIN,)), MODEL),
    "model": Job(instance(), with_rule("eligibility", home_minutes_max=0)),
    "objective": Job(instance(), MODEL, SolveOptions(objective="weighted")),
    "seed": Job(instance(), MODEL, SolveOptions(seed=1)),
    "solver": Job(instance(), MODEL, SolveOptions(solver="large")),
    "list solver": Job(instance(), MODEL, SolveOptions(list_solver="highs")),
    "start": Job(instance(), MODEL, start=sample()),
    "other start": Job(instance(), MODEL, start=replace(sample(), groups=())),
}


def test_the_key_is_of_all_that_may_change_the_plan() -> None:
    """Each of them makes it another one."""
    keys = {name: job.key for name, job in OTHERS.items()}

    assert len({JOB.key, *keys.values()}) == 1 + len(OTHERS)


def test_the_key_is_of_nothing_else() -> None:
    """Not of the workers, nor of what the instance is called, nor of the order in which its pins were given."""
    named = replace(instance(), settings=instance().settings.model_copy(update={"title": "another"}))
    by_hand = OTHERS["instance"]

    assert Job(instance(), MODEL).key == JOB.key
    assert Job(named, MODEL, SolveOptions(workers=2)).key == JOB.key
    assert replace(by_hand, pins=(PIN,)).key == by_hand.key


def test_the_key_is_of_the_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer solver may make another plan."""
    key = JOB.key
    monkeypatch.setattr(jobs, "versions", lambda: {"highspy": "0"})

    assert JOB.key != key


def test_it_can_be_sent_to_another_process() -> None:
    """And stays what it is."""
    job = OTHERS["start"]
    sent = pickle.loads(pickle.dumps(job))  # noqa: S301 - our own

    assert sent == job
    assert sent.key == job.key
    with pytest.raises(FrozenInstanceError):
        sent.start = None


def test_pins_to_record_are_the_instances() -> None:
    """Else the plan would say that it keeps what nobody asked of it."""
    with pytest.raises(ValueError, match="does not hold"):
        Job(instance(), MODEL, pins=(PIN,))


def test_an_instance_made_in_code_is_validated_as_files_are() -> None:
    """Every fault is told, before anything is solved; what a change of code touches is validated again."""
    good = read_instance("narvik-2022")
    doctors = (good.doctors[0].model_copy(update={"municipality_id": "nowhere"}), *good.doctors[1:])
    edited = replace(good, doctors=doctors)

    with pytest.raises(InstanceFaulty, match=r"municipality.*nowhere"):
        run(Job(edited, MODEL))


def test_an_instance_that_was_read_is_not_validated_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that was found without fault before, in another process either."""
    read = read_instance("narvik-2022")
    made = Job(instance(), MODEL).validated()
    monkeypatch.setattr(validation, "rows_of_tables", None)

    for known in (Job(read, MODEL), made, pickle.loads(pickle.dumps(made))):  # noqa: S301 - its own
        assert known.validated() is known
    with pytest.raises(TypeError):
        Job(replace(read), MODEL).validated()
