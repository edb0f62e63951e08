"""Solve every file of a folder of published instances and compare with published optima.

Usage: python -m benchmarks.published FOLDER --kind gap|facility|residents|students [--optima FILE] [--maximise]

The file of optima has a line `name value` for each problem; the name is the file's, with ` 2` and so on after it for
the second problem of a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from allokering.problem import Problem
from allokering.solvers.column_generation.solve import solve_large
from benchmarks.gap import read_gap
from benchmarks.published.facility import read_facility
from benchmarks.published.residents import read_residents
from benchmarks.published.students import read_students
from benchmarks.published.students_problem import problem_of


def problems(file: Path, kind: str, *, maximise: bool, capacity: int | None) -> Iterator[tuple[str, Problem]]:
    """Every problem of a file, by name."""
    text = file.read_text()
    if kind == "gap":
        for number, instance in enumerate(read_gap(text), start=1):
            yield file.name if number == 1 else f"{file.name} {number}", instance.problem(maximise=maximise)
    elif kind == "students":
        yield file.name, problem_of(read_students(text))
    else:
        yield file.name, read_facility(text, capacity) if kind == "facility" else read_residents(text)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(["gap", "facility", "residents", "students"]), required=True)
@click.option("--optima", type=click.Path(exists=True, path_type=Path), help="Lines `name value`.")
@click.option(
    "--maximise", is_flag=True, help="The published values are to be maximised, as of gap1-gap12 and of students."
)
@click.option("--capacity", type=int, help="Of every facility, where the file leaves it open.")
@click.option("--seconds", type=float, default=60, show_default=True, help="Per problem.")
@click.option("--threads", type=int, default=2, show_default=True)
def main(
    folder: Path, kind: str, optima: Path | None, maximise: bool, capacity: int | None, seconds: float, threads: int
) -> None:
    """Solve the instances of FOLDER; print value, bound, gap and the distance to the published optimum."""
    lines = optima.read_text().splitlines() if optima else []
    known = {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line.strip())}
    for file in sorted(folder.iterdir()):
        for name, problem in problems(file, kind, maximise=maximise, capacity=capacity):
            outcome = solve_large(problem, workers=threads, time_limit=seconds)
            told = f"{name}: {outcome.status}"
            for tier in outcome.tiers:
                told += f", {tier.tier.name} {tier.value} (bound {tier.bound}, gap {100 * tier.gap:.3f} %)"
            if name in known and outcome.tiers:
                value = -outcome.tiers[0].value if maximise else outcome.tiers[0].value
                told += f", published {known[name]:g}, {100 * (value / known[name] - 1):+.3f} %"
            print(f"{told}, {outcome.seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
