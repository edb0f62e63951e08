"""A good start for the least travel to groups: everybody is gathered, then meetings open, close and change places.

Index:   person; meeting
Math:    size_min <= people at a meeting, where there are any; each step makes the sum of kilometres smaller
Units:   kilometres one way
Assumes: any number from `size_min` on can be split into groups of a fair size
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
FAR = 1_000_000
"""Kilometres to a meeting that one cannot attend."""
NOWHERE = -1


class Attendance:
    """Who goes to which meeting. Of equally good steps the first is taken, so that the end is always the same."""

    def __init__(self, kilometres: Integers, size_min: int) -> None:
        self._kilometres = kilometres
        """By (person, meeting); `FAR` where the person cannot attend."""
        self._size_min = size_min
        self.meeting_of = np.full(len(kilometres), NOWHERE)
        """Number of the meeting, by person."""

    def gather(self) -> bool:
        """Find a meeting for everybody: the ones that most can attend first. Has everybody one now?"""
        can = self._kilometres < FAR
        while (free := self.meeting_of == NOWHERE).any():
            wanting = (can & free[:, None]).sum(axis=0)
            for meeting in np.argsort(-wanting, kind="stable")[: np.count_nonzero(wanting)].tolist():
                comers = np.flatnonzero(can[:, meeting] & free)
                # Those who already go somewhere come along only where they are needed.
                followers = self._followers(meeting, -self._kilometres[:, meeting], len(comers))
                if followers is not None:
                    self.meeting_of[[*comers, *followers]] = meeting
                    break
            else:
                return False
        return True

    def improve(self) -> None:
        """Change one meeting at a time for as long as that saves kilometres."""
        while self._move() or self._change():
            pass

    @property
    def _sizes(self) -> Integers:
        attending = self.meeting_of[self.meeting_of != NOWHERE]
        return np.bincount(attending, minlength=self._kilometres.shape[1])

    @property
    def _own(self) -> Integers:
        """Kilometres that everybody travels."""
        return np.asarray(self._kilometres[np.arange(len(self.meeting_of)), self.meeting_of])

    def _move(self) -> bool:
        """The one for whom another meeting is nearest by most goes there, if those who stay are enough."""
        sizes = self._sizes
        saved = np.where(sizes > 0, self._own[:, None] - self._kilometres, 0)
        saved[sizes[self.meeting_of] <= self._size_min] = 0
        person, meeting = np.unravel_index(int(np.argmax(saved)), saved.shape)
        if saved[person, meeting] <= 0:
            return False
        self.meeting_of[person] = meeting
        return True

    def _change(self) -> bool:
        """The change of meetings that saves most."""
        before, best, most = self._own.sum(), self.meeting_of, 0
        for changed in (*self._opened(), *self._closed()):
            saved = int(before - self._kilometres[np.arange(len(changed)), changed].sum())
            if saved > most:
                best, most = changed, saved
        self.meeting_of = best
        return most > 0

    def _opened(self) -> Iterator[Integers]:
        """A new meeting, for those to whom it is nearer and as many more as it needs."""
        for meeting in np.flatnonzero(self._sizes == 0).tolist():
            followers = self._followers(meeting, self._own - self._kilometres[:, meeting], 0)
            if followers:
                yield self._with(self.meeting_of, followers, meeting)

    def _closed(self) -> Iterator[Integers]:
        """A meeting less, or another in its stead: everybody there goes to the nearest of the others."""
        sizes, own = self._sizes, self._own
        for closed in np.flatnonzero(sizes > 0).tolist():
            members = np.flatnonzero(self.meeting_of == closed)
            is_open = sizes > 0
            is_open[closed] = False
            to_others = np.where(is_open, self._kilometres[members], FAR)
            nearest = np.argmin(to_others, axis=1)
            shortest = to_others[np.arange(len(members)), nearest]
            if (shortest < FAR).all():
                yield self._with(self.meeting_of, members, nearest)
            to_new = np.minimum(shortest[:, None], self._kilometres[members])
            # Nobody from elsewhere can gain more than this by the new meeting.
            gains = np.maximum(own[:, None] - self._kilometres, 0)
            gains[members] = 0
            hoped = own[members].sum() - to_new.sum(axis=0) + gains.sum(axis=0)
            for meeting in np.flatnonzero((sizes == 0) & (to_new < FAR).all(axis=0) & (hoped > 0)).tolist():
                comes = self._kilometres[members, meeting] < shortest
                saved = own - self._kilometres[:, meeting]
                saved[members] = -FAR
                followers = self._followers(meeting, saved, int(comes.sum()))
                if followers is not None:
                    moved = self._with(self.meeting_of, members, np.where(comes, meeting, nearest))
                    yield self._with(moved, followers, meeting)

    def _followers(self, meeting: int, saved: Integers, coming: int) -> list[int] | None:
        """Who else goes to a meeting beside those who come: all who save by it, and as many more as it needs.

        None if there would be too few. Nobody leaves a meeting that cannot spare them.
        """
        left = self._sizes
        followers: list[int] = []
        for person in np.argsort(-saved, kind="stable").tolist():
            enough = coming + len(followers) >= self._size_min
            if (enough and saved[person] <= 0) or saved[person] <= -FAR:
                break
            there = self.meeting_of[person]
            can_go = there != NOWHERE and self._kilometres[person, meeting] < FAR
            if can_go and left[there] > self._size_min:
                left[there] -= 1
                followers.append(person)
        return followers if coming + len(followers) >= self._size_min else None

    @staticmethod
    def _with(meeting_of: Integers, people: Integers | list[int], meetings: Integers | int) -> Integers:
        changed = meeting_of.copy()
        changed[people] = meetings
        return changed
