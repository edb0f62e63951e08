"""`import allokering as al`: its names, what importing it costs, and what a notebook gets from them."""

from __future__ import annotations

import ast
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import allokering as al
from allokering.engine.history import History
from allokering.engine.watching import Moment
from allokering.errors import InstanceFaulty
from allokering.public_names import NAMES

ROOT = Path(__file__).parent.parent


def test_every_public_name_is_there() -> None:
    """And mypy is told of the same ones, from the same modules."""
    tree = ast.parse((ROOT / "allokering" / "__init__.py").read_text("utf-8"))
    typed = {
        alias.name: node.module
        for condition in tree.body
        if isinstance(condition, ast.If)
        for node in condition.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert typed == NAMES
    assert sorted(al.__all__) == sorted(NAMES)
    assert set(NAMES) <= set(dir(al))
    for name in NAMES:
        assert getattr(al, name).__doc__ or name == "Event", name


def test_another_name_is_none() -> None:
    with pytest.raises(AttributeError, match="module 'allokering' has no attribute 'guess'"):
        al.guess  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    """Measured: 0.02 s; whoever only asks for a problem is spared pydantic, too."""
    code = (
        "import sys, allokering; first = set(sys.modules); allokering.Problem; "
        "print(sorted({'numpy', 'scipy', 'pandas', 'ortools', 'highspy', 'pulp', 'pydantic'} & first), "
        "sorted({'pandas', 'ortools', 'highspy', 'pulp', 'pydantic'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)

    assert done.stdout.split("\n")[0] == "[] []"


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "allokering" / "py.typed").exists()


def tables(instance: al.Instance) -> dict[str, pd.DataFrame]:
    return {table: frame for table, frame in instance.tables.items() if len(frame)}


@pytest.mark.parametrize("name", ["narvik-2022", "alis-vest-2017"])
def test_an_instance_goes_through_data_frames_unchanged(name: str) -> None:
    """Missing numbers, dates and yes or no included."""
    instance = al.read_instance(name)
    again = al.instance_from_tables(instance.name, instance.settings.model_dump(), tables(instance))

    assert again == instance
    assert again.sha256 == instance.sha256


def test_rows_may_be_mappings() -> None:
    instance = al.read_instance("narvik-2022")
    rows = {
        table: frame.astype(object).where(frame.notna(), None).to_dict("records")
        for table, frame in tables(instance).items()
    }

    assert al.instance_from_tables(instance.name, instance.settings.model_dump(), rows) == instance


def test_tables_in_memory_are_validated_like_files() -> None:
    """Row 2 has an unknown home, and a table has another name than one has."""
    instance = al.read_instance("narvik-2022")
    found = tables(instance)
    found["trainees"].loc[1, "home_municipality_id"] = "NOWHERE"
    found["doctor"] = found.pop("doctors")
    with pytest.raises(InstanceFaulty) as raised:
        al.instance_from_tables("mine", instance.settings.model_dump(), found)

    told = [str(fault) for fault in raised.value.faults]
    assert any(line.startswith('trainees:2: home_municipality_id: "NOWHERE"') for line in told)
    assert any(line.startswith("doctor: ") for line in told)


def history() -> History:
    return History(
        [
            Moment(0.1, "uncovered", 30, None),
            Moment(0.2, "uncovered", 20, 5),
            Moment(0.5, "uncovered", 10, 10),
            Moment(0.6, "cost & more", 7, 7),
        ]
    )


def test_history_is_a_data_frame() -> None:
    """What was not known is missing, and numbers stay whole."""
    frame = history().frame

    assert frame.columns.tolist() == ["seconds", "tier", "value", "bound"]
    assert frame["bound"].isna().tolist() == [True, False, False, False]
    assert frame["value"].tolist() == [30, 20, 10, 7]
    assert History().frame.empty


def test_history_is_drawn_without_any_other_library(tmp_path: Path) -> None:
    """A panel a tier, a line for values and one for bounds; the lines meet at the end."""
    chart = history().plot()
    chart.save(tmp_path / "history.svg")

    text = (tmp_path / "history.svg").read_text("utf-8")
    assert text == chart.svg == chart._repr_svg_()
    assert text.count("<polyline") == 4
    assert "cost &amp; more" in text
    ends = [line.split('points="')[1].split('"')[0].split()[-1] for line in text.splitlines() if "<polyline" in line]
    assert ends[0] == ends[1]
    assert "<polyline" not in History().plot().svg


def test_history_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(history())) == history()  # noqa: S301


def test_a_problem_is_answered_by_name() -> None:
    """Bo would rather go east, where there is one place: overtime at 2 is cheaper than his going west at 3."""
    problem = al.Problem(
        tiers=(al.Tier("regret", "points"),),
        resources=(al.Resource("places", "east", 0, 1), al.Resource("places", "west", 0, 1)),
        actors=(
            al.ListedOptions.of("ann", [al.Choice("east", {0: 1}, (0,)), al.Choice("west", {1: 1}, (9,))]),
            al.ListedOptions.of("bo", [al.Choice("east", {0: 1}, (0,)), al.Choice("west", {1: 1}, (3,))]),
        ),
        reliefs=(al.Relief("overtime", 0, 1, (2,)),),
    )
    answer = al.solve_problem(problem)

    assert answer.status is al.Status.OPTIMAL
    assert answer.choices == {"ann": "east", "bo": "east"}
    assert answer.reliefs == {"overtime places[east,0]": 1}
    assert answer.use == {"places[east,0]": 1, "places[west,0]": 0}
    assert (answer.values, answer.transfers) == ((2,), {})  # noqa: PD011
    assert repr(answer) == "ProblemAnswer(optimal: regret 2 (bound 2))"
    assert al.solve_problem(problem, start={"ann": "east", "bo": "west"}).values == (2,)  # noqa: PD011
    with pytest.raises(KeyError, match="north"):
        al.solve_problem(problem, start={"ann": "north", "bo": "west"})


def test_a_problem_without_a_solution_has_no_choices() -> None:
    full = al.Problem(
        (al.Tier("cost", "NOK"),),
        (al.Resource("places", "east", 0, 0),),
        (al.ListedOptions.of("ann", [al.Choice("east", {0: 1}, (0,))]),),
    )

    assert repr(al.solve_problem(full)) == "ProblemAnswer(infeasible)"
    assert al.solve_problem(full).choices == {}


def test_a_plan_is_made_verified_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The tables are those of the plan's files; progress is told in lines."""
    result = al.solve("narvik-2022", observer=al.print_progress)
    placements = result.plan.tables["placements"]

    assert result.verdict.ok
    assert placements["trainee_id"].tolist() == [row.trainee_id for row in result.plan.placements]
    assert repr(result).startswith("Result(narvik-2022, alis: optimal; uncovered ")
    assert len(result.history.frame) == len(result.history)
    told = capsys.readouterr().err.splitlines()
    assert "placement" in told[0]
    assert any("uncovered" in line for line in told)
    assert al.compare(result.plan, result.plan).is_empty
    assert np.isfinite(result.history.frame["seconds"]).all()
