"""Small groups in the hour of a campaign: the walk, being found by density and night, effects, and what stays the same.

Four places: side 0 holds the first, side 1 the others. Foot paths lead 0 - 1 (6 km) and 1 - 2 (4 km, 300 m of climb),
a road 2 - 3, a track 1 - 3.
"""

from __future__ import annotations

import inspect
import math
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from closed_forms import COMPILED, share_meets
from staffride.engine.random import INFILTRATION, exponential_ppf, uniforms
from staffride.model import campaign_groups
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_groups import group_rows, infiltrate, start_groups
from staffride.model.campaign_kernel import in_place
from staffride.model.campaign_state import records
from staffride.model.ground_state import (
    CONTROL,
    FOOT_PATH,
    FORMATION,
    GOAL,
    HOLD,
    INFILTRATE,
    MOUNTAIN,
    NOWHERE,
    PERSONS,
    RIFLE,
    ROAD,
    ROLLING,
    RUGGED,
    SITE,
    SPECIAL,
    TRACK,
    TROOPS,
    WAY,
    WAY_STATE,
)
from staffride.model.weather import CLEAR, FOG

SEED = 1
PLACES, HOURS, PRESENT = 4, 240, 100
WAYS = (
    (0, 1, FOOT_PATH, 6.0, 0.0),
    (1, 2, FOOT_PATH, 4.0, 300.0),
    (2, 3, ROAD, 5.0, 0.0),
    (1, 3, TRACK, 5.0, 0.0),
)
TOWARDS_THE_THIRD = np.array([0, 1, NOWHERE, 2], np.int32)
PLAIN = {"speed": 1.5, "watch": 0.01, "dark": 1.0, "fog": 1.0, "rugged": 1.0, "rest": 12.0}


def world(groups=1, place=0, watchers=0.0, caution=0.0, kind=SPECIAL, ground=0, own=0, **changes):
    """Return all that the hour takes; ``changes`` are parameters, and ``own`` the side of the groups."""
    formations = records(groups, FORMATION, side=own, kind=kind, place=place)
    troops = records(groups, TROOPS, initial=PRESENT, present=PRESENT, on=True, place=place, way=NOWHERE)
    troops.attacks, troops.behind = NOWHERE, NOWHERE
    enemy = 1 - own
    density = np.zeros((2, PLACES))
    density[enemy, 1:] = watchers
    a, b, kinds, lengths, climbs = zip(*WAYS, strict=True)
    numbers = np.zeros(len(NUMBERS))
    for name, value in {**PLAIN, **changes}.items():
        numbers[number(f"infiltration.{name}")] = value
    meet = [[(way, sum(row[:2]) - p) for way, row in enumerate(WAYS) if p in row[:2]] for p in range(PLACES)]
    return SimpleNamespace(
        intensity=1.0,
        groups=group_rows(formations),
        formations=formations,
        troops=troops,
        sites=records(PLACES, SITE, holder=[own, enemy, enemy, enemy], area_km2=50.0, ground=ground),
        control=records(PLACES, CONTROL, holder=[own, enemy, enemy, enemy]),
        ways=records(len(WAYS), WAY, a=a, b=b, kind=kinds, length_km=lengths, climb_m=climbs, ground=ground),
        roads=records(len(WAYS), WAY_STATE),
        goals=records(1, GOAL, side=own, task=INFILTRATE, place=2, caution=caution),
        first=np.cumsum([0, *map(len, meet)]).astype(np.int32),
        ends=np.array([end for row in meet for _, end in row], np.int32),
        by=np.array([way for row in meet for way, _ in row], np.int32),
        towards=TOWARDS_THE_THIRD[troops.place],
        watchers=density,
        dark=np.zeros((1, HOURS), np.bool_),
        weather=np.full((1, HOURS), CLEAR, np.int8),
        numbers=numbers,
        dead_share=0.3,
        calls=np.zeros(PLACES),
        press=np.zeros(PLACES),
    )


