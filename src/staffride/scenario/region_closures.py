"""What a closure closes, told once for engines, forecasts and the crossings of a plan."""

from __future__ import annotations

from staffride.scenario.region import Closure, Link, Region


def closes(region: Region, closure: Closure, link: Link) -> bool:
    """Return whether ``closure`` closes ``link``, on whatever days it holds.

    A country: every link between its two countries, or between the one that is named and any other. A location: every
    link of the place, or those between the two that are named. A link: itself, both ways. A camp or a redirection
    closes no link.
    """
    ends = {link.first, link.second}
    if closure.kind == "country":
        countries = {region.places[region.index[end]].country for end in ends}
        return len(countries) == 2 and {closure.first, closure.second} - {""} <= countries
    if closure.kind == "location" and not closure.second:
        return closure.first in ends
    return closure.kind in ("location", "link") and ends == {closure.first, closure.second}
