"""What newer figures change in an instance: the refreshed instance, and every change to be told before it is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from allokering.errors import UsageError
from allokering.files.cells import cell_text
from allokering.instance import Instance
from allokering.language import say
from allokering.refresh.statistics import Figure, Statistics
from allokering.tables import TABLES, Doctor, Row, Travel

MEAN_LIST = ("kosgjsnlisteleng0000", "gjennomsnittlig listelengde", "gjennomsnittlig listelengde (antall)")
CAPACITY = (
    "koskapasitet0000",
    "kapasitet hos fastlegene (iht. liste)",
    "kapasitet hos fastlegene (iht. liste) (antall)",
)
CONTRACTS = ("kosantallavtaler0001", "antall fastlegeavtaler", "antall fastlegeavtaler (antall)")
"""What table 12005 counts, by code and by Norwegian name."""
LONGEST_LIST = 2500
MOST_RESIDENTS = 2_000_000


@dataclass(frozen=True)
class Change:
    """One cell that gets another value; `before` is None for a new row."""

    table: str
    key: str
    column: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Refreshed:
    """An instance brought up to date, what changed, and what could not be."""

    instance: Instance
    changes: tuple[Change, ...]
    left: tuple[str, ...]
    """Municipalities for which the source says nothing."""


def refreshed_figures(instance: Instance, statistics: Statistics, year: int | None, source: str) -> Refreshed:
    """The instance with the residents, or the lists, of a year; of the latest in the source if none is named.

    A municipality whose wards are in the instance is left alone: it is counted in them.

    Raises:
        UsageError: the source lacks the year, or what is needed of it.
    """
    years = {figure.year for figure in statistics.figures}
    chosen = max(years) if year is None else year
    if chosen not in years:
        raise UsageError(say("the source has no figures for {year}; it has {years}", year=chosen, years=_listed(years)))
    of_year = [figure for figure in statistics.figures if figure.year == chosen]
    with_wards = {one.parent_id for one in instance.municipalities}
    ids = {one.municipality_id for one in instance.municipalities} - with_wards
    table, renew = ("municipalities", _residents) if statistics.table == "07459" else ("doctors", _doctors)
    rows, told = renew(instance, of_year, ids)
    note = f"Statistics Norway {statistics.table}, {chosen} ({source})"
    return _refreshed(instance, table, rows, note, sorted(ids - told))


def _residents(
    instance: Instance, figures: Sequence[Figure], ids: AbstractSet[str]
) -> tuple[Sequence[Row], AbstractSet[str]]:
    """The municipalities with residents over all ages and sexes, and those of which every part is told."""
    parts: dict[str, list[float | None]] = defaultdict(list)
    for figure in figures:
        parts[figure.municipality].append(figure.value)
    told = {
        one: min(MOST_RESIDENTS, round(sum(value or 0 for value in values)))
        for one, values in parts.items()
        if one in ids and None not in values
    }
    rows = [
        one.model_copy(update={"residents": told.get(one.municipality_id, one.residents)})
        for one in instance.municipalities
    ]
    return rows, told.keys()


def _doctors(
    instance: Instance, figures: Sequence[Figure], ids: AbstractSet[str]
) -> tuple[Sequence[Row], AbstractSet[str]]:
    """The doctors with lists and limits scaled to the means, and the municipalities whose mean is told."""
    means, capacities, contracts = (
        {one.municipality: one.value for one in figures if one.contents.strip().casefold() in names and one.value}
        for names in (MEAN_LIST, CAPACITY, CONTRACTS)
    )
    if not means:
        raise UsageError(say("the source lacks {name} (KOSgjsnlisteleng0000)", name="Gjennomsnittlig listelengde"))
    rows: list[Doctor] = []
    for one in (one.municipality_id for one in instance.municipalities):
        doctors = [doctor for doctor in instance.doctors if doctor.municipality_id == one]
        limit = capacities[one] / contracts[one] if one in capacities and one in contracts else None
        rows += _scaled_lists(doctors, means[one], limit, instance) if one in ids and one in means else doctors
    return rows, means.keys()


def refreshed_journeys(instance: Instance, minutes: Mapping[tuple[str, str], int], source: str) -> Refreshed:
    """The instance with these minutes of travel. A pair that is as it was in both directions keeps its rows."""
    told = {(row.from_municipality_id, row.to_municipality_id): row.minutes for row in instance.travel}
    before = {(there, here): value for (here, there), value in told.items()} | told
    pairs = {pair for pair in minutes if before.get(pair) != minutes[pair]}
    changed = {pair: minutes[pair] for pair in minutes if pair in pairs or pair[::-1] in pairs}
    # A row that stood for both directions must go on doing so for the one that the source lacks.
    kept = {pair[::-1]: before[pair[::-1]] for pair in changed if pair[::-1] not in minutes and pair[::-1] in before}
    kilometres = {(row.from_municipality_id, row.to_municipality_id): row.kilometres for row in instance.travel}
    rows = [
        Travel(
            from_municipality_id=here,
            to_municipality_id=there,
            minutes=value,
            kilometres=kilometres.get((here, there)),
        )
        for (here, there), value in sorted({**told, **kept, **changed}.items())
    ]
    known = {place for pair in minutes for place in pair}
    left = [one.municipality_id for one in instance.municipalities if one.municipality_id not in known]
    return _refreshed(instance, "travel", rows, source, left)


def _scaled_lists(doctors: list[Doctor], mean: float, limit: float | None, instance: Instance) -> list[Doctor]:
    """The doctors of a municipality with lists, and limits, scaled to the means of the source.

    Only those who have a list on the first day are scaled. No list becomes longer than its limit: without a mean of
    limits, a limit is raised to the list.
    """
    first = instance.settings.start
    present = [one for one in doctors if one.list_size and (one.starts or first) <= first <= (one.ends or first)]
    if not present:
        return doctors
    sizes = _scaled([one.list_size for one in present], mean)
    limits = (
        [one.list_limit for one in present] if limit is None else _scaled([one.list_limit for one in present], limit)
    )
    updated = {
        one.doctor_id: one.model_copy(update={"list_size": size, "list_limit": max(size, most), "list_target": target})
        for one, size, most in zip(present, sizes, limits, strict=True)
        for target in [None if one.list_target is None else min(one.list_target, max(size, most))]
    }
    return [updated.get(one.doctor_id, one) for one in doctors]


def _scaled(numbers: Sequence[int], mean: float) -> list[int]:
    """Whole numbers in the same proportions with the given mean, by largest remainders; none above the law's limit."""
    total = sum(numbers)
    wanted = round(mean * len(numbers))
    exact = [number * wanted / total for number in numbers]
    floors = [int(number) for number in exact]
    by_remainder = sorted(range(len(numbers)), key=lambda place: (floors[place] - exact[place], place))
    raised = set(by_remainder[: wanted - sum(floors)])
    return [min(LONGEST_LIST, floor + (place in raised)) for place, floor in enumerate(floors)]


