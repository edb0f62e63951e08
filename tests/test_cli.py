"""Every command, and every exit code."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from allokering.cli import main
from allokering.engine import run as planning
from allokering.solvers.budget import Budget
from allokering.solvers.outcome import Outcome, Status
from allokering.verifier.verify import Verdict
from allokering.violation import Violation

INSTANCE = "narvik-2022"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of the built-in instance, solved once."""
    plan = tmp_path_factory.mktemp("solved") / "plan"
    result = run("solve", INSTANCE, "-o", plan)
    assert result.exit_code == 0, result.output
    return plan


@pytest.fixture
def plan(solved: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return shutil.copytree(solved, tmp_path / "plan")


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """The instance as a folder that a test may change."""
    assert run("convert", INSTANCE, tmp_path / "instance").exit_code == 0
    return tmp_path / "instance"


def change(file: Path, edit: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Rewrite a CSV file with some of its rows changed."""
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    columns = list(rows[0])
    rows = edit(rows)
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def add(file: Path, *lines: str) -> None:
    with file.open("a", encoding="utf-8") as target:
        target.writelines(f"{line}\n" for line in lines)


def test_0_a_solved_plan_is_whole_and_checks(solved: Path) -> None:
    """`solve` leaves every file, `check` finds nothing."""
    result = run("check", INSTANCE, solved)

    assert result.exit_code == 0
    assert "keeps every rule" in result.stderr
    header = json.loads((solved / "plan.json").read_text("utf-8"))
    assert header["status"] == "optimal"
    assert all(tier["gap"] == 0 for tier in header["tiers"])


def test_1_a_spoiled_plan_is_named(plan: Path) -> None:
    """A trainee with two paths is exactly what `check` says, as text and as JSON."""

    def twice(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        other = {**rows[0], "position_id": "alis-ballangen"}
        return [*rows, other]

    change(plan / "placements.csv", twice)
    result = run("check", INSTANCE, plan, "--json")

    assert result.exit_code == 1
    assert {broken["rule"] for broken in json.loads(result.stdout)} >= {"one_path"}


def test_1_a_missing_file_is_named(plan: Path) -> None:
    """A plan without its lists is no plan."""
    (plan / "lists.csv").unlink()
    result = run("check", INSTANCE, plan)

    assert result.exit_code == 1
    assert "lists: the file is missing" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve",),
        ("solve", INSTANCE),
        ("solve", INSTANCE, "-o", "plan", "--objective", "vague"),
        ("solve", INSTANCE, "-o", "plan", "--set", "notice"),
        ("solve", INSTANCE, "-o", "plan", "--set", "a.b=1", "--set", "a.b=2"),
        ("dream",),
    ],
)
def test_2_wrong_usage(arguments: tuple[str, ...]) -> None:
    """What is asked for cannot be understood."""
    assert run(*arguments).exit_code == 2


def test_2_an_existing_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A plan replaces a plan, and nothing else."""
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("Five years of work", encoding="utf-8")
    result = run("solve", INSTANCE, "-o", tmp_path / "thesis")

    assert result.exit_code == 2
    assert (tmp_path / "thesis" / "chapter.txt").read_text("utf-8") == "Five years of work"


def test_3_every_fault_at_once_and_nothing_written(instance: Path, tmp_path: Path) -> None:
    """Two faults in two tables are two lines; no plan comes of it."""
    add(instance / "pins.csv", "alis-narvik-1,position,must,nowhere,")
    add(instance / "preferences.csv", "nobody,alis-ballangen,1")
    result = run("solve", instance, "-o", tmp_path / "plan")

    assert result.exit_code == 3
    assert '"nowhere"' in result.stderr
    assert '"nobody"' in result.stderr
    assert not (tmp_path / "plan").exists()


def test_3_a_programme_that_the_model_lacks(instance: Path, tmp_path: Path) -> None:
    """Only the model knows which programmes there are."""
    change(instance / "trainees.csv", lambda rows: [{**rows[0], "programme": "surgery"}, *rows[1:]])
    result = run("solve", instance, "-o", tmp_path / "plan")

    assert result.exit_code == 3
    assert "surgery" in result.stderr


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--model", "nonsense"), "no such model"),
        (("--set", "notice.hours=3"), "notice.hours"),
        (("--set", "notice.notice_months=-1"), "notice_months"),
    ],
)
def test_4_a_faulty_model(option: tuple[str, str], told: str, tmp_path: Path) -> None:
    """An unknown model, parameter or value is a fault of the model."""
    result = run("solve", INSTANCE, "-o", tmp_path / "plan", *option)

    assert result.exit_code == 4
    assert told in result.stderr


