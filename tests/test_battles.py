"""The battles of an hour: who takes part, what is conserved, who breaks, and how far attacks get."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battle_cases import NEVER, PLAIN, field, formation, hour_of, numbers_of, persons, plain_fight
from staffride.model.attrition import integrate
from staffride.model.ground import REFERENCE_SIZE
from staffride.model.ground_state import (
    ATTACK_BROKE,
    BATTLE,
    CONTROL,
    DEFENCE_BROKE,
    DELAY,
    GOES_ON,
    HASTY,
    NOWHERE,
    PERSONS,
    PREPARED,
    RUGGED,
    TROOPS,
    WAY_STATE,
)
from staffride.model.weather import FOG

USUAL = {
    "rate": 0.1, "exponent": 0.35, "size_exponent": 0.2, "intensity_spread": 0.5, "posture__hasty": 1.3,
    "posture__prepared": 1.5, "posture__fortified": 1.8, "terrain__rugged": 1.5, "armour_weight": 20.0,
    "gun_weight": 8.0, "cohesion_effect": 0.5, "ammunition_effect": 0.3, "armour_loss": 3.0, "break__attack": 0.2,
    "break__defence": 0.3, "break__spread": 0.5, "pursuit": 0.03, "caution_effect": 0.5, "advance__spread": 1.0,
    "advance__exponent": 0.3, "advance__unopposed": 3.0, "mine_delay": 8.0, "ditch_delay": 4.0,
}  # fmt: skip
BIG = 1_000_000


def two_sides(attackers=2 * BIG, defenders=BIG, attack=None, defence=None, **changes):
    """Return a war in which place 0 attacks place 1; many persons, so that chance hardly matters."""
    rows = [
        formation(0, 0, attackers, 1, 0, **(attack or {})),
        formation(1, 1, defenders, **({"stance": PREPARED} | (defence or {}))),
    ]
    tables = {key: changes.pop(key) for key in ("sites", "ways", "goals") if key in changes}
    return field(rows, numbers=numbers_of(**changes), **tables)


def fought(hours, *arguments, kernel=None, **changes):
    """Return a war of two sides after some hours."""
    war = two_sides(*arguments, **changes)
    for hour in range(hours):
        hour_of(war, hour, kernel=kernel)
    return war


def lost(war):
    return war.troops.initial - war.troops.present


def random_war(random, usual=None):
    """Return a war on six places with a dozen formations, some of which attack along a way."""
    rows = [formation(0, 2, 500, 3, 2), formation(1, 3, 400)]
    for _ in range(10):
        place = int(random.integers(0, 6))
        side, strength = int(place > 2), int(random.integers(0, 900))
        columns = {"contact": random.uniform(0.0, 1.0), "quality": random.uniform(0.5, 1.5),
                   "cohesion": random.uniform(0.2, 1.0), "armour": int(random.integers(0, 30)),
                   "guns": int(random.integers(0, 12)), "stand_h": random.uniform(0.0, 40.0)}  # fmt: skip
        if place in (2, 3) and random.random() < 0.6:
            rows.append(formation(side, place, strength, 5 - place, 2, **columns))
        else:
            rows.append(formation(side, place, strength, **columns))
    numbers = numbers_of(**(usual or USUAL))
    return field(rows, places=6, numbers=numbers, holders=[0, 0, 0, 1, 1, 1],
                 sites={"ground": RUGGED, "fortification": 0.5}, ways={"mines": 0.5})  # fmt: skip


# --- Who takes part ---


def test_only_places_with_attackers_are_fought_for():
    war = field([formation(0, 0, 500), formation(1, 1, 500)])
    assert hour_of(war, 0) == 0
    assert not war.battles.active.any()
    assert lost(war).sum() == 0


@pytest.mark.parametrize("absent", [{"on": False}, {"present": 0}, {"contact": 0.0}])
def test_who_is_not_there_does_not_attack(absent):
    rows = [formation(0, 0, absent.pop("present", 500), 1, 0, **absent), formation(1, 1, 500)]
    war = field(rows)
    assert hour_of(war, 0) == 0


@pytest.mark.parametrize("elsewhere", [{"way": 0}, {"on": False}, {"place": 0}])
def test_who_is_not_there_does_not_defend(elsewhere):
    war = two_sides(800, 600)
    for name, value in elsewhere.items():
        war.troops[name][1] = value
    hour_of(war, 0)
    assert war.battles.defence_contact[1] == 0.0
    assert lost(war).sum() == 0


def test_attacks_along_two_ways_are_one_battle():
    """Places 0 and 2 attack place 1, 400 each: the same sums as 800 from one."""
    rows = [formation(0, 0, 400, 1, 0), formation(0, 2, 400, 1, 1), formation(1, 1, 600)]
    both = field(rows, places=3, holders=[0, 1, 0])
    one = field([formation(0, 0, 800, 1, 0), formation(1, 1, 600)], places=3, holders=[0, 1, 0])
    assert hour_of(both, 0) == hour_of(one, 0) == 1
    for name in ("ratio", "attack_power", "attack_contact", "attack_start", "number"):
        assert both.battles[name][1] == one.battles[name][1]
    assert both.roads.gained_a[0] == both.roads.gained_b[1] > 0.0
    assert both.roads.gained_b[0] == both.roads.gained_a[1] == 0.0


def test_attacks_that_meet_on_a_way_fight_each_other():
    """Each side attacks the other's place, and nobody stands there: both lose as if they defended without advantage."""
    rows = [formation(0, 0, BIG, 1, 0), formation(1, 1, BIG, 0, 0)]
    war = field(rows, numbers=numbers_of(posture__hasty=3.0))
    assert hour_of(war, 0) == 2
    assert np.all(war.battles.ratio == 1.0)
    assert lost(war)[0] == pytest.approx(BIG / 24.0, rel=0.03)
    assert lost(war)[1] == pytest.approx(lost(war)[0], rel=0.03)


