"""Of each health trust so many applications take part, and together they bring what is wanted.

Index:   trust; optional position; application
Math:    min(per_trust_min, applications of the trust) <= sum_{a of the trust} z[a] <= per_trust_max;
         y[k] <= sum_{a with m} z[a] for each m of k;  z[a] <= sum_{optional k with a part in a} y[k];
         sum_{optional self-employed k} places y >= self_employed_min;  sum_{a in the Sami-language area} z >= sami_min
Units:   applications; places
Assumes: an application is of the trust of its largest municipality, the first id of several; municipalities without a
         trust are one trust; without applications nothing is asked
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from allokering.evidence.written_plan import parts_by_position
from allokering.facts.positions import municipalities_of_positions
from allokering.formulation.choices import SELECTED, application, municipalities_of_applications, openings
from allokering.formulation.scope import Scope
from allokering.instance import Instance
from allokering.kinds import Selection as SelectionParams
from allokering.language import say
from allokering.model import Model
from allokering.plan import OpeningState, Plan, SelectionState
from allokering.tables import Form, Municipality, Position, PositionState
from allokering.violation import Violation

RULE = "selection"
SCOPE = ("resource",)
WITHOUT_TRUST = "-"
"""Stands for the trust of municipalities that have none."""


def enforce(scope: Scope, params: SelectionParams, instance: Instance) -> None:
    """Rows per trust, per optional position and municipality, per application, and for what all bring together."""
    members = municipalities_of_applications(instance)
    if not members:
        return
    _limit_trusts(scope, params, instance, members)
    _open_where_selected(scope, instance, members)
    self_employed = scope.resource("self-employed", 0, -params.self_employed_min)
    for form, actor in _optional(instance):
        if form.form is Form.SELF_EMPLOYED:
            scope.choose(actor, form.position_id, self_employed, -form.places)
    sami = scope.resource("Sami-language area", 0, -params.sami_min)
    is_sami = {row.municipality_id for row in instance.municipalities if row.sami_language_area}
    for application_id, own in members.items():
        if is_sami & set(own):
            scope.choose(application(application_id), SELECTED, sami, -1)


def _limit_trusts(
    scope: Scope, params: SelectionParams, instance: Instance, members: Mapping[str, Sequence[str]]
) -> None:
    """So many applications of every trust, or all if they are fewer."""
    of_trust: dict[str, list[str]] = defaultdict(list)
    for application_id, own in members.items():
        of_trust[_trust(instance, own)].append(application_id)
    for trust, applications in of_trust.items():
        most = scope.resource(f"{trust} at most", 0, params.per_trust_max)
        least = scope.resource(f"{trust} at least", 0, -min(params.per_trust_min, len(applications)))
        for application_id in applications:
            scope.choose(application(application_id), SELECTED, most, 1)
            scope.choose(application(application_id), SELECTED, least, -1)


def _open_where_selected(scope: Scope, instance: Instance, members: Mapping[str, Sequence[str]]) -> None:
    """An optional position opens where every part is selected; who is selected opens one."""
    parts = municipalities_of_positions(instance)
    of_place: dict[str, list[str]] = defaultdict(list)
    opens: dict[str, int] = {}
    for application_id, own in members.items():
        opens[application_id] = scope.resource(f"{application_id} opens", 0, 0)
        scope.choose(application(application_id), SELECTED, opens[application_id], 1)
        for place in own:
            of_place[place].append(application_id)
    for form, actor in _optional(instance):
        own = parts[form.position_id]
        for place in own:
            row = scope.resource(f"{form.position_id} {place}", 0, 0)
            scope.choose(actor, form.position_id, row, 1)
            for application_id in of_place[place]:
                scope.choose(application(application_id), SELECTED, row, -1)
        for application_id in sorted({one for place in own for one in of_place[place]}):
            scope.choose(actor, form.position_id, opens[application_id], -1)


def _optional(instance: Instance) -> list[tuple[Position, str]]:
    """The forms that may be opened or not, and who decides."""
    actors = openings(instance)
    return [(row, actors[row.position_id]) for row in instance.positions if row.state is PositionState.OPTIONAL]


def _trust(instance: Instance, municipalities: Sequence[str]) -> str:
    """The trust of the largest of the municipalities; an empty text if it has none."""
    rows = {row.municipality_id: row for row in instance.municipalities}
    largest = min(municipalities, key=lambda place: (-rows[place].residents, place))
    return rows[largest].trust_id or ""


def check(params: SelectionParams, instance: Instance, _model: Model, plan: Plan) -> Iterator[Violation]:
    """Yield every trust with too few or many applications, and whatever the selected ones do not bring."""
    towns = {row.municipality_id: row for row in instance.municipalities}
    members: dict[str, list[Municipality]] = defaultdict(list)
    for row in instance.applications:
        members[row.application_id].append(towns[row.municipality_id])
    if not members:
        return
    selected = {row.application_id for row in plan.selection if row.state is SelectionState.SELECTED}
    open_ids = {row.position_id for row in plan.openings if row.state is OpeningState.OPEN}
    opened = [row for row in instance.positions if row.state is PositionState.OPTIONAL and row.position_id in open_ids]
    yield from _check_trusts(params, members, selected)
    yield from _check_openings(members, selected, opened, instance)
    yield from _check_aims(params, members, selected, opened)


def _check_trusts(
    params: SelectionParams, members: Mapping[str, Sequence[Municipality]], selected: set[str]
) -> Iterator[Violation]:
    applications: dict[str, list[str]] = defaultdict(list)
    for application_id, towns in members.items():
        largest = min(towns, key=lambda town: (-town.residents, town.municipality_id))
        applications[largest.trust_id or WITHOUT_TRUST].append(application_id)
    for trust_id, applied in applications.items():
        low, high = min(params.per_trust_min, len(applied)), params.per_trust_max
        count = sum(application_id in selected for application_id in applied)
        if not low <= count <= high:
            message = say(
                "{trust} has {count} selected applications; from {low} to {high}",
                trust=trust_id,
                count=count,
                low=low,
                high=high,
            )
            yield Violation(RULE, trust_id, count, low if count < low else high, message)


def _check_openings(
    members: Mapping[str, Sequence[Municipality]], selected: set[str], opened: Sequence[Position], instance: Instance
) -> Iterator[Violation]:
    parts = parts_by_position(instance)
    taking_part = {
        town.municipality_id
        for application_id, towns in members.items()
        if application_id in selected
        for town in towns
    }
    with_positions = set()
    for position in opened:
        for part in parts[position.position_id]:
            with_positions.add(part.municipality_id)
            if part.municipality_id not in taking_part:
                message = say(
                    "{position} is opened in {municipality}, which is in no selected application",
                    position=position.position_id,
                    municipality=part.municipality_id,
                )
                yield Violation(RULE, f"{position.position_id} {part.municipality_id}", 1, 0, message)
    for application_id in sorted(selected & members.keys()):
        if not any(town.municipality_id in with_positions for town in members[application_id]):
            message = say("{application} is selected, and none of its positions opened", application=application_id)
            yield Violation(RULE, application_id, 0, 1, message)


def _check_aims(
    params: SelectionParams,
    members: Mapping[str, Sequence[Municipality]],
    selected: set[str],
    opened: Sequence[Position],
) -> Iterator[Violation]:
    places = sum(row.places for row in opened if row.form is Form.SELF_EMPLOYED)
    if places < params.self_employed_min:
        message = say(
            "{count} places in self-employed positions are opened; {limit} required",
            count=places,
            limit=params.self_employed_min,
        )
        yield Violation(RULE, "self_employed", places, params.self_employed_min, message)
    sami = sum(
        any(town.sami_language_area for town in towns)
        for application_id, towns in members.items()
        if application_id in selected
    )
    if sami < params.sami_min:
        message = say(
            "{count} applications of the Sami-language area are selected; {limit} required",
            count=sami,
            limit=params.sami_min,
        )
        yield Violation(RULE, "sami", sami, params.sami_min, message)
