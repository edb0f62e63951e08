"""Two hundred spoilt workbooks: each gets a clear answer, in bounded memory, and never a traceback."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
from broken_instances import GOOD
from malformed_workbooks import malformed

from allokering.files.reading import read_instance
from allokering.files.writing import write_instance

COUNT = 200
MOST_MEMORY = 1_500_000_000
"""Bytes of address space, of which the program without any workbook takes about half."""

READ_ALL = """
import json, resource, sys
from pathlib import Path
from click.testing import CliRunner
from allokering.cli import main

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
for path in sorted(Path(sys.argv[1]).glob("*.xlsx")):
    done = CliRunner().invoke(main, ["validate", str(path), "--faults", str(path.with_suffix(".marked.xlsx"))])
    crash = None if done.exception is None or isinstance(done.exception, SystemExit) else repr(done.exception)
    print(json.dumps([path.name, done.exit_code, done.output, crash]), flush=True)
"""


def test_every_spoilt_workbook_gets_an_answer(tmp_path: Path) -> None:
    """It is sound, or its faults are listed with exit 3; a copy with marks, if one could be made, opens."""
    write_instance(read_instance(GOOD), tmp_path / "good.xlsx")
    good = (tmp_path / "good.xlsx").read_bytes()
    folder = tmp_path / "spoilt"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number:03}.xlsx").write_bytes(malformed(good, number))
    command = [sys.executable, "-c", READ_ALL, str(folder), str(MOST_MEMORY)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer for answer in answers if answer[3] is not None] == []
    assert [name for name, *_ in answers] == [f"{number:03}.xlsx" for number in range(COUNT)]
    assert [
        name for name, code, output, _ in answers if (code, "is sound" in output) not in {(0, True), (3, False)}
    ] == []
    assert [name for name, code, output, _ in answers if code == 3 and "Faults in" not in output] == []
    assert {0, 3} == {code for _, code, *_ in answers}
    marked = sorted(folder.glob("*.marked.xlsx"))
    assert len(marked) > 20
    for path in marked:
        assert "_faults" in openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True).sheetnames
