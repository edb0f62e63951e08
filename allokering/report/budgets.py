"""Every budget: how much there is, and how much of it the plan uses."""

from __future__ import annotations

from allokering.report.bilingual import Told, number_text, percent, say
from allokering.report.blocks import Cell, Column, Content, Table
from allokering.report.scene import Scene
from allokering.rules.budget import spent
from allokering.tables import Budget, Pays

PAYS = {Pays.GRANT: say("grants"), Pays.COST: say("costs less grants")}


def used(scene: Scene, budget: Budget) -> int:
    """NOK of a budget that the plan uses."""
    return spent(budget, scene.instance, scene.paths)


def in_a_line(scene: Scene, budget: Budget) -> Told:
    """Used and amount in a line."""
    return say(
        "{budget}: NOK {used} of {amount}",
        budget=budget.budget_id,
        used=number_text(used(scene, budget)),
        amount=number_text(budget.amount_nok),
    )


def table(scene: Scene) -> Table | None:
    """All budgets; None if there are none."""
    if not scene.instance.budgets:
        return None
    return Table(
        name="budgets",
        caption=say("Budgets, and what the plan uses of them"),
        columns=(
            Column(say("Budget")),
            Column(say("Pays")),
            Column(say("Municipality")),
            Column(say("From"), is_date=True),
            Column(say("To"), is_date=True),
            Column(say("Amount, NOK"), is_number=True),
            Column(say("Used, NOK"), is_number=True),
            Column(say("Left, NOK"), is_number=True),
            Column(say("Share used"), is_number=True),
        ),
        rows=[_row(scene, budget) for budget in scene.instance.budgets],
        note=say(
            "A position uses a budget in the periods that begin inside it. One that is still to be announced counts in "
            "full, because the announcement may well succeed."
        ),
    )


def _row(scene: Scene, budget: Budget) -> list[Content | Cell]:
    nok = used(scene, budget)
    share = 100 * nok // max(budget.amount_nok, 1)
    return [
        budget.budget_id,
        PAYS[budget.pays],
        "" if budget.municipality_id is None else scene.municipality_link(budget.municipality_id),
        str(budget.from_date),
        str(budget.to_date),
        budget.amount_nok,
        nok,
        budget.amount_nok - nok,
        Cell(percent(share), share),
    ]
