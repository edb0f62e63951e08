"""Every built-in instance states its sources, and the figures in its README are those of its plan."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path

import pytest
from solved_once import solved_once

from allokering.engine.job import Job
from allokering.files.reading import list_instances, read_instance
from allokering.instance import Instance
from allokering.model import load_model
from allokering.plan import HolderKind, OpeningState, PlacementStatus, Plan, SelectionState
from allokering.tables import TABLES, Form, Row
from allokering.verifier.verify import verify

FOLDER = Path(__file__).parent.parent / "instances"
ANSWERS = re.compile(r"<!-- test: answers(?P<options>( --(model|set) \S+)*) -->\n(?P<table>(?:\|.*\n)+)")
"""A table of answers, of the plan that `allokering solve` makes with these options."""
PLANS: dict[tuple[str, str], Plan] = {}
WEEK_MINUTES = 56 * 60
NO_SELECTION = {f"selection.{least}": "0" for least in ("per_trust_min", "self_employed_min", "sami_min")}


def answered() -> list[tuple[str, str, str]]:
    """Instance, options and table of every table of answers."""
    return [
        (name, match["options"].strip(), match["table"])
        for name in list_instances()
        for match in ANSWERS.finditer((FOLDER / name / "README.md").read_text("utf-8"))
    ]


def planned(instance: Instance, options: str = "") -> Plan:
    """The plan, with the options that a table of answers names; each is made once."""
    key = (instance.sha256, options)
    if key not in PLANS:
        PLANS[key] = _made(instance, options)
    return PLANS[key]


def _made(instance: Instance, options: str) -> Plan:
    given = options.split()
    pairs = list(zip(given[::2], given[1::2], strict=True))
    model_name = next((value for option, value in pairs if option == "--model"), instance.settings.model)
    overrides = dict(value.split("=", 1) for option, value in pairs if option == "--set")
    model = load_model(model_name, overrides)
    plan = solved_once(Job(instance, model)).plan
    assert verify(instance, model, plan).ok
    return plan


def answers(instance: Instance, plan: Plan) -> dict[str, str]:
    """What a README may say of a plan, in the words it says it in."""
    assert plan.header is not None
    locum = [row.locum for row in plan.coverage]
    without_gp = [row.without_gp for row in plan.coverage]
    periods = instance.settings.periods
    tiers = {f"{tier.name} ({tier.unit})": f"{tier.value:,}" for tier in (*plan.header.tiers, *plan.header.stages)}
    return {
        **tiers,
        **_who(instance, plan),
        **_openings(plan),
        **_weeks(plan),
        "status": plan.header.status,
        "institution service inside the horizon": str(len(plan.rotations)),
        "supervised from another municipality": ", ".join(sorted(_supervised_from_afar(instance, plan))) or "nobody",
        "patients with locums, on average": f"{sum(locum) // periods:,}",
        "residents without a GP, on average": f"{sum(without_gp) // periods:,}",
        "periods in which some locum works": str(len({row.from_date for row in plan.coverage if row.locum})),
        "periods in which somebody is without a GP": str(
            len({row.from_date for row in plan.coverage if row.without_gp})
        ),
    }


def _who(instance: Instance, plan: Plan) -> dict[str, str]:
    programme = {row.trainee_id: row.programme for row in instance.trainees}
    recruits = {row.trainee_id for row in instance.trainees if row.recruited_to}
    unplaced = {row.trainee_id for row in plan.placements if row.status is PlacementStatus.UNPLACED}
    placed = {row.trainee_id: row for row in plan.placements if row.trainee_id not in unplaced}
    known = [row for trainee, row in placed.items() if trainee not in recruits]
    expected = sum(row.expected_permille or 0 for row in placed.values())
    return {
        "trainees placed": str(len(known)),
        "of them interns (LIS1)": str(sum(programme[row.trainee_id] == "lis1" for row in known)),
        "without a position": ", ".join(sorted(unplaced - recruits)) or "nobody",
        "positions announced": str(len(placed) - len(known)),
        "of them filled, as expected": f"{expected / 1000:.1f}",
    }


def _openings(plan: Plan) -> dict[str, str]:
    opened = [row for row in plan.openings if row.state is OpeningState.OPEN]
    taken = {row.position_id for row in plan.placements}
    selected = [row.application_id for row in plan.selection if row.state is SelectionState.SELECTED]
    left_out = [row.application_id for row in plan.selection if row.state is SelectionState.LEFT_OUT]
    self_employed = sorted(row.position_id for row in opened if row.form is Form.SELF_EMPLOYED)
    return {
        "positions opened": str(len(opened)),
        "opened as salaried": str(sum(row.form is Form.SALARIED for row in opened)),
        "opened as self-employed": ", ".join(self_employed) or "none",
        "posts turned into ALIS positions": ", ".join(
            sorted(row.position_id for row in opened if row.position_id.endswith("-alis") and row.position_id in taken)
        ),
        "applications selected": str(len(selected)),
        "applications left out": ", ".join(left_out) or "none",
    }


def _weeks(plan: Plan) -> dict[str, str]:
    last = max(row.from_date for row in plan.lists)
    lists = [row for row in plan.lists if row.kind is HolderKind.DOCTOR and row.from_date == last]
    told = {
        "doctors' mean list in the last half-year": f"{sum(row.patients for row in lists) // len(lists):,}",
        "their mean target": f"{sum(row.target for row in lists) // len(lists):,}",
    }
    weeks = [row.week_minutes for row in plan.lists if row.week_minutes is not None and row.from_date == last]
    if weeks:
        told["their mean week (hours)"] = f"{sum(weeks) / len(weeks) / 60:.1f}"
        told["of them above 56 hours"] = str(sum(week > WEEK_MINUTES for week in weeks))
    return told


def _supervised_from_afar(instance: Instance, plan: Plan) -> set[str]:
    """Trainees whose supervisor, a doctor or one who has finished, is of none of the municipalities they work in."""
    works_in: dict[str, set[str]] = {doctor.doctor_id: {doctor.municipality_id} for doctor in instance.doctors}
    for row in plan.placements:
        if row.municipality_id is not None:
            works_in.setdefault(row.trainee_id, set()).add(row.municipality_id)
    return {row.trainee_id for row in plan.supervision if not works_in[row.supervisor_id] & works_in[row.trainee_id]}


def altered(instance: Instance, **rows: list[Row]) -> Instance:
    """The same instance with other rows in these tables."""
    return Instance.of(instance.name, instance.settings, {table: list(instance.rows(table)) for table in TABLES} | rows)


def without_positions(instance: Instance, gone: set[str]) -> Instance:
    """The same instance without these positions."""
    return altered(
        instance,
        **{
            table: [row for row in instance.rows(table) if getattr(row, "position_id", None) not in gone]
            for table in ("positions", "position_parts", "preferences", "announcements")
        },
        trainees=[row for row in instance.trainees if row.recruited_to not in gone],
    )


def with_money(instance: Instance, percent: int) -> Instance:
    """The same instance with so much of each budget."""
    rows: list[Row] = [
        row.model_copy(update={"amount_nok": row.amount_nok * percent // 100}) for row in instance.budgets
    ]
    return altered(instance, budgets=rows)


def worse_in(worse: Plan, better: Plan) -> str | None:
    """The first tier in which the two differ, where the first has to be the worse; None: they are equal."""
    assert worse.header is not None
    assert better.header is not None
    assert {worse.header.status, better.header.status} == {"optimal"}
    for one, other in zip_longest(worse.header.tiers, better.header.tiers):
        if one.value != other.value:
            assert one.value > other.value, one.name
            return str(one.name)
    return None


@pytest.mark.parametrize(("name", "options", "table"), answered())
def test_the_readme_says_what_the_plan_says(name: str, options: str, table: str) -> None:
    """The table of answers is the plan's, the plan is proven optimal in every tier, and it verifies."""
    instance = read_instance(name)
    told = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
    found = answers(instance, planned(instance, options))

    assert {question: found.get(question) for question, _ in told} == dict(told)
    assert found["status"] == "optimal"


