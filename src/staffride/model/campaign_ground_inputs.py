"""The ground half of a campaign scenario in arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.campaign_parameters import LEVELS
from staffride.model.campaign_state import Codes, Flags, Floats, Records, records
from staffride.model.ground_state import (
    FORMATION,
    GOAL,
    GROUNDS,
    KINDS_OF_FORMATION,
    NOWHERE,
    SITE,
    STANCES,
    TASKS,
    WAY,
    WAYS,
    Theatre,
)
from staffride.scenario.schema import Scenario

CELL_KM, FARTHEST_KM = 1.0, 12.0
"""Grid on which the areas of places are counted, and how far from a place its area reaches."""


class Share(NamedTuple):
    """A level that is a part of another: civilians of one place among those that a parameter gives for several."""

    of: int
    part: float


class GroundInputs(NamedTuple):
    """The ground half in arrays.

    Attributes
    ----------
    theatre
        What the scenario fixes.
    levels, shares
        Names of the parameters behind the columns of the levels; the columns after them are parts of these.
    formation_on, goal_on, source_on
        (V, F), (V, G), (V, D): who takes part, and what stands, in each variant.
    """

    theatre: Theatre
    levels: tuple[str, ...]
    shares: tuple[Share, ...]
    formation_on: Flags
    goal_on: Flags
    source_on: Flags


def compile_ground(
    scenario: Scenario, strengths: Sequence[str], places: Records, zones: Codes
) -> GroundInputs:
    """Put the ground half of a checked scenario into arrays; without formations they are empty.

    Parameters
    ----------
    strengths
        Names of the columns of strengths.
    places, zones
        Records `PLACE` (P,), and the zone of each place (P,).
    """
    levels = _levels(scenario)
    column = {name: at for at, name in enumerate(levels)}
    sites, shares = _sites(scenario, places, zones, column)
    ways = _ways(scenario, places)
    goals, needs, axes = _goals(scenario)
    first, ends, by = _neighbours(ways, len(scenario.places))
    formations = _formations(scenario, strengths, column, axes)
    walkers = _walkers(formations, len(axes))
    source_place, source_side, source_level = _sources(scenario, column)
    strike_hour, strike_place, strike_side, strike_munitions = _strikes(scenario)
    theatre = Theatre(
        formations, sites, ways, goals, needs, first, ends, by, _attached(scenario), len(axes), walkers,
        source_place, source_side, source_level, strike_hour, strike_place, strike_side, strike_munitions,
        _truces(scenario), _handed(scenario),
    )  # fmt: skip
    return GroundInputs(theatre, levels, shares, *_present(scenario))


def levels_of(row: Floats, shares: Sequence[Share]) -> Floats:
    """Return the levels of all replications (R, L) with the parts of them after them, (R, L + parts).

    Equation: ``part x level``. Units: those of the level. Source: definition. Limits: parts of one level sum to 1.
    """
    parts = [row[:, share.of] * share.part for share in shares]
    return np.column_stack([row, *parts]) if parts else row


def _codes(values: Iterable[int]) -> NDArray[np.int32]:
    return np.array(list(values), np.int32)


def _levels(scenario: Scenario) -> tuple[str, ...]:
    return tuple(name for name in scenario.parameters if name.startswith(LEVELS))


def _place_at(scenario: Scenario) -> dict[str, int]:
    return {place.id: at for at, place in enumerate(scenario.places)}


def _sites(
    scenario: Scenario, places: Records, zones: Codes, column: dict[str, int]
) -> tuple[Records, tuple[Share, ...]]:
    """Return the records `SITE`, and the parts of levels that are the civilians of places."""
    rows, sides = scenario.places, scenario.sides
    if not scenario.formations:
        return records(len(rows), SITE, x_km=places.x_km, y_km=places.y_km), ()
    holder = _codes(sides.index(row.held_by) if row.held_by else NOWHERE for row in rows)
    value = np.array([row.value for row in rows])
    for side in range(2):
        whole = value[holder == side].sum()
        value[holder == side] /= whole if whole > 0.0 else 1.0
    people, shares = _people(scenario, len(column), column)
    sites = records(
        len(rows), SITE, holder=holder, zone=zones, value=value, area_km2=cell_areas_km2(places),
        ground=_codes(GROUNDS.index(row.ground or "rolling") for row in rows),
        line=_codes(row.line for row in rows), fortification=np.array([row.fortification for row in rows]),
        civilians_0=people[0], civilians_1=people[1],
        x_km=places.x_km, y_km=places.y_km, height_m=places.elevation_m,
    )  # fmt: skip
    return sites, shares


def _people(
    scenario: Scenario, first: int, column: dict[str, int]
) -> tuple[NDArray[np.int32], tuple[Share, ...]]:
    """Return the column of the levels with the civilians of each side at each place (2, P), and the parts."""
    sums: dict[str, float] = {}
    for row in scenario.civilians:
        sums[row.civilians] = sums.get(row.civilians, 0.0) + row.weight
    at, shares = _place_at(scenario), list[Share]()
    people = np.full((2, len(scenario.places)), NOWHERE, np.int32)
    for row in scenario.civilians:
        people[scenario.sides.index(row.side), at[row.place]] = first + len(shares)
        shares.append(Share(column[row.civilians], row.weight / sums[row.civilians]))
    return people, tuple(shares)


def cell_areas_km2(places: Records) -> Floats:
    """Return the area that is nearest to each place, no farther than 12 km from it.

    Equation: cells of a grid of 1 km by the nearest place. Units: km2.
    Source: Voronoi (1908); the design of a map of control. Limits: areas come in whole square kilometres.
    """
    margin = FARTHEST_KM
    east = np.arange(places.x_km.min() - margin, places.x_km.max() + margin, CELL_KM)
    north = np.arange(places.y_km.min() - margin, places.y_km.max() + margin, CELL_KM)
    areas = np.zeros(places.size)
    for row in north:
        apart = (east[:, None] - places.x_km) ** 2 + (row - places.y_km) ** 2
        nearest = apart.argmin(axis=1)
        near = apart.min(axis=1) <= FARTHEST_KM**2
        np.add.at(areas, nearest[near], CELL_KM**2)
    return areas


def _ways(scenario: Scenario, places: Records) -> Records:
    rows, at = scenario.ways, _place_at(scenario)
    unit_at = {unit.id: number for number, unit in enumerate(scenario.units)}
    a, b = _codes(at[row.from_place] for row in rows), _codes(at[row.to_place] for row in rows)
    climbs = [row.climb_m for row in rows]
    by_grid = [places.elevation_m[end] - places.elevation_m[start] for start, end in zip(a, b, strict=True)]
    return records(
        len(rows), WAY, a=a, b=b,
        kind=_codes(WAYS.index(row.kind) for row in rows),
        ground=_codes(GROUNDS.index(row.ground) for row in rows),
        line=_codes(row.line for row in rows),
        bridge=_codes(NOWHERE if row.bridge is None else unit_at[row.bridge] for row in rows),
        ditch=np.array([row.ditch for row in rows], np.bool_),
        length_km=np.array([row.length_km for row in rows]),
        climb_m=np.array([g if own is None else own for own, g in zip(climbs, by_grid, strict=True)]),
        mines=np.array([row.mines for row in rows]),
        capacity_t=np.array([row.supply_t_per_day for row in rows]),
    )  # fmt: skip


def _neighbours(ways: Records, places: int) -> tuple[Codes, Codes, Codes]:
    """Return the ways of each place: where they begin in the lists, the places they lead to, and the ways."""
    ends: list[list[tuple[int, int]]] = [[] for _ in range(places)]
    for way in range(ways.size):
        ends[ways.a[way]].append((way, int(ways.b[way])))
        ends[ways.b[way]].append((way, int(ways.a[way])))
    first = np.cumsum([0, *(len(row) for row in ends)]).astype(np.int32)
    pairs = [pair for row in ends for pair in row]
    return first, _codes(far for _, far in pairs), _codes(way for way, _ in pairs)


def _goals(scenario: Scenario) -> tuple[Records, Flags, tuple[str, ...]]:
    """Return the records `GOAL` in the order of axes and ranks, what each needs, and the names of the axes."""
    named = [row.axis for row in scenario.formations if row.axis]
    axes = tuple(dict.fromkeys([*(row.axis for row in scenario.goals), *named]))
    rows, at = ordered_goals(scenario), _place_at(scenario)
    needs = np.array([[place.id in row.when_held for place in scenario.places] for row in rows], np.bool_)
    goals = records(
        len(rows), GOAL,
        side=_codes(scenario.sides.index(row.side) for row in rows),
        axis=_codes(axes.index(row.axis) for row in rows),
        task=_codes(TASKS.index(row.task) for row in rows),
        place=_codes(at[row.place] for row in rows),
        rank=_codes(row.rank for row in rows),
        ratio=np.array([row.when_ratio for row in rows]),
        after_h=np.array([row.after_h for row in rows]),
        caution=np.array([row.caution for row in rows]),
    )  # fmt: skip
    return goals, needs.reshape(len(rows), len(scenario.places)), axes


def ordered_goals(scenario: Scenario) -> list[Any]:
    """Return the rows of goals by rank; those of equal rank as they are written.

    Equation: stable order by rank. Units: none. Source: definition. Limits: ranks of different axes do not compare.
    """
    return sorted(scenario.goals, key=lambda row: row.rank)


def _formations(
    scenario: Scenario, strengths: Sequence[str], column: dict[str, int], axes: tuple[str, ...]
) -> Records:
    rows, at = scenario.formations, _place_at(scenario)
    start, end = parts_of_line([(row.strength, row.weight) for row in rows])

    def level(name: str | None) -> int:
        return NOWHERE if name is None else column[name]

    return records(
        len(rows), FORMATION, share_from=start, share_to=end,
        side=_codes(scenario.sides.index(row.side) for row in rows),
        kind=_codes(KINDS_OF_FORMATION.index(row.kind) for row in rows),
        place=_codes(at[row.place] for row in rows),
        axis=_codes(NOWHERE if row.axis is None else axes.index(row.axis) for row in rows),
        stance=_codes(STANCES.index(row.stance) for row in rows),
        strength=_codes(strengths.index(row.strength) for row in rows),
        contact=_codes(level(row.contact) for row in rows),
        quality=_codes(level(row.quality) for row in rows),
        turnout=_codes(level(row.turnout) for row in rows),
        arrival=_codes(level(row.arrival) for row in rows),
    )  # fmt: skip


def parts_of_line(rows: Sequence[tuple[str, float]]) -> tuple[Floats, Floats]:
    """Return where each row's part of its total begins and ends, on a line from 0 to 1 for each total.

    Equation: cumulated weights over their sum. Units: none. Source: definition. Limits: in the order of the rows.
    """
    sums: dict[str, float] = {}
    for name, weight in rows:
        sums[name] = sums.get(name, 0.0) + weight
    reached = dict.fromkeys(sums, 0.0)
    start, end = np.empty(len(rows)), np.empty(len(rows))
    for at, (name, weight) in enumerate(rows):
        start[at] = reached[name] / sums[name]
        reached[name] += weight
        end[at] = reached[name] / sums[name]
    return start, end


def _walkers(formations: Records, axes: int) -> Flags:
    """Return whether each axis has formations that use foot paths."""
    on_foot = {KINDS_OF_FORMATION.index(kind) for kind in ("special", "mountain")}
    found = [axis for axis, kind in zip(formations.axis, formations.kind, strict=True) if kind in on_foot]
    return np.array([axis in found for axis in range(axes)], np.bool_)


def _attached(scenario: Scenario) -> NDArray[np.int32]:
    at = {row.id: number for number, row in enumerate(scenario.formations)}
    return _codes(NOWHERE if unit.formation is None else at[unit.formation] for unit in scenario.units)


def _sources(scenario: Scenario, column: dict[str, int]) -> tuple[Codes, Codes, Codes]:
    at = _place_at(scenario)
    return (
        _codes(at[row.place] for row in scenario.supplies),
        _codes(scenario.sides.index(row.side) for row in scenario.supplies),
        _codes(column[row.delivery] for row in scenario.supplies),
    )


def _strikes(scenario: Scenario) -> tuple[Floats, Codes, Codes, Floats]:
    """Return hour, place, side and munitions of the given strikes on towns, in the order of time."""
    rows, at = sorted(scenario.given(scenario.city_strikes), key=lambda row: row.time), _place_at(scenario)
    return (
        np.array([scenario.period.hour_of(row.time) for row in rows], float),
        _codes(at[row.place] for row in rows),
        _codes(scenario.sides.index(row.side) for row in rows),
        np.array([row.munitions_middle for row in rows], float),
    )


def _truces(scenario: Scenario) -> Floats:
    rows = scenario.given(scenario.truces)
    return np.array(sorted(scenario.period.hour_of(row.time) for row in rows), float)


def _handed(scenario: Scenario) -> Floats:
    """Return the days after a ceasefire at which each place is handed over, or minus one."""
    days = {row.place: row.days for row in scenario.terms}
    return np.array([days.get(place.id, -1.0) for place in scenario.places])


def _present(scenario: Scenario) -> tuple[Flags, Flags, Flags]:
    """Return who takes part in each variant: (V, F), (V, G) and (V, D)."""
    without = [set(scenario.off)]
    without += [(set(scenario.off) | set(one.off)) - set(one.on) for one in scenario.variants]

    def on(rows: Sequence[Any]) -> Flags:
        flags = np.array([[not off & set(row.groups) for row in rows] for off in without], np.bool_)
        return flags.reshape(len(without), len(rows))

    return on(scenario.formations), on(ordered_goals(scenario)), on(scenario.supplies)
