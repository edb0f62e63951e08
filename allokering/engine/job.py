"""A job: everything that a plan is made of, frozen and picklable, with a key that tells it from every other job."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version

from allokering.errors import UsageError
from allokering.files.validated import validated
from allokering.formulation.scope import Objective
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.plan import PLAN_TABLES, Plan, RecordedChange
from allokering.solvers.column_generation.parameters import DEFAULTS
from allokering.solvers.solve import Solver
from allokering.tables import Pin

VERSIONED = ("allokering", "highspy", "ortools", "pulp", "numpy", "scipy")
"""Packages whose versions can change a plan."""


@dataclass(frozen=True)
class SolveOptions:
    """How the job is to be done. Time is no option: it is the budget that `run` is given."""

    objective: Objective = "lexicographic"
    seed: int = 0
    workers: int = 1
    solver: Solver = "auto"
    list_solver: str = "cbc"


@dataclass(frozen=True)
class Job:
    """An instance, with its pins, under a model."""

    instance: Instance
    model: Model
    options: SolveOptions = field(default_factory=SolveOptions)
    start: Plan | None = None
    """An earlier plan to begin from."""
    pins: tuple[Pin, ...] = ()
    """Those of the instance's pins that its own tables lack: the plan records them."""
    changes: tuple[RecordedChange, ...] = ()
    """What was changed to have this instance and model: the plan records it."""

    def __post_init__(self) -> None:
        """The pins are the instance's too."""
        if not set(self.pins) <= set(self.instance.pins):
            raise ValueError("pins that the plan is to record, but that the instance does not hold")

    def validated(self) -> Job:
        """The same job, its instance as reading its files would give it; itself, where that has been read.

        Raises:
            InstanceFaulty: with every fault of an instance made or edited in code.
        """
        instance = validated(self.instance)
        return self if instance is self.instance else replace(self, instance=instance)

    @property
    def key(self) -> str:
        """Of all that may change the plan: sha256 of contents, options and versions.

        Left out is what may not: the number of workers (the same seed gives the same plan whatever the number of
        cores), names and titles, and the budget, which is no part of a job: a plan that the clock or a stop cut short
        says so, and is not what the key promises.
        """
        options = self.options
        content = {
            "instance": self.instance.sha256,
            "model": self.model.sha256,
            "objective": options.objective,
            "seed": options.seed,
            "solver": options.solver,
            "list_solver": options.list_solver,
            "start": None if self.start is None else _sha256_of(self.start),
            "versions": versions(),
            "parameters": DEFAULTS.key,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@cache
def _installed() -> tuple[tuple[str, str], ...]:
    return ("python", platform.python_version()), *((name, version(name)) for name in VERSIONED)


def versions() -> dict[str, str]:
    """What is installed here, of what can change a plan."""
    return dict(_installed())


def _sha256_of(plan: Plan) -> str:
    """Of its tables: a search that begins from a plan reads nothing else of it."""
    digest = hashlib.sha256()
    for table in PLAN_TABLES:
        rows = sorted(row.model_dump_json() for row in getattr(plan, table))
        digest.update(json.dumps([table, rows]).encode())
    return digest.hexdigest()


def parse_overrides(texts: Iterable[str]) -> dict[str, str]:
    """`id.param=value`, any number of times.

    Raises:
        UsageError: a text is not of that form, or speaks of the same number as another.
    """
    overrides: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or "." not in key:
            raise UsageError(say('--set "{text}": expected id.param=value, such as notice.notice_months=6', text=text))
        if key in overrides:
            raise UsageError(say('--set "{key}" is given twice', key=key))
        overrides[key] = value.strip()
    return overrides
