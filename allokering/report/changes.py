"""What changed against an earlier plan, which may have been made from earlier tables: `comparison` put into words."""

from __future__ import annotations

from collections.abc import Sequence

from allokering.comparison import Path, PlanDiff, TierDiff, average_lacking, compare
from allokering.plan import Plan
from allokering.report.bilingual import Told, listed, number_text, say
from allokering.report.blocks import Block, Cell, Column, Content, Prose, Section, Table
from allokering.report.quality import named
from allokering.report.scene import Scene

Row = list[Content | Cell]
NO_POSITION = say("no position")
NOT_THERE = say("not in the plan")


def section(scene: Scene) -> Section | None:
    """The changes; None without an earlier plan."""
    if scene.against is None:
        return None
    diff = compare(scene.against, scene.plan)
    trainees = _trainees(scene, diff)
    words = Prose(
        [_summary(scene, scene.against, trainees), *_openings(scene, diff), *_selection(diff), *_grounds(diff)]
    )
    blocks: list[Block] = [words]
    if trainees:
        blocks.append(
            Table(
                name="changed-trainees",
                caption=say("Trainees whose path has changed"),
                columns=(Column(say("Trainee")), Column(say("What")), Column(say("Earlier")), Column(say("Now"))),
                rows=trainees,
            )
        )
    blocks += [_tiers(scene, diff), _coverage(scene, scene.against)]
    return Section("changes", say("What has changed"), blocks)


def _summary(scene: Scene, against: Plan, trainees: Sequence[Row]) -> Told:
    changed = len({str(row[0]) for row in trainees})
    whole = len({row.trainee_id for plan in (scene.plan, against) for row in plan.placements})
    if not changed:
        return say("No trainee's path has changed against the earlier plan.")
    return say("The path of {changed} of {whole} trainees has changed.", changed=changed, whole=whole)


def _trainees(scene: Scene, diff: PlanDiff) -> list[Row]:
    rows: list[Row] = []
    for trainee in diff.trainees:
        earlier, now = _path(scene, trainee.before), _path(scene, trainee.after)
        for what, before, after in zip(WHAT, earlier, now, strict=True):
            if before != after:
                rows.append([scene.trainee_link(trainee.trainee_id), what, before, after])
    return rows


WHAT = (
    say("position"),
    say("first day"),
    say("completes"),
    say("institution service"),
    say("supervisors"),
    say("supervision group"),
)
"""What of a path is shown beside the earlier path, in the order of `_path`."""


def _path(scene: Scene, path: Path | None) -> tuple[Content, ...]:
    if path is None or not path.placements:
        return (NOT_THERE if path is None else NO_POSITION, *[""] * (len(WHAT) - 1))
    first = path.placements[0]
    return (
        scene.position_title(str(first.position_id)),
        str(first.from_date),
        str(first.completes),
        ", ".join(f"{scene.site_name(row.site_id)} {row.from_date} – {row.to_date}" for row in path.rotations),
        ", ".join(dict.fromkeys(row.supervisor_id for row in path.supervision)),
        _group(scene, path),
    )


def _group(scene: Scene, path: Path) -> str:
    """Where the groups meet and since when, and with whom; their ids are numbers in a row, which tell nothing."""
    meetings = dict.fromkeys(f"{scene.municipality_name(row.municipality_id)} {row.from_date}" for row in path.groups)
    told = ", ".join(meetings)
    return f"{told} ({', '.join(path.companions)})" if path.companions else told


def _openings(scene: Scene, diff: PlanDiff) -> list[Told]:
    told = []
    if diff.opened:
        told.append(say("Opened now: {positions}.", positions=_titles(scene, diff.opened)))
    if diff.closed:
        told.append(say("No longer opened: {positions}.", positions=_titles(scene, diff.closed)))
    return told


def _titles(scene: Scene, positions: Sequence[str]) -> Told:
    return listed(scene.position_title(position) for position in positions)


def _selection(diff: PlanDiff) -> list[Told]:
    told = []
    if diff.selected:
        told.append(say("Applications that take part now: {applications}.", applications=listed(diff.selected)))
    if diff.left_out:
        told.append(say("Applications now left out: {applications}.", applications=listed(diff.left_out)))
    return told


def _grounds(diff: PlanDiff) -> list[Told]:
    """What the two plans were made from, where that is not the same."""
    told = []
    if "instance" in diff.made_from:
        told.append(say("The earlier plan was made from other tables, or from these before they were changed."))
    if "model" in diff.made_from:
        told.append(say("The earlier plan was made with another model: values of tiers may not be comparable."))
    return told


def _tiers(scene: Scene, diff: PlanDiff) -> Table:
    """Every tier and stage of the later plan, with what it was."""
    changed = {tier.name: tier for tier in diff.tiers}
    rows: list[Row] = []
    for tier in (*scene.header.tiers, *scene.header.stages):
        pair = changed.get(tier.name, TierDiff(name=tier.name, before=tier, after=tier))
        before = None if pair.before is None else pair.before.value
        rows.append([named(tier.name), _known(before), tier.value, _difference(before, tier.value), named(tier.unit)])
    return Table(
        name="changed-tiers",
        caption=say("The plans' quality, earlier and now"),
        columns=(
            Column(say("Tier")),
            Column(say("Earlier"), is_number=True),
            Column(say("Now"), is_number=True),
            Column(say("Difference"), is_number=True),
            Column(say("Unit")),
        ),
        rows=rows,
        note=say("Lower is better in every tier."),
    )


def _coverage(scene: Scene, against: Plan) -> Table:
    places = [row.municipality_id for row in scene.peopled]
    earlier, now = average_lacking(against), average_lacking(scene.plan)
    return Table(
        name="changed-coverage",
        caption=say("Residents without a place on a list, on average over each plan's periods"),
        columns=(
            Column(say("Municipality")),
            Column(say("Earlier"), is_number=True),
            Column(say("Now"), is_number=True),
            Column(say("Difference"), is_number=True),
        ),
        rows=[
            [scene.municipality_link(place), _known(before), after, _difference(before, after)]
            for place in places
            for before, after in [(earlier.get(place), now.get(place, 0))]
        ],
    )


def _known(value: int | None) -> Content:
    return "" if value is None else value


def _difference(before: int | None, after: int) -> Cell:
    if before is None:
        return Cell("", 0)
    change = after - before
    return Cell(f"+{number_text(change)}" if change > 0 else number_text(change), change)
