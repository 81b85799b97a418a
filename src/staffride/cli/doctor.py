"""``staffride doctor``: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from staffride.cli.examination import Finding, examine

app = typer.Typer(add_completion=False)

_MARKS = {"ok": "[green]ok[/]  ", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}


@app.command(epilog="Example:  staffride doctor --json")
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say what is wrong with this installation. Exit code 1 if anything fails.

    Looks at Python and the libraries, compiles a kernel, writes and reads a Parquet file, checks the data
    that comes with the program, and looks at disk, processors and ways to start processes.
    """
    findings = examine()
    if as_json:
        typer.echo(json.dumps(_as_object(findings), indent=2))
    else:
        _show(findings)
    raise typer.Exit(int(any(finding.state == "fail" for finding in findings)))


def _as_object(findings: list[Finding]) -> dict[str, Any]:
    return {
        "healthy": all(finding.state != "fail" for finding in findings),
        "findings": [finding._asdict() for finding in findings],
    }


def _show(findings: list[Finding]) -> None:
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False)
    for finding in findings:
        console.print(_MARKS[finding.state], end="  ")
        console.print(f"{finding.what}: {finding.found}", markup=False)
        if finding.advice:
            console.print(f"        {finding.advice}", markup=False)
    bad = sum(finding.state == "fail" for finding in findings)
    console.print("\nAll is well." if not bad else f"\n{bad} of {len(findings)} checks failed.")
