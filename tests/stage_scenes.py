"""Small situations for the stages: municipalities, people, and a placement to go on from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from allokering.instance import Instance, Settings
from allokering.model import Entry, Model, load_model
from allokering.plan import Coverage, Placement, PlacementStatus, PlanTables, Rotation, Supervision
from allokering.tables import Doctor, Municipality, Pin, Position, PositionPart, Row, Trainee, Travel

START = dt.date(2025, 1, 1)
MODEL = load_model("alis")


def with_measures(model: Model = MODEL, **params: dict[str, object]) -> Model:
    """The model with measures by kind; `from` and `until` stand among a measure's parameters."""
    measures = [
        Entry(
            section="measure",
            id=f"test_{kind}",
            kind=kind,
            source="test",
            from_date=given.pop("from", None),
            until=given.pop("until", None),
            params=given,
        )
        for kind, given in ((kind, dict(own)) for kind, own in params.items())
    ]
    return replace(model, measures=(*model.measures, *measures))


def with_programme(model: Model = MODEL, programme: str = "alis", **params: object) -> Model:
    """The model in which a programme demands something else."""
    return replace(
        model,
        programmes=tuple(
            entry.model_copy(update={"params": {**entry.params, **params}}) if entry.id == programme else entry
            for entry in model.programmes
        ),
    )


def with_rule(kind: str, model: Model = MODEL, **params: object) -> Model:
    """The model in which a rule has other parameters."""
    return replace(
        model,
        rules=tuple(
            entry.model_copy(update={"params": {**entry.params, **params}}) if entry.kind == kind else entry
            for entry in model.rules
        ),
    )


@dataclass
class Scene:
    """Rows of an instance and of a placement, gathered one by one; periods are half-years from 2025 if not said."""

    periods: int = 4
    period_months: int = 6
    rows: dict[str, list[Row]] = field(default_factory=dict)
    placements: list[Placement] = field(default_factory=list)
    rotations: list[Rotation] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    supervision: list[Supervision] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The calendar from 2025."""
        return Settings(
            title="Scene",
            question="?",
            start=START,
            periods=self.periods,
            period_months=self.period_months,
            provenance={},
        )

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

    def add(self, row: Row) -> None:
        """Add a row to the table it belongs to."""
        self.rows.setdefault(row.table, []).append(row)

    def municipality(self, name: str, network: str | None = None, age_weight: int = 1000) -> None:
        """Add a municipality."""
        self.add(
            Municipality(
                municipality_id=name, name=name, residents=1000, network=network, age_weight_permille=age_weight
            )
        )

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
            Doctor(
                doctor_id=name,
                municipality_id=municipality,
                list_size=size,
                list_limit=limit,
                list_target=target,
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
        self.add(Position(position_id=f"post-{name}", places=1, list_limit=list_limit))
        self.add(
            Trainee(
                trainee_id=name,
                programme=programme,
                home_municipality_id=municipalities[0],
                earliest_start=START,
                group_months_done=group_months_done,
                fte_percent=fte,
                recruited_to=None if chance is None else f"post-{name}",
            )
        )
        for municipality, share in zip(municipalities, shares, strict=True):
            self.add(PositionPart(position_id=f"post-{name}", municipality_id=municipality, share_percent=share))
            self.placements.append(
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
            self.rotations.append(
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
        self.supervision.append(
            Supervision(
                trainee_id=trainee, supervisor_id=supervisor, from_date=self.first(first), to_date=self.last(last)
            )
        )

    def cover(self, municipality: str, period: int, listed: int, *, above: int = 0, off: int = 0) -> None:
        """Say how many residents are to be listed, how many above targets, and how many supervising takes off them."""
        self.coverage.append(
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

    def built(self, shuffle: int | None = None) -> tuple[Instance, PlanTables]:
        """The instance and the placement; `shuffle` is the seed of another order of all rows."""
        rows = {table: list(own) for table, own in self.rows.items()}
        placements, rotations, coverage = list(self.placements), list(self.rotations), list(self.coverage)
        supervision = list(self.supervision)
        if shuffle is not None:
            random = Random(shuffle)
            for own in (*rows.values(), placements, rotations, coverage, supervision):
                random.shuffle(own)
        plan = PlanTables(
            placements=tuple(placements),
            rotations=tuple(rotations),
            coverage=tuple(coverage),
            supervision=tuple(supervision),
        )
        return Instance.of("scene", self.settings, rows), plan
