"""The parameters of the displacement model: name, unit in which the model reads it, meaning, and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from staffride.scenario.quantity import ParameterSpec

_SPECS = (
    ParameterSpec("population.residents", "persons", "people in the area when the road opens", 0),
    ParameterSpec("household.mean_size", "persons", "persons in a household", 1, 9),
    ParameterSpec("household.children_share", "1", "share of persons under 18", 0, 1),
    ParameterSpec("household.women_share", "1", "share of women and girls", 0, 1),
    ParameterSpec("household.older_share", "1", "share of older persons", 0, 1),
    ParameterSpec(
        "departure.stay_share", "1", "share of households who stay, without trust in guarantees", 0, 1
    ),
    ParameterSpec("departure.trust", "1", "trust in the guarantees offered, none to full", 0, 1),
    ParameterSpec("departure.trust_effect", "1", "log-odds of staying per unit of trust"),
    ParameterSpec("departure.open_hour", "h", "when the first households hear that the road is open", 0),
    ParameterSpec("departure.word_spread", "h", "time until word has reached every household", 0),
    ParameterSpec("departure.first_rate", "1/h", "hazard of a household that sees nobody leave", 0),
    ParameterSpec("departure.neighbour_rate", "1/h", "hazard added when all neighbours have left", 0),
    ParameterSpec("departure.danger_effect", "1", "log hazard ratio of the most to the least exposed place"),
    ParameterSpec("departure.hunger", "1", "index of want after the closure of the road", 0, 1),
    ParameterSpec("departure.hunger_effect", "1", "log hazard ratio per unit of the hunger index"),
    ParameterSpec(
        "departure.straggler_share", "1", "share of leaving households who go long after the others", 0, 1
    ),
    ParameterSpec("departure.straggler_delay", "h", "mean time after which a late household goes", 0),
    ParameterSpec("vehicles.persons_per_vehicle", "persons/vehicle", "mean load of a vehicle", 1),
    ParameterSpec(
        "vehicles.without_seat_share", "1", "share of those without a vehicle who find no seat", 0, 1
    ),
    ParameterSpec("buses.first_hour", "h", "when the first convoy of buses leaves", 0),
    ParameterSpec("buses.seats_per_day", "persons/day", "seats that convoys offer in a day", 0),
    ParameterSpec("fuel.share_without", "1", "share of vehicles that lack fuel for the way", 0, 1),
    ParameterSpec("fuel.tank", "litre", "fuel in a vehicle that has enough", 0),
    ParameterSpec("fuel.ration", "litre", "fuel handed out to a vehicle", 0),
    ParameterSpec("fuel.vehicles_per_hour", "vehicles/h", "rate at which fuel is handed out", 0),
    ParameterSpec("fuel.open_hour", "h", "when fuel is first handed out", 0),
    ParameterSpec("fuel.outage", "h", "time without distribution after the depot explosion", 0),
    ParameterSpec("fuel.consumption", "litre/100km", "fuel burned on the way", 0),
    ParameterSpec("incident.fatalities", "persons", "deaths in the depot explosion", 0),
    ParameterSpec("traffic.free_flow_factor", "1", "factor on every free-flow time", 0.1, 10),
    ParameterSpec("checkpoint.open_hour", "h", "when the checkpoint lets the first civilians pass", 0),
    ParameterSpec("checkpoint.rate_level", "vehicles/h", "median rate of a procedure", 0),
    ParameterSpec("checkpoint.rate_spread", "1", "standard deviation of the log rate between procedures", 0),
    ParameterSpec("checkpoint.regime_duration", "h", "mean time between changes of the procedure", 0),
    ParameterSpec(
        "checkpoint.variability", "1", "standard deviation of the log rate within a procedure", 1e-6
    ),
    ParameterSpec("checkpoint.memory", "h", "time over which the rate of one procedure varies", 0),
    ParameterSpec("reception.registration_rate", "persons/h", "persons registered in an hour", 0),
    ParameterSpec(
        "reception.registration_delay", "h", "mean time from arrival until a person's papers are ready", 0
    ),
    ParameterSpec("reception.opening_scale", "h", "mean time from first arrival until a province opens", 0),
    ParameterSpec(
        "reception.shelter_share", "1", "share of arrivals who will ask the state for a place", 0, 1
    ),
    ParameterSpec("reception.ask_delay", "h", "mean time from registration until a place is asked for", 0),
    ParameterSpec("reception.placement_rate", "persons/h", "persons placed in an hour on the first day", 0),
    ParameterSpec("reception.placement_growth", "1/h", "growth of the rate at which places are filled"),
    ParameterSpec(
        "reception.capacity_share", "1", "places that a province can open, as a share of its residents", 0
    ),
    ParameterSpec("reception.capacity_spread", "1", "standard deviation of the log of a province's share", 0),
    ParameterSpec(
        "reception.distance_scale", "h", "travel time over which the pull of a province falls by e", 1e-6
    ),
    ParameterSpec("reception.patient_share", "1", "share of arrivals taken straight to a hospital", 0),
)

_OF_READING = (
    ParameterSpec("bulletin.relative_error", "1", "error of a bulletin's persons, as a share", 0),
    ParameterSpec("departure.irregularity", "1", "how far decisions stray from the smooth law", 0),
    ParameterSpec("bulletin.floor", "persons", "error of the smallest bulletins", 0),
    ParameterSpec("bulletin.vehicles_relative_error", "1", "error of a bulletin's vehicles, as a share", 0),
    ParameterSpec("delay_report.log_error", "1", "error of the logarithm of a reported delay", 0),
    ParameterSpec("delay_report.typical_to_longest", "1", "mean delay over the longest one reported", 0),
    ParameterSpec("shelter_report.log_error", "1", "error of the logarithm of persons in shelter", 0),
    ParameterSpec(
        "population.residents_leaning_to_azerbaijani_figures",
        "persons",
        "people in the area, leaning to Azerbaijani figures",
        0,
    ),
    ParameterSpec(
        "population.residents_leaning_to_armenian_figures",
        "persons",
        "people in the area, leaning to Armenian figures",
        0,
    ),
    ParameterSpec("population.residents_flat", "persons", "people in the area, every figure alike", 0),
)

MODEL_PARAMETERS: Mapping[str, ParameterSpec] = {spec.name: spec for spec in _SPECS}
"""Every parameter that a replication reads, by name."""

PARAMETERS: Mapping[str, ParameterSpec] = {
    **MODEL_PARAMETERS,
    **{spec.name: replace(spec, required=False) for spec in _OF_READING},
}
"""Every parameter that a scenario may give: those of the model, and those by which the record is read."""
