"""Values worked by hand, which the solver and the oracle both find: openings, budgets, applications and recruits."""

from __future__ import annotations

import datetime as dt

import pytest
from engine.by_hand import START, instance_of, made, model_of, solved, worked
from scenes import doctor, position, town, trainee

from allokering.evidence.written_plan import announced_chances
from allokering.facts.recruitment import chances_of_positions
from allokering.model import Model
from allokering.plan import OpeningState, SelectionState
from allokering.tables import (
    Announcement,
    Application,
    Budget,
    Pin,
    PinVerb,
    PinWhat,
    Position,
    PositionPart,
    Preference,
    Row,
    Trainee,
)

END = dt.date(2019, 12, 31)
ORDINARY = {
    "alis__institution_months": 0, "alis__institution_months_counted_max": 0, "locum__locums_per_municipality": 0,
    "selection__per_trust_min": 0, "selection__per_trust_max": 6, "selection__self_employed_min": 0,
    "selection__sami_min": 0,
}  # fmt: skip
"""Two years without institution service, nobody to fill in, and applications that are free to be left out."""


def optional(position_id: str, *towns: str, **more: object) -> list[Row]:
    """A position that the plan need not open."""
    return position(*towns, position_id=position_id, state="optional", **more)


def now(name: str, **more: object) -> Trainee:
    """A trainee who starts on the first day or not at all."""
    return trainee(name, latest_start=START, **more)


def recruit(name: str, position_id: str, **more: object) -> Trainee:
    """Somebody whom an announcement of the position would attract on the first day."""
    return now(name, recruited_to=position_id, **more)


def chance(model: Model, *rows: Row) -> int:
    """The chance that the position of the first trainee is filled, if announced."""
    instance = instance_of(1, *rows)
    reckoned = int(chances_of_positions(instance, model)[0])

    assert reckoned == announced_chances(instance, model)[instance.positions[0].position_id]
    return reckoned


@pytest.mark.parametrize(
    ("amount", "pays", "expected"),
    [
        # 4 periods of 300,000 NOK. One place costs 1,200,000, two 2,400,000; an opening is a point.
        (2_400_000, "cost", (0, 0, 2_400_000, 0, 2)),
        (2_399_999, "cost", (0, 1, 1_200_000, 0, 1)),
        (1_199_999, "cost", (0, 2, 0, 0, 0)),
        # The grant is 200,000 a period and place.
        (1_600_000, "grant", (0, 0, 2_400_000, 0, 2)),
        (1_599_999, "grant", (0, 1, 1_200_000, 0, 1)),
    ],
)
def test_positions_are_opened_within_a_budget(amount: int, pays: str, expected: tuple[int, ...]) -> None:
    money = {"yearly_cost_nok": 1_000_000, "grant_nok": 400_000}
    budget = {"budget_id": "b", "from": START, "to": END, "amount_nok": amount, "pays": pays}
    rows = [
        town("a"),
        doctor("g", "a"),
        *optional("k", "a", **money),
        *optional("l", "a", **money),
        now("t"),
        now("u"),
        Budget.model_validate(budget),
    ]
    found = solved(instance_of(4, *rows), model_of(**ORDINARY))
    assert found is not None
    assert found == expected


@pytest.mark.parametrize(
    ("first", "last", "municipality_id", "amount"),
    [
        # 999,999 a year is floor(499,999.5) a period, of which the town's 40 per cent are floor(199,999.6).
        ("2018-01-01", "2019-12-31", "a", 4 * 199_999),
        ("2018-01-01", "2019-12-31", None, 4 * 499_999),
        # The first days of periods 1 and 2 are 1 July 2018 and 1 January 2019.
        ("2018-01-02", "2019-01-01", None, 2 * 499_999),
        ("2018-07-02", "2019-06-30", None, 1 * 499_999),
        ("2018-01-01", "2019-12-31", "c", 0),
    ],
)
def test_a_budget_pays_for_its_own_share_and_dates(
    first: str, last: str, municipality_id: str | None, amount: int
) -> None:
    """So much is just enough for one place, and a krone less is not, unless it pays nothing."""
    shared = [
        Position.model_validate({"position_id": "k", "places": 1, "grant_nok": 999_999}),
        PositionPart(position_id="k", municipality_id="a", share_percent=40),
        PositionPart(position_id="k", municipality_id="b", share_percent=60),
    ]
    rows = [town("a"), town("b"), town("c"), doctor("g", "a"), *shared, now("t")]
    for there, unplaced in ((amount, 0), (amount - 1, 1)):
        budget = {"budget_id": "b", "from": first, "to": last, "amount_nok": max(there, 0), "pays": "grant"}
        whole = budget | {"municipality_id": municipality_id}
        found = solved(instance_of(4, *rows, Budget.model_validate(whole)), model_of(**ORDINARY))
        assert found is not None
        assert found[1] == (unplaced if amount else 0)


