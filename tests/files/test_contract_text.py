"""`docs/data-contract.md` says what the definitions say, and its examples are what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

from broken_instances import expected_faults

from allokering.files.contract_text import RECORDS, with_columns

DOCUMENT = (Path(__file__).parents[2] / "docs" / "data-contract.md").read_text(encoding="utf-8")


def test_the_column_tables_are_up_to_date() -> None:
    """Making them anew changes nothing."""
    assert with_columns(DOCUMENT) == DOCUMENT


def test_every_table_is_described() -> None:
    """Each table of an instance and of a plan has its place in the document, once."""
    assert sorted(re.findall(r"<!-- columns: ([\w.]+) -->", DOCUMENT)) == sorted(RECORDS)


def test_the_examples_of_faults_are_real() -> None:
    """Each example is the output for a folder of `tests/broken`."""
    examples = re.findall(r"<!-- faults: ([\w-]+) -->\n```\n(.*?)```", DOCUMENT, re.DOTALL)
    assert len(examples) >= 5
    for fault, lines in examples:
        assert lines.splitlines() == expected_faults(fault)
