"""A solved situation answers changes of it: exactly, with the optimum of a cold solve, and much sooner.

A `Base` is a job, its plan and what solving taught. A change makes another job of it, whose solve begins with the
base's plan, cuts and duals. Where the changed problem only restricts the base's, which is checked in its compiled form
and not believed, the base's values are bounds, and its plan is the answer where it still holds; where it relaxes it,
the base's plan is one to begin from. The answer is verified like any plan, and says what is proven.

Of the plans that are optimal in every tier, the answer is the one with the fewest other choices than the base's, and
of those the canonical one: the same base and the same change give the same plan on every machine, and nobody moves for
nothing. A cold solve may give another of the equally good plans.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from allokering.comparison import PlanDiff, compare
from allokering.engine.build import build
from allokering.engine.change import Change
from allokering.engine.job import Job
from allokering.engine.recorded_changes import recorded
from allokering.engine.run import Likeness, Result, run
from allokering.events import Observer, unheard
from allokering.plan import Plan, TierResult
from allokering.solvers.budget import Budget
from allokering.solvers.exact.first_sentence import first_sentence
from allokering.solvers.exact.knowledge import Knowledge
from allokering.verifier.verify import Verdict, verify

FORM = b"allokering base 1\n"
"""What a stored file begins with; another form is not read."""
CUT_SHORT = frozenset({"stopped", "time_struck", "stage_struck"})
"""Notes of plans that a clock or a stop has decided: those are not kept for others."""


@dataclass(frozen=True)
class FirstAnswer:
    """What is true of a changed situation as far as it can be said at once."""

    is_possible: bool | None
    """Is there a plan? None: that is not known yet."""
    tier: str
    unit: str
    bound: int | None
    """No plan has a lower value in the first tier; None where no plan is possible."""
    value: int | None
    """Of a plan that is at hand, in the first tier; None where none is."""
    before: int
    """The base's value in that tier."""


@dataclass(frozen=True)
class Answer:
    """The exact answer to a change."""

    change: Change
    result: Result
    comparison: PlanDiff
    """What is otherwise than in the base's plan."""
    first: FirstAnswer | None = None
    """What was said at once, if it was asked for."""

    @property
    def plan(self) -> Plan:
        """The best plan of the changed situation."""
        return self.result.plan

    @property
    def verdict(self) -> Verdict:
        """Of the verifier on the plan."""
        return self.result.verdict

    @property
    def tiers(self) -> tuple[TierResult, ...]:
        """Value and bound of the placement in every tier."""
        return self.plan.header.tiers

    @property
    def proven(self) -> bool:
        """Is the plan proven optimal in every tier of the placement and every tier of the stages?"""
        return all(tier.value == tier.bound for tier in (*self.tiers, *self.plan.header.stages))

    @property
    def accepted(self) -> Base:
        """The changed situation as a base of its own."""
        return Base(self.result)


@dataclass(frozen=True)
class Base:
    """A solved job, and what solving it taught. Picklable."""

    result: Result

    @staticmethod
    def solve(job: Job, observer: Observer = unheard, budget: Budget | None = None, cache: Path | None = None) -> Base:
        """Solve the job; or, if it is in the folder `cache`, take it from there. Who can write there is trusted.

        Raises:
            NoPlanPossible, NoPlanInTime, StageFailed, UsageError: as `run` does.
        """
        known = None if cache is None else _read(cache / f"{stored_key(job)}.base", job)
        if known is not None:
            return known
        base = Base(run(job, observer, budget))
        if cache is not None and not CUT_SHORT & {note.id for note in base.plan.header.notes}:
            _write(cache / f"{stored_key(job)}.base", base)
        return base

    @property
    def job(self) -> Job:
        """What was solved."""
        return self.result.job

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.result.plan

    @property
    def knowledge(self) -> Knowledge | None:
        """What solving taught; None if the solver for large instances made the plan."""
        return self.result.knowledge

    def changed(self, change: Change) -> Job:
        """The job of the changed situation. Its plan records every change since the instance's own files.

        Raises:
            ChangeFaulty, InstanceFaulty, ModelFaulty: as `Change.apply` does.
        """
        instance, model = change.apply(self.job.instance, self.job.model)
        # The change may speak of pins that the plan recorded beside the instance's own: they come before it.
        before = recorded([Change(pins=self.job.pins)] if self.job.pins else [])
        records = (*self.job.changes, *before, *recorded([change], self.job.instance))
        return Job(instance, model, self.job.options, None, (), records)

    def answer(
        self,
        change: Change,
        observer: Observer = unheard,
        budget: Budget | None = None,
        first: Callable[[FirstAnswer], None] | None = None,
    ) -> Answer:
        """The best plan of the changed situation.

        Args:
            change: of the base's instance and model.
            observer: told what happens.
            budget: of all of it, the first answer included.
            first: if given, told what can be said at once, before the solve begins.

        Raises:
            ChangeFaulty, InstanceFaulty, ModelFaulty: as `Change.apply` does.
            NoPlanPossible, NoPlanInTime, StageFailed: as `run` does.
        """
        budget = Budget() if budget is None else budget
        job = self.changed(change)
        said = None
        if first is not None:
            said = self._first(job, budget)
            first(said)
        if self.knowledge is None:
            result = run(replace(job, start=self.plan), observer, budget)
        else:
            # That it restricts is believed where the compiled problem shows it, and nowhere else.
            result = run(job, observer, budget, Likeness(self.knowledge, restricts=True, plan=self.plan))
        return Answer(change, result, compare(self.plan, result.plan), said)

    def first_answer(self, change: Change, budget: Budget | None = None) -> FirstAnswer:
        """What can be said of the changed situation at once: is a plan possible, and at what cost at least?

        Raises:
            ChangeFaulty, InstanceFaulty, ModelFaulty: as `Change.apply` does.
        """
        return self._first(self.changed(change), Budget() if budget is None else budget)

    def _first(self, job: Job, budget: Budget) -> FirstAnswer:
        problem = build(job.instance, job.model, job.options.objective)
        said = first_sentence(problem, self.knowledge, restricts=True, budget=budget)
        value = None if said.solution is None else problem.values(said.solution)[0]
        tier = problem.tiers[0]
        return FirstAnswer(said.is_possible, tier.name, tier.unit, said.bound, value, self.plan.header.tiers[0].value)


def stored_key(job: Job) -> str:
    """The job's key, and what its plan records besides: by it a base is stored."""
    records = [
        job.instance.name,
        job.model.name,
        job.model.overrides,
        job.options.workers,
        [pin.model_dump(mode="json") for pin in job.pins],
        [change.model_dump(mode="json") for change in job.changes],
    ]
    return hashlib.sha256(json.dumps([job.key, records], sort_keys=True).encode()).hexdigest()


def _read(path: Path, job: Job) -> Base | None:
    """The base stored there; None if there is none, or it is of another form, spoiled, or does not verify."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if not content.startswith(FORM):
        return None
    try:
        base = pickle.loads(content.removeprefix(FORM))  # noqa: S301 - who can write in the folder is trusted
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, TypeError, ValueError, KeyError):
        return None
    if not isinstance(base, Base) or stored_key(base.job) != stored_key(job):
        return None
    return base if verify(job.instance, job.model, base.plan).ok else None


def _write(path: Path, base: Base) -> None:
    """Whole or not at all, also where the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
        file.write(FORM + pickle.dumps(base))
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
