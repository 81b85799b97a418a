"""``staffride show``: one run, in words or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from staffride.errors import InputError, Problem

if TYPE_CHECKING:
    from staffride.results.run import Run

app = typer.Typer(add_completion=False)


@app.command(epilog="Examples:\n\nstaffride show latest\n\nstaffride show my-run --json > run.json")
def show(
    run: Annotated[str, typer.Argument(help="The folder of a run, its name under runs/, or: latest.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Compare every file with its checksum.")] = False,
) -> None:
    """Show one run, or a comparison of policies: its summary in plain words, or its JSON."""
    kept = find_region_run(run)
    if kept is not None:
        _show_region(*kept, as_json=as_json, check=check)
        return
    found = find_run(run)
    if check:
        _print_check(found)
    elif found.manifest.settings.policies:
        _show_comparison(found, as_json=as_json)
    else:
        _show_run(found, as_json=as_json)


def find_region_run(name: str) -> tuple[Path, dict[str, Any]] | None:
    """Return folder and document of the run or forecast of a region called ``name``, or ``None`` for another run.

    ``latest`` means the youngest run of any kind.
    """
    from staffride.results.new_folder import DEFAULT_PARENT
    from staffride.results.region_store import latest_document, read_document

    if name == "latest":
        from staffride.results.run import list_runs

        found, others = latest_document(), list_runs()
        newer = found is not None and (not others or found[1]["run"]["ended"] >= others[-1].manifest.started)
        return found if newer else None
    for path in (Path(name), DEFAULT_PARENT / name):
        document = read_document(path)
        if document is not None:
            return path, document
    return None


def _show_region(folder: Path, document: dict[str, Any], *, as_json: bool, check: bool) -> None:
    from staffride.cli.region import print_document, print_json

    if check:
        from staffride.results.region_store import changed_files

        _tell_changed(changed_files(folder, document), folder, len(document["files"]))
    elif as_json:
        print_json(document)
    else:
        print_document(document, folder)


def _show_run(found: Run, *, as_json: bool) -> None:
    from staffride.cli.run import print_json, print_summary

    if as_json:
        print_json(found)
    else:
        print_summary(found)


def _show_comparison(found: Run, *, as_json: bool) -> None:
    from staffride.cli.compare import print_comparison, print_json

    if as_json:
        print_json(found)
    else:
        print_comparison(found)


def find_run(name: str) -> Run:
    """Return the run called ``name``: a folder, a name under ``runs/``, or ``latest``.

    Raises
    ------
    InputError
        There is no such run.
    """
    from staffride.results.new_folder import DEFAULT_PARENT
    from staffride.results.run import Run, list_runs

    if name == "latest":
        found = list_runs()
        if found:
            return found[-1]
        raise _not_found("there is no run in runs/", "make one with: staffride run karabakh-2023")
    for path in (Path(name), DEFAULT_PARENT / name):
        if path.is_dir():
            return Run(path)
    raise _not_found(f"there is no run {name!r}", "list the runs with: staffride runs")


def _not_found(message: str, suggestion: str) -> InputError:
    return InputError([Problem(message, expected="the folder of a run", suggestion=suggestion)])


def _print_check(found: Run) -> None:
    _tell_changed(found.verify(), found.folder, len(found.manifest.files))


def _tell_changed(bad: list[str], folder: Path, count: int) -> None:
    for name in bad:
        typer.echo(f"{folder / name}: missing or changed")
    if bad:
        raise typer.Exit(1)
    typer.echo(f"All {count} files are as they were written.")
