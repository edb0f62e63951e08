"""What is shown while the work takes time."""

from __future__ import annotations

from io import StringIO
from threading import Thread

import pytest
from rich.console import Console

from allokering import terminal
from allokering.events import Began, Bounded, Improved, Stage
from allokering.language import speak
from allokering.terminal import watched


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "QUIET_SECONDS", 0.0)


def screen(*, is_terminal: bool, value: int | None, bound: int | None) -> str:
    """All that a terminal is sent while one tier is under way."""
    shown = StringIO()
    with watched(Console(file=shown, force_terminal=is_terminal, width=200)) as watcher:
        watcher(Began(Stage.PLACEMENT, 0.0))
        watcher(Improved("cost", value, bound, 1.0) if value is not None else Bounded("cost", None, bound, 1.0))
        if is_terminal:
            watcher._timer.join()
            watcher._progress.refresh()
    return shown.getvalue()


@pytest.mark.parametrize(
    ("value", "bound", "told"),
    [
        (2000, 1900, "placement: cost, best 2,000, bound 1,900, gap 5.00%"),
        (-50, -60, "best -50, bound -60, gap 20.00%"),
        (0, 0, "best 0, bound 0, gap 0.00%"),
        (None, 1900, "best -, bound 1,900, gap -"),
        (2000, None, "best 2,000, bound -, gap -"),
    ],
)
def test_a_terminal_shows_the_best_plan_the_bound_and_the_gap(value: int | None, bound: int | None, told: str) -> None:
    assert told in screen(is_terminal=True, value=value, bound=bound)


def test_it_speaks_its_makers_language_whatever_thread_tells_it() -> None:
    """A new thread begins in English."""
    shown = StringIO()
    speak("nb")
    with watched(Console(file=shown, force_terminal=True, width=200)) as watcher:
        speak("en")
        told = Thread(target=lambda: watcher(Began(Stage.GROUPS, 0.0)))
        told.start()
        told.join()
        watcher._timer.join()
        watcher._progress.refresh()

    assert "grupper" in shown.getvalue()


def test_elsewhere_nothing_is_shown() -> None:
    assert screen(is_terminal=False, value=2000, bound=1900) == ""
