"""Imports point one way, solvers are where they belong, and no file is too long to read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINES_MAX = 400
LEVELS = (
    # What everything rests on.
    "builtin, errors, language, notes, problem_options, public_names, tables, violation",
    "problem",
    "problem_check, problem_edits, problem_pricing, problem_quotas",
    "frames",
    "kinds, instance, plan, events",
    "model, comparison",
    # Files beside facts beside what is read of a written plan: none knows of the others.
    "files, workbook, refresh, generation, facts, evidence",
    "formulation",
    # A term prices what rules let pass, and recounts the written plan.
    "terms",
    # A rule speaks to the formulation, and reads the written plan; build and verifier then ask every rule.
    "rules",
    "verifier, solvers, stages",
    "engine",
    "library, report, terminal",
    "commands",
    "cli, __main__",
)
"""Modules and packages of `allokering`, lowest first; a module stands with the longest of its names."""
SOLVERS = {"ortools", "highspy", "pulp"}
NO_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager|base)(_|$)")

Imports = dict[str, set[str]]


def module_name(path: Path) -> str:
    """`allokering.rules.pins`; of a package, the name of the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for path in sorted((ROOT / "allokering").rglob("*.py"))}
TEXTS = sorted(path for folder in ("allokering", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it; `from package import module` is the module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            for alias in node.names:
                part = f"{node.module}.{alias.name}"
                yield part if part in SOURCES else node.module


IMPORTS: Imports = {module: set(imported(path)) for module, path in SOURCES.items()}


def level(module: str) -> int:
    """The level of a module: that of the longest name in `LEVELS` that it begins with."""
    names = {name: number for number, names in enumerate(LEVELS) for name in names.split(", ")}
    short = module.removeprefix("allokering.")
    found = [name for name in names if short == name or short.startswith(f"{name}.")]
    assert found, f"{module} has no level: say in LEVELS what it may build on"
    return names[max(found, key=len)]


@pytest.mark.parametrize("module", sorted(set(SOURCES) - {"allokering"}))
def test_imports_point_downwards(module: str) -> None:
    """Or to the same level, and then inside the package or to a package that does not point back."""
    own = [name for name in IMPORTS[module] if name.startswith("allokering.")]

    assert [name for name in own if level(name) > level(module)] == []


def test_no_modules_import_each_other() -> None:
    """Not in a round, however long: there is an order in which each comes after all that it builds on."""
    order = list(TopologicalSorter({module: IMPORTS[module] & set(SOURCES) for module in SOURCES}).static_order())

    assert set(order) == set(SOURCES)


def test_every_name_of_a_level_exists() -> None:
    """A level that is moved or renamed is moved here too."""
    names = {f"allokering.{name}" for names in LEVELS for name in names.split(", ")} - {"allokering.__main__"}

    assert names - set(SOURCES) == set()


def test_the_problem_knows_nothing() -> None:
    """It is of any domain, and so is all that is made of it."""
    for module in ("problem", "problem_check", "problem_edits", "problem_options", "problem_pricing", "problem_quotas"):
        own = {name for name in IMPORTS[f"allokering.{module}"] if name.startswith("allokering")}

        assert own <= {f"allokering.{name}" for name in ("problem", "problem_options", "problem_quotas")}


@pytest.mark.parametrize("module", [module for module in SOURCES if module.startswith("allokering.solvers")])
def test_solvers_know_nothing_of_medicine(module: str) -> None:
    """They see actors, options, resources, reliefs, transfers and tiers."""
    own = {name for name in IMPORTS[module] if name.startswith("allokering")}

    assert {name for name in own if not re.match(r"allokering\.(problem|language|solvers\b)", name)} == set()


@pytest.mark.parametrize("module", SOURCES)
def test_a_solver_is_imported_in_solvers_and_stages_only(module: str) -> None:
    """So that a rule is a statement, and the verifier believes no solver."""
    is_allowed = re.match(r"allokering\.(solvers|stages)\b", module) is not None

    assert is_allowed or {name.split(".")[0] for name in IMPORTS[module]} & SOLVERS == set()


def runs_of(what: str) -> set[str]:
    """The modules that call something whose name ends so."""
    calls = {
        module: [
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call)
        ]
        for module, path in SOURCES.items()
    }
    return {module for module, names in calls.items() if any(name.endswith(what) for name in names)}


def test_each_solver_is_run_in_one_place() -> None:
    """So that a budget need be looked at there only."""
    assert runs_of("highs.run") == {"allokering.solvers.highs_api"}
    assert runs_of("CpSolver") == {"allokering.solvers.cp_sat_api"}


@pytest.mark.parametrize("module", SOURCES)
def test_click_is_for_the_command_line(module: str) -> None:
    """The engine raises plain exceptions and prints nothing."""
    is_allowed = re.match(r"allokering\.(cli|commands)\b", module) is not None

    assert is_allowed or "click" not in {name.split(".")[0] for name in IMPORTS[module]}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_can_be_read(path: Path) -> None:
    """It has at most 400 lines, its docstring says what it is for, and its names say what things are."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    named = {path.stem} | {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}

    assert len(text.splitlines()) <= LINES_MAX
    assert ast.get_docstring(tree)
    assert {name for name in named if NO_NAMES.search(name) and not name.startswith("_")} == set()


def test_tests_stand_where_what_they_test_stands() -> None:
    """A folder of tests is called as the package it tests; the oracle is tested by itself."""
    tests = ROOT / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")} - {Path("oracle")}
    packages = {folder for folder in folders if any((ROOT / place / folder).is_dir() for place in ("allokering", "."))}

    assert len(folders) > 10
    assert folders == packages
