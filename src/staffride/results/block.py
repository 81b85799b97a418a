"""Blocks: the finished replications of a run that is still going on, one file each.

A block file is a line with a magic word, a line with the SHA-256 of all that follows, the length of a JSON
header, the header (what the arrays are called, their types, shapes and places), and the raw numbers. Columns
that are alike and follow each other stand together as one array: a campaign has thousands of totals.
The file carries the key of its run, so that a block of another run is never taken for one of this.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from staffride.errors import StaffrideError
from staffride.results.atomic import write_parts

MAGIC = b"staffride block 2\n"
DIGEST_LENGTH = 64
ALIGNMENT = 64
SUFFIX = ".block"
GROUPS = ("series", "totals", "parameters", "links", "events")

Array = NDArray[Any]


class DamagedBlockError(StaffrideError):
    """A block file is not what its checksum or its run says; its replications must be run again."""


class BlockLike(Protocol):
    """Replications ``first`` to ``first + count - 1``, as the model returns them."""

    @property
    def first(self) -> int:
        """Return the number of the first replication."""

    @property
    def count(self) -> int:
        """Return how many replications there are."""

    @property
    def series(self) -> Mapping[str, Array]:
        """Return name -> float32 (count, hours)."""

    @property
    def totals(self) -> Mapping[str, Array]:
        """Return name -> float64 (count,)."""

    @property
    def parameters(self) -> Mapping[str, Array]:
        """Return name -> float64 (count,)."""

    @property
    def links(self) -> Mapping[str, Array]:
        """Return name -> float32 (count, hours, links)."""

    @property
    def events(self) -> Mapping[str, Array]:
        """Return column -> array, one row an event."""


@dataclass(frozen=True)
class StoredBlock:
    """A block read back from its file; its arrays are views of the file, read when touched."""

    first: int
    count: int
    series: dict[str, Array] = field(default_factory=dict)
    totals: dict[str, Array] = field(default_factory=dict)
    parameters: dict[str, Array] = field(default_factory=dict)
    links: dict[str, Array] = field(default_factory=dict)
    events: dict[str, Array] = field(default_factory=dict)


def block_path(folder: Path, first: int, count: int) -> Path:
    """Return the file of replications ``first`` to ``first + count - 1``."""
    return folder / f"{first:06d}-{first + count - 1:06d}{SUFFIX}"


def write_block(folder: Path, key: str, block: BlockLike) -> Path:
    """Write ``block`` to its file in ``folder``, atomically, and return the file's path.

    Raises
    ------
    StorageError
        The disk is full or refuses to write; no other block is touched.
    """
    path = block_path(folder, block.first, block.count)
    body = _body(key, block)
    digest = hashlib.sha256()
    for part in body:
        digest.update(part)
    write_parts(path, [MAGIC, digest.hexdigest().encode() + b"\n", *body])
    return path


def read_block(path: Path, key: str) -> StoredBlock:
    """Return the block in ``path`` after checking its checksum and that it belongs to the run ``key``.

    Raises
    ------
    DamagedBlockError
        The file is cut short, changed, or of another run.
    """
    content = _checked_content(path)
    length = int.from_bytes(content[:8], "little")
    header = json.loads(bytes(content[8 : 8 + length]))
    if header["key"] != key:
        raise DamagedBlockError(f"{path} belongs to another run")
    block = StoredBlock(header["first"], header["count"])
    for entry in header["arrays"]:
        getattr(block, entry["group"]).update(zip(entry["names"], _array(content, entry), strict=True))
    return block


def _checked_content(path: Path) -> memoryview:
    """Return what follows the checksum, checked; a view of the mapped file."""
    try:
        with path.open("rb") as file:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise DamagedBlockError(f"{path} cannot be read: {error}") from error
    start = len(MAGIC) + DIGEST_LENGTH + 1
    expected = bytes(content[len(MAGIC) : start - 1])
    if content[: len(MAGIC)] != MAGIC or hashlib.sha256(content[start:]).hexdigest().encode() != expected:
        raise DamagedBlockError(f"{path} does not match its checksum")
    return content[start:]


def _array(content: memoryview, entry: Mapping[str, Any]) -> Array:
    shape: Sequence[int] = entry["shape"]
    count = int(np.prod(shape, dtype=np.int64))
    dtype = np.dtype(entry["dtype"])
    if count == 0:
        return np.empty(shape, dtype)
    return np.frombuffer(content, dtype, count, entry["offset"]).reshape(shape)


class _Pack(NamedTuple):
    """Arrays of one group that are alike, one below the other (names, *shape)."""

    group: str
    names: tuple[str, ...]
    values: Array


def _packs(block: BlockLike) -> Iterator[_Pack]:
    for group in GROUPS:
        for _, alike in groupby(getattr(block, group).items(), _form):
            names, arrays = zip(*alike, strict=True)
            values = np.stack(arrays) if len(arrays) > 1 else arrays[0][np.newaxis]
            yield _Pack(group, names, np.ascontiguousarray(values, values.dtype.newbyteorder("<")))


def _form(named: tuple[str, Array]) -> tuple[object, ...]:
    """Return what arrays that stand together share: columns are packed, and larger arrays stand alone."""
    name, values = named
    return (values.dtype, values.shape) if values.ndim == 1 else (name,)


def _body(key: str, block: BlockLike) -> list[bytes | memoryview]:
    """Return the parts of the file after the checksum: length of the header, header, arrays."""
    packs = list(_packs(block))
    header: dict[str, Any] = {"key": key, "first": int(block.first), "count": int(block.count), "arrays": []}
    # offsets depend on the header's length and it on them: reserve room for the widest offsets first
    room = _aligned(8 + len(json.dumps(header)) + sum(len(json.dumps(_entry(p, 10**15))) + 2 for p in packs))
    offset = room
    parts: list[bytes | memoryview] = []
    for pack in packs:
        header["arrays"].append(_entry(pack, offset))
        size = pack.values.nbytes
        parts += [memoryview(pack.values.reshape(-1).view(np.uint8).data), bytes(_aligned(size) - size)]
        offset += _aligned(size)
    text = json.dumps(header).encode().ljust(room - 8)
    return [len(text).to_bytes(8, "little"), text, *(part for part in parts if len(part))]


def _entry(pack: _Pack, offset: int) -> dict[str, Any]:
    return {
        "group": pack.group,
        "names": pack.names,
        "dtype": pack.values.dtype.str,
        "shape": list(pack.values.shape),
        "offset": offset,
    }


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
