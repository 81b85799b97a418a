"""What the war does to civilians in an hour of a campaign; the rules are in ``city_strikes`` and ``flight``.

Civilians are whole numbers: of each side, at every place, those who are there, who fled and who were killed always sum
to those who lived there. Luck is keyed by the place (or the strike) and by whether a side held the place at the start,
so that to exchange the sides exchanges the results.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import CITY_STRIKES, FLIGHT, binomial, four_uniforms, poisson, uniforms
from staffride.model.campaign_codes import number
from staffride.model.campaign_state import Codes, Floats, Records
from staffride.model.city_strikes import (
    chance_of_town,
    deaths_of_strike,
    expected_deaths,
    exposed_share,
)
from staffride.model.flight import (
    danger_of_fighting,
    danger_of_munitions,
    people_who_stay,
    share_kept,
    share_killed,
    share_leaving,
)

_RATE, _DEADLY = number("city_strikes.{side}.rate"), number("city_strikes.deaths_per_munition")
_SHAPE, _SHELTER = number("city_strikes.dispersion"), number("city_strikes.shelter")
_WARNING = number("city_strikes.{side}.warning")
_FIRST, _NEIGHBOURS = number("flight.danger_rate"), number("flight.neighbour_rate")
_NEARBY, _MEMORY = number("flight.nearby"), number("flight.memory")
_FELT = number("flight.felt_by")
_STAY, _GROUND = number("flight.stay_share"), number("flight.ground_deaths")
_HOW_MANY, _WHERE, _GIVEN = 0, 1, 2
_NEVER = math.inf
DECIDE_EVERY_H = 6
"""Hours after which the people of a place decide anew, by the danger of that hour; places take turns."""
_NO_DANGER = 1e-3
"""Danger below this is over, so that places at peace cost no work."""


@compiled
def settle(sites: Records, levels: Floats, control: Records) -> None:
    """Let the civilians of both sides be where they live at the start."""
    for place in range(sites.size):
        _settle_side(place, 0, sites.civilians_0[place], levels, control)
        _settle_side(place, 1, sites.civilians_1[place], levels, control)
        control.danger[place], control.alarm_h[place] = 0.0, _NEVER


@compiled
def _settle_side(place: int, side: int, level: int, levels: Floats, control: Records) -> None:
    """Set the civilians of one side at a place; a level below zero stands for none."""
    control.people[place, side] = int(levels[level] + 0.5) if level >= 0 else 0
    control.fled[place, side], control.killed[place, side] = 0, 0


@compiled
def harm_civilians(
    seed: int,
    replication: int,
    hour: int,
    sites: Records,
    control: Records,
    battles: Records,
    politics: Records,
    first: Codes,
    ends: Codes,
    strike_hour: Floats,
    strike_place: Codes,
    strike_side: Codes,
    strike_munitions: Floats,
    numbers: Floats,
) -> None:
    """Let an hour of war harm civilians: danger, strikes, deaths by the fighting around, flight: a kernel.

    ``first`` and ``ends`` tell a place's neighbours; the strikes are the given ones, whose hours are dated history.
    """
    intensity = politics.intensity[0]
    _spread_danger(control, battles, first, ends, intensity, numbers)
    if not politics.over[0] or intensity > 0.0:
        _strike_towns(
            seed,
            replication,
            hour,
            intensity,
            sites,
            control,
            strike_hour,
            strike_place,
            strike_side,
            strike_munitions,
            numbers,
        )
    for place in range(control.size):
        if control.danger[place] > 0.0:
            if control.alarm_h[place] > hour:
                control.alarm_h[place] = hour
            if (hour + place) % DECIDE_EVERY_H == 0:
                _suffer(
                    seed, replication, hour, place, intensity, sites, control, battles, first, ends, numbers
                )
        if control.changes[place] > 0:
            _leave_at_once(place, 1 - control.holder[place], control, numbers)


@compiled
def _spread_danger(
    control: Records, battles: Records, first: Codes, ends: Codes, intensity: float, numbers: Floats
) -> None:
    """Let past danger fade, and set that of battles and of places that terms hand over."""
    kept = share_kept(numbers[_MEMORY])
    for place in range(control.size):
        felt = control.danger[place] * kept
        control.danger[place] = felt if felt > _NO_DANGER else 0.0
        if control.handed_h[place] < _NEVER:
            control.danger[place] = 1.0
    if intensity <= 0.0:
        return
    nearby = danger_of_fighting(False, True, numbers[_NEARBY], intensity)
    for place in range(control.size):
        if battles.active[place]:
            _raise_danger(place, intensity, control)
            for way in range(first[place], first[place + 1]):
                _raise_danger(ends[way], nearby, control)


@compiled
def _raise_danger(place: int, danger: float, control: Records) -> None:
    """Let the danger at a place be at least so much."""
    if control.danger[place] < danger:
        control.danger[place] = danger


@compiled
def _strike_towns(
    seed: int,
    replication: int,
    hour: int,
    intensity: float,
    sites: Records,
    control: Records,
    strike_hour: Floats,
    strike_place: Codes,
    strike_side: Codes,
    strike_munitions: Floats,
    numbers: Floats,
) -> None:
    """Let the given strikes of the hour fall on towns that the side that fires does not hold: a kernel.

    After the last given strike plain ones fall, at the rate of either side.
    """
    begins, ends, later = float(hour), hour + 1.0, True
    for strike in range(strike_hour.size):
        if strike_hour[strike] < begins:
            continue
        later = False
        place = strike_place[strike]
        if strike_hour[strike] < ends and control.holder[place] != strike_side[strike]:
            draws = four_uniforms(seed, replication, CITY_STRIKES, hour, strike, _GIVEN)
            _strike(place, strike_munitions[strike], draws[0], draws[1], sites, control, numbers)
    total = numbers[_RATE] + numbers[_RATE + 1]
    if not later or total <= 0.0 or intensity <= 0.0:
        return
    draw = uniforms(seed, replication, CITY_STRIKES, hour, 0, _HOW_MANY)[0]
    for munition in range(poisson(total * intensity, draw)):
        draws = four_uniforms(seed, replication, CITY_STRIKES, hour, munition, _WHERE)
        place = _town(draws[0] * total, control, numbers)
        if place >= 0:
            _strike(place, 1.0, draws[1], draws[2], sites, control, numbers)


@compiled
def _town(mark: float, control: Records, numbers: Floats) -> int:
    """Return the town on which a munition falls, as the place in which the summed chances pass a mark, or -1."""
    of_first, of_second = 0, 0
    for place in range(control.size):
        people = control.people[place, 0] + control.people[place, 1]
        if control.holder[place] == 0:
            of_first += people
        else:
            of_second += people
    summed = 0.0
    for place in range(control.size):
        people = control.people[place, 0] + control.people[place, 1]
        if control.holder[place] == 0:
            summed += chance_of_town(numbers[_RATE + 1], people, of_first)
        else:
            summed += chance_of_town(numbers[_RATE], people, of_second)
        if people > 0 and mark < summed:
            return place
    return -1


@compiled
def _strike(
    place: int,
    munitions: float,
    luck_of_holder: float,
    luck_of_other: float,
    sites: Records,
    control: Records,
    numbers: Floats,
) -> None:
    """Let munitions come down in a town: count those killed of each side, and raise the danger."""
    lived = _lived(place, 0, control) + _lived(place, 1, control)
    for side in range(2):
        people = control.people[place, side]
        if people == 0:
            continue
        mean = expected_deaths(
            munitions,
            numbers[_DEADLY],
            people / lived,
            exposed_share(numbers[_WARNING + side], numbers[_SHELTER]),
        )
        luck = luck_of_holder if side == sites.holder[place] else luck_of_other
        deaths = deaths_of_strike(mean, numbers[_SHAPE], people, luck)
        control.people[place, side] -= deaths
        control.killed[place, side] += deaths
    _raise_danger(place, danger_of_munitions(munitions, numbers[_FELT], lived), control)


@compiled
def _lived(place: int, side: int, control: Records) -> int:
    """Return how many of a side lived at a place at the start."""
    return int(control.people[place, side] + control.fled[place, side] + control.killed[place, side])


@compiled
def _suffer(
    seed: int,
    replication: int,
    hour: int,
    place: int,
    intensity: float,
    sites: Records,
    control: Records,
    battles: Records,
    first: Codes,
    ends: Codes,
    numbers: Floats,
) -> None:
    """Let the fighting around kill, and people flee, over the hours until they decide again: a kernel."""
    if control.people[place, 0] + control.people[place, 1] == 0:
        return
    beside = False
    for way in range(first[place], first[place + 1]):
        beside = beside or battles.active[ends[way]]
    danger = danger_of_fighting(battles.active[place], beside, numbers[_NEARBY], intensity)
    draws = four_uniforms(seed, replication, FLIGHT, hour, place, 0)
    killed = share_killed(numbers[_GROUND], DECIDE_EVERY_H * danger)
    for side in range(2):
        if control.people[place, side] == 0:
            continue
        luck = (draws[0], draws[1]) if side == sites.holder[place] else (draws[2], draws[3])
        deaths = binomial(control.people[place, side], killed, luck[0])
        control.people[place, side] -= deaths
        control.killed[place, side] += deaths
        movers = _would_flee(place, side, control, numbers)
        if movers > 0:
            gone = control.fled[place, side] / (control.fled[place, side] + movers)
            exposure = DECIDE_EVERY_H * control.danger[place]
            chance = share_leaving(exposure, numbers[_FIRST], numbers[_NEIGHBOURS], gone)
            _leave(place, side, binomial(movers, chance, luck[1]), control)


@compiled
def _leave_at_once(place: int, side: int, control: Records, numbers: Floats) -> None:
    """Let all who would flee leave a place of which the other side has taken control."""
    if control.people[place, side] > 0:
        _leave(place, side, _would_flee(place, side, control, numbers), control)


@compiled
def _leave(place: int, side: int, leaving: int, control: Records) -> None:
    """Let so many of a side leave a place."""
    control.people[place, side] -= leaving
    control.fled[place, side] += leaving


@compiled
def _would_flee(place: int, side: int, control: Records, numbers: Floats) -> int:
    """Return how many of a side are at a place and would flee."""
    stay = people_who_stay(_lived(place, side, control), numbers[_STAY])
    return max(0, int(control.people[place, side]) - stay)
