"""Instance + model -> problem. Reads like the formulation: paths, then every rule, then every term of the objective."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from allokering.errors import Fault, InstanceFaulty
from allokering.facts.recruitment import recruits
from allokering.formulation.choices import choices_of, listed
from allokering.formulation.path_space import PathSpace, Use, path_space
from allokering.formulation.paths import PathOptions
from allokering.formulation.scope import (
    Draft,
    Objective,
    Scope,
    SharedUse,
    UseRule,
    final_numbers,
    published_rows,
    shared_use_of,
    use_of,
)
from allokering.formulation.trace import Trace
from allokering.instance import Instance
from allokering.language import say
from allokering.model import Model
from allokering.problem import Integers, ListedOptions, Options, Problem, Relief, Resource, Transfer
from allokering.rules.registry import RULES
from allokering.rules.training_time import lengths
from allokering.terms.registry import TERMS

Own = list[tuple[UseRule, Integers]]
"""Uses of the rules' own rows, and the rows by (position or site, period)."""
Shared = list[tuple[SharedUse, Integers]]
"""Uses of rows that another rule publishes, and the rows by (position, period)."""


def build(
    instance: Instance, model: Model, objective: Objective = "lexicographic", *, trace: Trace | None = None
) -> Problem:
    """Compile the problem of an instance under a model; `trace`, if given, learns which rule took which paths away.

    Raises:
        InstanceFaulty: a trainee's programme is not in the model.
    """
    draft = Draft(
        instance, model, objective, spaces=tuple(_spaces(instance, model)), choices=choices_of(instance), trace=trace
    )
    in_force = [rule for rule in model.rules if rule.in_force(instance.settings.start)]
    for rule in in_force:
        _speak(RULES[rule.kind], Scope(draft, rule.id), rule.typed, instance)
    if all(rule.kind != "recruitment" for rule in in_force):
        _nobody_is_recruited(Scope(draft, "recruitment"), instance)
    for term in model.terms:
        if not hasattr(TERMS[term.kind], "PRICED_BY"):
            TERMS[term.kind].price(Scope(draft, term.id), term.typed, instance)
    return _finish(draft)


def _speak(rule: ModuleType, scope: Scope, params: object, instance: Instance) -> None:
    """Let a rule speak; one that holds by construction, or in a later stage, has nothing to say here."""
    if hasattr(rule, "enforce"):
        rule.enforce(scope, params, instance)


def _nobody_is_recruited(scope: Scope, instance: Instance) -> None:
    """Without a rule recruitment nothing says that anybody could come: who is not yet known has no path."""
    to_recruit = recruits(instance)
    for space in scope.spaces:
        if space.trainee in to_recruit:
            scope.keep(space, by_position_and_start=np.zeros((1, 1), dtype=bool))


def _spaces(instance: Instance, model: Model) -> list[PathSpace]:
    """The path space of every trainee, all positions and sites of the instance."""
    known = {programme.id for programme in model.programmes}
    faults = [
        Fault(
            "trainees",
            None,
            "programme",
            trainee.programme,
            say(
                "{trainee}: not a programme of the model ({known})",
                trainee=trainee.trainee_id,
                known=", ".join(sorted(known)),
            ),
        )
        for trainee in instance.trainees
        if trainee.programme not in known
    ]
    if faults:
        raise InstanceFaulty(instance.name, faults)
    positions = [position.position_id for position in instance.positions]
    sites = [site.site_id for site in instance.sites]
    months = instance.settings.period_months
    spaces = []
    for trainee in instance.trainees:
        left = lengths(trainee, model.programme_params(trainee.programme), months)
        periods = instance.settings.periods
        spaces.append(
            path_space(trainee.trainee_id, positions, sites, periods, left.rotation_periods, left.path_periods)
        )
    return spaces


def _finish(draft: Draft) -> Problem:
    """Put the draft in canonical order: resources by rule, subject and period, whatever the order of the rules."""
    order = sorted(range(len(draft.resources)), key=lambda number: _name(draft.resources[number]))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))

    def renumber(resource: int) -> int:
        return int(number[resource])

    reliefs = [Relief(one.name, renumber(one.resource), one.most, one.prices) for one in draft.reliefs]
    transfers = [
        Transfer(
            one.transfer.name,
            renumber(one.transfer.source),
            renumber(one.transfer.target),
            one.transfer.most,
            one.transfer.prices,
            tuple(
                (renumber(resource), amount)
                for resource, amount in (
                    *one.transfer.also_uses,
                    *((draft.published[row], amount) for row, amount in one.shared if row in draft.published),
                )
            ),
        )
        for one in draft.transfers
    ]
    to_recruit = recruits(draft.instance)
    periods = range(draft.instance.settings.periods)
    own = [(rule, final_numbers(rule, number)) for rule in draft.uses]
    shared = [(use, published_rows(use, periods, number, draft.published)) for use in draft.shared_uses]
    return Problem(
        tiers=draft.tiers,
        resources=tuple(draft.resources[old] for old in order),
        actors=(
            *(_options(draft, space, own, shared, is_recruit=space.trainee in to_recruit) for space in draft.spaces),
            *_choices(draft, number),
        ),
        reliefs=tuple(sorted(reliefs, key=lambda one: (one.resource, one.name))),
        transfers=tuple(sorted(transfers, key=lambda one: (one.source, one.target))),
    )


def _name(resource: Resource) -> tuple[str, str, int]:
    return resource.rule, resource.subject, resource.period


def _choices(draft: Draft, number: Integers) -> list[ListedOptions]:
    """The openings, the applications, and what every plan pays, as an actor without a choice."""
    uses = [(use.choice, use.option, int(number[use.resource]), use.amount) for use in draft.choice_uses]
    tiers, rows = len(draft.tiers), len(draft.resources)
    return listed(draft.choices.values(), uses, draft.choice_prices, draft.constant, tiers, rows)


def _options(draft: Draft, space: PathSpace, own: Own, shared: Shared, *, is_recruit: bool) -> Options:
    """A trainee's options as the rules left them."""

    def uses(positions: Integers) -> list[Use]:
        return [
            use_of(rule, space, positions, rows)
            for rule, rows in own
            if rule.trainees is None or space.trainee in rule.trainees
        ] + [shared_use_of(use, space, positions, rows) for use, rows in shared if space.trainee in use.trainees]

    def prices(positions: Integers) -> tuple[Integers, Integers]:
        by_start = np.zeros((len(positions), len(space.starts), len(draft.tiers)), dtype=np.int64)
        for tier, weight, price in draft.position_start_prices:
            by_start[:, :, tier] += weight * price(space, positions)
        by_rotation = np.zeros((len(positions), len(space.rotation_site), len(draft.tiers)), dtype=np.int64)
        for tier, weight, price in draft.rotation_prices:
            by_rotation[:, :, tier] += weight * price(space, positions)
        return by_start, by_rotation

    free = np.zeros(len(draft.tiers), dtype=np.int64) if is_recruit else draft.unplaced_prices
    unplaced = None if space.trainee in draft.must_place else free
    return PathOptions(space, uses, prices, unplaced)
