"""What the documents show is what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from solved_once import solved_once

from allokering.cli import COMMANDS, main
from allokering.engine.job import Job
from allokering.files.reading import read_instance
from allokering.model import load_model

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"<!-- test: allokering (?P<command>[^>]*?) -->\n```\w+\n(?P<shown>.*?)```", re.DOTALL)
FILE = re.compile(r"<!-- file: (?P<name>\S+) -->\n```\w+\n(?P<text>.*?)```", re.DOTALL)
CAPS = re.compile(r"<!-- test: caps (?P<instance>\S+) -->\n(?P<table>(?:\|.*\n)+)")


def blocks() -> list[tuple[str, str]]:
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [
        (match["command"], match["shown"]) for path in documents for match in BLOCK.finditer(path.read_text("utf-8"))
    ]


def squeezed(line: str) -> str:
    return " ".join(line.replace("┃", "│").split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader would type the commands in, with the files that documents show."""
    path = tmp_path_factory.mktemp("reader")
    (path / "plans").mkdir()
    for document in sorted((ROOT / "docs").glob("*.md")):
        for match in FILE.finditer(document.read_text("utf-8")):
            (path / match["name"]).write_text(match["text"], encoding="utf-8")
    return path


@pytest.mark.parametrize(("command", "shown"), blocks(), ids=[command for command, _ in blocks()])
def test_shown_output_is_real(command: str, shown: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line shown is printed, in that order; '…' stands for lines left out."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("allokering.commands.solve.run", solved_once)
    if command.startswith("check"):
        # The document solves before it checks; the tests may run apart.
        _, instance, plan = shlex.split(command)
        assert CliRunner().invoke(main, ["solve", instance, "-o", plan]).exit_code == 0
    result = CliRunner().invoke(main, shlex.split(command))

    assert result.exit_code == 0, result.output
    printed = iter([squeezed(line) for line in result.output.splitlines()])
    for line in shown.splitlines():
        if line.strip() and not line.startswith(("$", "…")):
            assert squeezed(line) in printed, line


def test_the_planners_table_is_real() -> None:
    """The guide's table of caps is what the solver finds."""
    match = CAPS.search((ROOT / "docs" / "guide-planner.md").read_text("utf-8"))
    assert match is not None
    instance = read_instance(match["instance"])
    for row in match["table"].splitlines()[2:]:
        cap, uncovered, cost = (cell.strip().replace(",", "") for cell in row.strip("|").split("|"))
        if cap == "as agreed":
            model = load_model("alis")
        else:
            model = load_model("alis-cap-1000", {"list_target.patients_per_fte": cap})
        header = solved_once(Job(instance, model)).plan.header
        assert header is not None
        found = {tier.name: tier.value for tier in header.tiers}
        assert (found["uncovered"], found["cost"]) == (int(uncovered), int(cost)), cap


def test_every_override_shown_is_one() -> None:
    """What the planner's guide says after `--set` is a number of the model with all measures, and a possible value."""
    text = (ROOT / "docs" / "guide-planner.md").read_text("utf-8")
    shown = [one.strip("'").partition("=") for one in re.findall(r"--set ('[^']+'|[^\s`]+)", text)]

    assert len(shown) > 20
    for key, _, value in shown:
        assert load_model("alis-shorter-lists", {key: value}).overrides == ((key, value),)


def test_every_command_and_exit_code_is_documented() -> None:
    """The README's tables have every command and every exit code."""
    text = (ROOT / "README.md").read_text("utf-8")

    assert [name for name in COMMANDS if f"`allokering {name}" not in text] == []
    assert [code for code in range(9) if f"| {code} |" not in text] == []


def all_commands() -> list[str]:
    """Every command, with its parent's name if it has one."""
    context = click.Context(main)
    return [
        f"{name} {child}".strip()
        for name in sorted(main.list_commands(context))
        for command in [main.get_command(context, name)]
        for child in (sorted(command.commands) if isinstance(command, click.Group) else [""])
    ]


@pytest.mark.parametrize("name", all_commands())
def test_every_command_has_an_example(name: str) -> None:
    """`--help` says what the command does and shows one use of it."""
    result = CliRunner().invoke(main, [*name.split(), "--help"])

    assert result.exit_code == 0
    assert f"Example: allokering {name}" in squeezed(result.output)
