"""An instance: the facts of one region, validated, in canonical order.

Reading and validating are in `reading` and `validation`; this module says what an instance *is*, so that all else can
be built on it without knowing about files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from allokering.frames import Frames
from allokering.tables import (
    TABLES,
    Announcement,
    Application,
    Budget,
    CrossBorder,
    Doctor,
    Municipality,
    Pin,
    Position,
    PositionPart,
    Preference,
    Row,
    Site,
    SiteSlot,
    Trainee,
    Travel,
)

EARTH_RADIUS_KM = 6371.0
GIVEN = "given beside the instance"
"""Where pins come from of which the instance's own files say nothing."""


class TravelFallback(BaseModel):
    """How travel time is guessed where `travel` has no row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detour_percent: int = Field(140, ge=100, le=1000, description="Road distance as a share of great-circle distance")
    km_per_hour: int = Field(55, ge=1, le=300, description="Mean speed, ferries included")
    source: str = "assumption"


class Settings(BaseModel):
    """`instance.toml`: what the instance is about and its calendar."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, description="Title as shown in reports")
    question: str = Field(min_length=1, description="What the planner wants to know")
    start: dt.date = Field(description="First day of the plan; the first of a month")
    periods: int = Field(ge=1, le=240, description="Number of periods")
    period_months: int = Field(6, description="Length of a period in months: 1, 3 or 6")
    model: str = Field("alis", description="Default model")
    travel_fallback: TravelFallback = TravelFallback()
    provenance: dict[str, str] = Field(description="For every table: its source, or 'assumption'")


def add_months(date: dt.date, months: int) -> dt.date:
    """The same day of the month, `months` later; the last day of that month if it is shorter."""
    index = date.year * 12 + date.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(date.day, last))


def _said_by(pin: Pin) -> tuple[str, ...]:
    """A pin without its end and its note."""
    return (pin.trainee_id, pin.what, pin.verb, pin.value)


