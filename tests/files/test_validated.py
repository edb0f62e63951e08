"""An instance made in code has the faults that its files would have, told by keys instead of lines."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from broken_instances import GOOD
from random_instances import random_instance

from allokering.errors import Fault, InstanceFaulty
from allokering.files.reading import list_instances, read_instance
from allokering.files.settings_file import SETTINGS_FILE, SETTINGS_SHEET
from allokering.files.table_columns import Column, Kind, columns
from allokering.files.validated import key_text, validated
from allokering.files.writing import write_instance
from allokering.instance import Instance
from allokering.tables import TABLES, Pin, PinVerb, PinWhat, Row

WRONG = {
    Kind.TEXT: ("x" * 4001, "two words"),
    Kind.ID: ("nowhere", "a;b", "=sum"),
    Kind.INTEGER: (-1, 10**13, 1),
    Kind.DECIMAL: (200.0, 60.0),
    Kind.BOOLEAN: (True,),
    Kind.DATE: (dt.date(1900, 2, 3), dt.date(2018, 9, 1), dt.date(2031, 1, 1)),
    Kind.CHOICE: ("other", "must"),
}
"""Values of which some are wrong in every column, and some only beside others."""


def spoiled(instance: Instance, draw: Random) -> Instance:
    """With a few cells that say something else, rows twice, rows gone."""
    for _ in range(draw.choice((1, 1, 2, 4))):
        table = draw.choice([name for name in TABLES if instance.rows(name)])
        rows = list(instance.rows(table))
        place = draw.randrange(len(rows))
        kind = draw.random()
        if kind < 0.15:
            rows.append(rows[place])
        elif kind < 0.3:
            del rows[place]
        else:
            rows[place] = _spoiled_row(rows, place, draw)
        instance = replace(instance, **{table: tuple(rows)})
    if draw.random() < 0.2:
        settings = draw.choice(
            ({"period_months": 5}, {"start": dt.date(2018, 1, 2)}, {"title": ""}, {"provenance": {}})
        )
        instance = replace(instance, settings=instance.settings.model_copy(update=settings))
    return instance


def _spoiled_row(rows: list[Row], place: int, draw: Random) -> Row:
    column = draw.choice(columns(type(rows[place])))
    return rows[place].model_copy(update={column.attribute: _value(column, rows, draw)})


def _value(column: Column, rows: list[Row], draw: Random) -> object:
    kind = draw.random()
    if kind < 0.15:
        return None if not column.is_required else getattr(rows[-1], column.attribute)
    if kind < 0.5:
        return getattr(draw.choice(rows), column.attribute)
    return draw.choice(WRONG[column.kind])


def by_key(fault: Fault, instance: Instance) -> Fault:
    """A fault of the files of `instance`, as it is told of a row made in code."""

    def key(table: str, number: str) -> str:
        return key_text(instance.rows(table)[int(number) - 2])

    if fault.table == SETTINGS_FILE:
        return replace(fault, table=SETTINGS_SHEET)
    expected = re.sub(
        r"\brow (\d+)( of (\w+))?",
        lambda told: f"row {key(told[3] or fault.table, told[1])}{told[2] or ''}",
        fault.expected,
    )
    return replace(fault, row=None if fault.row is None else key(fault.table, str(fault.row)), expected=expected)


def faults_of(instance: Instance) -> set[Fault]:
    try:
        validated(instance)
    except InstanceFaulty as found:
        return set(found.faults)
    return set()


def faults_in_files(instance: Instance, folder: Path) -> set[Fault]:
    write_instance(instance, folder)
    try:
        read_instance(folder)
    except InstanceFaulty as found:
        return {by_key(fault, instance) for fault in found.faults}
    return set()


def test_spoiled_instances_have_the_same_faults_in_code_as_in_files(tmp_path: Path) -> None:
    """Whatever is wrong with them; and what is not wrong is read alike."""
    sound = faulty = 0
    drawn = [random_instance(seed) for seed in range(12)]
    for seed in range(96):
        instance = spoiled(drawn[seed % 12], Random(f"spoiled {seed}"))
        found = faults_of(instance)

        assert found == faults_in_files(instance, tmp_path / str(seed)), seed
        if found:
            faulty += 1
        else:
            sound += 1
            assert validated(instance) == replace(read_instance(tmp_path / str(seed)), name=instance.name)

    assert faulty > 40
    assert sound > 5


def test_an_unknown_home_is_told_before_it_is_looked_up() -> None:
    """Of every trainee who has one, by the trainee's id, with the nearest that there is."""
    instance = read_instance("alis-vest-2017")
    lost = [row.model_copy(update={"home_municipality_id": "46434"}) for row in instance.trainees[:2]]

    with pytest.raises(InstanceFaulty) as caught:
        validated(replace(instance, trainees=(*lost, *instance.trainees[2:])))

    assert [str(fault) for fault in caught.value.faults] == [
        f'trainees:{row.trainee_id}: home_municipality_id: "46434": an id in municipalities; did you mean "4643"?'
        for row in lost
    ]


@pytest.mark.parametrize("name", [*list_instances(), str(GOOD)])
def test_an_instance_of_files_is_valid_and_stays_as_it_is(name: str) -> None:
    """Rows in another order are put in order."""
    instance = read_instance(name)

    assert validated(instance) == instance
    assert validated(replace(instance, travel=instance.travel[::-1], pins=instance.pins[::-1])) == instance


def test_a_pinned_period_is_a_date_as_iso_writes_it() -> None:
    """However it was written, as in files."""
    instance = read_instance(GOOD)
    pin = next(pin for pin in instance.pins if pin.what == "period")
    day = dt.date.fromisoformat(pin.value)
    written = pin.model_copy(update={"value": f"{day.day}.{day.month}.{day.year}"})

    others = tuple(other for other in instance.pins if other != pin)

    assert validated(replace(instance, pins=(written, *others))).pins == instance.pins


def test_pins_given_beside_an_instance_without_any_are_no_fault() -> None:
    """Its files say nothing of where pins come from, and need not: the planner gave them."""
    read = read_instance("bergen-2018")
    rows = {table: [] if table == Pin.table else list(read.rows(table)) for table in TABLES}
    told = {table: source for table, source in read.settings.provenance.items() if table != Pin.table}
    bare = Instance.of(read.name, read.settings.model_copy(update={"provenance": told}), rows)
    trainee, position = bare.trainees[0].trainee_id, bare.positions[0].position_id
    pin = Pin(trainee_id=trainee, what=PinWhat.POSITION, verb=PinVerb.NEVER, value=position)

    assert validated(bare.with_pins([pin])).pins == (pin,)
    assert validated(bare.with_pins([])).settings.provenance == told
