"""Newer figures change what they speak of and nothing else, and every change is told before it is made.

The samples have the form of Statistics Norway's and the routing services' own files, with figures made up.
"""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from broken_instances import GOOD
from workbooks import run

from allokering.errors import UsageError
from allokering.files.reading import read_instance
from allokering.refresh.changes import Change, refreshed_figures, refreshed_journeys
from allokering.refresh.journeys import read_journeys
from allokering.refresh.statistics import read_statistics

VIK = read_instance(GOOD)
"""Vik (0301) has 1,800 residents and lists of 900 and 800; Nes (1001) has a ward, so that it is left alone."""


def json_stat(table: str, dimensions: dict[str, list[str]], values: object) -> str:
    """A cube as the API of Statistics Norway gives it."""
    dimension = {
        name: {
            "label": name,
            "category": {
                "index": {code: place for place, code in enumerate(codes)},
                "label": {code: f"the label of {code}" for code in codes},
            },
        }
        for name, codes in dimensions.items()
    }
    cube: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": f"{table}: etter {', '.join(dimensions)}",
        "source": "Statistisk sentralbyrå",
        "role": {"time": ["Tid"], "geo": [next(iter(dimensions))], "metric": ["ContentsCode"]},
        "id": list(dimensions),
        "size": [len(codes) for codes in dimensions.values()],
        "dimension": dimension,
        "extension": {"px": {"tableid": table, "decimals": 0}},
        "value": values,
    }
    return json.dumps(cube)


POPULATION = {
    "Region": ["0", "0301", "K-1002", "9999"],
    "Kjonn": ["1", "2"],
    "ContentsCode": ["Personer1"],
    "Tid": ["2024", "2025"],
}
POPULATION_VALUES = [9, 9, 9, 9, 900, 1000, 910, 1010, 190, None, 200, 201, 1, 2, 3, 4]
"""By region, sex, contents and year."""
SPARSE_VALUES = {str(place): value for place, value in enumerate(POPULATION_VALUES) if value is not None}
LONG_CSV = """"region";"kjønn";"år";"statistikkvariabel";"07459: Befolkning, etter region, kjønn, år"
"0301 Vik";"Menn";2025;"Personer";1000
"0301 Vik";"Kvinner";2025;"Personer";1010
"0301 Vik";"Menn";2024;"Personer";900
"0301 Vik";"Kvinner";2024;"Personer";910
"K-1002 Øvre Nes";"Menn";2025;"Personer";..
"K-1002 Øvre Nes";"Kvinner";2025;"Personer";201
"Hele landet";"Menn";2025;"Personer";9
"""
WIDE_CSV = """"07459: Befolkning, etter region, statistikkvariabel og år"

"region","Personer 2024","Personer 2025"
"0301 Vik","1 810","2 010"
"1002 Øvre Nes",390,:
"""


@pytest.mark.parametrize(
    "text",
    [
        json_stat("07459", POPULATION, POPULATION_VALUES),
        json_stat("07459", POPULATION, SPARSE_VALUES),
        LONG_CSV,
        "\ufeff" + LONG_CSV.replace(";", "\t"),
        WIDE_CSV,
    ],
)
def test_residents(text: str) -> None:
    """The latest year counts, over ages and sexes; one that is not told changes nothing, nor does a ward's town."""
    refreshed = refreshed_figures(VIK, read_statistics(text, "07459"), None, "new.json")
    note = "Statistics Norway 07459, 2025 (new.json)"
    assert refreshed.changes == (
        Change("municipalities", "0301", "residents", "1800", "2010"),
        Change("instance", "provenance.municipalities", "value", "assumption", f"assumption; {note}"),
    )
    assert refreshed.left == ("1002",)
    others = [one.residents for one in VIK.municipalities[1:]]
    assert [one.residents for one in refreshed.instance.municipalities] == [2010, *others]
    earlier = refreshed_figures(VIK, read_statistics(text, "07459"), 2024, "new.json").instance
    assert earlier.municipalities[0].residents == 1810


LISTS = {
    "KOKkommuneregion0000": ["0301", "1001", "EAK"],
    "ContentsCode": ["KOSantallavtaler0001", "KOSgjsnlisteleng0000", "KOSkapasitet0000"],
    "Tid": ["2025"],
}


