"""Traffic: a closed form, another simulator's curves, another algorithm, and the laws of queues on roads."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_of_events import Calendar, is_sorted
from corridor import CASES, HOURS, VEHICLES, closed_form, corridor
from staffride.model.road_network import Road, network_of
from staffride.model.traffic import (
    NOBODY,
    after_closures_h,
    column_of,
    comes_first,
    drive,
    entry_h,
    service_end_h,
    wave_h,
)


def travel(network, origin_node, ready_h, service_rate):
    """Drive everybody; return times and cumulative counts by name."""
    times = [np.empty(len(ready_h)) for _ in range(3)]
    counts = [np.empty((len(service_rate), len(network.link_from) - 1), np.int32) for _ in range(3)]
    drive(
        network,
        np.asarray(origin_node, np.int32),
        np.asarray(ready_h),
        np.asarray(service_rate),
        *times,
        *counts,
    )
    names = ("enter_h", "checkpoint_h", "exit_h", "link_in", "link_out", "link_reached")
    return SimpleNamespace(**dict(zip(names, times + counts, strict=True)))


def drive_case(case, spill_back=True):
    origins = np.zeros(VEHICLES, np.int32)
    return travel(corridor(spill_back), origins, case.ready_h(), np.full(HOURS, case.rate))


# --- The corridor: closed form and independent simulator ---


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_corridor_is_within_one_vehicle_of_the_closed_form_at_every_hour(case):
    trip, exact = drive_case(case), closed_form(case)
    assert np.abs(trip.link_in[:, 0] - exact.entered).max() <= 1.0 + 1e-6
    assert np.abs(trip.link_out[:, 0] - exact.bridge).max() <= 1.0 + 1e-6
    assert np.abs(trip.link_out[:, 1] - exact.goris).max() <= 1.0 + 1e-6


def test_without_spill_back_the_rush_is_thousands_of_vehicles_wrong():
    case = CASES[2]
    trip, exact = drive_case(case, spill_back=False), closed_form(case)
    assert np.abs(trip.link_in[:, 0] - exact.entered).max() > 3_000
    assert np.abs(trip.link_out[:, 1] - exact.goris).max() <= 1.0 + 1e-6, "arrivals alone do not show it"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_corridor_is_within_fifteen_vehicles_of_an_independent_simulator(case, shared_dir):
    trip = drive_case(case)
    curves = {"entered": trip.link_in[:, 0], "bridge": trip.link_out[:, 0], "goris": trip.link_out[:, 1]}
    rows = reference(case, shared_dir)
    for name, curve in curves.items():
        assert max(abs(curve[int(float(row["hour"])) - 1] - float(row[name])) for row in rows) <= 15.0, name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_closed_form_agrees_with_the_published_columns(case, shared_dir):
    exact = closed_form(case)
    curves = {
        "entered_closed_form": exact.entered,
        "bridge_closed_form": exact.bridge,
        "goris_closed_form": exact.goris,
    }
    for row in reference(case, shared_dir):
        for name, curve in curves.items():
            assert curve[int(float(row["hour"])) - 1] == pytest.approx(float(row[name]), abs=0.15), name


def reference(case, shared_dir):
    path = shared_dir / "reference" / "uxsim-corridor" / case.file
    if not path.is_file():
        pytest.skip(f"no reference curves at {path}: give the folder with --shared FOLDER")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- Single rules, worked values ---


@pytest.mark.parametrize(
    ("rates", "start", "end"),
    [
        ([4.0, 4.0], 0.5, 0.75),
        ([2.0, 0.0, 4.0], 0.75, 2.125),
        ([0.0, 0.0, 1.0], 0.3, 3.0),
        ([1.0, 0.5], 0.5, 2.0),
        ([1.0, 0.4], 0.5, math.inf),
        ([5.0], 1.0, math.inf),
        ([5.0], math.inf, math.inf),
        ([0.0], 0.0, math.inf),
    ],
)
def test_service_ends_when_the_integral_of_the_rate_has_grown_by_one(rates, start, end):
    assert service_end_h(np.array(rates), start) == end


@given(st.lists(st.floats(0.0, 50.0), min_size=1, max_size=8), st.floats(0.0, 8.0))
def test_service_inverts_the_integral(rates, start):
    end = service_end_h(np.array(rates), start)
    integral = np.concatenate([[0.0], np.cumsum(rates)])

    def until(time):
        return np.interp(time, np.arange(len(rates) + 1.0), integral)

    if math.isinf(end):
        assert until(len(rates)) - until(start) < 1.0 + 1e-9
    else:
        assert start <= end <= len(rates)
        assert until(end) - until(start) == pytest.approx(1.0, abs=1e-9)


def test_entry_waits_for_the_latest_of_arrival_headway_and_space():
    assert entry_h(5.0, 4.0, 0.5, 1.0, 2.0) == 5.0
    assert entry_h(5.0, 4.9, 0.5, 1.0, 2.0) == pytest.approx(5.4)
    assert entry_h(5.0, 4.9, 0.5, 6.0, 2.0) == 8.0


def test_wave_of_the_corridor_is_its_length_over_the_wave_speed():
    speed = 1200.0 / (140.0 - 1200.0 / 40.0)
    assert speed == pytest.approx(10.909, abs=1e-3)
    assert wave_h(7840, 1 / 1200.0, 1.4) == pytest.approx(56.0 / speed, rel=1e-12)


def test_closures_move_an_entry_to_the_end_of_the_window():
    begin, end = np.array([1.0, 3.0]), np.array([2.0, math.inf])
    moved = [after_closures_h(time, begin, end, 0, 2) for time in (0.5, 1.0, 1.7, 2.0, 3.0)]
    assert moved == [0.5, 2.0, 2.0, 2.0, math.inf]


def test_an_event_counts_at_the_end_of_its_hour():
    assert [column_of(time) for time in (0.0, 0.2, 1.0, 1.0001, 264.0)] == [0, 0, 0, 1, 263]


def test_first_come_first_served_with_ties_to_the_lower_number():
    assert comes_first(3, 1.0, 2, 2.0)
    assert not comes_first(3, 2.0, 2, 1.0)
    assert comes_first(2, 1.0, 3, 1.0)
    assert comes_first(2, math.inf, NOBODY, math.inf)
    assert not comes_first(NOBODY, math.inf, 2, 1.0)


# --- Random networks: agreement with a calendar of events ---


@st.composite
def trips(draw, straight=False):
    """Return a random tree of short, crowded roads, its vehicles, and rates by hour; times often coincide."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    towns, vehicles = draw(st.integers(1, 6)), draw(st.sampled_from((120, 60, 20, 1, 0)))
    digits = draw(st.sampled_from((1, 9)))
    roads = {town: random_road(random, town + 1, town if straight else None) for town in range(towns)}
    checkpoint = draw(st.integers(-1, towns))
    return SimpleNamespace(
        roads=roads,
        network=network_of(roads, towns + 1, towns, exit_node=0, checkpoint_node=checkpoint),
        checkpoint=checkpoint,
        origin=np.full(vehicles, towns) if straight else random.integers(0, towns + 1, vehicles),
        ready=np.sort(random.uniform(0.0, 8.0, vehicles).round(digits)),
        rate=random.choice([0.0, 4.0, 12.0], 12) * random.uniform(0.5, 1.5, 12),
    )


