"""Source, Fact and Claim: the three kinds of record, frozen and checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from staffride.evidence.stamp import Stamp
from staffride.units import UNITS

Side = Literal["az", "arm", "arm.ra", "arm.nk", "ru", "none"]
"""Azerbaijan; the Armenian side, of it the Republic of Armenia and the de facto authorities; Russia; none."""

Confidence = Literal["high", "medium", "low"]
SourceKind = Literal[
    "document", "official", "international", "geodata", "news", "encyclopedia", "archive", "copy", "estimate"
]
ClaimKind = Literal["count", "date", "share", "causal", "counterfactual", "policy"]
Agreement = Literal["agrees", "partly", "disputed", "contradicts", "none found"]
ClaimClass = Literal["tested", "input", "record", "not_testable"]

RECORD_UNITS = frozenset(UNITS) | {"t/day", "AMD"}
"""Units of facts: those of a scenario, and two that only the record uses (tonnes a day, Armenian dram)."""

_STAMP = BeforeValidator(lambda text: text if isinstance(text, Stamp) else Stamp.parse(str(text)))
When = Annotated[Stamp, _STAMP]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FactId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$")]
ClaimId = Annotated[str, Field(pattern=r"^claim\.Q\d{3}$")]
Text = Annotated[str, Field(min_length=1)]


class Record(BaseModel):
    """What every record shares: it does not change after it is read, and has no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)

    id: str

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain values for ``--json``; stamps as written."""
        return {name: _plain(value) for name, value in self}


class Source(Record):
    """Where figures or claims come from: a document, an office, an agency, a paper, a data set.

    Parameters
    ----------
    id, title, publisher, kind
        What it is.
    side
        The side of its author. It says nothing about who is right.
    terms
        Licence or terms of use.
    host
        The site that a copy was found on, where known.
    file
        For a document: how its file is called in the reader's own copy, without the ending.
    note
        How far to trust it.
    """

    id: Slug
    title: Text
    publisher: Text
    kind: SourceKind
    side: Side
    terms: Text
    host: str | None = None
    file: str | None = None
    note: str = ""


class Fact(Record):
    """One dated statement of the record, with its number if it has one.

    Parameters
    ----------
    id
        Neutral and stable, for example ``arrivals.A17``.
    subject
        What kind of thing it tells, one word for all facts of a kind.
    label
        The same for people, in a few words.
    value, low, high
        The number in ``unit``; a range without a value where the sources differ. All ``None`` for an event.
    place
        The id of a place, an area or a road that is itself a fact.
    began
        For a flow, a sum or a long event: when it began.
    described
        The moment that the figure describes, as the record gives it.
    uncertainty_h
        Hours by which ``described`` may be wrong, either way.
    published
        When the figure was published, as far as known; for an hour that is inferred, the end of its window.
    said_by
        Who states it.
    sources
        Ids of all sources, the closest to the origin first.
    kind
        ``outcome``: what a run is compared with, never a prior. ``input``: what a scenario may start from.
    details
        The further columns of its table, for example the names and coordinates of a place.
    """

    id: FactId
    subject: Slug
    label: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    place: FactId | None = None
    began: When | None = None
    described: When
    uncertainty_h: float | None = Field(default=None, ge=0)
    published: When
    said_by: str = ""
    sources: tuple[Slug, ...] = Field(min_length=1)
    confidence: Confidence
    kind: Literal["input", "outcome"]
    note: str = ""
    details: Mapping[str, str | float | bool] = Field(default_factory=dict)

    @property
    def as_of(self) -> datetime:
        """The (first) moment that the fact describes."""
        return self.described.start

    @property
    def known_from(self) -> datetime:
        """The moment from which the fact was surely public: the last second of a day, month or year."""
        return self.published.end

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        numbers = [n for n in (self.low, self.value, self.high) if n is not None]
        if numbers != sorted(numbers):
            raise ValueError("low, value and high are not in ascending order")
        if bool(numbers) != bool(self.unit):
            raise ValueError("a number needs a unit, and a unit a number")
        if self.unit and self.unit not in RECORD_UNITS:
            raise ValueError(f"unknown unit {self.unit!r}")
        if self.known_from < self.as_of:
            raise ValueError(
                f"known from {self.published}, before the moment it describes ({self.described})"
            )
        if self.began is not None and self.began.start > self.described.end:
            raise ValueError(f"starts at {self.began}, after the moment it describes ({self.described})")
        return self


class Claim(Record):
    """What a document says, in our words, with the place of the passage and its hash but never its text.

    Parameters
    ----------
    id, document, paragraph, start, length, sha256
        The passage: the id of its source, the number of the paragraph (its place among the lines that are
        not empty, from 1), first character and number of characters within the normalised paragraph, and
        the SHA-256 of the normalised passage.
    side
        The side of the document's author.
    about
        The side whose deeds, losses or people the claim tells.
    statement
        The claim paraphrased.
    low, high, unit
        Its number, if it has one; the same twice for a single value.
    elsewhere, agreement
        What other sources say, and how that compares.
    facts
        Ids of facts that bear on it.
    test_class, reason
        What the program does with it, and why: ``tested`` (a run answers; `staffride.evidence.claim_tests` says how),
        ``input`` (it is a parameter or a rule here), ``record`` (compared with other sources alone) or
        ``not_testable``.
    series
        The series of a run that it concerns.
    """

    id: ClaimId
    document: Slug
    paragraph: int = Field(ge=1)
    start: int = Field(ge=0)
    length: int = Field(ge=1)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    side: Side
    about: Side | Literal["both"]
    kind: ClaimKind
    subject: Text
    statement: Text
    low: float | None = None
    high: float | None = None
    unit: str = ""
    elsewhere: Text
    agreement: Agreement
    facts: tuple[FactId, ...] = ()
    test_class: ClaimClass
    reason: Text
    series: tuple[str, ...] = ()
    confidence: Confidence

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is above high")
        return self


def _plain(value: object) -> object:
    if isinstance(value, Stamp):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value
