"""A job is solved once in a session of tests, and a random case drawn once, whichever process asks first.

Documents, instances' tables, reports and workbooks speak of the same few plans. What they test is what is said of a
plan; that it can be made, and how, is tested where each job is run by itself.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock

from allokering.engine.job import Job
from allokering.engine.run import Result, run
from allokering.events import Observer, unheard
from allokering.solvers.budget import Budget

Made = TypeVar("Made")

FOLDER = "ALLOKERING_TESTS_SOLVED"
"""The environment variable that tells the workers of a session where its results are."""


def solved_once(job: Job, observer: Observer = unheard, budget: Budget | None = None) -> Result:
    """What `run` makes of the job, or made of it before; a job with a time limit is run each time."""
    if budget is not None and budget.left is not None:
        return run(job, observer, budget)
    return made_once(job.key, lambda: run(job, observer, budget))


def made_once(name: str, make: Callable[[], Made]) -> Made:
    """What has been made under the name in this session, or is made now; each who asks has a copy of its own."""
    place = Path(os.environ[FOLDER]) / f"{name}.pickle"
    with FileLock(f"{place}.lock"):
        if not place.exists():
            place.write_bytes(pickle.dumps(make()))
        made: Made = pickle.loads(place.read_bytes())  # noqa: S301 - this session wrote it
    return made


def begin_session(config: pytest.Config) -> None:
    """Make the folder, before workers are started; a worker has its session's."""
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="allokering-solved-")


def end_session(config: pytest.Config) -> None:
    """Take the folder away."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)
