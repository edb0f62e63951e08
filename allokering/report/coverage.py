"""Whether every resident has a place on a list, before and in the plan; for all, and for each municipality."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from allokering.evidence.recount import missing_places
from allokering.report import expected, selection
from allokering.report.atlas import atlas
from allokering.report.bilingual import Told, decimal, number_text, say
from allokering.report.blocks import Block, Cell, Column, Content, Fact, Facts, Figure, Page, Prose, Section, Table
from allokering.report.drawing import columns
from allokering.report.lists import mean_list, of_municipality
from allokering.report.positions import standing_in
from allokering.report.scene import Scene

Row = list[Content | Cell]
LEGEND = (
    ("before", say("before: without a place on a list")),
    ("locum", say("in this plan: with a locum")),
    ("without", say("in this plan: without a GP")),
)
DEFINITION = say(
    "Before means: if no trainee held a position. Every GP who is there throughout a period then offers as many places "
    "as the agreed list limit, trainees and locums offer none, and residents may be listed in another municipality as "
    "far as the data allow; at best, then, the residents who are left over have no place. In this plan, those without "
    "a place on a list are with a locum or without a GP."
)


def map_section(scene: Scene) -> Section:
    """The map."""
    drawn = atlas(scene)
    if drawn is None:
        return Section("map", say("Map"), [Prose([say("No map: no municipality has coordinates or known borders.")])])
    return Section("map", say("Map"), [drawn])


def section(scene: Scene) -> Section:
    """All municipalities: in a table of means and in a table of periods."""
    note = expected.note(scene)
    said = [DEFINITION] if note is None else [DEFINITION, note]
    return Section("coverage", say("Coverage"), [Prose(said), _means(scene), _by_period(scene)])


def chart(scene: Scene, name: str, places: Sequence[str]) -> Figure:
    """Residents without a place by period, before beside the plan, of some municipalities together."""
    groups = [
        [
            [("before", sum(scene.lacking_before[place, period] for place in places))],
            [
                ("locum", sum(scene.coverage[place, period].locum for place in places)),
                ("without", sum(scene.coverage[place, period].without_gp for place in places)),
            ],
        ]
        for period in scene.periods
    ]
    labels = [scene.period_label(period) for period in scene.periods]
    return Figure(
        name=name,
        caption=say("Residents without a place on a list, by the month that the period begins in"),
        drawing=columns(labels, groups),
        legend=LEGEND,
    )


def mean(scene: Scene, lacking: dict[tuple[str, int], int], places: Sequence[str]) -> int:
    """Residents who lack a place, on average over the periods, rounded to whole residents."""
    total = sum(lacking.get((place, period), 0) for place in places for period in scene.periods)
    return (2 * total + len(scene.periods)) // (2 * len(scene.periods))


def _means(scene: Scene) -> Table:
    missing = missing_places(scene.instance, scene.model, scene.plan, scene.paths)
    return Table(
        name="municipalities",
        caption=say("Municipalities, on average over the periods"),
        columns=(
            Column(say("Municipality")),
            Column(say("Residents"), is_number=True),
            Column(say("Without a place, before"), is_number=True),
            Column(say("Without a place, in this plan"), is_number=True),
            Column(say("Share in this plan"), is_number=True),
            Column(say("Of them without a GP"), is_number=True),
            Column(say("Mean list of the GPs"), is_number=True),
            *([Column(say("Free places that are missing"), is_number=True)] if missing else []),
            Column(say("Trainees and recruits") if scene.recruits else say("Trainees"), is_number=True),
        ),
        rows=[_means_row(scene, row.municipality_id, missing) for row in scene.peopled],
    )


def _means_row(scene: Scene, place: str, missing: dict[tuple[str, int], int]) -> Row:
    rows = [scene.coverage[place, period] for period in scene.periods]
    residents = sum(row.residents for row in rows) // len(rows)
    after = mean(scene, scene.lacking_after, [place])
    lengths = [length for period in scene.periods if (length := mean_list(scene, place, period)) is not None]
    return [
        scene.municipality_link(place),
        residents,
        mean(scene, scene.lacking_before, [place]),
        after,
        Cell(percent_text(after, residents), after * 1000 // max(residents, 1)),
        sum(row.without_gp for row in rows) // len(rows),
        sum(lengths) // len(lengths) if lengths else "",
        *([mean(scene, missing, [place])] if missing else []),
        len(scene.trainees_in.get(place, ())),
    ]


def percent_text(part: int, whole: int) -> Told:
    """A part in percent of the whole; nothing of nothing is none."""
    return say("{percent}%", percent=decimal(100 * part / whole if whole else 0))


def _by_period(scene: Scene) -> Table:
    return Table(
        name="periods",
        caption=say("Residents without a place on a list in this plan, by period"),
        columns=(
            Column(say("Municipality")),
            *(Column(scene.period_label(period), is_number=True) for period in scene.periods),
        ),
        rows=[
            [
                scene.municipality_link(row.municipality_id),
                *(_lacking_cell(scene, row.municipality_id, period) for period in scene.periods),
            ]
            for row in scene.peopled
        ],
        note=say("A period is named by the month it begins in. Where somebody is without a GP the number is in bold."),
    )


def _lacking_cell(scene: Scene, place: str, period: int) -> Content | Cell:
    number = scene.lacking_after[place, period]
    return Cell(number, number, "over") if scene.coverage[place, period].without_gp else number


def pages(scene: Scene) -> list[Page]:
    """A page per municipality."""
    return [_page(scene, place) for place in scene.municipalities]


def _page(scene: Scene, place: str) -> Page:
    anchor = scene.anchor("municipality", place)
    blocks: list[Block] = [Facts(_facts(scene, place))]
    if scene.municipalities[place].residents:
        blocks += [chart(scene, f"lacking-in-{anchor}", [place]), _coverage_table(scene, place, anchor)]
    if place in scene.holders:
        blocks.append(of_municipality(scene, place))
    return Page(anchor, say("Municipality"), scene.municipality_name(place), blocks)


def _facts(scene: Scene, place: str) -> list[Fact]:
    facts: list[Fact] = []
    residents = [scene.coverage[place, period].residents for period in scene.periods]
    if any(residents):
        facts.append(
            (
                say("Residents"),
                [say("{first} in the first period, {last} in the last", first=number_text(residents[0]),
                     last=number_text(residents[-1]))],
            )
        )  # fmt: skip
        facts.append((say("Without a place on a list"), [_lacking(scene, place)]))
    trainees = scene.trainees_in.get(place, ())
    facts.append((say("Trainees"), [scene.trainee_link(one) for one in trainees] or [say("none")]))
    positions = standing_in(scene, place)
    if positions:
        facts.append((say("Positions"), positions))
    facts += selection.of_municipality(scene, place)
    guests = [row for row in scene.plan.rotations if scene.sites[row.site_id].municipality_id == place]
    if guests:
        facts.append(
            (
                say("Institution service here"),
                [
                    Markup("{}: {}, {} – {}").format(
                        scene.site_name(row.site_id), scene.trainee_link(row.trainee_id), row.from_date, row.to_date
                    )
                    for row in guests
                ],
            )
        )
    return facts


def _lacking(scene: Scene, place: str) -> Told:
    before = number_text(mean(scene, scene.lacking_before, [place]))
    after = number_text(mean(scene, scene.lacking_after, [place]))
    if expected.note(scene) is None:
        return say("{before} before, {after} in this plan, on average over the periods", before=before, after=after)
    return say(
        "{before} before, {after} expected in this plan, on average over the periods", before=before, after=after
    )


def _coverage_table(scene: Scene, place: str, anchor: str) -> Table:
    is_relieved = any(row.off_targets for row in scene.plan.coverage)
    return Table(
        name=f"coverage-of-{anchor}",
        caption=say("Where the residents are listed, by period"),
        columns=(
            Column(say("Period")),
            Column(say("Residents"), is_number=True),
            Column(say("On lists here"), is_number=True),
            Column(say("With a locum"), is_number=True),
            Column(say("Without a GP"), is_number=True),
            Column(say("Listed elsewhere"), is_number=True),
            Column(say("From elsewhere"), is_number=True),
            Column(say("Above target"), is_number=True),
            *([Column(say("Supervisors' shorter lists"), is_number=True)] if is_relieved else []),
            Column(say("Without a place, before"), is_number=True),
        ),
        rows=[
            [
                Cell(scene.period_label(period), period),
                row.residents,
                row.listed,
                row.locum,
                row.without_gp,
                row.listed_elsewhere,
                row.from_elsewhere,
                row.above_target,
                *([row.off_targets] if is_relieved else []),
                scene.lacking_before[place, period],
            ]
            for period in scene.periods
            for row in [scene.coverage[place, period]]
        ],
    )
