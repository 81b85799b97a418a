"""``staffride import``: other programs' files become a scenario of regional displacement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from staffride.cli.options import AsJson

if TYPE_CHECKING:
    from staffride.api.region import Opened
    from staffride.interop.region_tables import Imported
    from staffride.scenario.region import Region

Strict = Annotated[bool, typer.Option("--strict", help="Let every warning stop the import.")]
Into = Annotated[
    Path, typer.Option("--into", metavar="SCENARIO", help="The region scenario that takes what was read.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="SCENARIO",
        show_default="the folder's name, here",
        help="The new scenario folder; it must not exist.",
    ),
]

app = typer.Typer(
    no_args_is_help=True,
    help="Turn other programs' files into a scenario of regional displacement.",
    epilog="Examples:\n\n  staffride import flee mali2012 -o my-mali\n\n  staffride run my-mali\n\n"
    "  staffride import unhcr population.csv --into my-mali -o my-mali-2",
)


@app.command(
    epilog="Examples:\n\n  staffride import flee mali2012 -o my-mali\n\n"
    "  staffride import flee mali2012 --strict"
)
def flee(
    folder: Annotated[Path, typer.Argument(help="A Flee folder: input_csv/, source_data/, simsetting.yml.")],
    output: Output = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Turn a Flee folder into a scenario; name every defect with file, line and column.

    A defect that leaves no meaningful run stops the import (exit code 2); the others are warnings. What a scenario
    cannot hold is listed. You can also run the folder as it is: staffride run FOLDER.
    """
    from staffride.api.region import open_region
    from staffride.scenario.region_folder import write_region

    opened = open_region(folder, strict=strict)
    target = output or Path(opened.region.name)
    write_region(opened.region, target)
    _tell(opened, target, as_json)


@app.command(epilog="Example:\n\n  staffride import unhcr population.csv --into my-mali -o my-mali-2")
def unhcr(
    file: Annotated[Path, typer.Argument(help="Population figures or a time series, as UNHCR offers them.")],
    into: Into,
    output: Output = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Add counts of a UNHCR population file to a scenario, as a new one."""
    from staffride.interop.unhcr import import_unhcr

    _add(import_unhcr(file, _region(into)), file, output, strict=strict, as_json=as_json)


@app.command(epilog="Example:\n\n  staffride import dtm rounds.csv --into my-mali -o my-mali-2")
def dtm(
    file: Annotated[Path, typer.Argument(help="Rounds of IOM's Displacement Tracking Matrix, as CSV.")],
    into: Into,
    output: Output = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Add counts of an IOM DTM file to a scenario, as a new one."""
    from staffride.interop.dtm import import_dtm

    _add(import_dtm(file, _region(into)), file, output, strict=strict, as_json=as_json)


@app.command(epilog="Example:\n\n  staffride import ucdp ged.csv --into my-mali -o my-mali-2")
def ucdp(
    file: Annotated[Path, typer.Argument(help="Events of UCDP's Georeferenced Event Dataset, as CSV.")],
    into: Into,
    output: Output = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Replace the conflict of a scenario by one made from UCDP events, as a new scenario."""
    from staffride.interop.ucdp import import_ucdp

    _add(import_ucdp(file, _region(into)), file, output, strict=strict, as_json=as_json)


def _region(folder: Path) -> Region:
    from staffride.api.region import open_region

    return open_region(folder).region


def _add(found: Imported, file: Path, output: Path | None, *, strict: bool, as_json: bool) -> None:
    from staffride.api.region import Opened, require
    from staffride.scenario.region_folder import write_region

    region = require(found.region, found.problems, strict=strict)
    target = output or Path(f"{region.name}-{file.stem}")
    write_region(region, target)
    _tell(Opened(region, found.problems, found.notes), target, as_json)


def _tell(opened: Opened, target: Path, as_json: bool) -> None:
    """Say what was read, what was left out, and what to do next."""
    if as_json:
        typer.echo(json.dumps(about(opened) | {"scenario": str(target)}, ensure_ascii=False))
        return
    from staffride.cli.failure import print_problems

    print_problems(opened.problems)
    typer.echo(in_words(opened.region))
    for line in opened.unmapped:
        typer.echo(f"left out: {line}")
    typer.echo(f"\nCreated {target}/\n\nNext:\n  staffride check {target}\n  staffride run {target}")


def in_words(region: Region) -> str:
    """Return what a region holds in one sentence."""
    return (
        f"{region.name}: {len(region.places)} places, {len(region.links)} links, {region.days} days from "
        f"{region.start}, {len(region.closures)} closures, {len(region.reports)} destinations with reports."
    )


def about(opened: Opened) -> dict[str, Any]:
    """Return what was read as plain data."""
    from staffride.cli.check import problem_object

    region = opened.region
    return {
        "name": region.name,
        "start": region.start.isoformat(),
        "days": region.days,
        "home": region.home,
        "places": len(region.places),
        "links": len(region.links),
        "closures": len(region.closures),
        "destinations": list(region.destination_names),
        "problems": [problem_object(problem) for problem in opened.problems],
        "unmapped": list(opened.unmapped),
    }
