"""The cohort engine of a region: exact counts of people who are exchangeable (the kernels).

Nobody is followed alone. The newly displaced of a day who start at any origin, choose any destination and arrive on
any later day are one multinomial count, drawn cell by cell as binomial counts of those who are left. So a run costs the
same for a thousand people and for ten million, and its counts have the distribution that single persons would give.

A draw is keyed by what it is for: day, kind of move, where from and where to by their order among the region's places.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import REGION_CHOICE, REGION_TRAVEL, binomial, poisson, uniforms
from staffride.model.region_choice import (
    Choice,
    appeal_factors,
    appeal_of_day,
    destination_chances,
    distance_weight,
)
from staffride.model.region_corridor import HOURS, Corridors, capacity_of_hour, hours_share, take_from_queue
from staffride.model.region_inputs import World
from staffride.model.region_onward import onward_from
from staffride.model.region_returns import chance_of_return
from staffride.model.region_travel import CLEAR, CLOSED, QUEUE, add_flows, chance_of_next_day, first_obstacle
from staffride.model.region_volume import GIVEN, POISSON

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

DRAWS_A_KIND = 2**24
"""More draws than one kind of move can need for one destination and day."""

NEW, AGAIN, ONWARD, RETURN, CLASS, NUMBER = range(6)
"""What a draw is for: the newly displaced, those who waited, onward movement, returns, the class, the day's number."""


class Totals(NamedTuple):
    """What a run leaves: R replications, T days, D destinations, L links.

    Attributes
    ----------
    present, arrivals
        (R, T, D) persons at each destination at the end of the day, and who came within it.
    displaced, returned, on_the_way, waiting
        (R, T) persons newly displaced and gone home within the day; at its end displaced persons who are at no
        destination, and those of them who wait because no way is open.
    flows
        (T, L) persons who enter each link, expected.
    queued
        (R, T, Q) persons who wait before each link that binds, at the end of the day.
    """

    present: Counts
    arrivals: Counts
    displaced: Counts
    returned: Counts
    on_the_way: Counts
    waiting: Counts
    flows: Floats
    queued: Counts


class People(NamedTuple):
    """Where everybody is within a replication: C classes, V places, K days ahead.

    Attributes
    ----------
    present, waiting
        (C, D) at destinations; (C, V) at places, without a way.
    due, stopped
        (K, C, D) who arrive and (K, C, V) who come to a closed road on a day; day t is row ``t % K``.
    hopeful
        (K, D) those who come to a closed road on a day, by the destination that they hope to reach.
    line, first_hour, queued
        (Q, H, C x D) who join a queue in an hour of the period; (Q,) earliest hour of those who wait; how many wait.
    coming, at_home
        (D,) on the way to each destination as far as anybody knows; (O,) not displaced yet.
    """

    present: Counts
    waiting: Counts
    due: Counts
    stopped: Counts
    hopeful: Counts
    line: NDArray[np.int32]
    first_hour: Counts
    queued: Counts
    coming: Counts
    at_home: Counts


class Cells(NamedTuple):
    """Room for the chances of the cells of one multinomial count.

    Attributes
    ----------
    whole
        (D,) of each destination.
    arriving, stopping, joining
        (D, K) of arriving on a later day; (D, K, V) of coming to a closed road before a place; (D, Q, 24 K) of joining
        a queue in an hour.
    """

    whole: Floats
    arriving: Floats
    stopping: Floats
    joining: Floats


class View(NamedTuple):
    """The roads as those see them who leave on a day.

    Attributes
    ----------
    day, next_closing
        The day, and the first later one on which an open link closes.
    same_day
        Whether everybody arrives on the day on which they leave.
    days, next_link
        (V, D) of every way, as in `Ways`.
    tail, head, link_days, is_open, queue_of
        As in `Roads` and `Corridors`.
    """

    day: int
    next_closing: int
    same_day: bool
    days: Floats
    next_link: NDArray[np.int32]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    link_days: Floats
    is_open: Flags
    queue_of: NDArray[np.int32]


class Key(NamedTuple):
    """What keys the draws of a day."""

    seed: int
    replication: int
    day: int


