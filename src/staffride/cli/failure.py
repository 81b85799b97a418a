"""Failures as a person reads them: what went wrong, where, what to do; and the exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from staffride.errors import InputError, Problem, StaffrideError

if TYPE_CHECKING:
    from rich.console import Console

INTERRUPTED = 130
DEBUG_VARIABLE = "STAFFRIDE_DEBUG"
COMMAND_LINE_PACKAGES = {"click", "typer"}


def standard_error() -> Console:
    """Return a console on standard error that breaks no path or name across lines."""
    from rich.console import Console

    return Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


def report_failure(error: StaffrideError) -> int:
    """Print ``error`` on standard error and return its exit code."""
    console = standard_error()
    if isinstance(error, InputError):
        print_problems(error.problems)
    else:
        console.print("[bold red]error:[/] ", end="")
        console.print(str(error), markup=False)
    return error.exit_code


def print_problems(problems: tuple[Problem, ...]) -> None:
    """Print every problem on standard error: where it is, what was expected, what to do."""
    console = standard_error()
    for problem in problems:
        _print_problem(console, problem)
    count = sum(problem.fatal for problem in problems)
    if count > 1:
        console.print(f"[bold]{count} problems; nothing was run.[/]")


def _print_problem(console: Console, problem: Problem) -> None:
    console.print("[bold red]error:[/] " if problem.fatal else "[bold yellow]warning:[/] ", end="")
    if problem.place:
        console.print(problem.place, style="bold", markup=False, end="")
    console.print(problem.message, markup=False)
    if problem.expected:
        console.print(f"  expected: {problem.expected}", markup=False)
    if problem.suggestion:
        console.print(f"  {problem.suggestion}", markup=False)


def report_interrupt(interrupt: KeyboardInterrupt) -> int:
    """Say what an interruption left behind and return the exit code for it."""
    message = str(interrupt) or "Interrupted; nothing was kept."
    standard_error().print(f"\n{message}", markup=False)
    return INTERRUPTED


def is_bug(error: Exception) -> bool:
    """Return whether ``error`` is one that the program should have turned into a message, and did not.

    With the environment variable ``STAFFRIDE_DEBUG`` set it is shown with its traceback instead.
    """
    of_command_line = type(error).__module__.partition(".")[0] in COMMAND_LINE_PACKAGES
    return not (of_command_line or isinstance(error, BrokenPipeError) or os.environ.get(DEBUG_VARIABLE))


def report_bug(error: Exception) -> int:
    """Print ``error`` as a mistake of the program, with what to do, and return the exit code for it."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    standard_error().print(
        f"error: the program made a mistake: {type(error).__name__}: {error} (at {where}).\n"
        "  What was finished before is intact. Please report it with what this prints:\n"
        f"  {DEBUG_VARIABLE}=1 {' '.join(['staffride', *sys.argv[1:]])}",
        markup=False,
    )
    return 1
