"""Every list: how long it is, against its target and its limit."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from allokering.plan import HolderKind, ListLength
from allokering.report import expected
from allokering.report.bilingual import Told, decimal, in_sentences, percent, say
from allokering.report.blocks import Cell, Column, Content, Section, Table
from allokering.report.drawing import bar, strip, tick
from allokering.report.scene import Scene

HOLDERS = {HolderKind.DOCTOR: say("GP"), HolderKind.TRAINEE: say("Trainee")}
RECRUIT, FINISHED = say("Recruit"), say("Trained, may stay")
EXPECTED = say(
    "A list in italics is what is expected of somebody who is yet to be recruited, or who may stay after the training."
)
Row = list[Content | Cell]


def section(scene: Scene) -> Section:
    """All lists in one table."""
    longest = max((row.limit for row in scene.plan.lists), default=1) or 1
    has_offices = any(doctor.office for doctor in scene.instance.doctors)
    has_weeks = any(row.week_minutes is not None for row in scene.plan.lists)
    table = Table(
        name="lists",
        caption=say("Every list, with its target and its limit"),
        columns=(
            Column(say("Holder")),
            Column(say("Holds the list as")),
            Column(say("Municipality")),
            *([Column(say("Office"))] if has_offices else []),
            Column(say("Before"), is_number=True),
            Column(say("First period"), is_number=True),
            Column(say("Last period"), is_number=True),
            Column(say("Target"), is_number=True),
            Column(say("Limit"), is_number=True),
            Column(say("Share of the limit"), is_number=True),
            *([Column(say("Hours a week, longest"), is_number=True)] if has_weeks else []),
            Column(say("Last period"), is_picture=True),
        ),
        rows=[
            _row(scene, place, holder, longest, has_offices=has_offices, has_weeks=has_weeks)
            for place, holder in scene.lists
        ],
        note=_note(scene, has_weeks=has_weeks),
    )
    return Section("lists", say("Lists"), [table])


def _note(scene: Scene, *, has_weeks: bool) -> Told:
    told = [
        say(
            "First and last period are those in which the holder has a list in this plan. Target and limit are those "
            "of the last. In the drawing the bar is the list, the thin line the target and the thick line the limit."
        )
    ]
    if has_weeks:
        told.append(say("Hours are reckoned from the list by the policy, for the period in which they are most."))
    if expected.note(scene) is not None:
        told.append(EXPECTED)
    return in_sentences(told)


def _row(scene: Scene, place: str, holder: str, longest: int, *, has_offices: bool, has_weeks: bool) -> Row:
    periods = scene.lists[place, holder]
    first, last = periods[min(periods)], periods[max(periods)]
    doctor = scene.doctors.get(holder) if last.kind is HolderKind.DOCTOR else None
    share = 100 * last.patients // max(last.limit, 1)
    return [
        holder_link(scene, holder, last.kind),
        _holds_as(scene, last),
        scene.municipality_link(place),
        *(["" if doctor is None else doctor.office or ""] if has_offices else []),
        "" if doctor is None else doctor.list_size,
        _patients(scene, first, marks_above=False),
        _patients(scene, last, marks_above=False),
        last.target,
        last.limit,
        Cell(percent(share), share),
        *([_hours(periods.values())] if has_weeks else []),
        drawn(last, longest),
    ]


def _holds_as(scene: Scene, row: ListLength) -> Told:
    if expected.is_after_training(scene, row):
        return FINISHED
    return RECRUIT if row.holder_id in scene.recruits else HOLDERS[row.kind]


def _hours(rows: Iterable[ListLength]) -> Cell:
    """The longest week of the plan, in hours; nothing where the policy does not reckon in hours."""
    minutes = max((row.week_minutes for row in rows if row.week_minutes is not None), default=None)
    return Cell("", -1) if minutes is None else Cell(decimal(minutes / 60), minutes)


def drawn(row: ListLength, longest: int) -> Markup:
    """A list beside its target and limit; what is above the target has a colour of its own."""
    scale = 100 / longest
    parts = [bar("listed", 0, min(row.patients, row.target) * scale)]
    if row.patients > row.target:
        parts.append(bar("above", row.target * scale, (row.patients - row.target) * scale))
    if row.target < row.limit:
        parts.append(tick("target", row.target * scale))
    parts.append(tick("limit", row.limit * scale))
    return strip(parts, "gauge")


def holder_link(scene: Scene, holder: str, kind: HolderKind) -> Content:
    """Who holds the list; a trainee has a page."""
    return scene.trainee_link(holder) if kind is HolderKind.TRAINEE else holder


def of_municipality(scene: Scene, place: str) -> Table:
    """The lists of one municipality, period by period."""
    anchor = scene.anchor("municipality", place)
    return Table(
        name=f"lists-of-{anchor}",
        caption=say("Lists, patients at each period"),
        columns=(
            Column(say("Holder")),
            Column(say("Limit"), is_number=True),
            *(Column(scene.period_label(period), is_number=True) for period in scene.periods),
        ),
        rows=[_periods_row(scene, place, holder) for holder in scene.holders.get(place, ())],
        note=in_sentences(
            [
                say("A period is named by the month it begins in. A list above its target is in bold."),
                *([] if expected.note(scene) is None else [EXPECTED]),
            ]
        ),
    )


def _periods_row(scene: Scene, place: str, holder: str) -> Row:
    periods = scene.lists[place, holder]
    last = periods[max(periods)]
    cells = [_patients(scene, periods.get(period)) for period in scene.periods]
    return [holder_link(scene, holder, last.kind), last.limit, *cells]


def _patients(scene: Scene, row: ListLength | None, *, marks_above: bool = True) -> Content | Cell:
    if row is None:
        return ""
    is_above = marks_above and row.patients > row.target
    if expected.is_expected(scene, row):
        return Cell(row.patients, row.patients, "expected-over" if is_above else "expected")
    return Cell(row.patients, row.patients, "over") if is_above else row.patients


def mean_list(scene: Scene, place: str, period: int) -> int | None:
    """Patients per doctor's list in a municipality and period, rounded down; None where no doctor is."""
    rows = [scene.lists[place, holder].get(period) for holder in scene.holders.get(place, ())]
    patients = [row.patients for row in rows if row is not None and row.kind is HolderKind.DOCTOR]
    return sum(patients) // len(patients) if patients else None
