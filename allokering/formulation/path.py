"""One training path (utdanningsløp), as a planner would say it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Path:
    """One training path (utdanningsløp): position held in [start, finish), rotation in [begin, begin + length)."""

    position: str
    start: int
    finish: int
    site: str | None
    begin: int
    rotation_periods: int

    def __str__(self) -> str:
        rotation = "" if self.site is None else f" {self.site}@{self.begin:03}"
        return f"{self.position}@{self.start:03}{rotation}"
