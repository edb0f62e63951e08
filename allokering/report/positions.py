"""Which positions are opened and in which form, who holds them, what they cost, and who takes part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from markupsafe import Markup

from allokering.evidence.written_plan import forms_by_position, forms_to_choose
from allokering.plan import Opening, OpeningState
from allokering.report import budgets, selection
from allokering.report.bilingual import Told, chance, listed, percent, say
from allokering.report.blocks import Block, Cell, Column, Content, Section, Table
from allokering.report.scene import Scene
from allokering.tables import Form, Position

FORMS = {Form.SALARIED: say("salaried"), Form.SELF_EMPLOYED: say("self-employed")}
STATES = {OpeningState.OPEN: say("open"), OpeningState.CLOSED: say("not opened")}
NOT_OPENED = STATES[OpeningState.CLOSED]
Row = list[Content | Cell]


def section(scene: Scene) -> Section:
    """What is opened, every position, budgets and applications."""
    tables = (_openings(scene), _positions(scene), budgets.table(scene), selection.table(scene))
    blocks: list[Block] = [table for table in tables if table is not None]
    return Section("positions", say("Positions"), blocks)


def opened(scene: Scene) -> dict[str, Position | None]:
    """The form in which every position is open, by the id of its first row; None where it is not opened."""
    is_open = {row.position_id for row in scene.plan.openings if row.state is OpeningState.OPEN}
    return {
        position: next((form for form in forms if form.position_id in is_open), None)
        for position, forms in forms_by_position(scene.instance).items()
    }


def standing_in(scene: Scene, place: str) -> list[Content]:
    """The positions with a part in a municipality, each in its form, or said not to be opened."""
    parts = (row for row in scene.instance.position_parts if row.municipality_id == place)
    shares = {row.position_id: row.share_percent for row in parts}
    standing: list[Content] = []
    for position, form in opened(scene).items():
        one = position if form is None else form.position_id
        if one in shares:
            text = Markup("{} {}").format(scene.position_title(one), percent(shares[one]))
            standing.append(say("{position} (not opened)", position=text) if form is None else text)
    return standing


def _holders(scene: Scene) -> dict[str, list[str]]:
    """Who holds a position, by its id."""
    holders: dict[str, list[str]] = defaultdict(list)
    for trainee, rows in scene.view.placements.items():
        holders[str(rows[0].position_id)].append(trainee)
    return holders


def _openings(scene: Scene) -> Table | None:
    """The positions that the plan has something to decide about; None if all was decided before."""
    choices = forms_to_choose(scene.instance)
    if not choices:
        return None
    forms, holders = opened(scene), _holders(scene)
    rows: list[Row] = []
    for position, offered in choices.items():
        form = forms[position]
        held = [] if form is None else holders[form.position_id]
        rows.append(
            [
                scene.position_title(position),
                _parts(scene, position),
                listed(_form(scene, one) for one in offered),
                NOT_OPENED if form is None else _form(scene, form),
                *([_chance(scene, held)] if scene.recruits else []),
                _names(scene, held),
            ]
        )
    return Table(
        name="openings",
        caption=say("What is opened, and in which form"),
        columns=(
            Column(say("Position")),
            Column(say("Municipalities")),
            Column(say("Forms to choose among")),
            Column(say("In this plan")),
            *([Column(say("Chance that it is filled"), is_number=True)] if scene.recruits else []),
            Column(say("Held by")),
        ),
        rows=rows,
        note=say("A position has one form at a time. One without a chance is held by somebody who is known."),
    )


def _form(scene: Scene, form: Position) -> Told:
    """How the position is paid, and the programme it is for."""
    if form.programme is None:
        return FORMS[form.form]
    return say("{form} ({programme})", form=FORMS[form.form], programme=scene.programme_name(form.programme))


def _chance(scene: Scene, holders: Sequence[str]) -> Content | Cell:
    """The chance that the announcement is filled; nothing where nobody is to be recruited."""
    chances = [scene.paths[one].chance for one in holders if one in scene.recruits]
    return Cell(chance(chances[0]), chances[0]) if chances else Cell("", -1)


def _names(scene: Scene, holders: Sequence[str]) -> Content:
    return listed(scene.trainee_link(one) for one in holders) if holders else ""


def _positions(scene: Scene) -> Table:
    """Every form of every position."""
    holders = _holders(scene)
    has_forms = any(row.alternative_to is not None for row in scene.instance.positions)
    return Table(
        name="positions",
        caption=say("Positions, each in all its forms") if has_forms else say("Training positions"),
        columns=(
            Column(say("Position")),
            Column(say("Municipalities")),
            Column(say("In this plan")),
            Column(say("Form")),
            *([Column(say("Another form of"))] if has_forms else []),
            Column(say("Places"), is_number=True),
            Column(say("Cost a year and place, NOK"), is_number=True),
            Column(say("Grant a year and place, NOK"), is_number=True),
            Column(say("Held by")),
        ),
        rows=[_row(scene, row, holders[row.position_id], has_forms=has_forms) for row in scene.plan.openings],
    )


def _row(scene: Scene, row: Opening, holders: list[str], *, has_forms: bool) -> Row:
    position = scene.positions[row.position_id]
    other = "" if position.alternative_to is None else scene.position_title(position.alternative_to)
    return [
        scene.position_title(row.position_id),
        _parts(scene, row.position_id),
        STATES[row.state],
        _form(scene, position),
        *([other] if has_forms else []),
        position.places,
        position.yearly_cost_nok,
        position.grant_nok,
        _names(scene, holders),
    ]


def _parts(scene: Scene, position_id: str) -> Told:
    parts = scene.parts[position_id]
    if len(parts) == 1:
        return listed([scene.municipality_link(parts[0].municipality_id)])
    return listed(
        Markup("{} {}").format(scene.municipality_link(part.municipality_id), percent(part.share_percent))
        for part in parts
    )
