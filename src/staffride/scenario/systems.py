"""Validating the systems of a campaign: each figure on its own, with the line that it is written on."""

from __future__ import annotations

from typing import Any

from staffride.errors import nearest
from staffride.scenario.campaign_schema import System
from staffride.scenario.catalogue import read_catalogue
from staffride.scenario.document import Document, KeyPath
from staffride.scenario.draft import Draft
from staffride.scenario.fields import Location
from staffride.scenario.figures import FIGURE
from staffride.scenario.quantity import Quantity
from staffride.scenario.validation import validate


def draft_systems(settings: Document, result: Draft) -> None:
    """Add the valid systems of a document to a draft, with the names of all systems that there are."""
    section = settings.data.get("systems")
    written: dict[str, Any] = section if isinstance(section, dict) else {}
    shipped = read_catalogue().data["systems"] if result.kind == "campaign" else {}
    result.system_names = tuple(dict.fromkeys((*written, *shipped)))  # type: ignore[misc]
    for name in sorted(written):
        _draft_system(settings, result, name, written[name])


def _draft_system(settings: Document, result: Draft, name: str, value: object) -> None:
    at: KeyPath = ("systems", name)
    _locate(settings, result, at, f"systems.{name}")
    if not isinstance(value, dict) or not isinstance(value.get("figures", {}), dict):
        text, expected = f"system {name!r} is {value!r}", "{name: ..., kind: ..., figures: {...}}"
        result.complain(f"systems.{name}", text, expected, "write what it is, line by line")
        return
    figures = {
        figure: _draft_figure(settings, result, name, figure, quantity)
        for figure, quantity in value.get("figures", {}).items()
    }
    content = {**value, "figures": {key: found for key, found in figures.items() if found is not None}}

    def locate(path: KeyPath) -> Location | None:
        return settings.at((*at, *path))

    system = validate(System, content, f"system {name!r}", locate, result.problems, told=result.unreadable)
    if system is not None:
        result.systems[name] = system


def _draft_figure(
    settings: Document, result: Draft, system: str, figure: str, value: object
) -> Quantity | None:
    at: KeyPath = ("systems", system, "figures", figure)
    where = f"systems.{system}.{figure}"
    if figure not in FIGURE:
        _locate(settings, result, at, where)
        text = f"system {system!r}: there is no figure {figure!r}"
        result.complain(where, text, "one of " + ", ".join(FIGURE), nearest(figure, FIGURE) or "remove it")
        return None
    what = f"figure {figure!r} of system {system!r}"
    return draft_quantity(settings, result, at, what, value, FIGURE[figure].unit, where)


def draft_quantity(
    settings: Document,
    result: Draft,
    at: KeyPath,
    what: str,
    value: object,
    unit: str | None,
    where: str | None = None,
) -> Quantity | None:
    """Return a valid quantity, or ``None`` after every problem with it is added to the draft.

    Parameters
    ----------
    settings, at
        The document and where in it the quantity is written.
    result
        The draft.
    what
        How to name the quantity in a message.
    value
        What is written.
    unit
        The unit in which the model reads it, where that is known.
    where
        Its key in the draft's locations; the path with points between if it is not given.
    """
    where = where or ".".join(map(str, at))
    _locate(settings, result, at, where)
    if not isinstance(value, dict):
        text = f"{what} is {value!r}, which has no unit"
        hint = f"write {at[-1]}: {{value: {value}, unit: {unit or '...'}, assumed: ...}}"
        result.complain(where, text, "{value: ..., unit: ..., evidence or assumed: ...}", hint)
        return None

    def locate(path: KeyPath) -> Location | None:
        return settings.at((*at, *path))

    hints = {"unit": f"add `unit: {unit}`"} if unit else {}
    return validate(Quantity, value, what, locate, result.problems, hints, result.unreadable)


def _locate(settings: Document, result: Draft, at: KeyPath, where: str) -> None:
    location = settings.at(at)
    if location is not None:
        result.locations[where] = location
