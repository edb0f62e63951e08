"""A plan is published when what was written has been read back and verified, and not before."""

from __future__ import annotations

from pathlib import Path

from allokering.engine.run import Result, verified
from allokering.files.plan_files import is_plan, read_plan, write_plan
from allokering.files.publishing import check_place
from allokering.files.reading import WORKBOOK
from allokering.plan import Plan
from allokering.workbook.plan_workbook import is_plan_workbook, write_plan_workbook


def check_target(target: Path) -> None:
    """What can be known to fail after the work is found out before it.

    Raises:
        UsageError: the target cannot be written.
    """
    check_place(target, is_plan_workbook if target.suffix.casefold() == WORKBOOK else is_plan)


def publish(result: Result, target: Path) -> None:
    """Write the plan, read it back, and only then let it stand as `target`.

    A plan is a folder, or a workbook if `target` ends in `.xlsx`. What is read back is the plan that was verified, to
    the last row and the last word of its header; where it is not, it is verified anew.

    Raises:
        StageFailed: the written plan does not verify; nothing is published.
        UsageError: the target cannot be written.
    """
    job, plan = result.job, result.plan

    def inspect(written: Path) -> None:
        found = read_plan(written)
        if not is_same(found, plan):
            verified(job, found)

    if target.suffix.casefold() == WORKBOOK:
        write_plan_workbook(job.instance, plan, target, inspect)
    else:
        write_plan(plan, target, inspect)


def is_same(one: Plan, other: Plan) -> bool:
    """Are the two plans the same in every table and in every word of their headers?"""
    return one == other and one.header == other.header