def random_road(random, start, end):
    """Return a road that few vehicles fill, towards a node nearer to the exit, sometimes closed."""
    free_flow, capacity = random.uniform(0.05, 0.6), random.uniform(10.0, 60.0)
    begin = random.uniform(0.0, 10.0)
    closed = ((begin, begin + random.uniform(0.1, 2.0)),) if random.random() < 0.3 else ()
    storage = capacity * free_flow * random.uniform(1.0, 1.5) + random.uniform(0.5, 3.0)
    return Road(
        start, random.integers(0, start) if end is None else end, free_flow, capacity, storage, closed
    )


@given(trips())
def test_every_time_agrees_with_a_calendar_of_events(plan):
    trip = travel(plan.network, plan.origin, plan.ready, plan.rate)
    calendar = Calendar(plan.network, plan.origin, plan.ready, plan.rate).run()
    for ours, theirs in zip(
        (trip.enter_h, trip.checkpoint_h, trip.exit_h), calendar.times(len(plan.ready)), strict=True
    ):
        np.testing.assert_allclose(np.minimum(ours, 12.0), np.minimum(theirs, 12.0), rtol=0, atol=1e-9)


@given(trips())
def test_counts_agree_with_a_calendar_of_events(plan):
    trip = travel(plan.network, plan.origin, plan.ready, plan.rate)
    calendar = Calendar(plan.network, plan.origin, plan.ready, plan.rate).run()
    for link in plan.roads:
        assert_counts(trip.link_in[:, link], [time for time, _ in calendar.entries[link]])
        assert_counts(trip.link_out[:, link], [time for time, _ in calendar.exits[link]])


