"""The cases, golden scenes and entries of the rules' files, and the tiny model that the entries make.

A rule has one file, `rules/cases/<kind>.toml`: its entry in the tiny model (`[[rule]]`), its golden scene (`[golden]`,
see `rules/golden_rows.py`), situations that cases may be `like`, and cases (`[[case]]`, see `tiny`).
"""

from __future__ import annotations

import atexit
import datetime as dt
import json
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from allokering.kinds import RULE_KINDS
from allokering.model import Model, load_model

HERE = Path(__file__).parent
CASES = HERE / "rules" / "cases"


def read_cases(kind: str) -> list[dict[str, Any]]:
    """The cases of a kind of rule, each on top of the situation of its file that it is `like`."""
    content = _read(kind)
    return [_on_top_of(content.get("like", {}).get(case.get("like"), {}), case) for case in content["case"]]


def read_scene(kind: str) -> dict[str, Any] | None:
    """The golden scene of a kind of rule; None if the rule says nothing of the placement."""
    return _read(kind).get("golden")


@cache
def _read(kind: str) -> dict[str, Any]:
    return tomllib.loads((CASES / f"{kind}.toml").read_text("utf-8"))


def tiny_model(overrides: Mapping[str, str] | None = None) -> Model:
    """The model of round numbers: every rule as its case file has it, the rest from `tiny_model.toml`."""
    return load_model(str(_model_file()), overrides)


@cache
def _model_file() -> Path:
    """The model in one file, as `load_model` reads one."""
    entries = [entry for kind in RULE_KINDS for entry in _read(kind)["rule"]]
    rules = "".join(
        "\n[[rule]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in entry.items()) for entry in entries
    )
    folder = Path(tempfile.mkdtemp(prefix="allokering-tiny-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tiny_model.toml").write_text((HERE / "tiny_model.toml").read_text("utf-8") + rules, "utf-8")
    return folder / "tiny_model.toml"


def _toml(value: Any) -> str:
    """A parameter as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(value)


def read_plan(name: str) -> dict[str, Any]:
    """A case with a name of its own, from `plans/`."""
    return tomllib.loads((HERE / "plans" / f"{name}.toml").read_text("utf-8"))


def _on_top_of(likeness: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    tables = (*likeness.get("instance", {}), *case.get("instance", {}))
    rows = {
        table: [*likeness.get("instance", {}).get(table, []), *case.get("instance", {}).get(table, [])]
        for table in tables
    }
    return {**likeness, **case, "instance": rows}
