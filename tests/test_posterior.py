"""The stored fit: it comes back as it was, and says what is wrong when it cannot be used."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import numpy as np
import pytest

from conditioning_cases import midnight
from displacement_cases import shipped_scenario
from staffride.errors import StaffrideError
from staffride.lab import posterior
from staffride.lab.posterior import FitMissingError, PosteriorDraws, digest, load_fit, read_record, save_fit

COUNT, HOURS = 6, 4


def draws(shift=0.0):
    """Made-up draws that 32 bits hold exactly."""
    column = np.arange(COUNT) / 8.0 + shift
    return PosteriorDraws(
        {"a.b": column, "c": 2 * column}, np.outer(column, np.ones(HOURS)), column - 1, column + 1
    )


@pytest.fixture
def scenario(tmp_path):
    """The shipped scenario as if it lay in an empty folder."""
    return shipped_scenario().model_copy(update={"folder": tmp_path})


def record(scenario, *origins):
    return {"scenario_digest": digest(scenario), "origins": {origin.isoformat(): {} for origin in origins}}


def saved(scenario, *origins, shift=0.0):
    return save_fit(
        scenario, {o: draws(shift) for o in origins}, record(scenario, *origins), {"quantiles": []}
    )


def test_a_fit_comes_back_as_it_was(scenario):
    folder = saved(scenario, midnight(3), midnight(4))
    assert sorted(path.name for path in folder.iterdir()) == ["draws.npz", "fit.json", "origins.json"]
    found, expected = load_fit(scenario, midnight(4)), draws()
    assert set(found.parameters) == set(expected.parameters)
    assert np.array_equal(found.parameters["c"], expected.parameters["c"])
    for name in ("rate", "log_level", "deviation"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))
    assert read_record(scenario)["origins"].keys() == {midnight(3).isoformat(), midnight(4).isoformat()}


def test_the_same_fit_gives_the_same_bytes(scenario):
    first = (saved(scenario, midnight(3)) / "draws.npz").read_bytes()
    assert (saved(scenario, midnight(3)) / "draws.npz").read_bytes() == first


def test_no_fit_says_how_to_make_one(scenario):
    with pytest.raises(FitMissingError, match=r"staffride calibrate karabakh-2023.*--prior"):
        load_fit(scenario, midnight(4))


def test_a_fit_of_other_tables_is_refused(scenario):
    saved(scenario, midnight(4))
    other = scenario.model_copy(update={"observations": scenario.observations[1:]})
    assert digest(other) != digest(scenario)
    with pytest.raises(FitMissingError, match=r"another version.*staffride calibrate karabakh-2023"):
        load_fit(other, midnight(4))


def test_texts_and_folder_do_not_bear_on_a_fit(scenario):
    elsewhere = scenario.model_copy(
        update={"folder": scenario.folder / "other", "title": "Other", "description": "Other."}
    )
    assert digest(elsewhere) == digest(scenario)


@pytest.mark.parametrize("origin", [midnight(5), midnight(4) + timedelta(minutes=20)])
def test_a_missing_origin_names_the_known_ones(scenario, origin):
    """Also an origin within the same hour: what was known some minutes later was not known then."""
    saved(scenario, midnight(3), midnight(4))
    with pytest.raises(FitMissingError) as caught:
        load_fit(scenario, origin)
    text = str(caught.value)
    assert midnight(3).isoformat() in text
    assert midnight(4).isoformat() in text
    assert f"--origin {origin.isoformat()}" in text


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_an_unwritable_folder_is_an_error_in_words(scenario):
    scenario.folder.chmod(0o500)
    with pytest.raises(StaffrideError, match="cannot be written"):
        saved(scenario, midnight(3))


def test_a_file_in_the_way_is_an_error_in_words(scenario):
    (scenario.folder / "fit").write_text("not a folder")
    with pytest.raises(StaffrideError, match=r"cannot be written.*staffride new NAME --from karabakh-2023"):
        saved(scenario, midnight(3))


def test_a_failed_write_leaves_the_earlier_fit(scenario, monkeypatch):
    folder = saved(scenario, midnight(3))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_arguments, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(posterior.np, "savez_compressed", full)
    with pytest.raises(StaffrideError, match="disk is full"):
        saved(scenario, midnight(3), shift=1.0)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_shipped_fit_belongs_to_the_shipped_scenario():
    """Its digest is that of the scenario, and it holds the six origins of the scoreboard."""
    scenario = shipped_scenario()
    found = read_record(scenario)
    assert found["scenario_digest"] == digest(scenario)
    assert {midnight(day).isoformat() for day in range(2, 8)} <= set(found["origins"])
    for day in range(2, 8):
        fit = load_fit(scenario, midnight(day))
        assert fit.rate.shape == (found["settings"]["draws"], 24 * day)
        assert all(np.isfinite(column).all() for column in fit.parameters.values())
    bands = json.loads((scenario.folder / "fit" / "origins.json").read_text())
    assert list(bands["priors"]) == ["pooled", *list(bands["priors"])[1:]]
    assert all((np.diff(band) >= 0).all() for prior in bands["priors"].values() for band in prior["bands"])
