"""Values worked by hand, which solver and oracle both find: programmes, the pipeline and the measures of a policy."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from engine.by_hand import START, instance_of, model_of, solved, worked
from scenes import doctor, position, town, trainee, with_measures, without_terms

from allokering.evidence.recount import doctor_targets
from allokering.facts.policy import Policy
from allokering.instance import Instance
from allokering.model import Model
from allokering.tables import CrossBorder, Doctor, Pin, PinVerb, PinWhat, Row, Site, SiteKind, SiteSlot, Travel

QUICK = {
    "alis__total_months": 6, "alis__practice_months_min": 6, "alis__practice_months_counted_max": 6,
    "alis__institution_months": 0, "alis__institution_months_counted_max": 0, "locum__locums_per_municipality": 0,
    "pipeline__patients": 991, "pipeline__supervises": 3,
}  # fmt: skip
"""Half a year in practice and nothing more, and nobody to fill in."""


def quick(stays: tuple[int, ...] = (437,), **overrides: int) -> Model:
    """Training that takes half a year, after which people stay with these chances by year."""
    model = model_of(**(QUICK | overrides))
    rules = tuple(
        rule.model_copy(update={"params": {**rule.params, "stays_permille_by_year": list(stays)}})
        if rule.kind == "pipeline"
        else rule
        for rule in model.rules
    )
    return replace(model, rules=rules)


def at_once(name: str = "t", **more: object) -> Row:
    """A trainee who starts on the first day."""
    return trainee(name, latest_start=START, **more)


def targets(instance: Instance, model: Model) -> list[int]:
    """The first doctor's target in every period, as the stages reckon and as the verifier counts."""
    doctor, policy, counted = instance.doctors[0], Policy(instance, model), doctor_targets(instance, model)
    reckoned = [policy.target(doctor, period) for period in range(instance.settings.periods)]

    assert reckoned == [counted[doctor.doctor_id, period] for period in range(instance.settings.periods)]
    return reckoned


# --- Programmes


def test_an_intern_takes_a_place_only_in_practice() -> None:
    """Twelve months in hospital from the first day, then six in the municipality."""
    rows = [
        town("a", max_trainees=1),
        doctor("g", "a"),
        *position("a", yearly_cost_nok=1_000_000),
        at_once("intern", programme="lis1"),
        trainee("later", programme="lis1", earliest_start="2018-07-01", latest_start="2018-07-01"),
        Site(site_id="h", name="h", kind=SiteKind.HOSPITAL, municipality_id="a", programme="lis1"),
        SiteSlot(site_id="h", from_date=START, to_date=dt.date(2019, 12, 31), slots=2),
    ]
    model = model_of()
    # In practice in periods 2 and 3: one place is enough for both, at 500,000 a period. Each may be unplaced: 4 ways.
    assert worked(instance_of(4, *rows), model) == ((0, 0, 1_000_000, 0, 0), 4)
    # A programme that holds the position takes it from the start: only one is placed, the other not; 3 ways. The
    # second pays for three periods inside the horizon, as the first does, who comes first by chance of nothing else.
    holding = replace(
        model,
        programmes=tuple(
            entry.model_copy(update={"params": {**entry.params, "holds_position_away": True}})
            for entry in model.programmes
        ),
    )
    assert worked(instance_of(4, *rows), holding) == ((0, 1, 1_500_000, 0, 0), 3)
    # A site that is for somebody else, or a position: no path.
    for other in (
        [row.model_copy(update={"programme": "alis"}) if isinstance(row, Site) else row for row in rows],
        [*rows[:2], *position("a", programme="alis"), *rows[4:]],
    ):
        assert worked(instance_of(4, *other), model) == ((0, 2, 0, 0, 0), 1)