def test_contact_share_quality_arms_and_cohesion_make_power():
    war = two_sides(
        1000, 1000, attack={"contact": 0.5, "quality": 0.8, "armour": 10, "guns": 4, "cohesion": 0.5},
        armour_weight=20.0, gun_weight=10.0, cohesion_effect=0.4,
    )  # fmt: skip
    hour_of(war, 0)
    assert war.troops.contact[0] == 500.0
    assert war.troops.power[0] == pytest.approx((400.0 + 100.0 + 20.0) * 0.8)


@pytest.mark.parametrize(
    ("stance", "columns", "works", "gap", "dug_h", "exact"),
    [
        (PREPARED, {}, 0.0, 0.0, np.inf, 1.5 * 1.4),
        (PREPARED, {}, 0.5, 0.0, np.inf, 1.7 * 1.4),
        (PREPARED, {}, 0.5, 0.0, 0.0, 1.5 * 1.4),
        (PREPARED, {}, 0.5, 1.0, np.inf, 1.0),
        (HASTY, {"stand_h": 0.0}, 1.0, 0.0, np.inf, 1.3 * 1.4),
        (HASTY, {"stand_h": 12.0}, 0.0, 0.0, np.inf, (1.3 + 0.2 * (1.0 - math.exp(-1.0))) * 1.4),
        (DELAY, {}, 1.0, 0.0, np.inf, 1.1 * 1.4),
    ],
)
def test_ratio_counts_posture_works_terrain_and_gap(stance, columns, works, gap, dug_h, exact):
    war = two_sides(
        1000, 1000, defence={"stance": stance, **columns}, sites={"ground": RUGGED, "fortification": works},
        posture__hasty=1.3, posture__prepared=1.5, posture__fortified=1.9, posture__delay=1.1, terrain__rugged=1.4,
    )  # fmt: skip
    war.control.gap[1], war.control.dug_h[1] = gap, dug_h
    hour_of(war, 0)
    assert war.battles.ratio[1] == pytest.approx(1.0 / exact)


