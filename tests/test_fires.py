"""Fires: missions and their stock, chances of a hit, damage that adds up, and what nothing may break."""

from __future__ import annotations

import inspect
import math
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvo_cases import KERNELS, Force, assert_mean, uncompiled
from staffride.engine.random import FIRES, uniforms
from staffride.model import fires, targeting
from staffride.model.fires import (
    aimpoint_stands,
    apply_hits,
    chances_against,
    draw_hits,
    hit_chance,
    is_still_there,
    missions_due,
    revealed_rate_per_h,
    share_flown,
    spent_elements,
    stock_after_losses,
    take_hit,
    whole_missions,
    window_share,
)

PLAIN = uncompiled(fires)
SHARES = st.floats(0.0, 1.0)

# --- Missions ---


def test_window_shares_at_worked_values():
    assert [window_share(hour, 1.5, 4.0, False) for hour in range(5)] == [0.0, 0.2, 0.4, 0.4, 0.0]
    assert [window_share(hour, 1.5, 4.0, True) for hour in range(5)] == [0.0, 1.0, 0.0, 0.0, 0.0]
    assert [window_share(hour, 2.0, 2.0, False) for hour in range(4)] == [0.0] * 4


@given(st.floats(0.0, 20.0), st.floats(0.01, 10.0), st.booleans())
def test_the_shares_of_a_window_add_up_to_one(start, length, salvo):
    shares = [window_share(hour, start, start + length, salvo) for hour in range(32)]
    assert min(shares) >= 0.0
    assert sum(shares) == pytest.approx(1.0, abs=1e-9)


def test_missions_due_count_what_is_used_up_but_not_what_is_lost():
    assert missions_due(2.0, 10, 0, 0.25) == 5.0
    assert missions_due(1.0, 6, 4, 0.5) == 5.0
    assert missions_due(1.0, 6, 0, 0.5) == 3.0


def test_weather_and_light_cut_missions():
    assert share_flown(False, False, 1.0) == 0.0
    assert share_flown(False, True, 1.0) == 0.0
    assert share_flown(True, False, 0.2) == 1.0
    assert share_flown(True, True, 0.2) == 0.2


@given(SHARES, st.booleans())
def test_fog_and_darkness_never_raise_the_missions(ability, dark):
    assert share_flown(False, dark, ability) <= share_flown(True, dark, ability)
    assert share_flown(True, True, ability) <= share_flown(True, False, ability)


def flown(due, u, stock=10**6, waits=False):
    """Missions of each hour of a window that starts with one uniform number."""
    carry, counts = u, []
    for expected in due:
        missions, carry = whole_missions(expected, carry, stock, waits)
        stock -= missions
        counts.append(missions)
    return counts


@given(st.lists(st.floats(0.0, 7.0), min_size=1, max_size=24), st.floats(1e-9, 1 - 1e-9))
def test_a_window_flies_its_total_rounded_up_or_down(due, u):
    total = sum(due)
    assert math.floor(total - 1e-9) <= sum(flown(due, u)) <= math.ceil(total + 1e-9)


def test_the_mean_number_of_missions_is_what_the_order_says():
    """n = 40,000 windows of 3.3 missions in 7 hours."""
    totals = np.array(
        [sum(flown([3.3 / 7] * 7, uniforms(1, r, FIRES, 0, 0, 0)[0])) for r in range(40_000)], float
    )
    assert_mean(totals, 3.3)


@given(
    st.lists(st.floats(0.0, 7.0), min_size=1, max_size=24),
    st.floats(1e-9, 1 - 1e-9),
    st.integers(0, 30),
    st.booleans(),
)
def test_missions_never_exceed_the_stock(due, u, stock, waits):
    counts = flown(due, u, stock, waits)
    assert min(counts) >= 0
    assert sum(counts) <= stock
    if waits:
        assert sum(counts) == min(stock, sum(flown(due, u)))


def test_what_cannot_be_flown_waits_or_is_dropped():
    assert whole_missions(5.0, 0.5, 2, True) == (2, 3.5)
    assert whole_missions(5.0, 0.5, 2, False) == (2, 0.5)
    assert whole_missions(0.0, 0.5, 0, False) == (0, 0.5)


# --- Accounts ---


