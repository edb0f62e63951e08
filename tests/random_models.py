"""Small random models: the built-in one with other numbers, fewer terms and rules, and the tiers in another order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from allokering.instance import Settings
from allokering.model import Entry, Model, load_model

OPTIONAL_RULES = ("eligibility", "not_before", "notice", "catchment", "absences", "supervision", "cross_border")
"""Rules that a model may do without and still say what a plan is."""


def draw_model(draw: Random, settings: Settings) -> Model:
    """A model whose training fits the horizon, or just does not."""
    model = load_model("alis", _overrides(draw, settings))
    return replace(
        model,
        rules=_rules(draw, settings, model.rules),
        tiers=_tiers(draw, model.tiers),
        terms=_terms(draw, model),
        measures=_measures(draw, settings, model.measures),
        programmes=_programmes(draw, model.programmes),
    )


def _overrides(draw: Random, settings: Settings) -> dict[str, str]:
    month = settings.period_months
    institution = draw.choice((0, 1, 1, 1, 1, 2)) * month + draw.choice((0, 0, 0, 1))
    total = max(1, draw.randint(2, settings.periods + 1) * month + draw.choice((0, 0, 1, -1)))
    numbers = {
        "alis.total_months": total,
        "alis.practice_months_min": total * draw.choice((0, 40, 80, 110)) // 100,
        "alis.practice_months_counted_max": max(0, total - draw.choice((0, 1, 2)) * month),
        "alis.institution_months": institution,
        "alis.institution_months_counted_max": institution * draw.choice((50, 100, 200, 200)) // 100,
        "eligibility.home_minutes_max": draw.choice((0, 30, 45, 60, 90)),
        "notice.notice_months": draw.choice((0, 1, month, 2 * month, 3 * month, 3 * month + 1)),
        "catchment.alternative_minutes_max": draw.choice((0, 30, 60, 90)),
        "supervision.trainees_per_supervisor": draw.choice((1, 1, 1, 2, 3)),
        "supervision.travel_minutes_max": draw.choice((0, 60, 90, 121, 121)),
        "absences.absent_min": draw.choice((0, 1, 1, 1)),
        "absences.doctors_per_absence": draw.choice((1, 2, 4, 10)),
        "without_gp.per_resident_month": draw.choice((0, 1, 1, 1, 3)),
        "unplaced.per_trainee": draw.choice((1, 1, 1, 1000)),
        "above_target.per_patient_month": draw.choice((0, 1, 1, 1, 2)),
        "cross_border.per_resident_month": draw.choice((0, 1, 1, 1, 2)),
        "locum.nok_per_week": draw.choice((0, 33_001, 95_800)),
        "locum.patients_per_locum": draw.choice((70, 301, 1000)),
        "locum.locums_per_municipality": draw.choice((0, 1, 1, 1, 2)),
        "position_cost.percent": draw.choice((0, 37, 100, 100, 100)),
        "supervision_travel.trips_per_month": draw.choice((0, 1, 2, 2)),
        "rank.points_per_step": draw.choice((0, 10, 10, 10)),
        "wait.points_per_month": draw.choice((0, 2, 2, 2)),
        "rotation_travel.minutes_per_point": draw.choice((1, 30, 30)),
        "postponed.points": draw.choice((0, 5, 5, 50)),
    }
    return {name: str(number) for name, number in numbers.items()}


def _rules(draw: Random, settings: Settings, rules: Sequence[Entry]) -> tuple[Entry, ...]:
    """Without some; or with dates between which the first day of the horizon lies, or just does not."""
    dated = []
    for rule in _kept(draw, rules, dict.fromkeys(OPTIONAL_RULES, 0.04)):
        day = settings.start + dt.timedelta(days=draw.choice((-1, 0, 0, 1)))
        side = draw.choice(("from_date", "until"))
        changed = {side: day} if rule.kind in OPTIONAL_RULES and draw.random() < 0.08 else {}
        dated.append(rule.model_copy(update=changed))
    return tuple(dated)


def _kept(draw: Random, entries: Sequence[Entry], leaves: dict[str, float]) -> tuple[Entry, ...]:
    """The entries but those whose kind happens to leave, each with its own probability."""
    return tuple(entry for entry in entries if draw.random() >= leaves.get(entry.kind, 0.0))


def _tiers(draw: Random, tiers: Sequence[Entry]) -> tuple[Entry, ...]:
    """Half the time in another order; sometimes worth so little that the weighted objective must weigh them."""
    ordered = list(tiers)
    if draw.random() < 0.5:
        draw.shuffle(ordered)
    if draw.random() < 0.5:
        return tuple(ordered)
    return tuple(tier.model_copy(update={"params": {"nok_per_unit": draw.choice((0, 1, 7, 300))}}) for tier in ordered)


def _terms(draw: Random, model: Model) -> tuple[Entry, ...]:
    """Without some, above all those that make every instance feasible; sometimes each in a tier drawn at random."""
    leaves = dict.fromkeys((term.kind for term in model.terms), 0.08)
    leaves |= {"unplaced": 0.05, "without_gp": 0.08, "locum": 0.3, "above_target": 0.15}
    terms = _kept(draw, model.terms, leaves)
    if draw.random() < 0.75:
        return terms
    return tuple(term.model_copy(update={"tier": draw.choice(model.tiers).id}) for term in terms)


def _measures(draw: Random, settings: Settings, agreed: Sequence[Entry]) -> tuple[Entry, ...]:
    """Trainees' lists that grow, or change, or both; and half the time a target, now and then from a later day only."""
    stair = draw.choice(([500, 600, 700, 800, 900], [61, 250], [703]))
    later = settings.start + dt.timedelta(days=draw.randint(20, 400))
    first = {"from_date": draw.choice((*[None] * 8, later)), "params": {"patients_by_training_year": stair}}
    measures = [entry.model_copy(update=first) for entry in agreed]
    if draw.random() < 0.25:
        later += dt.timedelta(days=draw.choice((1, 200)))
        changed = {"id": "trainee_list_later", "from_date": later, "params": {"patients_by_training_year": [333]}}
        measures += [entry.model_copy(update=changed) for entry in agreed]
    if draw.random() < 0.5:
        measures.append(
            Entry(
                section="measure",
                id="list_target",
                kind="list_target",
                source="assumption",
                from_date=draw.choice((None, settings.start, later)),
                until=draw.choice((None, None, settings.start + dt.timedelta(days=700))),
                params={"patients_per_fte": draw.choice((300, 855, 1000))},
            )
        )
    return tuple(measures)


def _programmes(draw: Random, programmes: Sequence[Entry]) -> tuple[Entry, ...]:
    """Half the time with an internship beside it, which begins at the institution; not every kind of site counts."""
    kinds = draw.choice((["hospital", "nursing_home", "kad"], ["hospital", "kad"], ["hospital", "nursing_home"]))
    training = programmes[0].model_copy(update={"params": programmes[0].params | {"site_kinds": kinds}})
    if draw.random() < 0.5:
        return (training,)
    changed = {"institution_first": True, "needs_supervisor": draw.random() < 0.4, "site_kinds": ["hospital", "kad"]}
    return (training, training.model_copy(update={"id": "lis1", "params": training.params | changed}))