# --- Losses ---


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_persons_and_vehicles_are_conserved(seed):
    random = np.random.default_rng(seed)
    war = random_war(random, USUAL | {"event_size": float(random.choice([0.0, 300.0, 1e6])), "rate": 2.0})
    for hour in range(30):
        hour_of(war, hour, replication=seed)
        assert np.array_equal(persons(war), war.troops.initial)
        assert all(np.all(war.troops[name] >= 0) for name in PERSONS)
        assert np.all((war.troops.armour_lost >= 0) & (war.troops.armour_lost <= war.troops.armour))
        assert not war.room.sums[:, 0].any()
        assert not war.room.pushes.any()


def test_losses_are_those_of_the_law():
    """2,000,000 (half in contact, quality 0.8) v 1,000,000 (1.2), advantage 1.5, exponent 0.35, size 0.2: a day."""
    war = fought(24, attack={"contact": 0.5, "quality": 0.8}, defence={"quality": 1.2},
                 rate=0.1, exponent=0.35, size_exponent=0.2, posture__prepared=1.5)  # fmt: skip
    present = np.array([2.0 * BIG, BIG])
    for _ in range(24):
        a, b = 0.1 / 24.0 * (1.2 * 1.5) ** 0.35, 0.1 / 24.0 * (0.8 / 1.5) ** 0.35
        left = integrate(0.5 * present[0], present[1], a, b, 0.35, 0.2, REFERENCE_SIZE, 1.0)
        present -= (0.5 * present[0] - left[0], present[1] - left[1])
    exact = np.array([2.0 * BIG, BIG]) - present
    assert np.all(np.abs(lost(war) - exact) <= 4.0 * np.sqrt(exact))


def test_casualties_are_split():
    """Of n = 1,000,000 or so: a quarter dead, 5 % missing, within 4 standard errors."""
    war = fought(48, 10 * BIG, 10 * BIG, rate=0.1)
    total = lost(war).sum()
    for name, share in (("dead", 0.25), ("missing", 0.05), ("wounded", 0.7)):
        error = math.sqrt(share * (1.0 - share) / total)
        assert abs(war.troops[name].sum() / total - share) <= 4.0 * error


def test_events_fall_on_every_formation_in_proportion():
    """A side of 60 and 30 that is drawn one by one (event size 1,000), n = 1,000 battles: a third falls on the 30."""
    total = np.zeros(2)
    for replication in range(1000):
        rows = [formation(0, 0, 60, 1, 0), formation(0, 0, 30, 1, 0), formation(1, 1, 90)]
        war = field(rows, numbers=numbers_of(rate=4.8, event_size=1000.0))
        hour_of(war, 0, replication)
        assert war.battles.attack_lost[1] == lost(war)[:2].sum()
        total += lost(war)[:2]
    error = math.sqrt(2.0 / 9.0 / total.sum())
    assert abs(total[1] / total.sum() - 1.0 / 3.0) <= 4.0 * error


def test_shock_is_the_share_of_those_present():
    war = fought(1, rate=2.4)
    assert np.allclose(war.troops.shock, lost(war) / war.troops.initial)


def test_armour_is_lost_with_its_formation():
    """Share lost of 1,000,000 vehicles: factor 3 times the share of persons in contact, half in contact."""
    war = fought(1, attack={"armour": BIG, "contact": 0.5}, rate=0.24, armour_loss=3.0)
    share = lost(war)[0] / war.troops.initial[0]
    assert war.troops.armour_lost[0] / BIG == pytest.approx(3.0 * share, rel=0.02)
    assert war.troops.armour_lost[1] == 0


@pytest.mark.parametrize(("dark", "sky", "factor"), [(True, 0, 0.6), (False, FOG, 0.5), (True, FOG, 0.3)])
def test_night_and_fog_slow_all_fighting(dark, sky, factor):
    plain, slow = (two_sides(rate=0.1, night=0.6, fog=0.5) for _ in range(2))
    slow.dark[:], slow.sky[:] = dark, sky
    for war in (plain, slow):
        hour_of(war, 0)
    assert np.allclose(lost(slow) / lost(plain), factor, rtol=0.03)
    assert slow.roads.gained_a[0] == pytest.approx(factor * plain.roads.gained_a[0])


