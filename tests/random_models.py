"""Small random models: the built-in one with other numbers, fewer terms and rules, and the tiers in another order.

Measures are drawn in `random_policies`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from random_policies import draw_measures

from allokering.instance import Settings
from allokering.kinds import RULE_KINDS
from allokering.model import Entry, Model, load_model

NEEDED_RULES = (
    "one_path", "training_time", "start_window", "pins", "position_places", "shared_position", "site_slots", "coverage",
    "list_limits", "groups", "openings",
)  # fmt: skip
"""Rules that say what a plan is."""
OPTIONAL_RULES = tuple(kind for kind in RULE_KINDS if kind not in NEEDED_RULES)
"""Rules that a model may do without and still say what a plan is."""


def draw_model(draw: Random, settings: Settings) -> Model:
    """A model whose training fits the horizon, or just does not."""
    model = load_model("alis", _overrides(draw, settings))
    return replace(
        model,
        rules=_rules(draw, settings, model.rules),
        tiers=_tiers(draw, model.tiers),
        terms=_terms(draw, model),
        measures=draw_measures(draw, settings, model.measures),
        programmes=_programmes(draw, settings, model.programmes),
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
        "opening.points": draw.choice((0, 1, 1, 30)),
        "alone.points": draw.choice((0, 20, 20)),
        "free_places.per_place_month": draw.choice((0, 1, 1, 3)),
        "compensation.percent": draw.choice((0, 37, 100, 100)),
        "pipeline.patients": draw.choice((101, 500, 991)),
        "pipeline.supervises": draw.choice((0, 1, 3, 5)),
        "selection.per_trust_min": draw.choice((0, 0, 1, 1, 2)),
        "selection.per_trust_max": draw.choice((1, 1, 2)),
        "selection.self_employed_min": draw.choice((0, 0, 0, 0, 1)),
        "selection.sami_min": draw.choice((0, 0, 0, 0, 0, 1)),
    }
    lists = {
        "pipeline.stays_permille_by_year": draw.choice(([437], [1000, 700], [1000], [999, 500, 0], [0, 650])),
        "recruitment.salaried_permille": draw.choice(([950, 900, 850, 800, 700, 600], [1000, 999, 501, 0, 77, 333])),
        "recruitment.self_employed_permille": draw.choice(([500, 450, 400, 300, 200, 100], [0, 1000, 3, 3, 650, 0])),
    }
    numbers["selection.per_trust_max"] = max(numbers["selection.per_trust_max"], numbers["selection.per_trust_min"])
    return {name: str(value) for name, value in {**numbers, **lists}.items()}


def _rules(draw: Random, settings: Settings, rules: Sequence[Entry]) -> tuple[Entry, ...]:
    """Without some; or with dates between which the first day of the horizon lies, or just does not."""
    dated = []
    for rule in _kept(draw, rules, dict.fromkeys(OPTIONAL_RULES, 0.03)):
        day = settings.start + dt.timedelta(days=draw.choice((-1, 0, 0, 1)))
        side = draw.choice(("from_date", "until"))
        changed: dict[str, object] = {}
        if rule.kind in OPTIONAL_RULES and draw.random() < 0.08:
            changed[side] = day
        if rule.kind in {"not_before", "notice", "absences"}:
            named = draw.choice((["alis"], ["alis"], ["alis"], ["lis1"], ["alis", "gp"], None))
            changed["params"] = {**rule.params, "programmes": named}
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


def _programmes(draw: Random, settings: Settings, programmes: Sequence[Entry]) -> tuple[Entry, ...]:
    """ALIS, mostly with an internship beside it, and at times ordinary posts; no kind of site always counts."""
    alis, lis1, post = programmes
    month, periods = settings.period_months, settings.periods
    kinds = draw.choice((["hospital", "nursing_home", "kad"], ["hospital", "kad"], ["hospital", "nursing_home"]))
    lists = draw.choice((None, None, None, [250, 444]))
    found = [_changed(alis, site_kinds=kinds, leads_to_specialist=draw.random() < 0.9, patients_by_training_year=lists)]
    if draw.random() < 0.7:
        away, work = draw.choice((1, 1, 2)) * month, draw.choice((0, 1, 2, 3)) * month + draw.choice((0, 0, 1))
        found.append(
            _changed(
                lis1,
                total_months=max(1, away + work - draw.choice((0, 0, 1))),
                practice_months_min=work,
                practice_months_counted_max=work,
                institution_months=away,
                institution_months_counted_max=away,
                institution_first=draw.random() < 0.85,
                site_kinds=["hospital", draw.choice(("nursing_home", "kad"))],
                needs_supervisor=draw.random() < 0.75,
                supervisor_minutes_max=draw.choice((None, 0, 0, 0, 45)),
                holds_position_away=draw.random() < 0.25,
                leads_to_specialist=draw.random() < 0.15,
                patients_by_training_year=draw.choice(([0], [0], [77], None)),
            )
        )
    if draw.random() < 0.35:
        months = draw.randint(1, periods + 1) * month + draw.choice((0, 1))
        changed = {"total_months": months, "practice_months_counted_max": draw.choice((0, months))}
        found.append(_changed(post, **changed, patients_by_training_year=draw.choice(([500, 991], [301], None))))
    return tuple(found)


def _changed(entry: Entry, **params: object) -> Entry:
    """The entry with other parameters; None takes one away."""
    merged = {name: value for name, value in {**entry.params, **params}.items() if value is not None}
    return entry.model_copy(update={"params": merged})
