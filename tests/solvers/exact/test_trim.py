"""What is paid for and not needed is taken back."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from allokering.problem import ListedOptions, Problem, Relief, Resource, Solution, Tier, Transfer
from allokering.solvers.exact.trim import trimmed


def test_needless_units_go_the_dearest_first() -> None:
    """10 units too many in `here`, of which 6 may move to `there`: the dear relief goes, then part of the cheap one."""
    actor = ListedOptions("a", ["only"], sparse.csr_array(np.array([[10, 0]])), np.zeros((1, 1), dtype=np.int64))
    problem = Problem(
        tiers=(Tier("cost", "NOK"),),
        resources=(Resource("r", "here", 0, 0), Resource("r", "there", 0, 6)),
        actors=(actor,),
        reliefs=(Relief("cheap", 0, 10, (0,)), Relief("dear", 0, 10, (5,))),
        transfers=(Transfer("move", 0, 1, 6, (0,)),),
    )
    # 10 needed, 8 + 3 + 4 taken: 5 too many. All 3 dear units go, and the last 2 from the transfer or the cheap relief.
    solution = trimmed(problem, Solution(np.array([0]), np.array([8, 3, 4])))

    assert solution.adjustments[1] == 0
    assert solution.adjustments.sum() == 10
    assert problem.is_feasible(solution)


def test_a_transfer_taken_back_makes_another_needless() -> None:
    """What came to `there` had to be relieved there; when it no longer comes, the relief goes too."""
    actor = ListedOptions("a", ["only"], sparse.csr_array(np.array([[0, 0]])), np.zeros((1, 1), dtype=np.int64))
    problem = Problem(
        tiers=(Tier("cost", "NOK"),),
        resources=(Resource("r", "here", 0, 0), Resource("r", "there", 0, 0)),
        actors=(actor,),
        reliefs=(Relief("relief", 1, 9, (0,)),),
        transfers=(Transfer("move", 0, 1, 9, (0,)),),
    )
    solution = trimmed(problem, Solution(np.array([0]), np.array([7, 7])))

    assert solution.adjustments.tolist() == [0, 0]


def test_what_pays_stays() -> None:
    """A relief that earns something is needless, but to take it back would cost; what lowers nothing goes."""
    actor = ListedOptions("a", ["only"], sparse.csr_array(np.array([[0]])), np.zeros((1, 1), dtype=np.int64))
    problem = Problem(
        tiers=(Tier("cost", "NOK"),),
        resources=(Resource("r", "here", 0, 0),),
        actors=(actor,),
        reliefs=(Relief("earns", 0, 3, (-5,)), Relief("costs", 0, 3, (5,))),
        transfers=(Transfer("round and round", 0, 0, 3, (5,)),),
    )
    solution = trimmed(problem, Solution(np.array([0]), np.array([3, 3, 3])))

    assert solution.adjustments.tolist() == [3, 0, 0]
    assert problem.is_feasible(solution)
