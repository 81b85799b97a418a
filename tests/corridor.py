"""One road with a checkpoint: the closed form of Newell's theory in plain numpy, and three demands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from staffride.model.road_network import Network, Road, network_of

VEHICLES = 21_000
HOURS = 264
FIRST_KM, SECOND_KM, SPEED_KM_H = 56.0, 22.0, 40.0
CAPACITY_PER_H, JAM_PER_KM = 1200.0, 140.0
PER_HOUR = 60
"""Steps of the closed form in an hour; every travel time of the corridor is a whole number of them."""


@dataclass(frozen=True)
class Case:
    """Shares of the vehicles that leave on each day, evenly within it, and the checkpoint's rate per hour."""

    name: str
    shares: tuple[float, ...]
    rate: float

    @property
    def file(self) -> str:
        """The file of the simulator's curves for this case."""
        return f"{self.name}_cpp_d5_node.csv"

    def wanted(self, hour: np.ndarray) -> np.ndarray:
        """Return how many vehicles want to have left by each hour."""
        days = 24.0 * np.arange(len(self.shares) + 1)
        return VEHICLES * np.interp(hour, days, np.cumsum((0.0, *self.shares)))

    def ready_h(self) -> np.ndarray:
        """Return when each vehicle wants to leave: the n-th when ``wanted`` passes n - 1."""
        days = 24.0 * np.arange(len(self.shares) + 1)
        return np.interp(np.arange(VEHICLES), VEHICLES * np.cumsum((0.0, *self.shares)), days)


CASES = (
    Case("brief_230vph", (0.10, 0.25, 0.30, 0.25, 0.10), 230.0),
    Case("brief_750vph", (0.10, 0.25, 0.30, 0.25, 0.10), 750.0),
    Case("rush_230vph", (0.60, 0.40), 230.0),
)


def corridor(spill_back: bool = True) -> Network:
    """Return the road from the city (node 0) over the checkpoint (1) to the town (2)."""
    first_storage = JAM_PER_KM * FIRST_KM if spill_back else 10.0 * VEHICLES
    roads = {
        0: Road(0, 1, FIRST_KM / SPEED_KM_H, CAPACITY_PER_H, first_storage),
        1: Road(1, 2, SECOND_KM / SPEED_KM_H, CAPACITY_PER_H, JAM_PER_KM * SECOND_KM),
    }
    return network_of(roads, nodes=3, links=2, exit_node=2, checkpoint_node=1)


@dataclass(frozen=True)
class Curves:
    """Cumulative vehicles at the end of each hour 1, 2, ..., `HOURS`."""

    entered: np.ndarray
    bridge: np.ndarray
    goris: np.ndarray


def closed_form(case: Case) -> Curves:
    """Solve the corridor exactly: a first-in-first-out queue at the checkpoint and the wave of a full road.

    entered(t) = min(wanted(t), entered limited by the road's capacity, bridge(t - L/w) + jam density x L)
    with w = capacity / (jam density - capacity / speed); bridge(t) = min over s <= t of
    entered(s - L/speed) + rate x (t - s); goris(t) = bridge(t - second road / speed).  Newell (1993).
    """
    wave_km_h = CAPACITY_PER_H / (JAM_PER_KM - CAPACITY_PER_H / SPEED_KM_H)
    back, forth, onward = (
        round(hours * PER_HOUR)
        for hours in (FIRST_KM / wave_km_h, FIRST_KM / SPEED_KM_H, SECOND_KM / SPEED_KM_H)
    )
    steps = HOURS * PER_HOUR + 1
    wanted = case.wanted(np.arange(steps) / PER_HOUR)
    entered, bridge = np.zeros(steps), np.zeros(steps)
    for now in range(1, steps):
        fits = (bridge[now - back] if now >= back else 0.0) + JAM_PER_KM * FIRST_KM
        entered[now] = min(wanted[now], entered[now - 1] + CAPACITY_PER_H / PER_HOUR, fits)
        arrived = entered[now - forth] if now >= forth else 0.0
        bridge[now] = min(arrived, bridge[now - 1] + case.rate / PER_HOUR)
    goris = np.concatenate([np.zeros(onward), bridge[: steps - onward]])
    return Curves(*(curve[PER_HOUR::PER_HOUR] for curve in (entered, bridge, goris)))
