"""The report: one file that holds everything, leads nowhere else, and says what the plan and the tables say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from scenes.narvik import HOSTILE, narvik, page, plan, renamed, scene
from scenes.narvik import model as model_of

from allokering.cli import main
from allokering.files.plan_files import write_plan
from allokering.plan import TierResult
from allokering.report.bilingual import listed, number_text, say
from allokering.report.coverage import mean
from allokering.report.drawing import nice_ceiling
from allokering.report.page import report
from allokering.report.quality import kroner, proof
from allokering.report.shapes import ATTRIBUTION

REGION_BYTES_MAX = 3_000_000


class Reader(HTMLParser):
    """The page's elements as a browser would be told of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.elements.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        """Every value of an attribute."""
        return [str(attributes[attribute]) for _, attributes in self.elements if attribute in attributes]


@pytest.mark.parametrize("hostile", [False, True])
def test_everything_is_inside(hostile: bool) -> None:
    """Nothing is fetched: no source, style sheet, font or picture from elsewhere, and a policy that forbids it."""
    text = page(against=True, hostile=hostile)
    reader = Reader(text)
    tags = {tag for tag, _ in reader.elements}
    policies = [attributes["content"] for tag, attributes in reader.elements if "http-equiv" in attributes]

    assert tags & {"img", "link", "iframe", "object", "embed", "video", "audio", "image", "base", "form"} == set()
    assert reader.values("src") == []
    assert re.findall(r"@import|url\((?!\"#)", text) == []
    assert len(policies) == 1
    assert str(policies[0]).startswith("default-src 'none'")
    assert len(text.encode()) < REGION_BYTES_MAX


@pytest.mark.parametrize("hostile", [False, True])
def test_every_link_leads_somewhere(hostile: bool) -> None:
    """An id stands once, and every link leads to one, or openly to a source on the web."""
    reader = Reader(page(against=True, hostile=hostile))
    ids = reader.values("id")
    links = [link for link in reader.values("href") if not link.startswith("https://")]
    named = [name for value in reader.values("aria-labelledby") for name in value.split()]

    assert sorted(ids) == sorted(set(ids))
    assert {link.removeprefix("#") for link in links} - set(ids) == set()
    assert set(named) - set(ids) == set()
    assert len(links) > 50


def test_names_that_mean_harm_are_only_names() -> None:
    """Two scripts stand in the page, ours, whatever ids and names hold."""
    text = page(hostile=True)
    reader = Reader(text)
    scripts = [attributes for tag, attributes in reader.elements if tag == "script"]
    handlers = [name for _, attributes in reader.elements for name in attributes if name.startswith("on")]

    assert scripts == [{"type": "application/json", "id": "atlas-data"}, {}]
    assert handlers == []
    assert "{{ 7*7 }}" in text
    assert HOSTILE["alis-narvik-3"] in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_data_are_read_back_as_they_are() -> None:
    """The map's numbers are JSON, with a mean and a number per period for every place."""
    block = re.search(r'<script type="application/json" id="atlas-data">(.*?)</script>', page(hostile=True), re.DOTALL)
    assert block is not None
    layers = json.loads(block.group(1))

    assert list(layers) == ["after", "before", "lists"]
    # Six municipalities have residents, and the plan has ten periods.
    assert [(len(layer["values"]), {len(row) for row in layer["values"]}) for layer in layers.values()] == [
        (6, {11})
    ] * 3


def test_the_first_page_says_what_the_tables_say() -> None:
    """Trainees, residents and kroner are those of the plan's rows and tiers."""
    made = plan()
    assert made.header is not None
    text = page()
    cost = next(tier.value for tier in made.header.tiers if tier.name == "cost")
    lacking = sum(row.locum + row.without_gp for row in made.coverage) / 10
    everyone = [row.municipality_id for row in scene().peopled]

    assert kroner(scene()) == cost
    assert mean(scene(), scene().lacking_after, everyone) == int(lacking + 0.5)
    assert "NOK 34.7 million" in text
    assert 34_650_000 <= cost < 34_750_000
    assert f"→ {number_text(int(lacking + 0.5))}" in text
    assert "<span lang=nb>7 av 8</span><span lang=en>7 of 8</span>" in text


def tier(name: str, value: int, bound: int) -> TierResult:
    gap = (value - bound) / max(abs(value), 1)
    status = "optimal" if value == bound else "feasible"
    return TierResult(name=name, unit="NOK", value=value, bound=bound, gap=gap, status=status, seconds=1)


@pytest.mark.parametrize(
    ("tiers", "told"),
    [
        (
            (tier("uncovered", 0, 0), tier("cost", 5, 5)),
            "No plan can be better in any of the 2 tiers, taken in their order: uncovered and cost.",
        ),
        ((tier("weighted", 1200, 1200),), "nothing lower than 1\u202f200 NOK can be reached."),
        (
            (tier("uncovered", 0, 0), tier("cost", 200, 150)),
            "and the others may have something to gain: cost (at most 25.0% to gain).",
        ),
    ],
)
def test_proof_in_a_sentence(tiers: tuple[TierResult, ...], told: str) -> None:
    """Best in every tier; best in the only one; or what there may be to gain."""
    header = scene().header.model_copy(update={"tiers": tiers})

    assert str(proof(replace(scene(), header=header)).in_language("en")).endswith(told)


