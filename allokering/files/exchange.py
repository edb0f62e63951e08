"""Two paths change places at once, where the system can do that: renameat2 with RENAME_EXCHANGE (Linux 3.15)."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_HERE = -100
"""AT_FDCWD: paths are as everybody else reads them."""
_EXCHANGE = 2
"""RENAME_EXCHANGE."""
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM})
"""What a system or a file system says that cannot do it."""


def exchanged(one: Path, other: Path) -> bool:
    """Let two paths change places, in one step that nobody sees the middle of; False: it cannot be done here.

    Raises:
        OSError: something else is wrong with the paths.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))
