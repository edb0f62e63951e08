"""Situations that tests start from, all made by one builder.

`Scene` gathers the rows of an instance and of a plan, and hands both out. Rows of few words are made by `town`,
`doctor`, `position` and `trainee`; models are changed by `with_measures`, `with_programme`, `with_rule` and
`without_terms`. Beside these stand situations that many tests share: `tiny`, a region and how a rule's cases differ
from it; `openings`, a region where something is opened; `one_doctor`, with a list; `narvik`, with a report;
`one_row_each`, a plan; and `problems`, which know no region.
"""

from __future__ import annotations

from scenes.models import MODEL, with_measures, with_programme, with_rule, without_terms
from scenes.rows import doctor, position, town, trainee
from scenes.scene import Scene

__all__ = [
    "MODEL",
    "Scene",
    "doctor",
    "position",
    "town",
    "trainee",
    "with_measures",
    "with_programme",
    "with_rule",
    "without_terms",
]
