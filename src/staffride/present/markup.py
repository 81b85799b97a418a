"""HTML and SVG elements in which every text is escaped unless it was made here.

A string that comes from a scenario (a place name, a note) is only ever a *child* or an *attribute value*
of an element, and both are escaped. Text that is already markup has its own type, so the two cannot be
mixed up.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final

VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "col"})

Attribute = str | int | float | bool | None


class Markup(str):
    """Text that is already safe HTML or SVG."""

    __slots__ = ()


Child = str | int | None | Iterable["Child"]


def number(value: float, digits: int = 2) -> str:
    """Return ``value`` with at most ``digits`` decimals and no trailing zeros.

    Raises
    ------
    ValueError
        If ``value`` is not finite: a drawing must never hold ``nan``.
    """
    rounded = round(float(value), digits)
    if rounded != rounded or rounded in (float("inf"), float("-inf")):
        raise ValueError(f"cannot draw {value!r}")
    text = f"{rounded:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def safe(child: Child) -> Markup:
    """Return ``child`` as markup: escaped text, markup as it is, or an iterable's parts in turn."""
    if isinstance(child, Markup):
        return child
    if child is None:
        return Markup("")
    if isinstance(child, str):
        return Markup(html.escape(child, quote=False))
    if isinstance(child, int):
        return Markup(str(child))
    return Markup("".join(safe(part) for part in child))


def _attribute(name: str, value: Attribute) -> str:
    """Return one attribute with its leading space; ``""`` for ``None`` or ``False``."""
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = value if isinstance(value, str) else number(value)
    return f' {name}="{html.escape(text, quote=True)}"'


def element(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """Return ``<name attributes>children</name>``.

    Parameters
    ----------
    name
        The element's name, written by the program and never taken from data.
    children
        Text (escaped), markup (kept), or iterables of them.
    attributes
        Underscores become hyphens and a trailing one is dropped (``class_``); ``None`` and ``False``
        leave the attribute out; numbers are written with at most two decimals.
    """
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Markup(opening if name in VOID else f"{opening}{safe(children)}</{name}>")


def join(*parts: Child) -> Markup:
    """Return the parts one after another, each made safe."""
    return safe(parts)
