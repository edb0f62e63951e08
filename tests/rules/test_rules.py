"""Every case of every rule: the checks find exactly what the case says, and nothing else."""

from __future__ import annotations

from typing import Any

import case_files
import pytest
from scenes import tiny

from allokering.kinds import RULE_KINDS
from allokering.rules.registry import RULES
from allokering.verifier.columns import check_columns
from allokering.verifier.structure import check_calendar, check_ids
from allokering.verifier.verify import check_rules

CASES = [(kind, case) for kind in RULE_KINDS for case in case_files.read_cases(kind)]


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case['name']}" for kind, case in CASES])
def test_the_checks_find_exactly_what_the_case_says(kind: str, case: dict[str, Any]) -> None:
    """All rules are checked, so a case also shows that no other rule is broken by the same rows."""
    situation = tiny.make(case)
    found = [
        *check_ids(situation.instance, situation.model, situation.plan),
        *check_calendar(situation.instance, situation.plan),
        *check_rules(situation.instance, situation.model, situation.plan),
        *check_columns(situation.instance, situation.model, situation.plan),
    ]
    expected = [
        (violation.get("rule", kind), violation["subject"], violation["amount"], violation["limit"])
        for violation in case.get("violations", [])
    ]

    assert sorted(expected) == sorted(
        (violation.rule, violation.subject, violation.amount, violation.limit) for violation in found
    )


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_rule_has_a_clean_and_a_violating_case(kind: str) -> None:
    """A rule that no case breaks, or that every case breaks, is not tested."""
    broken = {bool(case.get("violations")) for case in case_files.read_cases(kind)}

    assert broken == {True, False}


def test_the_registry_is_the_folder_and_the_kinds() -> None:
    """A rule has one name: kind in the model, module, case file."""
    folder = {path.stem for path in (case_files.HERE.parent / "allokering" / "rules").glob("[!_]*")}
    cases = {path.stem for path in case_files.CASES.glob("*.toml")}

    assert list(RULES) == list(RULE_KINDS)
    assert folder - {"registry"} == set(RULE_KINDS)
    assert cases == set(RULE_KINDS)
    assert {kind: module.__name__.removesuffix(".rule") for kind, module in RULES.items()} == {
        kind: f"allokering.rules.{kind}" for kind in RULE_KINDS
    }


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_a_rule_says_what_holds_and_how(kind: str) -> None:
    """The docstring has the four headings of a rule, in order."""
    documentation = RULES[kind].__doc__ or ""
    places = [documentation.find(f"\n{heading}:") for heading in ("Index", "Math", "Units", "Assumes")]

    assert places == sorted(places)
    assert places[0] > 0
