"""Workbooks as planners handle them: run on the command line, edited by hand, saved by LibreOffice."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from click.testing import CliRunner, Result

from allokering.cli import main
from allokering.language import speak


def run(*arguments: object) -> Result:
    """The program on the command line. What it does not expect is raised here."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    speak("en")
    return result


def edited(path: Path, cells: Mapping[tuple[str, str], object], target: Path | None = None) -> Path:
    """The workbook with other values in cells, by sheet and place."""
    workbook = openpyxl.load_workbook(path)
    for (sheet, place), value in cells.items():
        workbook[sheet][place] = value
    workbook.save(target or path)
    return target or path


def saved_by_libreoffice(path: Path, folder: Path) -> Path:
    """The workbook opened and saved by LibreOffice."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(path)]
    subprocess.run(convert, check=True, capture_output=True, timeout=600)
    return folder / path.name


def gantt_place(path: Path, trainee: str, what: str) -> tuple[str, str]:
    """Where the Gantt sheet of a plan workbook speaks of a trainee."""
    sheet = openpyxl.load_workbook(path)["gantt"]
    row = next(cells[0].row for cells in sheet.iter_rows(max_col=1) if cells[0].value == trainee)
    column = next(cell.column_letter for cell in sheet[1] if cell.value == what)
    return "gantt", f"{column}{row}"


def gantt_value(path: Path, trainee: str, what: str) -> str | None:
    """What the Gantt sheet says of a trainee."""
    sheet, place = gantt_place(path, trainee, what)
    value = openpyxl.load_workbook(path)[sheet][place].value
    return None if value is None else str(value)
