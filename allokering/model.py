"""A model: rules, objective, policy and programmes, read from `models/*.toml`.

Every entry has an id, a kind, a source and parameters; every number can be overridden with `--set id.param=value`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from typing_extensions import override

from allokering.builtin import builtin_folder
from allokering.errors import Fault, ModelFaulty
from allokering.kinds import KINDS, Params, Programme
from allokering.language import say

PARTS = {"ruleset": "rulesets", "objective": "objectives", "policy": "policies", "programmes": "programmes"}
"""Keys of a model that name its parts, and the folder of `models/` in which each is looked up."""
DATELESS = ("tier", "term", "programme")
"""Sections whose entries always hold."""
NEEDED = ("training_time", "position_places", "coverage")
"""Kinds of rules without which a plan cannot be made or written."""

SECTIONS = ("rule", "tier", "term", "measure", "programme")
"""Sections of entries."""


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

    def overlaps(self, other: Entry) -> bool:
        """Is there a day on which both are in force?"""
        first = max(self.from_date or dt.date.min, other.from_date or dt.date.min)
        return first <= min(self.until or dt.date.max, other.until or dt.date.max)

    @cached_property
    def typed(self) -> Params:
        """The parameters, validated and typed by the entry's kind."""
        return KINDS[self.section][self.kind].model_validate(self.params)

    @override
    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, whose parameters may be others and are validated anew."""
        copy = super().model_copy(update=update, deep=deep)
        vars(copy).pop("typed", None)
        return copy


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
    faults: list[Fault] = []
    path = _find_model(name_or_path)
    head = _read_toml(path, {"title", "without", *PARTS}, faults)
    contents = [head]
    for key, folder in PARTS.items():
        for part in _texts(path.name, key, head, faults):
            file = _find_part(part, path.parent / folder, builtin_folder("models") / folder)
            if file is None:
                faults.append(Fault(path.name, None, key, part, say("a file in {folder}", folder=f"models/{folder}")))
            else:
                contents.append(_read_toml(file, {"title"}, faults))
    entries = {
        section: [entry for content in contents for entry in _entries(path.name, section, content, faults)]
        for section in SECTIONS
    }
    _leave_out(path.name, entries, _texts(path.name, "without", head, faults), faults)
    _override(entries, overrides, "--set", faults)
    _validate(path.name, entries, faults)
    if faults:
        raise ModelFaulty(say("Faults in {name}: {count}", name=path, count=len(faults)), sorted(faults, key=str))
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


def with_overrides(model: Model, overrides: Mapping[str, str], told_in: str = "--set") -> Model:
    """The model with other parameters `{"entry.param": "value"}`, beside those it was given before.

    Args:
        model: as it is.
        overrides: texts, each read as a TOML value, or else as a string.
        told_in: where the overrides are given, for faults.

    Raises:
        ModelFaulty: with every fault of every override.
    """
    faults: list[Fault] = []
    groups = (model.rules, model.tiers, model.terms, model.measures, model.programmes)
    entries = {section: list(group) for section, group in zip(SECTIONS, groups, strict=True)}
    _override(entries, overrides, told_in, faults)
    _validate(model.name, entries, faults)
    if faults:
        raise ModelFaulty(say("Faults in {name}: {count}", name=told_in, count=len(faults)), sorted(faults, key=str))
    return Model(
        model.name,
        model.title,
        rules=tuple(entries["rule"]),
        tiers=tuple(entries["tier"]),
        terms=tuple(entries["term"]),
        measures=tuple(entries["measure"]),
        programmes=tuple(entries["programme"]),
        overrides=tuple(sorted((dict(model.overrides) | dict(overrides)).items())),
    )


def list_models() -> dict[str, str]:
    """The built-in models: title by name."""
    return {
        path.stem: str(tomllib.loads(path.read_text(encoding="utf-8"))["title"])
        for path in sorted(builtin_folder("models").glob("*.toml"))
    }


def _find_model(name: str) -> Path:
    """A model by path, or a built-in one by name; a bare name never means a file that happens to lie about."""
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        return path
    builtin = builtin_folder("models") / f"{name}.toml"
    if builtin.is_file() and "/" not in name:
        return builtin
    message = say("a path to a .toml file, or a name that `allokering list` shows")
    raise ModelFaulty(say("no such model: {name}", name=name), [Fault(name, None, None, None, message)])


def _find_part(name: str, *folders: Path) -> Path | None:
    """A part of a model beside it, or built in."""
    return next((file for folder in folders if (file := folder / f"{name}.toml").is_file()), None)


def _texts(file: str, key: str, head: dict[str, Any], faults: list[Fault]) -> list[str]:
    """The name, or the list of names, that a key of a model holds."""
    value = head.get(key, [])
    names = [value] if isinstance(value, str) else value
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return names
    faults.append(Fault(file, None, key, str(value)[:80], say("a name or a list of names")))
    return []


def _read_toml(path: Path, keys: set[str], faults: list[Fault]) -> dict[str, Any]:
    """The content of a file that may have these keys beside sections of entries."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(path.name, None, None, None, say("TOML; {error}", error=error)))
        return {}
    known = keys | set(SECTIONS)
    faults += [
        Fault(path.name, None, key, None, say("one of {names}", names=", ".join(sorted(known))))
        for key in content
        if key not in known
    ]
    return content


