"""A good plan, spoiled in one way at a time: the verdict names that and nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import case_files
import pytest
from scenes import tiny

from allokering.plan import ContentHash, Plan, PlanHeader, TierResult
from allokering.verifier.score import score
from allokering.verifier.stage_score import stage_values
from allokering.verifier.verify import verify

SPOILS = case_files.read_plan("spoiled")["spoil"]


def _header(situation: tiny.Situation, objective: str) -> PlanHeader:
    """What the maker of the plan says of it: every tier proven optimal."""
    return PlanHeader(
        status="optimal",
        instance=ContentHash(name="tiny", sha256=situation.instance.sha256),
        model=ContentHash(name="tiny_model", sha256=situation.model.sha256),
        objective=objective,
        overrides={},
        versions={},
        seed=0,
        solver="exact",
        workers=1,
        seconds=1.0,
        tiers=tuple(
            TierResult(
                name=tier.name,
                unit=tier.unit,
                value=tier.value,
                bound=tier.value,
                gap=0.0,
                status="optimal",
                seconds=1.0,
            )
            for tier in score(situation.instance, situation.model, situation.plan, objective)
        ),
        stages=tuple(
            TierResult(name=name, unit="units", value=value, bound=value, gap=0.0, status="optimal", seconds=1.0)
            for name, value in stage_values(situation.instance, situation.model, situation.plan).items()
        ),
    )


def _spoiled(changes: dict[str, list[dict[str, Any]]]) -> tiny.Situation:
    """The good plan with other rows."""
    good = case_files.read_plan("good")
    tables = good["plan"].keys() | changes.keys()
    return tiny.make(
        {**good, "plan": {table: [*good["plan"].get(table, []), *changes.get(table, [])] for table in tables}}
    )


def _found(situation: tiny.Situation, header: PlanHeader) -> list[tuple[str, str, int, int]]:
    verdict = verify(situation.instance, situation.model, Plan.of(situation.plan, header))
    assert verdict.ok == (verdict.violations == ())
    return [(found.rule, found.subject, found.amount, found.limit) for found in verdict.violations]


@pytest.mark.parametrize("objective", ["lexicographic", "weighted"])
def test_a_good_plan_is_good(objective: str) -> None:
    """Nothing is wrong with it, under either objective."""
    situation = tiny.make(case_files.read_plan("good"))

    assert _found(situation, _header(situation, objective)) == []


@pytest.mark.parametrize("spoil", SPOILS, ids=[spoil["name"] for spoil in SPOILS])
def test_a_spoiled_plan_breaks_exactly_what_was_spoiled(spoil: dict[str, Any]) -> None:
    """The header is the good plan's, so the tiers are compared too."""
    good = tiny.make(case_files.read_plan("good"))

    found = _found(_spoiled(spoil["plan"]), _header(good, "lexicographic"))

    assert found == [(one["rule"], one["subject"], one["amount"], one["limit"]) for one in spoil["violations"]]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ({"value": 5, "bound": 5}, ("tiers", "uncovered", 5, 24)),
        ({"bound": 25, "gap": -1 / 24, "status": "feasible"}, ("tiers", "uncovered", 25, 24)),
        ({"bound": 18, "gap": 0.0, "status": "feasible"}, ("tiers", "uncovered", 1, 0)),
    ],
    ids=["value", "bound above value", "gap"],
)
def test_a_tier_that_boasts_is_found_out(claim: dict[str, Any], expected: tuple[str, str, int, int]) -> None:
    """Dal has one resident without a GP in four half-years: 24 resident-months."""
    situation = tiny.make(case_files.read_plan("good"))
    header = _header(situation, "lexicographic")
    boasting = header.tiers[0].model_copy(update=claim)
    status = claim.get("status", "optimal")
    header = header.model_copy(update={"tiers": (boasting, *header.tiers[1:]), "status": status})

    assert _found(situation, header) == [expected]


def test_an_honest_gap_is_no_violation() -> None:
    """A bound of 18 under 24 is a gap of a quarter."""
    situation = tiny.make(case_files.read_plan("good"))
    header = _header(situation, "lexicographic")
    honest = header.tiers[0].model_copy(update={"bound": 18, "gap": 0.25, "status": "feasible"})
    header = header.model_copy(update={"tiers": (honest, *header.tiers[1:]), "status": "feasible"})

    assert _found(situation, header) == []


