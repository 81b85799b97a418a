"""The words that Flee's tables use for kinds of places and of closures."""

from __future__ import annotations

from collections.abc import Mapping

from staffride.scenario.region import ClosureKind, PlaceKind

KIND_NAMES: Mapping[str, PlaceKind] = {
    "conflict_zone": "conflict_zone",
    "town": "town",
    "camp": "camp",
    "idpcamp": "idp_camp",
    "forwarding_hub": "forwarding_hub",
    "marker": "marker",
    "flood_zone": "flood_zone",
}
OTHER_KIND_NAMES: Mapping[str, PlaceKind] = {
    "conflict": "conflict_zone",
    "zone": "conflict_zone",
    "city": "town",
    "refugee_camp": "camp",
    "camps": "camp",
    "idp": "idp_camp",
    "forwarding": "forwarding_hub",
    "hub": "forwarding_hub",
    "flood": "flood_zone",
}
"""Names that occur in folders and that the documentation of Flee does not have."""

CLOSURE_NAMES: Mapping[str, ClosureKind] = {
    "country": "country",
    "location": "location",
    "link": "link",
    "camp": "camp",
    "idpcamp": "idp_camp",
    "remove_forced_redirection": "forced_redirection",
}
OTHER_CLOSURE_NAMES: Mapping[str, ClosureKind] = {
    "border": "country",
    "links": "link",
    "road": "link",
    "route": "link",
    "forced_redirection": "forced_redirection",
}
"""Names that one could expect to hold, and that Flee does not know."""
