"""Solvers of PuLP that can be asked to stop: its own classes wait for the end, whatever happens meanwhile."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import highspy
import pulp
from pulp import apis
from typing_extensions import override

from allokering.errors import UsageError
from allokering.language import say

# PuLP's types are partial, so its objects go untyped between the functions here and in the program of lists.
Solver = Any
INTERRUPTS = highspy.cb.HighsCallbackType.kCallbackMipInterrupt, highspy.cb.HighsCallbackType.kCallbackSimplexInterrupt


def available_solver(name: str) -> Solver:
    """`cbc`, `highs`, or a solver by PuLP's name for it, set to stop at nothing but the optimum.

    Raises:
        UsageError: PuLP does not know it, or cannot find it on this machine.
    """
    settings = {"msg": False, "gapRel": 0}
    solver: Solver = None
    if name == "cbc":
        # The one that PuLP brings along, through the class that PuLP 4 keeps.
        solver = StoppableCbc(path=apis.PULP_CBC_CMD.pulp_cbc_path, **settings)
    elif name == "highs":
        solver = StoppableHighs(**settings)
    elif name in pulp.listSolvers():
        solver = pulp.getSolver(name, **settings)
    if solver is None or not solver.available():
        raise UsageError(say("No solver {name} here: install it, or use cbc or highs, which need nothing", name=name))
    return solver


def begin(solver: Solver) -> None:
    """Before each search: what an earlier one was asked is no matter of this one."""
    if hasattr(solver, "begin"):
        solver.begin()


def stop(solver: Solver) -> None:
    """Ask it to end; a solver that cannot be asked is left to its own limit."""
    if hasattr(solver, "stop"):
        solver.stop()


class StoppableCbc(apis.COIN_CMD):  # type: ignore[misc]
    """CBC in a process that is ended with the search, and that leaves no files behind then either."""

    _process: subprocess.Popen[bytes] | None = None
    _is_asked = False

    def begin(self) -> None:
        """Nobody has asked this search to end."""
        self._is_asked, self._process = False, None

    def stop(self) -> None:
        """End the search, begun or about to begin."""
        self._is_asked = True
        if self._process is not None:
            self._process.kill()

    @override
    def actualSolve(self, lp: Any, **_: Any) -> int:
        """What PuLP's own does, with the same arguments in the same order."""
        model, solution = files = tuple(self.create_tmp_files(lp.name, "mps", "sol"))
        try:
            variables, *names = lp.writeMPS(model, rename=1)[:3]
            limit = [] if self.timeLimit is None else ["-sec", str(self.timeLimit)]
            options = " ".join(f"-{option}" for option in [*self.options, *self.getOptions()]).split()
            told = [*limit, *options, "-solve", "-printingOptions", "all", "-solution", solution]
            silent = subprocess.DEVNULL
            called = subprocess.Popen([self.path, model, *told], stdin=silent, stdout=silent, stderr=silent)
            with called as self._process:
                if self._is_asked:  # asked while the file was written
                    self._process.kill()
            if self._process.returncode != 0 or not Path(solution).exists():
                if self._is_asked:
                    lp.assignStatus(pulp.LpStatusNotSolved)
                    return pulp.LpStatusNotSolved  # type: ignore[no-any-return]
                raise pulp.PulpSolverError(f"{self.path} ended with {self._process.returncode}")
            status, values, reduced, duals, slacks, ended = self.readsol_MPS(solution, lp, variables, *names)
            lp.assignVarsVals(values)
            lp.assignVarsDj(reduced)
            lp.assignConsPi(duals)
            lp.assignConsSlack(slacks, activity=True)
            lp.assignStatus(status, ended)
            return status  # type: ignore[no-any-return]
        finally:
            with suppress(OSError):
                self.delete_tmp_files(*files)


class StoppableHighs(apis.HiGHS):  # type: ignore[misc]
    """HiGHS in this process, which looks whether it has been asked."""

    _asked: Event

    def begin(self) -> None:
        """Nobody has asked this search to end; an earlier one that has not ended yet keeps being asked."""
        self._asked = asked = Event()

        def look(kind: Any, _: str, __: Any, told: Any, ___: Any) -> None:
            if kind in INTERRUPTS:
                told.user_interrupt = asked.is_set()

        self.callbackTuple, self.callbacksToActivate = (look, None), list(INTERRUPTS)

    def stop(self) -> None:
        """End the search, begun or about to begin."""
        self._asked.set()
