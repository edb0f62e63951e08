"""One small region, one good plan for it, and how a case differs from them.

Vik (1,600 residents, two doctors) and Dal (400, one) are neighbours in one trust and network; Nes (500, one) is of
another. Four half-years from 2020. Ann has 48 months of practice: half a year more, and half a year in institution
service. Positions carry no list unless a case says so, so residents and doctors' lists meet by themselves.

A case states what differs: a row changes every row that its key columns match, removes them with `drop = true`, or is
new. `paths` state who holds what, `opened` which positions somebody besides takes for half a year, `selected` which
applications take part; the plan's other tables follow from them and can be changed by row.

A case's `stage` says where its violation lies: `placement` in paths, reliefs and transfers; `supervision`, `lists` and
`groups` in what a later stage made of a placement that may be sound; `tables` in what the files say of a sound plan.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from case_files import tiny_model

from allokering.instance import Instance
from allokering.model import Entry, Model
from allokering.plan import PLAN_TABLES, PlanTables
from allokering.tables import TABLES, Row
from scenes.scene import Scene

START = dt.date(2020, 1, 1)
ROWS: dict[str, list[dict[str, Any]]] = {
    "municipalities": [
        {"municipality_id": "vik", "name": "Vik", "residents": 1600, "trust_id": "north", "network": "inner"},
        {"municipality_id": "dal", "name": "Dal", "residents": 400, "trust_id": "north", "network": "inner"},
        {"municipality_id": "nes", "name": "Nes", "residents": 500, "trust_id": "south", "network": "outer"},
    ],
    "doctors": [
        {"doctor_id": "vik-1", "municipality_id": "vik", "list_size": 1000, "list_limit": 1000, "is_specialist": True},
        {"doctor_id": "vik-2", "municipality_id": "vik", "list_size": 600, "list_limit": 600, "is_specialist": False},
        {"doctor_id": "dal-1", "municipality_id": "dal", "list_size": 400, "list_limit": 400, "is_specialist": True},
        {"doctor_id": "nes-1", "municipality_id": "nes", "list_size": 500, "list_limit": 500, "is_specialist": True},
    ],
    "positions": [
        {"position_id": "p-vik", "places": 2, "list_limit": 0},
        {"position_id": "p-dal", "places": 1, "list_limit": 0},
        {"position_id": "p-nes", "places": 1, "list_limit": 0},
        {"position_id": "p-both", "places": 1, "list_limit": 0},
    ],
    "position_parts": [
        {"position_id": "p-vik", "municipality_id": "vik", "share_percent": 100},
        {"position_id": "p-dal", "municipality_id": "dal", "share_percent": 100},
        {"position_id": "p-nes", "municipality_id": "nes", "share_percent": 100},
        {"position_id": "p-both", "municipality_id": "vik", "share_percent": 60},
        {"position_id": "p-both", "municipality_id": "dal", "share_percent": 40},
    ],
    "trainees": [{"trainee_id": "ann"}],
    "sites": [
        {"site_id": "ward", "name": "Ward", "kind": "nursing_home", "municipality_id": "vik"},
        {"site_id": "hosp", "name": "Hospital", "kind": "hospital", "municipality_id": "nes", "trust_id": "south"},
    ],
    "site_slots": [
        {"site_id": "ward", "from_date": dt.date(2020, 1, 1), "to_date": dt.date(2021, 12, 31), "slots": 1},
        {"site_id": "hosp", "from_date": dt.date(2020, 1, 1), "to_date": dt.date(2021, 12, 31), "slots": 1},
    ],
    "travel": [
        {"from_municipality_id": "vik", "to_municipality_id": "dal", "minutes": 30},
        {"from_municipality_id": "vik", "to_municipality_id": "nes", "minutes": 45},
        {"from_municipality_id": "dal", "to_municipality_id": "nes", "minutes": 75},
    ],
}
NEW_ROW: dict[str, dict[str, Any]] = {
    "trainees": {
        "programme": "alis",
        "home_municipality_id": "vik",
        "earliest_start": dt.date(2020, 1, 1),
        "practice_months_done": 48,
    },
    "doctors": {"municipality_id": "vik", "list_size": 0, "list_limit": 0, "is_specialist": True},
    "positions": {"places": 1, "list_limit": 0},
    "sites": {"name": "Site", "kind": "nursing_home", "municipality_id": "vik"},
    "openings": {"places": 0, "yearly_cost_nok": 0, "grant_nok": 0},
    "coverage": {"locum": 0, "without_gp": 0, "listed_elsewhere": 0, "from_elsewhere": 0, "above_target": 0},
}
"""What a row has in columns that nobody states."""
GOOD_PATH: dict[str, Any] = {
    "trainee": "ann",
    "position": "p-vik",
    "from": dt.date(2020, 1, 1),
    "to": dt.date(2020, 12, 31),
    "site": "ward",
    "block_from": dt.date(2020, 7, 1),
    "block_to": dt.date(2020, 12, 31),
}
SUPERVISOR = "vik-1"

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Situation:
    """A case made whole."""

    instance: Instance
    model: Model
    plan: PlanTables


def make(case: Mapping[str, Any]) -> Situation:
    """The instance, model and whole plan of a case; an empty case is the good plan."""
    changes = {**case.get("instance", {})}
    changes["trainees"] = [*changes.get("trainees", ()), *map(_taker, case.get("opened", ()))]
    scene = Scene(start=START, name="tiny", told=case.get("settings", {}))
    for table, row_type in TABLES.items():
        rows = _changed(ROWS.get(table, []), changes.get(table, []), row_type.key)
        scene.put({table: _in_order(row_type, rows)})
    instance = scene.instance
    model = tiny_model(case.get("set"))
    model = replace(
        model,
        rules=tuple(rule for rule in model.rules if rule.kind not in case.get("without_rules", ())),
        terms=tuple(term for term in model.terms if term.kind not in case.get("without_terms", ())),
        measures=(*model.measures, *(Entry(section="measure", **measure) for measure in case.get("measures", ()))),
    )
    return Situation(instance, model, scene.put_plan(_plan(instance, case)).built()[1])


def _changed(rows: Iterable[dict[str, Any]], changes: Iterable[dict[str, Any]], key: tuple[str, ...]) -> Rows:
    result = [dict(row) for row in rows]
    for change in changes:
        stated = {{"from": "from_date", "to": "to_date"}.get(column, column): value for column, value in change.items()}
        is_dropped = stated.pop("drop", False)
        known = {column: stated[column] for column in key if column in stated}
        matching = [row for row in result if all(row.get(column) == value for column, value in known.items())]
        if is_dropped:
            result = [row for row in result if row not in matching]
        elif matching:
            for row in matching:
                row.update(stated)
        else:
            result.append(stated)
    return result


def _in_order(row_type: type[Row], rows: Rows) -> Rows:
    """The rows with what nobody states, in the order of their keys."""
    whole = [{**NEW_ROW.get(row_type.table, {}), **row} for row in rows]
    return sorted(whole, key=lambda row: tuple(str(row.get(column)) for column in row_type.key))


def _taker(position_id: str) -> dict[str, Any]:
    """Somebody with half a year in practice left, to take a position that a case opens."""
    return {"trainee_id": f"of-{position_id}", "institution_months_done": 6}


def _path_of_taker(instance: Instance, position_id: str) -> dict[str, Any]:
    """The first half-year there, with a supervisor of the place."""
    places = {part.municipality_id for part in instance.position_parts if part.position_id == position_id}
    supervisors = (row.doctor_id for row in instance.doctors if row.is_specialist and row.municipality_id in places)
    return {
        "trainee": _taker(position_id)["trainee_id"],
        "position": position_id,
        "supervisor": next(supervisors),
        "from": instance.period_start(0),
        "to": instance.period_end(0),
    }


def _plan(instance: Instance, case: Mapping[str, Any]) -> dict[str, Rows]:
    """The rows of every table of the case's plan."""
    takers = [_path_of_taker(instance, position_id) for position_id in case.get("opened", ())]
    paths = [*case.get("paths", [GOOD_PATH]), *takers]
    changes = case.get("plan", {})
    tables: dict[str, Rows] = {
        "placements": [row for path in paths for row in _placements(instance, path)]
        + [{"trainee_id": trainee_id, "status": "unplaced"} for trainee_id in case.get("unplaced", [])],
        "rotations": [
            {
                "trainee_id": path["trainee"],
                "site_id": path["site"],
                "from_date": path["block_from"],
                "to_date": path["block_to"],
            }
            for path in paths
            if "site" in path
        ],
        "supervision": [row for path in paths for row in _supervision(path)],
        "lists": [*_doctors_lists(instance), *(row for path in paths for row in _trainee_lists(instance, path))],
        "openings": _openings(instance, {path["position"] for path in paths}),
        "selection": [
            {
                "application_id": application_id,
                "state": "selected" if application_id in case.get("selected", ()) else "left_out",
            }
            for application_id in sorted({row.application_id for row in instance.applications})
        ],
    }
    for table, row_type in PLAN_TABLES.items():
        if table == "coverage":
            tables[table] = _coverage(instance, tables["lists"], changes.get("cross_border", []))
        rows = _changed(tables.get(table, []), changes.get(table, []), row_type.key)
        tables[table] = _in_order(row_type, rows)
    return tables


