"""Writing files so that a reader sees the old content or the new, never half of either.

The content goes to a temporary file in the same folder, is forced to the disk, and takes the final name in
one step. A process killed at any moment leaves at most a temporary file, which the next one removes.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from staffride.errors import StaffrideError

TEMPORARY_SUFFIX = ".tmp"

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "your disk quota is used up; free some space",
    errno.EFBIG: "the file grew over the size that this system allows; raise the limit or use another disk",
    errno.EACCES: "you have no permission to write there; choose another folder with --folder",
    errno.EPERM: "you have no permission to write there; choose another folder with --folder",
    errno.EROFS: "the disk is read-only; choose another folder with --folder",
    errno.ENOTDIR: "a part of the path is a file, not a folder; choose another folder with --folder",
    errno.EIO: "the disk reports an error; choose another disk with --folder",
}


class StorageError(StaffrideError):
    """A file of a run could not be written or read; what was finished before is intact."""


def storage_failure(path: Path, error: OSError) -> StorageError:
    """Return ``error`` in plain words: which file, why, what to do."""
    reason = _REASONS.get(error.errno or 0, f"{error.strerror or error}")
    return StorageError(f"could not write {path}: {reason}. What was finished before is intact.")


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn the system's error about ``path`` into one that the user can act on."""
    try:
        yield
    except OSError as error:
        raise storage_failure(path, error) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path whose file takes the name ``path`` when the block ends without an error.

    Raises
    ------
    StorageError
        The system refused to write; the file at ``path`` is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    with storage_errors(path):
        try:
            yield temporary
            _force_to_disk(temporary)
            os.replace(temporary, path)  # noqa: PTH105 (one name for the fault tests to break)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        _force_names_to_disk(path.parent)


def write_parts(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write ``parts`` one after the other to ``path``, atomically."""
    with replacing(path) as temporary, temporary.open("wb", buffering=0) as file:
        for part in parts:
            _write_all(file.fileno(), part)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``, atomically."""
    write_parts(path, [text.encode()])


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files that a killed process left in ``folder``."""
    for leftover in folder.glob(f".*{TEMPORARY_SUFFIX}"):
        with contextlib.suppress(OSError):
            leftover.unlink()


def checksum(path: Path) -> str:
    """Return the SHA-256 of the file at ``path`` in hexadecimal, as ``sha256sum`` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_all(descriptor: int, content: bytes | memoryview) -> None:
    remaining = memoryview(content).cast("B")
    while remaining:
        written = os.write(descriptor, remaining)
        remaining = remaining[written:]


def _force_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _force_names_to_disk(folder: Path) -> None:
    """Make a rename survive a loss of power, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