def test_an_intern_is_supervised_in_the_same_municipality() -> None:
    """Whatever the rule allows others; and has no list, whatever the policy says."""
    rows = [
        town("a", 100),
        town("b"),
        Travel(from_municipality_id="a", to_municipality_id="b", minutes=30),
        *position("a"),
        at_once(programme="lis1", institution_months_done=12),
    ]
    near, far = doctor("near", "a"), doctor("far", "b")
    model = model_of(locum__locums_per_municipality=0)
    assert solved(instance_of(1, *rows, near), model) == (600, 0, 0, 0, 0)
    assert solved(instance_of(1, *rows, far), model) == (600, 1, 0, 0, 0)
    # Who trains in general practice may be supervised from there, 30 minutes each way: 2 * 30 * 2 * 6 * 880 / 60.
    # With 12 months of service credited the first year is behind: a list of 600.
    training = [*rows[:-1], at_once(institution_months_done=12)]
    assert solved(instance_of(1, *training, far), model) == (0, 0, 10_560, 0, 0)


def test_an_ordinary_post_needs_no_supervisor_and_has_its_own_list() -> None:
    """500 in the first year and 991 thereafter; 71 months make twelve periods of six."""
    rows = [town("a", 1000), *position("a"), at_once(programme="gp")]
    # Without in periods 0 and 1: 500 each, in 2 and 3: 9 each; 6 months.
    assert solved(instance_of(4, *rows), quick()) == (6 * (500 + 500 + 9 + 9), 0, 0, 0, 0)


# --- The pipeline


def test_who_has_finished_stays_with_a_chance() -> None:
    rows = [
        town("a", 1000),
        town("b", 1000),
        doctor("g", "a"),
        *position("a", "b", yearly_cost_nok=1_000_000),
        at_once(fte_percent=80),
    ]
    # Six months at 80 per cent are not enough: N = 2. In practice the list is floor(500 * 0.8) = 400, 200 in each town.
    # Finished from period 2: floor(991 * 80 * 50 / 10000) = 396 in each, of which floor(173.052) = 173 in the first
    # year, periods 2 and 3, and floor(39.6) = 39 in the second, period 4.
    expected = 6 * 2 * (2 * 800 + 2 * 827 + 961)
    model = quick((437, 100))
    assert solved(instance_of(5, *rows), model) == (expected, 0, 1_000_000, 0, 0)
    # Without the rule, or after a programme that makes nobody a specialist: nobody.
    rules = tuple(rule for rule in model.rules if rule.kind != "pipeline")
    alis, *others = model.programmes
    other = alis.model_copy(update={"params": {**alis.params, "leads_to_specialist": False}})
    for nobody in (replace(model, rules=rules), replace(model, programmes=(other, *others))):
        expected = 6 * 2 * (2 * 800 + 3 * 1000)
        assert solved(instance_of(5, *rows), nobody) == (expected, 0, 1_000_000, 0, 0)


@pytest.mark.parametrize(
    ("stays", "supervises", "relief", "unplaced"),
    [
        # Of 3 places floor(1.311) = 1 is expected, which the second trainee takes: everybody is placed.
        (437, 3, None, 0),
        # floor(3 * 0.333) = 0.
        (333, 3, None, 1),
        (1000, 0, None, 1),
        # The list is floor(991 * 0.437) = 433: a place may take so much off it, but not one more.
        (437, 3, 433, 0),
        (437, 3, 434, 1),
        # Of floor(5 * 0.437) = 2 places each takes 216, and none is given if both would take more than the list.
        (437, 5, 216, 0),
        (437, 5, 217, 1),
    ],
)
def test_who_has_finished_supervises(stays: int, supervises: int, relief: int | None, unplaced: int) -> None:
    """The only specialist leaves after period 0, in which the first trainee finishes; the second comes in period 1."""
    rows = [
        town("a"),
        doctor("g", "a", 2500, ends=dt.date(2018, 6, 30)),
        *position("a"),
        at_once("t"),
        trainee("u", earliest_start="2018-07-01", latest_start="2018-07-01"),
    ]
    model = quick((stays,), pipeline__supervises=supervises)
    if relief is not None:
        model = with_measures(model, supervisor_relief={"patients_per_place": relief})
    found = solved(instance_of(2, *rows), model)
    assert found is not None
    assert found[1] == unplaced


