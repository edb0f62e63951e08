"""Coverage before: how many residents would have no place on a list if no trainee held a position.

Every resident needs one place. A doctor who is present throughout a period offers as many as the agreed list limit;
trainees and locums offer none. Residents fill the lists of their own municipality first, then free places elsewhere as
`cross_border` allows, rearranged where that gives more of them a place. So it is the best that could be done without
trainees: nobody who could have had a place is counted as lacking one.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from allokering.evidence.recount import residents_after
from allokering.evidence.written_plan import doctors_present, periods
from allokering.instance import Instance
from allokering.model import Model


def lacking_before(instance: Instance, model: Model) -> dict[tuple[str, int], int]:
    """Residents without a place, by (municipality, period), if no trainee held a position."""
    may_cross = any(entry.kind == "cross_border" for entry in model.terms)
    borders = (
        {(row.from_municipality_id, row.to_municipality_id): row.max_residents for row in instance.cross_border}
        if may_cross
        else {}
    )
    present = doctors_present(instance)
    lacking = {}
    for period, _, _ in periods(instance):
        months = period * instance.settings.period_months
        residents = {row.municipality_id: residents_after(row, months) for row in instance.municipalities}
        places = {place: sum(doctor.list_limit for doctor in present.get((place, period), ())) for place in residents}
        for place, number in _lacking(residents, places, borders).items():
            lacking[place, period] = number
    return lacking


def _lacking(residents: dict[str, int], places: dict[str, int], borders: dict[tuple[str, str], int]) -> dict[str, int]:
    """Who is left over when as many as can be have a place, starting from everyone at home who has room there."""
    order = list(residents)
    home = {place: min(residents[place], places[place]) for place in order}
    number_of = {place: number for number, place in enumerate(order)}
    # Nodes: the source, each municipality's residents, each municipality's lists, the sink.
    first_list, sink = 1 + len(order), 1 + 2 * len(order)
    arcs = {}
    for place, number in number_of.items():
        arcs[0, 1 + number] = residents[place] - home[place]
        arcs[first_list + number, sink] = places[place] - home[place]
        # One at home may give up the place to someone from elsewhere and take one elsewhere instead.
        arcs[first_list + number, 1 + number] = home[place]
    for (here, there), most in borders.items():
        arcs[1 + number_of[here], first_list + number_of[there]] = min(most, residents[here])
    tails, heads = zip(*arcs, strict=True)
    graph = csr_array((np.array(list(arcs.values()), dtype=np.int32), (tails, heads)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, 0, sink).flow.tocsr()
    return {place: residents[place] - home[place] - int(flow[0, 1 + number]) for place, number in number_of.items()}
