"""Which positions are opened and which applications selected: sections 2b to 4 of docs/model.md, for the oracle.

See `brute_force` for what the oracle is for and what it may share with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import product

from brute_force_paths import Situation
from lexicographic_flow import Vector, total

from allokering.tables import Form, Position, PositionState

Decision = tuple[frozenset[str], frozenset[str]]
"""Forms opened of positions that are actors, and applications selected."""


class Openings:
    """Every way to open positions and to select applications that the rules allow, and what it costs."""

    def __init__(self, situation: Situation, priced: Callable[[str, int], Vector], free: Vector) -> None:
        self.situation, self.priced, self.free = situation, priced, free
        self.instance, self.rules, self.terms = situation.instance, situation.rules, situation.terms
        self.members: dict[str, list[str]] = {}
        for row in self.instance.applications:
            self.members.setdefault(row.application_id, []).append(row.municipality_id)
        self.positions = {row.position_id: row for row in self.instance.positions}
        choices: list[tuple[Position | None, ...]] = []
        self.always: set[str] = set()
        for position in self.instance.positions:
            forms = situation.forms(position.position_id)
            optional = position.state is PositionState.OPTIONAL
            if position.alternative_to is not None:
                continue
            if optional or len(forms) > 1:
                choices.append((None, *forms) if optional else (*forms,))
            else:
                self.always.add(position.position_id)
        self.choices = choices
        self.cheapest = cache(self._cheapest)
        self.decisions = cache(self._decisions)

    def _cheapest(self, used: frozenset[str], taken: frozenset[str]) -> tuple[Vector, Decision] | None:
        """The cheapest decision, given the positions of which a place is used and those that anybody takes.

        What is used is open, and of what may stay closed only what is taken is opened; None if no decision does that.
        """
        needed = used - self.always
        allowed = [
            (price, decision)
            for price, decision in self.decisions()
            if needed <= decision[0]
            and all(name in taken or not self.is_optional(self.positions[name]) for name in decision[0])
        ]
        return min(allowed, key=lambda found: found[0], default=None)

    def _decisions(self) -> list[tuple[Vector, Decision]]:
        """Every combination of openings and of applications that the selection allows, with its price."""
        found = []
        for forms in product(*self.choices):
            opened = [form for form in forms if form is not None]
            for taken in product((False, True), repeat=len(self.members)):
                selected = [name for name, is_taken in zip(self.members, taken, strict=True) if is_taken]
                if "selection" in self.rules and self.members and not self.may_be(opened, selected):
                    continue
                ids = frozenset(form.position_id for form in opened)
                found.append((self.price(opened, selected), (ids, frozenset(selected))))
        return found

    def price(self, opened: list[Position], selected: list[str]) -> Vector:
        """Points for every opening, and for every municipality that takes part alone."""
        opening = self.terms["opening"].points * len(opened) if "opening" in self.terms else 0
        lonely = [name for name in selected if len(self.members[name]) == 1]
        alone = self.terms["alone"].points * len(lonely) if "alone" in self.terms else 0
        return total([self.priced("opening", opening), self.priced("alone", alone)], self.free)

    def may_be(self, opened: list[Position], selected: list[str]) -> bool:
        """Does the selection keep every bound of the rule?"""
        rule = self.rules["selection"]
        for trust in {self.trust(name) for name in self.members}:
            applied = sum(self.trust(name) == trust for name in self.members)
            taken = sum(self.trust(name) == trust for name in selected)
            if not min(rule.per_trust_min, applied) <= taken <= rule.per_trust_max:
                return False
        optional = [form for form in opened if self.is_optional(form)]
        taking_part = {municipality for name in selected for municipality in self.members[name]}
        if any(not set(self.situation.shares(form)) <= taking_part for form in optional):
            return False
        if any(not self.has_opening(self.members[name], optional) for name in selected):
            return False
        self_employed = sum(form.places for form in optional if form.form is Form.SELF_EMPLOYED)
        sami = {row.municipality_id for row in self.instance.municipalities if row.sami_language_area}
        sami_selected = sum(bool(sami & set(self.members[name])) for name in selected)
        return self_employed >= rule.self_employed_min and sami_selected >= rule.sami_min

    def is_optional(self, form: Position) -> bool:
        """May the position that this is a form of stay closed?"""
        return self.positions[form.alternative_to or form.position_id].state is PositionState.OPTIONAL

    def has_opening(self, municipalities: Iterable[str], optional: list[Position]) -> bool:
        """Is there an opened optional position with a part in one of the municipalities?"""
        return any(set(self.situation.shares(form)) & set(municipalities) for form in optional)

    def trust(self, application_id: str) -> str | None:
        """The health trust of the application's municipality with the most residents; of two, the first by id."""
        members = [row for row in self.instance.municipalities if row.municipality_id in self.members[application_id]]
        return min(members, key=lambda row: (-row.residents, row.municipality_id)).trust_id
