"""What a scenario consists of: the rows of its tables, its header, and the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Protocol, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, field_validator, model_validator

from staffride.errors import Problem, nearest
from staffride.scenario.breach import BreachError
from staffride.scenario.campaign_schema import Order, System, Unit, Variant, Zone, figure_parameter
from staffride.scenario.fields import Location, Model, Moment, RecordId, Row, Share, Slug
from staffride.scenario.ground_schema import (
    CityStrike,
    Civilians,
    DefendedLine,
    Formation,
    Goal,
    Ground,
    Supply,
    Term,
    Truce,
    Way,
)
from staffride.scenario.quantity import Quantity

ObservationRole = Literal["calibration", "held_out", "record"]
"""Calibration: the fit may see it. Held out: it only scores. Record: shown beside the run, never compared."""


class Period(Model):
    """The span of time that a run covers; hours are counted from its start."""

    start: Moment
    end: Moment
    time_zone: str = Field(description="name of the zone in which days begin, for example Asia/Yerevan")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            hint = nearest(name, available_timezones())
            raise BreachError(f"unknown time zone {name!r}", "a name such as Asia/Yerevan", hint) from None
        return name

    @model_validator(mode="after")
    def _whole_hours(self) -> Self:
        span = self.end - self.start
        if span <= timedelta(0):
            raise BreachError("the period ends before it starts", "`end` later than `start`", "swap the two")
        if span % timedelta(hours=1):
            raise BreachError(
                "the period ends within an hour", "a whole number of hours", "end it on the hour"
            )
        if span > timedelta(days=3660):
            raise BreachError("the period is over ten years long", "at most ten years", "check the years")
        return self

    @property
    def hours(self) -> int:
        """The number of hourly steps."""
        return (self.end - self.start) // timedelta(hours=1)

    def hour_of(self, moment: datetime) -> float:
        """Return the time of ``moment`` in hours since the start."""
        return (moment - self.start) / timedelta(hours=1)

    def time_of(self, hour: float) -> datetime:
        """Return the moment ``hour`` hours after the start, in the period's time zone."""
        return (self.start + timedelta(hours=hour)).astimezone(ZoneInfo(self.time_zone))


class Place(Row):
    """A node of the map; places in the disputed area carry both names and no official one."""

    id: Slug
    name_az: str | None = None
    name_hy: str | None = None
    official_name: str | None = Field(None, description="outside the disputed area")
    kind: str
    region: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    elevation_m: Annotated[float, Field(ge=-500, le=9000)] | None = None
    zone: str | None = Field(None, description="in a campaign: the zone that it lies in")
    held_by: Slug | None = Field(None, description="with formations: the side that holds it at the start")
    ground: Ground | None = Field(None, description="with formations: of what kind the ground is")
    fortification: Share = Field(0.0, description="0 no works to 1 works as strong as they get")
    line: DefendedLine = Field(0, description="defended line that it belongs to, 0 for none")
    value: NonNegativeFloat = Field(0.0, description="weight of its loss in diplomacy")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not (self.official_name or (self.name_az and self.name_hy)):
            expected = "`official_name`; in the disputed area both `name_az` and `name_hy`"
            raise BreachError("the place has no name", expected, "add what it is called")
        return self

    @property
    def label(self) -> str:
        """The name to show: the official one, or both names in the order Azerbaijani / Armenian."""
        return self.official_name or " / ".join(dict.fromkeys(filter(None, (self.name_az, self.name_hy))))


class Link(Row):
    """A road between two places, usable in both directions; what it carries is told for one direction."""

    id: Slug
    from_place: str
    to_place: str
    length_km: PositiveFloat
    free_flow_h: PositiveFloat
    capacity_vehicles_per_h: PositiveFloat
    jam_density_vehicles_per_km: PositiveFloat
    lanes: PositiveInt = 1
    road_class: str
    open_from: Moment | None = None
    open_until: Moment | None = None
    civilian_use: bool = True

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.from_place == self.to_place:
            raise BreachError("both ends are the same place", "two different places", "check `to_place`")
        if self.open_from and self.open_until and self.open_from >= self.open_until:
            raise BreachError("`open_until` is before `open_from`", "a later moment", "swap the two")
        at_capacity = self.capacity_vehicles_per_h * self.free_flow_h / self.length_km
        if at_capacity >= self.jam_density_vehicles_per_km:
            text = f"at capacity the link would hold {at_capacity:.0f} vehicles/km, more than when jammed"
            expected = "capacity x free-flow time / length under the jam density"
            raise BreachError(text, expected, "check these four figures and their units")
        return self

    def open_at(self, moment: datetime) -> bool:
        """Return whether the road exists and is open at ``moment`` (closures by events come on top)."""
        opened = self.open_from is None or self.open_from <= moment
        return opened and (self.open_until is None or moment < self.open_until)


