"""What a run of a region takes as given, as a user writes it: ``volume=conflict``, ``move_rules.awareness_level=2``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from staffride.errors import InputError, Problem, nearest
from staffride.scenario.region import Region

if TYPE_CHECKING:
    from staffride.model.region import RegionSetup

FORM = "NAME=VALUE, such as volume=conflict or household_size=4"
NOT_IN_WORDS = ("capacity",)
"""Parts of a setup that only Python can give."""
SPREAD, FITTED = "appeal_spread", "fitted"


def parse_setup(texts: Iterable[str], region: Region) -> RegionSetup | None:
    """Return the setup of our rules that texts such as ``volume=conflict`` ask for; ``None`` for no text.

    Parameters
    ----------
    texts
        Of the form ``NAME=VALUE``. ``appeal_spread=fitted`` asks for the stored value that suits the region.
    region
        What is to be run.

    Raises
    ------
    InputError
        With every text that is not of that form, names what there is not, or has a value of another kind.
    """
    from staffride.model.region import RegionSetup

    asked, problems = _pairs(texts)
    known = {one.name: one.default for one in fields(RegionSetup) if one.name not in NOT_IN_WORDS}
    values: dict[str, Any] = {}
    for name, text in asked.items():
        if name not in known:
            expected = ", ".join(sorted(known))
            problems.append(
                Problem(f"there is no {name!r} to set", expected=expected, suggestion=nearest(name, known))
            )
            continue
        try:
            values[name] = _spread(text, region) if name == SPREAD else _like(known[name], text)
        except ValueError as wrong:
            problems.append(Problem(f"{name} is {text!r}", expected=str(wrong)))
    if problems:
        raise InputError(problems)
    return RegionSetup(**values) if values else None


def told(given: RegionSetup | tuple[str, ...] | None) -> dict[str, str]:
    """Return what was given, by name: texts as they are, of a setup what differs from its defaults."""
    if isinstance(given, tuple):
        return {name.strip(): value.strip() for name, _, value in (text.partition("=") for text in given)}
    if given is None:
        return {}
    values = {one.name: (getattr(given, one.name), one.default) for one in fields(given)}
    return {
        name: value if isinstance(value, str) else repr(value) if isinstance(value, float | int) else "given"
        for name, (value, default) in values.items()
        if value is not default and not (isinstance(value, str | float | int) and value == default)
    }


def with_settings(region: Region, texts: Iterable[str]) -> Region:
    """Return a region with settings of Flee's rules replaced, by texts such as ``move_rules.awareness_level=2``.

    Raises
    ------
    InputError
        With every text that is not of that form, and every setting that Flee does not know.
    """
    from staffride.model.flee_settings import settings_of

    asked, problems = _pairs(texts)
    settings: dict[str, Any] = {key: _copied(value) for key, value in region.settings.items()}
    for name, text in asked.items():
        problems += [
            Problem(
                f"there is no setting {unknown.partition(': ')[0]!r}",
                suggestion=unknown.partition(": ")[2] or None,
            )
            for unknown in settings_of(_nested(name, _plain(text))).unknown
        ]
        _put(settings, name.split("."), _plain(text))
    if problems:
        raise InputError(problems)
    return replace(region, settings=settings) if asked else region


def _pairs(texts: Iterable[str]) -> tuple[dict[str, str], list[Problem]]:
    parts = [text.partition("=") for text in texts]
    wrong = [
        Problem(f"--set {''.join(part)!r}", expected=FORM) for part in parts if not (part[0] and part[2])
    ]
    return {name.strip(): value.strip() for name, _, value in parts if value}, wrong


def _spread(text: str, region: Region) -> float:
    """Return the spread of the appeal of destinations: a number, or the one fitted.

    Raises
    ------
    ValueError
        With what was expected.
    """
    from staffride.model.region_parameters import fitted_spread

    if text == FITTED:
        return fitted_spread(region).value
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"a number or {FITTED}") from None


def _like(default: object, text: str) -> object:
    """Return ``text`` as a value of the kind of ``default``.

    Raises
    ------
    ValueError
        With what was expected.
    """
    if isinstance(default, bool):
        if text.lower() not in ("true", "false", "yes", "no"):
            raise ValueError("true or false")
        return text.lower() in ("true", "yes")
    if isinstance(default, str):
        return text
    try:
        if isinstance(default, tuple):
            return tuple(float(part) for part in text.split(","))
        return int(text) if isinstance(default, int) else float(text)
    except ValueError:
        kinds = {"tuple": "numbers with commas between them", "int": "a whole number"}
        raise ValueError(kinds.get(type(default).__name__, "a number")) from None


def _plain(text: str) -> object:
    """Return a text as truth, number or list of numbers where it is one."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if "," in text:
        return [_plain(part.strip()) for part in text.split(",")]
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def _nested(name: str, value: object) -> dict[str, Any]:
    first, _, rest = name.partition(".")
    return {first: _nested(rest, value) if rest else value}


def _copied(value: object) -> object:
    return {key: _copied(one) for key, one in value.items()} if isinstance(value, Mapping) else value


def _put(settings: dict[str, Any], path: list[str], value: object) -> None:
    for part in path[:-1]:
        inner = settings.get(part)
        settings[part] = inner if isinstance(inner, dict) else {}
        settings = settings[part]
    settings[path[-1]] = value