def start(at, replication=0, rules=campaign_groups):
    rules.start_groups(SEED, replication, at.groups, at.troops)


def hour_of(at, hour, replication=0, rules=campaign_groups):
    """Let an hour pass as a campaign does: lead the groups, let them act, count hours of rest down."""
    at.towards[:] = TOWARDS_THE_THIRD[at.troops.place]
    rules.infiltrate(SEED, replication, hour, *vars(at).values())
    at.troops.rest_h[:] = np.maximum(0.0, at.troops.rest_h - 1.0)


def after(at, hours, replication=0, rules=campaign_groups):
    start(at, replication, rules)
    for hour in range(hours):
        hour_of(at, hour, replication, rules)
    return at


def tables(at):
    """All that the hour may change."""
    return (at.troops, at.control, at.roads, at.calls, at.press)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(tables(one), tables(other), strict=True))


def quiet(at):
    """Whether groups do nothing to anybody in this hour."""
    return not any(array.any() for array in (at.control.gap, at.roads.ambush, at.calls, at.press))


def in_plain_python(*change):
    """Return the hour without compilation, with one piece of its source replaced if so asked."""
    source = inspect.getsource(campaign_groups)
    if change:
        assert source.count(change[0]) == 1
        source = source.replace(*change)
    plain = ModuleType("plain_groups")
    exec(compile(source.replace(COMPILED, "compiled = lambda f: f"), plain.__name__, "exec"), vars(plain))
    return plain


@in_place
@njit
def found_within(
    hours, found, intensity, groups, formations, troops, sites, control, ways, roads, goals, first, ends, by, towards,
    watchers, dark, weather, numbers, dead_share, calls, press,
):  # fmt: skip
    """Say for each replication and group whether it was found; a kernel that may not make an array."""
    for replication in range(found.shape[0]):
        start_groups(SEED, replication, groups, troops)
        for group in groups:
            troops.place[group], troops.way[group] = formations.place[group], NOWHERE
            troops.rest_h[group], troops.present[group] = 0.0, PRESENT
        for hour in range(hours):
            for group in groups:
                towards[group] = TOWARDS_THE_THIRD[troops.place[group]]
            infiltrate(
                SEED, replication, hour, intensity, groups, formations, troops, sites, control, ways, roads, goals,
                first, ends, by, towards, watchers, dark, weather, numbers, dead_share, calls, press,
            )  # fmt: skip
            for group in groups:
                found[replication, group] = found[replication, group] or troops.found[group]


def found(at, hours, replications):
    happened = np.zeros((replications, at.troops.size), np.bool_)
    found_within(hours, happened, *vars(at).values())
    return happened


# --- Found or not: Koopman's worked values on the hour of a campaign, within four standard errors ---


def koopman(**changes):
    """One watcher of 2 km in 4,400 km2, 100 km walked in an hour; 1,000 groups."""
    at = world(1_000, watch=2.0, speed=100.0, rest=1.0, watchers=1.0, **changes)
    at.sites.area_km2 = 4_400.0
    return at


@pytest.mark.parametrize(
    ("hours", "watchers", "exact"), [(5, 1, 0.203297), (10, 1, 0.365264), (10, 2, 0.597110)]
)
def test_a_group_behind_a_place_is_found_as_koopman_says(hours, watchers, exact):
    """n = 500,000 groups that sally every hour."""
    at = koopman(place=2)
    at.watchers[1] *= watchers
    share_meets(found(at, hours, 500), exact)


@pytest.mark.parametrize(("hours", "exact"), [(5, 0.203297), (10, 0.365264)])
def test_a_group_that_walks_is_found_as_koopman_says(hours, exact):
    """n = 500,000 groups on a path so long that they stay in one cell."""
    at = koopman(place=1)
    at.ways.length_km, at.ways.climb_m = 1e4, 0.0
    share_meets(found(at, hours, 500), exact)


