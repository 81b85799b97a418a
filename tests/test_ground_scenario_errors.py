"""Bad input in the ground half of a campaign: file, line, what was expected and a suggestion; all at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign_scenarios import FILES, campaign_problems, ground_files, write_campaign, write_ground
from scenario_folders import write_valley
from staffride.errors import InputError, Problem
from staffride.model.kinds import parameters_of
from staffride.scenario import load, read
from staffride.scenario.tables import GROUND_TABLES, NEEDED_BY_FORMATIONS

CROSSROADS = "crossroads,Crossroads,town,Hills,hills,40.00,46.95,600,arm,rolling"
RIDGE_WAYS = "crossroads-ridge,crossroads,ridge,track,13,500,rugged,,,2,200,,,,Invented.\n"
FOOT_PATH = "ford-ridge,ford,ridge,foot_path,22,,rugged,,,,0"
MORNING = "morning,az,crossroads,2020-06-01T02:00Z,12,,"

CASES: dict[str, tuple[str, str, str, str, str, str]] = {
    # what is wrong: file, what is replaced by what; the message, what was expected, the suggestion
    "a place that nobody holds": (
        "places", CROSSROADS, CROSSROADS.replace("arm", ""),
        "place 'crossroads': `held_by` is missing", "one of az, arm", "add the column `held_by`",
    ),
    "a place held by an unknown side": (
        "places", CROSSROADS, CROSSROADS.replace("arm", "amr"),
        "place 'crossroads': `held_by` is 'amr', which is not in sides", "one of az, arm", "did you mean 'arm'?",
    ),
    "a place without ground": (
        "places", CROSSROADS, CROSSROADS.replace("rolling", ""),
        "place 'crossroads': `ground` is missing", "one of flat, rolling, rugged", "add the column `ground`",
    ),
    "ground of no known kind": (
        "places", CROSSROADS, CROSSROADS.replace("rolling", "roling"), "`ground` is 'roling'", "'rolling'",
        "did you mean 'rolling'?",
    ),
    "works above the strongest": (
        "places", "arm,rugged,0.6", "arm,rugged,1.6", "`fortification` is '1.6'", "less than or equal to 1",
        "check the sign",
    ),
    "a fourth line": (
        "places", "arm,rugged,0.6,2", "arm,rugged,0.6,4", "`line` is '4'", "less than or equal to 3", "check the sign",
    ),
    "a unit of an unknown formation": (
        "units", "az,gun,airfield,az-brigade", "az,gun,airfield,az-brigde",
        "unit 'az-guns': `formation` is 'az-brigde', which is not in formations.csv", "one of az-brigade",
        "did you mean 'az-brigade'?",
    ),
    "a unit of the other side's formation": (
        "units", "az,gun,airfield,az-brigade", "az,gun,airfield,arm-regiment",
        "unit 'az-guns': `formation` is 'arm-regiment', of side 'arm'", "a formation of side 'az'",
        "choose one of its own side",
    ),
    "a way to an unknown place": (
        "ways", "airfield-ford,airfield,ford", "airfield-ford,airfeld,ford",
        "way 'airfield-ford': `from_place` is 'airfeld', which is not in places.csv", "one of airfield, ford",
        "did you mean 'airfield'?",
    ),
    "a way from a place to itself": (
        "ways", "airfield-ford,airfield,ford", "airfield-ford,ford,ford",
        "way 'airfield-ford': both ends are the same place", "two different places", "check `to_place`",
    ),
    "parallel ways": (
        "ways", RIDGE_WAYS, RIDGE_WAYS + RIDGE_WAYS.replace("crossroads-ridge,crossroads,", "again,crossroads,"),
        "way 'again' runs parallel to 'crossroads-ridge'", "one way of a kind between two places", "merge them",
    ),
    "a way of no known kind": (
        "ways", "ford,ridge,foot_path", "ford,ridge,footpath", "`kind` is 'footpath'", "'road', 'track' or 'foot_path'",
        "did you mean 'foot_path'?",
    ),
    "a foot path with supply": (
        "ways", FOOT_PATH, FOOT_PATH[:-1] + "20", "way 'ford-ridge': a foot path with 20 t of supply a day",
        "no supply on a foot path", "make it a track",
    ),
    "a climb steeper than its length": (
        "ways", "track,13,500", "track,0.4,500", "way 'crossroads-ridge': a climb of 500 m over 0.4 km",
        "a climb below its length", "check both and their units",
    ),
    "an unknown bridge": (
        "ways", "arm-bridge", "arm-brige", "way 'ridge-depot': `bridge` is 'arm-brige', which is not in units.csv",
        "one of arm-bridge", "did you mean 'arm-bridge'?",
    ),
    "a bridge that is none": (
        "ways", "arm-bridge", "arm-short-ridge",
        "way 'ridge-depot': `bridge` is 'arm-short-ridge', a unit of kind air_defence",
        "a unit of a system of kind bridge", "did you mean 'arm-bridge'?",
    ),
    "a bridge that stands elsewhere": (
        "ways", "rolling,0.5,yes,1,600,", "rolling,0.5,yes,1,600,arm-bridge",
        "way 'ford-crossroads': `bridge` is 'arm-bridge', which stands at 'ridge'",
        "a bridge at 'ford' or 'crossroads'",
        "check `place` of the unit 'arm-bridge'",
    ),
    "a formation of an unknown side": (
        "formations", "arm-militia,arm,", "arm-militia,amr,", "formation 'arm-militia': `side` is 'amr'",
        "one of az, arm",
        "did you mean 'arm'?",
    ),
    "a formation of no known kind": (
        "formations", "Brigade,mechanised", "Brigade,mechanized", "`kind` is 'mechanized'", "'mechanised'",
        "did you mean 'mechanised'?",
    ),
    "a formation that stands in no known way": (
        "formations", "counter,fortified", "counter,fortifed", "`stance` is 'fortifed'", "'fortified'",
        "did you mean 'fortified'?",
    ),
    "a formation at an unknown place": (
        "formations", "Militia,militia,depot", "Militia,militia,dept",
        "formation 'arm-militia': `place` is 'dept', which is not in places.csv", "one of airfield",
        "did you mean 'depot'?",
    ),
    "a formation at a place of the other side": (
        "formations", "Reserve,rifle,airfield", "Reserve,rifle,crossroads",
        "formation 'az-reserve' of side 'az' stands at 'crossroads', which 'arm' holds", "a place held by 'az'",
        "check `place`, or `held_by`",
    ),
    "persons that nothing states": (
        "formations", "strength.arm.militia", "strength.arm.milita",
        "`strength` is 'strength.arm.milita', and there is no such parameter", "parameters strength.*",
        "did you mean 'strength.arm.militia'?",
    ),
    "persons counted with elements": (
        "formations", "strength.az.reserve", "strength.az.gun",
        "formation 'az-reserve' shares 'strength.az.gun' with units", "a parameter of formations alone",
        "a name of their own",
    ),
    "a share in contact that nothing states": (
        "formations", "strength.az.groups,,contact.groups", "strength.az.groups,,contact.group",
        "`contact` is 'contact.group', and there is no such parameter", "one of the 2 parameters contact.*",
        "did you mean 'contact.groups'?",
    ),
    "a quality under another name": (
        "formations", "contact.groups,quality.az", "contact.groups,turnout.arm",
        "formation 'az-groups': `quality` is 'turnout.arm'", "the name of a parameter quality.*",
        "begin with 'quality.'",
    ),
    "a turnout that nothing states": (
        "formations", "turnout.arm", "turnout.am", "`turnout` is 'turnout.am', and there is no such parameter",
        "one of the 1 parameters turnout.*", "did you mean 'turnout.arm'?",
    ),
    "an arrival that nothing states": (
        "formations", "arrival.az", "arrival.azz", "`arrival` is 'arrival.azz', and there is no such parameter",
        "one of the 2 parameters arrival.*", "did you mean 'arrival.az'?",
    ),
    "a goal of an unknown side": (
        "goals", "arm-retake,arm", "arm-retake,am", "goal 'arm-retake': `side` is 'am'", "one of az, arm",
        "did you mean 'arm'?",
    ),
    "a goal of an axis that none follows": (
        "goals", "arm-retake,arm,counter", "arm-retake,arm,main",
        "goal 'arm-retake' is of the axis 'main', which no formation of 'arm' follows", "an axis of its side: counter",
        "name it in `axis` of a formation",
    ),
    "a goal at an unknown place": (
        "goals", "2,take,ridge", "2,take,rigde", "goal 'az-ridge': `place` is 'rigde', which is not in places.csv",
        "one of airfield", "did you mean 'ridge'?",
    ),
    "a goal under an unknown condition": (
        "goals", "take,ridge,crossroads", "take,ridge,crosroads",
        "goal 'az-ridge': `when_held` is 'crosroads', which is not in places.csv", "one of airfield",
        "did you mean 'crossroads'?",
    ),
    "a goal of no known task": (
        "goals", "1,counter_attack", "1,counterattack", "`task` is 'counterattack'", "'counter_attack'",
        "did you mean 'counter_attack'?",
    ),
    "a goal to take what is held": (
        "goals", "2,take,ridge,crossroads", "2,take,ford,",
        "goal 'az-ridge' is to take 'ford', which its own side holds at the start", "hold, counter_attack or reserve",
        "check `task`",
    ),
    "a goal after the end": (
        "goals", "infiltrate,ridge,,,6", "infiltrate,ridge,,,24", "goal 'az-behind' stands only after 24 h",
        "within the 24 hours of the period", "check `after_h`",
    ),
    "goals that wait for one another": (
        "goals", "take,crossroads,,1.5", "take,crossroads,ridge,1.5",
        "goal 'az-crossroads' can never stand: az-crossroads waits for az-ridge waits for az-crossroads",
        "conditions that do not run in a circle", "take one place out of `when_held`",
    ),
    "a goal that waits for itself": (
        "goals", "take,ridge,crossroads", "take,ridge,ridge",
        "goal 'az-ridge' can never stand: az-ridge waits for az-ridge",
        "conditions that do not run in a circle", "take one place",
    ),
    "groups that are none": (
        "formations", "Mobile groups,special,ford", "Mobile groups,rifle,ford",
        "goal 'az-behind' is to infiltrate, and its axis has no formation of kind special", "groups of kind special",
        "choose another task",
    ),
    "a goal to which no way leads": (
        "ways", RIDGE_WAYS, "", "goal 'az-ridge': no way leads from its formations to 'ridge'",
        "foot paths only for the kind special", "add a way",
    ),
    "formations without any way": (
        "ways", "airfield-ford,airfield,ford,road,11,,flat,,,,900,,,,Invented.\n", "",
        "place 'airfield' has formations and no way", "one way at least", "add it to ways.csv",
    ),
    "supply to an unknown place": (
        "supplies", "az-rear,az,airfield", "az-rear,az,airfeld",
        "supply 'az-rear': `place` is 'airfeld', which is not in places.csv", "one of airfield",
        "did you mean 'airfield'?",
    ),
    "supply for an unknown side": (
        "supplies", "az-rear,az,", "az-rear,azz,", "supply 'az-rear': `side` is 'azz'", "one of az, arm",
        "did you mean 'az'?",
    ),
    "deliveries that nothing states": (
        "supplies", "delivery.arm", "delivery.am", "`delivery` is 'delivery.am', and there is no such parameter",
        "one of the 2 parameters delivery.*", "did you mean 'delivery.arm'?",
    ),
    "civilians that nothing states": (
        "civilians", "civilians.ford", "civilians.fort",
        "`civilians` is 'civilians.fort', and there is no such parameter",
        "one of the 2 parameters civilians.*", "did you mean 'civilians.ford'?",
    ),
    "civilians at an unknown place": (
        "civilians", "ford,az,", "fort,az,", "civilians of 'fort': `place` is 'fort', which is not in places.csv",
        "one of airfield", "did you mean 'ford'?",
    ),
    "civilians counted twice": (
        "civilians", "ridge,arm,", "crossroads,arm,", "civilians: 'crossroads.arm' is given twice",
        "each place and side once", "first on line 2",
    ),
    "a strike on the own side": (
        "city_strikes", MORNING, MORNING.replace("crossroads", "ford"),
        "strike 'morning' of side 'az' falls on 'ford', which that side holds", "a place of the other side",
        "it is the one that fired",
    ),
    "a strike on an unknown place": (
        "city_strikes", MORNING, MORNING.replace("crossroads", "crosroads"),
        "strike 'morning': `place` is 'crosroads', which is not in places.csv", "one of airfield",
        "did you mean 'crossroads'?",
    ),
    "a strike by an unknown system": (
        "city_strikes", "12,,,gun", "12,,,smerh", "strike 'morning': `system` is 'smerh'", "known",
        "did you mean 'smerch'?",
    ),
    "a strike outside the period": (
        "city_strikes", MORNING, MORNING.replace("06-01", "05-01"), "strike 'morning' is not within the period",
        "within 2020-06-01 00:00 and 2020-06-02 00:00", "check `time`",
    ),
    "a strike of nobody knows how many": (
        "city_strikes", MORNING, MORNING.replace("12", ""),
        "strike 'morning': the number of munitions is not given once", "`munitions`, or both", "write a wide range",
    ),
    "a strike from ten to two": (
        "city_strikes", ",,2,10,,", ",,10,2,,", "strike 'noon': `munitions_low` is above `munitions_high`",
        "low at most high", "swap the two",
    ),
    "a truce outside the period": (
        "truces", "pause,2020-06-01T18:00Z", "pause,2020-07-01T18:00Z", "truce 'pause' is not within the period",
        "within 2020-06-01 00:00", "check `time`",
    ),
    "a term for an unknown place": (
        "terms", "ridge,10", "rigde,10", "term for 'rigde': `place` is 'rigde', which is not in places.csv",
        "one of airfield", "did you mean 'ridge'?",
    ),
    "a term for a place that the side has": (
        "terms", "crossroads,5,az", "crossroads,5,arm",
        "term for 'crossroads' hands it to 'arm', which holds it already",
        "a place that the other side holds at the start", "check `side`",
    ),
    "an unknown group of formations": (
        "settings", "off: [mobile]", "off: [mobil]", "variant 'no-groups': `off` is 'mobil'", "one of loitering",
        "did you mean 'mobile'?",
    ),
    "series that do not fill the period": (
        "settings", "off: [reserve]", "record_every_h: 5\noff: [reserve]",
        "`record_every_h` is 5, and the period has 24 hours", "divides the hours", "1, 2, 3, 4 or 6",
    ),
}  # fmt: skip

SEVERAL = {"a goal to which no way leads"}
"""Cases in which one mistake stops more than one thing: here also another goal, and civilians."""


def damaged(folder: Path, *cases: str) -> Path:
    """Write the campaign with some mistakes."""
    changes: dict[str, Mapping[str, str]] = {}
    for case in cases:
        key, old, new = CASES[case][:3]
        changes[key] = {**changes.get(key, {}), old: new}
    return write_ground(folder, **changes)


def the_one(found: tuple[Problem, ...], message: str) -> Problem:
    matching = [problem for problem in found if message in problem.message]
    assert len(matching) == 1, "\n".join(map(str, found))
    return matching[0]


def test_the_campaign_has_no_problem_of_its_own(tmp_path: Path) -> None:
    assert campaign_problems(write_ground(tmp_path / "front")) == ()


@pytest.mark.parametrize("case", CASES)
def test_bad_input_says_where_what_and_what_to_do(tmp_path: Path, case: str) -> None:
    key, _, _, message, expected, suggestion = CASES[case]
    folder = damaged(tmp_path / "front", case)
    found = campaign_problems(folder)
    problem = the_one(found, message)
    assert problem.fatal
    assert expected in (problem.expected or "")
    assert suggestion in (problem.suggestion or "")
    errors = [problem for problem in found if problem.fatal]
    assert len(errors) == 1 or case in SEVERAL, "\n".join(map(str, errors))
    assert problem.line is not None
    written = (folder / Path(str(problem.file)).name).read_text().splitlines()[problem.line - 1]
    name = message.split("'")[1] if "'" in message else ""
    assert name.partition(".")[0] in written or key == "settings"
    assert Path(str(problem.file)).name in {FILES[key], FILES["goals"], FILES["places"]}


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    cases = (
        "a place that nobody holds",
        "parallel ways",
        "a share in contact that nothing states",
        "a goal after the end",
        "civilians that nothing states",
        "a truce outside the period",
        "a term for an unknown place",
    )
    folder = damaged(tmp_path / "front", *cases)
    found = [problem for problem in campaign_problems(folder) if problem.fatal]
    assert len(found) == len(cases), "\n".join(map(str, found))
    with pytest.raises(InputError) as failure:
        load(folder, parameters_of)
    assert len(failure.value.problems) == len(cases)


@pytest.mark.parametrize("table", NEEDED_BY_FORMATIONS)
def test_formations_need_ways_goals_and_supply(tmp_path: Path, table: str) -> None:
    found = campaign_problems(write_ground(tmp_path / "front", **{table: None}))
    problem = the_one(found, f"the scenario has formations.csv and no rows of {table}.csv")
    assert (Path(str(problem.file)).name, problem.line) == ("formations.csv", 1)
    assert problem.expected == f"{table}.csv with one row at least"


@pytest.mark.parametrize("table", GROUND_TABLES[1:])
def test_the_other_tables_need_formations(tmp_path: Path, table: str) -> None:
    found = campaign_problems(write_campaign(tmp_path / "hills", **{table: ground_files()[table]}))
    problem = the_one(found, f"the scenario has {table}.csv and no rows of formations.csv")
    assert (Path(str(problem.file)).name, problem.line) == (f"{table}.csv", 1)
    assert "remove this table" in (problem.suggestion or "")


WARNINGS: dict[str, tuple[str, str, str, str, str, str]] = {
    # as the cases above: what looks wrong and does not stop a run
    "a place on ways that none can come to": (
        "ways", "ridge-depot,ridge,depot,road,10,,rugged,,,,400,arm-bridge", "far,pass,hut,track,5,,rugged,,,,0,",
        "no formation can reach place 'pass'", "a chain of ways from a place with formations", "add a way, or drop it",
    ),
    "an axis without a goal": (
        "formations", "depot,,hasty", "depot,conter,hasty",
        "formation 'arm-militia' follows the axis 'conter', which has no goal", "an axis that goals.csv names",
        "did you mean 'counter'?",
    ),
    "places at the same spot": (
        "places", "ford,Ford,village,Plain,plain,40.00,47.08", "ford,Ford,village,Plain,plain,40.00,47.2001",
        "place 'ford' is at the same spot as 'airfield'", "one place a spot", "merge them",
    ),
    "a way shorter than the straight line": (
        "ways", "ford,crossroads,road,12", "ford,crossroads,road,5",
        "way 'ford-crossroads' is 5 km long, the straight line 11.1 km", "at least the straight line",
        "check both places",
    ),
    "a number that no row uses": (
        "formations", "arrival.az", "arrival.arm", "no row of a table uses the parameter 'arrival.az'",
        "a parameter that is used", "did you mean 'arrival.arm'?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WARNINGS)
def test_what_looks_wrong_is_told_and_stops_nothing(tmp_path: Path, case: str) -> None:
    key, old, new, message, expected, suggestion = WARNINGS[case]
    changes: dict[str, str | Mapping[str, str]] = {key: {old: new}}
    if (
        "pass" in new
    ):  # two places beyond the end of all ways, and one place with neither a way nor a formation
        hut = "{0},{1},hut,Far,hills,40.20,46.{2},900,arm,rugged,,,,Invented.\n"
        rows = "".join(
            hut.format(*words) for words in (("pass", "Pass", 60), ("hut", "Hut", 64), ("lone", "Lone", 68))
        )
        changes["places"] = ground_files()["places"] + rows
        changes[key] = {f"{old},,,Invented.\n": f"{old},,,Invented.\n{new},,,Invented.\n"}
    found = campaign_problems(write_ground(tmp_path / "front", **changes))
    problem = the_one(found, message)
    assert not any(one.fatal for one in found), "\n".join(map(str, found))
    assert expected in (problem.expected or "")
    assert suggestion in (problem.suggestion or "")
    assert problem.line is not None
    assert not any("'lone'" in one.message for one in found)


def test_a_source_from_which_nothing_comes_through_is_refused(tmp_path: Path) -> None:
    ways = {"ridge,depot,road,10,,rugged,,,,400": "ridge,depot,road,10,,rugged,,,,0"}
    formations = {"Militia,militia,depot": "Militia,militia,ridge"}
    found = campaign_problems(write_ground(tmp_path / "front", ways=ways, formations=formations))
    (problem,) = (one for one in found if one.fatal)
    assert (
        problem.message == "supply 'arm-rear': no way that carries supply leads from 'depot' to a formation"
    )
    assert problem.expected == "a chain of ways with `supply_t_per_day` to a formation of 'arm'"


def test_civilians_without_a_road_out_of_the_area_are_told(tmp_path: Path) -> None:
    row = "ridge,depot,road,10,,rugged,,,,400"
    folder = write_ground(
        tmp_path / "front",
        ways={row: row.replace("road", "foot_path").replace("400", "0")},
        supplies={"arm,depot": "arm,ridge"},
    )
    found = campaign_problems(folder)
    for place in ("crossroads", "ridge", "ford"):
        problem = the_one(found, f"no road or track leads civilians out of the area from '{place}'")
        assert Path(str(problem.file)).name == "civilians.csv"
        assert problem.expected == "a chain of roads and tracks to a place outside `area`"


def test_a_foot_path_beside_a_road_is_not_parallel(tmp_path: Path) -> None:
    ways = {FOOT_PATH: FOOT_PATH.replace("ford-ridge,ford,ridge", "climb,crossroads,ridge")}
    assert not any(
        "parallel" in one.message for one in campaign_problems(write_ground(tmp_path / "f", ways=ways))
    )


def test_a_condition_that_is_met_on_the_way_is_no_circle(tmp_path: Path) -> None:
    """A place that no goal takes may be taken on the way; a place held at the start is held."""
    goals = {"take,crossroads,,1.5": "take,crossroads,ford depot,1.5"}
    assert campaign_problems(write_ground(tmp_path / "front", goals=goals)) == ()


def needed_names() -> list[str]:
    """Return the parameters that only formations need."""
    return [name for name, spec in parameters_of("campaign").items() if spec.needed_by == "formations"]


def test_the_parameters_of_the_ground_half_are_asked_for_only_with_formations(tmp_path: Path) -> None:
    name = next(name for name in needed_names() if "{" not in name)
    line = next(line for line in ground_files()["parameters"].splitlines() if line.startswith(f"{name}:"))
    found = campaign_problems(write_ground(tmp_path / "front", parameters={f"{line}\n": ""}))
    problem = the_one(found, f"the parameter {name!r} is missing")
    assert problem.fatal
    assert (problem.expected or "").startswith(f"{name}: ")
    found = campaign_problems(write_campaign(tmp_path / "hills"))
    assert found == ()
    with_it = {"weather.fog_share:": f"{line}\nweather.fog_share:"}
    found = campaign_problems(write_campaign(tmp_path / "more", parameters=with_it))
    problem = the_one(found, f"the parameter {name!r} is needed only with formations.csv, which has no row")
    assert not problem.fatal
    assert problem.line


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_are_problems_and_never_a_crash(tmp_path: Path, data: st.DataObject) -> None:
    folder = write_ground(tmp_path / "front")
    path = folder / FILES[data.draw(st.sampled_from(("places", *GROUND_TABLES)), label="file")]
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)), label="start")
    end = data.draw(st.integers(start, min(start + 40, len(whole))), label="end")
    noise = data.draw(st.binary(max_size=6) | st.text(max_size=6).map(str.encode), label="noise")
    path.write_bytes(whole[:start] + noise + whole[end:])
    assert all(problem.message for problem in campaign_problems(folder))


def test_a_displacement_has_no_ground_half(tmp_path: Path) -> None:
    folder = write_valley(tmp_path / "valley")
    (folder / "ways.csv").write_text(ground_files()["ways"])
    with (folder / "scenario.yaml").open("a") as file:
        file.write("replay: true\n")
    places = (folder / "places.csv").read_text()
    (folder / "places.csv").write_text(
        places.replace(",assumed\n", ",assumed,held_by\n").replace("Invented.\n", "Invented.,az\n")
    )
    messages = [problem.message for problem in read(folder, parameters_of).errors]
    assert "a displacement has no table ways.csv" in messages
    assert "a displacement has no `replay`" in messages
    assert "a displacement has no `held_by` of a place" in messages
