"""What the bands of a run of a region show, in words: chance alone, or also how far the rule may be from the counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from staffride.present import words

OPTION = "--set appeal_spread=fitted"
ENOUGH = 100
"""Replications from which a 90 % band holds nearly what it says: of fewer courses the outermost are too seldom seen."""
SLACK = 0.05
"""How much less than it says a band may hold before it is said that counts lie outside too often."""


def bands_told(run: Mapping[str, Any]) -> str:
    """Return what the bands of a run show, and how often bands of their kind held the counts of cases left out."""
    if run["mode"] == "flee":
        return "Bands show chance alone, under Flee's rules; they do not show how far these may be from the counts."
    spread, fitted = run.get("appeal_spread", 0.0), run.get("fitted_spread")
    if not spread:
        return " ".join(
            ["Bands show chance alone, not how far the rule may be from the counts.", *_alone(fitted)]
        )
    said = [
        f"Bands show chance, and with a spread of {spread:g} what the rule does not know of each destination."
    ]
    if fitted and spread == fitted["value"]:
        said += _held(fitted)
    else:
        said.append("This spread was given; how often such bands hold the counts was not measured.")
    if run["replications"] < ENOUGH:
        said.append(f"Bands of fewer than {ENOUGH} replications are too narrow.")
    return " ".join(said)


def bands_in_short(run: Mapping[str, Any]) -> str:
    """Return the same in a few words, for a key."""
    return "chance and what the rule does not know" if run.get("appeal_spread") else "chance alone"


def _alone(fitted: Mapping[str, Any] | None) -> list[str]:
    if not fitted:
        return []
    held, wider = words.percent(fitted["chance_alone"]), words.percent(fitted["held_90"])
    return [
        f"On {fitted['cases']} cases, each left out of the fit, 90{words.THIN}% bands of this kind held {held} of "
        f"destination-days; with {OPTION} they held {wider}."
    ]


def _held(fitted: Mapping[str, Any]) -> list[str]:
    held = words.percent(fitted["held_90"])
    said = [
        f"On {fitted['cases']} cases, each left out of the fit, 90{words.THIN}% bands of this kind held {held} of "
        "destination-days, totals being given."
    ]
    if fitted["held_90"] < 0.9 - SLACK:
        said.append("So counts lie outside more often than a band says.")
    return said
