"""The tables of a scenario of kind ``region`` and their columns."""

from __future__ import annotations

from collections.abc import Mapping

REGION = "region"
"""The kind, as ``scenario.yaml`` names it."""

TOTAL = "total"
"""The name under which the count of all stands among the reports; no place can have it."""

ATTRIBUTE = "attribute."
"""How a column of places.csv begins that holds an attribute of its own."""

TABLES: Mapping[str, tuple[str, ...]] = {
    "places": (
        "name",
        "region",
        "country",
        "latitude",
        "longitude",
        "kind",
        "population",
        "capacity",
        "conflict_from",
    ),
    "links": (
        "first",
        "second",
        "length_km",
        "forced_redirection",
        "speed_km_per_day",
        "walking_share",
        "persons_per_hour",
    ),
    "conflict": ("place", "first_day", "last_day", "intensity"),
    "flood": ("place", "first_day", "last_day", "level"),
    "food_crisis": ("place", "first_day", "last_day", "per_cent"),
    "closures": ("kind", "first", "second", "first_day", "opens_on_day"),
    "kind_changes": ("place", "kind", "day"),
    "reports": ("destination", "date", "count", "source"),
    "corrections": ("destination", "date"),
    "demographics": ("attribute", "value", "place", "weight"),
}
"""Each table's columns; the first two tables are needed, the others may be missing."""

NEEDED_TABLES = ("places", "links")
NEEDED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "places": ("name", "country", "kind"),
    "links": ("first", "second", "length_km"),
    "closures": ("kind", "first"),
    "reports": ("destination", "date", "count"),
}
"""Columns without which a table says nothing; of a table that is not named here, all."""

HIGHEST: Mapping[str, float] = {"conflict": 1.0, "flood": float("inf"), "food_crisis": 100.0}
"""The largest figure of each table of days."""

SETTINGS_KEYS = ("kind", "name", "title", "period", "home", "sources", "settings")
