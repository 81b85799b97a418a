"""The raid kernel: worked raids, batteries struck, conservation, keyed luck, order, monotonicity by theory."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raid_cases import FOREVER, PLENTY, batteries, groups, outcomes, repeater, resolve, threats
from staffride.model.raid import (
    ALWAYS_EMITS,
    EMITS_WHILE_ENGAGING,
    KILLED,
    LEAKED,
    STRUCK,
    Batteries,
    Groups,
    Threats,
    raid_workspace,
    resolve_raid,
    workspace_for,
)

NEVER_EMITS = 0


# --- Worked raids, all certain ---


def test_a_threat_is_engaged_when_its_window_opens_and_decided_at_the_end():
    done = resolve(threats([100.0]), groups(30.0, 80.0, 120.0), batteries(engagement_s=25.0))
    assert list(done.outcome) == [KILLED]
    assert list(done.end_s) == [155.0]
    assert list(done.after.shots) == [1]


def test_a_threat_out_of_every_window_comes_through_at_its_impact():
    done = resolve(threats([100.0]), groups(np.inf, np.inf, 120.0), batteries())
    assert list(done.outcome) == [LEAKED]
    assert list(done.end_s) == [220.0]
    assert list(done.after.shots) == [0]


def test_a_busy_channel_takes_the_next_threat_while_its_window_lasts():
    # one channel, 25 s each: begins at 0, 25, 50; the fourth would begin at 75, after its window of 60 s
    done = resolve(threats(np.zeros(4)), groups(0.0, 60.0, 100.0), batteries(engagement_s=25.0))
    assert sorted(done.end_s) == [25.0, 50.0, 75.0, 100.0]
    assert (done.outcome == KILLED).sum() == 3


def test_an_engagement_that_began_in_time_is_decided_though_the_impact_comes_first():
    done = resolve(threats([0.0]), groups(0.0, 60.0, 60.0), batteries(engagement_s=90.0))
    assert (list(done.outcome), list(done.end_s)) == ([KILLED], [90.0])
    done = resolve(threats([0.0]), groups(0.0, 60.0, 60.0, kill=0.0), batteries(engagement_s=90.0))
    assert (list(done.outcome), list(done.end_s)) == ([LEAKED], [90.0])


def test_who_is_expected_at_its_aim_first_is_served_first():
    slow_and_fast = groups(0.0, [[300.0], [50.0]], [400.0, 60.0])
    done = resolve(threats([0.0, 0.0], group=[0, 1]), slow_and_fast, batteries(engagement_s=30.0))
    assert list(done.end_s) == [60.0, 30.0]


def test_looks_are_counted_for_each_battery_and_threat():
    done = resolve(threats([0.0, 0.0]), groups(0.0, FOREVER, 1e9, kill=0.0), batteries(looks=3, channels=2))
    assert list(done.after.shots) == [6]
    apart = groups(0.0, np.full((1, 2), 1e6), kill=0.0)
    for networked in (True, False):
        done = resolve(threats([0.0]), apart, batteries(2, looks=[2, 5], networked=networked))
        assert list(done.after.shots) == [2, 5]


def test_a_salvo_fires_no_more_than_is_left():
    done = resolve(threats(np.zeros(3)), groups(0.0, FOREVER), batteries(rounds=5, salvo=2, channels=9))
    assert list(done.after.shots) == [5]
    assert (done.outcome == KILLED).all()


def test_a_network_engages_a_threat_once_at_a_time_and_the_others_shoot_twice():
    both = groups(0.0, np.full((1, 2), 50.0), 100.0)
    assert resolve(threats([0.0]), both, batteries(2)).after.shots.sum() == 1
    assert resolve(threats([0.0]), both, batteries(2, networked=False)).after.shots.sum() == 2
    # after a miss the other takes over at once
    done = resolve(
        threats([0.0]), groups(0.0, np.full((1, 2), 50.0), kill=[[0.0, 1.0]]), batteries(2, looks=1)
    )
    assert (list(done.outcome), list(done.end_s), list(done.after.shots)) == ([KILLED], [2.0], [1, 1])


def test_a_deeper_layer_takes_what_the_first_let_through():
    layers = groups([[10.0, 100.0]], [[50.0, 150.0]], 200.0, kill=[[0.0, 1.0]])
    done = resolve(threats([0.0]), layers, batteries(2, looks=2, engagement_s=5.0))
    assert (list(done.end_s), list(done.after.shots)) == ([105.0], [2, 1])


def test_no_threat_no_battery_no_rounds():
    assert resolve(threats([]), groups(0.0, 1.0), batteries()).outcome.size == 0
    nobody = Groups(np.empty((1, 0)), np.empty((1, 0)), np.array([7.0]), np.empty((1, 0)), np.empty((1, 0)))
    done = resolve(threats([1.0, 2.0]), nobody, batteries(0))
    assert (list(done.outcome), list(done.end_s)) == ([LEAKED, LEAKED], [8.0, 9.0])
    done = resolve(threats([1.0]), groups(0.0, 5.0, 9.0), batteries(rounds=0))
    assert (list(done.outcome), list(done.after.shots)) == ([LEAKED], [0])


# --- Batteries that are struck ---


def test_a_leaker_destroys_an_element_with_its_channels_and_rounds():
    done = resolve(
        threats([0.0, 10.0, 20.0], group=[0, 1, 1], aim=[0, -1, -1], strikes=[True, False, False]),
        groups([[np.inf], [0.0]], [[np.inf], [5.0]], [5.0, 50.0]),
        batteries(channels=1, elements=2, rounds=9, engagement_s=30.0),
    )
    assert list(done.outcome) == [STRUCK, KILLED, LEAKED]
    assert list(done.after.elements) == [1]
    assert list(done.after.rounds_lost) == [5]
    assert list(done.after.rounds) == [3]


def test_engagements_beyond_the_channels_left_are_broken_off_the_last_to_end_first():
    done = resolve(
        threats([0.0, 5.0, 6.0], group=[0, 0, 1], aim=[-1, -1, 0], strikes=[False, False, True]),
        groups([[0.0], [np.inf]], [[1.0], [np.inf]], [40.0, 4.0]),
        batteries(channels=1, elements=2, rounds=10, engagement_s=20.0),
    )
    assert list(done.outcome) == [KILLED, LEAKED, STRUCK]
    assert list(done.end_s) == [20.0, 45.0, 10.0]
    assert list(done.after.shots) == [2]


def test_what_is_broken_off_can_be_engaged_by_another_of_the_network():
    done = resolve(
        threats([0.0, 0.0], group=[0, 1], aim=[-1, 0], strikes=[False, True]),
        groups([[0.0, 0.0], [np.inf, np.inf]], [[50.0, 50.0], [np.inf, np.inf]], [60.0, 10.0]),
        batteries(2, engagement_s=20.0),
    )
    assert list(done.outcome) == [KILLED, STRUCK]
    assert list(done.end_s) == [30.0, 10.0]
    assert list(done.after.elements) == [0, 1]
    assert list(done.after.rounds) == [0, PLENTY - 1]


def test_a_destroyed_battery_cannot_be_struck_again():
    two = threats([0.0, 1.0], aim=0, strikes=True)
    done = resolve(two, groups(np.inf, np.inf, 5.0), batteries(rounds=6))
    assert list(done.outcome) == [STRUCK, LEAKED]
    assert (list(done.after.elements), list(done.after.rounds_lost)) == ([0], [6])


@pytest.mark.parametrize(
    ("emission", "engages", "outcome"),
    [
        (ALWAYS_EMITS, False, STRUCK),
        (EMITS_WHILE_ENGAGING, True, STRUCK),
        (EMITS_WHILE_ENGAGING, False, LEAKED),
        (NEVER_EMITS, True, LEAKED),
    ],
)
def test_a_munition_that_homes_on_emission_needs_an_emitter(emission, engages, outcome):
    done = resolve(
        threats([0.0, 2.0], group=[0, 1], aim=[-1, 0], strikes=[False, True], homes=[False, True]),
        groups([[0.0 if engages else np.inf], [np.inf]], [[5.0], [np.inf]], [20.0, 30.0]),
        batteries(emission=emission, engagement_s=10.0),
    )
    assert done.outcome[1] == outcome
    assert done.after.elements[0] == (0 if outcome == STRUCK else 1)


def test_an_emitter_that_fell_silent_before_the_munition_started_is_not_found():
    done = resolve(
        threats([0.0, 20.0], group=[0, 1], aim=[-1, 0], strikes=[False, True], homes=[False, True]),
        groups([[0.0], [np.inf]], [[5.0], [np.inf]], [20.0, 30.0]),
        batteries(engagement_s=10.0),
    )
    assert list(done.outcome) == [KILLED, LEAKED]


# --- Random raids ---


@st.composite
def raids(draw, strikers=True, networked=None):
    """Return a raid of some groups against some batteries, with everything mixed."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, g, b = (draw(st.integers(*bounds)) for bounds in ((0, 25), (1, 4), (1, 6)))
    digits = draw(st.sampled_from((0, 6)))
    enter = np.where(random.random((g, b)) < 0.8, random.uniform(0.0, 60.0, (g, b)).round(digits), np.inf)
    leave = enter + random.uniform(0.0, 90.0, (g, b)).round(digits)
    last = np.where(np.isfinite(leave), leave, 0.0).max(axis=1)
    group = Groups(
        enter,
        leave,
        last + random.uniform(0.0, 30.0, g).round(digits),
        random.random((g, b)),
        random.random((g, b)),
    )
    threat = Threats(
        random.permutation(1000)[:n], random.integers(0, g, n).astype(np.int32),
        np.sort(random.uniform(0.0, 200.0, n).round(digits)),
        random.integers(-1, b, n).astype(np.int32), random.random(n) < 0.7 * strikers, random.random(n) < 0.3,
    )  # fmt: skip
    battery = batteries(
        b, channels=random.integers(1, 4, b), engagement_s=random.uniform(1.0, 40.0, b).round(digits) + 1.0,
        salvo=random.integers(1, 4, b), looks=random.integers(1, 5, b), elements=random.integers(0, 4, b),
        rounds=random.integers(0, 20, b), key=random.permutation(50)[:b],
        networked=random.random(b) < 0.5 if networked is None else networked, emission=random.integers(0, 3, b),
    )  # fmt: skip
    return threat, group, battery, draw(st.sampled_from((0.0, 0.4, 1.0))), draw(st.sampled_from((0.0, 1.0)))


