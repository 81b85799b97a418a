"""Civilians in a campaign's hour: conserved, alike on both sides, struck and put to flight by the laws of the rules."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from closed_forms import broken, meets
from staffride.model import campaign_civilians
from staffride.model.campaign_civilians import DECIDE_EVERY_H
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_state import records
from staffride.model.ground_state import SITE, new_war

SEED = 1
PLACES = 8
PEOPLE = np.array([50_000, 400, 3_000, 0, 8_000, 900, 20_000, 60])
NO_STRIKES = SimpleNamespace(hour=[], place=[], side=[], munitions=[])


@njit
def play(settle, harm, hours, first_one, count, state, links, strikes, levels, numbers, each_hour):
    """Run replications; return summed people, fled and killed; ``each_hour`` (T, 3, P, 2) holds those of the last."""
    sites, control, battles, politics = state
    first, ends = links
    hour_of, place_of, side_of, munitions_of = strikes
    summed = np.zeros((3, control.size, 2))
    for replication in range(first_one, first_one + count):
        settle(sites, levels, control)
        for hour in range(hours):
            harm(
                SEED, replication, hour, sites, control, battles, politics, first, ends, hour_of, place_of, side_of,
                munitions_of, numbers,
            )  # fmt: skip
            for place in range(control.size):
                for side in range(2):
                    each_hour[hour, 0, place, side] = control.people[place, side]
                    each_hour[hour, 1, place, side] = control.fled[place, side]
                    each_hour[hour, 2, place, side] = control.killed[place, side]
        summed += each_hour[hours - 1]
    return summed


def numbers_with(**given):
    """Return a row of numbers; ``rate`` and ``warning`` are pairs, the others plain."""
    row = np.zeros(len(NUMBERS))
    names = {
        name.split(".", 1)[1]: at for at, name in enumerate(NUMBERS) if name.startswith(("city", "flight"))
    }
    for name, value in given.items():
        if name in ("rate", "warning"):
            at = number(f"city_strikes.{{side}}.{name}")
            row[at : at + 2] = value
        else:
            row[names[name]] = value
    return row


def world(numbers, people=PEOPLE, strikes=NO_STRIKES, intensity=1.0, over=False, battle=()):
    """A chain of places, the first half held by side 0, the others by side 1; each side's civilians at its own."""
    places = len(people)
    war, sites = new_war(1, places, 1), records(places, SITE)
    holder = (np.arange(places) >= places // 2).astype(np.int32)
    sites.holder[:] = war.control.holder[:] = holder
    sites.civilians_0[:] = np.where(holder == 0, np.arange(places), -1)
    sites.civilians_1[:] = np.where(holder == 1, np.arange(places), -1)
    war.control.handed_h[:] = np.inf
    war.politics.intensity[:], war.politics.over[:] = intensity, over
    war.battles.active[list(battle)] = True
    neighbours = [[q for q in (p - 1, p + 1) if 0 <= q < places] for p in range(places)]
    first = np.cumsum([0] + [len(some) for some in neighbours]).astype(np.int32)
    return SimpleNamespace(
        sites=sites, control=war.control, battles=war.battles, politics=war.politics, numbers=numbers,
        links=(first, np.concatenate(neighbours).astype(np.int32)), levels=np.array(people, float),
        strikes=(
            np.array(strikes.hour, float), np.array(strikes.place, np.int32), np.array(strikes.side, np.int32),
            np.array(strikes.munitions, float),
        ),
    )  # fmt: skip


def run(one, hours, count=1, rules=campaign_civilians):
    """Run so many replications of a world; return the mean people, fled and killed, and those of every hour."""
    each_hour = np.zeros((hours, 3, one.control.size, 2))
    state = (one.sites, one.control, one.battles, one.politics)
    summed = play(
        rules.settle, rules.harm_civilians, hours, 0, count, state, one.links, one.strikes, one.levels, one.numbers,
        each_hour,
    )  # fmt: skip
    return SimpleNamespace(people=summed[0], fled=summed[1], killed=summed[2], hours=each_hour)


def swapped(one):
    """Return the same world with the sides exchanged."""
    other = world(one.numbers.copy(), one.levels)
    for name in ("battles", "politics", "links", "levels"):
        setattr(other, name, getattr(one, name))
    other.sites.holder[:], other.control.holder[:] = 1 - one.sites.holder, 1 - one.control.holder
    other.control.changes[:], other.control.handed_h[:] = one.control.changes, one.control.handed_h
    other.sites.civilians_0[:], other.sites.civilians_1[:] = one.sites.civilians_1, one.sites.civilians_0
    hour, place, side, munitions = one.strikes
    other.strikes = (hour, place, (1 - side).astype(np.int32), munitions)
    for name in ("rate", "warning"):
        at = number(f"city_strikes.{{side}}.{name}")
        other.numbers[at : at + 2] = one.numbers[at : at + 2][::-1]
    return other


BUSY = {
    "rate": (2.0, 5.0),
    "warning": (0.2, 0.7),
    "deaths_per_munition": 0.8,
    "dispersion": 0.4,
    "shelter": 0.5,
    "danger_rate": 0.02,
    "neighbour_rate": 0.05,
    "nearby": 0.3,
    "felt_by": 2000.0,
    "memory": 30.0,
    "stay_share": 0.1,
    "ground_deaths": 1e-4,
}
STRIKES = SimpleNamespace(hour=[3.2, 9.9, 3.0], place=[5, 1, 6], side=[0, 1, 0], munitions=[12.0, 4.0, 2.5])


# --- Closed forms on the campaign's own hour ---


def flight_of_constant_danger(rules):
    """Battle at every place, 0.02 an hour: after 24 h exp(-0.48) of 10^7 are still there."""
    one = world(numbers_with(danger_rate=0.02), [1_000_000] * 4, battle=range(4))
    there = run(one, 24, 5, rules).people.sum() / 2e7
    exact = math.exp(-0.48)
    meets(there, exact, math.sqrt(exact * (1.0 - exact) / 2e7))


def deaths_by_the_fighting_around(rules):
    """Battle at the second of three places, 0.01 an hour, half as dangerous next door: 12 h; 2 x 10^6 people each."""
    one = world(numbers_with(ground_deaths=0.01, nearby=0.5), [200_000] * 3, battle=[1])
    killed = run(one, 12, 10, rules).killed.sum(axis=1) / 2e6
    for share, exposure in zip(killed, (6.0, 12.0, 6.0), strict=True):
        exact = -math.expm1(-0.01 * exposure)
        meets(share, exact, math.sqrt(exact * (1.0 - exact) / 2e6))


def given_strikes_kill_as_expected(rules):
    """Eight munitions of half a death each on a town with all its people, 0.4 x 0.5 of the exposure taken away."""
    strikes = SimpleNamespace(hour=[1.5], place=[6], side=[0], munitions=[8.0])
    one = world(numbers_with(deaths_per_munition=0.5, warning=(0.9, 0.4), shelter=0.5), strikes=strikes)
    found = run(one, 3, 100_000, rules)
    meets(found.killed[6, 1] / 1e5, 3.2, math.sqrt(3.2 / 1e5))
    assert found.killed.sum() == found.killed[6, 1]


def later_strikes_fall_by_people(rules):
    """Rates 0.5 and 0.25 an hour, one death each: deaths of a town are the other side's rate x its share of people."""
    one = world(numbers_with(deaths_per_munition=1.0, rate=(0.5, 0.25)), [60_000, 20_000, 10_000, 30_000])
    killed = run(one, 20, 80_000, rules).killed / 80_000
    exact = [
        [0.25 * 20.0 * 0.75, 0.0],
        [0.25 * 20.0 * 0.25, 0.0],
        [0.0, 0.5 * 20.0 * 0.25],
        [0.0, 0.5 * 20.0 * 0.75],
    ]
    for place, side in ((0, 0), (1, 0), (2, 1), (3, 1)):
        mean = exact[place][side]
        assert abs(killed[place, side] - mean) <= 4.0 * math.sqrt(2.0 * mean / 80_000) + 1e-3 * mean
    assert killed[0, 1] == killed[3, 0] == 0.0


CLOSED_FORMS = [
    flight_of_constant_danger,
    deaths_by_the_fighting_around,
    given_strikes_kill_as_expected,
    later_strikes_fall_by_people,
]
BREAKS = [
    (flight_of_constant_danger, ("exposure = DECIDE_EVERY_H * control", "exposure = control")),
    (deaths_by_the_fighting_around, ("beside = beside or battles", "beside = beside and battles")),
    (given_strikes_kill_as_expected, ("numbers[_WARNING + side]", "numbers[_WARNING]")),
    (later_strikes_fall_by_people, ("draws[0] * total, control", "draws[0], control")),
    (
        later_strikes_fall_by_people,
        ("numbers[_RATE + 1], people, of_first", "numbers[_RATE], people, of_first"),
    ),
]


@pytest.mark.parametrize("law", CLOSED_FORMS, ids=lambda law: law.__name__)
def test_closed_form(law) -> None:
    law(campaign_civilians)


@pytest.mark.parametrize(("law", "change"), BREAKS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_broken_rule_misses_its_closed_form(law, change) -> None:
    with pytest.raises(AssertionError):
        law(broken(campaign_civilians, *change))


# --- Conservation, symmetry, order ---


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 5_000), min_size=PLACES, max_size=PLACES),
    st.lists(st.booleans(), min_size=PLACES, max_size=PLACES),
    st.lists(st.booleans(), min_size=PLACES, max_size=PLACES),
    st.floats(0.0, 1.0),
    st.floats(0.0, 300.0),
)
def test_people_are_conserved_at_every_hour(people, battle, taken, intensity, deadly) -> None:
    one = world(numbers_with(**BUSY | {"deaths_per_munition": deadly}), people, STRIKES, intensity)
    one.battles.active[:] = battle
    one.control.holder[taken] = 1 - one.control.holder[taken]
    one.control.changes[taken] = 1
    found = run(one, 30).hours
    lived = np.zeros((PLACES, 2))
    lived[np.arange(PLACES), one.sites.holder] = people
    assert (found.sum(axis=1) == lived).all()
    assert (found >= 0).all()
    assert (np.diff(found[:, 1:], axis=0) >= 0).all()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.booleans(), min_size=PLACES, max_size=PLACES),
    st.lists(st.booleans(), min_size=PLACES, max_size=PLACES),
    st.floats(0.0, 1.0),
)
def test_to_exchange_the_sides_exchanges_the_results(battle, taken, intensity) -> None:
    one = world(numbers_with(**BUSY), strikes=STRIKES, intensity=intensity)
    one.battles.active[:] = battle
    one.control.holder[taken] = 1 - one.control.holder[taken]
    one.control.changes[taken] = 1
    other = swapped(one)
    found, exchanged = run(one, 60).hours, run(other, 60).hours
    assert (found == exchanged[..., ::-1]).all()
    assert found[-1, 2].sum() > 0 or intensity < 0.5


