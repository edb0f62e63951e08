"""Rows of few words: what is not said is as plain as it can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from allokering.tables import Doctor, Municipality, Position, PositionPart, Row, Trainee

LONG_AGO = dt.date(2018, 1, 1)
"""Before the first day of any scene, or on it."""


def town(municipality_id: str, residents: int = 0, growth: int = 0, **more: object) -> Municipality:
    """A municipality called as it is known by."""
    return Municipality.model_validate(
        {
            "municipality_id": municipality_id,
            "name": municipality_id,
            "residents": residents,
            "growth_permille_per_year": growth,
            **more,
        }
    )


def doctor(doctor_id: str, municipality_id: str, limit: int = 0, target: int | None = None, **more: object) -> Doctor:
    """A specialist, with an empty list unless its size is said."""
    return Doctor.model_validate(
        {
            "doctor_id": doctor_id,
            "municipality_id": municipality_id,
            "list_size": 0,
            "list_limit": limit,
            "list_target": target,
            "is_specialist": True,
            **more,
        }
    )


def position(*towns: str, shares: Sequence[int] = (), **more: object) -> list[Row]:
    """Position `k`, unless it is called otherwise, shared equally between the towns, or in `shares`."""
    row = Position.model_validate({"position_id": "k", "places": 1, **more})
    parts = [
        PositionPart(position_id=row.position_id, municipality_id=name, share_percent=share)
        for name, share in zip(towns, shares or [100 // len(towns)] * len(towns), strict=True)
    ]
    return [row, *parts]


def trainee(trainee_id: str = "t", **more: object) -> Trainee:
    """Lives in town a and may start at any time."""
    return Trainee.model_validate(
        {
            "trainee_id": trainee_id,
            "programme": "alis",
            "home_municipality_id": "a",
            "earliest_start": LONG_AGO,
            **more,
        }
    )
