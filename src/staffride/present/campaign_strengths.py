"""How many elements stood there at the start of each replication: the denominators of shares."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_codes import CLASSES
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, compile_campaign
from staffride.model.campaign_setup import elements_of
from staffride.present.campaign_words import SHARES
from staffride.results.run import Run
from staffride.scenario.schema import Scenario

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_elements = np.vectorize(elements_of, otypes=[np.float64])


class Strengths:
    """Elements at the start, by variant, side and class, in the replications of a run.

    Parameters
    ----------
    run
        A run of the scenario; its draws are made again from its seed.
    scenario
        The scenario that it ran.
    """

    def __init__(self, run: Run, scenario: Scenario) -> None:
        settings = run.manifest.settings
        self.inputs: CampaignInputs = compile_campaign(scenario)
        self._draws: CampaignDraws = draw_campaign(
            scenario, settings.replications, settings.seed, self.inputs
        )
        self._rows = run.totals["replication"].astype(np.int64)
        self._carried: Flags = np.array(
            [scenario.systems[u.system].layer == "portable" for u in scenario.units]
        )
        self._known: dict[tuple[int, int, float, float], Numbers] = {}

    def of(self, side: str, classes: Iterable[str], variant: str | None = None) -> Numbers:
        """Return (replications,) numbers of elements of some classes; of the baseline without a variant."""
        codes = [CLASSES.index(name) for name in classes]
        return self._sum(side, np.isin(self.inputs.units.target_class, codes), variant)

    def of_share(self, share: str, side: str, variant: str | None = None) -> Numbers:
        """Return (replications,) numbers of elements that a share is counted of: no air defence that men carry."""
        codes = [CLASSES.index(name) for name in SHARES[share]]
        return self._sum(side, np.isin(self.inputs.units.target_class, codes) & ~self._carried, variant)

    def _sum(self, side: str, wanted: Flags, variant: str | None) -> Numbers:
        inputs = self.inputs
        at = 0 if variant is None else inputs.variants.index(variant)
        here = wanted & (inputs.units.side == inputs.sides.index(side)) & inputs.unit_on[at]
        total = np.zeros(self._rows.size)
        for unit in np.flatnonzero(here):
            total += self._unit(at, int(unit))
        return total

    def _unit(self, variant: int, unit: int) -> Numbers:
        """Return (replications,) elements of one unit; a variant that leaves its strength alone has the baseline's."""
        units, strength = self.inputs.units, int(self.inputs.units.strength[unit])
        fixed = self._fixed(variant, strength)
        part = float(units.share_from[unit]), float(units.share_to[unit])
        key = (0 if fixed is None else variant, strength, *part)
        if key not in self._known:
            drawn = self._draws.strengths[self._rows, strength]
            strengths = drawn if fixed is None else np.full(drawn.size, fixed)
            self._known[key] = np.asarray(_elements(strengths, *part))
        return self._known[key]

    def _fixed(self, variant: int, strength: int) -> float | None:
        """Return the number at which a variant holds a strength, or ``None`` where it draws it."""
        changes = self._draws.overrides[variant]
        found = [one.value for one in changes if one.array == "strengths" and one.at == (strength,)]
        return found[-1] if found else None