@compiled
def next_share(left: int, chance: float, rest: float, uniform: float) -> int:
    """Return how many of those who are left fall into the next cell of a multinomial count.

    Equation: binomial (left, chance / rest), where ``rest`` is the chance of this and all later cells.
    Units: persons; chances need not sum to 1.
    Source: a multinomial count is a chain of conditional binomial counts (Devroye 1986, chapter XI).
    Limits: those of ``binomial``; the last cell with a chance takes all who are left.
    """
    if chance >= rest * (1.0 - 1.0e-12):
        return left
    return binomial(left, chance / rest, uniform)


@compiled
def add_way(arriving: Floats, mass: float, travel_days: float) -> None:
    """Add the chance of a way to the days on which it ends, (K,).

    Equation: ``mass`` splits over ``floor(travel days)`` and the day after as ``chance_of_next_day`` says.
    Units: days; chances.
    Source: as `chance_of_next_day`.
    Limits: as `chance_of_next_day`.
    """
    whole, later = int(travel_days), chance_of_next_day(travel_days)
    arriving[whole] += mass * (1.0 - later)
    if later > 0.0:
        arriving[whole + 1] += mass * later


@compiled
def _add_place(view: View, cells: Cells, place: int, chances: Floats, mass: float, sent: Floats) -> bool:
    """Add all ways from a place to the cells; return whether a closed road stops some of those who take them."""
    whole, days, stops = cells.whole, view.days[place], False
    for destination in range(chances.size):
        part = mass * chances[destination]
        if part > 0.0:
            whole[destination] += part
            sent[place, destination] += part
    if view.same_day:
        return False
    for destination in range(chances.size):
        part = mass * chances[destination]
        if part <= 0.0:
            continue
        travel = days[destination] if days[destination] < np.inf else 0.0
        if cells.joining.shape[1] > 0 or view.next_closing <= view.day + travel + 1.0:
            what, where, reached = first_obstacle(
                view.day, 0.5, place, destination, view.next_link, view.tail, view.head, view.link_days,
                view.is_open, view.queue_of,
            )  # fmt: skip
            if what == CLOSED:
                cells.stopping[destination, int(reached), where] += part
            elif what == QUEUE:
                start_hour = (reached - 0.5) * HOURS
                for later in range(HOURS + 1):
                    at = int(start_hour) + later
                    cells.joining[destination, where, at] += part * hours_share(start_hour, later)
            if what != CLEAR:
                stops = True
                continue
        add_way(cells.arriving[destination], part, travel)
    return stops


@compiled
def _last_positive(row: Floats) -> int:
    """Return the position of the last cell that has a chance; -1 if none has."""
    for at in range(row.size - 1, -1, -1):
        if row[at] > 0.0:
            return at
    return -1


@compiled
def _send(
    key: Key,
    kind: int,
    source: int,
    group: int,
    persons: int,
    same_day: bool,
    stops: bool,
    cells: Cells,
    people: People,
) -> None:
    """Draw where a group of persons goes and when each part arrives or is stopped; empty the cells."""
    destinations, ahead = cells.arriving.shape
    last, rest = _last_positive(cells.whole), cells.whole.sum()
    for destination in range(last + 1):
        chance = cells.whole[destination]
        if chance <= 0.0:
            continue
        entity = source * destinations + destination
        number = persons
        if destination < last and persons > 0:
            u = uniforms(key.seed, key.replication, REGION_CHOICE, key.day, entity, kind)[0]
            number = next_share(persons, chance, rest, u)
        persons -= number
        rest -= chance
        cells.whole[destination] = 0.0
        if stops:
            number, chance = _stop(key, kind, entity, group, number, chance, cells, destination, people)
        arriving = cells.arriving[destination]
        if same_day:
            people.due[key.day % ahead, group, destination] += number
            people.coming[destination] += number
            continue
        end = _last_positive(arriving)
        for later in range(end + 1):
            part = arriving[later]
            if part > 0.0 and number > 0:
                arrive = number
                if later < end:
                    draw = kind * DRAWS_A_KIND + later
                    u = uniforms(key.seed, key.replication, REGION_TRAVEL, key.day, entity, draw)[0]
                    arrive = next_share(number, part, chance, u)
                people.due[(key.day + later) % ahead, group, destination] += arrive
                people.coming[destination] += arrive
                number -= arrive
            chance -= part
            arriving[later] = 0.0


