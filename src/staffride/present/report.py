"""One self-contained HTML file: nothing is loaded from anywhere, so it opens offline and from an e-mail."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from staffride.model.parameters import PARAMETERS
from staffride.present import ground_sections, sections, words
from staffride.present.bundle import build_bundle
from staffride.present.map import map_data, per_dot, relief_defs
from staffride.present.map_section import map_section
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle, Summary, summarise
from staffride.present.views import Stage, stage
from staffride.results.atomic import write_text
from staffride.results.run import REPORT_NAME, Run
from staffride.scenario import load

SCRIPTS = ("theme.js", "readout.js", "map.js")
READ = {"arrivals": ("people", 0), "queue_vehicles": ("vehicles", 0), "delay_hours": ("hours", 1)}


def _asset(name: str) -> str:
    return files("staffride.present").joinpath("assets", name).read_text("utf-8")


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") + "'"


def policy(scripts: tuple[str, ...], style: str) -> str:
    """Return the content security policy: these scripts and this style, embedded images, nothing else."""
    allowed = " ".join(_digest(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _data(name: str, content: Mapping[str, Any]) -> Markup:
    """Return data for the scripts; ``<`` is escaped, so that no text in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return element("script", Markup(text.replace("<", "\\u003c")), type="application/json", id=name)


def _charts(bundle: Bundle) -> dict[str, Any]:
    """Return what the read-outs of the charts say."""
    series = {}
    for name, (unit, digits) in READ.items():
        levels = {q: bundle["series"][name][q] for q in ("q05", "q25", "q50", "q75", "q95")}
        rounded = {q: [v if v is None else round(v, digits) for v in values] for q, values in levels.items()}
        series[name] = {"unit": unit, "digits": digits, **rounded}
    return {"start": bundle["period"]["start"], "hours": len(bundle["times"]), "series": series}


def _masthead(bundle: Bundle, summary: Summary) -> Markup:
    run = bundle["run"]
    start, end = (datetime.fromisoformat(bundle["period"][key]) for key in ("start", "end"))
    span = f"{words.day(start)} to {words.moment(end).split(',')[0]} {end.year}"
    toggle = element("button", "Dark page", id="theme", type="button", hidden=True)
    top = element(
        "div",
        element("p", "staffride", element("span", f"  ·  data note  ·  {span}"), class_="kicker"),
        toggle,
        class_="bar-top",
    )
    parts: list[Child] = [top, element("h1", run["title"])]
    if run["description"]:
        parts.append(element("p", run["description"], class_="standfirst"))
    parts.append(element("p", summary.basis, class_="basis"))
    if not run["complete"]:
        parts.append(
            element("p", "This run was stopped early: it is usable, but not complete.", class_="basis")
        )
    return element("header", parts, class_="masthead")


def _contents(parts: list[tuple[str, str, Markup | None]]) -> Markup:
    links = [element("li", element("a", name, href=f"#{key}")) for key, name, content in parts if content]
    return element("nav", element("ol", links), aria_label="Contents")


def _sections(scene: Stage, summary: Summary) -> list[tuple[str, str, Markup | None]]:
    bundle = scene.bundle
    return [
        ("summary", "In short", sections.summary_section(summary)),
        ("map", "Map", map_section(scene, per_dot(bundle))),
        ("arrivals", "Arrivals", sections.arrivals_section(bundle)),
        ("narrowing", "Narrowing by day", sections.origins_section(bundle)),
        ("queue", "Queue and delay", sections.queue_section(bundle)),
        ("shelter", "Shelter", sections.shelter_section(bundle)),
        ("scores", "How good it is", ground_sections.scores_section(bundle)),
        ("parameters", "What went in", ground_sections.parameters_section(bundle)),
        ("claims", "Claims", ground_sections.claims_section(bundle)),
        ("reproduce", "Reproduce", ground_sections.reproduce_section(bundle)),
        ("sources", "Sources", ground_sections.sources_footer(bundle)),
    ]


def render(bundle: Bundle) -> str:
    """Return the whole page."""
    summary, scene = summarise(bundle), stage(bundle)
    style = _asset("report.css")
    scripts = tuple(_asset(name) for name in SCRIPTS)
    parts = _sections(scene, summary)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy(scripts, style)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{bundle['run']['title']} – staffride"),
        element("style", Markup(style)),
    )
    main = element(
        "main", [content for key, _, content in parts if key != "sources"], parts[-1][2], id="main"
    )
    layout = element("div", _contents(parts), main, class_="layout")
    page = element("div", _masthead(bundle, summary), layout, class_="page")
    body = element(
        "body",
        element("a", "Skip to the contents", href="#main", class_="skip"),
        relief_defs(scene),
        page,
        _data("charts", _charts(bundle)),
        _data("map-data", map_data(scene)),
        [element("script", Markup(script), type="module") for script in scripts],
    )
    return f"<!doctype html>\n{join(element('html', head, body, lang='en'))}\n"


def write_run_report(run: Run, name_order: str = "az_hy") -> Path:
    """Write the report of ``run`` into its folder, from the scenario that the folder keeps.

    Parameters
    ----------
    run
        A run with its tables.
    name_order
        Order of the two names of a place in the disputed area: ``az_hy`` or ``hy_az``.

    Raises
    ------
    StaffrideError
        A table or the kept scenario is missing or damaged, or the folder cannot be written to.
    """
    scenario = load(run.scenario_folder, PARAMETERS)
    path = run.folder / REPORT_NAME
    write_text(path, render(build_bundle(run, scenario, name_order)))
    return path


def write_report(bundle: Bundle, path: Path) -> None:
    """Write the report to ``path``.

    Raises
    ------
    OSError
        The folder cannot be written to.
    """
    path.write_text(render(bundle), encoding="utf-8")
