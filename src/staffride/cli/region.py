"""``staffride run`` on a Flee folder or a region scenario, and how its results are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from staffride.errors import InputError, Problem

if TYPE_CHECKING:
    from rich.console import RenderableType


class Asked(NamedTuple):
    """What the user asks of a run of a region; ``None`` is the default.

    Attributes
    ----------
    folder
        A Flee folder or a region scenario.
    rules, engine, quirks, setup, replications, seed, strict
        As for `staffride.run_region`.
    output
        Folder for the results.
    as_json, report, quiet
        What to show and to write.
    others
        Options that a region has no use for, by their names.
    """

    folder: str
    rules: str | None
    engine: str | None
    quirks: tuple[str, ...]
    setup: tuple[str, ...]
    replications: int | None
    seed: int | None
    strict: bool
    output: Path | None
    as_json: bool
    report: bool
    quiet: bool
    others: Mapping[str, object]


def run_folder(asked: Asked) -> None:
    """Run a Flee folder or a region scenario, keep what came of it and show it.

    Raises
    ------
    InputError
        The folder or an option is wrong.
    """
    refuse_others(asked.others)
    from staffride.api.region_keep import keep_run
    from staffride.api.region_run import run_region
    from staffride.cli.progress import Progress, told_of_compilation
    from staffride.results.new_folder import refuse_used

    if asked.output is not None:  # before the work, not after it
        refuse_used(asked.output)
    with Progress(quiet=asked.quiet or asked.as_json) as progress, told_of_compilation(progress):
        found = run_region(
            asked.folder,
            rules=asked.rules or "staffride",  # type: ignore[arg-type]
            engine=asked.engine,  # type: ignore[arg-type]
            replications=asked.replications,
            seed=1 if asked.seed is None else asked.seed,
            quirks=asked.quirks,
            setup=asked.setup,
            strict=asked.strict,
            progress=progress.advance,
        )
    # a program that reads JSON wants it at once; drawing the report takes as long as the runs
    target, document = keep_run(found, asked.output, report=asked.report and not asked.as_json)
    if asked.as_json:
        print_json(document)
    elif not asked.quiet:
        print_document(document, target)


def refuse_others(others: Mapping[str, object]) -> None:
    """Refuse options that a region has no use for.

    Raises
    ------
    InputError
        With every one that was given.
    """
    given = [name for name, value in others.items() if value]
    if given:
        raise InputError(
            [
                Problem(
                    f"--{name} has no meaning for regional displacement",
                    expected="--rules, --engine, --quirk, --set, --replications, --seed, --folder, --strict",
                    suggestion="forecast from a date with: staffride forecast FOLDER --from DATE",
                )
                for name in given
            ]
        )


def print_json(document: Mapping[str, Any]) -> None:
    """Print a run or a forecast as one JSON object on standard output."""
    typer.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))


def print_document(document: Mapping[str, Any], folder: Path) -> None:
    """Print a run or a forecast in plain words, and where its report and tables are."""
    from rich.console import Console

    console = Console(highlight=False, emoji=False)
    console.print(_in_words(document))
    console.print()
    report = folder / "report.html"
    if report.is_file():
        console.print(f"Report: {report}", soft_wrap=True, markup=False)
    console.print(f"Tables: {folder}", soft_wrap=True, markup=False)


def _in_words(document: Mapping[str, Any]) -> RenderableType:
    if document["run"]["mode"] == "forecast":
        from staffride.present.forecast_terminal import forecast_to_rich

        return forecast_to_rich(document)
    from staffride.present.region_summary import region_to_rich

    return region_to_rich(document)
