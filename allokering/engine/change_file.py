"""A change as a file: TOML or JSON by its suffix, the same plain values in either."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allokering.engine.change import Change, change_of
from allokering.errors import ChangeFaulty, Fault, UsageError
from allokering.language import say

JSON = ".json"
TOML = ".toml"


def read_change(path: str | Path) -> Change:
    """The change in a TOML or JSON file.

    Raises:
        ChangeFaulty: with everything that the file says wrongly, each with its place.
        UsageError: nothing is there.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(say("there is no change at {path}", path=path))
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = json.loads(text) if path.suffix.casefold() == JSON else tomllib.loads(text)
    except UnicodeDecodeError:
        raise _unreadable(path, say("text in UTF-8")) from None
    except json.JSONDecodeError as error:
        raise _unreadable(path, say("JSON ({error})", error=error)) from None
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, say("TOML ({error})", error=error)) from None
    if not isinstance(raw, dict):
        raise _unreadable(path, say("keys and values"))
    return change_of(raw, path.name)


def write_change(change: Change, path: str | Path) -> None:
    """Write the change in canonical form, as JSON if `path` ends so, else as TOML."""
    path = Path(path)
    text = change_json(change) if path.suffix.casefold() == JSON else change_toml(change)
    path.write_text(text, encoding="utf-8", newline="\n")


def change_json(change: Change) -> str:
    """The canonical text of the change in JSON."""
    return json.dumps(change.plain(), ensure_ascii=False, indent=2) + "\n"


def change_toml(change: Change) -> str:
    """The canonical text of the change in TOML."""
    said, blocks = change.plain(), list[str]()
    if title := said.pop("title", None):
        blocks.append(f"title = {_value(title)}\n")
    for key, value in said.items():
        for section, one in (
            [(f"[[{key}]]", one) for one in value] if isinstance(value, list) else [(f"[{key}]", value)]
        ):
            lines = [f"{_key(name)} = {_value(cell)}\n" for name, cell in one.items()]
            blocks.append("".join([f"{section}\n", *lines]))
    return "\n".join(blocks)


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").isalnum() else _value(name)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inner: Mapping[str, Any] = value
        return "{ " + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in inner.items()) + " }"
    # JSON's text is TOML's too, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _unreadable(path: Path, expected: str) -> ChangeFaulty:
    return ChangeFaulty(
        say("Faults in {name}: {count}", name=path, count=1), [Fault(path.name, None, None, None, expected)]
    )
