"""Cohesion: worked values, nothing at zero effect, persons conserved, more strain never helps, no side ahead."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closed_forms import broken
from staffride.engine.random import binomial
from staffride.model import cohesion
from staffride.model.cohesion import (
    after_places,
    leaves_vehicle,
    mixed,
    recovered,
    strain_per_day,
    weakness,
    wear_factor,
    who_come,
    worn_down,
    yields,
)
from staffride.model.ground_state import PERSONS
from supply_cases import PLACES, REPLICATION, begin, hold_at, war_of

SHARES, RATES, QUALITIES = st.floats(0.0, 1.0), st.floats(0.0, 5.0), st.floats(0.01, 10.0)
STILL = {
    "cohesion__losses": 0.0, "cohesion__place": 0.0, "cohesion__encirclement": 0.0, "cohesion__hunger": 0.0,
    "cohesion__silence": 0.0, "cohesion__drones": 0.0, "cohesion__desertion": 0.0, "cohesion__rout": 0.0,
    "cohesion__surrender": 0.0, "cohesion__crews": 0.0,
}  # fmt: skip


# --- Rules: worked values ---


def firmness(rules):
    """Half as good soldiers are worn twice as fast at a brittleness of 1, and trained ones no faster at any."""
    assert rules.wear_factor(1.0, 0.25) == 1.0
    assert rules.wear_factor(0.5, 1.0) == pytest.approx(2.0)
    assert rules.wear_factor(0.25, 0.5) == pytest.approx(2.0)
    assert rules.wear_factor(0.1, 0.0) == 1.0


def wear(rules):
    """A tenth lost at an effect of 2, and a strain of 0.3 a day over 8 hours: exp(-0.3)."""
    assert rules.worn_down(0.8, 0.1, 2.0, 0.3, 8.0) == pytest.approx(0.8 * math.exp(-0.3))
    assert rules.strain_per_day(1.0, 0.5, 0.25, 0.1, (1.0, 2.0, 4.0, 10.0)) == pytest.approx(4.0)


def fortune(rules):
    assert rules.after_places(0.6, 2.0, math.log(2.0)) == pytest.approx(0.9)
    assert rules.after_places(0.6, -2.0, math.log(2.0)) == pytest.approx(0.15)
    assert rules.recovered(0.4, 0.8, 0.5) == pytest.approx(0.6)
    assert rules.mixed(0.5, 300, 0.9, 100) == pytest.approx(0.6)


def breaking(rules):
    """Half way below the threshold, a rate of 1 a day over 12 hours: 1 - exp(-0.25)."""
    assert rules.weakness(0.3, 0.6) == pytest.approx(0.5)
    assert rules.weakness(0.7, 0.6) == 0.0
    assert rules.yields(1.0, 0.5, 12.0) == pytest.approx(1.0 - math.exp(-0.25))


def crews(rules):
    """Two of a column destroyed, an effect of 0.2 and drones half of the time: 1 - 0.9^2."""
    assert rules.leaves_vehicle(2, 0.2, 0.5) == pytest.approx(0.19)


def call_up(rules):
    """8,000 called and a turnout of 0.625: the median is 5,000, and one deviation is 43.3."""
    assert rules.who_come(8000, 0.625, 0.5) == 5000
    assert rules.who_come(8000, 0.625, 0.841344746) == 5043
    assert [rules.comes_now(since, 24.0) for since in (-1.0, 240.0)] == [0.0, 1.0]
    assert rules.comes_now(5.0, 24.0) == pytest.approx(1.0 - math.exp(-1.0 / 24.0))
    assert rules.comes_now(0.0, 0.0) == 1.0


RULES = [firmness, wear, fortune, breaking, crews, call_up]


@pytest.mark.parametrize("law", RULES, ids=lambda law: law.__name__)
def test_worked_values(law):
    law(cohesion)


# --- Rules: laws ---


@given(SHARES, SHARES, RATES, RATES, st.floats(0.0, 48.0), st.floats(0.0, 48.0))
def test_wear_does_not_depend_on_how_time_is_cut(held, shock, effect, strain, first, second):
    at_once = worn_down(held, shock, effect, strain, first + second)
    in_parts = worn_down(worn_down(held, shock, effect, strain, first), 0.0, effect, strain, second)
    assert in_parts == pytest.approx(at_once, abs=1e-12)
    assert 0.0 <= at_once <= held


@given(SHARES, SHARES, RATES, st.integers(-3, 3))
def test_cohesion_stays_between_0_and_1(held, natural, effect, success):
    assert 0.0 <= after_places(held, success, effect) <= 1.0
    assert min(held, natural) - 1e-12 <= recovered(held, natural, 0.3) <= max(held, natural) + 1e-12
    assert 0.0 <= mixed(held, 5, natural, 7) <= 1.0


@given(SHARES, RATES, st.integers(1, 4))
def test_gain_and_loss_are_mirror_images(held, effect, places):
    gained, lost = after_places(held, places, effect), after_places(1.0 - held, -places, effect)
    assert gained == pytest.approx(1.0 - lost, abs=1e-12)


@given(SHARES, SHARES, SHARES, RATES, st.integers(0, 9))
def test_effects_of_zero_change_nothing(held, shock, share, strain, count):
    assert worn_down(held, shock, 0.0, 0.0, 24.0) == held
    assert after_places(held, count, 0.0) == pytest.approx(held)
    assert yields(0.0, share, 24.0) == 0.0
    assert leaves_vehicle(count, 0.0, share) == 0.0
    assert leaves_vehicle(count, share, 0.0) == 0.0
    assert weakness(held, 0.0) == 0.0
    assert strain_per_day(1.0, share, share, share, (0.0, 0.0, 0.0, 0.0)) == 0.0


@given(QUALITIES, QUALITIES, SHARES, SHARES, SHARES, RATES)
def test_what_is_worse_never_helps(one, other, shaken, cohesion_1, cohesion_2, rate):
    low, high = sorted((one, other))
    assert wear_factor(low, rate) >= wear_factor(high, rate)
    weak, strong = sorted((cohesion_1, cohesion_2))
    assert yields(rate, weakness(weak, shaken), 1.0) >= yields(rate, weakness(strong, shaken), 1.0)


# --- The start ---


def test_a_formation_has_its_part_of_the_strength_and_the_cohesion_of_its_quality():
    case = war_of([0, 0, 5], strength=1001.0)
    formations = case.theatre.formations
    formations.share_to[0], formations.share_from[1] = 0.5, 0.5
    formations.quality[1] = 1
    case.war.troops.on[2] = False
    begin(case)
    assert case.war.troops.initial.tolist() == [501, 500, 0]
    assert case.war.troops.present.tolist() == [501, 500, 0]
    assert case.war.troops.cohesion[:2].tolist() == [1.0, 1.0]


def called_up(gathering=0.0, count=1):
    """Formations of 1,000 of whom half come, from hour 10 on."""
    case = war_of([0] * count, cohesion__gathering=gathering)
    case.theatre.formations.turnout[:], case.theatre.formations.arrival[:] = 1, 2
    begin(case)
    return case


def test_those_called_up_come_at_their_hour_and_the_rest_stays_absent():
    case = called_up(count=200)
    for hour in range(40):
        hold_at(case, hour)
        assert (case.war.troops.present > 0).all() == (hour >= 10)
    come = case.war.troops.present
    assert (come + case.war.troops.absent == 1000).all()
    assert come.mean() == pytest.approx(500.0, abs=4.0 * math.sqrt(250.0 / 200))
    assert come.std() == pytest.approx(math.sqrt(250.0), rel=0.2)
    assert case.war.troops.cohesion == pytest.approx(1.0)


def test_gathering_takes_time_and_brings_the_same_persons():
    at_once, slowly = called_up(), called_up(gathering=24.0)
    there = []
    for hour in range(300):
        hold_at(at_once, hour)
        hold_at(slowly, hour)
        there.append(int(slowly.war.troops.present[0]))
    assert there[:10] == [0] * 10
    assert sorted(there) == there
    assert there[-1] == at_once.war.troops.present[0]
    assert there[9 + 24] == pytest.approx(
        there[-1] * (1.0 - math.exp(-1.0)), abs=4.0 * math.sqrt(there[-1]) / 2.0
    )


def test_a_formation_without_an_hour_is_there_at_the_start_as_far_as_it_comes():
    case = war_of([0])
    case.theatre.formations.turnout[:] = 1
    begin(case)
    assert 430 < case.war.troops.present[0] < 570
    before = case.war.troops.present[0]
    for hour in range(30):
        hold_at(case, hour)
    assert case.war.troops.present[0] == before


# --- The hour ---


def test_with_no_effects_nobody_leaves_and_nothing_changes():
    case = war_of([0, 3, 4, 7], **STILL, cohesion__shaken=1.0)
    troops = case.war.troops
    troops.armour[:], case.struck[:], case.overhead[:] = 10, 3, 1.0
    for hour in range(200):
        troops.shock[:], troops.success[:], troops.contact[:] = 0.2, -1.0, 100.0
        troops.encircled[:2], troops.food[:] = True, 0.0
        case.quality[:] = 0.0
        hold_at(case, hour)
        assert not troops.routed.any()
        assert not troops.surrenders.any()
        assert not troops.armour_left.any()
    assert (troops.present == 1000).all()
    assert troops.cohesion == pytest.approx(1.0)


def test_rest_brings_cohesion_back_at_its_rate_and_contact_does_not():
    case = war_of([0, 1], **STILL, cohesion__shaken=0.0)
    case.war.troops.cohesion[:] = 0.2
    case.war.troops.contact[1] = 100.0
    for hour in range(96):
        hold_at(case, hour)
    assert case.war.troops.cohesion == pytest.approx([1.0 - 0.8 * math.exp(-1.0), 0.2])


def one_hour(column, value, **effects):
    """Return the cohesion in contact after an hour in which one thing is otherwise than it should be."""
    case = war_of([3], **(STILL | effects), cohesion__shaken=0.0)
    case.war.troops.contact[0] = 100.0
    if column in case.war.troops.dtype.names:
        case.war.troops[column][0] = value
    else:
        getattr(case, column)[...] = value
    hold_at(case, 5)
    return case.war.troops.cohesion[0]


@pytest.mark.parametrize(
    ("column", "value", "effect", "wear_"),
    [
        ("shock", 0.1, "losses", 0.1),
        ("success", -1.0, "place", 1.0),
        ("encircled", True, "encirclement", 1.0 / 24.0),
        ("food", 0.25, "hunger", 0.75 / 24.0),
        ("ammunition", 0.0, "hunger", 1.0 / 24.0),
        ("quality", 0.6, "silence", 0.4 / 24.0),
        ("overhead", 0.5, "drones", 0.5 / 24.0),
    ],
)
def test_each_strain_wears_by_its_own_effect(column, value, effect, wear_):
    assert one_hour(column, value) == pytest.approx(1.0)
    assert one_hour(column, value, **{f"cohesion__{effect}": 2.0}) == pytest.approx(math.exp(-2.0 * wear_))


def test_groups_behind_a_place_press_on_its_defenders_only():
    assert one_hour("press", 0.1) == pytest.approx(0.9)
    case = war_of([3, 4], **STILL, cohesion__shaken=0.0)
    case.war.troops.contact[:] = 1.0
    case.press[4] = 0.3
    case.war.control.holder[3] = 1
    case.press[3] = 0.3
    hold_at(case, 0)
    assert case.war.troops.cohesion == pytest.approx([1.0, 0.7])


def shaken(**changes):
    """A thousand formations of no cohesion whatever."""
    case = war_of([3] * 1000, **(STILL | changes), cohesion__shaken=0.5, strength=200.0)
    case.war.troops.cohesion[:] = 0.0
    case.war.troops.contact[:] = 1.0
    return case


def test_desertion_has_its_rate():
    case = shaken(cohesion__desertion=0.5)
    for hour in range(24):
        hold_at(case, hour)
    exact = 1.0 - math.exp(-0.5)
    assert case.war.troops.deserted.sum() / 200_000 == pytest.approx(
        exact, abs=4.0 * math.sqrt(exact * (1.0 - exact) / 200_000)
    )
    assert (case.war.troops.present + case.war.troops.deserted == 200).all()


def test_rout_and_surrender_have_their_rates_and_their_conditions():
    for rate, encircled, contact in ((2.4, False, 1.0), (2.4, False, 0.0), (2.4, True, 1.0)):
        case = shaken(cohesion__rout=rate, cohesion__surrender=rate, cohesion__desertion=9.0)
        case.war.troops.contact[:], case.war.troops.encircled[:] = contact, encircled
        hold_at(case, 1)
        exact = 1.0 - math.exp(-0.1)
        error = 4.0 * math.sqrt(exact * (1.0 - exact) / 1000)
        assert case.war.troops.routed.mean() == pytest.approx(
            exact if contact and not encircled else 0.0, abs=error
        )
        assert case.war.troops.surrenders.mean() == pytest.approx(exact if encircled else 0.0, abs=error)
        assert not (case.war.troops.routed & case.war.troops.surrenders).any()
        assert (case.war.troops.deserted.sum() > 0) == (not encircled)


def test_steady_troops_neither_desert_nor_run():
    case = shaken(cohesion__desertion=50.0, cohesion__rout=500.0)
    case.war.troops.cohesion[:] = 0.51
    for hour in range(24):
        hold_at(case, hour)
    assert not case.war.troops.deserted.any()
    assert not case.war.troops.routed.any()


def test_crews_leave_sound_vehicles_only_under_drones_and_when_others_are_destroyed():
    for overhead, struck, chance in ((1.0, 2, 0.36), (0.5, 2, 0.19), (1.0, 0, 0.0), (0.0, 2, 0.0)):
        case = shaken(cohesion__crews=0.2)
        case.war.troops.cohesion[:] = 1.0
        case.war.troops.armour[:], case.war.troops.armour_lost[:] = 12, 2
        case.overhead[:], case.struck[:] = overhead, struck
        hold_at(case, 0)
        left = case.war.troops.armour_left
        assert left.mean() == pytest.approx(
            10 * chance, abs=4.0 * math.sqrt(10 * chance * (1 - chance) / 1000)
        )
        assert (left <= 10).all()


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, PLACES - 1), min_size=1, max_size=8),
    st.lists(st.tuples(SHARES, SHARES, st.booleans(), SHARES), min_size=1, max_size=6),
)
def test_every_person_is_somewhere(stand, hours):
    case = war_of(stand, strength=500.0, cohesion__gathering=3.0)
    case.theatre.formations.turnout[:], case.theatre.formations.arrival[::2] = 1, 2
    begin(case)
    troops = case.war.troops
    for hour in range(40):
        shock, food, encircled, overhead = hours[hour % len(hours)]
        troops.shock[:], troops.food[:], troops.encircled[:] = shock, food, encircled
        troops.contact[:], case.overhead[:] = hour % 2, overhead
        hold_at(case, hour)
        assert (sum(troops[column] for column in PERSONS) == troops.initial).all()
        assert all((troops[column] >= 0).all() for column in PERSONS)
        assert ((troops.cohesion >= 0.0) & (troops.cohesion <= 1.0)).all()


@settings(max_examples=20)
@given(st.lists(SHARES, min_size=4, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_sides_are_alike(shocks, encircled):
    """What stands at the mirrored place wears down alike, whichever side it is."""
    stand = [0, 1, 2, 3]
    case = war_of(stand + [PLACES - 1 - place for place in stand], cohesion__desertion=0.0)
    case.overhead[0] = np.linspace(0.0, 1.0, PLACES)
    case.overhead[1] = case.overhead[0][::-1]
    case.quality[:] = 0.4
    for hour in range(5):
        case.war.troops.shock[:], case.war.troops.encircled[:] = shocks * 2, encircled * 2
        hold_at(case, hour)
    assert case.war.troops.cohesion[:4] == pytest.approx(case.war.troops.cohesion[4:], abs=1e-12)


def test_the_silence_of_one_network_is_its_own_side_s():
    for silent in range(2):
        case = war_of([3, 4], cohesion__shaken=0.0)
        case.quality[silent] = 0.0
        hold_at(case, 0)
        worn = case.war.troops.cohesion < 1.0 - 1e-9
        assert worn.tolist() == [silent == 0, silent == 1]


def test_equal_luck_and_a_change_of_one_formation_leaves_the_others_alone():
    def fate(first, replication=REPLICATION):
        case = war_of([3, 3, 4], cohesion__gathering=6.0)
        case.theatre.formations.arrival[1], case.theatre.formations.turnout[1] = 2, 1
        begin(case, replication)
        case.war.troops.cohesion[:] = [first, 0.1, 0.1]
        case.war.troops.contact[:] = 1.0
        routs = []
        for hour in range(48):
            hold_at(case, hour, replication)
            routs.append(case.war.troops.routed[1:].tolist())
        return routs, case.war.troops.deserted[1:].tolist(), case.war.troops.present[1:].tolist()

    assert fate(0.1) == fate(0.1) == fate(0.9)
    assert fate(0.1) != fate(0.1, 4)


def test_who_stays_longer_is_who_had_more_cohesion():
    """Under the same luck, no cohesion more ever means a deserter more."""
    gone = []
    for held in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5):
        case = shaken(cohesion__desertion=1.0)
        case.war.troops.cohesion[:] = held
        hold_at(case, 0)
        gone.append(case.war.troops.deserted.copy())
    assert (np.diff(gone, axis=0) <= 0).all()
    assert gone[0].sum() > 0
    assert gone[-1].sum() == 0


def test_a_formation_with_nobody_is_left_alone():
    case = war_of([3])
    case.war.troops.present[0], case.war.troops.dead[0] = 0, 1000
    case.war.troops.encircled[0], case.war.troops.routed[0] = True, True
    before = case.war.troops.cohesion[0]
    hold_at(case, 0)
    assert case.war.troops.cohesion[0] == before
    assert not case.war.troops.routed[0]


def test_the_turnout_is_the_binomial_quantile():
    assert who_come(1000, 0.3, 0.2) == binomial(1000, 0.3, 0.2)


# --- Broken on purpose ---


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("quality**-brittleness", "quality**brittleness"),
        ("loss_effect * shock + strain * hours / DAY_H", "loss_effect * shock + strain * hours"),
        ("1.0 - (1.0 - cohesion) * math.exp(-effect * success)", "cohesion * math.exp(effect * success)"),
        ("(natural - cohesion) * share", "natural * share"),
        ("max(0.0, 1.0 - cohesion / shaken)", "1.0 - cohesion / shaken"),
        ("-rate_per_day * weak * hours / DAY_H", "-rate_per_day * hours / DAY_H"),
        ("(1.0 - effect * overhead) ** destroyed", "(1.0 - effect) ** destroyed"),
        ("if since_h < 0.0:", "if since_h < -2.0:"),
        ("cohesion * present + natural * newcomers", "cohesion * newcomers + natural * present"),
        ("silence * rates[2] + overhead * rates[3]", "silence * rates[3] + overhead * rates[2]"),
    ],
)
def test_a_broken_rule_is_found(right, wrong):
    rules = broken(cohesion, right, wrong)
    failures = 0
    for law in RULES:
        try:
            law(rules)
        except AssertionError:
            failures += 1
    assert failures > 0
