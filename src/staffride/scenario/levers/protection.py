"""Levers that protect: dispersal, dummies, and warning for the people of towns."""

from __future__ import annotations

from staffride.scenario.figures import FLYERS
from staffride.scenario.levers.doses import (
    BOTH,
    CAMPAIGN,
    NO_SIDE,
    SECOND,
    amount,
    choice,
    chosen_sides,
    number,
    side_of,
    word,
)
from staffride.scenario.levers.lever import Lever, Values
from staffride.scenario.levers.rows import campaign, evenly, lacks, units_of, with_units
from staffride.scenario.policy import Change, Patch, Stages

FIXED = (*FLYERS, "bridge")
"""Kinds that do not disperse on the ground."""

IMITATED = {
    "air_defence": ("air_defence",),
    "artillery": ("tube_artillery", "rocket_artillery"),
    "armour": ("armour",),
    "jammer": ("jammer", "navigation_jammer"),
    "command": ("command", "early_warning"),
}
"""Kinds of systems of which dummies are set up, by the word for them."""

ALL = "all"


def _dispersed(stages: Stages, values: Values) -> Patch:
    scenario, side = campaign(stages), word(values, "side")
    units = units_of(scenario, side, lambda system: system.kind not in FIXED)
    if not units:
        raise lacks(scenario, f"units of {side} on the ground", "choose the other side")
    known = amount(values, "known")
    cells: dict[str, dict[str, object]] = {}
    for unit in evenly(units, amount(values, "share")):
        posture = "hidden" if unit.posture == "open" else unit.posture
        cells[unit.id] = {"posture": posture, "reconnoitred": unit.reconnoitred * known}
    return with_units(scenario, cells)


def _dummies(stages: Stages, values: Values) -> Patch:
    scenario, side, of = campaign(stages), word(values, "side"), word(values, "of")
    kinds = {kind for name, each in IMITATED.items() if of in (ALL, name) for kind in each}
    units = units_of(scenario, side, lambda system: system.kind in kinds)
    if not units:
        raise lacks(scenario, f"units of {side} that dummies could stand for ({of})")
    most = amount(values, "per_element")
    return with_units(
        scenario, {unit.id: {"dummies_per_element": max(unit.dummies_per_element, most)} for unit in units}
    )


def _warned(stages: Stages, values: Values) -> Patch:
    scenario, share = campaign(stages), amount(values, "share")
    if not scenario.civilians:
        raise lacks(scenario, "civilians whom a warning could reach")
    sides = chosen_sides(values, scenario.sides) if share > 0 else ()
    return Patch(changes=tuple(Change(f"city_strikes.{side}.warning", "at_least", share) for side in sides))


PROTECTION_LEVERS = (
    Lever(
        id="dispersal",
        label="Dispersal",
        group="protection",
        summary="Disperses and hides a share of a side's units, so that fewer positions are known at the start.",
        kinds=CAMPAIGN,
        doses=(
            number("share", "share of the units that disperse", "1", 1.0, 0.0, 1.0, 0.0),
            number("known", "factor on the chance that a position is known at the start", "1", 0.5, 0.0, 1.0),
            side_of(SECOND),
        ),
        build=_dispersed,
        starts_later=False,
        evidence=("claim.Q026", "claim.Q309"),
        assumed="What stood in the open is hidden; what is dug in or sheltered stays so; how much less is known is the "
        "question.",
        limits="How far units stand from their places is one number for both sides and stays. Radars that are on and "
        "guns that fire are found all the same. Hidden units are seen less, and protected little. " + NO_SIDE,
    ),
    Lever(
        id="dummies",
        label="Dummies",
        group="protection",
        summary="Sets up at least so many dummies for each element of a side's batteries, guns and the like.",
        kinds=CAMPAIGN,
        doses=(
            number("per_element", "least number of dummies for each element", "1", 1.0, 0.0, 20.0, 0.0),
            choice("of", "what they stand for", ALL, (ALL, *IMITATED)),
            side_of(SECOND),
        ),
        build=_dummies,
        starts_later=False,
        evidence=("claim.Q026",),
        assumed="Dummies of any kind are told from the real by one chance for both sides (fires.discrimination).",
        limits="A dummy draws fire until it is hit, and is not set up again. No crew is needed for it. "
        + NO_SIDE,
    ),
    Lever(
        id="city-warning",
        label="Warning of towns",
        group="protection",
        summary="Warns at least such a share of the civilians, of one side or both, before strikes on towns.",
        kinds=CAMPAIGN,
        doses=(
            number("share", "least share of the civilians who are warned in time", "1", 0.9, 0.0, 1.0, 0.0),
            side_of(BOTH, "whose civilians are warned"),
        ),
        build=_warned,
        starts_later=True,
        evidence=("claim.Q101",),
        assumed="Sirens and messages by telephone reach people before munitions do.",
        limits="What a warning saves is bounded by the shelters that there are (city_strikes.shelter, one number for "
        "both sides). It saves nobody from the fighting on the ground.",
    ),
)
"""Levers that protect soldiers' positions and civilians."""
