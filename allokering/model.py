"""A model: rules, objective, policy and programmes, read from `models/*.toml`.

Every entry has an id, a kind, a source and parameters; every number can be overridden with `--set id.param=value`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from allokering.builtin import builtin_folder
from allokering.errors import Fault, ModelFaulty
from allokering.kinds import KINDS, Params, Programme

SECTIONS = {
    "rule": "rulesets",
    "tier": "objectives",
    "term": "objectives",
    "measure": "policies",
    "programme": "programmes",
}
"""Sections of entries, and the folder of `models/` in which files of them are looked up."""


class Entry(BaseModel):
    """One rule, tier, term, measure or programme. In force from `from` until `until`, both inclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    section: str
    id: str = Field(min_length=1)
    kind: str
    source: str = Field(min_length=1)
    title: str | None = None
    url: str | None = None
    unit: str | None = None
    tier: str | None = None
    from_date: dt.date | None = Field(None, alias="from")
    until: dt.date | None = None
    params: dict[str, Any] = {}
    sources: dict[str, str] = {}

    def in_force(self, date: dt.date) -> bool:
        """Does the entry hold on this day?"""
        return (self.from_date is None or self.from_date <= date) and (self.until is None or date <= self.until)

    @property
    def typed(self) -> Params:
        """The parameters, validated and typed by the entry's kind."""
        return KINDS[self.section][self.kind].model_validate(self.params)


