"""``staffride new``: start a scenario folder."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command(
    epilog="Examples:\n\n  staffride new my-scenario\n\n  staffride new slow-checkpoint --from karabakh-2023"
)
def new(
    name: Annotated[Path, typer.Argument(help="Name of the new folder; it must not exist.")],
    parent: Annotated[
        str | None,
        typer.Option("--from", help="Start from this scenario and change only what differs.", metavar="NAME"),
    ] = None,
) -> None:
    """Start a scenario folder of your own: small, commented, and running as it is.

    Without --from it is an invented valley to put your own figures in. With --from it inherits all of another
    scenario, and holds only what you change. Nothing that exists is overwritten.
    """
    _check_name(name)
    files, kind = _files(name, parent)
    write_folder(name, files)
    prior = "" if kind == "campaign" else " --prior"
    typer.echo(f"Created {name}/\n\nNext:\n  staffride check {name}\n  staffride run {name}{prior}")


def _files(folder: Path, parent: str | None) -> tuple[dict[str, str], str]:
    """Return the files of the new scenario, and its kind."""
    from staffride.model.kinds import parameters_of
    from staffride.model.parameters import PARAMETERS
    from staffride.scenario import load
    from staffride.scenario.template import extending_files, invented_files

    if parent is None:
        shipped = load("karabakh-2023", PARAMETERS)
        return invented_files(folder.name, PARAMETERS, shipped), shipped.kind
    found = load(_parent_folder(parent, folder), parameters_of)
    return extending_files(folder.name, found), found.kind


def _parent_folder(parent: str, folder: Path) -> Path:
    from staffride.errors import InputError, Problem, nearest
    from staffride.scenario.locate import SETTINGS, find_parent, shipped_names

    found = find_parent(parent, folder)
    if found is None:
        beside = [path.parent.name for path in folder.resolve().parent.glob(f"*/{SETTINGS}")]
        names = [*shipped_names(), *beside]
        expected = "a scenario that is shipped or lies beside the new one: " + ", ".join(names)
        raise InputError(
            [Problem(f"there is no scenario {parent!r}", None, None, expected, nearest(parent, names))]
        )
    return found


def _check_name(folder: Path) -> None:
    """Refuse a name that cannot be a scenario's, or that is taken."""
    from staffride.errors import InputError, Problem
    from staffride.scenario.locate import shipped_names

    expected = "lower-case letters, digits, '_', '-' and '.', such as my-scenario"
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", folder.name):
        raise InputError([Problem(f"{folder.name!r} cannot be the name of a scenario", None, None, expected)])
    if folder.name in shipped_names():
        text = f"{folder.name!r} is the name of a shipped scenario"
        hint = f"choose another name, and --from {folder.name} to start from it"
        raise InputError([Problem(text, None, None, "a name of your own", hint)])
    if folder.exists() or folder.is_symlink():
        raise InputError(
            [Problem("this exists already", folder, None, "a new folder", "choose another name")]
        )


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write a folder whole or not at all: under another name first, then renamed.

    Raises
    ------
    StorageError
        If the system refuses to write; nothing is left behind.
    """
    from staffride.results.atomic import storage_errors

    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for file, text in files.items():
                (draft / file).write_text(text, encoding="utf-8")
            draft.chmod(0o755)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
