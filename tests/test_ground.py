"""The rules of combat on the ground, at worked values, at their limits, and by signs that the literature demands."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closed_forms import broken
from staffride.engine.random import normal_ppf
from staffride.model import ground
from staffride.model.attrition import integrate
from staffride.model.ground import (
    REFERENCE_SIZE,
    advance_km_day,
    armour_lost_share,
    break_share,
    combat_power,
    day_factor,
    defence_advantage,
    dug_in_share,
    loss_coefficient,
    obstacle_h,
    posture_factor,
    power_ratio,
    tempo,
)
from staffride.model.ground_parameters import GROUND_SPECS
from staffride.model.ground_state import ATTACK, DELAY, FORTIFIED, HASTY, PREPARED

POSTURES = {"hasty": 1.3, "prepared": 1.5, "fortified": 1.9, "delay": 1.2}
SETTINGS = settings(max_examples=100, deadline=None)
factors = st.floats(1.0, 3.0)
shares = st.floats(0.0, 1.0)


def posture(stance, dug=1.0, works=0.0):
    return posture_factor(stance, dug, works, **POSTURES)


def lost_in_a_day(
    attackers, defenders, advantage=1.0, exponent=0.35, size=0.2, rate=0.03, caution=0.0, effect=0.5
):
    """Return the shares lost in a day by attack and defence, by the rules as `fight` puts them together."""
    pace = tempo(caution, effect)
    a = pace * pace * loss_coefficient(rate, advantage, exponent)
    b = pace * loss_coefficient(rate, 1.0 / advantage, exponent)
    left = integrate(attackers, defenders, a, b, exponent, size, REFERENCE_SIZE, 24.0)
    return 1.0 - left[0] / attackers, 1.0 - left[1] / defenders


def test_parameters_are_named_once_and_needed_only_with_formations():
    names = [spec.name for spec in GROUND_SPECS]
    assert len(set(names)) == len(names)
    assert {spec.needed_by for spec in GROUND_SPECS} == {"formations"}
    assert all(name.startswith("ground.") for name in names)


def test_power_adds_arms_and_lowers_them_together():
    """400 persons of quality 0.8, 10 vehicles of 20, 5 guns of 8, cohesion 0.6 at effect 0.5, a quarter day at 0.4."""
    found = combat_power(400.0, 0.8, 10.0, 20.0, 5.0, 8.0, 0.6, 0.5, 0.25, 0.4)
    assert found == pytest.approx((320.0 + 200.0 + 40.0) * 0.8 * 0.7)


def test_power_at_its_limits():
    """No effect of cohesion and ammunition: persons times quality; more than a day of ammunition is enough."""
    assert combat_power(400.0, 1.0, 0.0, 20.0, 0.0, 8.0, 0.0, 0.0, 0.0, 0.0) == 400.0
    full, plenty = (combat_power(400.0, 1.0, 3.0, 20.0, 2.0, 8.0, 1.0, 1.0, days, 1.0) for days in (1.0, 9.0))
    assert full == plenty == 476.0


@SETTINGS
@given(st.floats(0.0, 5e3), st.floats(0.0, 3.0), shares, shares, st.floats(0.0, 3.0), shares)
def test_power_grows_with_each_of_its_parts(persons, quality, cohesion, effect, days, short):
    def power(persons, quality, cohesion, days):
        return combat_power(persons, quality, 2.0, 10.0, 1.0, 5.0, cohesion, effect, days, short)

    least = power(persons, quality, cohesion, days)
    assert least >= 0.0
    assert power(persons + 1.0, quality, cohesion, days) >= least
    assert power(persons, quality + 0.1, cohesion, days) >= least
    assert power(persons, quality, min(1.0, cohesion + 0.1), days) >= least
    assert power(persons, quality, cohesion, days + 0.1) >= least


def test_postures():
    assert posture(ATTACK, works=1.0) == 1.0
    assert posture(DELAY, works=1.0) == 1.2
    assert posture(PREPARED) == posture(FORTIFIED) == 1.5
    assert posture(FORTIFIED, works=0.5) == pytest.approx(1.7)
    assert posture(FORTIFIED, works=1.0) == pytest.approx(1.9)


def test_a_hasty_defence_digs_in():
    """After 12 h of 12 h: 1 - 1/e of the way from hasty to prepared."""
    dug = dug_in_share(12.0, 12.0)
    assert dug == pytest.approx(1.0 - math.exp(-1.0))
    assert posture(HASTY, dug) == pytest.approx(1.3 + 0.2 * dug)
    assert posture(HASTY, 0.0, works=1.0) == 1.3
    assert posture(HASTY, dug_in_share(math.inf, 12.0), works=1.0) == pytest.approx(1.9)


@pytest.mark.parametrize(
    ("posture_of", "terrain", "gap", "exact"),
    [(1.5, 1.4, 0.0, 2.1), (1.5, 1.4, 1.0, 1.0), (1.5, 1.4, 0.5, 1.55), (1.0, 1.0, 0.7, 1.0)],
)
def test_advantage(posture_of, terrain, gap, exact):
    assert defence_advantage(posture_of, terrain, gap) == pytest.approx(exact)


def test_power_ratio():
    assert power_ratio(3000.0, 1000.0, 1.5) == 2.0
    assert power_ratio(3000.0, 0.0, 1.5) == math.inf


@pytest.mark.parametrize(
    ("power", "exponent", "exact"), [(1.0, 0.35, 0.01), (4.0, 0.5, 0.02), (4.0, 0.0, 0.01)]
)
def test_loss_coefficient(power, exponent, exact):
    """A rate of 0.24 a day is 0.01 an hour; four times the power a person, at an exponent of one half, doubles it."""
    assert loss_coefficient(0.24, power, exponent) == pytest.approx(exact)


def test_tempo_at_its_limits():
    assert tempo(0.0, 0.9) == tempo(1.0, 0.0) == 1.0
    assert tempo(0.5, 0.4) == pytest.approx(0.8)


def test_day_factor_is_lognormal_with_mean_one():
    luck = [(n + 0.5) / 20_000 for n in range(20_000)]
    assert sum(day_factor(0.5, u) for u in luck) / 20_000 == pytest.approx(1.0, abs=1e-4)
    assert day_factor(0.0, 0.01) == 1.0


def test_break_share():
    """The median at even luck; one standard deviation up by e^0.5; no cohesion at effect 0.4: 60 %; tempo 0.5: half."""
    assert break_share(0.2, 0.5, 0.5, 1.0, 0.4, 1.0) == pytest.approx(0.2)
    one_up = 0.841344746068543
    assert normal_ppf(one_up) == pytest.approx(1.0)
    assert break_share(0.2, 0.5, one_up, 1.0, 0.4, 1.0) == pytest.approx(0.2 * math.exp(0.5))
    assert break_share(0.2, 0.5, 0.5, 0.0, 0.4, 1.0) == pytest.approx(0.12)
    assert break_share(0.2, 0.5, 0.5, 1.0, 0.4, 0.5) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("low", "median", "high"),
    [(0.9, 2.5, 5.5), (1.7, 3.45, 9.0), (3.0, 7.0, 16.0)],
    ids=["rugged", "rolling", "flat"],
)
def test_advance_has_the_quartiles_of_history(low, median, high):
    """CDB90, attackers' wins since 1900, km/day: a lognormal of spread 1.25 meets each quartile within 30 %."""
    quartiles = [advance_km_day(median, 1.25, u, 1.0, 0.3, 3.0) for u in (0.25, 0.5, 0.75)]
    assert quartiles[1] == pytest.approx(median)
    assert quartiles[0] == pytest.approx(low, rel=0.3)
    assert quartiles[2] == pytest.approx(high, rel=0.3)