def test_intensity_of_a_day_is_the_same_for_both_sides_and_has_mean_one():
    """Spread 0.5: the day's losses of both sides go together; their mean over n = 1,500 days is that without spread."""
    plain = lost(fought(1, rate=0.1))
    ratios = np.empty((1500, 2))
    for day in range(1500):
        war = two_sides(rate=0.1, intensity_spread=0.5)
        hour_of(war, 24 * day)
        ratios[day] = lost(war) / plain
    assert np.corrcoef(ratios.T)[0, 1] > 0.99
    error = ratios.std(axis=0) / math.sqrt(1500)
    assert np.all(np.abs(ratios.mean(axis=0) - 1.0) <= 4.0 * error + 0.01)


def test_a_truce_stops_everything():
    war = two_sides(rate=0.1)
    hour_of(war, 0, intensity=0.0)
    assert lost(war).sum() == 0
    assert war.roads.gained_a[0] == 0.0


# --- Beginning, breaking, end ---


def test_a_battle_begins_goes_on_and_ends_when_it_is_quiet():
    war = two_sides(800, 600, rate=0.01, pause=3.0)
    for hour in range(2):
        hour_of(war, hour)
    assert (war.battles.active[1], war.battles.number[1], war.battles.began_h[1]) == (True, 1, 0.0)
    war.troops.attacks[0] = war.troops.way[0] = NOWHERE
    for hour in range(2, 5):
        assert war.battles.active[1]
        hour_of(war, hour)
    assert not war.battles.active[1]
    war.troops.attacks[0], war.troops.way[0] = 1, 0
    hour_of(war, 5)
    assert (war.battles.active[1], war.battles.number[1], war.battles.began_h[1]) == (True, 2, 5.0)


def breaks(kernel=None, **changes):
    """Return the result of a battle, and the share that each side had lost, in an hour at least 0.02 %."""
    war = two_sides(**({"rate": 0.05} | changes))
    for hour in range(3000):
        hour_of(war, hour, kernel=kernel)
        if war.battles.result[1] != GOES_ON:
            return war.battles.result[1], lost(war) / war.troops.initial
    return GOES_ON, lost(war) / war.troops.initial


def check_break_points(kernel=None):
    result, share = breaks(kernel, break__attack=0.1)
    assert result == ATTACK_BROKE
    assert share[0] == pytest.approx(0.1, rel=0.02)
    result, share = breaks(kernel, break__defence=0.3)
    assert result == DEFENCE_BROKE
    assert share[1] == pytest.approx(0.3, rel=0.02)


def test_break_points():
    check_break_points()


def test_a_broken_battle_is_over_and_is_told_for_one_hour():
    war = two_sides(rate=2.4, break__attack=0.01)
    hour_of(war, 0)
    assert war.battles.result[1] == ATTACK_BROKE
    assert not war.battles.active[1]
    war.troops.attacks[0] = war.troops.way[0] = NOWHERE
    hour_of(war, 1)
    assert war.battles.result[1] == GOES_ON


def test_who_breaks_is_pursued():
    """Pursuit 0.05: the side that breaks loses 5 % more of those who are left, the other nothing."""
    plain, hunted = (fought(1, rate=2.4, break__defence=0.01, pursuit=share) for share in (0.0, 0.05))
    more = lost(hunted) - lost(plain)
    assert more[0] == 0
    assert more[1] / plain.troops.present[1] == pytest.approx(0.05, rel=0.02)
    assert hunted.battles.defence_lost[1] == lost(hunted)[1]


def test_reserves_that_join_raise_what_a_defence_bears():
    war = two_sides(rate=0.05, break__defence=0.3)
    hour_of(war, 0)
    war.troops.present[1] += BIG
    hour_of(war, 1)
    assert war.battles.defence_start[1] == 2 * BIG


