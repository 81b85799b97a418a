"""Counting: hourly series are plain counts of events, checked against counting one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.model.counting import count_by_hour, count_on_road, count_waiting, first_hour_after
from staffride.model.parties import PERSONS
from staffride.model.traffic import column_of

HOURS = 24
TIMES = st.one_of(
    st.floats(-1.0, 30.0), st.integers(0, 26).map(float), st.just(math.inf), st.just(float(HOURS))
)


def by(time_h, amount):
    """The amount of events up to the end of each hour, the slow way; those before the period count at once."""
    return [amount[time_h <= hour].sum() for hour in range(1, HOURS + 1)]


def columns(rows):
    return [np.array(column, np.float64) for column in zip(*rows, strict=True)] if rows else [np.zeros(0)] * 3


def test_first_hour_after_at_worked_values():
    hours = [first_hour_after(t, HOURS) for t in (-1.0, 0.0, 0.2, 1.0, 1.0001, 23.5, 24.0, 24.01, math.inf)]
    assert hours == [0, 0, 0, 0, 1, 23, 23, 24, 24]


@given(st.floats(0.0, float(HOURS)))
def test_the_tally_and_the_traffic_count_in_the_same_column(time_h):
    assert first_hour_after(time_h, HOURS) == column_of(time_h)


@given(st.lists(st.tuples(TIMES, st.integers(0, 50)), max_size=40))
def test_count_by_hour_counts_what_has_happened(events):
    time_h = np.array([event[0] for event in events], np.float64)
    amount = np.array([event[1] for event in events], np.int32)
    assert count_by_hour(time_h, amount, HOURS).tolist() == by(time_h, amount)


@given(st.lists(st.tuples(TIMES, TIMES, st.integers(0, 9), st.integers(0, 2), st.booleans()), max_size=40))
def test_count_waiting_counts_begun_less_ended(rows):
    begin, end, persons, dead, waits = (np.array(column) for column in zip(*rows, strict=True)) if rows else (
        np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, bool),
    )  # fmt: skip
    before, waits = persons.astype(np.int32) + dead.astype(np.int32), waits.astype(np.bool_)
    waiting = count_waiting(begin, before, end, persons.astype(np.int32), waits, HOURS)
    begun, ended = by(begin[waits], before[waits]), by(end[waits], persons[waits])
    assert waiting.tolist() == [a - b for a, b in zip(begun, ended, strict=True)]


@given(st.lists(st.tuples(st.floats(0.0, 30.0), st.floats(0.0, 3.0), TIMES), max_size=40), st.data())
def test_count_on_road_counts_departures_crossings_and_people(rows, data):
    ready, free_flow, passed = columns(rows)
    size = ready.size
    people = np.array(
        data.draw(
            st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=size, max_size=size)
        ),
        np.int32,
    ).reshape(size, 4)
    road = count_on_road(people, ready, free_flow, passed, HOURS)
    assert road.departed.tolist() == by(ready, people[:, PERSONS])
    assert road.unhindered.tolist() == by(ready + free_flow, np.ones(size, int))
    assert road.crossed.tolist() == by(passed, np.ones(size, int))
    for column in range(4):
        assert road.arrived[:, column].tolist() == by(passed, people[:, column])


def test_mean_delay_is_of_the_persons_who_pass_in_the_hour():
    """Three persons lose two hours and one loses six: three hours on average; nobody passes in the next hour."""
    people = np.array([[3, 0, 0, 0], [1, 0, 0, 0], [5, 0, 0, 0]], np.int32)
    ready, free_flow = np.array([6.0, 2.0, 11.5]), np.full(3, 1.0)
    road = count_on_road(people, ready, free_flow, np.array([9.0, 9.0, 12.5]), HOURS)
    assert road.delay_h[8] == pytest.approx(3.0)
    assert road.delay_h[9] == 0.0
    assert road.delay_h[12] == 0.0
