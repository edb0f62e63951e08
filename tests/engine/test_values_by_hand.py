"""Values worked by hand, which solver and oracle both find: paths, supervision, lists and the order of tiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from engine.by_hand import START, instance_of, model_of, solved, solved_in_kroner, ways, worked
from scenes import doctor, position, town, trainee, without_terms

from allokering.evidence import written_plan
from allokering.facts import policy
from allokering.tables import (
    CrossBorder,
    Pin,
    PinVerb,
    PinWhat,
    Position,
    PositionPart,
    Preference,
    Site,
    SiteKind,
    SiteSlot,
    Travel,
)


@pytest.mark.parametrize("whole_months", [written_plan.whole_months, policy.whole_months])
def test_whole_months_end_on_the_last_day_of_a_short_month(whole_months: Callable[[dt.date, dt.date], int]) -> None:
    """As the verifier counts, and as the stages do."""
    assert whole_months(dt.date(2018, 1, 31), dt.date(2018, 2, 28)) == 1
    assert whole_months(dt.date(2017, 12, 2), dt.date(2018, 2, 1)) == 1


def test_later_start_costs_less_than_locums() -> None:
    """Without sites the block must be postponed, which only a path that runs past the horizon can do."""
    instance = instance_of(
        4,
        town("a", 1000),
        doctor("g", "a", 900),
        *position("a", yearly_cost_nok=1_200_000, grant_nok=200_000),
        trainee(),
    )
    # D = 1, Q = max(12, 24 - 6) / 6 = 3, N = 4. Start in 0: 4 - 1 < 4 cannot postpone; 1, 2 and 3 can; or unplaced.
    # Without a trainee 100 residents need a locum: floor(95800 * 52 * 6 / 12000) = 2490 each, 249,000 a period.
    # The position costs 1,000,000 * 6 / 12 = 500,000 a period. Start in 3: 3 * 249,000 + 500,000 is least.
    # Wishes: 18 months at 2 points, and 5 for postponing.
    assert worked(instance, model_of()) == ((0, 0, 1_247_000, 0, 41), 4)
    # Weighted: unplaced costs 4 * 249,000 + 2,000,000; placed 1,247,000 + 1000 * 41.
    assert solved_in_kroner(instance, model_of()) == 1_288_000
    # At half time D = 2 and Q = 6, so every start can postpone (s + 8 - 2 >= 4).
    part_time = instance_of(4, town("a"), doctor("g", "a"), *position("a"), trainee(fte_percent=50))
    assert worked(part_time, model_of()) == ((0, 0, 0, 0, 5), 5)


def test_hospital_is_told_a_year_before() -> None:
    """Rotations begin in period 2 or 3; a shared position is as near the site as its nearest town."""
    rows = [
        town("a"), town("b"), town("c"), doctor("g", "a"), *position("a", "b"), trainee(),
        Travel(from_municipality_id="a", to_municipality_id="c", minutes=61),
        Travel(from_municipality_id="c", to_municipality_id="b", minutes=31),
        Site(site_id="h", name="h", kind=SiteKind.HOSPITAL, municipality_id="c"),
        SiteSlot(site_id="h", from_date=START, to_date=dt.date(2019, 12, 31), slots=1),
    ]  # fmt: skip
    # Start 0: 2 blocks. Start 1: 2 and postponed. Start 2: 2 and postponed. Start 3: 1 and postponed. Unplaced.
    # Best: start 0; 31 minutes are two started half hours.
    assert worked(instance_of(4, *rows), model_of()) == ((0, 0, 0, 0, 2), 11)
    # 12 months in practice first: at start 0 both blocks (12 and 18), at start 1 only period 3, at start 2 and 3 none.
    later = [row.model_copy(update={"after_practice_months": 12}) if isinstance(row, Site) else row for row in rows]
    assert worked(instance_of(4, *later), model_of()) == ((0, 0, 0, 0, 2), 7)
    # A day short of the last period: no slot there.
    shorter = [
        row.model_copy(update={"to_date": dt.date(2019, 12, 30)}) if isinstance(row, SiteSlot) else row for row in rows
    ]
    # Start 0, 1 and 2 keep their block in period 2; postponed 1, 2 and 3; unplaced.
    assert worked(instance_of(4, *shorter), model_of()) == ((0, 0, 0, 0, 2), 7)


@pytest.mark.parametrize(("there", "back", "options"), [(60, 90, 5), (90, 60, 1), (None, 60, 5), (None, None, 1)])
def test_position_is_within_reach_of_home(there: int | None, back: int | None, options: int) -> None:
    """From home to the position counts; the way back only where nothing else is known; nothing known is too far."""
    minutes = {("b", "a"): there, ("a", "b"): back}
    travel = [
        Travel(from_municipality_id=here, to_municipality_id=elsewhere, minutes=known)
        for (here, elsewhere), known in minutes.items()
        if known is not None
    ]
    rows = [town("a"), town("b"), doctor("g", "a"), *position("a"), trainee(home_municipality_id="b", fte_percent=50)]
    # At half time every one of 4 starts can postpone the block; and unplaced.
    assert ways(instance_of(4, *rows, *travel), model_of(eligibility__home_minutes_max=60)) == options


@pytest.mark.parametrize(
    ("trust", "site_trust", "minutes", "options"),
    [
        ("north", "north", 61, 11),
        ("north", "south", 61, 4),
        ("north", "south", 60, 11),
        ("north", None, 61, 11),
        (None, "south", 61, 11),
    ],
)
def test_site_of_another_trust_must_be_near(
    trust: str | None, site_trust: str | None, minutes: int, options: int
) -> None:
    instance = instance_of(
        4,
        town("a").model_copy(update={"trust_id": trust}),
        town("c"),
        doctor("g", "a"),
        *position("a"),
        trainee(),
        Travel(from_municipality_id="a", to_municipality_id="c", minutes=minutes),
        Site(site_id="h", name="h", kind=SiteKind.HOSPITAL, municipality_id="c", trust_id=site_trust),
        SiteSlot(site_id="h", from_date=START, to_date=dt.date(2019, 12, 31), slots=1),
    )
    # With the site 11 options, as above; without it the starts in 1, 2 and 3 that postpone, and unplaced.
    assert ways(instance, model_of(catchment__alternative_minutes_max=60)) == options


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        # 200 above the target of 800, of which 100 fit under the limit of 900. Cost before overload: 100 above the
        # target (6 months each), and a locum for 100 at 2490.
        ((), (0, 0, 249_000, 600, 0)),
        # Overload before cost: a locum for all 200.
        (("uncovered", "overload"), (0, 0, 0, 498_000, 0)),
        # Residents last: nobody pays, 200 go without for 6 months.
        (("cost", "overload"), (0, 0, 1200, 0, 0)),
    ],
)
def test_order_of_tiers_decides_the_relief(tiers: tuple[str, ...], expected: tuple[int, ...]) -> None:
    instance = instance_of(1, town("a", 1000), doctor("g", "a", 900, 800))
    assert worked(instance, model_of(*tiers)) == (expected, 1)


def test_weighted_relief_is_the_cheapest_in_kroner() -> None:
    instance = instance_of(1, town("a", 1000), doctor("g", "a", 900, 800))
    # Above target 6 * 20 = 120 each, locum 2490, without 6 * 1000: 100 * 120 + 100 * 2490.
    assert solved_in_kroner(instance, model_of()) == 261_000


def test_residents_pass_through_a_town_that_is_full() -> None:
    """From a, without doctors, over b, where nobody has room, to c."""
    first = CrossBorder(from_municipality_id="a", to_municipality_id="b", max_residents=100)
    model = model_of(locum__locums_per_municipality=0)
    for between, most, expected in (
        (500, 100, (0, 0, 0, 1200, 0)),  # 100 residents cross twice, 6 months each
        (500, 60, (240, 0, 0, 720, 0)),  # 60 cross twice, 40 go without for 6 months
        (40, 100, (360, 0, 0, 480, 0)),  # no more than the 40 residents of b may leave b
    ):
        second = CrossBorder(from_municipality_id="b", to_municipality_id="c", max_residents=most)
        rows = [town("a", 100), town("b", between), town("c", 250), doctor("g", "b", between), doctor("f", "c", 400)]
        assert worked(instance_of(1, *rows, first, second), model) == (expected, 1)
    assert solved(instance_of(1, *rows, first), without_terms(model, "without_gp")) is None


def test_residents_shrink_and_doctors_leave() -> None:
    """A doctor who goes on the last day but one of a period does not count in it."""
    instance = instance_of(2, town("a", 1000, -7), doctor("g", "a", 900, ends="2018-12-30"))
    # Period 0: 100 without. Period 1: floor(1000 * (12000 - 42) / 12000) = 996 residents and no doctor. 6 months each.
    model = model_of(locum__locums_per_municipality=0)
    assert worked(instance, model) == ((600 + 5976, 0, 0, 0, 0), 1)


@pytest.mark.parametrize(
    ("until", "others", "expected"),
    [
        # Over two hours on the road a month at 880 NOK: 2 * 40 * 2 * 6 * 880 / 60 = 14,080 a period.
        ("2017-12-31", (), 0),  # void
        ("2018-06-30", (), 14_080),  # period 0
        ("2018-07-01", (), 28_160),  # period 1 begins that day
        (None, (), 28_160),
        ("2018-06-30", ("u",), 28_160),  # period 0 as pinned; in period 1 one of the two must go to the neighbour
    ],
)
def test_pinned_supervisor_travels(until: str | None, others: tuple[str, ...], expected: int) -> None:
    pin = {"trainee_id": "t", "what": PinWhat.SUPERVISOR, "verb": PinVerb.MUST, "value": "far", "until": until}
    instance = instance_of(
        2,
        town("a"),
        town("b"),
        Travel(from_municipality_id="b", to_municipality_id="a", minutes=40),
        doctor("near", "a", supervises_max=1),
        doctor("far", "b", supervises_max=1),
        *position("a", places=2),
        *(trainee(name, latest_start=START) for name in ("t", *others)),
        Pin.model_validate(pin),
    )
    model = model_of(alis__total_months=12, alis__institution_months=0, alis__institution_months_counted_max=0)
    assert solved(instance, model) == (0, 0, expected, 0, 0)


def test_grant_above_cost_is_rounded_down_and_lists_follow_shares() -> None:
    """Credit counts towards the year of training, and an unranked position is one step below the last ranked."""
    other = Position(position_id="other", places=1, opens=dt.date(2030, 1, 1))
    instance = instance_of(
        2,
        town("a", 500),
        town("b", 500),
        doctor("g", "a"),
        *position("a", "b", grant_nok=99_999, list_limit=699),
        other,
        PositionPart(position_id="other", municipality_id="a", share_percent=100),
        trainee(practice_months_done=18, latest_start=START),
        Preference(trainee_id="t", position_id="other", rank=3),
    )
    model = model_of(alis__total_months=30, alis__institution_months=0, alis__institution_months_counted_max=0,
                     alis__practice_months_counted_max=30, locum__locums_per_municipality=0)  # fmt: skip
    # N = (30 - 18) / 6 = 2. Year 1: list 600, in period 1 year 2: 700, at most 699. Halves: 300, then 349 (floor).
    # Without, in each town: 200 and then 151, 6 months each: 2 * 6 * 351 = 4212.
    # Cost: floor(-99,999 / 2) = -50,000 a period. Rank: as rank 4, three steps of 10 points.
    assert worked(instance, model) == ((4212, 0, -100_000, 0, 30), 2)


def test_absences_bound_a_shared_town() -> None:
    """Two trainees of one position may not be away at once unless the doctors are many."""
    rows = [
        town("a"), doctor("g", "a"), doctor("f", "a"), *position("a", places=2),
        trainee("t", latest_start=START), trainee("u", latest_start=START),
        Site(site_id="h", name="h", kind=SiteKind.KAD, municipality_id="a"),
        SiteSlot(site_id="h", from_date=START, to_date=dt.date(2019, 12, 31), slots=2),
    ]  # fmt: skip
    # Each: the block in one of 4 periods, or unplaced. Both placed: 4 * 4 ways, less 4 if only one may be away.
    # One placed: 2 * 4 ways. None: 1.
    model = model_of()
    for change, count in (
        ({}, 21),
        ({"from_date": START, "until": START}, 21),
        ({"from_date": dt.date(2018, 1, 2)}, 25),  # not in force on the first day
        ({"until": dt.date(2017, 12, 31)}, 25),
        ({"params": {"absent_min": 0, "doctors_per_absence": 1}}, 25),
    ):
        rules = [rule.model_copy(update=change) if rule.kind == "absences" else rule for rule in model.rules]
        found = worked(instance_of(4, *rows), replace(model, rules=tuple(rules)))
        assert found == ((0, 0, 0, 0, 0), count)


def test_trainee_pinned_to_a_closed_position_makes_the_plan_impossible() -> None:
    pin = {"trainee_id": "t", "what": PinWhat.POSITION, "verb": PinVerb.MUST, "value": "k"}
    rows = [town("a"), doctor("g", "a"), *position("a", closes="2019-12-30"), trainee()]
    assert solved(instance_of(4, *rows, Pin.model_validate(pin)), model_of()) is None
    # A pin that ended before the plan begins is void: the trainee is unplaced.
    over = Pin.model_validate(pin | {"until": "2017-12-31"})
    assert worked(instance_of(4, *rows, over), model_of()) == ((0, 1, 0, 0, 0), 1)
