"""Training paths as rows of a plan, and those that the verifier's checks keep of all that could be written.

Nothing here knows the law: how long a path lasts, and what it may be, is asked of `check`, which shares no code with
what makes problems (`tests/rules/test_independence.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from allokering.evidence.written_plan import WrittenPath, read_paths
from allokering.instance import Instance
from allokering.model import Model
from allokering.plan import Opening, OpeningState, Placement, PlacementStatus, PlanTables, Rotation
from allokering.rules.registry import RULES
from allokering.tables import Position, PositionPart, Site, SiteKind, Trainee
from allokering.violation import Violation

FILTERS = [kind for kind, rule in RULES.items() if "path" in rule.SCOPE]
FILTERS.sort(key=lambda kind: kind != "start_window")
"""Rules that say which paths a trainee may have; the one that most paths break is asked first."""


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

    @property
    def key(self) -> str:
        """The name that the path has among the engine's options."""
        rotation = "" if self.site is None else f" {self.site.site_id}@{self.first:03}"
        return f"{self.position.position_id}@{self.start:03}{rotation}"


def plan_of(instance: Instance, paths: Iterable[Path], closed: Collection[str] = ()) -> PlanTables:
    """A plan as far as paths, and which positions are closed, decide it."""
    paths = list(paths)
    last = instance.settings.periods
    return PlanTables(
        placements=tuple(
            Placement.model_validate(
                {
                    "trainee_id": path.trainee.trainee_id,
                    "status": PlacementStatus.PLACED,
                    "position_id": path.position.position_id,
                    "municipality_id": part.municipality_id,
                    "share_percent": part.share_percent,
                    "from": instance.period_start(path.start),
                    "to": instance.period_end(min(path.end, last) - 1),
                    "completes": instance.period_end(path.end - 1),
                }
            )
            for path in paths
            for part in instance.position_parts
            if part.position_id == path.position.position_id
        ),
        rotations=tuple(
            Rotation.model_validate(
                {
                    "trainee_id": path.trainee.trainee_id,
                    "site_id": path.site.site_id,
                    "from": instance.period_start(path.first),
                    "to": instance.period_end(path.first + path.service - 1),
                }
            )
            for path in paths
            if path.site is not None and path.first is not None
        ),
        openings=tuple(
            Opening(
                position_id=position.position_id,
                state=OpeningState.CLOSED if position.position_id in closed else OpeningState.OPEN,
                form=position.form,
                places=position.places,
                yearly_cost_nok=position.yearly_cost_nok,
                grant_nok=position.grant_nok,
            )
            for position in instance.positions
        ),
    )


def violations(kinds: Iterable[str], instance: Instance, model: Model, plan: PlanTables) -> Iterator[Violation]:
    """Yield what the checks of these kinds say, of rules in force."""
    for kind in kinds:
        for rule in model.rules_of(kind):
            if rule.in_force(instance.settings.start):
                yield from RULES[kind].check(rule.typed, instance, model, plan)


def is_silent(kinds: Iterable[str], instance: Instance, model: Model, plan: PlanTables) -> bool:
    """Do the checks of these kinds say nothing?"""
    return next(violations(kinds, instance, model, plan), None) is None


def alone(instance: Instance, trainee: Trainee) -> Instance:
    """The instance as if nobody else were in it."""
    pins = tuple(pin for pin in instance.pins if pin.trainee_id == trainee.trainee_id)
    return replace(instance, trainees=(trainee,), pins=pins)


class Paths:
    """The paths of one instance under one model."""

    def __init__(self, instance: Instance, model: Model) -> None:
        self.instance, self.model = instance, model
        self.owed = cache(self._owed)

    def conceivable(self, trainee: Trainee) -> Iterator[Path]:
        """Every path of the length owed that can be written, whatever the rules say of it."""
        owed = self.owed(
            trainee.programme,
            trainee.fte_percent,
            trainee.practice_months_done,
            trainee.institution_months_done,
        )
        if owed is None:
            return
        total, service = owed
        horizon = self.instance.settings.periods
        for position in self.instance.positions:
            for start in range(horizon):
                end = start + total
                yield Path(trainee, position, start, end, service)
                for site in self.instance.sites if service else ():
                    for first in range(max(0, start - 1), min(end + 1, horizon) - service + 1):
                        yield Path(trainee, position, start, end, service, site, first)

    def kept(self, trainee: Trainee) -> Iterator[tuple[Path, WrittenPath]]:
        """Yield those of which every check that speaks of single paths is silent, and as the verifier reads them.

        Of a recruit, those that may come of an announcement: the others are in nobody's plan.
        """
        there = alone(self.instance, trainee)
        for path in self.conceivable(trainee):
            plan = plan_of(there, [path])
            if is_silent(FILTERS, there, self.model, plan):
                written = read_paths(there, self.model, plan)[trainee.trainee_id]
                if written.chance > 0:
                    yield path, written

    def _owed(self, programme: str, fte: int, practice: int, institution: int) -> tuple[int, int] | None:
        """Periods in all, and of institution service, of which the check of training time is silent; None if none.

        Asked of a start in the first period, of a horizon that cuts nothing off, and of a position and a site for
        anybody.
        """
        params = self.model.programme_params(programme)
        months = params.total_months + params.practice_months_min + params.institution_months
        longest = 100 * months // (fte * self.instance.settings.period_months) + 3
        here = self.instance.municipalities[0].municipality_id
        position = Position(position_id="any", places=1)
        kind = next(iter(params.site_kinds), SiteKind.HOSPITAL)
        site = Site(site_id="any", name="Any", kind=kind, municipality_id=here)
        trainee = self.instance.trainees[0].model_copy(
            update={
                "programme": programme,
                "fte_percent": fte,
                "practice_months_done": practice,
                "institution_months_done": institution,
                "recruited_to": None,
            }
        )
        roomy = replace(
            self.instance,
            settings=self.instance.settings.model_copy(update={"periods": longest}),
            trainees=(trainee,),
            positions=(position,),
            position_parts=(PositionPart(position_id="any", municipality_id=here, share_percent=100),),
            sites=(site,),
        )

        def faults(total: int, service: int) -> list[str]:
            where, first = (site, 0) if service else (None, None)
            plan = plan_of(roomy, [Path(trainee, position, 0, total, service, where, first)])
            return [one.subject for one in violations(["training_time"], roomy, self.model, plan)]

        for least in (0, 1):
            for total in range(max(1, least), longest):
                if trainee.trainee_id not in faults(total, least):
                    lawful = (service for service in range(least, total + 1) if not faults(total, service))
                    return next(((total, service) for service in lawful), None)
        return None
