"""Supply: worked values, fair shares, convoys lost by chance, nothing lost to rounding, no side ahead of the other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from closed_forms import broken, mean_meets, share_meets
from staffride.model import campaign_supply, supply
from staffride.model.campaign_supply import LOST, SENT, network_changed, repair
from staffride.model.ground_state import FOOT_PATH, NOWHERE
from staffride.model.supply import (
    capacity_t_per_day,
    convoys_for,
    convoys_lost,
    daily_use_t,
    effect_of_shortage,
    loss_chance,
    loss_rate,
    repaired,
    stock_after,
    stock_with,
    sufficiency,
)
from supply_cases import (
    PLACES,
    REPLICATION,
    SEED,
    SUPPLY_COLUMNS,
    deliver_at,
    empty_stocks,
    numbers_with,
    use,
    war_of,
)

DRAWS = 200_000
SHARES, DAYS, TONNES = st.floats(0.0, 1.0), st.floats(0.0, 30.0), st.floats(0.0, 1e4)


# --- Rules: worked values ---


def bridge_and_ford(rules):
    """100 tonnes over a bridge, 20 over the ford; half of the bridge carries half of the difference."""
    for standing, capacity in ((1.0, 100.0), (0.0, 20.0), (0.5, 60.0)):
        assert rules.capacity_t_per_day(100.0, standing, 0.2) == pytest.approx(capacity)


def use_and_need(rules):
    """2,000 persons and 30 vehicles; a day at 0.5 of full use; a stock that meets half of its gap."""
    assert rules.daily_use_t(2000, 30, 6.0, 0.5) == pytest.approx(27.0)
    assert rules.stock_after(5.0, 0.5, 24.0) == pytest.approx(4.5)
    assert rules.stock_after(0.1, 1.0, 24.0) == 0.0
    assert rules.stock_with(3.0, 7.0, 0.5) == pytest.approx(5.0)
    assert rules.stock_with(9.0, 7.0, 1.0) == 9.0
    assert [rules.convoys_for(amount, 10.0) for amount in (0.0, 0.1, 10.0, 10.1)] == [0, 1, 1, 2]


def activity(rules):
    given_ = [rules.ammunition_activity(fights, attacks, 0.7, 0.1) for fights in (1, 0) for attacks in (1, 0)]
    assert given_ == [1.0, 0.7, 0.1, 0.1]


def shortage(rules):
    """With half of what is short, and an effect of 0.8: 0.6."""
    assert rules.effect_of_shortage(0.5, 1.0, 0.8) == pytest.approx(0.6)
    assert rules.effect_of_shortage(1.0, 1.0, 0.8) == 1.0
    assert rules.effect_of_shortage(0.0, 1.0, 0.8) == pytest.approx(0.2)


def hunted_convoys(rules):
    """An ambush at rate 0.2, and 10 km under drones half of the time at 0.02 a kilometre: 1 - exp(-0.3)."""
    assert rules.loss_rate(0.2, 0.02, 0.5, 10.0) == pytest.approx(0.3)
    assert rules.loss_chance(0.3) == pytest.approx(1.0 - math.exp(-0.3))
    assert (
        rules.loss_rate(0.0, 0.0, 1.0, 10.0)
        == rules.loss_rate(0.0, 0.5, 0.0, 10.0)
        == rules.loss_chance(0.0)
        == 0.0
    )


RULES = [bridge_and_ford, use_and_need, activity, shortage, hunted_convoys]


@pytest.mark.parametrize("law", RULES, ids=lambda law: law.__name__)
def test_worked_values(law):
    law(supply)


@njit
def _convoys(draws):
    through = np.empty(draws, np.int64)
    for draw in range(draws):
        through[draw] = 10 - convoys_lost(SEED, REPLICATION, draw, 5, 0, 10, 0.3)
    return through


def test_ten_convoys_with_a_loss_of_three_tenths():
    through = _convoys(DRAWS)
    mean_meets(through, 7.0, math.sqrt(2.1))
    share_meets(through >= 8, 0.382783)


@njit
def _repairs(draws, mean_h):
    done = np.empty(draws, np.bool_)
    for draw in range(draws):
        done[draw] = repaired(SEED, REPLICATION, draw, 0, mean_h)
    return done


def test_a_bridge_is_repaired_at_its_hazard():
    share_meets(_repairs(2_000_000, 10.0), -math.expm1(-0.1))


# --- Rules: laws ---


@given(TONNES, SHARES, SHARES, SHARES)
def test_more_of_a_bridge_carries_more(whole, ford, one, other):
    low, high = sorted((one, other))
    less, more = capacity_t_per_day(whole, low, ford), capacity_t_per_day(whole, high, ford)
    assert less <= more + 1e-9
    assert whole * ford - 1e-9 <= less
    assert more <= whole + 1e-9


@given(DAYS, st.floats(0.1, 10.0), SHARES, SHARES)
def test_shortage_costs_more_the_less_is_left_and_nothing_at_zero_effect(days, short, one, other):
    low, high = sorted((one, other))
    assert effect_of_shortage(days, short, 0.0) == 1.0
    assert effect_of_shortage(days, short, high) <= effect_of_shortage(days, short, low)
    assert effect_of_shortage(days * 0.5, short, high) <= effect_of_shortage(days, short, high)
    assert 0.0 <= sufficiency(days, short) <= 1.0


@given(
    st.lists(st.tuples(st.floats(0.0, 3.0), SHARES, st.floats(0.0, 100.0)), max_size=6), st.floats(0.0, 0.1)
)
def test_a_convoy_passes_a_route_if_it_passes_each_way(ways, hunted):
    rates = [loss_rate(ambush, hunted, overhead, length) for ambush, overhead, length in ways]
    passes = math.prod(1.0 - loss_chance(rate) for rate in rates)
    assert 1.0 - loss_chance(sum(rates)) == pytest.approx(passes)


@given(DAYS, SHARES, st.floats(0.0, 40.0), st.floats(0.0, 40.0))
def test_use_adds_up_over_time(days, activity_, first, second):
    whole = stock_after(days, activity_, first + second)
    assert stock_after(stock_after(days, activity_, first), activity_, second) == pytest.approx(
        whole, abs=1e-9
    )


@given(DAYS, DAYS, SHARES)
def test_a_delivery_never_takes_and_never_overfills(days, most, met):
    after = stock_with(days, most, met)
    assert days <= after <= max(days, most) + 1e-9


@given(st.integers(0, 10_000), st.integers(0, 200), st.floats(0.0, 20.0), st.floats(0.0, 5.0))
def test_use_goes_with_persons_and_vehicles(persons, vehicles, per_thousand, per_vehicle):
    parts = daily_use_t(persons, 0, per_thousand, per_vehicle) + daily_use_t(
        0, vehicles, per_thousand, per_vehicle
    )
    assert daily_use_t(persons, vehicles, per_thousand, per_vehicle) == pytest.approx(parts)


@given(st.floats(0.001, 1e4), st.floats(0.1, 100.0))
def test_convoys_are_enough_and_not_one_too_many(amount, load):
    convoys = convoys_for(amount, load)
    assert (convoys - 1) * load < amount <= convoys * load * (1.0 + 1e-12)


# --- The hour: deliveries ---


def test_a_full_network_fills_everybody():
    case = war_of([1, 2, 3, 5], delivery_t=1e5, capacity_t=1e5)
    empty_stocks(case)
    deliver_at(case, 24)
    for column in SUPPLY_COLUMNS:
        assert case.war.troops[column] == pytest.approx(7.0, abs=1e-4)
    assert case.war.politics.supply_share[0].tolist() == [1.0, 1.0]


def test_what_arrives_is_what_the_network_carries():
    """1,000 persons who lack 7 days of food (42 t) and ammunition (70 t), at the end of a road of 28 t a day."""
    case = war_of([3], capacity_t=28.0)
    empty_stocks(case)
    deliver_at(case, 24)
    assert case.war.troops.food[0] == pytest.approx(7.0 * 28.0 / 112.0)
    assert case.room.passed_t.tolist() == [[pytest.approx(28.0), 0.0], [0.0, 0.0]]
    deliver_at(case, 36)
    assert case.room.passed_t[0, SENT] == pytest.approx(42.0)


def test_two_roads_of_100_and_40():
    """Either way round there are 140 tonnes a day; without the larger, 40."""
    two = [(0, 1), (0, 2), (1, 3), (2, 3), (4, 5), (5, 6), (6, 7)]
    for cut, most in ((False, 140.0), (True, 40.0)):
        case = war_of(
            [3], capacity_t=[0.0 if cut else 100.0, 40.0, 100.0, 40.0, 9.0, 9.0, 9.0], strength=1e5, ways=two
        )
        empty_stocks(case)
        deliver_at(case, 24)
        assert case.room.passed_t[0, SENT] == pytest.approx(most)


def test_a_struck_bridge_leaves_the_ford_until_it_is_repaired():
    case = war_of([3], capacity_t=28.0, bridge=1, strength=1e4)
    empty_stocks(case)
    case.state.elements[0] = 0
    deliver_at(case, 24)
    assert case.room.passed_t[0, SENT] == pytest.approx(7.0)
    assert case.war.roads.capacity_t[1] == pytest.approx(7.0)
    hours = 24
    while case.state.elements[0] == 0:
        repair(SEED, REPLICATION, hours, case.numbers, case.state, case.room)
        hours += 1
    assert 24 < hours < 24 + 48 * 12
    assert network_changed(case.war.control, case.war.roads, case.state, case.room)
    case.room.last_h[0] = hours
    deliver_at(case, hours + 24)
    assert case.room.passed_t[0, SENT] == pytest.approx(35.0)


def test_a_whole_bridge_is_not_repaired():
    case = war_of([3], bridge=1)
    for hour in range(500):
        repair(SEED, REPLICATION, hour, case.numbers, case.state, case.room)
    assert case.state.elements.tolist() == [1]


def test_the_embargo_cuts_what_sources_send():
    for embargo, sent in ((0.0, 20.0), (0.25, 15.0), (1.0, 0.0)):
        case = war_of([2], delivery_t=20.0)
        empty_stocks(case)
        case.war.politics.embargo[0] = embargo
        deliver_at(case, 24)
        assert case.room.passed_t[0, SENT] == pytest.approx(sent)


def test_a_foot_path_an_enemy_place_and_a_lost_source_carry_nothing():
    for change in ("path", "place", "source", "encircled", "behind", "marches on a path"):
        case = war_of([3])
        if change in ("path", "marches on a path"):
            case.theatre.ways.kind[2 if change == "path" else 4] = FOOT_PATH
        if change in ("place", "source"):
            case.war.control.holder[2 if change == "place" else 0] = 1
        case.war.troops.encircled[0] = change == "encircled"
        case.war.troops.behind[0] = 5 if change == "behind" else NOWHERE
        case.war.troops.way[0] = 4 if change == "marches on a path" else NOWHERE
        empty_stocks(case)
        deliver_at(case, 24)
        assert case.war.troops.food[0] == 0.0, change
        assert case.war.politics.supply_share[0].tolist() == [0.0, 1.0]


def test_need_is_shared_by_place_and_by_formation():
    """A near place does not starve a far one, and a large formation gets in proportion to its persons."""
    case = war_of([1, 2, 3, 3], capacity_t=40.0)
    case.theatre.formations.share_to[3] = 0.25
    case.war.troops.present[3] = 250
    empty_stocks(case)
    deliver_at(case, 24)
    food = case.war.troops.food
    assert case.room.passed_t[0, SENT] == pytest.approx(40.0)
    assert food.max() - food.min() <= 7.0 / 4 + 1e-9
    assert food[2] == food[3]


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, PLACES - 1), min_size=1, max_size=12),
    st.lists(st.floats(0.0, 200.0), min_size=PLACES - 1, max_size=PLACES - 1),
    st.floats(0.0, 300.0),
    st.floats(0.0, 2.0),
    st.integers(1, 24),
)
def test_nothing_is_lost_to_rounding(stand, capacity, delivery, ambush, hours):
    """Tonnes that arrive, as days in stocks, are those sent less those lost; no more is sent than there is."""
    case = war_of(stand, capacity_t=capacity, delivery_t=delivery)
    empty_stocks(case)
    case.war.troops.armour[:] = 5
    case.war.roads.ambush[:] = ambush
    deliver_at(case, hours)
    troops = case.war.troops
    arrived = np.zeros(2)
    for side in range(2):
        own = case.theatre.formations.side == side
        weight = troops.present * (6.0 * troops.food + 10.0 * troops.ammunition) / 1000.0
        weight += 5 * (1.0 * troops.ammunition + 0.5 * troops.fuel)
        arrived[side] = weight[own].sum()
    expected = case.room.passed_t[:, SENT] - case.room.passed_t[:, LOST]
    assert arrived == pytest.approx(expected, rel=1e-5, abs=0.002)
    assert (case.room.passed_t[:, SENT] <= delivery * hours / 24.0 + 1e-3).all()
    assert (troops.food <= 7.0 + 1e-9).all()
    assert (case.room.convoys[:, LOST] <= case.room.convoys[:, SENT]).all()


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=6),
    st.lists(st.floats(0.0, 60.0), min_size=3, max_size=3),
    st.floats(0.0, 100.0),
)
def test_the_sides_are_alike(stand, capacity, delivery):
    """Side 1, the mirror of side 0, gets the same."""
    mirrored = [PLACES - 1 - place for place in stand]
    case = war_of(stand + mirrored, capacity_t=[*capacity, 10.0, *reversed(capacity)], delivery_t=delivery)
    empty_stocks(case)
    deliver_at(case, 24)
    half = len(stand)
    for column in SUPPLY_COLUMNS:
        assert case.war.troops[column][:half] == pytest.approx(case.war.troops[column][half:], abs=1e-3)
    assert case.room.passed_t[0] == pytest.approx(case.room.passed_t[1], abs=1e-3)


@settings(max_examples=25)
@given(st.permutations([0, 1, 1, 2, 3, 5, 6, 7]))
def test_the_order_of_the_formations_does_not_matter(stand):
    plain, shuffled = war_of(sorted(stand), capacity_t=40.0), war_of(stand, capacity_t=40.0)
    for case in (plain, shuffled):
        empty_stocks(case)
        case.war.roads.ambush[:] = 0.3
        deliver_at(case, 24)
    order = np.argsort(stand, kind="stable")
    assert shuffled.war.troops.food[order] == pytest.approx(plain.war.troops.food)


def test_more_capacity_or_delivery_never_brings_less():
    brought = []
    for capacity in (0.0, 10.0, 30.0, 60.0, 1e4):
        for delivery in (0.0, 25.0, 80.0, 1e4):
            case = war_of([1, 2, 3], capacity_t=capacity, delivery_t=delivery)
            empty_stocks(case)
            deliver_at(case, 24)
            brought.append(case.room.passed_t[0, SENT])
    table = np.array(brought).reshape(5, 4)
    assert (np.diff(table, axis=0) >= 0.0).all()
    assert (np.diff(table, axis=1) >= 0.0).all()
    assert table[2].tolist() == pytest.approx([0.0, 25.0, 30.0, 30.0])


def test_convoys_are_lost_by_ambush_and_under_drones():
    """Five of ten convoys fall to rates that sum to ln 2; with rates of zero none does."""
    for ambush, hunted, share in (
        (math.log(2.0), 0.0, 0.5),
        (0.0, math.log(2.0) / 10.0, 0.5),
        (0.0, 0.0, 0.0),
    ):
        lost = []
        for replication in range(300):
            case = war_of([1], strength=1e4, supply__hunted=hunted)
            empty_stocks(case)
            case.war.roads.ambush[0] = ambush
            case.overhead[0] = 1.0
            deliver_at(case, 24, replication)
            assert case.room.convoys[0, SENT] == 10
            lost.append(case.room.convoys[0, LOST])
            assert case.room.passed_t[0, LOST] == pytest.approx(10.0 * lost[-1])
        assert np.mean(lost) == pytest.approx(10 * share, abs=4 * math.sqrt(2.5 / 300) if share else 0.0)


def test_each_route_to_a_place_has_its_own_luck():
    """Two roads of ten convoys each: with one luck for both, an odd number would never be lost."""
    lost = []
    for replication in range(20):
        case = war_of([3], strength=1e5, ways=[(0, 1), (0, 2), (1, 3), (2, 3)])
        empty_stocks(case)
        case.war.roads.ambush[:2] = 0.7
        deliver_at(case, 24, replication)
        assert case.room.convoys[0, SENT] == 20
        lost.append(case.room.convoys[0, LOST] % 2)
    assert 0 < sum(lost) < 20


def test_equal_luck_and_a_change_elsewhere_changes_nothing_here():
    def food(extra, replication=REPLICATION):
        case = war_of([1, 3, 6, *extra], strength=1e4)
        empty_stocks(case)
        case.war.roads.ambush[:] = 0.5
        deliver_at(case, 24, replication)
        return case.war.troops.food[:3].tolist()

    assert food([]) == food([])
    assert food([]) != food([], 4)
    assert food([5])[:2] == food([])[:2]


def test_the_network_has_changed_only_when_it_has():
    case = war_of([3], bridge=1)
    war = case.war

    def changed():
        return network_changed(war.control, war.roads, case.state, case.room)

    assert changed()
    for change in (
        lambda: war.control.holder.__setitem__(3, 1),
        lambda: case.state.elements.__setitem__(0, 0),
    ):
        deliver_at(case, 24)
        assert not changed()
        change()
        assert changed()
    deliver_at(case, 24)
    war.roads.ambush[2] = 0.2
    assert not changed()
    war.roads.ambush[2] = 0.6
    assert changed()


def test_a_replication_begins_with_full_stocks_and_forgets_the_one_before():
    case = war_of([3, 5])
    deliver_at(case, 24)
    case.numbers[:] = numbers_with(supply__0__start=3.0)
    campaign_supply.begin_supply(case.theatre.formations, case.numbers, case.war.troops, case.room)
    assert case.war.troops.food.tolist() == [3.0, 5.0]
    assert not case.room.passed_t.any()
    assert network_changed(case.war.control, case.war.roads, case.state, case.room)


# --- The hour: use ---


def test_a_formation_uses_by_what_it_does():
    case = war_of([0, 1, 2, 3])
    troops = case.war.troops
    troops.contact[:2], troops.attacks[0], troops.way[2] = 500.0, 4, 1
    troops.present[3] = 0
    use(case, 24)
    assert troops.ammunition == pytest.approx([4.0, 4.3, 4.9, 5.0])
    assert troops.fuel == pytest.approx([4.9, 4.9, 4.0, 5.0])
    assert troops.food == pytest.approx([4.0, 4.0, 4.0, 5.0])


def test_a_cut_off_formation_runs_out_on_the_day_that_its_stock_says():
    case = war_of([3], capacity_t=0.0)
    use(case, 5 * 24)
    assert case.war.troops.food[0] == pytest.approx(0.0, abs=1e-9)
    deliver_at(case, 120)
    assert case.war.politics.supply_share[0, 0] == pytest.approx(0.0, abs=1e-9)


# --- Broken on purpose ---


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(ford + (1.0 - ford) * min(1.0", "(ford + min(1.0"),
        ("persons * per_thousand_t / 1000.0 +", "persons * per_thousand_t +"),
        ("met * max(0.0, most - days)", "met * most"),
        ("return 1.0 if attacks else defence", "return defence if attacks else 1.0"),
        ("1.0 - effect * (1.0 - sufficiency", "1.0 - effect * (sufficiency"),
        ("math.ceil(amount_t / load_t)", "math.floor(amount_t / load_t)"),
        ("hunted_per_km * overhead * length_km", "hunted_per_km * overhead"),
        ("days - activity * hours / DAY_H", "days - activity * hours"),
    ],
)
def test_a_broken_rule_is_found(right, wrong):
    rules = broken(supply, right, wrong)
    failures = 0
    for law in RULES:
        try:
            law(rules)
        except AssertionError:
            failures += 1
    assert failures > 0
