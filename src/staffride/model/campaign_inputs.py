"""A campaign scenario in arrays, and the parameters that its replications draw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from staffride.model.campaign_codes import (
    CLASS_OF_KIND,
    CLASSES,
    EMISSIONS,
    EXPENDABLE,
    KINDS,
    RETURNING,
    SHELLS,
    THREATS,
)
from staffride.model.campaign_ground_inputs import GroundInputs, compile_ground, levels_of, parts_of_line
from staffride.model.campaign_parameters import POSTURES
from staffride.model.campaign_state import ORDER, PLACE, UNIT, ZONE, Floats, Ground, Orders, Records, records
from staffride.model.daylight import is_dark
from staffride.model.terrain_mask import visible_ranges_km
from staffride.model.weather import CLEAR, FOG, LOW_CLOUD, NOT_GIVEN
from staffride.scenario.campaign_schema import Order
from staffride.scenario.elevation import elevation
from staffride.scenario.policy import Rule, changed
from staffride.scenario.schema import Scenario

KM_PER_DEGREE = 111.2
BASELINE = "baseline"
SKIES = {"clear": CLEAR, "low_cloud": LOW_CLOUD, "fog": FOG}
Flags = NDArray[np.bool_]


class Override(NamedTuple):
    """One change that a variant or a policy makes: which array, where in a row of it, how, and the limits.

    ``array`` is ``numbers``, ``figures``, ``strengths``, ``tempos`` or ``levels``; ``at`` the index into a row;
    ``rule`` and ``value`` are those of `staffride.scenario.policy.Change`.
    """

    array: str
    at: tuple[int, ...]
    value: float
    rule: Rule = "set"
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class CampaignInputs:
    """A campaign scenario in arrays.

    Attributes
    ----------
    sides
        Ids of the two sides.
    hours
        Length of the period.
    units, orders, ground
        What the scenario fixes.
    systems, strengths, tempos
        Names behind the rows of figures, and of the columns of strengths and tempos.
    variants
        Ids, the baseline first.
    unit_on, order_on
        (V, U) and (V, O): who takes part in each variant.
    afoot
        The ground half; empty in a campaign without formations.
    places
        Ids of the places.
    every_h
        Hours from one value of a series to the next.
    """

    sides: tuple[str, str]
    hours: int
    units: Records
    orders: Orders
    ground: Ground
    systems: tuple[str, ...]
    strengths: tuple[str, ...]
    tempos: tuple[str, ...]
    variants: tuple[str, ...]
    unit_on: Flags
    order_on: Flags
    afoot: GroundInputs
    places: tuple[str, ...]
    every_h: int

    @property
    def has_ground(self) -> bool:
        """Whether there are formations, and so a ground half."""
        return bool(self.afoot.theatre.formations.size)


@dataclass(frozen=True)
class CampaignDraws:
    """What replications 0 .. R - 1 draw before they start.

    Attributes
    ----------
    columns
        Drawn parameters by name, (R,), in the model's units.
    numbers, figures, strengths, tempos, levels
        The same as the model reads them: (R, K), (R, S, F), (R, Q), (R, M), (R, L).
    overrides
        What each variant changes, in the order of the variants.
    """

    columns: dict[str, Floats]
    numbers: Floats
    figures: Floats
    strengths: Floats
    tempos: Floats
    levels: Floats
    overrides: tuple[tuple[Override, ...], ...]

    def of_variant(
        self, inputs: CampaignInputs, variant: int, rows: slice
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return numbers, figures, strengths, tempos and levels of a variant in some rows."""
        names = ("numbers", "figures", "strengths", "tempos", "levels")
        arrays = {name: getattr(self, name)[rows] for name in names}
        touched = {change.array for change in self.overrides[variant]}
        arrays = {name: array.copy() if name in touched else array for name, array in arrays.items()}
        for change in self.overrides[variant]:
            at = (slice(None), *change.at)
            numbers = changed(arrays[change.array][at], change.rule, change.value)
            arrays[change.array][at] = np.clip(numbers, change.low, change.high)
        plain, figures, strengths, tempos, levels = arrays.values()
        return plain, figures, strengths, tempos, levels_of(levels, inputs.afoot.shares)


