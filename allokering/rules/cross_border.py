"""Residents are listed in another municipality only where that is agreed, and no more than agreed.

Index:   from municipality, to municipality, period
Math:    listed[a, b, p] <= max_residents[a, b];  elsewhere[a, p] = sum_b listed[a, b, p] <= R[a, p];
         from elsewhere[b, p] = sum_a listed[a, b, p]
Units:   residents
Assumes: a pair that is not in the table, or an objective without the term, allows none
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from allokering.instance import Instance
from allokering.kinds import Params
from allokering.language import say
from allokering.model import Model
from allokering.plan import Plan
from allokering.violation import Violation

RULE = "cross_border"
SCOPE = ("resource",)
ENFORCED_BY = "rules.coverage"


def check(_params: Params, instance: Instance, model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every pair with too many residents, and every municipality whose coverage says otherwise."""
    agreed: dict[tuple[str, str], int] = {}
    if model.term("cross_border") is not None:
        agreed = {
            (row.from_municipality_id, row.to_municipality_id): row.max_residents for row in instance.cross_border
        }
    leaving: Counter[tuple[str, object]] = Counter()
    coming: Counter[tuple[str, object]] = Counter()
    for row in plan.cross_border:
        leaving[row.from_municipality_id, row.from_date] += row.residents
        coming[row.to_municipality_id, row.from_date] += row.residents
        limit = agreed.get((row.from_municipality_id, row.to_municipality_id), 0)
        if row.residents > limit:
            message = say(
                "{residents} residents of {home} are listed in {there} from {date}; at most {limit}",
                residents=row.residents,
                home=row.from_municipality_id,
                there=row.to_municipality_id,
                date=row.from_date,
                limit=limit,
            )
            subject = f"{row.from_municipality_id} {row.to_municipality_id} {row.from_date}"
            yield Violation(RULE, subject, row.residents, limit, message)
    for coverage in plan.coverage:
        place = (coverage.municipality_id, coverage.from_date)
        subject = f"{coverage.municipality_id} {coverage.from_date}"
        if leaving[place] > coverage.residents:
            message = say(
                "{municipality} has {count} residents listed elsewhere from {date}; only {limit} live there",
                municipality=coverage.municipality_id,
                count=leaving[place],
                date=coverage.from_date,
                limit=coverage.residents,
            )
            yield Violation(RULE, subject, leaving[place], coverage.residents, message)
        if coverage.listed_elsewhere != leaving[place]:
            message = say(
                "{municipality} has {count} residents listed elsewhere from {date}; the pairs say {limit}",
                municipality=coverage.municipality_id,
                count=coverage.listed_elsewhere,
                date=coverage.from_date,
                limit=leaving[place],
            )
            yield Violation(RULE, subject, coverage.listed_elsewhere, leaving[place], message)
        if coverage.from_elsewhere != coming[place]:
            message = say(
                "{municipality} lists {count} residents from elsewhere from {date}; the pairs say {limit}",
                municipality=coverage.municipality_id,
                count=coverage.from_elsewhere,
                date=coverage.from_date,
                limit=coming[place],
            )
            yield Violation(RULE, subject, coverage.from_elsewhere, coming[place], message)
