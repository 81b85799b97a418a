"""Levers of relief: the road, the checkpoint, what carries people, who receives them, and what they are told.

Each acts on a displacement, alone or as a stage of a chain. In a chain the closure tells how hungry people are and how
much fuel is left, so that what is let through acts there.
"""

from __future__ import annotations

import math

from staffride.errors import InputError, Problem
from staffride.scenario.chain_schema import CHAIN, STOP
from staffride.scenario.levers.doses import amount, number
from staffride.scenario.levers.lever import Lever, Values
from staffride.scenario.policy import Change, Patch, Rule, Stages
from staffride.scenario.schema import Link

KIND = "displacement"
KINDS = (KIND, CHAIN)
PERSONS_PER_BUS = 35
"""700 people in 20 buses on 30 September 2023 (diplomacy.D29.last)."""

PAYMENT_AMD, MONTHLY_AMD, MONTHS = 100_000, 50_000, 6
"""What each displaced person was paid at once, and in a month for half a year (diplomacy.D34)."""


def _changes(*changes: tuple[str, Rule, float, float]) -> Patch:
    """Return the patch of changes (name, rule, value, value that changes nothing); one of nothing is left out."""
    return Patch(
        changes=tuple(Change(name, rule, value) for name, rule, value, null in changes if value != null)
    )


def _open_road(stages: Stages, values: Values) -> Patch:
    share = amount(values, "share")
    if share == 0.0:
        return Patch()
    if CHAIN in stages:
        chain = stages[CHAIN]
        events = tuple(event for event in chain.events if event.kind != STOP)
        brought = (Change("closure.*.relief", "at_least", share),)
        return Patch({CHAIN: chain.model_copy(update={"events": events})}, brought)
    return _changes(
        ("departure.hunger", "times", 1.0 - share, 1.0), ("fuel.share_without", "times", 1.0 - share, 1.0)
    )


def _road_repair(stages: Stages, values: Values) -> Patch:
    capacity, time = amount(values, "capacity"), amount(values, "time")
    scenario = stages[KIND]
    problems = [
        scenario.problem(
            f"links.{link.id}",
            f"with {capacity:g} times its capacity the link {link.id!r} would be as full when it flows as when jammed",
            expected="capacity x free-flow time / length under the jam density",
            suggestion="a smaller factor on the capacity",
        )
        for link in scenario.links
        if link.civilian_use and _density(link) * capacity * time >= link.jam_density_vehicles_per_km
    ]
    if problems:
        raise InputError(problems)
    if capacity == time == 1.0:
        return Patch()
    links = tuple(_repaired(link, capacity, time) if link.civilian_use else link for link in scenario.links)
    return Patch({KIND: scenario.model_copy(update={"links": links})})


def _density(link: Link) -> float:
    """Return how many vehicles are on a kilometre of a link that carries its capacity."""
    return link.capacity_vehicles_per_h * link.free_flow_h / link.length_km


def _repaired(link: Link, capacity: float, time: float) -> Link:
    cells = {
        "capacity_vehicles_per_h": link.capacity_vehicles_per_h * capacity,
        "free_flow_h": link.free_flow_h * time,
    }
    return link.model_copy(update=cells)


def _buses(_: Stages, values: Values) -> Patch:
    return _changes(
        ("buses.seats_per_day", "plus", amount(values, "seats"), 0.0),
        ("buses.first_hour", "plus", -amount(values, "earlier"), 0.0),
    )


def _cost_of_buses(values: Values) -> str:
    seats = amount(values, "seats")
    if seats == 0.0:
        return ""
    journeys = math.ceil(seats / PERSONS_PER_BUS)
    return (
        f"up to {journeys:,} more bus journeys a day, at {PERSONS_PER_BUS} people a bus (diplomacy.D29.last)"
    )


def _checkpoint_lanes(_: Stages, values: Values) -> Patch:
    return _changes(("checkpoint.rate", "times", amount(values, "factor"), 1.0))


def _reception_surge(stages: Stages, values: Values) -> Patch:
    if not stages[KIND].provinces:
        raise InputError([Problem(f"{stages[KIND].name} has no provinces that receive anybody")])
    factor = amount(values, "factor")
    return _changes(
        ("reception.registration_rate", "times", factor, 1.0),
        ("reception.placement_rate", "times", factor, 1.0),
        ("reception.capacity_share", "times", amount(values, "places"), 1.0),
    )


