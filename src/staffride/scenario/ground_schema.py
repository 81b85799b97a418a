"""What the ground half of a campaign consists of: ways, formations and their goals, supply, towns, truces, terms."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, model_validator

from staffride.scenario.breach import BreachError
from staffride.scenario.fields import Ids, Moment, Row, Share, Slug

KindOfFormation: TypeAlias = Literal[
    "mechanised", "rifle", "mountain", "special", "garrison", "militia", "artillery", "support"
]
Stance: TypeAlias = Literal["attack", "hasty", "prepared", "fortified", "delay"]
"""How a formation stands at the start; ``fortified`` in works built before."""

KindOfWay: TypeAlias = Literal["road", "track", "foot_path"]
Ground: TypeAlias = Literal["flat", "rolling", "rugged"]
Task: TypeAlias = Literal["take", "hold", "threaten", "counter_attack", "infiltrate", "reserve"]
DefendedLine: TypeAlias = Annotated[int, Field(ge=0, le=3)]
"""Which of the defended lines something belongs to: 1 is the foremost, 0 is none."""

_GROUPS = "names by which variants leave it out or add it"
_INVENTORY = "may rest on a fact known after the cut-off"


class Way(Row):
    """A road, track or foot path between two places, on which formations and supply move both ways."""

    id: Slug
    from_place: Slug
    to_place: Slug
    kind: KindOfWay
    length_km: PositiveFloat
    climb_m: Annotated[float, Field(ge=-5000, le=5000)] | None = Field(
        None, description="from the first place up to the second, negative for down; empty: from the grid"
    )
    ground: Ground
    mines: Share = Field(0.0, description="0 none to 1 as dense as belts get")
    ditch: bool = False
    line: DefendedLine = Field(0, description="defended line that it crosses, 0 for none")
    supply_t_per_day: NonNegativeFloat = Field(0.0, description="tonnes of supply that it carries in a day")
    bridge: Slug | None = Field(None, description="unit of a system of kind `bridge` that carries it")
    link: Slug | None = Field(None, description="the same road as a link of a displacement")
    groups: Ids = Field((), description=_GROUPS)
    inventory: bool = Field(False, description=_INVENTORY)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.from_place == self.to_place:
            raise BreachError("both ends are the same place", "two different places", "check `to_place`")
        if self.kind == "foot_path" and self.supply_t_per_day > 0:
            text = f"a foot path with {self.supply_t_per_day:g} t of supply a day"
            raise BreachError(
                text, "no supply on a foot path", "set `supply_t_per_day` to 0, or make it a track"
            )
        if self.climb_m is not None and abs(self.climb_m) > 1000 * self.length_km:
            text = f"a climb of {self.climb_m:g} m over {self.length_km:g} km"
            raise BreachError(text, "a climb below its length", "check both and their units")
        return self


class Formation(Row):
    """Soldiers of one kind who fight together from one place."""

    id: Slug
    side: Slug
    name: str
    kind: KindOfFormation
    place: Slug = Field(description="where it stands at the start")
    axis: Slug | None = Field(None, description="whose goals it follows; empty: it holds its place")
    stance: Stance
    strength: Slug = Field(
        description="name of the parameter `strength.*`: persons in the zone of war; rows may share it"
    )
    weight: PositiveFloat = Field(1.0, description="part of the persons, relative to rows that share them")
    contact: Slug = Field(
        description="name of the parameter `contact.*`: share in contact when the formation fights"
    )
    quality: Slug = Field(description="name of the parameter `quality.*`: combat power of a person")
    turnout: Slug | None = Field(
        None, description="name of the parameter `turnout.*`: share of those called up who come; empty: all"
    )
    arrival: Slug | None = Field(
        None, description="name of the parameter `arrival.*`: when it is there; empty: from the start"
    )
    groups: Ids = Field((), description=_GROUPS)
    inventory: bool = Field(False, description=_INVENTORY)


class Goal(Row):
    """What the formations of an axis try to do, under conditions and without a date."""

    id: Slug
    side: Slug
    axis: Slug
    rank: NonNegativeInt = Field(description="the lowest comes first")
    task: Task
    place: Slug
    when_held: Ids = Field((), description="places that the side must hold before the goal stands")
    when_ratio: NonNegativeFloat = Field(
        0.0, description="combat power over that of the opposition that it asks for; 0 asks for none"
    )
    after_h: NonNegativeFloat = Field(0.0, description="hours since the start before which it does not stand")
    caution: Share = Field(0.0, description="0 presses on, 1 spares soldiers")
    groups: Ids = Field((), description=_GROUPS)


class Supply(Row):
    """A place at which supply for one side comes in from outside."""

    id: Slug
    side: Slug
    place: Slug
    delivery: Slug = Field(description="name of the parameter `delivery.*`: what it can send")
    groups: Ids = Field((), description=_GROUPS)


class CityStrike(Row):
    """Rockets or missiles that fell on a town, as the record dates them; used only before the cut-off."""

    id: Slug
    side: Slug = Field(description="the side that fired")
    place: Slug
    time: Moment
    munitions: PositiveFloat | None = Field(None, description="how many; or from `munitions_low` to `_high`")
    munitions_low: NonNegativeFloat | None = None
    munitions_high: PositiveFloat | None = None
    system: Slug | None = None
    known_from: Moment
    given: bool = True
    groups: Ids = Field((), description=_GROUPS)

    @model_validator(mode="after")
    def _counted(self) -> Self:
        ends = (self.munitions_low, self.munitions_high)
        if (self.munitions is None) == (ends == (None, None)) or ends.count(None) == 1:
            text = "the number of munitions is not given once"
            expected = "`munitions`, or both `munitions_low` and `munitions_high`"
            raise BreachError(text, expected, "where the record gives none, write a wide range")
        low, high = ends
        if low is not None and high is not None and low > high:
            raise BreachError("`munitions_low` is above `munitions_high`", "low at most high", "swap the two")
        return self

    @property
    def munitions_range(self) -> tuple[float, float]:
        """The least and the greatest number of munitions."""
        low = self.munitions if self.munitions_low is None else self.munitions_low
        high = self.munitions if self.munitions_high is None else self.munitions_high
        assert low is not None
        assert high is not None
        return low, high

    @property
    def munitions_middle(self) -> float:
        """The middle of the range of munitions."""
        return sum(self.munitions_range) / 2


class Truce(Row):
    """A truce that came into force, as the record dates it; used only before the cut-off."""

    id: Slug
    time: Moment
    known_from: Moment
    given: bool = True


class Term(Row):
    """A place that a ceasefire hands over."""

    place: Slug
    days: NonNegativeFloat = Field(description="after the ceasefire")
    side: Slug | None = Field(
        None, description="the side that gets it; empty: the one that did not hold it at the start"
    )
    inventory: bool = Field(False, description=_INVENTORY)


class Civilians(Row):
    """Civilians of one side who live at a place when the campaign starts."""

    place: Slug
    side: Slug
    civilians: Slug = Field(description="name of the parameter `civilians.*`; rows may share it")
    weight: PositiveFloat = Field(1.0, description="part of them, relative to rows that share them")