def test_advance_and_opposition():
    assert advance_km_day(4.0, 1.0, 0.5, 4.0, 0.5, 3.0) == pytest.approx(8.0)
    assert advance_km_day(4.0, 1.0, 0.5, 100.0, 0.5, 3.0) == pytest.approx(12.0)
    assert advance_km_day(4.0, 1.0, 0.5, math.inf, 0.5, 3.0) == pytest.approx(12.0)
    assert advance_km_day(4.0, 1.0, 0.5, 0.0, 0.5, 3.0) == 0.0
    assert advance_km_day(4.0, 1.0, 0.5, 0.2, 0.0, 3.0) == pytest.approx(4.0)


def test_obstacles():
    assert obstacle_h(0.5, True, 12.0, 6.0) == 12.0
    assert obstacle_h(0.0, False, 12.0, 6.0) == 0.0


def test_armour_lost():
    assert armour_lost_share(0.02, 3.0) == pytest.approx(0.06)
    assert armour_lost_share(0.5, 3.0) == 1.0


# --- Signs that the literature demands ---


def check_factors_multiply():
    """Quantified judgement: posture, terrain, size and rate each multiply the attack's losses (small losses)."""
    base = lost_in_a_day(2000.0, 1000.0, rate=1e-6)
    for change, factor in (
        ({"advantage": 1.5}, 1.5**0.35),
        ({"advantage": 1.5 * 1.4}, (1.5 * 1.4) ** 0.35),
        ({"rate": 2e-6}, 2.0),
    ):
        found = lost_in_a_day(2000.0, 1000.0, **({"rate": 1e-6} | change))
        assert found[0] / base[0] == pytest.approx(factor, rel=1e-4)
        if "advantage" in change:
            assert found[1] / base[1] == pytest.approx(1.0 / factor, rel=1e-4)
    larger = lost_in_a_day(20_000.0, 10_000.0, rate=1e-6)
    assert larger[0] / base[0] == pytest.approx(10.0**-0.2, rel=1e-4)


