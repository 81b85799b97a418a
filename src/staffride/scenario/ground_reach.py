"""Which places the formations, the supply and the civilians of a campaign can reach over its ways."""

from __future__ import annotations

from collections.abc import Iterable

from staffride.scenario.draft import Draft
from staffride.scenario.ground_schema import Formation, Goal, Way
from staffride.scenario.roads import check_straight, reachable


def check_reach(parts: Draft) -> None:
    """Add what cannot be reached over the ways of a draft to its problems; nothing while a way is not whole."""
    whole = len(parts.ways) == len(parts.names["ways"]) > 0
    if not (whole and _ends(parts.ways).issubset(parts.names["places"])):
        return
    for way in parts.ways:
        check_straight(parts, f"ways.{way.id}", f"way {way.id!r}", way)
    _check_stranded(parts)
    for goal in parts.goals:
        _check_goal(parts, goal)
    _check_islands(parts)
    _check_supplies(parts)
    _check_ways_out(parts)


def _ends(ways: Iterable[Way]) -> set[str]:
    return {end for way in ways for end in (way.from_place, way.to_place)}


def _check_stranded(parts: Draft) -> None:
    """Report places where formations stand and from which no way leads."""
    joined, known = _ends(parts.ways), parts.names["places"]
    for name in dict.fromkeys(formation.place for formation in parts.formations):
        if name in known and name not in joined:
            text = f"place {name!r} has formations and no way"
            parts.complain(f"places.{name}", text, "one way at least", "add it to ways.csv")


def _check_goal(parts: Draft, goal: Goal) -> None:
    """Report a goal at a place to which no way leads from its formations, or that only groups can follow."""
    where, what, joined = f"goals.{goal.id}", f"goal {goal.id!r}", _ends(parts.ways)
    own = [one for one in parts.formations if (one.side, one.axis) == (goal.side, goal.axis)]
    groups = [one for one in own if one.kind == "special"]
    if own and goal.task == "infiltrate" and not groups:
        text = f"{what} is to infiltrate, and its axis has no formation of kind special"
        parts.complain(where, text, "groups of kind special", "give the axis one, or choose another task")
    starts = {one.place for one in own}
    if starts & joined and goal.place in parts.names["places"] and goal.place not in _reach(parts, own):
        text = f"{what}: no way leads from its formations to {goal.place!r}"
        expected = "a chain of ways; foot paths only for the kind special"
        parts.complain(where, text, expected, "add a way, or check `place` and `axis`")


def _reach(parts: Draft, formations: Iterable[Formation]) -> set[str]:
    """Return the places that any of some formations can reach; only groups of the kind special go on foot paths."""
    driven = [way for way in parts.ways if way.kind != "foot_path"]
    on_foot = {one.place for one in formations if one.kind == "special"}
    return reachable({one.place for one in formations}, driven) | reachable(on_foot, parts.ways)


def _check_islands(parts: Draft) -> None:
    """Warn of places on ways that no formation can come to."""
    if len(parts.formations) < len(parts.names["formations"]):
        return
    found, joined = _reach(parts, parts.formations), _ends(parts.ways)
    for place in parts.places:
        if place.id in joined - found:
            text = f"no formation can reach place {place.id!r}"
            expected = "a chain of ways from a place with formations"
            parts.complain(f"places.{place.id}", text, expected, "add a way, or drop it", fatal=False)


def _check_supplies(parts: Draft) -> None:
    """Report sources of supply from which nothing can come to a formation of their side."""
    carrying = [way for way in parts.ways if way.supply_t_per_day > 0]
    for supply in parts.supplies:
        own = {one.place for one in parts.formations if one.side == supply.side}
        if (
            own
            and supply.place in parts.names["places"]
            and own.isdisjoint(reachable({supply.place}, carrying))
        ):
            text = (
                f"supply {supply.id!r}: no way that carries supply leads from {supply.place!r} to a formation"
            )
            expected = f"a chain of ways with `supply_t_per_day` to a formation of {supply.side!r}"
            parts.complain(f"supplies.{supply.id}", text, expected, "check `place`, and the ways beside it")


def _check_ways_out(parts: Draft) -> None:
    """Report civilians in the area from whom no road or track leads out of it."""
    inside = {place.id for place in parts.places if place.region in parts.area}
    outside = {place.id for place in parts.places} - inside
    reach = reachable(outside, [way for way in parts.ways if way.kind != "foot_path"])
    for row in parts.civilians:
        if row.place in inside - reach:
            text = f"no road or track leads civilians out of the area from {row.place!r}"
            expected = "a chain of roads and tracks to a place outside `area`"
            where = f"civilians.{row.place}.{row.side}"
            parts.complain(where, text, expected, "add a way, or check `area` and the regions")
