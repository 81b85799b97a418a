"""``staffride schema``: the JSON Schema of scenario.yaml, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command(epilog="Example:  staffride schema -o scenario.schema.json")
def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it to this file instead of printing it.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenario.yaml, so that your editor can complete and check as you type.

    The first line of a scenario can name it: ``# yaml-language-server: $schema=scenario.schema.json``.
    """
    from staffride.scenario.json_schema import schema_text

    if output is None:
        typer.echo(schema_text(), nl=False)
        return
    from staffride.results.atomic import write_text

    write_text(output, schema_text())
    typer.echo(f"Wrote {output}")
