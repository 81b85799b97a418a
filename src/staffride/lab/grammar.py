"""Reading an expression over results from text, safely.

The text is read with Python's parser and rebuilt from a short list of forms; nothing of it is ever executed as
Python, and it can name nothing but results. It may hold:

- numbers; names of totals with their dots (``lost.armour.arm.by.armed_drone``), bare or in quotes;
- ``+ - * /``, comparisons (a chain such as ``1 < x <= 2`` too), and ``and``, ``or``, ``not`` between events;
- the functions of `staffride.lab.expression.FUNCTIONS`, with the series, totals, dates and policies they ask for.

It may not hold one policy within another: several levers together are one policy, joined with ``+``.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Sequence
from typing import cast

from staffride.errors import Problem, StaffrideError, nearest
from staffride.lab.expression import (
    FUNCTIONS,
    WITH_POLICY,
    Asks,
    Call,
    Kind,
    Name,
    Node,
    Number,
    Operation,
    What,
    kind_of,
)

LONGEST, DEEPEST = 600, 20
"""Characters of an expression, and parts within parts; more is refused."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9][A-Za-z0-9_-]*)*")
_POLICY = re.compile(r"[A-Za-z][A-Za-z0-9_.,:=+ -]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d([+-]\d\d:\d\d)?)?")
_FORMS = {"date": _DATE, "policy": _POLICY}
_EXAMPLES = {
    "series": "the name of a series, such as deaths.arm",
    "total": "the name of a total, such as lost.armour.arm",
    "parameter": "the name of a parameter, in quotes",
    "date": 'a date in quotes, such as "2020-10-10" or "2020-10-10T06:00"',
    "policy": 'a policy in quotes, such as "layered-air-defence:2"',
}
_ARITHMETIC: dict[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}

_WORDS: dict[type[ast.AST], str] = {
    ast.Attribute: "a dot after something other than a name",
    ast.BinOp: "this sign between two parts",
    ast.Call: "a call",
    ast.IfExp: "if ... else",
    ast.JoinedStr: "a text with values in it",
    ast.Subscript: "an index",
}


class ExpressionError(StaffrideError):
    """An expression is wrong at a column, counted from 1.

    Attributes
    ----------
    column
        Where.
    message, expected, hint
        What is wrong, what would be right, and often the nearest name.
    """

    exit_code = 2

    def __init__(
        self, message: str, column: int, expected: str | None = None, hint: str | None = None
    ) -> None:
        self.column, self.expected, self.hint = column, expected, hint
        self.message = f"column {column}: {message}"
        super().__init__(str(Problem(self.message, expected=expected, suggestion=hint)))


