"""A change of a situation, as data: what is otherwise than in a given instance and model, and nothing else.

A change is a set: its entries have no order, all speak of rows as they were, and none contradicts another. So a change
has one canonical form and one key, however it was written; and several changes, made one after the other, are several.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from allokering.engine.change_form import plain, read_parts
from allokering.engine.edits import Cell, Cells, Edit
from allokering.engine.row_edits import edited_rows
from allokering.errors import ChangeFaulty, Fault, InstanceFaulty
from allokering.files.settings_file import with_settings
from allokering.files.validated import validated
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model, with_overrides
from allokering.tables import TABLES, Pin

FORM = "allokering change 1"
"""What a key is of; another form has other keys."""
SHORT = 12
"""Letters of the key by which a change is known to people."""


@dataclass(frozen=True)
class Change:
    """Edits of rows, of the instance's settings and of the model, and pins. An empty one changes nothing.

    Changes are made by `change_of` from plain values, read from a file, found as the `difference` of two instances, or
    put together by the methods, each of which gives a larger change.
    """

    title: str | None = None
    """In words; not part of what the change is."""
    edits: tuple[Edit, ...] = ()
    settings: Cells = ()
    """By dotted key, such as `travel_fallback.km_per_hour`."""
    overrides: tuple[tuple[str, str], ...] = ()
    """Parameters of the model, as `--set` gives them."""
    pins: tuple[Pin, ...] = ()
    """Beside the instance's own; each replaces one that says the same for another time."""

    def __post_init__(self) -> None:
        """Put the entries in an order of their own, so that equal changes are equal."""
        object.__setattr__(self, "edits", tuple(sorted(self.edits, key=repr)))
        object.__setattr__(self, "pins", tuple(sorted(self.pins, key=repr)))

    def plain(self) -> dict[str, Any]:
        """The change in plain values, which JSON and TOML hold as they are; `change_of` reads them."""
        return plain(self.title, self.edits, dict(self.settings), dict(self.overrides), self.pins)

    @cached_property
    def key(self) -> str:
        """A hash of what the change says: the same for the same, in whatever order or form it was written."""
        said = {name: value for name, value in self.plain().items() if name != "title"}
        return hashlib.sha256(json.dumps([FORM, said], sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def is_empty(self) -> bool:
        """Does it change nothing?"""
        return not (self.edits or self.settings or self.overrides or self.pins)

    def apply(self, instance: Instance, model: Model) -> tuple[Instance, Model]:
        """The situation as changed.

        Raises:
            ChangeFaulty, InstanceFaulty: as `of_instance` does.
            ModelFaulty: as `of_model` does.
        """
        return self.of_instance(instance), self.of_model(model)

    def of_model(self, model: Model) -> Model:
        """The model as changed.

        Raises:
            ModelFaulty: with every fault of an override.
        """
        return with_overrides(model, dict(self.overrides), self.name) if self.overrides else model

    def of_instance(self, instance: Instance) -> Instance:
        """The instance as changed, validated as files are. Its provenance says which tables this change touched.

        Raises:
            ChangeFaulty: with everything that the change speaks of and is not there, or says twice.
            InstanceFaulty: with every fault that the instance would have.
        """
        faults: list[Fault] = []
        rows = edited_rows(instance, self.edits, self.name, faults)
        if faults:
            subject = say("The change {name} does not fit {instance}: {count}", name=self.name, instance=instance.name,
                          count=len(faults))  # fmt: skip
            raise ChangeFaulty(subject, faults)
        told = dict(self.settings)
        changed = Instance.of(instance.name, instance.settings, rows).with_pins(self.pins)
        changed = replace(changed, settings=with_settings(instance.settings, told | self._origins(instance, changed)))
        try:
            return validated(changed)
        except InstanceFaulty as found:
            subject = say("Faults in {instance} after the change {name}: {count}", name=self.name,
                          instance=instance.name, count=len(found.faults))  # fmt: skip
            raise InstanceFaulty(subject, found.faults) from None

    @property
    def name(self) -> str:
        """How people may speak of it: the title, or the first letters of the key."""
        return self.title or self.key[:SHORT]

    def set(self, table: str, key: object, **values: object) -> Change:
        """And these columns of the row with this key hold these values; `from` is given as `**{"from": ...}`."""
        return self._with({"set": [{"table": table, "key": key, "values": values}]})

    def add(self, table: str, **values: object) -> Change:
        """And there is such a row."""
        return self._with({"add": [{"table": table, "values": values}]})

    def remove(self, table: str, key: object, *, dependents: bool = False) -> Change:
        """And the row with this key is gone; with `dependents`, so are the rows that must name it."""
        return self._with({"remove": [{"table": table, "key": key, "dependents": dependents}]})

    def scale(self, table: str, column: str, permille: int, rounding: str = "nearest", **where: object) -> Change:
        """And a column is multiplied in all rows, or in those whose columns hold what is given."""
        found = {"where": where} if where else {}
        one = {"table": table, "column": column, "permille": permille, "rounding": rounding, **found}
        return self._with({"scale": [one]})

    def override(self, param: str, value: object) -> Change:
        """And a parameter of the model, `id.param`, has this value."""
        return self._with({"model": {param: value}})

    def pin(self, trainee_id: str, what: str, verb: str, value: object, until: object = None) -> Change:
        """And a planner has fixed this for a trainee."""
        one = {"trainee_id": trainee_id, "what": what, "verb": verb, "value": value, "until": until}
        return self._with({"pin": [one]})

    def _with(self, raw: Mapping[str, Any]) -> Change:
        more = change_of(raw)
        return Change(
            self.title,
            (*self.edits, *more.edits),
            tuple(sorted((dict(self.settings) | dict(more.settings)).items())),
            tuple(sorted((dict(self.overrides) | dict(more.overrides)).items())),
            (*self.pins, *more.pins),
        )

    def _origins(self, before: Instance, after: Instance) -> dict[str, Cell]:
        """For every table with other rows than before, where they come from; unless the change itself says so."""
        return {key: f"{origin}; {self._mark}" if origin else self._mark
                for table in _tables_changed(before, after)
                for key in [f"provenance.{table}"] if key not in dict(self.settings)
                for origin in [before.settings.provenance.get(table)]}  # fmt: skip

    @property
    def _mark(self) -> str:
        return f"change {self.key[:SHORT]}"


def change_of(raw: Mapping[str, Any], name: str = "change") -> Change:
    """The change that plain values say, such as those of `Change.plain` or of a file.

    Raises:
        ChangeFaulty: with everything that they say wrongly, each with its place.
    """
    parts = read_parts(raw, name)
    if parts.faults:
        raise ChangeFaulty(say("Faults in {name}: {count}", name=name, count=len(parts.faults)), parts.faults)
    return Change(
        parts.title,
        tuple(parts.edits),
        tuple(sorted(parts.settings.items())),
        tuple(sorted(parts.overrides.items())),
        tuple(parts.pins),
    )


def _tables_changed(before: Instance, after: Instance) -> Iterator[str]:
    yield from (table for table in TABLES if before.rows(table) != after.rows(table))
