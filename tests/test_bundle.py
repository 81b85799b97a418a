"""The bundle of a real run: the fields that the report's tests assume, and the numbers that the tables hold."""

import json
from datetime import datetime

import numpy as np
import pytest

import staffride as sr
from fake_bundle import fake_bundle
from staffride.errors import StaffrideError
from staffride.model.parameters import PARAMETERS
from staffride.present.bundle import build_bundle
from staffride.present.report import render, write_run_report
from staffride.present.representative import nearest_to_median
from staffride.present.way_out import ways_of
from staffride.scenario import load


@pytest.fixture(scope="module")
def scenario():
    return load("karabakh-2023", PARAMETERS)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "small"
    return sr.run("karabakh-2023", replications=6, seed=3, workers=1, folder=folder, report=False)


@pytest.fixture(scope="module")
def prior(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "prior"
    return sr.run("karabakh-2023", replications=4, seed=3, prior=True, workers=1, folder=folder, report=False)


@pytest.fixture(scope="module")
def bundle(run, scenario):
    return build_bundle(run, scenario)


def fields(value):
    """Return the fixed field names inside a bundle; of a list, those of its first entry."""
    if isinstance(value, list):
        return fields(value[0]) if value else None
    return {key: fields(item) for key, item in value.items()} if isinstance(value, dict) else None


FIXED = (
    "run",
    "period",
    "observations",
    "places",
    "provinces",
    "links",
    "parameters",
    "rests_on",
    "apart",
    "sources",
)


def test_a_bundle_has_the_fields_that_the_tests_of_the_report_assume(bundle):
    fake = fake_bundle()
    assert bundle.keys() == fake.keys()
    for name in FIXED:
        mine, theirs = fields(bundle[name]), fields(fake[name])
        if name == "run":
            mine.pop("digests")
            theirs.pop("digests")
        assert mine.keys() == theirs.keys(), name
    assert set(fake["series"]) <= set(bundle["series"])
    assert bundle["series"]["arrivals"].keys() == fake["series"]["arrivals"].keys()
    assert fields(bundle["origins"]).keys() == fields(fake["origins"]).keys() | {"quantiles"}


def test_a_bundle_is_plain_json(bundle):
    assert json.loads(json.dumps(bundle, allow_nan=False)).keys() == bundle.keys()


def test_series_are_the_quantiles_of_the_replications(run, bundle):
    arrivals = run["arrivals"].values.astype(float)
    expected = np.quantile(arrivals, 0.95, axis=0)
    assert bundle["series"]["arrivals"]["q95"] == np.round(expected).tolist()
    assert datetime.fromisoformat(bundle["times"][0]) == datetime.fromisoformat("2023-09-24T01:00:00+04:00")
    assert len(bundle["times"]) == arrivals.shape[1]


def test_the_one_run_is_the_stored_one_nearest_to_the_median(run, bundle):
    number = nearest_to_median(run)
    row = int(np.flatnonzero(run.totals["replication"] == number)[0])
    one = bundle["paths"]["one"]
    assert str(number) in one["label"]
    for name in ("arrivals", "queue_vehicles", "shelter.kotayk"):
        assert one["series"][name] == run[name].values[row].astype(float).tolist()
    on_road = np.sum([series["vehicles"] for series in one["links"].values()], axis=0)
    assert on_road.max() > 100


def test_vehicles_on_the_links_of_the_one_run_are_those_that_have_not_crossed(run, bundle):
    """Upstream of the checkpoint, vehicles on the road are those that wait or drive: no more than have departed."""
    one = bundle["paths"]["one"]
    series = one["series"]
    on_links = np.sum([values["vehicles"] for values in one["links"].values()], axis=0)
    people = np.array(series["departed"]) - np.array(series["arrivals"])
    assert (on_links[people == 0] <= 300).all()
    assert all(np.greater_equal(v["vehicles"], v["queue"]).all() for v in one["links"].values())


def test_what_the_fit_knew_is_marked_by_the_time_of_publication(bundle, scenario):
    published = {o.id: o.known_from for o in scenario.observations}
    for row in bundle["observations"]:
        if row["role"] == "calibration":
            assert published[row["id"]] <= scenario.cutoff
    assert {row["role"] for row in bundle["observations"]} == {"calibration", "held_out"}


def test_a_prior_ensemble_knew_nothing_and_says_so(prior, scenario):
    bundle = build_bundle(prior, scenario)
    assert {row["role"] for row in bundle["observations"]} == {"held_out"}
    assert bundle["run"]["prior"] is True
    assert bundle["run"]["conditioned_until"] is None
    assert bundle["apart"] is None
    assert not [p for p in bundle["parameters"] if p["posterior"]]
    page = render(bundle)
    assert "of the prior ensemble" in page
    assert "used to fit</text>" not in page


def test_every_parameter_stands_with_what_it_rests_on(bundle, scenario):
    assert [p["name"] for p in bundle["parameters"]] == list(scenario.parameters)
    for parameter in bundle["parameters"]:
        assert parameter["evidence"] or parameter["assumed"]
        assert set(parameter["evidence"]) <= bundle["facts"].keys()
        assert parameter["prior"] == sorted(parameter["prior"])
    counts = bundle["rests_on"]
    assert counts["record"] + counts["both"] + counts["assumed"] == counts["all"] == len(scenario.parameters)


def test_the_command_repeats_the_run(bundle, prior, scenario):
    assert bundle["run"]["command"] == "staffride run karabakh-2023 --replications 6 --seed 3"
    assert build_bundle(prior, scenario)["run"]["command"].endswith("--seed 3 --prior")


def test_an_unknown_order_of_names_is_refused(run, scenario):
    with pytest.raises(StaffrideError, match="expected 'az_hy' or 'hy_az'"):
        build_bundle(run, scenario, "hy")


def test_the_ways_out_lead_from_every_inhabited_place_to_the_exit(scenario):
    ways = ways_of(scenario)
    onward = {link["from"]: link["to"] for link in ways.links if link["way_out"]}
    for row in scenario.people:
        at, passed = row.place, set()
        while at in onward:
            assert at not in passed
            passed.add(at)
            at = onward[at]
        assert at == "goris"
        assert ways.checkpoint in passed


def test_a_road_that_was_closed_is_not_drawn(scenario):
    drawn = {link["id"] for link in ways_of(scenario).links}
    closed = {
        link.id for link in scenario.links if not (link.civilian_use and link.open_at(scenario.period.start))
    }
    assert closed
    assert not drawn & closed


def test_the_report_of_a_run_lands_in_its_folder(run):
    path = write_run_report(run, name_order="hy_az")
    text = path.read_text(encoding="utf-8")
    assert path == run.folder / "report.html"
    assert "Stepanakert / Xankəndi" in text
    assert path.stat().st_size < 2_500_000