@pytest.mark.parametrize(
    ("changes", "dark", "fog", "factor"),
    [
        ({}, False, False, 1.0),
        ({"speed": 0.7}, False, False, 1.0),
        ({"dark": 0.5}, True, False, 0.5),
        ({"dark": 0.5, "fog": 0.3}, True, True, 0.15),
        ({"rugged": 0.49, "ground": ROLLING}, False, False, 0.7),
        ({"rugged": 0.49, "ground": RUGGED}, False, False, 0.49),
    ],
)
def test_the_chance_to_come_through_depends_on_density_and_way_not_on_speed(changes, dark, fog, factor):
    """6 km of path: the first half among 1,000 soldiers, the second among 5,000, on 50 km2 each; n = 400,000."""
    at = world(1_000, watch=0.01, **changes)
    at.watchers[1, 0], at.watchers[1, 1] = 1_000.0, 5_000.0
    at.dark[:], at.weather[:] = dark, FOG if fog else CLEAR
    hours = math.ceil(6.0 / at.numbers[number("infiltration.speed")])
    share_meets(found(at, hours, 400), -math.expm1(-factor * 0.01 * 3.0 * (20.0 + 100.0)))


def first_found(at, replication):
    """Hours until each group is found, without ever being driven off."""
    start(at, replication)
    hours = np.full(at.troops.size, np.inf)
    for hour in range(48):
        hour_of(at, hour, replication)
        hours = np.where(np.isinf(hours) & at.troops.found, hour, hours)
    return hours


@pytest.mark.parametrize(
    "hidden",
    [
        {"watchers": 500.0},
        {"dark": 0.3},
        {"watchers": 0.0},
        {"ground": RUGGED, "rugged": 0.2},
        {"rest": 24.0},
    ],
)
def test_with_the_same_luck_what_hides_never_brings_discovery_forward(hidden):
    seen = {"watchers": 2_000.0, "breakthrough": 1.0, "rest": 6.0}
    earlier = 0
    for replication in range(20):
        pair = [world(20, **changes) for changes in (seen, {**seen, **hidden})]
        for at in pair:
            at.dark[:] = True
        plain, concealed = (first_found(at, replication) for at in pair)
        assert (concealed >= plain).all()
        earlier += (concealed > plain).sum()
    assert earlier > 0


def test_who_walks_where_no_enemy_is_keeps_its_luck():
    at = world(5)
    after(at, 30)
    assert not at.troops.found.any()
    assert (at.troops.hazard == 0.0).all()
    first = [exponential_ppf(uniforms(SEED, 0, INFILTRATION, 0, group, 1)[0]) for group in range(5)]
    assert np.array_equal(at.troops.threshold, first)


# --- The walk ---


def hours_to_arrive(at, limit=200):
    start(at)
    for hour in range(limit):
        hour_of(at, hour)
        if at.troops.behind[0] == 2:
            return hour
    return math.inf


def the_walk_takes_its_hours(rules=campaign_groups):
    """6 km at 1.5 km/h are 4 h; 4 km and 300 m of climb count for 6.5 km: 4.33 h, so 5; then it stands behind."""
    at = world()
    start(at, rules=rules)
    places = []
    for hour in range(10):
        hour_of(at, hour, rules=rules)
        places.append(int(at.troops.place[0]))
    assert places == [0, 0, 0, 1, 1, 1, 1, 1, 2, 2]
    assert at.troops.behind[0] == 2
    assert at.troops.way[0] == NOWHERE


def test_the_walk():
    the_walk_takes_its_hours()


def test_the_way_down_is_quicker():
    """From the third place to the second: 4 km down at 1.5 km/h, 3 h."""
    at = world(place=2)
    at.troops.way, at.goals.place = 1, 1
    after(at, 2)
    assert at.troops.place[0] == 2
    assert at.troops.progress_km[0] == pytest.approx(3.0)
    hour_of(at, 2)
    assert at.troops.place[0] == 1