def _entries(file: str, section: str, content: dict[str, Any], faults: list[Fault]) -> list[Entry]:
    raw = content.get(section, [])
    if not isinstance(raw, list) or not all(isinstance(fields, dict) for fields in raw):
        faults.append(Fault(file, None, section, None, say("entries that begin with [[{section}]]", section=section)))
        return []
    entries = []
    for number, fields in enumerate(raw, start=1):
        try:
            entries.append(Entry.model_validate({**fields, "section": section}))
        except ValidationError as error:
            faults += _told(file, str(fields.get("id", f"{section} {number}")), error)
    return entries


def _told(file: str, place: str, error: ValidationError) -> list[Fault]:
    """Each fault that pydantic found, with its place; its own words are English."""
    return [
        Fault(file, None, ".".join(map(str, (place, *one["loc"]))), str(one["input"])[:80], one["msg"])
        for one in error.errors(include_url=False)
    ]


def _leave_out(file: str, entries: dict[str, list[Entry]], ids: list[str], faults: list[Fault]) -> None:
    """Drop entries of the parts that a model is made of, such as a relief that it does not grant."""
    known = {entry.id for group in entries.values() for entry in group}
    faults += [Fault(file, None, "without", name, say("the id of an entry")) for name in ids if name not in known]
    for group in entries.values():
        group[:] = [entry for entry in group if entry.id not in ids]


def _override(entries: dict[str, list[Entry]], overrides: Mapping[str, str], told_in: str, faults: list[Fault]) -> None:
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
                    told_in,
                    None,
                    key,
                    text,
                    say("a parameter of a rule, tier, term, measure or programme"),
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
        for entry in group:
            if entry.kind not in KINDS[section]:
                kinds = say("one of {names}", names=", ".join(KINDS[section]))
                faults.append(Fault(file, None, f"{entry.id}.kind", entry.kind, kinds))
                continue
            if section == "term" and entry.tier not in tiers:
                names = say("one of {names}", names=", ".join(sorted(tiers)))
                faults.append(Fault(file, None, f"{entry.id}.tier", entry.tier, names))
            if section == "tier" and not entry.unit:
                faults.append(Fault(file, None, f"{entry.id}.unit", None, say("the unit that the tier is counted in")))
            if section in DATELESS and (entry.from_date or entry.until):
                message = say("no dates: only rules and measures come into force and lapse")
                faults.append(Fault(file, None, entry.id, None, message))
            try:
                KINDS[section][entry.kind].model_validate(entry.params)
            except ValidationError as error:
                faults += _told(file, entry.id, error)
        faults += _twice(file, section, group)
    present = {rule.kind for rule in entries["rule"]}
    faults += [
        Fault(file, None, "rule", None, say("a rule of kind {kind}", kind=kind))
        for kind in NEEDED
        if kind not in present
    ]
    for section in ("tier", "programme"):
        if not entries[section]:
            faults.append(Fault(file, None, section, None, say("at least one")))


def _twice(file: str, section: str, group: list[Entry]) -> Iterator[Fault]:
    """No id twice; and of rules and terms, no two of one kind at the same time: each would be meant by whoever asks."""
    for number, entry in enumerate(group):
        for other in group[:number]:
            if entry.id == other.id:
                yield Fault(
                    file, None, entry.id, None, say("an id of its own; another {section} has it", section=section)
                )
            elif section in {"rule", "term"} and entry.kind == other.kind and entry.overlaps(other):
                message = say("one entry of kind {kind} at a time; {other} is another", kind=entry.kind, other=other.id)
                yield Fault(file, None, entry.id, None, message)
