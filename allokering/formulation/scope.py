"""The problem under construction, as one entry of the model sees it.

Rules speak in resources, uses, reliefs and transfers; the scope stamps the entry's id on each resource and keeps the
draft from which `build` makes the problem. Nothing here depends on the order in which entries speak.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from allokering.facts.policy import Policy
from allokering.formulation.choices import Choice
from allokering.formulation.path_space import PathSpace, Use, While
from allokering.formulation.shared_rows import Published, SharedRow
from allokering.formulation.trace import Factor, Trace
from allokering.instance import Instance
from allokering.kinds import Params
from allokering.model import Model
from allokering.problem import Booleans, Integers, Relief, Resource, Tier, Transfer

Objective = Literal["lexicographic", "weighted"]
OBJECTIVES: tuple[Objective, ...] = ("lexicographic", "weighted")
Amount = Callable[[PathSpace, Integers], Integers]
"""Amounts of some positions (by number) for a trainee: shape (positions, starts, periods)."""
PathPrice = Callable[[PathSpace, Integers], Integers]
"""Prices of some positions for a trainee: broadcastable to (positions, starts) or (positions, rotations)."""


@dataclass(frozen=True)
class UseRule:
    """What a rule says of every path: the resources used by (position or site, period), and how much of them."""

    when: While
    resource: Integers
    amount: int | Amount
    by_site: bool
    trainees: frozenset[str] | None


@dataclass(frozen=True)
class SharedUse:
    """A use of rows that another rule publishes, by the position's subject."""

    when: While
    row: SharedRow
    subjects: tuple[str | None, ...]
    amount: Amount
    trainees: frozenset[str]


@dataclass(frozen=True)
class _Transfer:
    """A transfer in the making: what else it uses may be rows that no rule has made yet."""

    transfer: Transfer
    shared: tuple[tuple[Published, int], ...]


@dataclass(frozen=True)
class _ChoiceUse:
    choice: str
    option: str
    resource: int
    amount: int


@dataclass
class Draft:
    """What the entries have said so far."""

    instance: Instance
    model: Model
    objective: Objective
    spaces: tuple[PathSpace, ...]
    resources: list[Resource] = field(default_factory=list)
    reliefs: list[Relief] = field(default_factory=list)
    transfers: list[_Transfer] = field(default_factory=list)
    uses: list[UseRule] = field(default_factory=list)
    shared_uses: list[SharedUse] = field(default_factory=list)
    published: dict[Published, int] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    choice_uses: list[_ChoiceUse] = field(default_factory=list)
    choice_prices: list[tuple[str, str, tuple[int, ...]]] = field(default_factory=list)
    constant: list[tuple[int, ...]] = field(default_factory=list)
    position_start_prices: list[tuple[int, int, PathPrice]] = field(default_factory=list)
    rotation_prices: list[tuple[int, int, PathPrice]] = field(default_factory=list)
    unplaced_prices: Integers | None = None
    must_place: set[str] = field(default_factory=set)
    trace: Trace | None = None
    """Which rule took what away; None if nobody asks."""

    @cached_property
    def policy(self) -> Policy:
        """What the policy says of lists and supervisors, read once for all rules and terms."""
        return Policy(self.instance, self.model)

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers of the problem: the objective's own, or a single one in kroner."""
        if self.objective == "weighted":
            return (Tier("weighted", "NOK"),)
        worths = self.worths
        return tuple(Tier(entry.id, entry.unit or "points", worths[entry.id]) for entry in self.model.tiers)

    @property
    def worths(self) -> dict[str, int]:
        """What a unit of each tier of the objective is worth, in kroner."""
        return {entry.id: int(entry.params["nok_per_unit"]) for entry in self.model.tiers}


