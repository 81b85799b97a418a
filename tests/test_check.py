"""check, new and doctor: what looks wrong with roads, every way out by date, what rests on what; folders made whole."""

from __future__ import annotations

import errno
import json
import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from scenario_folders import problems, replace, the_error, write_valley
from staffride.cli import examination
from staffride.cli.check import span_words
from staffride.cli.main import app
from staffride.evidence import ledger
from staffride.model.parameters import PARAMETERS
from staffride.scenario import Link, Place, Quantity, load, read
from staffride.scenario.checks import check_draft
from staffride.scenario.composition import composition, ground
from staffride.scenario.drafting import draft
from staffride.scenario.inherit import collect
from staffride.scenario.roads import great_circle_km, ways_out

runner = CliRunner()


@pytest.fixture
def valley(tmp_path: Path) -> Path:
    return write_valley(tmp_path / "valley")


def append(path: Path, *rows: str) -> int:
    """Append rows to a table; return the line of the last."""
    path.write_text(path.read_text() + "".join(f"{row}\n" for row in rows))
    return path.read_text().count("\n")


def the_warning(folder: Path) -> tuple[str, int | None]:
    found = problems(folder)
    assert [problem.fatal for problem in found] == [False], "\n".join(map(str, found))
    return found[0].message, found[0].line


def test_a_place_without_a_link(valley: Path) -> None:
    line = append(valley / "places.csv", "hamlet,Hamlet,village,Valley,45.3,10.0,900,,Invented.")
    assert the_warning(valley) == ("place 'hamlet' has no link", line)


def test_parallel_links_in_either_direction(valley: Path) -> None:
    line = append(valley / "links.csv", "back,lower_town,upper_town,15,0.4,100,140,1,track,,Invented.")
    assert the_warning(valley) == ("link 'back' runs parallel to 'upper-lower'", line)


def test_coincident_places(valley: Path) -> None:
    line = append(valley / "places.csv", "twin,Twin,town,Valley,45.2003,10.0003,900,,Invented.")
    append(valley / "links.csv", "twin-lower,twin,lower_town,15,0.4,100,140,1,track,,Invented.")
    assert the_warning(valley) == ("place 'twin' is at the same spot as 'upper_town'", line)


def test_a_link_shorter_than_the_straight_line(valley: Path) -> None:
    line = replace(valley / "links.csv", "city,40,0.60", "city,20,0.30")
    message, found = the_warning(valley)
    assert message == "link 'border-city' is 20 km long, the straight line 34.1 km"
    assert found == line


def test_a_speed_that_no_road_has(valley: Path) -> None:
    replace(valley / "links.csv", "city,40,0.60", "city,40,0.06")
    assert the_warning(valley)[0] == "link 'border-city' is driven at 667 km/h when empty"


def test_no_road_out_is_an_error_for_those_who_live_there(valley: Path) -> None:
    path = valley / "links.csv"
    path.write_text(path.read_text().replace("road_class,evidence", "road_class,civilian_use,evidence"))
    for row in ("secondary,,", "primary,,"):
        path.write_text(path.read_text().replace(row, f"{row[:-2]},yes,,"))
    line = replace(path, "upper-lower,upper_town,lower_town,14,0.30,500,140,1,secondary,yes", "upper-lower,upper_town,lower_town,14,0.30,500,140,1,secondary,no")  # fmt: skip  # noqa: E501
    problem = the_error(valley)
    assert problem.message == "no road that civilians may use in the period leads out from 'upper_town'"
    assert line > 0
    assert Path(str(problem.file)).name == "people.csv"


def test_without_an_area_ways_out_are_not_checked(valley: Path) -> None:
    replace(valley / "scenario.yaml", "area: [Valley]", "")
    assert the_warning(valley)[0].startswith("no `area` is named")


def test_a_period_under_way_draws_a_warning_about_those_on_the_road(valley: Path) -> None:
    parts = draft(valley, collect(valley), PARAMETERS)
    check_draft(parts, ledger(), now=datetime(2020, 6, 3, tzinfo=UTC))
    assert [(problem.fatal, problem.message) for problem in parts.problems] == [
        (False, "the period is not over")
    ]
    assert "data responsibility" in str(parts.problems[0].suggestion)


def test_great_circle_worked_values() -> None:
    def place(latitude: float, longitude: float) -> Place:
        return Place(
            id="x",
            official_name="X",
            kind="t",
            region="r",
            latitude=latitude,
            longitude=longitude,
            assumed="x",
        )

    assert great_circle_km(place(0, 0), place(0, 90)) == pytest.approx(6371 * 3.141592653589793 / 2)
    assert great_circle_km(place(0, 0), place(90, 0)) == pytest.approx(6371 * 3.141592653589793 / 2)
    assert great_circle_km(place(39.8177, 46.7528), place(39.5111, 46.3417)) == pytest.approx(48.98, abs=0.1)


