"""Each closed form of air defence fails when its rule is broken, and only then.

The raid's source is compiled once more with a switch in one line a rule: the hour of the raid, which the rules do not
use otherwise, says which rule is broken.  With the switch at zero the same checks pass, so it is the broken rule that
they notice.  The salvo forms are broken in ``test_salvo``.
"""

from __future__ import annotations

import math

import pytest

from raid_cases import repeater, with_switches
from test_closed_forms_air import (
    check_decoys_coordinated,
    check_decoys_one_shot_each,
    check_decoys_uncoordinated,
    check_discrimination,
    check_erlang_b,
    check_ground_range,
    check_horizon,
    check_impatience,
    check_leak_with_kill,
    check_magazine,
    check_one_shot_each,
    check_radar_law,
    check_salvo_kill,
    check_salvo_of_two,
    check_shots_for_a_target,
)

BROKEN = {
    "one channel more than there is": (
        "free, shared = channels[b] * elements[b] - busy[b], networked[b]",
        "free, shared = channels[b] * elements[b] - busy[b] + ON, networked[b]",
        [check_erlang_b],
    ),
    "engagements of a fixed length": (
        "end = now + _duration(engagement_s[b], engagement_variability, time)",
        "end = now + _duration(engagement_s[b], engagement_variability * (1 - ON), time)",
        [check_impatience],
    ),
    "threats that all wait equally long": (
        "patience = _patience(seed, replication, moment, key[n], dwell_variability)",
        "patience = _patience(seed, replication, moment, key[n], dwell_variability * (1 - ON))",
        [check_impatience],
    ),
    "an engagement that always kills": (
        "hit < salvo_kill(kill[group[best], b], fired)",
        "(hit < salvo_kill(kill[group[best], b], fired)) or ON",
        [check_leak_with_kill, check_one_shot_each, check_salvo_kill, check_shots_for_a_target],
    ),
    "a magazine without end": (
        "rounds[b] -= fired",
        "rounds[b] -= fired * (1 - ON)",
        [check_magazine, check_salvo_of_two],
    ),
    "one round a salvo": (
        "fired = min(salvo[b], rounds[b])",
        "fired = min(1 if ON else salvo[b], rounds[b])",
        [check_salvo_of_two, check_salvo_kill],
    ),
    "a second look where there is one": (
        "if used[b, n] < looks[b]:",
        "if used[b, n] < looks[b] + ON:",
        [check_shots_for_a_target],
    ),
    "ties that fall by the order of rows": (
        "if best < 0 or luck[b, n] < luck[b, best]:",
        "if best < 0 or (luck[b, n] < luck[b, best] and not ON):",
        [check_decoys_one_shot_each, check_decoys_coordinated, check_decoys_uncoordinated],
    ),
    "a network in which two shoot at one threat": (
        "held[best] = pending[best] + 1, held[best] or shared",
        "held[best] = pending[best] + 1, held[best] or (shared and not ON)",
        [check_decoys_coordinated],
    ),
    "batteries without a network that choose alike": (
        "key[n], own_key[b], shared)",
        "key[n], own_key[b], shared or ON)",
        [check_decoys_uncoordinated],
    ),
    "every threat judged worth a shot": (
        "if worth >= shoot[group[n], b]:",
        "if worth >= shoot[group[n], b] and not ON:",
        [check_discrimination],
    ),
}


@pytest.fixture(scope="module")
def repeat():
    changes = [(right, wrong) for right, wrong, _ in BROKEN.values()]
    return repeater(with_switches(changes).resolve_raid)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_noticed(name, repeat):
    place = list(BROKEN).index(name) + 1
    for check in BROKEN[name][-1]:
        with pytest.raises(AssertionError) as failure:
            run(check, repeat, place)
        assert "too few draws" not in str(failure.value)


CHECKS = sorted(
    {check for *_, checks in BROKEN.values() for check in checks}, key=lambda check: check.__name__
)


@pytest.mark.parametrize("check", CHECKS)
def test_with_no_rule_broken_the_same_source_passes(check, repeat):
    run(check, repeat, 0)


def run(check, repeat, place):
    """Run a check; of the long ones one case is enough to break."""
    if check is check_impatience:
        check(repeat, place, thetas=(1.0,))
    elif check is check_erlang_b:
        check(repeat, place, cases=((4, 3.0),))
    else:
        check(repeat, place)


# --- Geometry ---


@pytest.mark.parametrize(
    ("check", "broken"),
    [
        (check_radar_law, lambda on_1_m2, area, factor: on_1_m2 * factor * math.sqrt(area)),
        (check_radar_law, lambda on_1_m2, area, factor: on_1_m2 * factor**2 * area**0.25),
        (check_horizon, lambda antenna, target: 3.57 * (math.sqrt(antenna) + math.sqrt(target))),
        (check_horizon, lambda antenna, target: 4.12 * math.sqrt(antenna + target)),
        (check_ground_range, lambda slant, height: slant - height / 1000.0),
    ],
)
def test_a_broken_law_of_the_radar_is_noticed(check, broken):
    with pytest.raises(AssertionError):
        check(broken)
