"""The plan: what people do, in dates and ids, readable without the program.

Row types of every file in a plan folder. Dates are inclusive. Writing and reading are in `plan_files`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from allokering.frames import Frames
from allokering.notes import Note
from allokering.tables import Form, Id, Kroner, Patients, Pin, Residents, Row, Share, Unit

Direction = Literal["restricts", "relaxes"]
"""What a change does to the plans of an instance."""


class PlacementStatus(StrEnum):
    """Has the trainee a position in this plan?"""

    PLACED = "placed"
    UNPLACED = "unplaced"


class OpeningState(StrEnum):
    """Is the position open in this plan?"""

    OPEN = "open"
    CLOSED = "closed"


class HolderKind(StrEnum):
    """Whose list it is."""

    DOCTOR = "doctor"
    TRAINEE = "trainee"


class SelectionState(StrEnum):
    """Does the application take part in this plan?"""

    SELECTED = "selected"
    LEFT_OUT = "left_out"


class Placement(Row):
    """One row per trainee and municipality of the position held; one row without a position for the unplaced."""

    table: ClassVar[str] = "placements"
    key: ClassVar[tuple[str, ...]] = ("trainee_id", "position_id", "municipality_id")

    trainee_id: Id = Field(description="The trainee")
    status: PlacementStatus = Field(description="placed or unplaced")
    position_id: Id | None = Field(None, description="The position held")
    municipality_id: Id | None = Field(None, description="A municipality of the position")
    share_percent: Share | None = Field(None, description="Share of the list and of the working week there")
    from_date: dt.date | None = Field(None, alias="from", description="First day")
    to_date: dt.date | None = Field(None, alias="to", description="Last day inside the plan's horizon")
    completes: dt.date | None = Field(None, description="Last day of the training, which may lie after the horizon")
    expected_permille: Annotated[int, Field(ge=0, le=1000), Unit("permille")] | None = Field(
        None, description="Chance that the announcement fills the position; empty: the trainee is known"
    )


class Rotation(Row):
    """One block of institution service."""

    table: ClassVar[str] = "rotations"
    key: ClassVar[tuple[str, ...]] = ("trainee_id", "site_id", "from_date")

    trainee_id: Id = Field(description="The trainee")
    site_id: Id = Field(description="The site")
    from_date: dt.date = Field(alias="from", description="First day")
    to_date: dt.date = Field(alias="to", description="Last day")


class Supervision(Row):
    """Who supervises a trainee between two dates; institution service needs none of it."""

    table: ClassVar[str] = "supervision"
    key: ClassVar[tuple[str, ...]] = ("trainee_id", "from_date")

    trainee_id: Id = Field(description="The trainee")
    supervisor_id: Id = Field(description="A doctor, or a trainee who has completed the training")
    from_date: dt.date = Field(alias="from", description="First day")
    to_date: dt.date = Field(alias="to", description="Last day")


class GroupMembership(Row):
    """A trainee's supervision group (veiledningsgruppe) between two dates."""

    table: ClassVar[str] = "groups"
    key: ClassVar[tuple[str, ...]] = ("trainee_id", "from_date")

    trainee_id: Id = Field(description="The trainee")
    group_id: Id = Field(description="The group")
    municipality_id: Id = Field(description="Where the group meets")
    from_date: dt.date = Field(alias="from", description="First day")
    to_date: dt.date = Field(alias="to", description="Last day")


class ListLength(Row):
    """How long one list is in one period. A trainee in a shared position has a row per municipality."""

    table: ClassVar[str] = "lists"
    key: ClassVar[tuple[str, ...]] = ("municipality_id", "holder_id", "from_date")

    municipality_id: Id = Field(description="Where the list is")
    holder_id: Id = Field(description="A doctor or a trainee")
    kind: HolderKind = Field(description="doctor or trainee")
    from_date: dt.date = Field(alias="from", description="First day of the period")
    to_date: dt.date = Field(alias="to", description="Last day of the period")
    patients: Patients = Field(description="Patients on the list")
    target: Patients = Field(description="Target under the policy")
    limit: Patients = Field(description="Agreed limit")
    week_minutes: Annotated[int, Field(ge=0), Unit("minutes")] | None = Field(
        None, description="A doctor's working week with this list, if the policy reckons in hours"
    )


class Coverage(Row):
    """Where a municipality's residents are listed in one period."""

    table: ClassVar[str] = "coverage"
    key: ClassVar[tuple[str, ...]] = ("municipality_id", "from_date")

    municipality_id: Id = Field(description="The municipality")
    from_date: dt.date = Field(alias="from", description="First day of the period")
    to_date: dt.date = Field(alias="to", description="Last day of the period")
    residents: Residents = Field(description="Residents")
    listed: Residents = Field(description="Patients on lists in the municipality, locums apart")
    locum: Residents = Field(description="Patients cared for by locums")
    without_gp: Residents = Field(description="Residents without a GP")
    listed_elsewhere: Residents = Field(description="Residents listed in another municipality")
    from_elsewhere: Residents = Field(description="Residents of another municipality listed here")
    above_target: Residents = Field(description="Patients above the targets of their holders' lists")
    off_targets: Residents = Field(0, description="Patients off the targets of those who supervise, as their relief")


