"""Medical students and their internships: the files of Akbarzadeh and Maenhout, read.

B. Akbarzadeh and B. Maenhout, A decomposition-based heuristic procedure for the medical student scheduling problem,
European Journal of Operational Research 288, 2021; the same, An exact branch-and-price approach for the medical student
scheduling problem, Computers & Operations Research 129, 2021.

A file is text. A line that begins with `//` says what the lines after it are; numbers are parted by blanks, indices
begin with 0, `---` ends a list. These are the sections, as the authors' own program writes them, by the words their
titles begin with (`[h][w]`: a line for each h, a number for each w):

    Interns Disciplines Hospitals TimePriods TrPrograms HospitalWards DisciplineGr Region: how many there are of each
    PrName: programmes: name, year, weight, five coefficients of the objective, most disciplines in one hospital, and,
        in later files, what a missing student costs (before that, a ward's least is a least)
    Preference for discipline [p][d]; Involved discipline [p][g][d] (not needed); located in regions [h][r]
    Involved discipline in ward in hospital [h][w][d]; Max, Min, Reserved, Emergency Demand [h][t][w]
    Yearly Max demand, Yearly Min demand [h][w] (in later files; counted in internships that begin)
    Discipline duration [d][p]; Course credit (not needed); required skill [d][d'][p]: d' comes before d
    InternName: students: name, programme, counted for the least?, weights of discipline, hospital, change and waiting
    Discipline list [i][g][d]; total discipline should be fulfilled from each group [i][g]
    Oversea request: lines student, discipline, period; Oversea Discipline requirement [i abroad][d]
    Transfered to region [i][r]; Ability [i][h][d]
    Fulfilled disciplines: lines student, discipline, hospital, programme
    Preference for discipline [i][d]; Preference for hospital [i][h]; Availability [i][t]
    RegionNme; Region Accommodation [r][t]; Algorithm Settings (not needed)

The published files themselves were not at hand when this was written: sections and their order in a line are those
that the authors' program writes and reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from allokering.problem import Booleans, Integers

COUNTS = "interns disciplines hospitals"
MISSING = 9
"""Place of the coefficient of a missing student in a programme's line."""


@dataclass(frozen=True)
class Programme:
    """What a training programme weighs."""

    sum_of_desires: int
    least_desire: int
    reserved: int
    emergency: int
    unused_beds: int
    most_in_one_hospital: int
    missing: int | None
    """A student below a ward's least costs so much; None: the least must be kept."""
    weight: int
    preferences: Integers
    """By discipline."""


@dataclass(frozen=True)
class Student:
    """What a student must do, can do and would like."""

    name: str
    programme: int
    is_counted: bool
    """Does the student count towards the wards' leasts?"""
    weight_discipline: int
    weight_hospital: int
    weight_change: int
    weight_wait: int
    lists: Booleans
    """May the discipline be counted in the group? (groups, disciplines)"""
    wanted: Integers
    """By group, how many."""
    abroad: dict[int, int]
    """Discipline that is done abroad, and the period in which it begins."""
    before_abroad: Booleans
    """By discipline: must it, if it is done, be done before going abroad?"""
    regions: Booleans
    able: Booleans
    """(hospitals, disciplines)"""
    fulfilled: dict[int, list[tuple[int, int]]]
    """Discipline that has been done, and in which hospitals and programmes."""
    likes_discipline: Integers
    likes_hospital: Integers
    is_free: Booleans
    """By period."""


@dataclass(frozen=True)
class Internships:
    """A whole file."""

    programmes: tuple[Programme, ...]
    students: tuple[Student, ...]
    wards: Booleans
    """Does the ward of the hospital teach the discipline? (hospitals, wards, disciplines)"""
    most: Integers
    """Places by (hospital, period, ward), and so of the next three."""
    least: Integers
    reserved: Integers
    emergency: Integers
    most_in_year: Integers | None
    """By (hospital, ward)."""
    least_in_year: Integers | None
    regions: Booleans
    """(hospitals, regions)"""
    beds: Integers
    """(regions, periods)"""
    durations: Integers
    """(disciplines, programmes)"""
    comes_first: Booleans
    """Must the second be done before the first? (disciplines, disciplines, programmes)"""

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return int(self.most.shape[1])