def test_a_place_without_people_added_at_the_end_changes_nothing() -> None:
    one = world(numbers_with(**BUSY), [500, 40_000, 3_000, 200, 7_000, 0], STRIKES, battle=[1])
    longer = world(numbers_with(**BUSY), [500, 40_000, 3_000, 200, 7_000, 0, 0, 0], STRIKES, battle=[1])
    longer.control.holder[:6] = longer.sites.holder[:6] = one.sites.holder
    for name in ("civilians_0", "civilians_1"):
        longer.sites[name][:6], longer.sites[name][6:] = one.sites[name], -1
    strikes = SimpleNamespace(hour=[3.2, 9.9], place=[4, 1], side=[0, 1], munitions=[12.0, 4.0])
    one.strikes = longer.strikes = world(one.numbers, strikes=strikes).strikes
    found, more = run(one, 40).hours, run(longer, 40).hours
    assert (found == more[:, :, :6]).all()
    assert found[-1, 2].sum() > 0


def test_what_happens_at_one_end_leaves_the_luck_of_the_other_alone() -> None:
    quiet = {"rate": (0.0, 0.0)}
    one = run(world(numbers_with(**BUSY | quiet), battle=[1]), 40).hours
    both = run(world(numbers_with(**BUSY | quiet), battle=[1, 6]), 40).hours
    assert (one[:, :, :4] == both[:, :, :4]).all()
    assert (one[:, :, 4:] != both[:, :, 4:]).any()


