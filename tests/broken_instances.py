"""The folders of `tests/broken`: each is `_base`, a good instance, with the files that differ laid over it.

`absent.txt` names files of `_base` to leave out; `expected.txt` holds the faults, one to a line.
"""

from __future__ import annotations

import shutil
from pathlib import Path

BROKEN = Path(__file__).parent / "broken"
GOOD = BROKEN / "_base"
FAULTS = sorted(folder.name for folder in BROKEN.iterdir() if folder != GOOD)


def lay(fault: str, target: Path) -> Path:
    """The broken instance `fault` as a folder of its own in `target`."""
    folder = shutil.copytree(GOOD, target / "vik")
    for file in (BROKEN / fault).iterdir():
        if file.name == "absent.txt":
            for absent in file.read_text(encoding="utf-8").split():
                (folder / absent).unlink()
        elif file.name != "expected.txt":
            shutil.copy(file, folder)
    return folder


def expected_faults(fault: str) -> list[str]:
    """What reading it must say."""
    return (BROKEN / fault / "expected.txt").read_text(encoding="utf-8").splitlines()
