"""Small random positions, recruits, budgets and applications, for `random_instances`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from allokering.instance import Instance, Settings
from allokering.model import Model
from allokering.tables import (
    Announcement,
    Application,
    Budget,
    Form,
    Municipality,
    Pays,
    Position,
    PositionPart,
    PositionState,
    Trainee,
)


@dataclass(frozen=True)
class Calendar:
    """The periods of the instance that is being drawn."""

    draw: Random
    settings: Settings

    def start(self, period: int) -> dt.date:
        """First day of a period, counted from 0."""
        return Instance("calendar", self.settings).period_start(period)

    def near(self, period: int) -> dt.date:
        """A date on the boundary before the period, a day from it, or well inside the period."""
        return self.start(period) + dt.timedelta(days=self.draw.choice((-1, 0, 0, 0, 1, 17)))

    def span(self) -> tuple[dt.date | None, dt.date | None]:
        """First and last day of something that often holds throughout; the last day is often the last of a period."""
        periods = self.settings.periods
        first = self.near(self.draw.randrange(-1, periods // 2 + 1)) if self.draw.random() < 0.25 else None
        last = self.near(self.draw.randrange(periods // 2 + 1, periods + 2)) if self.draw.random() < 0.3 else None
        return first, None if last is None else last - dt.timedelta(days=self.draw.choice((0, 1, 1)))


def draw_positions(calendar: Calendar, model: Model) -> list[Position]:
    """One to four, of which a third may stay closed and a third have another form."""
    draw = calendar.draw
    rows = []
    for number in range(1, draw.randint(1, 4) + 1):
        position = _position(calendar, model, f"k{number}")
        rows.append(position)
        if draw.random() < 0.3:
            for letter in draw.choice(("b", "b", "b", "bc")):
                other = _position(calendar, model, f"k{number}{letter}")
                form = {"alternative_to": position.position_id, "state": position.state}
                rows.append(other.model_copy(update=form))
    return rows


def _position(calendar: Calendar, model: Model, position_id: str) -> Position:
    draw = calendar.draw
    opens, closes = calendar.span()
    cost = draw.choice((0, 99_999, 1_500_000))
    return Position(
        position_id=position_id,
        form=draw.choice((Form.SALARIED, Form.SALARIED, Form.SELF_EMPLOYED)),
        places=draw.choice((1, 1, 2)),
        opens=opens,
        closes=closes,
        yearly_cost_nok=cost,
        grant_nok=draw.choice((0, cost // 3, cost + 100_001)),
        list_limit=draw.choice((None, None, 55, 301, 700)),
        state=draw.choice((PositionState.OPEN, PositionState.OPEN, PositionState.OPTIONAL)),
        programme=draw.choice((*[None] * 6, *(entry.id for entry in model.programmes))),
    )


def draw_parts(draw: Random, positions: list[Position], places: list[str]) -> list[PositionPart]:
    """Another form is mostly where the position is."""
    rows: dict[str, list[PositionPart]] = {}
    for position in positions:
        shares = draw.choice(((100,), (100,), (60, 40), (75, 25), (33, 67), (50, 50)))
        held = dict(zip(draw.sample(places, len(shares)), shares, strict=True))
        if position.alternative_to is not None and draw.random() < 0.8:
            held = {row.municipality_id: row.share_percent for row in rows[position.alternative_to]}
        rows[position.position_id] = [
            PositionPart(position_id=position.position_id, municipality_id=place, share_percent=share)
            for place, share in held.items()
        ]
    return [row for parts in rows.values() for row in parts]


def draw_recruits(draw: Random, trainees: list[Trainee], positions: list[Position]) -> list[Trainee]:
    """Every third trainee is somebody whom an announcement of a position would attract."""
    named = [position.position_id for position in positions if position.alternative_to is None]
    return [
        trainee.model_copy(update={"recruited_to": draw.choice(named)}) if draw.random() < 0.35 else trainee
        for trainee in trainees
    ]


def draw_announcements(draw: Random, positions: list[Position]) -> list[Announcement]:
    """Of half the forms; sometimes of applicants of whom nobody is said to be qualified."""
    return [
        Announcement(
            position_id=position.position_id,
            applicants=draw.choice((0, 1, 2, 6, 24)),
            qualified_permille=draw.choice((0, 77, 150, 333, 1000)),
        )
        for position in positions
        if draw.random() < 0.5
    ]


def draw_budgets(calendar: Calendar, positions: list[Position], places: list[str]) -> list[Budget]:
    """None, one or two, each enough for a few periods of a place, or just not."""
    draw, periods = calendar.draw, calendar.settings.periods
    rows = []
    for number in range(draw.choice((0, 0, 0, 1, 1, 2))):
        pays = draw.choice(list(Pays))
        rates = [
            row.grant_nok if pays is Pays.GRANT else max(0, row.yearly_cost_nok - row.grant_nok) for row in positions
        ]
        a_period = draw.choice(rates) * calendar.settings.period_months // 12
        first = calendar.near(draw.randrange(-1, periods // 2 + 1))
        last = calendar.near(draw.randrange(periods // 2 + 1, periods + 2))
        rows.append(
            Budget(
                budget_id=f"b{number}",
                from_date=first,
                to_date=last,
                amount_nok=max(0, a_period * draw.choice((1, 2, 3, 5)) + draw.choice((-1, 0, 0, 40_000))),
                pays=pays,
                municipality_id=draw.choice((None, None, *places)),
            )
        )
    return rows


def draw_applications(
    draw: Random, positions: list[Position], parts: list[PositionPart], places: list[str]
) -> list[Application]:
    """None, or one to three; mostly of the municipalities of a position that may stay closed."""
    optional = [position.position_id for position in positions if position.state is PositionState.OPTIONAL]
    rows = {}
    for number in range(draw.choice((0, 1, 2, 3) if optional else (*[0] * 9, 1))):
        members = draw.sample(places, min(len(places), draw.choice((1, 1, 2))))
        if optional and draw.random() < 0.75:
            wanted = draw.choice(optional)
            members = [part.municipality_id for part in parts if part.position_id == wanted]
        for place in members:
            row = Application(application_id=f"a{number}", municipality_id=place)
            rows[row.application_id, row.municipality_id] = row
    return list(rows.values())


def with_traits(draw: Random, municipality: Municipality) -> Municipality:
    """With or without a centrality class, with other ages, and now and then room for few trainees."""
    return municipality.model_copy(
        update={
            "centrality": draw.choice((None, 1, 2, 3, 4, 5, 6)),
            "age_weight_permille": draw.choice((1000, 1080, 777, 1311)),
            "sami_language_area": draw.random() < 0.3,
            "max_trainees": draw.choice((*[None] * 6, 0, 1, 2)),
        }
    )
