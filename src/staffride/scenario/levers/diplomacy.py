"""Levers of diplomacy: embargo, fewer drones from suppliers, and an early truce that holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from staffride.scenario.ground_schema import Truce
from staffride.scenario.levers.doses import (
    CAMPAIGN,
    FIRST,
    NO_SIDE,
    amount,
    day,
    moment,
    number,
    side_of,
    word,
)
from staffride.scenario.levers.lever import Lever, Values
from staffride.scenario.levers.rows import CAMPAIGN as KIND
from staffride.scenario.levers.rows import campaign, lacks, times_strength, units_of
from staffride.scenario.levers.together import midnight
from staffride.scenario.policy import Change, Patch, Stages
from staffride.scenario.schema import D, Scenario

DRONES = ("armed_drone", "loitering_munition")
SUPPOSED = "supposed-truce"


class WithTruce(Scenario):
    """A campaign with a truce that a policy supposes: a run is told of it, whatever was known at the cut-off."""

    def given(self, rows: Iterable[D]) -> tuple[D, ...]:
        """Return the dated items that a run is told of, the supposed truce among them."""
        listed = tuple(rows)
        told = super().given(listed)
        supposed = (row for row in listed if isinstance(row, Truce) and row.id == SUPPOSED)
        return (*told, *(row for row in supposed if row not in told))


def _embargo(stages: Stages, values: Values) -> Patch:
    scenario, side = campaign(stages), word(values, "side")
    share, checked = amount(values, "share"), amount(values, "transparency")
    if not any(row.side == side for row in scenario.supplies):
        raise lacks(scenario, f"supply from outside for {side}", "choose the other side")
    if share == 0:
        return Patch()
    transparency = (Change("diplomacy.transparency", "at_least", checked),) if checked > 0 else ()
    return Patch(changes=(Change(f"diplomacy.{side}.embargo", "at_least", share), *transparency))


def _fewer_drones(stages: Stages, values: Values) -> Patch:
    scenario, side = campaign(stages), word(values, "side")
    drones = units_of(scenario, side, lambda system: system.kind in DRONES)
    if not drones:
        raise lacks(scenario, f"armed drones or loitering munitions of {side}", "choose the other side")
    return Patch(changes=times_strength(scenario, drones, amount(values, "factor")))


def _early_truce(stages: Stages, values: Values) -> Patch:
    scenario = campaign(stages)
    if not scenario.formations:
        raise lacks(scenario, "truces: it has no combat on the ground")
    begins = midnight(moment(values, "date"), scenario.period)
    fields = {name: getattr(scenario, name) for name in Scenario.model_fields}
    fields["truces"] = (*scenario.truces, _truce(begins))
    fields["city_strikes"] = tuple(row for row in scenario.city_strikes if row.time < begins)
    changes = Change("diplomacy.break_rate", "set", 0.0), Change("diplomacy.truce_intensity", "set", 0.0)
    return Patch({KIND: WithTruce.model_construct(**fields)}, changes)


def _truce(begins: datetime) -> Truce:
    return Truce(id=SUPPOSED, time=begins, known_from=begins, assumed="Supposed by the lever early-truce.")


DIPLOMACY_LEVERS = (
    Lever(
        id="embargo",
        label="Embargo",
        group="diplomacy",
        summary="Lets a share of a side's suppliers join an embargo, and checks keep goods from coming anyway.",
        kinds=CAMPAIGN,
        doses=(
            number("share", "least share of the suppliers who join", "1", 1.0, 0.0, 1.0, 0.0),
            number(
                "transparency",
                "least share of goods that checks keep away; 0 leaves the prior",
                "1",
                0.5,
                0.0,
                1.0,
            ),
            side_of(FIRST, "the side against whose suppliers it is"),
        ),
        build=_embargo,
        starts_later=True,
        evidence=("claim.Q134",),
        assumed="What is kept away is the product of both shares of all tonnes that come in.",
        limits="It withholds tonnes of supply and no kind of arms; for drones see fewer-drones. A side that gets far "
        "more than it needs hardly feels it. Stocks last on. `transparency` is one number for both sides. "
        + NO_SIDE,
    ),
    Lever(
        id="fewer-drones",
        label="Fewer drones from suppliers",
        group="diplomacy",
        summary="Multiplies the armed drones and loitering munitions that a side has at the start.",
        kinds=CAMPAIGN,
        doses=(
            number("factor", "factor on the number of drones and munitions", "1", 0.5, 0.0, 1.0, 1.0),
            side_of(FIRST, "the side that gets fewer"),
        ),
        build=_fewer_drones,
        starts_later=False,
        evidence=("claim.Q134", "claim.Q126", "forces_2020.F34", "forces_2020.F35", "forces_2020.F36"),
        assumed="Sellers who are open about sales and use, before the war, sell fewer; how many fewer is the question.",
        limits="The side buys nothing else instead. No supplier is named. " + NO_SIDE,
    ),
    Lever(
        id="early-truce",
        label="Early truce that holds",
        group="diplomacy",
        summary="Lets a truce begin on a day, in which the fighting stops, and which is not broken.",
        kinds=CAMPAIGN,
        doses=(day("date", "day on which the truce begins, at midnight"),),
        build=_early_truce,
        starts_later=True,
        evidence=("diplomacy.D05", "diplomacy.D08", "diplomacy.D09"),
        assumed="Both sides keep it wholly; in the record none of the three truces held.",
        limits="It says nothing of how a truce is brought about. Strikes on towns that the record dates after it are "
        "left out. The war may still end by terms, which hand over places. Places change hands in no other way.",
    ),
)
"""Levers of diplomacy."""
