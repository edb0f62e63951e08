"""Parameters of column generation: every number that tunes the method, with its default, and why it is what it is.

All are counts, shares or tolerances; those in seconds are guards. `DEFAULTS` is what the program uses; `changed` gives
others by name. How the defaults were found is in docs/performance-tried.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from typing import Any


@dataclass(frozen=True)
class PricingParameters:
    """Of pricing (`master.pricing`)."""

    columns_each: int = 5
    """Options of an actor that one pricing may bring in."""
    tolerance: float = 1e-9
    """Relative difference between two costs below which neither is called cheaper."""
    adjustment_tolerance: float = 1e-6
    """An adjustment whose unit has a reduced cost no less than minus this is not called paying."""


@dataclass(frozen=True)
class MasterParameters:
    """Of the restricted master (`master.restricted_master`)."""

    transfers_each: int = 3
    """Transfers away from one resource that one pricing may bring in."""
    interior_tolerance: float = 1e-5
    """An interior point is near enough when value and bound differ by this share: its duals prove a bound all the
    same."""
    violation: float = 1e-6
    """A row is violated if its bound is passed by more."""
    used: float = 1e-4
    """A column below this value is not called used."""
    dual_passes: int = 4
    """Times that every dual of an interior point is lowered in its turn."""


@dataclass(frozen=True)
class SelectivePricing:
    """Of pricing more options of the few actors that want some: all that are alike must come in before duals rise."""

    columns_of_all: int
    """Options by actor of all that one pricing may bring in where few want any."""
    one_in: int = 2
    """If at most one in so many actors wants options, it gets the best for each resource."""
    most: int = 20_000
    """Options of an actor from which these are taken."""


@dataclass(frozen=True)
class RootParameters:
    """Of column and cut generation by the simplex (`bounds.root_node`)."""

    rounds: int = 20
    """Rounds of MIR cuts; the bound has always stood still earlier."""
    gap: float = 1e-5
    """A restricted master is solved when bound and value differ by this share."""
    shortage: float = 1e-6
    """An artificial column above this is a shortage."""
    selective: SelectivePricing = SelectivePricing(columns_of_all=40)


@dataclass(frozen=True)
class RowAndColumnParameters:
    """Of row and column generation by interior points (`bounds.row_and_column_generation`)."""

    rounds: int = 30
    """Rounds of pricing at most."""
    gap: float = 1e-3
    """The restricted master is solved well enough when bound and value differ by this share."""
    dear_gap: float = 4e-3
    """And by this one when time is dear: the blocks raise the bound by more."""
    cheap_share: float = 0.2
    """Time is dear after this part of what the relaxation may take."""
    calm: float = 0.03
    """MIR cuts come in, once, when the value changes by no more than this share."""
    worth_following: int = 2
    """Duals are worth following when the restricted master has been solved so many times with MIR cuts."""
    idle_dual: float = 1e-3
    """A MIR cut whose dual is below this goes."""
    selective: SelectivePricing = SelectivePricing(columns_of_all=10)
    columns_kept: int = 10
    """Columns of an actor that stay in the restricted master, those that are used apart."""
    purge_fall: float = 4e-3
    """Where the value has fallen by this share, columns are thrown out; later they would only come again."""
    settled: float = 0.05
    """Multipliers are updated from when on the value changes by no more than this share."""
    penalty: float = 2.0
    """What no transfer can bring of a dualised resource costs so many times the dearest transfer."""
    shortage: float = 1e-4
    """What an interior point may leave of a shortage that it has paid for."""


@dataclass(frozen=True)
class DecompositionParameters:
    """Of Lagrangian decomposition (`bounds.lagrangian_decomposition`)."""

    rows: int = 130
    """Rows that can be short that a block may have where transfers join it."""
    classes: int = 1500
    """Column classes that a block's program has at first, those of the least reduced cost."""
    growth: int = 4
    """So many times more the next time."""
    nodes: int = 5_000
    """Nodes of the branch and bound of a block."""
    seconds: float = 60.0
    """A program that takes this long is broken off: its bound counts."""
    one_in: int = 6
    """One block gets at most one in so many seconds of the time that is left."""
    times_equal: int = 8
    """And at most so many times what it would get if all got the same: most need far less."""
    given_away: float = 1e-7
    """Share of a block's bound that is given away for the tolerances of the solver."""
    least_gap: float = 1e-6
    """A gap below this is none."""
    gap: float = 1e-4
    """A block is solved when plan and bound differ by this share of the value of its relaxation."""


