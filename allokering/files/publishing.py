"""Files that exist whole or not at all: written beside their place, then renamed into it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from allokering.errors import UsageError
from allokering.language import say


def check_place(target: Path, is_replaceable: Callable[[Path], bool]) -> None:
    """Something may be published here.

    Raises:
        UsageError: something that may not be replaced stands there, or the folder around it is missing.
    """
    if target.exists() and not is_replaceable(target):
        raise UsageError(say("{path} holds something else and is left as it is; choose another place", path=target))
    if not target.resolve().parent.is_dir():
        raise UsageError(say("the folder {path} does not exist", path=target.resolve().parent))


@contextmanager
def published(target: Path, is_replaceable: Callable[[Path], bool]) -> Iterator[Path]:
    """A path that does not exist yet, beside `target`, to be made a file or a folder; it becomes `target` at the end.

    If the block raises, `target` is as it was. A folder that is replaced is for a moment neither there nor gone: it
    stands beside its place until the new one is there.

    Raises:
        UsageError: something that may not be replaced stands there, or the folder around it is missing.
    """
    target = target.resolve()
    check_place(target, is_replaceable)
    mark = uuid.uuid4().hex[:8]
    new, old = (target.with_name(f".{target.stem}-{mark}-{state}{target.suffix}") for state in ("new", "old"))
    try:
        yield new
        if target.is_dir():
            target.rename(old)
        new.replace(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        for left in (new, old):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink(missing_ok=True)


def holds_only(folder: Path, *, needed: str, allowed: frozenset[str]) -> bool:
    """Is the folder empty, or does it hold the file that marks its kind and no file foreign to it?"""
    names = {path.name for path in folder.iterdir()}
    return not names or (needed in names and names <= allowed | {needed})
