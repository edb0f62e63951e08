"""What every test starts from."""

from __future__ import annotations

import pytest

from allokering.language import speak


@pytest.fixture(autouse=True)
def english() -> None:
    """English, whatever language an earlier test in the same process has asked for."""
    speak("en")