@given(st.integers(0, 50), SHARES, st.booleans())
def test_elements_are_conserved(flown_out, down, expendable):
    shot_down = int(down * flown_out)
    used, lost = spent_elements(flown_out, shot_down, expendable)
    back = 0 if expendable else flown_out - shot_down
    assert used + lost + back == flown_out
    assert min(used, lost) >= 0


@given(
    st.lists(st.floats(0.0, 5.0), min_size=1, max_size=24), SHARES, SHARES, st.integers(0, 40), st.booleans()
)
def test_a_stock_is_used_lost_or_left(due, u, down, stock, expendable):
    """A day of missions of one munition each, some shot down, with one element in ten lost on the ground an hour."""
    carried, elements, carry, used, lost = stock, 10, u, 0, 0
    for expected in due:
        missions, carry = whole_missions(expected, carry, stock, expendable)
        stock -= missions
        spent, gone = spent_elements(missions, int(down * missions), True)
        left = stock_after_losses(stock, elements, elements - 1)
        used, lost = used + spent, lost + gone + stock - left
        elements, stock = max(0, elements - 1), left
        assert used + lost + stock == carried
        assert min(used, lost, stock) >= 0


def test_expendables_are_used_up_and_aircraft_return():
    assert spent_elements(8, 3, True) == (5, 3)
    assert spent_elements(8, 3, False) == (0, 3)


@given(st.integers(0, 500), st.integers(1, 30), st.integers(0, 30))
def test_a_destroyed_element_takes_its_munitions_with_it(stock, before, lost):
    left = stock_after_losses(stock, before, before - lost)
    assert 0 <= left <= stock
    assert left == 0 if lost >= before else abs(left - stock * (before - lost) / before) < 1.0
    assert stock_after_losses(stock, before, before) == stock


def test_only_firing_reveals():
    assert revealed_rate_per_h(0.3, True) == 0.3
    assert revealed_rate_per_h(0.3, False) == 0.0


# --- Chances ---


def test_hit_chance_is_a_product():
    assert hit_chance(0.8, 0.25) == pytest.approx(0.2)


@given(SHARES, SHARES, SHARES)
def test_protection_never_raises_the_chance_of_a_hit(probability, protection, factor):
    assert 0.0 <= hit_chance(probability, protection) <= probability
    assert hit_chance(probability, protection * factor) <= hit_chance(probability, protection)


def chances(replication, still_there, protection=(1.0, 0.5), contacts=(1, 1)):
    out = np.full(2, -1.0)
    chances_against(
        1, replication, np.array([0, 1]), 2, np.array(contacts), np.array(still_there), np.full(2, 0.6),
        np.array(protection), out,
    )  # fmt: skip
    return out


def test_units_that_stay_are_hit_by_their_protection():
    assert chances(0, (1.0, 1.0)).tolist() == [0.6, 0.3]
    assert chances(0, (0.0, 0.0)).tolist() == [0.0, 0.0]


def test_a_unit_that_has_left_stays_away_until_it_is_found_again():
    """n = 400 replications: the presence of one contact can only end as its chance falls."""
    there = np.array([[chances(r, (chance, 1.0))[0] > 0.0 for chance in (0.9, 0.5, 0.2)] for r in range(400)])
    assert np.all(there[:, 0] >= there[:, 1])
    assert np.all(there[:, 1] >= there[:, 2])
    again = np.array([chances(r, (0.5, 1.0), contacts=(2, 1))[0] > 0.0 for r in range(400)])
    assert 0.3 < np.mean(again != there[:, 1]) < 0.7


def test_the_share_still_there_is_the_chance():
    """n = 150,000."""
    there = np.array([chances(r, (0.7, 0.0))[0] > 0.0 for r in range(150_000)], float)
    assert_mean(there, 0.7)
    assert is_still_there(0.6999, 0.7)
    assert not is_still_there(0.7, 0.7)


# --- Damage ---


def test_a_hit_at_worked_values():
    assert take_hit(0.0, 1.0, 3) == (1, 0.0)
    assert take_hit(0.0, 2.0, 3) == (0, 1.0)
    assert take_hit(1.0, 1.605, 2) == (1, pytest.approx(0.395))
    assert take_hit(0.0, 0.25, 9) == (4, 0.0)
    assert take_hit(0.5, 0.5, 2) == (2, 0.0)
    assert take_hit(0.0, 0.5, 1) == (1, 0.0)


