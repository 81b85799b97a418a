"""``staffride check`` on a Flee folder or a region scenario: every defect, what cannot be mapped, what there is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from staffride.api.region import Opened, open_region
from staffride.errors import InputError, Problem


def check_region(folder: Path, *, strict: bool, as_json: bool) -> None:
    """Tell what is wrong with a folder, all at once; exit code 2 where something is fatal.

    Raises
    ------
    InputError
        The folder leaves no meaningful run, or with ``strict`` anything is wrong with it.
    """
    try:
        opened: Opened | None = open_region(folder)
        problems = opened.problems if opened else ()
    except InputError as error:
        opened, problems = None, error.problems
    failed = opened is None or bool(strict and problems)
    if strict:
        problems = tuple(replace(one, fatal=True) for one in problems)
    if as_json:
        typer.echo(json.dumps(as_object(folder, opened, problems, failed), indent=2, ensure_ascii=False))
        raise typer.Exit(2 if failed else 0)
    if failed:
        raise InputError(problems)
    if opened is not None:
        _show(opened)
    if not problems:
        typer.echo("No problem found.")


def as_object(
    folder: Path, opened: Opened | None, problems: tuple[Problem, ...], failed: bool
) -> dict[str, Any]:
    """Return what the check found as plain data for ``--json``."""
    from staffride.cli.imports import about

    found: dict[str, Any] = {
        "scenario": None if opened is None else opened.region.name,
        "folder": str(folder),
        "valid": not failed,
        "errors": [one.as_object() for one in problems if one.fatal],
        "warnings": [one.as_object() for one in problems if not one.fatal],
    }
    return found if opened is None else found | {"region": about(opened)}


def _show(opened: Opened) -> None:
    from staffride.cli.failure import print_problems
    from staffride.cli.imports import in_words, remarks

    typer.echo(in_words(opened.region))
    for line in remarks(opened):
        typer.echo(line)
    print_problems(tuple(one for one in opened.problems if not one.fatal))