@compiled
def _stop(
    key: Key,
    kind: int,
    entity: int,
    group: int,
    number: int,
    chance: float,
    cells: Cells,
    destination: int,
    people: People,
) -> tuple[int, float]:
    """Draw how many closed roads stop or queues take, when and where; return how many arrive and their chance."""
    stopping = cells.stopping[destination]
    ahead, places = stopping.shape
    for later in range(ahead):
        for place in range(places):
            part = stopping[later, place]
            if part > 0.0 and number > 0:
                draw = kind * DRAWS_A_KIND + ahead + later * places + place
                u = uniforms(key.seed, key.replication, REGION_TRAVEL, key.day, entity, draw)[0]
                stopped = next_share(number, part, chance, u)
                people.stopped[(key.day + later) % ahead, group, place] += stopped
                people.hopeful[(key.day + later) % ahead, destination] += stopped
                people.coming[destination] += stopped
                number -= stopped
            chance -= part
            stopping[later, place] = 0.0
    hours, kinds = people.line.shape[1], people.present.shape[1]
    for queue in range(cells.joining.shape[1]):
        for later in range(cells.joining.shape[2]):
            part = cells.joining[destination, queue, later]
            if part > 0.0 and number > 0:
                draw = kind * DRAWS_A_KIND + ahead * (places + 1) + queue * cells.joining.shape[2] + later
                u = uniforms(key.seed, key.replication, REGION_TRAVEL, key.day, entity, draw)[0]
                joined = next_share(number, part, chance, u)
                at = min(key.day * HOURS + later, hours - 1)
                people.line[queue, at, group * kinds + destination] += joined
                people.coming[destination] += joined
                number -= joined
            chance -= part
            cells.joining[destination, queue, later] = 0.0
    return number, chance


@compiled
def _arrive(day: int, people: People, arrivals: Counts) -> int:
    """Let those arrive who are due, and those wait whom a closed road has stopped; return how many arrive."""
    row = day % len(people.due)
    total = 0
    for destination in range(people.coming.size):
        people.coming[destination] -= people.hopeful[row, destination]
        people.hopeful[row, destination] = 0
    for group in range(people.present.shape[0]):
        for destination in range(people.present.shape[1]):
            number = people.due[row, group, destination]
            people.present[group, destination] += number
            people.coming[destination] -= number
            arrivals[destination] += number
            total += number
            people.due[row, group, destination] = 0
        for place in range(people.waiting.shape[1]):
            people.waiting[group, place] += people.stopped[row, group, place]
            people.stopped[row, group, place] = 0
    return total


@compiled
def _go_home(key: Key, fall: float, rates: Floats, people: People) -> int:
    """Let people at destinations go home; return how many."""
    total = people.present.sum()
    gone = 0
    for group in range(people.present.shape[0]):
        chance = chance_of_return(fall, float(total), rates[group])
        if chance <= 0.0:
            continue
        for destination in range(people.present.shape[1]):
            entity = group * people.present.shape[1] + destination
            u = uniforms(key.seed, key.replication, REGION_CHOICE, key.day, entity, RETURN)[0]
            number = binomial(people.present[group, destination], chance, u)
            people.present[group, destination] -= number
            gone += number
    return gone


@compiled
def newly_at(key: Key, kind: int, amount: float, origin: int, at_home: Counts) -> int:
    """Return how many of an origin are newly displaced on a day.

    Equation: the amount itself, Poisson (amount), or binomial (those at home, amount).
    Units: persons; chances for the binomial count.
    Source: `Volume`.
    Limits: a given amount may exceed those at home; a binomial count cannot.
    """
    if kind == GIVEN:
        return int(amount)
    u = uniforms(key.seed, key.replication, REGION_CHOICE, key.day, origin, NUMBER)[0]
    if kind == POISSON:
        return poisson(amount, u)
    number = binomial(at_home[origin], amount, u)
    at_home[origin] -= number
    return number


@compiled
def _displace_by_origin(
    key: Key,
    view: View,
    world: World,
    chances: Floats,
    has_way: Flags,
    cells: Cells,
    people: People,
    sent: Floats,
) -> int:
    """Displace people origin by origin; return how many."""
    newly, origins = world.newly, world.origins
    total = 0
    for origin in range(origins.place.size):
        number = newly_at(key, newly.kind, newly.amount[key.day, origin], origin, people.at_home)
        total += number
        if number == 0:
            continue
        place, group = origins.place[origin], origins.class_of[origin]
        if has_way[origin]:
            stops = _add_place(view, cells, place, chances[origin], float(number), sent)
            _send(key, NEW, origin, group, number, view.same_day, stops, cells, people)
        else:
            people.waiting[group, place] += number
    return total


