"""Air defence: how far a battery sees and reaches, when it can begin to shoot, and what a look achieves.

The ground is flat and in kilometres, with the threat's target at the origin, x to the east, y to the north.  A threat
flies straight to the target at one speed and one height above the ground; seconds count from its start.  A battery
reaches a ring about itself, between the ground ranges at which its least and greatest slant ranges meet the height of
the threat *above the battery*; terrain, horizon, radar cross-section and jamming cut the ring from outside.  How a
whole raid unfolds is in ``raid``.

Limits: no manoeuvre, no change of height, one radar a battery.

References
----------
Skolnik (2008), "Radar handbook", third edition; Przemieniecki (2000), "Mathematical methods in defense analyses",
third edition; Washburn and Kress (2009), "Combat modeling".
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled

NEVER_EMITS, EMITS_WHILE_ENGAGING, ALWAYS_EMITS = 0, 1, 2
"""When a battery can be homed on: never (optical sight), while it engages, or all the time."""

_KM_PER_ROOT_METRE = 4.12
_SECONDS_PER_HOUR = 3600.0
_METRES_PER_KM = 1000.0


@compiled
def radar_range_km(range_on_1_m2_km: float, cross_section_m2: float, factor: float) -> float:
    """Return the range at which a radar detects a target, without horizon and terrain.

    ``factor`` is what jamming leaves of the range (see ``jamming``).

    Equation: ``R = R1 * factor * sigma ** (1/4)``.
    Units: km; m2 for ``sigma``; ``factor`` from 0 to 1.
    Source: the radar equation, Skolnik (2008), chapter 1: received power falls with the fourth power of range.
    Limits: free space, one mean cross-section from all sides, no clutter.
    """
    return range_on_1_m2_km * factor * math.sqrt(math.sqrt(max(0.0, cross_section_m2)))


@compiled
def radar_horizon_km(antenna_m: float, target_m: float) -> float:
    """Return how far two heights over a smooth earth can see each other by radar.

    Equation: ``d = 4.12 * (sqrt(h1) + sqrt(h2))``.
    Units: km; m for the heights, which count as zero below zero.
    Source: the earth of 4/3 radius, Skolnik (2008), chapter 26; 4.12 = sqrt(2 * 4/3 * 6371 km).
    Limits: standard refraction; the terrain's own cut is in ``terrain_mask``.
    """
    return _KM_PER_ROOT_METRE * (math.sqrt(max(0.0, antenna_m)) + math.sqrt(max(0.0, target_m)))


@compiled
def height_above_ground_m(altitude_m: float, ceiling_m: float, above_sea_m: float, ground_m: float) -> float:
    """Return how high a threat flies above the ground at its target.

    Equation: ``h = max(0, min(altitude, ceiling, height above the sea - elevation of the ground))``; a ceiling or a
    height above the sea of zero says nothing.
    Units: m.
    Source: definition: what patrols by its altimeter keeps a height above the sea, and is lower over high ground.
    Limits: one elevation for the ground under the whole path.
    """
    height_m = min(altitude_m, ceiling_m) if ceiling_m > 0.0 else altitude_m
    return max(0.0, min(height_m, above_sea_m - ground_m)) if above_sea_m > 0.0 else height_m


@compiled
def height_above_battery_m(altitude_m: float, ground_m: float, battery_m: float) -> float:
    """Return how high a threat flies above a battery.

    Equation: ``h = altitude above the ground + elevation of that ground - elevation of the battery``.
    Units: m.
    Source: definition.
    Limits: one elevation for the ground under the whole path.
    """
    return altitude_m + ground_m - battery_m


@compiled
def ground_range_km(slant_range_km: float, height_m: float) -> float:
    """Return the range along the ground at which a threat is at a slant range; zero if it is farther above.

    Equation: ``r = sqrt(max(0, R**2 - h**2))``.
    Units: km; m for the height.
    Source: Pythagoras.
    Limits: flat earth, which over 50 km is wrong by 0.2 km in height.
    """
    height_km = height_m / _METRES_PER_KM
    return math.sqrt(max(0.0, slant_range_km * slant_range_km - height_km * height_km))


@compiled
def engagement_ring_km(
    range_min_km: float, range_max_km: float, altitude_min_m: float, altitude_max_m: float, height_m: float
) -> tuple[float, float]:
    """Return the least and the greatest ground range at which a battery can hit a threat at a height above it.

    Equation: both slant ranges cut at the height (``ground_range_km``); ``(0, 0)``, no ring, where the height is
    below ``altitude_min`` or above ``altitude_max``.
    Units: km; m for heights above the battery.
    Source: the envelope of a missile as a shell between two spheres and two planes, Przemieniecki (2000), chapter 6.
    Limits: the same all round; a real envelope is shorter for crossing and receding threats.
    """
    if not altitude_min_m <= height_m <= altitude_max_m:
        return 0.0, 0.0
    return ground_range_km(range_min_km, height_m), ground_range_km(range_max_km, height_m)


@compiled
def _seconds_within(
    radius_km: float, east_km: float, north_km: float, bearing_rad: float, length_km: float, speed_kmh: float
) -> tuple[float, float]:
    """Return when a path of ``length_km`` to the origin enters and leaves a circle; ``(inf, -inf)`` for never."""
    along = east_km * math.sin(bearing_rad) + north_km * math.cos(bearing_rad)
    across_squared = max(0.0, east_km * east_km + north_km * north_km - along * along)
    half_squared = radius_km * radius_km - across_squared
    if half_squared <= 0.0 or speed_kmh <= 0.0:
        return math.inf, -math.inf
    half = math.sqrt(half_squared)
    farthest, nearest = min(length_km, along + half), max(0.0, along - half)
    if farthest <= nearest:
        return math.inf, -math.inf
    seconds_per_km = _SECONDS_PER_HOUR / speed_kmh
    return (length_km - farthest) * seconds_per_km, (length_km - nearest) * seconds_per_km


@compiled
def envelope_window_s(
    inner_km: float,
    outer_km: float,
    east_km: float,
    north_km: float,
    bearing_rad: float,
    length_km: float,
    speed_kmh: float,
) -> tuple[float, float]:
    """Return when a threat enters and leaves a ring about a battery; ``(inf, -inf)`` where it never does.

    Where the path crosses the dead zone within the ring and so the ring twice, the longer crossing counts, and
    of two equal ones the first.

    Equation: the chord of the straight path in the circle of ``outer``, less the chord in that of ``inner``; the
    path starts ``length`` away in the direction ``bearing`` and ends over the target.
    Units: s since the threat's start; km; km/h; ``bearing`` of where the threat comes from, in radians from north
    by east; ``east``, ``north``: the battery as seen from the target.
    Source: plane geometry; Washburn and Kress (2009), chapter 7, for the defended point and the crossing time.
    Limits: a straight path; the way back of what flies home is for the caller to count.
    """
    enter, leave = _seconds_within(outer_km, east_km, north_km, bearing_rad, length_km, speed_kmh)
    if leave <= enter:
        return math.inf, -math.inf
    dead, alive = _seconds_within(inner_km, east_km, north_km, bearing_rad, length_km, speed_kmh)
    if alive <= dead:
        return enter, leave
    before, after = dead - enter, leave - alive
    if before <= 0.0 and after <= 0.0:
        return math.inf, -math.inf
    return (enter, dead) if before >= after else (alive, leave)


@compiled
def detection_range_km(radar_km: float, horizon_km: float, mask_km: float) -> float:
    """Return the range at which a battery's radar has a target: the least of what physics and ground allow.

    Equation: ``min(radar range, horizon, terrain mask)``.
    Units: km.
    Source: Skolnik (2008), chapters 1 and 26.
    Limits: sharp edges where reality has a chance of detection that rises.
    """
    return min(radar_km, horizon_km, mask_km)


@compiled
def track_s(
    emission_is_on: bool, detected_s: float, blink_wait_s: float, is_cued: bool, cue_s: float
) -> float:
    """Return when a battery holds a track, by its emission policy; infinite for never.

    A battery that emits always finds for itself; one that blinks also, when its radar is next on; a silent one
    waits for the network.  A track from the network serves any battery that gets it.

    Equation: ``min(detected + wait if the radar is on or blinks, cue if handed over)``.
    Units: s since the threat's start.
    Source: emission control as a choice between own search and remote cueing, Washburn and Kress (2009), chapter 7.
    Limits: a cue is as good as an own track.
    """
    own = detected_s + blink_wait_s if emission_is_on else math.inf
    return min(own, cue_s) if is_cued else own


@compiled
def blink_wait_s(u: float, period_s: float, duty: float) -> float:
    """Return how long a threat must wait for a blinking radar: nothing while it is on, else until it is on again.

    Equation: ``max(0, u - duty) * period``, with ``u`` uniform: the moment within the radar's period.
    Units: s; ``duty`` the share of a period in which the radar is on, 0 to 1.
    Source: definition of a periodic schedule met at a random moment.
    Limits: strict periods; the moments at two batteries are independent.
    """
    return max(0.0, u - duty) * period_s


@compiled
def launch_window_s(
    enter_s: float, leave_s: float, track_from_s: float, reaction_s: float, engagement_s: float
) -> tuple[float, float]:
    """Return from when until when a battery can begin an engagement that ends within its envelope.

    The round meets the threat at the end of the engagement, so the battery may launch before the threat is in the
    envelope, and must launch one engagement time before it has left it.

    Equation: ``from = max(0, enter - T, track + reaction)``, ``until = leave - T``; ``(inf, -inf)`` where until < from.
    Units: s since the threat's start.
    Source: Przemieniecki (2000), chapter 6: reaction time and time of flight within the envelope.
    Limits: one engagement time at all ranges.
    """
    first = max(0.0, enter_s - engagement_s, track_from_s + reaction_s)
    last = leave_s - engagement_s
    if not first <= last:
        return math.inf, -math.inf
    return first, last


@compiled
def salvo_kill(round_kill: float, fired: int) -> float:
    """Return the chance that a salvo of independent rounds kills.

    Equation: ``1 - (1 - p) ** k``.
    Units: probabilities; rounds.
    Source: Washburn and Kress (2009), chapter 2.
    Limits: no common cause of misses.
    """
    return float(1.0 - (1.0 - round_kill) ** fired)


@compiled
def varied(mean: float, variability: float, exponential: float) -> float:
    """Return a duration that lies between fixed and exponential.

    Equation: ``T = m * ((1 - v) + v * E)`` with ``E`` exponential of mean 1.
    Units: those of ``mean``; ``v`` from 0 (fixed) to 1 (exponential).
    Source: the exponential end is the service and the patience of Erlang (1917), "Solution of some problems in the
    theory of probabilities of significance in automatic telephone exchanges", and Palm (1957), "Research on
    telephone traffic carried by full availability groups", Tele.
    Limits: standard deviation ``v * m``, never above the mean.
    """
    return mean * ((1.0 - variability) + variability * exponential)


@compiled
def rounds_after_loss(rounds: int, elements: int) -> int:
    """Return the rounds that a battery keeps when one of its elements is destroyed.

    Equation: ``floor(rounds * (elements - 1) / elements)``.
    Units: rounds; elements before the loss, one or more.
    Source: definition: rounds stand evenly on the launchers.
    Limits: what is lost is the even share, whatever the launcher had fired.
    """
    return rounds * (elements - 1) // elements


@compiled
def reload(
    rounds: int, capacity: int, reserve: int, quiet_h: float, reload_time_h: float
) -> tuple[int, int, float]:
    """Return rounds ready, rounds in reserve and quiet hours after one more hour without firing.

    Equation: when ``quiet + 1 >= reload time``, ``min(capacity - rounds, reserve)`` move and quiet starts at zero.
    Units: rounds; hours.
    Source: definition; a crew reloads when it is not engaged, Przemieniecki (2000), chapter 6.
    Limits: whole hours; a full load at a time; no reload under fire.
    """
    quiet_h += 1.0
    missing = min(capacity - rounds, reserve)
    if missing <= 0:
        return rounds, reserve, 0.0
    if quiet_h < reload_time_h:
        return rounds, reserve, quiet_h
    return rounds + missing, reserve - missing, 0.0
