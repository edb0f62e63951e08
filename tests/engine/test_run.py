"""The whole job on small situations: what the stages are given, and what the header says of the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stage_scenes import MODEL, Scene, with_measures, with_programme, with_rule

from allokering.engine import run as planning
from allokering.engine.run import Wanted, make_plan
from allokering.language import speak
from allokering.verifier.verify import verify

NOTE = "some positions are still to be announced: their lists count by the chance that the announcement fills them"


def small(**trainee) -> Scene:
    """A municipality with a specialist who has room, and one trainee for its one position."""
    scene = Scene(periods=2)
    scene.municipality("a")
    scene.doctor("d", "a", size=600, limit=600)
    scene.trainee("t", ["a"], (0, 1), **trainee)
    return scene


@pytest.mark.parametrize(("chance", "notes"), [(None, ()), (700, (NOTE,))])
def test_a_plan_with_recruits_says_so(chance, notes):
    instance, _ = small(chance=chance).built()
    plan = make_plan(instance, MODEL, Wanted())
    assert {row.trainee_id for row in plan.supervision} == {"t"}
    assert plan.header.notes == notes
    assert verify(instance, MODEL, plan).violations == ()


def test_the_note_is_said_in_the_language_in_use():
    instance, _ = small(chance=700).built()
    speak("nb")
    assert make_plan(instance, MODEL, Wanted()).header.notes[0].startswith("noen stillinger er ikke utlyst ennå")


@pytest.mark.parametrize(("language", "told"), [("en", "time cut the search"), ("nb", "tiden satte grensen")])
def test_a_placement_that_the_clock_cut_short_is_told_of(language, told):
    instance, _ = small().built()
    speak(language)
    note = make_plan(instance, MODEL, Wanted(solver="large", time_limit=1e-3)).header.notes[0]
    assert note.startswith(told)


@pytest.mark.parametrize("stage", ["form_groups", "name_supervisors"])
def test_a_stage_that_the_clock_cut_short_is_told_of(stage, monkeypatch):
    instance, _ = small().built()
    whole = getattr(planning, stage)
    monkeypatch.setattr(planning, stage, lambda *given, **named: replace(whole(*given, **named), struck=True))
    (note,) = make_plan(instance, MODEL, Wanted()).header.notes
    assert note.startswith("the search for supervisors or groups took too long")


def test_a_recruit_whom_nobody_needs_is_not_announced():
    """The lists hold everybody, and a position costs: it stays without a recruit, and nothing is said."""
    scene = small(chance=700)
    scene.doctor("e", "a", size=400, limit=400)
    scene.rows["positions"] = [row.model_copy(update={"yearly_cost_nok": 100}) for row in scene.rows["positions"]]
    instance, _ = scene.built()
    assert make_plan(instance, MODEL, Wanted()).header.notes == ()


def test_the_lists_know_who_supervises():
    """The doctor with 600 supervises one trainee, which takes 100 off the target; and no list is too fast."""
    model = with_measures(supervisor_relief={"patients_per_place": 100}, list_speed={"patients_per_month": 25})
    instance, _ = small().built()
    plan = make_plan(instance, model, Wanted())
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
    plan = make_plan(instance, model, Wanted())
    assert [(row.trainee_id, row.supervisor_id) for row in plan.supervision] == [
        ("old", "d"),
        ("t", "d"),
        ("t", "old"),
    ]
    after = next(row for row in plan.lists if row.holder_id == "old" and row.from_date == scene.first(1))
    assert (after.target, after.limit) == (891, 991)
    assert verify(instance, model, plan).violations == ()