# --- Danger and flight ---


def test_without_danger_nothing_happens() -> None:
    found = run(world(numbers_with(**BUSY | {"rate": (0.0, 0.0)})), 100)
    assert found.fled.sum() == found.killed.sum() == 0
    assert found.people.sum() == PEOPLE.sum()


def test_danger_spreads_next_door_and_fades() -> None:
    one = world(numbers_with(nearby=0.25, memory=10.0), battle=[2], intensity=0.8)
    run(one, 1)
    assert one.control.danger == pytest.approx([0.0, 0.2, 0.8, 0.2, 0.0, 0.0, 0.0, 0.0])
    assert one.control.alarm_h.tolist() == [np.inf, 0.0, 0.0, 0.0] + [np.inf] * 4
    one.battles.active[:] = False
    state = (one.sites, one.control, one.battles, one.politics)
    for hour in range(1, 11):
        campaign_civilians.harm_civilians(SEED, 0, hour, *state, *one.links, *one.strikes, one.numbers)
    assert one.control.danger[:4] == pytest.approx(np.array([0.0, 0.2, 0.8, 0.2]) * math.exp(-1.0))


@pytest.mark.parametrize("place", [2, 5])
def test_all_but_those_who_stay_leave_a_place_that_the_other_side_has_taken(place) -> None:
    one = world(numbers_with(stay_share=0.1))
    side = one.control.holder[place]
    one.control.holder[place], one.control.changes[place] = 1 - side, 1
    found = run(one, 1)
    assert found.people[place, side] == round(PEOPLE[place] * 0.1)
    assert found.fled.sum() == found.fled[place, side] == PEOPLE[place] - round(PEOPLE[place] * 0.1)


