"""How many trainees every specialist supervises, and who meets in which group."""

from __future__ import annotations

from collections import Counter, defaultdict

from allokering.kinds import SupervisionParams
from allokering.plan import GroupMembership
from allokering.report.bilingual import listed, say
from allokering.report.blocks import Block, Cell, Column, Content, Section, Table
from allokering.report.scene import Scene
from allokering.verifier.evidence import holds_throughout, periods_between

Row = list[Content | Cell]


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
    trainees = defaultdict(set)
    for row in scene.plan.supervision:
        trainees[row.supervisor_id].add(row.trainee_id)
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
                *(_load_cell(scene, doctor.doctor_id, period, load, most) for period in scene.periods),
                listed(scene.trainee_link(one) for one in sorted(trainees[doctor.doctor_id]))
                if trainees[doctor.doctor_id]
                else "",
            ]
            for doctor in scene.instance.doctors
            if doctor.is_specialist
            and (most := doctor.supervises_max if doctor.supervises_max is not None else _most(scene)) > 0
        ],
        note=say(
            "A period is named by the month it begins in. Full means that the specialist takes no more trainees then; "
            "an empty cell that the specialist is not there throughout the period."
        ),
    )


def _most(scene: Scene) -> int:
    """Trainees per supervisor where the table is silent."""
    for entry in scene.model.rules_of("supervision"):
        return SupervisionParams.model_validate(entry.params).trainees_per_supervisor
    return 0


def _load_cell(scene: Scene, doctor_id: str, period: int, load: dict[str, Counter[int]], most: int) -> Content | Cell:
    doctor = scene.doctors[doctor_id]
    first, last = scene.instance.period_start(period), scene.instance.period_end(period)
    if not holds_throughout(doctor.starts, doctor.ends, first, last):
        return ""
    number = load[doctor_id][period] if doctor_id in load else 0
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