class PeopleRow(Row):
    """Where the people of the scenario live when it starts."""

    place: str
    share: Share
    danger: Share = Field(description="how exposed to danger, 0 to 1")
    word_delay_h: NonNegativeFloat = Field(
        description="hours after the first word that the place hears of it"
    )


class Province(Row):
    """A province that takes people in."""

    id: Slug
    name: str
    centre_place: str
    population_persons: PositiveInt
    distance_h: NonNegativeFloat = Field(description="free-flow hours from the reception hub")


class Event(Row):
    """A dated item that the scenario gives; a scored run uses none after its cut-off."""

    id: Slug
    kind: Slug
    time: Moment
    duration_h: NonNegativeFloat | None = None
    place: str | None = None
    link: str | None = None
    killed_low: NonNegativeFloat | None = None
    killed_high: NonNegativeFloat | None = None
    injured_low: NonNegativeFloat | None = None
    injured_high: NonNegativeFloat | None = None
    vehicles: NonNegativeFloat | None = None
    known_from: Moment
    given: bool = True
    note: str = ""


class Observation(Model):
    """A figure of the record that a run can be compared with."""

    id: RecordId
    series: Slug
    time: Moment
    time_uncertainty_h: NonNegativeFloat = Field(description="standard deviation of the time, in hours")
    duration_h: PositiveFloat | None = Field(None, description="hours up to `time` that a flow covers")
    value: float | None = None
    low: float | None = None
    high: float | None = None
    relative_error: NonNegativeFloat | None = None
    fact: str
    role: ObservationRole
    known_from: Moment
    note: str = ""

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        if self.value is None and self.low is None and self.high is None:
            raise BreachError("there is no figure", "at least one of value, low and high", "add it")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise BreachError("`low` is above `high`", "low at most high", "swap the two")
        return self


Parameters = dict[Slug, Quantity]
"""Quantities by dotted name."""

Systems = dict[Slug, System]
"""Kinds of equipment by id."""


class Header(Model):
    """The settings of a scenario, after inheritance."""

    name: Slug
    title: str
    description: str = ""
    kind: Literal["displacement", "campaign", "chain"] = "displacement"
    period: Period
    cutoff: Moment
    replay: bool = Field(
        False, description="of a campaign: use given items after the cut-off too; nothing is then scored"
    )
    record_every_h: Annotated[int, Field(ge=1, le=24)] = Field(
        1, description="of a campaign: hours from one value of a series to the next; divides the period"
    )
    area: tuple[str, ...] = Field(
        (), description="regions that people leave; every way out of them is reported"
    )
    exit_place: str | None = Field(None, description="where people go: the place that all ways lead to")
    checkpoint_place: str | None = Field(
        None, description="where vehicles are stopped and arrivals are counted"
    )
    claims: tuple[str, ...] = ()
    sides: tuple[Slug, Slug] = Field(("az", "arm"), description="the two sides of a campaign")
    off: tuple[Slug, ...] = Field((), description="groups of units and orders that the baseline leaves out")
    variants: tuple[Variant, ...] = Field((), description="what is run beside the baseline of a campaign")
    baseline_label: str = Field("", description="what the baseline of a campaign is called")
    illustrative: bool = Field(
        False, description="whether its numbers only illustrate: every title then says so"
    )
    operation: str | None = Field(None, description="of a chain: the campaign that it runs, by name")
    displacement: str | None = Field(None, description="of a chain: the displacement that it runs, by name")
    side: Slug | None = Field(None, description="of a chain: whose people live behind the closed road")
    parameters: Parameters = Field(default_factory=dict)
    systems: Systems = Field(
        default_factory=dict,
        description="equipment of a campaign: single figures of shipped systems, or systems of its own",
    )

    @field_validator("sides", mode="before")
    @classmethod
    def _two_sides(cls, names: object) -> object:
        if not isinstance(names, list | tuple) or len(names) != 2 or names[0] == names[1]:
            raise BreachError(f"`sides` is {names!r}", "two different names", "such as [az, arm]")
        return names

    @model_validator(mode="after")
    def _cutoff_in_period(self) -> Self:
        if not self.period.start <= self.cutoff <= self.period.end:
            raise BreachError("the cut-off is outside the period", "within the period", "check the dates")
        return self

    @model_validator(mode="after")
    def _recorded_evenly(self) -> Self:
        if self.period.hours % self.record_every_h:
            text = f"`record_every_h` is {self.record_every_h}, and the period has {self.period.hours} hours"
            raise BreachError(text, "a number that divides the hours of the period", "1, 2, 3, 4 or 6")
        return self


