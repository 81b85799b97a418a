"""``staffride import``: other programs' files become a scenario of regional displacement."""

from __future__ import annotations

import json
from collections.abc import Sized
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from staffride.cli.options import AsJson
from staffride.errors import InputError, Problem

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

Names = Annotated[
    list[str] | None,
    typer.Option("--names", metavar="FROM=TO", help="A name in the file, and the place it means; repeat it."),
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

    opened = open_region(folder, strict=strict)
    target = output or Path(opened.region.name)
    _write(opened.region, target)
    _tell(opened, target, as_json)


@app.command(epilog="Example:\n\n  staffride import unhcr population.csv --into my-mali -o my-mali-2")
def unhcr(
    file: Annotated[Path, typer.Argument(help="Population figures or a time series, as UNHCR offers them.")],
    into: Into,
    names: Names = None,
    origin: Annotated[
        str | None,
        typer.Option(
            metavar="COUNTRY", show_default="the scenario's home", help="Country of origin to count."
        ),
    ] = None,
    output: Output = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Add counts of a UNHCR population file to a scenario, as a new one."""
    from staffride.interop.unhcr import import_unhcr

    found = import_unhcr(file, _region(into), names=_names(names), origin=origin)
    _add(found, file, output, strict=strict, as_json=as_json)


@app.command(epilog="Example:\n\n  staffride import dtm rounds.csv --into my-mali -o my-mali-2")
def dtm(
    file: Annotated[Path, typer.Argument(help="Rounds of IOM's Displacement Tracking Matrix, as CSV.")],
    into: Into,
    names: Names = None,
    operation: Annotated[str | None, typer.Option(help="Count only rows of this operation.")] = None,
    assessment: Annotated[
        str | None, typer.Option(help="Count only this assessment type: BA for areas, SA for sites.")
    ] = None,
    output: Output = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Add counts of an IOM DTM file to a scenario, as a new one; two surveys of one place are never added."""
    from staffride.interop.dtm import import_dtm

    chosen = {"operation": operation, "assessment": assessment}
    found = import_dtm(file, _region(into), names=_names(names), **chosen)
    _add(found, file, output, strict=strict, as_json=as_json)


@app.command(epilog="Example:\n\n  staffride import ucdp ged.csv --into my-mali -o my-mali-2")
def ucdp(
    file: Annotated[Path, typer.Argument(help="Events of UCDP's Georeferenced Event Dataset, as CSV.")],
    into: Into,
    measure: Annotated[str, typer.Option(metavar="deaths|events", help="What is counted.")] = "deaths",
    window_days: Annotated[int, typer.Option(help="Days over which it is summed, up to each day.")] = 30,
    full: Annotated[float, typer.Option(help="The sum that means full intensity.")] = 82.0,
    farthest_km: Annotated[float, typer.Option(help="Greatest distance from an event to its place.")] = 50.0,
    worst_precision: Annotated[int, typer.Option(help="Greatest where_prec that is used, 1 to 7.")] = 3,
    output: Output = None,
    strict: Strict = False,
    as_json: AsJson = False,
) -> None:
    """Replace the conflict of a scenario by one made from UCDP events, as a new scenario.

    The figures of the rule are assumed; the reasons stand in the reference. An event that is near no place is listed.
    """
    from staffride.interop.conflict_intensity import ConflictRule
    from staffride.interop.ucdp import import_ucdp

    figures = {"window_days": window_days, "full": full, "farthest_km": farthest_km}
    rule = ConflictRule(_measure(measure), worst_precision=worst_precision, **figures)  # type: ignore[arg-type]
    _add(import_ucdp(file, _region(into), rule=rule), file, output, strict=strict, as_json=as_json)


def _measure(name: str) -> str:
    if name not in ("deaths", "events"):
        raise InputError([Problem(f"the measure is {name!r}", expected="deaths or events")])
    return name


def _names(texts: list[str] | None) -> dict[str, str]:
    """Return names in a file, to names of places.

    Raises
    ------
    InputError
        With every text that is not of the form FROM=TO.
    """
    pairs = [text.partition("=") for text in texts or ()]
    wrong = [
        Problem(f"--names {text!r}", expected="FROM=TO") for text, sign, to in pairs if not (sign and to)
    ]
    if wrong:
        raise InputError(wrong)
    return {name.strip(): to.strip() for name, _, to in pairs}


def _region(folder: Path) -> Region:
    from staffride.api.region import open_region

    return open_region(folder).region


def _add(found: Imported, file: Path, output: Path | None, *, strict: bool, as_json: bool) -> None:
    from staffride.api.region import Opened, require

    region = require(found.region, found.problems, strict=strict)
    target = output or Path(f"{region.name}-{file.stem}")
    _write(region, target)
    _tell(Opened(region, found.problems, notes=found.notes), target, as_json)


def _write(region: Region, target: Path) -> None:
    """Write a scenario that has the name of its folder."""
    from staffride.scenario.region_folder import write_region

    write_region(replace(region, name=target.resolve().name), target)


def _tell(opened: Opened, target: Path, as_json: bool) -> None:
    """Say what was read, what was left out, and what to do next."""
    if as_json:
        typer.echo(json.dumps(about(opened) | {"scenario": str(target)}, ensure_ascii=False))
        return
    from staffride.cli.failure import print_problems

    print_problems(opened.problems)
    typer.echo(in_words(opened.region))
    for line in remarks(opened):
        typer.echo(line)
    typer.echo(f"\nCreated {target}/\n\nNext:\n  staffride check {target}\n  staffride run {target}")


def remarks(opened: Opened) -> list[str]:
    """Return what was left out, and what is worth knowing, a line each."""
    return [f"left out: {line}" for line in opened.unmapped] + [f"note: {line}" for line in opened.notes]


def in_words(region: Region) -> str:
    """Return what a region holds in one sentence."""
    return (
        f"{region.name}: {_number(region.places, 'place')}, {_number(region.links, 'link')}, {region.days} days from "
        f"{region.start}, {_number(region.closures, 'closure')}, {_number(region.reports, 'destination')} with reports."
    )


def _number(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def about(opened: Opened) -> dict[str, Any]:
    """Return what was read as plain data."""
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
        "problems": [problem.as_object() for problem in opened.problems],
        "unmapped": list(opened.unmapped),
        "notes": list(opened.notes),
    }
