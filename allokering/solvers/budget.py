"""The budget of a solve: seconds as a guard, and a token by which somebody else can ask it to stop.

Both end a search in the same way: with the best that is known. Which of the two it was is told apart, because a reader
of the outcome must know whether the clock decided.
"""

from __future__ import annotations

import time
from threading import Event


class Stop:
    """A stop token: set once, from any thread or from a signal handler, and seen by all who hold it.

    Args:
        parent: a token whose setting stops this one too, but not the other way round.
    """

    def __init__(self, parent: Stop | None = None) -> None:
        self._event = Event()
        self._parent = parent

    def set(self) -> None:
        """Ask all who hold it to stop."""
        self._event.set()

    @property
    def is_set(self) -> bool:
        """Has anybody asked?"""
        return self._event.is_set() or (self._parent is not None and self._parent.is_set)


class Budget:
    """Seconds since the solve began, and how many are left.

    Args:
        time_limit: seconds in all; None: without a limit.
        stop: the token that ends it; None: one of its own.
    """

    def __init__(self, time_limit: float | None = None, stop: Stop | None = None) -> None:
        self._began = time.monotonic()
        self._limit = time_limit
        self.token = Stop() if stop is None else stop

    @property
    def seconds(self) -> float:
        """Seconds since the solve began."""
        return time.monotonic() - self._began

    @property
    def left(self) -> float | None:
        """Seconds left; None without a limit, 0.0 when time is up or somebody asked to stop."""
        if self.stopped:
            return 0.0
        if self._limit is None:
            return None
        return max(0.0, self._limit - self.seconds)

    @property
    def struck(self) -> bool:
        """Is the time up?"""
        return self._limit is not None and self.seconds >= self._limit

    @property
    def stopped(self) -> bool:
        """Has somebody asked to stop?"""
        return self.token.is_set

    @property
    def is_over(self) -> bool:
        """Is the time up, or has somebody asked to stop?"""
        return self.stopped or self.struck

    def stop(self) -> None:
        """Ask all who hold the token to stop."""
        self.token.set()

    def part(self, seconds: float | None, stop: Stop | None = None) -> Budget:
        """At most so many of the seconds that are left, from now on.

        Args:
            seconds: None: all that are left.
            stop: a token of its own, below this budget's; None: this budget's token.
        """
        left = self.left
        limits = [limit for limit in (seconds, left) if limit is not None]
        return Budget(min(limits, default=None), self.token if stop is None else stop)

    def apart(self, seconds: float | None = None) -> Budget:
        """A part that can be stopped without stopping this one; it ends when this one is stopped."""
        return self.part(seconds, Stop(self.token))
