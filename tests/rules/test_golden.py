"""The compiled rows of the rules, as they were last reviewed."""

from __future__ import annotations

import pytest
from rules.golden_rows import GOLDEN, SCENES, golden_text

from allokering.kinds import RULE_KINDS
from allokering.rules.registry import RULES


@pytest.mark.parametrize("kind", SCENES)
def test_the_rows_are_those_last_reviewed(kind: str) -> None:
    """If they are meant to change: `make golden`, and read the diff."""
    assert golden_text(kind) == (GOLDEN / f"{kind}.txt").read_text(encoding="utf-8")


def test_every_rule_that_speaks_has_its_rows() -> None:
    """`cross_border` speaks through the rows of coverage; no file is left of a rule that is gone."""
    spoken = {kind for kind in RULE_KINDS if hasattr(RULES[kind], "enforce")} | {"cross_border"}

    assert set(SCENES) == spoken
    assert {path.stem for path in GOLDEN.iterdir()} == spoken
