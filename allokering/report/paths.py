"""Every trainee's path: a bar in time, a sentence, and a page."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from allokering.plan import Placement, Rotation
from allokering.report.bilingual import Told, day, listed, month, percent, say
from allokering.report.blocks import Cell, Column, Content, Fact, Facts, Figure, Page, Section, Table
from allokering.report.drawing import bar, strip, tick, words
from allokering.report.scene import PlanView, Scene

LAST_LABEL_PERCENT = 94
"""A year that begins later than this share of the horizon has no room for its name."""


def section(scene: Scene) -> Section:
    """The paths of all trainees, a bar each."""
    rows = [_row(scene, trainee) for trainee in scene.trainees]
    table = Table(
        name="paths",
        caption=say("Every trainee's path"),
        columns=(
            Column(say("Trainee")),
            Column(say("Position")),
            Column(Markup("<span class=unseen>{}</span>{}").format(say("The path"), _axis()), is_picture=True),
            Column(say("From"), is_date=True),
            Column(say("Institution service")),
            Column(say("Completes"), is_date=True),
        ),
        rows=rows,
        note=_note(scene),
    )
    return Section("paths", say("Training paths"), [table])


def _note(scene: Scene) -> Told:
    explained = say(
        "A bar is the time in the position: plain in practice, striped in institution service, with a line below for "
        "the months in a supervision group. An arrow means that the training goes on after the plan's end."
    )
    if scene.against is None:
        return explained
    return say("{explained} The thin line above is the earlier plan.", explained=explained)


def _row(scene: Scene, trainee: str) -> list[Content | Cell]:
    link = scene.trainee_link(trainee)
    rows = scene.view.placements.get(trainee)
    if rows is None:
        return [link, say("no position"), timeline(scene, trainee), Cell("", "9999"), "", Cell("", "9999")]
    title = scene.position_title(str(rows[0].position_id))
    service = ", ".join(scene.site_name(rotation.site_id) for rotation in scene.view.rotations.get(trainee, ()))
    return [link, title, timeline(scene, trainee), str(rows[0].from_date), service, str(rows[0].completes)]


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
    parts = [_span(scene, "practice", first.from_date, first.to_date)]
    for rotation in view.rotations.get(trainee, ()):
        parts.append(_span(scene, "rotation", rotation.from_date, rotation.to_date))
    if trainee in view.groups:
        parts.append(_span(scene, "group", view.groups[trainee].from_date, view.groups[trainee].to_date))
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


def _axis() -> Markup:
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
    """A trainee's path in a sentence."""
    rows = scene.view.placements.get(trainee)
    link = scene.trainee_link(trainee)
    if rows is None:
        return say("{trainee} has no position in this plan.", trainee=link)
    first = rows[0]
    assert first.from_date is not None and first.completes is not None  # noqa: S101, PT018 - a placed row has both
    title = scene.position_title(str(first.position_id))
    known = {"trainee": link, "position": title, "start": day(first.from_date), "completes": month(first.completes)}
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


def _owes_service(scene: Scene, trainee: str) -> bool:
    row = scene.trainees[trainee]
    return scene.model.programme_params(row.programme).institution_months > row.institution_months_done


def pages(scene: Scene) -> list[Page]:
    """A page per trainee."""
    return [_page(scene, trainee) for trainee in scene.trainees]


def _page(scene: Scene, trainee: str) -> Page:
    anchor = scene.anchor("trainee", trainee)
    path = Figure(
        name=f"path-of-{anchor}",
        caption=say("The path"),
        drawing=Markup("{}{}").format(_axis(), timeline(scene, trainee)),
    )
    return Page(anchor, say("Trainee"), trainee, [Facts([*_steps(scene, trainee), *_facts(scene, trainee)]), path])


def _facts(scene: Scene, trainee: str) -> list[Fact]:
    """What is known of the trainee; what goes without saying, such as full time, is not said."""
    row = scene.trainees[trainee]
    facts: list[Fact] = [
        (say("Lives in"), [scene.municipality_link(row.home_municipality_id)]),
        (say("Can start"), [_window(scene, trainee)]),
    ]
    if row.fte_percent < 100:
        facts.append((say("Position size"), [percent(row.fte_percent)]))
    if row.practice_months_done or row.institution_months_done or row.group_months_done:
        done = say(
            "{practice} months of practice, {institution} months of institution service, {groups} months in a "
            "supervision group",
            practice=row.practice_months_done,
            institution=row.institution_months_done,
            groups=row.group_months_done,
        )
        facts.append((say("Done before"), [done]))
    if trainee in scene.wishes:
        facts.append((say("Wishes, in their order"), [scene.position_title(wish) for wish in scene.wishes[trainee]]))
    return facts


def _steps(scene: Scene, trainee: str) -> list[Fact]:
    """What the plan has for the trainee: position, service, supervisors and group, each with its days."""
    placed = scene.view.placements.get(trainee)
    if placed is None:
        return [(say("In this plan"), [say("no position")])]
    first = placed[0]
    assert first.completes is not None  # noqa: S101 - a placed row has it
    steps: list[Fact] = [
        (say("Position"), [_during(first.from_date, first.to_date, scene.position_title(str(first.position_id)))]),
        (say("Works in"), [_share(scene, part) for part in placed]),
        (say("Completes"), [day(first.completes)]),
    ]
    services = [
        _during(row.from_date, row.to_date, scene.site_name(row.site_id))
        for row in scene.view.rotations.get(trainee, ())
    ]
    if services:
        steps.append((say("Institution service"), services))
    supervisors = [
        _during(row.from_date, row.to_date, _at(scene, doctor.doctor_id, doctor.municipality_id))
        for row in scene.view.supervision.get(trainee, ())
        for doctor in [scene.doctors[row.supervisor_id]]
    ]
    if supervisors:
        steps.append((say("Supervised by"), supervisors))
    group = scene.view.groups.get(trainee)
    if group is not None:
        where = _at(scene, group.group_id, group.municipality_id)
        steps.append((say("Supervision group"), [_during(group.from_date, group.to_date, where)]))
    return steps


def _during(first: dt.date | None, last: dt.date | None, what: str | Markup) -> Markup:
    return Markup("{} – {}: {}").format(first, last, what)


def _at(scene: Scene, what: str, municipality_id: str) -> Markup:
    return Markup("{} ({})").format(what, scene.municipality_link(municipality_id))


def _share(scene: Scene, part: Placement) -> Markup:
    link = scene.municipality_link(str(part.municipality_id))
    return Markup("{} {}").format(link, percent(part.share_percent or 100))


def _window(scene: Scene, trainee: str) -> Told:
    row = scene.trainees[trainee]
    if row.latest_start is None:
        return say("from {first}", first=day(row.earliest_start))
    return say("from {first} to {last}", first=day(row.earliest_start), last=day(row.latest_start))
