"""Read a generalised-assignment file in the OR-Library format and solve it with the domain-free core.

Usage: python benchmarks/gap.py FILE [--maximise] [--time-limit SECONDS]

The format (J. E. Beasley's OR-Library, "gapinfo"): the number of problems; for each, the number of agents m and of
jobs n; m rows of n costs; m rows of n amounts of resource; m capacities. A file without the leading number of problems
(types a-e) is read too.
The files gap1-gap12 state profits to be maximised: give --maximise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from scipy import sparse

from allokering.problem import Integers, ListedOptions, Problem, Resource, Tier
from allokering.solvers.exact.solve import Engine, solve_exact


@dataclass(frozen=True)
class GeneralisedAssignment:
    """Jobs that are each done by one agent: costs and amounts by (agent, job), capacities by agent."""

    costs: Integers
    amounts: Integers
    capacities: Integers

    def problem(self, *, maximise: bool = False) -> Problem:
        """Jobs are actors, agents options, capacities resources."""
        agents, jobs = self.costs.shape
        sign = -1 if maximise else 1
        return Problem(
            tiers=(Tier("cost", "units"),),
            resources=tuple(
                Resource("capacity", f"agent-{agent:03}", 0, int(bound)) for agent, bound in enumerate(self.capacities)
            ),
            actors=tuple(
                ListedOptions(
                    f"job-{job:03}",
                    [f"agent-{agent:03}" for agent in range(agents)],
                    sparse.csr_array(np.diag(self.amounts[:, job])),
                    sign * self.costs[:, job, None],
                )
                for job in range(jobs)
            ),
        )


def read_gap(text: str) -> Iterator[GeneralisedAssignment]:
    """Every problem of a file.

    Raises:
        ValueError: the numbers are not those of the format.
    """
    numbers = np.array(text.split(), dtype=np.int64)
    for has_count in (True, False):
        problems = list(_problems(numbers[1:] if has_count else numbers))
        if problems and (not has_count or len(problems) == numbers[0]):
            yield from problems
            return
    raise ValueError("not a generalised-assignment file: the numbers do not add up to whole problems")


def _problems(numbers: Integers) -> Iterator[GeneralisedAssignment]:
    """The problems one after another; nothing at all if the numbers do not end with one."""
    found, at = [], 0
    while at + 2 <= len(numbers):
        agents, jobs = numbers[at : at + 2].tolist()
        size = agents * jobs
        end = at + 2 + 2 * size + agents
        if agents <= 0 or jobs <= 0 or end > len(numbers):
            return
        costs, amounts = numbers[at + 2 : at + 2 + size], numbers[at + 2 + size : at + 2 + 2 * size]
        shape = (agents, jobs)
        found.append(GeneralisedAssignment(costs.reshape(shape), amounts.reshape(shape), numbers[end - agents : end]))
        at = end
    if at == len(numbers):
        yield from found


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--maximise", is_flag=True, help="The numbers are profits, as in gap1-gap12.")
@click.option("--time-limit", type=float, default=None, help="Seconds per problem.")
@click.option("--engine", type=click.Choice(["highs", "cp-sat"]), default="highs", show_default=True)
def main(file: Path, maximise: bool, time_limit: float | None, engine: Engine) -> None:
    """Solve every problem of FILE and print value, bound and status."""
    for number, instance in enumerate(read_gap(file.read_text()), start=1):
        outcome = solve_exact(instance.problem(maximise=maximise), time_limit=time_limit, engine=engine)
        agents, jobs = instance.costs.shape
        sign = -1 if maximise else 1
        tier = outcome.tiers[0] if outcome.tiers else None
        value, bound = ("-", "-") if tier is None else (sign * tier.value, sign * tier.bound)
        size = f"{file.name} {number}: {agents} x {jobs}"
        print(f"{size}, value {value}, bound {bound}, {outcome.status}, {outcome.seconds:.1f} s")


if __name__ == "__main__":
    main()
