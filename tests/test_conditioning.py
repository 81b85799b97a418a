"""Drawing an ensemble: each replication by its number and seed alone, from the fit or from the prior."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditioning_cases import midnight
from displacement_cases import shipped_inputs, shipped_scenario
from staffride.lab import conditioning
from staffride.lab.conditioning import STRIDE, draw, draw_from, posterior_rows
from staffride.lab.posterior import PosteriorDraws, load_fit
from staffride.lab.priors import prior_columns

KNOWN = 60


def fit(count=24):
    """A made-up fit of two parameters, known for some hours."""
    column = np.arange(1.0, count + 1.0)
    rate = column[:, None] + np.linspace(0.0, 0.5, KNOWN)
    return PosteriorDraws(
        {"population.residents": 1_000.0 * column, "checkpoint.memory": column},
        rate,
        np.log(column),
        0.0 * column,
    )


def posterior(replications, seed=5, count=24):
    return draw_from(fit(count), shipped_scenario(), shipped_inputs(), replications, seed)


@pytest.mark.parametrize("mode", ["prior", "posterior"])
def test_a_replication_depends_on_its_number_and_the_seed_only(mode):
    def drawn(replications, seed):
        return draw(shipped_scenario(), replications, seed, mode, inputs=shipped_inputs())

    few, many, other = drawn(10, 3), drawn(60, 3), drawn(10, 4)
    assert set(few.parameters) == set(many.parameters)
    for name, column in few.parameters.items():
        assert np.array_equal(column, many.parameters[name][:10]), name
    assert np.array_equal(few.rate_path, many.rate_path[:10])
    assert not np.array_equal(few.rate_path, other.rate_path)


@given(st.integers(1, 2_000), st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_every_stored_draw_is_used_before_any_is_used_again(available, seed, rounds):
    rows = posterior_rows(rounds * available, seed, available)
    for turn in range(rounds):
        part = rows[turn * available : (turn + 1) * available]
        assert np.array_equal(np.sort(part), np.arange(available))


@pytest.mark.parametrize("available", [STRIDE, 2 * STRIDE])
def test_a_number_of_draws_that_the_stride_divides_is_no_exception(available):
    assert np.unique(posterior_rows(available, 1, available)).size == available


def test_what_is_fitted_comes_from_the_fit_and_the_rest_from_the_prior():
    draws, prior = posterior(30), prior_columns(shipped_scenario(), shipped_inputs(), 30, 5)
    rows = posterior_rows(30, 5, 24)
    assert np.array_equal(draws.parameters["population.residents"], 1_000.0 * (rows + 1))
    for name in set(prior) - {"population.residents", "checkpoint.memory"}:
        assert np.array_equal(draws.parameters[name], prior[name]), name


def test_rates_before_the_origin_are_those_of_the_fit_and_after_it_go_on_from_its_state():
    draws, rows = posterior(24), posterior_rows(24, 5, 24)
    assert np.array_equal(draws.rate_path[:, :KNOWN], fit().rate[rows])
    assert draws.rate_path.shape == (24, shipped_inputs().hours)
    change = np.log(draws.rate_path[:, KNOWN]) - fit().log_level[rows]
    assert np.median(np.abs(change)) < 0.5


def test_the_future_of_the_rate_is_the_run_s_own_luck():
    few, more = posterior(24, count=24), posterior(48, count=24)
    again = more.rate_path[24:, :KNOWN]
    assert np.array_equal(np.sort(again[:, 0]), np.sort(few.rate_path[:, 0]))
    assert (more.rate_path[24:, KNOWN:] == few.rate_path[:, KNOWN:]).mean() < 0.05


def test_the_prior_needs_no_fit(monkeypatch):
    monkeypatch.setattr(conditioning, "load_fit", lambda *_: pytest.fail("the prior read a fit"))
    homeless = shipped_scenario().model_copy(update={"folder": None})
    draws = draw(homeless, 4, 1, "prior", inputs=shipped_inputs())
    assert draws.rate_path.shape == (4, shipped_inputs().hours)


def test_the_default_origin_is_the_cut_off():
    scenario = shipped_scenario()
    default, named = (
        draw(scenario, 8, 1, origin=origin, inputs=shipped_inputs()) for origin in (None, scenario.cutoff)
    )
    assert np.array_equal(default.rate_path, named.rate_path)
    other = draw(scenario, 8, 1, origin=midnight(3), inputs=shipped_inputs())
    assert not np.array_equal(default.rate_path, other.rate_path)
    stored = load_fit(scenario, scenario.cutoff).rate
    assert np.isin(default.rate_path[:, 90], stored[:, 90]).all()