def lists(*of_vik: float | None) -> str:
    return json_stat("12005", LISTS, [*of_vik, 5, 1100, 6000, 1, 1, 1])


def test_lists_follow_the_mean() -> None:
    """Lists of 900 and 800 scaled to a mean of 816 are 864 and 768; limits of 1000 and 900, to 855, are 900 and 810."""
    refreshed = refreshed_figures(VIK, read_statistics(lists(2, 816, 1710), "12005"), None, "lists.json")
    nes, vik_1, vik_2 = refreshed.instance.doctors
    assert (vik_1.list_size, vik_1.list_limit, vik_1.list_target) == (864, 900, 800)
    assert (vik_2.list_size, vik_2.list_limit, vik_2.list_target) == (768, 810, None)
    assert nes == VIK.doctors[0]
    assert len(refreshed.changes) == 5


def test_kilometres_stay(tmp_path: Path) -> None:
    """A routing service's minutes do not make the road longer or shorter, nor forget how long it is."""
    folder = shutil.copytree(GOOD, tmp_path / "vik")
    (folder / "travel.csv").write_text(
        "from_municipality_id,to_municipality_id,minutes,kilometres\n0301,1001,45,40\n", encoding="utf-8"
    )
    instance = read_instance(folder)
    refreshed = refreshed_journeys(instance, {("0301", "1001"): 50, ("1001", "0301"): 52}, "osrm.json").instance

    assert [(row.minutes, row.kilometres) for row in refreshed.travel] == [(50, 40), (52, None)]
    assert refreshed.kilometres("1001", "0301") == 40


def test_a_limit_gives_way_to_its_list() -> None:
    """Without capacity the limits stay, but for one that the scaled list passes; a target stays below its limit."""
    longer = refreshed_figures(VIK, read_statistics(lists(2, 1020, None), "12005"), None, "lists.json").instance
    assert [(one.list_size, one.list_limit) for one in longer.doctors[1:]] == [(1080, 1080), (960, 960)]
    shorter = refreshed_figures(VIK, read_statistics(lists(2, 400, 900), "12005"), None, "lists.json").instance
    assert [(one.list_size, one.list_limit, one.list_target) for one in shorter.doctors[1:]] == [
        (424, 474, 474),
        (376, 426, None),
    ]


def test_no_list_passes_the_law() -> None:
    """A mean above 2,500 is no mistake of the program's, but no list is made longer than the law allows."""
    refreshed = refreshed_figures(VIK, read_statistics(lists(2, 2600, None), "12005"), None, "lists.json").instance
    assert {one.list_size for one in refreshed.doctors[1:]} == {2500, 2447}


PLACES = {"0301": (6.5801, 61.0803), "1001": (6.7004, 61.1)}


def matrix(*ids: str, code: bool = True) -> dict[str, Any]:
    """A response for places on the road next to the centres: 10 minutes and a second per step along the ids."""
    side = [{"location": PLACES[one], "distance": 12.5, "name": ""} for one in ids]
    durations = [[601.0 * abs(here - there) for there in range(len(ids))] for here in range(len(ids))]
    return {**({"code": "Ok"} if code else {}), "durations": durations, "sources": side, "destinations": side}


def test_minutes_of_travel() -> None:
    """Seconds are rounded up; the row for one direction becomes two, as the source told both."""
    for response in (matrix("1001", "0301"), matrix("0301", "1001", code=False)):
        minutes = read_journeys(response, VIK, "osrm.json")
        assert minutes == {("0301", "1001"): 11, ("1001", "0301"): 11}
        refreshed = refreshed_journeys(VIK, minutes, "osrm.json")
        assert refreshed.changes == (
            Change("travel", "0301 - 1001", "minutes", "45", "11"),
            Change("travel", "1001 - 0301", "minutes", None, "11"),
            Change("instance", "provenance.travel", "value", "assumption", "assumption; osrm.json"),
        )
        assert refreshed.left == ("1002",)
    assert refreshed_journeys(VIK, {("0301", "1001"): 45, ("1001", "0301"): 45}, "same.json").changes == ()