def test_people_leave_before_terms_hand_their_place_over() -> None:
    one = world(numbers_with(danger_rate=0.05, stay_share=0.02), intensity=0.0, over=True)
    one.control.handed_h[[2, 6]] = 400.0
    found = run(one, 240)
    assert found.people[2, 0] == 60
    assert found.people[6, 1] == 400
    assert found.fled.sum() == 3_000 - 60 + 20_000 - 400


def test_word_of_neighbours_makes_more_people_flee() -> None:
    alone = run(world(numbers_with(danger_rate=0.005), battle=[0]), 60)
    told = run(world(numbers_with(danger_rate=0.005, neighbour_rate=0.05), battle=[0]), 60)
    assert told.fled[0, 0] > 1.2 * alone.fled[0, 0]


# --- Strikes on towns ---


def test_a_given_strike_falls_in_its_hour_on_its_town_only() -> None:
    one = world(numbers_with(deaths_per_munition=5.0, nearby=0.1), strikes=STRIKES)
    killed = run(one, 20).hours[:, 2].sum(axis=2)
    assert (np.flatnonzero(np.diff(killed[:, 5])) == [2]).all()
    assert (np.flatnonzero(np.diff(killed[:, 6])) == [2]).all()
    assert (np.flatnonzero(np.diff(killed[:, 1])) == [8]).all()
    assert np.flatnonzero(killed[-1]).tolist() == [1, 5, 6]


