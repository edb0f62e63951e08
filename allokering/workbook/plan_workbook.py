"""A plan as a workbook: the Gantt sheet to look at and edit, the facts of `plan.json`, and a sheet per table."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from allokering.files.plan_files import FACTS_SHEET, accept, by_key, change_cells
from allokering.files.publishing import published
from allokering.files.table_columns import columns
from allokering.files.writing import workbook_cell
from allokering.instance import Instance
from allokering.plan import PLAN_TABLES, Plan, PlanHeader
from allokering.tables import Pin, Row
from allokering.workbook.gantt import write_choices, write_gantt
from allokering.workbook.layout import column_header, header, lay_out, set_widths


def write_plan_workbook(instance: Instance, plan: Plan, path: Path, inspect: Callable[[Path], None] = accept) -> None:
    """Write the plan to an `.xlsx` file, whole or not at all. Only a plan is replaced.

    `inspect` sees what was written before it takes its place; if it raises, nothing is published.

    Raises:
        UsageError: something else stands there, or the folder around it is missing.
    """
    with published(path, is_plan_workbook) as new:
        _workbook(instance, plan, plan.header).save(new)
        inspect(new)


def _workbook(instance: Instance, plan: Plan, facts: PlanHeader) -> Workbook:
    workbook = Workbook(write_only=True)
    write_gantt(workbook, instance, plan)
    sheet = workbook.create_sheet(FACTS_SHEET)
    set_widths(sheet, (32, 80))
    sheet.append([header(sheet, "key"), header(sheet, "value")])
    for key, value in _flat("", facts.model_dump(mode="json", exclude={"pins", "changes"})):
        sheet.append([workbook_cell(sheet, key), workbook_cell(sheet, value)])
    for key, value in change_cells(facts.changes):
        sheet.append([workbook_cell(sheet, key), workbook_cell(sheet, value)])
    _write_table(workbook, Pin, facts.pins)
    for table, row_type in PLAN_TABLES.items():
        _write_table(workbook, row_type, by_key(getattr(plan, table)))
    write_choices(workbook, instance)
    return workbook


def _write_table(workbook: Workbook, row_type: type[Row], rows: tuple[Row, ...]) -> None:
    sheet = workbook.create_sheet(row_type.table)
    described = columns(row_type)
    lay_out(sheet, described)
    sheet.append([column_header(sheet, column) for column in described])
    for row in rows:
        sheet.append([workbook_cell(sheet, getattr(row, column.attribute)) for column in described])


def _flat(key: str, value: object) -> Iterator[tuple[str, object]]:
    """Every single value by its dotted key: `tiers.0.name`."""
    if isinstance(value, dict | list):
        named = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in named:
            yield from _flat(f"{key}.{name}".lstrip("."), one)
    else:
        yield key, value


def is_plan_workbook(path: Path) -> bool:
    """Does a plan workbook stand here?"""
    try:
        workbook = load_workbook(path, read_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError):
        return False
    workbook.close()
    return FACTS_SHEET in workbook.sheetnames
