"""A budget ends by time or by a stop, and its parts end with it."""

from __future__ import annotations

from threading import Thread

from allokering.solvers.budget import Budget, Stop


def test_without_a_limit_nothing_ends_it() -> None:
    """There is no number of seconds left."""
    budget = Budget()

    assert (budget.left, budget.struck, budget.stopped, budget.is_over) == (None, False, False, False)
    assert budget.part(None).left is None


def test_time_is_up() -> None:
    """Nobody asked to stop."""
    budget = Budget(0.0)

    assert (budget.left, budget.struck, budget.stopped, budget.is_over) == (0.0, True, False, True)
    assert budget.part(100.0).left == 0.0


def test_a_stop_from_another_thread_is_no_strike_of_the_clock() -> None:
    """It is seen by the budget and by every part of it."""
    stop = Stop()
    budget = Budget(1000.0, stop)
    part = budget.part(10.0)
    thread = Thread(target=stop.set)
    thread.start()
    thread.join()

    assert (budget.left, budget.struck, budget.stopped, budget.is_over) == (0.0, False, True, True)
    assert (part.left, part.struck, part.stopped, part.is_over) == (0.0, False, True, True)


def test_a_part_has_no_more_than_the_whole() -> None:
    """Nor more than it was given."""
    budget = Budget(100.0)

    assert 5.0 < (budget.part(10.0).left or 0) <= 10.0
    assert 50.0 < (budget.part(1000.0).left or 0) <= 100.0
    assert (Budget().part(10.0).left or 0) <= 10.0


def test_a_part_that_is_apart_is_stopped_alone() -> None:
    """But with the whole it stops."""
    budget = Budget()
    first, second = budget.apart(), budget.apart(50.0)
    first.stop()

    assert (first.is_over, second.is_over, budget.is_over) == (True, False, False)
    budget.stop()
    assert second.is_over
