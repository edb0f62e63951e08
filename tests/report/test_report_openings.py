"""The report of a region where positions are opened and announced, budgets used, and trainees stay by chance."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from scenes.narvik import page as narvik_page
from scenes.openings import instance, model, plan

from allokering.kinds import TERM_KINDS
from allokering.language import speak
from allokering.plan import SelectionState
from allokering.report import budgets, expected, lists, paths, positions, quality, selection, supervision
from allokering.report.bilingual import Told
from allokering.report.blocks import Cell, Content, Table
from allokering.report.page import report
from allokering.report.scene import Scene
from allokering.report.sources import TABLES as TOLD_TABLES
from allokering.tables import TABLES
from allokering.verifier.verify import verify


@cache
def scene() -> Scene:
    header = plan().header
    assert header is not None
    return Scene(instance(), model(), plan(), header)


@cache
def page() -> str:
    return report(instance(), model(), plan())


def shown(content: Content | Cell) -> str:
    """A cell as an English reader sees it, without markup."""
    told = content.content if isinstance(content, Cell) else content
    text = told.in_language("en") if isinstance(told, Told) else str(told)
    return re.sub(r"<[^>]+>", "", re.sub(r"<span lang=nb>.*?</span>", "", text)).replace("\u202f", " ")


def rows(table: Table | None) -> dict[str, dict[str, str]]:
    """A table's rows by their heading, with cells by the column's; of two columns alike, the last."""
    assert table is not None
    heads = [shown(column.title) for column in table.columns]
    return {shown(row[0]): {head: shown(cell) for head, cell in zip(heads, row, strict=True)} for row in table.rows}


def tables(blocks: object) -> dict[str, Table]:
    return {block.name: block for block in blocks.blocks if isinstance(block, Table)}  # type: ignore[attr-defined]


def test_the_scene_is_a_plan() -> None:
    """It verifies, so that what the report says of it is true."""
    assert verify(instance(), model(), plan()).violations == ()


def test_what_is_opened_is_told_with_its_form_and_chance() -> None:
    """Of each position with a choice: the forms there were, the one chosen, and whether it can be filled."""
    openings = rows(tables(positions.section(scene()))["openings"])

    assert set(openings) == {"ALIS Nes", "Post in Øy"}
    # Øy: 1 - 0.94^24 = 0.7735; of six applicants for the ordinary post none is qualified.
    assert openings["Post in Øy"] == {
        "Position": "Post in Øy",
        "Municipalities": "Øy",
        "Forms to choose among": "self-employed (Ordinary GP post) and salaried (ALIS)",
        "In this plan": "salaried (ALIS)",
        "Chance that it is filled": "77.3%",
        "Held by": "recruit-oy",
    }
    # Nes has no announcement of its own: centrality 5, salaried, is 700 permille of the rule's list.
    assert openings["ALIS Nes"]["Chance that it is filled"] == "70.0%"


def test_a_position_that_is_not_opened_is_told() -> None:
    """With neither form, chance nor holder; on the page of its municipality too."""
    closed = replace(
        scene(),
        plan=replace(
            plan(),
            placements=tuple(row for row in plan().placements if row.trainee_id != "recruit-oy"),
            openings=tuple(row for row in plan().openings if row.position_id != "alis-oy"),
        ),
    )
    row = rows(tables(positions.section(closed))["openings"])["Post in Øy"]

    assert (row["In this plan"], row["Chance that it is filled"], row["Held by"]) == ("not opened", "", "")
    assert [shown(one) for one in positions.standing_in(closed, "oy")] == ["Post in Øy 100 % (not opened)"]
    assert [shown(one) for one in positions.standing_in(scene(), "oy")] == ["ALIS Øy 100 %"]


def test_every_form_has_its_row() -> None:
    """The table of positions says which is another form of which."""
    found = rows(tables(positions.section(scene()))["positions"])

    assert found["ALIS Øy"]["Another form of"] == "Post in Øy"
    assert found["ALIS Øy"]["In this plan"] == "open"
    assert found["Post in Øy"]["Another form of"] == ""
    assert found["Post in Øy"]["In this plan"] == "not opened"


def test_budgets_are_told_with_what_is_used() -> None:
    """Grants: 240,000 + 200,000 of 500,000. Øy pays 1,000,000 less 200,000 of its 1,000,000."""
    found = rows(budgets.table(scene()))
    columns = ("Pays", "Municipality", "Amount, NOK", "Used, NOK", "Left, NOK", "Share used")

    assert [found["grants-2025"][one] for one in columns] == ["grants", "", "500000", "440000", "60000", "88 %"]
    assert [found["oy-2025"][one] for one in columns] == [
        "costs less grants", "Øy", "1000000", "800000", "200000", "80 %",
    ]  # fmt: skip
    assert shown(budgets.in_a_line(scene(), instance().budgets[0])) == "grants-2025: NOK 440 000 of 500 000"


def test_who_takes_part_is_told_by_trust() -> None:
    """A line per trust on the first page, a row per application, and a word on the municipality's page."""
    found = rows(selection.table(scene()))

    assert {name: row["In this plan"] for name, row in found.items()} == {
        "nes-alone": "takes part",
        "oy-alone": "takes part",
        "vik-alone": "left out",
    }
    assert found["nes-alone"]["Sami-language area"] == "yes"
    ((_, lines),) = selection.facts(scene())
    assert [shown(line) for line in lines] == ["no trust, 1 of 1: oy-alone", "north, 1 of 2: nes-alone"]
    ((_, told),) = selection.of_municipality(scene(), "vik")
    assert [shown(one) for one in told] == ["vik-alone: left out"]


