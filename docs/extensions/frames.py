"""Fills the marks ``{{ name }}`` of a hand-written frame with generated text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]


def fill(frame: str, marks: Mapping[str, str]) -> str:
    """Return the text of ``frame`` (a file under ``docs/``) with every mark filled.

    Raises
    ------
    KeyError
        If the frame lacks one of the marks: the generated text would be lost.
    """
    text = (DOCS / frame).read_text(encoding="utf-8")
    for name, content in marks.items():
        mark = f"{{{{ {name} }}}}"
        if mark not in text:
            raise KeyError(f"{frame} has no mark {mark}")
        text = text.replace(mark, content)
    return text