def compile_campaign(scenario: Scenario) -> CampaignInputs:
    """Put a checked campaign scenario into arrays."""
    systems = tuple(scenario.systems)
    named = [*(unit.strength for unit in scenario.units), *(row.strength for row in scenario.formations)]
    strengths = _distinct(named)
    tempos = _distinct(order.missions for order in scenario.orders)
    units = _units(scenario, systems, strengths)
    unit_on, order_on = _present(scenario)
    ground, zones = _ground(scenario), _zones_of_places(scenario)
    return CampaignInputs(
        sides=scenario.sides,
        hours=scenario.period.hours,
        units=units,
        orders=_orders(scenario, tempos),
        ground=ground,
        systems=systems,
        strengths=strengths,
        tempos=tempos,
        variants=(BASELINE, *(variant.id for variant in scenario.variants)),
        unit_on=unit_on,
        order_on=order_on,
        afoot=compile_ground(scenario, strengths, ground.places, zones),
        places=tuple(place.id for place in scenario.places),
        every_h=scenario.record_every_h,
    )


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _codes(values: Iterable[int]) -> NDArray[np.int32]:
    return np.array(list(values), np.int32)


def _units(scenario: Scenario, systems: Sequence[str], strengths: Sequence[str]) -> Records:
    rows, places = scenario.units, {place.id: place for place in scenario.places}
    place_at = {name: at for at, name in enumerate(places)}
    zone_at = {zone.id: at for at, zone in enumerate(scenario.zones)}
    kinds = [scenario.systems[unit.system].kind for unit in rows]
    threats = [scenario.systems[unit.system].threat for unit in rows]
    start, end = parts_of_line([(unit.strength, unit.weight) for unit in rows])
    return records(
        len(rows),
        UNIT,
        side=_codes(scenario.sides.index(unit.side) for unit in rows),
        system=_codes(systems.index(unit.system) for unit in rows),
        place=_codes(place_at[unit.place] for unit in rows),
        zone=_codes(zone_at[str(places[unit.place].zone)] for unit in rows),
        target_class=_codes(CLASSES.index(CLASS_OF_KIND[kind]) for kind in kinds),
        kind=_codes(KINDS.index(kind) for kind in kinds),
        posture=_codes(POSTURES.index(unit.posture) for unit in rows),
        emission=_codes(EMISSIONS.index(unit.emission) for unit in rows),
        threat=_codes(SHELLS if threat is None else THREATS.index(threat) for threat in threats),
        networked=np.array([unit.networked for unit in rows]),
        expendable=np.array([kind in EXPENDABLE for kind in kinds]),
        returns=np.array([kind in RETURNING for kind in kinds]),
        portable=np.array([scenario.systems[unit.system].layer == "portable" for unit in rows]),
        homing=np.array([scenario.systems[unit.system].guidance == "home_on_emission" for unit in rows]),
        dummies=np.array([unit.dummies_per_element for unit in rows]),
        reconnoitred=np.array([unit.reconnoitred for unit in rows]),
        strength=_codes(strengths.index(unit.strength) for unit in rows),
        share_from=start,
        share_to=end,
    )


def _zones_of_places(scenario: Scenario) -> NDArray[np.int32]:
    at = {zone.id: number for number, zone in enumerate(scenario.zones)}
    return _codes(at[str(place.zone)] for place in scenario.places)