def test_an_aimpoint_that_is_out_takes_no_second_shot_without_coordination():
    assert [aimpoint_stands(False, point, 2) for point in (0, 1, 2)] == [True, True, False]
    assert aimpoint_stands(True, 5, 2)
    assert not aimpoint_stands(True, 0, 0)


def test_shots_that_are_aimed_together_may_land_one_after_another():
    """n = 40,000: half of 20 uncoordinated shots at 10 elements and 30 dummies lands after the other half."""
    first, second = Force(10, 30, shots=20, coordinated=False), Force(10, 30, shots=20, coordinated=False)
    first.arrives[::2], second.arrives[1::2] = False, False
    second.elements, second.dummies = first.elements, first.dummies
    lost = np.empty(40_000)
    for replication in range(lost.size):
        first.renew()
        first.assign(KERNELS, replication)
        second.assign(KERNELS, replication)
        for half in (first, second):
            half.strike(KERNELS, replication, 0.8)
        lost[replication] = first.lost[0] + second.lost[0]
    assert_mean(lost, 10 * (1 - (1 - 0.8 / 40) ** 20))


@st.composite
def raids(draw):
    """Shots of any kind on a few units in any state."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    units, shots = draw(st.integers(1, 5)), draw(st.integers(0, 40))
    staying_power = random.choice([0.4, 1.0, 1.605, 2.0, 5.0], units)
    elements, dummies = random.integers(0, 6, units), random.integers(0, 6, units)
    unit = random.integers(-1, units, shots)
    is_dummy = random.random(shots) < 0.3
    most = np.maximum(1, np.where(is_dummy, dummies[unit], elements[unit]))
    return SimpleNamespace(
        unit=unit,
        is_dummy=is_dummy,
        point=random.integers(0, most) if shots else np.zeros(0, np.int64),
        coordinated=random.random(shots) < draw(st.sampled_from((0.0, 0.5, 1.0))),
        arrives=random.random(shots) < 0.8,
        hits=random.random(shots) < 0.8,
        staying_power=staying_power,
        damage=np.where(elements > 0, staying_power * random.uniform(0.0, 0.99, units), 0.0),
        elements=elements,
        dummies=dummies,
    )


def applied(raid, function=apply_hits, **changes):
    """State after the raid, which itself is left alone."""
    after = SimpleNamespace(**{name: array.copy() for name, array in (vars(raid) | changes).items()})
    after.lost, after.dummies_lost = np.zeros_like(raid.elements), np.zeros_like(raid.elements)
    function(
        after.unit.size, after.unit, after.is_dummy, after.point, after.coordinated, after.arrives, after.hits,
        after.staying_power, after.damage, after.elements, after.dummies, after.lost, after.dummies_lost,
    )  # fmt: skip
    return after


@given(raids())
def test_elements_are_lost_or_left_and_never_grow(raid):
    after = applied(raid)
    assert np.array_equal(after.elements + after.lost, raid.elements)
    assert np.array_equal(after.dummies + after.dummies_lost, raid.dummies)
    for count in (after.elements, after.lost, after.dummies, after.dummies_lost):
        assert np.all(count >= 0)


@given(raids())
def test_no_damage_is_lost_while_a_unit_stands(raid):
    after = applied(raid, coordinated=np.ones_like(raid.coordinated))
    good = raid.arrives & raid.hits & ~raid.is_dummy & (raid.unit >= 0)
    hits = np.bincount(raid.unit[good], minlength=raid.elements.size)
    before = raid.damage + hits
    total = after.damage + after.lost * raid.staying_power
    standing = after.elements > 0
    assert total[standing] == pytest.approx(before[standing])
    assert np.all(total <= before + 1e-9)
    assert np.all((after.damage >= 0.0) & (after.damage < np.maximum(raid.staying_power, 1e-9)))
    needed = raid.elements * raid.staying_power
    assert np.array_equal(after.elements == 0, (before >= needed - 1e-9) | (raid.elements == 0))


@given(raids(), st.data())
def test_one_shot_less_that_arrives_never_costs_more(raid, data):
    arrives = raid.arrives & np.array(
        data.draw(st.lists(st.booleans(), min_size=raid.unit.size, max_size=raid.unit.size)), bool
    )
    fewer, more = applied(raid, arrives=arrives), applied(raid)
    left = fewer.elements - fewer.damage / raid.staying_power
    assert np.all(left >= more.elements - more.damage / raid.staying_power - 1e-9)


@given(raids())
def test_coordination_never_wastes_a_hit(raid):
    alone = applied(raid, coordinated=np.zeros_like(raid.coordinated))
    together = applied(raid, coordinated=np.ones_like(raid.coordinated))
    assert np.all(together.lost >= alone.lost)


@given(raids(), st.data())
def test_units_do_not_touch_each_other(raid, data):
    """Shots on one unit keep their order; how they lie among those on others does not matter."""
    order = np.array(data.draw(st.permutations(range(raid.unit.size))), np.int64)
    order = order[np.argsort(raid.unit[order], kind="stable")]
    for unit in range(-1, raid.elements.size):
        here = raid.unit[order] == unit
        order[here] = np.sort(order[here])
    shots = ("unit", "is_dummy", "point", "coordinated", "arrives", "hits")
    after, moved = applied(raid), applied(raid, **{name: getattr(raid, name)[order] for name in shots})
    for name in ("elements", "dummies", "damage", "lost"):
        assert np.array_equal(getattr(after, name), getattr(moved, name))


@given(raids())
def test_the_same_damage_without_compilation(raid):
    compiled, plain = applied(raid), applied(raid, PLAIN.apply_hits)
    for name in vars(compiled):
        assert np.array_equal(getattr(compiled, name), getattr(plain, name)), name


@given(raids(), st.integers(0, 1000))
def test_hits_need_an_aim_and_a_chance_and_do_not_depend_on_other_shots(raid, replication):
    random = np.random.default_rng(replication)
    chance = random.choice([0.0, 0.5, 1.0], raid.elements.size)
    hits, fewer, plain = (np.ones(raid.unit.size, np.bool_) for _ in range(3))
    draw_hits(1, replication, 2, 3, raid.unit.size, raid.unit, chance, hits)
    draw_hits(1, replication, 2, 3, raid.unit.size // 2, raid.unit, chance, fewer)
    PLAIN.draw_hits(1, replication, 2, 3, raid.unit.size, raid.unit, chance, plain)
    assert np.array_equal(hits, plain)
    assert np.array_equal(hits[: raid.unit.size // 2], fewer[: raid.unit.size // 2])
    certain = np.where(raid.unit >= 0, chance[raid.unit], 0.0)
    assert not hits[certain == 0.0].any()
    assert hits[certain == 1.0].all()


# --- Protection ---


def lost_under(protection, n=1500):
    """Guns lost in each of ``n`` replications of counter-battery fire: 12 shots on 6 guns."""
    force = Force(6, shots=12, coordinated=False)
    lost = np.empty(n)
    for replication in range(n):
        force.renew()
        force.assign(KERNELS, replication)
        force.strike(KERNELS, replication, hit_chance(0.7, protection))
        lost[replication] = force.lost[0]
    return lost


def test_more_protection_never_costs_more_and_sheltered_guns_survive():
    """Under common random numbers in every replication, so in the mean too."""
    losses = [lost_under(protection) for protection in (0.05, 0.3, 0.6, 1.0)]
    assert all(np.all(fewer <= more) for fewer, more in pairwise(losses))
    sheltered, in_the_open = (6 * (1 - (1 - 0.7 * share / 6) ** 12) for share in (0.05, 1.0))
    assert losses[0].mean() == pytest.approx(sheltered, abs=4 * losses[0].std() / np.sqrt(1500))
    assert losses[-1].mean() == pytest.approx(in_the_open, abs=4 * losses[-1].std() / np.sqrt(1500))
    assert losses[0].mean() < 0.1 * losses[-1].mean()


# --- Symmetry ---


@pytest.mark.parametrize("module", [fires, targeting])
def test_no_rule_is_told_which_side_it_serves(module):
    names = {
        parameter
        for function in vars(module).values()
        if callable(function) and hasattr(function, "py_func")
        for parameter in inspect.signature(function.py_func).parameters
    }
    assert names
    assert not [name for name in names if "side" in name]
