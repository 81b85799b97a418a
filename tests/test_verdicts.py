"""Verdicts: a claim's number is moved across each threshold, and the verdict changes there and nowhere else."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.evidence import ledger
from staffride.evidence.claim_tests import ClaimTest, Quantity
from staffride.lab.claimed import ABOVE_NOUGHT, BELOW_NOUGHT, DOES_NOT_HAPPEN, HAPPENS, Claimed, claimed_of
from staffride.lab.verdicts import (
    FEWEST,
    Band,
    Under,
    Verdict,
    band_of,
    band_of_mean,
    decide,
    read_band,
    together,
    with_discrepancy,
)

NUMBERS = np.arange(1.0, 1001.0)
"""Their central 90 % is 50 to 950, their central 99 % is 5 to 995."""

START = datetime(2020, 9, 27, tzinfo=UTC)
PLAIN = Quantity(id="plain", discrepancy="none", reason="A test.")


def under(claimed: Claimed, draws: np.ndarray = NUMBERS, structure: str = "the model") -> Under:
    band = band_of(np.asarray(draws, float), claimed)
    return Under(structure, band, read_band(band, claimed))


def verdict(claimed: Claimed, *others: np.ndarray) -> Verdict:
    """Return the verdict on the numbers 1 to 1,000, with other structures beside it."""
    alternatives = [under(claimed, draws, f"other {i}") for i, draws in enumerate(others)]
    return decide(claimed, under(claimed), alternatives)[0]


def point(number: float) -> Claimed:
    return Claimed(number, number)


# --- one interval ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (950, "consistent"),
        (951, "in tension"),
        (995, "in tension"),
        (996, "contradicted"),
        (50, "consistent"),
        (49, "in tension"),
        (5, "in tension"),
        (4, "contradicted"),
    ],
)
def test_a_number_crosses_each_threshold(number: float, expected: Verdict) -> None:
    assert verdict(point(number)) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (950, 2000, "consistent"),
        (951, 2000, "in tension"),
        (996, 2000, "contradicted"),
        (-9, 50, "consistent"),
        (-9, 49, "in tension"),
        (-9, 4, "contradicted"),
        (-9, 2000, "consistent"),
    ],
)
def test_an_interval_counts_by_its_nearer_end(low: float, high: float, expected: Verdict) -> None:
    assert verdict(Claimed(low, high)) == expected


# --- inequalities ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (Claimed(high=950), "consistent"),
        (Claimed(high=949), "undecided"),
        (Claimed(high=50), "undecided"),
        (Claimed(high=49), "in tension"),
        (Claimed(high=5), "in tension"),
        (Claimed(high=4), "contradicted"),
        (Claimed(high=50, has_high=False), "in tension"),
        (Claimed(high=5, has_high=False), "contradicted"),
        (Claimed(low=50), "consistent"),
        (Claimed(low=50, has_low=False), "undecided"),
        (Claimed(low=950, has_low=True), "undecided"),
        (Claimed(low=950, has_low=False), "in tension"),
        (Claimed(low=995), "in tension"),
        (Claimed(low=995, has_low=False), "contradicted"),
    ],
)
def test_an_inequality_crosses_each_threshold(claimed: Claimed, expected: Verdict) -> None:
    assert verdict(claimed) == expected


@pytest.mark.parametrize(
    ("of_thousand", "happens", "does_not"),
    [
        (1000, "consistent", "contradicted"),
        (996, "consistent", "contradicted"),
        (995, "consistent", "in tension"),
        (950, "undecided", "undecided"),
        (500, "undecided", "undecided"),
        (50, "in tension", "consistent"),
        (5, "contradicted", "consistent"),
        (0, "contradicted", "consistent"),
    ],
)
def test_an_event_counts_by_its_probability(of_thousand: int, happens: Verdict, does_not: Verdict) -> None:
    truths = np.arange(1000) < of_thousand
    assert decide(HAPPENS, under(HAPPENS, truths))[0] == happens
    assert decide(DOES_NOT_HAPPEN, under(DOES_NOT_HAPPEN, truths))[0] == does_not


# --- alternatives ------------------------------------------------------------------------------------------


def test_contradicted_needs_every_alternative() -> None:
    assert verdict(point(2000), NUMBERS, NUMBERS + 500) == "contradicted"
    assert verdict(point(2000), NUMBERS, NUMBERS + 1005) == "undecided"
    assert verdict(point(1495), NUMBERS + 500) == "undecided"
    assert verdict(point(1496), NUMBERS + 500) == "contradicted"


def test_an_alternative_that_contradicts_what_the_model_allows_leaves_it_undecided() -> None:
    assert verdict(point(500), NUMBERS + 495) == "consistent"
    assert verdict(point(500), NUMBERS + 496) == "undecided"
    assert verdict(point(960), NUMBERS + 955) == "in tension"
    assert verdict(point(960), NUMBERS + 956) == "undecided"


def test_structures_that_miss_on_different_sides_disagree() -> None:
    assert verdict(point(2000), NUMBERS + 5000) == "undecided"


def test_an_inequality_is_undecided_where_an_alternative_holds_the_opposite() -> None:
    up_to = Claimed(high=960)
    assert verdict(up_to, NUMBERS + 10) == "consistent"
    assert verdict(up_to, NUMBERS + 11) == "undecided"
    assert verdict(Claimed(high=4), NUMBERS + 1) == "contradicted"
    assert verdict(Claimed(high=4), NUMBERS - 1) == "in tension"
    assert verdict(Claimed(high=4), NUMBERS - 46) == "undecided"


def test_the_sentence_names_the_alternatives_that_disagree() -> None:
    claimed = point(500)
    alternatives = [under(claimed, NUMBERS, "square-law"), under(claimed, NUMBERS + 900, "linear-law")]
    says = decide(claimed, under(claimed), alternatives)[1]
    assert "linear-law" in says
    assert "square-law" not in says


@given(st.floats(-2000, 3000), st.lists(st.floats(-1500, 1500), max_size=4))
def test_more_alternatives_never_make_a_verdict_firmer(number: float, shifts: list[float]) -> None:
    alone = verdict(point(number))
    assert verdict(point(number), *(NUMBERS + shift for shift in shifts)) in (alone, "undecided")


# --- signs -------------------------------------------------------------------------------------------------


def sign(differences: np.ndarray, claimed: Claimed = ABOVE_NOUGHT) -> Verdict:
    band = band_of_mean(differences, claimed)
    return decide(claimed, Under("the model", band, read_band(band, claimed, is_sign=True)))[0]


def test_the_band_of_a_mean_is_that_of_student() -> None:
    band = band_of_mean(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), ABOVE_NOUGHT)
    error = math.sqrt(2.5 / 5)
    assert band.middle == 3.0
    assert band.high_90 == pytest.approx(3 + 2.131847 * error, rel=1e-6)
    assert band.high_99 == pytest.approx(3 + 4.604095 * error, rel=1e-6)


@pytest.mark.parametrize(
    ("errors", "positive", "negative"),
    [
        (2.7, "consistent", "contradicted"),
        (2.5, "consistent", "in tension"),
        (1.7, "consistent", "in tension"),
        (1.6, "undecided", "undecided"),
        (0.0, "undecided", "undecided"),
        (-1.6, "undecided", "undecided"),
        (-1.7, "in tension", "consistent"),
        (-2.7, "contradicted", "consistent"),
    ],
)
def test_a_sign_counts_by_standard_errors(errors: float, positive: Verdict, negative: Verdict) -> None:
    spread = np.tile([-1.0, 1.0], 200)
    shifted = spread + errors * spread.std(ddof=1) / math.sqrt(400)
    assert sign(shifted) == positive
    assert sign(shifted, BELOW_NOUGHT) == negative


def test_a_policy_that_changes_nothing_leaves_a_sign_undecided() -> None:
    band = band_of_mean(np.zeros(100), ABOVE_NOUGHT)
    found, says = decide(ABOVE_NOUGHT, Under("m", band, read_band(band, ABOVE_NOUGHT, is_sign=True)))
    assert found == "undecided"
    assert "no rule" in says


# --- missing values and few replications -------------------------------------------------------------------


def test_missing_values_are_left_out_and_counted() -> None:
    band = band_of(np.append(NUMBERS, [math.nan] * 7), point(1))
    assert (band.low_90, band.high_90, band.n, band.missing) == (50, 950, 1000, 7)


def test_a_date_that_never_came_is_later_than_any() -> None:
    draws = np.append(np.arange(1.0, 96.0), [math.nan] * 5)
    late = band_of(draws, Claimed(high=40), missing_is_later=True)
    assert (late.high_90, late.high_99, late.n, late.missing) == (95, math.inf, 100, 5)
    assert Claimed(low=90).holds(math.inf, math.inf)
    assert not Claimed(high=90).meets(math.inf, math.inf)


def test_too_few_replications_give_no_verdict() -> None:
    few, enough = (under(point(1), np.ones(count)) for count in (FEWEST - 1, FEWEST))
    assert decide(point(1), few)[0] == "undecided"
    assert decide(point(1), enough)[0] == "consistent"
    assert decide(point(1), under(point(1), np.array([])))[0] == "undecided"


# --- discrepancy -------------------------------------------------------------------------------------------


def test_the_discrepancy_has_its_size_and_keeps_limits() -> None:
    times = Quantity(id="a", discrepancy="multiplicative", size=0.2, low=0, reason="A test.")
    plus = Quantity(id="b", discrepancy="additive", size=0.05, unit="1", low=0, high=1, reason="A test.")
    found = with_discrepancy(np.full(20_000, 50.0), times, "x", 1)
    assert np.log(found / 50).std() == pytest.approx(0.2, rel=0.02)
    assert np.median(found) == pytest.approx(50, rel=0.01)
    shares = with_discrepancy(np.full(20_000, 0.5), plus, "x", 1)
    assert shares.std() == pytest.approx(0.05, rel=0.02)
    edge = with_discrepancy(np.ones(1000), plus, "x", 1)
    assert edge.max() == 1.0
    assert np.array_equal(with_discrepancy(NUMBERS, PLAIN, "x", 1), NUMBERS)


def test_the_discrepancy_is_keyed_by_seed_claim_and_replication() -> None:
    one = Quantity(id="a", discrepancy="additive", size=1, unit="day", reason="A test.")
    drawn = with_discrepancy(np.zeros(50), one, "claim.Q001", 1)
    assert np.array_equal(with_discrepancy(np.zeros(90), one, "claim.Q001", 1)[:50], drawn)
    assert not np.array_equal(with_discrepancy(np.zeros(50), one, "claim.Q002", 1), drawn)
    assert not np.array_equal(with_discrepancy(np.zeros(50), one, "claim.Q001", 2), drawn)


def test_a_missing_value_stays_missing() -> None:
    one = Quantity(id="a", discrepancy="additive", size=1, unit="day", low=0, reason="A test.")
    assert np.isnan(with_discrepancy(np.array([math.nan]), one, "x", 1)).all()


# --- what a claim claims -----------------------------------------------------------------------------------

SHARE = Quantity(id="share", discrepancy="additive", size=0.05, unit="1", low=0, high=1, reason="A test.")


def claimed(**says: object) -> Claimed:
    """Return what a test with these ends claims; its claim says 0 to 0.3."""
    content = {
        "id": "claim.Q021",
        "scenario": "s",
        "observable": "1",
        "quantity": "share",
        "reason": "A test.",
    }
    test = ClaimTest.model_validate(content | says)
    return claimed_of(test, ledger().claims["claim.Q021"], SHARE, START)


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({}, Claimed(high=0.3)),
        ({"high": 0.4}, Claimed(high=0.4)),
        ({"low": 0.4, "high": 1}, Claimed(low=0.4)),
        ({"low": 0.4, "high": 0.5}, Claimed(0.4, 0.5)),
        ({"low": 0, "high": 0}, Claimed(0, 0)),
        ({"more_than": 0.4}, Claimed(low=0.4, has_low=False)),
        ({"less_than": 0.4}, Claimed(high=0.4, has_high=False)),
        ({"sign": "positive"}, ABOVE_NOUGHT),
        ({"sign": "negative"}, BELOW_NOUGHT),
        ({"happens": True}, HAPPENS),
        ({"happens": False}, DOES_NOT_HAPPEN),
        ({"low": date(2020, 10, 4), "high": date(2020, 10, 4)}, Claimed(7, 8)),
        ({"high": date(2020, 10, 4)}, Claimed(high=8)),
        ({"more_than": date(2020, 10, 4)}, Claimed(low=8, has_low=False)),
        ({"less_than": date(2020, 10, 4)}, Claimed(high=7, has_high=False)),
    ],
)
def test_the_ends_of_a_claim(says: dict[str, object], expected: Claimed) -> None:
    assert claimed(**says) == expected


@given(st.floats(-5, 5), st.floats(-5, 5), st.booleans())
def test_a_band_that_is_held_is_met(low: float, high: float, closed: bool) -> None:
    low, high = sorted((low, high))
    for one in (Claimed(low=0, has_low=closed), Claimed(high=0, has_high=closed), Claimed(-1, 1)):
        assert not one.holds(low, high) or one.meets(low, high)


# --- several parts -----------------------------------------------------------------------------------------


def test_the_weakest_part_decides_a_claim() -> None:
    assert together(["consistent", "consistent"]) == "consistent"
    assert together(["consistent", "undecided", "in tension"]) == "undecided"
    assert together(["undecided", "contradicted"]) == "contradicted"
    assert together(["not run", "consistent"]) == "not run"


def test_a_band_orders_its_ends() -> None:
    band = band_of(NUMBERS, point(3))
    assert band == Band(5, 50, 500, 950, 995, 1000, 0, 0.001)
