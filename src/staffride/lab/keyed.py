"""Columns of keyed uniform numbers: one a replication, the same whatever else is drawn."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import uniforms


@compiled
def keyed_uniforms(seed: int, count: int, phenomenon: int, step: int, entity: int) -> NDArray[np.float64]:
    """Return one uniform number for each replication ``0 .. count - 1``, by their keys alone."""
    column = np.empty(count)
    for replication in range(count):
        column[replication] = uniforms(seed, replication, phenomenon, step, entity, 0)[0]
    return column


def entity_of(name: str) -> int:
    """Return the number that keys a named quantity (CRC-32 of the name), so that adding one moves no other."""
    return zlib.crc32(name.encode())
