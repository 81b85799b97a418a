"""Running a scenario from Python, and completing a run that was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from staffride.api.request import DEFAULT_REPLICATIONS, DEFAULT_SCENARIO, DEFAULT_SEED, Request
from staffride.api.steps import execute
from staffride.api.variants import choice_of
from staffride.results.run import Run


def run(
    scenario: str | Path = DEFAULT_SCENARIO,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    *,
    prior: bool = False,
    origin: str | date | None = None,
    workers: int | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    report: bool = True,
    variants: str | Iterable[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Run a scenario many times and return the results.

    Parameters
    ----------
    scenario
        Name of a shipped scenario, or path of a scenario folder.
    replications
        How many times to run it; each is one possible course of events.
    seed
        Root of all random numbers, 0 to 2**32 - 1. The same seed gives the same numbers in every cell.
    prior
        Use no bulletin: the priors alone.
    origin
        Know only what was published by then: a date means its end; without an offset, in the scenario's time
        zone. The scenario's cut-off by default.
    workers
        Processes to use; all available cores by default. It changes no number.
    folder
        A new folder for the run; ``runs/<scenario>-<time>`` by default.
    resume
        Complete the run in ``folder`` where there is one.
    report
        Whether to write ``report.html``.
    variants
        Which variants of a campaign run beside its baseline: their ids, ``all`` (the default) or ``none``.
    progress
        Called with the number of finished replications and of all.

    Returns
    -------
    Run
        The results, read from the folder when asked for.

    Raises
    ------
    InputError
        The scenario or an argument is wrong; every problem at once.
    StaffrideError
        The folder cannot be written, is in use, or holds a run that began otherwise.
    RunInterruptedError
        Ctrl-C; what was finished is kept.

    Examples
    --------
    >>> import staffride as sr                                    # doctest: +SKIP
    >>> run = sr.run("karabakh-2023", replications=200, seed=1)   # doctest: +SKIP
    >>> run.arrivals.quantile(0.5).at("2023-09-30T00:00")         # doctest: +SKIP
    """
    place = None if folder is None else Path(folder)
    chosen = choice_of(variants)
    request = Request(scenario, replications, seed, prior, origin, workers, place, resume, report, chosen)
    return execute(request, Quiet(progress)).run


def resume_run(
    folder: str | Path, *, workers: int | None = None, progress: Callable[[int, int], None] | None = None
) -> Run:
    """Complete the run in ``folder`` with the settings that it began with.

    Parameters
    ----------
    folder
        Folder of a run that was stopped or killed.
    workers, progress
        As for `run`, which also says what is raised.
    """
    request = Request(workers=workers, folder=Path(folder), resume=True)
    return execute(request, Quiet(progress)).run


class Quiet:
    """Passes progress on, and warnings to Python's own."""

    def __init__(self, progress: Callable[[int, int], None] | None) -> None:
        self._progress = progress

    def advance(self, done: int, total: int) -> None:
        """Pass on how many replications are finished."""
        if self._progress is not None:
            self._progress(done, total)

    def say(self, text: str) -> None:
        """Keep silent: a program that calls the API is told of results, not of steps."""

    def warn(self, text: str) -> None:
        """Pass on a warning."""
        import warnings

        warnings.warn(text, stacklevel=2)
