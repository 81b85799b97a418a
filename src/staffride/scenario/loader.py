"""Loading a scenario: find it, read it, check it, and either return it or report everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from staffride.errors import InputError, Problem
from staffride.evidence import ledger
from staffride.scenario.checks import check_draft
from staffride.scenario.draft import Draft, draft
from staffride.scenario.inherit import collect
from staffride.scenario.locate import find_folder
from staffride.scenario.quantity import ParameterSpec
from staffride.scenario.schema import Scenario


@dataclass(frozen=True)
class Reading:
    """What came of reading a scenario folder.

    Parameters
    ----------
    folder
        Where it was read.
    scenario
        The scenario, or ``None`` where a problem is fatal.
    problems
        Everything found: errors (``fatal``) and warnings.
    """

    folder: Path
    scenario: Scenario | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a run."""
        return tuple(problem for problem in self.problems if problem.fatal)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that do not stop a run."""
        return tuple(problem for problem in self.problems if not problem.fatal)


def read(name_or_folder: str | Path, specs: Mapping[str, ParameterSpec] | None = None) -> Reading:
    """Return a scenario with everything that is wrong with it.

    Parameters
    ----------
    name_or_folder
        The name of a shipped scenario, or the path of a folder.
    specs
        The parameters that the model reads; with them, unknown and missing parameters and wrong kinds of unit
        are found, and quantities are converted to the model's units.

    Raises
    ------
    InputError
        If there is no such scenario at all.
    """
    folder = find_folder(name_or_folder)
    parts = draft(folder, collect(folder), specs)
    check_draft(parts, specs, ledger())
    problems = tuple(sorted(parts.problems, key=_order))
    broken = any(problem.fatal for problem in problems)
    return Reading(folder, None if broken else _assemble(parts, specs), problems)


def load(name_or_folder: str | Path, specs: Mapping[str, ParameterSpec] | None = None) -> Scenario:
    """Return a scenario, fully checked.

    Parameters
    ----------
    name_or_folder, specs
        As for `read`.

    Raises
    ------
    InputError
        With every problem at once, each with its file, line, what was expected and a suggestion.
    """
    reading = read(name_or_folder, specs)
    if reading.scenario is None:
        raise InputError(reading.errors)
    return reading.scenario


def _assemble(parts: Draft, specs: Mapping[str, ParameterSpec] | None) -> Scenario:
    parameters = {
        name: quantity.in_unit(specs[name].unit) if specs and name in specs else quantity
        for name, quantity in parts.parameters.items()
    }
    tables = {table: tuple(rows) for table, rows in parts.rows.items()}
    return Scenario(
        **parts.header, **tables, parameters=parameters, folder=parts.folder, locations=parts.locations
    )


def _order(problem: Problem) -> tuple[bool, str, int]:
    return not problem.fatal, str(problem.file or ""), problem.line or 0