def test_what_is_shown_has_its_sources() -> None:
    """Every source of tables and model, and the attribution that the data's owners ask for."""
    text = page()

    assert ATTRIBUTION in text
    assert [source for source in narvik().settings.provenance.values() if source not in text] == []
    assert "assumption: ten points per step down the trainee&#39;s own ranking" in text


def test_both_languages_are_there() -> None:
    """The file holds both, and begins in the one in use."""
    norwegian, english = page("nb"), page("en")

    assert '<html lang="nb">' in norwegian
    assert '<html lang="en">' in english
    assert "<span lang=nb>Hvem skal hvor</span><span lang=en>Who goes where</span>" in norwegian
    assert norwegian.split("<body>")[1].replace(" checked", "") == english.split("<body>")[1].replace(" checked", "")


def test_what_has_changed_is_told() -> None:
    """Only against an earlier plan; against itself, that nothing has."""
    assert 'id="changes"' not in page()
    assert "Trainees whose path has changed" in page(against=True)
    assert "No trainee&#39;s path has changed against the earlier plan." in report(narvik(), model_of(), plan(), plan())


def test_a_change_of_group_is_told() -> None:
    """Of all who are in it: where it met and since when, and with whom, beside where it meets now."""
    rows = plan().groups
    elsewhere = next(
        row.municipality_id for row in narvik().municipalities if row.municipality_id != rows[0].municipality_id
    )
    moved = [
        row.model_copy(update={"municipality_id": elsewhere}) if row.group_id == rows[0].group_id else row
        for row in rows
    ]
    text = report(narvik(), model_of(), plan(), replace(plan(), groups=tuple(moved)))

    assert "Trainees whose path has changed" in text
    assert "<span lang=en>supervision group</span>" in text


def test_a_report_is_the_same_each_time() -> None:
    """The same plan, the same bytes."""
    assert report(narvik(), model_of(), plan()) == report(narvik(), model_of(), plan())


def test_without_coordinates_there_is_no_map() -> None:
    """The report says so and has everything else; ids are no municipality numbers here."""
    nowhere = replace(
        renamed(narvik()),
        municipalities=tuple(
            row.model_copy(update={"latitude": None, "longitude": None, "municipality_id": f"m-{row.municipality_id}"})
            for row in narvik().municipalities
        ),
        doctors=(), positions=(), position_parts=(), trainees=(), preferences=(), sites=(), site_slots=(), pins=(),
        travel=(), cross_border=(),
    )  # fmt: skip
    empty = replace(
        plan(), placements=(), rotations=(), supervision=(), groups=(), lists=(), cross_border=(), openings=(),
        coverage=tuple(
            row.model_copy(update={"municipality_id": f"m-{row.municipality_id}"}) for row in plan().coverage
        ),
    )  # fmt: skip

    text = report(nowhere, model_of(), empty)

    assert "No map: no municipality has coordinates or known borders." in text
    assert 'id="atlas"' not in text
    assert Reader(text).values("id").count("coverage") == 1


def test_the_command_writes_a_report(tmp_path: Path) -> None:
    """In the language asked for, over an earlier report, and of a plan that verifies."""
    write_plan(plan(), tmp_path / "plan")
    arguments = ["report", "narvik-2022", str(tmp_path / "plan"), "-o", str(tmp_path / "report.html")]
    (tmp_path / "report.html").write_text("earlier")

    result = CliRunner().invoke(main, ["--lang", "nb", *arguments])

    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "report.html").read_text("utf-8").startswith('<!doctype html>\n<html lang="nb">')


def test_of_a_plan_that_breaks_a_rule_no_report_is_made(tmp_path: Path) -> None:
    """Exit 1, the rule is named, and nothing is written."""
    spoilt = replace(plan(), supervision=plan().supervision[1:])
    write_plan(spoilt, tmp_path / "plan")
    arguments = ["report", "narvik-2022", str(tmp_path / "plan"), "-o", str(tmp_path / "report.html")]

    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 1
    assert "supervision" in result.stderr
    assert not (tmp_path / "report.html").exists()


def test_things_in_a_row() -> None:
    """With the language's own word before the last, and escaped."""
    assert str(listed(["a", "<b>", say("none")]).in_language("nb")) == "a, &lt;b&gt; og ingen"
    assert str(listed(["a"]).in_language("en")) == "a"


@pytest.mark.parametrize(("number", "ceiling"), [(0, 4), (4, 4), (5, 8), (2690, 4000), (8001, 12000), (12001, 20000)])
def test_a_scale_has_four_whole_steps(number: int, ceiling: int) -> None:
    """The least such end of it that holds the number."""
    assert nice_ceiling(number) == ceiling