def test_break_points_are_drawn_for_each_battle():
    """Spread 0.5, n = 3,000 battles: the median of each side within 4 standard errors of its own."""
    drawn = np.empty((3000, 2))
    for one in range(3000):
        war = two_sides(100, 100, rate=0.0, break__attack=0.2, break__defence=0.3, break__spread=0.5)
        hour_of(war, 0, replication=one)
        drawn[one] = war.battles.attack_break[1], war.battles.defence_break[1]
    logs = np.log(drawn / (0.2, 0.3))
    assert np.all(np.abs(logs.mean(axis=0)) <= 4.0 * 0.5 / math.sqrt(3000))
    assert np.all(np.abs(logs.std(axis=0) - 0.5) <= 4.0 * 0.5 / math.sqrt(6000))
    assert abs(np.corrcoef(logs.T)[0, 1]) <= 4.0 / math.sqrt(3000)


def test_caution_and_lost_cohesion_lower_break_points():
    plain = fought(1, rate=0.0, break__attack=0.2, break__defence=0.3).battles[1]
    war = two_sides(rate=0.0, break__attack=0.2, break__defence=0.3, caution_effect=0.5, cohesion_effect=0.4,
                    attack={"goal": 0}, defence={"cohesion": 0.5}, goals=[1.0])  # fmt: skip
    hour_of(war, 0)
    assert war.battles.attack_break[1] == pytest.approx(0.5 * plain["attack_break"])
    assert war.battles.defence_break[1] == pytest.approx(0.8 * plain["defence_break"])


# --- Advance ---


def test_advance_of_a_day_on_flat_ground():
    war = fought(24, rate=0.0)
    assert war.roads.gained_a[0] == pytest.approx(7.0)
    assert war.battles.advance_km_h[1] == pytest.approx(7.0 / 24.0)


def test_an_unopposed_attack_advances_faster():
    rows = [formation(0, 0, 500, 1, 0)]
    war = field(rows, numbers=numbers_of(advance__unopposed=3.0))
    hour_of(war, 0)
    assert war.battles.ratio[1] == math.inf
    assert war.roads.gained_a[0] == pytest.approx(3.0 * 7.0 / 24.0)


def test_mines_and_a_ditch_hold_an_attack_up_for_their_time_and_no_longer():
    """Mines of half density at 8 h and a ditch of 3 h: no ground for 7 h, the whole 17 h afterwards."""
    war = two_sides(rate=0.0, ways={"mines": 0.5, "ditch": True}, mine_delay=8.0, ditch_delay=3.0)
    for hour in range(24):
        hour_of(war, hour)
        assert (war.roads.gained_a[0] > 0.0) == (hour >= 7)
    assert war.roads.cleared[0] == 1.0
    assert war.roads.gained_a[0] == pytest.approx(7.0 * 17.0 / 24.0)


def test_an_attack_under_mines_costs_as_any_other():
    plain, mined = fought(6, rate=0.1), fought(6, rate=0.1, ways={"mines": 1.0}, mine_delay=48.0)
    assert np.array_equal(lost(plain), lost(mined))


def test_two_formations_on_a_way_gain_no_more_than_one():
    rows = [formation(0, 0, 400, 1, 0), formation(0, 0, 400, 1, 0)]
    war = field(rows, numbers=numbers_of(advance__unopposed=1.0))
    hour_of(war, 0)
    assert war.roads.gained_a[0] == pytest.approx(7.0 / 24.0)


# --- Symmetry and order ---


def mirrored(war):
    """Return the same war with the sides' numbers changed over."""
    war.formations.side = 1 - war.formations.side
    war.control.holder = 1 - war.control.holder
    return war


@pytest.mark.parametrize("seed", range(5))
def test_sides_are_alike(seed):
    plain, swapped = (random_war(np.random.default_rng(seed)) for _ in range(2))
    mirrored(swapped)
    for hour in range(48):
        hour_of(plain, hour)
        hour_of(swapped, hour)
    assert lost(plain).sum() > 0
    for table in ("troops", "battles", "roads"):
        assert np.array_equal(getattr(plain, table), getattr(swapped, table))


