"""A folder of text that says what is run: its schema, its loader and its checks."""

from staffride.scenario.loader import Reading, load, read
from staffride.scenario.locate import shipped_names
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.schema import (
    Event,
    Link,
    Location,
    Observation,
    PeopleRow,
    Period,
    Place,
    Province,
    Scenario,
)

__all__ = [
    "Event",
    "Link",
    "Location",
    "Observation",
    "ParameterSpec",
    "PeopleRow",
    "Period",
    "Place",
    "Province",
    "Quantity",
    "Reading",
    "Scenario",
    "load",
    "read",
    "shipped_names",
]