@compiled
def _displace_together(
    key: Key,
    view: View,
    world: World,
    chances: Floats,
    has_way: Flags,
    weights: Floats,
    cells: Cells,
    people: People,
    sent: Floats,
) -> int:
    """Displace a day's number over all origins that have a way, class by class; return how many.

    Where no origin has a way all wait at theirs.
    """
    origins, day = world.origins, key.day
    number = int(world.newly.amount[day, 0])
    if number == 0:
        return 0
    any_way = False
    for origin in range(has_way.size):
        any_way |= has_way[origin] and origins.share[day, origin] > 0.0
    weights[:] = 0.0
    for origin in range(has_way.size):
        if has_way[origin] or not any_way:
            weights[origins.class_of[origin] if any_way else origin] += origins.share[day, origin]
    rest, left = weights.sum(), number
    last = _last_positive(weights)
    for group in range(last + 1):
        if weights[group] <= 0.0:
            continue
        part = left
        if group < last:
            u = uniforms(key.seed, key.replication, REGION_CHOICE, day, group, CLASS)[0]
            part = next_share(left, weights[group], rest, u)
        left -= part
        rest -= weights[group]
        if not any_way:
            people.waiting[origins.class_of[group], origins.place[group]] += part
        elif part > 0:
            stops = False
            for origin in range(has_way.size):
                share = origins.share[day, origin]
                if has_way[origin] and share > 0.0 and origins.class_of[origin] == group:
                    mass = part * share / weights[group]
                    stops |= _add_place(view, cells, origins.place[origin], chances[origin], mass, sent)
            _send(key, NEW, group, group, part, view.same_day, stops, cells, people)
    return number


@compiled
def _go_on_waiting(
    key: Key,
    view: View,
    appeal: Floats,
    by_capacity: Floats,
    near: Floats,
    chances: Floats,
    cells: Cells,
    people: People,
    sent: Floats,
) -> None:
    """Let those who wait leave where there is a way again."""
    groups, places = people.waiting.shape
    for place in range(places):
        if not people.waiting[:, place].any():
            continue
        if not destination_chances(appeal, by_capacity, near[place], chances):
            continue
        for group in range(groups):
            number = people.waiting[group, place]
            if number > 0:
                people.waiting[group, place] = 0
                stops = _add_place(view, cells, place, chances, float(number), sent)
                _send(key, AGAIN, group * places + place, group, number, view.same_day, stops, cells, people)


@compiled
def _move_on(
    key: Key,
    view: View,
    world: World,
    onward: float,
    stock: Floats,
    chances: Floats,
    cells: Cells,
    people: People,
    movers: Counts,
    sent: Floats,
) -> None:
    """Let people move on between destinations, all from the same stocks."""
    goals = world.destinations
    groups, destinations = people.present.shape
    movers[:] = people.present
    for start in range(destinations):
        chance = onward_from(
            start,
            stock,
            goals.capacity,
            goals.host,
            goals.can_be_entered[key.day],
            goals.depth_km[key.day],
            onward,
            chances,
        )
        if chance <= 0.0:
            continue
        for group in range(groups):
            source = group * destinations + start
            u = uniforms(key.seed, key.replication, REGION_CHOICE, key.day, source, ONWARD)[1]
            number = binomial(movers[group, start], chance, u)
            if number > 0:
                people.present[group, start] -= number
                stops = _add_place(view, cells, goals.place[start], chances, float(number), sent)
                _send(key, ONWARD, source, group, number, view.same_day, stops, cells, people)


