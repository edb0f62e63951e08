"""Capacitated facility location in which every customer is served by one facility, in the OR-Library format.

The format (the OR-Library's "capinfo"): the number of facilities m and of customers n; m rows of capacity and fixed
cost; for each customer its demand and m costs of serving all of it. Costs have decimals: they are kept in thousandths.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import ListedOptions, Problem, Resource, Tier

THOUSANDTHS = 1000


def read_facility(text: str, capacity: int | None = None) -> Problem:
    """Customers and facilities are actors; an open facility supplies its capacity.

    Args:
        text: the file.
        capacity: of every facility, where the file says "capacity" instead of a number.

    Raises:
        ValueError: the numbers are not those of the format.
    """
    told = text.split()
    numbers = [float(capacity or 0) if word == "capacity" else float(word) for word in told]
    facilities, customers = int(numbers[0]), int(numbers[1])
    if len(numbers) != 2 + 2 * facilities + customers * (1 + facilities):
        raise ValueError("not a facility-location file: the numbers do not add up")
    pairs = np.array(numbers[2 : 2 + 2 * facilities]).reshape(facilities, 2)
    rows = np.array(numbers[2 + 2 * facilities :]).reshape(customers, 1 + facilities)
    names = [f"facility-{number:03}" for number in range(facilities)]
    demands = np.ceil(rows[:, 0]).astype(np.int64)
    served = [
        ListedOptions(
            f"customer-{number:03}",
            names,
            sparse.csr_array(np.eye(facilities, dtype=np.int64) * demands[number]),
            _thousandths(rows[number, 1:])[:, None],
        )
        for number in range(customers)
    ]
    opened = []
    for number in range(facilities):
        usage = np.zeros((2, facilities), dtype=np.int64)
        usage[1, number] = -int(pairs[number, 0])
        prices = np.array([[0], [_thousandths(pairs[number, 1:2])[0]]])
        opened.append(ListedOptions(names[number], ["closed", "open"], sparse.csr_array(usage), prices))
    return Problem(
        tiers=(Tier("cost", "thousandths"),),
        resources=tuple(Resource("capacity", name, 0, 0) for name in names),
        actors=(*served, *opened),
    )


def _thousandths(costs: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.int64]:
    return np.rint(costs * THOUSANDTHS).astype(np.int64)