def test_the_cliff_of_shusha_takes_a_part_of_a_night():
    """3 km of path with 300 m of climb for loaded groups, 0.7 to 2.5 km/h: 3 to 8 hours."""
    arrivals = []
    for speed in (0.7, 1.0, 1.5, 2.5):
        at = world(place=1, speed=speed)
        at.ways.length_km[1], at.ways.climb_m[1] = 3.0, 300.0
        arrivals.append(hours_to_arrive(at))
    assert arrivals == [8, 6, 4, 3]


def caution_waits_for_the_dark(rules=campaign_groups):
    """Dark in every second half of a day: a cautious group covers 6 km in hours 12 to 15 only."""
    at = world(caution=1.0)
    at.dark[:] = np.arange(HOURS) % 24 >= 12
    after(at, 12, rules=rules)
    assert at.troops.progress_km[0] == 0.0
    for hour in range(12, 16):
        hour_of(at, hour, rules=rules)
    assert at.troops.place[0] == 1


def test_caution():
    caution_waits_for_the_dark()
    by_day = [hours_to_arrive(world(caution=caution)) for caution in (0.0, 0.5, 0.9)]
    assert by_day == sorted(by_day)
    assert math.isinf(hours_to_arrive(world(caution=1.0))), "never dark"
    foggy = world(caution=1.0)
    foggy.weather[:] = FOG
    assert hours_to_arrive(foggy) == by_day[0]


def test_only_special_and_mountain_troops_that_are_to_infiltrate_go():
    assert list(group_rows(records(3, FORMATION, kind=[RIFLE, SPECIAL, MOUNTAIN]))) == [1, 2]
    assert after(world(kind=MOUNTAIN), 4).troops.place[0] == 1
    for change in (
        {"task": HOLD},
        {"goal": NOWHERE},
        {"on": False},
        {"attacks": 1},
        {"present": 0},
        {"rest_h": 99.0},
    ):
        at = world()
        for name, value in change.items():
            (at.goals if name == "task" else at.troops)[name] = value
        assert after(at, 9).troops.place[0] == 0


def driven_off(rules=campaign_groups):
    """Found at once and never let through: it is back where it came from, rests, and starts anew."""
    at = world(watchers=1e9, rest=5.0, loss=0.1)
    at.watchers[1, 0] = 1e9
    after(at, 1, rules=rules)
    troops = at.troops[0]
    assert (troops.place, troops.way, troops.progress_km) == (0, NOWHERE, 0.0)
    assert troops.found
    assert troops.rest_h == 4.0
    lost = PRESENT - troops.present
    assert 0 < lost < 30
    for hour in range(1, 5):
        hour_of(at, hour, rules=rules)
    assert troops.present == PRESENT - lost, "who rests is not looked for"
    hour_of(at, 5, rules=rules)
    assert troops.present < PRESENT - lost


def broken_through(rules=campaign_groups):
    at = world(watchers=1e9, breakthrough=1.0, loss=0.05)
    after(at, 4, rules=rules)
    assert at.troops.place[0] == 1
    assert at.troops.found[0]
    assert at.troops.present[0] < PRESENT


def test_what_happens_when_found():
    driven_off()
    broken_through()


def test_chance_to_get_through():
    """n = 250,000 groups that are found in the first hour; 37 in 100 go on."""
    at = world(250_000, watchers=1e9, breakthrough=0.37)
    at.watchers[1, 0] = 1e9
    after(at, 1)
    assert at.troops.found.all()
    share_meets(at.troops.rest_h == 0.0, 0.37)


# --- Behind a place ---

EFFECTS = {"gap": 2.0, "press": 0.06, "calls": 0.02, "ambush": 0.001}