@compiled
def _pass_queues(
    key: Key, view: View, corridors: Corridors, people: People, passed: Counts, flows: Floats, sent: Floats
) -> None:
    """Let people pass the links that bind, hour by hour of a day, and send them on."""
    destinations = people.present.shape[1]
    for hour in range(view.day * HOURS, (view.day + 1) * HOURS):
        for queue in range(people.first_hour.size):
            link, end = corridors.link[queue], corridors.end[queue]
            for kind in range(passed.size):
                people.queued[queue] += people.line[queue, hour, kind]
            room = capacity_of_hour(corridors.per_hour[queue], hour) * view.is_open[view.day, link]
            people.first_hour[queue] = take_from_queue(
                people.line[queue],
                people.first_hour[queue],
                hour,
                room,
                key.seed,
                key.replication,
                queue,
                passed,
            )
            for kind in range(passed.size):
                number = passed[kind]
                if number == 0:
                    continue
                group, destination = kind // destinations, kind % destinations
                people.queued[queue] -= number
                flows[link] += number
                sent[end, destination] += number
                elapsed = (hour + 0.5) / HOURS - view.day + view.link_days[link]
                what, where, reached = after_queue(view, end, destination, elapsed)
                if what == QUEUE:
                    at = min(max(hour + 1, int((view.day + reached) * HOURS)), people.line.shape[1] - 1)
                    people.line[where, at, kind] += number
                elif what == CLOSED:
                    row = (view.day + int(reached)) % people.stopped.shape[0]
                    people.stopped[row, group, where] += number
                    people.hopeful[row, destination] += number
                else:
                    people.due[(view.day + int(reached)) % people.due.shape[0], group, destination] += number


@compiled
def _in_lines(people: People, until: int) -> int:
    """Return how many wait in a queue or are on the way to one, by an hour that is late enough."""
    persons = 0
    for queue in range(people.first_hour.size):
        for hour in range(people.first_hour[queue], min(until, people.line.shape[1] - 1)):
            for kind in range(people.line.shape[2]):
                persons += people.line[queue, hour, kind]
        for kind in range(people.line.shape[2]):
            persons += people.line[queue, -1, kind]
    return persons


@compiled
def after_queue(view: View, place: int, destination: int, elapsed: float) -> tuple[int, int, float]:
    """Return what hinders people next who have passed a link that binds.

    Equation: as `first_obstacle` from the end of the link; where no way leads on, they stop there.
    Units: days.
    Source: as `first_obstacle`.
    Limits: as `first_obstacle`.
    """
    if view.days[place, destination] == np.inf:
        return CLOSED, place, elapsed
    return first_obstacle(
        view.day, elapsed, place, destination, view.next_link, view.tail, view.head, view.link_days,
        view.is_open, view.queue_of,
    )  # fmt: skip


@compiled
def weights_of_distance(cost_km: Floats, choice: Choice) -> Floats:
    """Return the weight of every distance, (G, V, D).

    Equation: as ``distance_weight``, 0 where there is no way.
    Units: kilometres.
    Source: ``staffride.model.region_choice``.
    Limits: found once for each regime.
    """
    near = np.empty(cost_km.shape)
    flat, length = near.reshape(near.size), cost_km.reshape(cost_km.size)
    for at in range(flat.size):
        flat[at] = distance_weight(length[at], choice.distance_decay, choice.near_km)
    return near


@compiled
def longest_days(days: Floats) -> float:
    """Return the longest of all journeys that there are.

    Equation: the largest finite value.
    Units: days.
    Source: definition.
    Limits: 0 where there is no way at all.
    """
    longest = 0.0
    for travel in days.reshape(days.size):
        if travel < np.inf:
            longest = max(longest, travel)
    return longest


@compiled
def days_ahead(days: Floats, link_days: Floats, queues: int) -> int:
    """Return for how many days ahead arrivals must be kept: the longest journey, its day of departure and one more.

    Equation: ``floor(longest) + 2`` over all ways that there are; with queues the longest link and two days more.
    Units: days.
    Source: as `chance_of_next_day`.
    Limits: exact.
    """
    return int(longest_days(days)) + 2 + (int(longest_days(link_days)) + 2 if queues > 0 else 0)


@compiled
def _start(world: World, groups: int, ahead: int, days: int) -> People:
    """Return everybody's place before day 0: the stock, split over classes by the shares of day 0."""
    places, stock = world.ways.km.shape[1], world.destinations.stock
    queues = world.corridors.link.size
    people = People(
        np.zeros((groups, stock.size), np.int64),
        np.zeros((groups, places), np.int64),
        np.zeros((ahead, groups, stock.size), np.int64),
        np.zeros((ahead, groups, places), np.int64),
        np.zeros((ahead, stock.size), np.int64),
        np.zeros((queues, days * HOURS + 1, groups * stock.size), np.int32),
        np.zeros(queues, np.int64),
        np.zeros(queues, np.int64),
        np.zeros(stock.size, np.int64),
        world.origins.people.copy(),
    )
    for destination in range(stock.size):
        before, share = 0, 0.0
        for group in range(groups):
            if group == groups - 1:
                upto = stock[destination]
            else:
                for origin in range(world.origins.place.size):
                    if world.origins.class_of[origin] == group:
                        share += world.origins.share[0, origin]
                upto = min(stock[destination], int(share * stock[destination] + 0.5))
            people.present[group, destination] = upto - before
            before = upto
    return people


