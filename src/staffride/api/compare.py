"""The Python interface of the policy lab: what policies change, beside a baseline under the same luck."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from staffride.api.request import DEFAULT_SEED, Request
from staffride.api.steps import Finished, Listener, execute
from staffride.errors import InputError, Problem

if TYPE_CHECKING:
    from staffride.lab.comparison import Comparison

DEFAULT_REPLICATIONS = 500


def compare(
    scenario: str | Path,
    policies: str | Iterable[str],
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    *,
    prior: bool = False,
    origin: str | date | None = None,
    workers: int | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    report: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Run a scenario and policies beside it under the same luck, and return what each policy changes.

    Parameters
    ----------
    scenario
        Name of a shipped scenario, or path of a scenario folder.
    policies
        Policies such as ``"layered-air-defence:2"`` or ``"early-truce:2020-10-10+buses:500"``; see
        ``staffride levers``.
    replications, seed, prior, origin, workers, folder, resume, report, progress
        As for `staffride.run`.

    Returns
    -------
    Comparison
        Paired differences, ranking, regret; its ``run`` has all totals.

    Raises
    ------
    InputError
        The scenario, a policy or an argument is wrong; every problem at once.
    StaffrideError
        The folder cannot be written, is in use, or holds a run that began otherwise.
    RunInterruptedError
        Ctrl-C; what was finished is kept.

    Examples
    --------
    >>> import staffride as sr                                                               # doctest: +SKIP
    >>> found = sr.compare("karabakh-2020", ["early-truce:2020-10-10"], replications=200)    # doctest: +SKIP
    """
    from staffride.api.running import Quiet
    from staffride.lab.comparison import compare_run

    asked = (policies,) if isinstance(policies, str) else tuple(policies)
    place = None if folder is None else Path(folder)
    request = Request(
        scenario, replications, seed, prior, origin, workers, place, resume, report, policies=asked
    )
    return compare_run(execute_comparison(request, Quiet(progress)).run)


def execute_comparison(request: Request, listener: Listener) -> Finished:
    """Do what ``request`` asks, which must name policies unless it resumes a comparison.

    Raises
    ------
    InputError
        There is no policy, or the run to be resumed is no comparison.
    """
    if not request.policies and not request.resume:
        problem = Problem(
            "no policy is named", expected="one at least", suggestion="staffride levers lists what there is"
        )
        raise InputError([problem])
    finished = execute(request, listener)
    if not finished.run.manifest.settings.policies:
        text = f"{finished.run.folder} is a plain run: it has no policies to compare"
        raise InputError([Problem(text, suggestion=f"staffride show {finished.run.folder}")])
    return finished
