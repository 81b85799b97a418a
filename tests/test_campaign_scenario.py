"""Campaigns: what the files say is what the scenario holds; the catalogue, inheritance, the copy in a run folder."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from campaign_scenarios import SIDES, campaign_problems, load_campaign, write_campaign
from staffride.cli.main import app
from staffride.evidence import ledger
from staffride.model.kinds import parameters_of
from staffride.results.resolved import scenario_digest, write_resolved
from staffride.scenario import FIGURES, ParameterSpec, Scenario, load, read
from staffride.scenario.campaign_checks import check_system
from staffride.scenario.catalogue import CATALOGUE, read_catalogue
from staffride.scenario.draft import Draft
from staffride.scenario.figures import KINDS
from staffride.scenario.json_schema import schema_text
from staffride.scenario.specs import for_sides, spec_of, specs_of_kind
from staffride.scenario.systems import draft_systems
from staffride.units import UNITS

runner = CliRunner()


@pytest.fixture(scope="module")
def hills(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_campaign(tmp_path_factory.mktemp("campaign") / "hills")


def extending(folder: Path, text: str, **files: str) -> Path:
    folder.mkdir()
    (folder / "scenario.yaml").write_text(f"name: {folder.name}\n{text}")
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    return folder


def test_the_files_are_what_the_scenario_holds(hills: Scenario) -> None:
    assert hills.sides == SIDES
    assert (len(hills.zones), len(hills.places), len(hills.units), len(hills.orders)) == (2, 3, 9, 5)
    assert hills.links == hills.people == ()
    assert hills.off == ("reserve",)
    lure = next(order for order in hills.orders if order.id == "az-lure")
    assert (lure.raid, lure.targets, lure.zones, lure.arrival) == (
        "first",
        ("air_defence",),
        ("hills",),
        "salvo",
    )
    hunt = hills.orders[0]
    assert (hunt.raid, hunt.targets, hunt.zones) == ("az-hunt", ("air_defence", "artillery"), ())
    ridge = next(unit for unit in hills.units if unit.id == "arm-short-ridge")
    assert (ridge.weight, ridge.emission, ridge.networked, ridge.reconnoitred) == (2, "blinking", True, 0.6)
    assert hills.place("ridge").zone == "hills"


def test_figures_are_in_the_units_of_the_model_and_in_one_order(hills: Scenario) -> None:
    units = {spec.name: spec.unit for spec in FIGURES}
    for system in hills.systems.values():
        assert list(system.figures) == [name for name in units if name in system.figures]
        assert all(quantity.unit == units[name] for name, quantity in system.figures.items())
    assert hills.systems["watcher"].figures["altitude"].range == (4000.0, 6000.0)
    assert hills.quantities["system.long_battery.altitude_max"].value == 27_000.0
    assert list(hills.systems) == sorted(hills.systems)


def test_a_variant_is_written_in_the_units_of_the_scenario_and_held_in_those_of_the_model(
    hills: Scenario,
) -> None:
    low = next(variant for variant in hills.variants if variant.id == "low-flight")
    assert dict(low.set) == {"system.watcher.altitude": 1500.0}


def test_figures_and_rows_can_be_pointed_at(hills: Scenario) -> None:
    lines = (hills.folder / "systems.yaml").read_text().splitlines()
    for name, system in hills.systems.items():
        for figure in system.figures:
            problem = hills.problem(f"systems.{name}.{figure}", "a message")
            assert problem.file == hills.folder / "systems.yaml"
            assert lines[(problem.line or 0) - 1].strip().startswith(f"{figure}:")
    for where in ("units.arm-long", "orders.az-fire", "zones.hills", "variants.reserve"):
        assert hills.problem(where, "a message").line


def test_a_campaign_cannot_be_changed_and_can_be_sent_to_a_worker(hills: Scenario) -> None:
    with pytest.raises(ValueError, match="frozen"):
        hills.units[0].weight = 2.0  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(hills)) == hills


def test_a_run_folder_holds_the_same_campaign(hills: Scenario, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    write_resolved(hills, copy, "staffride run hills", {})
    again = load(copy, parameters_of)
    assert scenario_digest(again) == scenario_digest(hills)
    assert again.systems == hills.systems
    assert (again.units, again.orders, again.variants) == (hills.units, hills.orders, hills.variants)
    files = {"orders.csv", "places.csv", "scenario.yaml", "systems.yaml", "units.csv", "zones.csv"}
    assert {path.name for path in copy.iterdir()} == files


def test_a_run_folder_keeps_the_figures_of_the_catalogue(tmp_path: Path) -> None:
    """The copy holds each system whole and asks no catalogue, so that a later catalogue cannot change it."""
    name = next(iter(shipped_systems()))
    found = with_shipped(tmp_path / "hills", name)
    copy = tmp_path / "copy"
    write_resolved(found, copy, "", {})
    again = load(copy, parameters_of)
    assert again.systems[name] == found.systems[name]
    assert {at.file.parent for key, at in again.locations.items() if key.startswith("systems.")} == {copy}


def shipped_systems() -> list[str]:
    """Return the shipped systems of air defence."""
    systems = read_catalogue().data["systems"]
    assert isinstance(systems, dict)
    return [name for name, system in systems.items() if system["kind"] == "air_defence"]


def with_shipped(folder: Path, name: str, systems: str = "") -> Scenario:
    """Load the campaign with a system of the catalogue in the place of the long-range battery."""
    settings = {"catalogue: false\n": "", "cutoff: 2020-06-01T00:00": "cutoff: 2020-06-02T00:00"}
    write_campaign(folder, settings=settings, units={"arm-long,arm,long_battery": f"arm-long,arm,{name}"})
    with (folder / "systems.yaml").open("a") as file:
        file.write(systems)
    return load(folder, parameters_of)


def test_the_catalogue_stands_behind_the_systems_of_a_campaign(tmp_path: Path) -> None:
    name = shipped_systems()[0]
    plain = with_shipped(tmp_path / "plain", name).systems[name]
    own = f"{name}:\n  note: Ours.\n  figures:\n    range_max: {{value: 99, unit: km, assumed: Ours.}}\n"
    changed = with_shipped(tmp_path / "changed", name, own)
    system = changed.systems[name]
    assert (system.note, system.name, system.evidence) == ("Ours.", plain.name, plain.evidence)
    different = [figure for figure in plain.figures if plain.figures[figure] != system.figures[figure]]
    assert different == ["range_max"]
    assert changed.problem(f"systems.{name}.range_max", "").file == changed.folder / "systems.yaml"
    assert Path(str(changed.problem(f"systems.{name}.magazine", "").file)).parent == CATALOGUE


def test_a_figure_of_the_catalogue_can_be_taken_away(tmp_path: Path) -> None:
    name = shipped_systems()[0]
    plain = with_shipped(tmp_path / "plain", name).systems[name]
    dispensable = next(figure for figure in plain.figures if figure not in plain.required_figures)
    own = f"{name}:\n  figures:\n    {dispensable}: null\n"
    assert dispensable not in with_shipped(tmp_path / "without", name, own).systems[name].figures


def test_every_system_of_the_catalogue_is_without_a_problem() -> None:
    catalogue = read_catalogue()
    parts = Draft(CATALOGUE, list(catalogue.problems), kind="campaign")
    draft_systems(catalogue, parts)
    for name, system in parts.systems.items():
        check_system(parts, name, system)
    assert "\n".join(map(str, parts.problems)) == ""
    assert {figure.unit for figure in FIGURES} <= set(UNITS)
    known = {*ledger().facts, *ledger().claims}
    cited = {
        name
        for system in parts.systems.values()
        for row in (system, *system.figures.values())
        for name in row.evidence
    }
    assert sorted(cited - known) == []


def test_the_figures_have_one_name_and_known_kinds() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
    for figure in FIGURES:
        assert set(figure.required_for) <= set(figure.kinds) <= set(KINDS)


def test_a_child_changes_rows_figures_and_parameters(tmp_path: Path) -> None:
    write_campaign(tmp_path / "hills")
    child = extending(
        tmp_path / "child",
        "extends: hills\n"
        "title: Another day\n"
        "parameters:\n  strength.az.decoy: {value: 9, unit: '1', assumed: a test}\n"
        "systems:\n  decoy:\n    figures:\n      speed: {value: 50, unit: m/s, assumed: a test}\n"
        "change:\n"
        "  units: {arm-long: {emission: always, groups: silent old}}\n"
        "  orders: {az-fire: {targets: artillery, zones: plain hills}}\n"
        "  zones: {plain: {area_km2: 800}}\n",
    )
    before, after = load(tmp_path / "hills", parameters_of), load(child, parameters_of)
    assert (after.title, after.off) == ("Another day", ("reserve",))
    assert after.parameters["strength.az.decoy"].value == 9
    assert after.systems["decoy"].figures["speed"].value == 180.0
    assert after.systems["decoy"].figures["altitude"] == before.systems["decoy"].figures["altitude"]
    assert after.problem("systems.decoy.speed", "").line == 9
    changed = {unit.id: unit for unit in after.units}["arm-long"]
    assert (changed.emission, changed.groups) == ("always", ("silent", "old"))
    assert {order.id: order for order in after.orders}["az-fire"].zones == ("plain", "hills")
    assert after.zones[0].area_km2 == 800
    assert {name for name in after.systems if after.systems[name] != before.systems[name]} == {"decoy"}


def test_systems_of_a_child_may_stand_in_a_file_and_tables_be_replaced(tmp_path: Path) -> None:
    write_campaign(tmp_path / "hills")
    own = "gun: {figures: {reach: {value: 17, unit: km, assumed: a test}}}\n"
    child = extending(tmp_path / "child", "extends: hills\ntables: {orders: few.csv}\n", systems_yaml=own)
    orders = (tmp_path / "hills" / "orders.csv").read_text().splitlines(keepends=True)
    (child / "few.csv").write_text("".join(orders[:2]))
    found = load(child, parameters_of)
    assert found.systems["gun"].figures["reach"].value == 17
    assert [order.id for order in found.orders] == ["az-hunt"]


def late_fact() -> str:
    """Return a fact that a scenario may start from, and that became known after the invented day."""
    after = datetime(2020, 6, 2, tzinfo=UTC)
    facts = ledger().facts.items()
    return next(name for name, fact in facts if fact.kind == "input" and fact.known_from > after)


def test_figures_known_after_the_cut_off_need_the_word_inventory(tmp_path: Path) -> None:
    late = late_fact()
    for word, refused in (("", True), ("inventory: true, ", False)):
        folder = tmp_path / f"hills{len(word)}"
        figure = f"reach: {{value: 24, unit: km, {word}evidence: [{late}]}}"
        write_campaign(folder, systems={"reach: {value: 24, unit: km, assumed: Invented.}": figure})
        found = [
            problem
            for problem in campaign_problems(folder)
            if "figure 'reach' of system 'gun'" in problem.message
        ]
        assert bool(found) is refused
        assert not found or "inventory: true" in (found[0].suggestion or "")


def test_units_and_orders_may_be_an_inventory_too(tmp_path: Path) -> None:
    late = late_fact()
    head, row = "groups,assumed\n", "dug_in,none,no,1,0.5,,Invented."
    refused = {head: "groups,assumed,evidence\n", row: f"{row},{late}"}
    assert any(
        "units 'arm-guns'" in str(one) for one in campaign_problems(ragged(tmp_path / "a", refused, ""))
    )
    allowed = {head: "groups,assumed,evidence,inventory\n", row: f"{row},{late},yes"}
    assert campaign_problems(ragged(tmp_path / "b", allowed, ",")) == ()


def ragged(folder: Path, changes: dict[str, str], more: str) -> Path:
    """Write the campaign with further columns in units.csv, empty in the rows that are not changed."""
    write_campaign(folder, units=changes)
    path = folder / "units.csv"
    head, *rows = path.read_text().splitlines()
    wide = [row if row.count(",") == head.count(",") else f"{row},{more}" for row in rows]
    path.write_text("\n".join([head, *wide]) + "\n")
    return folder


SPECS = {
    "plain": ParameterSpec("plain", "h", "a time"),
    "of.{side}": ParameterSpec("of.{side}", "km", "one a side"),
    "any.*": ParameterSpec("any.*", "1", "any number", 0),
}


def test_names_of_parameters_stand_for_sides_and_patterns() -> None:
    specs = for_sides(SPECS, ("west", "east"))
    assert list(specs) == ["plain", "of.west", "of.east", "any.*"]
    assert spec_of(specs, "of.east") == ParameterSpec("of.east", "km", "one a side")
    assert spec_of(specs, "any.thing.at.all") == ParameterSpec("any.thing.at.all", "1", "any number", 0)
    assert spec_of(specs, "any.") is spec_of(specs, "any") is spec_of(specs, "anything") is None
    assert specs_of_kind(parameters_of, "displacement") == parameters_of("displacement")
    assert specs_of_kind(SPECS, "campaign") is SPECS
    assert specs_of_kind(None, "campaign") is None


def test_each_kind_of_scenario_is_held_to_its_own_parameters(tmp_path: Path) -> None:
    assert not read("karabakh-2023", parameters_of).errors
    text = "\n".join(map(str, read(write_campaign(tmp_path / "hills"), parameters_of("displacement")).errors))
    assert "the model has no parameter 'strength.az.gun'" in text
    assert "the parameter 'departure.trust' is missing" in text


def test_check_tells_what_a_campaign_consists_of_and_rests_on(tmp_path: Path) -> None:
    folder = write_campaign(tmp_path / "hills")
    shown = runner.invoke(app, ["check", str(folder)])
    assert shown.exit_code == 0
    assert "24 hours, 2 sides, 2 zones, 3 places, 9 units, 5 orders, 7 systems, 5 variants" in shown.stdout
    assert "What the figures of the systems rest on\n    0%  record" in shown.stdout
    assert "Ways out" not in shown.stdout
    found = json.loads(runner.invoke(app, ["check", str(folder), "--json"]).stdout)
    assert found["valid"] is True
    assert found["ways_out"] == []
    assert found["figures_rest_on"]["shares"]["assumed"] == 1.0
    assert "system.gun.reach" in found["figures_rest_on"]["assumed"]


def test_a_campaign_meets_the_published_schema(tmp_path: Path) -> None:
    folder, schema = write_campaign(tmp_path / "hills"), tmp_path / "schema.json"
    schema.write_text(schema_text())
    reader = YAML(typ="safe", pure=True)
    whole = reader.load(folder / "scenario.yaml") | {"systems": reader.load(folder / "systems.yaml")}
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(whole, default=lambda moment: moment.isoformat() + "+00:00"))
    whole["systems"]["gun"]["figures"]["rech"] = whole["systems"]["gun"]["figures"]["reach"]
    bad.write_text(json.dumps(whole, default=lambda moment: moment.isoformat() + "+00:00"))
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", schema]
    done = subprocess.run([*command, good], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert subprocess.run([*command, bad], check=False, capture_output=True).returncode == 1


def test_new_extends_a_campaign_and_its_advice_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_campaign(tmp_path / "hills")
    monkeypatch.chdir(tmp_path)
    assert runner.invoke(app, ["new", "mine", "--from", "hills"]).exit_code == 0
    path = tmp_path / "mine" / "scenario.yaml"
    assert read(path.parent, parameters_of).problems == ()
    text = path.read_text()
    for key in ("# change:", "# systems:"):
        head, found, tail = text.partition(key)
        block = found + tail.partition("\n\n")[0]
        path.write_text(head + "\n".join(line.removeprefix("# ") for line in block.splitlines()) + "\n")
        assert read(path.parent, parameters_of).problems == ()
    assert load(path.parent, parameters_of).systems == load(tmp_path / "hills", parameters_of).systems