@pytest.mark.parametrize("seed", range(5))
def test_rows_added_at_the_end_that_take_no_part_change_nothing(seed):
    plain = random_war(np.random.default_rng(seed))
    rows = [formation(1, 5, 300), formation(0, 0, 300)]
    longer = random_war(np.random.default_rng(seed))
    extended = field(rows, places=6)
    for name in ("formations", "troops"):
        joined = np.concatenate([getattr(longer, name), getattr(extended, name)]).view(np.recarray)
        setattr(longer, name, joined)
    longer.formations.contact[-2:] = longer.formations.quality[-2:] = NOWHERE
    longer.room = extended.room._replace(fighters=np.zeros(14, np.int32))
    for hour in range(24):
        hour_of(plain, hour)
        hour_of(longer, hour)
    assert np.array_equal(plain.battles, longer.battles)
    assert np.array_equal(plain.troops, longer.troops[:-2])


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_change_what_a_battle_is(seed):
    """Luck goes with rows, so all but luck is compared: sums, ratio, break points and advance of the first hour."""
    plain, shuffled = (random_war(np.random.default_rng(seed)) for _ in range(2))
    order = np.random.default_rng(seed).permutation(12)
    shuffled.formations[:], shuffled.troops[:] = shuffled.formations[order], shuffled.troops[order]
    hour_of(plain, 0)
    hour_of(shuffled, 0)
    chosen = [
        name for name in BATTLE.names if name not in ("attack_lost", "defence_lost", "result", "active")
    ]
    for name in chosen:
        assert np.allclose(plain.battles[name], shuffled.battles[name], rtol=1e-12)
    assert np.allclose(plain.roads.gained_a, shuffled.roads.gained_a, rtol=1e-12)
    assert np.allclose(plain.troops.power[order], shuffled.troops.power, rtol=1e-12)


def test_plain_python_gives_the_same_bits():
    compiled, plain = (random_war(np.random.default_rng(2)) for _ in range(2))
    kernel = plain_fight()
    for hour in range(24):
        hour_of(compiled, hour)
        hour_of(plain, hour, kernel=kernel)
    for table in ("troops", "battles", "roads"):
        assert np.array_equal(getattr(compiled, table), getattr(plain, table))


def test_a_replication_repeats_itself_and_no_other():
    wars = [random_war(np.random.default_rng(1)) for _ in range(3)]
    for war, replication in zip(wars, (4, 4, 5), strict=True):
        for hour in range(24):
            hour_of(war, hour, replication)
    assert np.array_equal(wars[0].troops, wars[1].troops)
    assert not np.array_equal(wars[0].troops, wars[2].troops)


def test_limits_without_effect_change_nothing():
    """Factors of one, caution without effect, no gap: every effect at its limit gives the same bits."""
    plain = fought(24, rate=0.1)
    limits = two_sides(rate=0.1, attack={"goal": 0}, defence={"cohesion": 0.3, "ammunition": 0.0}, goals=[1.0],
                       sites={"ground": RUGGED, "fortification": 1.0})  # fmt: skip
    limits.control.gap[1] = 1.0
    limits.dark[:], limits.sky[:] = True, FOG
    for hour in range(24):
        hour_of(limits, hour)
    assert np.array_equal(lost(plain), lost(limits))


# --- Signs that the literature demands of a defence in depth and of a slow assault (Biddle 2004) ---

DEPTH = {"rate": 0.1, "exponent": 0.35, "size_exponent": 0.2, "posture__hasty": 1.0, "posture__prepared": 1.5,
         "break__defence": 0.25, "break__spread": 0.3, "advance__exponent": 0.3, "advance__unopposed": 4.0}  # fmt: skip


def penetration(replication, reserve, hours=96):
    """Return the kilometres gained where 3,000 attack 1,000; a reserve of 500 joins after 12 h or does not."""
    rows = [
        formation(0, 0, 3000, 1, 0),
        formation(1, 1, 1000, stance=PREPARED),
        formation(1, 1, 500, on=False),
    ]
    war = field(rows, numbers=numbers_of(**DEPTH))
    for hour in range(hours):
        war.troops.on[2] = war.troops.on[2] or (reserve and hour == 12)
        hour_of(war, hour, replication)
        if war.battles.result[1] == DEFENCE_BROKE:
            war.troops.on[1:] = False
            reserve = False
    return war.roads.gained_a[0]


