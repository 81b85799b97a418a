"""From a scenario's parameters to the laws of the particle filter: one row a prior draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import PRIORS
from staffride.lab.fluid import FluidPlan
from staffride.lab.keyed import entity_of, keyed_uniforms
from staffride.lab.normal import normal_cdf, normal_column
from staffride.lab.reports import ReportErrors
from staffride.model.buses import CONVOYS_PER_DAY
from staffride.model.checkpoint import RateProcess
from staffride.model.displacement_inputs import Inputs
from staffride.model.parameters import MODEL_PARAMETERS, PARAMETERS
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]


def prior_columns(scenario: Scenario, inputs: Inputs, count: int, seed: int) -> dict[str, Floats]:
    """Draw every parameter from its prior, in the model's units, for replications ``0 .. count - 1``.

    Each number is keyed by the name of its parameter, so a parameter more or less moves no other.
    """
    columns = {name: quantile(scenario, name, _uniforms(name, count, seed)) for name in MODEL_PARAMETERS}
    latents = {name: normal_column(_uniforms(name, count, seed)) for name in inputs.latents}
    return columns | latents


def quantile(scenario: Scenario, name: str, uniform: Floats, prior: str | None = None) -> Floats:
    """Return a parameter's prior quantiles in the model's unit, within the limits of the model.

    ``prior`` names another quantity of the scenario whose distribution stands in for the parameter's own.
    """
    spec = PARAMETERS[name]
    column = scenario.parameters[prior or name].in_unit(spec.unit).ppf(uniform)
    return np.clip(
        column, -np.inf if spec.low is None else spec.low, np.inf if spec.high is None else spec.high
    )


def _uniforms(name: str, count: int, seed: int) -> Floats:
    return keyed_uniforms(seed, count, PRIORS, 0, entity_of(name))


LAW_PARAMETERS = tuple(
    name
    for name in MODEL_PARAMETERS
    if name.partition(".")[0] in {"population", "departure", "vehicles", "buses", "traffic", "checkpoint"}
    or name
    in {
        "household.mean_size",
        "fuel.share_without",
        "fuel.vehicles_per_hour",
        "fuel.open_hour",
        "fuel.outage",
    }
)
"""The parameters that the fluid twin reads, in the order of the filter's scores."""

LEAVER_PARAMETERS = (
    "population.residents",
    "departure.stay_share",
    "departure.trust",
    "departure.trust_effect",
)
"""The parameters that set how many leave."""

PLACE_GROUPS = 3
SCORE_GRID = np.linspace(-6.0, 6.0, 4001)


class ScoreTable:
    """Turns standard normal scores into parameters by interpolation between tabulated prior quantiles.

    The error of interpolation is far below a thousandth of a prior's spread; it makes Metropolis moves cheap.
    """

    def __init__(self, scenario: Scenario, inputs: Inputs, names: tuple[str, ...] = LAW_PARAMETERS) -> None:
        self.names = tuple(name for name in names if scenario.parameters[name].sd > 0.0)
        self.inputs = inputs
        uniform = normal_cdf(SCORE_GRID)
        self.table = {name: quantile(scenario, name, uniform) for name in self.names}
        self.fixed = {
            name: quantile(scenario, name, np.array([0.5]))[0] for name in names if name not in self.names
        }

    def columns(self, score: Floats) -> dict[str, Floats]:
        """Return the parameters, a column (n,) each, of scores (n, D)."""
        free = {
            name: np.interp(score[:, d], SCORE_GRID, self.table[name]) for d, name in enumerate(self.names)
        }
        return free | {name: np.full(score.shape[0], value) for name, value in self.fixed.items()}

    @property
    def leaver_scores(self) -> tuple[int, ...]:
        """Positions of the scores that set how many leave."""
        return tuple(d for d, name in enumerate(self.names) if name in LEAVER_PARAMETERS)

    def keep_first_flow(self, before: Floats, after: Floats) -> tuple[Floats, Floats]:
        """Let the first hazard follow a move of the leavers, so that leavers times hazard stay the same.

        Parameters
        ----------
        before, after
            Scores (n, D); those of the first hazard are still equal.

        Returns
        -------
        scores, correction
            The scores with the first hazard moved, and the log of the prior density ratio times the Jacobian of
            that shift, (n,).
        """
        if "departure.first_rate" not in self.names:
            return after, np.zeros(after.shape[0])
        d = self.names.index("departure.first_rate")
        rates = self.table["departure.first_rate"]
        slope = np.gradient(rates, SCORE_GRID)
        leavers = [fluid_plans(self.columns(score), self.inputs).leavers for score in (before, after)]
        rate = np.interp(before[:, d], SCORE_GRID, rates)
        ratio = np.where(leavers[1] > 0.0, leavers[0] / np.maximum(leavers[1], 1e-9), np.inf)
        wanted = rate * ratio
        moved = after.copy()
        moved[:, d] = np.interp(wanted, rates, SCORE_GRID)
        inside = (wanted > rates[0]) & (wanted < rates[-1])
        stretch = np.interp(before[:, d], SCORE_GRID, slope) * ratio
        jacobian = np.log(
            stretch / np.interp(moved[:, d], SCORE_GRID, slope), where=inside, out=np.zeros(len(rate))
        )
        correction = 0.5 * (before[:, d] ** 2 - moved[:, d] ** 2) + jacobian
        return moved, np.where(inside, correction, -np.inf)

    def law(self, score: Floats) -> Floats:
        """Return the laws of the particle filter of scores (n, D)."""
        return law_table(self.columns(score), self.inputs)


