"""A medical student's rosters: which internships, where and when; the cheapest at given prices, by dynamic programming.

A roster is a sequence of internships: discipline, hospital, first period. The state after some of them is when the last
one ended, which disciplines are done, where the last one was and how many were in each hospital; of two ways to the
same state only the cheaper is kept, because what comes after costs the same. So a cheapest roster is found exactly,
which is what column generation asks for; the others that are named end in other states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allokering.problem import Floats, Integers
from benchmarks.published.students import Internships, Student

ABROAD = -1
"""The hospital of an internship abroad."""


@dataclass(frozen=True)
class Internship:
    """One internship that a student may do."""

    discipline: int
    hospital: int
    begin: int
    end: int
    """The first period after it."""
    liking: int
    """What it adds to how well the student's wishes are met."""


@dataclass(frozen=True)
class _State:
    end: int
    done: int
    """Disciplines, a bit each."""
    hospital: int
    in_hospital: tuple[int, ...]


@dataclass(frozen=True)
class _Move:
    """Internships of one discipline in one hospital; they begin at different times."""

    internships: tuple[Internship, ...]
    begins: Integers
    ends: Integers
    costs: Floats


class _Group:
    """The ways to have done some disciplines: the cheapest by hospital of the last internship, and when it ended."""

    def __init__(self, hospitals: int, times: int) -> None:
        self.costs = np.full((hospitals, times), np.inf)
        self._from: dict[tuple[int, int], tuple[_Group, int, int, Internship]] = {}
        self._ready = self._waited = np.zeros((0, 0))
        self._last = self._since = np.zeros((0, 0), dtype=np.int64)

    def settle(self, change: Floats, wait: float) -> None:
        """What it costs to be ready for a hospital at a time: the change to it, and the wait since the last end.

        Args:
            change: cost by (hospital to come, last hospital).
            wait: cost of a period.
        """
        paid = self.costs[None] + change[:, :, None]
        self._last = paid.argmin(axis=1)
        times = np.arange(self.costs.shape[1])
        ready = paid.min(axis=1) - wait * times
        least = np.minimum.accumulate(ready, axis=1)
        self._since = np.maximum.accumulate(np.where(ready == least, times, 0), axis=1)
        self._ready = least + wait * times

    def go(self, hospital: int, move: _Move, to: _Group) -> None:
        """Do one of these internships next, whichever begins when, where that is the cheapest way to where it leads."""
        costs = self._ready[hospital, move.begins] + move.costs
        for number in np.flatnonzero(costs < to.costs[hospital, move.ends]).tolist():
            begin, end = int(move.begins[number]), int(move.ends[number])
            since = int(self._since[hospital, begin])
            to.costs[hospital, end] = costs[number]
            to._from[hospital, end] = self, int(self._last[hospital, since]), since, move.internships[number]

    def roster(self, hospital: int, end: int) -> tuple[Internship, ...]:
        """The cheapest way to this hospital and time."""
        if (hospital, end) not in self._from:
            return ()
        before, last, since, one = self._from[hospital, end]
        return (*before.roster(last, since), one)


@dataclass(frozen=True)
class _Table:
    """The size of all groups."""

    hospitals: int
    times: int

    def group(self) -> _Group:
        """One without any way."""
        return _Group(self.hospitals, self.times)


