"""Places on lists that should be free and are not. Points per missing place and month."""

from __future__ import annotations

from allokering.evidence.recount import missing_places
from allokering.evidence.written_plan import WrittenPlan
from allokering.kinds import PerPlaceMonth

NAME = "places on lists that should be free and are not"
PRICED_BY = "rules.free_places"


def price(params: PerPlaceMonth, period_months: int) -> int:
    """Points per missing place and period."""
    return params.per_place_month * period_months


def recount(params: PerPlaceMonth, written: WrittenPlan) -> int:
    """Points of the whole plan."""
    missing = missing_places(written.instance, written.model, written.plan, written.paths)
    return sum(missing.values()) * written.period_months * params.per_place_month
