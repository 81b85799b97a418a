"""Weather: clear, low cloud or fog over each zone, hour by hour.

Over each zone lies an air mass. It stays for a time without memory, then another comes. An air mass is a rank
between 0 (the fairest) and 1 (the worst). The hour's sky is what that rank means at the zone's elevation, in that
month, by day or in the dark. So the share of hours of each sky is exact at every hour, and fog lifts at sunrise and
comes back at night while the air mass stays. Where nothing changes with the hour, this is a Markov chain. A worse
prior never makes any hour of a replication fairer, because the luck stays the same.

Limits: zones are independent of each other, though neighbours share their weather in truth, so shares over
the whole area vary too little; wind, rain and snow are not modelled. All rates are assumptions with wide priors.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import WEATHER, exponential_ppf, uniforms

CLEAR, LOW_CLOUD, FOG = 0, 1, 2
NOT_GIVEN = -1

REFERENCE_ELEVATION_M = 1000.0
REFERENCE_MONTH = 10


@compiled
def bad_weather_log_odds(
    elevation_m: float, month: int, elevation_effect: float, november_effect: float
) -> float:
    """Return what elevation and month add to the log-odds of low cloud and of fog against a clear sky.

    Equation: ``elevation effect (z - 1000 m) / 1000 m + november effect (month - 10)``.
    Units: metres; months of the year; log-odds per 1,000 m and per month.
    Source: assumed; the multinomial logit is McFadden's (1974), in Zarembka, "Frontiers in Econometrics", 105-142.
    Limits: linear in the month, so for autumn only; a valley's own inversion fog would have the opposite slope.
    """
    return elevation_effect * (elevation_m - REFERENCE_ELEVATION_M) / 1000.0 + november_effect * (
        month - REFERENCE_MONTH
    )


@compiled
def weather_shares(
    low_cloud_share: float, fog_share: float, log_odds: float, fog_log_odds: float
) -> tuple[float, float, float]:
    """Return the shares of hours (clear, low cloud, fog) from those of the reference zone and month.

    Equation: ``clear : low cloud : fog = (1 - c - f) : c exp(a) : f exp(a + b)``, divided by their sum, where ``c``
    and ``f`` are the reference shares, ``a`` is ``log_odds`` and ``b`` is ``fog_log_odds``.
    Units: shares; log-odds.
    Source: multinomial logit (McFadden 1974).
    Limits: reference shares whose sum exceeds one leave no clear hour.
    """
    clear = max(0.0, 1.0 - low_cloud_share - fog_share)
    low_cloud = low_cloud_share * math.exp(log_odds)
    fog = fog_share * math.exp(log_odds + fog_log_odds)
    total = clear + low_cloud + fog
    return clear / total, low_cloud / total, fog / total


@compiled
def sky(rank: float, clear_share: float, fog_share: float) -> int:
    """Return the sky that an air mass of this rank brings: CLEAR, LOW_CLOUD or FOG.

    Equation: clear below ``clear share``, fog from ``1 - fog share``, low cloud between.
    Units: rank and shares between 0 and 1.
    Source: inversion of the distribution of the three ordered states.
    Limits: whatever makes fog likelier makes a clear sky rarer.
    """
    if rank >= 1.0 - fog_share:
        return FOG
    return CLEAR if rank < clear_share else LOW_CLOUD


@compiled
def air_mass_hours(u: float, persistence_h: float) -> int:
    """Return for how many hours an air mass stays, one or more.

    Equation: geometric with mean ``persistence``: ``P(more than n) = (1 - 1 / persistence)^n``. A spell of a sky with
    share ``s`` then has the mean length ``persistence / (1 - s)``, because the next air mass may bring the same sky.
    Units: hours.
    Source: first-order discrete autoregression (Jacobs and Lewis 1978), Journal of the Royal Statistical Society B
    40, 94-105; Markov chains of weather: Gabriel and Neumann (1962), Quarterly Journal of the Royal Meteorological
    Society 88, 90-95.
    Limits: a persistence of an hour or less gives a new air mass every hour.
    """
    if persistence_h <= 1.0:
        return 1
    return 1 + int(min(1e9, exponential_ppf(u) / -math.log1p(-1.0 / persistence_h)))


@compiled
def weather_path(
    seed: int,
    replication: int,
    elevation_m: NDArray[np.float64],
    month: NDArray[np.int64],
    dark: NDArray[np.bool_],
    low_cloud_share: float,
    fog_share: float,
    persistence_h: float,
    elevation_effect: float,
    november_effect: float,
    night_effect: float,
    given: NDArray[np.int8],
    out: NDArray[np.int8],
) -> None:
    """Fill ``out`` with the sky over each zone in each hour; a kernel that draws only when the air mass changes.

    Equation: ``sky(rank of the air mass, weather_shares of zone and hour)``; each air mass has its own rank and stays
    ``air_mass_hours``. The first one is drawn from the stationary law.
    Units: hours; metres; shares and log-odds.
    Source: first-order discrete autoregression (Jacobs and Lewis 1978).
    Limits: what is given replaces the hours that it covers and changes no other hour.

    Parameters
    ----------
    elevation_m
        Elevation of each zone, shape (Z,).
    month, dark
        Month of each hour, shape (T,); whether it is dark over the zone in the hour, shape (Z, T).
    low_cloud_share, fog_share
        Stationary shares at 1,000 m by day in October.
    persistence_h
        Mean time for which an air mass stays.
    elevation_effect, november_effect, night_effect
        Log-odds of low cloud and fog per 1,000 m and per month, and of fog alone in the dark.
    given
        Sky that is known of an hour, or NOT_GIVEN, shape (Z, T).
    out
        The result, shape (Z, T).
    """
    for zone in range(out.shape[0]):
        air_mass, until, rank = 0, 0, 0.0
        last_month, last_dark = -1, False
        clear, fog = 1.0, 0.0
        for hour in range(out.shape[1]):
            if hour == until:
                stay_draw, rank = uniforms(seed, replication, WEATHER, air_mass, zone, 0)
                until += air_mass_hours(stay_draw, persistence_h)
                air_mass += 1
            if month[hour] != last_month or dark[zone, hour] != last_dark:
                last_month, last_dark = month[hour], dark[zone, hour]
                added = bad_weather_log_odds(elevation_m[zone], last_month, elevation_effect, november_effect)
                clear, _, fog = weather_shares(
                    low_cloud_share, fog_share, added, night_effect if last_dark else 0.0
                )
            known = given[zone, hour]
            out[zone, hour] = sky(rank, clear, fog) if known == NOT_GIVEN else known


@compiled
def can_fly(state: int, weather_limit: float) -> bool:
    """Say whether a system with this weather limit can work under this sky.

    Equation: ``state + weather limit <= 2``: limit 0 flies in any weather, 1 not in fog, 2 only under a clear sky.
    Units: states CLEAR 0, LOW_CLOUD 1, FOG 2.
    Source: definition; optical sensors and laser guidance need a free line of sight.
    Limits: all or nothing for an hour and a zone.
    """
    return state + weather_limit <= 2.0


@compiled
def flyable_share(states: NDArray[np.int8], weather_limit: float) -> float:
    """Return the share of zones over which a system with this weather limit can work.

    Equation: zones with ``can_fly`` / all zones.
    Units: share; ``states`` has shape (Z,).
    Source: definition.
    Limits: every zone counts the same, whatever its area.
    """
    flyable = 0
    for zone in range(states.size):
        flyable += can_fly(states[zone], weather_limit)
    return flyable / max(1, states.size)