def _orders(scenario: Scenario, tempos: Sequence[str]) -> Orders:
    rows = scenario.orders
    unit_at = {unit.id: at for at, unit in enumerate(scenario.units)}
    packages = _distinct(order.package or order.id for order in rows)
    hour_of = scenario.period.hour_of
    return Orders(
        rows=records(
            len(rows),
            ORDER,
            raid=_codes(packages.index(order.package or order.id) for order in rows),
            unit=_codes(unit_at[order.unit] for order in rows),
            start_h=np.array([hour_of(order.start) for order in rows]),
            end_h=np.array([hour_of(order.end) for order in rows]),
            tempo=_codes(tempos.index(order.missions) for order in rows),
            salvo=np.array([order.arrival == "salvo" for order in rows]),
        ),
        targets=np.array([_targets(order) for order in rows], np.int32).reshape(len(rows), len(CLASSES)),
        zones=np.array(
            [[not order.zones or zone.id in order.zones for zone in scenario.zones] for order in rows]
        ).reshape(len(rows), len(scenario.zones)),
    )


def _targets(order: Order) -> list[int]:
    """Return the codes of the classes that an order names, in its priority, -1 beyond the last."""
    named = [CLASSES.index(one) for one in dict.fromkeys(order.targets)]
    return named + [-1] * (len(CLASSES) - len(named))


def _present(scenario: Scenario) -> tuple[Flags, Flags]:
    """Return who takes part in the baseline and in each variant: (V, U) and (V, O)."""
    without = [set(scenario.off)]
    without += [(set(scenario.off) | set(one.off)) - set(one.on) for one in scenario.variants]
    units = np.array([[not off & set(unit.groups) for unit in scenario.units] for off in without])
    orders = np.array([[not off & set(order.groups) for order in scenario.orders] for off in without])
    return units, orders.reshape(len(without), len(scenario.orders))


def _ground(scenario: Scenario) -> Ground:
    latitude = np.array([place.latitude for place in scenario.places])
    longitude = np.array([place.longitude for place in scenario.places])
    middle = float(latitude.mean()), float(longitude.mean())
    visible, crests, altitudes = visible_ranges_km(latitude, longitude)
    return Ground(
        places=_places(scenario, latitude, longitude, middle),
        zones=_zones(scenario, middle),
        month=_months(scenario),
        dark=_darkness(scenario),
        given_weather=_given_weather(scenario),
        search=_search(scenario),
        search_h=_search_hours(scenario),
        searchers=_searchers(scenario),
        special=_special(scenario),
        visible_km=visible,
        crests_m=crests,
        heights_m=altitudes,
    )


def _places(scenario: Scenario, latitude: Floats, longitude: Floats, middle: tuple[float, float]) -> Records:
    """Return the places on the plane; where the record gives no elevation, that of the grid."""
    known = [place.elevation_m for place in scenario.places]
    grid = elevation().at(latitude, longitude)
    heights = [height if own is None else own for own, height in zip(known, grid, strict=True)]
    x_km, y_km = plane(latitude, longitude, middle)
    return records(len(heights), PLACE, x_km=x_km, y_km=y_km, elevation_m=heights)


def _zones(scenario: Scenario, middle: tuple[float, float]) -> Records:
    zones = scenario.zones
    latitude, longitude = np.array([(zone.latitude, zone.longitude) for zone in zones]).T
    x_km, y_km = plane(latitude, longitude, middle)
    heights, areas = [zone.elevation_m for zone in zones], [zone.area_km2 for zone in zones]
    return records(len(zones), ZONE, x_km=x_km, y_km=y_km, elevation_m=heights, area_km2=areas)


