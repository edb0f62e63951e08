"""Two plans held against each other: what differs is there, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from scenes.one_row_each import HEADER, sample

from allokering.comparison import PlanDiff, average_lacking, compare
from allokering.plan import PLAN_TABLES, ContentHash, Plan

DAYS = {"from": "2025-01-01", "to": "2025-06-30"}
LATER = {"from": "2025-07-01", "to": "2025-12-31"}
HELD = {
    "trainee_id": "t-1", "status": "placed", "position_id": "p", "municipality_id": "1001", "share_percent": 100,
    "completes": "2026-12-31", **DAYS,
}  # fmt: skip


def plan(**tables: list[dict[str, Any]]) -> Plan:
    """The sample plan with other rows in some tables."""
    rows = {table: tuple(PLAN_TABLES[table].model_validate(row) for row in stated) for table, stated in tables.items()}
    return replace(sample(), **rows)


def differing(diff: PlanDiff) -> set[str]:
    """The parts of a diff that say something."""
    return {name for name in PlanDiff.model_fields if getattr(diff, name)}


def test_of_equal_plans_nothing_is_said() -> None:
    """A plan against itself, and against one that took longer to make."""
    slow = HEADER.model_copy(update={"seconds": 99.0, "tiers": (HEADER.tiers[0].model_copy(update={"seconds": 9.0}),)})

    assert compare(sample(), sample()) == PlanDiff()
    assert compare(sample(), replace(sample(), header=slow)).is_empty
    assert compare(Plan(header=HEADER), Plan(header=HEADER)).is_empty


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({}, ()),
        ({"position_id": "q"}, ("position",)),
        ({"from": "2025-02-01"}, ("start",)),
        ({"completes": "2027-06-30"}, ("completes",)),
        ({"expected_permille": 900}, ("chance",)),
    ],
)
def test_what_of_a_placement_has_changed(row: dict[str, Any], what: tuple[str, ...]) -> None:
    """By name, one thing at a time."""
    diff = compare(plan(placements=[HELD]), plan(placements=[{**HELD, **row}]))

    assert [(one.trainee_id, one.what) for one in diff.trainees] == ([("t-1", what)] if what else [])
    assert differing(diff) == ({"trainees"} if what else set())


@pytest.mark.parametrize(
    ("table", "row", "what"),
    [
        ("rotations", {"trainee_id": "t-1", "site_id": "other", **DAYS}, ("rotations",)),
        ("rotations", {"trainee_id": "t-1", "site_id": "h", **LATER}, ("rotations",)),
        ("supervision", {"trainee_id": "t-1", "supervisor_id": "gp-2", **DAYS}, ("supervisors",)),
        ("groups", {"trainee_id": "t-1", "group_id": "g", "municipality_id": "0301", **DAYS}, ("group",)),
    ],
)
def test_who_and_where_of_a_path_has_changed(table: str, row: dict[str, Any], what: tuple[str, ...]) -> None:
    """A block, a supervisor, a group elsewhere."""
    diff = compare(sample(), plan(**{table: [row]}))

    assert [one.what for one in diff.trainees] == [what]


def test_a_group_is_those_who_are_in_it() -> None:
    """Another number on the same group is no change; another companion is one, for both."""
    where = {"municipality_id": "1001", **DAYS}
    people = [{"trainee_id": one, "status": "unplaced"} for one in ("t-1", "t-2", "t-3")]

    def grouped(name: str, *trainees: str) -> Plan:
        return plan(
            placements=people,
            groups=[{"trainee_id": one, "group_id": name, **where} for one in trainees],
        )

    assert compare(grouped("g-1", "t-1", "t-2"), grouped("g-9", "t-1", "t-2")).is_empty
    assert [
        (one.trainee_id, one.what) for one in compare(grouped("g", "t-1", "t-2"), grouped("g", "t-1", "t-3")).trainees
    ] == [
        ("t-1", ("companions",)),
        ("t-2", ("group", "companions")),
        ("t-3", ("group", "companions")),
    ]


def test_who_is_new_gone_placed_or_no_longer_placed() -> None:
    """None is a trainee whom a plan does not know; a path without placements is one without a position."""
    nobody, unplaced, placed = plan(placements=[]), sample(), plan(placements=[HELD])

    new, gone = compare(nobody, unplaced).trainees[0], compare(unplaced, nobody).trainees[0]
    found = compare(unplaced, placed).trainees[0]

    assert (new.before, gone.after) == (None, None)
    assert new.what == ("presence", "rotations", "supervisors", "group")
    assert found.what == ("position", "start", "completes")
    assert found.before is not None
    assert found.after is not None
    assert (found.before.position_id, found.after.position_id) == (None, "p")


def test_openings_and_selection() -> None:
    """What is opened, closed, selected and left out, also where a table had no such row."""
    opened = {
        "position_id": "p",
        "state": "open",
        "form": "salaried",
        "places": 1,
        "yearly_cost_nok": 0,
        "grant_nok": 0,
    }
    diff = compare(sample(), plan(openings=[opened], selection=[{"application_id": "a", "state": "selected"}]))
    back = compare(plan(openings=[opened]), plan(openings=[]))

    assert (diff.opened, diff.closed, diff.selected, diff.left_out) == (("p",), (), ("a",), ())
    assert (back.opened, back.closed) == ((), ("p",))
    assert differing(diff) == {"openings", "selection"}


def test_lists_and_coverage() -> None:
    """By holder and period, by municipality and period, and the mean over the periods."""
    row, covered = sample().lists[0], sample().coverage[0]
    later = replace(
        sample(),
        lists=(row.model_copy(update={"patients": 5}),),
        coverage=(covered.model_copy(update={"locum": 10}),),
    )
    diff = compare(sample(), later)

    assert [(one.before, one.after) for one in diff.lists] == [(row, later.lists[0])]
    assert [(one.before, one.after) for one in diff.coverage] == [(covered, later.coverage[0])]
    # 7 with a locum and 7 without a GP, then 10 and 7.
    assert [(one.subject, one.before, one.after, one.difference) for one in diff.lacking] == [("1001", 14, 17, 3)]
    assert differing(diff) == {"lists", "coverage", "lacking"}


def test_a_mean_rounds_halves_up() -> None:
    """Of 14 and 15, 15."""
    first = sample().coverage[0]
    second = first.model_copy(update={"locum": 8})

    assert average_lacking(replace(sample(), coverage=(first, second))) == {"1001": 15}


def test_tiers_kroner_and_what_they_were_made_from() -> None:
    """Values and bounds that differ, the sum of what is in kroner, and by what the plans cannot be compared."""
    people = HEADER.tiers[0]
    cost = people.model_copy(update={"name": "cost", "unit": "NOK", "value": 100, "bound": 100})
    travel = cost.model_copy(update={"name": "travel", "value": 7, "bound": 7})
    before = replace(sample(), header=HEADER.model_copy(update={"tiers": (people, cost, travel)}))
    dearer = (people, cost.model_copy(update={"value": 130, "bound": 130}), travel)
    other = ContentHash(name="alis", sha256="2" * 64)
    after = replace(sample(), header=HEADER.model_copy(update={"tiers": dearer, "model": other}))

    diff = compare(before, after)

    assert [(one.name, one.difference) for one in diff.tiers] == [("cost", 30)]
    assert diff.kroner is not None
    assert (diff.kroner.before, diff.kroner.after, diff.kroner.difference) == (107, 137, 30)
    assert diff.made_from == ("model",)
    assert compare(
        before, replace(before, header=after.header.model_copy(update={"tiers": before.header.tiers}))
    ).is_empty


def test_a_bound_that_is_better_is_a_difference() -> None:
    """The plan is the same and more is known of it; a tier of another name is told on both sides."""
    proven = HEADER.tiers[0].model_copy(update={"bound": 3})
    renamed = HEADER.tiers[0].model_copy(update={"name": "lists"})

    closer = compare(sample(), replace(sample(), header=HEADER.model_copy(update={"tiers": (proven,)})))
    other = compare(sample(), replace(sample(), header=HEADER.model_copy(update={"tiers": (renamed,)})))

    assert [(one.name, one.difference) for one in closer.tiers] == [("people", 0)]
    assert [(one.name, one.difference) for one in other.tiers] == [("lists", None), ("people", None)]


def test_a_diff_is_json_and_comes_back() -> None:
    """With dates and None, in the columns' own names."""
    diff = compare(plan(placements=[]), plan(placements=[HELD], lists=[]))
    text = json.dumps(diff.model_dump(mode="json", by_alias=True))

    assert '"from": "2025-01-01"' in text
    assert PlanDiff.model_validate_json(text) == diff


def test_backwards_everything_is_the_other_way_round() -> None:
    """Before and after change places."""
    one, two = sample(), plan(placements=[HELD], lists=[], openings=[])
    there, back = compare(one, two), compare(two, one)

    for name in ("trainees", "openings", "lists", "coverage", "tiers"):
        assert [(row.before, row.after) for row in getattr(there, name)] == [
            (row.after, row.before) for row in getattr(back, name)
        ]
