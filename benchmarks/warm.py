"""Re-solving from yesterday's plan: one trainee loses the position held; how good is a tenth of the time?

Usage: python -m benchmarks.warm --region helse-nord --trainees 250 --seeds 1-3 --seconds 60

Yesterday's plan comes from a solve of `--seconds`. Today one of those placed, whose number is the seed's, may not have
the same position; everybody else begins where yesterday's plan left them. That start is compared with a tenth of the
time from it, and with a solve of `--seconds` from nothing.
"""

from __future__ import annotations

import time
from dataclasses import replace

import click

from allokering.engine.build import build
from allokering.formulation.paths import UNPLACED, PathOptions
from allokering.generation.figures import REGIONS
from allokering.generation.region import generate_region
from allokering.instance import Instance
from allokering.model import load_model
from allokering.problem import Integers, Problem, Solution
from allokering.solvers.column_generation.solve import solve_large
from allokering.solvers.exact.completion import complete
from allokering.tables import Pin, PinVerb, PinWhat

TENTH = 0.1


def without(instance: Instance, problem: Problem, options: Integers, which: int) -> Instance:
    """The same instance, but one of those placed (the first, second, ...) may not have the same position."""
    paths = [
        (actor.actor, path)
        for actor, option in zip(problem.actors, options, strict=True)
        if isinstance(actor, PathOptions) and (path := actor.path(int(option))) is not None
    ]
    trainee, path = paths[which % len(paths)]
    pin = Pin(trainee_id=trainee, what=PinWhat.POSITION, verb=PinVerb.NEVER, value=path.position)
    return replace(instance, pins=(*instance.pins, pin))


def yesterday(before: Problem, options: Integers, today: Problem) -> Solution | None:
    """Yesterday's options as far as they still exist, with the cheapest adjustments."""
    kept = options.copy()
    for number, actor in enumerate(today.actors):
        found = [actor.find(before.actors[number].key(int(options[number]))), actor.find(UNPLACED)]
        kept[number] = next((option for option in found if option is not None), 0)
    return complete(today, kept)


@click.command()
@click.option("--region", type=click.Choice(list(REGIONS)), default="helse-nord", show_default=True)
@click.option("--trainees", type=int, default=250, show_default=True)
@click.option("--municipalities", type=int, help="A part of the region of so many municipalities.")
@click.option("--seeds", default="1-3", show_default=True, help="One, or first-last.")
@click.option("--seconds", type=float, default=60, show_default=True)
@click.option("--threads", type=int, default=2, show_default=True)
def main(region: str, trainees: int, municipalities: int | None, seeds: str, seconds: float, threads: int) -> None:
    """Print, for every seed, the value of the start, of a tenth of the time from it, and of a solve from nothing."""
    model = load_model("alis", {})
    first, _, last = seeds.partition("-")
    for seed in range(int(first), int(last or first) + 1):
        instance = generate_region(region, trainees, seed, 6, municipalities)
        before = build(instance, model, "weighted")
        old = solve_large(before, workers=threads, time_limit=seconds).solution
        if old is None:
            print(f"seed {seed}: no plan to begin from")
            continue
        today = build(without(instance, before, old.options, seed), model, "weighted")
        began = time.monotonic()
        start = yesterday(before, old.options, today)
        repaired = time.monotonic() - began
        warm = solve_large(today, workers=threads, time_limit=max(0.0, TENTH * seconds - repaired), start=start)
        took = time.monotonic() - began
        cold = solve_large(today, workers=threads, time_limit=seconds)
        best = cold.tiers[0].value
        told = [] if start is None else [("start", today.values(start)[0], repaired)]
        told += [("warm", warm.tiers[0].value, took), ("cold", best, cold.seconds)]
        parts = (f"{name} {value:,} ({100 * (value / best - 1):+.2f} %) in {used:.1f} s" for name, value, used in told)
        print(f"seed {seed}: {'; '.join(parts)}", flush=True)


if __name__ == "__main__":
    main()
