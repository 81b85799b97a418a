"""What could be understood of a scenario, right or wrong, so that every check can run and report at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from staffride.errors import Problem
from staffride.scenario.campaign_schema import Order, System, Unit, Variant, Zone
from staffride.scenario.fields import Location
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
from staffride.scenario.locate import SETTINGS
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.schema import (
    Event,
    Link,
    Observation,
    PeopleRow,
    Period,
    Place,
    Province,
)


@dataclass
class Draft:
    """The valid parts of a scenario, the names of all parts, and the problems found."""

    folder: Path
    problems: list[Problem]
    unreadable: frozenset[Location] = frozenset()
    header: dict[str, Any] = field(default_factory=dict)
    period: Period | None = None
    cutoff: datetime | None = None
    area: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    parameters: dict[str, Quantity] = field(default_factory=dict)
    parameter_names: tuple[str, ...] = ()
    specs: Mapping[str, ParameterSpec] | None = None
    kind: str = "displacement"
    sides: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    systems: dict[str, System] = field(default_factory=dict)
    system_names: tuple[str, ...] = ()
    rows: dict[str, list[Any]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)

    @property
    def replay(self) -> bool:
        """Whether given items after the cut-off are used too."""
        return bool(self.header.get("replay", False))

    @property
    def places(self) -> list[Place]:
        """The valid places."""
        return self.rows["places"]

    @property
    def links(self) -> list[Link]:
        """The valid links."""
        return self.rows["links"]

    @property
    def people(self) -> list[PeopleRow]:
        """The valid rows of people."""
        return self.rows["people"]

    @property
    def provinces(self) -> list[Province]:
        """The valid provinces."""
        return self.rows["provinces"]

    @property
    def events(self) -> list[Event]:
        """The valid events."""
        return self.rows["events"]

    @property
    def observations(self) -> list[Observation]:
        """The valid observations."""
        return self.rows["observations"]

    @property
    def zones(self) -> list[Zone]:
        """The valid zones."""
        return self.rows["zones"]

    @property
    def units(self) -> list[Unit]:
        """The valid units."""
        return self.rows["units"]

    @property
    def orders(self) -> list[Order]:
        """The valid orders."""
        return self.rows["orders"]

    @property
    def ways(self) -> list[Way]:
        """The valid ways."""
        return self.rows["ways"]

    @property
    def formations(self) -> list[Formation]:
        """The valid formations."""
        return self.rows["formations"]

    @property
    def goals(self) -> list[Goal]:
        """The valid goals."""
        return self.rows["goals"]

    @property
    def supplies(self) -> list[Supply]:
        """The valid sources of supply."""
        return self.rows["supplies"]

    @property
    def city_strikes(self) -> list[CityStrike]:
        """The valid strikes on towns."""
        return self.rows["city_strikes"]

    @property
    def truces(self) -> list[Truce]:
        """The valid truces."""
        return self.rows["truces"]

    @property
    def terms(self) -> list[Term]:
        """The valid terms."""
        return self.rows["terms"]

    @property
    def civilians(self) -> list[Civilians]:
        """The valid rows of civilians."""
        return self.rows["civilians"]

    def complain(
        self,
        where: str,
        message: str,
        expected: str | None = None,
        suggestion: str | None = None,
        fatal: bool = True,
    ) -> None:
        """Add a problem at the line where ``where`` is written."""
        location = self.locations.get(where) or Location(self.folder / SETTINGS)
        self.problems.append(Problem(message, location.file, location.line, expected, suggestion, fatal))
