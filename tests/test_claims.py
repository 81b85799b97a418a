"""Claims put to the test: how tests are read, what keeps one from being run, and that nothing else is lost by it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from fake_campaign import fake_campaign
from staffride.api import claim_runs, claims
from staffride.api.claim_runs import Scene, Size
from staffride.api.claims import choose_claims, examine_chosen, examine_claims
from staffride.cli.main import app
from staffride.errors import InputError, Problem
from staffride.evidence import ledger
from staffride.evidence.claim_tests import ClaimTests, claim_tests, load_claim_tests
from staffride.lab.claims import assumed_by, policies_of, problems_of
from staffride.present.claims_page import render_claims
from staffride.results.run import Run
from staffride.scenario import load

QUANTITIES = """
quantities:
- {id: count, discrepancy: none, low: 0, reason: a test}
- {id: event, discrepancy: none, reason: a test}
alternatives:
- {id: karabakh-2020, policies: [square-law], reason: a test}
tests:
"""
GOOD = (
    "- {id: claim.Q054, scenario: karabakh-2020, observable: %s, quantity: count, high: 4, reason: a test}\n"
)
OTHER = (
    "- {id: claim.Q055, scenario: karabakh-2020, observable: date(changed.hadrut), "
    "quantity: count, high: 13, reason: a test}\n"
)


def read(tmp_path: Path, tests: str) -> ClaimTests:
    path = tmp_path / "tests.yaml"
    path.write_text(QUANTITIES + tests, encoding="utf-8")
    return load_claim_tests(path, ledger())


# --- the project's own tests -------------------------------------------------------------------------------


def test_every_tested_claim_has_a_test_that_can_be_run() -> None:
    tests = claim_tests()
    tested = [claim.id for claim in ledger().claims.values() if claim.test_class == "tested"]
    assert [name for name in tested if not tests.of(name)] == []
    found = []
    for name in dict.fromkeys(test.scenario for test in tests.tests.values()):
        one = scene(name)
        for test in (test for test in tests.tests.values() if test.scenario == name):
            found += claims.problems_of(test, tests, one.names)
            found += one.learn(policies_of(test, tests))
    assert found == []


# --- reading tests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (GOOD.replace("Q054", "Q954"), "unknown claim 'claim.Q954'"),
        (GOOD.replace("quantity: count", "quantity: cuont"), "did you mean 'count'?"),
        (GOOD.replace("high: 4, ", "high: 4, low: 5, "), "the lower end lies above"),
        (GOOD.replace("high: 4, ", "high: 4, sign: positive, "), "only one of them"),
        (GOOD.replace("high: 4, ", "low: 1, more_than: 0, "), "only one of each"),
        (GOOD.replace("high: 4, ", "low: 2020-10-01, high: 4, "), "both ends are dates"),
        (GOOD.replace("high: 4, ", "hihg: 4, "), "did you mean 'high'?"),
        (GOOD.replace("high: 4, ", ""), "neither the claim nor its test has a number"),
        (GOOD + GOOD, "is used twice"),
        (GOOD.replace("Q054", "Q032x"), "id"),
    ],
)
def test_a_bad_test_is_told_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, line.replace("%s", "end_h"))
    assert says in str(caught.value)
    assert {problem.line for problem in caught.value.problems} <= {8, 9}


def test_a_claim_of_another_class_is_not_tested(tmp_path: Path) -> None:
    name = next(claim.id for claim in ledger().claims.values() if claim.test_class == "input")
    with pytest.raises(InputError, match="class is input"):
        read(tmp_path, (GOOD % "end_h").replace("claim.Q054", name))


def test_a_series_that_other_structures_do_not_keep_is_refused_before_a_run(tmp_path: Path) -> None:
    line = GOOD % "last(cohesion.arm)"
    (problem,) = _problems(read(tmp_path, line))
    assert "square-law" in str(problem.expected)
    assert "`alternatives: []`" in str(problem.expected)
    assert _problems(read(tmp_path, line.replace("high: 4", "high: 4, alternatives: []"))) == []
    assert _problems(read(tmp_path, GOOD % "last(held_share.arm)")) == []
    by_cause = GOOD % "lost.armour.arm.by.armed_drone"
    tests = read(tmp_path, by_cause)
    assert _problems(tests) == []
    assert claims.totals_of("karabakh-2020", tests) == ("lost.armour.arm.by.armed_drone",)


def _problems(tests: ClaimTests) -> list[Problem]:
    return problems_of(tests.tests["claim.Q054"], tests, scene("karabakh-2020").names)


def test_policies_are_those_of_the_test_alone_and_with_every_alternative(tmp_path: Path) -> None:
    tests = read(tmp_path, GOOD % "'effect(\"no-drones\", deaths.arm)'")
    assert policies_of(tests.tests["claim.Q054"], tests) == (
        "no-drones",
        "square-law",
        "no-drones+square-law",
    )


# --- running them ------------------------------------------------------------------------------------------


@pytest.fixture
def fake_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Let every run be one of 100 replications made by hand; return what was asked of it."""
    asked: list[tuple[str, ...]] = []
    days = np.arange(1.0, 101.0) / 10.0

    def run_of(
        scene: Scene, policies: Sequence[str], totals: Sequence[str], size: Size, listener: object
    ) -> Run:
        asked.append(tuple(policies))
        totals = {"end_h": 24.0 * days, "changed.hadrut": 24.0 * days, "deaths.arm": days}
        totals |= {f"{name}@{arm}": totals[name] for arm in policies for name in ("end_h", "changed.hadrut")}
        series = {"deaths.arm": np.ones((100, 12))}
        return fake_campaign(tmp_path / f"run{len(asked)}", series, totals, variants=tuple(policies))

    monkeypatch.setattr(claims, "run_of", run_of)
    monkeypatch.setattr(claims, "scene_of", scene)
    return asked


