"""The one builder of situations: rows of an instance and of a plan, gathered one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from allokering.instance import Instance, Settings
from allokering.plan import PLAN_TABLES, Coverage, Placement, PlacementStatus, PlanTables, Rotation, Supervision
from allokering.tables import TABLES, Pin, Row, Travel
from scenes import rows

START = dt.date(2025, 1, 1)


@dataclass
class Scene:
    """Rows of an instance and of a plan; periods are half-years from 2025 if not said, `told` is of the settings."""

    periods: int = 4
    period_months: int = 6
    start: dt.date = START
    name: str = "scene"
    told: Mapping[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    plan: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The calendar, and what else is told."""
        settings = {
            "title": "Scene",
            "question": "?",
            "start": self.start,
            "periods": self.periods,
            "period_months": self.period_months,
            "provenance": dict.fromkeys(TABLES, "assumption"),
        }
        return Settings.model_validate(settings | dict(self.told))

    @property
    def calendar(self) -> Instance:
        """An instance without people, for its dates."""
        return Instance("calendar", self.settings)

    def first(self, period: int) -> dt.date:
        """First day of a period."""
        return self.calendar.period_start(period)

    def last(self, period: int) -> dt.date:
        """Last day of a period."""
        return self.calendar.period_end(period)

    def add(self, *rows: Row) -> Scene:
        """Add rows to the tables they belong to, of the instance or of the plan."""
        for row in rows:
            tables = self.plan if isinstance(row, tuple(PLAN_TABLES.values())) else self.rows
            tables.setdefault(row.table, []).append(row)
        return self

    def put(self, tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Scene:
        """Add rows of the instance written as columns and values, by table."""
        return self.add(*(TABLES[table].model_validate(row) for table, found in tables.items() for row in found))

    def put_plan(self, tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Scene:
        """Add rows of the plan in the same way; some tables are called alike."""
        return self.add(*(PLAN_TABLES[table].model_validate(row) for table, found in tables.items() for row in found))

    def municipality(self, name: str, network: str | None = None, age_weight: int = 1000) -> None:
        """Add a municipality."""
        self.add(rows.town(name, 1000, network=network, age_weight_permille=age_weight))

    def road(self, here: str, there: str, minutes: int, kilometres: int | None = None) -> None:
        """Add a travel time, and a distance if it is not to be guessed."""
        self.add(Travel(from_municipality_id=here, to_municipality_id=there, minutes=minutes, kilometres=kilometres))

    def doctor(
        self,
        name: str,
        municipality: str,
        *,
        present: tuple[int, int] | None = None,
        supervises: int | None = None,
        is_specialist: bool = True,
        size: int = 1000,
        limit: int = 1000,
        target: int | None = None,
        fte: int = 100,
    ) -> None:
        """`present`: first and last period; None: always."""
        self.add(
            rows.doctor(
                name,
                municipality,
                limit,
                target,
                list_size=size,
                fte_percent=fte,
                is_specialist=is_specialist,
                supervises_max=supervises,
                starts=None if present is None else self.first(present[0]),
                ends=None if present is None else self.last(present[1]),
            )
        )

    def trainee(
        self,
        name: str,
        municipalities: Sequence[str],
        held: tuple[int, int],
        *,
        rotation: tuple[int, int] | None = None,
        list_limit: int | None = None,
        group_months_done: int = 0,
        programme: str = "alis",
        shares: Sequence[int] = (),
        fte: int = 100,
        chance: int | None = None,
    ) -> None:
        """A trainee in a position of equal parts, or of `shares`; `held` and `rotation` are first and last period.

        Who does not hold the position to the end of the horizon has finished. `chance`: permille, of a recruit.
        """
        shares = shares or [100 // len(municipalities)] * len(municipalities)
        self.add(*rows.position(*municipalities, shares=shares, position_id=f"post-{name}", list_limit=list_limit))
        self.add(
            rows.trainee(
                name,
                programme=programme,
                home_municipality_id=municipalities[0],
                earliest_start=self.start,
                group_months_done=group_months_done,
                fte_percent=fte,
                recruited_to=None if chance is None else f"post-{name}",
            )
        )
        for municipality, share in zip(municipalities, shares, strict=True):
            self.add(
                Placement(
                    trainee_id=name,
                    status=PlacementStatus.PLACED,
                    position_id=f"post-{name}",
                    municipality_id=municipality,
                    share_percent=share,
                    from_date=self.first(held[0]),
                    to_date=self.last(held[1]),
                    completes=self.last(held[1] if held[1] < self.periods - 1 else self.periods),
                    expected_permille=chance,
                )
            )
        if rotation is not None:
            self.add(
                Rotation(
                    trainee_id=name,
                    site_id="site",
                    from_date=self.first(rotation[0]),
                    to_date=self.last(rotation[1]),
                )
            )

    def pin(self, trainee: str, verb: str, doctor: str, until: dt.date | None = None) -> None:
        """Pin a supervisor."""
        self.add(Pin(trainee_id=trainee, what="supervisor", verb=verb, value=doctor, until=until))

    def supervise(self, trainee: str, supervisor: str, first: int, last: int) -> None:
        """Name the supervisor of a trainee from the first to the last period, for the stages that follow."""
        self.add(
            Supervision(
                trainee_id=trainee, supervisor_id=supervisor, from_date=self.first(first), to_date=self.last(last)
            )
        )

    def cover(self, municipality: str, period: int, listed: int, *, above: int = 0, off: int = 0) -> None:
        """Say how many residents are to be listed, how many above targets, and how many supervising takes off them."""
        self.add(
            Coverage(
                municipality_id=municipality,
                from_date=self.first(period),
                to_date=self.last(period),
                residents=listed,
                listed=listed,
                locum=0,
                without_gp=0,
                listed_elsewhere=0,
                from_elsewhere=0,
                above_target=above,
                off_targets=off,
            )
        )

    @property
    def instance(self) -> Instance:
        """The instance alone."""
        return self.built()[0]

    def built(self, shuffle: int | None = None) -> tuple[Instance, PlanTables]:
        """The instance and what there is of a plan; `shuffle` is the seed of another order of all rows."""
        tables, plan = ({table: list(own) for table, own in side.items()} for side in (self.rows, self.plan))
        if shuffle is not None:
            random = Random(shuffle)
            for own in (*tables.values(), *plan.values()):
                random.shuffle(own)
        made = PlanTables(**{table: tuple(own) for table, own in plan.items()})  # type: ignore[arg-type]
        return Instance.of(self.name, self.settings, tables), made
