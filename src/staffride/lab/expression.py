"""The tree of an expression over results: numbers, names, operations, calls, and what each function asks for.

Every part is a *number* or a *truth* (an event that does or does not come about), and the two are not mixed up.
`staffride.lab.grammar` reads a tree from text; `staffride.lab.observables` works it out from a run.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["number", "truth"]
What: TypeAlias = Literal["series", "total", "parameter", "date", "policy"]
Asks: TypeAlias = What | Kind | Literal["either"]

ARITHMETIC = ("+", "-", "*", "/")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
LOGIC = ("and", "or", "not")


class Function(NamedTuple):
    """A function: what it asks for, what it gives (``same``: as its last argument), and what that is."""

    asks: tuple[Asks, ...]
    gives: Kind | Literal["same"]
    tells: str


FUNCTIONS: dict[str, Function] = {
    "value": Function(
        ("series", "date"), "number", "a series at a moment; a date alone is the end of the day"
    ),
    "last": Function(("series",), "number", "a series at the end of the run"),
    "most": Function(("series",), "number", "the greatest value of a series"),
    "change": Function(
        ("series", "date", "date"), "number", "a series at the second moment less at the first"
    ),
    "reaches": Function(
        ("series", "number"), "number", "days until a series first has a value; missing if never"
    ),
    "happened": Function(("total",), "truth", "whether an event came about: its date is not missing"),
    "date": Function(
        ("total",), "number", "days from the start of the run to an event; missing if it never came"
    ),
    "days_held": Function(("total",), "number", "the same, but the length of the run where it never came"),
    "day": Function(
        ("date",), "number", "days from the start of the run to a moment; a date alone is its start"
    ),
    "share": Function(
        ("number", "number"), "number", "the first over the second; missing where that is nought"
    ),
    "parameter": Function(("parameter",), "number", "a number that the replication drew"),
    "under": Function(("policy", "either"), "same", "an expression under a policy"),
    "effect": Function(
        ("policy", "either"), "number", "an expression under a policy, less the same without it"
    ),
}
"""The functions by name."""

WITH_POLICY = ("under", "effect")


@dataclass(frozen=True)
class Number:
    """A number as written; never negative, for a sign is an operation."""

    value: float
    column: int = field(default=1, compare=False)

    def __str__(self) -> str:
        """Return the shortest text that reads back as the same number."""
        return str(int(self.value)) if self.value.is_integer() and self.value < 1e15 else repr(self.value)


@dataclass(frozen=True)
class Name:
    """Something called by its name, and what it is (`What`)."""

    name: str
    what: What = "total"
    column: int = field(default=1, compare=False)

    def __str__(self) -> str:
        """Return a bare name where it can be one, else the name in quotes."""
        parts = self.name.split(".")
        is_bare = all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
        return self.name if is_bare and self.what in ("series", "total", "parameter") else f'"{self.name}"'


@dataclass(frozen=True)
class Operation:
    """A sign between its parts; ``-`` and ``not`` also stand before a single one."""

    sign: str
    parts: tuple[Node, ...]
    column: int = field(default=1, compare=False)

    def __str__(self) -> str:
        """Return the operation, with brackets around parts that are operations."""
        shown = [f"({part})" if isinstance(part, Operation) else str(part) for part in self.parts]
        if len(shown) == 1:
            return f"{self.sign}{' ' * (self.sign == 'not')}{shown[0]}"
        return f" {self.sign} ".join(shown)


@dataclass(frozen=True)
class Call:
    """A function of `FUNCTIONS` with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    column: int = field(default=1, compare=False)

    def __str__(self) -> str:
        """Return the call as it is written."""
        return f"{self.function}({', '.join(map(str, self.arguments))})"


Node: TypeAlias = Number | Name | Operation | Call


def parts_of(node: Node) -> tuple[Node, ...]:
    """Return the parts that stand directly in a node."""
    if isinstance(node, Operation):
        return node.parts
    return node.arguments if isinstance(node, Call) else ()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all that stands in it, each before its parts."""
    yield node
    for part in parts_of(node):
        yield from walk(part)


def named(node: Node, what: What) -> tuple[str, ...]:
    """Return each name of one sort in a tree once, in order, such as those of all series."""
    return tuple(dict.fromkeys(one.name for one in walk(node) if isinstance(one, Name) and one.what == what))


def kind_of(node: Node) -> Kind:
    """Return whether a tree gives a number or a truth."""
    if isinstance(node, Operation):
        return "number" if node.sign in ARITHMETIC else "truth"
    if isinstance(node, Call):
        gives = FUNCTIONS[node.function].gives
        return kind_of(node.arguments[-1]) if gives == "same" else gives
    return "number"


def is_date(node: Node) -> bool:
    """Return whether a tree is a date of an event, also under a policy: missing then means later than any date."""
    if not isinstance(node, Call):
        return False
    return node.function in ("date", "reaches") or (node.function == "under" and is_date(node.arguments[1]))