def plane(latitude: Floats, longitude: Floats, middle: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return kilometres east and north of a middle.

    Equation: ``x = 111.2 cos(middle latitude) (longitude - middle)``, ``y = 111.2 (latitude - middle)``.
    Units: degrees; km. Source: equirectangular projection. Limits: under 1 % of distance within 200 km.
    """
    x_km = KM_PER_DEGREE * math.cos(math.radians(middle[0])) * (longitude - middle[1])
    return x_km, KM_PER_DEGREE * (latitude - middle[0])


def _months(scenario: Scenario) -> NDArray[np.int64]:
    zone = ZoneInfo(scenario.period.time_zone)
    hours = range(scenario.period.hours)
    return np.array([scenario.period.time_of(hour).astimezone(zone).month for hour in hours], np.int64)


def _darkness(scenario: Scenario) -> Flags:
    """Return whether it is dark over each zone in each hour, (Z, T)."""
    start, hours = scenario.period.start, scenario.period.hours
    return np.array([is_dark(zone.latitude, zone.longitude, start, hours) for zone in scenario.zones])


def _given_weather(scenario: Scenario) -> NDArray[np.int8]:
    """Return the sky that is given before the cut-off, (Z, T), or `NOT_GIVEN`."""
    given = np.full((len(scenario.zones), scenario.period.hours), NOT_GIVEN, np.int8)
    zone_of = {place.id: place.zone for place in scenario.places}
    for event in scenario.given(scenario.events):
        if event.kind in SKIES:
            first = max(0, round(scenario.period.hour_of(event.time)))
            last = first + round(event.duration_h or 1.0)
            for at, zone in enumerate(scenario.zones):
                if event.place is None or zone_of[event.place] == zone.id:
                    given[at, first:last] = SKIES[event.kind]
    return given


def _search(scenario: Scenario) -> Floats:
    """Return which part of a unit's search goes to each zone, (U, Z): by area among the zones of its orders.

    Munitions and decoys that are used up do not search before they fly.
    """
    area = {zone.id: zone.area_km2 for zone in scenario.zones}
    zones_of: dict[str, set[str]] = {}
    for order in scenario.orders:
        zones_of.setdefault(order.unit, set()).update(order.zones or area)
    share = np.zeros((len(scenario.units), len(area)))
    for at, unit in enumerate(scenario.units):
        looked_at = zones_of.get(unit.id, set(area))
        whole = sum(area[zone] for zone in looked_at)
        if scenario.systems[unit.system].kind not in EXPENDABLE:
            share[at] = [area[zone] / whole if zone in looked_at else 0.0 for zone in area]
    return share


def _search_hours(scenario: Scenario) -> Floats:
    """Return from when until when each unit searches, (U, 2): over its orders' windows, or all the time without any."""
    hours = np.tile([0.0, float(scenario.period.hours)], (len(scenario.units), 1))
    for at, unit in enumerate(scenario.units):
        windows = [(order.start, order.end) for order in scenario.orders if order.unit == unit.id]
        if windows:
            start, end = min(one for one, _ in windows), max(one for _, one in windows)
            hours[at] = scenario.period.hour_of(start), scenario.period.hour_of(end)
    return hours


def _searchers(scenario: Scenario) -> NDArray[np.int32]:
    """Return the units that look or listen for others."""
    sensing = ("sweep_width", "emitter_search_rate")
    can = {name for name, system in scenario.systems.items() if system.figures.keys() & set(sensing)}
    return _codes(at for at, unit in enumerate(scenario.units) if unit.system in can)


def _special(scenario: Scenario) -> NDArray[np.int32]:
    """Return the units that an hour asks for by class: batteries, jammers, command posts and early warning."""
    asked = {"air_defence", "jammer", "command", "early_warning"}
    classes = [CLASS_OF_KIND[scenario.systems[unit.system].kind] for unit in scenario.units]
    return _codes(at for at, one in enumerate(classes) if one in asked)


def most_missions(inputs: CampaignInputs, strengths: Floats, tempos: Floats) -> int:
    """Return the most missions that one hour of any replication can hold.

    Equation: the sum over orders of ``1 + tempo x elements``, the elements being those at the start and one more for
    rounding. Units: missions. Source: `whole_missions`. Limits: an upper bound; an hour holds a part of each window.
    """
    rows, units = inputs.orders.rows, inputs.units
    share = (units.share_to - units.share_from)[rows.unit]
    elements = strengths[:, units.strength[rows.unit]] * share + 1.0
    return int(np.ceil((1.0 + tempos[:, rows.tempo] * elements).sum(axis=1).max())) + 1
