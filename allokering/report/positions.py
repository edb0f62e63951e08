"""Which positions are used, by whom, and what they cost."""

from __future__ import annotations

from collections import defaultdict

from markupsafe import Markup

from allokering.plan import Opening, OpeningState
from allokering.report.bilingual import Told, listed, percent, say
from allokering.report.blocks import Cell, Column, Content, Section, Table
from allokering.report.scene import Scene
from allokering.tables import Form

FORMS = {Form.SALARIED: say("salaried"), Form.SELF_EMPLOYED: say("self-employed")}
STATES = {OpeningState.OPEN: say("open"), OpeningState.CLOSED: say("not opened")}


def section(scene: Scene) -> Section:
    """All positions in one table."""
    holders: dict[str, list[str]] = defaultdict(list)
    for trainee, rows in scene.view.placements.items():
        holders[str(rows[0].position_id)].append(trainee)
    table = Table(
        name="positions",
        caption=say("Training positions"),
        columns=(
            Column(say("Position")),
            Column(say("Municipalities")),
            Column(say("In this plan")),
            Column(say("Form")),
            Column(say("Places"), is_number=True),
            Column(say("Cost a year and place, NOK"), is_number=True),
            Column(say("Grant a year and place, NOK"), is_number=True),
            Column(say("Held by")),
        ),
        rows=[_row(scene, row, holders[row.position_id]) for row in scene.plan.openings],
    )
    return Section("positions", say("Positions"), [table])


def _row(scene: Scene, row: Opening, holders: list[str]) -> list[Content | Cell]:
    position = scene.positions[row.position_id]
    return [
        scene.position_title(row.position_id),
        _parts(scene, row.position_id),
        STATES[row.state],
        FORMS[position.form],
        position.places,
        position.yearly_cost_nok,
        position.grant_nok,
        listed(scene.trainee_link(one) for one in holders) if holders else "",
    ]


def _parts(scene: Scene, position_id: str) -> Told:
    parts = scene.parts[position_id]
    if len(parts) == 1:
        return listed([scene.municipality_link(parts[0].municipality_id)])
    return listed(
        Markup("{} {}").format(scene.municipality_link(part.municipality_id), percent(part.share_percent))
        for part in parts
    )