def assert_counts(by_hour, times):
    """Compare counts at the ends of hours; an event within a rounding error of one may fall either side."""
    ends = np.arange(1, len(by_hour) + 1)[:, None]
    times = np.array(times)[None, :]
    assert np.all((times <= ends - 1e-9).sum(axis=1) <= by_hour)
    assert np.all(by_hour <= (times <= ends + 1e-9).sum(axis=1))


# --- Laws ---


@given(trips())
def test_vehicles_are_conserved_at_every_node_and_hour(plan):
    trip = travel(plan.network, plan.origin, plan.ready, plan.rate)
    for node in range(1, len(plan.network.next_link)):
        set_out = by_hour(trip.enter_h[plan.origin == node], 12)
        passed = sum(
            (trip.link_out[:, link] for link, road in plan.roads.items() if road.end == node), start=0
        )
        assert np.array_equal(trip.link_in[:, plan.network.next_link[node]], set_out + passed)
    arrived = sum(trip.link_out[:, link] for link, road in plan.roads.items() if road.end == 0)
    assert np.array_equal(arrived, by_hour(trip.exit_h[plan.origin != 0], 12))


def by_hour(times, hours):
    return (times[None, :] <= np.arange(1, hours + 1)[:, None]).sum(axis=1)


@given(trips())
def test_counts_never_decrease_and_roads_never_overflow(plan):
    trip = travel(plan.network, plan.origin, plan.ready, plan.rate)
    for counts in (trip.link_in, trip.link_reached, trip.link_out):
        assert np.all(np.diff(counts, axis=0) >= 0)
    assert np.all(trip.link_in >= trip.link_reached)
    assert np.all(trip.link_reached >= trip.link_out)
    assert np.all(trip.link_in - trip.link_out <= plan.network.storage[:-1])


@given(trips())
def test_those_who_set_out_at_one_place_keep_their_order(plan):
    trip = travel(plan.network, plan.origin, plan.ready, plan.rate)
    for node in set(plan.origin):
        here = plan.origin == node
        assert is_sorted(trip.enter_h[here])
        assert is_sorted(trip.exit_h[here])


@given(trips())
def test_nobody_is_faster_than_an_empty_road(plan):
    trip = travel(plan.network, plan.origin, plan.ready, plan.rate)
    for vehicle, node in enumerate(plan.origin):
        empty = 0.0
        while node != 0:
            road = plan.roads[int(plan.network.next_link[node])]
            empty, node = empty + road.free_flow_h, road.end
        assert trip.exit_h[vehicle] >= plan.ready[vehicle] + empty - 1e-9


@given(trips(), st.data())
def test_numbers_of_roads_and_places_do_not_matter(plan, data):
    nodes, links = len(plan.network.next_link), len(plan.roads)
    node_names = data.draw(st.permutations(range(nodes)))
    link_names = data.draw(st.permutations(range(links)))
    roads = {
        link_names[number]: road._replace(start=node_names[road.start], end=node_names[road.end])
        for number, road in plan.roads.items()
    }
    checkpoint = -1 if plan.checkpoint < 0 else node_names[plan.checkpoint]
    network = network_of(roads, nodes, links, node_names[0], checkpoint)
    trip = travel(plan.network, plan.origin, plan.ready, plan.rate)
    renamed = travel(network, [node_names[node] for node in plan.origin], plan.ready, plan.rate)
    assert np.array_equal(trip.exit_h, renamed.exit_h)
    assert np.array_equal(trip.enter_h, renamed.enter_h)
    assert np.array_equal(trip.link_in, renamed.link_in[:, link_names])


