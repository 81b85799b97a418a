"""A war of six days whose numbers a test chooses, stored as a run, and the report of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from numpy.typing import NDArray

import staffride as sr
from campaign_scenarios import load_ground
from fake_campaign import fake_campaign
from staffride.model.campaign_ground_tally import ground_series_names, ground_total_names
from staffride.model.campaign_tally import series_names, total_names
from staffride.present.campaign import build_campaign_bundle, render_campaign
from staffride.scenario import Scenario

DAYS, EVERY_H, REPLICATIONS = 6, 6, 40
HOURS, STEPS = 24 * DAYS, 24 * DAYS // EVERY_H
SIDES = ("az", "arm")

Columns = dict[str, NDArray[np.float64]]

SETTINGS = {
    "end: 2020-06-02T00:00+00:00": "end: 2020-06-07T00:00+00:00",
    "kind: campaign": "kind: campaign\nrecord_every_h: 6",
}
OBSERVATIONS = """\
id,series,time,time_uncertainty_h,duration_h,value,low,high,fact,role,known_from,note
dead,deaths.arm,2020-06-07T00:00Z,0,,400,,,losses_2020.L026,held_out,2024-01-01T00:00Z,All of them.
claim,deaths.az,2020-06-05T00:00Z,24,,90000,,,losses_2020.L060,record,2024-01-01T00:00Z,A claim of the opponent.
day,deaths_daily.arm,2020-06-03T00:00Z,0,24,40,,,losses_2020.L033,held_out,2024-01-01T00:00Z,
killed,civilian_deaths.az,2020-06-04T00:00Z,12,,5,,,losses_2020.L063,held_out,2024-01-01T00:00Z,
fled,displaced.arm,2020-06-07T00:00Z,0,,,900,1100,losses_2020.L064,held_out,2024-01-01T00:00Z,
taken,changed.ridge,2020-06-03T12:00Z,12,,1,,,capture_2020.C01,held_out,2024-01-01T00:00Z,
said,changed.ridge,2020-06-02T12:00Z,12,,1,,,capture_2020.C03.announced,record,2024-01-01T00:00Z,A party's.
kept,changed.depot,2020-06-07T00:00Z,0,,0,,,capture_2020.C02,held_out,2024-01-01T00:00Z,
tanks,captured_vehicles.armour.arm,2020-06-07T00:00Z,0,,7,,,losses_2020.L217,record,2024-01-01T00:00Z,
drones,drone_share.arm,2020-06-07T00:00Z,0,,,0,0.9,losses_2020.L226,held_out,2024-01-01T00:00Z,A bound.
truces,truces,2020-06-07T00:00Z,0,,2,,,outcome_2020.F102,held_out,2024-01-01T00:00Z,
end,over,2020-06-07T00:00Z,0,,1,,,outcome_2020.F101,record,2024-01-01T00:00Z,
"""


def scenario(replay: bool = False) -> Scenario:
    """Return the invented front over six days, with figures of the record on it."""
    settings = (
        {**SETTINGS, "kind: campaign": "kind: campaign\nreplay: true\nrecord_every_h: 6"}
        if replay
        else SETTINGS
    )
    return load_ground(Path(mkdtemp()) / "front", settings=settings, observations=OBSERVATIONS)


def numbers(variants: tuple[str, ...]) -> tuple[Columns, Columns]:
    """Return series and totals: replication r loses r or 2 r persons a step, and the ridge falls in three of four.

    It falls in hour 30 + r. In every eighth replication it is taken back in hour 100. The ford changes three times in
    replication 0.
    """
    runs, steps = np.arange(REPLICATIONS, dtype=float)[:, np.newaxis], np.arange(1.0, STEPS + 1)
    series = {
        name: np.zeros((REPLICATIONS, STEPS)) for name in (*series_names(SIDES), *ground_series_names(SIDES))
    }
    series |= {"deaths.arm": runs * steps, "deaths.az": 2 * runs * steps, "present.az": 9000 - runs * steps}
    series |= {"civilian_deaths.az": 0.1 * runs * steps, "displaced.arm": np.floor(2 * runs * steps)}
    series |= {
        "over": (steps * EVERY_H >= 100) * (runs < 10),
        "cohesion.az": 0.9 - 0.01 * runs * steps / STEPS,
    }
    series["lost.armour.arm"] = np.floor(runs * steps / STEPS)
    totals = {name: series[name][:, -1] for name in series}
    totals |= {name: np.zeros(REPLICATIONS) for name in total_names(SIDES) if name not in totals}
    places = [place.id for place in scenario().places]
    totals |= {
        name: np.zeros(REPLICATIONS) for name in ground_total_names(SIDES, places) if name not in totals
    }
    totals |= _fates(places)
    totals["end_h"] = np.where(runs[:, 0] < 10, 100.0, np.nan)
    totals["truces"] = runs[:, 0] % 3
    totals["captured_vehicles.armour.arm"] = runs[:, 0] // 4
    totals["lost.armour.arm.by.armed_drone"] = np.floor(totals["lost.armour.arm"] / 2)
    totals["lost.armour.arm.by.ground"] = totals["lost.armour.arm"] - totals["lost.armour.arm.by.armed_drone"]
    return _area(series, totals), _with_variants(totals, variants)


def _fates(places: list[str]) -> Columns:
    """Return when which places change hands in which replication."""
    run = np.arange(REPLICATIONS)
    none = np.full(REPLICATIONS, np.nan)
    found = {f"{name}.{place}": none for place in places for name in ("changed", "last_changed")}
    falls = run % 4 != 0
    back = falls & (run % 8 == 1)
    found["changed.ridge"] = np.where(falls, 30.0 + run, np.nan)
    found["last_changed.ridge"] = np.where(back, 100.0, found["changed.ridge"])
    found["changes.ridge"] = falls.astype(float) + back
    found["changed.ford"], found["last_changed.ford"] = (
        np.where(run == 0, hour, np.nan) for hour in (10.0, 90.0)
    )
    found["changes.ford"] = np.where(run == 0, 3.0, 0.0)
    return found


def _area(series: Columns, totals: Columns) -> Columns:
    """Return the series with the share of the area that each side holds, here simply the ridge's fate."""
    hours = EVERY_H * np.arange(1.0, STEPS + 1)
    first, last = (np.nan_to_num(totals[f"{name}.ridge"], nan=np.inf) for name in ("changed", "last_changed"))
    again = totals["changes.ridge"] == 2
    gone = (hours >= first[:, np.newaxis]) & ~(again[:, np.newaxis] & (hours >= last[:, np.newaxis]))
    return {**series, "held_share.az": 0.4 + 0.2 * gone, "held_share.arm": 0.6 - 0.2 * gone}


def _with_variants(totals: Columns, variants: tuple[str, ...]) -> Columns:
    """Return the totals of the baseline, and of variants in which half as many soldiers of one side die."""
    found = dict(totals)
    for name in variants:
        found |= {f"{key}@{name}": values for key, values in totals.items()}
        found[f"deaths.arm@{name}"] = totals["deaths.arm"] / 2
        found[f"changed.ridge@{name}"] = np.full(REPLICATIONS, np.nan)
    return found


@cache
def run() -> sr.Run:
    """Return the stored run; it is made once."""
    variants = tuple(one.id for one in scenario().variants)
    return fake_campaign(
        Path(mkdtemp()) / "run", *numbers(variants), hours=HOURS, every_h=EVERY_H, variants=variants
    )


@cache
def bundle() -> Mapping[str, object]:
    """Return the bundle of the run's report; it is made once, so change a copy."""
    return build_campaign_bundle(run(), scenario())


@cache
def page() -> str:
    """Return the report."""
    return render_campaign(bundle())
