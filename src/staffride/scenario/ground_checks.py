"""What can be wrong with the ground half of a campaign although each row is well formed: one function a question."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from staffride.errors import nearest
from staffride.scenario.draft import Draft
from staffride.scenario.ground_reach import check_reach
from staffride.scenario.ground_schema import CityStrike, Civilians, Formation, Goal, Supply, Term, Way
from staffride.scenario.names import require_known, require_parameter

AGAINST_THE_OTHER = ("take", "threaten", "infiltrate")
"""Tasks that make no sense at a place which the own side holds at the start."""

TAKING = ("take", "counter_attack")
"""Tasks by which a side comes to hold a place."""


def check_ground(parts: Draft) -> None:
    """Add every problem that only the ground half of a campaign can have to a draft."""
    _check_places(parts)
    _check_attached(parts)
    for way in parts.ways:
        _check_way(parts, way)
    _check_parallel(parts)
    for formation in parts.formations:
        _check_formation(parts, formation)
    for goal in parts.goals:
        _check_goal(parts, goal)
    _check_axes(parts)
    _check_circles(parts)
    _check_strikes(parts)
    for truce in parts.truces:
        require_within(parts, f"truces.{truce.id}", f"truce {truce.id!r}", truce.time)
    for supply in parts.supplies:
        _check_supply(parts, supply)
    for civilians in parts.civilians:
        _check_civilians(parts, civilians)
    for term in parts.terms:
        _check_term(parts, term)
    check_reach(parts)


def require_within(parts: Draft, where: str, what: str, *moments: datetime) -> None:
    """Report moments that are not in order, or not within the period."""
    period = parts.period
    if period is None:
        return
    line = (period.start, *moments, period.end)
    if list(line) != sorted(line):
        expected = f"within {period.start:%Y-%m-%d %H:%M} and {period.end:%Y-%m-%d %H:%M}"
        names = "`time`" if len(moments) == 1 else "`start` and `end`"
        parts.complain(where, f"{what} is not within the period", expected, f"check {names}")


def _check_places(parts: Draft) -> None:
    """Report places of which formations must know more than is said."""
    for place in parts.places:
        where, what = f"places.{place.id}", f"place {place.id!r}"
        require_known(parts, where, f"{what}: `held_by`", place.held_by, parts.sides, "sides")
        if not parts.names["formations"]:
            continue
        if place.held_by is None:
            expected = "the side that holds it at the start: one of " + ", ".join(parts.sides)
            parts.complain(where, f"{what}: `held_by` is missing", expected, "add the column `held_by`")
        if place.ground is None:
            expected = "one of flat, rolling, rugged"
            parts.complain(where, f"{what}: `ground` is missing", expected, "add the column `ground`")


def _check_attached(parts: Draft) -> None:
    """Report units that move with a formation that is not there, or is not of their side; and soldiers of none."""
    sides = {formation.id: formation.side for formation in parts.formations}
    for unit in parts.units:
        where, what = f"units.{unit.id}", f"unit {unit.id!r}: `formation`"
        system = parts.systems.get(unit.system)
        if system is not None and system.kind == "troops" and unit.formation is None:
            text = f"{what} is empty, and {unit.system!r} is soldiers ({system.kind})"
            parts.complain(where, text, "the formation whose soldiers they are", "add `formation`")
        require_known(parts, where, what, unit.formation, parts.names["formations"], "formations.csv")
        if unit.formation in sides and sides[unit.formation] != unit.side:
            own = [name for name, side in sides.items() if side == unit.side]
            text = f"{what} is {unit.formation!r}, of side {sides[unit.formation]!r}"
            hint = nearest(unit.formation, own) or "choose one of its own side"
            parts.complain(where, text, f"a formation of side {unit.side!r}", hint)


def _check_way(parts: Draft, way: Way) -> None:
    where, what = f"ways.{way.id}", f"way {way.id!r}"
    for end in ("from_place", "to_place"):
        require_known(
            parts, where, f"{what}: `{end}`", getattr(way, end), parts.names["places"], "places.csv"
        )
    if parts.names["links"]:
        require_known(parts, where, f"{what}: `link`", way.link, parts.names["links"], "links.csv")
    if way.bridge is not None:
        _check_bridge(parts, way, way.bridge)


def _check_bridge(parts: Draft, way: Way, bridge: str) -> None:
    """Report a bridge that is no unit of the kind, or that stands elsewhere."""
    where, what = f"ways.{way.id}", f"way {way.id!r}: `bridge`"
    kinds = {name: system.kind for name, system in parts.systems.items()}
    bridges = [unit.id for unit in parts.units if kinds.get(unit.system, "bridge") == "bridge"]
    unit = next((unit for unit in parts.units if unit.id == bridge), None)
    if bridge not in parts.names["units"]:
        require_known(parts, where, what, bridge, bridges, "units.csv")
    elif unit is not None and bridge not in bridges:
        text = f"{what} is {bridge!r}, a unit of kind {kinds[unit.system]}"
        hint = nearest(bridge, bridges) or "give the unit a system such as road_bridge"
        parts.complain(where, text, "a unit of a system of kind bridge", hint)
    elif unit is not None and unit.place not in (way.from_place, way.to_place):
        text = f"{what} is {bridge!r}, which stands at {unit.place!r}"
        expected = f"a bridge at {way.from_place!r} or {way.to_place!r}"
        parts.complain(where, text, expected, f"check `place` of the unit {bridge!r}")


def _check_parallel(parts: Draft) -> None:
    """Report two ways of one kind between the same places; a foot path beside a road is none."""
    first: dict[tuple[frozenset[str], str], str] = {}
    for way in parts.ways:
        other = first.setdefault((frozenset((way.from_place, way.to_place)), way.kind), way.id)
        if other != way.id:
            text = f"way {way.id!r} runs parallel to {other!r}"
            expected = "one way of a kind between two places"
            parts.complain(f"ways.{way.id}", text, expected, "merge them, or put a place on one of them")


def _check_formation(parts: Draft, formation: Formation) -> None:
    where, what = f"formations.{formation.id}", f"formation {formation.id!r}"
    _check_side_and_place(parts, where, what, formation)
    for column in ("strength", "contact", "quality", "turnout", "arrival"):
        require_parameter(parts, where, f"{what}: `{column}`", getattr(formation, column), f"{column}.")
    holder = _holder(parts, formation.place)
    if holder in parts.sides and formation.side in parts.sides and holder != formation.side:
        text = f"{what} of side {formation.side!r} stands at {formation.place!r}, which {holder!r} holds"
        expected = f"a place held by {formation.side!r}"
        parts.complain(where, text, expected, "check `place`, or `held_by` of the place")
    if formation.strength in {unit.strength for unit in parts.units}:
        text = f"{what} shares {formation.strength!r} with units: persons with elements"
        parts.complain(where, text, "a parameter of formations alone", "give the persons a name of their own")


def _holder(parts: Draft, name: str) -> str | None:
    return next((place.held_by for place in parts.places if place.id == name), None)


def _check_goal(parts: Draft, goal: Goal) -> None:
    where, what, places = f"goals.{goal.id}", f"goal {goal.id!r}", parts.names["places"]
    _check_side_and_place(parts, where, what, goal)
    for name in goal.when_held:
        require_known(parts, where, f"{what}: `when_held`", name, places, "places.csv")
    if goal.task in AGAINST_THE_OTHER and goal.side == _holder(parts, goal.place):
        text = f"{what} is to {goal.task} {goal.place!r}, which its own side holds at the start"
        expected = "hold, counter_attack or reserve at a place of its own side"
        parts.complain(where, text, expected, "check `task`, or `held_by` of the place")
    if parts.period is not None and goal.after_h >= parts.period.hours:
        text = f"{what} stands only after {goal.after_h:g} h"
        expected = f"within the {parts.period.hours} hours of the period"
        parts.complain(where, text, expected, "check `after_h`")


def _check_axes(parts: Draft) -> None:
    """Report goals that no formation follows; warn of axes without a goal."""
    followers = {(one.side, one.axis) for one in parts.formations if one.axis is not None}
    whole = len(parts.formations) == len(parts.names["formations"])
    for goal in parts.goals:
        own = [str(axis) for side, axis in sorted(followers, key=str) if side == goal.side]
        if whole and goal.side in parts.sides and goal.axis not in own:
            text = (
                f"goal {goal.id!r} is of the axis {goal.axis!r}, which no formation of {goal.side!r} follows"
            )
            expected = "an axis of its side: " + (", ".join(own) or "there is none yet")
            hint = nearest(goal.axis, own) or "name it in `axis` of a formation"
            parts.complain(f"goals.{goal.id}", text, expected, hint)
    _check_idle_axes(parts)


def _check_idle_axes(parts: Draft) -> None:
    aimed = {(goal.side, goal.axis) for goal in parts.goals}
    if not aimed or len(parts.goals) < len(parts.names["goals"]):
        return
    for formation in parts.formations:
        if formation.axis is not None and (formation.side, formation.axis) not in aimed:
            own = [axis for side, axis in sorted(aimed) if side == formation.side]
            text = f"formation {formation.id!r} follows the axis {formation.axis!r}, which has no goal"
            hint = nearest(formation.axis, own) or "leave `axis` empty: it then holds its place"
            where = f"formations.{formation.id}"
            parts.complain(where, text, "an axis that goals.csv names", hint, fatal=False)


def _check_circles(parts: Draft) -> None:
    """Report goals that wait for one another, so that none of them ever stands."""
    for side in parts.sides:
        taking = [goal for goal in parts.goals if goal.side == side and goal.task in TAKING]
        told: set[str] = set()
        stuck = _stuck(parts, side, taking)
        for goal in stuck:
            circle = _circle(goal, stuck)
            if told.isdisjoint(circle):
                told |= set(circle)
                text = f"goal {circle[0]!r} can never stand: " + " waits for ".join([*circle, circle[0]])
                hint = "take one place out of `when_held`"
                parts.complain(f"goals.{circle[0]}", text, "conditions that do not run in a circle", hint)


def _stuck(parts: Draft, side: str, taking: Iterable[Goal]) -> list[Goal]:
    """Return the goals whose conditions are never met: a place that no goal takes may be taken on the way."""
    waiting = list(taking)
    taken = {goal.place for goal in waiting}
    held = {place.id for place in parts.places if place.held_by == side or place.id not in taken}
    held |= {name for goal in waiting for name in goal.when_held} - taken
    while ready := [goal for goal in waiting if held.issuperset(goal.when_held)]:
        held |= {goal.place for goal in ready}
        waiting = [goal for goal in waiting if goal not in ready]
    return [goal for goal in waiting if goal.place not in held]


def _circle(start: Goal, stuck: Iterable[Goal]) -> list[str]:
    """Return the ids of the goals of the circle that ``start`` leads into, in the order of waiting."""
    takers = {goal.place: goal for goal in reversed(list(stuck))}
    seen: list[str] = []
    goal = start
    while goal.id not in seen:
        seen.append(goal.id)
        goal = next(takers[name] for name in goal.when_held if name in takers)
    circle = seen[seen.index(goal.id) :]
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]


def _check_strikes(parts: Draft) -> None:
    for strike in parts.city_strikes:
        where, what = f"city_strikes.{strike.id}", f"strike {strike.id!r}"
        _check_side_and_place(parts, where, what, strike)
        known = "systems.yaml or the catalogue"
        require_known(parts, where, f"{what}: `system`", strike.system, parts.system_names, known)
        require_within(parts, where, what, strike.time)
        if strike.side == _holder(parts, strike.place):
            text = f"{what} of side {strike.side!r} falls on {strike.place!r}, which that side holds"
            hint = "check `side`: it is the one that fired"
            parts.complain(where, text, "a place of the other side", hint)


def _check_supply(parts: Draft, supply: Supply) -> None:
    where, what = f"supplies.{supply.id}", f"supply {supply.id!r}"
    _check_side_and_place(parts, where, what, supply)
    require_parameter(parts, where, f"{what}: `delivery`", supply.delivery, "delivery.")


def _check_civilians(parts: Draft, row: Civilians) -> None:
    where, what = f"civilians.{row.place}.{row.side}", f"civilians of {row.place!r}"
    _check_side_and_place(parts, where, what, row)
    require_parameter(parts, where, f"{what}: `civilians`", row.civilians, "civilians.")


def _check_term(parts: Draft, term: Term) -> None:
    where, what = f"terms.{term.place}", f"term for {term.place!r}"
    _check_side_and_place(parts, where, what, term)
    if term.side is not None and term.side == _holder(parts, term.place):
        text = f"{what} hands it to {term.side!r}, which holds it already"
        parts.complain(where, text, "a place that the other side holds at the start", "check `side`")


def _check_side_and_place(
    parts: Draft, where: str, what: str, row: Formation | Goal | Supply | CityStrike | Civilians | Term
) -> None:
    """Report a side or a place that is not there."""
    require_known(parts, where, f"{what}: `side`", row.side, parts.sides, "sides")
    require_known(parts, where, f"{what}: `place`", row.place, parts.names["places"], "places.csv")
