"""What a campaign consists of beside places: zones, systems with their figures, units, orders, variants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat, field_validator, model_validator

from staffride.errors import nearest
from staffride.scenario.breach import BreachError
from staffride.scenario.fields import Ids, Model, Moment, Row, Share, Slug
from staffride.scenario.figures import (
    FIGURE,
    FLYERS,
    INDIRECT,
    SHOOTERS,
    TARGET_CLASSES,
    FigureSpec,
    Guidance,
    Layer,
    SystemKind,
    Threat,
)
from staffride.scenario.quantity import Quantity

Posture = Literal["hidden", "dug_in", "sheltered", "open", "moving"]
Emission = Literal["none", "always", "blinking", "silent"]
Figures = dict[Slug, Quantity]


def figure_parameter(system_id: str, figure: str) -> str:
    """Return the name under which a figure of a system is drawn and set."""
    return f"system.{system_id}.{figure}"


class Zone(Row):
    """A part of the area with one weather."""

    id: Slug
    name: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    elevation_m: Annotated[float, Field(ge=-500, le=9000)]
    area_km2: PositiveFloat


class System(Row):
    """A kind of equipment with its figures; a catalogue of them comes with the program."""

    name: str
    kind: SystemKind
    layer: Layer | None = Field(None, description="of air defence: where it stands in the defence")
    guidance: Guidance | None = Field(None, description="how its munition finds the target")
    threat: Threat | None = Field(
        None, description="as what air defence engages it; none for shells and unguided rockets"
    )
    note: str = ""
    figures: Figures = Field(default_factory=dict, description="figure -> quantity")

    @model_validator(mode="after")
    def _layered(self) -> Self:
        layers = "one of portable, gun, short, medium, long"
        if self.kind == "air_defence" and self.layer is None:
            raise BreachError("air defence without a layer", f"`layer`: {layers}", "add `layer`")
        if self.kind != "air_defence" and self.layer is not None:
            raise BreachError(f"a {self.kind} has no layer", "a layer for air defence only", "remove `layer`")
        return self

    @model_validator(mode="after")
    def _threatening(self) -> Self:
        if self.kind in FLYERS and self.threat is None:
            expected = "`threat`: one of aircraft, drone, munition, missile"
            raise BreachError(
                f"a {self.kind} flies at its target, and has no threat class", expected, "add it"
            )
        if self.threat is not None and self.kind not in (*FLYERS, INDIRECT[1]):
            expected = "a threat class for what flies at a target: " + ", ".join((*FLYERS, INDIRECT[1]))
            raise BreachError(f"a {self.kind} is no threat in the air", expected, "remove `threat`")
        return self

    @property
    def can_strike(self) -> bool:
        """Whether it can carry out an order: it has weapon figures, or is a decoy that flies as if it had."""
        armed = {"reach", "hit_probability"} <= self.figures.keys()
        return self.kind in SHOOTERS and (armed or self.kind == "decoy_aircraft")

    @property
    def required_figures(self) -> tuple[str, ...]:
        """The figures that it must have: those of its kind, and those of anything that flies at a target."""
        asked = {self.kind} if self.threat is None else {self.kind, "any threat"}
        return tuple(name for name, spec in FIGURE.items() if asked & _asked_of(spec))


def _asked_of(spec: FigureSpec) -> set[str]:
    """Return the kinds that need a figure; a figure that every flyer needs is needed by any threat."""
    return {*spec.required_for, *(("any threat",) if set(FLYERS) <= set(spec.required_for) else ())}


class Unit(Row):
    """Elements of one system at one place."""

    id: Slug
    side: Slug
    system: Slug
    place: Slug
    strength: Slug = Field(
        description="name of the parameter that holds the number of elements; rows may share it"
    )
    weight: PositiveFloat = Field(1.0, description="part of the elements, relative to rows that share them")
    posture: Posture
    emission: Emission = "none"
    networked: bool = False
    dummies_per_element: float = Field(0.0, ge=0.0, le=1000.0)
    reconnoitred: Share = Field(0.0, description="chance that the other side has its position at the start")
    formation: Slug | None = Field(None, description="formation of its side with which it moves")
    groups: Ids = Field((), description="names by which variants leave it out or add it")
    inventory: bool = Field(False, description="may rest on a fact known after the cut-off")


class Order(Row):
    """What a unit is given to do in a stretch of time."""

    id: Slug
    side: Slug
    unit: Slug
    package: Slug | None = Field(
        None, description="orders of one package come at the same moment of their hour; its own id if empty"
    )
    start: Moment
    end: Moment
    missions: Slug = Field(
        description="name of the parameter `tempo.*`: missions or munitions an element over the window"
    )
    targets: Ids = Field(
        description="target classes in order of priority, one or more of " + ", ".join(TARGET_CLASSES)
    )
    zones: Ids = Field((), description="zones in which it may strike; empty: anywhere in reach")
    arrival: Literal["spread", "salvo"] = "spread"
    groups: Ids = Field((), description="names by which variants leave it out or add it")
    inventory: bool = Field(False, description="may rest on a fact known after the cut-off")

    @field_validator("targets")
    @classmethod
    def _known_targets(cls, targets: tuple[str, ...]) -> tuple[str, ...]:
        expected = "one or more of " + ", ".join(TARGET_CLASSES)
        if not targets:
            raise BreachError("the order has no targets", expected, "add `targets`")
        for name in targets:
            if name not in TARGET_CLASSES:
                raise BreachError(
                    f"there is no target class {name!r}", expected, nearest(name, TARGET_CLASSES)
                )
        return targets

    @model_validator(mode="after")
    def _lasting(self) -> Self:
        if self.start >= self.end:
            raise BreachError("the order ends before it starts", "`end` later than `start`", "swap the two")
        return self

    @property
    def raid(self) -> str:
        """The name that all orders of its raid share."""
        return self.package or self.id


class Variant(Model):
    """A change to the baseline that is run beside it with the same luck."""

    id: Slug
    label: str
    off: tuple[Slug, ...] = Field((), description="groups of units and orders to leave out")
    on: tuple[Slug, ...] = Field((), description="groups to add that the baseline leaves out")
    set: Mapping[str, float] = Field(
        default_factory=dict,
        description="parameter or figure -> value, in the unit that the scenario gives it",
    )
    median: tuple[str, ...] = Field(
        (), description="patterns such as system.*: what is held at its median in every replication"
    )
    question: str = Field("", description="what this variant asks, in one line")

    @model_validator(mode="after")
    def _changing(self) -> Self:
        if not (self.off or self.on or self.set or self.median):
            text = f"variant {self.id!r} sets nothing"
            raise BreachError(text, "at least one of `off`, `on`, `set` and `median`", "say what it changes")
        return self
