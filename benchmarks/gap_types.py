"""Generalised assignment of the types C, D and E, drawn by the recipe of the literature, and solved.

Usage: python -m benchmarks.gap_types --type d --agents 20 --jobs 200 --seeds 1-3 --seconds 60

Types C and D: Martello and Toth, Knapsack Problems, 1990, section 7; type E: Laguna and others, European Journal of
Operational Research 82, 1995. These are instances of the types, not the published instances
themselves, whose files `benchmarks.published` reads.
"""

from __future__ import annotations

import math
from random import Random

import click
import numpy as np

from allokering.solvers.column_generation.solve import solve_large
from benchmarks.gap import GeneralisedAssignment


def draw(kind: str, agents: int, jobs: int, seed: int) -> GeneralisedAssignment:
    """An instance of a type; the same one for the same seed."""
    random = Random(f"{kind} {agents} {jobs} {seed}")
    costs, amounts = np.zeros((agents, jobs), dtype=np.int64), np.zeros((agents, jobs), dtype=np.int64)
    for agent in range(agents):
        for job in range(jobs):
            if kind == "c":
                amount, cost = random.randint(5, 25), random.randint(10, 50)
            elif kind == "d":
                amount = random.randint(1, 100)
                cost = 111 - amount + random.randint(-10, 10)
            else:
                exact = 1 - 10 * math.log(1 - random.random())
                amount, cost = math.floor(exact), math.floor(1000 / exact - 10 * random.random())
            amounts[agent, job], costs[agent, job] = amount, cost
    capacities = np.maximum(8 * amounts.sum(axis=1) // (10 * agents), amounts.max() if kind == "e" else 0)
    return GeneralisedAssignment(costs, amounts, capacities)


@click.command()
@click.option("--type", "kind", type=click.Choice(["c", "d", "e"]), required=True)
@click.option("--agents", type=int, default=20, show_default=True)
@click.option("--jobs", type=int, default=200, show_default=True)
@click.option("--seeds", default="1-3", show_default=True, help="One, or first-last.")
@click.option("--seconds", type=float, default=60, show_default=True)
def main(kind: str, agents: int, jobs: int, seeds: str, seconds: float) -> None:
    """Draw instances of a type and solve them with the large solver."""
    first, _, last = seeds.partition("-")
    for seed in range(int(first), int(last or first) + 1):
        outcome = solve_large(draw(kind, agents, jobs, seed).problem(), time_limit=seconds)
        told = f"type {kind} {agents} x {jobs}, seed {seed}: {outcome.status}"
        for tier in outcome.tiers:
            told += f", value {tier.value}, bound {tier.bound}, gap {100 * tier.gap:.3f} %"
        print(f"{told}, {outcome.seconds:.1f} s")


if __name__ == "__main__":
    main()
