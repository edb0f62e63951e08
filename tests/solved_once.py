"""A job is solved once in a session of tests, whichever process asks first.

Documents, instances' tables, reports and workbooks speak of the same few plans. What they test is what is said of a
plan; that it can be made, and how, is tested where each job is run by itself.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from allokering.engine.job import Job
from allokering.engine.run import Result, run
from allokering.events import Observer, unheard
from allokering.solvers.budget import Budget

FOLDER = "ALLOKERING_TESTS_SOLVED"
"""The environment variable that tells the workers of a session where its results are."""


def solved_once(job: Job, observer: Observer = unheard, budget: Budget | None = None) -> Result:
    """What `run` makes of the job, or made of it before; a job with a time limit is run each time."""
    if budget is not None and budget.left is not None:
        return run(job, observer, budget)
    place = Path(os.environ[FOLDER]) / f"{job.key}.pickle"
    with FileLock(f"{place}.lock"):
        if not place.exists():
            place.write_bytes(pickle.dumps(run(job, observer, budget)))
        result = pickle.loads(place.read_bytes())  # noqa: S301 - this session wrote it
    assert isinstance(result, Result)
    return result


def begin_session(config: pytest.Config) -> None:
    """Make the folder, before workers are started; a worker has its session's."""
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="allokering-solved-")


def end_session(config: pytest.Config) -> None:
    """Take the folder away."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)
