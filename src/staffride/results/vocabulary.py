"""What each series counts, in words and with its unit; the same names are used in tables, API and JSON."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a series counts, and its unit; a share has the unit 1."""

    unit: str
    text: str

    @property
    def phrase(self) -> str:
        """Return unit and text as one phrase; a share has no word for its unit."""
        return self.text if self.unit in ("", "1") else f"{self.unit} {self.text}"

    def figure(self, value: float) -> str:
        """Return a value as people write it: a share with two decimals, a count with none.

        >>> Meaning("1", "share lost").figure(0.257), Meaning("rounds", "fired").figure(1234.4)
        ('0.26', '1,234')
        """
        return f"{value:,.2f}" if self.unit == "1" else f"{value:,.0f}"


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
    "casualties": Meaning("persons", "killed on the way, cumulative"),
    "stayed": Meaning("persons", "who have not left by the end"),
    "queue_vehicles.longest": Meaning("vehicles", "waiting behind the checkpoint at the worst hour"),
    "delay_hours.mean": Meaning("h", "lost on the road by a person who crossed, on average"),
    "delay_hours.longest": Meaning(
        "h", "lost on the road by those who crossed in the worst hour, on average"
    ),
    "travel_hours": Meaning("person-hours", "on the way to the checkpoint, all people together"),
    "road_hours": Meaning("person-hours", "lost on the road, all people together"),
    "waited_for_fuel_days": Meaning("person-days", "of waiting for fuel"),
    "waited_for_bus_days": Meaning("person-days", "of waiting for a bus"),
    "without_seat": Meaning("persons", "who want to leave and have found no vehicle, seat or bus by the end"),
    "shelter.unmet_days": Meaning("person-days", "of asking for shelter and having none yet"),
    "shelter.unmet_longest": Meaning("persons", "who ask for shelter and have none yet, at the worst hour"),
}

MEANINGS |= {
    **{
        f"closure.{good}{measure}": Meaning(unit, text.format(good=good))
        for good in ("food", "fuel", "medicine")
        for measure, unit, text in (
            ("_days", "day", "of full need for which stocks of {good} behind the closed road last"),
            (".lowest_days", "day", "of full need for which the lowest stock of {good} would have lasted"),
            (".short_days", "day", "of need for {good} that was not met"),
            (".brought_t", "t", "of {good} produced or brought in while stocks were counted"),
        )
    },
    "closure.fuel.left_share": Meaning("1", "share of full stocks of fuel left when the road opened"),
    "closure.opened_h": Meaning("h", "from the start until the road opened to all; none where it did not"),
    "hunger": Meaning("1", "hunger index behind the closed road"),
    "hunger.highest": Meaning("1", "highest hunger index"),
    "hunger.mean": Meaning("1", "mean hunger index"),
    "hunger.at_opening": Meaning("1", "hunger index when the road opened"),
    "talks.agreed": Meaning("1", "whether an agreement opened the road before an operation"),
    "talks.agreed_h": Meaning("h", "from the start to such an agreement; none where there was none"),
    "operation.begun": Meaning("1", "whether there was an operation"),
}
"""What only a chain counts."""


