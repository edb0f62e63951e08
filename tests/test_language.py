"""Whoever reads Norwegian reads Norwegian everywhere."""

from __future__ import annotations

import ast
import pickle
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from allokering.files.table_columns import columns
from allokering.instance import Settings, TravelFallback
from allokering.language import Text, say, speak
from allokering.model import load_model
from allokering.plan import PLAN_TABLES
from allokering.tables import TABLES
from allokering.workbook.template import meaning

PACKAGE = Path(__file__).parent.parent / "allokering"
SPOKEN_FROM_A_NAME = {"stage_tier": (0, 1), "add_column": (0,), "Scalarisation": (0,), "Tier": (0,)}
"""Functions whose arguments, by place, are said later."""


@pytest.fixture
def catalogue() -> dict[str, str]:
    with (PACKAGE / "messages" / "nb.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def said() -> set[str]:
    """Every text that the code says, and the names that it says later: tiers, units, headings and statuses."""
    texts = {"optimal", "feasible"}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            for place in (0,) if name == "say" else SPOKEN_FROM_A_NAME.get(name, ()):
                if len(node.args) > place and isinstance(node.args[place], ast.Constant):
                    texts.add(node.args[place].value)
        texts |= names_of_terms(path)
        if path.name == "terminal.py":
            texts |= headings(path)
    for tier in load_model("alis").tiers:
        texts |= {tier.id, tier.unit or "points"}
    return texts | told_of_tables()


def names_of_terms(path: Path) -> set[str]:
    """What readers call a term of the objective: its file says so, and the report says it."""
    if path.parent.name != "terms":
        return set()
    constants = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Assign)]
    return {
        str(node.value.value)
        for node in constants
        if isinstance(node.value, ast.Constant) and [ast.unparse(target) for target in node.targets] == ["NAME"]
    }


def told_of_tables() -> set[str]:
    """What the definitions say of tables and columns, which a workbook tells in its own language."""
    records = (*TABLES.values(), *PLAN_TABLES.values(), Settings, TravelFallback)
    described = [column for record in records for column in columns(record)]
    return {
        *(meaning(row_type) for row_type in TABLES.values()),
        *(column.description for column in described if column.description),
        *(column.unit for column in described if column.unit is not None),
    }


def headings(path: Path) -> set[str]:
    """Table headings: the texts that a loop over a tuple of texts says."""
    loops = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.For)]
    return {
        text.value
        for loop in loops
        if isinstance(loop.iter, ast.Tuple)
        for text in ast.walk(loop.iter)
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value[0].isupper()
    }


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_is_translated(catalogue: dict[str, str]) -> None:
    """The catalogue has every text that the code says, with the same names to fill in."""
    texts = said()

    assert len(texts) > 150
    assert sorted(text for text in texts if not catalogue.get(text)) == []
    assert [text for text in texts if fields_of(text) != fields_of(catalogue[text])] == []


def test_the_catalogue_has_nothing_that_nobody_says(catalogue: dict[str, str]) -> None:
    """A text that is no longer in the code is no longer in the catalogue."""
    assert sorted(set(catalogue) - said()) == []


def test_what_was_said_can_be_said_in_another_language() -> None:
    """What it names too, and after a journey to another process."""
    text = say("gap {gap}", gap=say("none"))
    assert isinstance(text, Text)
    sent = pickle.loads(pickle.dumps(text))  # noqa: S301 - our own

    assert (text, sent) == ("gap none", "gap none")
    assert sent.in_language("nb") == "gap ingen"
    assert sent.in_language("en") == "gap none"


def test_a_text_is_said_in_the_language_in_use() -> None:
    """Bokmål when asked for, English otherwise."""
    speak("nb")
    norwegian = say("Municipality")
    speak("en")

    assert (norwegian, say("Municipality")) == ("Kommune", "Municipality")
