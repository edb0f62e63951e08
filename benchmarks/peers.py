"""The peers: solvers that anybody can install, on the compact program; and a planner who assigns by hand.

Each solver begins from the plan made by hand, where there is one: without it most find no plan of a region in minutes.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import highspy
import numpy as np
import pulp
from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from allokering.problem import Floats, Problem, Solution
from allokering.solvers.column_generation.solve import solve_large
from benchmarks.compact import Compact, compact
from benchmarks.greedy import by_hand

V = TypeVar("V")
"""A variable of one of the solvers."""


@dataclass(frozen=True)
class Answer:
    """A solution and a bound, None where the solver has none."""

    solution: Solution | None
    bound: float | None


Peer = Callable[[Problem, float, int], Answer]
"""Solves a problem with so many threads; the seconds are for the search, and making the model comes on top."""


def allokering(problem: Problem, seconds: float, threads: int) -> Answer:
    """Our own."""
    outcome = solve_large(problem, workers=threads, time_limit=seconds)
    return Answer(outcome.solution, outcome.tiers[0].bound if outcome.tiers else None)


def greedy(problem: Problem, seconds: float, threads: int) -> Answer:  # noqa: ARG001 - it takes no time
    """First come, first served."""
    return Answer(by_hand(problem), None)


def pulp_cbc(problem: Problem, seconds: float, threads: int) -> Answer:
    """PuLP with the CBC it ships."""
    program = compact(problem)
    model, variables = _pulp(program)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "cbc.log"
        settings = {
            "msg": False,
            "timeLimit": seconds,
            "threads": threads,
            "logPath": str(log),
            "warmStart": _is_begun(model),
        }
        model.solve(pulp.COIN_CMD(path=pulp.PULP_CBC_CMD.pulp_cbc_path, **settings))
        told = re.findall(r"^Lower bound:\s+(\S+)", log.read_text(), flags=re.MULTILINE)
    values = _pulp_values(model, variables)
    is_proven = model.sol_status == pulp.LpSolutionOptimal and values is not None
    bound = float(told[-1]) if told else float(pulp.value(model.objective)) if is_proven else None
    return Answer(None if values is None else program.solution(values), bound)


def pulp_highs(problem: Problem, seconds: float, threads: int) -> Answer:
    """PuLP with HiGHS."""
    program = compact(problem)
    model, variables = _pulp(program)
    solver = _Highs(msg=False, timeLimit=seconds, threads=threads)
    if not solver.available():
        raise RuntimeError("PuLP has lost its HiGHS: the versions clash")
    model.solve(solver)
    values = _pulp_values(model, variables)
    bound = model.solverModel.getInfo().mip_dual_bound
    return Answer(None if values is None else program.solution(values), bound if math.isfinite(bound) else None)


def cp_sat(problem: Problem, seconds: float, threads: int) -> Answer:
    """CP-SAT directly."""
    program = compact(problem)
    model = cp_model.CpModel()
    variables = [model.new_int_var(0, int(most), "") for most in program.most]
    table = program.table
    for row, (begin, end) in enumerate(pairwise(table.indptr)):
        expression = cp_model.LinearExpr.weighted_sum(
            [variables[column] for column in table.indices[begin:end]],
            [round(amount) for amount in table.data[begin:end]],
        )
        lower, upper = program.lower[row], program.upper[row]
        least = round(lower) if math.isfinite(lower) else cp_model.INT32_MIN * 1000
        model.add_linear_constraint(expression, least, round(upper))
    model.minimize(cp_model.LinearExpr.weighted_sum(variables, [round(cost) for cost in program.costs]))
    for variable, value in _begun(program, variables):
        model.add_hint(variable, round(value))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = threads
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, solver.best_objective_bound)
    values = np.array([solver.value(variable) for variable in variables], dtype=np.float64)
    return Answer(program.solution(values), solver.best_objective_bound)


def scip(problem: Problem, seconds: float, threads: int) -> Answer:  # noqa: ARG001 - SCIP uses one
    """SCIP through OR-Tools."""
    program = compact(problem)
    model = model_builder.ModelBuilder()
    variables = [model.new_int_var(0, most, None) for most in program.most]
    table = program.table
    for row, (begin, end) in enumerate(pairwise(table.indptr)):
        expression = model_builder.LinearExpr.weighted_sum(
            [variables[column] for column in table.indices[begin:end]], table.data[begin:end].tolist()
        )
        model.add_linear_constraint(expression, program.lower[row], program.upper[row])
    model.minimize(model_builder.LinearExpr.weighted_sum(variables, program.costs))
    for variable, value in _begun(program, variables):
        model.add_hint(variable, value)
    solver = model_builder.Solver("scip")
    if not solver.solver_is_supported():
        raise RuntimeError("OR-Tools has no SCIP here")
    solver.set_time_limit_in_seconds(seconds)
    status = solver.solve(model)
    if status not in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE):
        return Answer(None, None)
    values = np.array([solver.value(variable) for variable in variables], dtype=np.float64)
    return Answer(program.solution(values), solver.best_objective_bound)


class _Highs(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS, which takes no start by itself, begins from the values that the variables have."""

    def callSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - the name is PuLP's
        """Hand the values over, if there are any, and solve.

        Raises:
            RuntimeError: HiGHS would not run.
        """
        if _is_begun(lp):
            start = highspy.HighsSolution()
            start.col_value = [variable.varValue for variable in lp.variables()]
            lp.solverModel.setSolution(start)
        # HiGHS refuses another number of threads than the process had first: the plan by hand asks for one.
        highspy.Highs.resetGlobalScheduler(True)
        try:
            super().callSolver(lp)
        finally:
            highspy.Highs.resetGlobalScheduler(True)  # and so would whoever comes next in this process
        if lp.solverModel.getModelStatus() == highspy.HighsModelStatus.kNotset:
            raise RuntimeError("HiGHS would not run")


