"""Small random policies: how long lists are to be, what is paid for it, and what supervision takes off them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from allokering.instance import Settings
from allokering.model import Entry


def draw_measures(draw: Random, settings: Settings, agreed: Sequence[Entry]) -> tuple[Entry, ...]:
    """Trainees' lists that grow, or change, or both; and some of the other measures, now and then from a later day."""
    stair = draw.choice(([500, 600, 700, 800, 900], [61, 250], [703]))
    later = settings.start + dt.timedelta(days=draw.randint(20, 400))
    lists = next(entry for entry in agreed if entry.kind == "trainee_list")
    first = {"from_date": draw.choice((*[None] * 8, later)), "params": {"patients_by_training_year": stair}}
    measures = [lists.model_copy(update=first)]
    if draw.random() < 0.25:
        later += dt.timedelta(days=draw.choice((1, 200)))
        changed = {"id": "trainee_list_later", "from_date": later, "params": {"patients_by_training_year": [333]}}
        measures.append(lists.model_copy(update=changed))
    if draw.random() < 0.6:
        measures.append(_measure(draw, settings, "list_target", later, **_list_target(draw)))
        if draw.random() < 0.2:
            second = _measure(draw, settings, "list_target", later, **_list_target(draw))
            after = later + dt.timedelta(days=draw.choice((1, 190)))
            measures.append(second.model_copy(update={"id": "list_target_later", "from_date": after}))
    if draw.random() < 0.35:
        measures.append(_measure(draw, settings, "workload", later, **_workload(draw)))
    if draw.random() < 0.35:
        per_place = draw.choice((30, 30, 101, 450))
        measures.append(_measure(draw, settings, "supervisor_relief", later, patients_per_place=per_place))
    if draw.random() < 0.35:
        measures.append(_measure(draw, settings, "free_places", later, permille=draw.choice((0, 20, 33, 200))))
    if draw.random() < 0.5:
        paid = draw.choice((842, 1999, 13))
        measures.append(_measure(draw, settings, "compensation", later, nok_per_patient_year=paid))
    if draw.random() < 0.2:
        measures.append(_measure(draw, settings, "list_speed", later, patients_per_month=draw.choice((0, 25))))
    return tuple(measures)


def _measure(draw: Random, settings: Settings, kind: str, later: dt.date, **params: object) -> Entry:
    """In force throughout, from the first day, from a day before the plan or inside it, or until one."""
    return Entry(
        section="measure",
        id=kind,
        kind=kind,
        source="assumption",
        from_date=draw.choice((None, None, settings.start, settings.start - dt.timedelta(days=100), later)),
        until=draw.choice((None, None, None, settings.start + dt.timedelta(days=700))),
        params={name: value for name, value in params.items() if value is not None},
    )


def _list_target(draw: Random) -> dict[str, object]:
    return {
        "patients_per_fte": draw.choice((300, 855, 1000)),
        "phase_in_patients_per_year": draw.choice((None, None, 50, 131, 1000)),
        "age_weighted": draw.random() < 0.4,
        "municipalities": _somewhere(draw),
    }


def _workload(draw: Random) -> dict[str, object]:
    return {
        "fixed_minutes_per_week": draw.choice((0, 600, 3400)),
        "seconds_per_patient_week": draw.choice((132, 132, 61, 1)),
        "minutes_per_week_max": draw.choice((1500, 2001, 3360)),
        "age_weighted": draw.random() < 0.4,
        "municipalities": _somewhere(draw),
    }


def _somewhere(draw: Random) -> list[str] | None:
    """Everywhere, or in some municipalities only."""
    return draw.choice((None, None, None, ["m1"], ["m1", "m2"], ["m2"]))
