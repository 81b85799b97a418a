"""The parameters of small groups behind the front: name, unit in which the model reads it, meaning, and limits."""

from __future__ import annotations

from staffride.scenario.quantity import ParameterSpec


def _spec(name: str, unit: str, meaning: str, high: float = 1.0, low: float = 0.0) -> ParameterSpec:
    """Return a parameter that only a scenario with formations needs."""
    return ParameterSpec(f"infiltration.{name}", unit, meaning, low, high, needed_by="formations")


INFILTRATION_SPECS: tuple[ParameterSpec, ...] = (
    _spec("speed", "km/h", "speed of a group on foot over level ground, halts and loads counted", 8.0, 0.1),
    _spec(
        "watch", "km", "width in which a soldier present finds a group that walks by, on flat ground by day"
    ),
    _spec("dark", "1", "factor on the watch in the dark"),
    _spec("fog", "1", "factor on the watch in fog"),
    _spec("rugged", "1", "factor on the watch on rugged ground; its root on rolling ground"),
    _spec("loss", "1", "share of a group lost when it is found"),
    _spec("breakthrough", "1", "chance that a group that is found goes on all the same"),
    _spec(
        "rest", "h", "time for which a group lies still, once driven off and between two sallies", 1e3, 1.0
    ),
    _spec("gap", "1", "defenders whose advantage one person behind them takes away; 0: no effect", 100.0),
    _spec(
        "press", "1/h", "cohesion that a defence loses when next to all there stand behind it; 0: no effect"
    ),
    _spec(
        "calls", "km", "width in which one person behind a place finds targets of fires; 0: no effect", 10.0
    ),
    _spec("ambush", "1", "rate at which one person at a way takes a convoy, per passage; 0: no effect"),
)
"""In the order of the model's row of numbers; each is needed only by a scenario with formations. What a group does to
those behind whom it stands has the last four; each of the four at 0 does exactly nothing."""