def _begun(program: Compact, variables: Sequence[V]) -> Iterable[tuple[V, float]]:
    """Each variable's value in the plan made by hand; nothing if that leads nowhere."""
    solution = by_hand(program.problem)
    return () if solution is None else zip(variables, program.values(solution).tolist(), strict=True)


def _is_begun(model: pulp.LpProblem) -> bool:
    """Do the variables have values to begin from?"""
    return all(variable.varValue is not None for variable in model.variables())


def _pulp(program: Compact) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """The compact program in PuLP, under generated names, its variables at the values to begin from."""
    model = pulp.LpProblem("compact", pulp.LpMinimize)
    variables = [model.add_variable(f"x{number}", 0, most, pulp.LpInteger) for number, most in enumerate(program.most)]
    for variable, value in _begun(program, variables):
        variable.setInitialValue(value)
    model += pulp.lpSum(cost * variable for cost, variable in zip(program.costs, variables, strict=True))
    table = program.table
    for row, (begin, end) in enumerate(pairwise(table.indptr)):
        cells = zip(table.indices[begin:end], table.data[begin:end], strict=True)
        left = pulp.lpSum(amount * variables[column] for column, amount in cells)
        right = program.upper[row]
        model += (left == right) if program.lower[row] == right else (left <= right), f"r{row}"
    return model, variables


def _pulp_values(model: pulp.LpProblem, variables: list[pulp.LpVariable]) -> Floats | None:
    """The values, if there is a feasible solution; the status alone would also say so when time was up."""
    if model.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return None
    return np.array([variable.value() or 0.0 for variable in variables], dtype=np.float64)


PEERS: dict[str, Peer] = {
    "allokering": allokering,
    "pulp-cbc": pulp_cbc,
    "pulp-highs": pulp_highs,
    "cp-sat": cp_sat,
    "scip": scip,
    "greedy": greedy,
}
"""Every way to solve, by the name it has in the tables."""
EXACT: tuple[str, ...] = ("pulp-cbc", "pulp-highs", "cp-sat", "scip")
"""Those that reach the optimum if they are given the time."""
__all__ = ["EXACT", "PEERS", "Answer", "Peer"]