@dataclass(frozen=True)
class DivingParameters:
    """Of diving (`primal.diving`)."""

    sure: float = 0.95
    """Columns of at least this value are fixed at once."""
    likely: float = 0.5
    """Columns below this value are fixed one at a time."""
    one_in: int = 25
    """One in so many actors is fixed from a value that is not sure before the restricted master is solved again."""
    columns_each: int = 3
    """Options of an actor that one pricing may bring in."""
    shortage: float = 1e-6
    """An artificial column above this is a shortage."""


@dataclass(frozen=True)
class SubMipParameters:
    """Of sub-MIPs (`primal.sub_mip`)."""

    integrality: float = 1e-6
    """How far from a whole number an amount of the solver may be."""
    gap_share: float = 0.1
    """A sub-MIP is solved when its gap is this part of its actors' share of the gap of the whole."""
    merge_nodes: int = 100
    """Nodes of the branch and bound that merges two plans."""
    seconds: float = 15.0
    """A sub-MIP that takes this long is broken off: a guard, far above what the nodes allow."""


@dataclass(frozen=True)
class OperatorParameters:
    """Of one destroy operator: how many it frees, with how many options each, and how that adapts (`lns`)."""

    size: float
    """Actors freed at first."""
    smallest: float
    largest: float
    columns_each: float
    """Options of each at first."""
    fewest: float
    most: float
    easy: int
    """Steps of the simplex below which a sub-MIP was easy."""
    hard: int
    """Above which it was hard."""
    growth: float
    """How the size grows after an easy one, and shrinks after a hard one."""
    nodes: int
    """Nodes of the branch and bound of one sub-MIP."""
    heuristics: bool = True
    """May HiGHS look for plans by programs inside it?"""
    unsolved: float = 0.8
    """How the size shrinks after one that was not solved."""
    fewer: float = 0.9
    """How the options of each change after a better plan."""
    more: float = 1.1
    """And after none: more options only where the few at hand are exhausted."""


@dataclass(frozen=True)
class SearchParameters:
    """Of large-neighbourhood search: its destroy operators, and how they run (`lns`)."""

    rins: OperatorParameters
    related: OperatorParameters
    block_gap: OperatorParameters
    in_flight: int
    """Neighbourhoods under way at once, as far as the plan is concerned."""
    randomness: float
    """How much chance enters the choice by RINS; 1 weighs as much as a column unused by the restricted master."""
    apart: int
    """So many who want what the first of one wants do not become the first of another at the same time."""
    spread: float = 0.3
    """How much chance enters the choice of related actors: relatedness is weighted from this to 1."""
    near: int = 250
    """RINS chooses among so many actors related to one of them."""
    gap_share: float = 1e-3
    """A block is worth a neighbourhood if its gap is more than this part of the whole, or more than whole numbers
    hide."""
    least_gap: float = 1e-6
    """And a gap that is no more than this is none."""


def regional_search(options: float) -> SearchParameters:
    """Of a region: RINS may free most of the whole.

    Args:
        options: of an actor, on average. Where an actor has few, a fifth of them says enough: with all of them at hand,
            many actors make a program that is not solved at all. The actors that RINS frees are few then, and soon
            exhausted. And what such a program gives before it is proven comes from heuristics.
    """
    is_few = options < 50
    each, fewest = min(10.0, max(3.0, options / 5)), min(6.0, max(3.0, options / 7))
    return SearchParameters(
        OperatorParameters(60, 4, 200, each, fewest, 60, 5_000, 20_000, 1.2, nodes=1000, heuristics=is_few),
        OperatorParameters(8, 4, 24, 300, 300, 300, 1_000, 2_000, 1.05, nodes=200, heuristics=is_few),
        OperatorParameters(20, 6, 60, 100, 100, 100, 1_000, 4_000, 1.1, nodes=200, heuristics=is_few),
        in_flight=3,
        randomness=1.0 if is_few else 0.3,
        apart=0,
    )


LARGE_SCALE_SEARCH = SearchParameters(
    OperatorParameters(60, 20, 100, 10, 6, 60, 2_000, 5_000, 1.1, nodes=1000),
    OperatorParameters(6, 3, 12, 300, 300, 300, 300, 700, 1.05, nodes=200),
    OperatorParameters(12, 5, 30, 100, 100, 100, 500, 2_000, 1.1, nodes=200),
    in_flight=8,
    randomness=0.3,
    apart=100,
)
"""With thousands of actors: small neighbourhoods, many at once, far from each other."""


