"""Calibration from end to end: the same seed gives the same fit, the future none; and the command around it."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from conditioning_cases import midnight, shipped_task
from displacement_cases import shipped_inputs, shipped_scenario
from scenario_folders import write_valley
from staffride.cli.main import app
from staffride.errors import InputError, StaffrideError
from staffride.lab.calibrate import Settings, calibrate, chains, default_origins
from staffride.lab.posterior import load_fit, read_record
from staffride.lab.reports import known_reports
from staffride.lab.totals import PRIOR_LABELS, prior_ratios, prior_totals, priors_of, weighted_quantiles
from staffride.model.displacement import PARAMETERS
from staffride.scenario import load

FEW = Settings(particles=400, draws=12, moves=3, seed=5)


def put_in(folder, *observations):
    """The shipped scenario as if it lay in a folder, with other observations where they are given."""
    folder.mkdir(exist_ok=True)
    rows = observations or shipped_scenario().observations
    return shipped_scenario().model_copy(update={"folder": folder, "observations": rows})


def told_later(row, origin):
    """The same row, or with other figures if it was published after an origin."""
    if row.known_from <= origin or row.value is None:
        return row
    return row.model_copy(update={"value": 0.5 * row.value, "low": None, "high": None})


# --- Origins and passes ---


def test_origins_are_each_midnight_around_the_cut_off():
    assert default_origins(shipped_scenario()) == [midnight(day) for day in range(2, 8)]


def test_the_six_origins_share_one_pass_as_far_as_reports_were_prompt():
    """A pass serves an origin only if nothing was still unpublished there of what the pass has read by then."""
    scenario, origins = shipped_scenario(), [midnight(day) for day in range(2, 8)]
    served = chains(scenario, origins)
    assert sorted(origin for _, group in served for origin in group) == origins
    for reports, group in served:
        for origin in group:
            hour = scenario.period.hour_of(origin)
            assert [r for r in reports if r.hour <= hour] == known_reports(scenario, origin)


def test_a_report_published_late_has_a_pass_of_its_own():
    origins = [midnight(day) for day in (3, 4)]
    rows = tuple(
        row.model_copy(update={"known_from": midnight(3) + timedelta(hours=5)})
        if row.id == "arrivals.A05"
        else row
        for row in shipped_scenario().observations
    )
    late = shipped_scenario().model_copy(update={"observations": rows})
    assert [group for _, group in chains(shipped_scenario(), origins)] == [origins]
    assert [group for _, group in chains(late, origins)] == [[midnight(4)], [midnight(3)]]


def test_origins_within_one_hour_have_passes_of_their_own():
    origins = [midnight(4), midnight(4) + timedelta(minutes=20)]
    assert sorted(origin for _, group in chains(shipped_scenario(), origins) for origin in group) == origins


# --- The fit ---


def test_the_same_seed_gives_the_same_bytes_whatever_the_future(tmp_path):
    origin = midnight(3)
    future = tuple(told_later(row, origin) for row in shipped_scenario().observations)
    gone = tuple(row for row in shipped_scenario().observations if row.known_from <= origin)
    scenarios = [put_in(tmp_path / "a"), put_in(tmp_path / "b"), put_in(tmp_path / "c", *future)]
    scenarios.append(put_in(tmp_path / "d", *gone))
    told = [(calibrate(scenario, [origin], FEW) / "draws.npz").read_bytes() for scenario in scenarios]
    assert told[1:] == told[:1] * 3
    other = calibrate(scenarios[0], [origin], Settings(particles=400, draws=12, moves=3, seed=6))
    assert (other / "draws.npz").read_bytes() != told[0]


def test_the_record_tells_the_quality_at_each_origin_and_bands_for_every_prior(tmp_path):
    scenario, origins = put_in(tmp_path / "two"), [midnight(2), midnight(4)]
    folder = calibrate(scenario, origins[::-1], FEW)
    record, bands = (json.loads((folder / name).read_text()) for name in ("fit.json", "origins.json"))
    assert list(record["origins"]) == bands["origins"] == [origin.isoformat() for origin in origins]
    for origin in origins:
        told = record["origins"][origin.isoformat()]
        assert told["reports_read"] == len(known_reports(scenario, origin))
        assert 0.0 < told["smallest_effective_share"] <= 1.0
        assert 1 <= told["prior_draws_left"] <= 400
    assert list(bands["priors"]) == list(bands["prior_bands"]) == list(PRIOR_LABELS)
    assert all(len(prior["bands"]) == 2 for prior in bands["priors"].values())
    assert bands["record"] == 100_632.0
    assert load_fit(scenario, origins[0]).rate.shape == (12, 48)


def test_nothing_to_condition_on_is_said_before_the_work(tmp_path):
    bare = shipped_scenario().model_copy(update={"folder": tmp_path, "observations": ()})
    with pytest.raises(InputError, match=r"no bulletin of arrivals.*--prior"):
        calibrate(bare, [midnight(3)], FEW)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said_before_the_work(tmp_path, monkeypatch):
    scenario = put_in(tmp_path / "shut")
    (scenario.folder / "fit").write_text("a file in the way")
    monkeypatch.setattr("staffride.lab.calibrate.condition", lambda *_: pytest.fail("worked in vain"))
    with pytest.raises(StaffrideError, match="cannot be written"):
        calibrate(scenario, [midnight(3)], FEW)


# --- The final count under several priors ---


def test_a_scenario_may_give_fewer_priors():
    scenario = shipped_scenario()
    kept = {name: q for name, q in scenario.parameters.items() if "residents_leaning" not in name}
    assert list(priors_of(scenario)) == list(PRIOR_LABELS)
    assert list(priors_of(scenario.model_copy(update={"parameters": kept}))) == ["pooled", "flat"]


def test_weighing_a_prior_sample_by_a_ratio_gives_the_other_prior():
    """Residents of the prior swarm, weighted, against the alternative's own quantiles."""
    from staffride.lab.swarm import start_swarm

    task, table = shipped_task()
    residents = table.columns(start_swarm(task, 60_000).scores)["population.residents"]
    ratios = prior_ratios(shipped_scenario(), residents)
    assert (ratios["pooled"] == 1.0).all()
    for name, quantity in priors_of(shipped_scenario()).items():
        exact = shipped_scenario().parameters[quantity].quantiles(0.05, 0.25, 0.5, 0.75, 0.95)
        assert weighted_quantiles(residents, ratios[name]) == pytest.approx(exact, rel=0.02), name


