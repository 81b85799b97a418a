"""Places under Flee's rules: what each is on a day, how attractive it is, and how likely people are to leave it.

Limits: everything of this file is decided by the day and the place, before anybody moves; how full a camp is belongs to
``flee_routes``.

References
----------
Suleimenova, Bell, Groen (2017), "A generalized simulation development approach for predicting refugee destinations",
Scientific Reports 7:13377; Suleimenova and others (2021), Philosophical Transactions of the Royal Society A
379:20200077; Ghorbani and others (2024), Journal of Computational Science 81:102371.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.model.flee_settings import FleeSettings, Quirks
from staffride.scenario.region import Region

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]

CONFLICT, TOWN, CAMP, IDP_CAMP, HUB, MARKER, FLOOD = range(7)
"""Kinds of places, as the arrays of this model hold them."""

KINDS = {
    "conflict_zone": CONFLICT,
    "town": TOWN,
    "camp": CAMP,
    "idp_camp": IDP_CAMP,
    "forwarding_hub": HUB,
    "marker": MARKER,
    "flood_zone": FLOOD,
}


class Places(NamedTuple):
    """Places by day.

    Attributes
    ----------
    kind
        (T, N) kinds.
    score
        (T, N) how attractive a place is.
    chance
        (T, N) chance to leave it.
    freshness
        (T, N) weight of a zone's people among those who flee: intensity of the conflict times its decay; 0 without.
    intensity
        (T, N) of conflict, as Flee sees it.
    flood_level
        (T, N) whole level of flood; 0 where there is none.
    """

    kind: Integers
    score: Floats
    chance: Floats
    freshness: Floats
    intensity: Floats
    flood_level: Integers


def places_by_day(region: Region, settings: FleeSettings, quirks: Quirks) -> Places:
    """Return what every place is on every day of the period."""
    intensity = seen_intensity(region.conflict, quirks.first_intensity_stays)
    decay = spawn_decay(
        days_in_conflict(intensity),
        settings.conflict_spawn_decay_interval,
        np.asarray(settings.conflict_spawn_decay),
    )
    level = (
        np.zeros(intensity.shape, np.int64) if region.flood is None else np.floor(region.flood).astype(int)
    )
    kind = kinds_by_day(region, intensity, level)
    crisis = np.zeros(intensity.shape) if region.food_crisis is None else region.food_crisis
    return Places(
        kind=kind,
        score=_scores(region, settings, kind, intensity * decay, level, crisis),
        chance=_chances(region, settings, quirks, kind, level, crisis),
        freshness=intensity * decay,
        intensity=intensity,
        flood_level=level,
    )


def kinds_by_day(region: Region, intensity: Floats, flood_level: Integers) -> Integers:
    """Return (T, N) what each place is on each day.

    Equation: in conflict a conflict zone; in flood a flood zone; a conflict or flood zone in peace is a town; a camp
    that is closed is a town; else what the region says, with its dated changes.
    Units: codes.
    Source: Suleimenova, Bell, Groen (2017).
    Limits: conflict has precedence over flood, and both over a camp.
    """
    days = np.arange(region.days)
    kind = np.tile([KINDS[place.kind] for place in region.places], (region.days, 1))
    for name, new, day in region.kind_changes:
        kind[max(0, day) :, region.index[name]] = KINDS[new]
    for closure in region.closures:
        if closure.kind in ("camp", "idp_camp") and closure.first in region.index:
            closed = [closure.holds_on(int(day)) for day in days]
            kind[closed, region.index[closure.first]] = TOWN
    kind[(kind == CONFLICT) | (kind == FLOOD)] = TOWN
    kind[flood_level > 0] = FLOOD
    kind[intensity > 0.0] = CONFLICT
    return kind


def seen_intensity(conflict: Floats, first_stays: bool) -> Floats:
    """Return (T, N) the intensity of conflict that people flee from.

    Equation: as given; with the quirk ``first_intensity_stays`` that of the first day of each conflict.
    Units: 0 to 1.
    Source: Suleimenova, Bell, Groen (2017); the quirk was found by measurement.
    Limits: a day without conflict ends one.
    """
    if not first_stays:
        return conflict
    seen = conflict.copy()
    for day in range(1, len(seen)):
        goes_on = (seen[day - 1] > 0.0) & (conflict[day] > 0.0)
        seen[day, goes_on] = seen[day - 1, goes_on]
    return seen


def days_in_conflict(intensity: Floats) -> Integers:
    """Return (T, N) days since a place's conflict began: 0 on its first day and in peace."""
    since = np.zeros(intensity.shape, np.int64)
    for day in range(1, len(since)):
        goes_on = (intensity[day - 1] > 0.0) & (intensity[day] > 0.0)
        since[day, goes_on] = since[day - 1, goes_on] + 1
    return since


