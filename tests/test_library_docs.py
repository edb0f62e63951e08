"""The pages on the library: code runs and prints what is shown, and the page of names is made from the names."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"<!-- test: python -->\n```python\n(?P<code>.*?)```(?:\n\n```text\n(?P<shown>.*?)```)?", re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "docs/core.md", "docs/notebook.md"])
def test_code_prints_what_is_shown(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page are cells: each knows what the earlier ones made."""
    monkeypatch.chdir(tmp_path)
    cells = list(BLOCK.finditer((ROOT / page).read_text("utf-8")))
    known: dict[str, object] = {}

    assert cells
    for cell in cells:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(cell["code"], page, "exec"), known)  # noqa: S102 - that is the test
        assert [line.rstrip() for line in printed.getvalue().splitlines()] == (cell["shown"] or "").splitlines()


def test_a_notebook_is_ten_lines() -> None:
    """Solve, change, answer, compare, plot: without imports of anything else."""
    code = "".join(cell["code"] for cell in BLOCK.finditer((ROOT / "docs" / "notebook.md").read_text("utf-8")))
    lines = [line for line in code.splitlines() if line.strip()]

    assert len(lines) <= 10
    assert [line for line in lines if line.startswith(("import", "from"))] == ["import allokering as al"]


def test_the_page_of_names_is_up_to_date() -> None:
    """Making it anew changes nothing."""
    spec = importlib.util.spec_from_file_location("make_api", ROOT / "docs" / "make_api.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)

    assert (ROOT / "docs" / "api.md").read_text("utf-8") == made.page()