def test_a_tier_left_out_is_found_out() -> None:
    """Four tiers of five."""
    situation = tiny.make(case_files.read_plan("good"))
    header = _header(situation, "lexicographic")

    found = _found(situation, header.model_copy(update={"tiers": header.tiers[1:]}))

    assert found == [("tiers", "lexicographic", 4, 5)]


@pytest.mark.parametrize("what", ["instance", "model"])
def test_a_plan_of_something_else_is_found_out(what: str) -> None:
    """The hash in the plan is not the hash of what it is held against."""
    situation = tiny.make(case_files.read_plan("good"))
    header = _header(situation, "lexicographic")

    found = _found(situation, header.model_copy(update={what: ContentHash(name="tiny", sha256="0" * 64)}))

    assert found == [("provenance", what, 1, 0)]


def test_a_key_in_two_rows_is_found_out() -> None:
    """The same list twice."""
    situation = tiny.make(case_files.read_plan("good"))
    header = _header(situation, "lexicographic")
    plan = replace(situation.plan, lists=(*situation.plan.lists, situation.plan.lists[0]))

    assert _found(replace(situation, plan=plan), header) == [("ids", "lists dal bo 2020-07-01", 2, 1)]


def test_a_programme_that_the_model_lacks_is_found_out() -> None:
    """Nothing can be said of a trainee in an unknown programme."""
    situation = tiny.make(case_files.read_plan("good"))
    header = _header(situation, "lexicographic")
    model = replace(situation.model, programmes=situation.model.programmes[1:])
    header = header.model_copy(update={"model": ContentHash(name="tiny", sha256=model.sha256)})

    found = _found(replace(situation, model=model), header)

    assert found == [("ids", f"{trainee_id} alis", 1, 0) for trainee_id in ("ann", "bo", "cat", "dan")]


def test_a_rule_counts_from_the_day_it_is_in_force() -> None:
    """A rule repealed the day before the plan begins is not checked; a violation bears the model's id of the rule."""
    situation = _spoiled({"supervision": [{"trainee_id": "ann", "supervisor_id": "vik-2"}]})
    renamed = {"in force": dt.date(2020, 1, 1), "repealed": dt.date(2019, 12, 31)}
    found = {}
    for name, until in renamed.items():
        rules = tuple(
            rule.model_copy(update={"id": name, "until": until}) if rule.kind == "supervision" else rule
            for rule in situation.model.rules
        )
        changed = replace(situation, model=replace(situation.model, rules=rules))
        found[name] = _found(changed, _header(changed, "lexicographic"))

    assert found == {"in force": [("in force", "ann vik-2 2020-01-01", 1, 0)], "repealed": []}


@pytest.mark.parametrize("where", ["tiers", "stages"])
def test_a_value_a_status_and_a_bound_that_are_not_borne_out(where: str) -> None:
    """A tier or a stage said to be better, or better proven, than its rows and bounds say is found out."""
    situation = tiny.make(case_files.read_plan("good"))
    header = _header(situation, "lexicographic")
    first = getattr(header, where)[0]
    rest = getattr(header, where)[1:]

    def with_first(**changes: object) -> list[tuple[str, str, int, int]]:
        return _found(situation, header.model_copy(update={where: (first.model_copy(update=changes), *rest)}))

    assert ("tiers", first.name, first.value - 99, first.value) in with_first(
        value=first.value - 99, bound=first.value - 99
    )
    assert with_first(status="feasible") == [("tiers", first.name, 1, 0)]
    # One below the value: neither optimal nor without a gap, and then the plan is not optimal either.
    assert ("tiers", first.name, 1, 0) in with_first(bound=first.value - 1)


def test_a_plan_is_not_optimal_because_it_says_so() -> None:
    """The plan's own status follows from its tiers."""
    situation = tiny.make(case_files.read_plan("good"))
    header = _header(situation, "lexicographic")

    assert _found(situation, header.model_copy(update={"status": "feasible"})) == [("tiers", "plan", 1, 0)]
    assert _found(situation, header.model_copy(update={"stages": header.stages[1:]})) == [("tiers", "stages", 1, 0)]
