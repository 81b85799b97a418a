"""What each series counts, in words and with its unit; the same names are used in tables, API and JSON."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a series counts, and its unit."""

    unit: str
    text: str


MEANINGS = {
    "arrivals": Meaning("persons", "who have crossed by then, cumulative"),
    "flow": Meaning("persons", "who crossed in the hour before"),
    "queue_vehicles": Meaning("vehicles", "waiting behind the checkpoint"),
    "delay_hours": Meaning("h", "mean loss on the road of those who crossed in the hour before"),
    "departed": Meaning("persons", "who have left home by then, cumulative"),
    "on_road": Meaning("persons", "on the road"),
    "at_home": Meaning("persons", "who have not left"),
    "waiting_for_fuel": Meaning("persons", "who want to leave and wait for fuel"),
    "waiting_for_bus": Meaning("persons", "who want to leave and wait for a bus"),
    "vehicles_crossed": Meaning("vehicles", "that have crossed by then, cumulative"),
    "registered": Meaning("persons", "registered on arrival, cumulative"),
    "registration_queue": Meaning("persons", "waiting to be registered"),
    "own_address": Meaning("persons", "who went to an address of their own, cumulative"),
    "shelter.total": Meaning("persons", "in shelter that the state provides"),
    "shelter.unmet": Meaning("persons", "who ask for shelter and have none yet"),
    "patients": Meaning("persons", "in need of a hospital"),
    "casualties": Meaning("persons", "killed or injured, cumulative"),
}


def meaning(name: str) -> Meaning:
    """Return what series ``name`` counts; a province's shelter is told by its slug."""
    if name in MEANINGS:
        return MEANINGS[name]
    if name.startswith("shelter."):
        return Meaning("persons", f"in shelter that the state provides in {name.removeprefix('shelter.')}")
    return Meaning("", name.replace("_", " "))
