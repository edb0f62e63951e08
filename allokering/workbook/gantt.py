"""A plan as one row per trainee: what can be pinned, then a cell per period coloured by what the trainee does."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from allokering.files.cells import cell_text
from allokering.files.writing import text_cell
from allokering.instance import Instance
from allokering.language import say
from allokering.plan import HolderKind, Plan
from allokering.tables import PinWhat
from allokering.workbook.layout import WRAPPED, filled_cells, fit_on_page, header, offer, set_widths

GANTT_SHEET = "gantt"
CHOICES_SHEET = "_choices"
TRAINEE = "trainee_id"
PRACTICE = PatternFill("solid", fgColor="FFC6E0B4")
ROTATION = PatternFill("solid", fgColor="FF9DC3E6")
STAYS = PatternFill("solid", fgColor="FFD9D9D9")
EDITABLE = PatternFill("solid", fgColor="FFFFF2CC")


def standing(plan: Plan) -> dict[str, dict[PinWhat, tuple[str, ...]]]:
    """What the plan says of every trainee, by what can be pinned; nothing where it says nothing."""
    found: dict[str, dict[PinWhat, dict[str, None]]] = {
        row.trainee_id: {what: {} for what in PinWhat} for row in plan.placements
    }
    told = (
        *((row.trainee_id, PinWhat.POSITION, row.position_id) for row in plan.placements if row.position_id),
        *((row.trainee_id, PinWhat.SITE, row.site_id) for row in plan.rotations),
        *((row.trainee_id, PinWhat.PERIOD, cell_text(row.from_date)) for row in plan.rotations),
        *((row.trainee_id, PinWhat.SUPERVISOR, row.supervisor_id) for row in plan.supervision),
    )
    for trainee, what, value in told:
        found.setdefault(trainee, {one: {} for one in PinWhat})[what][value] = None
    return {trainee: {what: tuple(values) for what, values in whats.items()} for trainee, whats in found.items()}


def shown(values: Sequence[str]) -> str:
    """The text of a cell that nobody has edited."""
    return ", ".join(values)


def write_gantt(workbook: Workbook, instance: Instance, plan: Plan) -> None:
    """Add the sheet. Pins are made by editing its first columns."""
    sheet = workbook.create_sheet(GANTT_SHEET)
    starts = [instance.period_start(period) for period in range(instance.settings.periods)]
    set_widths(sheet, (26, 30, 24, 14, 26, *(16 for _ in starts)))
    sheet.freeze_panes = "B2"
    fit_on_page(sheet)
    for number, _ in enumerate(PinWhat, start=1):
        offer(sheet, number + 1, filled_cells(CHOICES_SHEET, number), suggests_only=True)
    sheet.append(_headers(sheet, starts))
    doing = _doing(plan, starts)
    for trainee, stands in standing(plan).items():
        cells = [text_cell(sheet, trainee)]
        for what in PinWhat:
            cell = text_cell(sheet, shown(stands[what]))
            cell.fill, cell.number_format = EDITABLE, "@"
            cells.append(cell)
        for start in starts:
            place, fill = doing.get((trainee, start), ("", None))
            cell = text_cell(sheet, place)
            cell.alignment = WRAPPED
            if fill is not None:
                cell.fill = fill
            cells.append(cell)
        sheet.append(cells)


def write_choices(workbook: Workbook, instance: Instance) -> None:
    """Add the hidden sheet that the drop-downs of the Gantt sheet offer ids from."""
    sheet = workbook.create_sheet(CHOICES_SHEET)
    sheet.sheet_state = "hidden"
    offered: Mapping[PinWhat, list[str]] = {
        PinWhat.POSITION: [row.position_id for row in instance.positions],
        PinWhat.SITE: [row.site_id for row in instance.sites],
        PinWhat.PERIOD: [cell_text(instance.period_start(period)) for period in range(instance.settings.periods)],
        PinWhat.SUPERVISOR: [row.doctor_id for row in instance.doctors],
    }
    sheet.append([what.value for what in PinWhat])
    for number in range(max(map(len, offered.values()))):
        sheet.append([text_cell(sheet, "".join(offered[what][number : number + 1])) for what in PinWhat])


def _headers(sheet: Worksheet, starts: Sequence[dt.date]) -> list[Cell]:
    how = say(
        "Edit the cell to pin it: = or keep holds on to what stands here; A, B asks for one of the two; "
        "!A rules A out. Then run `allokering solve` with --pins and this workbook."
    )
    legend = say(
        "Green: in practice, and where. Blue: institution service, and where. Grey: has completed the training and may "
        "stay, and where. Edits of these cells do nothing."
    )
    told = {PinWhat.PERIOD: say("The first day of the rotation; any day of the period will do.")}
    return [
        header(sheet, TRAINEE),
        *(header(sheet, what.value, "\n".join(filter(None, (told.get(what), how)))) for what in PinWhat),
        *(header(sheet, cell_text(start), legend if start == starts[0] else None) for start in starts),
    ]


def _doing(plan: Plan, starts: Sequence[dt.date]) -> dict[tuple[str, dt.date], tuple[str, PatternFill]]:
    """Where a trainee is in a period, and its colour; a rotation goes before the position it is part of.

    After the training, the municipalities in which a list is expected of the trainee.
    """

    def during(begins: dt.date, ends: dt.date) -> Iterator[dt.date]:
        return (start for start in starts if begins <= start <= ends)

    doing: dict[tuple[str, dt.date], tuple[str, PatternFill]] = {}
    completes = {row.trainee_id: row.completes for row in plan.placements if row.completes is not None}
    stays: dict[tuple[str, dt.date], list[str]] = defaultdict(list)
    for held in plan.lists:
        if held.kind is HolderKind.TRAINEE and held.from_date > completes.get(held.holder_id, dt.date.max):
            stays[held.holder_id, held.from_date].append(held.municipality_id)
    for key, places in stays.items():
        doing[key] = (", ".join(places), STAYS)
    for row in plan.placements:
        if row.position_id and row.from_date and row.to_date:
            for start in during(row.from_date, row.to_date):
                doing[row.trainee_id, start] = (row.position_id, PRACTICE)
    for rotation in plan.rotations:
        for start in during(rotation.from_date, rotation.to_date):
            doing[rotation.trainee_id, start] = (rotation.site_id, ROTATION)
    return doing
