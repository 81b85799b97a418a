"""The agent engine of a region: every household on its own, with its history (the kernels).

Members of a household travel together. Each household has an origin, a day on which it left, the destination where it
is or for which it is bound, and the number of its earlier moves. Households of one person under the same rules have the
counts of ``staffride.model.region_cohorts`` in distribution.

A household draws only when it decides. How long it stays at a destination is one exponential draw, compared with the
hazard that the destination has gathered since it came: lists by the level at which a household leaves make a day cost
what happens on it, not how many people there are.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import (
    REGION_CHOICE,
    REGION_TRAVEL,
    exponential_ppf,
    four_uniforms,
    poisson,
    uniforms,
)
from staffride.model.region_choice import Choice, appeal_factors, appeal_of_day, destination_chances
from staffride.model.region_cohorts import (
    AGAIN,
    NEW,
    ONWARD,
    Key,
    Totals,
    View,
    after_queue,
    days_ahead,
    longest_days,
    newly_at,
    weights_of_distance,
)
from staffride.model.region_corridor import HOURS, Corridors, capacity_of_hour
from staffride.model.region_inputs import World
from staffride.model.region_onward import onward_from
from staffride.model.region_returns import chance_of_return
from staffride.model.region_travel import CLEAR, CLOSED, QUEUE, add_flows, first_obstacle

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Integers = NDArray[np.int32]
Flags = NDArray[np.bool_]

NOBODY = -1
LEVELS = 1024
LEVELS_PER_UNIT = 64.0
LARGEST_HOUSEHOLD = 255
AT_HOME, WAITING, MOVING, PRESENT = range(4)


class Habits(NamedTuple):
    """What only households have.

    Attributes
    ----------
    mean_size
        Persons in a household; 1: every person is one.
    move_ratio
        Factor on the hazard of leaving a destination for each earlier move; 1 neutral.
    """

    mean_size: float = 1.0
    move_ratio: float = 1.0


class Households(NamedTuple):
    """One entry a household, all of length H.

    Attributes
    ----------
    size, origin, left_day
        Persons; origin, by its order; day of leaving.
    state, place
        At home again, waiting, moving or present; the destination where it is or for which it is bound, by its order,
        and the place where it waits.
    moves
        Onward moves so far.
    level
        While it moves, how much hazard it will bear; at a destination, the destination's gathered hazard at which it
        leaves.
    after
        The next household in the same list; `NOBODY` at its end.
    """

    size: NDArray[np.uint8]
    origin: NDArray[np.int16]
    left_day: NDArray[np.int16]
    state: NDArray[np.uint8]
    place: NDArray[np.int16]
    moves: NDArray[np.uint8]
    level: Floats
    after: Integers


class Lists(NamedTuple):
    """First households of lists: C classes, D destinations, V places, K days ahead.

    Attributes
    ----------
    due, stopped, waiting
        (K, D) who arrive and (K, V) who come to a closed road on a day; (V,) who wait.
    staying
        (C, D, `LEVELS`) who are at a destination, by the level at which they leave.
    line, joining
        (Q, H) who join a queue in an hour of the period, and how many persons.
    first_hour, queued, credit
        (Q,) earliest hour of those who wait; persons who wait; room that is kept for a household too large for it.
    gathered
        (C, D) hazard that a destination has gathered.
    present, coming
        (D,) persons at each destination and on the way to it.
    """

    due: Integers
    stopped: Integers
    waiting: Integers
    staying: Integers
    line: Integers
    joining: Counts
    first_hour: Counts
    queued: Counts
    credit: Counts
    gathered: Floats
    present: Counts
    coming: Counts


@compiled
def size_of_household(mean_size: float, u: float) -> int:
    """Return the persons of a household.

    Equation: ``1 + Poisson(mean - 1)`` by inversion at ``u``.
    Units: persons.
    Source: usual for census tables (Jennings, Lloyd-Smith and Ironmonger 1999).
    Limits: at most 255; a mean of 1 makes every person a household.
    """
    return min(LARGEST_HOUSEHOLD, 1 + poisson(mean_size - 1.0, u))


@compiled
def hazard_borne(u: float, move_ratio: float, moves: int) -> float:
    """Return how much hazard of a destination a household bears before it leaves.

    Equation: ``-ln(1 - u) / move_ratio^moves``: an exponential with the household's own hazard as its rate.
    Units: dimensionless.
    Source: inversion of a waiting time under a hazard that varies in time.
    Limits: the factor acts on going home as on moving on.
    """
    return exponential_ppf(u) / move_ratio**moves


@compiled
def level_of(level: float) -> int:
    """Return the list in which a household with some level stands.

    Equation: ``min(floor(level x 64), last)``.
    Units: dimensionless.
    Source: definition; a bucket queue (Dial 1969).
    Limits: the last list holds all higher levels.
    """
    return int(min(level * LEVELS_PER_UNIT, LEVELS - 1.0))


@compiled
def pick(cumulative: Floats, u: float) -> int:
    """Return the cell of a distribution in which a uniform number falls.

    Equation: the first cell whose cumulative chance is above ``u`` times the last cumulative chance.
    Units: chances need not sum to 1.
    Source: inversion by binary search.
    Limits: a cell without chance is never returned.
    """
    goal = u * cumulative[-1]
    low, high = 0, cumulative.size - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > goal:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def _set_out(
    household: int, start: int, destination: int, moment: float, view: View, homes: Households, lists: Lists
) -> None:
    """Send a household from a place to a destination: it arrives on some day, or a closed road stops it."""
    homes.state[household] = MOVING
    homes.place[household] = destination
    travel = view.days[start, destination]
    if travel == math.inf:
        travel = 0.0
    lists.coming[destination] += homes.size[household]
    if lists.first_hour.size > 0 or (not view.same_day and view.next_closing <= view.day + travel + 1.0):
        what, where, reached = first_obstacle(
            view.day, 0.5, start, destination, view.next_link, view.tail, view.head, view.link_days,
            view.is_open, view.queue_of,
        )  # fmt: skip
        if what == QUEUE:
            reached += moment - 0.5
        if what != CLEAR:
            _meet(household, what, where, view.day, reached, 0, homes, lists)
            return
    row = (view.day + int(travel + moment)) % lists.due.shape[0]
    homes.after[household] = lists.due[row, destination]
    lists.due[row, destination] = household


@compiled
def _meet(
    household: int,
    what: int,
    where: int,
    day: int,
    reached: float,
    soonest: int,
    homes: Households,
    lists: Lists,
) -> None:
    """Let a household come to a closed road or to a queue, some days after a day and no earlier than an hour."""
    if what == CLOSED:
        row = (day + int(reached)) % lists.stopped.shape[0]
        homes.after[household] = lists.stopped[row, where]
        lists.stopped[row, where] = household
        return
    at = min(max(soonest, int((day + reached) * HOURS)), lists.line.shape[1] - 1)
    lists.joining[where, at] += homes.size[household]
    homes.after[household] = lists.line[where, at]
    lists.line[where, at] = household


@compiled
def _wait(household: int, place: int, homes: Households, lists: Lists) -> None:
    """Let a household wait at a place."""
    homes.state[household] = WAITING
    homes.place[household] = place
    homes.after[household] = lists.waiting[place]
    lists.waiting[place] = household


@compiled
def _settle(day: int, class_of: Integers, homes: Households, lists: Lists, arrivals: Counts) -> None:
    """Let households arrive that are due, and those wait whom a closed road has stopped."""
    row = day % lists.due.shape[0]
    size, level, after, state, origin = homes.size, homes.level, homes.after, homes.state, homes.origin
    for destination in range(lists.due.shape[1]):
        household = lists.due[row, destination]
        lists.due[row, destination] = NOBODY
        persons = 0
        while household != NOBODY:
            following = after[household]
            persons += size[household]
            state[household] = PRESENT
            group = class_of[origin[household]]
            level[household] += lists.gathered[group, destination]
            at = level_of(level[household])
            after[household] = lists.staying[group, destination, at]
            lists.staying[group, destination, at] = household
            household = following
        lists.present[destination] += persons
        lists.coming[destination] -= persons
        arrivals[destination] += persons
    for place in range(lists.waiting.size):
        household = lists.stopped[row, place]
        lists.stopped[row, place] = NOBODY
        while household != NOBODY:
            following = after[household]
            lists.coming[homes.place[household]] -= size[household]
            _wait(household, place, homes, lists)
            household = following


@compiled
def _leave(group: int, destination: int, chance: float, homes: Households, lists: Lists) -> int:
    """Take from a destination those whom its hazard reaches; return the first of their list."""
    level, after = homes.level, homes.after
    before = lists.gathered[group, destination]
    all_leave = chance >= 1.0
    upto = math.inf if all_leave else before - math.log1p(-chance)
    if not all_leave:
        lists.gathered[group, destination] = upto
    leaving = NOBODY
    for at in range(level_of(before), (LEVELS if all_leave else level_of(upto) + 1)):
        household = lists.staying[group, destination, at]
        lists.staying[group, destination, at] = NOBODY
        while household != NOBODY:
            following = after[household]
            if level[household] <= upto:
                after[household] = leaving
                leaving = household
            else:
                after[household] = lists.staying[group, destination, at]
                lists.staying[group, destination, at] = household
            household = following
    return leaving


@compiled
def _go_home(fall: float, rates: Floats, homes: Households, lists: Lists) -> int:
    """Let households at destinations go home; return how many persons."""
    total, gone = float(lists.present.sum()), 0
    for group in range(rates.size):
        chance = chance_of_return(fall, total, rates[group])
        if chance <= 0.0:
            continue
        for destination in range(lists.present.size):
            household = _leave(group, destination, chance, homes, lists)
            while household != NOBODY:
                gone += homes.size[household]
                lists.present[destination] -= homes.size[household]
                homes.state[household] = AT_HOME
                household = homes.after[household]
    return gone


@compiled
def _choose(
    key: Key,
    kind: int,
    household: int,
    start: int,
    chances: Floats,
    view: View,
    habits: Habits,
    homes: Households,
    lists: Lists,
    sent: Floats,
) -> None:
    """Let a household choose a destination and set out; ``chances`` are cumulative."""
    u = four_uniforms(key.seed, key.replication, REGION_CHOICE, key.day, household, kind)
    destination = pick(chances, u[1])
    homes.level[household] = hazard_borne(u[3], habits.move_ratio, homes.moves[household])
    sent[start, destination] += homes.size[household]
    _set_out(household, start, destination, u[2], view, homes, lists)


@compiled
def _size_at(key: Key, pool: int, ordinal: int, mean_size: float) -> int:
    """Return the persons of the household that is the next to be displaced."""
    if mean_size <= 1.0:
        return 1
    return size_of_household(
        mean_size, uniforms(key.seed, key.replication, REGION_TRAVEL, ordinal, pool, 0)[0]
    )


@compiled
def _displace_together(
    key: Key,
    view: View,
    known: int,
    persons: Counts,
    ordinal: Counts,
    places: Integers,
    share: Floats,
    chances: Floats,
    has_way: Flags,
    weights: Floats,
    habits: Habits,
    homes: Households,
    lists: Lists,
    sent: Floats,
) -> int:
    """Displace households over all origins that have a way, as long as persons are left; return how many there are."""
    any_way, total = False, 0.0
    for origin in range(places.size):
        any_way |= has_way[origin] and share[origin] > 0.0
    for origin in range(places.size):
        total += share[origin] if has_way[origin] or not any_way else 0.0
        weights[origin] = total
    left, size = persons[0], _size_at(key, 0, ordinal[0], habits.mean_size)
    while left >= size:
        u = four_uniforms(key.seed, key.replication, REGION_CHOICE, key.day, known, NEW)
        origin = pick(weights, u[0])
        homes.size[known] = size
        homes.origin[known] = origin
        homes.left_day[known] = key.day
        homes.moves[known] = 0
        if any_way:
            destination = pick(chances[origin], u[1])
            homes.level[known] = hazard_borne(u[3], habits.move_ratio, 0)
            sent[places[origin], destination] += size
            _set_out(known, places[origin], destination, u[2], view, homes, lists)
        else:
            _wait(known, places[origin], homes, lists)
        known += 1
        left -= size
        ordinal[0] += 1
        size = _size_at(key, 0, ordinal[0], habits.mean_size)
    persons[0] = left
    return known


@compiled
def _displace_by_origin(
    key: Key,
    view: View,
    known: int,
    persons: Counts,
    ordinal: Counts,
    places: Integers,
    chances: Floats,
    has_way: Flags,
    habits: Habits,
    homes: Households,
    lists: Lists,
    sent: Floats,
) -> int:
    """Displace households origin by origin, as long as persons are left there; return how many there are."""
    for origin in range(places.size):
        if persons[origin] == 0:
            continue
        size = _size_at(key, origin, ordinal[origin], habits.mean_size)
        while persons[origin] >= size:
            homes.size[known] = size
            homes.origin[known] = origin
            homes.left_day[known] = key.day
            homes.moves[known] = 0
            if has_way[origin]:
                _choose(key, NEW, known, places[origin], chances[origin], view, habits, homes, lists, sent)
            else:
                _wait(known, places[origin], homes, lists)
            known += 1
            persons[origin] -= size
            ordinal[origin] += 1
            size = _size_at(key, origin, ordinal[origin], habits.mean_size)
    return known


@compiled
def _go_on_waiting(
    key: Key,
    view: View,
    appeal: Floats,
    by_capacity: Floats,
    near: Floats,
    chances: Floats,
    habits: Habits,
    homes: Households,
    lists: Lists,
    sent: Floats,
) -> None:
    """Let those who wait leave where there is a way again."""
    for place in range(lists.waiting.size):
        household = lists.waiting[place]
        if household == NOBODY or not destination_chances(appeal, by_capacity, near[place], chances):
            continue
        _accumulate(chances)
        lists.waiting[place] = NOBODY
        while household != NOBODY:
            following = homes.after[household]
            _choose(key, AGAIN, household, place, chances, view, habits, homes, lists, sent)
            household = following


@compiled
def _accumulate(chances: Floats) -> None:
    """Turn chances into cumulative ones."""
    for at in range(1, chances.size):
        chances[at] += chances[at - 1]


@compiled
def _move_on(
    key: Key,
    view: View,
    world: World,
    onward: float,
    stock: Floats,
    chances: Floats,
    habits: Habits,
    homes: Households,
    lists: Lists,
    sent: Floats,
) -> None:
    """Let households move on between destinations, all from the same stocks."""
    goals = world.destinations
    for start in range(stock.size):
        chance = onward_from(
            start, stock, goals.capacity, goals.host, goals.can_be_entered[key.day], goals.depth_km[key.day],
            onward, chances,
        )  # fmt: skip
        if chance <= 0.0:
            continue
        _accumulate(chances)
        for group in range(lists.gathered.shape[0]):
            household = _leave(group, start, chance, homes, lists)
            while household != NOBODY:
                following = homes.after[household]
                lists.present[start] -= homes.size[household]
                homes.moves[household] = min(255, homes.moves[household] + 1)
                _choose(key, ONWARD, household, goals.place[start], chances, view, habits, homes, lists, sent)
                household = following


@compiled
def _pass_queues(
    view: View, corridors: Corridors, homes: Households, lists: Lists, flows: Floats, sent: Floats
) -> None:
    """Let households pass the links that bind, hour by hour of a day, and send them on.

    Room that the first household in the queue is too large for is kept for it.
    """
    for hour in range(view.day * HOURS, (view.day + 1) * HOURS):
        for queue in range(lists.first_hour.size):
            lists.queued[queue] += lists.joining[queue, hour]
            link = corridors.link[queue]
            if not view.is_open[view.day, link]:
                continue
            room = lists.credit[queue] + capacity_of_hour(corridors.per_hour[queue], hour)
            lists.credit[queue] = 0
            while room > 0 and lists.first_hour[queue] <= hour:
                household = lists.line[queue, lists.first_hour[queue]]
                if household == NOBODY:
                    lists.first_hour[queue] += 1
                    continue
                if homes.size[household] > room:
                    lists.credit[queue] = room
                    break
                room -= homes.size[household]
                lists.line[queue, lists.first_hour[queue]] = homes.after[household]
                lists.queued[queue] -= homes.size[household]
                flows[link] += homes.size[household]
                _go_on(household, hour, corridors.end[queue], view, view.link_days[link], homes, lists, sent)


@compiled
def _go_on(
    household: int,
    hour: int,
    start: int,
    view: View,
    link_days: float,
    homes: Households,
    lists: Lists,
    sent: Floats,
) -> None:
    """Send a household on that has passed a link that binds."""
    destination = homes.place[household]
    sent[start, destination] += homes.size[household]
    elapsed = (hour + 0.5) / HOURS - view.day + link_days
    what, where, reached = after_queue(view, start, destination, elapsed)
    if what != CLEAR:
        _meet(household, what, where, view.day, reached, hour + 1, homes, lists)
        return
    row = (view.day + int(reached)) % lists.due.shape[0]
    homes.after[household] = lists.due[row, destination]
    lists.due[row, destination] = household


@compiled
def _new_lists(groups: int, destinations: int, places: int, ahead: int, queues: int, days: int) -> Lists:
    """Return empty lists."""
    return Lists(
        np.full((ahead, destinations), NOBODY, np.int32),
        np.full((ahead, places), NOBODY, np.int32),
        np.full(places, NOBODY, np.int32),
        np.full((groups, destinations, LEVELS), NOBODY, np.int32),
        np.full((queues, days * HOURS + 1), NOBODY, np.int32),
        np.zeros((queues, days * HOURS + 1), np.int64),
        np.zeros(queues, np.int64),
        np.zeros(queues, np.int64),
        np.zeros(queues, np.int64),
        np.zeros((groups, destinations)),
        np.zeros(destinations, np.int64),
        np.zeros(destinations, np.int64),
    )


@compiled
def _new_households(most: int) -> Households:
    """Return room for households; memory is taken only as they come."""
    return Households(
        np.empty(most, np.uint8),
        np.empty(most, np.int16),
        np.empty(most, np.int16),
        np.empty(most, np.uint8),
        np.empty(most, np.int16),
        np.empty(most, np.uint8),
        np.empty(most, np.float64),
        np.empty(most, np.int32),
    )


@compiled
def _numbers(world: World, seed: int, replication: int, days: int) -> Counts:
    """Return (T, 1) or (T, O) how many are newly displaced on each day of a replication."""
    newly, at_home = world.newly, world.origins.people.copy()
    columns = newly.amount.shape[1]
    numbers = np.zeros((days, columns), np.int64)
    for day in range(days):
        key = Key(seed, replication, day)
        for column in range(columns):
            numbers[day, column] = newly_at(key, newly.kind, newly.amount[day, column], column, at_home)
    return numbers


@compiled
def _settle_stock(key: Key, world: World, habits: Habits, homes: Households, lists: Lists) -> int:
    """Make households of those who are there before day 0; return how many there are.

    Their origins follow the shares of day 0, so that what depends on the origin holds for them too.
    """
    stock, share = world.destinations.stock, world.origins.share
    known = 0
    for destination in range(stock.size):
        left, first = stock[destination], known
        while left > 0:
            size = min(left, _size_at(key, share.shape[1] + destination, known - first, habits.mean_size))
            u = four_uniforms(key.seed, key.replication, REGION_TRAVEL, known, 0, 1)
            goal, origin = u[0], 0
            while origin < share.shape[1] - 1 and goal >= share[0, origin]:
                goal -= share[0, origin]
                origin += 1
            homes.size[known] = size
            homes.origin[known] = origin
            homes.left_day[known] = -1
            homes.moves[known] = 0
            homes.state[known] = PRESENT
            homes.place[known] = destination
            homes.level[known] = hazard_borne(u[3], habits.move_ratio, 0)
            group = world.origins.class_of[origin] if share.shape[1] > 0 else 0
            at = level_of(homes.level[known])
            homes.after[known] = lists.staying[group, destination, at]
            lists.staying[group, destination, at] = known
            known += 1
            left -= size
        lists.present[destination] = stock[destination]
    return known


@compiled
def run_agents(
    world: World,
    choice: Choice,
    spread: float,
    habits: Habits,
    home_rates: Floats,
    seed: int,
    first: int,
    totals: Totals,
) -> tuple[Households, int]:
    """Run replications of a region by households and fill ``totals`` (compiled kernel).

    The day is that of ``run_cohorts``. Returned are the households of the last replication and how many there are.
    """
    replications, days, destinations = totals.present.shape
    groups, origins, goals = home_rates.shape[1], world.origins.place.size, world.destinations
    roads, ways, places = world.roads, world.ways, world.origins.place
    near = weights_of_distance(ways.cost_km, choice)
    queues = world.corridors.link.size
    ahead = days_ahead(ways.days, roads.days, queues)
    same_day = queues == 0 and not longest_days(ways.days) > 0.0
    stock, appeal, by_capacity, one, factor = np.zeros((5, destinations))
    chances, has_way, weights = (
        np.zeros((origins, destinations)),
        np.zeros(origins, np.bool_),
        np.zeros(origins),
    )
    sent = np.zeros((days, near.shape[1], destinations))
    together = not world.newly.by_place
    homes, known = _new_households(0), 0
    for row in range(replications):
        numbers = _numbers(world, seed, first + row, days)
        persons, ordinal = np.zeros(numbers.shape[1], np.int64), np.zeros(numbers.shape[1], np.int64)
        homes = _new_households(goals.stock.sum() + numbers.sum() + 1)
        lists = _new_lists(groups, destinations, near.shape[1], ahead, queues, days)
        known = _settle_stock(Key(seed, first + row, 0), world, habits, homes, lists)
        away = goals.stock.sum()
        appeal_factors(spread, seed, first + row, goals.place, factor)
        for day in range(days):
            key, regime = Key(seed, first + row, day), ways.regime[day]
            view = View(
                day, roads.next_closing[day], same_day, ways.days[regime], ways.next_link[regime],
                roads.tail, roads.head, roads.days, roads.is_open,
                world.corridors.of,
            )  # fmt: skip
            gone = _go_home(world.newly.falls[day], home_rates[day], homes, lists)
            for destination in range(destinations):
                stock[destination] = lists.present[destination] + lists.coming[destination]
            appeal_of_day(
                stock, goals.capacity, goals.is_open[day], choice.networks, factor, appeal, by_capacity
            )
            for origin in range(origins):
                has_way[origin] = (world.origins.share[day, origin] > 0.0 or not together) and (
                    destination_chances(appeal, by_capacity, near[regime, places[origin]], chances[origin])
                )
                _accumulate(chances[origin])
            _go_on_waiting(key, view, appeal, by_capacity, near[regime], one, habits, homes, lists, sent[day])
            before = persons.sum() + numbers[day].sum()
            persons += numbers[day]
            if together and origins > 0:
                known = _displace_together(
                    key, view, known, persons, ordinal, places, world.origins.share[day], chances, has_way,
                    weights, habits, homes, lists, sent[day],
                )  # fmt: skip
            elif not together:
                known = _displace_by_origin(
                    key, view, known, persons, ordinal, places, chances, has_way, habits, homes, lists, sent[day]
                )  # fmt: skip
            new = before - persons.sum()
            if queues > 0:
                _pass_queues(view, world.corridors, homes, lists, totals.flows[day], sent[day])
                totals.queued[row, day] = lists.queued
            _settle(day, world.origins.class_of, homes, lists, totals.arrivals[row, day])
            if choice.onward > 0.0:
                _move_on(key, view, world, choice.onward, stock, one, habits, homes, lists, sent[day])
                _settle(day, world.origins.class_of, homes, lists, totals.arrivals[row, day])
            away += new - gone
            totals.present[row, day] = lists.present
            totals.displaced[row, day] = new
            totals.returned[row, day] = gone
            totals.on_the_way[row, day] = away - lists.present.sum()
            totals.waiting[row, day] = _persons_waiting(homes, lists)
    sent /= max(1, replications)
    totals.flows[:] /= max(1, replications)
    add_flows(
        sent,
        ways.regime,
        ways.next_link,
        roads.tail,
        roads.head,
        roads.days,
        roads.is_open,
        world.corridors.of,
        totals.flows,
    )
    return homes, known


@compiled
def _persons_waiting(homes: Households, lists: Lists) -> int:
    """Return how many persons wait for a way."""
    persons = 0
    for place in range(lists.waiting.size):
        household = lists.waiting[place]
        while household != NOBODY:
            persons += homes.size[household]
            household = homes.after[household]
    return persons