def test_5_what_cannot_hold_together_is_named(instance: Path, tmp_path: Path) -> None:
    """Two trainees pinned to a position with one place: the two and the place, and nobody else."""
    add(
        instance / "pins.csv",
        "alis-narvik-3,position,must,alis-ballangen,",
        "alis-narvik-4,position,must,alis-ballangen,",
    )
    result = run("solve", instance, "-o", tmp_path / "plan")

    assert result.exit_code == 5
    assert result.stderr.splitlines()[2:] == [
        "  trainee alis-narvik-3, pinned to position must alis-ballangen",
        "  trainee alis-narvik-4, pinned to position must alis-ballangen",
        "  rule position_places for alis-ballangen (positions.csv)",
    ]
    assert not (tmp_path / "plan").exists()


def test_5_a_trainee_without_any_path_is_told_why(instance: Path, tmp_path: Path) -> None:
    """A rotation pinned to before there was notice: the rules that clash are named, and the pins."""
    add(instance / "pins.csv", "alis-narvik-3,position,must,alis-ballangen,", "alis-narvik-3,period,must,2022-01-02,")
    result = run("solve", instance, "-o", tmp_path / "plan")

    assert result.exit_code == 5
    assert (
        "alis-narvik-3 has no training path under the rules not_before, notice, pins, position_places." in result.stderr
    )
    assert "period must 2022-01-02" in result.stderr


def test_6_no_plan_within_the_time(tmp_path: Path) -> None:
    """A tenth of a second is not enough for ALIS-Vest."""
    result = run("solve", "alis-vest-2017", "-o", tmp_path / "plan", "--time-limit", "0.1")

    assert result.exit_code == 6
    assert not (tmp_path / "plan").exists()


def test_7_a_second_run_stops_at_once(tmp_path: Path) -> None:
    """Who holds the lock goes on; who comes later is told."""
    with FileLock(tmp_path / ".plan.lock"):
        result = run("solve", INSTANCE, "-o", tmp_path / "plan")

    assert result.exit_code == 7
    assert "another run" in result.stderr


def test_8_what_does_not_verify_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the verifier finds anything, there is no plan, and the earlier one stays."""
    broken = Verdict((Violation("coverage", "1806", 1, 0, "one resident forgotten"),))
    monkeypatch.setattr(planning, "verify", lambda *_: broken)
    result = run("solve", INSTANCE, "-o", tmp_path / "plan")

    assert result.exit_code == 8
    assert "one resident forgotten" in result.stderr
    assert not (tmp_path / "plan").exists()


def test_6_stopped_before_there_is_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first Ctrl-C asks for the best plan, and there is none yet."""

    def stopped(_problem: object, *, budget: Budget, **_: object) -> Outcome:
        os.kill(os.getpid(), signal.SIGINT)
        while not budget.stopped:
            time.sleep(0.01)
        return Outcome(Status.UNKNOWN, None, (), "exact", 0.0)

    monkeypatch.setattr(planning, "solve", stopped)
    result = run("solve", INSTANCE, "-o", tmp_path / "plan")

    assert result.exit_code == 6
    assert "No plan was found" in result.stderr
    assert not (tmp_path / "plan").exists()


def test_130_interrupted_when_the_work_does_not_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not 1, which is a plan that breaks a rule."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt  # as a second Ctrl-C does where the work is waited for

    monkeypatch.setattr(planning, "solve", interrupted)
    result = run("solve", INSTANCE, "-o", tmp_path / "plan")

    assert result.exit_code == 130
    assert "Interrupted: nothing is published." in result.stderr
    assert not (tmp_path / "plan").exists()


def test_list_shows_what_is_built_in() -> None:
    """Every built-in instance and model, as text and as JSON."""
    shown = run("list")
    found = json.loads(run("list", "--json").stdout)

    assert {"alis-vest-2017", "narvik-2022"} <= set(found["instances"])
    assert {"alis", "alis-cap-1000"} <= set(found["models"])
    assert all(name in shown.stdout for group in found.values() for name in group)


