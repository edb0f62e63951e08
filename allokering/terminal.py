"""What people see on a terminal: progress while it takes time, and a compact summary of a plan at the end."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

from rich.console import Console, Group
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from allokering.events import Began, Bounded, Event, Improved, Stage
from allokering.instance import Instance
from allokering.language import say
from allokering.plan import Placement, PlacementStatus, Plan, SelectionState, TierResult
from allokering.solvers.outcome import relative_gap

QUIET_SECONDS = 2.0
"""Shorter work shows no progress."""


class Watcher:
    """An observer: shows stage, tier, best plan and bound on a terminal; nothing elsewhere.

    It speaks the language of who made it, whatever thread an event comes from.
    """

    def __init__(self, console: Console) -> None:
        self._context = copy_context()
        self._stage = ""
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
        )
        self._task = self._progress.add_task("", total=None)
        self._is_shown = False
        # A timer, because a search may be silent for long.
        self._timer = threading.Timer(QUIET_SECONDS, self._start)
        self._timer.daemon = True
        if console.is_terminal:
            self._timer.start()

    def _start(self) -> None:
        self._progress.start()
        self._is_shown = True

    def __call__(self, event: Event) -> None:
        """Show it, if it is something that is shown."""
        match event:
            case Began(stage, _):
                # A copy, as two threads cannot be in one context.
                self._context.copy().run(self._begin, stage)
            case Improved(tier, value, bound) | Bounded(tier, value, bound):
                self._context.copy().run(self._tier, tier, value, bound)

    def _begin(self, stage: Stage) -> None:
        self._stage = said(stage)
        self._show(self._stage)

    def _tier(self, name: str, value: int | None, bound: int | None) -> None:
        best, least = ("-" if number is None else f"{number:,}" for number in (value, bound))
        gap = "-" if value is None or bound is None else f"{relative_gap(value, bound):.2%}"
        self._show(
            say(
                "{stage}: {tier}, best {best}, bound {bound}, gap {gap}",
                stage=self._stage,
                tier=say(name),
                best=best,
                bound=least,
                gap=gap,
            )
        )

    def _show(self, text: str) -> None:
        self._progress.update(self._task, description=escape(text))

    def stop(self) -> None:
        """Leave the terminal as it was."""
        self._timer.cancel()
        if self._is_shown:
            self._progress.stop()


def said(stage: Stage) -> str:
    """What a stage is called, in the language in use."""
    match stage:
        case Stage.PLACEMENT:
            return say("placement")
        case Stage.SUPERVISION:
            return say("supervision")
        case Stage.GROUPS:
            return say("groups")
        case Stage.LISTS:
            return say("lists")
        case Stage.VERIFICATION:
            return say("verification")
        case Stage.WRITING:
            return say("writing")


@contextmanager
def watched(console: Console) -> Iterator[Watcher]:
    """A watcher that is gone when the work is done, however it ends."""
    watcher = Watcher(console)
    try:
        yield watcher
    finally:
        watcher.stop()


def summary(instance: Instance, plan: Plan) -> Group:
    """The plan on one screen: quality, who goes where, and what is short where."""
    return Group(
        Text(instance.settings.title, style="bold"),
        _quality(plan),
        _placements(instance, plan),
        *_chosen(plan),
        _coverage(instance, plan),
    )


def _quality(plan: Plan) -> Table:
    table = Table(title=say("How good the plan is"), title_justify="left")
    for column, justify in (
        ("Tier", "left"),
        ("Value", "right"),
        ("Bound", "right"),
        ("Unit", "left"),
        ("Status", "left"),
    ):
        table.add_column(say(column), justify="right" if justify == "right" else "left")
    for tier in (*plan.header.tiers, *plan.header.stages):
        table.add_row(say(tier.name), f"{tier.value:,}", f"{tier.bound:,}", say(tier.unit), _status(tier))
    return table


def _status(tier: TierResult) -> str:
    return say("optimal") if tier.status == "optimal" else say("gap {gap}", gap=f"{tier.gap:.1%}")


def _placements(instance: Instance, plan: Plan) -> Table:
    """Everyone who is known, and every recruit whose position is announced."""
    recruits = {row.trainee_id for row in instance.trainees if row.recruited_to is not None}
    table = Table(title=say("Who goes where"), title_justify="left")
    for column in ("Trainee", "Position", "From", "Completes", "Institution service"):
        table.add_column(say(column))
    if recruits:
        table.add_column(say("Chance"), justify="right")
    rotation_of = {row.trainee_id: row for row in plan.rotations}
    rows: dict[str, list[Placement]] = defaultdict(list)
    for row in plan.placements:
        rows[row.trainee_id].append(row)
    for trainee, placements in rows.items():
        first = placements[0]
        if first.status is PlacementStatus.UNPLACED:
            if trainee not in recruits:
                table.add_row(escape(trainee), Text(say("no position"), style="yellow"))
            continue
        rotation = rotation_of.get(trainee)
        service = "" if rotation is None else f"{rotation.site_id} {rotation.from_date}"
        chance = "" if first.expected_permille is None else f"{first.expected_permille / 1000:.1%}"
        told = (str(first.from_date), str(first.completes), service, *([chance] if recruits else []))
        table.add_row(escape(trainee), escape(str(first.position_id)), *told)
    return table


def _chosen(plan: Plan) -> Iterator[Text]:
    """Which applications take part, where somebody has applied."""
    takes_part = [row.application_id for row in plan.selection if row.state is SelectionState.SELECTED]
    if plan.selection:
        yield Text(say("Take part: {applications}.", applications=", ".join(takes_part) or say("none")))


def _coverage(instance: Instance, plan: Plan) -> Table:
    table = Table(title=say("Where residents are short of a GP, on average over the periods"), title_justify="left")
    table.add_column(say("Municipality"))
    for column in ("Residents", "Listed", "Locum", "Without a GP", "Above target"):
        table.add_column(say(column), justify="right")
    for municipality in instance.municipalities:
        rows = [row for row in plan.coverage if row.municipality_id == municipality.municipality_id]
        if not any(row.locum or row.without_gp or row.above_target for row in rows):
            continue
        table.add_row(
            escape(municipality.name),
            *(
                f"{-(-sum(getattr(row, column) for row in rows) // len(rows)):,}"
                for column in ("residents", "listed", "locum", "without_gp", "above_target")
            ),
        )
    return table
