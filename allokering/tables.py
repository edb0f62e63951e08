"""The tables of an instance: every column with its meaning, unit, bounds and an example.

This is the single definition that the reader, the validator, the schemas, the workbook template and
`docs/data-contract.md` are made from. A column typed `Ref("doctors")` is a foreign key.

All `from`/`to`, `starts`/`ends`, `opens`/`closes` and `earliest`/`latest` pairs are inclusive: the second date is
the last day on which the thing still holds, as planners write "1.9.2017-31.8.2018".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


@dataclass(frozen=True)
class Ref:
    """A foreign key: the value must be an id of `table`."""

    table: str


@dataclass(frozen=True)
class Unit:
    """The unit of a number, as a reader of the table should see it."""

    name: str


Id = Annotated[
    str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\s,;\"'=+@!|\x00-\x1f][^,;\"|\x00-\x1f]*$")
]
Text = Annotated[str, StringConstraints(max_length=400)]
Percent = Annotated[int, Field(ge=0, le=100), Unit("percent")]
Share = Annotated[int, Field(ge=1, le=100), Unit("percent")]
Patients = Annotated[int, Field(ge=0, le=2500), Unit("patients")]
Residents = Annotated[int, Field(ge=0, le=2_000_000), Unit("residents")]
Kroner = Annotated[int, Field(ge=0, le=1_000_000_000), Unit("NOK")]
Months = Annotated[int, Field(ge=0, le=600), Unit("months")]
Minutes = Annotated[int, Field(ge=0, le=10_000), Unit("minutes")]


class Form(StrEnum):
    """How a position is paid: fixed salary (fastlønn) or self-employed (næringsdrift)."""

    SALARIED = "salaried"
    SELF_EMPLOYED = "self_employed"


class PositionState(StrEnum):
    """`open`: decided. `optional`: the plan may open it or not."""

    OPEN = "open"
    OPTIONAL = "optional"


class Pays(StrEnum):
    """What a budget pays: the grant of a position, or what is left of its cost."""

    GRANT = "grant"
    COST = "cost"


class SiteKind(StrEnum):
    """Where institution service can be done (`kad` is the municipal emergency day-and-night unit)."""

    HOSPITAL = "hospital"
    NURSING_HOME = "nursing_home"
    KAD = "kad"


class PinWhat(StrEnum):
    """What a pin speaks of."""

    POSITION = "position"
    SITE = "site"
    PERIOD = "period"
    SUPERVISOR = "supervisor"


class PinVerb(StrEnum):
    """`must`: one of the values so marked. `never`: none of them."""

    MUST = "must"
    NEVER = "never"


class Row(BaseModel):
    """One row of a table. Strict about unknown columns, immutable, one attribute per column."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    required: ClassVar[bool] = False
    """Must the instance have this table at all?"""


class Municipality(Row):
    """A municipality (kommune), or a ward (bydel) with `parent_id`."""

    table = "municipalities"
    key = ("municipality_id",)
    required = True

    municipality_id: Id = Field(description="Municipality number, or any id of your own", examples=["4634"])
    name: Text = Field(description="Name as shown in reports", examples=["Masfjorden"])
    residents: Residents = Field(description="Residents at the start of the plan", examples=[1672])
    growth_permille_per_year: Annotated[int, Field(ge=-200, le=200), Unit("permille per year")] = Field(
        0, description="Growth of the number of residents, of the starting number", examples=[-5]
    )
    centrality: Annotated[int, Field(ge=1, le=6)] | None = Field(
        None,
        description="Centrality class of Statistics Norway: 1 most central, 6 least; shown, not reckoned with",
        examples=[6],
    )
    trust_id: Id | None = Field(None, description="Health trust whose hospitals serve it", examples=["helse-bergen"])
    network: Id | None = Field(None, description="Competence network it belongs to", examples=["nord"])
    latitude: Annotated[float, Field(ge=-90, le=90), Unit("degrees")] | None = Field(
        None, description="Latitude of the centre, WGS84", examples=[60.79]
    )
    longitude: Annotated[float, Field(ge=-180, le=180), Unit("degrees")] | None = Field(
        None, description="Longitude of the centre, WGS84", examples=[5.4]
    )
    max_trainees: Annotated[int, Field(ge=0, le=1000), Unit("trainees")] | None = Field(
        None, description="Most trainees at one time", examples=[2]
    )
    age_weight_permille: Annotated[int, Field(ge=100, le=3000), Unit("permille")] = Field(
        1000,
        description="Use of GP services by a resident's age, of the national mean; for age-weighted lists",
        examples=[1080],
    )
    sami_language_area: bool = Field(False, description="In the Sami-language area", examples=["no"])
    parent_id: Annotated[Id, Ref("municipalities")] | None = Field(
        None,
        description="The municipality this ward belongs to; count residents and doctors in one of them",
        examples=["4601"],
    )