def test_one_direction_only() -> None:
    """A row that stood for both directions stays for the one that the source lacks, as a row of its own."""
    response = matrix("0301", "1001")
    response["durations"][0][1] = None
    refreshed = refreshed_journeys(VIK, read_journeys(response, VIK, "osrm.json"), "osrm.json").instance
    assert (refreshed.minutes("1001", "0301"), refreshed.minutes("0301", "1001")) == (11, 45)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "{" * 100_000,
        "[" * 100_000,
        json_stat("07459", POPULATION, [1]),
        json_stat("07459", POPULATION, None),
        json_stat("07459", {"Region": ["0301"]}, [1]),
        json_stat("07459", {**POPULATION, "Region": ["0", "03", "Hele", "EAK"]}, POPULATION_VALUES),
        json_stat("05839", POPULATION, POPULATION_VALUES),
        json_stat("12005", {**LISTS, "ContentsCode": ["a", "b", "c"]}, [1] * 9),
        WIDE_CSV.replace("07459", "table"),
        '"region";"07459 2025"\n"0301 Vik";"12',
        '"region";"07459 2024";"07459 2025"\n"0301 Vik";12',
        json.dumps({"durations": [[0, 1]], "sources": [], "destinations": []}),
        json.dumps(
            {"durations": [[0]], "sources": [{"location": [6.58]}], "destinations": [{"location": [6.58, 61.08]}]}
        ),
        json.dumps({**matrix("0301", "1001"), "code": "NoTable"}),
        json.dumps({"durations": 3, "sources": 4, "destinations": None}),
    ],
)
def test_what_is_none_of_these_files(text: str, tmp_path: Path) -> None:
    """Anything else is told apart, with exit 2, and nothing is written."""
    (tmp_path / "source").write_text(text, encoding="utf-8")
    result = run("refresh", GOOD, "--from", tmp_path / "source", "-o", tmp_path / "new", "--yes")
    assert result.exit_code == 2
    assert "source" in result.stderr
    assert not (tmp_path / "new").exists()


def test_places_far_from_any_municipality() -> None:
    """A place in another country, or more places than there are centres, cannot be told apart by guessing."""
    response = matrix("0301", "1001")
    response["sources"] = [{"location": [18.07, 59.33]}, response["sources"][1]]
    with pytest.raises(UsageError, match=r"59.33, 18.07 is not within 10 km"):
        read_journeys(response, VIK, "osrm.json")
    with pytest.raises(UsageError, match="3 places; only 2"):
        read_journeys(matrix("0301", "1001", "1001"), VIK, "osrm.json")


def test_changes_are_told_before_they_are_made(tmp_path: Path) -> None:
    """Without an output nothing is written; with one, only after yes; and what is written is the refreshed instance."""
    source = tmp_path / "07459.csv"
    source.write_bytes(LONG_CSV.encode("cp1252"))
    told = "municipalities: 0301: residents: 1800 -> 2010"
    assert told in run("refresh", GOOD, "--from", source).stdout
    assert told in run("refresh", GOOD, "--from", source, "-o", tmp_path / "new").stdout
    assert list(tmp_path.iterdir()) == [source]
    assert run("refresh", GOOD, "--from", source, "-o", tmp_path / "new", "--yes").exit_code == 0
    assert read_instance(tmp_path / "new").municipalities[0].residents == 2010
    again = run("refresh", tmp_path / "new", "--from", source, "-o", tmp_path / "new.xlsx", "--yes")
    assert again.stdout == ""
    assert read_instance(tmp_path / "new.xlsx") == read_instance(tmp_path / "new")
    assert "it has 2024, 2025" in run("refresh", GOOD, "--from", source, "--year", 1999).stderr


def test_every_refreshed_instance_is_sound(tmp_path: Path) -> None:
    """Whatever the means, limits and residents, what is written can be read."""
    source = tmp_path / "12005.json"
    for mean, capacity in itertools.product((1, 333, 850, 2499, 9000), (None, 2, 1700, 9000)):
        source.write_text(lists(2, mean, capacity), encoding="utf-8")
        assert run("refresh", GOOD, "--from", source, "-o", tmp_path / "new", "--yes").exit_code == 0
        assert read_instance(tmp_path / "new").name == "new"