@given(trips(straight=True), st.integers(0, 5), st.floats(1.0, 3.0))
def test_more_capacity_makes_nobody_later(plan, which, factor):
    link = which % len(plan.roads)
    wider = plan.roads[link]._replace(
        capacity_vehicles_per_h=plan.roads[link].capacity_vehicles_per_h * factor
    )
    network = network_of(plan.roads | {link: wider}, len(plan.roads) + 1, len(plan.roads), 0, plan.checkpoint)
    before = travel(plan.network, plan.origin, plan.ready, plan.rate)
    after = travel(network, plan.origin, plan.ready, plan.rate)
    assert_no_later(after.exit_h, before.exit_h)
    assert_no_later(after.enter_h, before.enter_h)


@given(trips(straight=True), st.floats(1.0, 3.0))
def test_a_faster_checkpoint_makes_nobody_later(plan, factor):
    before = travel(plan.network, plan.origin, plan.ready, plan.rate)
    after = travel(plan.network, plan.origin, plan.ready, plan.rate * factor)
    assert_no_later(after.exit_h, before.exit_h)


@given(trips(straight=True), st.floats(0.0, 11.0))
def test_one_more_vehicle_makes_nobody_earlier(plan, ready):
    position = int(np.searchsorted(plan.ready, ready, side="right"))
    before = travel(plan.network, plan.origin, plan.ready, plan.rate)
    more = travel(
        plan.network,
        np.full(len(plan.origin) + 1, len(plan.roads)),
        np.insert(plan.ready, position, ready),
        plan.rate,
    )
    assert_no_later(before.exit_h, np.delete(more.exit_h, position))
    assert_no_later(before.enter_h, np.delete(more.enter_h, position))


def assert_no_later(earlier, later):
    """Compare times; those past the end of the period are infinite and may differ from it by rounding."""
    assert np.all(np.minimum(earlier, 12.0) <= np.minimum(later, 12.0) + 1e-9)


