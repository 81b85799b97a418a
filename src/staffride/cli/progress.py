"""One progress bar on standard error, and the lines that are worth telling while a run goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from staffride.cli.failure import standard_error

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress:
    """Shows how many replications are done; shows nothing when ``quiet``.

    A warning is shown in any case.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._console = standard_error()
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def advance(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` replications are finished."""
        if self._quiet:
            return
        if self._bar is None:
            self._bar = _new_bar(self._console)
            self._task = self._bar.add_task("replications", total=total)
            self._bar.start()
        assert self._task is not None
        self._bar.update(self._task, completed=done, total=total)
        if done >= total:
            self._stop()

    def say(self, text: str) -> None:
        """Show a line about what is going on."""
        if not self._quiet:
            self._console.print(text, style="dim", markup=False)

    def warn(self, text: str) -> None:
        """Show a line about something that went wrong without stopping the run."""
        self._console.print("[bold yellow]warning:[/] ", end="")
        self._console.print(text, markup=False)

    def _stop(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _new_bar(console: object) -> RichProgress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress

    assert isinstance(console, Console)
    return RichProgress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


@contextlib.contextmanager
def told_of_compilation(progress: Progress) -> Iterator[None]:
    """Say so when something inside the block is compiled, which takes some seconds once."""
    from staffride.engine.compile import first_compilation_calls

    text = "Compiling the model once; this can take half a minute, and later runs start at once."
    with first_compilation_calls(lambda: progress.say(text)):
        yield