class Rosters:
    """All rosters of a student, never listed.

    Args:
        data: the file.
        student: who.
    """

    def __init__(self, data: Internships, student: Student) -> None:
        programme = data.programmes[student.programme]
        self.student = student
        done = [d for d, where in student.fulfilled.items() if any(of == student.programme for _, of in where)]
        begun = np.zeros(len(data.wards), dtype=np.int64)
        for where in student.fulfilled.values():
            for hospital, of_programme in where:
                begun[hospital] += of_programme == student.programme
        self._room = tuple((programme.most_in_one_hospital - begun).tolist())
        self._wanted = student.wanted - student.lists[:, done].sum(axis=1)
        self._many = int(student.wanted.sum()) - sum(
            of == student.programme for where in student.fulfilled.values() for _, of in where
        )
        self._fulfilled = done
        self._disciplines = [
            int(d) for d in np.flatnonzero(student.lists.any(axis=0)) if int(d) not in student.fulfilled
        ]
        self._required = {
            d: [int(e) for e in np.flatnonzero(data.comes_first[d, :, student.programme]) if int(e) not in done]
            for d in self._disciplines
        }
        self.internships = {d: list(self._internships(data, d)) for d in self._disciplines}

    def _internships(self, data: Internships, discipline: int) -> Iterator[Internship]:
        """Where and when the student can do the discipline: one that is to be done abroad there and then only."""
        student, programme = self.student, data.programmes[self.student.programme]
        periods = int(data.durations[discipline, student.programme])
        liking = student.weight_discipline * int(student.likes_discipline[discipline])
        liking += programme.weight * int(programme.preferences[discipline])
        for begin in range(data.periods - periods + 1):
            if not student.is_free[begin : begin + periods].all():
                continue
            if discipline in student.abroad:
                if student.abroad[discipline] == begin:
                    yield Internship(discipline, ABROAD, begin, begin + periods, 0)
                continue
            for hospital in range(len(data.wards)):
                if student.able[hospital, discipline] and data.wards[hospital, :, discipline].any():
                    likes = student.weight_hospital * int(student.likes_hospital[hospital])
                    yield Internship(discipline, hospital, begin, begin + periods, liking + likes)

    def desire(self, roster: Sequence[Internship]) -> int:
        """How well a roster meets the student's wishes."""
        total, end, hospital = 0, 0, None
        for one in roster:
            total += one.liking + self._between(end, hospital, one)
            end, hospital = one.end, one.hospital
        return total

    def _between(self, end: int, hospital: int | None, then: Internship) -> int:
        """What waiting before an internship, and changing hospital for it, add; both weights are below zero."""
        waited = self.student.weight_wait * (then.begin - end)
        is_change = hospital is not None and then.hospital not in (hospital, ABROAD)
        return waited + (self.student.weight_change if is_change else 0)

    def every(self) -> Iterator[tuple[Internship, ...]]:
        """Every roster, one by one: for small files."""
        start = _State(0, 0, ABROAD, (0,) * len(self._room))
        yield from self._completed((), start)

    def _completed(self, roster: tuple[Internship, ...], state: _State) -> Iterator[tuple[Internship, ...]]:
        if len(roster) == self._many:
            if self._is_complete(state.done):
                yield roster
            return
        for one in self._next(state):
            yield from self._completed((*roster, one), self._after(state, one))

    def _next(self, state: _State) -> Iterator[Internship]:
        """The internships that may come next."""
        for discipline in self._disciplines:
            if state.done >> discipline & 1 or any(not state.done >> one & 1 for one in self._required[discipline]):
                continue
            if self._is_too_late(state, discipline):
                continue
            for one in self.internships[discipline]:
                is_room = one.hospital == ABROAD or state.in_hospital[one.hospital] < self._room[one.hospital]
                if one.begin >= state.end and is_room:
                    yield one

    def _is_too_late(self, state: _State, discipline: int) -> bool:
        """Should it have been done before going abroad?"""
        has_been = any(state.done >> one & 1 for one in self.student.abroad)
        return has_been and bool(self.student.before_abroad[discipline])

    def _after(self, state: _State, one: Internship) -> _State:
        counts = list(state.in_hospital)
        if one.hospital != ABROAD:
            counts[one.hospital] += 1
        return _State(one.end, state.done | 1 << one.discipline, one.hospital, tuple(counts))

    def _is_complete(self, done: int) -> bool:
        """Are all groups served, and all that is to be done abroad done?"""
        has = np.array([done >> number & 1 for number in range(self.student.lists.shape[1])])
        groups = (self.student.lists @ has >= self._wanted).all()
        return bool(groups) and all(done >> one & 1 or one in self._fulfilled for one in self.student.abroad)

    def cheapest(
        self, place: Floats, worth: float, most: int, begins: Mapping[tuple[int, int, int], float]
    ) -> list[tuple[Internship, ...]]:
        """A cheapest roster, and up to so many in all that are cheapest of those that end in their state.

        Args:
            place: what a student in a hospital for a discipline and period costs: shape (hospitals, disciplines,
                periods).
            worth: what a unit of the desire is worth.
            most: rosters wanted.
            begins: what it costs besides to begin a discipline in a hospital and period, where it costs anything.
        """
        abroad, nowhere = len(place), len(place) + 1
        table = _Table(nowhere + 1, len(self.student.is_free) + 1)
        start = 0, (0,) * len(self._room)
        layer = {start: table.group()}
        layer[start].costs[nowhere, 0] = 0.0
        change = np.full((abroad + 1, nowhere + 1), -worth * self.student.weight_change)
        change[abroad], change[:, nowhere] = 0.0, 0.0
        np.fill_diagonal(change, 0.0)
        moves = self._moves(place, worth, begins)
        for _ in range(self._many):
            reached: dict[tuple[int, tuple[int, ...]], _Group] = {}
            for (done, counts), group in layer.items():
                group.settle(change, -worth * self.student.weight_wait)
                for discipline in self._open(done):
                    for hospital, move in moves[discipline]:
                        if hospital < abroad and counts[hospital] >= self._room[hospital]:
                            continue
                        after = [number + (hospital == where) for where, number in enumerate(counts)]
                        key = done | 1 << discipline, tuple(after)
                        group.go(hospital, move, reached.setdefault(key, table.group()))
            layer = reached
        complete = [
            (float(group.costs[hospital, end]), done, counts, int(hospital), int(end))
            for (done, counts), group in layer.items()
            if self._is_complete(done)
            for hospital, end in np.argwhere(np.isfinite(group.costs))
        ]
        return [layer[done, counts].roster(hospital, end) for _, done, counts, hospital, end in sorted(complete)[:most]]

    def _open(self, done: int) -> list[int]:
        """The disciplines that may come next."""
        state = _State(0, done, ABROAD, ())
        return [
            discipline
            for discipline in self._disciplines
            if not done >> discipline & 1
            and all(done >> one & 1 for one in self._required[discipline])
            and not self._is_too_late(state, discipline)
        ]

    def _moves(
        self, place: Floats, worth: float, begins: Mapping[tuple[int, int, int], float]
    ) -> dict[int, list[tuple[int, _Move]]]:
        """By discipline and hospital (abroad is the last): internships, when they begin and end, and what they cost."""
        found = {}
        for discipline, internships in self.internships.items():
            of_hospital: dict[int, list[Internship]] = {}
            for one in internships:
                of_hospital.setdefault(len(place) if one.hospital == ABROAD else one.hospital, []).append(one)
            found[discipline] = [
                (
                    hospital,
                    _Move(
                        tuple(ones),
                        np.array([one.begin for one in ones]),
                        np.array([one.end for one in ones]),
                        np.array([self._cost(one, place, worth, begins) for one in ones]),
                    ),
                )
                for hospital, ones in of_hospital.items()
            ]
        return found

    @staticmethod
    def _cost(one: Internship, place: Floats, worth: float, begins: Mapping[tuple[int, int, int], float]) -> float:
        """Of an internship by itself, without waiting for it or changing hospital for it."""
        there = 0.0 if one.hospital == ABROAD else float(place[one.hospital, one.discipline, one.begin : one.end].sum())
        return there + begins.get((one.hospital, one.discipline, one.begin), 0.0) - worth * one.liking

    def desires(self) -> tuple[int, int]:
        """What no roster's desire is below, and what none is above."""
        likes = [one.liking for internships in self.internships.values() for one in internships]
        last = max((one.end for internships in self.internships.values() for one in internships), default=0)
        low = self._many * min(0, *likes, 0) + min(0, self.student.weight_wait) * last
        low += min(0, self.student.weight_change) * self._many
        high = self._many * max(0, *likes, 0) + max(0, self.student.weight_wait) * last
        return low, high + max(0, self.student.weight_change) * self._many


def presence(roster: Sequence[Internship]) -> Integers:
    """Where a roster is when: rows of (hospital, discipline, period)."""
    rows = [
        (one.hospital, one.discipline, period)
        for one in roster
        if one.hospital != ABROAD
        for period in range(one.begin, one.end)
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def name(roster: Sequence[Internship]) -> str:
    """As `3@1:0 2@abroad:4`: discipline, hospital, first period."""
    where = ["abroad" if one.hospital == ABROAD else str(one.hospital) for one in roster]
    return " ".join(f"{one.discipline}@{place}:{one.begin}" for one, place in zip(roster, where, strict=True))
