"""Wall-clock time as a guard: it stops a search that takes too long, and says that it did."""

from __future__ import annotations

import time


class Clock:
    """Seconds since the solve began, and how many are left."""

    def __init__(self, limit: float | None) -> None:
        self._began = time.monotonic()
        self._limit = limit

    @property
    def seconds(self) -> float:
        """Seconds since the solve began."""
        return time.monotonic() - self._began

    @property
    def left(self) -> float | None:
        """Seconds left; None without a limit."""
        if self._limit is None:
            return None
        return max(0.0, self._limit - self.seconds)

    def stop(self) -> None:
        """Let the time be up."""
        self._limit = 0.0

    @property
    def struck(self) -> bool:
        """Is the time up?"""
        return self.left == 0.0
