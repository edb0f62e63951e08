"""What changed against an earlier plan, which may have been made from earlier tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allokering.plan import Coverage, OpeningState, Plan
from allokering.report import selection
from allokering.report.bilingual import Told, listed, number_text, say
from allokering.report.blocks import Block, Cell, Column, Content, Prose, Section, Table
from allokering.report.quality import named
from allokering.report.scene import PlanView, Scene

Row = list[Content | Cell]
NO_POSITION = say("no position")
NOT_THERE = say("not in the plan")


@dataclass(frozen=True)
class Comparison:
    """Two plans side by side."""

    scene: Scene
    earlier: PlanView

    @property
    def now(self) -> PlanView:
        """The plan that the report is about."""
        return self.scene.view


def section(scene: Scene) -> Section | None:
    """The changes; None without an earlier plan."""
    if scene.earlier is None:
        return None
    both = Comparison(scene, scene.earlier)
    trainees = _trainees(both)
    blocks: list[Block] = [Prose([_summary(both, trainees), *_openings(both), *_selection(both), *_grounds(both)])]
    if trainees:
        blocks.append(
            Table(
                name="changed-trainees",
                caption=say("Trainees whose path has changed"),
                columns=(Column(say("Trainee")), Column(say("What")), Column(say("Earlier")), Column(say("Now"))),
                rows=trainees,
            )
        )
    blocks += [_tiers(both), _coverage(both)]
    return Section("changes", say("What has changed"), blocks)


def _summary(both: Comparison, trainees: list[Row]) -> Told:
    changed = len({str(row[0]) for row in trainees})
    whole = len(set(_everyone(both.now)) | set(_everyone(both.earlier)))
    if not changed:
        return say("No trainee's path has changed against the earlier plan.")
    return say("The path of {changed} of {whole} trainees has changed.", changed=changed, whole=whole)


def _everyone(view: PlanView) -> list[str]:
    return [*view.placements, *view.unplaced]


def _trainees(both: Comparison) -> list[Row]:
    rows: list[Row] = []
    for trainee in sorted(set(_everyone(both.now)) | set(_everyone(both.earlier))):
        earlier, now = _path(both, both.earlier, trainee), _path(both, both.now, trainee)
        for what, before, after in zip(WHAT, earlier, now, strict=True):
            if before != after:
                rows.append([both.scene.trainee_link(trainee), what, before, after])
    return rows


WHAT = (say("position"), say("first day"), say("completes"), say("institution service"), say("supervisors"))
"""What of a path is held against the earlier path, in the order of `_path`."""


def _path(both: Comparison, view: PlanView, trainee: str) -> tuple[Content, ...]:
    rows = view.placements.get(trainee)
    if rows is None:
        return (NO_POSITION if trainee in view.unplaced else NOT_THERE, "", "", "", "")
    first = rows[0]
    return (
        both.scene.position_title(str(first.position_id)),
        str(first.from_date),
        str(first.completes),
        ", ".join(
            f"{both.scene.site_name(row.site_id)} {row.from_date} – {row.to_date}"
            for row in view.rotations.get(trainee, ())
        ),
        ", ".join(dict.fromkeys(row.supervisor_id for row in view.supervision.get(trainee, ()))),
    )


def _openings(both: Comparison) -> list[Told]:
    before, now = _open(both.earlier.plan), _open(both.now.plan)
    told = []
    if now - before:
        told.append(say("Opened now: {positions}.", positions=_titles(both, now - before)))
    if before - now:
        told.append(say("No longer opened: {positions}.", positions=_titles(both, before - now)))
    return told


def _selection(both: Comparison) -> list[Told]:
    before, now = selection.selected(both.earlier.plan), selection.selected(both.now.plan)
    told = []
    if now - before:
        told.append(say("Applications that take part now: {applications}.", applications=listed(sorted(now - before))))
    if before - now:
        told.append(say("Applications now left out: {applications}.", applications=listed(sorted(before - now))))
    return told


def _grounds(both: Comparison) -> list[Told]:
    """What the two plans were made from, where that is not the same."""
    earlier, now = both.earlier.plan.header, both.scene.header
    told = []
    if earlier is not None and earlier.instance.sha256 != now.instance.sha256:
        told.append(say("The earlier plan was made from other tables, or from these before they were changed."))
    if earlier is not None and earlier.model.sha256 != now.model.sha256:
        told.append(say("The earlier plan was made with another model: values of tiers may not be comparable."))
    return told


def _open(plan: Plan) -> set[str]:
    return {row.position_id for row in plan.openings if row.state is OpeningState.OPEN}


def _titles(both: Comparison, positions: set[str]) -> Told:
    return listed(both.scene.position_title(position) for position in sorted(positions))


def _tiers(both: Comparison) -> Table:
    header = both.earlier.plan.header
    earlier = {} if header is None else {tier.name: tier.value for tier in (*header.tiers, *header.stages)}
    rows: list[Row] = [
        [
            named(tier.name),
            _known(earlier.get(tier.name)),
            tier.value,
            _difference(earlier.get(tier.name), tier.value),
            named(tier.unit),
        ]
        for tier in (*both.scene.header.tiers, *both.scene.header.stages)
    ]
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


def _coverage(both: Comparison) -> Table:
    places = [row.municipality_id for row in both.scene.peopled]
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
            [both.scene.municipality_link(place), _known(before), after, _difference(before, after)]
            for place in places
            for before, after in [(_mean(both.earlier.plan, place), _mean(both.now.plan, place) or 0)]
        ],
    )


def _mean(plan: Plan, place: str) -> int | None:
    rows: Sequence[Coverage] = [row for row in plan.coverage if row.municipality_id == place]
    if not rows:
        return None
    return (2 * sum(row.locum + row.without_gp for row in rows) + len(rows)) // (2 * len(rows))


def _known(value: int | None) -> Content:
    return "" if value is None else value


def _difference(before: int | None, after: int) -> Cell:
    if before is None:
        return Cell("", 0)
    change = after - before
    return Cell(f"+{number_text(change)}" if change > 0 else number_text(change), change)
