"""Rows of a campaign that a lever looks for and puts others in the place of, without moving any other row.

Luck is keyed by the place of a row in its table. So a lever keeps every row where it stands: it changes cells, adds
rows behind the last, and leaves rows out by a group that the scenario switches off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from staffride.errors import InputError, Problem
from staffride.scenario.campaign_schema import Order, System, Unit
from staffride.scenario.levers.doses import BOTH
from staffride.scenario.policy import Change, Patch, Stages
from staffride.scenario.schema import Scenario

CAMPAIGN = "campaign"
T = TypeVar("T")
Wanted = Callable[[System], bool]


def campaign(stages: Stages) -> Scenario:
    """Return the campaign among the stages."""
    return stages[CAMPAIGN]


def lacks(scenario: Scenario, what: str, hint: str | None = None) -> InputError:
    """Return the error of a lever whose thing the scenario does not have."""
    return InputError([Problem(f"{scenario.name} has no {what}", suggestion=hint)])


def with_rows(scenario: Scenario, **tables: object) -> Patch:
    """Return the patch that puts tables, or settings, in the place of those of a campaign."""
    return Patch({CAMPAIGN: scenario.model_copy(update=tables)})


def units_of(scenario: Scenario, side: str, wanted: Wanted) -> tuple[Unit, ...]:
    """Return the units of a side that a lever is about, in the order of their table."""
    return tuple(
        unit for unit in scenario.units if unit.side == side and wanted(scenario.systems[unit.system])
    )


def with_units(scenario: Scenario, cells: Mapping[str, Mapping[str, object]]) -> Patch:
    """Return the patch that changes cells of units by their ids; an empty one where none is other than before."""
    units = tuple(
        unit.model_copy(update=dict(cells[unit.id])) if unit.id in cells else unit for unit in scenario.units
    )
    return Patch() if units == scenario.units else with_rows(scenario, units=units)


def times_strength(scenario: Scenario, units: Iterable[Unit], factor: float) -> tuple[Change, ...]:
    """Return the changes that multiply the number of elements of units.

    Raises
    ------
    InputError
        A parameter also counts something else, which would change with it.
    """
    ids = {unit.id for unit in units}
    names = tuple(dict.fromkeys(unit.strength for unit in scenario.units if unit.id in ids))
    others = [row.strength for row in scenario.units if row.id not in ids]
    others += [row.strength for row in scenario.formations]
    mixed = [name for name in names if name in others]
    if mixed:
        expected, hint = "a parameter of their own", "split it in parameters.yaml"
        raise InputError(
            [Problem(f"{name} also counts other units", None, None, expected, hint) for name in mixed]
        )
    return tuple(Change(name, "times", factor) for name in names) if factor != 1.0 else ()


def left_out(scenario: Scenario, side: str, kinds: Collection[str], group: str) -> Patch:
    """Return the patch that leaves the units of some kinds out, with their orders, by a group that is switched off.

    ``side`` is a side or `BOTH`. The rows stay where they are, so that nobody else's luck moves.
    """
    out = {
        unit.id
        for unit in scenario.units
        if side in (unit.side, BOTH) and scenario.systems[unit.system].kind in kinds
    }
    if not out:
        raise lacks(scenario, f"{' or '.join(kinds).replace('_', ' ')} of {side}")
    units = tuple(_grouped(unit, group) if unit.id in out else unit for unit in scenario.units)
    orders = tuple(_grouped(order, group) if order.unit in out else order for order in scenario.orders)
    off = tuple(dict.fromkeys((*scenario.off, group)))
    return with_rows(scenario, units=units, orders=orders, off=off)


R = TypeVar("R", Unit, Order)


def _grouped(row: R, group: str) -> R:
    """Return a row that also belongs to a group."""
    return row.model_copy(update={"groups": (*row.groups, group)})


def evenly(rows: Sequence[T], share: float) -> tuple[T, ...]:
    """Return a share of rows, spread evenly over them; a larger share holds every smaller one.

    Equation: the first ``round(share n)`` in the order of van der Corput's sequence of their indices.
    Units: share from 0 to 1.
    Source: van der Corput (1935), "Verteilungsfunktionen".
    Limits: whole rows, so that a small share of few rows is none.

    >>> evenly("abcd", 0.5), evenly("abcd", 0.75)
    (('a', 'c'), ('a', 'b', 'c'))
    """
    order = sorted(range(len(rows)), key=_mirrored)
    taken = set(order[: round(share * len(rows))])
    return tuple(row for at, row in enumerate(rows) if at in taken)


def _mirrored(index: int) -> float:
    """Return the digits of a number in base two behind the point, in reverse."""
    result, weight = 0.0, 0.5
    while index:
        index, digit = divmod(index, 2)
        result, weight = result + digit * weight, weight / 2
    return result


def is_battery(system: System) -> bool:
    """Return whether a system is air defence that can fire at all."""
    magazine = system.figures.get("magazine")
    return system.kind == "air_defence" and magazine is not None and magazine.support[1] > 0


def merged(*patches: Patch) -> Patch:
    """Return several patches of one lever as one; of each kind of scenario the last is kept."""
    scenarios = {kind: scenario for patch in patches for kind, scenario in patch.scenarios.items()}
    return Patch(scenarios, tuple(change for patch in patches for change in patch.changes))
