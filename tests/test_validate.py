"""``staffride validate``: what it prints, and the run that it scores."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from staffride.cli import validate as command
from staffride.errors import StaffrideError
from staffride.lab.validate import observed_series, validate_run
from staffride.scenario import load
from staffride.scenario.schema import Scenario


@pytest.fixture(scope="module")
def real() -> Scenario:
    return load("karabakh-2023")


def stored_run(
    scenario: Scenario, origin: datetime, mode: str = "posterior", pace: float = 1.0
) -> SimpleNamespace:
    """What a finished run offers to scoring: its settings, its seed and its series."""
    hours = np.arange(1.0, scenario.period.hours + 1.0)
    curve = 100_632.0 / (1.0 + np.exp(-(hours - 96.0) / 14.0))
    spread = pace * np.linspace(0.9, 1.1, 21)[:, None]
    values = {
        "arrivals": spread * curve,
        "shelter.total": 0.4 * spread * curve,
        "queue_vehicles": 0.0 * spread * curve,
    }
    settings = SimpleNamespace(origin=origin.isoformat(), mode=mode)
    return type(
        "StoredRun",
        (),
        {
            "manifest": SimpleNamespace(settings=settings),
            "seed": 1,
            "series_names": tuple(values),
            "__getitem__": lambda self, name: SimpleNamespace(values=values[name].astype(np.float32)),
        },
    )()


def printed(run: SimpleNamespace, scenario: Scenario) -> str:
    console = Console(file=io.StringIO(), width=160, highlight=False)
    command.print_scoreboard(validate_run(run, scenario), console)
    return console.file.getvalue()


def test_only_observed_series_are_read(real: Scenario) -> None:
    assert set(observed_series(stored_run(real, real.cutoff), real)) == {"arrivals", "shelter.total"}


def test_the_board_is_that_of_the_runs_own_origin(real: Scenario) -> None:
    later = real.cutoff + timedelta(days=1)
    board = validate_run(stored_run(real, later), real)
    assert board.origin == later
    arrivals = board.score("arrivals")
    assert arrivals is not None
    assert arrivals.n == 14
    assert "capped_persistence" in arrivals.baselines


def test_the_print_shows_held_out_and_fitted_apart_and_the_days(real: Scenario) -> None:
    text = printed(stored_run(real, real.cutoff), real)
    assert "knowing what was published by 28 September 2023 00:00" in text
    held, fitted = text.split("Published by then: the fit may have used these")
    assert "Held out: the forecast never saw these" in held
    assert "flow_between_bulletins.hours_as_stated" in held
    assert "arrivals: mean CRPS (persons) by day after the origin" in fitted


def test_a_loss_is_printed(real: Scenario) -> None:
    assert "loses to" in printed(stored_run(real, real.cutoff, pace=9.0), real)
    assert "The model is better than the best simple forecast" in printed(stored_run(real, real.cutoff), real)


def test_the_document_is_plain_json(real: Scenario) -> None:
    document = command.as_document(validate_run(stored_run(real, real.cutoff, "prior"), real))
    again = json.loads(json.dumps(document, allow_nan=False))
    assert again["final"]["record"] == 100_632.0
    assert again["scores"]["arrivals"]["n"] == 18
    assert again["says"]


def test_a_run_without_finished_series_is_refused(real: Scenario) -> None:
    run = stored_run(real, real.cutoff)
    bad = type(run)()
    type(bad).__getitem__ = lambda self, name: SimpleNamespace(values=np.zeros((0, real.period.hours)))
    with pytest.raises(StaffrideError, match="shape"):
        validate_run(bad, real)
