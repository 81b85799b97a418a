"""A forecast and a run of the small region, made of closed forms, so that pages are tested without any model."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from flee_cases import small_region
from staffride.scenario.region import Region

ORIGIN = date(2030, 2, 5)
START_PERSONS = {"Farhold": 7_500.0, "Gantry": 2_600.0, "Hovel": 1_400.0}
A_DAY = {"Farhold": 180.0, "Gantry": 70.0, "Hovel": 20.0}


@dataclass(frozen=True)
class FakeForecast:
    """What a forecast has: persons present and arrivals, by path, day and destination."""

    origin: date
    dates: tuple[date, ...]
    destinations: tuple[str, ...]
    paths: np.ndarray
    arrivals: np.ndarray
    seed: int = 1

    def quantile(self, q: float) -> np.ndarray:
        return np.quantile(self.paths, q, axis=0)


@dataclass(frozen=True)
class FakeRun:
    """What a run has: persons by replication, day and destination, and those on the way."""

    present: np.ndarray
    arrivals: np.ndarray
    on_the_way: np.ndarray
    seed: int = 1


def fake_forecast(days: int = 84, paths: int = 200, factor: float = 1.0) -> FakeForecast:
    """Arrivals of each path are its own rate, spread evenly from a third to thrice the mean; nobody leaves."""
    region = small_region()
    names = region.destination_names
    rate = np.exp(np.linspace(-1.0, 1.0, paths))
    daily = np.array([A_DAY[name] for name in names]) * factor
    arrivals = np.repeat((rate[:, None] * daily)[:, None, :], days, axis=1)
    present = np.array([START_PERSONS[name] for name in names]) + np.cumsum(arrivals, axis=1)
    dates = tuple(ORIGIN + timedelta(days=1 + day) for day in range(days))
    return FakeForecast(ORIGIN, dates, names, present, arrivals)


def fake_run(region: Region | None = None, replications: int = 20) -> FakeRun:
    """Return a run whose arrivals grow evenly, with a spread over replications."""
    region = region or small_region()
    scale = np.linspace(0.9, 1.1, replications)
    daily = np.array([A_DAY.get(name, 50.0) for name in region.destination_names])
    arrivals = np.repeat((scale[:, None] * daily)[:, None, :], region.days, axis=1)
    on_the_way = np.repeat((300.0 * scale)[:, None], region.days, axis=1)
    return FakeRun(np.cumsum(arrivals, axis=1), arrivals, on_the_way)


def renamed(region: Region, names: dict[str, str]) -> Region:
    """Return the region with other names of places."""
    known = {place.name: names.get(place.name, place.name) for place in region.places}
    return replace(
        region,
        places=tuple(replace(place, name=known[place.name]) for place in region.places),
        links=tuple(
            replace(link, first=known[link.first], second=known[link.second]) for link in region.links
        ),
        reports=tuple(replace(one, name=known[one.name]) for one in region.reports),
        closures=tuple(
            replace(one, first=known.get(one.first, one.first), second=known.get(one.second, one.second))
            for one in region.closures
        ),
        corrections=(),
    )