def test_every_way_out_of_the_area_by_date() -> None:
    ways = {way.link: way for way in ways_out(load("karabakh-2023"))}
    corridor = [span_words(span) for span in ways["hakari_bridge-kornidzor"].spans]
    assert corridor == [
        "not there yet until 30 Aug 2022",
        "open from 30 Aug 2022",
        "closed from 12 Dec 2022 10:30",
        "open from 24 Sep 2023 12:00",
    ]
    assert [span_words(span) for span in ways["hakari_bridge_old-tegh"].spans] == [
        "open until 30 Aug 2022",
        "closed for good from 30 Aug 2022",
    ]
    assert [span.state for span in ways["askeran-aghdam_akna"].spans] == ["not for civilians"]
    assert [way.link for way in ways.values() if way.spans[-1].state == "open"] == ["hakari_bridge-kornidzor"]


@given(st.lists(st.sampled_from(["closure", "incident", "truce"]), max_size=5), st.data())
def test_states_of_a_road_change_at_every_span(kinds: list[str], data: st.DataObject) -> None:
    from staffride.scenario import Event
    from staffride.scenario.roads import _spans

    link = Link(
        id="a-b", from_place="a", to_place="b", length_km=1, free_flow_h=0.1, capacity_vehicles_per_h=100,
        jam_density_vehicles_per_km=140, road_class="x", assumed="x",
    )  # fmt: skip
    events = [
        Event(
            id=f"e{n}", kind=kind, link="a-b", assumed="x", known_from=datetime(2020, 1, 1, tzinfo=UTC),
            time=datetime(2020, 1, data.draw(st.integers(1, 28)), tzinfo=UTC),
            duration_h=data.draw(st.integers(0, 200)),
        )
        for n, kind in enumerate(kinds)
    ]  # fmt: skip
    spans = _spans(link, events)
    assert spans[0].start is None
    assert spans[-1].end is None
    assert spans[-1].state == "open"
    for before, after in pairwise(spans):
        assert before.end == after.start
        assert before.state != after.state
    hours = {e.time for e in events if e.kind != "truce" and e.duration_h}
    closed = [span for span in spans if span.state == "closed"]
    assert {span.start for span in closed} <= hours


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([], "assumed"),
        (["population.P05"], "one side or low confidence"),
        (["population.P03"], "one side or low confidence"),
        (["population.P03", "population.P06"], "record"),
        (["population.P04", "population.P05"], "one side or low confidence"),
        (["claim.Q001"], "one side or low confidence"),
    ],
)
def test_what_a_quantity_rests_on(evidence: list[str], expected: str) -> None:
    quantity = Quantity.model_validate({"value": 1, "unit": "1", "evidence": evidence, "assumed": "x"})
    assert ground(quantity, ledger()) == expected


def test_composition_counts_every_parameter_once() -> None:
    scenario = load("karabakh-2023", PARAMETERS)
    rests_on = composition(scenario, ledger())
    assert sorted(name for group in rests_on for name in group) == sorted(scenario.parameters)
    assert sum(rests_on.shares().values()) == pytest.approx(1.0)


def test_the_command_tells_ways_out_and_what_rests_on_what() -> None:
    shown = runner.invoke(app, ["check", "karabakh-2023"])
    assert shown.exit_code == 0
    for text in (
        "Ways out of the area",
        "open from 24 Sep 2023 12:00",
        "What the parameters rest on",
        "assumed",
    ):
        assert text in shown.stdout
    found = json.loads(runner.invoke(app, ["check", "karabakh-2023", "--json"]).stdout)
    assert found["valid"] is True
    assert found["errors"] == found["warnings"] == []
    assert len(found["ways_out"]) == 9
    assert sum(found["rests_on"]["shares"].values()) == pytest.approx(1.0)


def test_strict_lets_warnings_fail_and_json_tells_them(valley: Path) -> None:
    append(valley / "places.csv", "hamlet,Hamlet,village,Valley,45.3,10.0,900,,Invented.")
    plain = runner.invoke(app, ["check", str(valley)])
    assert plain.exit_code == 0
    assert "place 'hamlet' has no link" in plain.stdout
    strict = runner.invoke(app, ["check", str(valley), "--strict", "--json"])
    assert strict.exit_code == 2
    (warning,) = json.loads(strict.stdout)["warnings"]
    assert warning["expected"] == "at least one link"
    assert warning["line"] == 8


def test_json_of_a_broken_scenario_is_one_object(valley: Path) -> None:
    line = replace(valley / "links.csv", "14,0.30,500", "14,0.30,-500")
    outcome = runner.invoke(app, ["check", str(valley), "--json"])
    assert outcome.exit_code == 2
    found = json.loads(outcome.stdout)
    assert found["valid"] is False
    assert found["scenario"] is None
    assert [(error["line"], error["expected"]) for error in found["errors"]] == [(line, "greater than 0")]


def test_a_new_campaign_needs_no_word_of_bulletins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = runner.invoke(app, ["new", "my-day", "--from", "layers"])
    assert outcome.exit_code == 0, outcome.output
    assert outcome.stdout.endswith("staffride run my-day\n")


