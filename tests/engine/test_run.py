"""The whole job on small situations: what the stages are given, and what the header says of the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scenes import MODEL, Scene, with_measures, with_programme, with_rule

from allokering.engine import run as planning
from allokering.engine.job import Job, SolveOptions
from allokering.engine.run import run
from allokering.events import Began, Ended, Improved, Noted, Stage
from allokering.language import speak
from allokering.solvers.budget import Budget
from allokering.verifier.verify import verify

NOTE = "some positions are still to be announced: their lists count by the chance that the announcement fills them"


def small(**trainee) -> Scene:
    """A municipality with a specialist who has room, and one trainee for its one position."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("d", "a", size=600, limit=600)
    scene.trainee("t", ["a"], (0, 1), **trainee)
    return scene


@pytest.mark.parametrize(("chance", "notes"), [(None, ()), (700, ("recruits",))])
def test_a_plan_with_recruits_says_so(chance, notes):
    instance, _ = small(chance=chance).built()
    plan = run(Job(instance, MODEL)).plan
    assert {row.trainee_id for row in plan.supervision} == {"t"}
    assert tuple(note.id for note in plan.header.notes) == notes
    assert verify(instance, MODEL, plan).violations == ()


def test_the_note_is_said_in_the_language_in_use():
    (note,) = run(Job(small(chance=700).built()[0], MODEL)).plan.header.notes
    english = note.told()
    speak("nb")
    assert english == NOTE
    assert note.told().startswith("noen stillinger er ikke utlyst ennå")


def test_a_plan_holds_no_language():
    """Only what was measured by the clock differs."""
    instance, _ = small(chance=700).built()
    headers = []
    for language in ("en", "nb"):
        speak(language)
        header = run(Job(instance, MODEL)).plan.header
        untimed = [tier.model_copy(update={"seconds": 0.0}) for tier in (*header.tiers, *header.stages)]
        headers.append(header.model_copy(update={"seconds": 0.0, "tiers": tuple(untimed), "stages": ()}))
    assert headers[0].model_dump_json() == headers[1].model_dump_json()


def test_without_positions_nobody_is_placed():
    """An instance may have trainees and no row of positions."""
    instance, _ = small().built()
    instance = replace(instance, positions=(), position_parts=(), preferences=())
    (row,) = run(Job(instance, MODEL)).plan.placements
    assert (row.trainee_id, row.status) == ("t", "unplaced")


def test_what_happens_is_told_as_data():
    """Every stage begins and ends, in this order; the placement improves; the last moment is what the header says."""
    instance, _ = small(chance=700).built()
    events = []
    result = run(Job(instance, MODEL), events.append)
    stages = [Stage.PLACEMENT, Stage.SUPERVISION, Stage.GROUPS, Stage.LISTS, Stage.VERIFICATION]
    assert [event.stage for event in events if isinstance(event, Began)] == stages
    assert [event.stage for event in events if isinstance(event, Ended)] == stages
    assert [event.note.id for event in events if isinstance(event, Noted)] == ["recruits"]
    handed = [event.incumbent() for event in events if isinstance(event, Improved) and event.incumbent]
    assert handed[-1].placements == result.plan.placements
    last = {moment.tier: (moment.value, moment.bound) for moment in result.history}
    assert last == {tier.name: (tier.value, tier.bound) for tier in result.plan.header.tiers}
    seconds = [event.seconds for event in events]
    assert seconds == sorted(seconds)


def test_a_placement_that_the_clock_cut_short_is_told_of():
    instance, _ = small().built()
    note = run(Job(instance, MODEL, SolveOptions(solver="large")), budget=Budget(1e-3)).plan.header.notes[0]
    assert note.id == "time_struck"


@pytest.mark.parametrize("stage", ["form_groups", "name_supervisors"])
def test_a_stage_that_the_clock_cut_short_is_told_of(stage, monkeypatch):
    instance, _ = small().built()
    whole = getattr(planning, stage)
    monkeypatch.setattr(planning, stage, lambda *given, **named: replace(whole(*given, **named), struck=True))
    (note,) = run(Job(instance, MODEL)).plan.header.notes
    assert note.id == "stage_struck"


def test_a_recruit_whom_nobody_needs_is_not_announced():
    """The lists hold everybody, and a position costs: it stays without a recruit, and nothing is said."""
    scene = small(chance=700)
    scene.doctor("e", "a", size=400, limit=400)
    scene.rows["positions"] = [row.model_copy(update={"yearly_cost_nok": 100}) for row in scene.rows["positions"]]
    instance, _ = scene.built()
    assert run(Job(instance, MODEL)).plan.header.notes == ()


def test_the_lists_know_who_supervises():
    """The doctor with 600 supervises one trainee, which takes 100 off the target; and no list is too fast."""
    model = with_measures(supervisor_relief={"patients_per_place": 100}, list_speed={"patients_per_month": 25})
    instance, _ = small().built()
    plan = run(Job(instance, model)).plan
    assert [row.target for row in plan.lists if row.holder_id == "d"] == [500, 500]
    assert "moved_too_fast" in [tier.name for tier in plan.header.stages]
    assert verify(instance, model, plan).violations == ()


def test_who_finishes_supervises_the_next_and_is_relieved():
    """One doctor leaves after the first half-year, and only who has finished then can supervise in the second."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("d", "a", present=(0, 0))
    scene.trainee("old", ["a"], (0, 0), programme="lis1")
    scene.trainee("t", ["a"], (0, 1))
    model = with_programme(
        with_rule("pipeline", with_rule("eligibility", home_minutes_max=0), stays_permille_by_year=[1000]),
        "lis1",
        total_months=6,
        practice_months_min=6,
        institution_months=0,
        leads_to_specialist=True,
    )
    model = with_measures(model, supervisor_relief={"patients_per_place": 100})
    instance, _ = scene.built()
    plan = run(Job(instance, model)).plan
    assert [(row.trainee_id, row.supervisor_id) for row in plan.supervision] == [
        ("old", "d"),
        ("t", "d"),
        ("t", "old"),
    ]
    after = next(row for row in plan.lists if row.holder_id == "old" and row.from_date == scene.first(1))
    assert (after.target, after.limit) == (891, 991)
    assert verify(instance, model, plan).violations == ()
