"""Verdicts on claims, by published thresholds.

A claimed interval is compared with the predictive band of an ensemble: its central 90 and 99 %, the model's own error
(its discrepancy) included, under the model as it is and under each alternative structure.

- *consistent*: the claim meets the central 90 %.
- *in tension*: it meets only the central 99 %.
- *contradicted*: it lies outside the central 99 %, on the same side, under the model and every alternative.
- *undecided*: the claim has an opposite (an inequality, an event, a sign) and the central 90 % holds both; or the
  alternatives disagree: some contradict what others allow; or too few replications have a value.

For a claim with an opposite, *consistent* asks that the whole central 90 % is as claimed, *in tension* that all of it
is the opposite while the central 99 % still meets the claim; and each alternative must lie on the same side as the
model. A sign is read on the mean paired difference with its sampling error (Student's t).

Verdicts are on the ensemble that the priors give: no figure of the record has narrowed it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import OBSERVATION
from staffride.evidence.claim_tests import Quantity
from staffride.lab.claimed import Claimed
from staffride.lab.keyed import entity_of, keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.lab.student import student_quantile

Floats: TypeAlias = NDArray[np.float64]
Verdict: TypeAlias = Literal[
    "consistent", "in tension", "contradicted", "undecided", "assumed here, not tested", "not run"
]
Reading: TypeAlias = Literal["inside", "edge", "below", "above", "both", "nothing", "too few"]

CENTRAL, OUTER = 0.90, 0.99
LEVELS = (0.005, 0.05, 0.5, 0.95, 0.995)
"""Shares of the ensemble that the two bands hold, and the levels of their ends and of the median."""

FEWEST = 20
"""Replications with a value below which there is no verdict."""

WELL_KNOWN = 200
"""Replications from which the ends of the 99 % band lie within the sample, and not at its ends."""

ORDER: tuple[Verdict, ...] = (
    "not run",
    "contradicted",
    "undecided",
    "in tension",
    "consistent",
    "assumed here, not tested",
)
"""Which verdict a claim of several parts has: that of its part which comes first here."""


class Band(NamedTuple):
    """What an ensemble says of a number.

    Attributes
    ----------
    low_99, low_90, middle, high_90, high_99
        Ends of the two central bands, and the median; for a sign, of the mean paired difference.
    n, missing
        Replications with a value, and without one.
    as_claimed
        Share of the former that are as claimed.
    """

    low_99: float
    low_90: float
    middle: float
    high_90: float
    high_99: float
    n: int
    missing: int
    as_claimed: float


class Under(NamedTuple):
    """A band under one structure of the model, and how the claim stands to it."""

    structure: str
    band: Band
    reading: Reading


def with_discrepancy(values: Floats, quantity: Quantity, key: str, seed: int) -> Floats:
    """Return what an ensemble says once the model's own error is added, (replications,).

    One standard normal number a replication, inverted from a uniform one that the seed, the replication and ``key``
    decide: another claim, or more replications, change none of them.
    """
    if quantity.discrepancy == "none":
        return values
    uniform = keyed_uniforms(seed, values.size, OBSERVATION, 0, entity_of(f"discrepancy of {key}"))
    error = quantity.size * normal_column(uniform)
    found = values * np.exp(error) if quantity.discrepancy == "multiplicative" else values + error
    low = -math.inf if quantity.low is None else quantity.low
    high = math.inf if quantity.high is None else quantity.high
    return np.clip(found, low, high)


def band_of(draws: Floats, claimed: Claimed, *, missing_is_later: bool = False) -> Band:
    """Return the predictive band of draws, (replications,); quantiles are values of the sample.

    Parameters
    ----------
    missing_is_later
        Whether a missing value is a date that never came, and so later than any; else it is left out.
    """
    known = np.where(np.isnan(draws), math.inf, draws) if missing_is_later else draws[~np.isnan(draws)]
    missing = int(np.isnan(draws).sum())
    if known.size == 0:
        return _no_band(0, missing)
    low, lower, middle, higher, high = map(float, np.quantile(known, LEVELS, method="inverted_cdf"))
    return Band(low, lower, middle, higher, high, known.size, missing, _share(known, claimed))


def band_of_mean(differences: Floats, claimed: Claimed) -> Band:
    """Return the mean of paired differences with its 90 and 99 % intervals by Student's t."""
    known = differences[~np.isnan(differences)]
    missing = differences.size - known.size
    if known.size < 2:
        return _no_band(known.size, missing)
    mean, error = float(known.mean()), float(known.std(ddof=1)) / math.sqrt(known.size)
    inner, outer = (error * student_quantile(0.5 + share / 2, known.size - 1) for share in (CENTRAL, OUTER))
    share = _share(known, claimed)
    return Band(mean - outer, mean - inner, mean, mean + inner, mean + outer, known.size, missing, share)