def _cost_of_reception(values: Values) -> str:
    if amount(values, "factor") == amount(values, "places") == 1.0:
        return ""
    return (
        f"no figure for places; people were paid {PAYMENT_AMD:,} AMD each at once and {MONTHLY_AMD:,} AMD a month "
        f"for {MONTHS} months, placed or not (diplomacy.D34)"
    )


def _early_warning(_: Stages, values: Values) -> Patch:
    hours = amount(values, "hours")
    return _changes(
        ("departure.open_hour", "plus", -hours, 0.0),
        ("reception.opening_scale", "plus", -hours, 0.0),
        ("departure.word_spread", "times", amount(values, "word"), 1.0),
    )


def _credible_guarantee(stages: Stages, values: Values) -> Patch:
    trust = amount(values, "trust")
    names = ("departure.trust", "returns.guarantee") if CHAIN in stages else ("departure.trust",)
    return _changes(*((name, "at_least", trust, 0.0) for name in names))


def _fuel_distribution(stages: Stages, values: Values) -> Patch:
    lacking = "link.without_fuel" if CHAIN in stages else "fuel.share_without"
    return _changes(
        ("fuel.vehicles_per_hour", "times", amount(values, "factor"), 1.0),
        (lacking, "times", 1.0 - amount(values, "stock"), 1.0),
        ("fuel.outage", "times", amount(values, "outage"), 1.0),
    )