def test_reserves_lower_penetration():
    """n = 60 pairs with the same luck of the battle: lower on average, and in no pair higher by more than 2 %."""
    pairs = np.array([[penetration(one, reserve) for reserve in (False, True)] for one in range(60)])
    assert np.all(pairs[:, 1] <= 1.02 * pairs[:, 0])
    assert pairs[:, 1].mean() < 0.95 * pairs[:, 0].mean()


def stands_at(ratio, contact, stance):
    """Return the share of n = 60 defences that still stand after three days against so many times their number."""
    stood = 0
    for one in range(60):
        rows = [
            formation(0, 0, int(1000 * ratio), 1, 0),
            formation(1, 1, 1000, contact=contact, stance=stance),
        ]
        war = field(rows, numbers=numbers_of(**DEPTH))
        results = []
        for hour in range(72):
            hour_of(war, hour, one)
            results.append(war.battles.result[1])
            if results[-1] != GOES_ON:
                break
        stood += DEFENCE_BROKE not in results
    return stood / 60.0


def test_a_defence_in_depth_and_cover_stands_where_a_massed_exposed_one_breaks():
    """3 to 1: all 1,000 in contact without cover, against 400 in contact, dug in, the others behind."""
    assert stands_at(3.0, 1.0, HASTY) < 0.3
    assert stands_at(3.0, 0.4, PREPARED) > 0.7


def test_dispersion_and_cover_lower_losses_to_the_same_fire():
    exposed = lost(fought(24, 3 * BIG, BIG, **DEPTH, defence={"stance": HASTY}))[1]
    dispersed = lost(fought(24, 3 * BIG, BIG, **DEPTH, defence={"stance": HASTY, "contact": 0.4}))[1]
    covered = lost(fought(24, 3 * BIG, BIG, **DEPTH, defence={"stance": PREPARED}))[1]
    assert dispersed < exposed
    assert covered < exposed


def assault(caution):
    """Return the hours that an attack takes for 10 km, and what it loses."""
    war = two_sides(rate=0.05, exponent=0.35, caution_effect=0.5, attack={"goal": 0}, goals=[caution])
    for hour in range(1000):
        hour_of(war, hour)
        if war.roads.gained_a[0] >= 10.0:
            break
    return hour + 1, lost(war)[0]


def test_a_slower_assault_costs_time_and_spares_attackers():
    """Full caution at effect one half: twice the time, half the losses for the same ground."""
    bold, careful = assault(0.0), assault(1.0)
    assert careful[0] == pytest.approx(2 * bold[0], abs=1)
    assert careful[1] == pytest.approx(0.5 * bold[1], rel=0.05)


# --- Rules broken on purpose ---


def check_conserved(kernel=None):
    war = fought(24, rate=1.0, kernel=kernel)
    assert np.array_equal(persons(war), war.troops.initial)


@pytest.mark.parametrize(
    ("right", "wrong", "check"),
    [
        (
            "ATTACK_BROKE if attack > defence else",
            "ATTACK_BROKE if attack < defence else",
            check_break_points,
        ),
        (
            "troops.present[one] -= lost",
            "troops.present[one] -= lost - missing",
            check_conserved,
        ),
    ],
)
def test_a_broken_rule_is_noticed(right, wrong, check):
    kernel = plain_fight(right, wrong)
    with pytest.raises(AssertionError):
        check(kernel)


def test_every_number_of_the_plain_case_is_a_parameter():
    from staffride.model.ground_parameters import GROUND_SPECS

    assert {f"ground.{name}" for name in PLAIN} == {spec.name for spec in GROUND_SPECS}
    assert NEVER > 1.0
    assert {*TROOPS.names} >= {"armour_lost", "shock"}
    assert {*CONTROL.names} >= {"gap", "dug_h"}
    assert {*WAY_STATE.names} >= {"gained_a", "gained_b", "cleared"}
