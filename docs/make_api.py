"""Make docs/api.md from the signatures and docstrings of the public names: python docs/make_api.py"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from pathlib import Path

import allokering
from allokering.public_names import CORE, PLANNING

PAGE = Path(__file__).parent / "api.md"
HEAD = """\
<!-- Made by docs/make_api.py from signatures and docstrings: change those, and run it. -->

# The library

{intro}

An example that the tests run: [a notebook](notebook.md). Whatever a call cannot do is an exception of
`allokering.errors`, all of them `AllokeringError`, with the message that the command line would print. The library
prints nothing, reads no settings, and uses one process; `Budget` and `Stop` end a solve from another thread.

- [Instances, models and plans](#instances-models-and-plans)
- [Problems of whatever domain](#problems-of-whatever-domain)
"""


def page() -> str:
    """The page as it should be."""
    intro = inspect.cleandoc(allokering.__doc__ or "")
    parts = [HEAD.format(intro=_fenced(intro))]
    for title, names in (("Instances, models and plans", PLANNING), ("Problems of whatever domain", CORE)):
        parts.append(f"\n## {title}\n")
        parts += ["\n".join(_told(name, getattr(allokering, name))) for name in names]
    return "\n".join(parts).rstrip() + "\n"


def _fenced(text: str) -> str:
    """Indented lines as a block of Python."""
    parts = text.split("\n\n")
    is_code = [part.startswith("    ") for part in parts]
    told = []
    for number, part in enumerate(parts):
        begins = is_code[number] and not (number and is_code[number - 1])
        ends = is_code[number] and not (number + 1 < len(parts) and is_code[number + 1])
        told.append(f"{'```python' if begins else ''}\n{textwrap.dedent(part)}\n{'```' if ends else ''}".strip("\n"))
    return "\n\n".join(told)


def _told(name: str, found: object) -> Iterator[str]:
    """A name, what it is, and of a class what it has."""
    if not (inspect.isclass(found) or inspect.isfunction(found)):
        yield f"### {name}\n\n`{_plain(str(found))}`: what an observer is told.\n"
        return
    yield f"### {name}\n\n```python\n{_signature(name, found)}\n```\n"
    yield _docstring(inspect.getdoc(found) or "")
    if inspect.isclass(found):
        members = list(_members(found))
        if members:
            yield "| | |\n|---|---|"
            yield from (f"| `{told}` | {' '.join(doc.split())} |" for told, doc in members)
            yield ""


def _signature(name: str, found: object) -> str:
    if inspect.isclass(found) and issubclass(found, Enum):
        return " | ".join(f"{name}.{member.name}" for member in found)
    try:
        signature = inspect.signature(found)  # type: ignore[arg-type]
    except ValueError:
        return f"class {name}"
    kept = [one for one in signature.parameters.values() if not one.name.startswith("_")]
    told = _plain(f"{name}{signature.replace(parameters=kept)}")
    if len(told) <= 100:
        return told
    inside, separator, after = told.partition("(")[2].rpartition(")")
    return f"{name}(\n    {_parted(inside)},\n{separator}{after}"


def _parted(inside: str) -> str:
    """Arguments a line each: commas inside brackets part nothing."""
    depth, parts = 0, [""]
    for letter in inside:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return ",\n    ".join(part.strip() for part in parts)


def _plain(told: str) -> str:
    """Without addresses, modules, and the quotes of annotations that are text."""
    told = re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", told).replace("<factory>", "...")
    return re.sub(r"(?:[a-z_]\w*\.)+(?=[A-Z])", "", told).replace("'", "")


def _docstring(text: str) -> str:
    """A docstring as Markdown: what follows Args and Raises is a list."""
    lines, is_list = [], False
    for line in text.splitlines():
        if line in ("Args:", "Raises:"):
            lines += [f"*{line[:-1]}*", ""]
            is_list = True
        elif is_list and re.match(r" {4}\w", line):
            name, colon, rest = line.strip().partition(":")
            lines.append(f"- `{name}`{colon}{rest}" if colon else f"- {line.strip()}")
        elif is_list and line.startswith(" "):
            lines.append(f"  {line.strip()}")
        else:
            is_list = is_list and not line
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def _members(found: type) -> Iterator[tuple[str, str]]:
    """Fields with a docstring of their own, then properties and methods, those that come from a base class too."""
    own = [base for base in found.__mro__ if base.__module__.startswith("allokering")]
    seen: set[str] = set()
    for base in own:
        for name, doc in _fields(base):
            if name not in seen:
                seen.add(name)
                yield name, doc
    for base in own:
        for name, member in vars(base).items():
            if name.startswith("_") or name in seen or isinstance(member, type):
                continue
            inner = getattr(member, "__func__", member)
            told = name
            if isinstance(member, property | cached_property):
                inner = member.fget if isinstance(member, property) else member.func
            elif inspect.isfunction(inner):
                signature = inspect.signature(inner)
                kept = [one for one in signature.parameters.values() if one.name not in ("self", "cls")]
                told = _plain(f"{name}{signature.replace(parameters=kept)}")
            else:
                continue
            seen.add(name)
            doc = inspect.getdoc(inner) or _inherited(found, name)
            if doc:
                yield told.replace("|", "\\|"), doc.split("\n\n")[0].replace("|", "\\|")


def _inherited(found: type, name: str) -> str:
    return next((doc for base in found.__mro__ if (doc := inspect.getdoc(vars(base).get(name)))), "")


def _fields(base: type) -> Iterator[tuple[str, str]]:
    """Annotated names with the docstring under each."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - it is the source of a class
    for line, after in zip(tree.body, tree.body[1:], strict=False):
        is_told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and is_told:
            assert isinstance(after, ast.Expr)  # noqa: S101 - as was just seen
            assert isinstance(after.value, ast.Constant)  # noqa: S101
            yield f"{line.target.id}: {ast.unparse(line.annotation)}".replace("|", "\\|"), str(after.value.value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
