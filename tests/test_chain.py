"""A chain: its stages give what they give alone, what they hand on, and what is wrong with its folder."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import staffride as sr
from chain_scenarios import (
    COUNT,
    DAYS,
    EVENTS,
    SEED,
    SETTINGS,
    VARIANTS,
    WAR_FROM_H,
    chain,
    load_chain,
    same,
    the_block,
    the_chain,
    write_chain,
)
from staffride.api import resume_run
from staffride.lab.chain_shares import shares_of
from staffride.lab.conditioning import draw
from staffride.model.campaign_block import simulate_campaign_block
from staffride.model.chain import simulate_chain_block
from staffride.model.chain_inputs import Road, compile_chain, joined, opened
from staffride.model.chain_links import (
    danger_factor,
    hungry_factor,
    share_without_fuel,
    stay_where_held,
    supplied_factor,
)
from staffride.model.kinds import parameters_of
from staffride.results.resolved import scenario_digest, write_resolved
from staffride.scenario import load, read

NO_CLOSURE = "".join(row for row in EVENTS.splitlines(keepends=True) if row.startswith(("id", "word")))
ALWAYS = {"talks__rate": "value: 20, unit: 1/day", "talks__hunger_effect": "value: 0, unit: '1'"}
NEVER = {"talks__rate": "value: 0, unit: 1/day"}


def errors(folder: Path) -> str:
    """Return everything that is wrong with a scenario, as one text."""
    return "\n".join(map(str, read(folder, parameters_of).errors))


def test_a_chain_loads_with_its_stages_and_says_that_it_illustrates(tmp_path: Path) -> None:
    scenario = load_chain(tmp_path)
    assert scenario.title == "An invented mountain pass (illustrative)"
    assert {kind: stage.name for kind, stage in scenario.stages.items()} == {
        "campaign": "front",
        "displacement": "valley",
    }
    assert scenario.stages["displacement"].parameters["departure.open_hour"].value == 2, "the chain's own"
    assert read(tmp_path / "pass", parameters_of).warnings == ()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"operation: front\n": ""}, ["says in `operation` which scenario it runs"]),
        ({"operation: front": "operation: frnt"}, ["'frnt', which is not there", "did you mean 'front'?"]),
        ({"operation: front": "operation: ../front"}, ["a name, not a path"]),
        ({"operation: front": "operation: valley"}, ["names 'valley', a displacement", "kind campaign"]),
        ({"side: arm": "side: nobody"}, ["`side` is 'nobody'", "one of az, arm"]),
        ({"record_every_h: 24": "record_every_h: 1"}, ["a chain is kept by day"]),
        ({"side: arm\n": "side: arm\nreplay: true\n"}, ["a chain has no `replay`"]),
        ({"sides: [az, arm]": "sides: [arm, az]"}, ["its sides are others than those of the chain"]),
        ({"cutoff: 2020-06-05": "cutoff: 2020-06-02"}, ["its cut-off is later than that of the chain"]),
        ({"end: 2020-06-16": "end: 2020-06-03", "cutoff: 2020-06-05": "cutoff: 2020-06-03"}, ["ends after the chain"]),
        (
            {"side: arm\n": "side: arm\nvariants: [{id: a, label: b, set: {talks.rate: 1}}]\n"},
            ["does more than hold parameters at their medians"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_its_settings_is_said(
    tmp_path: Path, settings: dict[str, str], expected: list[str]
) -> None:
    text = SETTINGS
    for old, new in settings.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    found = errors(write_chain(tmp_path, text))
    assert [part for part in expected if part not in found] == [], found


def test_what_is_wrong_with_its_tables_and_parameters_is_said_at_once(tmp_path: Path) -> None:
    events = (
        EVENTS + "late,closure,2020-06-20T00:00+00:00,,2020-05-03T00:00+00:00,yes,Invented.,After the end.\n"
    )
    folder = write_chain(
        tmp_path, events=events, closure__food__need="value: 3, unit: day", ground__rat="value: 1, unit: '1'"
    )
    (folder / "places.csv").write_text("id\n")
    found = errors(folder)
    for part in (
        "a chain has no table places.csv",
        "'late' happens at or after the end of the period",
        "closure.food.need",
        "ground.rat",
    ):
        assert part in found, found


def test_nothing_of_a_stage_is_told_that_was_not_known_by_the_cut_off(tmp_path: Path) -> None:
    folder = write_chain(tmp_path)
    events = tmp_path / "valley" / "events.csv"
    rows = "blast,incident,2020-06-02T10:00+00:00,5,,upper-lower,2020-06-06T00:00+00:00,no,,Invented.,Known later.\n"
    events.write_text(events.read_text() + rows)
    stage = load(folder, parameters_of).stages["displacement"]
    assert "blast" not in {row.id for row in stage.events}
    assert "blast" in {row.id for row in load(tmp_path / "valley", parameters_of).events}


def test_priors_of_a_stage_that_rest_on_later_facts_are_refused(tmp_path: Path) -> None:
    """Those that the chain gives itself are not among them."""
    folder = write_chain(tmp_path, SETTINGS.replace("displacement: valley", "displacement: karabakh-2023"))
    found = errors(folder)
    assert "rest on facts known only after the cut-off of the chain" in found
    assert "departure.open_hour" not in found
    assert "give these parameters here" in found


def test_the_kept_copy_is_the_same_chain(tmp_path: Path) -> None:
    scenario = load_chain(tmp_path, SETTINGS + VARIANTS)
    write_resolved(scenario, tmp_path / "kept", "a copy", {})
    (tmp_path / "front").rename(tmp_path / "gone")
    (tmp_path / "valley").rename(tmp_path / "gone-too")
    assert scenario_digest(load(tmp_path / "kept", parameters_of)) == scenario_digest(scenario)


def test_the_road_follows_its_dated_events() -> None:
    _, inputs, _ = the_chain()
    road = inputs.road
    assert list(road.open[:3]) == [1.0, 0.5, 0.0]
    assert list(road.relief[:3]) == [0.0, 0.5, 1.0]
    assert (road.relief[10:20] == 0.0).all(), "nothing passes for ten days"
    assert (road.relief[20:] == 1.0).all()
    assert inputs.closed_h == 36.0
    assert inputs.operation_h == WAR_FROM_H


def test_roads_join_at_the_hour() -> None:
    shut = Road(np.zeros(4), np.ones(4))
    assert opened(shut, math.inf) is shut
    assert list(opened(shut, 36.0).open) == [0.0, 0.5, 1.0, 1.0]
    assert list(joined(shut, Road(np.ones(4), np.zeros(4)), 48.0).relief) == [1.0, 1.0, 0.0, 0.0]


def test_links_without_an_effect_change_nothing() -> None:
    assert supplied_factor(0.0, 0.1, 0.2) == hungry_factor(0.0, 0.9) == danger_factor(0.0, 0.7) == 1.0
    assert supplied_factor(0.5, 1.0, 1.0) == 1.0
    assert supplied_factor(0.5, 0.0, 0.0) == 0.5
    assert stay_where_held(0.25, 0.0, 0.9) == pytest.approx(0.25)
    assert stay_where_held(0.25, 5.0, 0.0) == pytest.approx(0.25)
    assert stay_where_held(0.25, math.log(3.0), 1.0) == pytest.approx(0.5)
    assert stay_where_held(0.0, 5.0, 1.0) == 0.0
    assert stay_where_held(1.0, -5.0, 1.0) == 1.0
    assert hungry_factor(-0.5, 1.0) == pytest.approx(math.exp(-0.5))
    assert share_without_fuel(0.8, 1.0) == 0.0
    assert share_without_fuel(0.8, 0.25) == pytest.approx(0.6)


def test_every_stage_draws_what_it_draws_alone() -> None:
    scenario, inputs, draws = the_chain()
    leaving = draw(scenario.stages["displacement"], COUNT, SEED, "prior", inputs=inputs.displacement)
    assert (leaving.rate_path == draws.displacement.rate_path).all()
    assert {**draws.parameters}.keys() >= leaving.parameters.keys() | {"closure.food.own", "ground.rate"}


def test_with_an_open_road_the_operation_is_the_one_that_runs_alone(tmp_path: Path) -> None:
    inputs, draws = chain(tmp_path, events=NO_CLOSURE, count=3)
    block = simulate_chain_block(inputs, draws, SEED, 0, 3)
    assert (block.totals["talks.agreed"] == 0.0).all()
    assert (block.series["hunger"] == 0.0).all()
    assert (block.series["closure.food_days"] == block.series["closure.food_days"][:, :1]).all()
    alone = simulate_campaign_block(inputs.campaign, draws.campaign, SEED, 0, 3)
    for name, column in alone.totals.items():
        assert np.array_equal(column, block.totals[name], equal_nan=True), name


def test_an_agreement_leaves_no_operation_and_its_own_share_who_stay(tmp_path: Path) -> None:
    inputs, draws = chain(tmp_path, count=3, **ALWAYS, link__stay_without_operation="value: 1, unit: '1'")
    block = simulate_chain_block(inputs, draws, SEED, 0, 3)
    assert (block.totals["talks.agreed"] == 1.0).all()
    assert (block.totals["operation.begun"] == 0.0).all()
    for name in ("deaths.az", "deaths.arm", "civilian_deaths.arm", "displaced.az", "lost.air_defence.arm"):
        assert (block.totals[name] == 0.0).all()
    assert np.isnan(block.totals["end_h"]).all()
    assert (block.totals["held_share.az"] == inputs.held[0]).all()
    assert (block.totals["leavers"] == 0.0).all()
    assert (block.totals["stayed"] == block.totals["residents"]).all()
    assert (block.totals["closure.opened_h"] > block.totals["talks.agreed_h"]).all()


def test_each_replication_depends_on_its_own_number_alone() -> None:
    _, inputs, draws = the_chain()
    part = simulate_chain_block(inputs, draws, SEED, 5, 3)
    assert same(part, the_block(), slice(5, 8))


def test_a_chain_keeps_its_stages_in_their_order_by_day() -> None:
    block, series = the_block(), the_block().series
    assert {rows.shape for rows in series.values()} == {(COUNT, DAYS)}
    assert (series["deaths.arm"][:, : WAR_FROM_H // 24] == 0.0).all()
    fought = block.totals["operation.begun"] == 1.0
    assert 0 < fought.sum() < COUNT
    assert (series["deaths.arm"][fought, -1] == block.totals["deaths.arm"][fought]).all()
    assert (np.diff(series["arrivals"], axis=1) >= 0.0).all()
    for row in range(COUNT):
        opening = int(block.totals["closure.opened_h"][row] // 24)
        assert (series["arrivals"][row, :opening] == 0.0).all(), "nobody leaves while the road is closed"
    assert (series["arrivals"][:, -1] == block.totals["arrivals"]).all()


def test_people_are_conserved_and_a_guarantee_never_brings_fewer_back() -> None:
    totals = the_block().totals
    assert (totals["returned.arm"] <= totals["arrivals"]).all()
    assert (totals["returned_with_guarantee.arm"] >= totals["returned.arm"]).all()
    assert (totals["returned_without_guarantee.arm"] <= totals["returned.arm"]).all()
    assert (totals["returned.az"] <= totals["displaced.az"]).all()


def test_what_a_variant_holds_at_its_median_no_longer_spreads() -> None:
    scenario, _, draws = the_chain()
    held = dict(draws.variants)["stocks-known"]
    assert np.ptp(held.columns["closure.food.own"]) == 0.0
    assert (held.columns["talks.hunger_effect"] == draws.columns["talks.hunger_effect"]).all()
    assert held.displacement is draws.displacement
    leaving = dict(draws.variants)["leaving-known"]
    assert np.ptp(leaving.displacement.parameters["departure.first_rate"]) == 0.0
    assert {one.id for one in scenario.variants} == {name for name, _ in draws.variants}
    totals = the_block().totals
    assert (totals["closure.food.short_days@leaving-known"] == totals["closure.food.short_days"]).all()


def test_the_shares_of_stages_are_those_of_a_sum_with_known_parts() -> None:
    """A result of 3 a + b with independent uniform a and b rests on a for 9 parts in 10."""
    rng = np.random.default_rng(1)
    a, b, luck = rng.random((3, 4000))
    others = {f"ground.unrelated_{n}": rng.random(4000) for n in range(50)}
    found = shares_of({"closure.food.own": a, "departure.trust": b, **others}, 3.0 * a + b)
    assert found["closure"].share == pytest.approx(0.9, abs=0.03)
    assert found["displacement"].share == pytest.approx(0.1, abs=0.03)
    assert found["operation"].share < 4 * found["operation"].error + 1e-9
    assert found["closure"].strongest == "closure.food.own"
    assert shares_of({"closure.food.own": a}, np.zeros(4000)) == {}
    assert shares_of({"closure.food.own": a[:10]}, luck[:10]) == {}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    """A small run of the chain with its report."""
    folder = tmp_path_factory.mktemp("chain")
    write_chain(folder, SETTINGS + VARIANTS)
    return sr.run(folder / "pass", replications=40, seed=SEED, workers=1, folder=folder / "run")


def test_a_run_tells_both_sides_and_what_carries_the_spread(finished: sr.Run) -> None:
    from staffride.api import chain as kind
    from staffride.present.summary_views import to_text

    bundle = kind.bundle(finished, load(finished.scenario_folder, parameters_of))
    text = to_text(kind.summary(bundle))
    assert text.startswith("An invented mountain pass (illustrative)")
    for part in ("An illustration, no finding", "Azerbaijani side", "Armenian side", "credible", "carry"):
        assert part in text
    page = finished.report.read_text(encoding="utf-8")
    assert "An invented mountain pass (illustrative)" in page
    assert "nan" not in page.lower().replace("finance", "")
    assert finished.paired("arrivals", "stocks-known").n == 40


def test_a_run_as_json_has_the_same_names(finished: sr.Run) -> None:
    from staffride.results.document import as_document

    document = as_document(finished)
    assert {"hunger", "closure.food_days", "arrivals", "deaths.az", "displaced.arm"} <= document[
        "series"
    ].keys()
    assert len(document["series"]["hunger"]) == DAYS
    assert {"talks.agreed", "returned.arm", "returned.az", "hunger.highest"} <= document["totals"].keys()
    assert document["scores"] == {}
    assert [one["id"] for one in document["variants"]] == ["stocks-known", "war-known", "leaving-known"]


def test_a_complete_run_resumes_to_itself(finished: sr.Run) -> None:
    before = finished.totals.read("arrivals")["arrivals"]
    again = resume_run(finished.folder)
    assert (again.totals.read("arrivals")["arrivals"] == before).all()


def test_a_forecast_origin_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sr.InputError, match="a chain and has no forecast origin"):
        sr.run(write_chain(tmp_path), replications=2, origin="2020-06-01", folder=tmp_path / "run")


def test_closures_that_are_not_given_close_nothing(tmp_path: Path) -> None:
    scenario = load_chain(
        tmp_path, events=EVENTS.replace(",yes,Invented.,Ordinary", ",no,Invented.,Ordinary")
    )
    road = compile_chain(scenario).road
    assert road.open[:10].min() == 1.0
    assert road.open[10:20].max() == 0.0
