"""The page around a report: one file with its style, scripts and data, and a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from staffride.present import words
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle, Summary

Part = tuple[str, str, Markup | None]
"""The anchor of a section, its name in the contents, and the section, or ``None`` where it is left out."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page consists of.

    Attributes
    ----------
    title
        Title of the window.
    masthead
        What stands above the contents.
    parts
        The sections in their order; the last is the footer.
    styles, scripts
        Names of assets.
    data
        What the scripts read, by the id of its element.
    hidden
        Definitions that drawings refer to.
    """

    title: str
    masthead: Markup
    parts: Sequence[Part]
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    data: Mapping[str, Mapping[str, Any]]
    hidden: Child = None

    def html(self) -> str:
        """Return the whole page."""
        scripts = tuple(_asset(name) for name in self.scripts)
        style = "".join(_asset(name) for name in self.styles)
        body = element(
            "body",
            element("a", "Skip to the contents", href="#main", class_="skip"),
            self.hidden,
            element("div", self.masthead, self._layout(), class_="page"),
            [_data(name, content) for name, content in self.data.items()],
            [element("script", Markup(script), type="module") for script in scripts],
        )
        return f"<!doctype html>\n{join(element('html', self._head(scripts, style), body, lang='en'))}\n"

    def _head(self, scripts: tuple[str, ...], style: str) -> Markup:
        return element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=policy(scripts, style)),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", f"{self.title} – staffride"),
            element("style", Markup(style)),
        )

    def _layout(self) -> Markup:
        sections = [content for _, _, content in self.parts[:-1]]
        main = element("main", sections, self.parts[-1][2], id="main")
        return element("div", _contents(self.parts), main, class_="layout")


def policy(scripts: tuple[str, ...], style: str) -> str:
    """Return the content security policy: these scripts and this style, embedded images, nothing else."""
    allowed = " ".join(_digest(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def masthead(bundle: Bundle, summary: Summary) -> Markup:
    """Return title, period, description and what the ensemble knows."""
    run = bundle["run"]
    toggle = element("button", "Dark page", id="theme", type="button", hidden=True)
    span = element("span", f"  ·  data note  ·  {_span(bundle)}")
    top = element("div", element("p", "staffride", span, class_="kicker"), toggle, class_="bar-top")
    parts: list[Child] = [top, element("h1", run["title"])]
    if run["description"]:
        parts.append(element("p", run["description"], class_="standfirst"))
    parts.append(element("p", summary.basis, class_="basis"))
    if not run["complete"]:
        parts.append(
            element("p", "This run was stopped early: it is usable, but not complete.", class_="basis")
        )
    return element("header", parts, class_="masthead")


def readouts(bundle: Bundle, read: Mapping[str, tuple[str, int, float]]) -> dict[str, Any]:
    """Return what the read-outs of the charts say.

    Parameters
    ----------
    read
        Name of a series -> its unit on the page, its decimals, and by what its values are multiplied.
    """
    series = {}
    for name, (unit, digits, factor) in read.items():
        levels = {q: bundle["series"][name][q] for q in ("q05", "q25", "q50", "q75", "q95")}
        rounded = {
            q: [v if v is None else round(v * factor, digits) for v in values] for q, values in levels.items()
        }
        series[name] = {"unit": unit, "digits": digits, **rounded}
    step = {"every": bundle["step_h"]} if "step_h" in bundle else {}
    return {"start": bundle["period"]["start"], "hours": len(bundle["times"]), **step, "series": series}


def _span(bundle: Bundle) -> str:
    """Return the days of the period, each with its year where there are two; of a single day its name."""
    start, end = (datetime.fromisoformat(bundle["period"][key]) for key in ("start", "end"))
    first, last = words.day(start), words.moment(end).split(",")[0]
    first = first if start.year == end.year else f"{first} {start.year}"
    return f"{last} {end.year}" if first == last else f"{first} to {last} {end.year}"


def _asset(name: str) -> str:
    return files("staffride.present").joinpath("assets", name).read_text("utf-8")


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") + "'"


def _data(name: str, content: Mapping[str, Any]) -> Markup:
    """Return data for the scripts; ``<`` is escaped, so that no text in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return element("script", Markup(text.replace("<", "\\u003c")), type="application/json", id=name)


def _contents(parts: Sequence[Part]) -> Markup:
    links = [element("li", element("a", name, href=f"#{key}")) for key, name, content in parts if content]
    return element("nav", element("ol", links), aria_label="Contents")
