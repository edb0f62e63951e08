"""The report as one file: sections and pages drawn by the templates, with style, script and data inside."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from allokering import language
from allokering.instance import Instance
from allokering.language import LANGUAGES
from allokering.model import Model
from allokering.plan import Plan
from allokering.report import (
    changes,
    coverage,
    lists,
    overview,
    paths,
    positions,
    quality,
    sources,
    supervision,
    trainees,
)
from allokering.report.bilingual import day, number_text, say
from allokering.report.blocks import Block, Cell, Content, Section, Table
from allokering.report.scene import Scene

TEMPLATES = Path(__file__).parent / "templates"
LABELS = {
    "skip": say("Skip to the content"),
    "language": say("Language"),
    "contents": say("Contents"),
    "filter": say("Show rows with"),
    "rows": say("rows"),
    "all": say("Show all"),
    "back": say("Back to the overview"),
    "colour": say("Colour by"),
    "period": say("Period"),
    "mean": say("average"),
    "unknown": say("nothing to measure"),
    "shared": say("shared position"),
    "journey": say("to institution service"),
    "site": say("site for institution service"),
    "print": say("Print"),
    "map_note": say("The map's numbers stand in the tables below it. A municipality leads to its own page."),
}
"""What the templates themselves say."""


def report(instance: Instance, model: Model, plan: Plan, against: Plan | None = None) -> str:
    """The whole report as HTML, shown at first in the language in use. The plan must have been verified."""
    scene = Scene(instance, model, plan, plan.header, against)
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8").strip()
    sections, pages = _sections(scene), [*coverage.pages(scene), *trainees.pages(scene)]
    return (
        _environment()
        .get_template("report.html")
        .render(
            scene=scene,
            settings=instance.settings,
            horizon=say("{first} to {last}", first=day(instance.settings.start), last=day(instance.end)),
            sections=sections,
            pages=pages,
            labels=LABELS,
            years=paths.years(scene),
            languages=LANGUAGES,
            language=language.spoken(),
            widest=_widest(block for section in sections for block in section.blocks),
            script=Markup(script),  # noqa: S704 - our own
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _sections(scene: Scene) -> list[Section]:
    compared = changes.section(scene)
    return [
        overview.section(scene),
        *([] if compared is None else [compared]),
        coverage.map_section(scene),
        coverage.section(scene),
        paths.section(scene),
        positions.section(scene),
        lists.section(scene),
        supervision.section(scene),
        quality.section(scene),
        sources.section(scene),
    ]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = _shown
    environment.tests["sorted_apart"] = lambda cell: isinstance(cell, Cell)
    return environment


def _shown(content: Content) -> Content:
    """What the page shows of a content."""
    return number_text(content) if isinstance(content, int) else content


def _widest(blocks: Iterable[Block]) -> int:
    """Columns of the widest table; the pages have none that is wider than the front's table of supervisors."""
    return max(len(block.columns) for block in blocks if isinstance(block, Table))
