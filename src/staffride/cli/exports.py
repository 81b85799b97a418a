"""``staffride export``: a scenario of regional displacement in another program's files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Write a scenario of regional displacement in another program's files.",
    epilog="Example:\n\n  staffride export flee my-mali -o flee-mali",
)


@app.callback()
def overview() -> None:
    """Write a scenario of regional displacement in another program's files."""


@app.command(epilog="Example:\n\n  staffride export flee my-mali -o flee-mali")
def flee(
    scenario: Annotated[Path, typer.Argument(help="A region scenario, or a Flee folder to write anew.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="The new Flee folder; it must not exist.")
    ],
) -> None:
    """Write a scenario as a Flee folder; say what Flee's files cannot hold."""
    from staffride.api.region import open_region
    from staffride.interop.flee_export import export_flee

    for line in export_flee(open_region(scenario).region, output):
        typer.echo(f"note: {line}")
    typer.echo(f"Created {output}/")