@pytest.mark.parametrize("options", [[], ["--from", "karabakh-2023"]])
def test_a_new_scenario_is_valid_and_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = runner.invoke(app, ["new", "my-case", *options])
    assert outcome.exit_code == 0, outcome.output
    assert "staffride run my-case --prior" in outcome.stdout
    reading = read("my-case", PARAMETERS)
    assert reading.problems == ()
    assert reading.scenario is not None
    assert reading.scenario.name == "my-case"
    assert [path.name for path in tmp_path.iterdir()] == ["my-case"]
    written = (tmp_path / "my-case" / "scenario.yaml").read_text()
    assert written.startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    assert (tmp_path / "my-case" / "scenario.schema.json").is_file()
    assert sum(path.stat().st_size for path in (tmp_path / "my-case").iterdir()) < 60_000


def test_a_new_scenario_may_extend_the_one_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_valley(tmp_path / "valley")
    assert runner.invoke(app, ["new", "wider", "--from", "valley"]).exit_code == 0
    assert load("wider", PARAMETERS).links == load("valley", PARAMETERS).links


def test_the_changes_that_a_new_scenario_suggests_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runner.invoke(app, ["new", "my-case", "--from", "karabakh-2023"])
    path = tmp_path / "my-case" / "scenario.yaml"
    head, _, tail = path.read_text().partition("# change:")
    path.write_text(head + "change:" + tail.replace("\n#", "\n"))
    first = load("karabakh-2023").links[0]
    assert load("my-case", PARAMETERS).links[0].capacity_vehicles_per_h == first.capacity_vehicles_per_h / 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["there"], "this exists already"),
        (["karabakh-2023"], "is the name of a shipped scenario"),
        (["My Case"], "cannot be the name of a scenario"),
        (["other", "--from", "karabakh-2032"], "did you mean 'karabakh-2023'?"),
        (["other", "--from", "../karabakh-2023"], "there is no scenario"),
    ],
)
def test_new_overwrites_nothing_and_refuses_clearly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    outcome = runner.invoke(app, ["new", *arguments])
    assert outcome.exit_code == 2
    assert message in outcome.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert list((tmp_path / "there").iterdir()) == []


def test_new_leaves_nothing_behind_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    real = Path.write_text

    def full(self: Path, *args: object, **settings: object) -> int:
        if self.name == "links.csv":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, *args, **settings)

    monkeypatch.setattr(Path, "write_text", full)
    outcome = runner.invoke(app, ["new", "my-case"])
    assert outcome.exit_code == 1
    assert "the disk is full" in outcome.stderr
    assert list(tmp_path.iterdir()) == []


def test_doctor_finds_this_installation_well() -> None:
    outcome = runner.invoke(app, ["doctor", "--json"])
    found = json.loads(outcome.stdout)
    failed = [finding for finding in found["findings"] if finding["state"] == "fail"]
    assert failed == []
    assert outcome.exit_code == 0
    assert {finding["what"] for finding in found["findings"]} == set(examination.QUESTIONS)


def test_doctor_says_what_to_do_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(_: object) -> object:
        return type("Usage", (), {"free": 1e6})

    def broken() -> examination.Finding:
        raise ImportError("libarrow.so: cannot open")

    monkeypatch.setattr(examination.shutil, "disk_usage", no_space)
    monkeypatch.setattr(examination, "QUESTIONS", {"Disk": examination.disk, "Parquet": broken})
    outcome = runner.invoke(app, ["doctor"])
    assert outcome.exit_code == 1
    for text in (
        "fail  Disk: 0.0 GB free here",
        "free some space",
        "ImportError: libarrow.so",
        "install it again",
    ):
        assert text in outcome.stdout
    assert "2 of 2 checks failed" in outcome.stdout


def test_doctor_sees_a_damaged_data_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import base64
    import hashlib
    from importlib.metadata import FileHash, PackagePath

    class Installed:
        def locate_file(self, path: object) -> Path:
            return tmp_path / str(path)

    name = "staffride/data/people.csv"
    (tmp_path / "staffride" / "data").mkdir(parents=True)
    (tmp_path / name).write_text("place,share\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"place,share\n").digest()).decode().rstrip("=")
    file = PackagePath(name)
    file.hash, file.dist = FileHash(f"sha256={digest}"), Installed()
    monkeypatch.setattr(examination, "files", lambda _: [file])
    assert examination.data_files().state == "ok"
    (tmp_path / name).write_text("place,share\nx,1\n")
    assert examination.data_files().found == "1 of 1 are missing or changed: people.csv"


def test_doctor_warns_when_the_cache_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from staffride.engine import compile as compiling

    with tempfile.TemporaryDirectory() as elsewhere:
        monkeypatch.setattr(compiling, "cache_folder", lambda: Path(elsewhere))
        found = examination.kernel_cache()
    assert found.state == "warn"
    assert "STAFFRIDE_CACHE_DIR" in found.advice