class Doctor(Row):
    """A GP who holds a list (fastlege)."""

    table = "doctors"
    key = ("doctor_id",)
    required = True

    doctor_id: Id = Field(description="An id, not a name", examples=["gp-masfjorden-1"])
    municipality_id: Annotated[Id, Ref("municipalities")] = Field(description="Where the list is", examples=["4634"])
    list_size: Patients = Field(description="Patients on the list at the start of the plan", examples=[800])
    list_limit: Patients = Field(description="Agreed list limit (listetak)", examples=[900])
    list_target: Patients | None = Field(None, description="List the doctor wants, at most the limit", examples=[800])
    office: Text | None = Field(
        None, description="Office (legekontor); shown, not reckoned with", examples=["Masfjorden legekontor"]
    )
    fte_percent: Annotated[int, Field(ge=1, le=100), Unit("percent")] = Field(
        100, description="Position size", examples=[100]
    )
    is_specialist: bool = Field(False, description="Specialist in general practice", examples=["yes"])
    supervises_max: Annotated[int, Field(ge=0, le=20), Unit("trainees")] | None = Field(
        None, description="Most trainees supervised at once; empty: the model's default", examples=[2]
    )
    starts: dt.date | None = Field(None, description="First day; empty: already there", examples=["2018-01-01"])
    ends: dt.date | None = Field(None, description="Last day; empty: stays", examples=["2020-06-30"])


class Position(Row):
    """A training position (utdanningsstilling)."""

    table = "positions"
    key = ("position_id",)
    required = True

    position_id: Id = Field(description="An id", examples=["alis-masfjorden-modalen"])
    title: Text | None = Field(None, description="Title as shown in reports", examples=["ALIS Masfjorden/Modalen"])
    form: Form = Field(Form.SALARIED, description="How it is paid", examples=["salaried"])
    places: Annotated[int, Field(ge=1, le=100), Unit("trainees")] = Field(
        description="Trainees it can hold at one time", examples=[1]
    )
    opens: dt.date | None = Field(None, description="First day; empty: already open", examples=["2017-09-01"])
    closes: dt.date | None = Field(None, description="Last day; empty: stays open", examples=["2022-08-31"])
    yearly_cost_nok: Kroner = Field(0, description="Cost to the municipality a year and place", examples=[1500000])
    grant_nok: Kroner = Field(0, description="Grant a year and place", examples=[200000])
    list_limit: Patients | None = Field(None, description="Longest list the position can carry", examples=[700])
    state: PositionState = Field(PositionState.OPEN, description="Decided or optional", examples=["open"])
    alternative_to: Annotated[Id, Ref("positions")] | None = Field(
        None,
        description="The position that this row is another form of; one form at most is opened",
        examples=["alis-vadso"],
    )
    programme: Id | None = Field(None, description="The programme it is for; empty: any", examples=["alis"])


