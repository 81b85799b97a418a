"""The ground half of a campaign: what its files say is what the scenario holds; replays, inheritance, the command."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from campaign_scenarios import campaign_problems, ground_files, load_campaign, load_ground, write_ground
from staffride.cli.main import app
from staffride.evidence import ledger
from staffride.model import campaign_codes, ground_state
from staffride.model.campaign_parameters import LEVELS
from staffride.model.kinds import parameters_of
from staffride.results.resolved import scenario_digest, write_resolved
from staffride.scenario import CityStrike, Scenario, ground_schema, load, read
from staffride.scenario.campaign_checks import BEGINNINGS
from staffride.scenario.figures import KINDS, TARGET_CLASSES
from staffride.scenario.json_schema import scenario_schema
from staffride.scenario.roads import ways_out
from staffride.scenario.tables import GROUND_TABLES

runner = CliRunner()
NOON = datetime(2020, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_ground(tmp_path_factory.mktemp("campaign") / "front")


def ids(rows: Sequence[object]) -> list[str]:
    return [row.id for row in rows]  # type: ignore[attr-defined]


WORDS = {
    "kinds of formations": (ground_schema.KindOfFormation, ground_state.KINDS_OF_FORMATION),
    "stances": (ground_schema.Stance, ground_state.STANCES),
    "ways": (ground_schema.KindOfWay, ground_state.WAYS),
    "grounds": (ground_schema.Ground, ground_state.GROUNDS),
    "tasks": (ground_schema.Task, ground_state.TASKS),
}


@pytest.mark.parametrize("words", WORDS)
def test_the_words_of_the_files_are_those_of_the_model_in_the_order_of_its_codes(words: str) -> None:
    written, codes = WORDS[words]
    assert get_args(written) == codes


def test_a_bridge_is_a_kind_of_system_a_class_and_a_target() -> None:
    assert campaign_codes.CLASS_OF_KIND["bridge"] == "bridge"
    assert set(KINDS) == set(campaign_codes.KINDS)
    assert set(TARGET_CLASSES) <= set(campaign_codes.CLASSES)
    assert "bridge" in TARGET_CLASSES


def test_the_parameters_that_rows_name_are_those_that_the_model_has_by_pattern() -> None:
    patterns = {name.removesuffix("*") for name in parameters_of("campaign") if name.endswith(".*")}
    assert set(BEGINNINGS) == patterns == {"strength.", "tempo.", *LEVELS}


def test_the_files_are_what_the_scenario_holds(front: Scenario) -> None:
    assert [len(getattr(front, table)) for table in GROUND_TABLES] == [6, 5, 4, 2, 4, 1, 2, 3]
    ridge = front.place("ridge")
    assert (ridge.held_by, ridge.ground, ridge.fortification, ridge.line, ridge.value) == (
        "arm",
        "rugged",
        0.6,
        2,
        2,
    )
    belt, path = front.ways[1], front.ways[3]
    assert (belt.mines, belt.ditch, belt.line, belt.supply_t_per_day, belt.climb_m) == (
        0.5,
        True,
        1,
        600,
        None,
    )
    assert (path.kind, path.supply_t_per_day, path.bridge) == ("foot_path", 0, None)
    assert front.ways[4].bridge == "arm-bridge"
    reserve, militia = front.formations[1], front.formations[5]
    assert (reserve.axis, reserve.turnout, reserve.arrival, reserve.weight) == ("main", None, "arrival.az", 1)
    assert (militia.axis, militia.turnout) == (None, "turnout.arm")
    assert front.goals[1].when_held == ("crossroads",)
    assert (front.goals[2].after_h, front.goals[2].when_ratio, front.goals[0].caution) == (6, 0, 0.3)
    assert {unit.id: unit.formation for unit in front.units}["az-guns"] == "az-brigade"
    assert (front.terms[0].side, front.terms[1].side) == ("az", None)
    assert [row.weight for row in front.civilians] == [2, 1, 1]


def test_the_munitions_of_a_strike_are_a_number_or_a_range(front: Scenario) -> None:
    found = {strike.id: (strike.munitions_range, strike.munitions_middle) for strike in front.city_strikes}
    assert found["morning"] == ((12, 12), 12)
    assert found["noon"] == ((2, 10), 6)


def test_levels_are_in_the_units_of_the_model(tmp_path: Path) -> None:
    change = {'arrival.az: {value: 10, unit: "h"': 'arrival.az: {value: 0.5, unit: "day"'}
    assert load_ground(tmp_path / "front", parameters=change).parameters["arrival.az"].value == 12


def test_a_scored_run_is_told_of_what_was_known_by_the_cut_off(front: Scenario) -> None:
    assert front.given_until == front.cutoff == NOON
    assert ids(front.given(front.city_strikes)) == [
        "morning"
    ]  # noon was known too late, evening came too late
    assert front.given(front.truces) == ()
    assert front.scored
    assert front.title == "An invented day at a front"


def replayed(folder: Path, **files: str) -> Scenario:
    """Load a replay that extends the campaign beside it, with further files of its own."""
    write_ground(folder.parent / "front")
    folder.mkdir()
    (folder / "scenario.yaml").write_text(f"name: {folder.name}\nextends: front\nreplay: true\n")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return load(folder, parameters_of)


def test_a_replay_is_told_of_all_given_items_says_so_and_is_not_scored(tmp_path: Path) -> None:
    again = replayed(tmp_path / "front-replay")
    assert again.given_until == again.period.end
    assert ids(again.given(again.city_strikes)) == ["morning", "noon", "evening"]
    assert ids(again.given(again.truces)) == ["pause"]
    assert not again.scored
    assert again.title == "An invented day at a front (replay)"
    assert again.cutoff == NOON
    write_resolved(again, tmp_path / "copy", "", {})
    copy = load(tmp_path / "copy", parameters_of)
    assert (copy.title, copy.replay, scenario_digest(copy)) == (again.title, True, scenario_digest(again))


def test_a_title_that_says_replay_is_left_alone(tmp_path: Path) -> None:
    title = {"title: An invented day at a front": "title: Replay of a day\nreplay: true"}
    assert load_ground(tmp_path / "front", settings=title).title == "Replay of a day"


def late_fact() -> str:
    """Return a fact that a scenario may start from, and that became known after the invented day."""
    after = datetime(2020, 6, 2, tzinfo=UTC)
    facts = ledger().facts.items()
    return next(name for name, fact in facts if fact.kind == "input" and fact.known_from > after)


@pytest.mark.parametrize(("strike", "refused"), [("morning", True), ("evening", False), ("shown", False)])
def test_a_strike_after_the_cut_off_may_rest_on_what_became_known_later(
    tmp_path: Path, strike: str, refused: bool
) -> None:
    """Only what a scored run starts from is a prior; in a replay nothing is scored, so nothing is refused."""
    head, *rows = ground_files()["city_strikes"].splitlines()
    rows = [f"{row},{late_fact() if row.startswith(strike) else ''}" for row in rows]
    strikes = "\n".join([f"{head},evidence", *rows]) + "\n"
    found = campaign_problems(write_ground(tmp_path / "front", city_strikes=strikes))
    assert [("after the cut-off" in one.message, one.fatal) for one in found] == [(True, True)] * refused
    assert replayed(tmp_path / "again", city_strikes=strikes).replay


def test_weather_after_the_cut_off_may_be_given_for_the_replay(tmp_path: Path) -> None:
    head = "id,kind,time,duration_h,place,link,known_from,given,assumed\n"
    row = "late-fog,fog,2020-06-01T15:00Z,3,,,2020-06-01T15:00Z,yes,Invented.\n"
    front = load_ground(tmp_path / "front", events=head + row)
    assert front.given(front.events) == ()
    assert ids(replayed(tmp_path / "again", events=head + row).events) == ["late-fog"]


@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_the_cut_off_itself_is_not_told(front: Scenario, minutes: int) -> None:
    moment = NOON + timedelta(minutes=minutes)
    strike = CityStrike.model_validate(
        {
            "id": "a",
            "side": "az",
            "place": "ridge",
            "time": moment,
            "known_from": moment,
            "munitions": 1,
            "assumed": "x",
        }
    )
    assert len(front.given([strike])) == (minutes < 0)


def test_a_run_folder_holds_the_same_ground_half(front: Scenario, tmp_path: Path) -> None:
    write_resolved(front, tmp_path / "copy", "staffride run front", {})
    again = load(tmp_path / "copy", parameters_of)
    assert scenario_digest(again) == scenario_digest(front)
    assert all(getattr(again, table) == getattr(front, table) for table in GROUND_TABLES)
    assert pickle.loads(pickle.dumps(front)) == front


def test_a_campaign_without_formations_needs_and_keeps_none_of_it(tmp_path: Path) -> None:
    hills = load_campaign(tmp_path / "hills")
    assert all(getattr(hills, table) == () for table in GROUND_TABLES)
    write_resolved(hills, tmp_path / "copy", "", {})
    assert not any((tmp_path / "copy" / f"{table}.csv").exists() for table in GROUND_TABLES)


def test_a_child_changes_rows_by_their_names(tmp_path: Path) -> None:
    write_ground(tmp_path / "front")
    child = tmp_path / "child"
    child.mkdir()
    (child / "scenario.yaml").write_text(
        "name: child\nextends: front\n"
        "change:\n"
        "  ways: {ford-crossroads: {mines: 0, ditch: no}}\n"
        "  formations: {arm-militia: {stance: prepared, arrival: null}}\n"
        "  goals: {az-ridge: {when_held: null, caution: 1}}\n"
        "  supplies: {arm-rear: {groups: embargo}}\n"
        "  city_strikes: {evening: {given: no}}\n"
        "  terms: {ridge: {days: 20}}\n"
        "  civilians: {crossroads.arm: {weight: 3}}\n"
        "  places: {ridge: {fortification: 0.1}}\n"
    )
    (child / "truces.csv").write_text("id,time,known_from,assumed\n")
    found = load(child, parameters_of)
    assert (found.ways[1].mines, found.ways[1].ditch) == (0, False)
    assert (found.formations[5].stance, found.formations[5].arrival) == ("prepared", None)
    assert (found.goals[1].when_held, found.goals[1].caution) == ((), 1)
    assert found.supplies[1].groups == ("embargo",)
    assert found.city_strikes[2].given is False
    assert (found.terms[1].days, found.civilians[0].weight, found.place("ridge").fortification) == (
        20,
        3,
        0.1,
    )
    assert found.truces == ()
    where = found.problem("civilians.crossroads.arm", "a message")
    assert (where.file, where.line) == (child / "scenario.yaml", 10)


def test_a_row_to_change_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    write_ground(tmp_path / "front")
    child = tmp_path / "child"
    child.mkdir()
    (child / "scenario.yaml").write_text(
        "name: child\nextends: front\nchange: {civilians: {crossroads.az: {weight: 3}}}\n"
    )
    (problem,) = (one for one in read(child, parameters_of).problems if one.fatal)
    assert problem.message == "civilians has no row 'crossroads.az' to change"
    assert problem.expected == "an existing place.side"
    assert problem.suggestion == "did you mean 'crossroads.arm'?"


def test_the_schema_offers_the_columns_of_each_table() -> None:
    changes = scenario_schema()["properties"]["change"]["properties"]
    for table in GROUND_TABLES:
        assert changes[table]["additionalProperties"]["propertyNames"]["enum"]
    columns = changes["civilians"]["additionalProperties"]["propertyNames"]["enum"]
    assert columns == ["evidence", "assumed", "civilians", "weight"]
    assert scenario_schema()["properties"]["replay"]["default"] is False


def test_ways_out_of_the_area_are_told_as_they_are_at_the_start(front: Scenario, tmp_path: Path) -> None:
    assert [(way.link, way.inside, way.outside) for way in ways_out(front)] == [
        ("ridge-depot", "Ridge", "Depot")
    ]
    found = ways_out(load_ground(tmp_path / "front", settings={"area: [Plain, Hills]": "area: [Hills]"}))
    assert {way.link: way.spans[0].state for way in found} == {
        "ridge-depot": "open",
        "ford-crossroads": "across the front at the start",
        "ford-ridge": "across the front at the start",
    }


def test_check_tells_what_the_ground_half_consists_of(tmp_path: Path) -> None:
    folder = write_ground(tmp_path / "front")
    shown = runner.invoke(app, ["check", str(folder)])
    assert shown.exit_code == 0
    assert (
        "6 formations, 5 ways, 4 goals, 2 supplies, 3 civilians, 4 city strikes, 1 truces, 2 terms"
        in shown.stdout
    )
    assert "4 dated items given, 1 of them known by the cut-off" in shown.stdout
    assert "Ridge -> Depot\n    open" in shown.stdout
    found = json.loads(runner.invoke(app, ["check", str(folder), "--json"]).stdout)
    assert found["dated_items"] == {"given": 4, "used": 1, "replay": False}
    assert found["rests_on"]["shares"]["assumed"] == 1.0
    assert "contact.line" in found["rests_on"]["assumed"]


def test_check_tells_a_replay(tmp_path: Path) -> None:
    folder = replayed(tmp_path / "again").folder
    shown = runner.invoke(app, ["check", str(folder)]).stdout
    assert "An invented day at a front (replay) (again)" in shown
    assert "4 dated items given, 4 of them used: this is a replay, of which nothing is scored" in shown


def test_the_shipped_war_and_its_replay_are_without_a_problem() -> None:
    war, again = (read(name, parameters_of) for name in ("karabakh-2020", "karabakh-2020-replay"))
    assert (war.problems, again.problems) == ((), ())
    assert war.scenario is not None
    assert again.scenario is not None
    assert (war.scenario.scored, again.scenario.scored) == (True, False)
    assert "replay" in again.scenario.title.lower()
    assert war.scenario.formations == again.scenario.formations
    told = war.scenario.given([*war.scenario.city_strikes, *war.scenario.truces])
    assert max(row.time for row in told) < war.scenario.cutoff


def test_new_extends_a_campaign_with_a_ground_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_ground(tmp_path / "front")
    monkeypatch.chdir(tmp_path)
    assert runner.invoke(app, ["new", "mine", "--from", "front"]).exit_code == 0
    assert read(tmp_path / "mine", parameters_of).problems == ()
    assert (
        load(tmp_path / "mine", parameters_of).formations
        == load(tmp_path / "front", parameters_of).formations
    )