class Dated(Protocol):
    """A row that gives a dated item: an event, a strike on a town, or a truce."""

    @property
    def time(self) -> datetime:
        """When it happened."""

    @property
    def known_from(self) -> datetime:
        """When it was published."""

    @property
    def given(self) -> bool:
        """Whether a run may be told of it."""


D = TypeVar("D", bound=Dated)


class Scenario(Header):
    """A whole scenario: header, parameters and tables."""

    folder: Path
    places: tuple[Place, ...] = ()
    links: tuple[Link, ...] = ()
    people: tuple[PeopleRow, ...] = ()
    provinces: tuple[Province, ...] = ()
    events: tuple[Event, ...] = ()
    observations: tuple[Observation, ...] = ()
    zones: tuple[Zone, ...] = ()
    units: tuple[Unit, ...] = ()
    orders: tuple[Order, ...] = ()
    ways: tuple[Way, ...] = ()
    formations: tuple[Formation, ...] = ()
    goals: tuple[Goal, ...] = ()
    supplies: tuple[Supply, ...] = ()
    city_strikes: tuple[CityStrike, ...] = ()
    truces: tuple[Truce, ...] = ()
    terms: tuple[Term, ...] = ()
    civilians: tuple[Civilians, ...] = ()
    stages: Mapping[str, Scenario] = Field(
        default_factory=dict, repr=False, exclude=True, description="of a chain: what it runs, by kind"
    )
    locations: Mapping[str, Location] = Field(default_factory=dict, repr=False, exclude=True)

    @property
    def given_until(self) -> datetime:
        """The moment from which no given item is used: the cut-off, or in a replay the end of the period."""
        return self.period.end if self.replay else self.cutoff

    def given(self, rows: Iterable[D]) -> tuple[D, ...]:
        """Return the dated items of some rows that a run is told of, in their order.

        Those are given, happened before `given_until`, and (but in a replay) were known by the cut-off.
        """
        return tuple(
            row
            for row in rows
            if row.given and row.time < self.given_until and (self.replay or row.known_from <= self.cutoff)
        )

    @property
    def scored(self) -> bool:
        """Whether its observations may be compared with a run: never in a replay, which was told of them."""
        return not self.replay

    def place(self, place_id: str) -> Place:
        """Return the place with an id.

        Raises
        ------
        KeyError
            If there is none.
        """
        return {place.id: place for place in self.places}[place_id]

    def link(self, link_id: str) -> Link:
        """Return the link with an id.

        Raises
        ------
        KeyError
            If there is none.
        """
        return {link.id: link for link in self.links}[link_id]

    def problem(
        self,
        where: str,
        message: str,
        *,
        expected: str | None = None,
        suggestion: str | None = None,
        fatal: bool = True,
    ) -> Problem:
        """Return a problem placed at the line where ``where`` is written.

        Parameters
        ----------
        where
            A parameter as ``parameters.<name>``, a figure as ``systems.<id>.<figure>``, or a row as
            ``<table>.<id>``, for example ``links.E10``.
        message, expected, suggestion, fatal
            As for `staffride.errors.Problem`.
        """
        location = self.locations.get(where) or Location(self.folder)
        return Problem(message, location.file, location.line, expected, suggestion, fatal)

    @property
    def quantities(self) -> dict[str, Quantity]:
        """The parameters, and each figure of a system as ``system.<id>.<figure>``."""
        figures = {
            figure_parameter(name, figure): quantity
            for name, system in self.systems.items()
            for figure, quantity in system.figures.items()
        }
        return {**self.parameters, **figures}

    def sources_of(self, name: str) -> tuple[str, ...]:
        """Return the ids of the evidence that a parameter or the figure of a system rests on."""
        return self.quantities[name].evidence
