"""Bad input: each kind gives the file, the line, what was expected and a suggestion; all at once; exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from scenario_folders import problems, replace, the_error, valley_files, write_valley
from staffride.cli.main import app
from staffride.errors import InputError
from staffride.scenario import load

SETTINGS, PARAMETERS, LINKS = "scenario.yaml", "parameters.yaml", "links.csv"
HUGE = 200_000_000


@pytest.fixture
def valley(tmp_path: Path) -> Path:
    return write_valley(tmp_path / "valley")


def parameter(folder: Path, name: str, *lines: str) -> int:
    """Replace the lines under a parameter; return the line of its name."""
    path = folder / PARAMETERS
    text = path.read_text().split("\n")
    at = text.index(f"{name}:")
    end = next(n for n in range(at + 1, len(text)) if not text[n].startswith("  "))
    text[at + 1 : end] = [f"  {line}" for line in lines]
    path.write_text("\n".join(text))
    return at + 1


Damage = Callable[[Path], int | None]


def unknown_place(folder: Path) -> int:
    return replace(folder / LINKS, "upper-lower,upper_town,lower_town", "upper-lower,upper_town,lower_twon")


def negative_capacity(folder: Path) -> int:
    return replace(folder / LINKS, "14,0.30,500", "14,0.30,-500")


def missing_unit(folder: Path) -> int:
    return parameter(folder, "departure.trust", "value: 0.5", "assumed: a test")


def wrong_unit_kind(folder: Path) -> int:
    return parameter(folder, "checkpoint.memory", "value: 3", "unit: km", "assumed: a test")


def unknown_unit(folder: Path) -> int:
    return parameter(folder, "checkpoint.memory", "value: 3", "unit: hours", "assumed: a test") + 2


def unknown_evidence(folder: Path) -> int:
    return parameter(folder, "departure.trust", "value: 0.5", "unit: '1'", "evidence: [populaton.P03]")


def two_roles_in_one(folder: Path) -> int:
    lines = ("value: 0.5", "unit: '1'", "role: [input, calibration]", "assumed: a test")
    return parameter(folder, "departure.trust", *lines) + 3


def known_too_late(folder: Path) -> int:
    return parameter(folder, "departure.trust", "value: 0.5", "unit: '1'", "evidence: [population.P07]")


def outcome_as_prior(folder: Path) -> int:
    return parameter(folder, "departure.trust", "value: 0.5", "unit: '1'", "evidence: [arrivals.A40]")


def circle(folder: Path) -> int:
    other = folder.parent / "other"
    other.mkdir()
    (other / SETTINGS).write_text("name: other\n\nextends: valley\n")
    with (folder / SETTINGS).open("a") as settings:
        settings.write("extends: other\n")
    return 3


def wrong_header(folder: Path) -> int:
    return replace(folder / LINKS, "id,from_place,", "id,from_plce,")


def bad_date(folder: Path) -> int:
    return replace(folder / SETTINGS, "2020-06-05T00:00+00:00", "2020-06-31T00:00+00:00")


def date_without_offset(folder: Path) -> int:
    return replace(folder / SETTINGS, "cutoff: 2020-06-02T00:00+00:00", "cutoff: 2020-06-02T00:00")


def huge_table(folder: Path) -> None:
    os.truncate(folder / "places.csv", HUGE)


def python_tag(folder: Path) -> int:
    harm = "!!python/object/apply:os.system ['touch harmed']"
    return replace(folder / SETTINGS, "title: An invented valley", f"title: {harm}")


def path_out(folder: Path) -> int:
    line = len((folder / SETTINGS).read_text().splitlines()) + 1
    with (folder / SETTINGS).open("a") as settings:
        settings.write("tables: {places: ../places.csv}\n")
    return line


def absolute_path(folder: Path) -> int:
    line = len((folder / SETTINGS).read_text().splitlines()) + 1
    with (folder / SETTINGS).open("a") as settings:
        settings.write(f"tables: {{places: {folder.parent / 'places.csv'}}}\n")
    return line


def link_out(folder: Path) -> None:
    (folder / "places.csv").rename(folder.parent / "elsewhere.csv")
    (folder / "places.csv").symlink_to(folder.parent / "elsewhere.csv")


CASES: dict[str, tuple[Damage, str, str, str, str | None]] = {
    "unknown place in a link": (
        unknown_place, LINKS, "'lower_twon', which is not in places.csv", "the id of one of the 5 places",
        "did you mean 'lower_town'?",
    ),
    "negative capacity": (
        negative_capacity, LINKS, "`capacity_vehicles_per_h` is '-500'", "greater than 0", None,
    ),
    "missing unit": (missing_unit, PARAMETERS, "`unit` is missing", "the unit, for example", "add `unit: 1`"),
    "wrong unit kind": (
        wrong_unit_kind, PARAMETERS, "'checkpoint.memory' is in km, a length", "a time: one of h, min, s, day",
        "the model reads it in h",
    ),
    "unknown unit": (unknown_unit, PARAMETERS, "unknown unit 'hours'", "", "did you mean 'h'?"),
    "unknown evidence": (
        unknown_evidence, PARAMETERS, "cites 'populaton.P03', which is not in the ledger",
        "the id of a fact or claim", "did you mean 'population.P03'?",
    ),
    "two roles": (
        two_roles_in_one, PARAMETERS, "exactly one role, not 2: input, calibration", "", None,
    ),
    "known after the cut-off": (
        known_too_late, PARAMETERS, "'population.P07', known from 2023-10, after the cut-off",
        "a fact known by 2020-06-02", "use an earlier figure, or mark it `inventory: true`",
    ),
    "an outcome as a prior": (
        outcome_as_prior, PARAMETERS, "rests on 'arrivals.A40', an outcome", "a fact of the kind input",
        "use an earlier figure, or `assumed`",
    ),
    "a circle of extends": (
        circle, SETTINGS, "runs in a circle: valley -> other -> valley", "a chain that ends", "remove one",
    ),
    "a wrong header": (wrong_header, LINKS, "unknown column 'from_plce'", "from_place", "did you mean 'from_place'?"),
    "a bad date": (bad_date, SETTINGS, "`end` is '2020-06-31T00:00+00:00'", "a date and time with its offset", None),
    "a date without offset": (
        date_without_offset, SETTINGS, "`cutoff` is '2020-06-02T00:00'", "such as 2023-09-24T17:00+04:00", None,
    ),
    "a file of 200 MB": (huge_table, "places.csv", "has 200 MB and was not read", "at most 20 MB", "keep only"),
    "a Python tag": (
        python_tag, SETTINGS, "the tag !!python/object/apply:os.system is refused", "plain values",
        "remove the tag: scenarios are data",
    ),
    "a path with ..": (path_out, SETTINGS, "a path with '..' is refused", "a file inside the folder", "copy it there"),
    "an absolute path": (absolute_path, SETTINGS, "an absolute path is refused", "a file inside the folder", None),
    "a link out of the folder": (link_out, SETTINGS, "a link that leaves the folder", "a file inside", None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_input_says_where_what_and_what_to_do(valley: Path, case: str) -> None:
    damage, file, message, expected, suggestion = CASES[case]
    line = damage(valley)
    found = [problem for problem in problems(valley) if problem.fatal and message in problem.message]
    assert len(found) == 1, "\n".join(map(str, problems(valley)))
    problem = found[0]
    assert Path(str(problem.file)).name == file
    assert line is None or problem.line == line
    assert expected in (problem.expected or "")
    assert suggestion is None or suggestion in (problem.suggestion or "")
    assert problem.expected
    assert problem.suggestion


@pytest.mark.parametrize("case", CASES)
def test_bad_input_ends_every_command_with_code_2_and_writes_nothing(
    valley: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    CASES[case][0](valley)
    monkeypatch.chdir(valley.parent)
    before = sorted(path.relative_to(valley.parent) for path in valley.parent.rglob("*"))
    outcome = CliRunner().invoke(app, ["check", str(valley)])
    assert outcome.exit_code == 2
    assert CASES[case][2] in " ".join(outcome.stderr.split())
    assert "Traceback" not in outcome.output
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    assert sorted(path.relative_to(valley.parent) for path in valley.parent.rglob("*")) == before


def test_all_errors_are_told_at_once(valley: Path) -> None:
    damages = (
        unknown_place,
        missing_unit,
        unknown_evidence_elsewhere,
        bad_date,
        shares_over_one,
        wrong_unit_kind,
    )
    for damage in damages:
        damage(valley)
    found = [problem for problem in problems(valley) if problem.fatal]
    files = {Path(str(problem.file)).name for problem in found}
    assert len(found) == len(damages), "\n".join(map(str, found))
    assert files == {SETTINGS, PARAMETERS, LINKS, "people.csv"}
    with pytest.raises(InputError) as failure:
        load(valley)
    assert len(failure.value.problems) == len(damages) - 1
    assert failure.value.exit_code == 2


def unknown_evidence_elsewhere(folder: Path) -> int:
    return replace(folder / "people.csv", "0.5,0,,Invented.", "0.5,0,population.P99,Invented.")


def shares_over_one(folder: Path) -> int:
    return replace(folder / "people.csv", "upper_town,0.4", "upper_town,0.5")


def test_a_fact_cannot_be_a_prior_and_an_observation(tmp_path: Path) -> None:
    child = tmp_path / "child"
    child.mkdir()
    (child / SETTINGS).write_text(
        "name: child\nextends: karabakh-2023\nparameters:\n  departure.trust:\n    value: 0.5\n"
        "    unit: '1'\n    inventory: true\n    evidence: [arrivals.A40]\n"
    )
    problem = the_error(child)
    assert (
        "'arrivals.A40' has two roles: evidence of parameter 'departure.trust', and held_out"
        in problem.message
    )
    assert (problem.line, problem.expected) == (4, "one role for each fact")


OBSERVATIONS = (
    "id,series,time,time_uncertainty_h,value,fact,role,known_from\n"
    "a,arrivals,{time},1,10,arrivals.A01,{role},{known}\n"
)


@pytest.mark.parametrize(
    ("time", "role", "known", "message"),
    [
        (
            "2023-09-29T08:00+04:00",
            "calibration",
            "2023-09-29T08:00+04:00",
            "is for calibration but known from",
        ),
        ("2023-11-01T08:00+04:00", "held_out", "2023-11-01T08:00+04:00", "outside the period"),
        ("2023-09-24T17:00+04:00", "held_out", "2023-09-24T18:00+04:00", "its fact only from"),
        ("2023-09-24T17:00+04:00", "scored", "2023-09-26T18:00+04:00", "`role` is 'scored'"),
    ],
)
def test_observations_obey_the_cut_off_and_their_facts(
    tmp_path: Path, time: str, role: str, known: str, message: str
) -> None:
    child = tmp_path / "child"
    child.mkdir()
    (child / SETTINGS).write_text("name: child\nextends: karabakh-2023\n")
    (child / "observations.csv").write_text(OBSERVATIONS.format(time=time, role=role, known=known))
    problem = the_error(child)
    assert message in problem.message
    assert (Path(str(problem.file)).name, problem.line) == ("observations.csv", 2)


def test_one_fact_is_observed_once(tmp_path: Path) -> None:
    child = tmp_path / "child"
    child.mkdir()
    (child / SETTINGS).write_text("name: child\nextends: karabakh-2023\n")
    text = OBSERVATIONS.format(time="2023-09-24T17:00+04:00", role="record", known="2023-09-26T18:00+04:00")
    (child / "observations.csv").write_text(text + text.splitlines()[1].replace("a,", "b,", 1) + "\n")
    assert "are the same fact 'arrivals.A01'" in the_error(child).message


def test_a_given_event_after_the_cut_off_is_refused(valley: Path) -> None:
    line = replace(
        valley / "events.csv", "open,road_open,2020-06-01T09:00", "open,road_open,2020-06-03T09:00"
    )
    problem = the_error(valley)
    assert "'open' is given, but happens or becomes known after the cut-off" in problem.message
    assert (problem.line, problem.suggestion) == (line, "set `given` to no: it is then shown and not used")


SMALL_ERRORS: list[tuple[str, str, str, str]] = [
    (SETTINGS, "name: valley", "name: Valley 1", "`name` is 'Valley 1'"),
    (SETTINGS, "title: An", "titel: An", "unknown key `titel`"),
    (SETTINGS, "kind: displacement", "kind: displacemnt", "`kind` is 'displacemnt'"),
    (SETTINGS, "time_zone: UTC", "time_zone: Mars/Olympus", "unknown time zone 'Mars/Olympus'"),
    (SETTINGS, "end: 2020-06-05T00:00", "end: 2020-05-05T00:00", "the period ends before it starts"),
    (SETTINGS, "end: 2020-06-05T00:00", "end: 2020-06-05T00:30", "the period ends within an hour"),
    (SETTINGS, "cutoff: 2020-06-02", "cutoff: 2021-06-02", "the cut-off is outside the period"),
    (SETTINGS, "area: [Valley]", "area: [Vally]", "`area` names 'Vally'"),
    (SETTINGS, "exit_place: border_town", "exit_place: bordertown", "`exit_place` is 'bordertown'"),
    (SETTINGS, "period:", "period: {", "not valid YAML"),
    (SETTINGS, "title: An invented valley", "title: a\ntitle: b", "the key 'title' is given twice"),
    (SETTINGS, "title: An invented valley", "title: &a b", "ok"),
    (SETTINGS, "title: An invented valley", "title: &a b\nx: *a", "an alias (*name) is refused"),
    ("places.csv", "upper_town,Upper town", "lower_town,Upper town", "places: 'lower_town' is given twice"),
    ("places.csv", "upper_town,Upper town", "upper_town,", "the place has no name"),
    ("places.csv", "45.20,10.00", "95.20,10.00", "`latitude` is '95.20'"),
    ("places.csv", "45.20,10.00,900", "45.20,10.00,900,x", "the row has 10 cells and the header 9"),
    ("places.csv", "900,,Invented.", "900,,", "nothing says what it rests on"),
    (LINKS, "upper-lower,upper_town,lower_town", "upper-lower,upper_town,upper_town", "both ends are the same place"),
    (LINKS, "14,0.30,500,140", "14,0.30,500,5", "more than when jammed"),
    (LINKS, "14,0.30,500", "fourteen,0.30,500", "`length_km` is 'fourteen'"),
    ("people.csv", "upper_town,0.4", "upper_twon,0.4", "`place` is 'upper_twon'"),
    ("people.csv", "0.4,0.8", "0.4,1.8", "`danger` is '1.8'"),
    ("provinces.csv", "border_town,60000", "nowhere,60000", "`centre_place` is 'nowhere'"),
    ("provinces.csv", "border_town,60000", "border_town,60000.5", "`population_persons` is '60000.5'"),
    ("events.csv", "road_open,2020-06-01T09:00+00:00", "road_open,20200601", "`time` is '20200601'"),
    ("events.csv", "T09:00+00:00,,,bridge-border", "T09:00+00:00,,,bridge", "`link` is 'bridge'"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), SMALL_ERRORS)
def test_small_errors(valley: Path, file: str, old: str, new: str, message: str) -> None:
    replace(valley / file, old, new)
    found = [problem for problem in problems(valley) if problem.fatal]
    if message == "ok":
        assert found == []
        return
    matching = [problem for problem in found if message in problem.message]
    assert len(matching) == 1, "\n".join(map(str, found))
    assert Path(str(matching[0].file)).name == file
    assert matching[0].line is not None


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("value: 0.5", "unit: '1'"), "nothing says what it rests on"),
        (("value: 0.5", "range: [0, 1]", "unit: '1'", "assumed: x"), "value and range are given"),
        (("unit: '1'", "assumed: x"), "no number is given"),
        (("range: [1, 0]", "unit: '1'", "assumed: x"), "`range` is [1.0, 0.0]"),
        (("value: true", "unit: '1'", "assumed: x"), "`value` is true"),
        (("value: .nan", "unit: '1'", "assumed: x"), "`value` is '.nan'"),
        (("value: 7", "unit: '1'", "assumed: x"), "is 7"),
        (
            ("distribution: {kind: gauss, mean: 1}", "unit: '1'", "assumed: x"),
            "no such kind of distribution: 'gauss'",
        ),
        (("distribution: {kind: beta, alpha: 1}", "unit: '1'", "assumed: x"), "`beta` is missing"),
        (("distribution: {kind: beta, alpha: 1, bata: 2}", "unit: '1'", "assumed: x"), "unknown key `bata`"),
    ],
)
def test_bad_quantities(valley: Path, lines: tuple[str, ...], message: str) -> None:
    line = parameter(valley, "departure.trust", *lines)
    found = [problem for problem in problems(valley) if problem.fatal and message in problem.message]
    assert len(found) == 1, "\n".join(map(str, problems(valley)))
    assert line <= (found[0].line or 0) <= line + len(lines)


def test_a_bare_number_is_told_how_to_become_a_quantity(valley: Path) -> None:
    path = valley / PARAMETERS
    path.write_text(path.read_text() + "\ndeparture.haste: 5\n")
    found = [str(problem) for problem in problems(valley)]
    assert any("parameter 'departure.haste' is 5, which has no unit" in text for text in found)
    assert any("the model has no parameter 'departure.haste'" in text for text in found)


def test_a_misspelt_parameter_is_missing_under_its_right_name(valley: Path) -> None:
    replace(valley / PARAMETERS, "departure.trust:", "departure.trsut:")
    found = [problem for problem in problems(valley) if problem.fatal]
    assert [problem.message for problem in found] == [
        "the parameter 'departure.trust' is missing",
        "the model has no parameter 'departure.trsut'",
    ]
    assert [problem.suggestion for problem in found] == [
        "did you mean 'departure.trsut'?",
        "did you mean 'departure.trust'?",
    ]


@pytest.mark.parametrize("name", ["../valley", "karabakh_2023", "/etc", "..", "", "C:\\x"])
def test_extends_takes_names_and_no_paths(valley: Path, name: str) -> None:
    with (valley / SETTINGS).open("a") as settings:
        settings.write(f"extends: {name!r}\n")
    found = [problem for problem in problems(valley) if "`extends`" in problem.message]
    assert len(found) == 1
    assert "a name, not a path" in (found[0].expected or "")


def test_change_names_what_is_there(tmp_path: Path) -> None:
    child = tmp_path / "child"
    child.mkdir()
    (child / SETTINGS).write_text(
        "name: child\nextends: karabakh-2023\nchange:\n  roads: {}\n  links:\n    hakari_bridge-kornidzo: {lanes: 2}\n"
        "    tegh-goris: {lane: 2}\n"
    )
    found = [problem for problem in problems(child) if problem.fatal]
    assert [(problem.line, problem.message) for problem in found] == [
        (4, "cannot change 'roads'"),
        (6, "links has no row 'hakari_bridge-kornidzo' to change"),
        (7, "unknown column 'lane'"),
    ]


def test_files_that_are_no_text(valley: Path) -> None:
    (valley / "people.csv").write_bytes(b"place,share\nxx,\xff\n")
    (valley / "provinces.csv").write_bytes(b"")
    (valley / "events.csv").unlink()
    (valley / "events.csv").mkdir()
    (valley / LINKS).write_text('id,from_place\n"a,b\n')
    text = "\n".join(str(problem) for problem in problems(valley))
    assert "people.csv:2: the file is not UTF-8 text" in text
    assert "provinces.csv:1: the table is empty" in text
    assert "events.csv: this is not a regular file" in text
    assert "this is not valid CSV" in text


@pytest.mark.parametrize("text", ['"\\e[2J"', '"\\ud800"', '"\\0"', '"\\x9b31m"'])
def test_characters_that_act_on_a_terminal_are_refused(valley: Path, text: str) -> None:
    line = replace(valley / SETTINGS, "title: An invented valley", f"title: {text}\n{text}: 1")
    found = [problem for problem in problems(valley) if problem.fatal]
    assert [(problem.line, problem.message) for problem in found] == [
        (line, "a control character is refused"),
        (line + 1, "a key must be plain text"),
    ]
    cell = replace(valley / "places.csv", "Upper town", "Upper\x1b[2J town")
    assert f"places.csv:{cell}: a control character is refused" in "\n".join(map(str, problems(valley)))


def test_what_a_scenario_says_is_shown_as_it_is_written(valley: Path) -> None:
    replace(valley / SETTINGS, "title: An invented valley", "title: '[/red] [bold]A[/] valley'")
    replace(valley / SETTINGS, "area: [Valley]", "")
    outcome = CliRunner().invoke(app, ["check", str(valley)])
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("[/red] [bold]A[/] valley (valley)")
    assert "warning: " in outcome.stdout


@pytest.mark.parametrize("table", ["places", "links", "people"])
def test_tables_that_no_scenario_can_do_without(valley: Path, table: str) -> None:
    (valley / f"{table}.csv").unlink()
    messages = [problem.message for problem in problems(valley) if problem.fatal]
    assert f"the scenario has no table {table}.csv" in messages


@pytest.mark.parametrize(
    "text",
    [
        "[" * 3000,
        "{" * 3000,
        "- a\n- b",
        "\x07",
        "a: b: c",
        "? [1]\n: 2",
        "%YAML 3.0\n---\na: 1",
        "a: 1\n---\nb: 2",
        "!x a: 1",
    ],
)
def test_hostile_yaml_is_a_problem_and_never_a_crash(valley: Path, text: str) -> None:
    (valley / SETTINGS).write_text(text)
    assert any(problem.fatal and Path(str(problem.file)).name == SETTINGS for problem in problems(valley))


def test_a_tag_never_runs_anything(valley: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(valley)
    python_tag(valley)
    assert the_error(valley).line == 5
    assert not (valley / "harmed").exists()


def test_a_huge_file_is_refused_at_once_without_reading_it(valley: Path) -> None:
    huge_table(valley)
    os.truncate(valley / PARAMETERS, HUGE)
    program = (
        "import resource, sys\n"
        "from staffride.errors import InputError\n"
        "from staffride.scenario import load\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    load(sys.argv[1])\nexcept InputError as error:\n    print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, valley], capture_output=True, text=True, check=True)
    assert done.stdout.count("has 200 MB and was not read") == 2
    assert int(done.stdout.splitlines()[-1]) < 100_000


def test_the_command_shows_no_traceback_and_ends_with_code_2(valley: Path) -> None:
    unknown_place(valley)
    command = [sys.executable, "-c", "from staffride.cli.main import main; main()", "check", valley]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "links.csv:3: link 'upper-lower': `to_place` is 'lower_twon'" in done.stderr
    assert "expected: the id of one of the 5 places" in done.stderr
    assert "did you mean 'lower_town'?" in done.stderr
    assert "Traceback" not in done.stderr


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_are_problems_and_never_a_crash(valley: Path, data: st.DataObject) -> None:
    path = valley / data.draw(st.sampled_from(sorted(valley_files())), label="file")
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)), label="start")
    end = data.draw(st.integers(start, min(start + 40, len(whole))), label="end")
    noise = data.draw(
        st.binary(max_size=6) | st.text(max_size=6).map(lambda text: text.encode()), label="noise"
    )
    path.write_bytes(whole[:start] + noise + whole[end:])
    try:
        assert all(problem.message for problem in problems(valley))
    finally:
        path.write_bytes(whole)
