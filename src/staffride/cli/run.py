"""``staffride run``: run a scenario many times, store it, report it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from staffride.cli.failure import standard_error
from staffride.cli.options import AsJson, NoReport, Origin, Prior, Quiet, Seed, Workers

if TYPE_CHECKING:
    from staffride.results.run import Run

EXAMPLES = """Examples:

staffride run karabakh-2023

staffride run karabakh-2023 --replications 200 --seed 7 --folder my-run

staffride run karabakh-2023 --origin 2023-09-26   (knows what was published by the end of that day)

staffride run opening-day   (a campaign: what each cause changes, beside a baseline)

staffride run karabakh-2020 --variants none   (its baseline alone; or name some: no-drones,no-decoys)

staffride run my-scenario --prior --json > run.json

staffride run --resume   (completes the last run that was stopped)

staffride run flee-folder --json   (a Flee folder as it is: input_csv/, source_data/)

staffride run flee-folder --rules flee --quirk all   (by Flee's own rules, as Flee runs)"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EXAMPLES)
def run(
    scenario: Annotated[
        str | None,
        typer.Argument(
            show_default=False,
            help="A shipped scenario, such as karabakh-2023, or a folder; with --resume, a run folder.",
        ),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(
            "--replications",
            "-n",
            show_default="1000; of a region 20, by agents 5, with a spread 100",
            help="How many times to run it.",
        ),
    ] = None,
    seed: Seed = None,
    prior: Prior = False,
    origin: Origin = None,
    workers: Workers = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", "-o", show_default="runs/<scenario>-<time>", help="Where to write the run."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Complete a run that was stopped or killed.")
    ] = False,
    variants: Annotated[
        str | None,
        typer.Option(
            metavar="all|none|ID,ID",
            show_default="all",
            help="Which variants of a campaign run beside its baseline.",
        ),
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(
            metavar="staffride|flee",
            show_default="staffride",
            help="Of a region: our rules, or Flee's published ones.",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="cohorts|agents",
            show_default="cohorts",
            help="Of a region: exact counts of people who are alike, or persons and households one by one.",
        ),
    ] = None,
    quirk: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME|all", help="With --rules flee: do as Flee does against its description."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Of a region: what is taken as given, such as volume=conflict; with --rules flee its settings.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Of a region: let a warning about the folder fail.")
    ] = False,
    as_json: AsJson = False,
    no_report: NoReport = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario many times and report what happened, with bands.

    The results go to a new folder under ``runs/``: tables in Parquet (of a region CSV and JSON), scores, the resolved
    scenario, and ``report.html``. The same seed gives the same numbers on any number of workers. A Flee folder runs as
    it is; with --json no report is drawn of it.
    """
    if not resume and scenario is not None and _is_region(scenario):
        from staffride.cli.region import Asked, run_folder

        quirks, given = tuple(quirk or ()), tuple(settings or ())
        others = {"prior": prior, "origin": origin, "variants": variants}
        size, shown = (replications, seed, strict, folder), (as_json, not no_report, quiet)
        run_folder(Asked(scenario, rules, engine, quirks, given, *size, *shown, others))
        return
    asked = {"rules": rules, "engine": engine, "quirk": quirk, "set": settings, "strict": strict}
    _refuse_of_region(scenario, asked)
    from staffride.api import Request, execute
    from staffride.cli.progress import Progress

    request = Request(
        scenario, replications, seed, prior or None, origin, workers, folder, resume, not no_report, variants
    )
    with Progress(quiet=quiet or (as_json and not standard_error().is_terminal)) as progress:
        finished = execute(request, progress)
    if as_json:
        print_json(finished.run)
    elif not quiet:
        print_summary(finished.run, finished.bundle)


def _is_region(scenario: str) -> bool:
    """Return whether ``scenario`` names regional displacement."""
    from staffride.api.region import is_region

    return is_region(scenario)


def _refuse_of_region(scenario: str | None, given: Mapping[str, object]) -> None:
    """Refuse options that only a region has; where there is no such scenario, that is said instead.

    Raises
    ------
    InputError
        With every one that was given.
    """
    from staffride.errors import InputError, Problem
    from staffride.scenario.locate import shipped_names

    if scenario is not None and not Path(scenario).exists() and scenario not in shipped_names():
        return
    problems = [
        Problem(f"--{name} is for regional displacement only", expected="a Flee folder or a region scenario")
        for name, value in given.items()
        if value
    ]
    if problems:
        raise InputError(problems)


def print_summary(finished: Run, bundle: Mapping[str, Any] | None = None) -> None:
    """Print the run in plain words on standard output, and where its report is.

    ``bundle`` is what the report shows, where it is at hand.
    """
    from rich.console import Console

    from staffride.api.kinds import kind_of
    from staffride.present.summary_views import to_rich
    from staffride.scenario import load

    kind = kind_of(finished.manifest.kind)
    if bundle is None:
        finished.summary.require()
        bundle = kind.bundle(finished, load(finished.scenario_folder))
    console = Console(highlight=False, emoji=False)
    console.print(to_rich(kind.summary(bundle)))
    console.print()
    for what, path in (("Report", finished.report), ("Tables", finished.folder)):
        if path is not None:
            console.print(f"{what}: {path}", soft_wrap=True, markup=False)


def print_json(finished: Run) -> None:
    """Print the run as one JSON object on standard output."""
    from staffride.results.document import as_document

    typer.echo(json.dumps(as_document(finished), ensure_ascii=False, allow_nan=False))
