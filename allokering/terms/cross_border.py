"""Residents listed in another municipality. Points per resident and month."""

from __future__ import annotations

from allokering.evidence.written_plan import WrittenPlan
from allokering.kinds import PerResidentMonth

NAME = "residents listed in another municipality"
PRICED_BY = "rules.coverage"


def price(params: PerResidentMonth, period_months: int) -> int:
    """Points per resident and period."""
    return params.per_resident_month * period_months


def recount(params: PerResidentMonth, written: WrittenPlan) -> int:
    """Points of the whole plan."""
    residents = sum(row.residents for row in written.plan.cross_border)
    return residents * written.period_months * params.per_resident_month