@dataclass(frozen=True)
class Scope:
    """The draft as one entry sees it."""

    draft: Draft
    entry_id: str

    @property
    def spaces(self) -> tuple[PathSpace, ...]:
        """The path space of every trainee, in the instance's order."""
        return self.draft.spaces

    @property
    def policy(self) -> Policy:
        """What the policy says of lists and supervisors."""
        return self.draft.policy

    @property
    def periods(self) -> range:
        """The periods of the horizon."""
        return range(self.draft.instance.settings.periods)

    def keep(
        self,
        space: PathSpace,
        *,
        by_position_and_start: Booleans | None = None,
        by_start_and_rotation: Booleans | None = None,
        by_position_and_site: Booleans | None = None,
    ) -> None:
        """Of a trainee's paths only those stay that the masks allow, each broadcast over the axes of its factor."""
        masks: dict[Factor, Booleans | None] = {
            "by_position_and_start": by_position_and_start,
            "by_start_and_rotation": by_start_and_rotation,
            "by_position_and_site": by_position_and_site,
        }
        for factor, mask in masks.items():
            if mask is None:
                continue
            left: Booleans = getattr(space, factor)
            left &= mask
            if self.draft.trace is not None:
                self.draft.trace.keep(self.entry_id, space.trainee, factor, np.broadcast_to(mask, left.shape))

    def resource(self, subject: str, period: int, bound: int) -> int:
        """A new row "use <= bound"; its number for this scope's other calls."""
        self.draft.resources.append(Resource(self.entry_id, subject, period, bound))
        return len(self.draft.resources) - 1

    def resources(self, subjects: Iterable[str], bound: Callable[[str, int], int | None]) -> dict[str, Integers]:
        """A row per subject and period; -1 where `bound` is None."""
        return {
            subject: np.array(
                [
                    -1 if (most := bound(subject, period)) is None else self.resource(subject, period, most)
                    for period in self.periods
                ]
            )
            for subject in subjects
        }

    def use(
        self,
        when: While,
        resource: Integers,
        amount: int | Amount = 1,
        *,
        by_site: bool = False,
        trainees: Iterable[str] | None = None,
    ) -> None:
        """Every path of the trainees (all of them by default) uses the resources by (position or site, period)."""
        chosen = None if trainees is None else frozenset(trainees)
        self.draft.uses.append(UseRule(when, resource, amount, by_site, chosen))

    def use_while_occupied(self, resource: Integers, amount: int | Amount = 1) -> None:
        """Every path uses the resources by (position, period) while its position is occupied."""
        model = self.draft.model
        away: dict[bool, list[str]] = {True: [], False: []}
        for trainee in self.draft.instance.trainees:
            away[model.programme_params(trainee.programme).holds_position_away].append(trainee.trainee_id)
        for holds_away, trainees in away.items():
            if trainees:
                self.use(While.HELD if holds_away else While.PRACTICE, resource, amount, trainees=trainees)

    def publish(self, row: SharedRow, subject: str, period: int, resource: int) -> None:
        """Let other rules use this row."""
        self.draft.published[Published(row, subject, period)] = resource

    def use_published(
        self, when: While, row: SharedRow, subjects: Iterable[str | None], amount: Amount, trainees: Iterable[str]
    ) -> None:
        """Every path of the trainees uses the shared rows; `subjects` has the subject of each position."""
        self.draft.shared_uses.append(SharedUse(when, row, tuple(subjects), amount, frozenset(trainees)))

    def choose(self, choice: str, option: str, resource: int, amount: int) -> None:
        """An option of an opening, or of an application, uses so much of the resource."""
        self.draft.choice_uses.append(_ChoiceUse(choice, option, resource, amount))

    def price_choice(self, kind: str, choice: str, option: str, amount: int) -> None:
        """An option of an opening, or of an application, costs so much in the term's tier."""
        if (prices := self.price(kind, amount)) is not None:
            self.draft.choice_prices.append((choice, option, prices))

    def price_always(self, kind: str, amount: int) -> None:
        """Every plan pays so much in the term's tier."""
        if amount and (prices := self.price(kind, amount)) is not None:
            self.draft.constant.append(prices)

    def relieve(self, resource: int, kind: str, most: int, amount: int) -> None:
        """Relief of the resource, if the objective has a term of this kind: `amount` in the term's tier per unit."""
        prices = self.price(kind, amount)
        if prices is not None and most > 0:
            self.draft.reliefs.append(Relief(kind, resource, most, prices))

    def transfer(
        self,
        source: int,
        target: int,
        most: int,
        prices: tuple[int, ...] | None,
        *,
        name: str | None = None,
        also_uses: Iterable[tuple[int, int]] = (),
        shared: Iterable[tuple[Published, int]] = (),
    ) -> None:
        """Use may move from one resource to another; at no price if the objective has none.

        `shared` is what every unit moved also uses of rows that other rules publish.
        """
        if most > 0:
            free = (0,) * len(self.draft.tiers)
            transfer = Transfer(name or self.entry_id, source, target, most, prices or free, tuple(also_uses))
            self.draft.transfers.append(_Transfer(transfer, tuple(shared)))

    def term(self, kind: str) -> Params | None:
        """The parameters of the objective's term of this kind; None if the objective has none."""
        entry = self.draft.model.term(kind)
        return None if entry is None else entry.typed

    def price(self, kind: str, amount: int) -> tuple[int, ...] | None:
        """`amount` of a term, as one price per tier; None if the objective has no such term."""
        placed = self.tier_and_weight(kind)
        if placed is None:
            return None
        tier, weight = placed
        return tuple(amount * weight if index == tier else 0 for index in range(len(self.draft.tiers)))

    def tier_and_weight(self, kind: str) -> tuple[int, int] | None:
        """The tier that a term pays into, and what its unit weighs there."""
        entry = self.draft.model.term(kind)
        if entry is None:
            return None
        index = [tier.id for tier in self.draft.model.tiers].index(str(entry.tier))
        if self.draft.objective == "weighted":
            return 0, self.draft.worths[str(entry.tier)]
        return index, 1

    def price_start(self, kind: str, price: PathPrice) -> None:
        """Every path pays a price by (position, start)."""
        if (placed := self.tier_and_weight(kind)) is not None:
            self.draft.position_start_prices.append((*placed, price))

    def price_rotation(self, kind: str, price: PathPrice) -> None:
        """Every path pays a price by (position, rotation)."""
        if (placed := self.tier_and_weight(kind)) is not None:
            self.draft.rotation_prices.append((*placed, price))

    def allow_unplaced(self, kind: str, amount: int) -> None:
        """A trainee may be left without a position at this price."""
        prices = self.price(kind, amount)
        self.draft.unplaced_prices = None if prices is None else np.array(prices, dtype=np.int64)

    def must_place(self, trainee: str) -> None:
        """This trainee may not be left without a position."""
        self.draft.must_place.add(trainee)
        if self.draft.trace is not None:
            self.draft.trace.must_place.setdefault(trainee, []).append(self.entry_id)