@given(raids())
def test_rounds_are_conserved_and_every_threat_is_decided(raid):
    threat, _, before, *_ = raid
    done = resolve(*raid)
    after = done.after
    assert np.array_equal(before.rounds, after.rounds + after.shots + after.rounds_lost)
    assert (after.rounds >= 0).all()
    assert np.isin(done.outcome, (LEAKED, KILLED, STRUCK)).all()
    struck = np.bincount(threat.aim[done.outcome == STRUCK], minlength=before.key.size)
    assert np.array_equal(before.elements - after.elements, struck)
    assert np.isfinite(done.end_s).all()
    assert (done.end_s >= threat.start_s).all()
    assert (done.outcome == KILLED).sum() <= after.shots.sum()
    lost_all = (after.elements == 0) & (before.elements > 0)
    assert (after.rounds[lost_all] == 0).all()


@given(raids())
def test_what_was_in_the_workspace_does_not_matter(raid):
    threat, group, before, engagement, dwell = raid
    first = resolve(*raid)
    work = raid_workspace(60, 9, 60)
    for fill in (0, 7):
        after = Batteries(*(array.copy() for array in before))
        for array in work:
            array[:] = fill
        outcome, end_s = np.full(threat.start_s.size, 5, np.int8), np.full(threat.start_s.size, np.nan)
        resolve_raid(1, 0, 0, 0, threat, group, after, engagement, dwell, work, outcome, end_s)
        assert same(first, outcome, end_s, after)


