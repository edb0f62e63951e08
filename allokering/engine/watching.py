"""What solvers say becomes events, and the history of the job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from allokering.events import Began, Bounded, Ended, Improved, Noted, Observer, Stage
from allokering.notes import Note
from allokering.plan import PlanTables
from allokering.problem import Solution
from allokering.solvers.budget import Budget


class Moment(NamedTuple):
    """What was known of a tier at one time: the best value and the best bound so far."""

    seconds: float
    tier: str
    value: int | None
    bound: int | None


class Watch:
    """Turns what is heard into events, each with its time.

    Args:
        observer: is told of them.
        budget: whose seconds count.
        tables: of a solution, as far as the placement decides them.
    """

    def __init__(self, observer: Observer, budget: Budget, tables: Callable[[Solution], PlanTables]) -> None:
        self._observer = observer
        self._budget = budget
        self._tables = tables
        self._known: dict[str, tuple[int | None, int | None]] = {}
        self.history: list[Moment] = []
        self.notes: list[Note] = []

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """It begins and ends; it does not end if it fails."""
        self._observer(Began(stage, self._budget.seconds))
        yield
        self._observer(Ended(stage, self._budget.seconds))

    def note(self, note: str, **values: str | int) -> None:
        """A reader of the plan must know this."""
        noted = Note(id=note, values=values)
        self.notes.append(noted)
        self._observer(Noted(noted, self._budget.seconds))

    def heard(self, tier: str, value: int | None, bound: int | None, solution: Solution | None = None, /) -> None:
        """A solver says what it knows of a tier; what it has said before is no event."""
        before = self._known.get(tier, (None, None))
        if (value, bound) == before:
            return
        self._known[tier] = value, bound
        now = self._budget.seconds
        self.history.append(Moment(now, tier, value, bound))
        if value is not None and value != before[0]:
            incumbent = None if solution is None else lambda: self._tables(solution)
            self._observer(Improved(tier, value, bound, now, incumbent))
        elif bound is not None:
            self._observer(Bounded(tier, value, bound, now))
