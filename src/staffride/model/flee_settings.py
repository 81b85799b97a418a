"""Settings of Flee's rules: what of a ``simsetting.yml`` is honoured, and Flee's quirks as named options.

Nothing is ignored in silence: `settings_of` names every key that it does not know, and every key that it knows and
whose wish it cannot meet.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from staffride.errors import InputError, Problem, nearest


@dataclass(frozen=True)
class Quirks:
    """What Flee does that its description does not say or that its users would not expect; all off by default.

    Attributes
    ----------
    daily_budget_restarts
        Each new link of a day starts with a whole day's distance, so that 700 km can be gone at 360 km a day. Off: what
        is left of the day.
    stock_counts_twice
        People who are in a camp on day 0 lower its capacity, and then count as its occupants too; a camp whose capacity
        they use up is without limit. Off: they are occupants.
    zero_awareness_stays
        With awareness 0 nobody ever leaves. Off: people leave by a link drawn at random.
    link_closures_do_nothing
        Closures of kind ``link`` have no effect. Off: the link is closed.
    location_closure_takes_all_links
        A closure of kind ``location`` that names two places closes every link of the first. Off: those between the two.
    forced_redirection_does_nothing
        A redirection of people who leave a hub has no effect. Off: they all take the link that it names.
    first_intensity_stays
        While a conflict lasts, later changes of its intensity are not seen. Off: they are.
    sums_take_next_report
        Where a camp's series is a sum of several files, a day on which one of them reports takes the next report of the
        others. Off: each is a straight line between its own reports.
    people_cut_per_camp
        Each camp's count is cut to whole agents before the camps are summed. Off: the sum is rounded.
    sinks_key_does_nothing
        The documented key ``camps_are_sinks`` has no effect, as the program reads another one. Off: nobody leaves a
        camp where it is set.
    """

    daily_budget_restarts: bool = False
    stock_counts_twice: bool = False
    zero_awareness_stays: bool = False
    link_closures_do_nothing: bool = False
    location_closure_takes_all_links: bool = False
    forced_redirection_does_nothing: bool = False
    first_intensity_stays: bool = False
    sums_take_next_report: bool = False
    people_cut_per_camp: bool = False
    sinks_key_does_nothing: bool = False

    @classmethod
    def all_on(cls) -> Quirks:
        """Return Flee as it runs: what a comparison with its own output needs."""
        return cls(**{field.name: True for field in fields(cls)})


@dataclass(frozen=True)
class FleeSettings:
    """Flee's settings, by the names and with the defaults of its ``simsetting.yml`` where nothing else is said.

    Attributes
    ----------
    people_per_agent
        Persons whom one agent stands for (``hasten``).
    take_from_population
        Those who flee lower the population of their zone, and with it how many later ones start there.
    insert_day0
        Camps hold on day 0 whom the reports of that day count.
    camps_are_sinks
        Nobody leaves a camp.
    sum_from_camps
        The number of displaced is the sum over camps; else the reported total, where there is one.
    conflict_spawn_decay, conflict_spawn_decay_interval
        Weight of a zone by the number of intervals (days) since its conflict began; the last one is kept.
    conflict_spawn, displaced_per_conflict_day
        How many flee: ``reports`` (as many as are reported), ``constant`` or ``poisson`` (persons per zone and day in
        full conflict), ``pop_ratio`` (share of the population).
    flood_spawn, displaced_per_flood_day
        The same for zones in flood, by the level of the flood, from 0 up.
    max_move_speed, max_walk_speed
        Kilometres a day by vehicle and on foot.
    start_on_foot
        The first link of a journey is walked.
    foreign_weight, camp_weight, conflict_weight
        Factors of a place's score abroad, as a camp, and in full conflict.
    conflict_movechance, camp_movechance, idpcamp_movechance, default_movechance
        Chance a day to leave a place in conflict, a camp, a camp of the internally displaced, another place.
    movechance_pop_base, movechance_pop_scale_factor
        Persons and exponent with which the chance grows with the size of a place.
    awareness_level
        Links ahead that people know.
    capacity_buffer, capacity_scaling
        Share of a camp's capacity up to which it is as attractive as when empty, and factor of all capacities.
    avoid_short_stints
        People go on through towns while they have travelled less than half a day of late.
    softening, weight_softening, distance_power, weight_power
        Of the weight of a route: kilometres added, score added, power of distance, power of the whole.
    pruning_threshold
        Routes that weigh less than the best divided by this are left out, where it is above 1.
    fixed_routes
        Weights of routes do not regard how full a camp is.
    flee_when_starving, avoid_food_deprived_locations
        Food crisis raises the chance to leave, and lowers a place's score.
    flood_movechances, flood_loc_weights
        Chance to leave a place in flood, and factor of its score, by the level of the flood, from 0 up.
    """

    people_per_agent: int = 1
    take_from_population: bool = False
    insert_day0: bool = True
    camps_are_sinks: bool = False
    sum_from_camps: bool = True
    conflict_spawn_decay: tuple[float, ...] = (1.0,)
    conflict_spawn_decay_interval: int = 30
    conflict_spawn: str = "reports"
    displaced_per_conflict_day: float = 500.0
    flood_spawn: str = "reports"
    displaced_per_flood_day: tuple[float, ...] = ()
    max_move_speed: float = 360.0
    max_walk_speed: float = 35.0
    start_on_foot: bool = False
    foreign_weight: float = 1.0
    camp_weight: float = 1.0
    conflict_weight: float = 0.316
    conflict_movechance: float = 1.0
    camp_movechance: float = 0.001
    idpcamp_movechance: float = 0.1
    default_movechance: float = 0.3
    movechance_pop_base: float = 10_000.0
    movechance_pop_scale_factor: float = 0.0
    awareness_level: int = 1
    capacity_buffer: float = 0.9
    capacity_scaling: float = 1.0
    avoid_short_stints: bool = False
    softening: float = 10.0
    weight_softening: float = 0.0
    distance_power: float = 1.0
    weight_power: float = 1.0
    pruning_threshold: float = 1.0
    fixed_routes: bool = False
    flee_when_starving: bool = False
    avoid_food_deprived_locations: bool = False
    flood_movechances: tuple[float, ...] = ()
    flood_loc_weights: tuple[float, ...] = ()


class FleeSettingsReading(NamedTuple):
    """What came of reading a mapping of settings.

    Attributes
    ----------
    settings
        Those that are honoured.
    unknown
        Keys that Flee does not know either, with the nearest one that it knows: most are slips of the pen.
    unsupported
        Keys that Flee knows and whose values are not honoured here.
    """

    settings: FleeSettings
    unknown: tuple[str, ...]
    unsupported: tuple[str, ...]


MODES = ("constant", "poisson", "pop_ratio")


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise ValueError("True or False")


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise ValueError("a number") from None


def _whole(value: object) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError("a whole number")
    return int(number)


def _numbers(value: object) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("a list of numbers")
    return tuple(_number(one) for one in value)


def _mode(value: object) -> str:
    if value not in MODES:
        raise ValueError(" or ".join(MODES))
    return str(value)


_PARSERS: dict[str, Callable[[object], Any]] = {
    "bool": _truth,
    "int": _whole,
    "float": _number,
    "tuple[float, ...]": _numbers,
    "str": _mode,
}
_SECTIONS = {
    "spawn_rules": (
        "take_from_population", "insert_day0", "camps_are_sinks", "sum_from_camps", "conflict_spawn_decay",
        "conflict_spawn_decay_interval",
    ),
    "move_rules": (
        "max_move_speed", "max_walk_speed", "start_on_foot", "foreign_weight", "camp_weight", "conflict_weight",
        "conflict_movechance", "camp_movechance", "idpcamp_movechance", "default_movechance", "movechance_pop_base",
        "movechance_pop_scale_factor", "awareness_level", "capacity_buffer", "capacity_scaling", "avoid_short_stints",
        "softening", "weight_softening", "distance_power", "weight_power", "pruning_threshold", "fixed_routes",
        "flee_when_starving", "avoid_food_deprived_locations",
    ),
}  # fmt: skip
_HONOURED = {f"{section}.{name}": name for section, names in _SECTIONS.items() for name in names} | {
    "spawn_rules.conflict_driven_spawning.spawn_mode": "conflict_spawn",
    "spawn_rules.conflict_driven_spawning.displaced_per_conflict_day": "displaced_per_conflict_day",
    "spawn_rules.flood_driven_spawn_mode.spawn_mode": "flood_spawn",
    "spawn_rules.flood_driven_spawn_mode.displaced_per_flood_day": "displaced_per_flood_day",
    "move_rules.flood_rules.flood_movechances": "flood_movechances",
    "move_rules.flood_rules.flood_loc_weights": "flood_loc_weights",
    "optimisations.hasten": "people_per_agent",
}
"""Every key that is honoured, with the name of its setting."""

_LOWEST: Mapping[str, float] = {
    "people_per_agent": 1,
    "max_move_speed": 0,
    "max_walk_speed": 0,
    "conflict_movechance": 0,
    "camp_movechance": 0,
    "idpcamp_movechance": 0,
    "default_movechance": 0,
    "capacity_buffer": 0,
    "capacity_scaling": 0,
    "foreign_weight": 0,
    "camp_weight": 0,
    "conflict_weight": 0,
    "softening": 0,
    "displaced_per_conflict_day": 0,
}
"""The lowest value of a setting that has a meaning only from there on."""

_NEUTRAL: dict[str, tuple[object, ...]] = {
    "number_of_steps": (-1,),
    "conflict_input_file": ("",),
    "flood_level_input_file": ("",),
    "default_conflict_intensity": (1, 1.0),
    "spawn_rules.empty_camps_on_day0": (False,),
    "spawn_rules.conflict_zone_spawning_only": (True,),
    "spawn_rules.flood_zone_spawning_only": (False,),
    "spawn_rules.camps_are_sicks": (False,),
    "spawn_rules.read_from_agents_csv_file": (False,),
    "spawn_rules.starvation_driven_spawning": (False,),
    "move_rules.use_v1_rules": (False,),
    "move_rules.stay_close_to_home": (False,),
    "move_rules.use_pop_for_loc_weight": (False,),
    "move_rules.two_system_decision_making": (False, 0, 0.0),
    "move_rules.use_economic_pull": (False,),
    "move_rules.harvest_months": ([],),
    "move_rules.ChildrenAvoidHazards": (False,),
    "move_rules.WomenAvoidHazards": (False,),
    "move_rules.ElderlyAvoidHazards": (False,),
    "move_rules.BoysTakeRisk": (False,),
    "move_rules.MatchCampReligion": (False,),
    "move_rules.MatchCampEthnicity": (False,),
    "move_rules.MatchTownEthnicity": (False,),
    "move_rules.MatchConflictEthnicity": (False,),
    "move_rules.flood_rules.flood_link_weights": (),
    "move_rules.flood_rules.flood_forecaster": (False,),
}
"""Keys whose rules are not part of this program, with the values at which they do nothing."""

_WITHOUT_EFFECT = (
    "log_levels",
    "spawn_rules.average_social_connectivity",
    "move_rules.max_crossing_speed",
    "move_rules.home_distance_power",
    "move_rules.pop_power_for_loc_weight",
    "move_rules.avg_religion_fraction",
    "move_rules.flood_rules.max_flood_level",
    "move_rules.flood_rules.flood_forecaster_timescale",
    "move_rules.flood_rules.flood_forecaster_weights",
    "move_rules.flood_rules.flood_forecaster_end_time",
    "move_rules.flood_rules.flood_awareness_weights",
)
"""Keys that change nothing by themselves: of logs, or of rules that another key switches on."""


def settings_of(mapping: Mapping[str, object], lines: Mapping[str, int] | None = None) -> FleeSettingsReading:
    """Return the settings of a parsed ``simsetting.yml``, with what of it is not known or not honoured.

    Parameters
    ----------
    mapping
        Sections, keys and values as they are written.
    lines
        On which line each key stands, with points between its parts.

    Raises
    ------
    InputError
        With every value of a wrong type.
    """
    values: dict[str, Any] = {}
    unknown, unsupported, problems = [], [], []
    types = {field.name: str(field.type) for field in fields(FleeSettings)}
    for key, value in _leaves(mapping, ""):
        if name := _HONOURED.get(key):
            try:
                values[name] = _in_range(name, _PARSERS[types[name]](value))
            except ValueError as wrong:
                line = (lines or {}).get(key)
                problems.append(Problem(f"{key} is {value!r}", "simsetting.yml", line, expected=str(wrong)))
        elif key in _NEUTRAL:
            unsupported += [] if value in _NEUTRAL[key] else [key]
        elif not any(key == one or key.startswith(f"{one}.") for one in _WITHOUT_EFFECT):
            near = nearest(key, [*_HONOURED, *_NEUTRAL, *_WITHOUT_EFFECT])
            unknown.append(f"{key}: {near}" if near else key)
    if problems:
        raise InputError(problems)
    return FleeSettingsReading(FleeSettings(**values), tuple(unknown), tuple(unsupported))


def _in_range(name: str, value: object) -> object:
    """Return a value that has a meaning.

    Raises
    ------
    ValueError
        With what was expected.
    """
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise ValueError("a finite number")
        if value < _LOWEST.get(name, -math.inf):
            raise ValueError(f"a number from {_LOWEST[name]:g} up")
    return value


def _leaves(mapping: Mapping[str, object], before: str) -> Iterator[tuple[str, object]]:
    """Yield every value with the dotted path of its key."""
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        elif value is not None and str(value).lower() != "none":
            yield f"{before}{key}", value
