"""Two plans held against each other, as data: what one has that the other has not, and nothing else.

Plans are compared by their rows alone, so that a plan made from other tables, or read back years later, can be held
against one of today. Words are made from a `PlanDiff` at the edge; `diff.model_dump(mode="json", by_alias=True)` is it
as JSON. Of two equal plans nothing is said: `diff.is_empty`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from allokering.plan import (
    Coverage,
    CrossBorderListing,
    GroupMembership,
    ListLength,
    Opening,
    OpeningState,
    Placement,
    PlacementStatus,
    Plan,
    Rotation,
    Selection,
    SelectionState,
    Supervision,
    TierResult,
)
from allokering.tables import Row

NOK = "NOK"
"""The unit of the tiers whose values are money."""

R = TypeVar("R", bound=Row)


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RowDiff(_Data, Generic[R]):
    """One row of a table in both plans; None where a plan has no row with this key."""

    before: R | None
    after: R | None


class Path(_Data):
    """What a plan says of one trainee. Without a position, every other field is empty."""

    placements: tuple[Placement, ...] = ()
    """A row per municipality of the position; none for the unplaced."""
    rotations: tuple[Rotation, ...] = ()
    supervision: tuple[Supervision, ...] = ()
    groups: tuple[GroupMembership, ...] = ()
    companions: tuple[str, ...] = ()
    """The other trainees of the groups. The ids of groups are numbers in a row, which tell nothing."""

    @property
    def position_id(self) -> str | None:
        """The position held; None for the unplaced."""
        return self.placements[0].position_id if self.placements else None


class TraineeDiff(_Data):
    """A trainee of whom the plans say different things; None where a plan does not know the trainee."""

    trainee_id: str
    before: Path | None
    after: Path | None

    @property
    def what(self) -> tuple[str, ...]:
        """What differs: presence, position, start, completes, chance, rotations, supervisors, group, companions."""
        before, after = _aspects(self.before), _aspects(self.after)
        return tuple(name for name in before if before[name] != after[name])


class TierDiff(_Data):
    """One tier, or what a stage counted, in both plans; None where a plan has no such tier."""

    name: str
    before: TierResult | None
    after: TierResult | None

    @property
    def difference(self) -> int | None:
        """What the later plan is dearer by; None if the values cannot be compared."""
        if self.before is None or self.after is None or self.before.unit != self.after.unit:
            return None
        return self.after.value - self.before.value


class ValueDiff(_Data):
    """A whole number in both plans; None where a plan does not say."""

    subject: str
    before: int | None
    after: int | None

    @property
    def difference(self) -> int | None:
        """What the later number is larger by; None if there is nothing to hold it against."""
        return None if self.before is None or self.after is None else self.after - self.before


class PlanDiff(_Data):
    """Everything that differs, each table in the order of its keys."""

    trainees: tuple[TraineeDiff, ...] = ()
    openings: tuple[RowDiff[Opening], ...] = ()
    selection: tuple[RowDiff[Selection], ...] = ()
    lists: tuple[RowDiff[ListLength], ...] = ()
    """By municipality, holder and period."""
    coverage: tuple[RowDiff[Coverage], ...] = ()
    """By municipality and period."""
    cross_border: tuple[RowDiff[CrossBorderListing], ...] = ()
    lacking: tuple[ValueDiff, ...] = ()
    """Residents without a place on a list, by municipality, on average over each plan's periods."""
    tiers: tuple[TierDiff, ...] = ()
    """Tiers and stages whose value or bound differs, in the order of the later plan."""
    kroner: ValueDiff | None = None
    """The sum of the tiers in NOK; None if it is the same, or neither plan has one."""
    made_from: tuple[str, ...] = ()
    """What the plans were not made from alike: instance, model, objective. Values of tiers may not be comparable."""

    @property
    def is_empty(self) -> bool:
        """Do both plans say the same, whatever they were made from?"""
        return not any(getattr(self, name) for name in type(self).model_fields if name != "made_from")

    @property
    def opened(self) -> tuple[str, ...]:
        """Positions that only the later plan has open."""
        return _turned(self.openings, "position_id", "state", OpeningState.OPEN)

    @property
    def closed(self) -> tuple[str, ...]:
        """Positions that only the earlier plan has open."""
        return _turned(_reversed(self.openings), "position_id", "state", OpeningState.OPEN)

    @property
    def selected(self) -> tuple[str, ...]:
        """Applications that take part in the later plan alone."""
        return _turned(self.selection, "application_id", "state", SelectionState.SELECTED)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Applications that take part in the earlier plan alone."""
        return _turned(_reversed(self.selection), "application_id", "state", SelectionState.SELECTED)


def compare(before: Plan, after: Plan) -> PlanDiff:
    """What differs between two plans."""
    return PlanDiff(
        trainees=_trainees(before, after),
        openings=_rows(before.openings, after.openings),
        selection=_rows(before.selection, after.selection),
        lists=_rows(before.lists, after.lists),
        coverage=_rows(before.coverage, after.coverage),
        cross_border=_rows(before.cross_border, after.cross_border),
        lacking=_values(average_lacking(before), average_lacking(after)),
        tiers=_tiers(before, after),
        kroner=next(iter(_values(_kroner(before), _kroner(after))), None),
        made_from=_made_from(before, after),
    )


def average_lacking(plan: Plan) -> dict[str, int]:
    """Residents with a locum or without a GP, by municipality, on average over the plan's periods; halves go up."""
    by_place: dict[str, list[int]] = defaultdict(list)
    for row in plan.coverage:
        by_place[row.municipality_id].append(row.locum + row.without_gp)
    return {place: (2 * sum(counts) + len(counts)) // (2 * len(counts)) for place, counts in by_place.items()}


def paths_of(plan: Plan) -> dict[str, Path]:
    """What a plan says of every trainee whom it knows."""
    companions: dict[str, list[str]] = defaultdict(list)
    for row in plan.groups:
        companions[row.group_id].append(row.trainee_id)
    placements, rotations = _by_trainee(plan.placements), _by_trainee(plan.rotations)
    supervision, groups = _by_trainee(plan.supervision), _by_trainee(plan.groups)
    return {
        trainee: Path(
            placements=tuple(row for row in rows if row.status is PlacementStatus.PLACED),
            rotations=_in_time(rotations[trainee]),
            supervision=_in_time(supervision[trainee]),
            groups=_in_time(groups[trainee]),
            companions=tuple(sorted({one for row in groups[trainee] for one in companions[row.group_id]} - {trainee})),
        )
        for trainee, rows in placements.items()
    }


def _trainees(before: Plan, after: Plan) -> tuple[TraineeDiff, ...]:
    earlier, later = paths_of(before), paths_of(after)
    pairs = (
        TraineeDiff(trainee_id=trainee, before=earlier.get(trainee), after=later.get(trainee))
        for trainee in sorted({*earlier, *later})
    )
    return tuple(pair for pair in pairs if pair.what)


def _aspects(path: Path | None) -> dict[str, object]:
    """What two paths are compared in; all but the first are empty for somebody who has no position."""
    first = None if path is None or not path.placements else path.placements[0]
    path_or_none = path or Path()
    return {
        "presence": path is not None,
        "position": None if first is None else first.position_id,
        "start": None if first is None else first.from_date,
        "completes": None if first is None else first.completes,
        "chance": None if first is None else first.expected_permille,
        "rotations": tuple((row.site_id, row.from_date, row.to_date) for row in path_or_none.rotations),
        "supervisors": tuple((row.supervisor_id, row.from_date, row.to_date) for row in path_or_none.supervision),
        "group": tuple((row.municipality_id, row.from_date, row.to_date) for row in path_or_none.groups),
        "companions": path_or_none.companions,
    }


T = TypeVar("T", Placement, Rotation, Supervision, GroupMembership)
S = TypeVar("S", Rotation, Supervision, GroupMembership)


def _by_trainee(rows: Iterable[T]) -> defaultdict[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[row.trainee_id].append(row)
    return found


def _in_time(rows: Iterable[S]) -> tuple[S, ...]:
    return tuple(sorted(rows, key=lambda row: row.from_date))


def _rows(before: Iterable[R], after: Iterable[R]) -> tuple[RowDiff[R], ...]:
    """The rows that are not alike in both, matched by key."""
    earlier, later = _by_key(before), _by_key(after)
    return tuple(
        RowDiff(before=earlier.get(key), after=later.get(key))
        for key in sorted({*earlier, *later})
        if earlier.get(key) != later.get(key)
    )


def _by_key(rows: Iterable[R]) -> dict[tuple[str, ...], R]:
    return {tuple(str(getattr(row, column)) for column in row.key): row for row in rows}


def _reversed(rows: Iterable[RowDiff[R]]) -> tuple[RowDiff[R], ...]:
    return tuple(RowDiff(before=row.after, after=row.before) for row in rows)


def _turned(rows: Iterable[RowDiff[R]], column: str, state: str, value: object) -> tuple[str, ...]:
    """The ids of rows that have this value afterwards and had not before."""
    return tuple(
        str(getattr(row.after, column))
        for row in rows
        if getattr(row.after, state, None) is value and getattr(row.before, state, None) is not value
    )


def _values(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[ValueDiff, ...]:
    return tuple(
        ValueDiff(subject=subject, before=before.get(subject), after=after.get(subject))
        for subject in sorted({*before, *after})
        if before.get(subject) != after.get(subject)
    )


def _kroner(plan: Plan) -> dict[str, int]:
    values = [tier.value for tier in plan.header.tiers if tier.unit == NOK]
    return {NOK: sum(values)} if values else {}


def _tiers(before: Plan, after: Plan) -> tuple[TierDiff, ...]:
    earlier, later = _tiers_by_name(before), _tiers_by_name(after)
    pairs = (
        TierDiff(name=name, before=earlier.get(name), after=later.get(name))
        for name in dict.fromkeys((*later, *earlier))
    )
    return tuple(pair for pair in pairs if _reached(pair.before) != _reached(pair.after))


def _tiers_by_name(plan: Plan) -> dict[str, TierResult]:
    return {tier.name: tier for tier in (*plan.header.tiers, *plan.header.stages)}


def _reached(tier: TierResult | None) -> tuple[str, int, int] | None:
    """What of a tier is compared: not how long it took."""
    return None if tier is None else (tier.unit, tier.value, tier.bound)


def _made_from(before: Plan, after: Plan) -> tuple[str, ...]:
    pairs = {
        "instance": (before.header.instance.sha256, after.header.instance.sha256),
        "model": (before.header.model.sha256, after.header.model.sha256),
        "objective": (before.header.objective, after.header.objective),
    }
    return tuple(name for name, (earlier, later) in pairs.items() if earlier != later)
