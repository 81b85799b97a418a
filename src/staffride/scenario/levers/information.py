"""Levers on information: links that bear jamming, jammers, sights for the night, and a picture that all share."""

from __future__ import annotations

from collections.abc import Iterator

from staffride.scenario.levers.doses import (
    BOTH,
    CAMPAIGN,
    NO_SIDE,
    SECOND,
    amount,
    chosen_sides,
    number,
    side_of,
    word,
)
from staffride.scenario.levers.lever import Lever, Values
from staffride.scenario.levers.rows import campaign, lacks, times_strength, units_of
from staffride.scenario.policy import Change, Patch, Stages
from staffride.scenario.schema import Scenario

JAMMERS = ("jammer", "navigation_jammer")
GROUPS_ON_FOOT = ("special", "mountain")


def _hardened(stages: Stages, values: Values) -> Patch:
    side, share, decibels = word(values, "side"), amount(values, "share"), amount(values, "radars")
    if not any(unit.side != side and _jams(campaign(stages), unit.system) for unit in campaign(stages).units):
        raise lacks(campaign(stages), f"jammers against {side}", "choose the other side")
    links = (Change(f"jamming.{side}.link_hardening", "at_least", share),) if share > 0 else ()
    radars = (Change(f"jamming.{side}.counter_jamming", "plus", decibels),) if decibels > 0 else ()
    return Patch(changes=(*links, *radars))


def _jams(scenario: Scenario, system: str) -> bool:
    return scenario.systems[system].kind in JAMMERS


def _own_jamming(stages: Stages, values: Values) -> Patch:
    scenario, side = campaign(stages), word(values, "side")
    jammers = units_of(scenario, side, lambda system: system.kind in JAMMERS)
    if not jammers:
        raise lacks(scenario, f"jammers of {side}", "choose the other side")
    return Patch(changes=times_strength(scenario, jammers, amount(values, "factor")))


def _night(stages: Stages, values: Values) -> Patch:
    scenario, sight, systems = campaign(stages), amount(values, "watch"), amount(values, "systems")
    if systems == 0 and not any(row.kind in GROUPS_ON_FOOT for row in scenario.formations):
        raise lacks(scenario, "groups on foot whom a watch could see")
    watch = (Change("infiltration.dark", "at_least", sight),) if sight > 0 else ()
    own = _systems_of_one(scenario, chosen_sides(values, scenario.sides)) if systems > 0 else ()
    return Patch(
        changes=(*watch, *(Change(f"system.{one}.night_ability", "at_least", systems) for one in own))
    )


def _systems_of_one(scenario: Scenario, sides: tuple[str, ...]) -> Iterator[str]:
    """Yield the systems that have a night ability and that only some sides use."""
    for name, system in scenario.systems.items():
        users = {unit.side for unit in scenario.units if unit.system == name}
        if users and users <= set(sides) and "night_ability" in system.figures:
            yield name


def _shared(stages: Stages, values: Values) -> Patch:
    scenario, quality = campaign(stages), amount(values, "quality")
    changes: list[Change] = []
    for side in chosen_sides(values, scenario.sides) if quality > 0 else ():
        changes.append(Change(f"information.{side}.quality", "at_least", quality))
        changes.append(Change(f"information.{side}.cyber_loss", "at_most", amount(values, "cyber_loss")))
    return Patch(changes=tuple(changes))


INFORMATION_LEVERS = (
    Lever(
        id="hardened-links",
        label="Hardened links",
        group="information",
        summary="Lets a side's radio links bear at least a share of all jamming, and its radars more noise.",
        kinds=CAMPAIGN,
        doses=(
            number("share", "least share of jamming that the links bear", "1", 0.8, 0.0, 1.0, 0.0),
            number("radars", "noise that its radars bear on top", "dB", 0.0, 0.0, 40.0, 0.0),
            side_of(SECOND),
        ),
        build=_hardened,
        starts_later=True,
        evidence=("claim.Q016", "claim.Q301", "claim.Q132"),
        assumed="New radios work as well as the best of the prior, from their first hour on.",
        limits="Links serve drones and the network as a whole: a side with few drones gains only through its network. "
        "False targets come as before. " + NO_SIDE,
    ),
    Lever(
        id="own-jamming",
        label="Own jamming",
        group="information",
        summary="Multiplies the number of a side's jammers.",
        kinds=CAMPAIGN,
        doses=(
            number("factor", "factor on the number of jammers", "1", 2.0, 0.0, 10.0, 1.0),
            side_of(SECOND),
        ),
        build=_own_jamming,
        starts_later=False,
        evidence=("claim.Q082", "claim.Q132", "forces_2020.F42"),
        assumed="They stand where those of the record stood.",
        limits="Jammers emit and are found. A draw with none of a kind stays without it. No terrain lies between a "
        "jammer and its victim. " + NO_SIDE,
    ),
    Lever(
        id="night-vision",
        label="Night vision",
        group="information",
        summary="Lets watches see groups on foot in the dark at least so well, and a side's own systems work by night.",
        kinds=CAMPAIGN,
        doses=(
            number(
                "watch", "least sight of a watch in the dark, against that by day", "1", 0.9, 0.0, 1.0, 0.0
            ),
            number("systems", "least night ability of the systems of `side` alone", "1", 0.0, 0.0, 1.0, 0.0),
            side_of(BOTH, "whose systems `systems` is about"),
        ),
        build=_night,
        starts_later=True,
        evidence=("claim.Q016", "claim.Q007"),
        assumed="Sights for the night reach every watch at once.",
        limits="The model has one number for what watches of both sides see in the dark, so `watch` serves both. "
        "`systems` leaves alone what both sides use. Combat on the ground in the dark stays as it is.",
    ),
    Lever(
        id="shared-information",
        label="Shared information",
        group="information",
        summary="Gives one side, or both, a network of at least such a quality that a cyber attack hardly hurts.",
        kinds=CAMPAIGN,
        doses=(
            number("quality", "least quality of the network", "1", 0.95, 0.0, 1.0, 0.0),
            number(
                "cyber_loss", "most that a cyber attack takes of it on the first day", "1", 0.0, 0.0, 1.0, 1.0
            ),
            side_of(BOTH, "whose network it is"),
        ),
        build=_shared,
        starts_later=True,
        evidence=("claim.Q304", "claim.Q125", "claim.Q024"),
        assumed="One number stands for a whole side's network.",
        limits="It shortens the way from a sighting to a shooter, lets shooters share targets, and passes tracks among "
        "batteries that are on the network; it changes no command. Nodes that are lost and jamming lower it.",
    ),
)
"""Levers on information."""
