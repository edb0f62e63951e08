"""Every trainee's path: a bar in time and a sentence."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from allokering.plan import Rotation
from allokering.report import expected
from allokering.report.bilingual import Told, chance, day, in_sentences, listed, month, say
from allokering.report.blocks import Block, Cell, Column, Content, Section, Table
from allokering.report.drawing import bar, strip, tick, words
from allokering.report.scene import PlanView, Scene

LAST_LABEL_PERCENT = 94
"""A year that begins later than this share of the horizon has no room for its name."""


def section(scene: Scene) -> Section:
    """The paths of all trainees, a bar each."""
    has_programmes = len({row.programme for row in scene.instance.trainees}) > 1
    rows = [_row(scene, trainee, has_programmes=has_programmes) for trainee in scene.trainees]
    table = Table(
        name="paths",
        caption=say("Every trainee's path"),
        columns=(
            Column(say("Trainee")),
            *([Column(say("Programme"))] if has_programmes else []),
            Column(say("Position")),
            *([Column(say("Chance"), is_number=True)] if scene.recruits else []),
            Column(Markup("<span class=unseen>{}</span>{}").format(say("The path"), axis()), is_picture=True),
            Column(say("From"), is_date=True),
            Column(say("Institution service")),
            Column(say("Completes"), is_date=True),
        ),
        rows=rows,
        note=_note(scene),
    )
    blocks: list[Block] = [table]
    if scene.plan.rotations:
        blocks.append(_rotations(scene))
    return Section("paths", say("Training paths"), blocks)


def _rotations(scene: Scene) -> Table:
    """Who is where for institution service, and when; of an intern, the months in hospital."""
    return Table(
        name="rotations",
        caption=say("Institution service, by site and time"),
        columns=(
            Column(say("Site")),
            Column(say("Municipality")),
            Column(say("Programme")),
            Column(say("Trainee")),
            Column(say("From"), is_date=True),
            Column(say("To"), is_date=True),
        ),
        rows=[
            [
                scene.site_name(row.site_id),
                scene.municipality_link(scene.sites[row.site_id].municipality_id),
                scene.programme_name(scene.trainees[row.trainee_id].programme),
                scene.trainee_link(row.trainee_id),
                str(row.from_date),
                str(row.to_date),
            ]
            for row in sorted(scene.plan.rotations, key=lambda row: (row.site_id, row.from_date, row.trainee_id))
        ],
    )


def _note(scene: Scene) -> Told:
    explained = say(
        "A bar is the time in the position: plain in practice, striped in institution service, with a line below for "
        "the months in a supervision group. An arrow means that the training goes on after the plan's end."
    )
    told = [explained]
    if scene.recruits & scene.paths.keys():
        told.append(say("A pale bar is somebody who is yet to be recruited."))
    if any(expected.stay(scene, trainee) for trainee in scene.paths):
        told.append(say("A narrow green bar is the time after the training, in which the trainee may stay."))
    if scene.against is not None:
        told.append(say("The thin line above is the earlier plan."))
    return in_sentences(told)


def _row(scene: Scene, trainee: str, *, has_programmes: bool) -> list[Content | Cell]:
    rows = scene.view.placements.get(trainee)
    programme = [scene.programme_name(scene.trainees[trainee].programme)] if has_programmes else []
    begins: list[Content | Cell] = [scene.trainee_link(trainee), *programme]
    if rows is None:
        chances = [Cell("", -1)] if scene.recruits else []
        nothing = Cell("", "9999")
        return [*begins, placeless(scene, trainee), *chances, timeline(scene, trainee), nothing, "", nothing]
    permille = expected.announced(scene, trainee)
    known = Cell("", -1) if permille is None else Cell(chance(permille), permille)
    return [
        *begins,
        scene.position_title(str(rows[0].position_id)),
        *([known] if scene.recruits else []),
        timeline(scene, trainee),
        str(rows[0].from_date),
        ", ".join(scene.site_name(rotation.site_id) for rotation in scene.view.rotations.get(trainee, ())),
        str(rows[0].completes),
    ]


def placeless(scene: Scene, trainee: str) -> Told:
    """What is said of one without a position; of a recruit, that there is no announcement."""
    return say("not announced") if trainee in scene.recruits else say("no position")


def timeline(scene: Scene, trainee: str) -> Markup:
    """A trainee's path as a bar."""
    parts = [_drawn_once("years"), *_bars(scene, scene.view, trainee)]
    if scene.earlier is not None:
        for row in scene.earlier.placements.get(trainee, ())[:1]:
            parts.append(_span(scene, "earlier", row.from_date, row.to_date))
        for rotation in scene.earlier.rotations.get(trainee, ()):
            parts.append(_span(scene, "earlier-away", rotation.from_date, rotation.to_date))
    return strip(parts, "timeline")


