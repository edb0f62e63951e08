"""A change says what it says, in whatever form or order; made, it changes that and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from random_changes import random_change
from random_instances import random_instance

from allokering.engine.change import Change, change_of
from allokering.engine.change_file import change_json, change_toml, read_change, write_change
from allokering.engine.difference import difference
from allokering.engine.edits import Rounding, ScaleColumn
from allokering.errors import ChangeFaulty, InstanceFaulty, ModelFaulty
from allokering.files.reading import list_instances, read_instance
from allokering.files.validated import validated
from allokering.instance import Instance
from allokering.model import load_model
from allokering.tables import TABLES

VEST = read_instance("alis-vest-2017")
ALIS = load_model("alis")
WHOLE = {
    "title": "A doctor leaves and the region grows",
    "set": [
        {"table": "doctors", "key": "gp-aardal-1", "values": {"ends": dt.date(2019, 6, 30), "office": ""}},
        {"table": "site_slots", "where": {"site_id": "forde"}, "values": {"slots": 2}},
    ],
    "add": [
        {
            "table": "trainees",
            "values": {
                "trainee_id": "new",
                "programme": "alis",
                "home_municipality_id": "4643",
                "earliest_start": "1.9.2017",
            },
        }
    ],
    "remove": [{"table": "trainees", "key": "alis-aardal-1", "dependents": True}],
    "scale": [{"table": "municipalities", "column": "residents", "permille": 1015, "rounding": "up"}],
    "pin": [{"trainee_id": "new", "what": "period", "verb": "never", "value": "1.9.2018", "note": "Away"}],
    "settings": {"periods": 12, "travel_fallback": {"km_per_hour": 50}},
    "model": {"notice.notice_months": 6, "recruitment": {"salaried_permille": [950, 900, 850, 800, 700, 600]}},
}


def faults(raw: dict[str, object]) -> list[str]:
    with pytest.raises(ChangeFaulty) as caught:
        change_of(raw)
    assert caught.value.exit_code == 3
    return [str(fault) for fault in caught.value.faults]


def misfits(change: Change, instance: Instance = VEST) -> list[str]:
    with pytest.raises(ChangeFaulty) as caught:
        change.of_instance(instance)
    return [str(fault) for fault in caught.value.faults]


def is_sound(instance: Instance) -> bool:
    """Some of those drawn rank positions for trainees who are yet to be recruited."""
    try:
        return validated(instance) == instance
    except InstanceFaulty:
        return False


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_a_change_is_read_as_it_was_written(suffix: str, tmp_path: Path) -> None:
    """In either form; and again by pickle."""
    change = change_of(WHOLE)
    write_change(change, tmp_path / f"change.{suffix}")
    found = read_change(tmp_path / f"change.{suffix}")

    assert found == change
    assert found.key == change.key
    assert (change_toml(found), change_json(found)) == (change_toml(change), change_json(change))
    assert pickle.loads(pickle.dumps(change)) == change  # noqa: S301 - made here


def test_the_key_is_of_what_is_said() -> None:
    """Not of the order of entries, columns and sections, the title, or how a value or a row's key is spelled."""
    first = change_of(WHOLE)
    turned = {name: value[::-1] if isinstance(value, list) else value for name, value in reversed(WHOLE.items())}
    turned["title"] = "Another title"
    turned["set"] = [
        {"values": {"slots": "2"}, "where": {"site_id": "forde"}, "table": "site_slots"},
        {
            "values": {"office": None, "ends": "30.6.2019"},
            "where": {"doctor_id": "gp-aardal-1"},
            "table": "doctors",
        },
    ]
    turned["model"] = {
        "recruitment.salaried_permille": "[950,900, 850, 800,  700, 600]",
        "notice.notice_months": " 6 ",
    }
    second = change_of(turned)
    later = change_of({**WHOLE, "model": {"notice.notice_months": 7}})

    assert first.key == second.key
    assert replace(first, title="") == replace(second, title="")
    assert later.key != first.key
    assert (
        first.key == "b1b3f0f2c975d5376de36c5ecb707c1434b9867271f80b3acabf3a7828e375c6"
    )  # a key that changes by itself would lose every base that was kept by it


