"""Settings and fitted values of regional rules, for their model descriptions."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any


def render_fitted(kind: str, classes: Sequence[str]) -> str:
    """The settings of a kind whose parameters are not those of a scenario; of our rules also the fitted values."""
    settings = list(map(render_settings, classes))
    return "\n\n".join([render_terms(), *settings] if kind == "region" else settings)


def summary(documented: Any) -> str:
    """The first paragraph of a docstring as one line that fits into a table."""
    text = (inspect.getdoc(documented) or "").partition("\n\n")[0]
    return " ".join(text.split()).replace("|", "\\|")


def render_terms() -> str:
    """Every parameter of the choice of destinations: neutral value, and what each set of fitted values says."""
    from staffride.model.region_parameters import SETS, TERMS, stored

    heads = ["parameter", "meaning", "unit", "neutral", *(name.replace("_", " ") for name in SETS)]
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for term in TERMS:
        values = [f"{stored()['sets'][name]['values'].get(term.name, term.neutral):g}" for name in SETS]
        rows.append(
            f"| `{term.name}` | {term.meaning} | {term.unit} | {term.neutral:g} | {' | '.join(values)} |"
        )
    cases = ", ".join(stored()["sets"][SETS[0]]["fitted_on"])
    rows += [
        "",
        f"Fitted by `benchmarks/flee_fit.py`, with a penalty that draws them to neutral, on {cases}.",
    ]
    for name, found in stored()["appeal_spread"].items():
        held, alone = (f"{100.0 * found[key]['held_90']:.0f} %" for key in ("left_out", "chance_alone"))
        rows += [
            "",
            f"`appeal_spread=fitted` {name.replace('_', ' ')}: {found['value']:g}. On cases left out its 90 % "
            f"bands held {held} of destination-days, each case counting once, those of chance alone {alone}.",
        ]
    return "\n".join(rows)


def render_settings(name: str) -> str:
    """Every setting of a data class with its default; what it means stands in the class's docstring."""
    module, _, own = name.rpartition(".")
    settings = getattr(importlib.import_module(module), own)
    meaning = settings.__doc__.partition("----------")[2]
    rows = [f"**{own}.** {summary(settings)}", "", "| name | default |", "|---|---|"]
    rows += [f"| `{one.name}` | {one.default} |" for one in fields(settings)]
    lines = [line.strip() for line in inspect.cleandoc(meaning).splitlines()]
    return "\n".join([*rows, "", *_explained(lines, {one.name for one in fields(settings)})])


def _explained(lines: list[str], names: set[str]) -> Iterator[str]:
    """The attributes of a docstring as a list: the line of their names in code, then what they mean."""
    for line in lines:
        own = line.split(", ")
        yield f"- {', '.join(f'`{name}`' for name in own)}:" if set(own) <= names else f"  {line}".rstrip()
