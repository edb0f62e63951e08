"""What the stages decided once stays where it is as good: no supervisor, group or list changes for nothing.

The stages' optimum is known when this begins. Rows of an earlier plan take the place of those just made wherever the
verifier finds every rule kept and every value the same; so nothing is lost, and what was proven of the values holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from allokering.instance import Instance
from allokering.model import Model
from allokering.plan import ListLength, Placement, Plan, Rotation
from allokering.tables import Row
from allokering.verifier.verify import verify


def with_kept_rows(instance: Instance, model: Model, plan: Plan, earlier: Plan) -> Plan:
    """The plan with as many of the stages' rows of an earlier one as are known to do as well.

    Supervisors and groups are kept for trainees whose placement and rotations are as they were, lists for
    municipalities with the same holders, targets and limits: of all three stages together, or else of each that can.
    """
    kept: dict[str, Any] = {
        "supervision": _of_same_trainees(plan, earlier, "supervision"),
        "groups": _of_same_trainees(plan, earlier, "groups"),
        "lists": _of_same_municipalities(plan, earlier),
    }
    kept = {table: rows for table, rows in kept.items() if rows != getattr(plan, table)}
    for tables in _choices(kept):
        candidate = replace(plan, **tables)
        if verify(instance, model, candidate).ok:
            plan = candidate
            if len(tables) == len(kept):
                break
    return plan


def _choices(kept: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All tables at once, then one at a time."""
    if len(kept) > 1:
        yield dict(kept)
    for table, rows in kept.items():
        yield {table: rows}


def _of_same_trainees(plan: Plan, earlier: Plan, table: str) -> tuple[Row, ...]:
    """The earlier rows of who is where they were, and the new ones of all others."""
    before, after = _whereabouts(earlier), _whereabouts(plan)
    same = {trainee for trainee, rows in after.items() if before.get(trainee) == rows}
    kept: list[Row] = [row for row in getattr(earlier, table) if row.trainee_id in same]
    new: list[Row] = [row for row in getattr(plan, table) if row.trainee_id not in same]
    return tuple(sorted([*kept, *new], key=_key))


def _whereabouts(plan: Plan) -> dict[str, tuple[Row, ...]]:
    """By trainee, where the trainee is and when."""
    found: dict[str, tuple[Row, ...]] = {}
    rows: tuple[Placement | Rotation, ...] = (*plan.placements, *plan.rotations)
    for row in rows:
        found[row.trainee_id] = (*found.get(row.trainee_id, ()), row)
    return found


def _of_same_municipalities(plan: Plan, earlier: Plan) -> tuple[ListLength, ...]:
    """The earlier lists where the same people hold them, under the same targets and limits."""
    before, after = _by_municipality(earlier), _by_municipality(plan)
    rows = [
        row
        for place, lists in after.items()
        for row in (before[place] if list(map(_frame, before.get(place, []))) == list(map(_frame, lists)) else lists)
    ]
    return tuple(sorted(rows, key=_key))


def _by_municipality(plan: Plan) -> dict[str, list[ListLength]]:
    found: dict[str, list[ListLength]] = {}
    for row in sorted(plan.lists, key=_key):
        found.setdefault(row.municipality_id, []).append(row)
    return found


def _frame(row: ListLength) -> tuple[object, ...]:
    """A list without its length."""
    return (*_key(row), row.to_date, row.kind, row.target, row.limit)


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(getattr(row, part)) for part in row.key)