class _Sections:
    """The lines of numbers of a file, by the title above them; titles that only number what is inside are run over."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, list[list[str]]] = {}
        title = ""
        for line in (one.strip() for one in text.splitlines()):
            if line.startswith("//"):
                told = line.removeprefix("//").strip().lower()
                if told.startswith(("program ", "intern ", "ability ")):
                    continue
                title = told
                self._lines.setdefault(title, [])
            elif line and line != "---" and not line.lower().startswith("hospital") and ":" not in line:
                self._lines.setdefault(title, []).append(line.split())

    def rows(self, begins: str, *, ends: str = "", is_optional: bool = False) -> list[list[str]]:
        """All lines under titles that begin, and end, with these words, in the order of the file.

        Raises:
            ValueError: there is no such title.
        """
        found = [title for title in self._lines if title.startswith(begins) and title.endswith(ends)]
        if not found and not is_optional:
            raise ValueError(f"not a file of medical students: it has no section {begins!r}")
        return [row for title in found for row in self._lines[title]]

    def numbers(self, begins: str, *shape: int, ends: str = "") -> Integers:
        """The numbers of a section, in this shape.

        Raises:
            ValueError: there are more or fewer.
        """
        found = [int(word) for row in self.rows(begins, ends=ends) for word in row]
        if len(found) != int(np.prod(shape)):
            raise ValueError(f"not a file of medical students: {begins!r} has {len(found)} numbers, not {shape}")
        return np.array(found, dtype=np.int64).reshape(shape)


def read_students(text: str) -> Internships:
    """Read a file.

    Raises:
        ValueError: it is not in the format, or a coefficient is not a whole number.
    """
    told = _Sections(text)
    counts = [int(word) for row in told.rows(COUNTS) for word in row]
    if len(counts) != 8:
        raise ValueError("not a file of medical students: it does not begin with eight counts")
    students, disciplines, hospitals, periods, programmes, wards, groups, regions = counts
    by_ward = hospitals, periods, wards
    yearly = [
        told.numbers(title, hospitals, wards) if told.rows(title, is_optional=True) else None
        for title in ("yearly max demand", "yearly min demand")
    ]
    likes = told.numbers("preference for discipline", programmes, disciplines, ends="[p][d]")
    return Internships(
        programmes=tuple(_programme(row, likes[number]) for number, row in enumerate(told.rows("prname"))),
        students=_students(told, students, disciplines, hospitals, periods, groups, regions),
        wards=told.numbers("involved discipline in ward", hospitals, wards, disciplines) == 1,
        most=told.numbers("max demand", *by_ward),
        least=told.numbers("min demand", *by_ward),
        reserved=told.numbers("reserved demand", *by_ward),
        emergency=told.numbers("emergency demand", *by_ward),
        most_in_year=yearly[0],
        least_in_year=yearly[1],
        regions=told.numbers("located in regions", hospitals, regions) == 1,
        beds=told.numbers("region accommodation", regions, periods),
        durations=told.numbers("discipline duration", disciplines, programmes),
        comes_first=told.numbers("required skill", disciplines, disciplines, programmes) == 1,
    )


def _programme(row: list[str], likes: Integers) -> Programme:
    numbers = [float(word) for word in row[1:]]
    if any(number != round(number) for number in numbers):
        raise ValueError(f"the coefficients of programme {row[0]} are not whole numbers: {numbers}")
    _, weight, total, least, reserved, emergency, beds, most = (round(number) for number in numbers[:8])
    return Programme(
        sum_of_desires=total,
        least_desire=least,
        reserved=reserved,
        emergency=emergency,
        unused_beds=beds,
        most_in_one_hospital=most,
        missing=round(numbers[MISSING - 1]) if len(row) > MISSING else None,
        weight=weight,
        preferences=likes,
    )


def _students(
    told: _Sections, students: int, disciplines: int, hospitals: int, periods: int, groups: int, regions: int
) -> tuple[Student, ...]:
    lists = told.numbers("discipline list", students, groups, disciplines) == 1
    wanted = told.numbers("total discipline should be fulfilled", students, groups)
    able = told.numbers("ability", students, hospitals, disciplines) == 1
    fulfilled = _by_first(told.rows("fulfilled disciplines"))
    abroad = _by_first(told.rows("oversea request"))
    needed = iter(told.rows("oversea discipline requirement", is_optional=True))
    before = {
        number: np.array(next(needed, ["0"] * disciplines), dtype=np.int64) == 1
        for number in range(students)
        if number in abroad
    }
    likes_discipline = told.numbers("preference for discipline", students, disciplines, ends="[i][d]")
    likes_hospital = told.numbers("preference for hospital", students, hospitals)
    free = told.numbers("availability", students, periods) == 1
    transferred = told.numbers("transfered to region", students, regions) == 1
    found = []
    for number, row in enumerate(told.rows("internname")):
        name, programme, counted, *weights = row
        done: dict[int, list[tuple[int, int]]] = {}
        for discipline, hospital, of_programme in fulfilled.get(number, []):
            done.setdefault(discipline, []).append((hospital, of_programme))
        found.append(
            Student(
                f"student-{int(name):04}",
                int(programme),
                counted.lower() == "true",
                weight_discipline=int(weights[0]),
                weight_hospital=int(weights[1]),
                weight_change=int(weights[2]),
                weight_wait=int(weights[3]),
                lists=lists[number],
                wanted=wanted[number],
                abroad={discipline: period for discipline, period, *_ in abroad.get(number, [])},
                before_abroad=before.get(number, np.zeros(disciplines, dtype=bool)),
                regions=transferred[number],
                able=able[number],
                fulfilled=done,
                likes_discipline=likes_discipline[number],
                likes_hospital=likes_hospital[number],
                is_free=free[number],
            )
        )
    if len(found) != students:
        raise ValueError(f"not a file of medical students: {len(found)} of {students} students have a line")
    return tuple(found)


def _by_first(rows: Iterable[list[str]]) -> dict[int, list[list[int]]]:
    """Lines of numbers, by their first."""
    found: dict[int, list[list[int]]] = {}
    for row in rows:
        first, *rest = (int(word) for word in row)
        found.setdefault(first, []).append(rest)
    return found
