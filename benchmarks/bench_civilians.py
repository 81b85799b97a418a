"""Time of diplomacy and of what the war does to civilians, an hour each, at the scale of a war of 44 days.

Run ``python benchmarks/bench_civilians.py``.
"""

import time

import numpy as np

from staffride.engine.compile import compiled
from staffride.model.campaign_civilians import harm_civilians, settle
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_diplomacy import begin_diplomacy, negotiate
from staffride.model.campaign_kernel import in_place
from staffride.model.campaign_state import records
from staffride.model.ground_state import SITE, new_war

PLACES, WAYS, BATTLES, STRIKES, HOURS, REPLICATIONS = 90, 180, 8, 40, 44 * 24, 50
VALUES = {
    "diplomacy.truce_rate": 1 / 350,
    "diplomacy.break_rate": 1.0,
    "diplomacy.truce_intensity": 0.5,
    "diplomacy.acceptance_rate": 1e-9,
    "diplomacy.pressure_growth": 0.001,
    "city_strikes.deaths_per_munition": 0.2,
    "city_strikes.dispersion": 0.3,
    "city_strikes.shelter": 0.5,
    "flight.danger_rate": 0.01,
    "flight.neighbour_rate": 0.02,
    "flight.nearby": 0.2,
    "flight.memory": 48.0,
    "flight.stay_share": 0.05,
    "flight.ground_deaths": 1e-6,
}


@in_place
@compiled
def repeat(first_one, count, part, sites, control, battles, politics, links, strikes, levels, numbers):
    """Run so many replications of the whole war; ``part``: 0 diplomacy, 1 civilians, 2 both."""
    first, ends, moved = links
    hours, where, sides, munitions, truces, days = strikes
    for replication in range(first_one, first_one + count):
        begin_diplomacy(1, replication, numbers, control, politics)
        settle(sites, levels, control)
        for hour in range(HOURS):
            if hour % 24 == 0:
                for place in range(PLACES):
                    battles.active[place] = (place * 7 + hour // 24 * 3) % PLACES < moved
            if part != 1:
                negotiate(1, replication, hour, sites, control, politics, truces, days, numbers)
            if part != 0:
                harm_civilians(
                    1, replication, hour, sites, control, battles, politics, first, ends, hours, where, sides,
                    munitions, numbers,
                )  # fmt: skip


def war():
    """Return the arguments of `repeat` after the first three: a ring of places, with ways to the next two."""
    random = np.random.default_rng(1)
    state, sites = new_war(1, PLACES, WAYS), records(PLACES, SITE)
    place = np.arange(PLACES)
    sites.holder[:] = control_of = (place >= PLACES // 2).astype(np.int32)
    state.control.holder[:] = control_of
    sites.civilians_0[:] = np.where(control_of == 0, place, -1)
    sites.civilians_1[:] = np.where(control_of == 1, place, -1)
    ends = np.stack([(place + step) % PLACES for step in (-2, -1, 1, 2)], axis=1).ravel().astype(np.int32)
    links = (4 * np.arange(PLACES + 1, dtype=np.int32), ends, BATTLES)
    where = random.integers(0, PLACES, STRIKES).astype(np.int32)
    strikes = (
        np.sort(random.uniform(0, 300, STRIKES)), where, (1 - sites.holder[where]).astype(np.int32),
        np.full(STRIKES, 4.0), np.array([317.0, 497.0, 697.0]), np.full(PLACES, -1.0),
    )  # fmt: skip
    numbers = np.zeros(len(NUMBERS))
    for name, value in VALUES.items():
        numbers[number(name)] = value
    for side in range(2):
        numbers[number("city_strikes.{side}.rate") + side] = 4 / 24
        numbers[number("city_strikes.{side}.warning") + side] = 0.3
    levels = random.lognormal(8.0, 1.0, PLACES)
    return sites, state.control, state.battles, state.politics, links, strikes, levels, numbers


def main():
    """Print the time of an hour, the shortest of five runs."""
    arguments = war()
    for part, name in enumerate(("diplomacy", "civilians", "both")):
        repeat(0, 1, part, *arguments)
        times = []
        for _ in range(5):
            started = time.perf_counter()
            repeat(0, REPLICATIONS, part, *arguments)
            times.append(time.perf_counter() - started)
        print(f"{name}: {min(times) / REPLICATIONS / HOURS * 1e6:.2f} microseconds an hour")
    control = arguments[1]
    killed, fled, there = (control[column].sum(axis=0) for column in ("killed", "fled", "people"))
    print(f"killed {killed}, fled {fled}, there {there}")


if __name__ == "__main__":
    main()
