"""One family of errors; each class owns its exit code.

| code | meaning |
|---|---|
| 0 | done |
| 1 | the plan breaks a rule |
| 2 | usage |
| 3 | instance, or a change of it, faulty |
| 4 | model faulty |
| 5 | no plan can satisfy the hard rules |
| 6 | no plan within the time |
| 7 | locked by another run |
| 8 | a stage's result failed verification; nothing is published |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a table: where it is, what stands there, what was expected."""

    table: str
    row: int | str | None
    """Row number as the user's editor shows it: the header is row 1. None: the whole table.

    A row made in code, which stands in no file, has its key here.
    """
    column: str | None
    value: str | None
    expected: str
    """What was expected and, where it is not plain, what to do; already in the user's language."""

    def __str__(self) -> str:
        place = self.table if self.row is None else f"{self.table}:{self.row}"
        column = "" if self.column is None else f" {self.column}:"
        value = "" if self.value is None else f' "{self.value}":'
        return f"{place}:{column}{value} {self.expected}"


class AllokeringError(Exception):
    """Anything the program says no to."""

    exit_code: ClassVar[int] = 2


class RuleBroken(AllokeringError):
    """A plan breaks a rule."""

    exit_code = 1


class UsageError(AllokeringError):
    """The command was called in a way that cannot be."""

    exit_code = 2


class FaultyData(AllokeringError):
    """Data with faults: all of them."""

    def __init__(self, subject: str, faults: Sequence[Fault]) -> None:
        self.subject = subject
        self.faults = tuple(faults)
        super().__init__("\n".join([subject, *(f"  {fault}" for fault in self.faults)]))


class InstanceFaulty(FaultyData):
    """The instance cannot be used."""

    exit_code = 3


class ChangeFaulty(FaultyData):
    """A change cannot be read, or does not fit the instance."""

    exit_code = 3


class ModelFaulty(FaultyData):
    """The model cannot be used."""

    exit_code = 4


class NoPlanPossible(AllokeringError):
    """No plan can satisfy the hard rules."""

    exit_code = 5


class NoPlanInTime(AllokeringError):
    """No plan was found before the limit."""

    exit_code = 6


class Locked(AllokeringError):
    """Another run holds the lock."""

    exit_code = 7


class StageFailed(AllokeringError):
    """What a stage made failed verification."""

    exit_code = 8
