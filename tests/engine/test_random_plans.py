"""Every plan made of a random instance passes the independent verifier, or there is none and the reason is named."""

from __future__ import annotations

import pytest
from random_instances import random_case

from allokering.engine.job import Job
from allokering.engine.run import run
from allokering.errors import NoPlanPossible
from allokering.verifier.verify import verify

SEEDS = 120
CHUNK = 15


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_plan_verifies(first: int) -> None:
    """Placement, supervision, groups and lists together break no rule, and every tier is what the plan says."""
    verified, reasons = 0, list[str]()
    for seed in range(first, first + CHUNK):
        instance, model = random_case(seed)
        try:
            plan = run(Job(instance, model)).plan
        except NoPlanPossible as reason:
            reasons.append(str(reason))
            continue
        assert verify(instance, model, plan).violations == (), seed
        verified += 1

    assert verified >= CHUNK // 3
    assert all("\n  " in reason for reason in reasons)
