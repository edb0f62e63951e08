"""A plan with a row in every table."""

from __future__ import annotations

from allokering.notes import Note
from allokering.plan import ContentHash, Plan, PlanHeader, TierResult
from scenes.scene import Scene

TIER = TierResult(name="people", unit="points", value=3, bound=2, gap=1 / 3, status="feasible", seconds=0.5)
HEADER = PlanHeader(
    status="feasible",
    instance=ContentHash(name="vik", sha256="0" * 64),
    model=ContentHash(name="alis", sha256="1" * 64),
    objective="lexicographic",
    overrides={"locum.nok_per_week": "95800"},
    versions={"allokering": "0.1.0"},
    seed=1,
    solver="exact",
    workers=1,
    seconds=0.5,
    tiers=(TIER,),
    stages=(),
    notes=(Note(id="recruits"), Note(id="of a later version", values={"municipality": "Nes"})),
)


def sample() -> Plan:
    """One row in each table."""
    day = {"from": "2025-01-01", "to": "2025-06-30"}
    where = {"municipality_id": "1001", **day}
    counts = dict.fromkeys(
        ("residents", "listed", "locum", "without_gp", "listed_elsewhere", "from_elsewhere", "above_target"), 7
    )
    rows = {
        "placements": {"trainee_id": "t-1", "status": "unplaced"},
        "rotations": {"trainee_id": "t-1", "site_id": "h", **day},
        "supervision": {"trainee_id": "t-1", "supervisor_id": "gp", **day},
        "groups": {"trainee_id": "t-1", "group_id": "g", **where},
        "lists": {"holder_id": "gp", "kind": "doctor", "patients": 1, "target": 2, "limit": 3, **where},
        "coverage": {**where, **counts},
        "cross_border": {"from_municipality_id": "1001", "to_municipality_id": "0301", "residents": 2, **day},
        "openings": {"position_id": "p", "state": "closed", "places": 0, "yearly_cost_nok": 0, "grant_nok": 0},
        "selection": {"application_id": "a", "state": "left_out"},
    }
    tables = Scene().put_plan({table: [row] for table, row in rows.items()}).plan
    return Plan(header=HEADER, **{table: tuple(own) for table, own in tables.items()})
