"""What every test starts from."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from solved_once import begin_session, end_session

from allokering.language import speak
from allokering.solvers import budget

settings.register_profile("a busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("a busy machine")

TESTS = Path(__file__).parent
SLOW = (
    "benchmarks",
    "engine/test_metamorphic.py",
    "engine/test_oracle.py",
    "engine/test_random_plans.py",
    "engine/test_stopping.py",
    "engine/test_why_no_path.py",
    "formulation/test_paths.py",
    "generation",
    "report",
    "rules/test_random_iff_silent.py",
    "solvers",
    "stages",
    "test_docs.py",
    "test_instances.py",
    "test_library_docs.py",
    "test_problem_edits.py",
    "workbook",
)
"""Files and folders whose tests solve whole instances or hundreds of random ones, or open another program."""


def pytest_configure(config: pytest.Config) -> None:
    """Results are shared by all processes of a session."""
    begin_session(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """And are gone after it."""
    end_session(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make check` leaves out; a single test elsewhere may be marked where it stands."""
    for item in items:
        place = item.path.relative_to(TESTS).as_posix()
        if any(place == slow or place.startswith(f"{slow}/") for slow in SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def english() -> None:
    """English, whatever language an earlier test in the same process has asked for."""
    speak("en")


@pytest.fixture
def clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """For budgets no time goes by, however long a busy machine lets a test wait between two lines."""
    monkeypatch.setattr(budget, "time", SimpleNamespace(monotonic=lambda: 0.0))