def acts_behind(rules=campaign_groups):
    """400 behind 2,000 on 50 km2; of the ways into the place only the road comes from its holder over wheels."""
    at = world(4, place=2, watchers=2_000.0, watch=0.0, **EFFECTS)
    after(at, 1, rules=rules)
    assert at.control.gap == pytest.approx([0.0, 0.0, 2.0 / 7.0, 0.0])
    assert at.press == pytest.approx([0.0, 0.0, 0.01, 0.0])
    assert at.calls == pytest.approx([0.0, 0.0, 400.0 * 0.02 * 1.5 / 50.0, 0.0])
    assert at.roads.ambush == pytest.approx([0.0, 0.0, 0.4, 0.0])
    at.troops.goal = NOWHERE
    hour_of(at, 1, rules=rules)
    assert quiet(at)
    assert (at.troops.behind == NOWHERE).all()


def test_effects_at_worked_values_last_as_long_as_the_group_stands_there():
    acts_behind()


def test_ambushes_are_shared_among_the_ways_of_the_holder():
    """The second place has a track to the fourth and a foot path: only the track carries supply."""
    at = world(place=1, ambush=0.001)
    at.towards[:], at.goals.place = NOWHERE, 1
    at.ways.kind[1] = TRACK
    start(at)
    infiltrate(SEED, 0, 0, *vars(at).values())
    assert at.roads.ambush == pytest.approx([0.0, 0.05, 0.0, 0.05])


def test_groups_at_two_places_both_lie_at_the_way_between():
    at = world(2, place=2, ambush=0.001)
    at.troops.place = [2, 3]
    at.towards[:] = NOWHERE
    start(at)
    infiltrate(SEED, 0, 0, *vars(at).values())
    assert at.roads.ambush == pytest.approx([0.0, 0.0, 0.1 + 0.05, 0.05])


def test_at_a_place_of_its_own_side_a_group_does_nothing():
    at = world(place=2, watchers=2_000.0, **EFFECTS)
    at.control.holder[2] = 0
    after(at, 5)
    assert at.troops.behind[0] == NOWHERE
    assert quiet(at)


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_of_zero_leaves_what_it_acts_on_as_without_groups(effect):
    """The others act, and the luck of the groups is the same: each effect can be taken away alone."""
    out = {"gap": "control", "ambush": "roads", "press": "press", "calls": "calls"}[effect]
    at = after(world(30, watchers=300.0, **{**EFFECTS, effect: 0.0}), 60)
    with_it = after(world(30, watchers=300.0, **EFFECTS), 60)
    without = after(world(0), 60)
    assert (at.troops.behind == 2).any()
    assert np.array_equal(vars(at)[out], vars(without)[out])
    assert not np.array_equal(vars(with_it)[out], vars(without)[out])
    assert np.array_equal(at.troops, with_it.troops)


def test_with_all_effects_zero_plain_ground_combat_is_left():
    at, without = after(world(30, watchers=300.0), 60), after(world(0), 60)
    assert (at.troops.behind == 2).any()
    assert all(np.array_equal(a, b) for a, b in zip(tables(at)[1:], tables(without)[1:], strict=True))


def test_while_nobody_fights_groups_walk_and_hurt_nobody():
    at = world(20, watchers=5_000.0, loss=0.2, **EFFECTS)
    at.intensity = 0.0
    after(at, 30)
    assert (at.troops.behind == 2).all()
    assert (at.troops.present == PRESENT).all()
    assert max(at.press.max(), at.roads.ambush.max()) == 0.0


# --- What stays the same ---

CASES = st.fixed_dictionaries(
    {
        "watchers": st.sampled_from([0.0, 50.0, 2_000.0]),
        "caution": st.floats(0.0, 1.0),
        "speed": st.floats(0.5, 5.0),
        "loss": st.floats(0.0, 1.0),
        "breakthrough": st.floats(0.0, 1.0),
        "rest": st.floats(1.0, 30.0),
        "dark": st.floats(0.0, 1.0),
        "gap": st.floats(0.0, 100.0),
        "press": st.floats(0.0, 1.0),
        "calls": st.floats(0.0, 1.0),
        "ambush": st.floats(0.0, 1.0),
    }
)


def night_and_day(case, **others):
    at = world(8, **case, **others)
    at.dark[:] = np.arange(HOURS) % 24 >= 12
    at.weather[:, 30:40] = FOG
    return at