class CrossBorderListing(Row):
    """Residents of one municipality listed in another in one period."""

    table: ClassVar[str] = "cross_border"
    key: ClassVar[tuple[str, ...]] = ("from_municipality_id", "to_municipality_id", "from_date")

    from_municipality_id: Id = Field(description="Where they live")
    to_municipality_id: Id = Field(description="Where the list is")
    from_date: dt.date = Field(alias="from", description="First day of the period")
    to_date: dt.date = Field(alias="to", description="Last day of the period")
    residents: Residents = Field(description="How many")


class Opening(Row):
    """Is a position open, and in which form?"""

    table: ClassVar[str] = "openings"
    key: ClassVar[tuple[str, ...]] = ("position_id",)

    position_id: Id = Field(description="The position")
    state: OpeningState = Field(description="open or closed")
    form: Form | None = Field(None, description="salaried or self-employed; empty when closed")
    places: Annotated[int, Field(ge=0, le=100), Unit("trainees")] = Field(description="Trainees it holds at one time")
    yearly_cost_nok: Kroner = Field(description="Cost a year and place")
    grant_nok: Kroner = Field(description="Grant a year and place")


class Selection(Row):
    """Does an application take part?"""

    table: ClassVar[str] = "selection"
    key: ClassVar[tuple[str, ...]] = ("application_id",)

    application_id: Id = Field(description="The application")
    state: SelectionState = Field(description="selected or left_out")


PLAN_TABLES: dict[str, type[Row]] = {
    row.table: row
    for row in (
        Placement, Rotation, Supervision, GroupMembership, ListLength, Coverage, CrossBorderListing, Opening,
        Selection,
    )
}  # fmt: skip
"""Every file of a plan by name."""


class TierResult(BaseModel):
    """How good the plan is in one tier. `bound` holds with the earlier tiers at the values reached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    unit: str
    value: int
    bound: int
    gap: float
    status: str
    seconds: float


class ContentHash(BaseModel):
    """A name and the sha256 of what it stood for when the plan was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str


class RecordedChange(BaseModel):
    """A change that was made of the instance and the model named, before the plan was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    contents: dict[str, Any]
    """In plain values, as a file of the change holds them."""
    direction: Direction | None = None
    """Does it only take plans away, or only allow more? None: that cannot be told from the tables."""


class PlanHeader(BaseModel):
    """`plan.json`: where the plan comes from and how good it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: str
    instance: ContentHash
    model: ContentHash
    objective: str
    overrides: dict[str, str]
    versions: dict[str, str]
    seed: int
    solver: str
    workers: int
    seconds: float
    tiers: tuple[TierResult, ...]
    stages: tuple[TierResult, ...]
    unique: bool | None = None
    """Is it proven that no other plan is as good and comes before this one, in the stages too? Then every machine makes
    the same tables. None: made by a version that does not say."""
    notes: tuple[Note, ...] = ()
    """What a reader must know that the tables do not say, as data: see `allokering.notes`."""
    parameters: str | None = None
    """Key of what tuned column generation; None where another solver made the placement."""
    pins: tuple[Pin, ...] = ()
    """Pins given with an earlier plan, in addition to the instance's own."""
    changes: tuple[RecordedChange, ...] = ()
    """In the order in which they were made; the hashes are of the instance and the model as changed."""


@dataclass(frozen=True)
class PlanTables:
    """A plan's tables, as far as they are known: one tuple of rows per table, sorted by key."""

    placements: tuple[Placement, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    supervision: tuple[Supervision, ...] = ()
    groups: tuple[GroupMembership, ...] = ()
    lists: tuple[ListLength, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    cross_border: tuple[CrossBorderListing, ...] = ()
    openings: tuple[Opening, ...] = ()
    selection: tuple[Selection, ...] = ()


@dataclass(frozen=True)
class Plan(PlanTables):
    """A whole plan: its tables, and where they come from."""

    header: PlanHeader = field(kw_only=True, compare=False)

    @property
    def tables(self) -> Frames:
        """Each table as a pandas data frame, made when it is asked for: `plan.tables["placements"]`."""
        return Frames(PLAN_TABLES, lambda table: getattr(self, table))

    @staticmethod
    def of(tables: PlanTables, header: PlanHeader) -> Plan:
        """The plan that consists of these tables."""
        rows = {table: getattr(tables, table) for table in PLAN_TABLES}
        return Plan(**rows, header=header)

    def with_pins(self, pins: Sequence[Pin]) -> Plan:
        """The same plan, with the pins recorded that it was given in addition to the instance's own."""
        return replace(self, header=self.header.model_copy(update={"pins": tuple(pins)}))
