"""Speed of supply and cohesion: microseconds an hour of a war of made-up places, ways and formations.

Run ``python benchmarks/bench_supply.py [formations] [places] [ways]`` (200, 90 and 160 by default) on a machine with
an idle core.  Prints what an hour costs step by step, each the least of several repetitions over 44 days: stocks used
every hour, the network looked at every hour, a delivery a day and after each of two changes of control a day.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import NUMBERS
from staffride.model.campaign_cohesion import hold_together, muster
from staffride.model.campaign_kernel import in_place
from staffride.model.campaign_parameters import CAMPAIGN_PARAMETERS
from staffride.model.campaign_state import STATE, Floats, Records, records
from staffride.model.campaign_supply import (
    SupplyRoom,
    begin_supply,
    consume,
    deliver,
    network_changed,
    new_supply_room,
    repair,
)
from staffride.model.ground_state import FORMATION, GOAL, NOWHERE, SITE, WAY, Theatre, War, new_war

HOURS, REPETITIONS = 44 * 24, 20
CONSUME, LOOK, DELIVER, COHESION, ALL = range(5)
TYPICAL = {
    "supply.0.start": 5.0, "supply.1.start": 5.0, "supply.most": 7.0, "supply.persons": 6.0,
    "supply.fighters": 10.0, "supply.guns": 1.0, "supply.fuel": 0.5, "supply.defence": 0.7, "supply.rest": 0.1,
    "supply.short": 1.0, "supply.pace": 0.8, "supply.load": 50.0, "supply.ford": 0.2, "supply.repair": 48.0,
    "supply.hunted": 0.002, "cohesion.brittleness": 0.25, "cohesion.losses": 2.0, "cohesion.place": 0.1,
    "cohesion.encirclement": 0.3, "cohesion.hunger": 0.2, "cohesion.silence": 0.05, "cohesion.drones": 0.05,
    "cohesion.recovery": 96.0, "cohesion.shaken": 0.5, "cohesion.desertion": 0.05, "cohesion.rout": 1.0,
    "cohesion.surrender": 1.0, "cohesion.crews": 0.02, "cohesion.gathering": 48.0,
}  # fmt: skip


@in_place
@compiled
def pass_hours(
    what: int, theatre: Theatre, war: War, state: Records, room: SupplyRoom, source_on: Floats, overhead: Floats,
    quality: Floats, press: Floats, struck: Floats, numbers: Floats, levels: Floats, strengths: Floats,
) -> int:  # fmt: skip
    """Run 44 days of some of the steps; return how often supply was delivered: a kernel."""
    troops, control, roads, politics = war.troops, war.control, war.roads, war.politics
    muster(1, 0, theatre.formations, strengths, levels, troops)
    begin_supply(theatre.formations, numbers, troops, room)
    deliveries = 0
    for hour in range(HOURS):
        if what in (DELIVER, ALL):
            place = hour * 7 % control.size
            if hour % 12 == 5:
                control.holder[place] = 1 - control.holder[place]
            elif hour % 12 == 6:
                control.holder[(hour - 1) * 7 % control.size] = theatre.sites.holder[
                    (hour - 1) * 7 % control.size
                ]
        if what in (LOOK, DELIVER, ALL):
            repair(1, 0, hour, numbers, state, room)
            changed = network_changed(control, roads, state, room)
            if what != LOOK and (changed or hour % 24 == 6):
                deliver(
                    1, 0, hour, theatre, source_on, troops, control, roads, politics, state, overhead, numbers,
                    levels, room,
                )  # fmt: skip
                deliveries += 1
        if what in (CONSUME, DELIVER, ALL):
            consume(troops, numbers)
        if what in (COHESION, ALL):
            for one in range(0, troops.size, 10):
                troops.shock[one] = 0.002
            hold_together(
                1, 0, hour, theatre.formations, troops, theatre.sites, control, quality, overhead, press, struck,
                numbers, levels,
            )  # fmt: skip
    return deliveries


def make_theatre(formations: int, places: int, ways: int) -> Theatre:
    """Return places along two fronts, each joined to the one before and to others near it."""
    luck = np.random.default_rng(1)
    side = np.arange(places) % 2
    near = [(place, max(place - 2, 0)) for place in range(2, places)]
    near += [(a, max(0, a - int(luck.integers(1, 9)))) for a in luck.integers(9, places, ways - len(near))]
    a, b = np.array(near, np.int32).T
    stand = luck.integers(0, places, formations)
    empty: dict[str, object] = {name: np.zeros(0) for name in Theatre._fields}
    empty |= {
        "formations": records(
            formations, FORMATION, side=side[stand], place=stand, arrival=NOWHERE, turnout=NOWHERE, quality=NOWHERE,
            share_to=1.0,
        ),
        "sites": records(places, SITE, holder=side, zone=np.arange(places) % 16),
        "ways": records(a.size, WAY, a=a, b=b, bridge=NOWHERE, length_km=12.0, capacity_t=200.0),
        "goals": records(0, GOAL),
        "source_place": np.array([0, 1, places // 2 * 2 - 2], np.int32),
        "source_side": np.array([0, 1, 0], np.int32),
        "source_level": np.zeros(3, np.int32),
    }  # fmt: skip
    return Theatre(**empty)  # type: ignore[arg-type]


def measure(formations: int, places: int, ways: int) -> None:
    """Print what an hour of each step costs."""
    theatre = make_theatre(formations, places, ways)
    theatre.ways.bridge[0] = 0
    war = new_war(formations, places, theatre.ways.size)
    war.control.holder[:], war.roads.capacity_t[:] = theatre.sites.holder, theatre.ways.capacity_t
    war.troops.place[:], war.troops.on[:] = theatre.formations.place, True
    war.troops.behind[:], war.troops.way[:], war.troops.attacks[:] = NOWHERE, NOWHERE, NOWHERE
    war.troops.contact[::5], war.troops.armour[:] = 100.0, 10
    numbers = np.array([TYPICAL.get(name, 0.5) for name in NUMBERS])
    assert {name.replace("{side}", "0") for name in CAMPAIGN_PARAMETERS if name.startswith("supply.")} <= set(
        TYPICAL
    )
    state = records(1, STATE, initial=1, elements=1)
    room = new_supply_room(theatre)
    given = (
        np.ones(3, np.bool_), np.full((2, 16), 0.3), np.array([0.8, 0.5]), np.zeros(places),
        np.zeros(formations, np.int32), numbers, np.array([1500.0]), np.array([500.0]),
    )  # fmt: skip
    for what, label in enumerate(("stocks used", "network looked at", "with deliveries", "cohesion", "all")):
        times = []
        for _ in range(REPETITIONS + 1):
            start = time.process_time()
            deliveries = pass_hours(what, theatre, war, state, room, *given)
            times.append(time.process_time() - start)
        print(f"{label}: {1e6 * min(times[1:]) / HOURS:.2f} us an hour, {deliveries} deliveries")
    print(f"present {war.troops.present.sum()}, deserted {war.troops.deserted.sum()}")
    print(f"days of food {war.troops.food.mean():.1f}")


if __name__ == "__main__":
    measure(*(int(number) for number in (sys.argv[1:] + ["200", "90", "160"][len(sys.argv) - 1 :])))