@pytest.mark.parametrize(
    ("state", "ranked", "expected"),
    [
        # Both want their own form, but only one form is opened: one is unplaced. An opening is a point.
        ("optional", True, (0, 1, 0, 0, 1)),
        ("open", True, (0, 1, 0, 0, 1)),
        # Nobody can have either form: an optional position stays closed, one that is decided opens in some form.
        ("optional", False, (0, 2, 0, 0, 0)),
        ("open", False, (0, 2, 0, 0, 1)),
    ],
)
def test_one_form_at_most_is_opened(state: str, *, ranked: bool, expected: tuple[int, ...]) -> None:
    other = {"form": "self_employed", "alternative_to": "k", "state": state}
    wishes = [
        Preference(trainee_id=name, position_id=position_id, rank=1) for name, position_id in (("t", "k"), ("u", "l"))
    ]
    rows = [
        town("a"),
        town("far"),
        doctor("g", "a"),
        *position("a", state=state),
        *position("a", position_id="l", **other),
        now("t", home_municipality_id="far"),
        now("u", home_municipality_id="far"),
        *(wishes if ranked else []),
    ]
    found = solved(instance_of(4, *rows), model_of(**ORDINARY))
    assert found is not None
    assert found == expected


def test_the_cheaper_form_is_opened() -> None:
    other = {"form": "self_employed", "alternative_to": "k", "state": "optional", "yearly_cost_nok": 100_000}
    rows = [
        town("a"),
        doctor("g", "a"),
        *optional("k", "a", yearly_cost_nok=100_002),
        *position("a", position_id="l", **other),
        now("t"),
    ]
    instance, model = instance_of(4, *rows), model_of(**ORDINARY)
    # 4 periods of 50,000, or of 50,001. Either form, or unplaced.
    assert worked(instance, model) == ((0, 0, 200_000, 0, 1), 3)
    assert [row.position_id for row in made(instance, model).openings if row.state is OpeningState.OPEN] == ["l"]


APPLICANTS = [
    town("a", 0, trust_id="north"),
    town("b", 0, trust_id="north", sami_language_area=True),
    town("c", 0, trust_id="south"),
    *(doctor(f"g-{name}", name) for name in "abc"),
    *optional("k", "a", "b"),
    *optional("l", "a", form="self_employed"),
    *optional("o", "c"),
    Application(application_id="ab", municipality_id="a"),
    Application(application_id="ab", municipality_id="b"),
    Application(application_id="alone", municipality_id="a"),
    Application(application_id="south", municipality_id="c"),
]
"""A group of two that share a position, one of them alone as well, and a town of another trust."""


@pytest.mark.parametrize(
    ("change", "wanted", "selected", "points"),
    [
        # Nobody is there: all are left out and all closed.
        ({}, "", "", 0),
        # k needs the group; nobody else. One opening.
        ({}, "k", "ab", 1),
        # l needs a in a selected application: the group will do, and the group is cheaper than 20 points alone.
        ({}, "l", "ab", 1),
        ({}, "kl", "ab", 2),
        # o needs the town of the south, which is alone.
        ({}, "ko", "ab south", 1 + 1 + 20),
        # One of each trust at least: north takes the group, with one of its positions, south the only application.
        ({"per_trust_min": 1}, "lo", "ab south", 1 + 1 + 20),
        # Nothing opens that nobody takes, and nobody is selected who opens nothing.
        ({"per_trust_min": 1}, "", "", None),
        ({"per_trust_min": 1}, "l", "", None),
        # Two of each trust at least, of which south has one; `alone` and the group can share the opening of l.
        ({"per_trust_min": 2}, "lo", "ab alone south", 1 + 20 + 1 + 20),
        # A trainee who may choose takes what the selection needs, and is unplaced, for a point, if there is none.
        ({}, "?", "ab", 1),
        ({"self_employed_min": 1}, "?", "ab", 1),
        ({"self_employed_min": 1}, "k", "", None),
        ({"self_employed_min": 1}, "k?", "ab", 2),
        ({"sami_min": 1}, "?", "ab", 1),
        ({"sami_min": 1}, "o", "", None),
        ({"per_trust_max": 0}, "?", "", 1),
        ({"per_trust_max": 0}, "k", "", None),
        ({"sami_min": 2}, "kl?", "", None),
        ({"self_employed_min": 2}, "kl?", "", None),
    ],
)
def test_applications_are_selected(change: dict[str, int], wanted: str, selected: str, points: int | None) -> None:
    """For whoever must have one of the positions wanted, "?" any of them; None: no plan."""
    rows: list[Row] = []
    for number, position_id in enumerate(wanted):
        rows.append(now(f"t{number}"))
        if position_id != "?":
            pin = {"trainee_id": f"t{number}", "what": PinWhat.POSITION, "verb": PinVerb.MUST, "value": position_id}
            rows.append(Pin.model_validate(pin))
    overrides = ORDINARY | {f"selection__{name}": value for name, value in change.items()}
    instance, model = instance_of(4, *APPLICANTS, *rows), model_of(**overrides)
    found = solved(instance, model)
    if points is None:
        assert found is None
        return
    taking_part = [row for row in made(instance, model).selection if row.state is SelectionState.SELECTED]
    assert found is not None
    assert (sum(found), sorted(row.application_id for row in taking_part)) == (points, selected.split())


