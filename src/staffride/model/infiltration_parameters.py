"""The parameters of small groups behind the front: name, unit in which the model reads it, meaning, and limits."""

from __future__ import annotations

from staffride.scenario.quantity import ParameterSpec

_TABLE = "formations"

INFILTRATION_SPECS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        "infiltration.speed", "km/h", "speed of a group on foot over level ground", 0.1, 8, needed_by=_TABLE
    ),
    ParameterSpec(
        "infiltration.watch",
        "km",
        "width in which one person present finds a group that walks by, in daylight on flat ground",
        0,
        1,
        needed_by=_TABLE,
    ),
    ParameterSpec("infiltration.dark", "1", "factor on the watch in the dark", 0, 1, needed_by=_TABLE),
    ParameterSpec("infiltration.fog", "1", "factor on the watch in fog", 0, 1, needed_by=_TABLE),
    ParameterSpec(
        "infiltration.rugged",
        "1",
        "factor on the watch on rugged ground; its root on rolling ground",
        0,
        1,
        needed_by=_TABLE,
    ),
    ParameterSpec("infiltration.loss", "1", "share of a group lost when it is found", 0, 1, needed_by=_TABLE),
    ParameterSpec(
        "infiltration.breakthrough",
        "1",
        "chance that a group that is found goes on all the same",
        0,
        1,
        needed_by=_TABLE,
    ),
    ParameterSpec(
        "infiltration.rest",
        "h",
        "time for which a group lies still: once it was driven off, and between two sallies behind a place",
        1,
        1_000,
        needed_by=_TABLE,
    ),
    ParameterSpec(
        "infiltration.gap",
        "1",
        "defenders whose advantage one person behind them takes away; 0: no effect",
        0,
        100,
        needed_by=_TABLE,
    ),
    ParameterSpec(
        "infiltration.press",
        "1/h",
        "cohesion that a defence would lose if it were all but replaced by groups behind it; 0: no effect",
        0,
        1,
        needed_by=_TABLE,
    ),
    ParameterSpec(
        "infiltration.calls",
        "km2/h",
        "ground that one person behind a place searches for targets of fires; 0: no effect",
        0,
        100,
        needed_by=_TABLE,
    ),
    ParameterSpec(
        "infiltration.ambush",
        "1",
        "rate at which one person who lies at a way takes a convoy, per passage; 0: no effect",
        0,
        1,
        needed_by=_TABLE,
    ),
)
"""In the order of the model's row of numbers; each is needed only by a scenario with formations. What a group does to
those behind whom it stands has four parameters, and at 0 each of the four does nothing."""
