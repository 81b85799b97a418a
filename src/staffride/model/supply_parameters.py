"""The parameters of supply and cohesion: name, unit in which the model reads it, meaning, and limits."""

from __future__ import annotations

from staffride.scenario.quantity import ParameterSpec


def _spec(name: str, unit: str, meaning: str, low: float = 0.0, high: float | None = None) -> ParameterSpec:
    """Return a parameter that only a scenario with formations needs."""
    return ParameterSpec(name, unit, meaning, low, high, needed_by="formations")


_SUPPLY = (
    _spec("supply.{side}.start", "day", "days of supply that the side's formations hold at the start"),
    _spec("supply.most", "day", "most days of supply that a formation keeps", 0.1),
    _spec("supply.persons", "t/day", "food, water and medicine for 1,000 persons", 0.01),
    _spec("supply.fighters", "t/day", "ammunition of 1,000 persons on a day of attack", 0.01),
    _spec("supply.guns", "t/day", "ammunition of a gun or an armoured vehicle on a day of attack"),
    _spec("supply.fuel", "t/day", "fuel of a gun or an armoured vehicle on a day of movement"),
    _spec("supply.defence", "1", "ammunition used in defence, relative to attack", 0.0, 1.0),
    _spec("supply.rest", "1", "ammunition and fuel used at rest, relative to attack or movement", 0.0, 1.0),
    _spec("supply.short", "day", "days of supply below which a formation saves", 0.01),
    _spec("supply.pace", "1", "share of pace lost without fuel", 0.0, 1.0),
    _spec("supply.load", "1", "tonnes of supply in a convoy", 0.1),
    _spec("supply.ford", "1", "share of a way's capacity that is left without its bridge", 0.0, 1.0),
    _spec("supply.repair", "h", "mean time until a destroyed bridge carries again", 0.1),
    _spec("supply.hunted", "1/km", "rate at which a convoy is lost on a way with drones always overhead"),
)

_COHESION = (
    _spec(
        "cohesion.brittleness",
        "1",
        "exponent of quality in the pace of wear; at 1 half as good wear twice as fast",
    ),
    _spec("cohesion.losses", "1", "fall of the logarithm of cohesion for each share of a formation lost"),
    _spec("cohesion.place", "1", "change of the logarithm of cohesion when a place is lost or taken"),
    _spec("cohesion.encirclement", "1/day", "rate at which encirclement wears cohesion down"),
    _spec("cohesion.hunger", "1/day", "rate at which empty stocks wear cohesion down"),
    _spec("cohesion.silence", "1/day", "rate at which the want of any network wears cohesion down"),
    _spec("cohesion.drones", "1/day", "rate at which drones always overhead wear cohesion down"),
    _spec("cohesion.recovery", "h", "mean time in which cohesion comes back out of contact", 1.0),
    _spec("cohesion.shaken", "1", "cohesion below which troops desert, run or give up", 0.0, 1.0),
    _spec("cohesion.desertion", "1/day", "rate at which soldiers without any cohesion desert"),
    _spec("cohesion.rout", "1/day", "rate at which a formation in contact without any cohesion runs"),
    _spec("cohesion.surrender", "1/day", "rate at which encircled troops without any cohesion give up"),
    _spec(
        "cohesion.crews",
        "1",
        "chance, under drones, that a crew leaves for each other vehicle lost",
        0.0,
        1.0,
    ),
    _spec(
        "cohesion.gathering", "h", "mean time in which those who come are there, after the first; 0: at once"
    ),
)

SUPPLY_SPECS: tuple[ParameterSpec, ...] = (*_SUPPLY, *_COHESION)
"""In the order of the model's row of numbers; each is needed only by a scenario with formations."""