class PositionPart(Row):
    """A municipality's share of a position; two or more rows make a shared position."""

    table = "position_parts"
    key = ("position_id", "municipality_id")
    required = True

    position_id: Annotated[Id, Ref("positions")] = Field(
        description="The position", examples=["alis-masfjorden-modalen"]
    )
    municipality_id: Annotated[Id, Ref("municipalities")] = Field(description="The municipality", examples=["4634"])
    share_percent: Share = Field(description="Share of the list and of the working week", examples=[75])


class Trainee(Row):
    """A doctor in specialty training (ALIS) or internship (LIS1)."""

    table = "trainees"
    key = ("trainee_id",)
    required = True

    trainee_id: Id = Field(description="An id, not a name", examples=["alis-aardal-1"])
    programme: Id = Field(
        description="A programme of the model: alis, lis1 or gp (an ordinary post)", examples=["alis"]
    )
    home_municipality_id: Annotated[Id, Ref("municipalities")] = Field(
        description="Where the trainee lives", examples=["4643"]
    )
    earliest_start: dt.date = Field(description="First possible start", examples=["2017-09-01"])
    latest_start: dt.date | None = Field(
        None, description="Last possible start; empty: the plan's end", examples=["2018-09-01"]
    )
    fte_percent: Annotated[int, Field(ge=50, le=100), Unit("percent")] = Field(
        100, description="Position size; at least 50 (assumption, domain fact 1.8)", examples=[100]
    )
    practice_months_done: Months = Field(0, description="Months in open practice already credited", examples=[12])
    institution_months_done: Months = Field(
        0, description="Months of institution service already credited", examples=[6]
    )
    group_months_done: Months = Field(0, description="Months of group supervision already credited", examples=[0])
    recruited_to: Annotated[Id, Ref("positions")] | None = Field(
        None,
        description="Not yet known: whoever an announcement of this position, in one of its forms, attracts",
        examples=["alis-vadso"],
    )


class Preference(Row):
    """How a trainee ranks a position."""

    table = "preferences"
    key = ("trainee_id", "position_id")

    trainee_id: Annotated[Id, Ref("trainees")] = Field(description="The trainee", examples=["alis-aardal-1"])
    position_id: Annotated[Id, Ref("positions")] = Field(description="The position", examples=["alis-aardal"])
    rank: Annotated[int, Field(ge=1, le=1000)] = Field(description="1 is best", examples=[1])


class Site(Row):
    """A place for institution service: hospital department, nursing home or emergency unit."""

    table = "sites"
    key = ("site_id",)

    site_id: Id = Field(description="An id", examples=["forde-med"])
    name: Text = Field(description="Name as shown in reports", examples=["Førde sentralsjukehus"])
    kind: SiteKind = Field(description="Hospital, nursing home or KAD", examples=["hospital"])
    municipality_id: Annotated[Id, Ref("municipalities")] = Field(description="Where it is", examples=["4637"])
    trust_id: Id | None = Field(None, description="Health trust that runs it; empty: none", examples=["helse-forde"])
    department: Text | None = Field(None, description="Department; shown, not reckoned with", examples=["medicine"])
    after_practice_months: Months = Field(0, description="Months in practice before service here", examples=[36])
    programme: Id | None = Field(None, description="The programme it takes trainees of; empty: any", examples=["lis1"])


class SiteSlot(Row):
    """Places at a site between two dates; rows that overlap add up."""

    table = "site_slots"
    key = ("site_id", "from_date", "to_date")

    site_id: Annotated[Id, Ref("sites")] = Field(description="The site", examples=["forde-med"])
    from_date: dt.date = Field(alias="from", description="First day", examples=["2018-09-01"])
    to_date: dt.date = Field(alias="to", description="Last day", examples=["2022-08-31"])
    slots: Annotated[int, Field(ge=0, le=1000), Unit("trainees")] = Field(
        description="Trainees at one time", examples=[1]
    )