def test_factors_multiply():
    check_factors_multiply()


@SETTINGS
@given(factors, factors, st.floats(0.2, 6.0))
def test_a_better_position_costs_the_attack_more_and_the_defence_less(posture_of, terrain, ratio):
    def lost(advantage):
        return lost_in_a_day(1000.0 * ratio, 1000.0, advantage)

    weak, strong = (
        lost(defence_advantage(posture_of, 1.0, 0.0)),
        lost(defence_advantage(posture_of, terrain, 0.0)),
    )
    assert strong[0] >= weak[0] - 1e-12
    assert strong[1] <= weak[1] + 1e-12


@pytest.mark.parametrize(("exponent", "slope"), [(0.35, 0.30), (0.0, 1.0), (0.5, 0.0), (1.0, -1.0)])
def test_slope_of_the_casualty_ratio_on_the_force_ratio(exponent, slope):
    """ln(casualty ratio) rises with ln(force ratio) by 1 - 2 W: 0.30 in history, -1 for the square law."""

    def ratio(attackers):
        lost = lost_in_a_day(attackers, 1000.0, exponent=exponent, rate=1e-6)
        return lost[0] * attackers / (lost[1] * 1000.0)

    assert math.log(ratio(4000.0) / ratio(2000.0)) / math.log(2.0) == pytest.approx(slope, abs=1e-4)


def test_the_larger_side_loses_the_smaller_share():
    """At equal quality and no advantage, for every exponent above zero."""
    for exponent in (0.1, 0.35, 1.0):
        attack, defence = lost_in_a_day(3000.0, 1000.0, exponent=exponent)
        assert attack < defence


@SETTINGS
@given(st.floats(0.1, 1.0), st.floats(0.1, 1.0), st.floats(0.5, 4.0))
def test_a_slower_assault_costs_time_and_spares_attackers(caution, effect, ratio):
    """For the same advance: losses with caution, over those without, go with the tempo; the time with its inverse."""
    pace = tempo(caution, effect)
    bold, careful = (
        lost_in_a_day(1000.0 * ratio, 1000.0, rate=1e-6, caution=c, effect=effect)[0] for c in (0.0, caution)
    )
    days = 1.0 / max(pace, 0.01)
    if pace > 0.01:
        assert careful * days == pytest.approx(bold * pace, rel=1e-3)
        assert careful * days < bold
        assert days > 1.0


def test_fewer_in_contact_means_fewer_lost():
    """Dispersion: half as many of a defence in contact lose fewer persons to the same attack, at every exponent < 1."""
    for exponent in (0.0, 0.35, 0.9):
        dense, thin = (
            lost_in_a_day(2000.0, contact, exponent=exponent, size=0.0)[1] * contact
            for contact in (1000.0, 500.0)
        )
        assert thin < dense


@pytest.mark.parametrize(
    ("right", "wrong", "check"),
    [
        ("enemy_power_a_person**exponent", "enemy_power_a_person", check_factors_multiply),
        ("(posture * terrain - 1.0)", "(posture * terrain)", lambda: test_advantage(1.5, 1.4, 0.5, 1.55)),
    ],
)
def test_a_broken_rule_is_noticed(right, wrong, check, monkeypatch):
    module = broken(ground, right, wrong)
    monkeypatch.setitem(globals(), "loss_coefficient", module.loss_coefficient)
    monkeypatch.setitem(globals(), "defence_advantage", module.defence_advantage)
    with pytest.raises(AssertionError):
        check()
