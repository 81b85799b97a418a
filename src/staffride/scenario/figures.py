"""The figures that a system can have: name, unit, meaning, limits, and which kinds of system have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

SystemKind: TypeAlias = Literal[
    "air_defence",
    "tube_artillery",
    "rocket_artillery",
    "ballistic_missile",
    "cruise_missile",
    "armed_drone",
    "loitering_munition",
    "decoy_aircraft",
    "strike_aircraft",
    "helicopter",
    "jammer",
    "navigation_jammer",
    "early_warning",
    "armour",
    "vehicle",
    "anti_tank",
    "infantry_weapon",
    "mine",
    "command",
    "depot",
    "bridge",
    "troops",
]
Layer: TypeAlias = Literal["portable", "gun", "short", "medium", "long"]
Guidance: TypeAlias = Literal[
    "none", "inertial", "satellite", "laser", "seeker", "command", "home_on_emission"
]
Threat: TypeAlias = Literal["aircraft", "drone", "munition", "missile"]
"""What flies at a target, by the classes for which air defence has kill probabilities."""

TargetClass: TypeAlias = Literal[
    "air_defence",
    "artillery",
    "rocket_artillery",
    "missile",
    "jammer",
    "early_warning",
    "command",
    "armour",
    "vehicle",
    "depot",
    "bridge",
    "troops",
]

KINDS: tuple[str, ...] = get_args(SystemKind)
THREATS: tuple[str, ...] = get_args(Threat)
TARGET_CLASSES: tuple[str, ...] = get_args(TargetClass)

CRUISE = ("cruise_missile", "armed_drone", "loitering_munition")
CREWED = ("decoy_aircraft", "strike_aircraft", "helicopter")
FLYERS = ("ballistic_missile", *CRUISE, *CREWED)
"""Kinds that fly at a target themselves, so that air defence can engage them: each needs a threat class."""

INDIRECT = ("tube_artillery", "rocket_artillery")
DIRECT = ("anti_tank", "infantry_weapon", "armour")
ARMED = (*INDIRECT, "ballistic_missile", *CRUISE, "strike_aircraft", "helicopter")
"""Kinds that strike from afar: each needs a reach and a hit probability."""

SHOOTERS = (*ARMED, "decoy_aircraft", *DIRECT)
"""Kinds that may have weapon figures, and so orders; a decoy aircraft flies a mission without a weapon."""

AT_TROOPS = ("armed_drone", "loitering_munition", "strike_aircraft", "helicopter")
"""Kinds whose orders may name soldiers: what shells and rockets do to them is in the law of battle already."""

_SENSORS = (*CRUISE, *CREWED, "early_warning")
_JAMMERS = ("jammer", "navigation_jammer")
_CARRIERS = (*_JAMMERS, "armed_drone", "strike_aircraft", "helicopter", "decoy_aircraft")
_LISTENERS = (*_SENSORS, "jammer", "command")
_RADARS = ("air_defence", "early_warning")
_AIR_DEFENCE = ("air_defence",)
_LOADED = (*_AIR_DEFENCE, *INDIRECT, "ballistic_missile", "cruise_missile")
_LINKED = (*FLYERS, "rocket_artillery", "anti_tank", "early_warning")


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """What is known of one figure of a system before anyone gives it.

    Parameters
    ----------
    name
        Its name under ``figures``.
    unit
        The unit in which the model reads it.
    meaning
        One line in plain words.
    low, high
        The least and greatest value that makes sense; ``None`` for no limit.
    kinds
        The kinds of system that may have it.
    required_for
        The kinds of system that must have it.
    """

    name: str
    unit: str
    meaning: str
    low: float | None = 0.0
    high: float | None = None
    kinds: tuple[str, ...] = KINDS
    required_for: tuple[str, ...] = ()


_FLIGHT = (
    FigureSpec("speed", "km/h", "speed of flight", 1, 30_000, (*SHOOTERS, "early_warning"), FLYERS),
    FigureSpec("altitude", "m", "usual height above ground", 0, 300_000, _LINKED, FLYERS),
    FigureSpec("ceiling", "m", "greatest height", 0, 300_000, _LINKED),
    FigureSpec(
        "height_above_sea",
        "m",
        "height above the sea that it keeps over all ground, at most `altitude` above that",
        0,
        300_000,
        _LINKED,
    ),
    FigureSpec("radar_cross_section", "m2", "radar cross-section", 1e-6, 1e4, _LINKED, FLYERS),
    FigureSpec(
        "reach",
        "km",
        "how far it strikes",
        0,
        20_000,
        (*SHOOTERS, "early_warning"),
        (*ARMED, "decoy_aircraft"),
    ),
    FigureSpec("stand_off", "km", "how far before its target it releases its weapon", 0, 2000, FLYERS),
    FigureSpec("endurance", "h", "time that it can stay in the air", 0, 1000, _SENSORS),
    FigureSpec("munitions", "1", "weapons carried, each for one shot", 0, 1000, SHOOTERS),
    FigureSpec(
        "hit_probability",
        "1",
        "chance of a hit on a found, soft, still target, undisturbed",
        0,
        1,
        (*ARMED, *DIRECT, "mine", "decoy_aircraft"),
        ARMED,
    ),
    FigureSpec("accuracy", "m", "circular error probable", 0, 50_000, (*ARMED, *DIRECT)),
    FigureSpec("link_dependence", "1", "share of its work that needs its data link", 0, 1, _LINKED),
    FigureSpec(
        "navigation_dependence", "1", "share of its accuracy that needs satellite navigation", 0, 1, _LINKED
    ),
    FigureSpec(
        "sweep_width",
        "km",
        "sweep width when it looks for an open target in clear weather",
        0,
        200,
        (*_SENSORS, *DIRECT, "command"),
    ),
    FigureSpec(
        "weather_limit", "1", "0: flies in any weather, 1: not in fog, 2: nor under low cloud", 0, 2, _LINKED
    ),
    FigureSpec(
        "night_ability", "1", "share of its work that it can do in the dark", 0, 1, (*_LINKED, *DIRECT)
    ),
)

_DEFENCE = (
    FigureSpec("range_min", "km", "least range of engagement", 0, 1000, _AIR_DEFENCE),
    FigureSpec("range_max", "km", "greatest range of engagement", 0, 1000, _AIR_DEFENCE, _AIR_DEFENCE),
    FigureSpec("altitude_min", "m", "least height of a target", 0, 100_000, _AIR_DEFENCE),
    FigureSpec("altitude_max", "m", "greatest height of a target", 0, 100_000, _AIR_DEFENCE, _AIR_DEFENCE),
    FigureSpec("channels", "1", "threats that it engages at a time", 0, 1000, _AIR_DEFENCE, _AIR_DEFENCE),
    FigureSpec(
        "engagement_time", "s", "time that one engagement takes", 0.1, 3600, _AIR_DEFENCE, _AIR_DEFENCE
    ),
    FigureSpec(
        "reaction_time", "s", "time from detection to the first shot", 0, 3600, _AIR_DEFENCE, _AIR_DEFENCE
    ),
    FigureSpec("magazine", "1", "rounds ready to fire", 0, 2000, _AIR_DEFENCE, _AIR_DEFENCE),
    FigureSpec("reload_time", "h", "time to fill an empty magazine", 0, 240, _LOADED),
    FigureSpec("salvo", "1", "rounds fired at one threat at a time", 1, 1000, _AIR_DEFENCE),
    FigureSpec("detection_range", "km", "radar range on 1 m2", 0, 2000, _RADARS),
    FigureSpec("antenna_height", "m", "height of the antenna above ground", 0, 20_000, (*_RADARS, *_JAMMERS)),
    *(
        FigureSpec(
            f"kill_probability_{threat}",
            "1",
            f"chance that a round kills one {threat}",
            0,
            1,
            _AIR_DEFENCE,
            _AIR_DEFENCE,
        )
        for threat in THREATS
    ),
    FigureSpec("displacement_time", "h", "time to leave its position", 0, 240),
)

_JAMMING = (
    FigureSpec("jamming_range", "km", "how far it jams", 0, 2000, _CARRIERS, _JAMMERS),
    FigureSpec("noise_rise", "dB", "rise of the noise of a radar in its range", 0, 100, _CARRIERS),
    FigureSpec("link_loss", "1", "chance that a data link in its range is lost", 0, 1, _CARRIERS),
    FigureSpec(
        "position_error",
        "m",
        "error of satellite navigation in its range",
        0,
        50_000,
        _CARRIERS,
        ("navigation_jammer",),
    ),
    FigureSpec("false_targets", "1", "mean number of false targets an hour on a radar", 0, 10_000, _CARRIERS),
)

_SENSING = (
    FigureSpec(
        "emitter_search_rate",
        "1/h",
        "rate at which it finds an emitter that is on all the time",
        0,
        1000,
        _LISTENERS,
    ),
    FigureSpec(
        "warning_range",
        "km",
        "how far it sees what flies",
        0,
        2000,
        ("early_warning", "command"),
        ("early_warning",),
    ),
)

_AS_TARGET = (
    FigureSpec("staying_power", "1", "hits that put one element out of action", 0.01, 1000),
    FigureSpec("signature", "1", "factor on the sweep width of whoever looks for it", 0, 100),
)

FIGURES: tuple[FigureSpec, ...] = (*_FLIGHT, *_DEFENCE, *_JAMMING, *_SENSING, *_AS_TARGET)
"""Every figure that a system can have, in a fixed order."""

FIGURE: Mapping[str, FigureSpec] = {spec.name: spec for spec in FIGURES}
"""The same by name."""
