"""The compiled rows of one tiny scene per rule, as text for a reader.

A scene stands in the rule's case file, under `[golden]`: what it `says`, the rules that speak in it (`with_rules`,
beside the rule itself), the terms it does `without_terms`, whether it `lists_paths`, and what differs from the good
plan's instance, as in a case. `make golden` writes the files in `golden/` anew; what changed is reviewed as a diff.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import case_files
import numpy as np
from scenes import tiny

from allokering.engine.build import build
from allokering.instance import Instance
from allokering.kinds import RULE_KINDS
from allokering.model import Model
from allokering.problem import Problem, Transfer

GOLDEN = Path(__file__).parent / "golden"
SCENES = {kind: scene for kind in RULE_KINDS if (scene := case_files.read_scene(kind)) is not None}
"""The scenes by rule; a rule that says nothing of the placement has none."""


def staged(kind: str) -> tuple[Instance, Model]:
    """The scene's instance, and the model in which only its rules speak."""
    scene = SCENES[kind]
    situation = tiny.make({"without_terms": ["unplaced"], **scene})
    spoken = {*scene.get("with_rules", ["training_time"]), kind}
    rules = tuple(rule for rule in situation.model.rules if rule.kind in spoken)
    return situation.instance, replace(situation.model, rules=rules)


def golden_text(kind: str) -> str:
    """What the scene says, and its rows, reliefs, transfers and paths."""
    scene = SCENES[kind]
    problem = build(*staged(kind))
    lines = [
        *_rows(problem),
        *_reliefs(problem),
        *_transfers(problem),
        *(_paths(problem) if scene.get("lists_paths", False) else ()),
    ]
    said = textwrap.wrap(scene["says"], 118, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([*said, *lines]) + "\n"


def _rows(problem: Problem) -> Iterator[str]:
    uses: dict[int, list[str]] = defaultdict(list)
    for actor in problem.actors:
        every = np.arange(len(actor))
        usage = actor.usage(every, len(problem.resources)).tocoo()
        for option, resource, amount in sorted(zip(usage.row, usage.col, usage.data, strict=True)):
            uses[int(resource)].append(_signed(int(amount), f"{actor.actor}:{actor.key(int(option))}"))
    for relief in problem.reliefs:
        uses[relief.resource].append(f"- {relief.name}")
    for transfer in problem.transfers:
        name = _way(problem, transfer)
        uses[transfer.source].append(f"- ({name})")
        uses[transfer.target].append(f"+ ({name})")
        for resource, amount in transfer.also_uses:
            uses[resource].append(_signed(amount, f"({name})"))
    for number, resource in enumerate(problem.resources):
        row = f"{resource}: {' '.join(uses[number]).removeprefix('+ ') or '0'} <= {resource.bound}"
        yield from textwrap.wrap(row, 120, subsequent_indent="    ", break_on_hyphens=False)


def _signed(amount: int, name: str) -> str:
    size = "" if abs(amount) == 1 else f"{abs(amount)} "
    return f"{'+' if amount > 0 else '-'} {size}{name}"


def _reliefs(problem: Problem) -> Iterator[str]:
    for relief in problem.reliefs:
        place = problem.resources[relief.resource]
        yield f"{relief.name} of {place} <= {relief.most}, costs {_price(problem, relief.prices)}"


def _transfers(problem: Problem) -> Iterator[str]:
    for one in problem.transfers:
        place = problem.resources[one.source]
        name = f"{_way(problem, one)} in {place.rule}, period {place.period}"
        yield f"{name} <= {one.most}, costs {_price(problem, one.prices)}"


def _way(problem: Problem, transfer: Transfer) -> str:
    return f"{problem.resources[transfer.source].subject} > {problem.resources[transfer.target].subject}"


def _price(problem: Problem, prices: tuple[int, ...]) -> str:
    paid = [f"{price} {tier.unit}" for tier, price in zip(problem.tiers, prices, strict=True) if price]
    return " and ".join(paid) or "nothing"


def _paths(problem: Problem) -> Iterator[str]:
    for actor in problem.actors:
        for option in range(len(actor)):
            yield f"{actor.actor}:{actor.key(option)}"


if __name__ == "__main__":
    for kind in SCENES:
        (GOLDEN / f"{kind}.txt").write_text(golden_text(kind), encoding="utf-8")
