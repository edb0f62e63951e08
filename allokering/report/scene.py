"""What the report tells of: an instance, its model and a plan, looked up in the ways that its parts need."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from allokering.evidence.written_plan import WrittenPath, announced_chances, parts_by_position, period_of, read_paths
from allokering.instance import Instance
from allokering.model import Model
from allokering.plan import (
    Coverage,
    GroupMembership,
    ListLength,
    Placement,
    PlacementStatus,
    Plan,
    PlanHeader,
    Rotation,
    Supervision,
)
from allokering.report.before import lacking_before
from allokering.tables import Doctor, Municipality, Position, PositionPart, Site, Trainee


@dataclass(frozen=True)
class PlanView:
    """A plan's rows by the trainee they speak of."""

    plan: Plan

    @cached_property
    def placements(self) -> dict[str, tuple[Placement, ...]]:
        """The rows of every trainee who has a position, one per municipality of it."""
        found: dict[str, list[Placement]] = defaultdict(list)
        for row in self.plan.placements:
            if row.status is PlacementStatus.PLACED:
                found[row.trainee_id].append(row)
        return {trainee: tuple(rows) for trainee, rows in found.items()}

    @cached_property
    def unplaced(self) -> tuple[str, ...]:
        """Trainees without a position."""
        return tuple(row.trainee_id for row in self.plan.placements if row.status is PlacementStatus.UNPLACED)

    @cached_property
    def rotations(self) -> dict[str, tuple[Rotation, ...]]:
        """Blocks of institution service by trainee."""
        found: dict[str, list[Rotation]] = defaultdict(list)
        for row in self.plan.rotations:
            found[row.trainee_id].append(row)
        return {trainee: tuple(rows) for trainee, rows in found.items()}

    @cached_property
    def supervision(self) -> dict[str, tuple[Supervision, ...]]:
        """Supervisors by trainee, in the order of time."""
        found: dict[str, list[Supervision]] = defaultdict(list)
        for row in sorted(self.plan.supervision, key=lambda row: row.from_date):
            found[row.trainee_id].append(row)
        return {trainee: tuple(rows) for trainee, rows in found.items()}

    @cached_property
    def groups(self) -> dict[str, GroupMembership]:
        """The supervision group by trainee."""
        return {row.trainee_id: row for row in self.plan.groups}


