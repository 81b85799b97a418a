"""``staffride runs``: the runs in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from staffride.results.run import Run

app = typer.Typer(add_completion=False)


@app.command(epilog="Examples:\n\nstaffride runs\n\nstaffride runs my-folder --json")
def runs(
    folder: Annotated[Path, typer.Argument(help="The folder that holds the run folders.")] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list and nothing else.")] = False,
) -> None:
    """List the runs in a folder, the oldest first."""
    from staffride.results.region_store import list_documents
    from staffride.results.run import list_runs

    found, regions = list_runs(folder), list(list_documents(folder))
    if as_json:
        listed = [_about(run) for run in found] + [_about_region(path, about) for path, about in regions]
        typer.echo(json.dumps(sorted(listed, key=lambda one: str(one["started"])), ensure_ascii=False))
    elif not found and not regions:
        typer.echo(f"No runs in {folder}. Make one with: staffride run karabakh-2023")
    else:
        _print_table(found, regions)


def _about_region(folder: Path, about: dict[str, Any]) -> dict[str, Any]:
    """Return a run of a region with the names that every run has."""
    return {
        "folder": str(folder),
        "scenario": about["scenario"],
        "kind": "forecast" if about["mode"] == "forecast" else "region",
        "status": "complete",
        "replications": about["replications"],
        "requested": about["replications"],
        "seed": about["seed"],
        "mode": about["mode"],
        "origin": about["cut-off"],
        "policies": [],
        "started": about["ended"],
        "wall_seconds": about["wall_seconds"],
    }


def _about(run: Run) -> dict[str, Any]:
    settings = run.manifest.settings
    return {
        "folder": str(run.folder),
        "scenario": run.scenario,
        "kind": run.manifest.kind,
        "status": status_of(run),
        "replications": run.replications,
        "requested": settings.replications,
        "seed": run.seed,
        "mode": settings.mode,
        "origin": settings.origin,
        "policies": list(settings.policies),
        "started": run.manifest.started,
        "wall_seconds": run.wall_seconds,
    }


def status_of(run: Run) -> str:
    """Return the status of a run; one that says ``running`` while no process holds it was killed."""
    from staffride.results.lock import is_locked

    return "killed" if run.status == "running" and not is_locked(run.folder) else run.status


def _print_table(found: list[Run], regions: list[tuple[Path, dict[str, Any]]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("run", "scenario", "policies", "status", "replications", "seed", "knows", "seconds"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "scenario")
    for run in found:
        table.add_row(*_cells(run))
    for folder, about in regions:
        table.add_row(*_cells_of_region(folder, about))
    Console().print(table)
    stopped = [run for run in found if run.status != "complete"]
    for command in dict.fromkeys("compare" if run.manifest.settings.policies else "run" for run in stopped):
        what = "comparison" if command == "compare" else "run"
        typer.echo(f"Complete a stopped {what} with: staffride {command} --resume FOLDER")


def _cells(run: Run) -> tuple[str, ...]:
    settings = run.manifest.settings
    done, asked = f"{run.replications:,}", f"{settings.replications:,}"
    size = done if done == asked else f"{done} of {asked}"
    knows = "no bulletin" if settings.mode == "prior" else f"until {settings.origin[:16].replace('T', ' ')}"
    policies = str(len(settings.policies) or "")
    about = str(run.folder), run.scenario, policies, status_of(run), size
    return (*about, str(run.seed), knows, f"{run.wall_seconds:.1f}")


def _cells_of_region(folder: Path, about: dict[str, Any]) -> tuple[str, ...]:
    knows = f"until {about['cut-off']}" if about["mode"] == "forecast" else "a look back"
    size, seconds = f"{about['replications']:,}", f"{about['wall_seconds'] or 0.0:.1f}"
    return str(folder), about["scenario"], "", "complete", size, str(about["seed"]), knows, seconds