def _placements(instance: Instance, path: Mapping[str, Any]) -> Rows:
    return [
        {
            "trainee_id": path["trainee"],
            "status": "placed",
            "position_id": path["position"],
            "municipality_id": part.municipality_id,
            "share_percent": part.share_percent,
            "from_date": path["from"],
            "to_date": path["to"],
            "completes": path.get("completes", path["to"]),
            "expected_permille": path.get("expected_permille"),
        }
        for part in instance.position_parts
        if part.position_id == path["position"]
    ]


def _openings(instance: Instance, opened: set[str]) -> Rows:
    """Open is what somebody takes; besides, what is decided, in its first form."""
    forms = {row.position_id: row.alternative_to or row.position_id for row in instance.positions}
    taken = {forms[position_id] for position_id in opened}
    rows: Rows = []
    for position in instance.positions:
        is_first = position.alternative_to is None and position.state == "open"
        if position.position_id in opened or (is_first and position.position_id not in taken):
            rows.append(
                {
                    "position_id": position.position_id,
                    "state": "open",
                    "form": position.form,
                    "places": position.places,
                    "yearly_cost_nok": position.yearly_cost_nok,
                    "grant_nok": position.grant_nok,
                }
            )
        else:
            rows.append({"position_id": position.position_id, "state": "closed"})
    return rows


