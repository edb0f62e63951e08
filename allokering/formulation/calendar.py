"""Whole months between days, for the solver side."""

from __future__ import annotations

import datetime as dt

from allokering.instance import add_months


def whole_months(first: dt.date, second: dt.date) -> int:
    """Whole calendar months from the first day to the second; 0 if the second comes first."""
    months = max(0, (second.year - first.year) * 12 + second.month - first.month)
    return months - 1 if months and add_months(first, months) > second else months
