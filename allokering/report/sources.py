"""Where every number comes from, and which are assumptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from markupsafe import Markup

from allokering.model import Entry
from allokering.report.bilingual import Told, listed, say
from allokering.report.blocks import Cell, Column, Content, Fact, Facts, Prose, Section, Table
from allokering.report.scene import Scene
from allokering.report.shapes import ATTRIBUTION

ASSUMPTION = "assumption"
TABLES = {
    "municipalities": say("municipalities"),
    "doctors": say("GPs"),
    "positions": say("training positions"),
    "position_parts": say("shares of positions"),
    "trainees": say("the trainees"),
    "preferences": say("trainees' wishes"),
    "sites": say("sites for institution service"),
    "site_slots": say("places for institution service"),
    "travel": say("travel times"),
    "cross_border": say("listing across borders"),
    "pins": say("what was decided beforehand"),
    "announcements": say("what announcements draw"),
    "budgets": say("budgets"),
    "applications": say("applications to take part"),
}


def is_assumed(source: str) -> bool:
    """Does the source say that it is, or leans on, an assumption?"""
    return ASSUMPTION in source.lower()


def uncertain(scene: Scene) -> Told:
    """In a sentence or two: what of the plan's ground is assumed."""
    whole = [name for name, source in _provenance(scene) if source.lower().startswith(ASSUMPTION)]
    part = [name for name, source in _provenance(scene) if is_assumed(source) and name not in whole]
    numbers = sum(len(_assumed(entry)) for entry in scene.model.entries)
    of_model = say("Of the model's numbers, {count} are assumptions.", count=numbers)
    if whole and part:
        return say(
            "Assumed: {whole}. Assumed in part: {part}. {model}",
            whole=listed(TABLES[name] for name in whole),
            part=listed(TABLES[name] for name in part),
            model=of_model,
        )
    if whole or part:
        return say(
            "Assumed, wholly or in part: {tables}. {model}",
            tables=listed(TABLES[name] for name in whole or part),
            model=of_model,
        )
    return of_model


def section(scene: Scene) -> Section:
    """Tables, model, and what the plan was made with."""
    return Section(
        "sources",
        say("Sources and assumptions"),
        [Prose([uncertain(scene)]), _tables(scene), _model(scene), _made_with(scene), Prose([ATTRIBUTION])],
    )


def _provenance(scene: Scene) -> Iterator[tuple[str, str]]:
    """Source by table, for the tables that have rows."""
    for name in TABLES:
        if scene.instance.rows(name):
            yield name, scene.instance.settings.provenance.get(name, ASSUMPTION)
    if not scene.instance.travel:
        yield "travel", scene.instance.settings.travel_fallback.source


def _tables(scene: Scene) -> Table:
    return Table(
        name="tables",
        caption=say("Where the tables come from"),
        columns=(
            Column(say("Table")),
            Column(say("Rows"), is_number=True),
            Column(say("Assumed")),
            Column(say("Source")),
        ),
        rows=[
            [TABLES[name], len(scene.instance.rows(name)), _mark(is_assumed(source)), source]
            for name, source in _provenance(scene)
        ],
        note=say("Travel times that the table lacks are reckoned from the distance: {source}.",
                 source=scene.instance.settings.travel_fallback.source),
    )  # fmt: skip


def _mark(assumed: bool) -> Told:
    return say("yes") if assumed else say("no")


def _model(scene: Scene) -> Table:
    return Table(
        name="model",
        caption=say("Where the rules, prices and programmes come from"),
        columns=(
            Column(say("Id in the model")),
            Column(say("Numbers")),
            Column(say("In force")),
            Column(say("Assumed")),
            Column(say("Source")),
        ),
        rows=[_entry(entry) for entry in scene.model.entries],
    )


def _entry(entry: Entry) -> list[Content | Cell]:
    numbers = Markup("<br>").join(f"{name} = {_value(value)}" for name, value in entry.params.items())
    source = Markup("{}").format(entry.source)
    if entry.url is not None and entry.url.startswith("https://"):
        source = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(entry.url, entry.source)
    for name, said in entry.sources.items():
        source += Markup("<br>{}: {}").format(name, said)
    return [entry.id, numbers, _force(entry.from_date, entry.until), _mark(bool(_assumed(entry))), source]


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _force(first: dt.date | None, last: dt.date | None) -> str:
    return "" if first is None and last is None else f"{first or ''} – {last or ''}"


def _assumed(entry: Entry) -> list[str]:
    """The numbers of an entry that are assumed: those so marked, or all if the entry itself is."""
    if is_assumed(entry.source):
        return list(entry.params) or [entry.id]
    return [name for name, source in entry.sources.items() if is_assumed(source)]


def _made_with(scene: Scene) -> Facts:
    header = scene.header
    pairs: list[Fact] = [
        (say("Instance"), [scene.instance.name, Markup("<code>{}</code>").format(header.instance.sha256)]),
        (say("Model"), [header.model.name, Markup("<code>{}</code>").format(header.model.sha256)]),
        (say("Objective"), [header.objective]),
        (say("Solver"), [say("{name}, seed {seed}", name=header.solver, seed=header.seed)]),
        (say("Versions"), [", ".join(f"{name} {version}" for name, version in header.versions.items())]),
    ]
    if header.overrides:
        pairs.append((say("Changed numbers"), [f"{key} = {value}" for key, value in header.overrides.items()]))
    return Facts(pairs)
