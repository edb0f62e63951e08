"""The lists of trainees, as a use of the rows that residents' places are counted in (a list is a negative use).

docs/model.md, section 3, coverage and pipeline.
"""

from __future__ import annotations

import numpy as np

from allokering.facts.positions import shares_of_positions
from allokering.facts.programme import training_years
from allokering.facts.recruitment import CERTAIN, chances_of_trainees
from allokering.formulation.path_space import PathSpace
from allokering.formulation.scope import Amount, Scope
from allokering.instance import Instance
from allokering.kinds import Pipeline
from allokering.model import Model
from allokering.problem import Integers

NO_LIMIT = 2**31


def shares_in_part(instance: Instance, part: int) -> Integers:
    """Share in percent of the numbered part of each position; 0 where it has fewer parts."""
    shares = shares_of_positions(instance).values()
    return np.array([(*share.values(), *[0] * (part + 1))[part] for share in shares], dtype=np.int64)


def list_in_part(scope: Scope, instance: Instance, part: int) -> Amount:
    """The trainee's list while in training, in the numbered part of each position."""
    model = scope.draft.model
    trainees = {trainee.trainee_id: trainee for trainee in instance.trainees}
    chances = chances_of_trainees(instance, model)
    share = shares_in_part(instance, part)
    limit = np.array([NO_LIMIT if row.list_limit is None else row.list_limit for row in instance.positions])
    ladders = {
        entry.id: [
            np.array(scope.policy.by_training_year(model.programme_params(entry.id), period), dtype=np.int64)
            for period in range(instance.settings.periods)
        ]
        for entry in model.programmes
    }

    def amount(space: PathSpace, positions: Integers) -> Integers:
        trainee = trainees[space.trainee]
        years = training_years(trainee, space.starts, space.periods, instance.settings.period_months)
        by_period = enumerate(ladders[trainee.programme])
        patients = np.stack(
            [ladder[np.minimum(years[:, period], len(ladder) - 1)] for period, ladder in by_period], axis=1
        )
        whole = np.minimum((patients * trainee.fte_percent // 100)[None], limit[positions][:, None, None])
        here = whole * share[positions][:, None, None] // 100
        return np.asarray(-(here * chances[space.trainee][positions][:, None, None] // CERTAIN), dtype=np.int64)

    return amount


def list_after(instance: Instance, model: Model, params: Pipeline, share: Integers) -> Amount:
    """The list of who has finished, by the chance of staying, where each position has this share."""
    trainees = {trainee.trainee_id: trainee for trainee in instance.trainees}
    chances = chances_of_trainees(instance, model)

    def amount(space: PathSpace, positions: Integers) -> Integers:
        fte = trainees[space.trainee].fte_percent
        full = params.patients * fte * share[positions] // 10_000
        stays = full[:, None, None] * staying(params, space, instance.settings.period_months)[None] // 1000
        return np.asarray(-(stays * chances[space.trainee][positions][:, None, None] // CERTAIN), dtype=np.int64)

    return amount


def staying(params: Pipeline, space: PathSpace, period_months: int) -> Integers:
    """Chance in permille that who has finished is still there, by (start, period); meaningless before the finish."""
    since = np.arange(space.periods)[None, :] - space.finishes[:, None]
    years = np.maximum(since, 0) * period_months // 12
    ladder = np.array(params.stays_permille_by_year, dtype=np.int64)
    return np.asarray(ladder[np.minimum(years, len(ladder) - 1)], dtype=np.int64)
