"""The command line: one command a file, each loaded only when it is called.

``staffride --help`` must answer at once, so this file imports no command and no numerical library: the
table below holds the one line of help that the overview shows.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from staffride._version import __version__
from staffride.cli.failure import is_bug, report_bug, report_failure, report_interrupt
from staffride.errors import StaffrideError

_COLLECT_AFTER = 300_000
"""New objects after which garbage is looked for: what is imported stays, and looking through it takes a while."""


class Entry(NamedTuple):
    """One command: the module under ``staffride.cli`` that holds it, and the line that the overview shows."""

    module: str
    summary: str
    panel: str


RUNS, RECORD, CHECKS, HELP = "Runs", "Scenarios and the record", "Questions", "Help"
COMMANDS: dict[str, Entry] = {
    "run": Entry("run", "Run a scenario many times and report what happened, with bands.", RUNS),
    "runs": Entry("runs", "List the runs in a folder.", RUNS),
    "show": Entry("show", "Show one run: its summary in plain words, or its JSON.", RUNS),
    "check": Entry("check", "Check a scenario and report every problem at once.", RECORD),
    "explain": Entry("explain", "Explain the steps of a model, a rule, a parameter or a lever.", RECORD),
    "new": Entry("new", "Start a scenario folder of your own.", RECORD),
    "import": Entry("imports", "Turn a Flee folder, or UNHCR, DTM and UCDP files, into a scenario.", RECORD),
    "export": Entry("exports", "Write a scenario of regional displacement as a Flee folder.", RECORD),
    "schema": Entry("schema", "Print the JSON Schema of scenario.yaml for your editor.", RECORD),
    "evidence": Entry("evidence", "List, show and verify the facts and claims of the record.", RECORD),
    "forecast": Entry("forecast", "Forecast people at each destination from reports up to a date.", RUNS),
    "compare": Entry("compare", "Compare policies with a baseline under the same luck.", CHECKS),
    "levers": Entry("levers", "List the levers of policy, with their doses.", CHECKS),
    "calibrate": Entry("calibrate", "Fit a scenario's uncertain parameters to its bulletins.", CHECKS),
    "validate": Entry("validate", "Score the forecasts against the record and against baselines.", CHECKS),
    "claims": Entry("claims", "Put the claims of the documents to the test on runs.", CHECKS),
    "doctor": Entry("doctor", "Say what is wrong with this installation.", HELP),
    "cite": Entry("cite", "Say how to cite the program, or a run.", HELP),
}


def load_command(name: str) -> Any:
    """Import the module of command ``name`` and return its click command.

    The module offers ``app`` (a Typer application) or a function of the module's own name.
    """
    module = importlib.import_module(f"staffride.cli.{COMMANDS[name].module}")
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False)
        app.command(name)(getattr(module, COMMANDS[name].module))
    command = typer.main.get_command(app)
    command.name = name
    return command


class LazyCommand(TyperCommand):
    """A command whose module is imported only when its own arguments are parsed."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Hand over to the command itself."""
        return load_command(str(self.name)).make_context(info_name, args, parent=parent, **extra)


class LazyGroup(TyperGroup):
    """The overview of commands; turns the program's own errors into a message and an exit code."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, entry in COMMANDS.items():
            self.commands[name] = LazyCommand(name, help=entry.summary, rich_help_panel=entry.panel)

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command; a user sees a sentence, never a traceback."""
        try:
            return super().invoke(ctx)
        except StaffrideError as error:
            raise typer.Exit(report_failure(error)) from error
        except KeyboardInterrupt as interrupt:
            raise typer.Exit(report_interrupt(interrupt)) from interrupt
        except Exception as error:
            if not is_bug(error):
                raise
            raise typer.Exit(report_bug(error)) from error


def print_version(wanted: bool) -> None:
    """Print the version and stop, when it is wanted."""
    if wanted:
        typer.echo(f"staffride {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start here:  staffride run karabakh-2023\n\nThen:  staffride runs  |  staffride show RUN",
)


@app.callback()
def overview(
    version: bool = typer.Option(
        False, "--version", callback=print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Turn the written record of a conflict into a cited, runnable model, and ask it questions."""


def main() -> None:
    """Run the command line; the console script's entry point."""
    # read by staffride.engine.compile, which is loaded only when it is needed
    os.environ.setdefault("STAFFRIDE_WITHOUT_BLAS", "1")
    gc.set_threshold(_COLLECT_AFTER)
    try:
        app()
    except KeyboardInterrupt as interrupt:
        sys.exit(report_interrupt(interrupt))
    finally:
        _end_at_once()


def _end_at_once() -> None:
    """Keep Python from looking once more through all that was imported, before it ends.

    Not where DuckDB is loaded: it takes what nobody cleared away for a leak, and says so.
    """
    if "duckdb" not in sys.modules:
        gc.freeze()
