"""The lever on the defence on the ground: a part of those who hold the line stands behind it as a reserve."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from staffride.scenario.ground_schema import Formation, Goal
from staffride.scenario.levers.doses import CAMPAIGN, NO_SIDE, SECOND, amount, number, side_of, word
from staffride.scenario.levers.lever import Lever, Values
from staffride.scenario.levers.rows import campaign, evenly, lacks, with_rows
from staffride.scenario.policy import Patch, Stages
from staffride.scenario.schema import Scenario

OF_THE_LINE = ("mechanised", "rifle", "mountain")
REASON = "Moved by the lever mobile-reserve."
CAUTION = 0.2
"""Caution of the reserve's counter-attacks, as most of those in the record have."""


def _reserve(stages: Stages, values: Values) -> Patch:
    scenario, side = campaign(stages), word(values, "side")
    neighbours, rear = _neighbours(scenario), _places_behind(scenario, side)
    spare = [row for place, rows in _holding(scenario, side).items() if place in rear for row in rows[1:]]
    if not spare:
        raise lacks(scenario, f"place that several formations of {side} hold and that has a place behind it")
    held_back = evenly(spare, amount(values, "share"))
    own = {place.id for place in scenario.places if place.held_by == side}
    goals: list[Goal] = []
    for place in dict.fromkeys(row.place for row in held_back):
        beside = [one for one in neighbours[place] if one in own and one != rear[place]]
        goals += _goals(side, [place, *beside], rear[place], values)
    axis_of = {row.id: _axis(side, row.place) for row in held_back}
    return _moved(scenario, axis_of, goals) if axis_of else Patch()


def _axis(side: str, place: str) -> str:
    return f"{side}-mobile-reserve-{place}"


def _moved(scenario: Scenario, axis_of: Mapping[str, str], goals: list[Goal]) -> Patch:
    """Return the patch under which formations follow the goals of new axes."""
    formations = tuple(
        row.model_copy(update={"axis": axis_of[row.id]}) if row.id in axis_of else row
        for row in scenario.formations
    )
    return with_rows(scenario, formations=formations, goals=(*scenario.goals, *goals))


def _goals(side: str, places: list[str], rear: str, values: Values) -> Iterator[Goal]:
    """Yield the goals of a reserve: to take back its place, then those beside it, else to wait behind."""
    axis = _axis(side, places[0])
    for rank, place in enumerate(places, start=1):
        yield Goal(
            id=f"{axis}-counter-attack-{place}",
            side=side,
            axis=axis,
            rank=rank,
            task="counter_attack",
            place=place,
            when_ratio=amount(values, "ratio"),
            caution=CAUTION,
            assumed=REASON,
        )
    rank = len(places) + 1
    yield Goal(
        id=f"{axis}-reserve", side=side, axis=axis, rank=rank, task="reserve", place=rear, assumed=REASON
    )


def _holding(scenario: Scenario, side: str) -> dict[str, list[Formation]]:
    """Return the formations of the line that hold a place, follow no goals and are there from the start, by place."""
    held: dict[str, list[Formation]] = {}
    for row in scenario.formations:
        if row.side == side and row.axis is None and row.arrival is None and row.kind in OF_THE_LINE:
            held.setdefault(row.place, []).append(row)
    return held


def _neighbours(scenario: Scenario) -> dict[str, list[str]]:
    """Return the places at the other ends of the roads and tracks of each place."""
    found: dict[str, list[str]] = {}
    for way in scenario.ways:
        if way.kind != "foot_path":
            found.setdefault(way.from_place, []).append(way.to_place)
            found.setdefault(way.to_place, []).append(way.from_place)
    return found


def _places_behind(scenario: Scenario, side: str) -> dict[str, str]:
    """Return for each place of a side the one next to it that is farthest behind, where one is farther than itself."""
    depth, neighbours = _depth(scenario, side), _neighbours(scenario)
    found: dict[str, str] = {}
    for place, own in depth.items():
        near = [one for one in neighbours.get(place, ()) if one in depth]
        rear = max(near, key=lambda one: depth[one], default=place)
        if depth[rear] > own:
            found[place] = rear
    return found


def _depth(scenario: Scenario, side: str) -> dict[str, int]:
    """Return how many ways each place that a side holds at the start is behind the nearest that it does not hold."""
    neighbours = _neighbours(scenario)
    depth = {place.id: 0 for place in scenario.places if place.held_by not in (side, None)}
    others, queue = set(depth), deque(depth)
    while queue:
        place = queue.popleft()
        for one in neighbours.get(place, ()):
            if one not in depth:
                depth[one] = depth[place] + 1
                queue.append(one)
    return {place: ways for place, ways in depth.items() if place not in others}


GROUND_LEVERS = (
    Lever(
        id="mobile-reserve",
        label="Mobile reserve",
        group="defence",
        summary="Holds a share of the formations of the line back, one place behind, to take back what is lost.",
        kinds=CAMPAIGN,
        doses=(
            number(
                "share",
                "share held back of those beyond one at each place",
                "1",
                0.5,
                0.0,
                1.0,
                0.0,
            ),
            number(
                "ratio",
                "power over that of the opposition that their counter-attack asks for",
                "1",
                1.0,
                0.0,
                10.0,
            ),
            side_of(SECOND),
        ),
        build=_reserve,
        starts_later=False,
        evidence=("claim.Q050", "claim.Q126"),
        assumed="They start where the record has them, march to the next place behind by road or track, wait there, "
        "and counter-attack at their place and those beside it when it is lost.",
        limits="It acts only where two formations or more hold a place, follow no goals and are there from the start. "
        "The guns and vehicles that go with a formation move with it. The line in front is the thinner for it: whether "
        "the reserve makes up for that is what the lever asks. " + NO_SIDE,
    ),
)
"""Levers on the defence on the ground."""
