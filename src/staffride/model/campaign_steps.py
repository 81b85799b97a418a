"""The hour of a campaign as a list: what runs, in which order, and how much of the time it takes.

The list is the program's own: the kernel of the hour stamps each step as it ends, in this order, and a test compares
the two. So what ``staffride explain`` prints is what runs.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.engine.clock import ticks
from staffride.engine.compile import compiled

Stamps: TypeAlias = NDArray[np.int64]
"""Cycles of the processor that each step has taken so far."""


class Step(NamedTuple):
    """A step of the hour: the phenomenon, whose rules are in the file of that name, and what it does."""

    phenomenon: str
    does: str
    afoot: bool = False


STEPS: tuple[Step, ...] = (
    Step("jamming", "what jammers do to radars, links and satellite navigation, under the sky drawn before"),
    Step("information", "how good each side's network is, and how long a track takes to a shooter"),
    Step("detection", "both sides search; those who emit or fired are found more easily"),
    Step("diplomacy", "truces are made and broken, the war ends; what fighting is left", True),
    Step("control", "axes look at their goals; formations wait, march, or set out to attack", True),
    Step(
        "infiltration", "small groups walk, are found or not, and act behind places of the other side", True
    ),
    Step("supply", "once a day, and when the network has changed, supply flows; stocks are used", True),
    Step("fires", "orders become missions; targets, hits and links from the state at the hour's start"),
    Step("air_defence", "all that flies at a side meets its batteries, event by event in seconds"),
    Step("targeting", "what arrives does its damage; shooters account for munitions, airframes and crews"),
    Step("ground", "the battles for places", True),
    Step("cohesion", "who holds together, deserts, runs, gives up, or comes", True),
    Step(
        "change of control", "places change hands; formations fall back or give up; vehicles are lost", True
    ),
    Step("city_strikes", "strikes on towns, civilians killed, civilians who flee", True),
    Step("record", "batteries reload, drones and aircraft load anew, and the hour is recorded"),
)
"""The steps of an hour, in their order; ``afoot`` are those of a campaign with formations. The weather of the whole
period is drawn before the first hour, since it depends on nothing else."""

(
    JAMMING, INFORMATION, DETECTION, DIPLOMACY, OPERATIONS, INFILTRATION, SUPPLY, FIRES, AIR_DEFENCE, DAMAGE, GROUND,
    COHESION, CHANGES, CIVILIANS, RECORD,
) = range(len(STEPS))  # fmt: skip


@compiled
def stamp(step: int, since: int, spent: Stamps) -> int:
    """Add the time since a moment to what a step has spent, and return the moment that it is now."""
    now = int(ticks())
    spent[step] += now - since
    return now