def _refreshed(instance: Instance, table: str, rows: Sequence[Row], note: str, left: Sequence[str]) -> Refreshed:
    """The instance with a table replaced and, if that changes it, the source noted in its provenance."""
    changes = list(_changes(table, instance.rows(table), rows))
    settings = instance.settings
    if changes:
        before = settings.provenance.get(table)
        after = note if before is None else f"{before}; {note}"
        changes.append(Change("instance", f"provenance.{table}", "value", before, after))
        settings = settings.model_copy(update={"provenance": {**settings.provenance, table: after}})
    tables = {name: list(rows if name == table else instance.rows(name)) for name in TABLES}
    return Refreshed(Instance.of(instance.name, settings, tables), tuple(changes), tuple(left))


def _changes(table: str, before: Sequence[Row], after: Sequence[Row]) -> Iterator[Change]:
    old = {_key(row): row for row in before}
    for row in after:
        earlier = old.get(_key(row))
        for name, value in row:
            stood = None if earlier is None else getattr(earlier, name)
            if name not in row.key and stood != value:
                yield Change(table, _key(row), name, None if stood is None else cell_text(stood), cell_text(value))


def _key(row: Row) -> str:
    return " - ".join(cell_text(getattr(row, part)) for part in row.key)


def _listed(years: Collection[int]) -> str:
    return ", ".join(map(str, sorted(years)))
