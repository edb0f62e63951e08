"""Travel times between municipalities in the response of a routing service: OSRM `table`, OpenRouteService `matrix`.

Both have `durations` in seconds, from each of `sources` to each of `destinations`, and the places on the road next to
the points asked for. Each stands for a municipality near it, one to one, so that the distances are least in all.

http://project-osrm.org/docs/v5.24.0/api/#table-service
https://giscience.github.io/openrouteservice/api-reference/endpoints/matrix/
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from allokering.errors import UsageError
from allokering.instance import Instance, great_circle_km
from allokering.language import say
from allokering.tables import Municipality

MOST_KM = 10.0
"""Between the centre of a municipality and the place that stands for it; a road may be so far away."""
MOST_MINUTES = 10_000


def read_journeys(response: Mapping[str, Any], instance: Instance, name: str) -> dict[tuple[str, str], int]:
    """Whole minutes, rounded up, for every pair of different municipalities with a way between them.

    Raises:
        UsageError: it is no such response, or a place is near no municipality, or two are nearest to the same.
    """
    try:
        durations: Sequence[Sequence[float | None]] = response["durations"]
        sources, destinations = (
            [(float(one["location"][0]), float(one["location"][1])) for one in response[side]]
            for side in ("sources", "destinations")
        )
        shape_fits = len(durations) == len(sources) and all(len(row) == len(destinations) for row in durations)
        seconds = [[None if cell is None else float(cell) for cell in row] for row in durations]
    except (KeyError, IndexError, TypeError, ValueError):
        shape_fits = False
    if not shape_fits or response.get("code", "Ok") != "Ok":
        raise UsageError(
            say("{name} is no table response of OSRM and no matrix response of OpenRouteService", name=name)
        )
    origins, ends = (_municipalities(instance, places, name) for places in (sources, destinations))
    return {
        (here, there): min(MOST_MINUTES, math.ceil(cell / 60))
        for here, row in zip(origins, seconds, strict=True)
        for there, cell in zip(ends, row, strict=True)
        if here != there and cell is not None
    }


def _municipalities(instance: Instance, places: Sequence[tuple[float, float]], name: str) -> list[str]:
    """The ids of the municipalities that the places, by longitude and latitude, stand for."""
    centres = [one for one in instance.municipalities if None not in (one.latitude, one.longitude)]
    if len(places) > len(centres):
        raise UsageError(
            say(
                "{name} has {places} places; only {centres} municipalities have coordinates",
                name=name,
                places=len(places),
                centres=len(centres),
            )
        )
    asked = [
        Municipality(municipality_id="place", name=name, residents=0, longitude=longitude, latitude=latitude)
        for longitude, latitude in places
    ]
    km = np.array([[great_circle_km(place, centre) for centre in centres] for place in asked], dtype=float)
    chosen = linear_sum_assignment(km)[1]
    for place, centre in enumerate(chosen):
        if km[place, centre] > MOST_KM:
            raise UsageError(
                say(
                    "{name}: the place {latitude}, {longitude} is not within {km:.0f} km of a municipality of its own",
                    name=name,
                    latitude=asked[place].latitude,
                    longitude=asked[place].longitude,
                    km=MOST_KM,
                )
            )
    return [centres[centre].municipality_id for centre in chosen]
