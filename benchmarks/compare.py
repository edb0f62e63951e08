"""Our solver beside its peers: the same drawn instances, objective, cores and time; a table with ratios.

Usage: python -m benchmarks.compare --region helse-nord --trainees 250 --seeds 1-10 --seconds 300

Every solve runs in a process of its own, one at a time. The seconds are for the search; what a peer needs to make its
model comes on top, and is in the table. Every solution is checked against the problem before it counts.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from allokering.engine.build import build
from allokering.generation.figures import REGIONS
from allokering.generation.region import generate_country, generate_region
from allokering.instance import Instance
from allokering.model import load_model
from allokering.solvers.outcome import relative_gap
from benchmarks.peers import PEERS

COUNTRY = "norge"
OURS = "allokering"
GRACE = 300.0
"""Seconds that making a model may take before a solve is given up."""


@dataclass(frozen=True)
class Drawn:
    """What is needed to draw an instance again."""

    region: str
    trainees: int
    seed: int
    period_months: int
    municipalities: int | None

    def instance(self) -> Instance:
        """The instance."""
        if self.region == COUNTRY:
            return generate_country(self.trainees, self.seed, self.period_months)
        return generate_region(self.region, self.trainees, self.seed, self.period_months, self.municipalities)


@dataclass(frozen=True)
class Run:
    """One line of the table; value and bound are None where there is none."""

    peer: str
    seed: int
    value: int | None
    bound: float | None
    seconds: float
    megabytes: int
    failure: str = ""
    """Why there is no answer at all, if there is none."""

    @property
    def gap(self) -> float | None:
        """See `relative_gap`; None without a value or a bound."""
        return None if self.value is None or self.bound is None else relative_gap(self.value, self.bound)


def run(drawn: Drawn, peer: str, seconds: float, threads: int) -> Run:
    """Solve one instance with one peer in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_solve, args=(drawn, peer, seconds, threads, there))
    process.start()
    there.close()
    began, told, failure = time.monotonic(), None, "still at work"
    if here.poll(seconds + GRACE):
        try:
            told = here.recv()
        except EOFError:
            process.join()
            failure = f"died, exit code {process.exitcode}"  # of memory, for example, or of an error that is on stderr
    with suppress(ProcessLookupError):
        os.killpg(process.pid or 0, signal.SIGKILL)  # PuLP's CBC is a child of the child, and may outlive it
    process.join()
    return told or Run(peer, drawn.seed, None, None, time.monotonic() - began, 0, failure)


def _solve(drawn: Drawn, peer: str, seconds: float, threads: int, answer_to: Connection) -> None:
    os.setsid()
    problem = build(drawn.instance(), load_model("alis", {}), "weighted")
    began = time.monotonic()
    answer = PEERS[peer](problem, seconds, threads)
    used = time.monotonic() - began
    value = None
    if answer.solution is not None:
        if not problem.is_feasible(answer.solution):
            raise ValueError(f"{peer} breaks a bound")
        value = problem.values(answer.solution)[0]
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    answer_to.send(Run(peer, drawn.seed, value, answer.bound, used, peak // 1024))


def summary(runs: Sequence[Run]) -> Table:
    """Median and range over the seeds; the ratio is the peer's value by ours on the same seed."""
    table = Table("solver", "plans", "value, thousands", "gap %", "by ours", "seconds", "MB")
    ours = {run.seed: run.value for run in runs if run.peer == OURS}
    for peer in dict.fromkeys(run.peer for run in runs):
        mine = [run for run in runs if run.peer == peer]
        values = [run.value / 1000 for run in mine if run.value is not None]
        gaps = [100 * run.gap for run in mine if run.gap is not None]
        ratios = [
            run.value / best for run in mine if run.value is not None and (best := ours.get(run.seed)) is not None
        ]
        table.add_row(
            peer,
            f"{len(values)}/{len(mine)}",
            _spread(values, "{:,.0f}"),
            _spread(gaps, "{:.2f}"),
            _spread(ratios, "{:.3f}"),
            _spread([run.seconds for run in mine], "{:.0f}"),
            _spread([float(run.megabytes) for run in mine], "{:.0f}"),
        )
    return table


def _spread(numbers: Sequence[float], form: str) -> str:
    """Median (least-most)."""
    if not numbers:
        return "-"
    median, least, most = (form.format(number) for number in (statistics.median(numbers), min(numbers), max(numbers)))
    return median if least == most else f"{median} ({least}-{most})"


def _numbers(text: str) -> list[int]:
    """`3` or `1-10`."""
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


@click.command()
@click.option("--region", type=click.Choice([*REGIONS, COUNTRY]), default="helse-nord", show_default=True)
@click.option("--trainees", type=int, default=250, show_default=True)
@click.option("--municipalities", type=int, help="A part of the region of so many municipalities.")
@click.option("--period-months", type=click.Choice(["6", "3"]), default="6", show_default=True)
@click.option("--seeds", default="1-10", show_default=True, help="One, or first-last.")
@click.option("--seconds", type=float, default=300, show_default=True)
@click.option("--our-seconds", type=float, help="For our solver, if it is to have less than its peers.")
@click.option("--threads", type=int, default=2, show_default=True)
@click.option("--peer", "peers", multiple=True, type=click.Choice(list(PEERS)), help="Only these; default: all.")
@click.option("--log", type=click.Path(path_type=Path), help="Append every run to this file, as JSON lines.")
def main(
    region: str,
    trainees: int,
    municipalities: int | None,
    period_months: str,
    seeds: str,
    seconds: float,
    our_seconds: float | None,
    threads: int,
    peers: tuple[str, ...],
    log: Path | None,
) -> None:
    """Compare the solvers on drawn instances."""
    console, runs = Console(), []
    for seed in _numbers(seeds):
        drawn = Drawn(region, trainees, seed, int(period_months), municipalities)
        for peer in peers or PEERS:
            given = our_seconds if peer == OURS and our_seconds is not None else seconds
            done = run(drawn, peer, given, threads)
            runs.append(done)
            gap = "-" if done.gap is None else f"{100 * done.gap:.2f} %"
            told = f"{done.value}, gap {gap}" if not done.failure else done.failure
            console.print(f"seed {seed} {peer}: {told}, {done.seconds:.0f} s, {done.megabytes} MB")
            if log is not None:
                with log.open("a") as file:
                    file.write(json.dumps(asdict(drawn) | asdict(done)) + "\n")
    console.print(summary(runs))


if __name__ == "__main__":
    main()
