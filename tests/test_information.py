"""Information: network quality, the law of the sensor-to-shooter delay, shared tracks, warning from outside."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from closed_forms import broken, mean_meets, meets, share_meets
from staffride.model import information
from staffride.model.information import (
    cyber_loss_at,
    delay_h,
    handover,
    is_announced,
    mean_delay_h,
    network_quality,
    nodes_alive_share,
    reaction_after_warning_s,
    shared,
    warning_h,
)

SEED = 1
DRAWS = 400_000
FALSE_ALARM = 1e-6
SHARES = st.floats(0.0, 1.0)
HOURS = st.floats(1e-3, 1e3)
OPEN_UNIT = st.floats(1e-12, 1.0 - 1e-12)


@njit
def many_handovers(rule, quality, fast_h, slow_h, delays, seen_by_all):
    for entity in range(delays.size):
        delays[entity], seen_by_all[entity] = rule(SEED, 0, 5, entity, quality, fast_h, slow_h)


def handovers(rules, quality=0.5):
    """Return delays and whether each track is shared; 0.1 h with a full network, 10 h without one."""
    delays, seen_by_all = np.empty(DRAWS), np.empty(DRAWS, np.bool_)
    many_handovers(rules.handover, quality, 0.1, 10.0, delays, seen_by_all)
    return delays, seen_by_all


# --- Closed forms: one stage, quality 0.5, so that the mean delay is 1 h; n = 400,000 sightings ---


def mean_delay(rules):
    mean_meets(handovers(rules)[0], 1.0, 1.0)


def quantiles_of_the_delay(rules):
    """A quantile at ``p`` has the standard error ``sqrt(p (1 - p) / n) / density``."""
    delays, _ = handovers(rules)
    for p, exact in ((0.5, 0.693147), (0.9, 2.302585)):
        meets(np.quantile(delays, p), exact, math.sqrt(p * (1.0 - p) / DRAWS) / (1.0 - p))


def share_of_tracks_that_all_see(rules):
    share_meets(handovers(rules, quality=0.5)[1], 0.5)
    share_meets(handovers(rules, quality=0.8)[1], 0.8)


CLOSED_FORMS = [mean_delay, quantiles_of_the_delay, share_of_tracks_that_all_see]
BREAKS = [
    (mean_delay, ("(fast_h / slow_h) ** quality", "(fast_h / slow_h) ** (quality * quality)")),
    (mean_delay, ("mean_h * exponential_ppf(u)", "mean_h * u")),
    (quantiles_of_the_delay, ("mean_h * exponential_ppf(u)", "mean_h * 2.0 * u")),
    (share_of_tracks_that_all_see, ("return u < quality", "return u < quality * quality")),
]


@pytest.mark.parametrize("closed_form", CLOSED_FORMS, ids=lambda check: check.__name__)
def test_closed_form(closed_form):
    closed_form(information)


@pytest.mark.parametrize(("closed_form", "change"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_closed_form_fails_when_its_rule_is_broken(closed_form, change):
    with pytest.raises(AssertionError):
        closed_form(broken(information, *change))


def test_delay_and_sharing_are_independent():
    delays, seen_by_all = handovers(information)
    assert stats.ks_2samp(delays[seen_by_all], delays[~seen_by_all]).pvalue > FALSE_ALARM


# --- The quality of a network ---


def test_quality_at_worked_values():
    assert network_quality(0.8, 0.5, 0.25, 0.1) == pytest.approx(0.27)
    assert network_quality(1.0, 1.0, 0.0, 0.0) == 1.0
    assert network_quality(0.9, 0.0, 0.0, 0.0) == 0.0
    assert network_quality(3.0, 1.0, 0.0, 0.0) == 1.0


@given(SHARES, SHARES, SHARES, SHARES, SHARES)
def test_no_loss_betters_a_network(base, alive, link_loss, cyber_loss, less):
    whole = network_quality(base, alive, link_loss, cyber_loss)
    assert 0.0 <= whole <= 1.0
    assert network_quality(base, alive * less, link_loss, cyber_loss) <= whole
    assert network_quality(base, alive, max(link_loss, less), cyber_loss) <= whole
    assert network_quality(base, alive, link_loss, max(cyber_loss, less)) <= whole


def test_nodes_can_be_lost():
    assert nodes_alive_share(3.0, 4.0) == 0.75
    assert nodes_alive_share(0.0, 4.0) == 0.0
    assert nodes_alive_share(0.0, 0.0) == 1.0, "a side without nodes has none to lose"


def test_a_cyber_attack_lasts_the_first_day():
    assert [cyber_loss_at(hour, 0.3) for hour in (-1.0, 0.0, 23.0, 23.99, 24.0, 300.0)] == [
        0,
        0.3,
        0.3,
        0.3,
        0,
        0,
    ]


# --- Delay ---


def test_mean_delay_at_worked_values():
    assert mean_delay_h(0.0, 0.1, 10.0) == 10.0
    assert mean_delay_h(1.0, 0.1, 10.0) == pytest.approx(0.1)
    assert mean_delay_h(0.25, 0.1, 10.0) == pytest.approx(10.0**0.5)
    assert mean_delay_h(0.5, 0.0, 10.0) == 0.0
    assert mean_delay_h(0.0, 0.0, 10.0) == 10.0


@given(OPEN_UNIT, SHARES, SHARES, HOURS, HOURS)
def test_a_better_network_never_delays_more_under_the_same_luck(u, one, other, fast, extra):
    worse, better = sorted((one, other))
    slow = fast + extra
    late, early = (delay_h(u, mean_delay_h(quality, fast, slow)) for quality in (worse, better))
    assert early <= late * (1.0 + 1e-12)
    assert shared(u, better) >= shared(u, worse)


def test_a_handover_depends_on_its_keys_only():
    one = handover(SEED, 3, 7, 11, 0.5, 0.1, 10.0)
    assert one == handover(SEED, 3, 7, 11, 0.5, 0.1, 10.0)
    others = [(2, 3, 7, 11), (SEED, 4, 7, 11), (SEED, 3, 8, 11), (SEED, 3, 7, 12)]
    assert len({handover(*keys, 0.5, 0.1, 10.0)[0] for keys in others} | {one[0]}) == 5


# --- Warning from outside ---


def test_lead_time_at_worked_values():
    """300 km of warning at 150 km/h are two hours, less three minutes to pass the word."""
    assert warning_h(300.0, 500.0, 150.0, 0.05) == pytest.approx(1.95)
    assert warning_h(300.0, 75.0, 150.0, 0.05) == pytest.approx(0.45), "no warning before the raid takes off"
    assert warning_h(300.0, 500.0, 7_200.0, 0.05) == 0.0, "too fast to be announced in time"
    assert warning_h(0.0, 500.0, 150.0, 0.0) == 0.0
    assert warning_h(300.0, 500.0, 0.0, 0.0) == 0.0


def test_lead_time_is_taken_off_the_reaction():
    assert reaction_after_warning_s(20.0, 0.0) == 20.0
    assert reaction_after_warning_s(20.0, 0.004) == pytest.approx(5.6)
    assert reaction_after_warning_s(20.0, 1.0) == 0.0


@given(SHARES, SHARES)
def test_more_chance_never_announces_fewer_raids(one, other):
    low, high = sorted((one, other))
    for raid in range(20):
        assert is_announced(SEED, 0, 3, raid, high) >= is_announced(SEED, 0, 3, raid, low)


def test_raids_are_announced_as_often_as_asked():
    announced = sum(is_announced(SEED, 0, 3, raid, 0.3) for raid in range(20_000))
    low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], 20_000, 0.3)
    assert low <= announced <= high
    assert not any(is_announced(SEED, 0, 3, raid, 0.0) for raid in range(100))
    assert all(is_announced(SEED, 0, 3, raid, 1.0) for raid in range(100))
