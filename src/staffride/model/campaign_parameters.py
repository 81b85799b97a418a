"""The parameters of the campaign model: name, unit in which the model reads it, meaning, and limits.

A name with ``{side}`` stands for one parameter a side; a name that ends in ``.*`` for any name with that beginning.
"""

from __future__ import annotations

from collections.abc import Mapping

from staffride.model.control_parameters import CONTROL_SPECS
from staffride.model.ground_parameters import GROUND_SPECS
from staffride.model.infiltration_parameters import INFILTRATION_SPECS
from staffride.model.politics_parameters import POLITICS_SPECS
from staffride.model.supply_parameters import SUPPLY_SPECS
from staffride.scenario.quantity import ParameterSpec

_SPECS = (
    ParameterSpec(
        "weather.low_cloud_share", "1", "share of hours with low cloud at 1,000 m by day in October", 0, 0.98
    ),
    ParameterSpec("weather.fog_share", "1", "share of hours with fog at 1,000 m by day in October", 0, 0.98),
    ParameterSpec("weather.persistence", "h", "mean time for which an air mass stays", 1),
    ParameterSpec("weather.elevation_effect", "1", "log-odds of cloud or fog per 1,000 m of height"),
    ParameterSpec("weather.november_effect", "1", "log-odds of cloud or fog per month after October"),
    ParameterSpec("weather.night_effect", "1", "log-odds of fog in the dark"),
    ParameterSpec("information.{side}.quality", "1", "quality of the network before losses", 0, 1),
    ParameterSpec("information.{side}.fast_delay", "h", "sensor-to-shooter delay of a perfect network", 1e-4),
    ParameterSpec("information.{side}.slow_delay", "h", "sensor-to-shooter delay without a network", 1e-4),
    ParameterSpec("information.{side}.cyber_loss", "1", "loss of network quality on the first day", 0, 1),
    ParameterSpec(
        "information.{side}.outside_warning", "1", "chance that a raid is announced from outside", 0, 1
    ),
    ParameterSpec("detection.posture.hidden", "1", "factor on the sweep width for a hidden target", 0),
    ParameterSpec("detection.posture.dug_in", "1", "factor on the sweep width for a target dug in", 0),
    ParameterSpec("detection.posture.sheltered", "1", "factor on the sweep width for a sheltered target", 0),
    ParameterSpec("detection.posture.open", "1", "factor on the sweep width for a target in the open", 0),
    ParameterSpec("detection.posture.moving", "1", "factor on the sweep width for a moving target", 0),
    ParameterSpec("detection.low_cloud_factor", "1", "factor on the sweep width under low cloud", 0, 1),
    ParameterSpec("detection.fog_factor", "1", "factor on the sweep width in fog", 0, 1),
    ParameterSpec("detection.dwell.emplaced", "h", "mean time that an emplaced unit stays", 1e-3),
    ParameterSpec("detection.dwell.mobile", "h", "mean time that a mobile unit stays", 1e-3),
    ParameterSpec("detection.firing_rate", "1/h", "rate at which a unit that fires is found", 0),
    ParameterSpec("jamming.{side}.counter_jamming", "dB", "noise that the side's radars can bear", 0),
    ParameterSpec("jamming.{side}.link_hardening", "1", "share of jamming that the side's links bear", 0, 1),
    ParameterSpec("jamming.crash_share", "1", "share of flights that crash when their link is lost", 0, 1),
    ParameterSpec(
        "terrain.crest_height", "m", "height of crests that the elevation grid smooths away", 0, 500
    ),
    ParameterSpec("deployment.scatter", "km", "standard deviation of a unit's distance from its place", 0),
    ParameterSpec(
        "air_defence.{side}.readiness", "1", "share of batteries that are manned and on watch", 0, 1
    ),
    ParameterSpec("air_defence.shoot_true", "1", "chance that a true threat is judged worth a shot", 0, 1),
    ParameterSpec("air_defence.shoot_decoy", "1", "chance that a decoy is judged worth a shot", 0, 1),
    ParameterSpec("air_defence.shoot_false", "1", "chance that an electronic false target is shot at", 0, 1),
    ParameterSpec("air_defence.looks", "1", "most engagements of one threat by one battery", 1, 1000),
    ParameterSpec(
        "air_defence.engagement_variability", "1", "0: fixed engagement time, 1: exponential", 0, 1
    ),
    ParameterSpec(
        "air_defence.dwell_variability", "1", "0: fixed time in the envelope, 1: exponential", 0, 1
    ),
    ParameterSpec("air_defence.reloads", "1", "further full loads that a launcher has on the day", 0),
    ParameterSpec(
        "air_defence.cued_reaction", "1", "factor on the reaction time of a battery that is cued", 0, 1
    ),
    ParameterSpec("air_defence.cue_delay", "s", "time until a battery of the network has another's track", 0),
    ParameterSpec("air_defence.blinking_duty", "1", "share of time that a blinking radar is on", 0, 1),
    ParameterSpec("air_defence.blinking_period", "s", "time from one switching on to the next", 0),
    ParameterSpec("fires.protection.hidden", "1", "chance that a hit destroys a hidden target", 0, 1),
    ParameterSpec("fires.protection.dug_in", "1", "chance that a hit destroys a target dug in", 0, 1),
    ParameterSpec("fires.protection.sheltered", "1", "chance that a hit destroys a sheltered target", 0, 1),
    ParameterSpec("fires.protection.open", "1", "chance that a hit destroys a target in the open", 0, 1),
    ParameterSpec("fires.protection.moving", "1", "chance that a hit destroys a moving target", 0, 1),
    ParameterSpec("fires.discrimination", "1", "chance that a dummy is recognised as one", 0, 1),
    ParameterSpec(
        "fires.shells_per_mission", "1", "shells or unguided rockets fired at one aimpoint", 1, 1000
    ),
    ParameterSpec(
        "fires.turnaround", "h", "time on the ground in which an aircraft or drone is armed anew", 0
    ),
    ParameterSpec("fires.spacing", "s", "time between the munitions of a salvo", 0),
    ParameterSpec(
        "strength.*",
        "1",
        "number of elements: launchers, tubes, vehicles, airframes, munitions",
        0,
        1_000_000,
    ),
    ParameterSpec("tempo.*", "1", "missions or munitions an element over the window of an order", 0, 10_000),
    *CONTROL_SPECS,
    *GROUND_SPECS,
    *INFILTRATION_SPECS,
    *SUPPLY_SPECS,
    *POLITICS_SPECS,
    ParameterSpec(
        "contact.*", "1", "share of those present who are in contact when their formation fights", 0, 1
    ),
    ParameterSpec("quality.*", "1", "combat power of a person, relative to a trained soldier", 0, 10),
    ParameterSpec("turnout.*", "1", "share of those called up who come", 0, 1),
    ParameterSpec("arrival.*", "h", "hours after the start at which a formation is there", 0),
    ParameterSpec("delivery.*", "t/day", "what a source of supply can send", 0),
    ParameterSpec("civilians.*", "1", "civilians who live at a place", 0, 10_000_000),
)

CAMPAIGN_PARAMETERS: Mapping[str, ParameterSpec] = {spec.name: spec for spec in _SPECS}
"""Every parameter that a campaign may give, by name or pattern."""

LEVELS = ("contact.", "quality.", "turnout.", "arrival.", "delivery.", "civilians.")
"""Beginnings of the names of the parameters that rows of the tables of the ground half name: the model's levels."""

POSTURES = ("hidden", "dug_in", "sheltered", "open", "moving")
"""How a unit stands, in the order of the model's codes."""


def numbers_of(sides: tuple[str, str]) -> tuple[str, ...]:
    """Return the names of the plain parameters (no pattern left), side by side where there is one for each.

    The order is that of the model's row of numbers; a pair for the two sides stands together, first side first.
    """
    names: list[str] = []
    for name in CAMPAIGN_PARAMETERS:
        if "{side}" in name:
            names += [name.replace("{side}", side) for side in sides]
        elif not name.endswith(".*"):
            names.append(name)
    return tuple(names)