@dataclass(frozen=True)
class Scene:
    """Everything that one report is made from."""

    instance: Instance
    model: Model
    plan: Plan
    header: PlanHeader
    against: Plan | None = None

    @cached_property
    def view(self) -> PlanView:
        """The plan by trainee."""
        return PlanView(self.plan)

    @cached_property
    def earlier(self) -> PlanView | None:
        """The plan that this one is held against, by trainee."""
        return None if self.against is None else PlanView(self.against)

    @cached_property
    def municipalities(self) -> dict[str, Municipality]:
        """Municipalities by id."""
        return {row.municipality_id: row for row in self.instance.municipalities}

    @cached_property
    def peopled(self) -> tuple[Municipality, ...]:
        """Municipalities that have residents, in the alphabet of their names."""
        rows = (row for row in self.instance.municipalities if row.residents)
        return tuple(sorted(rows, key=lambda row: row.name))

    @cached_property
    def positions(self) -> dict[str, Position]:
        """Positions by id."""
        return {row.position_id: row for row in self.instance.positions}

    @cached_property
    def parts(self) -> dict[str, tuple[PositionPart, ...]]:
        """A position's parts by its id."""
        return parts_by_position(self.instance)

    @cached_property
    def sites(self) -> dict[str, Site]:
        """Sites by id."""
        return {row.site_id: row for row in self.instance.sites}

    @cached_property
    def trainees(self) -> dict[str, Trainee]:
        """Trainees by id."""
        return {row.trainee_id: row for row in self.instance.trainees}

    @cached_property
    def doctors(self) -> dict[str, Doctor]:
        """Doctors by id."""
        return {row.doctor_id: row for row in self.instance.doctors}

    @cached_property
    def recruits(self) -> frozenset[str]:
        """Trainees who are not yet known."""
        return frozenset(row.trainee_id for row in self.instance.trainees if row.recruited_to is not None)

    @cached_property
    def chances(self) -> dict[str, int]:
        """Permille that an announcement is filled, by position."""
        return announced_chances(self.instance, self.model)

    @cached_property
    def paths(self) -> dict[str, WrittenPath]:
        """The training path of every trainee who has one."""
        return read_paths(self.instance, self.model, self.plan)

    @cached_property
    def wishes(self) -> dict[str, tuple[str, ...]]:
        """The positions that a trainee has ranked, the best first."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in sorted(self.instance.preferences, key=lambda row: row.rank):
            found[row.trainee_id].append(row.position_id)
        return {trainee: tuple(positions) for trainee, positions in found.items()}

    @cached_property
    def lacking_before(self) -> dict[tuple[str, int], int]:
        """Residents without a place if no trainee held a position, by (municipality, period)."""
        return lacking_before(self.instance, self.model)

    @cached_property
    def lacking_after(self) -> dict[tuple[str, int], int]:
        """Residents on no doctor's or trainee's list in the plan, by (municipality, period).

        They are with a locum or without a GP.
        """
        return {key: row.locum + row.without_gp for key, row in self.coverage.items()}

    @cached_property
    def coverage(self) -> dict[tuple[str, int], Coverage]:
        """The plan's coverage by (municipality, period)."""
        return {(row.municipality_id, period_of(self.instance, row.from_date)): row for row in self.plan.coverage}

    @cached_property
    def lists(self) -> dict[tuple[str, str], dict[int, ListLength]]:
        """Lists by (municipality, holder), then period."""
        found: dict[tuple[str, str], dict[int, ListLength]] = defaultdict(dict)
        for row in self.plan.lists:
            found[row.municipality_id, row.holder_id][period_of(self.instance, row.from_date)] = row
        return dict(found)

    @cached_property
    def lists_of(self) -> dict[str, tuple[ListLength, ...]]:
        """Every row of a holder's lists, wherever they are."""
        found: dict[str, list[ListLength]] = defaultdict(list)
        for row in self.plan.lists:
            found[row.holder_id].append(row)
        return {holder: tuple(rows) for holder, rows in found.items()}

    @cached_property
    def holders(self) -> dict[str, tuple[str, ...]]:
        """Who holds a list, by municipality."""
        found: dict[str, list[str]] = defaultdict(list)
        for place, holder in self.lists:
            found[place].append(holder)
        return {place: tuple(holders) for place, holders in found.items()}

    @cached_property
    def trainees_in(self) -> dict[str, tuple[str, ...]]:
        """Trainees with a part of their position there, by municipality."""
        found: dict[str, list[str]] = defaultdict(list)
        for trainee, rows in self.view.placements.items():
            for row in rows:
                found[str(row.municipality_id)].append(trainee)
        return {place: tuple(trainees) for place, trainees in found.items()}

    @cached_property
    def periods(self) -> range:
        """The periods of the horizon."""
        return range(self.instance.settings.periods)

    def period_label(self, period: int) -> str:
        """A period as a column's heading, by the month it begins in, alike in every language."""
        first = self.instance.period_start(period)
        return f"{first.month}/{first.year}"

    @cached_property
    def _anchors(self) -> dict[tuple[str, str], str]:
        """Ids may hold any letter; the anchors of the page are numbered instead."""
        named = (("municipality", self.municipalities), ("trainee", self.trainees))
        return {(kind, key): f"{kind[0]}{number}" for kind, keys in named for number, key in enumerate(keys, start=1)}

    def anchor(self, kind: str, key: str) -> str:
        """The anchor of a municipality's or trainee's own page."""
        return self._anchors[kind, key]

    def municipality_link(self, municipality_id: str) -> Markup:
        """A municipality's name, leading to its page."""
        return self._link("municipality", municipality_id, self.municipality_name(municipality_id))

    def trainee_link(self, trainee_id: str) -> Markup:
        """A trainee's id, leading to the trainee's page."""
        return self._link("trainee", trainee_id, trainee_id)

    def _link(self, kind: str, key: str, text: str) -> Markup:
        """An earlier plan may speak of someone who is not in the instance any more: then there is no page."""
        if (kind, key) not in self._anchors:
            return Markup("{}").format(text)
        return Markup("<a href=#{}>{}</a>").format(self.anchor(kind, key), text)

    def municipality_name(self, municipality_id: str) -> str:
        """A municipality's name, or the id of one that is not in the instance."""
        found = self.municipalities.get(municipality_id)
        return municipality_id if found is None else found.name

    def position_title(self, position_id: str) -> str:
        """A position's title, or its id if it has none."""
        found = self.positions.get(position_id)
        return position_id if found is None else found.title or position_id

    def programme_name(self, programme: str) -> str:
        """What a programme is called, without what its title explains after a colon; its id if it has no title."""
        return (self.model.programme(programme).title or programme).split(":")[0]

    def site_name(self, site_id: str) -> str:
        """A site's name, or the id of one that is not in the instance."""
        found = self.sites.get(site_id)
        return site_id if found is None else found.name