RELIEF_LEVERS = (
    Lever(
        id="open-road",
        label="Open road",
        group="relief",
        summary="Lets a share of normal traffic pass all through the closure, so that people are less hungry and fewer "
        "vehicles lack fuel when they leave.",
        kinds=KINDS,
        doses=(number("share", "share of normal traffic that is let through", "1", 1.0, 0.0, 1.0, 0.0),),
        build=_open_road,
        starts_later=False,
        evidence=("diplomacy.D16", "diplomacy.D16.supplies", "diplomacy.D18", "diplomacy.D19"),
        assumed="Hunger and the share of vehicles without fuel fall in proportion to what is let through: no source "
        "measured either. In a chain stocks follow from it, and any share above none also ends the stop of the summer.",
        limits="In a displacement alone it changes only how hungry people are and what fuel they have. Whether there "
        "would have been an operation at all is asked in a chain, and there only by the rate of agreement.",
    ),
    Lever(
        id="road-repair",
        label="Road repair",
        group="relief",
        summary="Multiplies the capacity, and may shorten the free-flow time, of every road that civilians may use.",
        kinds=KINDS,
        doses=(
            number("capacity", "factor on vehicles per hour that a road carries", "1", 1.5, 1.0, 4.0, 1.0),
            number("time", "factor on the hours of an empty road", "1", 1.0, 0.3, 1.0, 1.0),
        ),
        build=_road_repair,
        starts_later=False,
        evidence=("road.E01", "road.E02", "road.E09", "road.E10", "delay.usual"),
        assumed="Every road gains alike; capacities themselves are estimates by class of road and terrain.",
        limits="The rates of the checkpoint stay as they were drawn: where it is the narrowest point, a better road "
        "alone moves the queue and hardly shortens it (diplomacy.D26.inspection); add checkpoint-lanes. What a repair "
        "takes in time and money, and the roads within Armenia beyond the exit, are left out.",
    ),
    Lever(
        id="buses",
        label="More buses",
        group="relief",
        summary="Convoys offer more seats a day, and may start earlier, for those without a vehicle or a seat.",
        kinds=KINDS,
        doses=(
            number("seats", "more seats in a day", "persons/day", 1000.0, 0.0, 20_000.0, 0.0),
            number("earlier", "how much earlier the first convoy leaves", "h", 0.0, 0.0, 144.0, 0.0),
        ),
        build=_buses,
        starts_later=True,
        evidence=("diplomacy.D29", "diplomacy.D29.waiting", "diplomacy.D29.last"),
        assumed="Seats are added to what convoys offer; that number itself is a prior, for no source gives it by day.",
        limits="Buses gather people at once wherever they wait; drivers, permission and the way in are left out. "
        "Nobody with a vehicle leaves it for a bus, so buses do not shorten the queue.",
        cost=_cost_of_buses,
    ),
    Lever(
        id="checkpoint-lanes",
        label="More lanes at the checkpoint",
        group="relief",
        summary="The checkpoint passes more vehicles in an hour, up to what the road carries.",
        kinds=KINDS,
        doses=(number("factor", "factor on vehicles passed in an hour", "1", 2.0, 0.25, 6.0, 1.0),),
        build=_checkpoint_lanes,
        starts_later=True,
        evidence=("diplomacy.D17", "diplomacy.D26.inspection"),
        assumed="Lanes serve alike and side by side, so the rate grows with their number: no source counts them.",
        limits="What moves those who decide over the checkpoint is left out, and that they might answer to the queue. "
        "Households do not leave earlier because the queue is short.",
    ),
    Lever(
        id="reception-surge",
        label="Reception surge",
        group="relief",
        summary="More desks and teams register and place people faster, and provinces may open more places.",
        kinds=KINDS,
        doses=(
            number("factor", "factor on persons registered and placed in an hour", "1", 2.0, 0.1, 10.0, 1.0),
            number("places", "factor on the places that provinces can open", "1", 1.0, 0.0, 10.0, 1.0),
        ),
        build=_reception_surge,
        starts_later=False,
        evidence=("diplomacy.D34",),
        assumed="Rates and places grow alike in every province; what each had in hand is a prior, for no source tells.",
        limits="It says nothing of how good a place is, of schools, work or winter. People ask for a place no earlier, "
        "and provinces open in the same order and at the same hours.",
        cost=_cost_of_reception,
    ),
    Lever(
        id="early-warning",
        label="Early warning",
        group="relief",
        summary="People hear earlier that the road will open, and provinces prepare as much earlier.",
        kinds=KINDS,
        doses=(
            number("hours", "how much earlier people and provinces know", "h", 12.0, 0.0, 48.0, 0.0),
            number("word", "factor on the hours until word has reached everybody", "1", 1.0, 0.0, 1.0, 1.0),
        ),
        build=_early_warning,
        starts_later=False,
        evidence=("diplomacy.D26",),
        assumed="Hours gained are hours by which first word, and on average the opening of a province, come earlier; "
        "no source tells when either first knew.",
        limits="The checkpoint opens no earlier, and nobody is told to wait at home: who knows sooner leaves sooner "
        "and may only stand in the queue for longer. Nobody hears before the period starts.",
    ),
    Lever(
        id="credible-guarantee",
        label="Credible guarantee",
        group="relief",
        summary="Raises the trust in guarantees, on which the share of households who stay depends, and in a chain how "
        "many return.",
        kinds=KINDS,
        doses=(number("trust", "least trust in guarantees, none to full", "1", 0.8, 0.0, 1.0, 0.0),),
        build=_credible_guarantee,
        starts_later=False,
        evidence=("claim.Q219",),
        assumed="What a guarantee would have done is a prior that begins at no effect (departure.trust_effect): nobody "
        "asked those who left.",
        limits="It does not say what makes a guarantee credible, who gives it, or how those who stay then live. "
        "Returns exist in a chain alone.",
    ),
    Lever(
        id="fuel-distribution",
        label="Fuel distribution",
        group="relief",
        summary="Fuel is handed out faster, to part of the vehicles before they leave, and with a shorter break.",
        kinds=KINDS,
        doses=(
            number("factor", "factor on vehicles that get fuel in an hour", "1", 2.0, 0.0, 20.0, 1.0),
            number(
                "stock", "share of the vehicles without fuel that get it beforehand", "1", 0.0, 0.0, 1.0, 0.0
            ),
            number("outage", "factor on the hours without distribution", "1", 1.0, 0.0, 1.0, 1.0),
        ),
        build=_fuel_distribution,
        starts_later=False,
        evidence=("diplomacy.D18", "diplomacy.D27"),
        assumed="How fast fuel was handed out, and how many lacked it, are priors: the record has neither.",
        limits="The depot explodes at its hour; how many it kills depends on how many wait there, and no more is known "
        "of it. Stocks never run out. Without a faster checkpoint, who need not wait for fuel waits on the road.",
    ),
)
"""The levers of relief, in the order in which they are listed."""