def same(done, outcome, end_s, after):
    """Whether a raid went exactly as another."""
    return (
        np.array_equal(done.outcome, outcome)
        and np.array_equal(done.end_s, end_s)
        and all(map(np.array_equal, done.after, after))
    )


@given(raids(), st.data())
def test_the_order_of_batteries_and_groups_does_not_matter(raid, data):
    threat, group, battery, *rest = raid
    order = np.array(data.draw(st.permutations(range(battery.key.size))), int)
    groups_order = np.array(data.draw(st.permutations(range(group.impact_s.size))), int)
    place, groups_place = np.argsort(order), np.argsort(groups_order)
    moved = threat._replace(
        aim=np.where(threat.aim < 0, -1, place[threat.aim]).astype(np.int32),
        group=groups_place[threat.group].astype(np.int32),
    )
    turned = Groups(
        *(table[groups_order][:, order].copy() for table in (group.in_s, group.out_s)), group.impact_s[groups_order],
        *(table[groups_order][:, order].copy() for table in (group.kill, group.shoot)),
    )  # fmt: skip
    first = resolve(*raid)
    then = resolve(moved, turned, Batteries(*(array[order] for array in battery)), *rest)
    assert np.array_equal(first.outcome, then.outcome)
    assert np.array_equal(first.end_s, then.end_s)
    assert all(np.array_equal(one[order], other) for one, other in zip(first.after, then.after, strict=True))


