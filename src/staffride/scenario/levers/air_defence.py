"""Levers on air defence: more of it, newer, joined, and quieter."""

from __future__ import annotations

from collections.abc import Iterator

from staffride.scenario.campaign_schema import Emission, System, Unit
from staffride.scenario.catalogue import read_catalogue
from staffride.scenario.levers.doses import (
    CAMPAIGN,
    NO_SIDE,
    SECOND,
    UNSET,
    amount,
    choice,
    number,
    side_of,
    word,
)
from staffride.scenario.levers.lever import Lever, Values
from staffride.scenario.levers.rows import (
    campaign,
    evenly,
    is_battery,
    lacks,
    merged,
    times_strength,
    units_of,
    with_rows,
    with_units,
)
from staffride.scenario.policy import Change, Patch, Stages
from staffride.scenario.quantity import Quantity
from staffride.scenario.schema import Scenario

LAYERS = ("portable", "gun", "short", "medium", "long")
MOST_FACTOR = 3.0
MODERN = {"short": "tor_m2km", "medium": "buk"}
"""The systems of the catalogue that stand for a modern layer: those that were bought or renewed before 2020."""


def _batteries(scenario: Scenario, side: str) -> tuple[Unit, ...]:
    found = units_of(scenario, side, is_battery)
    if not found:
        raise lacks(scenario, f"air defence of {side} that can fire", "choose the other side")
    return found


def _layered(stages: Stages, values: Values) -> Patch:
    scenario, side = campaign(stages), word(values, "side")
    batteries = _batteries(scenario, side)
    changes: list[Change] = []
    for layer in LAYERS:
        factor = amount(values, "factor" if values[layer] == UNSET else layer)
        units = [unit for unit in batteries if scenario.systems[unit.system].layer == layer]
        changes += times_strength(scenario, units, factor)
    joined = word(values, "networked")
    cells = {} if joined == "record" else {unit.id: {"networked": joined == "yes"} for unit in batteries}
    return merged(with_units(scenario, cells), Patch(changes=tuple(changes)))


def _modern(stages: Stages, values: Values) -> Patch:
    scenario, side = campaign(stages), word(values, "side")
    places = tuple(dict.fromkeys(unit.place for unit in _batteries(scenario, side)))
    systems, parameters = dict(scenario.systems), dict(scenario.parameters)
    units: list[Unit] = []
    for layer, system in MODERN.items():
        count = amount(values, layer)
        if count > 0:
            systems[system] = systems.get(system) or _from_catalogue(system)
            strength = f"strength.{side}.modern_{layer}"
            parameters[strength] = _launchers(count)
            units += _new_batteries(side, layer, system, strength, places)
    if not units:
        return Patch()
    rows = (*scenario.units, *units)
    return with_rows(scenario, systems=systems, parameters=parameters, units=rows)


def _from_catalogue(name: str) -> System:
    """Return a system of the shipped catalogue."""
    systems = read_catalogue().data["systems"]
    assert isinstance(systems, dict)
    return System.model_validate(systems[name])


def _launchers(count: float) -> Quantity:
    reason = "As many as the lever modern-air-defence adds."
    return Quantity(value=count, unit="1", assumed=reason)


def _new_batteries(
    side: str, layer: str, system: str, strength: str, places: tuple[str, ...]
) -> Iterator[Unit]:
    """Yield a new battery at each place where the side has some; the launchers are spread over them."""
    for place in places:
        yield Unit(
            id=f"{side}-modern-{layer}-{place}",
            side=side,
            system=system,
            place=place,
            strength=strength,
            posture="hidden",
            emission="blinking",
            networked=True,
            assumed="Added by the lever modern-air-defence.",
        )


def _networked(stages: Stages, values: Values) -> Patch:
    scenario, side, share = campaign(stages), word(values, "side"), amount(values, "share")
    batteries = evenly(_batteries(scenario, side), share)
    if not batteries:
        return Patch()
    joined = with_units(scenario, {unit.id: {"networked": True} for unit in batteries})
    quality = amount(values, "quality")
    if quality > 0:
        name = f"information.{side}.quality"
        joined = merged(joined, Patch(changes=(Change(name, "at_least", quality),)))
    return joined