def test_a_group_belongs_to_the_trust_of_its_largest_town() -> None:
    """Of towns as large as each other the first; towns without a trust count as of one trust together."""
    for residents, trusts, most, is_possible in (
        ((5, 9), ("north", "south"), 1, True),  # the group is of the south, the other of the north
        ((9, 5), ("north", "south"), 1, False),  # both of the north
        ((5, 5), ("north", "south"), 1, False),
        ((5, 9), ("north", None), 1, True),
        ((5, 9), (None, None), 1, False),
    ):
        rows = [
            *(town(name, count, trust_id=trust) for name, count, trust in zip("ab", residents, trusts, strict=True)),
            *optional("k", "a", "b", list_limit=0),
            doctor("g", "a"),
            now("t"),
            Application(application_id="group", municipality_id="a"),
            Application(application_id="group", municipality_id="b"),
            Application(application_id="alone", municipality_id="a"),
        ]
        overrides = ORDINARY | {"selection__per_trust_min": 1, "selection__per_trust_max": most}
        found = solved(instance_of(1, *rows), model_of(**overrides))
        selected = 2 if is_possible else 1
        assert found is not None
        # No list has room: residents go without for 6 months. One opening; the lonely application if taken.
        assert found == (6 * sum(residents), 0, 0, 0, 1 + 20 * (selected - 1)), residents


@pytest.mark.parametrize(
    ("announced", "form", "classes", "expected"),
    [
        # 24 applicants of whom nobody says that any is qualified: the announcement is not filled.
        ((24, 0), "salaried", (1, 1), 0),
        # 1 - (1 - 0.077) ** 3 = 1 - 0.786330467 = 0.213669533
        ((3, 77), "salaried", (1, 1), 213),
        ((1, 1000), "salaried", (1, 1), 1000),
        # 1 - (1 - 0.5) ** 1 is exactly 500 in 1000.
        ((1, 500), "salaried", (1, 1), 500),
        ((0, 1000), "salaried", (1, 1), 0),
        # No row: by form, at the least central of the two towns; the last number if one has none.
        (None, "salaried", (1, 2), 900),
        (None, "self_employed", (4, 2), 300),
        (None, "self_employed", (1, None), 100),
    ],
)
def test_chance_that_an_announcement_is_filled(
    announced: tuple[int, int] | None, form: str, classes: tuple[int | None, ...], expected: int
) -> None:
    rows: list[Row] = [
        *(town(name, centrality=centrality) for name, centrality in zip("ab", classes, strict=True)),
        *position("a", "b", form=form),
        recruit("t", "k"),
    ]
    if announced is not None:
        applicants, qualified = announced
        rows.append(Announcement(position_id="k", applicants=applicants, qualified_permille=qualified))
    assert chance(model_of(), *rows) == expected


def test_who_is_recruited_counts_by_the_chance() -> None:
    """A list and a cost by the chance, everything else in full; and whom nobody announces for costs nothing."""
    rows = [
        town("a", 500),
        doctor("g", "a", supervises_max=1),
        *position("a", yearly_cost_nok=1_000_001, places=2),
        *optional("l", "a"),
        recruit("t", "k", home_municipality_id="a"),
        recruit("u", "k", home_municipality_id="a"),
        Announcement(position_id="k", applicants=3, qualified_permille=77),
    ]
    # Only one of the two can be supervised. List: 500 in the first year and 600 in the second, of which
    # floor(106.5) = 106 and floor(127.8) = 127 are expected: 6 * (2 * 394 + 2 * 373) = 9204 months without.
    # A period costs floor(500,000.5) = 500,000, of which 106,500 are expected. No wait and no unplaced trainee.
    # Each in k or unplaced: 4 ways, of which both in k cannot be supervised. Position l is not announced to them.
    assert worked(instance_of(4, *rows), model_of(**ORDINARY)) == ((9204, 0, 4 * 106_500, 0, 0), 4)
    # Nobody said to be qualified: no path at all, and nothing to pay but 500 residents for four periods.
    nobody = [
        row.model_copy(update={"qualified_permille": 0, "applicants": 24}) if isinstance(row, Announcement) else row
        for row in rows
    ]
    assert worked(instance_of(4, *nobody), model_of(**ORDINARY)) == ((12_000, 0, 0, 0, 0), 1)
