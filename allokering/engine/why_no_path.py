"""Why a trainee has no path to a position: the rules that removed it, and those that would have to give way.

Nothing is solved: a path that the rules leave may still be one that no plan has room for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from allokering.engine.build import build
from allokering.formulation.paths import PathOptions
from allokering.formulation.trace import Barred, Trace, barred
from allokering.instance import Instance
from allokering.model import Model


def why_no_path(
    instance: Instance,
    model: Model,
    trainee_id: str,
    position_id: str | None = None,
    *,
    site_id: str | None = None,
    from_date: dt.date | None = None,
) -> Barred:
    """What the rules say of a trainee's paths to a position, of those with a rotation at a site, from a date on.

    What is not given may be any; a date stands for the period that it falls in. `is_barred` tells whether none is left.

    Raises:
        KeyError: there is no such trainee, position or site, or the date is outside the horizon.
        InstanceFaulty: a trainee's programme is not in the model.
    """
    alone = replace(instance, trainees=tuple(row for row in instance.trainees if row.trainee_id == trainee_id))
    if not alone.trainees:
        raise KeyError(trainee_id)
    trace = Trace()
    actor = build(alone, model, trace=trace).actors[0]
    assert isinstance(actor, PathOptions)  # noqa: S101 - the actors that are trainees come first
    for name, known in ((position_id, actor.space.positions), (site_id, actor.space.sites)):
        if name is not None and name not in known:
            raise KeyError(name)
    return barred(trace, actor.space, position_id, site_id, None if from_date is None else _period(instance, from_date))


def _period(instance: Instance, date: dt.date) -> int:
    for period in range(instance.settings.periods):
        if instance.period_start(period) <= date <= instance.period_end(period):
            return period
    raise KeyError(date)
