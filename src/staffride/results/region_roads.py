"""What a run of a region says of its roads: who used each, and how long queues grew before those that bind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.results.bands import FIGURES, bands
from staffride.scenario.region import Region

Floats = NDArray[np.float64]


def link_rows(region: Region, flows: Floats) -> list[dict[str, Any]]:
    """Return the links that anybody used, the busiest first: persons in all, and on the busiest day.

    Parameters
    ----------
    region
        Its links, in their order.
    flows
        (days, links) persons who enter each link within the day, expected.
    """
    total, most = flows.sum(axis=0), flows.max(axis=0, initial=0.0)
    order = [int(at) for at in np.argsort(-total, kind="stable") if total[at] > 0.0]
    return [
        {
            "first": region.links[at].first,
            "second": region.links[at].second,
            "persons": round(float(total[at]), 1),
            "busiest_day": region.date_of(int(flows[:, at].argmax())).isoformat(),
            "persons_on_it": round(float(most[at]), 1),
        }
        for at in order
    ]


def queue_rows(
    region: Region, queued: NDArray[Any], queues: Sequence[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Return the queues before links that bind: the most persons who wait at once, over replications.

    Parameters
    ----------
    region
        Its links and places.
    queued
        (replications, days, queues) persons who wait at the end of the day.
    queues
        For each queue its link and the place where people wait.
    """
    rows = []
    for at, (link, place) in enumerate(queues):
        longest = bands(np.asarray(queued[:, :, at], np.float64).max(axis=1))
        if longest[0] > 0.0:
            road = region.links[link]
            rows.append(
                {
                    "first": road.first,
                    "second": road.second,
                    "waiting_in": region.places[place].name,
                    "persons_per_hour": road.persons_per_hour,
                    "longest": {
                        name: round(float(value), 1) for name, value in zip(FIGURES, longest, strict=True)
                    },
                }
            )
    return rows
