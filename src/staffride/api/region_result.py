"""The results of a region that was run many times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.api.region import Engine, Opened, Rules
from staffride.lab.region_baselines import baselines_of
from staffride.lab.region_scores import averaged_relative_difference, rescaled_difference
from staffride.model.region_parameters import fitted_spread
from staffride.results.region_document import run_document
from staffride.results.region_roads import link_rows, queue_rows
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts

Floats = NDArray[np.float64]


class Outcome(NamedTuple):
    """What is kept of every replication, whatever rules ran.

    Attributes
    ----------
    present, arrivals
        (replications, days, destinations) persons at the end of each day, and who came on it.
    on_the_way
        (replications, days) displaced persons who are at no destination.
    flows
        (days, links) persons who enter each link within the day, expected; ``None`` by Flee's rules.
    queued
        (replications, days, queues) persons who wait before a link that binds, at the end of the day.
    queues
        For each queue its link and the place where people wait, by their numbers in the region.
    """

    present: NDArray[Any]
    arrivals: NDArray[Any]
    on_the_way: NDArray[Any]
    flows: Floats | None = None
    queued: NDArray[Any] | None = None
    queues: tuple[tuple[int, int], ...] = ()

    @classmethod
    def joined(cls, parts: Sequence[Outcome]) -> Outcome:
        """Return the replications of several outcomes as one."""
        present, arrivals, on_the_way = (np.concatenate([part[at] for part in parts]) for at in range(3))
        flows = [part.flows for part in parts if part.flows is not None]
        queued = [part.queued for part in parts if part.queued is not None]
        return cls(
            present,
            arrivals,
            on_the_way,
            np.mean(flows, axis=0) if flows else None,
            np.concatenate(queued) if queued else None,
            parts[0].queues,
        )


@dataclass(frozen=True, eq=False)
class RegionResult:
    """The results of a region run many times.

    Attributes
    ----------
    opened
        The region and what reading it found.
    outcome
        What came of it.
    rules, engine, seed, wall_seconds
        How it was run, and how long the runs took, reading left out.
    given
        What the user gave of the setup or the settings, by name.
    quirks
        Names of Flee's quirks that were on.
    appeal_spread
        How far the appeal of a destination may be from the rule; 0: bands show chance alone.
    """

    opened: Opened
    outcome: Outcome
    rules: Rules
    engine: Engine
    seed: int
    wall_seconds: float
    given: Mapping[str, str] = field(default_factory=dict)
    quirks: tuple[str, ...] = ()
    appeal_spread: float = 0.0

    @property
    def region(self) -> Region:
        """Return the region."""
        return self.opened.region

    @property
    def present(self) -> NDArray[Any]:
        """Return (replications, days, destinations) persons present at the end of each day."""
        return self.outcome.present

    @property
    def destinations(self) -> tuple[str, ...]:
        """Return the names of the destinations."""
        return self.region.destination_names

    def averaged_relative_difference(self) -> dict[str, Floats]:
        """Return ``plain`` and ``rescaled`` averaged relative difference of each replication, (replications,)."""
        counted = daily_counts(self.region)
        runs = np.asarray(self.present, np.float64)
        return {
            "plain": np.array([averaged_relative_difference(run, counted) for run in runs]),
            "rescaled": np.array([rescaled_difference(run, counted) for run in runs]),
        }

    def document(self) -> dict[str, Any]:
        """Return the run as plain objects: what ``--json`` prints."""
        scored = bool(self.region.reports)
        document = run_document(
            self.region,
            self.outcome,
            seed=self.seed,
            mode=self.rules,
            engine=self.engine,
            wall_seconds=self.wall_seconds,
            ard=self.averaged_relative_difference() if scored else None,
            baselines=baselines_of(self.region) if scored else None,
            problems=self.opened.problems,
            unmapped=self.opened.unmapped,
        )
        return (
            document
            | self._roads()
            | {
                "run": document["run"]
                | {"given": dict(self.given), "quirks": list(self.quirks)}
                | self._bands()
            }
        )

    def _bands(self) -> dict[str, Any]:
        """Return what the bands show, and by our rules how such bands hold counts of cases left out."""
        own = self.rules == "staffride"
        fitted = fitted_spread(self.region)._asdict() if own else None
        return {"appeal_spread": self.appeal_spread, "fitted_spread": fitted}

    def _roads(self) -> dict[str, Any]:
        """Return what is known of links and of queues before those that bind."""
        found = self.outcome
        return {
            "links": [] if found.flows is None else link_rows(self.region, found.flows),
            "queues": [] if found.queued is None else queue_rows(self.region, found.queued, found.queues),
        }

    def __repr__(self) -> str:
        size = f"{self.present.shape[0]} replications, {self.region.days} days, {len(self.destinations)} destinations"
        return f"<RegionResult {self.region.name}: {size}, {self.rules} rules, {self.engine}>"
