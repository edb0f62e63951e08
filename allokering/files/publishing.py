"""Atomic replacement: what is published exists whole, old or new, whenever the program or the power is cut off.

What is written stands first in a staging folder beside its place, and is brought to the disk (fsync) file by file and
folder by folder. Then it takes its place in one step: by a rename where nothing or a file stands there, by an exchange
where a folder does. Where the system knows no exchange, two renames do it, and a mark in the staging folder says to
whoever comes between them what belongs in the empty place. A staging folder is locked while its writer lives, so the
next writer knows which ones are left over, and mends or removes them. Reading changes nothing.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from allokering.errors import UsageError
from allokering.files import exchange
from allokering.language import say

Read = TypeVar("Read")

STAGING = ".publishing"
"""How the name of a staging folder ends."""
_LOCK, _READY, _NEW, _OLD = "lock", "ready", "new", "old"
"""What stands in one: the lock; the mark that what is new is whole and may take the place; the new; the old."""
_LOOKS = 20
"""How often somebody reads again because a folder was replaced meanwhile."""


def check_place(target: Path, is_replaceable: Callable[[Path], bool]) -> None:
    """Something may be published here; what an earlier run left undone is mended first.

    Raises:
        UsageError: something that may not be replaced stands there, or the folder around it is missing.
    """
    mend(target)
    _check_replaceable(target, is_replaceable)
    if not target.resolve().parent.is_dir():
        raise UsageError(say("the folder {path} does not exist", path=target.resolve().parent))


def _check_replaceable(target: Path, is_replaceable: Callable[[Path], bool]) -> None:
    if target.exists() and not is_replaceable(target):
        raise UsageError(say("{path} holds something else and is left as it is; choose another place", path=target))


@contextmanager
def published(target: Path, is_replaceable: Callable[[Path], bool]) -> Iterator[Path]:
    """A path that does not exist yet, beside `target`, to be made a file or a folder; it becomes `target` at the end.

    If the block raises, `target` is as it was. If the program is killed, or the power fails, `target` is as it was or
    as it was to be, and nothing in between (see `standing` for systems without an exchange).

    Raises:
        UsageError: something that may not be replaced stands there, or the folder around it is missing.
    """
    target = target.resolve()
    check_place(target, is_replaceable)
    with _staging(target) as staging:
        new = staging / f"{_NEW}{target.suffix}"
        yield new
        _sync_all(new)
        _check_replaceable(target, is_replaceable)
        _put(new, target, staging)


def standing(path: Path) -> Path:
    """Where what was published as `path` stands: there, or, if a run was cut off between two renames, beside it."""
    if path.exists():
        return path
    target = path.resolve()
    whole = (_belongs(staging, target) for staging in _stagings(target))
    return next((found for found in whole if found is not None), path)


def read_steadily(path: Path, read: Callable[[Path], Read]) -> Read:
    """What `read` makes of what stands at a path; read again if it was replaced meanwhile: old or new, never both."""
    for _ in range(_LOOKS):
        found = standing(path)
        before = _identity(found)
        told = read(found)
        if _identity(found) == before:
            break
    return told


def mend(target: Path) -> None:
    """Finish or remove what runs that were cut off left of publishing here; what a living one writes is left alone."""
    target = target.resolve()
    for staging in _stagings(target):
        lock = FileLock(staging / _LOCK)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            continue  # somebody is publishing, or nothing can be written here
        try:
            belongs = _belongs(staging, target)
            if belongs is not None and not target.exists():
                belongs.rename(target)
                _sync(target.parent)
            _remove(staging)
        finally:
            lock.release()


def holds_only(folder: Path, *, needed: str, allowed: frozenset[str]) -> bool:
    """Is the folder empty, or does it hold the file that marks its kind and no file foreign to it?"""
    names = {path.name for path in folder.iterdir()}
    return not names or (needed in names and names <= allowed | {needed})


def _prefix(target: Path) -> str:
    """How the names of a target's staging folders begin; names may be as long as a system allows, or nearly alike."""
    return f".{target.name[:40]}-{sha256(os.fsencode(target.name)).hexdigest()[:12]}-"


def _stagings(target: Path) -> list[Path]:
    """The staging folders of a target, by name."""
    try:
        beside = sorted(target.parent.iterdir())
    except OSError:
        return []
    return [path for path in beside if path.name.startswith(_prefix(target)) and path.name.endswith(STAGING)]


def _belongs(staging: Path, target: Path) -> Path | None:
    """What is to take the empty place, if the mark says that it is whole: the new, else the old."""
    if not (staging / _READY).exists():
        return None
    whole = (staging / f"{name}{target.suffix}" for name in (_NEW, _OLD))
    return next((path for path in whole if path.exists()), None)


def _identity(path: Path) -> tuple[int, ...] | None:
    """What tells a folder or file from one that has taken its place; a number alone may be given anew."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A locked folder beside the target, removed in the end unless it has what belongs in the target's place."""
    while True:
        staging = target.with_name(f"{_prefix(target)}{uuid.uuid4().hex[:8]}{STAGING}")
        staging.mkdir()
        lock = FileLock(staging / _LOCK)
        try:
            lock.acquire(timeout=0)
        except (Timeout, FileNotFoundError):
            continue  # somebody who mends took it for a leftover before it was locked
        if (staging / _LOCK).exists():
            break
        lock.release()
    try:
        yield staging
    finally:
        if target.exists() or _belongs(staging, target) is None:
            _remove(staging)
        lock.release()


def _put(new: Path, target: Path, staging: Path) -> None:
    """Let what is new take its place."""
    _sync(staging)
    if not target.is_dir():
        new.replace(target)
    elif not exchange.exchanged(new, target):
        old = staging / f"{_OLD}{target.suffix}"
        (staging / _READY).touch()
        _sync(staging)
        target.rename(old)
        try:
            new.rename(target)
        except OSError:
            old.rename(target)
            raise
    _sync(target.parent)


def _remove(staging: Path) -> None:
    """The mark goes first: what is half removed belongs nowhere."""
    (staging / _READY).unlink(missing_ok=True)
    shutil.rmtree(staging, ignore_errors=True)


def _sync_all(path: Path) -> None:
    """A file, or a folder with all that is in it, is on the disk."""
    if path.is_dir():
        for inside in sorted(path.iterdir()):
            _sync_all(inside)
    _sync(path)


def _sync(path: Path) -> None:
    """A file's content, or the names in a folder, are on the disk; where a system cannot say so of folders, not."""
    is_folder = path.is_dir()
    if is_folder and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError as failure:
        if not is_folder or failure.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)
