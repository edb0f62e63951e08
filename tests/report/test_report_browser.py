"""The report in a real browser: read, filtered, sorted, coloured, compared, printed, by mouse, keyboard and ear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from scenes import openings
from scenes.narvik import crowded_page
from scenes.narvik import page as html

from allokering.report.page import report

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
GRAVE = {"serious", "critical"}


@dataclass
class Reader:
    """Somebody with the report open, and everything that the browser did beside showing it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def shown(self, selector: str) -> Locator:
        """Elements that can be seen."""
        return self.page.locator(f"{selector}:visible")

    def column(self, table: str, number: int) -> list[str]:
        """The texts of a table's column, as seen."""
        return self.shown(f"#{table}-table tbody tr > :nth-child({number})").all_inner_texts()

    def fill_of(self, number: int) -> str:
        """The colour of a place on the map."""
        return str(
            self.page.locator(".place > :is(path, circle)")
            .nth(number)
            .evaluate("shape => getComputedStyle(shape).fill")
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Opener:
    """Opens reports, and at the end demands that nothing has left any of them and that nothing went wrong."""

    browser: Browser
    folder: Path
    readers: list[Reader] = field(default_factory=list)

    def __call__(
        self,
        language: str = "en",
        *,
        against: bool = False,
        hostile: bool = False,
        size: dict[str, int] | None = None,
        scripts: bool = True,
    ) -> Reader:
        """A reader with the report open."""
        return self.opened(html(language, against=against, hostile=hostile), size or WIDE, scripts=scripts)

    def opened(self, text: str, size: dict[str, int] = WIDE, *, scripts: bool = True) -> Reader:
        """A reader with this HTML open."""
        file = self.folder / "report.html"
        file.write_text(text, encoding="utf-8")
        page = self.browser.new_page(viewport=size, java_script_enabled=scripts)  # type: ignore[arg-type]
        reader = Reader(page)
        page.on("request", lambda request: reader.requests.append(request.url))
        page.on("console", lambda message: reader.complaints.append(message.text))
        page.on("pageerror", lambda error: reader.complaints.append(str(error)))
        page.on("dialog", lambda dialog: reader.complaints.append(dialog.message))
        page.goto(file.as_uri())
        self.readers.append(reader)
        return reader

    def close(self) -> None:
        """Look back at what happened."""
        for reader in self.readers:
            reader.page.close()
            assert reader.complaints == []
            assert {url.split("#")[0] for url in reader.requests} == {(self.folder / "report.html").as_uri()}


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    opener = Opener(browser, tmp_path)
    yield opener
    opener.close()


@pytest.mark.parametrize(
    ("language", "seen", "unseen"),
    [("nb", "Hvem skal hvor", "Who goes where"), ("en", "Who goes where", "Hvem skal hvor")],
)
def test_it_opens_in_the_language_it_was_made_in(opened: Opener, language: str, seen: str, unseen: str) -> None:
    """And in no other."""
    text = opened(language).page.inner_text("main")

    assert seen in text
    assert unseen not in text


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_is_switched_inside_the_file(opened: Opener, scripts: bool) -> None:
    """With or without scripts; menus and the document's own language follow where scripts run."""
    reader = opened("en", scripts=scripts)

    reader.page.check("#speak-nb")

    assert reader.shown("h2").first.inner_text() in {"Oversikt", "Innhold"}
    assert "Who goes where" not in reader.page.inner_text("main")
    if scripts:
        assert reader.page.get_attribute("html", "lang") == "nb"
        assert reader.page.locator("select option").first.inner_text() == "gjennomsnitt"


def test_a_table_is_filtered(opened: Opener) -> None:
    """By every word, in the language that is read; the count follows."""
    reader = opened("en")
    table = reader.page.locator("#lists-table")

    table.get_by_label("Show rows with").fill("narvik trainee")

    # Six trainees have a list to the end, one of them in two municipalities; a seventh has finished.
    assert reader.column("lists", 2) == ["Trainee"] * 7
    assert table.locator("output").inner_text() == "7 / 52 rows"

    table.get_by_label("Show rows with").fill("fastlege")

    assert reader.column("lists", 2) == []


def openings_page() -> str:
    """The report of a region with recruits."""
    return report(openings.instance(), openings.model(), openings.plan())


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_openings_are_read_like_the_rest(opened: Opener, size: dict[str, int]) -> None:
    """Chances sort as numbers, expected lists are in italics, and the page does not scroll sideways."""
    reader = opened.opened(openings_page(), size)
    table = reader.page.locator("#paths-table")

    table.get_by_role("button", name="Chance").click()
    table.get_by_role("button", name="Chance").click()

    assert reader.column("paths", 4)[:3] == ["77.3%", "70.0%", ""]
    styles = {
        name: reader.page.locator("#lists-table tr", has_text=name)
        .locator("td:nth-child(6)")
        .first.evaluate("cell => getComputedStyle(cell).fontStyle")
        for name in ("recruit-nes", "gp-nes-1")
    }
    assert styles == {"recruit-nes": "italic", "gp-nes-1": "normal"}
    assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [one for one in Axe().run(reader.page).response["violations"] if one["impact"] in GRAVE] == []


def test_a_table_is_sorted(opened: Opener) -> None:
    """Numbers as numbers, up and then down, and a screen reader is told."""
    reader = opened("en")
    head = reader.page.locator("#municipalities-table th").nth(1)

    head.get_by_role("button").click()
    rising = [int(re.sub(r"\s", "", text)) for text in reader.column("municipalities", 2)]
    told = head.get_attribute("aria-sort")
    head.get_by_role("button").press("Enter")
    falling = [int(re.sub(r"\s", "", text)) for text in reader.column("municipalities", 2)]

    assert len(rising) == 6
    assert rising == sorted(rising)
    assert falling == rising[::-1]
    assert (told, head.get_attribute("aria-sort")) == ("ascending", "descending")
    assert reader.page.locator("#municipalities-table [aria-sort]").count() == 1


def test_of_a_long_table_all_is_shown_when_asked_for(opened: Opener) -> None:
    """The first 500 rows at once, all that match are counted, and all are printed."""
    reader = opened.opened(crowded_page())
    table = reader.page.locator("#lists-table")
    rows = "#lists-table tbody tr"
    table.scroll_into_view_if_needed()

    expect(reader.shown(rows)).to_have_count(500)
    expect(table.locator("output")).to_contain_text("652 / 652")

    reader.page.emulate_media(media="print")

    expect(reader.shown(rows)).to_have_count(652)

    reader.page.emulate_media(media="screen")
    table.get_by_role("button", name="Show all").click()

    expect(reader.shown(rows)).to_have_count(652)
    expect(reader.shown("#lists-table .tools button")).to_have_count(0)


def test_names_are_sorted_as_norwegians_do(opened: Opener) -> None:
    """The heading of a row sorts as text; Tjeldsund comes last and first."""
    reader = opened("nb")
    button = reader.page.locator("#municipalities-table th").first.get_by_role("button")

    button.click()
    button.click()

    assert reader.column("municipalities", 1) == ["Tjeldsund", "Salangen", "Narvik", "Lavangen", "Gratangen", "Evenes"]


def test_the_map_is_coloured_anew(opened: Opener) -> None:
    """By layer and by period, with the legend of the layer; what lies under the pointer is told in words."""
    reader = opened("en")
    # In the alphabet of names, Narvik is the fourth place. Before, 4.6% lack a place there; in the plan nobody does.
    after = reader.fill_of(3)
    reader.page.get_by_label("Without a place on a list, before").check()
    before = reader.fill_of(3)
    reader.page.get_by_role("combobox", name="Period").select_option("1/2022")
    at_first = reader.fill_of(3)
    reader.page.get_by_label("Mean list of the GPs").check()
    lists = reader.fill_of(3)
    reader.page.locator(".place").nth(3).dispatch_event("mouseenter")

    assert len({after, before, lists}) == 3
    assert at_first == after
    assert reader.shown(".scale p").all_inner_texts() == ["Mean list of the GPs"]
    assert re.fullmatch(r"Narvik: \d+", reader.page.inner_text(".reading"))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_trainees_page_is_opened(opened: Opener, scripts: bool) -> None:
    """By its link, with or without scripts, and left by the link back."""
    reader = opened("en", scripts=scripts)

    reader.page.locator("#overview").get_by_role("link", name="alis-narvik-3", exact=True).click()

    assert reader.shown(".page h1").all_inner_texts() == ["alis-narvik-3"]
    assert reader.shown(".front").count() == 0
    assert "2023-01-01 – 2026-12-31: ALIS Narvik legesenter, third" in reader.shown(".page").inner_text()
    if scripts:
        assert reader.page.title().startswith("alis-narvik-3 – ")
        assert reader.page.evaluate("document.activeElement.id").startswith("t")

    reader.shown(".back a").click()

    assert reader.shown(".page").count() == 0
    assert reader.shown("#overview").count() == 1


def test_a_municipality_is_opened_from_the_map(opened: Opener) -> None:
    """Its page has its coverage in every period and its lists."""
    reader = opened("en")

    reader.page.locator(".place").nth(3).click()

    assert reader.shown(".page h1").all_inner_texts() == ["Narvik"]
    assert reader.shown(".page caption").all_inner_texts() == [
        "Where the residents are listed, by period",
        "Lists, patients at each period",
    ]


def test_it_is_read_by_keyboard(opened: Opener) -> None:
    """The first stop leads past the top; a link is followed by Enter."""
    reader = opened("en")

    reader.page.keyboard.press("Tab")
    first = reader.page.evaluate("document.activeElement.textContent.trim()")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**#content")  # unlike a click, a key does not wait for where it leads
    landed = reader.page.evaluate("document.activeElement.id")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")

    assert "Skip to the content" in first
    assert landed == "content"
    reader.page.wait_for_url("**#overview")


def test_two_plans_are_compared(opened: Opener) -> None:
    """Who has another path, from what to what, and by how much the tiers differ."""
    reader = opened("nb", against=True)

    text = reader.shown("#changes").inner_text()

    assert "leger i spesialisering er endret" in text
    assert "Den tidligere planen ble laget med en annen modell" in text
    assert {"stilling", "institusjonstjeneste"} & set(reader.column("changed-trainees", 2))
    assert reader.column("changed-tiers", 4)[:5] == ["0", "0", "0", "0", "−10"]
    assert reader.shown("#paths .earlier").count() > 5


@pytest.mark.parametrize("language", ["nb", "en"])
def test_it_is_printed(opened: Opener, language: str) -> None:
    """On paper there is nothing to press; every row of every table is there; a page prints alone."""
    reader = opened(language)

    whole = reader.page.pdf(prefer_css_page_size=True)
    reader.page.emulate_media(media="print")
    pressed = reader.shown(":is(button:not(thead button), input, select, nav)").count()
    reader.page.goto(reader.page.url + "#t1")
    one = reader.page.pdf(prefer_css_page_size=True)

    assert whole.startswith(b"%PDF")
    assert pressed == 0
    assert len(re.findall(rb"/Type /Page\b", whole)) > 8
    assert len(re.findall(rb"/Type /Page\b", one)) == 1


@pytest.mark.parametrize(
    ("language", "place", "size"),
    [("nb", "", WIDE), ("en", "", NARROW), ("nb", "#t3", NARROW), ("en", "#m1", WIDE)],
)
def test_everybody_can_use_it(opened: Opener, language: str, place: str, size: dict[str, int]) -> None:
    """The axe finds no serious or critical fault."""
    reader = opened(language, against=True, size=size)
    reader.page.goto(reader.page.url + place)

    found = Axe().run(reader.page).response

    assert len(found["passes"]) > 15
    assert [
        (rule["id"], [node["html"][:200] for node in rule["nodes"]][:3])
        for rule in found["violations"]
        if rule["impact"] in GRAVE
    ] == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("place", ["", "#t1", "#m1"])
def test_names_that_mean_harm_do_none(opened: Opener, size: dict[str, int], place: str) -> None:
    """No script of theirs runs, no tag of theirs is made, and however long, none is wider than the page."""
    reader = opened("nb", hostile=True, against=True, size=size)
    reader.page.goto(reader.page.url + place)

    assert reader.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert reader.page.locator("img, main b:not(output b)").count() == 0
    assert "Narvik <script>alert(1)</script>" in reader.page.title()


def test_whoever_wants_no_motion_has_none(opened: Opener) -> None:
    """Scrolling jumps."""
    reader = opened("en")
    moving = reader.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
    reader.page.emulate_media(reduced_motion="reduce")
    still = reader.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")

    assert (moving, still) == ("smooth", "auto")
