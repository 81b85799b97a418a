"""Structural alternatives: what the model assumes, put otherwise, so that an answer can be held against them."""

from __future__ import annotations

from collections.abc import Callable

from staffride.scenario.campaign_schema import Order
from staffride.scenario.figures import FLYERS
from staffride.scenario.levers.doses import BOTH, CAMPAIGN, chosen_sides, side_of
from staffride.scenario.levers.lever import Lever, Values
from staffride.scenario.levers.rows import campaign, lacks, with_rows
from staffride.scenario.levers.what_ifs import without_effect_of_groups
from staffride.scenario.policy import Change, Patch, Stages
from staffride.scenario.schema import Scenario

THREATENING = ("air_defence", "early_warning", "jammer")
"""What threatens things that fly, in the order in which raids that adapt turn to it."""

FLYING = tuple(kind for kind in FLYERS if kind != "ballistic_missile")
"""Means that fly at a target and that air defence can hope to stop."""

SQUARE, LINEAR = 1.0, 0.5


def _adapting(stages: Stages, values: Values) -> Patch:
    scenario = campaign(stages)
    sides = chosen_sides(values, scenario.sides)
    flying = {
        unit.id
        for unit in scenario.units
        if unit.side in sides and scenario.systems[unit.system].kind in FLYING
    }
    if not any(order.unit in flying for order in scenario.orders):
        raise lacks(scenario, "orders for means that fly")
    orders = tuple(_adapted(order) if order.unit in flying else order for order in scenario.orders)
    return Patch() if orders == scenario.orders else with_rows(scenario, orders=orders)


def _adapted(order: Order) -> Order:
    """Return an order in which what threatens its means comes first."""
    targets = tuple(dict.fromkeys((*THREATENING, *order.targets)))
    return order if targets == order.targets else order.model_copy(update={"targets": targets})


def _law(exponent: float) -> Callable[[Stages, Values], Patch]:
    """Return what builds the patch that sets the exponent of the law of attrition."""

    def build(stages: Stages, _values: Values) -> Patch:
        _require_ground(campaign(stages))
        return Patch(changes=(Change("ground.exponent", "set", exponent),))

    return build


def _require_ground(scenario: Scenario) -> None:
    if not scenario.formations:
        raise lacks(scenario, "combat on the ground")


ASSUMPTIONS = (
    Lever(
        id="raids-adapt",
        label="Raids adapt",
        group="assumption",
        summary="Lets every means that flies turn first to what threatens it, while that lasts.",
        kinds=CAMPAIGN,
        doses=(side_of(BOTH, "whose raids adapt"),),
        build=_adapting,
        starts_later=False,
        evidence=("claim.Q303",),
        assumed="The same means and efforts in the same hours; in each order air defence, early warning and jammers "
        "come first, and then the targets of the record in their order.",
        limits="Nothing is searched for or made best: it is one fixed other order of targets. A target that is not "
        "found is passed over, as ever.",
    ),
    Lever(
        id="groups-without-effect",
        label="Groups without effect",
        group="assumption",
        summary="Assumes that groups behind the front bring nothing about.",
        kinds=CAMPAIGN,
        doses=(),
        build=without_effect_of_groups,
        starts_later=False,
        evidence=("claim.Q312",),
        assumed="The lower end of the priors of what groups bring about, all at once.",
        limits="The same change as no-mobile-groups, asked as an assumption of the model.",
    ),
    Lever(
        id="square-law",
        label="Square law",
        group="assumption",
        summary="Assumes that attrition on the ground follows the square law.",
        kinds=CAMPAIGN,
        doses=(),
        build=_law(SQUARE),
        starts_later=False,
        evidence=("combat_anchor.B01",),
        assumed="Aimed fire, in which all can reach all; the exponent of the law of Helmbold is one.",
        limits="Rates and the effect of size stay as they are, so that the level of losses changes with the law too.",
    ),
    Lever(
        id="linear-law",
        label="Linear law",
        group="assumption",
        summary="Assumes that attrition on the ground follows the linear law.",
        kinds=CAMPAIGN,
        doses=(),
        build=_law(LINEAR),
        starts_later=False,
        evidence=("combat_anchor.B01",),
        assumed="The exponent of the law of Helmbold is a half.",
        limits="Rates and the effect of size stay as they are, so that the level of losses changes with the law too.",
    ),
)
"""Structural alternatives."""