def fluid_plans(columns: Columns, inputs: Inputs) -> FluidPlan:
    """Return the fluid plan with a column (n,) in each field; the same rules as ``behaviour_of`` for one draw."""
    stay = columns["departure.stay_share"]
    odds = stay / np.maximum(1.0 - stay, 1e-12)
    odds = odds * np.exp(columns["departure.trust"] * columns["departure.trust_effect"])
    hunger = np.exp(columns["departure.hunger"] * columns["departure.hunger_effect"])
    size, unseated = columns["household.mean_size"], columns["vehicles.without_seat_share"]
    load = columns["vehicles.persons_per_vehicle"]
    owners = np.minimum(1.0, size * (1.0 - unseated) / np.maximum(load - size * unseated, 1e-9))
    lag = inputs.place_share @ inputs.place_free_flow * columns["traffic.free_flow_factor"]
    return FluidPlan(
        leavers=columns["population.residents"] / (1.0 + odds),
        open_hour=columns["departure.open_hour"],
        word_spread_h=columns["departure.word_spread"],
        first_rate_per_h=columns["departure.first_rate"] * hunger,
        neighbour_rate_per_h=columns["departure.neighbour_rate"],
        straggler_share=np.minimum(1.0, columns["departure.straggler_share"]),
        straggler_delay_h=columns["departure.straggler_delay"],
        bus_share=(1.0 - owners) * unseated,
        bus_first_hour=columns["buses.first_hour"] + lag,
        bus_persons_per_convoy=columns["buses.seats_per_day"] / CONVOYS_PER_DAY,
        without_fuel_share=columns["fuel.share_without"],
        fuel_persons_per_h=columns["fuel.vehicles_per_hour"] * effective_load(columns),
        fuel_open_hour=columns["fuel.open_hour"] + lag,
        outage_from_h=inputs.explosion_hour + lag,
        outage_h=columns["fuel.outage"],
    )


def effective_load(columns: Columns) -> Floats:
    """Return persons per vehicle: as given, and never below a household's size, since each owner drives."""
    return np.maximum(columns["vehicles.persons_per_vehicle"], columns["household.mean_size"])


def rate_processes(columns: Columns, inputs: Inputs) -> RateProcess:
    """Return the law of the checkpoint's rate with a column (n,) in each field; see ``checkpoint.rate_process``."""
    persistence = np.exp(-1.0 / columns["checkpoint.memory"])
    return RateProcess(
        np.log(columns["checkpoint.rate_level"]),
        columns["checkpoint.rate_spread"],
        1.0 - np.exp(-1.0 / columns["checkpoint.regime_duration"]),
        persistence,
        columns["checkpoint.variability"] * np.sqrt(1.0 - persistence**2),
        np.full(persistence.size, inputs.highest_rate),
        columns["checkpoint.open_hour"],
    )


def law_table(columns: Columns, inputs: Inputs) -> Floats:
    """Return the laws of the particle filter, (n, LAW_COLUMNS)."""
    return np.column_stack(
        [
            *fluid_plans(columns, inputs),
            *rate_processes(columns, inputs),
            effective_load(columns),
            columns["traffic.free_flow_factor"],
            columns["departure.danger_effect"],
        ]
    )


def place_table(inputs: Inputs) -> Floats:
    """Return the places as the filter reads them, (4, groups): share, delay of word, free-flow time, danger.

    Places are put into groups of about equal share in the order of their distance in time, which makes the filter
    several times faster; within a group the times differ by less than the hour in which the filter steps, or by little more.
    """
    table = np.stack(
        (inputs.place_share, inputs.place_word_delay, inputs.place_free_flow, inputs.place_danger)
    )
    order = np.argsort(table[1] + table[2], kind="stable")
    group = np.minimum((np.cumsum(table[0, order]) - 1e-9) * PLACE_GROUPS, PLACE_GROUPS - 1).astype(int)
    columns = []
    for number in np.unique(group):
        members = table[:, order[group == number]]
        share = members[0].sum()
        columns.append(np.array([share, *(members[1:] @ members[0] / max(share, 1e-12))]))
    return np.column_stack(columns)


def report_errors(scenario: Scenario, inputs: Inputs) -> ReportErrors:
    """Return how far reports may be off, from the scenario's parameters ``bulletin.*`` and ``delay_report.*``."""
    number = {name: quantity.mean for name, quantity in scenario.parameters.items() if "report" in name}
    number |= {name: quantity.mean for name, quantity in scenario.parameters.items() if "bulletin" in name}
    reach = {
        f"queue_reach.{place}": float(inputs.place_storage[p]) for p, place in enumerate(inputs.place_ids)
    }
    return ReportErrors(
        number["bulletin.relative_error"],
        number["bulletin.floor"],
        number["bulletin.vehicles_relative_error"],
        number["delay_report.log_error"],
        number["delay_report.typical_to_longest"],
        scenario.parameters["departure.irregularity"].mean,
        reach,
    )
