"""What every test starts from."""

from __future__ import annotations

import pytest

from allokering.language import speak
from allokering.solvers.column_generation import driver as large_run
from allokering.solvers.column_generation.bounds import row_and_column_generation as large_vast


@pytest.fixture(autouse=True)
def english() -> None:
    """English, whatever language an earlier test in the same process has asked for."""
    speak("en")


@pytest.fixture
def as_vast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even two actors are too many for the simplex, groups have at most two, and no last program holds all options."""
    monkeypatch.setattr(large_run, "VAST", 1)
    monkeypatch.setattr(large_run, "FEW", 0)
    monkeypatch.setattr(large_vast, "SWEPT", (2, 3))