@cache
def scene(name: str) -> Scene:
    """Return a scenario that is read once for all tests."""
    return claim_runs.scene_of(name)


def examine(tests: ClaimTests, *names: str) -> claims.Examination:
    chosen = [ledger().claims[name] for name in names]
    return examine_chosen(chosen, tests, Size(100, 1), _Silent())


class _Silent:
    def advance(self, done: int, total: int) -> None:
        pass

    def say(self, text: str) -> None:
        pass

    def warn(self, text: str) -> None:
        raise AssertionError(text)


@pytest.mark.parametrize(
    ("high", "expected"),
    [(9.5, "consistent"), (9.4, "undecided"), (0.4, "in tension"), (0.05, "contradicted")],
)
def test_moving_the_number_of_a_claim_changes_its_verdict(
    tmp_path: Path, fake_runs: list[tuple[str, ...]], high: float, expected: str
) -> None:
    tests = read(tmp_path, (GOOD % "date(end_h)").replace("high: 4", f"high: {high}"))
    found = examine(tests, "claim.Q054").findings[0]
    assert found.verdict == expected
    assert fake_runs == [("square-law",)]
    assert found.command == "staffride claims claim.Q054 --replications 100 --seed 1"


def test_the_command_names_the_folder_where_it_is_not_the_usual_one() -> None:
    assert claims.command_of("claim.Q054", Size(100, 2, folder=Path("my runs"))) == (
        "staffride claims claim.Q054 --replications 100 --seed 2 --folder 'my runs'"
    )


@pytest.mark.parametrize(
    ("observable", "says"),
    [
        ("'date(end_h'", "does not read as an expression"),
        ("date(changed.hadrutt)", "did you mean 'changed.hadrut'"),
        ("'under(\"no-drone\", end_h)'", "no-drone"),
        ("'last(cohesion.arm)'", "the series 'cohesion.arm' is not kept of a policy"),
        ("'last(displaced.arm)'", "the run has no series 'displaced.arm'"),
    ],
)
def test_a_test_that_cannot_be_run_loses_nothing_else(
    tmp_path: Path, fake_runs: list[tuple[str, ...]], observable: str, says: str
) -> None:
    found = examine(read(tmp_path, OTHER + GOOD % observable), "claim.Q054", "claim.Q055")
    bad, good = found.findings
    assert (bad.verdict, good.verdict) == ("not run", "consistent")
    (problem,) = found.problems
    assert says in str(problem)
    assert "claim.Q054" in problem.message
    assert (Path(str(problem.file)).name, problem.line) == ("tests.yaml", 9)


def test_an_unknown_scenario_loses_nothing_else(tmp_path: Path, fake_runs: list[tuple[str, ...]]) -> None:
    tests = read(
        tmp_path, OTHER + (GOOD % "end_h").replace("scenario: karabakh-2020", "scenario: karabach-2020")
    )
    found = examine(tests, "claim.Q054", "claim.Q055")
    assert [one.verdict for one in found.findings] == ["not run", "consistent"]
    assert "karabach-2020" in str(found.problems[0])


