"""A drawn instance has the real sums, and the same seed draws the same."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from allokering.builtin import builtin_folder
from allokering.cli import main
from allokering.errors import UsageError
from allokering.facts.positions import doctors_by_place
from allokering.files.reading import read_instance
from allokering.files.writing import write_instance
from allokering.generation.figures import REGIONS, read_places
from allokering.generation.region import generate_country, generate_region
from allokering.instance import Instance
from allokering.tables import Doctor, SiteKind

DATA = Path(__file__).parents[2] / "allokering" / "generation" / "data"
NORGE = builtin_folder("instances") / "norge-2025"
WITHOUT_LISTS = {"1853", "3336", "4220", "5514", "5518", "5528"}


@pytest.fixture(scope="module")
def norge() -> Instance:
    return read_instance("norge-2025")


@pytest.fixture(scope="module")
def real() -> dict[str, dict[str, int]]:
    """`gp_lists.csv` by municipality; nothing is 0."""
    with (DATA / "gp_lists.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name.startswith(("gp_contracts", "lists_", "patients_", "list_capacity"))]
    return {row["kommunenummer"]: {name: int(row[name] or 0) for name in columns} for row in rows}


def agreed(doctor: Doctor) -> int:
    return doctor.list_limit if doctor.list_target is None else doctor.list_target


def sums(instance: Instance) -> dict[str, tuple[int, int, int]]:
    """Doctors, patients and agreed places on the first day, by municipality."""
    in_office = defaultdict(list)
    for doctor in instance.doctors:
        if doctor.starts is None:
            in_office[doctor.municipality_id].append(doctor)
    return {
        place.municipality_id: (
            len(in_office[place.municipality_id]),
            sum(doctor.list_size for doctor in in_office[place.municipality_id]),
            sum(agreed(doctor) for doctor in in_office[place.municipality_id]),
        )
        for place in instance.municipalities
    }


def in_table(real: dict[str, dict[str, int]], instance: Instance) -> dict[str, tuple[int, int, int]]:
    columns = ("gp_contracts_with_doctor", "patients_with_doctor", "list_capacity")
    return {
        place.municipality_id: tuple(real[place.municipality_id][name] for name in columns)  # type: ignore[misc]
        for place in instance.municipalities
    }


def test_every_municipality_has_the_real_sums(norge: Instance, real: dict[str, dict[str, int]]) -> None:
    """Doctors, patients and agreed capacity are those of the table, in each of the 357."""
    assert sums(norge) == in_table(real, norge)
    assert [sum(column) for column in zip(*sums(norge).values(), strict=True)] == [5_747, 5_504_387, 5_620_565]


def test_the_country_is_whole(norge: Instance, real: dict[str, dict[str, int]]) -> None:
    """All municipalities, residents, hospitals and contracts; a list without a doctor is no doctor."""
    in_office = sum(doctor.starts is None for doctor in norge.doctors)

    assert len(norge.municipalities) == 357
    assert sum(place.residents for place in norge.municipalities) == 5_627_400
    assert sum(site.kind is SiteKind.HOSPITAL for site in norge.sites) == 65
    assert len(norge.trainees) == 2_000
    assert in_office + sum(row["lists_without_doctor"] for row in real.values()) == 5_944
    assert sum(row["patients_without_doctor"] for row in real.values()) == 117_899


def test_a_limit_is_raised_only_where_the_table_has_more_patients_than_places(
    norge: Instance, real: dict[str, dict[str, int]]
) -> None:
    """In 76 municipalities, by as little as there must be: a limit above what is agreed is the length of the list."""
    raised = [doctor for doctor in norge.doctors if doctor.list_target is not None]
    too_few = {place: row["patients_with_doctor"] - row["list_capacity"] for place, row in real.items()}

    assert all(doctor.list_limit == doctor.list_size > agreed(doctor) for doctor in raised)
    by_place = Counter[str]()
    for doctor in raised:
        by_place[doctor.municipality_id] += doctor.list_limit - agreed(doctor)
    assert by_place == {place: above for place, above in too_few.items() if above > 0}
    assert (len(by_place), len(raised), by_place.total()) == (76, 1_420, 20_774)


def test_as_many_lists_are_open_as_in_the_table(norge: Instance) -> None:
    """Wherever the table has open lists and, in all, room on them: 232 municipalities."""
    is_open = Counter(
        doctor.municipality_id
        for doctor in norge.doctors
        if doctor.starts is None and agreed(doctor) > doctor.list_size
    )
    roomy = {
        place.id: place.open_lists for place in read_places() if place.open_lists and place.capacity > place.patients
    }

    assert len(roomy) == 232
    assert {place: is_open[place] for place in roomy} == roomy


def test_those_without_lists_of_their_own_can_be_listed_nearby(norge: Instance) -> None:
    """All residents of the six, in every period."""
    allowed = Counter[str]()
    for row in norge.cross_border:
        allowed[row.from_municipality_id] += row.max_residents
    hosts = {doctor.municipality_id for doctor in norge.doctors}
    without = [place for place in norge.municipalities if place.municipality_id not in hosts]

    assert {place.municipality_id for place in without} == WITHOUT_LISTS
    for place in without:
        years = norge.settings.periods * norge.settings.period_months / 12
        assert allowed[place.municipality_id] >= place.residents * (1 + place.growth_permille_per_year * years / 1000)


def test_the_seed_makes_the_committed_tables_again(tmp_path: Path) -> None:
    """To the byte."""
    write_instance(generate_country(trainees=2_000, seed=1), tmp_path / "norge")
    made, committed = (
        {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".csv", ".toml"}}
        for folder in (tmp_path / "norge", NORGE)
    )

    assert len(made) == 10
    assert made == committed


def test_the_readme_tells_the_truth(norge: Instance) -> None:
    """Its table of the country before any training."""
    present = doctors_by_place(norge)
    rows = []
    for period in (0, 5, 9):
        first = norge.period_start(period)
        doctors = [doctor for (_, when), here in present.items() if when == period for doctor in here]
        residents = {
            place.municipality_id: place.residents * (12_000 + place.growth_permille_per_year * period * 6) // 12_000
            for place in norge.municipalities
        }
        places = Counter[str]()
        for doctor in doctors:
            places[doctor.municipality_id] += agreed(doctor)
        short = sum(places[place] < number for place, number in residents.items())
        counts = (len(doctors), sum(d.is_specialist for d in doctors), sum(residents.values()), places.total(), short)
        rows.append(f"| {first} | {' | '.join(f'{count:,}' for count in counts)} |")

    assert re.findall(r"^\| 20.*$", (NORGE / "README.md").read_text(encoding="utf-8"), re.MULTILINE) == rows


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_seed_has_the_real_sums(seed: int, real: dict[str, dict[str, int]]) -> None:
    """Whatever is drawn."""
    nord = generate_region("helse-nord", trainees=5, seed=seed)

    assert sums(nord) == in_table(real, nord)


def test_another_seed_draws_other_people() -> None:
    """Doctors, trainees and slots differ; municipalities and the pairs that share patients do not."""
    one, other = (generate_region("helse-vest", trainees=20, seed=seed) for seed in (1, 2))

    assert all(one.rows(table) != other.rows(table) for table in ("doctors", "trainees", "preferences", "site_slots"))
    assert all(one.rows(table) == other.rows(table) for table in ("municipalities", "cross_border"))


def test_the_regions_make_up_the_country(norge: Instance) -> None:
    """Every municipality and hospital is in one of the four, with the doctors that it has in the country."""
    regions = [generate_region(region, trainees=3, seed=1) for region in REGIONS]

    for table in ("municipalities", "doctors", "sites", "site_slots"):
        together = Counter(row for region in regions for row in region.rows(table))
        assert together == Counter(norge.rows(table))


def test_a_part_lies_around_a_hospital(tmp_path: Path) -> None:
    """As many municipalities as asked for, with the doctors of the whole region; what is written is sound."""
    part, whole = (generate_region("helse-midt", trainees=12, seed=4, municipalities=number) for number in (9, None))
    ids = {place.municipality_id for place in part.municipalities}
    write_instance(part, tmp_path / "part")

    assert len(ids) == 9
    assert any(site.kind is SiteKind.HOSPITAL for site in part.sites)
    assert part.doctors == tuple(doctor for doctor in whole.doctors if doctor.municipality_id in ids)
    assert read_instance(str(tmp_path / "part")).sha256 == part.sha256


def test_quarters_change_the_calendar_only() -> None:
    """Twenty quarters instead of ten half-years, with the same people."""
    halves, quarters = (generate_region("helse-nord", trainees=7, seed=1, period_months=months) for months in (6, 3))

    assert (halves.settings.periods, quarters.settings.periods) == (10, 20)
    assert halves.end == quarters.end
    assert (halves.doctors, halves.trainees, halves.positions) == (
        quarters.doctors,
        quarters.trainees,
        quarters.positions,
    )


def test_trainees_wish_for_different_positions(norge: Instance) -> None:
    """Three to six each, ranked from 1."""
    ranks = defaultdict(list)
    for preference in norge.preferences:
        ranks[preference.trainee_id].append(preference.rank)

    assert len(ranks) == 2_000
    assert {len(mine) for mine in ranks.values()} == {3, 4, 5, 6}
    assert all(sorted(mine) == list(range(1, len(mine) + 1)) for mine in ranks.values())


def test_small_neighbours_share_positions(norge: Instance) -> None:
    """Two municipalities each, both small, and nobody shares twice; every municipality with doctors has a position."""
    residents = {place.municipality_id: place.residents for place in norge.municipalities}
    parts = defaultdict(list)
    for part in norge.position_parts:
        parts[part.position_id].append(part)
    shared = [part for position in parts.values() if len(position) > 1 for part in position]

    assert len(shared) == 2 * sum(len(position) > 1 for position in parts.values()) > 20
    assert all(residents[part.municipality_id] < 3_000 for part in shared)
    assert max(Counter(part.municipality_id for part in shared).values()) == 1
    assert {part.municipality_id for part in norge.position_parts} == set(residents) - WITHOUT_LISTS


def test_a_position_has_no_more_places_than_a_row_may_have() -> None:
    """Many trainees in one region make several rows of one position."""
    crowded = generate_region("helse-midt", trainees=4_000, seed=1, municipalities=2)

    assert max(position.places for position in crowded.positions) <= 100
    assert sum(position.places for position in crowded.positions) == 4_600


def test_a_region_has_so_many_municipalities() -> None:
    """More are refused."""
    with pytest.raises(UsageError, match="81 municipalities; the region has 80"):
        generate_region("helse-nord", trainees=1, seed=1, municipalities=81)


def test_a_part_can_be_solved(tmp_path: Path) -> None:
    """From the command line to a plan that is verified."""
    instance, plan = str(tmp_path / "part"), str(tmp_path / "plan")
    drawn = ["generate", "region", "--region", "helse-nord", "--municipalities", "4", "--trainees", "4", "-o", instance]
    for arguments in (drawn, ["solve", instance, "-o", plan], ["check", instance, plan]):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output


def test_the_country_is_drawn_on_the_command_line(tmp_path: Path) -> None:
    """As a folder that reads, in quarters if asked for."""
    target = str(tmp_path / "norge")
    result = CliRunner().invoke(main, ["generate", "norge", "--trainees", "30", "--period-months", "3", "-o", target])

    assert result.exit_code == 0, result.output
    assert len(read_instance(target).municipalities) == 357
    assert read_instance(target).settings.periods == 20
