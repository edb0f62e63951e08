"""The verifier shares nothing with what it verifies."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from allokering.kinds import RULE_KINDS, TERM_KINDS
from allokering.terms.registry import TERMS

PACKAGE = Path(__file__).parents[2] / "allokering"
DATA = {
    f"allokering.{name}" for name in ("instance", "kinds", "language", "model", "plan", "tables", "violation", "errors")
}
"""What both sides may know: data, parameters and texts."""
VERIFIER = {
    *(f"allokering.evidence.{name}" for name in ("written_plan", "recount")),
    *(f"allokering.verifier.{name}" for name in ("structure", "columns", "score", "stage_score")),
}
"""What reads a written plan, and the verifier's own modules: nothing that makes plans may use them."""
REGISTRIES = {"allokering.rules.registry", "allokering.terms.registry"}


def _imports(tree: ast.Module) -> dict[str, str]:
    """Names imported from this package at the top of a module, and where from."""
    return {
        alias.asname or alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("allokering")
        for alias in node.names
    }


def _reached(tree: ast.Module, root: str) -> set[str]:
    """Names that a function of a module uses, itself or through the module's other functions and classes."""
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    waiting, reached = {root} & defined.keys(), set[str]()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        used = {node.id for node in ast.walk(defined[name]) if isinstance(node, ast.Name)}
        waiting |= (used & defined.keys()) - reached
        reached |= used
    return reached & (defined.keys() | _imports(tree).keys())


def rule_file(kind: str) -> str:
    """The file of a rule: `rules/<kind>.py`, or `rules/<kind>/rule.py` where the rule has a folder."""
    return f"rules/{kind}/rule.py" if (PACKAGE / "rules" / kind).is_dir() else f"rules/{kind}.py"


def _tree(path: str) -> ast.Module:
    return ast.parse((PACKAGE / path).read_text("utf-8"))


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_a_check_uses_data_and_evidence_only(kind: str) -> None:
    """Everything that `check` reaches comes from the data contract or from the verifier."""
    tree = _tree(rule_file(kind))
    sources = {_imports(tree)[name] for name in _reached(tree, "check") if name in _imports(tree)}

    assert "allokering.violation" in sources
    assert sources <= DATA | VERIFIER


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_check_and_enforce_share_no_code(kind: str) -> None:
    """Beside data they have nothing in common, and `enforce` uses nothing of the verifier's."""
    tree = _tree(rule_file(kind))
    check, enforce = _reached(tree, "check"), _reached(tree, "enforce")
    imports = _imports(tree)

    assert {name for name in check & enforce if imports.get(name) not in DATA} == set()
    assert {imports[name] for name in enforce if name in imports} & VERIFIER == set()


@pytest.mark.parametrize("kind", TERM_KINDS)
def test_a_recount_uses_data_and_evidence_only(kind: str) -> None:
    """Everything that a term's `recount` reaches comes from the data contract or from the written plan."""
    tree = _tree(f"terms/{kind}.py")
    sources = {_imports(tree)[name] for name in _reached(tree, "recount") if name in _imports(tree)}

    assert "allokering.evidence.written_plan" in sources
    assert sources <= DATA | VERIFIER


@pytest.mark.parametrize("kind", TERM_KINDS)
def test_price_and_recount_share_no_code(kind: str) -> None:
    """Beside data they have nothing in common, and what prices uses nothing of the verifier's."""
    tree = _tree(f"terms/{kind}.py")
    imports, recount = _imports(tree), _reached(tree, "recount")
    price = _reached(tree, "price") | _reached(tree, "price_of_relief")

    assert "price" in price
    assert {name for name in price & recount if imports.get(name) not in DATA} == set()
    assert {imports[name] for name in price if name in imports} & VERIFIER == set()


@pytest.mark.parametrize("kind", TERM_KINDS)
def test_a_term_is_one_file_with_a_name_for_readers(kind: str) -> None:
    """Registered under its kind; one that `build` does not ask for its price names the rule that does."""
    term = TERMS[kind]

    assert term.__name__ == f"allokering.terms.{kind}"
    assert term.NAME
    if hasattr(term, "PRICED_BY"):
        text = (PACKAGE / f"{term.PRICED_BY.replace('.', '/')}.py").read_text("utf-8")
        assert f"from {term.__name__} import price" in text


@pytest.mark.parametrize(
    "module",
    [
        "evidence/written_plan",
        "evidence/recount",
        "verifier/structure",
        "verifier/columns",
        "verifier/score",
        "verifier/verify",
    ],
)
def test_the_verifier_imports_nothing_that_makes_plans(module: str) -> None:
    """Its modules know the data contract, each other, and no solver."""
    tree = _tree(f"{module}.py")
    sources = set(_imports(tree).values())
    foreign = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert sources <= DATA | VERIFIER | REGISTRIES
    assert foreign <= {"__future__", "allokering", "collections", "dataclasses", "datetime", "math"}
