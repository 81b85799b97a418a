"""A folder of text that says what is run: its schema, its loader and its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from staffride.lazy import loader

if TYPE_CHECKING:
    from staffride.scenario.campaign_schema import Order, System, Unit, Variant, Zone
    from staffride.scenario.fields import Location
    from staffride.scenario.figures import FIGURES, FigureSpec
    from staffride.scenario.ground_schema import (
        CityStrike,
        Civilians,
        Formation,
        Goal,
        Supply,
        Term,
        Truce,
        Way,
    )
    from staffride.scenario.loader import Reading, load, read
    from staffride.scenario.locate import shipped_names
    from staffride.scenario.quantity import ParameterSpec, Quantity
    from staffride.scenario.schema import (
        Event,
        Link,
        Observation,
        PeopleRow,
        Period,
        Place,
        Province,
        Scenario,
    )

_HOMES = {
    "CityStrike": "staffride.scenario.ground_schema",
    "Civilians": "staffride.scenario.ground_schema",
    "Event": "staffride.scenario.schema",
    "FIGURES": "staffride.scenario.figures",
    "FigureSpec": "staffride.scenario.figures",
    "Formation": "staffride.scenario.ground_schema",
    "Goal": "staffride.scenario.ground_schema",
    "Link": "staffride.scenario.schema",
    "Location": "staffride.scenario.fields",
    "Observation": "staffride.scenario.schema",
    "Order": "staffride.scenario.campaign_schema",
    "ParameterSpec": "staffride.scenario.quantity",
    "PeopleRow": "staffride.scenario.schema",
    "Period": "staffride.scenario.schema",
    "Place": "staffride.scenario.schema",
    "Province": "staffride.scenario.schema",
    "Quantity": "staffride.scenario.quantity",
    "Reading": "staffride.scenario.loader",
    "Scenario": "staffride.scenario.schema",
    "Supply": "staffride.scenario.ground_schema",
    "System": "staffride.scenario.campaign_schema",
    "Term": "staffride.scenario.ground_schema",
    "Truce": "staffride.scenario.ground_schema",
    "Unit": "staffride.scenario.campaign_schema",
    "Variant": "staffride.scenario.campaign_schema",
    "Way": "staffride.scenario.ground_schema",
    "Zone": "staffride.scenario.campaign_schema",
    "load": "staffride.scenario.loader",
    "read": "staffride.scenario.loader",
    "shipped_names": "staffride.scenario.locate",
}

__all__ = [
    "FIGURES",
    "CityStrike",
    "Civilians",
    "Event",
    "FigureSpec",
    "Formation",
    "Goal",
    "Link",
    "Location",
    "Observation",
    "Order",
    "ParameterSpec",
    "PeopleRow",
    "Period",
    "Place",
    "Province",
    "Quantity",
    "Reading",
    "Scenario",
    "Supply",
    "System",
    "Term",
    "Truce",
    "Unit",
    "Variant",
    "Way",
    "Zone",
    "load",
    "read",
    "shipped_names",
]

__getattr__, __dir__ = loader(__name__, _HOMES)
