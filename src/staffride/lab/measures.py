"""Measures by which policies are compared: people first, then soldiers, then the course of the war.

Each measure says what it counts, in which unit, of which side, and what is better. ``better`` is ``none`` where no
judgement is neutral between the parties: one side's ground, soldiers, weapons and dates are the other side's as well.
Lives are not: fewer civilians killed or fled is better whoever they are, and so are fewer soldiers killed of both sides
together. Who stays at home stays by decision in this model, and who returns does so by choice, so more is better.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.results.vocabulary import BY, CEASEFIRE, CHANGED, VARIANT, meaning

Floats: TypeAlias = NDArray[np.float64]
Better: TypeAlias = Literal["lower", "higher", "none"]
Group: TypeAlias = Literal["people", "military", "course"]
Reading: TypeAlias = Literal["value", "probability", "date", "until"]

BOTH = "both"
"""What stands for the side of a measure that adds both sides."""

BASELINE = "baseline"
"""What stands for the baseline among the ids of policies."""

LOST = "lost."


@dataclass(frozen=True)
class Measure:
    """One thing by which policies are compared.

    Attributes
    ----------
    id, label
        How it is called, and what it counts in words, without the side.
    side
        Id of a side, ``both`` for their sum, empty where it has none.
    unit
        Of its values; a probability or share has the unit 1.
    total
        Name of the total that it is read from, or of several that are added.
    better
        ``lower``, ``higher``, or ``none`` where no judgement is neutral between the parties.
    group
        ``people``, ``military`` or ``course`` (of the war).
    reading
        ``value``: the total itself. ``probability``: 1 where the total, a date, exists and 0 where it is missing.
        ``date``: hours from the start, missing where it did not happen. ``until``: the same, counted as the end of the
        period where it did not happen by then, so that its mean is the restricted mean time (Royston and Parmar 2013,
        BMC Medical Research Methodology 13, 152).
    place
        Id of the place that it tells of; empty where there is none.
    """

    id: str
    label: str
    side: str
    unit: str
    total: str | tuple[str, ...]
    better: Better
    group: Group
    reading: Reading = "value"
    place: str = ""

    @property
    def totals(self) -> tuple[str, ...]:
        """Return the names of all totals that it is read from."""
        return (self.total,) if isinstance(self.total, str) else self.total

    @property
    def phrase(self) -> str:
        """Return label and side in words."""
        return self.label + ({"": "", BOTH: ", both sides"}.get(self.side, f", side {self.side}"))

    @property
    def judged(self) -> bool:
        """Return whether it says what is better."""
        return self.better != "none"

    @property
    def counts_people(self) -> bool:
        """Return whether it is one of those of people by which policies are judged."""
        return self.judged and self.group == "people"

    @property
    def sign(self) -> float:
        """Return 1 where more is better, -1 where less is, and NaN without a judgement."""
        return {"higher": 1.0, "lower": -1.0}.get(self.better, math.nan)

    def read(self, columns: Sequence[Floats], end_h: float) -> Floats:
        """Return its values (replications,).

        Parameters
        ----------
        columns
            The columns (replications,) of its totals, in the order of ``totals``.
        end_h
            Length of the period in hours.
        """
        found: Floats = np.asarray(columns, dtype=np.float64).sum(axis=0)
        if self.reading == "probability":
            return np.isfinite(found).astype(np.float64)
        if self.reading == "until":
            return np.where(np.isfinite(found), np.minimum(found, end_h), end_h)
        return found


class Topic(NamedTuple):
    """What is counted under one name: by side, added over the sides, or once for all."""

    total: str
    label: str
    unit: str
    group: Group
    better: Better
    of_both: Better | None = None
    """What is better of the sum over both sides; ``None`` where there is no such measure."""


KILLED = Topic("deaths", "soldiers killed", "persons", "military", "none", "lower")
CIVILIANS = (
    Topic("civilian_deaths", "civilians killed", "persons", "people", "lower", "lower"),
    Topic("displaced", "civilians who fled", "persons", "people", "lower", "lower"),
)
ON_THE_ROAD = (
    Topic("casualties", "people killed on the way", "persons", "people", "lower"),
    Topic("leavers", "people who left home", "persons", "people", "lower"),
    Topic("road_hours", "hours that people lost on the road", "person-hours", "people", "lower"),
    Topic("delay_hours.mean", "mean loss of time on the road", "h", "people", "lower"),
    Topic("delay_hours.longest", "longest loss of time on the road", "h", "people", "lower"),
    Topic("queue_vehicles.longest", "longest queue before the checkpoint", "vehicles", "people", "lower"),
    Topic("shelter.unmet_days", "days that people waited for shelter", "person-days", "people", "lower"),
    Topic("shelter.unmet_longest", "most people without shelter at once", "persons", "people", "lower"),
    Topic("without_seat", "people left without a seat", "persons", "people", "lower"),
    Topic("waited_for_fuel_days", "days that people waited for fuel", "person-days", "people", "lower"),
    Topic("waited_for_bus_days", "days that people waited for a bus", "person-days", "people", "lower"),
    Topic("stayed", "people who stayed at home", "persons", "people", "higher"),
)
RETURNS = (Topic("returned", "people who returned home", "persons", "people", "higher", "higher"),)
FORCES = (
    KILLED,
    Topic("missing", "soldiers missing", "persons", "military", "none", "lower"),
    Topic("wounded", "soldiers wounded", "persons", "military", "none", "lower"),
    Topic("captured", "soldiers captured", "persons", "military", "none"),
    Topic("deserted", "soldiers who left the forces", "persons", "military", "none"),
)
GROUND = (Topic("held_share", "share of the area held", "1", "course", "none"),)
ARRIVED = (Topic("arrivals", "people who crossed by the end", "persons", "course", "none"),)
OF_KIND: Mapping[str, tuple[Topic, ...]] = {
    "campaign": (*CIVILIANS, *FORCES, *GROUND),
    "displacement": (*ON_THE_ROAD, *ARRIVED),
    "chain": (*CIVILIANS, *ON_THE_ROAD, *RETURNS, *FORCES, *GROUND, *ARRIVED),
}
"""What is counted in each kind of scenario."""

STAGES: Mapping[str, tuple[Group, Better]] = {
    "hunger.": ("people", "lower"),
    "closure.": ("course", "none"),
    "talks.": ("course", "none"),
}
"""Families of totals that a chain of stages has, and how they are judged."""


def measures_of(
    kind: str,
    sides: Sequence[str],
    total_names: Iterable[str],
    places: Mapping[str, str] | None = None,
) -> tuple[Measure, ...]:
    """Return the measures that a run has the totals for, people first, the sides next to each other.

    Parameters
    ----------
    kind
        ``campaign``, ``displacement`` or ``chain``.
    sides
        Ids of the sides, in the order in which they are shown.
    total_names
        Names of the run's totals; those of variants are passed over.
    places
        Places whose change of control is a measure, id -> name; all of the run under their ids by default.

    Raises
    ------
    KeyError
        There is no such kind.
    """
    names = [name for name in total_names if VARIANT not in name]
    known = frozenset(names)
    found = [
        *(one for topic in OF_KIND[kind] for one in _of_topic(topic, sides, known)),
        *_of_stages(names, sides),
        *_of_places(names, places),
        *_of_end(known),
        *_of_classes(names, sides),
    ]
    order = {"people": 0, "military": 1, "course": 2}
    return tuple(sorted(found, key=lambda one: order[one.group]))


def sides_of(total_names: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the sides that totals tell of, in their order.

    >>> sides_of(["lost.armour.az", "deaths.az", "lost.armour.arm", "deaths.arm", "truces", "deaths.az@no-drones"])
    ('az', 'arm')
    """
    heads = ("deaths.", "civilian_deaths.", "displaced.", LOST)
    plain = (name for name in total_names if VARIANT not in name and BY not in name)
    return tuple(dict.fromkeys(name.rpartition(".")[2] for name in plain if name.startswith(heads)))


