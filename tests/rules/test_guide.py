"""The guide adds a rule: its blocks, written into a copy of the checkout, make a rule that all tests of rules pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "add-a-rule.md").read_text("utf-8")
BLOCK = re.compile(
    r"<!-- (?P<verb>new|add): (?P<path>[^,\n]+?)(?:, (?P<place>[^\n]+?))? -->\n```\w+\n(?P<text>.*?)```\n", re.DOTALL
)
BLOCKS = [(match["verb"], match["path"], match["place"], match["text"]) for match in BLOCK.finditer(GUIDE)]
KIND = "closed_months"


def written(verb: str, path: Path, place: str | None, text: str) -> None:
    """Do what a comment of the guide says with the block below it."""
    if verb == "new":
        assert not path.exists()
        path.write_text(text, "utf-8")
        return
    lines = path.read_text("utf-8").splitlines(keepends=True)
    apart = "\n\n" if text.startswith("class ") else ""
    lines.insert(place_of(lines, place), text + apart)
    path.write_text("".join(lines), "utf-8")


def place_of(lines: list[str], place: str | None) -> int:
    """The number of the line before which the block is put."""
    if place == "at the end":
        return len(lines)
    assert place is not None
    if place.startswith("at the end of "):
        first = next(n for n, line in enumerate(lines) if line.startswith(place.removeprefix("at the end of ")))
        return next(n for n in range(first, len(lines)) if lines[n].startswith("}"))
    return next(n for n, line in enumerate(lines) if line.strip().startswith(place.removeprefix("before ")))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with the rule of the guide in it, and its compiled rows."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("allokering", "docs", "models", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "broken"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for verb, path, place, text in BLOCKS:
        written(verb, copy / path, place, text)
    ran = run(copy / "tests", "-m", "rules.golden_rows")
    assert ran.returncode == 0, ran.stderr
    return copy


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in the copy, which sees the copy's package and not this one."""
    paths = [path for path in sys.path if path and not Path(path).resolve().is_relative_to(ROOT / "tests")]
    own = folder if (folder / "allokering").is_dir() else folder.parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(own), *paths])}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_guide_names_every_file_that_changes() -> None:
    """Its table and its blocks are of the same files."""
    table = GUIDE.split("## 1.")[0]
    named = set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))

    assert {path.replace(KIND, "<kind>") for _, path, _, _ in BLOCKS} == named
    assert len(named) == 7


def test_every_key_of_a_case_is_in_the_guide() -> None:
    """Whoever writes a case need not read the tests' code."""
    keys: set[str] = set()
    for path in (ROOT / "tests" / "rules" / "cases").glob("*.toml"):
        content = tomllib.loads(path.read_text("utf-8"))
        for situation in (*content["case"], *content.get("like", {}).values(), content.get("golden", {})):
            keys |= situation.keys()

    assert {"name", "stage", "paths", "like", "lists_paths"} <= keys
    assert {
        key for key in keys if f"`{key}`" not in GUIDE and f"`{key}.<" not in GUIDE and f"`{key} =" not in GUIDE
    } == set()


@pytest.mark.slow
def test_the_rule_of_the_guide_passes_the_tests_of_rules(checkout: Path) -> None:
    """Cases, registry, independence, golden rows, feasible if and only if silent, out of force, language."""
    tests = ["tests/rules", "tests/test_language.py", "tests/engine/test_build.py::test_a_rule_out_of_force_is_silent"]
    ran = run(checkout, "-m", "pytest", "-p", "no:cacheprovider", *tests, "-k", "not random and not guide")

    assert ran.returncode == 0, ran.stdout[-3000:]
    assert (checkout / "tests" / "rules" / "golden" / f"{KIND}.txt").is_file()


@pytest.mark.slow
def test_the_rule_of_the_guide_is_typed_and_formatted(checkout: Path) -> None:
    """What is shown is what the project would take."""
    changed = [path for _, path, _, _ in BLOCKS if path.endswith(".py")]
    for arguments in (("ruff", "check"), ("ruff", "format", "--check")):
        ran = run(checkout, "-m", *arguments, *sorted(set(changed)))
        assert ran.returncode == 0, ran.stdout


def test_the_copy_has_a_rule_that_the_checkout_has_not(checkout: Path) -> None:
    """So that the tests above can fail."""
    asked = f"from allokering.rules.registry import RULES; print('{KIND}' in RULES)"

    assert run(checkout, "-c", asked).stdout.strip() == "True"
    assert not (ROOT / "allokering" / "rules" / f"{KIND}.py").exists()