CAMPAIGN = {
    "lost": Meaning("elements", "of {what} of side {side} lost by then, cumulative"),
    "share_lost": Meaning("1", "share of {what} of side {side} lost by then"),
    "rounds_fired": Meaning("rounds", "fired by the air defence of side {side} by then, cumulative"),
    "rounds_left": Meaning("rounds", "left to the air defence of side {side}"),
    "threats": Meaning("threats", "that flew at targets of side {side} by then, cumulative"),
    "leakers": Meaning("threats", "that got through to targets of side {side} by then, cumulative"),
    "leakage": Meaning("1", "share of the threats to side {side} that got through"),
    "sorties": Meaning("sorties", "flown by side {side} by then, cumulative"),
    "located": Meaning("units", "of side {side} that the other side has located"),
    "network": Meaning("1", "quality of the network of side {side}"),
    "flyable": Meaning("1", "share of zones in which the weather lets drones fly"),
    "deaths": Meaning("persons", "of the forces of side {side} killed by then, cumulative"),
    "deaths_daily": Meaning("persons", "of the forces of side {side} killed in the day before"),
    "deaths_by_fires": Meaning(
        "persons", "of those of side {side} killed by what is fired at units, cumulative"
    ),
    "missing": Meaning("persons", "of the forces of side {side} missing by then, cumulative"),
    "wounded": Meaning("persons", "of the forces of side {side} wounded by then, cumulative"),
    "captured": Meaning("persons", "of the forces of side {side} captured by then, cumulative"),
    "deserted": Meaning("persons", "of the forces of side {side} who have left them by then, cumulative"),
    "withdrawn": Meaning("persons", "of the forces of side {side} taken out alive by then, cumulative"),
    "present": Meaning("persons", "of the forces of side {side} with their formations"),
    "civilian_deaths": Meaning("persons", "civilians of side {side} killed by then, cumulative"),
    "displaced": Meaning("persons", "civilians of side {side} who have fled by then, cumulative"),
    "held_share": Meaning("1", "share of the area that side {side} holds"),
    "supply_days": Meaning("day", "of supply, of the kind that is shortest, with the forces of side {side}"),
    "ammunition_days": Meaning("day", "of ammunition with the forces of side {side}"),
    "cohesion": Meaning("1", "mean cohesion of the forces of side {side}"),
    "truce": Meaning("1", "whether a truce holds"),
    "over": Meaning("1", "whether the war is over"),
    "end_h": Meaning("h", "from the start to the ceasefire; none where the war is not over by the end"),
    "truces": Meaning("truces", "made, the ceasefire apart"),
    "truces_broken": Meaning("truces", "broken"),
    "captured_vehicles": Meaning("elements", "of {what} of side {side} that fell to the other side"),
    "changed": Meaning(
        "h", "from the start to the first change of control of {place}; none where there is none"
    ),
    "last_changed": Meaning(
        "h", "from the start to the last change of control of {place}; none where there is none"
    ),
    "changes": Meaning("changes", "of control of {place}"),
    "returned": Meaning("persons", "of side {side} who are back after the horizon"),
    "returned_with_guarantee": Meaning("persons", "of side {side} who would be, with a credible guarantee"),
    "returned_without_guarantee": Meaning("persons", "of side {side} who would be, without any guarantee"),
}
"""What the series and totals of a campaign count, by the first part of the name."""

BY, VARIANT = ".by.", "@"
OVER_THE_STEP = frozenset({"flyable"})
"""Series of a campaign that are means over a step; all others are states at its end."""

CHANGED, CEASEFIRE = "changed.", "end_h"
"""What totals that are dates begin with or are called: hours after the start, missing where it did not happen."""


def is_cumulative(name: str) -> bool:
    """Return whether a series of a campaign counts from zero at the start and never falls.

    >>> is_cumulative("deaths.arm"), is_cumulative("lost.armour.az"), is_cumulative("cohesion.az")
    (True, True, False)
    """
    found = CAMPAIGN.get(name.partition(".")[0])
    return found is not None and found.text.endswith("cumulative")


def meaning(name: str) -> Meaning:
    """Return what series or total ``name`` counts; a province, side, class or variant is told by its slug."""
    plain, _, variant = name.partition(VARIANT)
    if plain in MEANINGS:
        known = MEANINGS[plain]
        return Meaning(known.unit, f"{known.text}, under variant {variant}") if variant else known
    if name.startswith("shelter."):
        return Meaning("persons", f"in shelter that the state provides in {name.removeprefix('shelter.')}")
    if name.partition(VARIANT)[0].partition(".")[0] in CAMPAIGN:
        return _campaign_meaning(name)
    return Meaning("", name.replace("_", " "))


def _campaign_meaning(name: str) -> Meaning:
    """Return the meaning of ``<measure>.<class>.<side>.by.<weapon>@<variant>``; only the measure must be there."""
    plain, _, variant = name.partition(VARIANT)
    plain, _, weapon = plain.partition(BY)
    measure, *rest = plain.split(".")
    what, side = " ".join(rest[:-1]).replace("_", " "), rest[-1] if rest else ""
    text = CAMPAIGN[measure].text.format(what=what or "all", side=side, place=side)
    text += f", by {weapon.replace('_', ' ')}" if weapon else ""
    text += f", under variant {variant}" if variant else ""
    return Meaning(CAMPAIGN[measure].unit, text)