def test_what_is_put_together_is_what_is_read() -> None:
    """The methods say what plain values say."""
    change = (
        Change("A doctor leaves and the region grows")
        .set("doctors", "gp-aardal-1", ends="2019-06-30", office="")
        .remove("trainees", "alis-aardal-1", dependents=True)
        .scale("municipalities", "residents", 1015, "up")
        .override("notice.notice_months", 6)
        .pin("alis-bergen-1", "position", "never", "alis-kvam")
        .add("preferences", trainee_id="alis-bergen-1", position_id="alis-kvam", rank=40)
    )

    assert change_of(change.plain()) == change
    assert change.plain()["remove"] == [{"table": "trainees", "key": "alis-aardal-1", "dependents": True}]


def test_every_fault_is_told_at_once() -> None:
    """With its place, what stands there, what was expected and what was perhaps meant."""
    found = faults(
        {
            "titel": "x",
            "set": [
                {"table": "doctor", "key": "a", "values": {"ends": "2019-01-01"}},
                {
                    "table": "doctors",
                    "key": "a",
                    "values": {"end": "2019-01-01", "list_size": 9000, "fte_percent": "x"},
                },
                {"table": "doctors", "values": {"doctor_id": "b"}, "key": "a"},
            ],
            "add": [{"table": "preferences", "values": {"trainee_id": "a"}}],
            "remove": [{"table": "trainees"}, {"table": "preferences", "key": "a"}],
            "scale": [{"table": "sites", "column": "name", "permille": -1, "rounding": "bankers"}],
            "pin": [{"trainee_id": "a", "what": "place", "verb": "must", "value": "b"}],
            "settings": {"period": 4},
            "model": {"notice": 4},
        }
    )

    assert found == [
        'change: titel: one of title, set, add, remove, scale, pin, settings, model; did you mean "title"?',
        'change: set 1 table: "doctor": a table of an instance; did you mean "doctors"?',
        'change: set 2 values.end: no such column in this table; did you mean "ends"?',
        'change: set 2 values.list_size: "9000": a whole number from 0 to 2500 (patients)',
        'change: set 2 values.fte_percent: "x": a whole number from 1 to 100 (percent)',
        "change: set 3 values.doctor_id: no column of the key: remove the row, and add another",
        (
            "change: add 1 values.position_id: an id: at most 80 characters, no comma, semicolon, bar or double quote, "
            "and not beginning with = + @ ! or an apostrophe"
        ),
        "change: add 1 values.rank: a whole number from 1 to 1000",
        "change: remove 1 key: the key of a row, or `where` with what its columns hold",
        'change: remove 2 key: "a": trainee_id, position_id: each of them, and no other',
        'change: scale 1 column: "name": a column of whole numbers: after_practice_months',
        'change: scale 1 permille: "-1": a whole number from 0 to 100000; 1000 changes nothing',
        'change: scale 1 rounding: "bankers": one of nearest, up, down',
        'change: pin 1.what: "place": one of position, site, period, supervisor',
        'change: settings.period: no such key; did you mean "periods"?',
        'change: model.notice: "4": id.param = value, such as notice.notice_months = 6',
    ]


def test_what_does_not_fit_is_told_at_once() -> None:
    """Rows that are not there, with the nearest that are; and what two entries say of the same."""
    change = (
        Change()
        .set("doctors", "gp-aardal-11", ends="2019-06-30")
        .set("trainees", "alis-aardal-1", fte_percent=80)
        .scale("trainees", "fte_percent", 900, home_municipality_id="4643")
        .remove("trainees", "alis-aardal-1")
    )

    name = change.key[:12]

    assert misfits(change) == [
        f'{name}: doctors doctor_id: "gp-aardal-11": what some row of doctors holds; did you mean "gp-aardal-1"?',
        f"{name}: trainees alis-aardal-1 fte_percent: each cell changed once; another entry changes it too",
        f"{name}: trainees alis-aardal-1: a row that stays; another entry removes it",
    ]


