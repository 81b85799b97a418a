"""Working out an expression over a run: one number, or one truth, for each replication.

A truth is 1 or 0. What a replication does not have is missing (NaN), and so is what depends on it; but ``false and
missing`` is false and ``true or missing`` is true. Hours become days where an expression asks for a date. The language
itself stands in `staffride.lab.grammar`, the names that a run will have in `staffride.lab.observable_names`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from staffride.errors import nearest
from staffride.lab.expression import WITH_POLICY, Call, Name, Node, Number, Operation, parts_of
from staffride.lab.grammar import ExpressionError
from staffride.lab.observable_names import days_after
from staffride.lab.observed import CUMULATIVE
from staffride.results.paired import variant_column
from staffride.results.vocabulary import is_cumulative

if TYPE_CHECKING:
    from staffride.results.run import Run

Floats = NDArray[np.float64]
HOURS_A_DAY = 24.0
LOSSES = "lost."


@dataclass(frozen=True)
class Results:
    """The numbers of a run, as expressions ask for them.

    Attributes
    ----------
    run
        A run of the baseline, with its policies beside it.
    arms
        The id in the run of each policy that expressions name, by its text there; where an alternative structure is
        asked for too, by both texts (`joined`).
    possible
        Totals that the model has. A run leaves out losses that its scenario makes impossible: they are nought.
    """

    run: Run
    arms: Mapping[str, str] = field(default_factory=dict)
    possible: frozenset[str] = frozenset()
    _read: dict[str, Floats] = field(default_factory=dict, repr=False)

    def prepare(self, asked: Iterable[tuple[Node, str]]) -> None:
        """Read the totals of some expressions, each with an alternative structure, at once.

        A run with many policies has a table of so many columns that to open it costs more than to read them.
        """
        columns = {one for node, alternative in asked for one in self._totals_of(node, "", alternative)}
        wanted = sorted(columns & set(self.run.total_names) - set(self._read))
        if wanted:
            found = self.run.totals.read(*wanted)
            self._read.update({name: np.asarray(found[name], np.float64) for name in wanted})

    def total(self, name: Name, arm: str) -> Floats:
        """Return a total in an arm, (replications,)."""
        return self._column(name, arm, self.run.total_names, self._total)

    def _total(self, column: str) -> Floats:
        return self._read[column] if column in self._read else self.run.totals[column]

    def _totals_of(self, node: Node, policy: str, alternative: str) -> Iterator[str]:
        """Yield the columns of all totals in an expression; of an effect those of the baseline as well."""
        if isinstance(node, Name):
            arm = self.arm_of(policy, alternative)
            if node.what == "total":
                yield variant_column(node.name, arm) if arm else node.name
            return
        inner = policy
        if isinstance(node, Call) and node.function in WITH_POLICY:
            inner = _name(node.arguments[0]).name
            if node.function == "effect":
                yield from self._totals_of(node.arguments[1], "", alternative)
        for part in parts_of(node):
            yield from self._totals_of(part, inner, alternative)

    def series(self, name: Name, arm: str) -> Floats:
        """Return a series in an arm, (replications, times)."""
        return self._column(name, arm, self.run.series_names, lambda column: self.run[column].values)

    def parameter(self, name: Name) -> Floats:
        """Return a parameter of the baseline, (replications,)."""
        return self._column(name, "", self.run.parameter_names, lambda column: self.run.totals[column])

    def arm_of(self, policy: str, alternative: str) -> str:
        """Return the id of the arm of a policy under an alternative structure; both may be empty."""
        text = joined(policy, alternative)
        return self.arms.get(text, text)

    @property
    def start(self) -> datetime:
        """The first moment of the run."""
        return datetime.fromisoformat(self.run.manifest.settings.start)

    @property
    def hours(self) -> int:
        """The length of the run."""
        return self.run.manifest.settings.hours

    @property
    def every_h(self) -> int:
        """Hours between two values of a series."""
        return self.run.manifest.settings.every_h

    def _column(
        self, name: Name, arm: str, known: tuple[str, ...], read: Callable[[str], NDArray[np.generic]]
    ) -> Floats:
        column = variant_column(name.name, arm) if arm else name.name
        if column not in known:
            if name.name in self.possible and name.name.startswith(LOSSES):
                return np.zeros(self.run.replications)
            where = f" under {arm}" if arm else ""
            plain = [one.partition("@")[0] for one in known if not arm or one.endswith(f"@{arm}")]
            message = f"the run has no {name.what} {name.name!r}{where}"
            raise ExpressionError(message, name.column, None, nearest(name.name, plain))
        return np.asarray(read(column), dtype=np.float64)


def joined(policy: str, alternative: str) -> str:
    """Return the text of a policy together with an alternative structure; either may be empty.

    >>> joined("buses:500", "square-law"), joined("", "square-law")
    ('buses:500+square-law', 'square-law')
    """
    return "+".join(part for part in (policy, alternative) if part)


def evaluate(node: Node, results: Results, alternative: str = "") -> Floats:
    """Return an expression in every replication, (replications,).

    Parameters
    ----------
    alternative
        The text of the policy that stands for another structure of the model; empty for the model as it is.

    Raises
    ------
    ExpressionError
        The run has no such total, series, parameter or policy; with the nearest name.
    """
    return np.asarray(_Reading(results, alternative).value(node, ""), dtype=np.float64)


@dataclass(frozen=True)
class _Reading:
    """One pass over a tree."""

    results: Results
    alternative: str

    def value(self, node: Node, policy: str) -> Floats:
        if isinstance(node, Number):
            return np.full(self.results.run.replications, node.value)
        if isinstance(node, Name):
            return self.results.total(node, self._arm(policy))
        if isinstance(node, Operation):
            return _operation(node.sign, [self.value(part, policy) for part in node.parts])
        return self._call(node, policy)

    def _arm(self, policy: str) -> str:
        return self.results.arm_of(policy, self.alternative)

    def _call(self, node: Call, policy: str) -> Floats:
        first, *rest = node.arguments
        if node.function in _OF_SERIES:
            values = self.results.series(_name(first), self._arm(policy))
            return self._of_series(node.function, _name(first).name, values, rest, policy)
        if node.function in ("happened", "date", "days_held"):
            return self._event(node.function, self.results.total(_name(first), self._arm(policy)))
        if node.function in ("under", "effect"):
            there = self.value(rest[0], _name(first).name)
            return there - self.value(rest[0], "") if node.function == "effect" else there
        if node.function == "share":
            return _operation("/", [self.value(part, policy) for part in node.arguments])
        if node.function == "parameter":
            return self.results.parameter(_name(first))
        return np.full(self.results.run.replications, days_after(self.results.start, _name(first).name))

    def _event(self, function: str, hours: Floats) -> Floats:
        if function == "happened":
            return np.isfinite(hours).astype(np.float64)
        limit = self.results.hours if function == "days_held" else np.nan
        return np.where(np.isfinite(hours), hours, limit) / HOURS_A_DAY

    def _of_series(self, function: str, name: str, values: Floats, rest: list[Node], policy: str) -> Floats:
        if function == "last":
            return values[:, -1]
        if function == "most":
            return np.where(np.isnan(values).all(axis=1), np.nan, np.fmax.reduce(values, axis=1))
        if function == "reaches":
            return self._reaches(values, self.value(rest[0], policy))
        at = [self._at(name, values, _name(moment).name) for moment in rest]
        return at[0] if function == "value" else at[1] - at[0]

    def _at(self, name: str, values: Floats, moment: str) -> Floats:
        """Read a series at a moment: straight between two values, from nought at the start where it counts up."""
        hours = HOURS_A_DAY * days_after(self.results.start, moment, end_of_day=True)
        from_zero = is_cumulative(name) or name in CUMULATIVE
        first = np.zeros((len(values), 1)) if from_zero else values[:, :1]
        known = np.hstack([first, values])
        position = min(max(hours / self.results.every_h, 0.0), known.shape[1] - 1.0)
        below = min(int(position), known.shape[1] - 2)
        return np.asarray(known[:, below] + (position - below) * (known[:, below + 1] - known[:, below]))

    def _reaches(self, values: Floats, level: Floats) -> Floats:
        """Return the days to the end of the first step in which a series has a level; missing if it never has it."""
        there = values >= level[:, np.newaxis]
        step = np.where(there.any(axis=1), there.argmax(axis=1) + 1.0, np.nan)
        return np.asarray(step * self.results.every_h / HOURS_A_DAY)


_OF_SERIES = ("value", "last", "most", "change", "reaches")


def _name(node: Node) -> Name:
    """Return an argument that the grammar has let through as a name only."""
    if not isinstance(node, Name):
        raise TypeError(f"{node} is not a name")
    return node


def _operation(sign: str, parts: list[Floats]) -> Floats:
    """Return an operation on columns; missing where a part is, but where another part settles a truth."""
    if sign == "not":
        return 1.0 - parts[0]
    if sign in ("and", "or"):
        return _settled(np.stack(parts), by=0.0 if sign == "and" else 1.0)
    if len(parts) == 1:
        return -parts[0]
    left, right = parts
    with np.errstate(all="ignore"):
        if sign in _ARITHMETIC:
            found = _ARITHMETIC[sign](left, right)
            return np.where(np.isfinite(found), found, np.nan)
        is_known = ~(np.isnan(left) | np.isnan(right))
        return np.where(is_known, _COMPARISONS[sign](left, right), np.nan)


def _settled(truths: Floats, *, by: float) -> Floats:
    """Return the truth ``by`` where any part has it, missing where a part is missing, else the other truth."""
    unsettled = np.where(np.isnan(truths).any(axis=0), np.nan, 1.0 - by)
    return np.where((truths == by).any(axis=0), by, unsettled)


_ARITHMETIC = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
_COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
