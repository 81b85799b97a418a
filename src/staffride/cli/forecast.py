"""``staffride forecast``: people at every destination after a date, from what was reported up to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from staffride.cli.options import AsJson, NoReport, Quiet

if TYPE_CHECKING:
    from staffride.api.region_forecast import ForecastResult

EXAMPLES = """Examples:

staffride forecast border-region --from 2030-04-15

staffride forecast border-region --from 2030-04-15 --capacity-as-of 2030-04-01

staffride forecast border-region --from 2030-04-15 --close border:Lowland:Highland

staffride forecast flee-folder --from 2012-06-01 --days 28 --json > forecast.json"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EXAMPLES)
def forecast(
    folder: Annotated[str, typer.Argument(help="A Flee folder as it is, or a region scenario.")],
    origin: Annotated[
        str, typer.Option("--from", metavar="DATE", help="Use what was reported up to this date, no more.")
    ],
    days: Annotated[int, typer.Option("--days", help="How many days ahead.")] = 84,
    paths: Annotated[int, typer.Option("--paths", help="How many possible futures.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", "-s", help="Root of all random numbers.")] = 1,
    capacity_as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            show_default="capacities are not used",
            help="Of which date the folder's capacities are; on or before --from.",
        ),
    ] = None,
    close: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="What if this closes, such as border:COUNTRY:COUNTRY, road:PLACE:PLACE, place:PLACE, camp:PLACE.",
        ),
    ] = None,
    open_: Annotated[
        list[str] | None,
        typer.Option(
            "--open",
            metavar="WHAT",
            help="What if this opens; a new road has its length: road:PLACE:PLACE:KILOMETRES.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--folder", "-o", show_default="runs/<name>-<time>", help="Where to write it."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Let a warning about the folder fail.")] = False,
    as_json: AsJson = False,
    no_report: NoReport = False,
    quiet: Quiet = False,
) -> None:
    """Forecast people at every destination, week by week, with bands, from reports up to a date.

    Nothing that was reported later is used: no later report, no later correction, no line drawn to a later report, and
    no capacity unless you say of which date it is. The same forecast from a later date takes in what came since. Each
    --close and --open is compared with no change, under the same luck. Read the page on data responsibility before you
    share a result.
    """
    from staffride.api import region_forecast
    from staffride.cli.progress import Progress, told_of_compilation
    from staffride.results.new_folder import refuse_used

    if output is not None:  # before the work, not after it
        refuse_used(output)
    with Progress(quiet=quiet or as_json) as progress, told_of_compilation(progress):
        found = region_forecast.forecast(
            folder,
            origin,
            days=days,
            paths=paths,
            seed=seed,
            capacity_as_of=capacity_as_of,
            close=close or (),
            open_=open_ or (),
            strict=strict,
        )
    _deliver(found, output, as_json=as_json, report=not no_report, quiet=quiet)


def _deliver(found: ForecastResult, output: Path | None, *, as_json: bool, report: bool, quiet: bool) -> None:
    """Store the forecast, and print it."""
    from staffride.api.region_keep import keep_forecast
    from staffride.cli.region import print_document, print_json

    folder, document = keep_forecast(found, output, report=report)
    if as_json:
        print_json(document)
    elif not quiet:
        print_document(document, folder)
