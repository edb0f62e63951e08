"""What solving a problem taught, for problems that differ a little from it: plain data, picklable, without a domain.

Everything is by name, so that it means the same in another problem: actors and options by their names and keys, duals
by the names of their rows, MIR cuts by resource, divisor and number of helpers. Any duals give a valid bound there, and
a cut is made anew of the other problem's numbers; what only a restriction may inherit (values as bounds) is checked
against the fingerprint (`relation`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Name = tuple[str | int, ...]
"""Of a row: ("resource", rule, subject, period), ("cut", rule, subject, period, divisor, taken), ("hold", objective);
of a resource or an adjustment, what it is known by."""
CutName = tuple[str, str, int, int, int]
"""(rule, subject, period, divisor, taken): a MIR cut, whatever problem it is put in."""
Duals = dict[Name, float]
"""What a unit more of each row's side would save: >= 0 where the side is an upper one, <= 0 where it is a lower one."""
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Fingerprint:
    """A problem's form."""

    bounds: dict[Name, int]
    """By resource."""
    adjustments: dict[Name, tuple[int, tuple[int, ...], tuple[tuple[Name, int], ...]]]
    """By adjustment: most, prices, and what a unit uses of each resource."""
    options: dict[str, Hashes]
    """By actor, ascending: a hash of each option's use and prices."""
    tiers: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Knowledge:
    """What solving taught."""

    options: dict[str, str]
    """By actor, the key of the option it has."""
    values: tuple[int, ...]
    """By tier."""
    bounds: tuple[int, ...]
    """By tier, the earlier ones held at the values."""
    duals: dict[int, Duals] = field(default_factory=dict)
    """By the first tier of those that were minimised at once, for a weight of 1 of that tier."""
    cuts: tuple[CutName, ...] = ()
    """MIR cuts that the relaxations needed."""
    fingerprint: Fingerprint | None = None
    """Of the problem, so that a claim to restrict or relax it can be checked."""

    @property
    def is_proven(self) -> bool:
        """Is the plan optimal in every tier?"""
        return self.values == self.bounds


@dataclass(frozen=True)
class Inherited:
    """What a parent leaves to a problem."""

    knowledge: Knowledge
    is_restricted: bool
    """Is the problem a restriction of the parent's, so that its values are bounds? Checked, not believed."""
    fingerprint: Fingerprint | None = None
    """Of the problem, if comparing it has made it."""

    def answers(self, values: tuple[int, ...]) -> bool:
        """Is a plan of these values optimal by the parent's proof alone?"""
        return self.is_restricted and self.knowledge.is_proven and values == self.knowledge.values