@compiled
def run_cohorts(
    world: World, choice: Choice, spread: float, home_rates: Floats, seed: int, first: int, totals: Totals
) -> None:
    """Run replications of a region as cohorts and fill ``totals`` (compiled kernel).

    The day: returns; free places as the day begins; departures of those who waited and of the newly displaced;
    arrivals; onward movement; counts.

    Parameters
    ----------
    spread
        Standard deviation of the logarithm of the factors on appeal.
    home_rates
        (T, C) hazard of going home, per day.
    seed, first
        Key of the draws, and number of the first replication.
    """
    replications, days, destinations = totals.present.shape
    groups, origins, goals = home_rates.shape[1], world.origins.place.size, world.destinations
    roads, ways = world.roads, world.ways
    near = weights_of_distance(ways.cost_km, choice)
    places, queues = near.shape[1], world.corridors.link.size
    ahead = days_ahead(ways.days, roads.days, queues)
    same_day = queues == 0 and not longest_days(ways.days) > 0.0
    cells = Cells(
        np.zeros(destinations),
        np.zeros((destinations, ahead)),
        np.zeros((1, 1, 1)) if same_day else np.zeros((destinations, ahead, places)),
        np.zeros((destinations, queues, (ahead + 1) * HOURS)),
    )
    stock, appeal, by_capacity, one, factor = np.zeros((5, destinations))
    chances, has_way = np.zeros((origins, destinations)), np.zeros(origins, np.bool_)
    weights, movers = np.zeros(max(groups, origins)), np.zeros((groups, destinations), np.int64)
    sent, passed = np.zeros((days, places, destinations)), np.zeros(groups * destinations, np.int64)
    together = not world.newly.by_place
    for row in range(replications):
        people = _start(world, groups, ahead, days)
        appeal_factors(spread, seed, first + row, goals.place, factor)
        for day in range(days):
            key = Key(seed, first + row, day)
            regime = ways.regime[day]
            view = View(
                day,
                roads.next_closing[day],
                same_day,
                ways.days[regime],
                ways.next_link[regime],
                roads.tail,
                roads.head,
                roads.days,
                roads.is_open,
                world.corridors.of,
            )
            gone = _go_home(key, world.newly.falls[day], home_rates[day], people)
            for destination in range(destinations):
                stock[destination] = people.coming[destination] + people.present[:, destination].sum()
            appeal_of_day(
                stock, goals.capacity, goals.is_open[day], choice.networks, factor, appeal, by_capacity
            )
            for origin in range(origins):
                place = world.origins.place[origin]
                has_way[origin] = destination_chances(
                    appeal, by_capacity, near[regime, place], chances[origin]
                )
            _go_on_waiting(key, view, appeal, by_capacity, near[regime], one, cells, people, sent[day])
            new = 0
            if together and origins > 0:
                new = _displace_together(
                    key, view, world, chances, has_way, weights, cells, people, sent[day]
                )
            elif not together:
                new = _displace_by_origin(key, view, world, chances, has_way, cells, people, sent[day])
            if queues > 0:
                _pass_queues(key, view, world.corridors, people, passed, totals.flows[day], sent[day])
                totals.queued[row, day] = people.queued
            _arrive(day, people, totals.arrivals[row, day])
            if choice.onward > 0.0:
                _move_on(key, view, world, choice.onward, stock, one, cells, people, movers, sent[day])
                _arrive(day, people, totals.arrivals[row, day])
            for destination in range(destinations):
                totals.present[row, day, destination] = people.present[:, destination].sum()
            totals.displaced[row, day] = new
            totals.returned[row, day] = gone
            totals.waiting[row, day] = people.waiting.sum()
            totals.on_the_way[row, day] = people.waiting.sum() + people.due.sum() + people.stopped.sum()
            if queues > 0:
                totals.on_the_way[row, day] += _in_lines(people, (day + ahead + 2) * HOURS)
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
