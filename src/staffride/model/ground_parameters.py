"""The parameters of combat on the ground: name, unit in which the model reads it, meaning, and limits."""

from __future__ import annotations

from staffride.scenario.quantity import ParameterSpec


def _spec(
    name: str, unit: str, meaning: str, low: float | None = 0.0, high: float | None = None
) -> ParameterSpec:
    """Return a parameter that only a scenario with formations needs."""
    return ParameterSpec(f"ground.{name}", unit, meaning, low, high, needed_by="formations")


GROUND_SPECS: tuple[ParameterSpec, ...] = (
    _spec(
        "rate", "1/day", "share of those in contact lost in a day: equal power, 1,000 a side, no advantage"
    ),
    _spec("exponent", "1", "exponent of power: 1 square law, 0.5 linear, 0 logarithmic", 0, 1),
    _spec("size_exponent", "1", "how fast the share lost falls with the size of a battle", -1, 2),
    _spec(
        "intensity_spread", "1", "standard deviation of the log intensity of a battle from day to day", 0, 3
    ),
    _spec(
        "across_line", "1", "losses a day across the line without a battle, as a share of `ground.rate`", 0, 1
    ),
    _spec("night", "1", "factor on losses and advance in the dark", 0, 2),
    _spec("fog", "1", "factor on losses and advance in fog", 0, 2),
    _spec("posture.hasty", "1", "factor on the power of a hasty defence", 1, 10),
    _spec("posture.prepared", "1", "factor on the power of a prepared defence", 1, 10),
    _spec("posture.fortified", "1", "factor on the power of a defence in the strongest works", 1, 10),
    _spec("posture.delay", "1", "factor on the power of a defence that only delays", 0.1, 10),
    _spec(
        "dig_in", "h", "time in which a hasty defence becomes a prepared one, and taken works are turned", 0.1
    ),
    _spec("terrain.rolling", "1", "factor on the power of a defence on rolling ground", 1, 10),
    _spec("terrain.rugged", "1", "factor on the power of a defence on rugged ground", 1, 10),
    _spec("armour_weight", "1", "trained soldiers whose power an armoured vehicle has"),
    _spec("gun_weight", "1", "trained soldiers whose power a gun of the formation has"),
    _spec("cohesion_effect", "1", "share of power and of endurance lost where no cohesion is left", 0, 1),
    _spec("ammunition_effect", "1", "share of power lost where no ammunition is left", 0, 1),
    _spec("dead_share", "1", "share of casualties who die", 0, 1),
    _spec("missing_share", "1", "share of casualties who are missing", 0, 1),
    _spec("armour_loss", "1", "share of armour lost for each share of persons in contact lost", 0, 20),
    _spec("break.attack", "1", "median share of its soldiers lost at which an attack breaks", 1e-3),
    _spec("break.defence", "1", "median share of its soldiers lost at which a defence breaks", 1e-3),
    _spec("break.spread", "1", "standard deviation of the log of the share at which a side breaks", 0, 3),
    _spec("pursuit", "1", "share of those in contact lost when their side breaks", 0, 1),
    _spec("pause", "h", "time before a formation whose attack broke attacks again"),
    _spec("caution_effect", "1", "share of the tempo given up by full caution, to spare soldiers", 0, 0.99),
    _spec("advance.flat", "km/day", "median advance of an attack at even power on flat ground"),
    _spec("advance.rolling", "km/day", "median advance of an attack at even power on rolling ground"),
    _spec("advance.rugged", "km/day", "median advance of an attack at even power on rugged ground"),
    _spec("advance.spread", "1", "standard deviation of the log advance between battles", 0, 3),
    _spec("advance.exponent", "1", "exponent of the ratio of powers in the rate of advance", 0, 3),
    _spec("advance.unopposed", "1", "factor on the median advance where nobody is in the way", 1),
    _spec("mine_delay", "h", "time to clear lanes through the densest belt of mines"),
    _spec("ditch_delay", "h", "time to cross an anti-tank ditch"),
    _spec("event_size", "persons", "largest smaller side whose losses are drawn one by one"),
)
"""In the order of the model's row of numbers; each is needed only by a scenario with formations."""