def parse(text: str) -> Node:
    """Return the tree of an expression.

    Raises
    ------
    ExpressionError
        It holds what the language does not, with the column and, for a function, the nearest name.

    >>> str(parse("share(lost.armour.arm.by.armed_drone, lost.armour.arm)>0.5"))
    'share(lost.armour.arm.by.armed_drone, lost.armour.arm) > 0.5'
    """
    if len(text) > LONGEST:
        raise ExpressionError(
            f"the expression goes on to {len(text)} characters", LONGEST, f"at most {LONGEST}"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        message = f"this does not read as an expression: {error.msg}"
        raise ExpressionError(message, max(error.offset or 1, 1)) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError("this does not read as an expression", 1) from None
    return _Reader().node(tree, 0)


class _Reader:
    """Rebuilds a tree of Python's parser from the forms that the language has."""

    def __init__(self) -> None:
        self._policy: str | None = None

    def node(self, tree: ast.expr, depth: int) -> Node:
        """Return one part and all that stands in it."""
        column = tree.col_offset + 1
        if depth > DEEPEST:
            raise ExpressionError("too many parts stand within one another", column, f"at most {DEEPEST}")
        if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float) and tree.value is not True:
            return _number(tree.value, column)
        if isinstance(tree, ast.Name | ast.Attribute) or _is_text(tree):
            return Name(_word(tree, "total"), "total", column)
        if isinstance(tree, ast.BinOp) and type(tree.op) in _ARITHMETIC:
            return self._operation(_ARITHMETIC[type(tree.op)], (tree.left, tree.right), column, depth)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub | ast.Not):
            return self._operation(
                "-" if isinstance(tree.op, ast.USub) else "not", (tree.operand,), column, depth
            )
        if isinstance(tree, ast.BoolOp):
            sign = "and" if isinstance(tree.op, ast.And) else "or"
            return self._operation(sign, tree.values, column, depth)
        if isinstance(tree, ast.Compare):
            return self._comparison(tree, column, depth)
        if isinstance(tree, ast.Call):
            return self._call(tree, column, depth)
        raise ExpressionError(
            f"{_called(tree)} is not part of the language",
            column,
            "numbers, names, + - * /, comparisons, and/or/not",
        )

    def _operation(self, sign: str, trees: Sequence[ast.expr], column: int, depth: int) -> Operation:
        asked: Kind = "truth" if sign in ("and", "or", "not") else "number"
        parts = [self._part(tree, asked, f"beside {sign!r}", depth) for tree in trees]
        return Operation(sign, tuple(parts), column)

    def _comparison(self, tree: ast.Compare, column: int, depth: int) -> Operation:
        """Return a comparison; a chain becomes several, joined by ``and``."""
        sides = [tree.left, *tree.comparators]
        links = []
        for sign, left, right in zip(tree.ops, sides, sides[1:], strict=False):
            if type(sign) not in _COMPARISONS:
                raise ExpressionError("'in' and 'is' are not part of the language", column)
            links.append(self._operation(_COMPARISONS[type(sign)], (left, right), column, depth))
        return links[0] if len(links) == 1 else Operation("and", tuple(links), column)

    def _call(self, tree: ast.Call, column: int, depth: int) -> Call:
        name = _dotted(tree.func) or "of this form"
        if name not in FUNCTIONS:
            hint = nearest(name, FUNCTIONS) or f"there are {', '.join(FUNCTIONS)}"
            raise ExpressionError(f"there is no function {name!r}", column, None, hint)
        asks = FUNCTIONS[name].asks
        if tree.keywords or len(tree.args) != len(asks):
            given = len(tree.args) + len(tree.keywords)
            shape = f"{name}({', '.join(asks)})"
            raise ExpressionError(f"{name} has {given} arguments", column, shape)
        if name in WITH_POLICY:
            self._enter(name, column)
        pairs = zip(asks, tree.args, strict=True)
        call = Call(name, tuple(self._argument(name, asked, part, depth) for asked, part in pairs), column)
        if name in WITH_POLICY:
            self._policy = None
        return call

    def _enter(self, name: str, column: int) -> None:
        if self._policy is not None:
            message = f"{name} stands within {self._policy}"
            raise ExpressionError(
                message, column, "one policy at a time", "join the levers of one policy with +"
            )
        self._policy = name

    def _argument(self, function: str, asked: Asks, tree: ast.expr, depth: int) -> Node:
        if asked in ("number", "truth", "either"):
            return self._part(tree, asked, f"in {function}", depth)
        what = cast("What", asked)
        return Name(_word(tree, what), what, tree.col_offset + 1)

    def _part(self, tree: ast.expr, asked: Asks, place: str, depth: int) -> Node:
        part = self.node(tree, depth + 1)
        if asked != "either" and kind_of(part) != asked:
            words = {"number": "a number", "truth": "an event or a comparison"}
            message = f"{words[kind_of(part)]} stands {place}"
            raise ExpressionError(message, part.column, words[asked])
        return part


def _number(value: float, column: int) -> Number:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or isinstance(value, bool):
        raise ExpressionError(f"{value} is not a number here", column)
    return Number(number, column)


def _is_text(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and isinstance(tree.value, str)


def _word(tree: ast.expr, what: What) -> str:
    """Return a name with its dots, or the text in quotes, in the form of what is asked for."""
    column = tree.col_offset + 1
    text = str(tree.value) if isinstance(tree, ast.Constant) and _is_text(tree) else _dotted(tree)
    if text and "@" in text:
        raise ExpressionError("a name with @ is one under a policy", column, 'under("policy", name)')
    if not text or not _FORMS.get(what, _NAME).fullmatch(text):
        raise ExpressionError(f"{_called(tree)} stands where a {what} is asked for", column, _EXAMPLES[what])
    return text


def _dotted(tree: ast.expr) -> str:
    """Return a bare name with its dots, empty for anything else."""
    if isinstance(tree, ast.Attribute):
        before = _dotted(tree.value)
        return f"{before}.{tree.attr}" if before else ""
    return tree.id if isinstance(tree, ast.Name) else ""


def _called(tree: ast.expr) -> str:
    """Return how to call a part that is out of place: as it is written, or what it is."""
    if isinstance(tree, ast.Constant | ast.Name):
        return repr(tree.value if isinstance(tree, ast.Constant) else tree.id)
    return _WORDS.get(type(tree), "this form of Python")
