"""``staffride cite``: how to cite the program."""

from __future__ import annotations

import typer

from staffride._version import __version__

TITLE = "staffride: the written record of a conflict as a cited, runnable model"
AUTHOR = "The staffride developers"
TEXT = f"{AUTHOR}. {TITLE}. Version {__version__}."
BIBTEX = f"""@software{{staffride,
  author  = {{{{{AUTHOR}}}}},
  title   = {{{TITLE}}},
  version = {{{__version__}}},
  license = {{MIT}}
}}"""

app = typer.Typer(add_completion=False)


@app.command(epilog="Example:  staffride cite --bibtex >> references.bib")
def cite(bibtex: bool = typer.Option(False, "--bibtex", help="Print a BibTeX entry instead.")) -> None:
    """Say how to cite the program. A run's own manifest.json names the sources of its evidence."""
    typer.echo(BIBTEX if bibtex else TEXT)
