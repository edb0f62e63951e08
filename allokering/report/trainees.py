"""A page for every trainee: what the plan has for the trainee, and what is known beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup

from allokering.evidence.written_plan import forms_by_position, main_municipality
from allokering.plan import Placement, Supervision
from allokering.report import expected
from allokering.report.bilingual import Told, chance, day, number_text, percent, say
from allokering.report.blocks import Fact, Facts, Figure, Page
from allokering.report.paths import axis, placeless, timeline
from allokering.report.scene import Scene


def pages(scene: Scene) -> list[Page]:
    """A page per trainee."""
    return [_page(scene, trainee) for trainee in scene.trainees]


def _page(scene: Scene, trainee: str) -> Page:
    anchor = scene.anchor("trainee", trainee)
    path = Figure(
        name=f"path-of-{anchor}",
        caption=say("The path"),
        drawing=Markup("{}{}").format(axis(), timeline(scene, trainee)),
    )
    return Page(anchor, say("Trainee"), trainee, [Facts([*_steps(scene, trainee), *_facts(scene, trainee)]), path])


def _facts(scene: Scene, trainee: str) -> list[Fact]:
    """What is known of the trainee; what goes without saying, such as full time, is not said."""
    row = scene.trainees[trainee]
    facts: list[Fact] = [(say("Programme"), [scene.programme_name(row.programme)])]
    if row.recruited_to is None:
        facts.append((say("Lives in"), [scene.municipality_link(row.home_municipality_id)]))
    else:
        facts.append((say("Not yet known"), list(_announcement(scene, row.recruited_to, row.programme))))
    facts.append((say("Can start"), [_window(scene, trainee)]))
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
        return [(say("In this plan"), [placeless(scene, trainee)])]
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
        _during(row.from_date, row.to_date, _supervisor(scene, row)) for row in scene.view.supervision.get(trainee, ())
    ]
    if supervisors:
        steps.append((say("Supervised by"), supervisors))
    group = scene.view.groups.get(trainee)
    if group is not None:
        where = _at(scene, group.group_id, group.municipality_id)
        steps.append((say("Supervision group"), [_during(group.from_date, group.to_date, where)]))
    stays = list(_stays(scene, trainee))
    if stays:
        steps.append((say("List to expect after the training"), stays))
    return steps


def _stays(scene: Scene, trainee: str) -> Iterator[Markup]:
    """The lists to expect after the training; a line for as long as one stays the same."""
    by_place = sorted(expected.stay(scene, trainee), key=lambda row: row.municipality_id)
    for (place, patients), rows in groupby(by_place, key=lambda row: (row.municipality_id, row.patients)):
        same = list(rows)
        yield _during(same[0].from_date, same[-1].to_date, _at(scene, number_text(patients), place))


def _announcement(scene: Scene, recruited_to: str, programme: str) -> Iterator[Told]:
    """What the position would draw if it were announced, in each form that is open to the programme."""
    told = {row.position_id: row for row in scene.instance.announcements}
    for form in forms_by_position(scene.instance)[recruited_to]:
        if form.programme not in {None, programme}:
            continue
        row = told.get(form.position_id)
        known = {
            "position": scene.position_title(form.position_id),
            "chance": chance(scene.chances.get(form.position_id, 0)),
        }
        if row is None:
            yield say("{position}: the chance that an announcement fills it is {chance}", **known)
        else:
            yield say(
                "{position}: {applicants} applicants, {qualified} of them qualified; the chance that it is filled is "
                "{chance}",
                applicants=row.applicants,
                qualified=chance(row.qualified_permille),
                **known,
            )


def _supervisor(scene: Scene, row: Supervision) -> Markup:
    """A GP, or a trainee who has finished, and where."""
    doctor = scene.doctors.get(row.supervisor_id)
    if doctor is not None:
        return _at(scene, doctor.doctor_id, doctor.municipality_id)
    place = main_municipality(scene.paths[row.supervisor_id].parts)
    return _at(scene, scene.trainee_link(row.supervisor_id), place)


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
