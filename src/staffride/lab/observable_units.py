"""The unit of an expression over results, as far as its parts agree on one."""

from __future__ import annotations

from staffride.lab.expression import Call, Name, Node, Number, Operation, kind_of
from staffride.results.vocabulary import meaning

_OF_FIRST, _OF_SECOND, _DAYS = (
    ("value", "last", "most", "change"),
    ("under", "effect"),
    ("reaches", "date", "days_held", "day"),
)


def unit_of(node: Node) -> str:
    """Return the unit of an expression; ``1`` for a share, empty for a truth and where no unit is known.

    >>> from staffride.lab.grammar import parse
    >>> unit_of(parse('effect("no-drones", days_held(changed.hadrut))')), unit_of(parse("deaths.az + deaths.arm"))
    ('day', 'persons')
    """
    if kind_of(node) == "truth" or isinstance(node, Number):
        return ""
    if isinstance(node, Name):
        return meaning(node.name).unit if node.what in ("total", "series") else ""
    return _of_call(node) if isinstance(node, Call) else _of_operation(node)


def _of_call(call: Call) -> str:
    """Return the unit of what a function gives; the effect on a truth is a share."""
    if call.function in _DAYS:
        return "day"
    if call.function in _OF_SECOND:
        inner = call.arguments[1]
        return "1" if kind_of(inner) == "truth" else unit_of(inner)
    if call.function in _OF_FIRST:
        return unit_of(call.arguments[0])
    return "1" if call.function == "share" else ""


def _of_operation(operation: Operation) -> str:
    """Return the unit that all parts but bare numbers have; a product or a quotient of two units has none here."""
    parts = [part for part in operation.parts if not isinstance(part, Number)]
    units = {unit_of(part) for part in parts}
    if len(units) != 1 or (operation.sign in "*/" and len(parts) > 1 and units != {""}):
        return ""
    return units.pop()
