"""One doctor's lists under a policy."""

from __future__ import annotations

from scenes.scene import Scene


def column(result, scene, name, holder="d", municipality="a"):
    """A column of a holder's rows by period."""
    rows = {row.from_date: row for row in result.rows if (row.holder_id, row.municipality_id) == (holder, municipality)}
    found = [rows.get(scene.first(period)) for period in range(scene.periods)]
    return [None if row is None else getattr(row, name) for row in found]


def values(result):
    return {tier.name: tier.value for tier in result.tiers}


def one_doctor(periods=1, listed=100, weight=1000, **doctor) -> Scene:
    """A doctor in a, with few residents, so that nothing but the target is at stake."""
    scene = Scene(periods=periods)
    scene.municipality("a", age_weight=weight)
    scene.doctor("d", "a", **doctor)
    for period in range(periods):
        scene.cover("a", period, listed)
    return scene


RELIEF = {"supervisor_relief": {"patients_per_place": 30}}
