"""Kinds, modules, cases, documents and built-in models tell one story, and every number in a model has a source."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import case_files
import pytest

from allokering.builtin import builtin_folder
from allokering.kinds import KINDS, RULE_KINDS, TERM_KINDS
from allokering.model import PARTS, SECTIONS, Model, list_models, load_model
from allokering.rules.registry import RULES

ROOT = Path(__file__).parents[2]
MODELS = builtin_folder("models")
FILES = sorted(MODELS.rglob("*.toml"))
FOLDERS = {"rule": "rulesets", "tier": "objectives", "term": "objectives", "measure": "policies"}
"""Where entries stand; programmes have a folder of their own."""
EXTRA = "extra"
"""The rules that only models of one's own use."""
HEADS = sorted(MODELS.glob("*.toml"))
ENTRIES = [
    (path.relative_to(MODELS).as_posix(), section, entry)
    for path in FILES
    for section in SECTIONS
    for entry in tomllib.loads(path.read_text("utf-8")).get(section, [])
]
BY_NAME = [f"{path}: {entry['id']}" for path, _, entry in ENTRIES]


@pytest.fixture(scope="module")
def choosing(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of one's own, of the rules of `alis` and those to choose."""
    head = (MODELS / "alis.toml").read_text("utf-8").replace('"alis"\n', f'["alis", "{EXTRA}"]\n', 1)
    path = tmp_path_factory.mktemp("models") / "choosing.toml"
    path.write_text(head, "utf-8")
    return load_model(str(path))


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_a_rule_has_one_name_everywhere(kind: str) -> None:
    """Module, registry, case file and document."""
    assert RULES[kind].__name__.removesuffix(".rule") == f"allokering.rules.{kind}"
    assert (case_files.CASES / f"{kind}.toml").is_file()
    assert f"`{kind}`" in (ROOT / "docs" / "model.md").read_text("utf-8")


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_a_rule_says_what_it_speaks_of_and_where_it_is_enforced(kind: str) -> None:
    """Of one trainee's paths, of what is shared, or of what a later stage decides.

    It has an `enforce` of its own, or names the module that holds it, which says so.
    """
    rule = RULES[kind]
    enforced_by = getattr(rule, "ENFORCED_BY", None)

    assert set(rule.SCOPE) <= {"path", "resource", "stage"}
    assert rule.SCOPE
    assert hasattr(rule, "enforce") is (enforced_by is None)
    if enforced_by is not None:
        text = (ROOT / "allokering" / f"{enforced_by.replace('.', '/')}.py").read_text("utf-8")
        assert re.search(rf"\brule {kind}\b", text)


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if hasattr(rule, "enforce")])
def test_a_rule_narrows_paths_by_the_scope_alone(kind: str) -> None:
    """So that what it removes has its name; a rule of another scope removes nothing."""
    text = Path(str(RULES[kind].__file__)).read_text("utf-8")

    assert not re.search(r"\.by_\w+(\[.*\])? *[&|^]?= ", text)
    assert ("scope.keep(" in text) is ("path" in RULES[kind].SCOPE)


@pytest.mark.parametrize("path", sorted((ROOT / "allokering" / "rules").glob("[!_]*")), ids=lambda path: path.stem)
def test_a_module_among_the_rules_is_a_rule(path: Path) -> None:
    """Or the list of them."""
    assert path.stem in {*RULE_KINDS, "registry"}


@pytest.mark.parametrize("kind", TERM_KINDS)
def test_a_term_is_in_the_document(kind: str) -> None:
    """With its price."""
    assert f"`{kind}`" in (ROOT / "docs" / "model.md").read_text("utf-8")


@pytest.mark.parametrize("kind", [kind for section in KINDS.values() for kind in section])
def test_every_kind_is_in_a_built_in_model(kind: str, choosing: Model) -> None:
    """A kind that no model uses is dead; a rule may be one that only models of one's own use."""
    used = {entry.kind for name in list_models() for entry in load_model(name).entries}

    assert kind in used | {rule.kind for rule in choosing.rules}


def test_a_model_may_take_the_rules_that_no_built_in_model_uses(choosing: Model) -> None:
    """They come after those of `alis`, each typed."""
    rules = load_model("alis").rules

    assert choosing.rules[: len(rules)] == rules
    assert [type(rule.typed) for rule in choosing.rules] == [RULE_KINDS[rule.kind] for rule in choosing.rules]


@pytest.mark.parametrize("head", HEADS, ids=lambda path: path.stem)
def test_every_built_in_model_loads(head: Path) -> None:
    """By name and by path alike, with every rule's parameters typed."""
    by_name, by_path = load_model(head.stem), load_model(str(head))

    assert by_name == by_path
    assert head.stem in list_models()
    assert [type(entry.typed) for entry in by_name.entries] == [
        KINDS[entry.section][entry.kind] for entry in by_name.entries
    ]


def test_every_file_of_models_belongs_to_a_built_in_model() -> None:
    """A part that no model names is never read, but for the rules to choose."""
    named = {MODELS / FOLDERS["rule"] / f"{EXTRA}.toml"}
    for head in HEADS:
        content = tomllib.loads(head.read_text("utf-8"))
        for key, folder in PARTS.items():
            parts = content.get(key, [])
            named |= {MODELS / folder / f"{part}.toml" for part in ([parts] if isinstance(parts, str) else parts)}

    assert named == set(FILES) - set(HEADS)


@pytest.mark.parametrize(("path", "section", "entry"), ENTRIES, ids=BY_NAME)
def test_an_entry_has_a_source(path: str, section: str, entry: dict[str, Any]) -> None:
    """For all of its numbers together, and some for a single one; each of those is a number that there is."""
    assert Path(path).parent.name == FOLDERS.get(section, "programmes")
    assert len(entry["source"].strip()) >= len("assumption")
    assert set(entry.get("sources", {})) <= set(entry.get("params", {}))
    assert all(source.strip() for source in entry.get("sources", {}).values())


@pytest.mark.parametrize(("path", "section", "entry"), ENTRIES, ids=BY_NAME)
def test_an_assumption_is_marked_as_one(path: str, section: str, entry: dict[str, Any]) -> None:  # noqa: ARG001
    """A source that speaks of an assumption begins with the word."""
    for source in (entry["source"], *entry.get("sources", {}).values()):
        is_marked = re.match(r"assumption($|: )", source) is not None
        assert is_marked is ("assum" in source.lower())


@pytest.mark.parametrize("head", HEADS, ids=lambda path: path.stem)
def test_a_model_begins_with_what_it_is(head: Path) -> None:
    """A title for lists, and a comment for who opens the file."""
    text = head.read_text("utf-8")

    assert text.startswith("# ")
    assert tomllib.loads(text)["title"]
