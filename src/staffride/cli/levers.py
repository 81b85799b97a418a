"""``staffride levers``: the levers of policy, with their doses."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

Json = dict[str, Any]

EXAMPLES = """Examples:

staffride levers

staffride levers --kind campaign --group defence

staffride levers --json

Then:  staffride explain layered-air-defence   (everything about one of them)"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EXAMPLES)
def levers(
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            "-k",
            show_default="all",
            help="Only those for a campaign, a displacement or a chain.",
        ),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(
            "--group",
            "-g",
            show_default="all",
            help="Only one of defence, protection, information, diplomacy, relief, what-if, assumption.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list and nothing else.")] = False,
) -> None:
    """List the levers of policy: what each does, its doses with unit and range, and their defaults.

    A policy is a lever with doses, LEVER:VALUE,name=value, or several joined with +.
    """
    from staffride.api.levers import levers_of

    found = levers_of(kind, group)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        _print_table(found)


def _print_table(found: list[Json]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim")
    table.add_column("lever", no_wrap=True)
    for head in ("what it does", "doses", "default"):
        table.add_column(head, overflow="fold")
    group = ""
    for lever in found:
        if lever["group"] != group:
            group = lever["group"]
            table.add_row(f"[bold]{group}[/]", "", "", "")
        ranges = "\n".join(range_of(dose) for dose in lever["doses"])
        defaults = "\n".join(default_of(dose) for dose in lever["doses"])
        table.add_row(lever["id"], lever["summary"], ranges, defaults)
    console = Console(highlight=False)
    console.print(table)
    console.print("Explain one with: staffride explain LEVER", markup=False)


def range_of(dose: Json) -> str:
    """Return the name of a dose with the values that it can have."""
    if dose["kind"] == "choice":
        return f"{dose['name']}: {' | '.join(dose['choices'])}"
    if dose["kind"] == "date":
        return f"{dose['name']}: a date"
    unit = "" if dose["unit"] in ("", "1") else f" {dose['unit']}"
    return f"{dose['name']}: {dose['low']:,g} to {dose['high']:,g}{unit}"


def default_of(dose: Json) -> str:
    """Return the default of a dose in words."""
    if dose["default"] == "":
        return "must be given" if dose["kind"] == "date" else "as the first"
    return dose["default"] if isinstance(dose["default"], str) else f"{dose['default']:,g}"