def test_convert_there_and_back_loses_nothing(instance: Path, tmp_path: Path) -> None:
    """Folder to workbook to folder: the same bytes."""
    assert run("convert", instance, tmp_path / "region.xlsx").exit_code == 0
    assert run("convert", tmp_path / "region.xlsx", tmp_path / "again").exit_code == 0

    assert {file.name: file.read_bytes() for file in instance.glob("*.csv")} == {
        file.name: file.read_bytes() for file in (tmp_path / "again").glob("*.csv")
    }


def test_overrides_are_recorded_and_obeyed_by_check(tmp_path: Path) -> None:
    """`--set` is written into the plan, and `check` reads it from there."""
    result = run("solve", INSTANCE, "-o", tmp_path / "plan", "--set", "notice.notice_months=6", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["overrides"] == {"notice.notice_months": "6"}
    assert run("check", INSTANCE, tmp_path / "plan").exit_code == 0


def test_an_earlier_plan_is_a_start(solved: Path, tmp_path: Path) -> None:
    """From an optimal plan the values are the same."""
    result = run("solve", INSTANCE, "-o", tmp_path / "plan", "--start", solved, "--json")
    before = json.loads((solved / "plan.json").read_text("utf-8"))

    assert [tier["value"] for tier in json.loads(result.stdout)["tiers"]] == [tier["value"] for tier in before["tiers"]]


def test_an_earlier_plan_that_breaks_a_rule_today_is_named(solved: Path, instance: Path, tmp_path: Path) -> None:
    """A position has one place fewer than the earlier plan fills: the search begins from nothing, and says so."""
    with (solved / "placements.csv").open(encoding="utf-8", newline="") as source:
        held = [row["trainee_id"] for row in csv.DictReader(source) if row["position_id"] == "alis-narvik-legesenter"]
    assert len(set(held)) == 2
    change(instance / "positions.csv", lambda rows: [{**row, "places": "1"} for row in rows])
    change(instance / "pins.csv", lambda _: [])

    result = run("solve", instance, "-o", tmp_path / "plan", "--start", solved)

    assert result.exit_code == 0, result.output
    assert "Note: what is left of the earlier plan breaks a rule today" in result.stderr
    assert json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))["notes"] == [
        {"id": "start_lost", "values": {}}
    ]


def test_a_plan_of_a_model_of_ones_own_is_checked_and_reported_with_it(tmp_path: Path) -> None:
    """Its name alone says nothing: the file is asked for."""
    ours = tmp_path / "ours.toml"
    text = (Path(__file__).parent.parent / "models" / "alis.toml").read_text("utf-8")
    ours.write_text(text + '\nwithout = ["locum"]\n', encoding="utf-8")
    plan, page = tmp_path / "plan", tmp_path / "page.html"
    assert run("solve", INSTANCE, "-o", plan, "--model", ours).exit_code == 0

    assert run("check", INSTANCE, plan).exit_code == 4
    assert run("check", INSTANCE, plan, "--model", ours).exit_code == 0
    assert run("report", INSTANCE, plan, "-o", page).exit_code == 4
    assert run("report", INSTANCE, plan, "-o", page, "--model", ours).exit_code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_another_list_solver_gives_the_same_lists(solved: Path, tmp_path: Path) -> None:
    """HiGHS and CBC set the same lists; one that is not installed is a usage error."""
    assert run("solve", INSTANCE, "-o", tmp_path / "plan", "--list-solver", "highs").exit_code == 0
    assert (tmp_path / "plan" / "lists.csv").read_bytes() == (solved / "lists.csv").read_bytes()
    assert run("solve", INSTANCE, "-o", tmp_path / "other", "--list-solver", "GUROBI_CMD").exit_code == 2


def test_the_large_solver_finds_what_the_exact_one_proves(solved: Path, tmp_path: Path) -> None:
    """On an instance that both can solve the values are the same, and the plan verifies."""
    result = run("solve", INSTANCE, "-o", tmp_path / "plan", "--solver", "large", "--json")
    exact = json.loads((solved / "plan.json").read_text("utf-8"))

    found = json.loads(result.stdout)
    assert found["solver"] == "large"
    assert [tier["value"] for tier in found["tiers"]] == [tier["value"] for tier in exact["tiers"]]
    assert all(tier["bound"] <= tier["value"] for tier in found["tiers"])


def test_messages_in_norwegian(plan: Path) -> None:
    """`--lang nb` answers in bokmål."""
    result = run("--lang", "nb", "check", INSTANCE, plan)

    assert "Planen holder alle reglene" in result.stderr
