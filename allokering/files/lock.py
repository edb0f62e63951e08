"""Only one run at a time writes a plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from allokering.errors import Locked
from allokering.language import say


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the lock on `target` while the work lasts; the operating system frees it if the program dies.

    Raises:
        Locked: another run holds it.
    """
    file = target.absolute().parent / f".{target.name}.lock"
    if not file.parent.is_dir():
        yield  # where nothing can be written nothing needs a lock; writing will say what is wrong
        return
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Locked(say("{target} is being written by another run.", target=target)) from error
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        lock.release()
