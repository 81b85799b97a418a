"""Traffic by a calendar of events: slow, plain Python, and another algorithm than the model's, to check it.

Vehicles wait in a queue at each node; whenever something changes there, the first in line enters its road if
it may, or the node looks again at the moment when it may.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from itertools import pairwise

import numpy as np

ARRIVAL, LOOK = 0, 1
ROUNDING_H = 1e-9


class Calendar:
    """One run of the traffic on a network; times of entry by link and vehicle."""

    def __init__(self, network, origin_node, ready_h, service_rate):
        self.network = network
        self.rate_integral = np.concatenate([[0.0], np.cumsum(service_rate)])
        self.hours = len(service_rate)
        self.events = [
            (time, ARRIVAL, node, vehicle, -1)
            for vehicle, (node, time) in enumerate(zip(origin_node, ready_h, strict=True))
        ]
        heapq.heapify(self.events)
        self.in_line = defaultdict(list)
        self.entries = defaultdict(list)
        self.exits = defaultdict(list)
        self.passages = []
        self.entry_of = {}
        self.exit_of = {}

    def run(self):
        """Work off the calendar until the end of the period and a rounding error."""
        while self.events and self.events[0][0] <= self.hours + ROUNDING_H:
            time, kind, node, vehicle, source = heapq.heappop(self.events)
            if kind == ARRIVAL:
                heapq.heappush(self.in_line[node], (time, vehicle, source))
                heapq.heappush(self.events, (time, LOOK, node, -1, -1))
            else:
                self.look(time, node)
        return self

    def look(self, now, node):
        """Let those go who may go by now."""
        while self.in_line[node]:
            arrival, vehicle, source = self.in_line[node][0]
            time = self.may_go(arrival, node)
            if time is None or math.isinf(time):
                return
            if time > now:
                heapq.heappush(self.events, (time, LOOK, node, -1, -1))
                return
            heapq.heappop(self.in_line[node])
            self.go(time, node, vehicle, source)

    def may_go(self, time, node):
        """Return when the first in line may go, or nothing if that is not yet known."""
        if node == self.network.checkpoint_node:
            time = self.served(max(time, self.passages[-1][0] if self.passages else 0.0))
        if node == self.network.exit_node:
            return time
        link = int(self.network.next_link[node])
        headway, storage = self.network.headway_h[link], int(self.network.storage[link])
        entries = self.entries[link]
        if entries:
            time = max(time, entries[-1][0] + headway)
        if len(entries) >= storage:
            freed = len(entries) - storage
            if freed >= len(self.exits[link]):
                return None
            time = max(time, self.exits[link][freed][0] + storage * headway - self.network.free_flow_h[link])
        for row in range(*self.network.closure_first[link : link + 2]):
            if self.network.closure_begin_h[row] <= time < self.network.closure_end_h[row]:
                time = self.network.closure_end_h[row]
        return time

    def served(self, start):
        """Invert the integral of the rate: when it is one more than at the start."""
        grid = np.arange(self.hours + 1.0)
        wanted = np.interp(start, grid, self.rate_integral) + 1.0
        if wanted > self.rate_integral[-1]:
            return math.inf
        hour = int(np.searchsorted(self.rate_integral, wanted)) - 1
        step = self.rate_integral[hour + 1] - self.rate_integral[hour]
        return hour + (wanted - self.rate_integral[hour]) / step

    def go(self, time, node, vehicle, source):
        """Move a vehicle on."""
        if source >= 0:
            self.exits[source].append((time, vehicle))
            heapq.heappush(self.events, (time, LOOK, int(self.network.link_from[source]), -1, -1))
        else:
            self.entry_of[vehicle] = time
        if node == self.network.checkpoint_node:
            self.passages.append((time, vehicle))
        if node == self.network.exit_node:
            self.exit_of[vehicle] = time
            return
        link = int(self.network.next_link[node])
        self.entries[link].append((time, vehicle))
        arrival = time + self.network.free_flow_h[link]
        heapq.heappush(self.events, (arrival, ARRIVAL, int(self.network.link_to[link]), vehicle, link))

    def times(self, vehicles):
        """Return when each vehicle enters, passes the checkpoint, and arrives."""
        columns = (self.entry_of, {vehicle: time for time, vehicle in self.passages}, self.exit_of)
        return [np.array([column.get(v, math.inf) for v in range(vehicles)]) for column in columns]


def is_sorted(times):
    return all(earlier <= later for earlier, later in pairwise(times))
