"""One process at a time in a run folder.

The lock is the system's own on an open file, so that it ends with the process however that ends: a killed
run leaves nothing to clean up.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from staffride.errors import StaffrideError
from staffride.results.atomic import storage_errors

LOCK_NAME = ".lock"
HELD_BY_ANOTHER = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}

# the system's lock does not tell two users in one process apart, so those are kept here
_held_here: set[Path] = set()


class LockedError(StaffrideError):
    """Another process is working in the run folder."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run folder ``folder`` for the length of the block.

    Raises
    ------
    LockedError
        Another process, or another run in this one, holds the folder.
    """
    place = folder.resolve()
    if place in _held_here:
        raise _refusal(folder)
    path = folder / LOCK_NAME
    with storage_errors(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(descriptor):
            raise _refusal(folder)
        _held_here.add(place)
        yield
    finally:
        _held_here.discard(place)
        os.close(descriptor)


def is_locked(folder: Path) -> bool:
    """Return whether a process is working in ``folder``."""
    if not (folder / LOCK_NAME).exists():
        return False
    try:
        with locked(folder):
            return False
    except LockedError:
        return True
    except StaffrideError:
        return False


def _refusal(folder: Path) -> LockedError:
    return LockedError(
        f"another process is working in {folder}. Wait for it to end, or choose another folder with --folder."
    )


def _take(descriptor: int) -> bool:
    """Try to take the system's lock, which worker processes do not inherit; go on where there are no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in HELD_BY_ANOTHER
    return True