def _of_topic(topic: Topic, sides: Sequence[str], known: frozenset[str]) -> Iterator[Measure]:
    """Return the measures of a topic: the sum over both sides, each side, and what is counted once for all."""
    total, label, unit, group, better, of_both = topic
    names = tuple(f"{total}.{side}" for side in sides)
    if of_both is not None and len(names) > 1 and known.issuperset(names):
        whose: Group = "people" if topic is KILLED else group
        yield Measure(f"{total}.{BOTH}", label, BOTH, unit, names, of_both, whose)
    for side, name in zip(sides, names, strict=True):
        if name in known:
            yield Measure(name, label, side, unit, name, better, group)
    if total in known:
        yield Measure(total, label, "", unit, total, better, group)


def _of_stages(names: Sequence[str], sides: Sequence[str]) -> Iterator[Measure]:
    """Return the measures of totals that only a chain of stages has."""
    for name in names:
        for head, (group, better) in STAGES.items():
            if name.startswith(head):
                last = name.rpartition(".")[2]
                unit, text = meaning(name)
                side = last if last in sides else ""
                yield Measure(name, text.replace(".", " "), side, unit, name, better, group)


def _of_places(names: Sequence[str], places: Mapping[str, str] | None) -> Iterator[Measure]:
    """Return two measures for each place: the probability of a change of control, and its date where it happens."""
    changed = {name.removeprefix(CHANGED): name for name in names if name.startswith(CHANGED)}
    chosen = {place: place for place in changed} if places is None else places
    for place, called in chosen.items():
        if place in changed:
            what, total = f"change of control of {called}", changed[place]
            chance = f"probability of a {what}"
            yield Measure(
                f"{total}.probability", chance, "", "1", total, "none", "course", "probability", place
            )
            yield Measure(
                f"{total}.date", f"date of the {what}", "", "h", total, "none", "course", "date", place
            )


def _of_end(known: frozenset[str]) -> Iterator[Measure]:
    """Return how long the war lasts and its truces; a shorter war may be a lost one, so neither way is better."""
    if CEASEFIRE in known:
        label = "time to the ceasefire, at most the period"
        yield Measure(CEASEFIRE, label, "", "h", CEASEFIRE, "none", "course", "until")
    if "truces" in known:
        yield Measure("truces", "truces made, the ceasefire apart", "", "truces", "truces", "none", "course")


def _of_classes(names: Sequence[str], sides: Sequence[str]) -> Iterator[Measure]:
    """Return the losses of each class, the sides next to each other."""
    lost = frozenset(name for name in names if name.startswith(LOST) and BY not in name)
    classes = dict.fromkeys(name.split(".")[1] for name in names if name in lost)
    for one in classes:
        for side in sides:
            name = f"{LOST}{one}.{side}"
            if name in lost:
                label = f"{one.replace('_', ' ')} lost"
                yield Measure(name, label, side, "elements", name, "none", "military")