def test_who_has_finished_supervises_where_the_share_is_largest() -> None:
    """Of equal shares in the first town by id: from there the journey to a position in the other costs."""
    rows = [
        town("a"),
        town("b"),
        Travel(from_municipality_id="a", to_municipality_id="b", minutes=30),
        doctor("g", "b", ends=dt.date(2018, 6, 30)),
        *position("b", "a"),
        *position("b", position_id="l"),
        at_once("t"),
        trainee("u", earliest_start="2018-07-01", latest_start="2018-07-01"),
        *(
            Pin.model_validate({"trainee_id": name, "what": PinWhat.POSITION, "verb": PinVerb.MUST, "value": value})
            for name, value in (("t", "k"), ("u", "l"))
        ),
    ]
    # Two hours on the road a month at 30 minutes each way: 2 * 30 * 2 * 6 * 880 / 60 = 10,560.
    assert solved(instance_of(2, *rows), quick((1000,))) == (0, 0, 10_560, 0, 0)


# --- Targets


def test_a_target_is_phased_in() -> None:
    """From 900 by 131 a year: a measure of an earlier day counts from the first day of the plan."""
    instance = instance_of(4, town("a"), doctor("g", "a", 1000, 900, fte_percent=80))
    # Full force: floor(800 * 0.8) = 640. 900 less floor(131 * n / 12) for n = 0, 6, 12, 18: 0, 65, 131, 196.
    phased = {"patients_per_fte": 800, "phase_in_patients_per_year": 131}
    assert targets(instance, with_measures(model_of(), list_target=phased)) == [900, 835, 769, 704]
    earlier = phased | {"from": dt.date(2016, 5, 5)}
    assert targets(instance, with_measures(model_of(), list_target=earlier)) == [900, 835, 769, 704]
    # Of a later day: 2 March is in force from period 1 on, 3, 9 and 15 whole months after: 32, 98 and 163 patients.
    later = phased | {"from": dt.date(2018, 3, 2)}
    assert targets(instance, with_measures(model_of(), list_target=later)) == [900, 868, 802, 737]
    # Never below the measure itself, and at once without the phase.
    steep = {"patients_per_fte": 800, "phase_in_patients_per_year": 400}
    assert targets(instance, with_measures(model_of(), list_target=steep)) == [900, 700, 640, 640]
    assert targets(instance, with_measures(model_of(), list_target={"patients_per_fte": 800})) == [640] * 4


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        # 1080 in 1000: floor(800,000 / 1080) = 740, of which 80 per cent are 592.
        ({"list_target": {"patients_per_fte": 800, "age_weighted": True}}, 592),
        ({"list_target": {"patients_per_fte": 800, "municipalities": ["b"]}}, 900),
        ({"list_target": {"patients_per_fte": 800, "municipalities": ["a"]}}, 640),
        # floor((2001 - 600) * 0.8) = 1120 minutes a week of 132 seconds each: floor(1120 * 60 / 132) = 509.
        ({"workload": {"minutes_per_week_max": 2001}}, 509),
        # Older patients: floor(67,200,000 / (132 * 1080)) = 471.
        ({"workload": {"minutes_per_week_max": 2001, "age_weighted": True}}, 471),
        ({"workload": {"minutes_per_week_max": 2001, "municipalities": ["m9"]}}, 900),
        ({"workload": {"minutes_per_week_max": 599}}, 0),
        # The smaller of the two.
        ({"list_target": {"patients_per_fte": 600}, "workload": {"minutes_per_week_max": 2001}}, 480),
    ],
)
def test_a_target_is_the_smallest(measure: dict[str, dict[str, object]], expected: int) -> None:
    instance = instance_of(
        1, town("a", age_weight_permille=1080), town("b"), doctor("g", "a", 1000, 900, fte_percent=80)
    )
    if "workload" in measure:
        measure["workload"] |= {"fixed_minutes_per_week": 600, "seconds_per_patient_week": 132}
    assert targets(instance, with_measures(model_of(), **measure)) == [expected]


