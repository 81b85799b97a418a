"""A folder of text that says what is run: its schema, its loader and its checks."""

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
