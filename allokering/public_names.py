"""The public names and the modules that hold them, in the order in which `docs/api.md` tells of them."""

from __future__ import annotations

PLANNING = {
    "read_instance": "allokering.files.reading",
    "instance_from_tables": "allokering.files.instance_tables",
    "write_instance": "allokering.files.writing",
    "list_instances": "allokering.files.reading",
    "Instance": "allokering.instance",
    "load_model": "allokering.model",
    "list_models": "allokering.model",
    "Model": "allokering.model",
    "solve": "allokering.library",
    "SolveOptions": "allokering.engine.job",
    "Budget": "allokering.solvers.budget",
    "Stop": "allokering.solvers.budget",
    "Result": "allokering.engine.run",
    "History": "allokering.engine.history",
    "Chart": "allokering.engine.history",
    "print_progress": "allokering.library",
    "Event": "allokering.events",
    "Plan": "allokering.plan",
    "verify": "allokering.verifier.verify",
    "Verdict": "allokering.verifier.verify",
    "Change": "allokering.engine.change",
    "read_change": "allokering.engine.change_file",
    "write_change": "allokering.engine.change_file",
    "difference": "allokering.engine.difference",
    "Base": "allokering.engine.answers",
    "Answer": "allokering.engine.answers",
    "FirstAnswer": "allokering.engine.answers",
    "compare": "allokering.comparison",
    "PlanDiff": "allokering.comparison",
    "write_plan": "allokering.files.plan_files",
    "read_plan": "allokering.files.plan_files",
    "Job": "allokering.engine.job",
    "run": "allokering.engine.run",
}
"""Instances, models and plans."""
CORE = {
    "Problem": "allokering.problem",
    "Tier": "allokering.problem",
    "Resource": "allokering.problem",
    "Relief": "allokering.problem",
    "Transfer": "allokering.problem",
    "Options": "allokering.problem",
    "ListedOptions": "allokering.problem",
    "Choice": "allokering.problem",
    "PricedOptions": "allokering.problem_pricing",
    "faults_of_options": "allokering.problem_check",
    "solve_problem": "allokering.solvers.by_key",
    "ProblemAnswer": "allokering.solvers.by_key",
    "Status": "allokering.solvers.outcome",
}
"""Problems of actors, options and resources, of whatever domain."""
NAMES = PLANNING | CORE