def _no_band(n: int, missing: int) -> Band:
    return Band(math.nan, math.nan, math.nan, math.nan, math.nan, n, missing, math.nan)


def _share(values: Floats, claimed: Claimed) -> float:
    """Return the share of values that are as claimed."""
    return float(np.mean([claimed.holds(value, value) for value in values]))


def read_band(band: Band, claimed: Claimed, *, is_sign: bool = False) -> Reading:
    """Return how a claim stands to a band."""
    if band.n < FEWEST:
        return "too few"
    if is_sign and band.low_99 == band.high_99 == 0.0:
        return "nothing"
    outside: Reading = "above" if claimed.is_above(band.high_99) else "below"
    if claimed.is_one_sided and not claimed.holds(band.low_90, band.high_90):
        if claimed.meets(band.low_90, band.high_90):
            return "both"
    elif claimed.meets(band.low_90, band.high_90):
        return "inside"
    return "edge" if claimed.meets(band.low_99, band.high_99) else outside


def decide(claimed: Claimed, model: Under, alternatives: Sequence[Under] = ()) -> tuple[Verdict, str]:
    """Return the verdict on a claim and why, in a sentence; the rule at the head of this file.

    Parameters
    ----------
    claimed
        What the claim says.
    model, alternatives
        How it stands under the model as it is, and under each alternative structure.
    """
    if model.reading in _NO_ANSWER:
        return "undecided", _NO_ANSWER[model.reading]
    useful = [one for one in alternatives if one.reading not in ("too few", "nothing")]
    group = _group_one_sided if claimed.is_one_sided else _group
    apart = [one.structure for one in useful if group(one.reading) != group(model.reading)]
    if apart:
        return "undecided", f"The structures of the model disagree: it is otherwise under {', '.join(apart)}."
    if model.reading == "inside":
        return "consistent", "The claim meets the central 90 % of the band."
    outside = [one for one in (model, *useful) if one.reading in ("below", "above")]
    if len(outside) == 1 + len(useful):
        others = "under every other structure tried" if useful else "no other structure was tried"
        return "contradicted", f"The claim lies outside the central 99 % of the band, {others}."
    return "in tension", "The claim meets no more than the central 99 % of the band."


_NO_ANSWER: dict[Reading, str] = {
    "too few": f"Fewer than {FEWEST} replications have a value.",
    "nothing": "The policy changes nothing here, in any replication: the model has no rule by which it could.",
    "both": "The central 90 % of the band also holds the opposite.",
}


def _group(reading: Reading) -> str:
    """Return which structures agree on an interval: all that allow it, or all that lie on one side of it."""
    return "allowed" if reading in ("inside", "edge") else reading


def _group_one_sided(reading: Reading) -> str:
    """Return which structures agree on a claim with an opposite: as claimed, the opposite, or both."""
    return "opposite" if reading in ("edge", "below", "above") else reading


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a claim of several parts: contradicted as soon as one part is, consistent if all are.

    >>> together(["consistent", "in tension"])
    'in tension'
    """
    return min(verdicts, key=ORDER.index)
