"""Loading a scenario: find it, read it, check it, and either return it or report everything that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from staffride.errors import InputError, Problem
from staffride.evidence import ledger
from staffride.scenario.campaign_schema import System, Variant, figure_parameter
from staffride.scenario.chain_schema import CHAIN
from staffride.scenario.checks import check_draft
from staffride.scenario.draft import Draft
from staffride.scenario.drafting import draft
from staffride.scenario.figures import FIGURE
from staffride.scenario.inherit import collect
from staffride.scenario.locate import SETTINGS, find_folder, is_region_folder
from staffride.scenario.quantity import Quantity
from staffride.scenario.schema import Scenario
from staffride.scenario.specs import Specs, spec_of
from staffride.scenario.stages import read_stages
from staffride.units import factor


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


def read(name_or_folder: str | Path, specs: Specs | None = None) -> Reading:
    """Return a scenario with everything that is wrong with it.

    Parameters
    ----------
    name_or_folder
        The name of a shipped scenario, or the path of a folder.
    specs
        The parameters that the model reads, by name, or a function from the kind of scenario to them; with
        them, unknown and missing parameters and wrong kinds of unit are found, and quantities are converted to
        the model's units. Figures of systems are always in the units of `staffride.scenario.FIGURES`.

    Raises
    ------
    InputError
        If there is no such scenario at all.
    """
    folder = find_folder(name_or_folder)
    if is_region_folder(folder):
        text = (
            "a scenario of kind `region` has other tables: it is opened by staffride.api.region.open_region"
        )
        return Reading(folder, None, (Problem(text, folder / SETTINGS, suggestion="staffride run FOLDER"),))
    raw = collect(folder)
    parts = draft(folder, raw, specs) if raw.settings.whole else Draft(folder, raw.problems)
    if not raw.unread:  # of parts that do not fit together more would only follow from what is not there
        check_draft(parts, ledger())
    stages: dict[str, Scenario] = {}
    if raw.kind == CHAIN and parts.header:
        stages = read_stages(parts, lambda stage: read(stage, specs), ledger())
    problems = tuple(sorted(parts.problems, key=_order))
    broken = any(problem.fatal for problem in problems)
    return Reading(folder, None if broken else _assemble(parts, stages), problems)


def load(name_or_folder: str | Path, specs: Specs | None = None) -> Scenario:
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


def _assemble(parts: Draft, stages: dict[str, Scenario]) -> Scenario:
    """Return the scenario of a draft without errors, every number in the unit that the model reads."""
    parameters = {name: _in_unit_of_model(parts, name) for name in parts.parameters}
    used = {unit.system for unit in parts.units}
    systems = {name: _in_units(parts.systems[name]) for name in sorted(used)}
    tables = {table: tuple(rows) for table, rows in parts.rows.items()}
    variants = tuple(_in_units_of_model(parts, variant) for variant in parts.variants)
    content = {**parts.header, "title": _title(parts), "variants": variants}
    return Scenario(
        **content,
        **tables,
        parameters=parameters,
        systems=systems,
        stages=stages,
        folder=parts.folder,
        locations=parts.locations,
    )


def _title(parts: Draft) -> str:
    """Return the title, by which a replay, and what only illustrates, is told from a run wherever it is shown."""
    title = str(parts.header["title"])
    marks = {"replay": parts.replay, "illustrative": bool(parts.header["illustrative"])}
    for mark in [mark for mark, holds in marks.items() if holds and mark not in title.lower()]:
        title = f"{title} ({mark})"
    return title


def _in_unit_of_model(parts: Draft, name: str) -> Quantity:
    spec = spec_of(parts.specs or {}, name)
    quantity = parts.parameters[name]
    return quantity if spec is None else quantity.in_unit(spec.unit)


def _in_units(system: System) -> System:
    """Return a system with its figures in fixed order and in the units in which a model reads them."""
    figures = {
        name: system.figures[name].in_unit(spec.unit)
        for name, spec in FIGURE.items()
        if name in system.figures
    }
    return system.model_copy(update={"figures": figures})


def _in_units_of_model(parts: Draft, variant: Variant) -> Variant:
    """Return a variant with what it sets in the units in which the scenario holds the quantities."""
    written = {
        figure_parameter(name, figure): (quantity.unit, FIGURE[figure].unit)
        for name, system in parts.systems.items()
        for figure, quantity in system.figures.items()
    }
    written |= {
        name: (quantity.unit, _in_unit_of_model(parts, name).unit)
        for name, quantity in parts.parameters.items()
    }
    values = {name: value * factor(*written[name]) for name, value in variant.set.items()}
    return variant.model_copy(update={"set": values})


def _order(problem: Problem) -> tuple[bool, str, int]:
    return not problem.fatal, str(problem.file or ""), problem.line or 0
