"""A plan records the changes that its instance and model came of, and is held against them again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from scenes.one_row_each import sample

from allokering.cli import main
from allokering.commands.given import read_given
from allokering.engine.change import Change, change_of
from allokering.engine.change_file import write_change
from allokering.engine.recorded_changes import changed_instance, changed_model, changes_of_plan, made_again, recorded
from allokering.files.plan_files import PlanFaulty, read_plan
from allokering.files.reading import read_instance
from allokering.model import load_model

FIRST = Change("One fewer; spaces   stay, æøå too").remove("trainees", "alis-narvik-4", dependents=True)
SECOND = Change().set("trainees", "alis-narvik-5", fte_percent=80).override("notice.notice_months", 6)


@pytest.mark.parametrize("plan", ["plan", "plan.xlsx"])
def test_check_makes_the_changes_again(plan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, from the plan alone, folder or workbook; what is recorded is what was made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("allokering.files.plan_files.CELL_HOLDS", 7)
    write_change(FIRST, "first.toml")
    write_change(SECOND, "second.json")
    arguments = ["solve", "narvik-2022", "-o", plan, "--change", "first.toml", "--change", "second.json"]
    made = CliRunner().invoke(main, arguments)
    given = read_given("narvik-2022", Path(plan), None)

    assert made.exit_code == 0, made.output
    assert given.verdict.ok
    assert [change.key for change in changes_of_plan(given.plan)] == [FIRST.key, SECOND.key]
    assert given.plan.header.changes == recorded([FIRST, SECOND], read_instance("narvik-2022"))
    assert given.plan.header.instance.sha256 == given.instance.sha256
    assert given.instance == changed_instance(read_instance("narvik-2022"), [FIRST, SECOND])
    assert given.model == changed_model(load_model("alis"), [FIRST, SECOND])
    assert CliRunner().invoke(main, ["check", "narvik-2022", plan]).exit_code == 0
    if plan == "plan":
        _is_believed_no_more_when_edited(tmp_path / plan)


def _is_believed_no_more_when_edited(plan: Path) -> None:
    """Whoever edits the record must edit the key, and then the hash of the instance is another."""
    header = json.loads((plan / "plan.json").read_text("utf-8"))
    contents = header["changes"][1]["contents"]
    contents["set"][0]["values"]["fte_percent"] = 60
    (plan / "plan.json").write_text(json.dumps(header), encoding="utf-8")
    with pytest.raises(PlanFaulty, match="changes 2 key"):
        changes_of_plan(read_plan(plan))
    header["changes"][1]["key"] = change_of(contents).key
    (plan / "plan.json").write_text(json.dumps(header), encoding="utf-8")

    assert "provenance" in {violation.rule for violation in read_given("narvik-2022", plan, None).verdict.violations}


def test_what_a_change_does_is_recorded_and_found_again() -> None:
    """Of each, after those before it; a plan that says otherwise is faulty, and one that leaves it open is not."""
    instance = read_instance("narvik-2022")
    less, more = (Change().scale("site_slots", "slots", permille) for permille in (500, 2000))
    records = recorded([less, more], instance)

    assert [one.direction for one in records] == ["restricts", "relaxes"]
    assert [one.direction for one in recorded([less, more])] == [None, None]
    plan = replace(sample(), header=sample().header.model_copy(update={"changes": records}))
    assert made_again(instance, plan)[1] == (less, more)
    turned = (records[0], records[1].model_copy(update={"direction": "restricts"}))
    with pytest.raises(PlanFaulty, match="changes 2 direction"):
        made_again(instance, replace(plan, header=plan.header.model_copy(update={"changes": turned})))
