"""Who may supervise whom, in every period, when travel is as low as it can be; what can be decided apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace

from allokering.stages.components import components

Named = tuple[str, int, str]
"""Trainee, period, supervisor."""


@dataclass(frozen=True)
class Choices:
    """Who may supervise whom. Every order in it is canonical."""

    candidates: Mapping[str, Mapping[int, tuple[str, ...]]]
    """By trainee and period of practice: the supervisors to choose from."""
    takes: Mapping[str, int]
    """Places that each trainee takes, all with one supervisor."""
    places: Mapping[tuple[str, int], int]
    """Places that a supervisor has in a period."""
    full: frozenset[tuple[str, int]]
    """Supervisors and periods in which every place must be taken."""
    twins: Mapping[str, tuple[str, ...]]
    """What a supervisor is known by; those with the same are interchangeable in every period."""
    municipality: Mapping[str, str]
    """Where each supervisor's places are."""
    crowds: Mapping[tuple[str, int], int]
    """Most places by municipality and period, where they are bounded together too."""

    @property
    def are_single(self) -> bool:
        """Does every trainee take one place?"""
        return all(self.takes[trainee] == 1 for trainee in self.candidates)

    def bounded_together(self, supervisor: str, period: int) -> tuple[str, int] | None:
        """The crowd that a supervisor belongs to; None if there is none."""
        key = (self.municipality[supervisor], period)
        return key if key in self.crowds else None


def without_needless_twins(choices: Choices) -> Choices:
    """Of interchangeable supervisors, as many as there are trainees who might come to them: more are never needed."""
    visitors: dict[tuple[str, ...], set[str]] = defaultdict(set)
    supervisors: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for trainee, by_period in choices.candidates.items():
        for supervisor in set().union(*by_period.values()):
            visitors[choices.twins[supervisor]].add(trainee)
            supervisors[choices.twins[supervisor]].add(supervisor)
    kept = {name for twins, group in supervisors.items() for name in sorted(group)[: len(visitors[twins])]}
    return replace(
        choices,
        candidates={
            trainee: {period: tuple(name for name in named if name in kept) for period, named in periods.items()}
            for trainee, periods in choices.candidates.items()
        },
        full=frozenset((name, period) for name, period in choices.full if name in kept),
    )


def independent_parts(choices: Choices) -> Iterator[Choices]:
    """Trainees who share a possible supervisor, or a bound on several, belong together."""
    shared: dict[str, set[Hashable]] = {trainee: set() for trainee in choices.candidates}
    for trainee, periods in choices.candidates.items():
        for period, supervisors in periods.items():
            crowds = {choices.bounded_together(name, period) for name in supervisors}
            shared[trainee] |= {*supervisors, *(crowd for crowd in crowds if crowd is not None)}
    for trainees in components(shared):
        yield replace(choices, candidates={trainee: choices.candidates[trainee] for trainee in trainees})
