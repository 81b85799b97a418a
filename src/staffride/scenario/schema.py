"""What a scenario consists of: the rows of its tables, its header, and the whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from staffride.errors import Problem, nearest
from staffride.scenario.breach import BreachError
from staffride.scenario.quantity import Quantity, require_ground

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=120)]
"""An identifier: lower-case letters, digits, ``_``, ``-`` and ``.``."""

RecordId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=120)]
"""An identifier that may hold capitals, as those of the evidence do."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""A number from 0 to 1."""

ObservationRole = Literal["calibration", "held_out", "record"]
"""Calibration: the fit may see it. Held out: it only scores. Record: shown beside the run, never compared."""


def _ids(value: object) -> object:
    """Split the ids of a CSV cell at spaces and semicolons."""
    return tuple(value.replace(";", " ").split()) if isinstance(value, str) else value


Ids = Annotated[tuple[str, ...], BeforeValidator(_ids)]

_MOMENT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)"


def _written_moment(value: object) -> object:
    """Refuse anything but a written date and time with its offset: a bare number is not a date."""
    if isinstance(value, datetime) or (isinstance(value, str) and re.fullmatch(_MOMENT, value)):
        return value
    raise PydanticCustomError("datetime_form", "a date and time with its offset")


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written_moment),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_MOMENT}$",
            "description": "date and time with offset, such as 2023-09-24T17:00+04:00",
        }
    ),
]
"""A date and time with its offset from UTC, such as 2023-09-24T17:00+04:00."""


class Model(BaseModel):
    """A frozen record in which every key is known and every number finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Location(NamedTuple):
    """Where something is written: a file and a line counted from 1."""

    file: Path
    line: int | None = None


class Row(Model):
    """A row of a table: it rests on evidence, on an assumption with its reason, or on both."""

    evidence: Ids = ()
    assumed: str | None = None

    @model_validator(mode="after")
    def _grounded(self) -> Self:
        require_ground(self.evidence, self.assumed)
        return self


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


class Header(Model):
    """The settings of a scenario, after inheritance."""

    name: Slug
    title: str
    description: str = ""
    kind: Literal["displacement"] = "displacement"
    period: Period
    cutoff: Moment
    area: tuple[str, ...] = Field(
        (), description="regions that people leave; every way out of them is reported"
    )
    exit_place: str | None = Field(None, description="where people go: the place that all ways lead to")
    checkpoint_place: str | None = Field(
        None, description="where vehicles are stopped and arrivals are counted"
    )
    claims: tuple[str, ...] = ()
    parameters: Parameters = Field(default_factory=dict)

    @model_validator(mode="after")
    def _cutoff_in_period(self) -> Self:
        if not self.period.start <= self.cutoff <= self.period.end:
            raise BreachError("the cut-off is outside the period", "within the period", "check the dates")
        return self


class Scenario(Header):
    """A whole scenario: header, parameters and tables."""

    folder: Path
    places: tuple[Place, ...]
    links: tuple[Link, ...]
    people: tuple[PeopleRow, ...]
    provinces: tuple[Province, ...] = ()
    events: tuple[Event, ...] = ()
    observations: tuple[Observation, ...] = ()
    locations: Mapping[str, Location] = Field(default_factory=dict, repr=False, exclude=True)

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
            A parameter as ``parameters.<name>``, or a row as ``<table>.<id>``, for example ``links.E10``.
        message, expected, suggestion, fatal
            As for `staffride.errors.Problem`.
        """
        location = self.locations.get(where) or Location(self.folder)
        return Problem(message, location.file, location.line, expected, suggestion, fatal)

    def sources_of(self, name: str) -> tuple[str, ...]:
        """Return the ids of the evidence that a parameter rests on."""
        return self.parameters[name].evidence
