"""Every list: how long it is, against its target and its limit."""

from __future__ import annotations

from markupsafe import Markup

from allokering.plan import HolderKind, ListLength
from allokering.report.bilingual import percent, say
from allokering.report.blocks import Cell, Column, Content, Section, Table
from allokering.report.drawing import bar, strip, tick
from allokering.report.scene import Scene

HOLDERS = {HolderKind.DOCTOR: say("GP"), HolderKind.TRAINEE: say("Trainee")}
Row = list[Content | Cell]


def section(scene: Scene) -> Section:
    """All lists in one table."""
    longest = max((row.limit for row in scene.plan.lists), default=1) or 1
    has_offices = any(doctor.office for doctor in scene.instance.doctors)
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
            Column(say("Last period"), is_picture=True),
        ),
        rows=[_row(scene, place, holder, longest, has_offices=has_offices) for place, holder in scene.lists],
        note=say(
            "First and last period are those in which the holder has a list in this plan. Target and limit are those "
            "of the last. In the drawing the bar is the list, the thin line the target and the thick line the limit."
        ),
    )
    return Section("lists", say("Lists"), [table])


def _row(scene: Scene, place: str, holder: str, longest: int, *, has_offices: bool) -> Row:
    periods = scene.lists[place, holder]
    first, last = periods[min(periods)], periods[max(periods)]
    doctor = scene.doctors.get(holder) if last.kind is HolderKind.DOCTOR else None
    share = 100 * last.patients // max(last.limit, 1)
    return [
        holder_link(scene, holder, last.kind),
        HOLDERS[last.kind],
        scene.municipality_link(place),
        *(["" if doctor is None else doctor.office or ""] if has_offices else []),
        "" if doctor is None else doctor.list_size,
        first.patients,
        last.patients,
        last.target,
        last.limit,
        Cell(percent(share), share),
        drawn(last, longest),
    ]


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
        note=say("A period is named by the month it begins in. A list above its target is in bold."),
    )


def _periods_row(scene: Scene, place: str, holder: str) -> Row:
    periods = scene.lists[place, holder]
    last = periods[max(periods)]
    cells = [_patients(periods.get(period)) for period in scene.periods]
    return [holder_link(scene, holder, last.kind), last.limit, *cells]


def _patients(row: ListLength | None) -> Content | Cell:
    if row is None:
        return ""
    return Cell(row.patients, row.patients, "over") if row.patients > row.target else row.patients


def mean_list(scene: Scene, place: str, period: int) -> int | None:
    """Patients per doctor's list in a municipality and period, rounded down; None where no doctor is."""
    rows = [scene.lists[place, holder].get(period) for holder in scene.holders.get(place, ())]
    patients = [row.patients for row in rows if row is not None and row.kind is HolderKind.DOCTOR]
    return sum(patients) // len(patients) if patients else None