@given(raids(strikers=False), st.data())
def test_the_order_of_threats_that_start_together_does_not_matter(raid, data):
    threat, *rest = raid
    together = threat._replace(start_s=np.zeros(threat.start_s.size))
    order = np.array(data.draw(st.permutations(range(threat.start_s.size))), int)
    first = resolve(together, *rest)
    then = resolve(Threats(*(array[order] for array in together)), *rest)
    assert np.array_equal(first.outcome[order], then.outcome)
    assert np.array_equal(first.end_s[order], then.end_s)


@given(raids(), st.integers(1, 5))
def test_threats_far_away_in_time_change_nothing(raid, more):
    threat, group, battery, *rest = raid
    # rounds and elements carry over, so the others come after all is over
    later = 1e7 + 100.0 * np.arange(more)
    longer = Threats(
        np.concatenate([threat.key, 2000 + np.arange(more)]),
        np.concatenate([threat.group, np.zeros(more, np.int32)]),
        np.concatenate([threat.start_s, later]),
        np.concatenate([threat.aim, np.full(more, -1, np.int32)]),
        *(np.concatenate([flags, np.zeros(more, np.bool_)]) for flags in (threat.strikes, threat.home_on_emission)),
    )  # fmt: skip
    first, then = resolve(*raid), resolve(longer, group, battery, *rest)
    n = threat.start_s.size
    assert np.array_equal(first.outcome, then.outcome[:n])
    assert np.array_equal(first.end_s, then.end_s[:n])


@given(raids())
def test_a_battery_that_never_fires_changes_nothing(raid):
    threat, group, battery, *rest = raid
    width = battery.key.size
    far = Batteries(*(np.append(array, array[-1:]) for array in battery))
    far.key[width] = 4_000_000_000
    out_of_reach = Groups(
        np.column_stack([group.in_s, np.full(group.impact_s.size, np.inf)]),
        np.column_stack([group.out_s, np.full(group.impact_s.size, np.inf)]), group.impact_s,
        np.column_stack([group.kill, group.kill[:, -1]]), np.column_stack([group.shoot, group.shoot[:, -1]]),
    )  # fmt: skip
    first, then = resolve(*raid), resolve(threat, out_of_reach, far, *rest)
    assert np.array_equal(first.outcome, then.outcome)
    assert np.array_equal(first.end_s, then.end_s)
    assert np.array_equal(first.after.shots, then.after.shots[:width])


@given(raids(strikers=False, networked=False))
def test_switching_a_battery_off_leaves_the_shots_of_the_others_where_kills_do_not_couple_them(raid):
    threat, group, battery, *rest = raid
    group.kill[:] = 0.0
    first = resolve(*raid)
    silent = Batteries(*(array.copy() for array in battery))
    silent.rounds[0] = 0
    then = resolve(threat, group, silent, *rest)
    assert np.array_equal(first.after.shots[1:], then.after.shots[1:])
    assert then.after.shots[0] == 0


@pytest.mark.parametrize("changed", ["replication", "step", "raid"])
def test_every_part_of_the_key_gives_other_luck(changed):
    many, rules = threats(np.arange(64) * 1000.0), groups(0.0, 10.0, kill=0.5)
    runs = [resolve(many, rules, batteries(looks=1), **{changed: k}).outcome for k in range(30)]
    assert len({tuple(run) for run in runs}) == 30
    assert abs(np.mean(runs) - 0.5) < 0.05


# --- Monotonicity in the mean, where theory gives it ---


@pytest.fixture(scope="module")
def repeat():
    return repeater(resolve_raid)


def leakers(repeat, n, threat, *case, **variability):
    """Return the number of threats of group 0 that come through in each of ``n`` raids."""
    found, _ = outcomes(repeat, n, threat, *case, **variability)
    return (found[:, threat.group == 0] != KILLED).sum(axis=1)