@settings(max_examples=30)
@given(CASES, st.integers(0, 2**31))
def test_persons_are_conserved_and_outputs_keep_their_limits(case, replication):
    at = night_and_day(case)
    start(at, replication)
    for hour in range(48):
        hour_of(at, hour, replication)
        assert (sum(at.troops[name] for name in PERSONS) == PRESENT).all()
        assert (at.troops.present >= 0).all()
        assert ((at.control.gap >= 0.0) & (at.control.gap < 1.0)).all()
        assert ((at.press >= 0.0) & (at.press <= case["press"])).all()
        assert ((at.calls >= 0.0) & (at.roads.ambush.sum() >= 0.0)).all()
        assert (at.troops.progress_km <= 6.0).all()
        assert ((at.troops.behind == NOWHERE) | (at.troops.behind == at.troops.place)).all()
    assert (at.troops.captured == 0).all()


@settings(max_examples=15)
@given(CASES, st.integers(0, 2**31))
def test_the_sides_change_places(case, replication):
    """Only what names a side differs, and it is no output of the hour."""
    one, other = (after(night_and_day(case, own=own), 40, replication) for own in (0, 1))
    other.control.holder[:] = one.control.holder
    assert same(one, other)


@settings(max_examples=15)
@given(CASES, st.integers(0, 2**31), st.permutations(range(8)))
def test_the_order_in_which_groups_act_changes_nothing(case, replication, order):
    one, other = night_and_day(case), night_and_day(case)
    other.groups = other.groups[list(order)].copy()
    assert same(after(one, 40, replication), after(other, 40, replication))


def test_a_group_more_moves_no_other():
    few, many = after(world(5, watchers=900.0), 60), after(world(9, watchers=900.0), 60)
    assert np.array_equal(few.troops, many.troops[:5])


def test_both_sides_can_have_groups_at_once():
    """The second group is of side 1, behind the first place, which side 0 holds."""
    at = world(2, place=2, watchers=900.0, **EFFECTS)
    at.formations.side, at.troops.place, at.watchers[0, 0] = [0, 1], [2, 0], 400.0
    at.towards[:] = NOWHERE
    start(at)
    infiltrate(SEED, 0, 0, *vars(at).values())
    assert list(at.troops.behind) == [2, 0]
    assert at.control.gap == pytest.approx([200.0 / 600.0, 0.0, 200.0 / 1_100.0, 0.0])


def test_plain_python_gives_the_same_bits():
    case = {"watchers": 900.0, "loss": 0.1, "breakthrough": 0.5, **EFFECTS}
    assert same(after(night_and_day(case), 100), after(night_and_day(case), 100, rules=in_plain_python()))


BREAKS = [
    (
        the_walk_takes_its_hours,
        ("if uphill else -ways.climb_m[way]", "if not uphill else -ways.climb_m[way]"),
    ),
    (the_walk_takes_its_hours, ("begun + moving * length", "moving * length")),
    (caution_waits_for_the_dark, ("begun + moving * length", "begun + length")),
    (driven_off, ("troops.rest_h[group] = numbers[_REST]", "pass")),
    (driven_off, ("and troops.rest_h[group] <= 0.0", "")),
    (driven_off, ("if goes_on:\n", "if True:\n")),
    (broken_through, ("if through < numbers[_BREAKTHROUGH]", "if through > numbers[_BREAKTHROUGH]")),
    (
        acts_behind,
        ("calls[troops.behind[group]] += troops.present[group]", "calls[troops.behind[group]] = 1.0"),
    ),
    (acts_behind, ("control.gap[place] = 0.0", "pass")),
    (acts_behind, ("roads.ambush[way] = 0.0", "pass")),
]


@pytest.mark.parametrize(("check", "change"), BREAKS)
def test_the_checks_fail_when_the_hour_is_broken(check, change):
    with pytest.raises(AssertionError):
        check(in_plain_python(*change))
