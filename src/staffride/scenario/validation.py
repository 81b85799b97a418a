"""Turning what pydantic finds wrong into problems with a file, a line, what was expected and what to do."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from staffride.errors import Problem, nearest
from staffride.scenario.breach import BreachError
from staffride.scenario.campaign_schema import Variant
from staffride.scenario.distributions import KINDS
from staffride.scenario.fields import Location
from staffride.scenario.schema import Period

M = TypeVar("M", bound=BaseModel)

Locate = Callable[[tuple[str | int, ...]], Location | None]
"""From the path of a value inside the thing validated to where it is written."""

_NESTED: dict[str, type[BaseModel]] = {
    "period": Period,
    "variants": Variant,
    **{str(kind.model_fields["kind"].default): kind for kind in KINDS},
}

_MOMENT = "a date and time with its offset, such as 2023-09-24T17:00+04:00"


def validate(
    model: type[M],
    data: Mapping[str, Any],
    what: str,
    locate: Locate,
    problems: list[Problem],
    hints: Mapping[str, str] | None = None,
    told: Container[Location] = (),
) -> M | None:
    """Return the validated record, or ``None`` after adding every problem with it to ``problems``.

    Parameters
    ----------
    model
        The class of the record.
    data
        The values as read.
    what
        How to name the record in a message, for example ``link 'a-b'``.
    locate
        Where a value of the record is written.
    problems
        The list to add to.
    hints
        Suggestions for fields that are missing.
    told
        Lines that could not be read, of which the reader has told already.
    """
    try:
        return model.model_validate(data)
    except ValidationError as failure:
        found: list[dict[str, Any]] = [{**error} for error in failure.errors(include_url=False)]
        news = [error for error in found if locate(tuple(error["loc"])) not in told]
        problems.extend(_problem(model, error, what, locate, hints or {}) for error in news)
    return None


def _problem(
    model: type[BaseModel], error: dict[str, Any], what: str, locate: Locate, hints: Mapping[str, str]
) -> Problem:
    path = tuple(error["loc"])
    message, expected, suggestion = _words(model, error, path)
    if error["type"] == "missing":
        suggestion = hints.get(str(path[-1]), suggestion)
    location = locate(path)
    file, line = location if location is not None else (None, None)
    return Problem(f"{what}: {message}", file, line, expected, suggestion)


def _words(
    model: type[BaseModel], error: dict[str, Any], path: tuple[str | int, ...]
) -> tuple[str, str, str | None]:
    """Return the message, what was expected and a suggestion for one error."""
    name, kind = str(path[-1]) if path else "", str(error["type"])
    fields = _holder(model, path).model_fields
    shown = f"`{name}` is {error['input']!r}"
    if kind == "missing":
        described = fields[name].description if name in fields else None
        return f"`{name}` is missing", described or _kind_of_field(name), f"add `{name}`"
    if kind == "extra_forbidden":
        hint = nearest(name, fields) or "remove it"
        return f"unknown key `{name}`", "one of " + ", ".join(fields), hint
    if kind == "value_error":
        return _breach(error["ctx"]["error"])
    if kind.startswith("union_tag"):
        return _no_kind(error["input"])
    if kind == "literal_error":
        choices = str(error["ctx"]["expected"])
        near = nearest(str(error["input"]), choices.replace("'", " ").replace(",", " ").split())
        return shown, choices, near or "choose one of them"
    if kind.startswith(("datetime", "date", "timezone")):
        return shown, _MOMENT, "check the calendar, and give the offset from UTC"
    return shown, _plain(str(error["msg"])), _HINTS.get(kind)


_SIGN = "check the sign, the unit and the column"
_HINTS = {
    "float_parsing": "write a number with a point, without spaces or a unit",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "string_pattern_mismatch": "write it in lower case, with '-' for spaces",
    "finite_number": "write a number",
    "greater_than": _SIGN,
    "greater_than_equal": _SIGN,
    "less_than": _SIGN,
    "less_than_equal": _SIGN,
}


def _breach(error: Exception) -> tuple[str, str, str | None]:
    """Return the words of a rule's own exception."""
    if isinstance(error, BreachError):
        return str(error), error.expected, error.suggestion
    return str(error), "numbers that fit together", "see the distributions in the documentation"


def _no_kind(written: object) -> tuple[str, str, str | None]:
    """Return the words for a distribution of no known kind."""
    kinds = [str(each.model_fields["kind"].default) for each in KINDS]
    given = str(written.get("kind", "")) if isinstance(written, dict) else str(written)
    hint = nearest(given, kinds) or "choose one of them"
    return f"no such kind of distribution: {given!r}", "one of " + ", ".join(kinds), hint


def _kind_of_field(name: str) -> str:
    return _MOMENT if name in {"start", "end", "cutoff", "time", "known_from"} else f"a value for `{name}`"


def _plain(message: str) -> str:
    """Return pydantic's sentence as what was expected."""
    text = message.removeprefix("Input should be ").removeprefix("a valid ")
    if "match pattern" in text:
        return "lower-case letters, digits, '_', '-' and '.'"
    return text.split(", unable to parse")[0]


def _holder(model: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the class of the record that holds the last element of ``path``."""
    for part in reversed(path[:-1]):
        if part in _NESTED:
            return _NESTED[str(part)]
    return model