def test_recruits_are_not_called_placed() -> None:
    """The first page counts who is known apart from what is announced, and says how much of it can be expected."""
    text = page()

    assert "<span lang=en>3 of 3</span>" in text
    # 0.700 + 0.773 = 1.473
    assert "<span lang=en>1.5 of them can be expected to be filled</span>" in text
    assert "2 of 4 positions are held by somebody who is known, and 2 are announced." in text
    assert "before, and expected in this plan, on average over the periods" in text


def test_a_recruits_path_says_the_chance() -> None:
    """In the sentence and in the table; a recruit who is not looked for has no path, and is not called unplaced."""
    assert shown(paths.told(scene(), "recruit-oy")).endswith(
        "Who that will be is not yet known: the chance that an announcement fills the position is 77.3%."
    )
    found = rows(tables(paths.section(scene()))["paths"])
    assert found["recruit-oy"]["Chance"] == "77.3%"
    assert found["ann"]["Chance"] == ""
    assert found["recruit-oy-gp"]["Position"] == "not announced"
    assert found["recruit-oy-gp"]["Programme"] == "Ordinary GP post"
    assert shown(paths.told(scene(), "recruit-oy-gp")).endswith("the position is not announced in this plan.")
    assert "Without a position</span>" not in page()


def test_a_post_without_training_is_not_called_training() -> None:
    """Nobody completes an ordinary post."""
    rows_of = {row.trainee_id: row for row in plan().placements}
    post = rows_of["recruit-oy"].model_copy(update={"trainee_id": "recruit-oy-gp", "position_id": "post-oy"})
    held = replace(scene(), plan=replace(plan(), placements=(post,)))

    assert "takes Post in Øy, a post without training, from 1 January 2025." in shown(paths.told(held, "recruit-oy-gp"))


def test_interns_are_seen_in_hospital() -> None:
    """Institution service has a table by site, with the programme."""
    found = rows(tables(paths.section(scene()))["rotations"])

    assert found == {
        "Nes hospital": {
            "Site": "Nes hospital",
            "Municipality": "Nes",
            "Programme": "LIS1",
            "Trainee": "intern",
            "From": "2025-01-01",
            "To": "2025-12-31",
        }
    }


def test_who_has_finished_may_stay() -> None:
    """The list is expected: 991 patients × 0.437 = 433, less 30 while Bo is supervised; and so is the supervision."""
    stays = expected.stay(scene(), "ann")
    told = rows(tables(supervision.section(scene()))["supervisors"])

    assert {(row.target, row.limit) for row in stays} == {(433, 433), (403, 433)}
    assert all(expected.is_expected(scene(), row) for row in stays)
    assert expected.stays_from(scene(), "ann") == (stays[0].from_date, stays[-1].to_date)
    assert "The list to expect of one who may stay after the training is" in shown(paths.told(scene(), "ann"))
    # 3 places × 0.437 = 1.
    assert (told["ann"]["Most at a time"], told["ann"]["Trainees"]) == ("1", "bo")
    assert (told["ann"]["1/2025"], told["ann"]["7/2025"], told["ann"]["1/2026"]) == ("", "0", "1")
    assert "class=stays" in str(paths.timeline(scene(), "ann"))
    assert "class=stays" not in str(paths.timeline(scene(), "bo"))
    assert page().count("2026-01-01 – 2027-12-31: <a href=#t1>ann</a>") == 1


