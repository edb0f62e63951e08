"""The days on which something may change in a drawn instance: first days of quarters and half-years."""

from __future__ import annotations

import datetime as dt

from allokering.instance import add_months

START = dt.date(2026, 1, 1)
"""The day for which the residents are known; the list figures are those of 2025."""
YEARS = 5
"""Length of the plan, that of the training."""
QUARTERS = 4 * YEARS
HALF_YEARS = 2 * YEARS
END = add_months(START, 12 * YEARS) - dt.timedelta(days=1)


def quarter_start(quarter: int) -> dt.date:
    """First day of a quarter, counted from 0."""
    return add_months(START, 3 * quarter)


def half_year_start(half_year: int) -> dt.date:
    """First day of a half-year, counted from 0."""
    return add_months(START, 6 * half_year)


def day_before(day: dt.date) -> dt.date:
    """The day before."""
    return day - dt.timedelta(days=1)
