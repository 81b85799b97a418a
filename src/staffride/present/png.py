"""A PNG writer for small pictures: eight bits a channel, with transparency."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Return one PNG chunk with its length and check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG of ``pixels``, shape (rows, columns, channels): grey-alpha (2) or RGBA (4).

    Source: W3C (2003), Portable Network Graphics Specification, second edition.
    """
    rows, columns, channels = pixels.shape
    colour_type = {2: 4, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", columns, rows, 8, colour_type, 0, 0, 0)
    flat = pixels.reshape(rows, columns * channels)
    left = np.zeros_like(flat)
    left[:, channels:] = flat[:, :-channels]
    # filter 1 (difference to the pixel on the left) makes slopes compress well
    lines = np.concatenate([np.ones((rows, 1), np.uint8), flat - left], axis=1)
    body = zlib.compress(lines.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
