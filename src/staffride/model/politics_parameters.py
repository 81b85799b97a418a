"""The parameters of truces, ceasefire, strikes on towns and the flight of civilians: name, unit, meaning, limits."""

from __future__ import annotations

from staffride.scenario.quantity import ParameterSpec


def _spec(
    name: str, unit: str, meaning: str, low: float | None = None, high: float | None = None
) -> ParameterSpec:
    """Return a parameter that only a scenario with formations needs."""
    return ParameterSpec(name, unit, meaning, low, high, needed_by="formations")


POLITICS_SPECS: tuple[ParameterSpec, ...] = (
    _spec("diplomacy.truce_rate", "1/h", "rate at which a truce is agreed, after the given ones", 0),
    _spec("diplomacy.break_rate", "1/h", "rate at which a truce breaks", 0),
    _spec("diplomacy.truce_intensity", "1", "share of the fighting that goes on during a truce", 0, 1),
    _spec(
        "diplomacy.acceptance_rate", "1/h", "rate at which a side that has lost nothing accepts terms", 0, 10
    ),
    _spec(
        "diplomacy.value_effect", "1", "log rate of acceptance when all that a side valued is lost", -50, 50
    ),
    _spec(
        "diplomacy.loss_effect", "1", "log rate of acceptance when all soldiers of a side are lost", -50, 50
    ),
    _spec("diplomacy.supply_effect", "1", "log rate of acceptance when a side has no supply", -50, 50),
    _spec("diplomacy.pressure_growth", "1/h", "rate at which pressure from outside nears its full", 0),
    _spec("diplomacy.pressure_effect", "1", "log rate of acceptance under full pressure", -50, 50),
    ParameterSpec(
        "diplomacy.{side}.ultimatum",
        "1",
        "how ready a side is to stop at once when its terms are accepted; none where it is left out",
        0,
        1,
        required=False,
    ),
    _spec("diplomacy.{side}.embargo", "1", "share of a side's outside suppliers who join an embargo", 0, 1),
    _spec(
        "diplomacy.transparency",
        "1",
        "share of goods under embargo that checks keep from coming anyway",
        0,
        1,
    ),
    _spec(
        "city_strikes.{side}.rate", "1/h", "munitions a side fires at towns, after the given strikes", 0, 1000
    ),
    _spec("city_strikes.deaths_per_munition", "1", "civilians killed by a munition on an unwarned town", 0),
    _spec(
        "city_strikes.dispersion",
        "1",
        "shape of the deaths of a strike: small, seldom many; 0, Poisson",
        0,
        10,
    ),
    _spec("city_strikes.{side}.warning", "1", "share of a side's civilians who are warned in time", 0, 1),
    _spec("city_strikes.shelter", "1", "share of the danger of a strike that shelter takes away", 0, 1),
    _spec("flight.danger_rate", "1/h", "rate at which civilians flee in full danger", 0),
    _spec("flight.neighbour_rate", "1/h", "rate added in full danger when all neighbours have fled", 0),
    _spec("flight.nearby", "1", "danger of fighting next door, against fighting here", 0, 1),
    _spec("flight.felt_by", "1", "people in a town who feel a munition like fighting where they are", 0),
    _spec("flight.memory", "h", "time over which danger that is past is still felt", 0),
    _spec("flight.stay_share", "1", "share of civilians who stay whatever happens", 0, 1),
    _spec("flight.ground_deaths", "1/h", "rate at which a civilian is killed where there is fighting", 0, 1),
)
"""In the order of the model's row of numbers; each is needed only by a scenario with formations."""
