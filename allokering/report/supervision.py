"""How many trainees every specialist supervises, and who meets in which group."""

from __future__ import annotations

from collections import Counter, defaultdict

from allokering.evidence.recount import finished_supervisors
from allokering.evidence.written_plan import holds_throughout, main_municipality, periods_between
from allokering.kinds import SupervisionParams
from allokering.plan import GroupMembership
from allokering.report.bilingual import in_sentences, listed, say
from allokering.report.blocks import Block, Cell, Column, Content, Section, Table
from allokering.report.scene import Scene
from allokering.tables import Doctor

Row = list[Content | Cell]
FINISHED = say(
    "A trainee among the specialists is one who has finished the training and may stay; how many such a one may "
    "supervise counts by the chance of staying."
)


def section(scene: Scene) -> Section:
    """Supervisors and groups."""
    blocks: list[Block] = [_supervisors(scene)]
    if scene.plan.groups:
        blocks.append(_groups(scene))
    return Section("supervision", say("Supervision"), blocks)


def loads(scene: Scene) -> dict[str, Counter[int]]:
    """Trainees supervised by supervisor and period."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for row in scene.plan.supervision:
        found[row.supervisor_id].update(periods_between(scene.instance, row.from_date, row.to_date))
    return found


def _supervisors(scene: Scene) -> Table:
    load = loads(scene)
    trainees: dict[str, set[str]] = defaultdict(set)
    for row in scene.plan.supervision:
        trainees[row.supervisor_id].add(row.trainee_id)
    finished = _finished(scene, load, trainees)
    return Table(
        name="supervisors",
        caption=say("Trainees supervised at a time, by every specialist who may supervise"),
        columns=(
            Column(say("Specialist")),
            Column(say("Municipality")),
            Column(say("Most at a time"), is_number=True),
            *(Column(scene.period_label(period), is_number=True) for period in scene.periods),
            Column(say("Trainees")),
        ),
        rows=[
            [
                doctor.doctor_id,
                scene.municipality_link(doctor.municipality_id),
                most,
                *(
                    _load_cell(load[doctor.doctor_id][period], most) if _is_there(scene, doctor, period) else ""
                    for period in scene.periods
                ),
                _names(scene, trainees[doctor.doctor_id]),
            ]
            for doctor in scene.instance.doctors
            if doctor.is_specialist
            and (most := doctor.supervises_max if doctor.supervises_max is not None else _most(scene)) > 0
        ]
        + finished,
        note=in_sentences(
            [
                say(
                    "A period is named by the month it begins in. Full means that the specialist takes no more "
                    "trainees then; an empty cell that the specialist is not there throughout the period."
                ),
                *([FINISHED] if finished else []),
            ]
        ),
    )


def _finished(scene: Scene, load: dict[str, Counter[int]], trainees: dict[str, set[str]]) -> list[Row]:
    """A row for everyone who has finished the training and may supervise."""
    places: dict[str, dict[int, int]] = defaultdict(dict)
    for (trainee, period), number in finished_supervisors(scene.instance, scene.model, scene.paths).items():
        places[trainee][period] = number
    return [
        [
            scene.trainee_link(trainee),
            scene.municipality_link(main_municipality(scene.paths[trainee].parts)),
            max(given.values()),
            *(_load_cell(load[trainee][period], given[period]) if period in given else "" for period in scene.periods),
            _names(scene, trainees[trainee]),
        ]
        for trainee, given in sorted(places.items())
        if max(given.values()) > 0
    ]


def _names(scene: Scene, trainees: set[str]) -> Content:
    return listed(scene.trainee_link(one) for one in sorted(trainees)) if trainees else ""


def _most(scene: Scene) -> int:
    """Trainees per supervisor where the table is silent."""
    for entry in scene.model.rules_of("supervision"):
        return SupervisionParams.model_validate(entry.params).trainees_per_supervisor
    return 0


def _is_there(scene: Scene, doctor: Doctor, period: int) -> bool:
    first, last = scene.instance.period_start(period), scene.instance.period_end(period)
    return holds_throughout(doctor.starts, doctor.ends, first, last)


def _load_cell(number: int, most: int) -> Content | Cell:
    return Cell(number, number, "full" if number >= most else "used") if number else 0


def _groups(scene: Scene) -> Table:
    members: dict[str, list[GroupMembership]] = defaultdict(list)
    for row in scene.plan.groups:
        members[row.group_id].append(row)
    return Table(
        name="groups",
        caption=say("Supervision groups"),
        columns=(
            Column(say("Group")),
            Column(say("Meets in")),
            Column(say("From"), is_date=True),
            Column(say("To"), is_date=True),
            Column(say("Size"), is_number=True),
            Column(say("Members")),
        ),
        rows=[
            [
                group,
                scene.municipality_link(rows[0].municipality_id),
                str(min(row.from_date for row in rows)),
                str(max(row.to_date for row in rows)),
                len(rows),
                listed(scene.trainee_link(row.trainee_id) for row in rows),
            ]
            for group, rows in sorted(members.items())
        ],
    )