def test_no_prior_on_leavers_is_narrow():
    """A band that is too narrow before any bulletin has used the answer: at least 40 % of the record."""
    bands = prior_totals(shipped_scenario(), shipped_inputs(), *shipped_task())
    for name, band in bands.items():
        assert band[-1] - band[0] > 0.4 * 100_632, name
        assert np.all(np.diff(band) > 0)


# --- The command ---


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_scenario_of_one_s_own_is_fitted_and_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("new", "slower", "--from", "karabakh-2023").exit_code == 0
    refused = run("run", "slower", "--replications", 4)
    assert refused.exit_code == 1
    assert "staffride calibrate slower" in refused.output.replace("\n", " ")
    fitted = run(
        "calibrate", "slower", "--origin", "2023-09-27", "--particles", 400, "--draws", 12, "--moves", 2
    )
    assert fitted.exit_code == 0, fitted.output
    for words in (
        "Final count of people",
        "Neutral pool",
        "Known only together",
        "The fit took",
    ):
        assert words in fitted.output
    scenario = load("slower", PARAMETERS)
    assert read_record(scenario)["settings"] == {"particles": 400, "moves": 2, "draws": 12, "seed": 2023}
    done = run("run", "slower", "--replications", 4, "--folder", "out", "--workers", 1, "--no-report")
    assert done.exit_code == 0, done.output


def test_a_scenario_without_bulletins_cannot_be_fitted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_valley(tmp_path / "valley")
    found = run("calibrate", "valley", "--particles", 100)
    assert found.exit_code == 2
    assert "no bulletin of arrivals" in found.output.replace("\n", " ")
    assert not (tmp_path / "valley" / "fit").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["karabakh-2032"], "karabakh-2023"),
        (["karabakh-2023", "--origin", "2024-01-01"], "outside the scenario"),
        (["karabakh-2023", "--origin", "soon"], "soon"),
        (["karabakh-2023", "--origin", "2023-09-24T00:00"], "nothing has happened"),
        (["karabakh-2023", "--particles", "0"], "particles"),
    ],
)
def test_a_wrong_request_is_refused_in_words(arguments, words):
    found = run("calibrate", *arguments)
    assert found.exit_code == 2
    assert words in found.output
    assert "Traceback" not in found.output


def test_a_copy_of_the_shipped_scenario_keeps_its_fit(tmp_path):
    copy = tmp_path / "karabakh-2023"
    shutil.copytree(shipped_scenario().folder, copy)
    assert load_fit(load(copy, PARAMETERS), midnight(4)).rate.shape[1] == 96
