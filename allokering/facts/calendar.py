"""Days, months and periods, for the solver side: who is present when, and which rule is in force."""

from __future__ import annotations

import datetime as dt

from allokering.instance import Instance, add_months
from allokering.kinds import Params
from allokering.model import Model
from allokering.tables import Doctor


def whole_months(first: dt.date, second: dt.date) -> int:
    """Whole calendar months from the first day to the second; 0 if the second comes first."""
    months = max(0, (second.year - first.year) * 12 + second.month - first.month)
    return months - 1 if months and add_months(first, months) > second else months


def periods_within(instance: Instance, first_day: dt.date | None, last_day: dt.date | None) -> range:
    """The periods of the horizon that lie wholly between two days, both inclusive; an empty date never limits."""
    inside = [
        period
        for period in range(instance.settings.periods)
        if (first_day is None or first_day <= instance.period_start(period))
        and (last_day is None or instance.period_end(period) <= last_day)
    ]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def periods_after(instance: Instance, last_day: dt.date | None) -> range:
    """The periods of the horizon that begin after a day; none after a day that is not known."""
    periods = instance.settings.periods
    return range(
        periods
        if last_day is None
        else next((period for period in range(periods) if instance.period_start(period) > last_day), periods),
        periods,
    )


def presence(instance: Instance) -> dict[str, range]:
    """The periods in which each doctor is present."""
    spans: dict[tuple[dt.date | None, dt.date | None], range] = {}

    def span(doctor: Doctor) -> range:
        days = (doctor.starts, doctor.ends)
        if days not in spans:
            spans[days] = periods_within(instance, *days)
        return spans[days]

    return {doctor.doctor_id: span(doctor) for doctor in instance.doctors}


def rule_in_force(model: Model, kind: str, date: dt.date) -> Params | None:
    """The parameters of the rule of a kind in force on a day: the latest if several; None if none."""
    held = [entry for entry in model.rules_of(kind) if entry.in_force(date)]
    latest = max(held, key=lambda entry: entry.from_date or dt.date.min, default=None)
    return None if latest is None else latest.typed