def test_the_measure_that_came_last_holds() -> None:
    """Also where it does not apply."""
    instance = instance_of(2, town("a"), doctor("g", "a", 1000))
    model = with_measures(model_of(), list_target={"patients_per_fte": 600})
    later = with_measures(
        model_of(), list_target={"patients_per_fte": 500, "municipalities": ["b"], "from": dt.date(2018, 7, 1)}
    )
    both = replace(model, measures=(*model.measures, later.measures[-1].model_copy(update={"id": "later"})))
    assert targets(instance, both) == [600, 1000]


def test_what_is_agreed_beyond_the_target_is_compensated() -> None:
    """A doctor's wish for a shorter list is agreed; the policy's target below it is paid for."""
    rows: list[Row] = [town("a"), doctor("g", "a", 1000, 900), doctor("f", "a", 700)]
    measures = {"list_target": {"patients_per_fte": 800}, "compensation": {"nok_per_patient_year": 842}}
    # 100 patients; the other's limit is below the target. floor(842 / 2) = 421 NOK a patient and period.
    model = with_measures(model_of(), **measures)
    assert solved(instance_of(2, *rows), model) == (0, 0, 2 * 100 * 421, 0, 0)
    # 37 per cent: floor(842 * 6 * 37 / 1200) = 155.
    less = with_measures(model_of(compensation__percent=37), **measures)
    assert solved(instance_of(2, *rows), less) == (0, 0, 2 * 100 * 155, 0, 0)
    # In force from the second period only; and not at all if the objective has no such term.
    later = measures | {"compensation": {"nok_per_patient_year": 842, "from": dt.date(2018, 1, 2)}}
    assert solved(instance_of(2, *rows), with_measures(model_of(), **later)) == (0, 0, 42_100, 0, 0)
    assert solved(instance_of(2, *rows), without_terms(model, "compensation")) == (0, 0, 0, 0, 0)


# --- Free places and relief


@pytest.mark.parametrize(
    ("residents", "border", "expected"),
    [
        # 2 per cent of 750 are 15: 765 of 800 places; 6 months each of what is missing.
        (750, 0, (0, 0, 0, 0, 0)),
        (785, 0, (0, 0, 0, 0, 0)),  # and floor(15.7)
        (790, 0, (0, 0, 0, 6 * 5, 0)),
        # 850 and 17: 67 are missing, of which 50 residents are above the target as well.
        (850, 0, (0, 0, 0, 6 * (67 + 50), 0)),
        # Neither list nor place for 100 of 1000: 100 above, 100 without, and 220 places missing.
        (1000, 0, (600, 0, 0, 6 * (100 + 220), 0)),
        # Who goes to the town next door, which has room, costs one and spares one, or two if above the target.
        (850, 60, (0, 0, 0, 6 * (67 + 50 - 50), 0)),
    ],
)
def test_places_are_kept_free(residents: int, border: int, expected: tuple[int, ...]) -> None:
    rows: list[Row] = [town("a", residents), town("b"), doctor("g", "a", 900, 800), doctor("f", "b", 1000)]
    if border:
        rows.append(CrossBorder(from_municipality_id="a", to_municipality_id="b", max_residents=border))
    model = with_measures(model_of(locum__locums_per_municipality=0), free_places={"permille": 20})
    assert solved(instance_of(1, *rows), model) == expected
    # Hard if nothing says what a missing place costs; and nothing if the rule is not there.
    is_possible = residents <= 785
    hard = solved(instance_of(1, *rows), without_terms(model, "free_places"))
    assert (hard is not None) == is_possible
    rules = tuple(rule for rule in model.rules if rule.kind != "free_places")
    free = solved(instance_of(1, *rows), replace(model, rules=rules))
    assert free is not None
    assert free[3] == 6 * min(max(residents - 800, 0), 100)


