"""Information: how well a side's sensors, commands and shooters are connected, and what that costs in time.

Each side has one network quality between 0 and 1. Lost nodes, jammed links and a cyber attack on the first day
lower it. From it follow how long a sighting takes to reach a shooter, and whether all shooters see one and the same
track. A side may also be warned from outside, by an early-warning aircraft that is not part of the conflict.

Limits: one number stands for a whole side's network; which node is lost does not matter, only how many; an attack on
the network lowers its quality and never feeds it false tracks (false targets of jammers are in ``jamming``).
"""

from __future__ import annotations

from staffride.engine.compile import compiled
from staffride.engine.random import INFORMATION, exponential_ppf, uniforms

DELAY, WARNING = 0, 1
"""What a draw is for."""

DAY_ONE_H = 24.0


@compiled
def nodes_alive_share(alive: float, at_first: float) -> float:
    """Return the share of a side's nodes (command posts, early-warning radars) that still work.

    Equation: ``alive / at first``; 1 for a side that has no nodes to lose.
    Units: elements.
    Source: definition.
    Limits: all nodes weigh the same.
    """
    return alive / at_first if at_first > 0.0 else 1.0


@compiled
def cyber_loss_at(hour: float, loss: float) -> float:
    """Return the share of network quality that a cyber attack takes in this hour.

    Equation: ``loss`` during the first 24 hours, 0 afterwards.
    Units: hours since the start of the period; share.
    Source: the record of cyber attacks on the first day; size and duration are assumed.
    Limits: full effect at once, full repair after a day.
    """
    return loss if 0.0 <= hour < DAY_ONE_H else 0.0


@compiled
def network_quality(base: float, alive_share: float, link_loss: float, cyber_loss: float) -> float:
    """Return the quality of a side's network, from 0 (none) to 1 (every track reaches every shooter).

    Equation: ``base x share of nodes alive x (1 - link loss) x (1 - cyber loss)``, kept in [0, 1].
    Units: shares.
    Source: series reliability of independent parts, Barlow and Proschan (1965), "Mathematical Theory of
    Reliability".
    Limits: independent causes; no spare paths, so losses of nodes count in full.
    """
    quality = base * alive_share * (1.0 - link_loss) * (1.0 - cyber_loss)
    return min(1.0, max(0.0, quality))


@compiled
def mean_delay_h(quality: float, fast_h: float, slow_h: float) -> float:
    """Return the mean time from a sighting until a shooter has it.

    Equation: ``slow^(1 - q) fast^q``: equal steps of quality divide the delay by equal factors.
    Units: hours; quality ``q`` in [0, 1].
    Source: assumed form (logarithmic interpolation between the delay without and with a full network); the
    role of the delay: Perry and Moffat (2004), "Information Sharing Among Military Headquarters".
    Limits: only the two ends can be known from a record.
    """
    if slow_h <= 0.0 or fast_h <= 0.0:
        return slow_h if quality <= 0.0 else 0.0
    return float(slow_h * (fast_h / slow_h) ** quality)


@compiled
def delay_h(u: float, mean_h: float) -> float:
    """Return the time from one sighting until a shooter has it.

    Equation: exponential, ``-mean ln(1 - u)``: median ``0.693 mean``, nine in ten within ``2.303 mean``.
    Units: hours; ``u`` in (0, 1).
    Source: service without memory, Kleinrock (1975), "Queueing Systems", volume 1.
    Limits: one stage; several stages in a row would vary less about the same mean.
    """
    return mean_h * exponential_ppf(u)


@compiled
def shared(u: float, quality: float) -> bool:
    """Say whether all shooters of the side see this track, so that they do not fire at the same target twice.

    Equation: true with probability ``quality``.
    Units: ``u`` in (0, 1); quality in [0, 1].
    Source: definition of network quality.
    Limits: a track is seen by all or by one alone.
    """
    return u < quality


@compiled
def handover(
    seed: int, replication: int, step: int, entity: int, quality: float, fast_h: float, slow_h: float
) -> tuple[float, bool]:
    """Return the delay of one sighting and whether all shooters share its track; one keyed block.

    Equation: ``delay_h`` with ``mean_delay_h(quality)``, and ``shared(quality)``, independent of each other.
    Units: hours.
    Source: the two rules.
    Limits: under a better network the same luck never gives a longer delay.
    """
    delay_draw, share_draw = uniforms(seed, replication, INFORMATION, step, entity, DELAY)
    return delay_h(delay_draw, mean_delay_h(quality, fast_h, slow_h)), shared(share_draw, quality)


@compiled
def warning_h(range_km: float, flown_km: float, speed_kmh: float, relay_h: float) -> float:
    """Return how long before its arrival a raid is announced by an early-warning aircraft or radar.

    Equation: ``max(0, min(range, way flown) / speed - relay)``.
    Units: kilometres, km/h, hours; ``range_km`` is how far before the target the raid is seen, ``flown_km`` the whole
    way of the raid, ``relay_h`` the time that the warning takes.
    Source: lead time of a distant barrier, Koopman (1980), "Search and Screening".
    Limits: straight way and constant speed; what flies low may be below the horizon (``air_defence``).
    """
    if speed_kmh <= 0.0:
        return 0.0
    return max(0.0, min(range_km, flown_km) / speed_kmh - relay_h)


@compiled
def is_announced(seed: int, replication: int, step: int, raid: int, chance: float) -> bool:
    """Say whether this raid is announced from outside.

    Equation: true with probability ``chance``.
    Units: share.
    Source: definition; what the outside warning was worth is disputed, so its prior holds zero.
    Limits: raids are announced independently of each other.
    """
    draw, _ = uniforms(seed, replication, INFORMATION, step, raid, WARNING)
    return draw < chance


@compiled
def reaction_after_warning_s(reaction_s: float, lead_h: float) -> float:
    """Return what is left of a battery's reaction time when the raid comes.

    Equation: ``max(0, reaction - 3600 lead)``.
    Units: seconds; hours for the lead time.
    Source: definition: the crew uses the lead time to make ready.
    Limits: a warning shortens the first reaction only and names no single target.
    """
    return max(0.0, reaction_s - 3600.0 * lead_h)