def test_the_instance_must_be_sound_afterwards() -> None:
    """What is wrong is told of its rows; a model's override as a model's."""
    with pytest.raises(InstanceFaulty, match="alis-aardal-1") as caught:
        Change().remove("trainees", "alis-aardal-1").of_instance(VEST)
    with pytest.raises(ModelFaulty, match=r"notice\.months"):
        Change().override("notice.months", 6).of_model(ALIS)

    assert {fault.table for fault in caught.value.faults} == {"preferences", "pins"}


def test_a_change_is_made_of_what_was_there() -> None:
    """Cells, rows, pins, settings and the model; what is not named stays, and the provenance names the tables."""
    change = change_of(WHOLE)
    instance, model = change.apply(VEST, ALIS)
    trainees = {row.trainee_id: row for row in instance.trainees}

    assert next(row for row in instance.doctors if row.doctor_id == "gp-aardal-1").ends == dt.date(2019, 6, 30)
    assert {row.slots for row in instance.site_slots if row.site_id == "forde"} == {2}
    assert "alis-aardal-1" not in trainees | {row.trainee_id: row for row in instance.preferences}
    assert trainees["new"].fte_percent == 100
    assert [(pin.trainee_id, pin.value) for pin in instance.pins if pin.note == "Away"] == [("new", "2018-09-01")]
    assert [row.residents for row in instance.municipalities] == [
        -(-row.residents * 1015 // 1000) for row in VEST.municipalities
    ]
    assert (instance.settings.periods, instance.settings.travel_fallback.km_per_hour) == (12, 50)
    assert dict(model.overrides)["notice.notice_months"] == "6"
    assert model == load_model("alis", dict(change.overrides))
    touched = {table for table, origin in instance.settings.provenance.items() if change.key[:12] in origin}
    assert touched == {"doctors", "site_slots", "trainees", "preferences", "municipalities", "pins"}
    assert instance.sha256 != VEST.sha256


def test_nothing_changed_is_the_same() -> None:
    """An empty change gives what it was given."""
    assert Change().apply(VEST, ALIS) == (VEST, ALIS)
    assert Change().is_empty


@pytest.mark.parametrize(
    ("rounding", "number", "scaled"),
    [("nearest", 3, 5), ("nearest", 2, 3), ("nearest", -3, -4), ("up", 3, 5), ("up", -3, -4), ("down", 3, 4),
     ("down", -3, -5), ("up", 2, 3), ("nearest", 0, 0)],
)  # fmt: skip
def test_rounding_is_as_stated(rounding: Rounding, number: int, scaled: int) -> None:
    """Three times 1.5 is 4.5, and halves go up; two times it is whole; up and down are so below nought too."""
    assert ScaleColumn("municipalities", "residents", 1500, rounding=rounding).scaled(number) == scaled


@pytest.mark.parametrize(("before", "after"), [*pairwise(sorted(set(list_instances()) - {"norge-2025"}))])
def test_the_difference_of_two_instances_makes_one_into_the_other(before: str, after: str, tmp_path: Path) -> None:
    """However unlike they are; read back from a file, too."""
    first, second = read_instance(before), read_instance(after)
    change = difference(first, second)
    write_change(change, tmp_path / "change.toml")

    assert read_change(tmp_path / "change.toml").key == change.key
    assert read_change(tmp_path / "change.toml").of_instance(first) == replace(second, name=first.name)


def test_differences_of_random_instances() -> None:
    """Of one and another, and of one and what a random change made of it, with few edits."""
    made = 0
    drawn = [random_instance(seed) for seed in range(12)]
    for first, second in pairwise([one for one in drawn if is_sound(one)]):
        assert difference(first, second).of_instance(first) == replace(second, name=first.name)
    for seed in range(120):
        before = drawn[seed % len(drawn)]
        change = random_change(before, Random(f"change {seed}"))
        try:
            after = change.of_instance(before)
        except (ChangeFaulty, InstanceFaulty):
            continue
        made += 1
        found = difference(before, after)
        assert found.of_instance(before) == after
        assert found.is_empty == (after == before)
        assert change_of(json.loads(change_json(change))) == change
        touched = {edit.table for edit in found.edits}
        assert touched == {table for table in TABLES if before.rows(table) != after.rows(table)}

    assert made > 50


def test_the_difference_to_itself_is_empty() -> None:
    """Of the same instance, nothing."""
    assert difference(VEST, VEST).is_empty
