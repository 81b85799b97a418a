"""Time of an hour of battles: 200 formations, 90 places, 15 of them fought for by 60 formations.

Run ``python benchmarks/bench_ground.py``.
"""

import time

import numpy as np
from numba import njit

from staffride.model.campaign_battles import fight, new_battle_room
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_kernel import in_place
from staffride.model.campaign_state import records
from staffride.model.ground_state import (
    BATTLE,
    CONTROL,
    FORMATION,
    GOAL,
    HASTY,
    NOWHERE,
    RUGGED,
    SITE,
    TROOPS,
    WAY,
    WAY_STATE,
)

FORMATIONS, PLACES, BATTLES, HOURS = 200, 90, 15, 1_056
VALUES = {
    "rate": 0.03, "exponent": 0.35, "size_exponent": 0.2, "intensity_spread": 0.8, "night": 0.7, "fog": 0.7,
    "posture.hasty": 1.3, "posture.prepared": 1.5, "posture.fortified": 1.8, "posture.delay": 1.2, "dig_in": 12.0,
    "terrain.rolling": 1.2, "terrain.rugged": 1.5, "armour_weight": 20.0, "gun_weight": 10.0, "cohesion_effect": 0.5,
    "ammunition_effect": 0.5, "dead_share": 0.25, "missing_share": 0.03, "armour_loss": 2.0, "break.attack": 0.15,
    "break.defence": 0.25, "break.spread": 0.5, "pursuit": 0.02, "pause": 12.0, "caution_effect": 0.3,
    "advance.flat": 7.0, "advance.rolling": 3.45, "advance.rugged": 2.5, "advance.spread": 0.9,
    "advance.exponent": 0.3, "advance.unopposed": 3.0, "mine_delay": 12.0, "ditch_delay": 6.0, "event_size": 20.0,
}  # fmt: skip


def case():
    """Return the arguments of `fight` after the intensity: two attackers and two defenders at each place fought for."""
    formations, troops = records(FORMATIONS, FORMATION), records(FORMATIONS, TROOPS)
    formations.contact, formations.quality = 0, 1
    troops.on, troops.present, troops.stance, troops.cohesion, troops.ammunition = True, 900, HASTY, 0.8, 3.0
    troops.armour, troops.guns, troops.stand_h, troops.goal = 10, 6, 24.0, 0
    troops.attacks = troops.way = NOWHERE
    troops.place = BATTLES + np.arange(FORMATIONS) % (PLACES - BATTLES)
    for one in range(4 * BATTLES):
        place, attacks = one % BATTLES, one < 2 * BATTLES
        formations.side[one] = 0 if attacks else 1
        troops.place[one] = PLACES - 1 if attacks else place
        if attacks:
            troops.attacks[one] = troops.way[one] = place
    control, ways = records(PLACES, CONTROL, dug_h=np.inf), records(160, WAY, ground=RUGGED, length_km=10.0)
    control.holder[:BATTLES] = 1
    ways.a, ways.b = PLACES - 1, np.arange(160) % PLACES
    numbers = np.zeros(len(NUMBERS))
    for name, value in VALUES.items():
        numbers[number(f"ground.{name}")] = value
    return (
        formations, troops, records(PLACES, SITE, ground=RUGGED, fortification=0.5), control, ways,
        records(160, WAY_STATE), records(PLACES, BATTLE), records(1, GOAL), np.zeros(1, np.bool_), np.zeros(1, np.int8),
        numbers, np.array([0.4, 1.0]), new_battle_room(FORMATIONS, PLACES, 160),
    )  # fmt: skip


@njit(nogil=True)
def war(replication, arguments):
    """Fight the hours of a war with the same strength in every hour."""
    fought = 0
    for hour in range(HOURS):
        arguments[1].present[:] = 900
        arguments[1].armour_lost[:] = 0
        fought += fight(1, replication, hour, 1.0, *arguments)
    return fought


def main():
    """Print the time of an hour."""
    arguments, times = case(), []
    in_place(war)
    begin = time.perf_counter()
    war(0, arguments)
    print(f"compiled or loaded in {time.perf_counter() - begin:.1f} s")
    for replication in range(30):
        begin = time.process_time()
        fought = war(replication, arguments)
        times.append(1e6 * (time.process_time() - begin) / HOURS)
    print(
        f"{fought / HOURS:.0f} battles an hour: best {min(times):.2f} us, median {np.median(times):.2f} us an hour"
    )


if __name__ == "__main__":
    main()