def _spans_in_practice(path: Mapping[str, Any]) -> list[tuple[dt.date, dt.date]]:
    if "site" not in path:
        return [(path["from"], path["to"])]
    day = dt.timedelta(days=1)
    spans = [(path["from"], path["block_from"] - day), (path["block_to"] + day, path["to"])]
    return [(first, last) for first, last in spans if first < last]


def _supervision(path: Mapping[str, Any]) -> Rows:
    supervisor = path.get("supervisor", SUPERVISOR)
    return [
        {"trainee_id": path["trainee"], "supervisor_id": supervisor, "from_date": first, "to_date": last}
        for first, last in _spans_in_practice(path)
    ]


def _periods(instance: Instance) -> list[tuple[dt.date, dt.date]]:
    return [(instance.period_start(period), instance.period_end(period)) for period in range(instance.settings.periods)]


def _doctors_lists(instance: Instance) -> Rows:
    return [
        {
            "municipality_id": doctor.municipality_id,
            "holder_id": doctor.doctor_id,
            "kind": "doctor",
            "from_date": first,
            "to_date": last,
            "patients": doctor.list_size,
            "target": min(doctor.list_limit, doctor.list_target or doctor.list_limit),
            "limit": doctor.list_limit,
        }
        for doctor in instance.doctors
        for first, last in _periods(instance)
        if (doctor.starts or first) <= first and last <= (doctor.ends or last)
    ]


def _trainee_lists(instance: Instance, path: Mapping[str, Any]) -> Rows:
    """No patients in practice, nor after it, where `after` says how many there may be in each period."""
    finished = [(first, last) for first, last in _periods(instance) if first > path["to"]]
    may_have = dict(zip(finished, path.get("after", ()), strict=False))
    return [
        {
            "municipality_id": part.municipality_id,
            "holder_id": path["trainee"],
            "kind": "trainee",
            "from_date": first,
            "to_date": last,
            "patients": 0,
            "target": may_have.get((first, last), 0) * part.share_percent // 100,
            "limit": may_have.get((first, last), 0) * part.share_percent // 100,
        }
        for part in instance.position_parts
        if part.position_id == path["position"]
        for first, last in _periods(instance)
        if (first, last) in may_have
        or any(begins <= first and last <= ends for begins, ends in _spans_in_practice(path))
    ]


def _coverage(instance: Instance, lists: Rows, crossing: Iterable[Mapping[str, Any]]) -> Rows:
    listed: Counter[tuple[str, dt.date]] = Counter()
    above: Counter[tuple[str, dt.date]] = Counter()
    elsewhere: Counter[tuple[str, dt.date]] = Counter()
    from_elsewhere: Counter[tuple[str, dt.date]] = Counter()
    for row in lists:
        listed[row["municipality_id"], row["from_date"]] += row["patients"]
        if row["kind"] == "doctor":
            above[row["municipality_id"], row["from_date"]] += max(0, row["patients"] - row["target"])
    for pair in crossing:
        elsewhere[pair["from_municipality_id"], pair["from"]] += pair["residents"]
        from_elsewhere[pair["to_municipality_id"], pair["from"]] += pair["residents"]
    return [
        {
            "municipality_id": municipality.municipality_id,
            "from_date": first,
            "to_date": last,
            "residents": municipality.residents,
            "listed": listed[municipality.municipality_id, first],
            "locum": 0,
            "without_gp": 0,
            "listed_elsewhere": elsewhere[municipality.municipality_id, first],
            "from_elsewhere": from_elsewhere[municipality.municipality_id, first],
            "above_target": above[municipality.municipality_id, first],
        }
        for municipality in instance.municipalities
        for first, last in _periods(instance)
    ]
