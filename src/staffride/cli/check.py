"""``staffride check``: everything that is wrong with a scenario, its ways out, and what it rests on."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from staffride.scenario import Reading, Scenario
    from staffride.scenario.composition import Composition
    from staffride.scenario.roads import Span, WayOut
    from staffride.scenario.schema import Dated

app = typer.Typer(add_completion=False)


@app.command(
    epilog="Examples:\n\n  staffride check karabakh-2023\n\n  staffride check my-scenario --strict --json\n\n"
    "  staffride check flee-folder   (every defect with file, line and column)"
)
def check(
    scenario: Annotated[
        str, typer.Argument(help="A shipped scenario, such as karabakh-2023, or a folder, a Flee folder too.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail too.")] = False,
) -> None:
    """Check a scenario and report every problem at once: file, line, what was expected, what to do.

    Also tells every way out of the area by date, and which share of the parameters (and, in a campaign, of the
    figures of its systems) rests on the record, on one side's or low-confidence figures, and on assumptions. Exit
    code 2 if there is an error.
    """
    from staffride.api.region import is_region

    if is_region(scenario):
        from staffride.cli.region_check import check_region

        check_region(Path(scenario), strict=strict, as_json=as_json)
        return
    from staffride.errors import InputError
    from staffride.model.kinds import parameters_of
    from staffride.scenario import read

    reading = read(scenario, parameters_of)
    failed = bool(reading.errors or (strict and reading.warnings))
    if as_json:
        typer.echo(json.dumps(as_object(reading, failed), indent=2, ensure_ascii=False))
        raise typer.Exit(2 if failed else 0)
    if reading.scenario is not None:
        _show(reading, reading.scenario)
    if failed:
        raise InputError(reading.problems)


def as_object(reading: Reading, failed: bool) -> dict[str, Any]:
    """Return what the check found as plain data for ``--json``."""
    found: dict[str, Any] = {
        "scenario": reading.scenario.name if reading.scenario else None,
        "folder": str(reading.folder),
        "valid": not failed,
        "errors": [problem.as_object() for problem in reading.errors],
        "warnings": [problem.as_object() for problem in reading.warnings],
    }
    if reading.scenario is not None:
        found |= _details(reading.scenario)
    return found


def _details(scenario: Scenario) -> dict[str, Any]:
    from staffride.scenario.roads import ways_out

    details: dict[str, Any] = {"ways_out": [_way_object(way) for way in ways_out(scenario)]}
    if scenario.kind == "campaign":
        details["dated_items"] = _dated_items(scenario)
    for key, _, rests_on in _compositions(scenario):
        details[key] = {"shares": rests_on.shares(), **rests_on._asdict()}
    return details


def _compositions(scenario: Scenario) -> list[tuple[str, str, Composition]]:
    """Return what the parameters, and the figures of systems if there are any, rest on: key, title and which."""
    from staffride.evidence import ledger
    from staffride.scenario.composition import composition, composition_of_figures

    found = [("rests_on", "What the parameters rest on", composition(scenario, ledger()))]
    if scenario.kind == "campaign":
        figures = composition_of_figures(scenario, ledger())
        found.append(("figures_rest_on", "What the figures of the systems rest on", figures))
    return found


def _way_object(way: WayOut) -> dict[str, Any]:
    spans = [{"from": _iso(span.start), "until": _iso(span.end), "state": span.state} for span in way.spans]
    return {"link": way.link, "inside": way.inside, "outside": way.outside, "spans": spans}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _show(reading: Reading, scenario: Scenario) -> None:
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False)
    console.print(scenario.title, style="bold", markup=False, end="")
    console.print(f" ({scenario.name})", markup=False)
    shown = [*_SHOWN[scenario.kind], *(part for part in _SHOWN_IF_THERE if getattr(scenario, part))]
    counts = ", ".join(f"{len(getattr(scenario, part))} {part.replace('_', ' ')}" for part in shown)
    console.print(f"{scenario.period.hours} hours, {counts}, {len(scenario.parameters)} parameters")
    _show_dated(console, scenario)
    _show_ways(console, scenario)
    for _, title, rests_on in _compositions(scenario):
        _show_ground(console, title, rests_on)
    for problem in reading.warnings:
        console.print("\n[yellow]warning:[/] ", end="")
        console.print(str(problem), markup=False)
    if not reading.warnings:
        console.print("\n[green]No problem found.[/]")


_SHOWN = {
    "displacement": ("places", "links", "people", "provinces", "events", "observations"),
    "campaign": ("sides", "zones", "places", "units", "orders", "systems", "variants", "observations"),
    "chain": ("sides", "stages", "events", "variants", "observations"),
}


_SHOWN_IF_THERE = ("formations", "ways", "goals", "supplies", "civilians", "city_strikes", "truces", "terms")


def _dated_items(scenario: Scenario) -> dict[str, Any]:
    """Return how many dated items a campaign gives, and how many of them a run is told of."""
    rows: list[Dated] = [*scenario.events, *scenario.city_strikes, *scenario.truces]
    given = [row for row in rows if row.given]
    return {"given": len(given), "used": len(scenario.given(rows)), "replay": scenario.replay}


def _show_dated(console: Console, scenario: Scenario) -> None:
    if scenario.kind != "campaign":
        return
    items = _dated_items(scenario)
    words = "known by the cut-off"
    if scenario.replay:
        words = "used: this is a replay, of which nothing is scored"
    if items["given"]:
        console.print(f"{items['given']} dated items given, {items['used']} of them {words}")


def _show_ways(console: Console, scenario: Scenario) -> None:
    from staffride.scenario.roads import ways_out

    ways = ways_out(scenario)
    if ways:
        console.print("\n[bold]Ways out of the area[/]")
    for way in ways:
        console.print(f"  {way.inside} -> {way.outside}", markup=False)
        console.print("    " + "; ".join(span_words(span) for span in way.spans), markup=False)


def span_words(span: Span) -> str:
    """Return a stretch of a road's history in words."""
    if span.start is not None:
        return f"{span.state} from {_moment_words(span.start)}"
    return span.state if span.end is None else f"{span.state} until {_moment_words(span.end)}"


def _moment_words(moment: datetime) -> str:
    day, clock = f"{moment.day} {moment:%b %Y}", f"{moment:%H:%M}"
    return day if clock == "00:00" else f"{day} {clock}"


def _show_ground(console: Console, title: str, rests_on: Composition) -> None:
    console.print(f"\n[bold]{title}[/]")
    for ground, share in rests_on.shares().items():
        console.print(f"  {share:4.0%}  {ground}", markup=False)
