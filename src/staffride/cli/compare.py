"""``staffride compare``: policies beside a baseline, under the same luck."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from staffride.cli.failure import standard_error
from staffride.cli.options import AsJson, NoReport, Origin, Prior, Quiet, Seed, Workers

if TYPE_CHECKING:
    from staffride.present.summary import Bundle
    from staffride.results.run import Run

EXAMPLES = """Examples:

staffride compare karabakh-2020 --policy no-drones   (one lever)

staffride compare karabakh-2020 -p early-truce:2020-10-10 -p "hardened-links:0.8,from=2020-10-05"   (from a date)

staffride compare karabakh-2023 -p "buses:0|250|500|1000" -n 200   (a policy for each dose, and the outcome by dose)

staffride compare karabakh-2023 -p checkpoint-lanes:2+buses:500 -p checkpoint-lanes:2   (two levers together)

staffride compare karabakh-2020 -p mobile-reserve --json > comparison.json

staffride compare --resume   (completes the last comparison that was stopped)

The levers:  staffride levers  |  staffride explain LEVER"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EXAMPLES)
def compare(
    scenario: Annotated[
        str | None,
        typer.Argument(
            show_default=False,
            help="A shipped scenario, such as karabakh-2020, or a folder; with --resume, a run folder.",
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            "-p",
            metavar="LEVER[:DOSE]",
            help="A lever with doses, several joined with +, several doses with |; may be given many times.",
        ),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option("--replications", "-n", show_default="500", help="How many times to run each."),
    ] = None,
    seed: Seed = None,
    prior: Prior = False,
    origin: Origin = None,
    workers: Workers = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", "-o", show_default="runs/<scenario>-<time>", help="Where to write it."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Complete a comparison that was stopped or killed.")
    ] = False,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            "-m",
            metavar="ID",
            show_default="all that count something",
            help="Show only this measure in full, such as deaths.both; may be given many times.",
        ),
    ] = None,
    as_json: AsJson = False,
    no_report: NoReport = False,
    quiet: Quiet = False,
) -> None:
    """Compare policies with a baseline under the same luck, and say what each changes for whom.

    Every replication is run once without and once with each policy, and nothing else differs. The differences
    come with their intervals and in words, people of both sides first; then ranking, dominance and regret.
    The results go to a new folder, as those of a run do, with a report to read and to send.
    """
    from staffride.api import Request
    from staffride.api.compare import DEFAULT_REPLICATIONS, execute_comparison
    from staffride.cli.progress import Progress

    wanted = DEFAULT_REPLICATIONS if replications is None and not resume else replications
    request = Request(
        scenario, wanted, seed, prior or None, origin, workers, folder, resume, not no_report,
        policies=tuple(policy) if policy else None,
    )  # fmt: skip
    with Progress(quiet=quiet or (as_json and not standard_error().is_terminal)) as progress:
        finished = execute_comparison(request, progress)
    if as_json:
        print_json(finished.run, measure)
    elif not quiet:
        print_comparison(finished.run, finished.bundle, measure)


def print_comparison(run: Run, bundle: Bundle | None = None, measures: list[str] | None = None) -> None:
    """Print a comparison on standard output, and where its report and tables are.

    ``bundle`` is what the report shows, where it is at hand.

    Raises
    ------
    InputError
        A measure is named that the comparison does not have.
    """
    from rich.console import Console

    from staffride.present.comparison import build_comparison_bundle
    from staffride.present.comparison_document import check_measures
    from staffride.present.comparison_terminal import to_rich
    from staffride.scenario import load

    if bundle is None:
        run.summary.require()
        bundle = build_comparison_bundle(run, load(run.scenario_folder))
    chosen = measures or []
    check_measures(run, chosen, [str(one["id"]) for one in bundle["measures"]])
    console = Console(highlight=False)
    console.print(to_rich(bundle, chosen, console.width))
    console.print()
    for what, path in (("Report", run.report), ("Tables", run.folder)):
        if path is not None:
            console.print(f"{what}: {path}", soft_wrap=True, markup=False)


def print_json(run: Run, measures: list[str] | None = None) -> None:
    """Print a comparison as one JSON object on standard output.

    Raises
    ------
    InputError
        A measure is named that the comparison does not have.
    """
    from staffride.present.comparison_document import as_document
    from staffride.scenario import load

    document = as_document(run, load(run.scenario_folder), measures or [])
    typer.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
