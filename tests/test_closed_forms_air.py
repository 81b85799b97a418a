"""Air defence against the closed forms of the literature, on the code that the campaign runs.

Each check names its configuration and its number n of raids or threats.  The standard error is below 0.3 % of the value
and the figure within four of it, seed 1.  ``test_broken_rules`` shows that each check fails when its rule is broken.
The salvo forms of Hughes and Armstrong, which need the damage too, are in ``test_salvo``.

References: Erlang (1917); Palm (1957); Baccelli and Hebuterne (1981); Przemieniecki (2000); Washburn and Kress (2009);
Skolnik (2008).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from closed_forms import mean_meets, meets, share_meets
from raid_cases import FOREVER, batteries, groups, outcomes, repeater, threats
from staffride.model.air_defence import ground_range_km, radar_horizon_km, radar_range_km
from staffride.model.jamming import stand_off_factor
from staffride.model.raid import KILLED, LEAKED, resolve_raid

STREAM = 20_000
WARM_UP = 500


@pytest.fixture(scope="module")
def repeat():
    return repeater(resolve_raid)


# --- Streams: threats come at random, one second is the mean time of an engagement ---


def leak_share(repeat, step, load, channels, streams, patience=0.0, kill=1.0):
    """Return the share that came through in each stream of 20,000 threats, without its start; shape (streams,)."""
    shares = np.empty(streams)
    for stream in range(streams):
        gaps = np.random.default_rng([1, stream]).exponential(1.0 / load, STREAM)
        found, _ = outcomes(
            repeat, 1, threats(np.cumsum(gaps), key=np.arange(STREAM) + stream * STREAM),
            groups(0.0, patience, impact_s=0.0, kill=kill), batteries(channels=channels, looks=1),
            engagement=1.0, dwell=1.0, step=step,
        )  # fmt: skip
        shares[stream] = np.mean(found[0, WARM_UP:] == LEAKED)
    return shares


def stream_meets(shares, exact):
    meets(shares.mean(), exact, shares.std(ddof=1) / math.sqrt(shares.size))


def erlang_b(channels, load):
    """Probability of loss, by the usual recursion."""
    blocked = 1.0
    for c in range(1, channels + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def check_erlang_b(repeat, step=0, cases=((1, 1.0), (2, 1.0), (4, 3.0), (5, 4.0), (2, 4.0))):
    """Loss system: a threat not engaged at once is through; kill 1. n = 70 streams of 20,000 threats a case."""
    for channels, load in cases:
        stream_meets(leak_share(repeat, step, load, channels, 70), erlang_b(channels, load))


def check_leak_with_kill(repeat, step=0):
    """The same with 4 channels, load 3, kill 0.7 and one look: B + (1 - B)(1 - p). n = 60 streams of 20,000."""
    blocked = erlang_b(4, 3.0)
    stream_meets(leak_share(repeat, step, 3.0, 4, 60, kill=0.7), blocked + (1.0 - blocked) * 0.3)


def impatient_leave(load, channels, theta):
    """Share of an M/M/c+M queue that leaves, from the balance of its birth-death process."""
    weight = [1.0]
    for k in range(1, 400):
        weight.append(weight[-1] * load / (min(k, channels) + max(0, k - channels) * theta))
    chance = np.array(weight) / sum(weight)
    waiting = np.maximum(0, np.arange(chance.size) - channels)
    return theta * (chance @ waiting) / load


IMPATIENCE = {0.25: 0.0562897, 0.5: 0.080056, 1.0: 0.106452, 2.0: 0.132927}
"""Worked values of the share that leaves, by rate of leaving; load 3, 4 channels."""


def check_impatience(repeat, step=0, thetas=tuple(IMPATIENCE)):
    """M/M/c+M: waits for a channel, but no longer than an exponential patience; kill 1.

    n = 320, 220, 160, 130 streams of 20,000 threats for theta 0.25, 0.5, 1, 2.
    """
    for theta, streams in zip(IMPATIENCE, (320, 220, 160, 130), strict=True):
        if theta in thetas:
            shares = leak_share(repeat, step, 3.0, 4, streams, patience=1.0 / theta)
            stream_meets(shares, impatient_leave(3.0, 4, theta))


# --- Raids that come at once, with time for everything ---


def kills(repeat, n, count, step=0, kill=0.7, **defence):
    """Return how many of ``count`` threats that start at once are killed in each of ``n`` raids."""
    found, _ = outcomes(repeat, n, threats(np.zeros(count)), groups(0.0, FOREVER, kill=kill),
                        batteries(**defence), step=step)  # fmt: skip
    return (found == KILLED).sum(axis=1)


def check_magazine(repeat, step=0):
    """Shoot, look, shoot: 10 threats, 12 rounds, kill 0.7, time without end: min(10, Bin(12, 0.7)). n = 400,000."""
    through = 10 - kills(repeat, 400_000, 10, step, rounds=12, channels=4)
    chance = stats.binom.pmf(np.arange(13), 12, 0.7)
    left = 10 - np.minimum(10, np.arange(13))
    mean = chance @ left
    share_meets(through == 0, chance[left == 0].sum())
    mean_meets(through, mean, math.sqrt(chance @ (left - mean) ** 2))


def check_salvo_of_two(repeat, step=0):
    """Two rounds a threat without a second look: 12 rounds on 6 of 10 threats, kill 0.91 each. n = 200,000."""
    through = 10 - kills(repeat, 200_000, 10, step, rounds=12, salvo=2, looks=1, channels=10)
    mean_meets(through, 10 - 6 * 0.91, math.sqrt(6 * 0.91 * 0.09))


def check_one_shot_each(repeat, step=0):
    """One round a threat, no second look: 10 rounds on 10 threats. n = 100,000."""
    through = 10 - kills(repeat, 100_000, 10, step, rounds=10, looks=1, channels=10)
    mean_meets(through, 3.0, math.sqrt(10 * 0.7 * 0.3))


def check_salvo_kill(repeat, step=0):
    """Salvoes of 1, 2, 3 rounds kill with 0.7, 0.91, 0.973. n = 100,000 threats each."""
    for salvo, exact in ((1, 0.7), (2, 0.91), (3, 0.973)):
        number = kills(repeat, 10_000, 10, step, salvo=salvo, looks=1)
        mean_meets(number, 10 * exact, math.sqrt(10 * exact * (1.0 - exact)))


def check_shots_for_a_target(repeat, step=0):
    """At most three looks of one round, kill 0.7: 1 + 0.3 + 0.09 = 1.39 rounds a threat. n = 100,000 threats."""
    _, shots = outcomes(repeat, 100_000, threats([0.0]), groups(0.0, FOREVER, kill=0.7), batteries(looks=3),
                        step=step)  # fmt: skip
    mean_meets(shots, 1.39, math.sqrt(0.7 * 1 + 0.21 * 4 + 0.09 * 9 - 1.39**2))


# --- Decoys: 10 true threats, 30 decoys that cannot be told from them, all at once ---

TRUE, DECOYS = 10, 30
KIND = np.repeat([0, 1], [TRUE, DECOYS])


def true_kills(repeat, n, step=0, decoys=DECOYS, **defence):
    """Return how many of the true threats are killed in each of ``n`` raids; 20 rounds in all, kill 0.8."""
    kind = KIND[: TRUE + decoys]
    width = defence.get("count", 1)
    found, _ = outcomes(
        repeat, n, threats(np.zeros(kind.size), group=kind),
        groups(0.0, np.full((2, width), FOREVER), kill=0.8), batteries(looks=1, **defence), step=step,
    )  # fmt: skip
    return (found[:, :TRUE] == KILLED).sum(axis=1)


def check_decoys_one_shot_each(repeat, step=0):
    """One battery, 20 channels, 20 rounds, one look: hypergeometric choice, mean 4, variance 2.03077. n = 300,000."""
    number = true_kills(repeat, 300_000, step, rounds=20, channels=20)
    mean_meets(number, 4.0, math.sqrt(2.03077))
    squares = (number - number.mean()) ** 2
    meets(number.var(ddof=1), 0.16 * 20 * 0.25 + 0.64 * 20 * 0.25 * 0.75 * 20 / 39,
          squares.std(ddof=1) / math.sqrt(number.size))  # fmt: skip


def check_decoys_coordinated(repeat, step=0):
    """20 networked batteries with one round and one channel each do as one battery with 20. n = 20,000."""
    mean_meets(true_kills(repeat, 20_000, step, count=20, rounds=1), 4.0, math.sqrt(2.03077))


def check_decoys_uncoordinated(repeat, step=0):
    """20 batteries that know nothing of each other, one round each: T (1 - (1 - p / (T + D))**S). n = 20,000 raids.

    Without decoys T = 10 alone: 8.11307.
    """
    for decoys in (DECOYS, 0):
        all_aims = TRUE + decoys
        survive, both = (1 - 0.8 / all_aims) ** 20, (1 - 1.6 / all_aims) ** 20
        spread = math.sqrt(TRUE * survive * (1 - survive) + TRUE * (TRUE - 1) * (both - survive**2))
        number = true_kills(repeat, 20_000, step, decoys, count=20, rounds=1, networked=False)
        mean_meets(number, TRUE * (1 - survive), spread)


def check_discrimination(repeat, step=0):
    """Shot at with 0.9 if true, 0.4 if a decoy; rounds and channels for all: share on true ones 3/7. n = 60,000."""
    found, _ = outcomes(
        repeat, 60_000, threats(np.zeros(KIND.size), group=KIND),
        groups(0.0, np.full((2, 1), FOREVER), shoot=[[0.9], [0.4]]), batteries(channels=40), step=step,
    )  # fmt: skip
    on_true, on_all = (found[:, :TRUE] == KILLED).sum(axis=1), (found == KILLED).sum(axis=1)
    share = on_true.sum() / on_all.sum()
    error = (on_true - share * on_all).std(ddof=1) / on_all.mean() / math.sqrt(on_all.size)
    meets(share, 9.0 / (9.0 + 12.0), error)


# --- Radar: exact ---


def check_radar_law(range_km=radar_range_km):
    """Range with the fourth root of the cross-section; noise of 10 dB from a stand-off jammer."""
    assert range_km(100.0, 0.1, 1.0) == pytest.approx(56.2341, rel=1e-5)
    assert range_km(100.0, 0.01, 1.0) == pytest.approx(31.6228, rel=1e-5)
    assert range_km(100.0, 1.0, stand_off_factor(10.0)) == pytest.approx(56.2341, rel=1e-5)


def check_horizon(horizon_km=radar_horizon_km):
    """Antenna of 4 m, target at 100 m and at 3,000 m."""
    assert horizon_km(4.0, 100.0) == pytest.approx(49.44, abs=0.005)
    assert horizon_km(4.0, 3000.0) == pytest.approx(233.9, abs=0.05)


def check_ground_range(range_km=ground_range_km):
    """A slant range of 5 km at a height of 3 km reaches 4 km along the ground."""
    assert range_km(5.0, 3000.0) == pytest.approx(4.0)
    assert range_km(2.0, 3000.0) == 0.0


CHECKS = (
    check_erlang_b,
    check_leak_with_kill,
    check_impatience,
    check_magazine,
    check_salvo_of_two,
    check_one_shot_each,
    check_salvo_kill,
    check_shots_for_a_target,
    check_decoys_one_shot_each,
    check_decoys_coordinated,
    check_decoys_uncoordinated,
    check_discrimination,
)


@pytest.mark.parametrize("check", CHECKS)
def test_a_raid_meets_its_closed_form(check, repeat):
    check(repeat)


@pytest.mark.parametrize("check", [check_radar_law, check_horizon, check_ground_range])
def test_geometry_is_exact(check):
    check()


def test_worked_values():
    """The values that the closed forms are known to have, to the last digit given."""
    cases = {(1, 1.0): 0.5, (2, 1.0): 0.2, (4, 3.0): 0.206107, (5, 4.0): 0.199067, (2, 4.0): 0.615385}
    assert {case: round(erlang_b(*case), 6) for case in cases} == cases
    assert {theta: float(f"{impatient_leave(3.0, 4, theta):.6g}") for theta in IMPATIENCE} == IMPATIENCE
    assert round(0.206107 + (1 - 0.206107) * 0.3, 6) == pytest.approx(0.444275, abs=1e-6)
    chance = stats.binom.pmf(np.arange(13), 12, 0.7)
    assert round(chance[10:].sum(), 6) == 0.252815
    assert round(chance @ (10 - np.minimum(10, np.arange(13))), 5) == 1.69887
    assert round(10 * (1 - (1 - 0.8 / 40) ** 20), 5) == 3.32392
    assert round(10 * (1 - (1 - 0.8 / 10) ** 20), 5) == 8.11307


def test_without_patience_an_impatient_queue_is_a_loss_system():
    assert impatient_leave(3.0, 4, 1e9) == pytest.approx(erlang_b(4, 3.0), rel=1e-6)
