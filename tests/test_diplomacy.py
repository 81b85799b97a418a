"""Diplomacy: exponential truces, competing hazards, the end of the war as a result, terms, and sides that are alike."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from closed_forms import broken, mean_meets, meets, share_meets
from staffride.model import campaign_diplomacy, diplomacy
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_state import records
from staffride.model.diplomacy import (
    NEVER,
    handed_over_h,
    intensity_of_fighting,
    moment_of_end,
    moment_of_event,
    pressure_after,
    readiness_to_stop,
    will_to_accept_per_h,
    withheld_share,
)
from staffride.model.ground_state import SITE, new_war

SEED = 1
SHARES = st.floats(0.0, 1.0)
EFFECTS = st.floats(0.0, 5.0)
NOTHING_LOST = ((0.0, 0.0), (0.0, 0.0), (1.0, 1.0))
FIRST_HAS_LOST_ALL = ((1.0, 0.0), (0.0, 0.0), (1.0, 1.0))


@njit
def play(begin, negotiate, hours, state, lost, truce_hour, handed_day, numbers, found):
    """Run each replication for so many hours; fill hour of the end, truces, broken, truce now, hours not fought."""
    sites, control, politics = state
    for replication in range(found.shape[0]):
        begin(SEED, replication, numbers, control, politics)
        quiet = 0.0
        for hour in range(hours):
            for side in range(2):
                politics.lost_value[0, side], politics.lost_share[0, side] = lost[0, side], lost[1, side]
                politics.supply_share[0, side] = lost[2, side]
            negotiate(SEED, replication, hour, sites, control, politics, truce_hour, handed_day, numbers)
            quiet += 1.0 - politics.intensity[0]
            if politics.intensity[0] == 0.0 and politics.over[0]:
                quiet += hours - hour - 1
                break
        found[replication, 0], found[replication, 1] = politics.over_h[0], politics.truces[0]
        found[replication, 2], found[replication, 3] = politics.broken[0], politics.truce[0]
        found[replication, 4] = quiet


def numbers_with(**given):
    """Return a row of numbers; names without their beginning."""
    row = np.zeros(len(NUMBERS))
    for name, value in given.items():
        row[number(f"diplomacy.{name}")] = value
    return row


def room(places=3):
    war, sites = new_war(1, places, 1), records(places, SITE)
    return sites, war.control, war.politics


def played(rules, hours, replications, numbers, lost=NOTHING_LOST, truces=(), days=(-1.0, -1.0, -1.0)):
    """Play many wars; return columns of what was found, and the state after the last."""
    state, found = room(), np.empty((replications, 5))
    play(
        rules.begin_diplomacy, rules.negotiate, hours, state, np.array(lost), np.array(truces, float),
        np.array(days), numbers, found,
    )  # fmt: skip
    over_h, number_of, broken_ones, truce, quiet = found.T
    return SimpleNamespace(
        over_h=over_h, truces=number_of, broken=broken_ones, truce=truce, quiet=quiet,
        control=state[1], politics=state[2][0],
    )  # fmt: skip


# --- Closed forms on the campaign's own hour ---


def war_of_constant_hazard(rules):
    """Rate 0.1 an hour, n = 200,000: mean length 10 h, and a share of exp(-1) is longer than that."""
    war = played(rules, 300, 200_000, numbers_with(acceptance_rate=0.1), FIRST_HAS_LOST_ALL)
    assert np.isfinite(war.over_h).all()
    mean_meets(war.over_h, 10.0, 10.0)
    share_meets(war.over_h > 10.0, math.exp(-1.0))


def hazards_of_both_sides_add(rules):
    """Both have lost all, each at 0.1 x 2 an hour: mean 2.5 h, n = 200,000."""
    numbers = numbers_with(acceptance_rate=0.1, value_effect=math.log(2.0))
    both_lost = ((1.0, 1.0), (0.0, 0.0), (1.0, 1.0))
    war = played(rules, 100, 200_000, numbers, both_lost)
    mean_meets(war.over_h, 2.5, 2.5)


def end_and_breaking_compete(rules):
    """A truce from the start breaks at 0.3 an hour, the war ends at 0.1: it ends unbroken in 1 of 4; n = 400,000."""
    numbers = numbers_with(acceptance_rate=0.1, break_rate=0.3)
    war = played(rules, 300, 400_000, numbers, FIRST_HAS_LOST_ALL, truces=[0.0])
    assert (war.truces == 1.0).all()
    share_meets(war.broken == 0.0, 0.25)
    mean_meets(war.over_h, 10.0, 10.0)


def truce_of_constant_hazard(rules):
    """A truce at hour 5.25 that breaks at 0.5 an hour: mean 2 h, no fighting in it; n = 200,000."""
    war = played(rules, 60, 200_000, numbers_with(break_rate=0.5), truces=[5.25])
    assert (war.broken == 1.0).all()
    mean_meets(war.quiet, 2.0, 2.0)
    share_meets(war.quiet > 2.0, math.exp(-1.0))


def truces_come_and_go(rules):
    """Agreed at 0.05 an hour, broken at 0.2: after 10 h one holds with 0.2 (1 - exp(-2.5)); n = 600,000."""
    numbers = numbers_with(truce_rate=0.05, break_rate=0.2)
    war = played(rules, 10, 600_000, numbers)
    share_meets(war.truce == 1.0, 0.2 * (1.0 - math.exp(-2.5)))
    held_h = 0.2 * (10.0 - (1.0 - math.exp(-2.5)) / 0.25)
    meets(war.quiet.mean(), held_h, war.quiet.std() / math.sqrt(600_000))


CLOSED_FORMS = [
    war_of_constant_hazard,
    hazards_of_both_sides_add,
    end_and_breaking_compete,
    truce_of_constant_hazard,
    truces_come_and_go,
]
BREAKS = [
    (war_of_constant_hazard, ("now.hazard += rate", "now.hazard += 0.9 * rate")),
    (hazards_of_both_sides_add, ("now.accepts[0] + now.accepts[1]", "max(now.accepts[0], now.accepts[1])")),
    (end_and_breaking_compete, ("now.broken += 1", "now.broken += 0")),
    (truce_of_constant_hazard, ("held += min(change_h, until) - moment", "held += until - moment")),
    (truces_come_and_go, ("moment_of_event(last, numbers[_TRUCE]", "moment_of_event(0.0, numbers[_TRUCE]")),
]


@pytest.mark.parametrize("law", CLOSED_FORMS, ids=lambda law: law.__name__)
def test_closed_form(law) -> None:
    law(campaign_diplomacy)


@pytest.mark.parametrize(("law", "change"), BREAKS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_broken_rule_misses_its_closed_form(law, change) -> None:
    with pytest.raises(AssertionError):
        law(broken(campaign_diplomacy, *change))


# --- What a truce does ---


def test_a_truce_that_holds_leaves_its_share_of_the_fighting() -> None:
    state, numbers = room(), numbers_with(truce_intensity=0.2)
    campaign_diplomacy.begin_diplomacy(SEED, 0, numbers, state[1], state[2])
    seen = []
    for hour in range(9):
        campaign_diplomacy.negotiate(SEED, 0, hour, *state, np.array([5.25]), np.full(3, -1.0), numbers)
        seen.append(float(state[2].intensity[0]))
    assert seen == pytest.approx([1.0] * 5 + [0.25 + 0.75 * 0.2] + [0.2] * 3)
    assert state[2].truce[0]
    assert state[2].truce_h[0] == 5.25


def test_without_truce_and_acceptance_all_is_fighting() -> None:
    war = played(campaign_diplomacy, 1_056, 3, numbers_with())
    assert (war.quiet == 0.0).all()
    assert np.isinf(war.over_h).all()


def test_no_truce_is_agreed_before_the_last_given_one() -> None:
    war = played(campaign_diplomacy, 50, 500, numbers_with(truce_rate=60.0, break_rate=0.5), truces=[90.0])
    assert (war.truces == 0.0).all()


def test_given_truces_may_stand_in_any_order_and_during_another_add_none() -> None:
    numbers = numbers_with(break_rate=0.5)
    ordered = played(campaign_diplomacy, 60, 200, numbers, truces=[5.0, 20.0, 40.0])
    mixed = played(campaign_diplomacy, 60, 200, numbers, truces=[40.0, 5.0, 20.0])
    assert (ordered.quiet == mixed.quiet).all()
    held = played(campaign_diplomacy, 60, 200, numbers_with(), truces=[5.0, 20.0])
    assert (held.truces == 1.0).all()
    assert (held.quiet == 55.0).all()


def test_the_luck_of_the_end_does_not_depend_on_truces() -> None:
    numbers = numbers_with(acceptance_rate=0.02, break_rate=0.5, truce_rate=0.1)
    with_truce = played(campaign_diplomacy, 200, 500, numbers, FIRST_HAS_LOST_ALL, truces=[3.0])
    without = played(campaign_diplomacy, 200, 500, numbers, FIRST_HAS_LOST_ALL)
    assert (with_truce.over_h == without.over_h).all()


# --- The end and its terms ---


def test_nothing_happens_after_the_end() -> None:
    numbers = numbers_with(acceptance_rate=5.0, truce_rate=5.0)
    war = played(campaign_diplomacy, 40, 1, numbers, FIRST_HAS_LOST_ALL, truces=[30.0])
    assert war.politics.over
    assert not war.politics.truce
    assert war.politics.intensity == 0.0
    assert war.quiet[0] >= 40.0 - war.over_h[0] - 1e-9


def test_terms_hand_over_what_has_not_changed_hands() -> None:
    state = room(4)
    state[0].holder[:] = [0, 0, 1, 1]
    numbers = numbers_with(acceptance_rate=9.0)
    campaign_diplomacy.begin_diplomacy(SEED, 0, numbers, state[1], state[2])
    state[1].holder[:] = [0, 1, 1, 1]
    state[2].lost_value[0, 0] = 1.0
    for hour in range(30):
        campaign_diplomacy.negotiate(
            SEED, 0, hour, *state, np.empty(0), np.array([10.0, 10.0, -1.0, 0.0]), numbers
        )
    end = float(state[2].over_h[0])
    assert np.isfinite(end)
    assert state[1].handed_h.tolist() == [end + 240.0, NEVER, NEVER, end]


def test_to_exchange_the_sides_exchanges_who_accepts() -> None:
    numbers = numbers_with(
        acceptance_rate=0.003, value_effect=2.0, loss_effect=3.0, supply_effect=1.0, pressure_growth=0.01,
        pressure_effect=1.0,
    )  # fmt: skip
    lost = np.array([[0.6, 0.1], [0.2, 0.05], [0.3, 0.9]])
    one = played(campaign_diplomacy, 300, 300, numbers, lost)
    other = played(campaign_diplomacy, 300, 300, numbers, lost[:, ::-1].copy())
    assert (one.over_h == other.over_h).all()
    assert one.politics.accepts.tolist() == other.politics.accepts[::-1].tolist()
    assert one.politics.accepts[0] > one.politics.accepts[1]


def test_an_embargo_withholds_what_checks_keep_away() -> None:
    numbers = numbers_with(transparency=0.25)
    numbers[number("diplomacy.{side}.embargo") + 1] = 0.8
    state = room()
    campaign_diplomacy.begin_diplomacy(SEED, 0, numbers, state[1], state[2])
    assert state[2].embargo[0].tolist() == pytest.approx([0.0, 0.2])


# --- Rules ---


def worked_values(rules):
    assert rules.pressure_after(10.0, 0.1) == pytest.approx(1.0 - math.exp(-1.0))
    will = rules.will_to_accept_per_h(0.01, 0.5, 2.0, 0.1, 10.0, 0.25, 2.0, 1.0, -0.5)
    assert will == pytest.approx(0.01 * math.exp(1.0 + 1.0 + 1.5 - 0.5))
    assert rules.readiness_to_stop(0.5, 0.2, 0.5, 0.25) == pytest.approx(1.0 - 0.5 * 0.8 * 0.5 * 0.75)
    assert rules.readiness_under_ultimatum(0.5, 0.2) == pytest.approx(0.6)
    assert rules.moment_of_event(3.0, 0.5, 2.0) == 7.0
    assert rules.moment_of_event(3.0, 0.0, 2.0) == NEVER
    assert rules.moment_of_end(7.0, 1.0, 1.25, 0.5) == 7.5
    assert rules.moment_of_end(7.0, 1.0, 1.51, 0.5) == NEVER
    assert rules.intensity_of_fighting(0.5, 0.25, 0.2) == pytest.approx(0.35)
    assert rules.handed_over_h(100.0, 5.0) == 220.0
    assert rules.withheld_share(0.8, 0.5) == pytest.approx(0.4)


def test_worked_values() -> None:
    worked_values(diplomacy)


@pytest.mark.parametrize(
    "change",
    [
        ("supply_effect * (1.0 - supply_share)", "supply_effect * supply_share"),
        ("- (1.0 - aims_reached) * (1.0 - soldiers_lost)", "- (1.0 - aims_reached) * soldiers_lost"),
        ("(1.0 - readiness) * (1.0 - ultimatum)", "(1.0 - readiness) * ultimatum"),
        ("from_h + unit_exponential / rate_per_h", "from_h + unit_exponential * rate_per_h"),
        ("max(0.0, threshold - hazard) / rate_per_h", "max(0.0, threshold - hazard)"),
        ("truce_share * truce_intensity", "truce_intensity"),
        ("return embargo * transparency", "return embargo"),
        ("return -math.expm1(-growth_per_h", "return math.expm1(growth_per_h"),
    ],
)
def test_a_broken_rule_misses_its_worked_value(change) -> None:
    with pytest.raises(AssertionError):
        worked_values(broken(diplomacy, *change))


@given(SHARES, SHARES, SHARES, SHARES, SHARES)
def test_each_reason_makes_a_side_readier_to_stop(aims, lost, supply, pressure, more) -> None:
    ready = readiness_to_stop(aims, lost, supply, pressure)
    assert -1e-12 <= ready <= 1.0
    further = [
        readiness_to_stop(max(aims, more), lost, supply, pressure),
        readiness_to_stop(aims, max(lost, more), supply, pressure),
        readiness_to_stop(aims, lost, min(supply, more), pressure),
        readiness_to_stop(aims, lost, supply, max(pressure, more)),
    ]
    assert min(further) >= ready - 1e-12
    assert readiness_to_stop(0.0, 0.0, 1.0, 0.0) == 0.0


@given(SHARES, EFFECTS, SHARES, EFFECTS, SHARES, EFFECTS, SHARES, EFFECTS, SHARES)
def test_losses_want_and_pressure_never_harden_a_side(v, a, s, b, q, c, p, d, more) -> None:
    will = will_to_accept_per_h(0.01, v, a, s, b, q, c, p, d)
    assert will >= 0.01
    assert will_to_accept_per_h(0.01, max(v, more), a, s, b, q, c, p, d) >= will
    assert will_to_accept_per_h(0.01, v, a, max(s, more), b, q, c, p, d) >= will
    assert will_to_accept_per_h(0.01, v, a, s, b, min(q, more), c, p, d) >= will
    assert will_to_accept_per_h(0.01, v, a, s, b, q, c, max(p, more), d) >= will
    assert will_to_accept_per_h(0.01, v, 0.0, s, 0.0, q, 0.0, p, 0.0) == 0.01


@given(st.floats(0.0, 2_000.0), st.floats(0.0, 2_000.0), st.floats(0.0, 1.0))
def test_pressure_grows_towards_its_full(hours, later, growth) -> None:
    first, second = sorted((hours, later))
    assert 0.0 <= pressure_after(first, growth) <= pressure_after(second, growth) <= 1.0
    assert pressure_after(hours, 0.0) == 0.0


@given(SHARES, SHARES, SHARES)
def test_an_hour_s_fighting_is_a_share(truce, over, intensity) -> None:
    truce *= 1.0 - over
    assert 0.0 <= intensity_of_fighting(truce, over, intensity) <= 1.0 + 1e-12
    assert intensity_of_fighting(truce, over, 1.0) == pytest.approx(1.0 - over)


@given(SHARES, SHARES)
def test_no_embargo_or_no_check_withholds_nothing(embargo, transparency) -> None:
    assert 0.0 <= withheld_share(embargo, transparency) <= embargo
    assert withheld_share(embargo, 0.0) == withheld_share(0.0, transparency) == 0.0


def test_where_terms_name_no_day_nothing_is_handed_over() -> None:
    assert handed_over_h(1_000.0, -1.0) == NEVER
    assert handed_over_h(1_000.0, 0.0) == 1_000.0
    assert moment_of_event(1.0, 2.0, 0.0) == 1.0
    assert moment_of_end(4.0, 2.0, 1.0, 0.5) == 4.0
