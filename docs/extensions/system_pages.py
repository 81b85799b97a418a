"""The reference of systems: the figures that a system can have, and the catalogue with every figure and its grounds."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from frames import fill
from odd import modules_of, one_line, render_grounds, render_quantity

from staffride.scenario.catalogue import read_catalogue
from staffride.scenario.figures import FIGURES, KINDS, FigureSpec
from staffride.scenario.quantity import Quantity

FRAME = "reference/systems_frame.md"


def render() -> str:
    """The whole page."""
    return fill(FRAME, {"figures": figures(), "catalogue": "\n".join(catalogue())})


def figures() -> str:
    """A table of the figures with unit, limits and the kinds of system that have them."""
    rows = [
        "| figure | unit | meaning | limits | kinds that may have it | needed by |",
        "|---|---|---|---|---|---|",
    ]
    idle = unread()
    for spec in FIGURES:
        cells = (
            f"`{spec.name}`",
            spec.unit,
            f"{spec.meaning} (not read by the model)" if spec.name in idle else spec.meaning,
            limits(spec),
            names(spec.kinds),
            names(spec.required_for),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def unread() -> set[str]:
    """The figures that no file of the model names: they are in the data and change nothing."""
    text = "".join(map(inspect.getsource, modules_of("campaign")))
    named = set(re.findall(r'figure\("(\w+)"\)', text))
    kills = {"kill_probability_aircraft"} & named
    return {one.name for one in FIGURES if one.name not in named and not (kills and one.name[:5] == "kill_")}


def limits(spec: FigureSpec) -> str:
    """The least and greatest value of a figure, in words."""
    words = [
        f"{text} {value:,g}" for text, value in (("from", spec.low), ("to", spec.high)) if value is not None
    ]
    return " ".join(words)


def names(kinds: tuple[str, ...]) -> str:
    """Kinds of system as a list; all of them in one word."""
    return "all" if set(kinds) == set(KINDS) else ", ".join(f"`{kind}`" for kind in kinds)


def catalogue() -> Iterator[str]:
    """Every system that comes with the program, by kind."""
    systems: Mapping[str, Any] = read_catalogue().data["systems"]
    by_kind = sorted(systems.items(), key=lambda item: KINDS.index(item[1]["kind"]))
    for kind, members in groupby(by_kind, key=lambda item: str(item[1]["kind"])):
        yield f"### {kind.replace('_', ' ').capitalize()}\n"
        for name, system in members:
            yield "\n".join(one_system(name, system))


def one_system(name: str, system: Mapping[str, Any]) -> Iterator[str]:
    """One system: what it is, and a table of its figures."""
    yield f"#### `{name}`: {system['name']}\n"
    words = [
        f"{key} {str(system[key]).replace('_', ' ')}"
        for key in ("layer", "guidance", "threat")
        if key in system
    ]
    grounds = [f"`{fact}`" for fact in system.get("evidence", ())] + [system.get("assumed", "")]
    yield f"{'; '.join(filter(None, [', '.join(words), ', '.join(filter(None, grounds))]))}.\n"
    if system.get("note"):
        yield f"{one_line(system['note'])}\n"
    yield "| figure | value | unit | rests on |\n|---|---|---|---|"
    for figure, fields in system["figures"].items():
        quantity = Quantity.model_validate(fields)
        yield f"| `{figure}` | {render_quantity(quantity)} | {quantity.unit} | {render_grounds(quantity)} |"
    yield ""