def test_a_claim_on_which_the_scenario_rests_is_assumed_and_not_run(
    tmp_path: Path, fake_runs: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("staffride.lab.claims.evidence_of", lambda _: {"claim.Q054": None})
    found = examine(read(tmp_path, GOOD % "end_h"), "claim.Q054").findings[0]
    assert found.verdict == "assumed here, not tested"
    assert "rests a number of its own on this claim" in found.parts[0].because
    assert fake_runs == []


def test_an_input_has_no_test_and_says_so() -> None:
    inputs = [claim for claim in ledger().claims.values() if claim.test_class == "input"]
    found = examine_chosen(inputs, claim_tests(), Size(100, 1), _Silent())
    assert {one.verdict for one in found.findings} == {"assumed here, not tested"}
    assert found.runs == {}


def test_a_figure_that_a_scenario_is_fitted_to_makes_a_claim_assumed() -> None:
    scenario = load("karabakh-2023")
    fact = next(row.fact for row in scenario.observations if row.role == "calibration")
    held = next(row.fact for row in scenario.observations if row.role == "held_out")
    claim = ledger().claims["claim.Q054"]
    assert "may be fitted" in assumed_by(claim.model_copy(update={"facts": (fact,)}), scenario)
    assert assumed_by(claim.model_copy(update={"facts": (held,)}), scenario) == ""


# --- a real run, kept and found again ----------------------------------------------------------------------


def test_a_run_is_kept_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = examine_claims(["Q119"], replications=20, workers=1, folder=tmp_path)
    monkeypatch.setattr(claim_runs, "execute", None)
    again = examine_claims(["Q118", "Q119"], replications=20, workers=1, folder=tmp_path)
    assert again.runs["karabakh-2023"].folder == first.runs["karabakh-2023"].folder
    assert first.findings[0] == again.findings[-1]
    assert len(list(tmp_path.iterdir())) == 1


# --- choosing and showing ----------------------------------------------------------------------------------


def test_claims_are_chosen_by_name_class_and_document() -> None:
    assert [claim.id for claim in choose_claims(["Q054", "claim.Q119"])] == ["claim.Q054", "claim.Q119"]
    assert {claim.document for claim in choose_claims(document="004")} == {"document_004"}
    assert {claim.test_class for claim in choose_claims(test_class="input")} == {"input"}
    assert len(choose_claims()) == len(ledger().claims)
    tested = {test.claim for test in claim_tests().tests.values() if test.scenario == "karabakh-2023"}
    assert {claim.id for claim in choose_claims(scenario="karabakh-2023")} == tested
    with pytest.raises(InputError) as caught:
        choose_claims(["Q054", "Q999"], "testd", "009", "karabach-2023")
    assert len(caught.value.problems) == 4
    assert "did you mean 'tested'" in str(caught.value)


@pytest.mark.parametrize("text", ["Q054", "q054", "Q54", "54", "claim.Q054", "claim.Q054/lost"])
def test_a_claim_may_be_called_in_short(text: str) -> None:
    assert [claim.id for claim in choose_claims([text])] == ["claim.Q054"]


def test_nothing_chosen_is_an_error_that_tells_what_the_claim_is() -> None:
    with pytest.raises(InputError, match=r"Q119 is tested, on karabakh-2023, of document_004"):
        choose_claims(["Q119"], scenario="karabakh-2020")
    with pytest.raises(InputError, match="fewer of --class"):
        choose_claims(test_class="record", scenario="karabakh-2020")


def test_too_few_replications_are_refused_with_the_reason(fake_runs: list[tuple[str, ...]]) -> None:
    shown = invoke("Q054", "-n", "5")
    assert shown.exit_code == 2
    assert "20 or more: with fewer values there is no verdict" in shown.output
    assert fake_runs == []


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["claims", *arguments], env={"COLUMNS": "160"})


def test_the_list_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "run_of", None)
    shown = invoke("--list")
    assert shown.exit_code == 0
    assert f"{len(ledger().claims)} claims:" in shown.stdout
    content = json.loads(invoke("--list", "--json", "--document", "004").stdout)
    assert sum(content["counts"].values()) == len(content["claims"])
    assert {one["document"] for one in content["claims"]} == {"document_004"}


def test_counts_are_never_by_side(fake_runs: list[tuple[str, ...]]) -> None:
    content = json.loads(invoke("--list", "--json").stdout)
    assert not set(content["counts"]) & {"az", "arm", "arm.ra", "arm.nk", "ru", "none"}


def test_one_claim_is_told_in_full(tmp_path: Path) -> None:
    page = tmp_path / "claims.html"
    shown = invoke(
        "Q119", "-n", "20", "--workers", "1", "--folder", str(tmp_path / "runs"), "--report", str(page)
    )
    assert shown.exit_code == 0, shown.output
    for text in (
        "more than 100,000",
        "last(arrivals)",
        "the model as it is",
        "--replications 20 --seed 1",
        "priors",
    ):
        assert text in shown.stdout
    assert "more than 100,000" in page.read_text(encoding="utf-8")


def test_a_problem_ends_with_an_error_after_the_table(
    tmp_path: Path, fake_runs: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = read(tmp_path, OTHER + GOOD % "date(changed.hadrutt)")
    monkeypatch.setattr("staffride.evidence.claim_tests.claim_tests", lambda: tests)
    shown = invoke("Q054", "Q055")
    assert shown.exit_code == 2
    assert "1 consistent, 1 not run" in shown.stdout
    assert "tests.yaml:9: claim.Q054: column 6" in shown.output


def test_an_unknown_claim_is_an_error_with_the_nearest() -> None:
    shown = invoke("Q1199")
    assert shown.exit_code == 2
    assert "did you mean 'claim.Q119'" in shown.output


def test_the_page_escapes_and_shows_every_claim(tmp_path: Path, fake_runs: list[tuple[str, ...]]) -> None:
    tests = read(tmp_path, OTHER + GOOD % "date(end_h)")
    found = examine(tests, "claim.Q054", "claim.Q055").findings
    page = render_claims(found)
    assert page.count("claimed: up to") == 2
    assert page.count("the claim meets it") + page.count("all as claimed") + page.count("the band holds") >= 4
    assert "http" not in page.replace("http-equiv", "")
    assert all(f'id="{one.claim.id}"' in page for one in found)
