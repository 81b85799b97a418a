"""One self-contained HTML file: nothing is loaded from anywhere, so it opens offline and from an e-mail."""

from __future__ import annotations

from pathlib import Path

from staffride.model.parameters import PARAMETERS
from staffride.present import ground_sections, sections
from staffride.present.bundle import build_bundle
from staffride.present.map import map_data, per_dot, relief_defs
from staffride.present.map_section import map_section
from staffride.present.page import Page, Part, masthead, readouts
from staffride.present.summary import Bundle, Summary, summarise
from staffride.present.views import Stage, stage
from staffride.results.atomic import write_text
from staffride.results.run import REPORT_NAME, Run
from staffride.scenario import load

SCRIPTS = ("theme.js", "readout.js", "map.js")
READ = {
    "arrivals": ("people", 0, 1),
    "queue_vehicles": ("vehicles", 0, 1),
    "delay_hours": ("hours", 1, 1),
}


def _sections(scene: Stage, summary: Summary) -> list[Part]:
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
    return Page(
        title=bundle["run"]["title"],
        masthead=masthead(bundle, summary),
        parts=_sections(scene, summary),
        styles=("report.css",),
        scripts=SCRIPTS,
        data={"charts": readouts(bundle, READ), "map-data": map_data(scene)},
        hidden=relief_defs(scene),
    ).html()


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
