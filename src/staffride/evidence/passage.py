"""Passages of a document: their normal form, their place, their hash; no text of theirs is ever stored.

A passage is found again in any copy of the document whose words are the same: the normal form takes away what
differs between copies (line ends, white space, kinds of hyphens and quotation marks, ligatures).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from staffride.errors import StaffrideError

_HYPHENS = dict.fromkeys(range(0x2010, 0x2016), "-")
_SINGLE_QUOTES = dict.fromkeys((0x2018, 0x2019, 0x201A, 0x201B, 0x2039, 0x203A), "'")
_DOUBLE_QUOTES = dict.fromkeys((0x201C, 0x201D, 0x201E, 0x201F, 0x00AB, 0x00BB), '"')
_STRAIGHT = _HYPHENS | _SINGLE_QUOTES | _DOUBLE_QUOTES

Status = Literal["found", "moved", "changed", "missing"]
"""In its paragraph; in another paragraph; nowhere in the document; the document itself is not there."""


def normalise(text: str) -> str:
    """Return the normal form of ``text``.

    NFKC; hyphens and dashes U+2010 to U+2015 become ``-``; quotation marks become straight; each run of
    white space becomes one space, none at either end. Applying it twice changes nothing.
    """
    return " ".join(unicodedata.normalize("NFKC", text).translate(_STRAIGHT).split())


def paragraphs(document: str) -> tuple[str, ...]:
    """Return the normalised paragraphs of a document: its lines that are not empty, in order."""
    return tuple(filter(None, map(normalise, document.splitlines())))


def fingerprint(passage: str) -> str:
    """Return the SHA-256 of the normalised passage, in UTF-8, as 64 hexadecimal digits."""
    return sha256(normalise(passage).encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a passage stands: paragraph from 1, first character from 0, length in characters, hash."""

    paragraph: int
    start: int
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a passage was found, and in which paragraph."""

    status: Status
    paragraph: int | None = None


def locate(document: str, words: str) -> Passage:
    """Return where ``words`` stand in ``document``: what a new claim stores.

    Raises
    ------
    StaffrideError
        If the words are not in any paragraph, or do not begin where a word begins.
    """
    wanted = normalise(words)
    for number, paragraph in enumerate(paragraphs(document), 1):
        start = paragraph.find(wanted) if wanted else -1
        if start >= 0 and (start == 0 or paragraph[start - 1] == " "):
            return Passage(number, start, len(wanted), fingerprint(wanted))
    raise StaffrideError("the passage was not found: give whole words, as they stand in one paragraph")


def find(document: Sequence[str], passage: Passage) -> Finding:
    """Look for a passage in the normalised paragraphs of a document: its own paragraph first, then all."""
    own = document[passage.paragraph - 1 : passage.paragraph]
    if any(_holds(paragraph, passage) for paragraph in own):
        return Finding("found", passage.paragraph)
    for number, paragraph in enumerate(document, 1):
        if _holds(paragraph, passage):
            return Finding("moved", number)
    return Finding("changed")


def _holds(paragraph: str, passage: Passage) -> bool:
    return any(
        _hash_at(paragraph, start, passage.length) == passage.sha256 for start in _starts(paragraph, passage)
    )


def _starts(paragraph: str, passage: Passage) -> Iterator[int]:
    """Yield the stored start, then the start of each word from which the passage still fits."""
    last = len(paragraph) - passage.length
    if passage.start <= last:
        yield passage.start
    if last >= 0:
        yield 0
        yield from (space.end() for space in re.finditer(" ", paragraph) if space.end() <= last)


def _hash_at(paragraph: str, start: int, length: int) -> str:
    return sha256(paragraph[start : start + length].encode("utf-8")).hexdigest()
