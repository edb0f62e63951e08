"""Plan the training of general practitioners: who goes where, when, supervised by whom, and how long every list is.

    import allokering as al

    result = al.solve("narvik-2022")
    result.plan.tables["placements"]

The names below are the library; each is imported when it is first used, so that to import the package costs next to
nothing. They are stable, as are the data contract (tables, `plan.json`, models) and the command line: what they mean
changes only with a new major version, from 1.0 on. Every other module is private and may change at any time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from allokering.public_names import NAMES

if TYPE_CHECKING:
    from allokering.comparison import PlanDiff, compare
    from allokering.engine.answers import Answer, Base, FirstAnswer
    from allokering.engine.change import Change
    from allokering.engine.change_file import read_change, write_change
    from allokering.engine.difference import difference
    from allokering.engine.history import Chart, History
    from allokering.engine.job import Job, SolveOptions
    from allokering.engine.run import Result, run
    from allokering.events import Event
    from allokering.files.instance_tables import instance_from_tables
    from allokering.files.plan_files import read_plan, write_plan
    from allokering.files.reading import list_instances, read_instance
    from allokering.files.writing import write_instance
    from allokering.instance import Instance
    from allokering.library import print_progress, solve
    from allokering.model import Model, list_models, load_model
    from allokering.plan import Plan
    from allokering.problem import Choice, ListedOptions, Options, Problem, Relief, Resource, Tier, Transfer
    from allokering.problem_check import faults_of_options
    from allokering.problem_pricing import PricedOptions
    from allokering.solvers.budget import Budget, Stop
    from allokering.solvers.by_key import ProblemAnswer, solve_problem
    from allokering.solvers.outcome import Status
    from allokering.verifier.verify import Verdict, verify

__all__ = [
    "Answer",
    "Base",
    "Budget",
    "Change",
    "Chart",
    "Choice",
    "Event",
    "FirstAnswer",
    "History",
    "Instance",
    "Job",
    "ListedOptions",
    "Model",
    "Options",
    "Plan",
    "PlanDiff",
    "PricedOptions",
    "Problem",
    "ProblemAnswer",
    "Relief",
    "Resource",
    "Result",
    "SolveOptions",
    "Status",
    "Stop",
    "Tier",
    "Transfer",
    "Verdict",
    "compare",
    "difference",
    "faults_of_options",
    "instance_from_tables",
    "list_instances",
    "list_models",
    "load_model",
    "print_progress",
    "read_change",
    "read_instance",
    "read_plan",
    "run",
    "solve",
    "solve_problem",
    "verify",
    "write_change",
    "write_instance",
    "write_plan",
]


def __getattr__(name: str) -> object:
    """A public name, imported now (PEP 562)."""
    if name not in NAMES:
        raise AttributeError(f"module 'allokering' has no attribute {name!r}")
    found: object = getattr(import_module(NAMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *NAMES})
