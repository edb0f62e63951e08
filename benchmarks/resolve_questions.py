"""Questions about solved situations, for `benchmarks.resolve`; as a script, a solver of them from nothing.

The script reads names of questions from its input, one a line, and answers each with a line of JSON. It is run with an
earlier checkout of the program on its path, and so uses only what both have.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from allokering.builtin import builtin_folder
from allokering.files.reading import read_instance
from allokering.formulation.paths import PathOptions
from allokering.instance import Instance
from allokering.model import Model, load_model
from allokering.tables import Pin, PinVerb, PinWhat

SITUATIONS = {"vest": "alis-vest-2017", "narvik": "narvik-2022", "bergen": "bergen-2018"}
MODELS = {"A": "alis", "C": "alis-cap-1000"}


@dataclass(frozen=True)
class Question:
    """A base, and what is changed in it."""

    name: str
    kind: str
    """base, cap, pin, departure or growth."""
    base: str
    instance: Instance
    model: Model


@cache
def instance_of(base: str) -> Instance:
    """The situation of a base such as vest-A."""
    return read_instance(builtin_folder("instances") / SITUATIONS[base.split("-", maxsplit=1)[0]])


@cache
def model_of(base: str) -> Model:
    """Its model."""
    return load_model(MODELS[base.split("-")[1]])


def build(question: Question) -> Any:
    """The problem, by whichever module builds it."""
    return _module("allokering.engine.build", "allokering.formulation.build").build(question.instance, question.model)


def _module(*names: str) -> Any:
    for name in names:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise ModuleNotFoundError(names)


def unchanged(base: str) -> Question:
    """The base itself."""
    return Question(base, "base", base, instance_of(base), model_of(base))


def questions() -> Iterator[Question]:
    """All of them."""
    counts = {"vest-A": (10, 5), "vest-C": (10, 5), "narvik-A": (4, 2), "narvik-C": (4, 1), "bergen-A": (4, 1)}
    for base in (*counts, "bergen-C"):
        yield unchanged(base)
        yield from _pins(base)
        departures, growths = counts.get(base, (0, 0))
        yield from _changes(base, "departure", departures, _departure)
        yield from _changes(base, "growth", growths, _growth)
    for situation, caps in (("vest", range(700, 1201, 50)), ("narvik", (700, 800, 900, 1100)), ("bergen", (900, 1100))):
        for cap in caps:
            if cap != 1000:
                base = f"{situation}-C"
                model = load_model("alis-cap-1000", {"list_target.patients_per_fte": str(cap)})
                yield Question(f"{base}-cap-{cap}", "cap", base, instance_of(base), model)


def _pins(base: str) -> Iterator[Question]:
    """Every pair of trainee and position that some path allows, as a pin."""
    instance = instance_of(base)
    positions = {position.position_id for position in instance.positions}
    for actor in build(unchanged(base)).actors:
        if isinstance(actor, PathOptions):
            keys = {actor.key(option).split("@")[0] for option in range(len(actor))}
            for position in sorted(keys & positions):
                pin = Pin(trainee_id=actor.actor, what=PinWhat.POSITION, verb=PinVerb.MUST, value=position)
                pinned = instance.with_pins([pin])
                yield Question(f"{base}-pin-{actor.actor}-{position}", "pin", base, pinned, model_of(base))


def _changes(
    base: str, kind: str, count: int, change: Callable[[Instance, random.Random, int], tuple[str, Instance]]
) -> Iterator[Question]:
    draw = random.Random(f"{base}-{kind}")
    for number in range(count):
        what, instance = change(instance_of(base), draw, number)
        yield Question(f"{base}-{kind}-{number}-{what}", kind, base, instance, model_of(base))


def _departure(instance: Instance, draw: random.Random, number: int) -> tuple[str, Instance]:  # noqa: ARG001
    """A doctor leaves some day of the first four years."""
    start = instance.settings.start
    who = draw.choice([doctor for doctor in instance.doctors if doctor.ends is None or doctor.ends > start])
    day = start + dt.timedelta(days=draw.randrange(30, 365 * 4))
    day = day if who.ends is None else min(day, who.ends)
    if who.starts is not None and day < who.starts:
        day = who.starts + dt.timedelta(days=200)
    doctors = tuple(one.model_copy(update={"ends": day}) if one is who else one for one in instance.doctors)
    return who.doctor_id, replace(instance, doctors=doctors)


def _growth(instance: Instance, draw: random.Random, number: int) -> tuple[str, Instance]:
    """Two per cent more residents: everywhere, then in one municipality."""
    where = sorted(one.municipality_id for one in instance.municipalities if one.residents)
    grown = set(where) if number == 0 else {draw.choice(where)}
    rows = tuple(
        one.model_copy(update={"residents": one.residents * 1020 // 1000}) if one.municipality_id in grown else one
        for one in instance.municipalities
    )
    return "all" if number == 0 else next(iter(grown)), replace(instance, municipalities=rows)


def main() -> None:
    """Solve from nothing the questions that the input names."""
    known = {question.name: question for question in questions()}
    exact = _module("allokering.solvers.exact.solve", "allokering.solvers.exact")
    print("ready", flush=True)
    for line in sys.stdin:
        question = known[line.strip()]
        began = time.process_time()
        outcome = exact.solve_exact(build(question))
        seconds = time.process_time() - began
        tiers = [(tier.value, tier.bound) for tier in outcome.tiers]
        print(json.dumps({"seconds": seconds, "status": outcome.status.value, "tiers": tiers}), flush=True)


if __name__ == "__main__":
    main()
