"""Re-solving: CPU seconds of one thread, an earlier checkout from nothing against this one from what the base taught.

Usage: python -m benchmarks.resolve --against FOLDER [--only vest-A-pin ...] [--limit N] [--cold]

FOLDER is a checkout of an earlier commit; it solves every question from nothing in a process of its own, turn by turn
with this program, which begins from its base's knowledge. Bases, and all questions with `--cold`, are solved from
nothing here too. What is compared counts the building of the problem; a row is only right where the optimum is equal
in every tier and proven by both. Pins are many: without `--against` they are timed alone.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from allokering.solvers.exact.knowledge import Knowledge
from allokering.solvers.exact.solve import INHERITED, solve_exact
from benchmarks import resolve_questions
from benchmarks.resolve_questions import Question, build, questions, unchanged


@dataclass(frozen=True)
class Row:
    """One question's answers."""

    question: Question
    warm: float
    cold: float | None
    """Of the earlier checkout; None without one."""
    is_equal: bool
    """Proven, unique, and the same optimum as the earlier checkout's, if there is one."""
    says: str


class Earlier:
    """A process with an earlier checkout."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(folder.resolve())}
        script = [sys.executable, str(Path(resolve_questions.__file__))]
        self._process = subprocess.Popen(
            script, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        return self._process.stdout.readline()

    def ask(self, question: Question) -> dict[str, Any]:
        """Its answer to a question."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(f"{question.name}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._read())
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()


def ask(question: Question, parent: Knowledge | None, earlier: Earlier | None) -> Row:
    """One question to both."""
    began = time.process_time()
    outcome = solve_exact(build(question), parent=parent, restricts=parent is not None)
    warm = time.process_time() - began
    tiers = [[tier.value, tier.bound] for tier in outcome.tiers]
    is_right = outcome.is_unique or not tiers
    answer = None if earlier is None else earlier.ask(question)
    if answer is not None:
        is_right = is_right and answer["tiers"] == tiers
    is_proven = all(value == bound for value, bound in tiers)
    says = "none" if not tiers else "same" if outcome.solver == INHERITED else "changed"
    return Row(question, warm, None if answer is None else answer["seconds"], is_right and is_proven, says)


def line(name: str, rows: list[Row]) -> str:
    """A row of the table."""
    warm = [row.warm for row in rows]
    ninety_fifth = sorted(warm)[max(0, -(-len(warm) * 95 // 100) - 1)]
    figures = (sum(warm), statistics.median(warm), ninety_fifth, max(warm))
    text = f"| {name} | {len(rows)} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |"
    cold = [row.cold for row in rows if row.cold is not None]
    if len(cold) == len(rows):
        ratios = [row.warm / row.cold for row in rows if row.cold]
        text += f" {sum(cold):.2f} | {sum(warm) / sum(cold):.2f} | {max(ratios):.2f} |"
    else:
        text += " | | |"
    return f"{text} {'yes' if all(row.is_equal for row in rows) else 'NO'} |"


@click.command()
@click.option("--against", type=click.Path(exists=True, file_okay=False, path_type=Path), help="An earlier checkout.")
@click.option("--only", multiple=True, help="Beginnings of names of questions.")
@click.option("--limit", type=int, help="Questions of a base and kind, at most.")
@click.option("--cold", is_flag=True, help="No question has a parent.")
def main(against: Path | None, only: tuple[str, ...], limit: int | None, cold: bool) -> None:
    """Print every answer, and the table."""
    earlier = None if against is None else Earlier(against)
    known: dict[str, Knowledge] = {}
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for question in questions():
        of_kind = rows[question.base, question.kind]
        if not question.name.startswith(only or ("",)) or (limit is not None and len(of_kind) >= limit):
            continue
        if not cold and question.kind != "base" and question.base not in known:
            taught = solve_exact(build(unchanged(question.base))).knowledge
            assert taught is not None  # noqa: S101 - bases have plans
            known[question.base] = taught
        parent = None if cold or question.kind == "base" else known[question.base]
        row = ask(question, parent, earlier)
        of_kind.append(row)
        against_it = "" if row.cold is None else f" {row.cold:.2f} {row.warm / row.cold:.2f}"
        click.echo(
            f"{question.name} {row.says} {row.warm:.2f}{against_it} {'' if row.is_equal else 'NOT EQUAL'}", err=True
        )
    if earlier is not None:
        earlier.close()
    click.echo("| base, kind | n | sum | median | 95 % | worst | earlier, sum | ratio | worst ratio | equal, proven |")
    click.echo("|---|---|---|---|---|---|---|---|---|---|")
    for (base, kind), of_kind in rows.items():
        if of_kind:
            click.echo(line(f"{base}, {kind}", of_kind))
            if kind == "pin":
                for says in ("same", "none", "changed"):
                    some = [row for row in of_kind if row.says == says]
                    if some:
                        click.echo(line(f"of those {says}", some))


if __name__ == "__main__":
    main()