def _quiet(stages: Stages, values: Values) -> Patch:
    scenario, side, becomes = campaign(stages), word(values, "side"), word(values, "radars")
    louder: tuple[Emission, ...] = ("always",) if becomes == "blinking" else ("always", "blinking")
    loud = [unit for unit in _batteries(scenario, side) if unit.emission in louder]
    quiet = evenly(loud, amount(values, "share"))
    return with_units(scenario, {unit.id: {"emission": becomes} for unit in quiet})


def _of_layer(layer: str) -> str:
    return f"factor on the launchers of the {layer} layer, where it is not to be `factor`"


AIR_DEFENCE_LEVERS = (
    Lever(
        id="layered-air-defence",
        label="Layered air defence",
        group="defence",
        summary="Multiplies the number of launchers of every layer of a side's air defence, layer by layer if wanted.",
        kinds=CAMPAIGN,
        doses=(
            number("factor", "factor on the launchers of every layer", "1", 3.0, 0.0, MOST_FACTOR, 1.0),
            *(number(layer, _of_layer(layer), "1", UNSET, 0.0, MOST_FACTOR, UNSET) for layer in LAYERS),
            choice(
                "networked",
                "whether batteries get each other's tracks: as the record has it, all, or none",
                "record",
                ("record", "yes", "no"),
                "record",
            ),
            side_of(SECOND),
        ),
        build=_layered,
        starts_later=False,
        evidence=("claim.Q032", "claim.Q132", "claim.Q126", "forces_2020.F29", "forces_2020.F33"),
        assumed="More launchers stand where those of the record stood, with crews and a share on watch like theirs.",
        limits="What does not fire (launchers out of order) stays as it is. More launchers are also more targets. "
        "A track passes on only as well as the side's network is; see networked-cueing. Rounds grow with launchers. "
        + NO_SIDE,
    ),
    Lever(
        id="modern-air-defence",
        label="Modern air defence",
        group="defence",
        summary="Adds launchers of a modern short and medium layer, joined by a network, where a side has batteries.",
        kinds=CAMPAIGN,
        doses=(
            number("short", "launchers of Tor-M2KM added", "1", 12.0, 0.0, 100.0, 0.0),
            number("medium", "launchers of Buk-M1-2 added", "1", 0.0, 0.0, 100.0, 0.0),
            side_of(SECOND),
        ),
        build=_modern,
        starts_later=False,
        evidence=("claim.Q032", "claim.Q031", "claim.Q070", "forces_2020.F30", "forces_2020.F32"),
        assumed="They stand hidden at the places where the side has air defence, with radars that blink, on the "
        "network from the start, unknown to the other side; numbers are the question and no record.",
        limits="Kill probabilities are the wide ones of the catalogue: no record of shots is public. Crews are as "
        "ready as all others of the side. " + NO_SIDE,
    ),
    Lever(
        id="networked-cueing",
        label="Networked cueing",
        group="defence",
        summary="Joins a side's batteries, so that each sees the tracks of the others.",
        kinds=CAMPAIGN,
        doses=(
            number("share", "share of the side's batteries that are on the network", "1", 1.0, 0.0, 1.0, 0.0),
            number(
                "quality", "least quality of the side's network; 0 leaves it as it is", "1", 0.9, 0.0, 1.0
            ),
            side_of(SECOND),
        ),
        build=_networked,
        starts_later=False,
        evidence=("claim.Q304", "claim.Q301"),
        assumed="A cue is as good as an own track, after the delay of the network.",
        limits="The quality of the network serves fires too, not air defence alone: to see batteries joined and "
        "nothing else, give quality=0. In 2020 nearly all batteries with a radar are on the network already, so "
        "that there quality is what acts. Nodes that are lost and jamming lower it. " + NO_SIDE,
    ),
    Lever(
        id="emission-discipline",
        label="Emission discipline",
        group="defence",
        summary="Lets a share of a side's batteries blink with their radars, or keep silent and wait for a cue.",
        kinds=CAMPAIGN,
        doses=(
            number("share", "share of the louder batteries that change", "1", 1.0, 0.0, 1.0, 0.0),
            choice("radars", "what they do instead", "silent", ("blinking", "silent")),
            side_of(SECOND),
        ),
        build=_quiet,
        starts_later=False,
        evidence=("claim.Q303",),
        assumed="Crews keep to it in every hour.",
        limits="A silent battery without a network never shoots, so that discipline may cost more than it saves; try "
        "it with networked-cueing. How long a blinking radar is on is one number for both sides and no dose here. "
        + NO_SIDE,
    ),
)
"""Levers on air defence."""