def relieved(first: Doctor, second: Doctor, *towns: Row, **measures: dict[str, object]) -> tuple[int, ...] | None:
    """Two periods in which a trainee of town a is supervised by one of two doctors, and a place takes 30 patients."""
    rows = [
        *towns,
        Travel(from_municipality_id="b", to_municipality_id="a", minutes=30),
        first,
        second,
        *position("a", list_limit=0),
        at_once(),
    ]
    relief = {"patients_per_place": 30}
    overrides = QUICK | {
        "alis__total_months": 12,
        "alis__practice_months_min": 12,
        "alis__practice_months_counted_max": 12,
    }
    return solved(instance_of(2, *rows), with_measures(model_of(**overrides), supervisor_relief=relief, **measures))


def test_a_supervisor_has_a_shorter_list() -> None:
    """The relief may be passed as other targets may; it is paid for, and free places are reckoned without it."""
    near, far = doctor("near", "a", 1000, 1000), doctor("far", "b", 1000, 1000, supervises_max=0)
    # 980 residents: 10 above the lowered target of 970, in 6 months of two periods.
    assert relieved(near, far, town("a", 980), town("b")) == (0, 0, 0, 2 * 6 * 10, 0)
    # 842 NOK a year for 30 patients: 421 a period.
    paid = {"compensation": {"nok_per_patient_year": 842}}
    assert relieved(near, far, town("a"), town("b"), **paid) == (0, 0, 2 * 30 * 421, 0, 0)
    # 980 and the 19 kept free, of 970: 29 are missing.
    free = {"free_places": {"permille": 20}}
    assert relieved(near, far, town("a", 980), town("b"), **free) == (0, 0, 0, 2 * 6 * (10 + 29), 0)


def test_who_supervises_is_who_has_room() -> None:
    """Kroner come before overload: 10,560 a period for the road. With residents first, the road is paid."""
    near, far = doctor("near", "a", 1000, 1000), doctor("far", "b", 1000, 1000)
    assert relieved(near, far, town("a", 980), town("b")) == (0, 0, 0, 2 * 6 * 10, 0)
    # No list may pass 1000: with 1020 residents 20 are without in any case, and 30 more cannot be above a limit.
    # The relieved 30 may be above the target: nobody more is without, and the road is not worth it.
    assert relieved(near, far, town("a", 1020), town("b")) == (6 * 20 * 2, 0, 0, 2 * 6 * 30, 0)
    # Without overload as a relief the 30 would be without a doctor, which is worth the road.
    rows = [
        town("a", 1000),
        town("b"),
        Travel(from_municipality_id="b", to_municipality_id="a", minutes=30),
        near,
        far,
        *position("a", list_limit=0),
        at_once(),
    ]
    hard = with_measures(without_terms(model_of(**QUICK), "above_target"), supervisor_relief={"patients_per_place": 30})
    assert solved(instance_of(1, *rows), hard) == (0, 0, 10_560, 0, 0)


@pytest.mark.parametrize(("per_place", "unplaced"), [(33, 0), (34, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_a_supervisor_gives_no_more_places_than_the_list_bears(per_place: int, unplaced: int) -> None:
    """A list of 100: three times 33, twice 34 or 50, once 100."""
    rows = [town("a"), doctor("g", "a", 100, supervises_max=3), *position("a", places=3), at_once("t"), at_once("u")]
    rows.append(at_once("v"))
    model = with_measures(quick(), supervisor_relief={"patients_per_place": per_place})
    found = solved(instance_of(1, *rows), model)
    assert found is not None
    assert found[1] == unplaced
