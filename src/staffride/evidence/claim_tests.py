"""How each tested claim is put to the test: an expression over a run, what the claim says of it, and what is assumed.

``claims/tests.yaml`` holds three lists:

- ``quantities``: kinds of quantity, with the error that the model itself is assumed to have in each;
- ``alternatives``: by scenario, the other structures of the model under which a verdict must hold;
- ``tests``: one entry a claim, or several with a part each (``claim.Q032/lost``, ``claim.Q032/later``).

An entry says what the claim claims in exactly one way:

- nothing: the claim's own ``low`` and ``high``;
- ``low`` and ``high``: both ends belong to it; ``high`` alone is "up to", ``low`` alone "at least";
- ``more_than`` or ``less_than``: the end does not belong to it;
- ``happens``: an event comes about (``true``) or does not;
- ``sign``: the mean of an expression with ``effect(...)`` is ``positive`` or ``negative``.

An end that lies at a natural limit of its quantity (a count of nought, a share of one) is no end: "0 to 0.3" is "up
to 0.3". An end may be a date; the expression is then in days after the start of the scenario, and a day counts from
its first to its last moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from staffride.errors import InputError, Problem, nearest
from staffride.evidence.ledger import TESTS, Ledger, ledger
from staffride.evidence.model import Claim, Record, Slug, Text
from staffride.evidence.records import Lined, R, load_yaml, records_in

if TYPE_CHECKING:
    from ruamel.yaml.comments import CommentedMap

KEYS = ("quantities", "alternatives", "tests")
ENDS = ("low", "high", "more_than", "less_than")

ClaimTestId = Annotated[str, Field(pattern=r"^claim\.Q\d{3}(/[a-z][a-z0-9_]*)?$")]
_NUMBER_OR_DATE = BeforeValidator(lambda end: end if isinstance(end, date) else float(end))
End = Annotated[float | date, _NUMBER_OR_DATE]


class Quantity(Record):
    """A kind of quantity, and the error of the model in it: what a run leaves out even with the right parameters.

    Parameters
    ----------
    id
        What it is, such as ``deaths`` or ``dates``.
    discrepancy
        How the error acts on the number x of a run, with a standard normal z: ``multiplicative``: x exp(size z);
        ``additive``: x + size z; ``none``.
    size
        Standard deviation: of the logarithm, or in ``unit``.
    unit
        Of ``size`` where it is additive.
    low, high
        Natural limits of the quantity; the error never leads beyond them.
    reason
        What the size rests on, or why it is assumed.
    """

    id: Slug
    discrepancy: Literal["multiplicative", "additive", "none"]
    size: float = Field(default=0.0, ge=0)
    unit: str = ""
    low: float | None = None
    high: float | None = None
    reason: Text

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.size > 0.0) != (self.discrepancy != "none"):
            raise ValueError("a discrepancy has a size above zero, and none has no size")
        if bool(self.unit) != (self.discrepancy == "additive"):
            raise ValueError("unit: that of an additive discrepancy, and of no other")
        return self


class Alternatives(Record):
    """The other structures of the model under which verdicts on a scenario must hold.

    Parameters
    ----------
    id
        The scenario.
    policies
        Each as the text of a policy, such as ``square-law``.
    reason
        Why these.
    """

    policies: tuple[Text, ...]
    reason: Text


class ClaimTest(Record):
    """How one claim, or one part of it, is put to the test.

    Parameters
    ----------
    id
        The claim, with ``/part`` where a claim has several tests.
    scenario
        The scenario that is run.
    observable
        The expression over its results; `staffride.lab.observables` tells the grammar.
    quantity
        The kind of quantity that the expression gives: the id of a `Quantity`.
    low, high, more_than, less_than, happens, sign
        What the claim says of it; see the head of this file.
    alternatives
        Instead of those of the scenario; empty for none.
    reason
        Why this expression stands for the claim, and what it leaves out.
    rests_on
        Ids of facts and claims, names of parameters and of rules that carry the answer.
    """

    id: ClaimTestId
    scenario: Text
    observable: Text
    quantity: Slug
    low: End | None = None
    high: End | None = None
    more_than: End | None = None
    less_than: End | None = None
    happens: bool | None = None
    sign: Literal["positive", "negative"] | None = None
    alternatives: tuple[Text, ...] | None = None
    reason: Text
    rests_on: tuple[Text, ...] = ()

    @property
    def claim(self) -> str:
        """The id of the claim."""
        return self.id.partition("/")[0]

    @property
    def part(self) -> str:
        """The part of the claim, empty where it has only one."""
        return self.id.partition("/")[2]

    @property
    def has_ends(self) -> bool:
        """Whether the test itself says between which ends the number lies."""
        return any(getattr(self, name) is not None for name in ENDS)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        ways = self.has_ends + (self.happens is not None) + (self.sign is not None)
        if ways > 1:
            raise ValueError("a claim is an interval, an event (happens) or a sign: only one of them")
        if (self.low is not None and self.more_than is not None) or (
            self.high is not None and self.less_than is not None
        ):
            raise ValueError("low or more_than, and high or less_than: only one of each")
        below, above = (a if a is not None else b for a, b in self._pairs())
        if below is not None and above is not None:
            if isinstance(below, date) != isinstance(above, date):
                raise ValueError("both ends are dates, or neither is")
            if below > above:  # type: ignore[operator]
                raise ValueError("the lower end lies above the upper one")
        return self

    def _pairs(self) -> tuple[tuple[End | None, End | None], ...]:
        return (self.low, self.more_than), (self.high, self.less_than)


@dataclass(frozen=True)
class ClaimTests:
    """All tests of claims.

    Attributes
    ----------
    quantities, alternatives, tests
        By id.
    lines
        The line of each test in its file, by the test's id.
    file
        The file they come from.
    """

    quantities: Mapping[str, Quantity]
    alternatives: Mapping[str, Alternatives]
    tests: Mapping[str, ClaimTest]
    lines: Mapping[str, int]
    file: Path

    def of(self, claim: str) -> tuple[ClaimTest, ...]:
        """Return the tests of a claim, in the order of the file."""
        return tuple(test for test in self.tests.values() if test.claim == claim)

    def alternatives_of(self, test: ClaimTest) -> tuple[str, ...]:
        """Return the other structures under which the verdict of a test must hold, as texts of policies."""
        if test.alternatives is not None:
            return test.alternatives
        found = self.alternatives.get(test.scenario)
        return found.policies if found else ()

    def problem(
        self, test: str, message: str, expected: str | None = None, hint: str | None = None
    ) -> Problem:
        """Return a problem of one test, with its line."""
        return Problem(f"{test}: {message}", self.file, self.lines.get(test), expected, hint)


@cache
def claim_tests() -> ClaimTests:
    """Return the project's own tests of claims; they are read once.

    Raises
    ------
    InputError
        The file of the installation is damaged, or does not fit the claims.
    """
    with as_file(files("staffride").joinpath("data", "evidence", "claims", TESTS)) as path:
        return load_claim_tests(path, ledger())


def load_claim_tests(path: Path, known: Ledger) -> ClaimTests:
    """Read ``tests.yaml`` and compare it with the claims.

    Raises
    ------
    InputError
        With every problem at once: an unknown claim or quantity, a claim of another class, an id used twice.
    """
    content = _content(path)
    quantities, wrong = records_in(path, content["quantities"], Quantity, {})
    alternatives, wrong_2 = records_in(path, content["alternatives"], Alternatives, {})
    tests, wrong_3 = records_in(path, content["tests"], ClaimTest, {})
    problems = [*wrong, *wrong_2, *wrong_3]
    for lined in (quantities, alternatives, tests):
        problems += _repeated(path, lined)
    problems += _misfits(path, tests, known, None if wrong else _by_id(quantities))
    if problems:
        raise InputError(problems)
    lines = MappingProxyType({test.id: line for line, test in tests})
    return ClaimTests(_by_id(quantities), _by_id(alternatives), _by_id(tests), lines, path)


def _content(path: Path) -> CommentedMap:
    from ruamel.yaml.comments import CommentedMap

    content = load_yaml(path)
    if not isinstance(content, CommentedMap) or set(content) != set(KEYS):
        raise InputError([Problem("wrong keys", path, 1, f"the three keys {', '.join(KEYS)}")])
    return content


def _misfits(
    path: Path, tests: Lined[ClaimTest], known: Ledger, quantities: Mapping[str, Quantity] | None
) -> Iterator[Problem]:
    """Yield where a test does not fit its claim or names an unknown quantity (``None``: they are not whole)."""
    for line, test in tests:
        claim = known.claims.get(test.claim)
        if claim is None:
            yield Problem(
                f"unknown claim {test.claim!r}", path, line, None, nearest(test.claim, known.claims)
            )
        else:
            yield from _misfits_of(path, line, test, claim)
        if quantities is not None and test.quantity not in quantities:
            hint = nearest(test.quantity, quantities)
            yield Problem(
                f"{test.id}: unknown quantity {test.quantity!r}",
                path,
                line,
                f"one of {', '.join(quantities)}",
                hint,
            )


def _misfits_of(path: Path, line: int, test: ClaimTest, claim: Claim) -> Iterator[Problem]:
    if claim.test_class != "tested":
        text = f"{test.id}: the claim's class is {claim.test_class}"
        yield Problem(text, path, line, "a claim of class tested", "change its class, or delete the test")
    says_nothing = not test.has_ends and test.happens is None and test.sign is None
    if says_nothing and claim.low is None and claim.high is None:
        expected = "low, high, more_than, less_than, happens or sign"
        yield Problem(f"{test.id}: neither the claim nor its test has a number", path, line, expected)


def _repeated(path: Path, lined: Sequence[tuple[int, Record]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for line, record in lined:
        if record.id in first:
            yield Problem(
                f"the id {record.id!r} is used twice",
                path,
                line,
                f"one use; first in line {first[record.id]}",
            )
        first.setdefault(record.id, line)


def _by_id(lined: Sequence[tuple[int, R]]) -> Mapping[str, R]:
    return MappingProxyType({record.id: record for _, record in lined})