def great_circle_km(here: Municipality, there: Municipality) -> float | None:
    """Great-circle distance between two centres in km; None if a coordinate is missing."""
    if None in (here.latitude, here.longitude, there.latitude, there.longitude):
        return None
    first, second = math.radians(here.latitude or 0.0), math.radians(there.latitude or 0.0)
    turn = math.radians((there.longitude or 0.0) - (here.longitude or 0.0))
    half = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(turn / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


@dataclass(frozen=True)
class Instance:
    """One validated situation. Rows are sorted by key, so their order in the files means nothing."""

    name: str
    settings: Settings
    municipalities: tuple[Municipality, ...] = ()
    doctors: tuple[Doctor, ...] = ()
    positions: tuple[Position, ...] = ()
    position_parts: tuple[PositionPart, ...] = ()
    trainees: tuple[Trainee, ...] = ()
    preferences: tuple[Preference, ...] = ()
    sites: tuple[Site, ...] = ()
    site_slots: tuple[SiteSlot, ...] = ()
    travel: tuple[Travel, ...] = ()
    cross_border: tuple[CrossBorder, ...] = ()
    pins: tuple[Pin, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    budgets: tuple[Budget, ...] = ()
    applications: tuple[Application, ...] = ()

    @staticmethod
    def of(name: str, settings: Settings, rows: dict[str, list[Row]]) -> Instance:
        """Build an instance from rows in any order; tables that are missing are empty."""
        ordered = {
            table: tuple(
                sorted(rows.get(table, ()), key=lambda row: tuple(str(getattr(row, part)) for part in row.key))
            )
            for table in TABLES
        }
        return Instance(name, settings, **ordered)  # type: ignore[arg-type]

    def with_pins(self, pins: Sequence[Pin]) -> Instance:
        """The same instance with these pins too; each replaces one of its own that says the same for another time.

        An instance without pins of its own says nothing of where they come from: then that they were given beside it.
        """
        rows = {table: list(self.rows(table)) for table in TABLES}
        replaced = {_said_by(pin) for pin in pins}
        rows["pins"] = [*(pin for pin in self.pins if _said_by(pin) not in replaced), *pins]
        told = {**({Pin.table: GIVEN} if pins else {}), **self.settings.provenance}
        return Instance.of(self.name, self.settings.model_copy(update={"provenance": told}), rows)

    @property
    def is_validated(self) -> bool:
        """Has it been found without fault? What is made or edited in code has not, until `validated` has read it."""
        return "_is_validated" in self.__dict__

    def found_valid(self) -> Instance:
        """This instance, marked as found without fault: for those who have looked at every row."""
        self.__dict__["_is_validated"] = True  # as `cached_property` does: no field, so no copy that is edited has it
        return self

    @property
    def tables(self) -> Frames:
        """Each table as a pandas data frame, made when it is asked for: `instance.tables["trainees"]`."""
        return Frames(TABLES, self.rows)

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table by the table's name."""
        found: tuple[Row, ...] = getattr(self, table)
        return found

    def period_start(self, period: int) -> dt.date:
        """First day of a period, counted from 0; periods after the horizon exist too."""
        if 0 <= period <= self.settings.periods:
            return self._first_days[period]
        return add_months(self.settings.start, period * self.settings.period_months)

    def period_end(self, period: int) -> dt.date:
        """Last day of a period."""
        return self.period_start(period + 1) - dt.timedelta(days=1)

    @property
    def end(self) -> dt.date:
        """Last day of the horizon."""
        return self.period_end(self.settings.periods - 1)

    def minutes(self, here: str, there: str) -> int | None:
        """Minutes of travel one way between two municipalities; None if nothing is known.

        Order of trust: the row, the reverse row, great-circle distance with the instance's fallback.
        """
        pair = (here, there)
        if pair not in self._minutes:
            self._minutes[pair] = self._reckoned_minutes(here, there)
        return self._minutes[pair]

    def _reckoned_minutes(self, here: str, there: str) -> int | None:
        if here == there:
            return 0
        told = self._told_minutes.get((here, there), self._told_minutes.get((there, here)))
        if told is not None:
            return told
        km = great_circle_km(self._municipality[here], self._municipality[there])
        if km is None:
            return None
        fallback = self.settings.travel_fallback
        return math.ceil(km * fallback.detour_percent * 60 / (100 * fallback.km_per_hour))

    def kilometres(self, here: str, there: str) -> int | None:
        """Kilometres of travel one way between two municipalities; None if nothing is known.

        Order of trust: the row, the reverse row, great-circle distance with the instance's detour, minutes by speed.
        """
        if here == there:
            return 0
        told = self._told_kilometres.get((here, there), self._told_kilometres.get((there, here)))
        if told is not None:
            return told
        fallback = self.settings.travel_fallback
        km = great_circle_km(self._municipality[here], self._municipality[there])
        if km is not None:
            return math.ceil(km * fallback.detour_percent / 100)
        minutes = self.minutes(here, there)
        return None if minutes is None else -(-minutes * fallback.km_per_hour // 60)

    @cached_property
    def _first_days(self) -> tuple[dt.date, ...]:
        """First day of every period of the horizon, and the day after it: asked for far more often than there are."""
        months = (period * self.settings.period_months for period in range(self.settings.periods + 1))
        return tuple(add_months(self.settings.start, later) for later in months)

    @cached_property
    def _minutes(self) -> dict[tuple[str, str], int | None]:
        """Minutes by pair, as far as anybody has asked."""
        return {}

    @cached_property
    def _told_kilometres(self) -> dict[tuple[str, str], int]:
        return {
            (row.from_municipality_id, row.to_municipality_id): row.kilometres
            for row in self.travel
            if row.kilometres is not None
        }

    @cached_property
    def _told_minutes(self) -> dict[tuple[str, str], int]:
        return {(row.from_municipality_id, row.to_municipality_id): row.minutes for row in self.travel}

    @cached_property
    def _municipality(self) -> dict[str, Municipality]:
        return {row.municipality_id: row for row in self.municipalities}

    @cached_property
    def sha256(self) -> str:
        """Hash of everything that can change a plan: settings without prose, and every row in canonical order."""
        digest = hashlib.sha256(self.settings.model_dump_json(exclude={"title", "question", "provenance"}).encode())
        for field in fields(self):
            if field.name in TABLES:
                digest.update(field.name.encode())
                for row in self.rows(field.name):
                    digest.update(row.model_dump_json().encode())
        return digest.hexdigest()
