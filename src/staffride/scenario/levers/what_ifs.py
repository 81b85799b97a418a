"""What-ifs of history: the same war without a means, or in other weather."""

from __future__ import annotations

from collections.abc import Callable

from staffride.scenario.levers.doses import BOTH, CAMPAIGN, amount, number, side_of, word
from staffride.scenario.levers.lever import Lever, Values
from staffride.scenario.levers.rows import campaign, lacks, left_out
from staffride.scenario.policy import Change, Patch, Stages

EFFECTS_OF_GROUPS = ("infiltration.gap", "infiltration.press", "infiltration.calls", "infiltration.ambush")
"""What small groups behind the front bring about."""

FAIREST = 0.02
"""Share of the hours that stays clear in the worst weather of the lever fog."""


def _without(kinds: tuple[str, ...]) -> Callable[[Stages, Values], Patch]:
    """Return what builds the patch that leaves out the units of some kinds, and their orders."""

    def build(stages: Stages, values: Values) -> Patch:
        group = "left-out." + "-".join(kinds)
        return left_out(campaign(stages), word(values, "side"), kinds, group)

    return build


def without_effect_of_groups(stages: Stages, _values: Values) -> Patch:
    """Return the patch under which groups behind the front bring nothing about."""
    if not campaign(stages).formations:
        raise lacks(campaign(stages), "groups on foot")
    return Patch(changes=tuple(Change(name, "set", 0.0) for name in EFFECTS_OF_GROUPS))


def _fog(_stages: Stages, values: Values) -> Patch:
    share = amount(values, "share")
    if share == 0:
        return Patch()
    low_cloud = max(0.0, 1.0 - FAIREST - share)
    return Patch(
        changes=(
            Change("weather.fog_share", "at_least", share),
            Change("weather.low_cloud_share", "at_most", low_cloud),
        )
    )


_WHOSE = "whose are left out"

WHAT_IFS = (
    Lever(
        id="no-drones",
        label="No drones",
        group="what-if",
        summary="Leaves out armed drones and loitering munitions.",
        kinds=CAMPAIGN,
        doses=(side_of(BOTH, _WHOSE),),
        build=_without(("armed_drone", "loitering_munition")),
        starts_later=False,
        evidence=("claim.Q126", "claim.Q303", "claim.Q307"),
        assumed="Nothing takes their place.",
        limits="What drones saw for others is left out with them.",
    ),
    Lever(
        id="no-decoys",
        label="No decoys",
        group="what-if",
        summary="Leaves out decoy aircraft.",
        kinds=CAMPAIGN,
        doses=(side_of(BOTH, _WHOSE),),
        build=_without(("decoy_aircraft",)),
        starts_later=False,
        evidence=("claim.Q027", "claim.Q028"),
        assumed="Nothing takes their place.",
        limits="Dummies on the ground stay; see the lever dummies.",
    ),
    Lever(
        id="no-mobile-groups",
        label="No mobile groups",
        group="what-if",
        summary="Leaves groups behind the front without any effect: no gap, no pressure, no calls for fire, no ambush.",
        kinds=CAMPAIGN,
        doses=(),
        build=without_effect_of_groups,
        starts_later=True,
        evidence=("claim.Q312",),
        assumed="The groups are there and are lost as before; only what they bring about is taken away.",
        limits="Groups that attack in the open fight as others do.",
    ),
    Lever(
        id="no-jamming",
        label="No jamming",
        group="what-if",
        summary="Leaves out jammers of radars, links and satellite navigation.",
        kinds=CAMPAIGN,
        doses=(side_of(BOTH, _WHOSE),),
        build=_without(("jammer", "navigation_jammer")),
        starts_later=False,
        evidence=("claim.Q301", "claim.Q302", "claim.Q082"),
        assumed="Nothing takes their place.",
        limits="Jammers that are left out are no targets either.",
    ),
    Lever(
        id="fog",
        label="Fog",
        group="what-if",
        summary="Lets there be fog over the area in at least such a share of the hours.",
        kinds=CAMPAIGN,
        doses=(
            number(
                "share",
                "least share of hours with fog, at 1,000 m by day in October",
                "1",
                0.95,
                0.0,
                0.98,
                0.0,
            ),
        ),
        build=_fog,
        starts_later=True,
        evidence=("claim.Q080",),
        assumed="The weather follows the same laws, with other shares.",
        limits="Weather that the scenario gives stays. Marches and attacks on the ground feel fog little.",
    ),
)
"""What-ifs of history."""