def _bars(scene: Scene, view: PlanView, trainee: str) -> list[Markup]:
    rows = view.placements.get(trainee)
    if rows is None:
        return []
    first = rows[0]
    parts = [_span(scene, "announced" if trainee in scene.recruits else "practice", first.from_date, first.to_date)]
    for rotation in view.rotations.get(trainee, ()):
        parts.append(_span(scene, "rotation", rotation.from_date, rotation.to_date))
    if trainee in view.groups:
        parts.append(_span(scene, "group", view.groups[trainee].from_date, view.groups[trainee].to_date))
    stays = expected.stays_from(scene, trainee)
    if stays is not None:
        parts.append(_span(scene, "stays", *stays))
    if first.completes is not None and first.completes > scene.instance.end:
        parts.append(words(f"{first.completes.year} →", 99.5, "onward"))
    return parts


def years(scene: Scene) -> Markup:
    """A line at every first of January, and the same with the years' names: drawn once, and shown wherever needed."""
    starts = _years(scene)
    lines = Markup("").join(tick("year", _percent(scene, date)) for date in starts)
    labelled = [date for date in starts[:: 1 + len(starts) // 12] if _percent(scene, date) < LAST_LABEL_PERCENT]
    names = Markup("").join(words(str(date.year), _percent(scene, date) + 0.6, "year-name") for date in labelled)
    return Markup("<g id=years>{}</g><g id=named-years>{}{}</g>").format(lines, lines, names)


def axis() -> Markup:
    """The years' names, above a timeline."""
    return strip([_drawn_once("named-years")], "axis")


def _drawn_once(name: str) -> Markup:
    return Markup("<use href=#{} />").format(name)


def _years(scene: Scene) -> list[dt.date]:
    """Every first of January inside the horizon."""
    first, last = scene.instance.settings.start, scene.instance.end
    dates = [dt.date(year, 1, 1) for year in range(first.year, last.year + 1)]
    return [date for date in dates if date >= first]


def _span(scene: Scene, css: str, first: dt.date | None, last: dt.date | None) -> Markup:
    """A bar between two days; what an earlier plan had outside today's horizon is left out."""
    left = max(0.0, _percent(scene, first or scene.instance.settings.start))
    right = min(100.0, max(left, _percent(scene, (last or scene.instance.end) + dt.timedelta(days=1))))
    return bar(css, left, right - left)


def _percent(scene: Scene, date: dt.date) -> float:
    start = scene.instance.settings.start
    return 100 * (date - start).days / ((scene.instance.end - start).days + 1)


def told(scene: Scene, trainee: str) -> Told:
    """A trainee's path in a sentence or two."""
    by_chance = (expected.of_announcement(scene, trainee), expected.of_staying(scene, trainee))
    return in_sentences([_path(scene, trainee), *(sentence for sentence in by_chance if sentence is not None)])


def _path(scene: Scene, trainee: str) -> Told:
    rows = scene.view.placements.get(trainee)
    link = scene.trainee_link(trainee)
    if rows is None and trainee in scene.recruits:
        return say("{trainee}: the position is not announced in this plan.", trainee=link)
    if rows is None:
        return say("{trainee} has no position in this plan.", trainee=link)
    first = rows[0]
    assert first.from_date is not None and first.completes is not None  # noqa: S101, PT018 - a placed row has both
    title = scene.position_title(str(first.position_id))
    known = {"trainee": link, "position": title, "start": day(first.from_date), "completes": month(first.completes)}
    if not _is_training(scene, trainee):
        return say("{trainee} takes {position}, a post without training, from {start}.",
                   trainee=link, position=title, start=known["start"])  # fmt: skip
    rotations = scene.view.rotations.get(trainee, ())
    if rotations:
        blocks = listed(_service(scene, rotation) for rotation in rotations)
        return say(
            "{trainee} takes {position} from {start}, does institution service at {blocks}, and completes the "
            "training in {completes}.",
            blocks=blocks,
            **known,
        )
    if _owes_service(scene, trainee):
        return say(
            "{trainee} takes {position} from {start} and completes the training in {completes}; the institution "
            "service comes after the plan's end.",
            **known,
        )
    return say("{trainee} takes {position} from {start} and completes the training in {completes}.", **known)


def _service(scene: Scene, rotation: Rotation) -> Told:
    return say(
        "{site} from {begins} to {ends}",
        site=scene.site_name(rotation.site_id),
        begins=month(rotation.from_date),
        ends=month(rotation.to_date),
    )


def _is_training(scene: Scene, trainee: str) -> bool:
    """Does the programme ask for supervision or service? An ordinary post does not."""
    programme = scene.model.programme_params(scene.trainees[trainee].programme)
    return programme.needs_supervisor or programme.institution_months > 0


def _owes_service(scene: Scene, trainee: str) -> bool:
    row = scene.trainees[trainee]
    return scene.model.programme_params(row.programme).institution_months > row.institution_months_done
