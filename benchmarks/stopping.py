"""How soon a job that is stopped has ended, and with what: Ctrl-C of `allokering solve` at moments of every phase.

Usage: python -m benchmarks.stopping INSTANCE [--times N] [--seed N] [--only PHASE ...] -- [options of solve]

A first solve, which nobody stops, says how long each phase takes; with `--given-up SECONDS` it is stopped then, for
what takes an hour. Then each phase in turn is stopped at a moment of it drawn by the seed, in a process of its own. A
stopped job must end with 0 and a plan that verifies here once more, or with 6 and none. Processor seconds are told
beside those of the clock, which other work on the machine makes longer. Linux only: /proc is read.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from random import Random

import click
from rich.console import Console

from allokering.cli import INTERRUPTED
from allokering.cli import main as allokering
from allokering.commands.stopping import signals_held
from allokering.events import Began, Event, Improved
from allokering.files.plan_files import read_plan
from allokering.files.reading import read_instance
from allokering.model import load_model
from allokering.verifier.verify import verify

TELLS = "phase: "
"""What a line begins with that says which phase begins."""
LOADING, IMPROVING = "loading", "improving"
"""Reading and building, before the placement; the placement once there is a plan."""
PEEK = os.WEXITED | os.WNOHANG | os.WNOWAIT
"""Has a process ended? It is left to be waited for."""


@dataclass
class Run:
    """One `allokering solve`."""

    began: dict[str, float] = field(default_factory=dict)
    """By phase: processor seconds until it began."""
    phase: str = ""
    """In which it was stopped."""
    moment: float = 0.0
    """When, in seconds after the process began."""
    seconds: float = 0.0
    """From then, or from the beginning, to its end."""
    processor: float = 0.0
    """Processor seconds of the process, in that time; its own children's in so far as they have ended."""
    code: int = 0
    says: str = ""
    """What has become of the plan."""

    @property
    def is_right(self) -> bool:
        """A verified plan, or none in time; while files are read, there is no job yet, and it is interrupted."""
        is_read = self.phase == LOADING and (self.code, self.says) == (INTERRUPTED, "no plan")
        return is_read or (self.code, self.says) in {(0, "verified"), (6, "no plan")}


def lengths(run: Run) -> dict[str, float]:
    """Processor seconds that each phase took, of a run that was not stopped."""
    begins = [*run.began.values(), run.processor]
    return {
        phase: max(0.0, after - begins[place])
        for place, (phase, after) in enumerate(zip(run.began, begins[1:], strict=True))
    }


def solve(instance: str, options: tuple[str, ...], phase: str = "", wait: float = 0.0) -> Run:
    """Solve, and stop so many processor seconds after a phase begins; without a phase, at the end."""
    run = Run()
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan"
        told = ["--told", "solve", instance, "-o", str(plan), *options]
        arguments = [sys.executable, "-m", "benchmarks.stopping", *told]
        since = time.monotonic()
        with subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
            worked = 0.0
            assert process.stderr is not None  # noqa: S101 - it is a pipe
            for line in process.stderr:
                if not line.startswith(TELLS):
                    continue
                now = line.removeprefix(TELLS).strip()
                run.began[now] = _worked(process.pid)
                if now == phase:
                    worked = _wait(process.pid, run.began[now] + wait)
                    run.moment = time.monotonic() - since
                    os.kill(process.pid, signal.SIGINT)  # it is not reaped yet, so the number is its own
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = run.code = os.waitstatus_to_exitcode(status)
            run.seconds = time.monotonic() - since - run.moment
            run.processor = usage.ru_utime + usage.ru_stime - worked
        run.phase, run.says = phase, _said_of(plan, instance)
    return run


def _wait(process: int, worked: float) -> float:
    """Until the process has worked so long, or ended; the processor seconds it has then."""
    while _worked(process) < worked and os.waitid(os.P_PID, process, PEEK) is None:
        time.sleep(0.005)
    return _worked(process)


def _worked(process: int) -> float:
    """Processor seconds of a process, and of its children that have ended."""
    try:
        values = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, values[11:15])) / os.sysconf("SC_CLK_TCK")


def _said_of(path: Path, name: str) -> str:
    """Is there a plan, and does it verify?"""
    if not path.exists():
        return "no plan"
    instance, plan = read_instance(name), read_plan(path)
    model = load_model(instance.settings.model, dict(plan.header.overrides))
    return "verified" if verify(instance, model, plan).ok else "BROKEN"


def _tell(phases: set[str], event: Event) -> None:
    """Say on stderr which phase begins."""
    phase = event.stage.value if isinstance(event, Began) else IMPROVING if isinstance(event, Improved) else ""
    if phase and phase not in phases:
        phases.add(phase)
        print(f"{TELLS}{phase}", file=sys.stderr, flush=True)


def told(arguments: list[str]) -> None:
    """`allokering` as it is called, which says its phases as well."""
    with signals_held():
        command = import_module("allokering.commands.solve")
    tell, watched = partial(_tell, set()), command.watched

    @contextmanager
    def telling(console: Console) -> Iterator[object]:
        with watched(console) as watcher:

            def both(event: Event) -> None:
                tell(event)
                watcher(event)

            yield both

    command.watched = telling  # type: ignore[attr-defined]
    print(f"{TELLS}{LOADING}", file=sys.stderr, flush=True)
    allokering(arguments)


@click.command()
@click.argument("instance")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@click.option("--times", default=20, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--only", multiple=True, help="Phases to stop in; default: all, in turn.")
@click.option("--given-up", type=float, help="Stop the first solve so many seconds after its first plan.")
def main(
    instance: str, options: tuple[str, ...], times: int, seed: int, only: tuple[str, ...], given_up: float | None
) -> None:
    """Stop the solving of INSTANCE at random moments; OPTIONS are those of `allokering solve`."""
    # A shell begins what it leaves in the background deaf to Ctrl-C, and the solves would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    draw = Random(seed)
    whole = solve(instance, options, "" if given_up is None else IMPROVING, given_up or 0.0)
    took = (
        lengths(whole)
        if given_up is None
        else {LOADING: whole.began["placement"] - whole.began[LOADING], IMPROVING: given_up}
    )
    click.echo(
        f"{instance} {' '.join(options)}: {whole.seconds:.1f} s, processor {whole.processor:.1f}, exit {whole.code}"
    )
    click.echo(", ".join(f"{phase} {seconds:.2f}" for phase, seconds in took.items()))
    phases = [phase for phase in took if phase in only or not only]
    click.echo("| phase | stopped at | ended after | processor | exit | plan |\n|---|---|---|---|---|---|")
    runs = []
    for number in range(times):
        phase = phases[number % len(phases)]
        run = solve(instance, options, phase, draw.uniform(0.0, took[phase]))
        runs.append(run)
        figures = f"{run.moment:.2f} | {run.seconds:.2f} | {run.processor:.2f} | {run.code} | {run.says}"
        click.echo(f"| {phase} | {figures} |{'' if run.is_right else ' WRONG'}")
    click.echo(
        f"{sum(run.is_right for run in runs)} of {times} right, at most {max(run.seconds for run in runs):.2f} s"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--told"]:
        told(sys.argv[2:])
    else:
        main()