def test_lists_that_count_by_chance_are_told_apart() -> None:
    """By a word in the table, italics in the numbers, and a note; lists of the known are not."""
    table = tables(lists.section(scene()))["lists"]
    found = rows(table)

    assert {holder: row["Holds the list as"] for holder, row in found.items()} == {
        "ann": "Trained, may stay",
        "bo": "Trainee",
        "gp-nes-1": "GP",
        "gp-oy-1": "GP",
        "gp-vik-1": "GP",
        "gp-vik-2": "GP",
        "intern": "Trainee",
        "recruit-nes": "Recruit",
        "recruit-oy": "Recruit",
    }
    italic = {shown(row[0]) for row in table.rows for cell in row if isinstance(cell, Cell) and cell.css == "expected"}
    assert italic == {"ann", "recruit-nes", "recruit-oy"}
    assert table.note is not None
    assert "A list in italics is what is expected" in shown(table.note)
    assert expected.note(scene()) is not None
    certain = replace(scene(), plan=replace(plan(), lists=plan().lists[:1]))
    assert expected.note(certain) is None
    assert "in italics" not in shown(tables(lists.section(certain))["lists"].note or "")


def test_a_list_means_hours() -> None:
    """600 minutes and 132 seconds for each of 1,100 patients make 3,020 minutes: 50.3 hours in the longest week."""
    found = rows(tables(lists.section(scene()))["lists"])
    longest = max(row.week_minutes or 0 for row in plan().lists if row.holder_id == "gp-nes-1")

    assert longest == 600 + 1100 * 132 // 60
    assert found["gp-nes-1"]["Hours a week, longest"] == "50.3"
    assert found["bo"]["Hours a week, longest"] == ""
    assert "Hours a week, longest" not in narvik_page()


def test_the_policy_is_seen_in_coverage() -> None:
    """Free places that are missing, and what supervisors are relieved of, have columns where a policy has them."""
    assert "Free places that are missing" in page()
    assert "Supervisors&#39; shorter lists" in page()
    assert "Free places that are missing" not in narvik_page()
    assert "Supervisors&#39; shorter lists" not in narvik_page()


def test_kroner_are_those_of_the_tier() -> None:
    """What the first page says the plan costs has every term in kroner, compensation too."""
    header = plan().header
    assert header is not None
    assert quality.kroner(scene()) == next(tier.value for tier in header.tiers if tier.name == "cost")
    assert "supervisors&#39; travel and compensation for shorter lists" in page()
    assert "travel and compensation" not in narvik_page()


def test_every_term_and_table_has_a_name() -> None:
    """In both languages, and neither lacks one that the other has."""
    assert set(quality.TERMS) == set(TERM_KINDS)
    assert set(TOLD_TABLES) == set(TABLES)
    for told in (*quality.TERMS.values(), *TOLD_TABLES.values()):
        assert len({text for _, text in told.texts}) == 2


@pytest.mark.parametrize("name", ["moved_too_fast", "group_travel", "kilometres a year"])
def test_stages_have_names(name: str) -> None:
    """Tiers and units of the stages are said in Norwegian too."""
    assert len({text for _, text in quality.named(name).texts}) == 2


def test_changed_applications_are_told() -> None:
    """Against a plan in which another took part."""
    others = {"vik-alone": SelectionState.SELECTED, "nes-alone": SelectionState.LEFT_OUT}
    earlier = replace(
        plan(),
        selection=tuple(
            row.model_copy(update={"state": others.get(row.application_id, row.state)}) for row in plan().selection
        ),
    )
    text = report(instance(), model(), plan(), earlier)

    assert "Applications that take part now: nes-alone." in text
    assert "Applications now left out: vik-alone." in text
    assert "Applications that take part now" not in report(instance(), model(), plan(), plan())


def test_both_languages_tell_it() -> None:
    """The page is the same whichever language it begins in."""
    speak("nb")
    norwegian = report(instance(), model(), plan())
    speak("en")

    assert norwegian.split("<body>")[1].replace(" checked", "") == page().split("<body>")[1].replace(" checked", "")