def test_nobody_strikes_a_town_that_it_holds() -> None:
    one = world(numbers_with(deaths_per_munition=5.0), strikes=STRIKES)
    one.control.holder[5], one.control.changes[5] = 0, 1
    one.levels[5] = 0.0
    assert run(one, 20).killed[5].sum() == 0


def test_plain_strikes_begin_after_the_last_given_one() -> None:
    strikes = SimpleNamespace(hour=[30.5], place=[5], side=[0], munitions=[0.0])
    one = world(numbers_with(deaths_per_munition=3.0, rate=(9.0, 9.0)), strikes=strikes)
    killed = run(one, 40).hours[:, 2].sum(axis=(1, 2))
    assert killed[30] == 0
    assert killed[31] > 0


@pytest.mark.parametrize(("over", "struck"), [(False, True), (True, False)])
def test_when_all_is_quiet_only_dated_strikes_fall_and_none_after_the_war(over, struck) -> None:
    numbers = numbers_with(**BUSY | {"deaths_per_munition": 5.0})
    one = world(numbers, strikes=STRIKES, intensity=0.0, over=over, battle=[0])
    killed = run(one, 60).killed
    assert bool(killed.sum() > 0) is struck
    assert killed.sum() == killed[[1, 5, 6]].sum()


def test_warning_never_raises_the_deaths_of_a_strike() -> None:
    strikes = SimpleNamespace(hour=[0.5], place=[6], side=[0], munitions=[30.0])
    means = []
    for warned in (0.0, 0.3, 0.6, 1.0):
        numbers = numbers_with(deaths_per_munition=0.5, dispersion=0.4, shelter=0.8, warning=(0.0, warned))
        means.append(run(world(numbers, strikes=strikes), 1, 2_000).killed.sum())
    assert means == sorted(means, reverse=True)
    assert means[0] > 2 * means[-1] > 0


def test_an_empty_side_is_not_struck_and_the_other_gets_no_more_for_it() -> None:
    numbers = numbers_with(deaths_per_munition=1.0, rate=(2.0, 2.0))
    full = run(world(numbers, [60_000, 20_000, 10_000, 30_000]), 10, 2_000).killed
    empty = run(world(numbers, [60_000, 20_000, 0, 0]), 10, 2_000).killed
    assert empty[2:].sum() == 0
    assert (empty[:2] == full[:2]).all()


def test_civilians_of_both_sides_at_one_place_are_struck_alike() -> None:
    numbers = numbers_with(deaths_per_munition=4.0)
    strikes = SimpleNamespace(hour=[0.0], place=[6], side=[0], munitions=[5.0])
    one = world(numbers, strikes=strikes)
    one.sites.civilians_0[6] = 6
    killed = run(one, 1, 20_000).killed[6] / 20_000
    assert killed == pytest.approx([10.0, 10.0], abs=4.0 * math.sqrt(10.0 / 20_000))


def test_deaths_never_exceed_the_people_there() -> None:
    strikes = SimpleNamespace(hour=[0.0], place=[7], side=[0], munitions=[1e4])
    one = world(numbers_with(deaths_per_munition=100.0), strikes=strikes)
    found = run(one, 1)
    assert found.killed[7, 1] == PEOPLE[7]
    assert found.people[7, 1] == 0


def test_every_place_has_its_turn_to_decide_in_six_hours() -> None:
    """The hours of the closed forms above are multiples of it."""
    assert DECIDE_EVERY_H == 6
    fled = run(world(numbers_with(danger_rate=0.1), battle=range(PLACES)), 6).hours[:, 1].sum(axis=2)
    turns = [np.flatnonzero(np.diff(fled[:, place], prepend=0.0)).tolist() for place in range(PLACES)]
    assert turns == [[-place % 6] if PEOPLE[place] > 0 else [] for place in range(PLACES)]