def final_numbers(rule: UseRule, number: Integers) -> Integers:
    """The resources of a use by (position or site, period), with final numbers; -1 for none."""
    return np.append(number, -1)[rule.resource]


def use_of(rule: UseRule, space: PathSpace, positions: Integers, rows: Integers) -> Use:
    """A use of rows, by (position or site, period), as one trainee's paths have it over some positions."""
    amount = rule.amount if isinstance(rule.amount, int) else rule.amount(space, positions)
    return Use(rule.when, rows if rule.by_site else rows[positions], amount, rule.by_site)


def shared_use_of(use: SharedUse, space: PathSpace, positions: Integers, rows: Integers) -> Use:
    """A use of published rows, by (position, period), as one trainee's paths have it over some positions."""
    return Use(use.when, rows[positions], use.amount(space, positions))


def published_rows(use: SharedUse, periods: range, number: Integers, published: Mapping[Published, int]) -> Integers:
    """The final number of each position's row by (position, period); -1 for rows that nobody published."""
    rows = {
        subject: [
            -1 if found is None else int(number[found])
            for period in periods
            for found in [None if subject is None else published.get(Published(use.row, subject, period))]
        ]
        for subject in {*use.subjects}
    }
    return np.array([rows[subject] for subject in use.subjects], dtype=np.int64).reshape(-1, len(periods))