@given(trips())
def test_nobody_enters_a_closed_road(plan):
    trip = travel(plan.network, plan.origin, plan.ready, plan.rate)
    for vehicle, node in enumerate(plan.origin):
        if node != 0 and math.isfinite(trip.enter_h[vehicle]):
            windows = plan.roads[int(plan.network.next_link[node])].closed
            assert not any(begin <= trip.enter_h[vehicle] < end for begin, end in windows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_standing_queue_is_served_at_the_changing_rate(seed):
    rate = np.random.default_rng(seed).uniform(0.0, 300.0, size=48)
    rate[10:13] = 0.0
    trip = travel(corridor(), np.zeros(20_000, np.int32), np.linspace(0.0, 5.0, 20_000), rate)
    served = np.concatenate([[0.0], np.cumsum(rate)])
    passages = trip.checkpoint_h[np.isfinite(trip.checkpoint_h)]
    integral = np.interp(passages, np.arange(49.0), served)
    assert len(passages) > 2_000
    np.testing.assert_allclose(integral - integral[0], np.arange(len(passages)), atol=1e-8)


def test_a_closed_checkpoint_lets_nobody_pass():
    rate = np.array([20.0, 0.0, 0.0, 20.0, 20.0])
    trip = travel(corridor(), np.zeros(30, np.int32), np.linspace(0.0, 0.5, 30), rate)
    assert not np.any((trip.checkpoint_h > 1.0) & (trip.checkpoint_h <= 3.0))
    assert np.isfinite(trip.checkpoint_h).sum() == 30


def test_a_closure_holds_vehicles_back_and_releases_them_at_capacity():
    roads = {0: Road(0, 1, 0.5, 100.0, 400.0, ((1.0, 3.0),))}
    network = network_of(roads, 2, 1, exit_node=1, checkpoint_node=-1)
    trip = travel(network, np.zeros(40, np.int32), 0.1 * np.arange(40), np.zeros(10))
    assert np.array_equal(trip.enter_h[:10], 0.1 * np.arange(10))
    np.testing.assert_allclose(
        trip.enter_h[10:30], np.maximum(3.0 + 0.01 * np.arange(20), 0.1 * np.arange(10, 30))
    )
    np.testing.assert_allclose(trip.exit_h, trip.enter_h + 0.5)
    assert np.isinf(trip.checkpoint_h).all()


def test_a_merge_serves_by_time_of_arrival():
    roads = {
        0: Road(0, 2, 1.0, 1000.0, 5000.0),
        1: Road(1, 2, 0.25, 1000.0, 5000.0),
        2: Road(2, 3, 0.5, 10.0, 50.0),
    }
    network = network_of(roads, 4, 3, exit_node=3, checkpoint_node=-1)
    origin = np.array([0, 0, 1, 1, 2], np.int32)
    ready = np.array([0.0, 0.1, 0.8, 0.9, 1.04])
    trip = travel(network, origin, ready, np.zeros(5))
    arrival_at_merge = ready + np.array([1.0, 1.0, 0.25, 0.25, 0.0])
    assert np.array_equal(np.argsort(trip.exit_h), np.argsort(arrival_at_merge))
    np.testing.assert_allclose(np.sort(trip.exit_h), 1.5 + 0.1 * np.arange(5))


def test_a_full_road_holds_the_next_vehicle_until_space_has_travelled_back():
    roads = {0: Road(0, 1, 0.1, 60.0, 12.0), 1: Road(1, 2, 0.1, 60.0, 12.0)}
    network = network_of(roads, 3, 2, exit_node=2, checkpoint_node=1)
    rate = np.array([0.0, 0.0, 6.0, 6.0, 6.0, 6.0])
    trip = travel(network, np.zeros(15, np.int32), np.zeros(15), rate)
    back = 12 / 60 - 0.1
    np.testing.assert_allclose(trip.enter_h[:12], np.arange(12) / 60)
    np.testing.assert_allclose(trip.checkpoint_h, 2.0 + (1 + np.arange(15)) / 6)
    np.testing.assert_allclose(trip.enter_h[12:], trip.checkpoint_h[:3] + back)
    assert list(trip.link_in[:2, 0] - trip.link_out[:2, 0]) == [12, 12]


def test_those_who_never_leave_and_those_already_there():
    roads = {0: Road(0, 1, 0.5, 60.0, 100.0)}
    network = network_of(roads, 2, 1, exit_node=1, checkpoint_node=-1)
    trip = travel(network, [0, 1, 0, 0], np.array([0.0, 1.0, 3.0, math.inf]), np.zeros(3))
    assert list(trip.exit_h) == [0.5, 1.0, math.inf, math.inf]
    assert list(trip.enter_h) == [0.0, 1.0, 3.0, math.inf]
    assert trip.link_in[-1, 0] == 2
    assert trip.link_out[-1, 0] == 1


PROBE = """
import json, numpy as np
from corridor import corridor
from staffride.model.traffic import drive
ready = np.sort(np.random.default_rng(5).gamma(3.0, 0.2, 400))
rate = np.random.default_rng(6).uniform(20.0, 120.0, 24)
times = [np.empty(400) for _ in range(3)]
counts = [np.empty((24, 2), np.int32) for _ in range(3)]
drive(corridor(), np.zeros(400, np.int32), ready, rate, *times, *counts)
print(json.dumps([[time.hex() for time in row] for row in times] + [count.tolist() for count in counts]))
"""


def test_the_same_bits_without_compilation(root):
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROBE],
            env=os.environ | {"NUMBA_DISABLE_JIT": switch, "PYTHONPATH": str(root / "tests")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for switch in ("0", "1")
    ]
    assert json.loads(outputs[0]) == json.loads(outputs[1])
