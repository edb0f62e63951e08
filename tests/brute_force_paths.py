"""The training paths a trainee may have, one by one: sections 1 and 2 of docs/model.md, for the oracle.

See `brute_force` for what the oracle is for and what it may share with the engine.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allokering.instance import Instance
from allokering.model import Model
from allokering.tables import Doctor, Municipality, Pin, PinVerb, PinWhat, Position, Site, Trainee


@dataclass(frozen=True)
class Path:
    """A training path: periods [start, end), with `service` periods in rotation, at `site` from `first` if planned."""

    trainee: Trainee
    position: Position
    start: int
    end: int
    service: int
    site: Site | None = None
    first: int | None = None

    def in_rotation(self, period: int) -> bool:
        """Is the trainee at the site in this period?"""
        return self.first is not None and self.first <= period < self.first + self.service

    def in_practice(self, period: int) -> bool:
        """Is the trainee at work in the position in this period?"""
        return self.start <= period < self.end and not self.in_rotation(period)


def months_later(date: dt.date, months: int) -> dt.date:
    """The date so many months later; the last day of the month where the day does not exist."""
    year, month = date.year, date.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return dt.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))


def whole_months(first: dt.date, last: dt.date) -> int:
    """The largest number of months that, added to the first date, does not pass the last."""
    months = 0
    while months_later(first, months + 1) <= last:
        months += 1
    return months


class Situation:
    """One instance under one model: who is where, and which paths the rules keep."""

    def __init__(self, instance: Instance, model: Model) -> None:
        self.instance = instance
        self.model = model
        self.rules: dict[str, Any] = {
            rule.kind: rule.typed for rule in model.rules if rule.in_force(instance.settings.start)
        }
        self.terms: dict[str, Any] = {term.kind: term.typed for term in model.terms}
        self.months = instance.settings.period_months
        self.periods = range(instance.settings.periods)
        self.filters: dict[str, Callable[[Path], bool]] = {
            "training_time": self.own_programme,
            "recruitment": self.recruitment,
            "start_window": self.start_window,
            "eligibility": self.eligibility,
            "not_before": self.not_before,
            "notice": self.notice,
            "catchment": self.catchment,
            "pins": self.pins,
            "position_places": self.position_open,
        }

    def params(self, programme_id: str) -> dict[str, Any]:
        """What a programme demands, by the names of docs/model.md."""
        return self.model.programme(programme_id).typed.model_dump()

    def concerns(self, rule: str, trainee: Trainee) -> bool:
        """Is the trainee of one of the rule's programmes? If it names none, it speaks of all."""
        named = self.rules[rule].programmes
        return named is None or trainee.programme in named

    # --- Section 1: presence, residents, travel

    def whole_period(self, period: int, first: dt.date | None, last: dt.date | None) -> bool:
        """Does it hold on every day of the period?"""
        return (first is None or first <= self.instance.period_start(period)) and (
            last is None or last >= self.instance.period_end(period)
        )

    def residents(self, municipality: Municipality, period: int) -> int:
        """Residents in a period: linear growth of the starting number."""
        growth = Fraction(municipality.growth_permille_per_year * period * self.months, 12 * 1000)
        return max(0, math.floor(municipality.residents * (1 + growth)))

    def doctors(self, municipality_id: str, period: int) -> list[Doctor]:
        """The doctors present in a municipality."""
        return [
            doctor
            for doctor in self.instance.doctors
            if doctor.municipality_id == municipality_id and self.whole_period(period, doctor.starts, doctor.ends)
        ]

    def shares(self, position: Position) -> dict[str, int]:
        """Share of the position in percent, by municipality."""
        return {
            part.municipality_id: part.share_percent
            for part in self.instance.position_parts
            if part.position_id == position.position_id
        }

    def ranks(self, trainee: Trainee) -> dict[str, int]:
        """The trainee's own ranking of positions."""
        return {row.position_id: row.rank for row in self.instance.preferences if row.trainee_id == trainee.trainee_id}

    def minutes_from(self, position: Position, municipality_id: str) -> int | None:
        """Minutes from the nearest of the position's municipalities."""
        known = [self.instance.minutes(part, municipality_id) for part in self.shares(position)]
        return min((minutes for minutes in known if minutes is not None), default=None)

    # --- Section 2: a trainee's options

    def paths(self, trainee: Trainee) -> Iterator[Path]:
        """Every path of lawful length and form, whatever the site and the position are for."""
        programme = self.params(trainee.programme)
        gained = Fraction(trainee.fte_percent * self.months, 100)
        practice_done = min(trainee.practice_months_done, programme["practice_months_counted_max"])
        service = math.ceil(max(0, programme["institution_months"] - trainee.institution_months_done) / gained)
        institution = min(
            trainee.institution_months_done + service * gained, Fraction(programme["institution_months_counted_max"])
        )
        practice = math.ceil(
            max(
                Fraction(0),
                Fraction(programme["practice_months_min"] - practice_done),
                programme["total_months"] - practice_done - institution,
            )
            / gained
        )
        horizon = len(self.periods)
        if service + practice < 1 or (trainee.recruited_to is not None and "recruitment" not in self.rules):
            return
        for position in self.instance.positions:
            for start in self.periods:
                end = start + service + practice
                path = Path(trainee, position, start, end, service)
                if service == 0 or (end - service >= horizon and not programme["institution_first"]):
                    yield path
                if service == 0:
                    continue
                for site in self.instance.sites:
                    for first in range(start, min(end, horizon) - service + 1):
                        if first == start or not programme["institution_first"]:
                            yield Path(trainee, position, start, end, service, site, first)

    def own_programme(self, path: Path) -> bool:
        """The kind of site is one of the programme's; position and site are for the programme or for any."""
        own = path.trainee.programme
        if path.position.programme not in {None, own}:
            return False
        return path.site is None or (
            path.site.programme in {None, own} and path.site.kind in self.params(own)["site_kinds"]
        )

    def recruitment(self, path: Path) -> bool:
        """Whoever an announcement attracts comes to a form of the position announced, if anybody may come at all."""
        announced = path.trainee.recruited_to
        if announced is None:
            return True
        return path.position in self.forms(announced) and self.chance(path.trainee, path.position) > 0

    def forms(self, position_id: str) -> list[Position]:
        """The position and its alternatives, by the id of any of them."""
        first = {row.position_id: row.alternative_to or row.position_id for row in self.instance.positions}
        return [row for row in self.instance.positions if first[row.position_id] == first[position_id]]

    def chance(self, trainee: Trainee, position: Position) -> int:
        """How many times in 1000 the trainee would be there, were the position announced."""
        if trainee.recruited_to is None:
            return 1000
        if "recruitment" not in self.rules:
            return 0
        for row in self.instance.announcements:
            if row.position_id == position.position_id:
                nobody = Fraction(1000 - row.qualified_permille, 1000) ** row.applicants
                return math.floor(1000 * (1 - nobody))
        shares = self.shares(position)
        classes = [row.centrality for row in self.instance.municipalities if row.municipality_id in shares]
        least_central = max(6 if centrality is None else centrality for centrality in classes)
        by_class: tuple[int, ...] = self.rules["recruitment"].model_dump()[f"{position.form.value}_permille"]
        return by_class[least_central - 1]

    def start_window(self, path: Path) -> bool:
        """The first day lies in the trainee's window."""
        latest = path.trainee.latest_start or dt.date.max
        return path.trainee.earliest_start <= self.instance.period_start(path.start) <= latest

    def eligibility(self, path: Path) -> bool:
        """The trainee is not yet known, ranked the position, is pinned to one, or lives near it."""
        if path.trainee.recruited_to is not None:
            return True
        pinned = self.pinned(path.trainee, PinWhat.POSITION, PinVerb.MUST)
        if path.position.position_id in self.ranks(path.trainee) or path.position.position_id in pinned:
            return True
        known = [self.instance.minutes(path.trainee.home_municipality_id, part) for part in self.shares(path.position)]
        return any(minutes is not None and minutes <= self.rules["eligibility"].home_minutes_max for minutes in known)

    def not_before(self, path: Path) -> bool:
        """The site takes only trainees with so many months in practice behind them."""
        if path.site is None or path.first is None or not self.concerns("not_before", path.trainee):
            return True
        gained = Fraction((path.first - path.start) * path.trainee.fte_percent * self.months, 100)
        return path.trainee.practice_months_done + gained >= path.site.after_practice_months

    def notice(self, path: Path) -> bool:
        """The site has known of the block for so many months."""
        if path.site is None or path.first is None or path.site.kind not in self.rules["notice"].site_kinds:
            return True
        if not self.concerns("notice", path.trainee):
            return True
        known_since = months_later(self.instance.settings.start, self.rules["notice"].notice_months)
        return self.instance.period_start(path.first) >= known_since

    def catchment(self, path: Path) -> bool:
        """The site's trust serves the position, or the site is near."""
        if path.site is None or path.site.trust_id is None:
            return True
        shares = self.shares(path.position)
        trusts = {part.trust_id for part in self.instance.municipalities if part.municipality_id in shares}
        minutes = self.minutes_from(path.position, path.site.municipality_id)
        near = minutes is not None and minutes <= self.rules["catchment"].alternative_minutes_max
        return path.site.trust_id in trusts or None in trusts or near

    def pins(self, path: Path) -> bool:
        """What the planner fixed about position, site and period of the path."""
        if not self.obeys(path.trainee, PinWhat.POSITION, path.position.position_id):
            return False
        site_id = None if path.site is None else path.site.site_id
        return path.service == 0 or (
            self.obeys(path.trainee, PinWhat.SITE, site_id) and self.obeys(path.trainee, PinWhat.PERIOD, path.first)
        )

    def obeys(self, trainee: Trainee, what: PinWhat, value: str | int | None) -> bool:
        """Is the value one of those that must be, if any, and none of those that never may be?"""
        must = self.pinned(trainee, what, PinVerb.MUST)
        if value is None:
            return not must
        return value not in self.pinned(trainee, what, PinVerb.NEVER) and (not must or value in must)

    def pinned(self, trainee: Trainee, what: PinWhat, verb: PinVerb, period: int = 0) -> set[str | int | None]:
        """The values of the pins that hold in the period; a pin that ends before the plan begins never does."""
        held = [
            pin
            for pin in self.instance.pins
            if (pin.trainee_id, pin.what, pin.verb) == (trainee.trainee_id, what, verb)
            and (pin.until is None or pin.until >= self.instance.period_start(period))
        ]
        return {self.period_of(pin) if what is PinWhat.PERIOD else pin.value for pin in held}

    def period_of(self, pin: Pin) -> int | None:
        """The period in which the pin's date falls; None outside the horizon."""
        date = dt.date.fromisoformat(pin.value)
        return next(
            (
                period
                for period in self.periods
                if self.instance.period_start(period) <= date <= self.instance.period_end(period)
            ),
            None,
        )

    def held(self, path: Path) -> range:
        """The periods of the path inside the horizon."""
        return range(path.start, min(path.end, len(self.periods)))

    def occupied(self, path: Path) -> list[int]:
        """The periods inside the horizon in which the trainee takes a place of the position."""
        away = self.params(path.trainee.programme)["holds_position_away"]
        return [period for period in self.held(path) if away or path.in_practice(period)]

    def position_open(self, path: Path) -> bool:
        """The position is open in every period of the path inside the horizon."""
        return all(self.whole_period(period, path.position.opens, path.position.closes) for period in self.held(path))
