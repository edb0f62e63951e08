"""Only one run at a time writes a plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from allokering.errors import Locked, UsageError
from allokering.language import say


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the lock on `target` while the work lasts; the operating system frees it if the program dies.

    Raises:
        Locked: another run holds it.
        UsageError: a file of somebody else's has the name of the lock.
    """
    target = target.resolve()
    file = target.parent / f".{target.name}.lock"
    if not file.parent.is_dir():
        yield  # where nothing can be written nothing needs a lock; writing will say what is wrong
        return
    if file.exists() and (not file.is_file() or file.stat().st_size):
        # Ours are empty; to lock somebody else's would empty it, and to unlock it would remove it.
        raise UsageError(say("{path} holds something else and is left as it is; choose another place", path=file))
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
