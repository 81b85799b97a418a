"""Loading: what a folder says is what the scenario holds; inheritance; the shipped case as the record has it."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from scenario_folders import replace, write_valley
from staffride.errors import InputError
from staffride.evidence import ledger
from staffride.model.kinds import parameters_of
from staffride.model.parameters import PARAMETERS
from staffride.scenario import Period, Quantity, Scenario, load, read, shipped_names
from staffride.scenario.roles import uses


@pytest.fixture(scope="module")
def shipped() -> Scenario:
    return load("karabakh-2023", PARAMETERS)


def test_the_shipped_scenario_has_no_problem_at_all() -> None:
    for name in shipped_names():
        assert read(name, parameters_of).problems == ()


def test_period_and_cutoff(shipped: Scenario) -> None:
    assert shipped.period.hours == 264
    assert shipped.cutoff == datetime.fromisoformat("2023-09-28T00:00+04:00")
    assert shipped.period.hour_of(shipped.cutoff) == 96.0
    assert shipped.period.time_of(96.0).isoformat() == "2023-09-28T00:00:00+04:00"


def test_people_rest_on_figures_before_the_displacement_only(shipped: Scenario) -> None:
    assert sum(row.share for row in shipped.people) == pytest.approx(1.0, abs=1e-9)
    facts = {name for row in shipped.people for name in row.evidence}
    assert {name.partition(".")[0] for name in facts} == {"population"}
    assert all(ledger().facts[name].known_from.year < 2023 for name in facts)


def test_disputed_places_have_both_names_and_others_their_official_one(shipped: Scenario) -> None:
    for place in shipped.places:
        disputed = place.region in shipped.area or ledger().facts[f"place.{place.id}"].details.get("disputed")
        assert bool(place.name_az and place.name_hy) or not disputed
        assert bool(place.official_name) != bool(disputed)
    assert shipped.place("khankendi_stepanakert").label == "Xankəndi / Stepanakert"
    assert shipped.place("goris").label == "Goris"


def test_links_agree_with_the_road_table(shipped: Scenario) -> None:
    roads = ledger().facts
    for link in shipped.links:
        road = roads[link.evidence[0]]
        assert road.id.startswith("road.E")
        assert link.length_km == road.value
        ends = {f"place.{link.from_place}", f"place.{link.to_place}"}
        assert ends == {road.details["from_place"], road.details["to_place"]}
        if road.details.get("capacity_vehicles_per_h"):
            assert link.capacity_vehicles_per_h == road.details["capacity_vehicles_per_h"]
            assert link.free_flow_h == road.details["free_flow_h"]
        assert link.jam_density_vehicles_per_km == 140 * link.lanes


def test_observations_repeat_the_facts_and_are_split_by_publication(shipped: Scenario) -> None:
    for row in shipped.observations:
        fact = ledger().facts[row.fact]
        if not row.series.startswith(("delay_hours", "queue_reach")):
            assert row.value == fact.value
        assert fact.known_from <= row.known_from <= fact.known_from + timedelta(seconds=1)
        if row.role == "calibration":
            assert row.known_from <= shipped.cutoff


def test_derived_bulletins_and_registrations_are_only_shown(shipped: Scenario) -> None:
    roles = {row.id: row.role for row in shipped.observations}
    for name in ("arrivals.A13", "arrivals.A18", "arrivals.A42", "arrivals.A43", "flow.F01", "flow.F04"):
        assert roles[name] == "record"
    assert roles["arrivals.A17"] == "calibration"
    assert roles["arrivals.A20"] == "held_out"
    shelter = {row.id: row.role for row in shipped.observations if row.series.startswith("shelter.")}
    assert {shelter[f"shelter.S{n:03}"] for n in range(1, 16)} == {"calibration"}
    assert {shelter[f"shelter.S{n:03}"] for n in range(16, 80)} == {"held_out"}


def test_nothing_given_or_assumed_beforehand_is_an_outcome(shipped: Scenario) -> None:
    observed = {row.fact for row in shipped.observations if row.role != "record"}
    for quantity in shipped.parameters.values():
        assert not observed.intersection(quantity.evidence)
        late = [name for name in quantity.evidence if ledger().facts[name].known_from > shipped.cutoff]
        assert quantity.inventory or not late


def test_distances_of_provinces_are_sums_of_the_road_table(shipped: Scenario) -> None:
    assert len(shipped.provinces) == 11
    for province in shipped.provinces:
        hours = sum(float(ledger().facts[name].details["free_flow_h"]) for name in province.evidence)
        assert province.distance_h == pytest.approx(hours, abs=0.005)
        assert province.centre_place in {place.id for place in shipped.places}


def test_a_scenario_cannot_be_changed_and_can_be_sent_to_a_worker(shipped: Scenario) -> None:
    with pytest.raises(ValueError, match="frozen"):
        shipped.name = "other"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(shipped)) == shipped


def test_quantities_are_converted_to_the_units_of_the_model(tmp_path: Path) -> None:
    folder = write_valley(tmp_path / "valley")
    path = folder / "parameters.yaml"
    plain = load(folder, PARAMETERS).parameters["checkpoint.rate_level"]
    text = path.read_text().split("\n")
    at = text.index("checkpoint.rate_level:")
    text[at + 1] = "  distribution: {kind: lognormal, median: 2, sigma: 0.5}"
    text[at + 2] = "  unit: vehicles/min"
    path.write_text("\n".join(text))
    changed = load(folder, PARAMETERS).parameters["checkpoint.rate_level"]
    assert plain.unit == changed.unit == "vehicles/h"
    assert changed.quantiles(0.5) == pytest.approx((120.0,), rel=1e-12)
    assert load(folder).parameters["checkpoint.rate_level"].unit == "vehicles/min"


@pytest.mark.parametrize(
    ("written", "low", "middle", "high"),
    [
        ({"value": 5.0}, 5.0, 5.0, 5.0),
        ({"range": (2.0, 4.0)}, 2.1, 3.0, 3.9),
        ({"distribution": {"kind": "exponential", "mean": 1.0}}, 0.05129329, 0.69314718, 2.99573227),
    ],
)
def test_quantity_quantiles(written: dict[str, object], low: float, middle: float, high: float) -> None:
    quantity = Quantity.model_validate({**written, "unit": "h", "assumed": "a test"})
    assert quantity.quantiles(0.05, 0.5, 0.95) == pytest.approx((low, middle, high))
    assert quantity.ppf(np.full((2, 3), 0.5)).shape == (2, 3)
    minutes = quantity.in_unit("min")
    assert minutes.quantiles(0.05, 0.5, 0.95) == pytest.approx((60 * low, 60 * middle, 60 * high))
    assert minutes.mean == pytest.approx(60 * quantity.mean)
    assert minutes.sd == pytest.approx(60 * quantity.sd)


def test_a_period_may_cross_a_change_of_clocks() -> None:
    period = Period.model_validate(
        {"start": "2020-03-28T00:00+01:00", "end": "2020-03-30T00:00+02:00", "time_zone": "Europe/Paris"}
    )
    assert period.hours == 47
    assert period.time_of(26).isoformat() == "2020-03-29T03:00:00+02:00"


def extending(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "scenario.yaml").write_text(f"name: {folder.name}\n{text}")
    return folder


def test_a_child_inherits_all_and_changes_only_what_it_says(tmp_path: Path, shipped: Scenario) -> None:
    child = extending(
        tmp_path / "slow",
        "extends: karabakh-2023\n"
        "parameters:\n  departure.trust: {value: 0.25, unit: '1', assumed: a test}\n"
        "change:\n"
        "  links: {hakari_bridge-kornidzor: {capacity_vehicles_per_h: 300, lanes: null}}\n"
        "  people: {askeran: {danger: 0.1}}\n",
    )
    changed = load(child, PARAMETERS)
    assert changed.name == "slow"
    assert changed.title == shipped.title
    assert changed.observations == shipped.observations
    assert changed.link("hakari_bridge-kornidzor").capacity_vehicles_per_h == 300
    assert changed.link("hakari_bridge-kornidzor").lanes == 1
    assert changed.parameters["departure.trust"].value == 0.25
    different = [name for name in PARAMETERS if changed.parameters[name] != shipped.parameters[name]]
    assert different == ["departure.trust"]
    assert [row.danger for row in changed.people if row.place == "askeran"] == [0.1]


def test_a_table_is_replaced_whole_and_a_grandchild_sees_it(tmp_path: Path) -> None:
    write_valley(tmp_path / "valley")
    middle = extending(tmp_path / "middle", "extends: valley\ntables: {people: everyone.csv}\n")
    (middle / "everyone.csv").write_text(
        "place,share,danger,word_delay_h,assumed\nlower_town,1,0.5,0,A test.\n"
    )
    last = extending(tmp_path / "last", "extends: middle\ntitle: Last\n")
    found = load(last, PARAMETERS)
    assert [row.place for row in found.people] == ["lower_town"]
    assert found.title == "Last"
    assert len(found.places) == 5


def test_a_scenario_can_be_named_by_its_folder_or_by_its_file(tmp_path: Path) -> None:
    folder = write_valley(tmp_path / "valley")
    assert load(folder) == load(folder / "scenario.yaml")


def test_problems_of_later_layers_can_point_at_lines(tmp_path: Path) -> None:
    folder = write_valley(tmp_path / "valley")
    line = replace(folder / "links.csv", "upper-lower,", "upper-lower,")
    problem = load(folder).problem(
        "links.upper-lower", "a message", expected="b", suggestion="c", fatal=False
    )
    assert (problem.file, problem.line, problem.fatal) == (folder / "links.csv", line, False)
    assert str(problem).endswith(f"links.csv:{line}: a message; expected b; c")


def test_everything_that_cites_evidence_is_looked_at(shipped: Scenario) -> None:
    from staffride.scenario.drafting import draft
    from staffride.scenario.inherit import collect

    tables = {use.where.partition(".")[0] for use in uses(draft(shipped.folder, collect(shipped.folder)))}
    assert tables == {"parameters", "places", "links", "people", "provinces", "events"}


def test_a_missing_scenario_is_reported_with_the_nearest_name() -> None:
    with pytest.raises(
        InputError, match=r"there is no scenario 'karabak-2023'.*did you mean 'karabakh-2023'"
    ):
        load("karabak-2023")
