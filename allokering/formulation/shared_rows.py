"""The rows that one rule makes and others use, by name: what a row counts, in which unit, and what a use of it means.

A row is "use <= bound". The rule that makes one calls `Scope.publish`; the others say what paths, or units moved, use
of it (`Scope.use_published`, `Scope.transfer(shared=...)`). Where no rule in force makes the row, nothing is used.

| row | made by | bound | a unit of use is | used by |
|---|---|---|---|---|
| `LISTED` | coverage | doctors' targets less residents | a resident to be listed | pipeline, supervision |
| `ROOM_ABOVE` | coverage | limits less targets | a patient above a target | supervision |
| `FREE_PLACES` | free_places | targets less places wanted | a place taken | coverage, pipeline, supervision |
| `SUPERVISORS` | supervision | places of the specialists | a place taken | pipeline |

A list, room, a place free and a place given are negative use.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SharedRow:
    """A family of rows, one per municipality and period, that more than the rule that makes them may use."""

    name: str
    unit: str
    use: str
    """What a unit of positive use is."""


LISTED = SharedRow("coverage", "patients", "a resident to be listed")
"""Residents against lists; a patient on a trainee's list uses -1."""
ROOM_ABOVE = SharedRow("room above", "patients", "a patient above a target")
"""Patients above their doctors' targets against the room there is; a target that falls by one uses -1."""
FREE_PLACES = SharedRow("free places", "places on lists", "a place taken")
"""Residents and the places to be kept free against places on lists; a place more on a list uses -1."""
SUPERVISORS = SharedRow("supervision", "places of supervision", "a place taken")
"""Trainees' places taken from the specialists of a municipality; a place that one who has finished gives uses -1."""


@dataclass(frozen=True)
class Published:
    """One shared row; it may be that no rule in force makes it."""

    row: SharedRow
    subject: str
    period: int
