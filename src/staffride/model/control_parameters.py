"""The parameters of marches, goals and changes of control: name, unit in which the model reads it, meaning, limits."""

from __future__ import annotations

from staffride.scenario.quantity import ParameterSpec


def _spec(
    name: str, unit: str, meaning: str, low: float | None = 0, high: float | None = None
) -> ParameterSpec:
    return ParameterSpec(f"control.{name}", unit, meaning, low, high, needed_by="formations")


CONTROL_SPECS: tuple[ParameterSpec, ...] = (
    _spec("staff_cycle", "h", "time from one look at the goals to the next", 1, 48),
    _spec("march_road", "km/h", "speed of a formation's march on a road", 0.1, 100),
    _spec("march_track", "km/h", "speed of a formation's march on a track", 0.1, 100),
    _spec("march_foot", "km/h", "speed of a march on a foot path, on level ground", 0.1, 10),
    _spec("detour", "h", "time of a detour that a march takes rather than fight for a place on its way"),
    _spec("least_ratio", "1", "least ratio of power, own to opposed, with which a formation attacks"),
    _spec("least_cohesion", "1", "cohesion under which a formation does not attack", 0, 1),
    _spec("regroup", "h", "time for which a formation that took a place stands before it goes on"),
    _spec("overrun", "1", "chance that an element at a place that is lost is captured with it", 0, 1),
    _spec("escape", "1", "share of an encircled formation that gets away when it gives up", 0, 1),
    _spec("crew", "1", "persons of a formation in or around an element that fires destroy", 0, 50),
    _spec("crew_killed", "1", "share of those who are killed", 0, 1),
    _spec("crew_wounded", "1", "share of those who are wounded", 0, 1),
)
"""In the order of the model's row of numbers; each is needed only by a scenario with formations."""
