"""Claims in words: numbers with their units, and what leaves a claim undecided."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from staffride.evidence import ledger
from staffride.evidence.claim_tests import ClaimTest
from staffride.lab.claimed import Claimed
from staffride.lab.claims import ClaimFinding, Finding
from staffride.lab.grammar import parse
from staffride.lab.observable_units import unit_of
from staffride.lab.verdicts import Band, Reading, Under
from staffride.present.claim_words import (
    band_in_words,
    caution,
    claimed_in_words,
    short_verdict,
    stands_in_words,
    told_in_words,
)

START = datetime(2020, 9, 27, 6)


def finding(observable: str, quantity: str, claimed: Claimed, reading: Reading = "both", **says) -> Finding:
    test = ClaimTest(
        id="claim.Q054",
        scenario="karabakh-2020",
        observable=observable,
        quantity=quantity,
        reason="r",
        **says,
    )
    band = Band(0.0, 0.25, 0.5, 1.5, 2.0, 100, 0, 0.3)
    return Finding(test, "undecided", "", claimed, Under("", band, reading), (), START)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("deaths.arm", "persons"),
        ("deaths.az + deaths.arm", "persons"),
        ("2 * deaths.arm", "persons"),
        ("deaths.az * deaths.arm", ""),
        ("deaths.az + end_h", ""),
        ("share(deaths.az, deaths.arm)", "1"),
        ("last(held_share.az)", "1"),
        ("date(end_h) - date(changed.hadrut)", "day"),
        ('effect("no-drones", days_held(changed.hadrut)) + 0 * date(changed.hadrut)', "day"),
        ('effect("no-drones", happened(changed.hadrut))', "1"),
        ("happened(changed.hadrut)", ""),
        ('share_lost.armour.arm * parameter("strength.arm.osa")', ""),
        ("delay_hours.mean", "h"),
    ],
)
def test_the_unit_is_that_on_which_the_parts_agree(text: str, unit: str) -> None:
    assert unit_of(parse(text)) == unit


@pytest.mark.parametrize(
    ("observable", "quantity", "claimed", "says", "shown"),
    [
        ("deaths.arm", "persons", Claimed(low=100000.0, has_low=False), {}, "more than 100,000 persons"),
        ("share_lost.armour.arm", "share", Claimed(high=0.3), {}, "up to 30 %"),
        ("share(deaths.az, deaths.arm)", "ratio", Claimed(high=1.0, has_high=False), {}, "less than 1"),
        ("date(end_h)", "hours", Claimed(1.0, 1.0), {}, "24 h"),
        ("date(end_h)", "date", Claimed(1.0, 2.0), {}, "2020-09-28 to 2020-09-29"),
        ("end_h > 3", "event", Claimed(low=0.5), {"happens": False}, "does not happen"),
    ],
)
def test_what_a_claim_says_is_told_with_its_unit(observable, quantity, claimed, says, shown) -> None:
    assert claimed_in_words(finding(observable, quantity, claimed, **says)) == shown


def test_a_band_is_told_in_per_cent_points_or_days() -> None:
    share = finding("share_lost.armour.arm", "share", Claimed(high=0.3))
    assert band_in_words(share, share.model) == "50 % (90 %: 25 to 150)"
    assert band_in_words(share, share.model, whole=True) == "50 % (90 %: 25 to 150; 99 %: 0 to 200)"
    effect = 'effect("no-drones", last(held_share.az))'
    sign = finding(effect, "effect", Claimed(low=0.0, has_low=False), sign="positive")
    assert band_in_words(sign, sign.model) == "mean difference +50 points (90 %: +25 to +150)"
    later = finding("date(end_h)", "date", Claimed(1.0, 1.0))
    never = later.model._replace(band=later.model.band._replace(high_90=float("inf")))
    assert band_in_words(later, never) == "2020-09-27 (90 %: 2020-09-27 to never)"
    hours = finding("date(end_h)", "hours", Claimed(1.0, 1.0))
    assert band_in_words(hours, never) == "12 h (90 %: 6 h to never)"


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        ("both", "the band holds both"),
        ("nothing", "the policy changes nothing"),
        ("too few", "too few have a value"),
        ("inside", "structures disagree"),
    ],
)
def test_an_undecided_claim_says_what_leaves_it_so(reading: Reading, why: str) -> None:
    part = finding("deaths.arm", "persons", Claimed(high=1.0), reading)
    claim = ledger().claims["claim.Q054"]
    assert short_verdict(ClaimFinding(claim, (part,))) == f"undecided: {why}"
    assert short_verdict(ClaimFinding(claim)) == "tested"


def test_how_a_claim_stands_depends_on_whether_it_has_an_opposite() -> None:
    for claimed, shown in ((Claimed(high=1.0), "the opposite"), (Claimed(5.0, 6.0), "the claim lies above")):
        part = finding("deaths.arm", "persons", claimed, "above")
        assert stands_in_words(part, part.model) == shown


def test_too_few_values_say_how_many_replications_would_do() -> None:
    part = finding("happened(end_h)", "event", Claimed(low=0.5), "too few", happens=True)
    few = part.model._replace(band=part.model.band._replace(n=1, missing=19))
    part = dataclasses.replace(part, model=few)
    assert told_in_words(part, few) == "1 of 20 replications with a value"
    assert caution(part) == (
        "about 400 replications would give the 20 values that a verdict needs; "
        "19 replications without a value left out"
    )
    none = few._replace(band=few.band._replace(n=0, missing=20))
    assert band_in_words(part, none) == "none of 20 replications with a value"
    assert caution(dataclasses.replace(part, model=none)) == "20 replications without a value left out"
