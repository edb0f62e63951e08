"""The cheapest flow is cheapest in lexicographic order."""

from __future__ import annotations

from oracle.lexicographic_flow import Arc, cheapest_flow


def test_flow_gives_way_to_who_has_no_other_choice() -> None:
    """The unit at x goes first to p, the cheapest; y can only go there, so x has to make room."""
    arcs = [
        Arc("all", "x", 1, (0, 0)),
        Arc("all", "y", 1, (0, 0)),
        Arc("x", "p", 1, (0, 1)),
        Arc("x", "q", 1, (0, 9)),
        Arc("y", "p", 1, (0, 1)),
        Arc("y", "q", 1, (1, 0)),
        Arc("p", "listed", 1, (0, 0)),
        Arc("q", "listed", 1, (0, 0)),
    ]
    # x to q and y to p: (0, 9) + (0, 1). The other way, (0, 1) + (1, 0), has the smaller numbers but the larger first.
    assert cheapest_flow(arcs, "all", "listed", (0, 0)) == (0, 10)
    assert cheapest_flow(arcs[:-1], "all", "listed", (0, 0)) is None