class Travel(Row):
    """Travel time; without a row the reverse row, then great-circle distance by the instance's fallback, is used."""

    table = "travel"
    key = ("from_municipality_id", "to_municipality_id")

    from_municipality_id: Annotated[Id, Ref("municipalities")] = Field(description="From", examples=["4634"])
    to_municipality_id: Annotated[Id, Ref("municipalities")] = Field(description="To", examples=["4629"])
    minutes: Minutes = Field(description="One way", examples=[65])
    kilometres: Annotated[int, Field(ge=0, le=5000), Unit("km")] | None = Field(
        None, description="One way; empty: by the instance's fallback", examples=[58]
    )


class CrossBorder(Row):
    """Residents of one municipality who may be listed in another."""

    table = "cross_border"
    key = ("from_municipality_id", "to_municipality_id")

    from_municipality_id: Annotated[Id, Ref("municipalities")] = Field(description="Where they live", examples=["4629"])
    to_municipality_id: Annotated[Id, Ref("municipalities")] = Field(description="Where the list is", examples=["4634"])
    max_residents: Residents = Field(description="At most so many", examples=[100])


class Pin(Row):
    """What a planner has fixed for a trainee."""

    table = "pins"
    key = ("trainee_id", "what", "verb", "value")

    trainee_id: Annotated[Id, Ref("trainees")] = Field(description="The trainee", examples=["alis-aardal-1"])
    what: PinWhat = Field(description="What is fixed; period is the date the rotation begins in", examples=["position"])
    verb: PinVerb = Field(description="must (one of the values so marked) or never", examples=["must"])
    value: Text = Field(description="An id; for period a date inside the period", examples=["alis-aardal"])
    until: dt.date | None = Field(
        None,
        description="Last day of a pinned supervisor; of other pins only whether it is before the plan",
        examples=["2019-08-31"],
    )
    note: Text | None = Field(None, description="Why", examples=["Agreed in the steering group"])


class Announcement(Row):
    """What an announcement of a position is expected to draw. Who applies is not qualified by that alone."""

    table = "announcements"
    key = ("position_id",)

    position_id: Annotated[Id, Ref("positions")] = Field(
        description="The position, in this form", examples=["alis-vadso"]
    )
    applicants: Annotated[int, Field(ge=0, le=1000), Unit("applicants")] = Field(
        description="Applicants to expect", examples=[6]
    )
    qualified_permille: Annotated[int, Field(ge=0, le=1000), Unit("permille")] = Field(
        0, description="Share of the applicants who are qualified; nobody is unless it is said", examples=[150]
    )


class Budget(Row):
    """Money for positions between two dates."""

    table = "budgets"
    key = ("budget_id",)

    budget_id: Id = Field(description="An id", examples=["alis-nord-2019"])
    from_date: dt.date = Field(alias="from", description="First day", examples=["2019-01-01"])
    to_date: dt.date = Field(alias="to", description="Last day", examples=["2019-12-31"])
    amount_nok: Annotated[int, Field(ge=0, le=100_000_000_000), Unit("NOK")] = Field(
        description="At most so much in all", examples=[7800000]
    )
    pays: Pays = Field(Pays.COST, description="grant, or cost: the yearly cost less the grant", examples=["grant"])
    municipality_id: Annotated[Id, Ref("municipalities")] | None = Field(
        None, description="Pays this municipality's share of positions only; empty: every position", examples=["5607"]
    )


class Application(Row):
    """A municipality that has applied to take part; two or more rows with one id: a group of them."""

    table = "applications"
    key = ("application_id", "municipality_id")

    application_id: Id = Field(description="An id", examples=["vadso-nesseby"])
    municipality_id: Annotated[Id, Ref("municipalities")] = Field(description="Who applies", examples=["5607"])


TABLES: dict[str, type[Row]] = {
    row.table: row
    for row in (
        Municipality, Doctor, Position, PositionPart, Trainee, Preference,
        Site, SiteSlot, Travel, CrossBorder, Pin, Announcement, Budget, Application,
    )
}  # fmt: skip
"""Every table by name, in the order in which a reader meets them."""
