"""Where something is written."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Location(NamedTuple):
    """Where something is written: a file and a line counted from 1."""

    file: Path
    line: int | None = None
