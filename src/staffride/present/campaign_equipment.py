"""Vehicles that fell to the other side, and the drones' share of losses, beside the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.lab.campaign_reading import Ensemble
from staffride.model.campaign_codes import CLASSES as ALL_CLASSES
from staffride.present import words
from staffride.present.bundle import described
from staffride.present.campaign_charts import told_table
from staffride.present.campaign_words import CLASSES, share_and_band, side_name, titled
from staffride.present.layout import section, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle
from staffride.results.run import Run
from staffride.scenario.schema import Scenario

Json = dict[str, Any]
Row = Mapping[str, Any]

CAPTURED, DRONE_SHARE = "captured_vehicles.", "drone_share."


def captured_of(run: Run, scenario: Scenario) -> list[Json]:
    """Return by side and class what fell to the other side, where anything did in any run."""
    names = {(side, one): f"{CAPTURED}{one}.{side}" for side in scenario.sides for one in ALL_CLASSES}
    known = frozenset(run.total_names)
    columns = run.totals.read(*(name for name in names.values() if name in known))
    lost = run.totals.read(*(f"lost.{one}.{side}" for side, one in names if names[side, one] in columns))
    return [
        {
            "side": side,
            "class": one,
            "captured": described(columns[name]),
            "lost": described(lost[f"lost.{one}.{side}"]),
        }
        for (side, one), name in names.items()
        if name in columns and columns[name].any()
    ]


def drone_columns(run: Run, scenario: Scenario) -> dict[str, NDArray[np.float64]]:
    """Return (replications,) the drones' share of each side's losses, by the name that the record's figure has."""
    ensemble = Ensemble(run, scenario)
    values = {name: ensemble.values(name) for name in (f"{DRONE_SHARE}{side}" for side in scenario.sides)}
    return {name: np.asarray(one)[:, -1] for name, one in values.items() if one is not None}


def drone_shares_of(run: Run, scenario: Scenario) -> list[Json]:
    """Return for each side the share of its equipment on the ground that drones destroyed; none where no side's is."""
    found = drone_columns(run, scenario)
    return [
        {"side": name.removeprefix(DRONE_SHARE), "share": described(values)}
        for name, values in found.items()
        if any(one.any() for one in found.values())
    ]


def equipment_section(bundle: Bundle) -> Markup | None:
    """Return what was captured and what drones destroyed, or ``None`` where neither happens."""
    ground = bundle["ground"]
    if not ground["captured"] and not ground["drone_shares"]:
        return None
    lede = (
        "A vehicle is captured where its crew leaves it, or where the place behind it falls. What drones strike is "
        "filmed, so the record's share of losses that drones made is an upper bound: a run above it would be a miss, "
        "and one below it says little. Counts of pictured losses are lower bounds."
    )
    rows = [row for row in ground["told"] if row["series"].startswith((CAPTURED, DRONE_SHARE))]
    return section(
        "equipment",
        "Captured vehicles, and the share of drones",
        lede,
        [element("p", _drones(one)) for one in ground["drone_shares"]],
        _captured_table(ground["captured"]),
        element("h3", "Beside the record", class_="spaced") if rows else None,
        told_table(rows, _named, numbered=False),
    )


def _drones(one: Row) -> str:
    share = one["share"]
    band = share_and_band(share["q50"], share["q05"], share["q95"])
    lost = f"Of what the {side_name(one['side'])} lost on the ground, armed drones and loitering munitions destroyed"
    return f"{lost} {band if share['q95'] > 0 else 'next to nothing'}."


def _captured_table(rows: list[Row]) -> Markup | None:
    head = ("Side that lost them", "What", "Captured", "Lost in all")
    body: list[tuple[Child, ...]] = [
        (
            titled(side_name(row["side"])),
            CLASSES.get(row["class"], row["class"]),
            _banded(row["captured"]),
            _banded(row["lost"]),
        )
        for row in rows
    ]
    return table(head, body, numbers=(2, 3)) if body else None


def _banded(level: Row) -> Markup:
    low, high = words.count(level["q05"]), words.count(level["q95"])
    band = low if low == high else f"{low} to {high}"
    return join(words.count(level["q50"]), element("div", f"90{words.THIN}%: {band}", class_="tag"))


def _named(row: Row) -> str:
    measure, *middle, side = row["series"].split(".")
    what = "share of losses made by drones" if measure == "drone_share" else "captured"
    classes = f" {CLASSES.get(middle[0], middle[0])}" if middle else ""
    return f"{titled(what)}{classes}, {side_name(side)}"
