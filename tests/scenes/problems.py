"""Small problems for the solvers, and what their outcomes say."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import ListedOptions, Problem, Relief, Resource, Tier
from allokering.solvers.outcome import Outcome


def values(outcome: Outcome) -> tuple[int, ...]:
    """What the solution is said to cost in every tier."""
    return tuple(tier.value for tier in outcome.tiers)


def bounds(outcome: Outcome) -> tuple[int, ...]:
    """The bounds, by tier."""
    return tuple(tier.bound for tier in outcome.tiers)


def jobs_and_agents(jobs: int, agents: int, seed: int, *, tiers: int = 1) -> Problem:
    """Generalised assignment, the agents four fifths full; overtime is dear. A second tier has the costs in reverse."""
    random = np.random.default_rng(seed)
    amounts, costs = random.integers(5, 26, (jobs, agents)), random.integers(10, 51, (jobs, agents))
    capacity = int(amounts.sum() * 8 // (10 * agents * agents))
    both = np.stack([costs, costs[:, ::-1]], axis=2)
    return Problem(
        tiers=(Tier("cost", "units"), Tier("again", "units"))[:tiers],
        resources=tuple(Resource("capacity", f"agent-{agent:02}", 0, capacity) for agent in range(agents)),
        actors=tuple(
            ListedOptions(
                f"job-{job:02}",
                [f"agent-{agent:02}" for agent in range(agents)],
                sparse.csr_array(np.diag(amounts[job])),
                both[job, :, :tiers],
            )
            for job in range(jobs)
        ),
        reliefs=tuple(Relief("overtime", agent, 1000, (100, 0)[:tiers]) for agent in range(agents)),
    )
