"""Bad input in a campaign: each kind gives the file, the line, what was expected and a suggestion; all at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from campaign_scenarios import FILES, campaign_files, campaign_problems, write_campaign
from scenario_folders import write_valley
from staffride.cli.main import app
from staffride.errors import InputError, Problem
from staffride.model.kinds import parameters_of
from staffride.scenario import load, read
from staffride.scenario.catalogue import read_catalogue

SHORT = "  kind: air_defence\n  layer: short\n"
MAGAZINE = "magazine: {value: 6,"
RANGE_MIN = "range_min: {value: 1.5, unit: km,"
ALTITUDE_MIN = "altitude_min: {value: 25, unit: m, assumed: Invented.}\n    altitude_max: {value: 5000,"
VARIANT = "{id: no-jamming, label: without jamming, off: [jamming]}"
FIRE = "tempo.arm.gun,artillery,,spread"

CASES: dict[str, tuple[str, str, str, str, str, str]] = {
    # what is wrong: file, what is replaced by what; the message, what was expected, the suggestion
    "a battery without a layer": (
        "systems", SHORT, "  kind: air_defence\n",
        "system 'short_battery': air defence without a layer", "one of portable, gun, short, medium, long",
        "add `layer`",
    ),
    "a layer without air defence": (
        "systems", "  kind: jammer\n", "  kind: jammer\n  layer: short\n",
        "a jammer has no layer", "for air defence only", "remove `layer`",
    ),
    "an unknown layer": (
        "systems", SHORT, SHORT.replace("short", "shrt"),
        "`layer` is 'shrt'", "'portable', 'gun', 'short', 'medium' or 'long'", "did you mean 'short'?",
    ),
    "an unknown kind of system": (
        "systems", "  kind: jammer\n", "  kind: jamer\n", "`kind` is 'jamer'", "'jammer'", "did you mean 'jammer'?",
    ),
    "a flyer without a threat class": (
        "systems", "  threat: drone\n", "", "a armed_drone flies at its target, and has no threat class",
        "one of aircraft, drone, munition, missile", "add it",
    ),
    "a gun that flies": (
        "systems", "  kind: tube_artillery\n", "  kind: tube_artillery\n  threat: missile\n",
        "a tube_artillery is no threat in the air", "rocket_artillery", "remove `threat`",
    ),
    "a magazine below zero": (
        "systems", MAGAZINE, "magazine: {value: -6,",
        "figure 'magazine' of system 'short_battery' is -6", "0 to 2000", "check the number, its sign",
    ),
    "a shooter without targets": (
        "orders", FIRE, "tempo.arm.gun,,,spread", "order 'arm-fire': `targets` is missing",
        "target classes in order of priority", "add `targets`",
    ),
    "a shooter with empty targets": (
        "orders", FIRE, "tempo.arm.gun,;,,spread", "order 'arm-fire': the order has no targets",
        "one or more of air_defence, artillery", "add `targets`",
    ),
    "an unknown target class": (
        "orders", FIRE, "tempo.arm.gun,artilery,,spread", "there is no target class 'artilery'",
        "one or more of air_defence, artillery", "did you mean 'artillery'?",
    ),
    "a probability above 1": (
        "systems", "kill_probability_missile: {value: 0.05,", "kill_probability_missile: {value: 1.05,",
        "figure 'kill_probability_missile' of system 'short_battery' is 1.05", "0 to 1", "check the number",
    ),
    "a probability above 1 in percent": (
        "systems", 'link_loss: {value: 0.2, unit: "1",', 'link_loss: {range: [50, 120], unit: "%",',
        "figure 'link_loss' of system 'noise_jammer' runs from 0.5001 to 1.2", "0 to 1", "truncate it",
    ),
    "a range without a unit": (
        "systems", RANGE_MIN, "range_min: {value: 1.5,",
        "figure 'range_min' of system 'short_battery': `unit` is missing", "the unit, for example", "add `unit: km`",
    ),
    "a bare number for a range": (
        "systems", RANGE_MIN + " assumed: Invented.}", "range_min: 1.5",
        "figure 'range_min' of system 'short_battery' is 1.5, which has no unit", "{value: ..., unit: ...",
        "write range_min: {value: 1.5, unit: km, assumed: ...}",
    ),
    "a range in hours": (
        "systems", RANGE_MIN, "range_min: {value: 1.5, unit: h,",
        "figure 'range_min' of system 'short_battery' is in h, a time", "a length: one of km, m",
        "the model reads it in km",
    ),
    "a unit that is written otherwise": (
        "systems", "unit: dB", "unit: db", "unknown unit 'db'", "one of 1, %", "did you mean 'dB'?",
    ),
    "a figure without a ground": (
        "systems", "channels: {value: 3, unit: \"1\", assumed: Invented.}", "channels: {value: 3, unit: \"1\"}",
        "figure 'channels' of system 'long_battery': nothing says what it rests on", "`evidence` (ids of facts)",
        "add `assumed` and say why",
    ),
    "a highest below the lowest altitude": (
        "systems", ALTITUDE_MIN, ALTITUDE_MIN.replace("value: 5000", "range: [20, 5000]"),
        "system 'short_battery': 'altitude_max' may be 20.5 m, below 'altitude_min', which may be 25 m",
        "altitude_max at least altitude_min in every draw", "check both and their units",
    ),
    "a longest below the shortest range": (
        "systems", RANGE_MIN, "range_min: {value: 15, unit: km,",
        "system 'short_battery': 'range_max' may be 9 km, below 'range_min', which may be 15 km",
        "range_max at least range_min", "check both",
    ),
    "a ceiling below the altitude": (
        "systems", "ceiling: {value: 8000,", "ceiling: {value: 5000,",
        "system 'watcher': 'ceiling' may be 5000 m, below 'altitude', which may be 6000 m", "ceiling at least altitude",
        "check both",
    ),
    "a figure that is needed": (
        "systems", "    channels: {value: 3, unit: \"1\", assumed: Invented.}\n", "",
        "system 'long_battery' (air_defence) has no figure 'channels'", "threats that it engages at a time, in 1",
        "add `channels`",
    ),
    "an unknown figure": (
        "systems", "    antenna_height: {value: 4,", "    antena_height: {value: 4,",
        "system 'short_battery': there is no figure 'antena_height'", "one of speed, altitude",
        "did you mean 'antenna_height'?",
    ),
    "a figure of another kind": (
        "systems", "    false_targets: {value: 1,", "    magazine: {value: 1,",
        "figure 'magazine' of system 'noise_jammer': a jammer has no such figure", "one of air_defence", "remove it",
    ),
    "a system without lines": (
        "systems", "gun:\n", "old_gun: 152\ngun:\n", "system 'old_gun' is 152", "{name: ..., kind: ...",
        "write what it is",
    ),
    "an order of a unit without weapons": (
        "orders", "arm-fire,arm,arm-guns", "arm-fire,arm,arm-long",
        "order 'arm-fire' is for 'arm-long', whose system 'long_battery' (air_defence) has no weapon figures",
        "`reach` and `hit_probability`", "a unit that can strike",
    ),
    "an order to the other side's unit": (
        "orders", "arm-fire,arm,arm-guns", "arm-fire,arm,az-guns",
        "order 'arm-fire' of side 'arm' is for 'az-guns', a unit of side 'az'", "a unit of side 'arm'",
        "did you mean 'arm-guns'?",
    ),
    "an unknown unit": (
        "orders", "arm-fire,arm,arm-guns", "arm-fire,arm,arm-gun", "`unit` is 'arm-gun', which is not in units.csv",
        "one of az-watchers", "did you mean 'arm-guns'?",
    ),
    "an unknown zone of an order": (
        "orders", "tempo.az.decoy,air_defence,hills", "tempo.az.decoy,air_defence,hils",
        "order 'az-lure': `zones` is 'hils', which is not in zones.csv", "one of plain, hills", "did you mean 'hills'?",
    ),
    "missions that nothing states": (
        "orders", FIRE, FIRE.replace("arm.gun", "arm.guns"),
        "`missions` is 'tempo.arm.guns', and there is no such parameter", "one of the 5 parameters tempo.*",
        "did you mean 'tempo.arm.gun'?",
    ),
    "an order that ends before it starts": (
        "orders", "2020-06-01T06:00Z,2020-06-01T18:00Z", "2020-06-01T18:00Z,2020-06-01T06:00Z",
        "the order ends before it starts", "`end` later than `start`", "swap the two",
    ),
    "an order after the period": (
        "orders", "2020-06-01T06:00Z,2020-06-01T18:00Z", "2020-06-01T06:00Z,2020-06-02T18:00Z",
        "order 'arm-fire' is not within the period", "within 2020-06-01 00:00", "check `start` and `end`",
    ),
    "an unknown system": (
        "units", "arm-long,arm,long_battery", "arm-long,arm,long_batery",
        "`system` is 'long_batery', which is not in systems.yaml or the catalogue", "known",
        "did you mean 'long_battery'?",
    ),
    "an unknown place": (
        "units", "long_battery,crossroads", "long_battery,crosroads",
        "unit 'arm-long': `place` is 'crosroads', which is not in places.csv", "one of airfield, crossroads, ridge",
        "did you mean 'crossroads'?",
    ),
    "an unknown side": (
        "units", "arm-long,arm,", "arm-long,amr,", "unit 'arm-long': `side` is 'amr', which is not in sides",
        "one of az, arm", "did you mean 'arm'?",
    ),
    "a unit without a number of elements": (
        "units", "strength.arm.long", "", "unit 'arm-long': `strength` is missing", "name of the parameter",
        "add `strength`",
    ),
    "a number of elements that nothing states": (
        "units", "strength.arm.long", "strength.arm.lng",
        "`strength` is 'strength.arm.lng', and there is no such parameter", "one of the 8 parameters strength.*",
        "did you mean 'strength.arm.long'?",
    ),
    "a number of elements under another name": (
        "units", "strength.arm.long", "weather.fog_share", "unit 'arm-long': `strength` is 'weather.fog_share'",
        "the name of a parameter strength.*", "begin with 'strength.'",
    ),
    "an unknown posture": (
        "units", "strength.arm.long,,open", "strength.arm.long,,opn", "`posture` is 'opn'", "'hidden', 'dug_in'",
        "did you mean 'open'?",
    ),
    "a chance above 1 in a table": (
        "units", "silent,yes,,0.8", "silent,yes,,1.8", "`reconnoitred` is '1.8'", "less than or equal to 1",
        "check the sign",
    ),
    "a place in no zone": (
        "places", "ridge,Ridge,ridge,Hills,hills", "ridge,Ridge,ridge,Hills,", "place 'ridge': `zone` is missing",
        "one of the 2 zones", "add the column `zone`",
    ),
    "a place in an unknown zone": (
        "places", "ridge,Ridge,ridge,Hills,hills", "ridge,Ridge,ridge,Hills,hils",
        "place 'ridge': `zone` is 'hils', which is not in zones.csv", "one of plain, hills", "did you mean 'hills'?",
    ),
    "a zone without an area": (
        "zones", "100,900,", "100,0,", "zone 'plain': `area_km2` is '0'", "greater than 0", "check the sign",
    ),
    "an unknown group in the baseline": (
        "settings", "off: [reserve]", "off: [reserve, jaming]",
        "`off` is 'jaming', which is not in the groups of its tables", "one of",
        "did you mean 'jamming'?",
    ),
    "an unknown group in a variant": (
        "settings", "off: [jamming]", "off: [jaming]", "variant 'no-jamming': `off` is 'jaming'", "one of",
        "did you mean 'jamming'?",
    ),
    "a group switched on that is on": (
        "settings", "on: [reserve]", "on: [jamming]",
        "variant 'reserve' switches on 'jamming', which the baseline does not leave out", "`off` of the scenario",
        "add it to `off`",
    ),
    "a variant that sets nothing": (
        "settings", VARIANT, VARIANT.replace(", off: [jamming]", ""), "variant 'no-jamming' sets nothing",
        "at least one of `off`, `on`, `set` and `median`", "say what it changes",
    ),
    "a variant with an unknown key": (
        "settings", VARIANT, VARIANT.replace("off:", "of:"), "unknown key `of`", "one of id, label, off",
        "did you mean 'off'?",
    ),
    "a variant given twice": (
        "settings", "{id: no-jamming,", "{id: no-decoys,", "variant 'no-decoys' is given twice", "each variant once",
        "give it another id",
    ),
    "a variant that sets an unknown figure": (
        "settings", "system.watcher.altitude", "system.watcher.altitud",
        "variant 'low-flight' sets 'system.watcher.altitud', which is neither a parameter nor a figure",
        "a parameter, or the figure of a system that a unit has", "did you mean 'system.watcher.altitude'?",
    ),
    "a variant that sets an unknown parameter": (
        "settings", "system.watcher.altitude: 1.5", "weather.fog_shar: 0.1", "sets 'weather.fog_shar'",
        "a parameter, or the figure", "did you mean 'weather.fog_share'?",
    ),
    "a variant that leaves the limits": (
        "settings", "system.watcher.altitude: 1.5", "system.watcher.hit_probability: 1.5",
        "'system.watcher.hit_probability' is 1.5", "0 to 1", "check the number",
    ),
    "a variant that holds nothing": (
        "settings", "median: [system.*]", "median: [sistem.*]", "variant 'known-systems': nothing is called 'sistem.*'",
        "a pattern that names something", "try system.*",
    ),
    "one side twice": (
        "settings", "sides: [az, arm]", "sides: [az, az]", "`sides` is ['az', 'az']", "two different names",
        "such as [az, arm]",
    ),
    "one side": (
        "settings", "sides: [az, arm]", "sides: [az]", "`sides` is ['az']", "two different names",
        "such as [az, arm]",
    ),
    "a campaign that is not over": (
        "settings", "end: 2020-06-02T00:00+00:00", "end: 2029-06-02T00:00+00:00",
        "the period ends on 2029-06-02, which is not past", "a period in the past", "choose one that is over",
    ),
    "an unknown parameter": (
        "parameters", "weather.fog_share:", "weather.fog_shar:", "the model has no parameter 'weather.fog_shar'",
        "one of its", "did you mean 'weather.fog_share'?",
    ),
    "an unknown word for the catalogue": (
        "settings", "catalogue: false", "catalogue: nothing", "`catalogue` is 'nothing'", "true or false",
        "leave it out, or say false",
    ),
}  # fmt: skip

SEVERAL = {"an unknown parameter"}
"""Cases in which one mistake is told in more than one way: here also that the right name is missing."""


def damaged(folder: Path, *cases: str) -> Path:
    """Write the campaign with some mistakes."""
    changes: dict[str, Mapping[str, str]] = {}
    for case in cases:
        key, old, new = CASES[case][:3]
        changes[key] = {**changes.get(key, {}), old: new}
    return write_campaign(folder, **changes)


def the_one(found: tuple[Problem, ...], message: str) -> Problem:
    matching = [problem for problem in found if problem.fatal and message in problem.message]
    assert len(matching) == 1, "\n".join(map(str, found))
    return matching[0]


@pytest.mark.parametrize("case", CASES)
def test_bad_input_says_where_what_and_what_to_do(tmp_path: Path, case: str) -> None:
    key, _, new, message, expected, suggestion = CASES[case]
    folder = damaged(tmp_path / "hills", case)
    found = campaign_problems(folder)
    problem = the_one(found, message)
    assert Path(str(problem.file)).name == FILES[key]
    assert expected in (problem.expected or "")
    assert suggestion in (problem.suggestion or "")
    errors = [problem for problem in found if problem.fatal]
    assert len(errors) == 1 or case in SEVERAL, "\n".join(map(str, errors))
    text = (folder / FILES[key]).read_text()
    first = text[: text.index(new)].count("\n") + 1 if new else 1
    assert problem.line is not None
    assert not new or first - 2 <= problem.line <= first + new.count("\n") + 1 or "has no figure" in message


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    cases = (
        "a magazine below zero",
        "a range without a unit",
        "an unknown place",
        "an unknown zone of an order",
    )
    folder = damaged(tmp_path / "hills", *cases, "an unknown group in the baseline")
    found = [problem for problem in campaign_problems(folder) if problem.fatal]
    assert len(found) == len(cases) + 1, "\n".join(map(str, found))
    assert any("has no figure 'range_min'" in problem.message for problem in found) is False
    with pytest.raises(InputError) as failure:
        load(folder, parameters_of)
    assert len(failure.value.problems) == len(found)
    outcome = CliRunner().invoke(app, ["check", str(folder)])
    assert outcome.exit_code == 2
    assert "Traceback" not in outcome.output
    assert outcome.stderr.count("expected:") == len(found)


@pytest.mark.parametrize("table", ["places", "zones", "units", "orders"])
def test_tables_that_no_campaign_can_do_without(tmp_path: Path, table: str) -> None:
    messages = [
        problem.message for problem in campaign_problems(write_campaign(tmp_path / "hills", **{table: None}))
    ]
    assert f"the scenario has no table {table}.csv" in messages


def test_a_displacement_has_nothing_of_a_campaign(tmp_path: Path) -> None:
    folder = write_valley(tmp_path / "valley")
    (folder / "zones.csv").write_text(campaign_files()["zones"])
    (folder / "systems.yaml").write_text("gun: {kind: tube_artillery}\n")
    with (folder / "scenario.yaml").open("a") as file:
        file.write("off: [jamming]\n")
    messages = [problem.message for problem in read(folder, parameters_of).errors]
    assert "a displacement has no table zones.csv" in messages
    assert "a displacement has no `off`" in messages
    assert "a displacement has no `systems`" in messages


def test_a_variant_sets_only_figures_of_systems_that_units_have(tmp_path: Path) -> None:
    """Neither a system of its own that no unit has, nor one of the catalogue, nor a figure with its own error."""
    name = next(iter(read_catalogue().data["systems"]))  # type: ignore[call-overload]
    for system in ("noise_jammer", name):
        change = {
            "system.watcher.altitude: 1.5": f"system.{system}.staying_power: 1.5",
            "catalogue: false\n": "",
        }
        units = {"noise_jammer,airfield": "gun,airfield"}
        folder = write_campaign(tmp_path / system, settings=change, units=units)
        the_one(campaign_problems(folder), f"variant 'low-flight' sets 'system.{system}.staying_power'")
    folder = write_campaign(
        tmp_path / "hills", systems={"altitude: {range: [4, 6], unit: km,": "altitude: {range: [4, 6],"}
    )
    the_one(campaign_problems(folder), "figure 'altitude' of system 'watcher': `unit` is missing")


def test_a_number_that_nothing_uses_draws_a_warning(tmp_path: Path) -> None:
    row = 'strength.az.tank: {value: 1, unit: "1", assumed: Invented.}\nweather.fog_share:'
    folder = write_campaign(tmp_path / "hills", parameters={"weather.fog_share:": row})
    found = campaign_problems(folder)
    assert [(one.fatal, one.message) for one in found] == [
        (False, "no row of a table uses the parameter 'strength.az.tank'")
    ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_are_problems_and_never_a_crash(tmp_path: Path, data: st.DataObject) -> None:
    folder = write_campaign(tmp_path / "hills")
    path = folder / FILES[data.draw(st.sampled_from(sorted(campaign_files())), label="file")]
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)), label="start")
    end = data.draw(st.integers(start, min(start + 40, len(whole))), label="end")
    noise = data.draw(st.binary(max_size=6) | st.text(max_size=6).map(str.encode), label="noise")
    path.write_bytes(whole[:start] + noise + whole[end:])
    assert all(problem.message for problem in campaign_problems(folder))


UNREAD: dict[str, tuple[dict[str, str], str]] = {
    # one file that says nothing: all else would only follow from it
    "broken settings": ({"settings": "name: hills\n\tkind: campaign\n"}, "this is not valid YAML"),
    "broken parameters": ({"parameters": "a: {b: [1,\nc: }\n"}, "this is not valid YAML"),
    "systems as a list": ({"systems": "- a\n- b\n"}, "the file holds no settings"),
    "no orders": ({"orders": campaign_files()["orders"].splitlines()[0] + "\n"}, "the table has no rows"),
    "empty orders": ({"orders": ""}, "the table is empty"),
}


@pytest.mark.parametrize("case", UNREAD)
def test_a_file_that_says_nothing_is_one_problem_and_not_a_hundred(tmp_path: Path, case: str) -> None:
    changes, message = UNREAD[case]
    (problem,) = campaign_problems(write_campaign(tmp_path / "hills", **changes))
    assert message in problem.message
    assert problem.file is not None
    assert problem.line is not None


def test_sides_that_are_not_two_are_told_once(tmp_path: Path) -> None:
    folder = write_campaign(tmp_path / "hills", settings={"sides: [az, arm]": "sides: [arm, arm]"})
    (problem,) = campaign_problems(folder)
    assert "sides" in problem.message


def test_a_campaign_without_any_element_is_refused(tmp_path: Path) -> None:
    text = campaign_files()["parameters"]
    zero = "".join(
        f'{line.split(":")[0]}: {{value: 0, unit: "1", assumed: Invented.}}\n'
        if line.startswith("strength.")
        else f"{line}\n"
        for line in text.splitlines()
    )
    (problem,) = campaign_problems(write_campaign(tmp_path / "hills", parameters=zero))
    assert problem.message == "no unit has an element: every strength is zero"


@pytest.mark.parametrize("dummies", ["-1", "1e9", "nan"])
def test_dummies_have_limits(tmp_path: Path, dummies: str) -> None:
    header, first, *rest = campaign_files()["units"].splitlines()
    cells = first.split(",")
    cells[header.split(",").index("dummies_per_element")] = dummies
    folder = write_campaign(tmp_path / "hills", units="\n".join([header, ",".join(cells), *rest]) + "\n")
    assert any("`dummies_per_element`" in problem.message for problem in campaign_problems(folder))