@dataclass(frozen=True)
class Model:
    """What a plan must satisfy and what makes one better."""

    name: str
    title: str
    rules: tuple[Entry, ...]
    tiers: tuple[Entry, ...]
    terms: tuple[Entry, ...]
    measures: tuple[Entry, ...]
    programmes: tuple[Entry, ...]
    overrides: tuple[tuple[str, str], ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry of the model, in the order of the files."""
        return self.rules + self.tiers + self.terms + self.measures + self.programmes

    def rules_of(self, kind: str) -> tuple[Entry, ...]:
        """The rules of a kind."""
        return tuple(entry for entry in self.rules if entry.kind == kind)

    def term(self, kind: str) -> Entry | None:
        """The objective's term of a kind; None if the objective does not price it."""
        return next((entry for entry in self.terms if entry.kind == kind), None)

    def measure(self, kind: str, date: dt.date) -> Entry | None:
        """The policy's measure of a kind in force on a day: the one that came into force last."""
        held = [entry for entry in self.measures if entry.kind == kind and entry.in_force(date)]
        return max(held, key=lambda entry: entry.from_date or dt.date.min, default=None)

    def programme(self, programme_id: str) -> Entry:
        """The programme with this id.

        Raises:
            KeyError: the model has no such programme.
        """
        return {entry.id: entry for entry in self.programmes}[programme_id]

    def programme_params(self, programme_id: str) -> Programme:
        """What a programme demands.

        Raises:
            KeyError: the model has no such programme.
        """
        params = self.programme(programme_id).typed
        assert isinstance(params, Programme)  # noqa: S101 - the section has one kind
        return params

    @property
    def sha256(self) -> str:
        """Hash of every entry without its prose; an overridden number changes it."""
        digest = hashlib.sha256()
        for entry in self.entries:
            digest.update(entry.model_dump_json(exclude={"source", "title", "url", "sources"}).encode())
        return digest.hexdigest()


def load_model(name_or_path: str, overrides: Mapping[str, str] | None = None) -> Model:
    """Read a built-in model by name, or a TOML file by path, and apply overrides `{"entry.param": "value"}`.

    Raises:
        ModelFaulty: with every fault of every file and override.
    """
    overrides = dict(overrides or {})
    path = _find(name_or_path, builtin_folder("models"))
    faults: list[Fault] = []
    head = _read_toml(path, faults)
    sections: dict[str, list[dict[str, Any]]] = {section: list(head.get(section, [])) for section in SECTIONS}
    for key, folder in (
        ("ruleset", "rulesets"),
        ("objective", "objectives"),
        ("policy", "policies"),
        ("programmes", "programmes"),
    ):
        named = head.get(key, [])
        for part in [named] if isinstance(named, str) else named:
            content = _read_toml(_find(part, path.parent / folder, builtin_folder("models") / folder), faults)
            for section in SECTIONS:
                sections[section] += content.get(section, [])
    entries = {section: _entries(path.name, section, raw, faults) for section, raw in sections.items()}
    for key in set(head) - {"title", "ruleset", "objective", "policy", "programmes", "without", *SECTIONS}:
        faults.append(Fault(path.name, None, key, None, "unknown key of a model"))
    _leave_out(path.name, entries, head.get("without", []), faults)
    _override(entries, overrides, faults)
    _validate(path.name, entries, faults)
    if faults:
        raise ModelFaulty(str(path), sorted(faults, key=str))
    return Model(
        name=path.stem,
        title=str(head.get("title", path.stem)),
        rules=tuple(entries["rule"]),
        tiers=tuple(entries["tier"]),
        terms=tuple(entries["term"]),
        measures=tuple(entries["measure"]),
        programmes=tuple(entries["programme"]),
        overrides=tuple(sorted(overrides.items())),
    )


def list_models() -> dict[str, str]:
    """The built-in models: title by name."""
    return {
        path.stem: str(tomllib.loads(path.read_text(encoding="utf-8"))["title"])
        for path in sorted(builtin_folder("models").glob("*.toml"))
    }


def _find(name: str, *folders: Path) -> Path:
    """A file by path, or by name in one of the folders."""
    candidates = [Path(name), *(folder / f"{name}.toml" for folder in folders), *(folder / name for folder in folders)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise ModelFaulty(
        name, [Fault(name, None, None, None, "no such model: give a path, or a name that `allokering list` shows")]
    )


def _read_toml(path: Path, faults: list[Fault]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(path.name, None, None, None, f"not TOML: {error}"))
        return {}


def _entries(file: str, section: str, raw: list[dict[str, Any]], faults: list[Fault]) -> list[Entry]:
    entries = []
    for number, fields in enumerate(raw, start=1):
        try:
            entries.append(Entry.model_validate({**fields, "section": section}))
        except ValidationError as error:
            place = str(fields.get("id", f"{section} {number}"))
            faults += [
                Fault(file, None, f"{place}.{'.'.join(map(str, one['loc']))}", str(one["input"])[:80], one["msg"])
                for one in error.errors()
            ]
    return entries


def _leave_out(file: str, entries: dict[str, list[Entry]], ids: list[str], faults: list[Fault]) -> None:
    """Drop entries of the parts that a model is made of, such as a relief that it does not grant."""
    known = {entry.id for group in entries.values() for entry in group}
    faults += [Fault(file, None, "without", name, "no entry has this id") for name in ids if name not in known]
    for group in entries.values():
        group[:] = [entry for entry in group if entry.id not in ids]


def _override(entries: dict[str, list[Entry]], overrides: Mapping[str, str], faults: list[Fault]) -> None:
    """Replace single parameters; the text is read as a TOML value, or else as a string."""
    for key, text in overrides.items():
        entry_id, _, param = key.partition(".")
        # A tier and a term may share an id; the parameter's name tells which one is meant.
        places = [
            (group, index)
            for section, group in entries.items()
            for index, entry in enumerate(group)
            if entry.id == entry_id and param in getattr(KINDS[section].get(entry.kind), "model_fields", {})
        ]
        if not places:
            faults.append(
                Fault(
                    "--set",
                    None,
                    key,
                    text,
                    "no rule, tier, term, measure or programme with that id has such a parameter",
                )
            )
            continue
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        for group, index in places:
            changed = {**group[index].params, param: value}
            group[index] = group[index].model_copy(update={"params": changed})


def _validate(file: str, entries: dict[str, list[Entry]], faults: list[Fault]) -> None:
    tiers = {entry.id for entry in entries["tier"]}
    for section, group in entries.items():
        seen: set[str] = set()
        for entry in group:
            if entry.id in seen:
                faults.append(Fault(file, None, entry.id, None, f"two {section} entries have this id"))
            seen.add(entry.id)
            if entry.kind not in KINDS[section]:
                faults.append(Fault(file, None, f"{entry.id}.kind", entry.kind, f"one of {', '.join(KINDS[section])}"))
                continue
            if section == "term" and entry.tier not in tiers:
                faults.append(
                    Fault(
                        file,
                        None,
                        f"{entry.id}.tier",
                        entry.tier,
                        f"a tier of the objective: {', '.join(sorted(tiers))}",
                    )
                )
            try:
                KINDS[section][entry.kind].model_validate(entry.params)
            except ValidationError as error:
                faults += [
                    Fault(
                        file, None, f"{entry.id}.{'.'.join(map(str, one['loc']))}", str(one["input"])[:80], one["msg"]
                    )
                    for one in error.errors()
                ]
    for section in ("rule", "tier", "programme"):
        if not entries[section]:
            faults.append(Fault(file, None, section, None, f"a model needs at least one {section}"))