def spawn_decay(days: Integers, interval: int, weights: Floats) -> Floats:
    """Return the weight of a conflict of some age.

    Equation: ``weights[min(floor(days / interval), last)]``.
    Units: days; 0 to 1.
    Source: Ghorbani and others (2024).
    Limits: a conflict that pauses for a day is a new one.
    """
    return np.asarray(weights[np.minimum(days // max(1, interval), len(weights) - 1)])


def conflict_score(weight: float, felt: Floats) -> Floats:
    """Return the factor of a place's score for conflict.

    Equation: ``weight ** (intensity x decay)``.
    Units: 1; ``felt`` is intensity x decay, 0 to 1.
    Source: Suleimenova and others (2021).
    Limits: with the same decay as that of those who flee, an old conflict attracts more than a new one.
    """
    return np.asarray(weight**felt)


def food_score(crisis_percent: Floats) -> Floats:
    """Return the factor of a place's score for a food crisis.

    Equation: ``1 - (crisis / 100)^2``.
    Units: per cent of people in crisis.
    Source: Flee's documentation of food security.
    Limits: by region of the table, not by season.
    """
    return np.asarray(1.0 - (crisis_percent / 100.0) ** 2)


def raised_by_hunger(chance: Floats, crisis_percent: Floats) -> Floats:
    """Return the chance to leave a place in a food crisis.

    Equation: ``c + (1 - c) crisis / 100``.
    Units: per day; per cent of people in crisis.
    Source: Flee's documentation of food security: linear in the share in crisis.
    Limits: everybody of a place alike.
    """
    return chance + (1.0 - chance) * crisis_percent / 100.0


def raised_by_size(chance: Floats, people: Floats, base: float, power: float) -> Floats:
    """Return the chance to leave a place of some size.

    Equation: ``c x (people / base)^power``; people are the larger of population and capacity.
    Units: per day; persons.
    Source: Ghorbani and others (2024).
    Limits: nothing where the power is 0 or nobody is known to live there.
    """
    if power == 0.0:
        return chance
    return chance * np.where(people > 0.0, (np.maximum(people, 1.0) / base) ** power, 1.0)


def _scores(
    region: Region, settings: FleeSettings, kind: Integers, felt: Floats, level: Integers, crisis: Floats
) -> Floats:
    abroad = np.array([place.country != region.home for place in region.places])
    score = np.where(abroad, settings.foreign_weight, 1.0) * np.where(kind == CAMP, settings.camp_weight, 1.0)
    score *= conflict_score(settings.conflict_weight, felt)
    if settings.avoid_food_deprived_locations:
        score *= food_score(crisis)
    if settings.flood_loc_weights:
        score *= by_level(level, settings.flood_loc_weights, 1.0)
    return score


def _chances(
    region: Region, settings: FleeSettings, quirks: Quirks, kind: Integers, level: Integers, crisis: Floats
) -> Floats:
    of_kind = np.full(len(KINDS), settings.default_movechance)
    of_kind[[CONFLICT, HUB, MARKER]] = settings.conflict_movechance, 1.0, 1.0
    of_kind[[CAMP, IDP_CAMP]] = settings.camp_movechance, settings.idpcamp_movechance
    chance = of_kind[kind]
    if settings.flood_movechances:
        chance = np.where(kind == FLOOD, by_level(level, settings.flood_movechances, 1.0), chance)
    capacity = [place.capacity if np.isfinite(place.capacity) else 0.0 for place in region.places]
    people = np.maximum([place.population for place in region.places], capacity)
    chance = raised_by_size(
        chance, people, settings.movechance_pop_base, settings.movechance_pop_scale_factor
    )
    if settings.flee_when_starving:
        chance = raised_by_hunger(chance, crisis)
    if settings.camps_are_sinks and not quirks.sinks_key_does_nothing:
        chance = np.where((kind == CAMP) | (kind == IDP_CAMP), 0.0, chance)
    return np.ascontiguousarray(chance)


def capacities(
    region: Region, settings: FleeSettings, quirks: Quirks, kind: Integers, stock: Integers
) -> Floats:
    """Return (T, N) how many people each place holds.

    Equation: ``capacity x scaling`` of a camp, infinite elsewhere; with the quirk ``stock_counts_twice`` the people of
    day 0 are taken from the capacity before, and a camp of which less than one is left is without limit.
    Units: persons.
    Source: Suleimenova, Bell, Groen (2017); the quirk was found by measurement.
    Limits: the same on every day on which the place is a camp.
    """
    capacity = np.array([place.capacity for place in region.places])
    if quirks.stock_counts_twice:
        capacity = np.where(capacity - stock >= 1.0, capacity - stock, np.inf)
    scaled = np.where(np.isfinite(capacity), capacity, 0.0) * settings.capacity_scaling
    scaled[~np.isfinite(capacity)] = np.inf
    return np.where((kind == CAMP) | (kind == IDP_CAMP), scaled, np.inf)


def by_level(level: Integers, values: tuple[float, ...], otherwise: float) -> Floats:
    """Return the value of each level of flood, the last for all above; ``otherwise`` where there is none."""
    return np.where(
        level > 0, np.asarray(values)[np.clip(level, 0, len(values) - 1)] if values else otherwise, otherwise
    )