def test_every_instance_but_the_country_answers_its_question() -> None:
    """With figures in its README."""
    assert {name for name, _, _ in answered()} == set(list_instances()) - {"norge-2025"}


def test_the_shared_position_of_alis_vest_is_needed() -> None:
    """Without it, whoever would have shared Masfjorden and Modalen waits in vain, or some other trainee."""
    vest = read_instance("alis-vest-2017")

    assert worse_in(planned(without_positions(vest, {"alis-masfjorden-modalen"})), planned(vest)) == "training"


def test_without_its_training_positions_bergen_has_more_residents_without_a_gp() -> None:
    """Nobody qualified comes to the ordinary posts."""
    bergen = read_instance("bergen-2018")
    as_training = {row.position_id for row in bergen.positions if row.alternative_to is not None}

    assert len(as_training) == 14
    assert worse_in(planned(without_positions(bergen, as_training)), planned(bergen)) == "uncovered"


def test_bergen_turns_more_posts_if_there_is_more_money() -> None:
    """The budget binds, and the wards that need a doctor most come first."""
    bergen = read_instance("bergen-2018")

    assert worse_in(planned(bergen), planned(altered(bergen, budgets=[]))) == "uncovered"


def test_alis_nord_cannot_take_six_of_each_area_without_money() -> None:
    """Even if nobody had to be selected, more residents would be without a GP."""
    nord = read_instance("alis-nord-2019")
    nobody = " ".join(f"--set {key}={value}" for key, value in NO_SELECTION.items())

    assert worse_in(planned(with_money(nord, 0), nobody), planned(nord)) == "uncovered"


def test_the_budget_of_alis_nord_binds() -> None:
    """A tenth less money costs the municipalities more in locums; a tenth more makes nothing worse."""
    nord = read_instance("alis-nord-2019")

    assert worse_in(planned(with_money(nord, 90)), planned(nord)) == "cost"
    assert worse_in(planned(nord), planned(with_money(nord, 110))) in {"cost", None}


@pytest.mark.parametrize("name", list(list_instances()))
def test_every_instance_has_a_readme_with_its_question_and_sources(name: str) -> None:
    """A reader finds the question, the sources, and what is assumed."""
    text = (FOLDER / name / "README.md").read_text("utf-8")

    assert "## The question" in text
    assert "## Sources" in text
    assert "assum" in text
    assert "Kilder: SSB" in text
