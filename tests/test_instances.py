"""Every built-in instance states its sources, and the figures in its README are those of its plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from allokering.files.reading import list_instances, read_instance
from allokering.instance import Instance
from allokering.model import load_model
from allokering.plan import PlacementStatus, Plan
from allokering.planning import Wanted, make_plan
from allokering.verifier.verify import verify

FOLDER = Path(__file__).parent.parent / "instances"
ANSWERS = re.compile(r"<!-- test: answers -->\n(?P<table>(?:\|.*\n)+)")


def answered() -> list[str]:
    return [name for name in list_instances() if ANSWERS.search((FOLDER / name / "README.md").read_text("utf-8"))]


def answers(instance: Instance, plan: Plan) -> dict[str, str]:
    """What a README may say of a plan, in the words it says it in."""
    assert plan.header is not None
    municipality = {doctor.doctor_id: doctor.municipality_id for doctor in instance.doctors}
    places = {
        row.trainee_id: {other.municipality_id for other in plan.placements if other.trainee_id == row.trainee_id}
        for row in plan.placements
    }
    away = {row.trainee_id for row in plan.supervision if municipality[row.supervisor_id] not in places[row.trainee_id]}
    unplaced = [row.trainee_id for row in plan.placements if row.status is PlacementStatus.UNPLACED]
    locum = [row.locum for row in plan.coverage]
    tiers = {f"{tier.name} ({tier.unit})": f"{tier.value:,}" for tier in (*plan.header.tiers, *plan.header.stages)}
    return {
        **tiers,
        "status": plan.header.status,
        "trainees placed": str(len(places) - len(unplaced)),
        "without a position": ", ".join(unplaced) or "nobody",
        "institution service inside the horizon": str(len(plan.rotations)),
        "supervised from another municipality": ", ".join(sorted(away)) or "nobody",
        "patients with locums, on average": f"{sum(locum) // instance.settings.periods:,}",
        "periods in which some locum works": str(len({row.from_date for row in plan.coverage if row.locum})),
        "positions opened": str(sum(row.state == "open" for row in plan.openings)),
    }


@pytest.mark.parametrize("name", answered())
def test_the_readme_says_what_the_plan_says(name: str) -> None:
    """The table of answers is the plan's, the plan is proven optimal in every tier, and it verifies."""
    match = ANSWERS.search((FOLDER / name / "README.md").read_text("utf-8"))
    assert match is not None
    instance = read_instance(name)
    model = load_model(instance.settings.model)
    plan = make_plan(instance, model, Wanted())

    told = [[cell.strip() for cell in row.strip("|").split("|")] for row in match["table"].splitlines()[2:]]
    found = answers(instance, plan)
    assert {question: found[question] for question, _ in told} == dict(told)
    assert found["status"] == "optimal"
    assert verify(instance, model, plan).ok


@pytest.mark.parametrize("name", list(list_instances()))
def test_every_instance_has_a_readme_with_its_question_and_sources(name: str) -> None:
    """A reader finds the question, the sources, and what is assumed."""
    text = (FOLDER / name / "README.md").read_text("utf-8")

    assert "## The question" in text
    assert "## Sources" in text
    assert "assum" in text
    assert "Kilder: SSB" in text