def test_more_channels_never_leak_more_without_decoys_and_with_rounds_enough(repeat):
    start = np.sort(np.random.default_rng(3).uniform(0.0, 120.0, 30))
    rules = groups(5.0, 60.0, 90.0, kill=0.6)
    mean = [
        leakers(
            repeat, 4_000, threats(start), rules, batteries(channels=c, engagement_s=25.0), engagement=0.5
        ).mean()
        for c in (1, 2, 3, 4, 6, 10)
    ]
    assert mean == sorted(mean, reverse=True)
    assert mean[0] > 4 * mean[-1]


def test_more_channels_can_leak_more_with_decoys_and_a_small_magazine(repeat):
    """Decoys come first. One channel has time for few of them and keeps rounds; four channels waste all on them."""
    start = np.concatenate([np.zeros(12), np.full(4, 130.0)])
    kind = np.repeat([1, 0], [12, 4])
    rules = groups([[0.0], [0.0]], [[200.0], [100.0]], [210.0, 110.0], kill=0.9)
    through = [
        leakers(
            repeat,
            20_000,
            threats(start, group=kind),
            rules,
            batteries(channels=c, engagement_s=25.0, rounds=8, looks=1),
        ).mean()
        for c in (1, 4)
    ]
    assert through[1] == 4.0
    assert through[0] < 2.0


def test_a_better_round_never_leaks_more(repeat):
    rules = [groups(0.0, 60.0, 80.0, kill=p) for p in (0.0, 0.3, 0.6, 0.9, 1.0)]
    defence = batteries(2, engagement_s=20.0, rounds=6, networked=False)
    two = [Groups(*(np.repeat(t, 2, axis=1) if t.ndim == 2 else t for t in rule)) for rule in rules]
    mean = [leakers(repeat, 4_000, threats(np.arange(10.0)), rule, defence).mean() for rule in two]
    assert mean == sorted(mean, reverse=True)


def test_coordination_never_leaks_more_when_rounds_are_few(repeat):
    rules = groups(0.0, np.full((1, 4), 60.0), 80.0, kill=0.7)
    mean = [
        leakers(
            repeat, 4_000, threats(np.zeros(8)), rules, batteries(4, rounds=3, networked=networked)
        ).mean()
        for networked in (True, False)
    ]
    assert mean[0] < mean[1]


# --- Workspaces, bits ---


def test_a_workspace_grows_only_when_it_is_too_small():
    work = raid_workspace(10, 3, 8)
    assert workspace_for(10, 3, 8, work).ends.size == 8
    assert workspace_for(4, 2, 5, work).first.shape == (3, 10)
    larger = workspace_for(11, 4, 9, work)
    assert larger.first.shape == (4, 22)
    assert larger.ends.size >= 9


def test_a_workspace_with_too_few_channels_is_refused():
    with pytest.raises(ValueError, match="room for fewer channels"):
        resolve_raid(
            1, 0, 0, 0, threats([0.0]), groups(0.0, 1.0), batteries(channels=3), 0.0, 0.0, raid_workspace(1, 1, 2),
            np.empty(1, np.int8), np.empty(1),
        )  # fmt: skip


PROBE = """
import json, numpy as np
from raid_cases import batteries, resolve, threats
from staffride.model.raid import Groups
random = np.random.default_rng(5)
enter = random.uniform(0.0, 60.0, (3, 4)); leave = enter + random.uniform(0.0, 90.0, (3, 4))
group = Groups(enter, leave, leave.max(axis=1) + 5.0, random.random((3, 4)), random.random((3, 4)))
lines = []
for replication in range(20):
    threat = threats(np.sort(random.uniform(0, 100, 15)), group=random.integers(0, 3, 15),
                     aim=random.integers(-1, 4, 15), strikes=random.random(15) < 0.5)
    battery = batteries(4, channels=2, engagement_s=20.0, rounds=9, elements=2, salvo=2, networked=[1, 1, 0, 0])
    done = resolve(threat, group, battery, 0.5, 1.0, replication)
    lines.append([done.outcome.tolist(), [t.hex() for t in done.end_s], [a.tolist() for a in done.after[7:]]])
print(json.dumps(lines))
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
