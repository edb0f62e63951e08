"""Reports to look at: Narvik's plan, alone and against an earlier one, and the same with names that mean harm."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

from solved_once import solved_once

from allokering.engine.job import Job
from allokering.files.reading import read_instance
from allokering.instance import Instance
from allokering.language import speak
from allokering.model import Model, load_model
from allokering.plan import HolderKind, Plan
from allokering.report.page import report
from allokering.report.scene import Scene
from allokering.tables import Row

EARLIER = {"eligibility.home_minutes_max": "30"}
"""With only the nearest positions for those who have ranked others, another plan is best."""
SCRIPT = "<script>alert(1)</script>"
HOSTILE = {
    "alis-narvik-1": "</script><script>document.title=1</script>",
    "alis-narvik-2": "<img src=x onerror=alert(1)>",
    "alis-narvik-3": "čáŋžđ-Ŋuorri-👩‍⚕️",
    "alis-narvik-4": "w" * 80,
    "Narvik": f"Áhkkánjárga {SCRIPT} {{{{ 7*7 }}}} {{% raw %}}",
    "Gratangen": "Rivttáid suohkan 🏔️ & <b>" + "lang" * 80,
    "ALIS Ballangen": '"><script>alert(2)</script>',
    "UNN Narvik": "=cmd()|' /C calc'!A0",
}
"""What stands for a name in the plan, and what it is changed to."""


@cache
def model(earlier: bool = False) -> Model:
    """The model of today's plan or of the earlier one."""
    return load_model("alis", EARLIER if earlier else {})


@cache
def narvik() -> Instance:
    """The smallest built-in instance."""
    return read_instance("narvik-2022")


@cache
def plan(earlier: bool = False) -> Plan:
    """Narvik's plan of today or the earlier one."""
    return solved_once(Job(narvik(), model(earlier))).plan


def scene() -> Scene:
    """What the report of today's plan is made from."""
    made = plan()
    assert made.header is not None
    return Scene(narvik(), model(), made, made.header)


@cache
def page(language: str = "en", *, against: bool = False, hostile: bool = False) -> str:
    """The report as HTML."""
    found, made, earlier = narvik(), plan(), plan(earlier=True) if against else None
    if hostile:
        found, made, earlier = renamed(found), renamed(made), None if earlier is None else renamed(earlier)
    speak(language)
    text = report(found, model(), made, earlier)
    speak("en")
    return text


@cache
def crowded_page() -> str:
    """The report with 600 more doctors in Narvik, each with a list in the first period."""
    doctor, row = narvik().doctors[0], next(row for row in plan().lists if row.kind is HolderKind.DOCTOR)
    ids = [f"gp-more-{number}" for number in range(600)]
    doctors = (doctor.model_copy(update={"doctor_id": one}) for one in ids)
    lists = (row.model_copy(update={"holder_id": one}) for one in ids)
    crowd = replace(narvik(), doctors=(*narvik().doctors, *doctors))
    return report(crowd, model(), replace(plan(), lists=(*plan().lists, *lists)))


def renamed(tables: Instance | Plan) -> Any:
    """The same rows with other names and ids."""
    rows = {
        field.name: tuple(_renamed_row(row) for row in getattr(tables, field.name))
        for field in fields(tables)
        if isinstance(getattr(tables, field.name), tuple)
    }
    if isinstance(tables, Instance):
        title = tables.settings.model_copy(update={"title": f"Narvik {SCRIPT}", "question": SCRIPT})
        return replace(tables, settings=title, **rows)
    return replace(tables, **rows)


def _renamed_row(row: Row) -> Row:
    changed = {name: HOSTILE[value] for name, value in row if isinstance(value, str) and value in HOSTILE}
    return row.model_copy(update=changed)
