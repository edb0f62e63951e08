"""Which applications take part, in every health trust."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from allokering.plan import Plan, SelectionState
from allokering.report.bilingual import Told, listed, say
from allokering.report.blocks import Cell, Column, Content, Fact, Table
from allokering.report.scene import Scene
from allokering.tables import Municipality

STATES = {SelectionState.SELECTED: say("takes part"), SelectionState.LEFT_OUT: say("left out")}
NO_TRUST = say("no trust")


def selected(plan: Plan) -> set[str]:
    """The applications that take part."""
    return {row.application_id for row in plan.selection if row.state is SelectionState.SELECTED}


def applicants(scene: Scene) -> dict[str, list[Municipality]]:
    """The municipalities of every application, the one with the most residents first."""
    members: dict[str, list[Municipality]] = defaultdict(list)
    for row in scene.instance.applications:
        members[row.application_id].append(scene.municipalities[row.municipality_id])
    return {one: sorted(rows, key=lambda row: (-row.residents, row.municipality_id)) for one, rows in members.items()}


def facts(scene: Scene) -> list[Fact]:
    """Who takes part, a line per trust; nothing where nobody applied."""
    chosen = selected(scene.plan)
    by_trust: dict[str, list[str]] = defaultdict(list)
    for application, members in applicants(scene).items():
        by_trust[members[0].trust_id or ""].append(application)
    lines = [_line(trust, applied, chosen) for trust, applied in sorted(by_trust.items())]
    return [(say("Take part"), lines)] if lines else []


def _line(trust: str, applied: Sequence[str], chosen: set[str]) -> Told:
    takes = [one for one in applied if one in chosen]
    return say(
        "{trust}, {count} of {whole}: {applications}",
        trust=trust or NO_TRUST,
        count=len(takes),
        whole=len(applied),
        applications=listed(takes or [say("none")]),
    )


def of_municipality(scene: Scene, place: str) -> list[Fact]:
    """The applications of one municipality."""
    mine = dict.fromkeys(row.application_id for row in scene.instance.applications if row.municipality_id == place)
    chosen = selected(scene.plan)
    told = [say("{application}: {state}", application=one, state=_state(one in chosen)) for one in mine]
    return [(say("Application"), told)] if told else []


def _state(takes_part: bool) -> Told:
    return STATES[SelectionState.SELECTED if takes_part else SelectionState.LEFT_OUT]


def table(scene: Scene) -> Table | None:
    """All applications; None if nobody has applied."""
    members = applicants(scene)
    if not members:
        return None
    chosen = selected(scene.plan)
    return Table(
        name="selection",
        caption=say("Applications, and which of them take part"),
        columns=(
            Column(say("Application")),
            Column(say("Health trust")),
            Column(say("In this plan")),
            Column(say("Municipalities")),
            Column(say("Residents"), is_number=True),
            Column(say("Sami-language area")),
        ),
        rows=[_row(scene, application, rows, chosen) for application, rows in members.items()],
        note=say("An application belongs to the health trust of its municipality with the most residents."),
    )


def _row(scene: Scene, application: str, members: Sequence[Municipality], chosen: set[str]) -> list[Content | Cell]:
    takes_part = application in chosen
    return [
        application,
        members[0].trust_id or NO_TRUST,
        Cell(_state(takes_part), not takes_part),
        listed(scene.municipality_link(row.municipality_id) for row in members),
        sum(row.residents for row in members),
        say("yes") if any(row.sami_language_area for row in members) else say("no"),
    ]
