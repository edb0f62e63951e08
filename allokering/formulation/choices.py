"""Actors that are no trainees: positions that may be opened, in one of their forms, and applications to take part.

Their few options are listed; the rules say what each uses, the objective what it costs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from allokering.instance import Instance
from allokering.problem import ListedOptions
from allokering.tables import Position, PositionState

CLOSED = "closed"
LEFT_OUT, SELECTED = "left out", "selected"
POLICY = "policy"
"""The actor without a choice that bears what every plan pays."""


@dataclass(frozen=True)
class Choice:
    """An actor by name, and its options by theirs."""

    actor: str
    options: tuple[str, ...]


def opening(position_id: str) -> str:
    """The actor that opens the position, named by the row without `alternative_to`."""
    return f"opening {position_id}"


def application(application_id: str) -> str:
    """The actor that takes part or not."""
    return f"application {application_id}"


def forms_of_positions(instance: Instance) -> dict[str, tuple[Position, ...]]:
    """The forms of every position, by the row without `alternative_to`."""
    forms: dict[str, list[Position]] = defaultdict(list)
    for position in instance.positions:
        forms[position.alternative_to or position.position_id].append(position)
    return {head: tuple(rows) for head, rows in sorted(forms.items())}


def openings(instance: Instance) -> dict[str, str]:
    """The actor that opens a form, by the form's id; forms that stand open whatever the plan have none."""
    return {
        form.position_id: opening(head)
        for head, forms in forms_of_positions(instance).items()
        if len(forms) > 1 or forms[0].state is PositionState.OPTIONAL
        for form in forms
    }


def municipalities_of_applications(instance: Instance) -> dict[str, tuple[str, ...]]:
    """Who applies together, by application."""
    members: dict[str, list[str]] = defaultdict(list)
    for row in instance.applications:
        members[row.application_id].append(row.municipality_id)
    return {application_id: tuple(sorted(own)) for application_id, own in sorted(members.items())}


def choices_of(instance: Instance) -> dict[str, Choice]:
    """Every actor that is no trainee, by name."""
    actors = openings(instance)
    choices = {}
    for forms in forms_of_positions(instance).values():
        if (actor := actors.get(forms[0].position_id)) is not None:
            closed = (CLOSED,) if forms[0].state is PositionState.OPTIONAL else ()
            choices[actor] = Choice(actor, (*closed, *(form.position_id for form in forms)))
    for application_id in municipalities_of_applications(instance):
        actor = application(application_id)
        choices[actor] = Choice(actor, (LEFT_OUT, SELECTED))
    return choices


def listed(
    choices: Iterable[Choice],
    uses: Sequence[tuple[str, str, int, int]],
    prices: Sequence[tuple[str, str, tuple[int, ...]]],
    constant: Sequence[tuple[int, ...]],
    tiers: int,
    resources: int,
) -> list[ListedOptions]:
    """The actors as the solver sees them.

    Args:
        choices: the actors.
        uses: (actor, option, resource, amount); what is said twice adds up.
        prices: (actor, option, one price per tier); what is said twice adds up.
        constant: what every plan pays, one price per tier.
        tiers: number of tiers.
        resources: number of resources.
    """
    used: Mapping[str, list[tuple[str, int, int]]] = defaultdict(list)
    for actor, option, resource, amount in uses:
        used[actor].append((option, resource, amount))
    paid: Mapping[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    for actor, option, price in prices:
        paid[actor].append((option, price))
    actors = []
    for choice in choices:
        number = {option: place for place, option in enumerate(choice.options)}
        cells = np.array(
            [(number[option], resource, amount) for option, resource, amount in used[choice.actor]], dtype=np.int64
        ).reshape(-1, 3)
        shape = (len(choice.options), resources)
        usage = sparse.coo_array((cells[:, 2], (cells[:, 0], cells[:, 1])), shape=shape).tocsr()
        usage.sum_duplicates()
        costs = np.zeros((len(choice.options), tiers), dtype=np.int64)
        for option, price in paid[choice.actor]:
            costs[number[option]] += np.array(price, dtype=np.int64)
        actors.append(ListedOptions(choice.actor, choice.options, usage, costs))
    if constant:
        total = np.array(constant, dtype=np.int64).sum(axis=0, keepdims=True)
        actors.append(ListedOptions(POLICY, ("as decided",), sparse.csr_array((1, resources), dtype=np.int64), total))
    return actors