@dataclass(frozen=True)
class ConstructionParameters:
    """Of the first plan (`lns.construction`)."""

    start_nodes: int = 200
    """Nodes of the branch and bound that makes a first plan out of the columns in the pool."""
    group_sizes: tuple[int, int] = (65, 70)
    """Actors in a group that is freed as one, when everybody is freed first and again."""
    columns_each: tuple[int, int] = (8, 15)
    """Options of each of them."""
    in_flight: int = 4
    """Groups under way at once."""
    nodes: int = 1_000
    """Nodes of the branch and bound of a group."""
    dense: int = 20
    """Up to so many actors or resources, all singular vectors are found at once."""
    adjustments_each: int = 3
    """Adjustments that relieve a resource that a sub-MIP of a large-scale problem may use, the cheapest of these."""


@dataclass(frozen=True)
class ScalarisationParameters:
    """Of weighing the tiers (`scalarisation`)."""

    steepness: int = 10
    """How much more a tier weighs, in the weighted sum, than its worth beside that of the next one says."""
    repair_factor: int = 1000
    """How much more yet a tier weighs when it is repaired. A unit of it that costs more than that stays."""


@dataclass(frozen=True)
class TimeParameters:
    """Of sharing out the time, where there is a limit (`time_shares`)."""

    weighted_sum: float = 0.6
    """Part of the time left for the weighted sum, where that comes first: of the whole, and of its search."""
    bound: float = 0.5
    """Part of a tier's share for its root node."""
    blocks: float = 0.5
    """Part of a tier's share for the blocks."""
    leading: float = 0.15
    """The same of the weighted sum, where the blocks only say where the search should look."""
    first_plan: float = 25.0
    """Seconds that a large-scale problem needs for a first plan at duals known already."""
    enumeration: float = 0.1
    """Part that enumeration may take before the search: it proves what is easily proven. After it, whatever is left."""
    late: float = 60.0
    """Seconds that a first plan without alternatives may take whatever the time, unless somebody asked to stop."""


@dataclass(frozen=True)
class DriverParameters:
    """Of the whole (`driver`)."""

    large_scale: int = 600
    """With more actors than this, row and column generation by interior points; up to it, the simplex."""
    no_improvement: float = 1.0
    """Neighbourhoods in a row without a better plan, per actor, after which the search of a tier ends."""
    pool_columns: int = 100_000
    """Options, the cheapest of each actor at the root's duals, that the search may choose from."""
    pool_columns_each: tuple[int, int] = (50, 1000)
    """Options of one actor among them, at least and at most."""
    enumerated: int = 10_000
    """If at most so many options could be part of a better plan, a last program holds them all."""
    enumeration_nodes: int = 5_000
    """Nodes of the branch and bound of that program."""
    listed: int = 40_000
    """Options up to which the exact solver is asked: of all, for a first plan where the pool gives none; of those that
    an optimal plan could have, for the canonical one."""
    artificial_rounds: int = 3
    """How often the cost of an artificial column is raised, before the restricted master's word is taken."""
    artificial_growth: float = 10.0
    """Each time so many times."""


@dataclass(frozen=True)
class Parameters:
    """All of them."""

    driver: DriverParameters = DriverParameters()
    pricing: PricingParameters = PricingParameters()
    master: MasterParameters = MasterParameters()
    root: RootParameters = RootParameters()
    row_and_column: RowAndColumnParameters = RowAndColumnParameters()
    decomposition: DecompositionParameters = DecompositionParameters()
    diving: DivingParameters = DivingParameters()
    sub_mip: SubMipParameters = SubMipParameters()
    construction: ConstructionParameters = ConstructionParameters()
    search: SearchParameters | None = None
    """None: `LARGE_SCALE_SEARCH`, or `regional_search` by the number of options."""
    scalarisation: ScalarisationParameters = ScalarisationParameters()
    time: TimeParameters = TimeParameters()

    def changed(self, changes: Mapping[str, Any]) -> Parameters:
        """The same but for these, by name: `{"driver.large_scale": 1}`.

        Raises:
            KeyError: there is no parameter of the name.
        """
        found = self
        for name, value in changes.items():
            found = _changed(found, name.split("."), value)
        return found

    @property
    def key(self) -> str:
        """A hash of all values: the same for the same parameters, whoever asks."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def _changed(whole: Any, path: list[str], value: Any) -> Any:
    """A dataclass with one field, or field of a field, replaced."""
    name, *rest = path
    if not is_dataclass(whole) or name not in {one.name for one in fields(whole)}:
        raise KeyError(name)
    return replace(whole, **{name: _changed(getattr(whole, name), rest, value) if rest else value})  # type: ignore[type-var]


DEFAULTS = Parameters()
"""What the program uses."""
