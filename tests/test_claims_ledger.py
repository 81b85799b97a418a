"""The claims of the documents: each has one class with what that class needs, and every test of them can be run."""

from __future__ import annotations

import re
from functools import cache

import pytest

from staffride.evidence import Claim, ledger
from staffride.evidence.claim_tests import ClaimTest, claim_tests
from staffride.lab.claims import assumed_by, policies_of, problems_of, tree_of
from staffride.lab.expression import named
from staffride.lab.observable_names import Names, names_of
from staffride.model.campaign_parameters import CAMPAIGN_PARAMETERS
from staffride.results.identity import evidence_of
from staffride.scenario.levers.parse import parse_policies
from staffride.scenario.loader import load
from staffride.scenario.schema import Scenario

CLAIMS, TESTS = ledger().claims, claim_tests()
SCENARIOS = ("opening-day", "karabakh-2020", "operation-2023", "karabakh-2023", "karabakh-2022-2023")
TABLES = {"events.csv", "goals.csv", "orders.csv", "places.csv", "units.csv"}
ASSUMED = "Assumed here, not tested."
OF_A_PARTY = re.compile(
    r"liberat|occup|separatis|terroris|enclave|illegal|regime|so-called|heroic", re.IGNORECASE
)

scenario = cache(load)


def of_class(name: str) -> list[Claim]:
    return [claim for claim in CLAIMS.values() if claim.test_class == name]


@cache
def parameters() -> frozenset[str]:
    return frozenset(name for one in SCENARIOS for name in scenario(one).parameters) | frozenset(
        CAMPAIGN_PARAMETERS
    )


@cache
def names(name: str) -> Names:
    return names_of(scenario(name))


def stages(found: Scenario) -> dict[str, Scenario]:
    return {**found.stages, found.kind: found}


# --- classes --------------------------------------------------------------------------------------------


def test_every_claim_has_a_class_and_enough_are_tested() -> None:
    counted = {name: len(of_class(name)) for name in ("tested", "input", "record", "not_testable")}
    assert sum(counted.values()) == len(CLAIMS)
    assert counted["tested"] >= 55
    assert {test.claim for test in TESTS.tests.values()} == {claim.id for claim in of_class("tested")}


@pytest.mark.parametrize("claim", of_class("input"), ids=lambda claim: claim.id)
def test_an_input_names_what_it_is_here_and_that_it_is_not_tested(claim: Claim) -> None:
    named = re.findall(r"`([^`]+)`", claim.reason)
    assert named
    assert set(named) - TABLES <= parameters()
    assert claim.reason.endswith(ASSUMED)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_claim_that_a_number_of_a_scenario_rests_on_is_an_input(name: str) -> None:
    claims = {one for one in evidence_of(scenario(name)) if one.startswith("claim.")}
    assert claims <= {claim.id for claim in of_class("input")}


def test_reasons_are_about_the_program_as_it_is() -> None:
    for claim in CLAIMS.values():
        assert len(claim.reason.split()) >= 3, claim.id
        assert " yet" not in claim.reason.replace("not yet destroyed", "")
        assert "opening day" not in claim.reason
        assert (ASSUMED in claim.reason) == (claim.test_class == "input"), claim.id
        assert claim.test_class in ("tested", "input") or not claim.series, claim.id


def test_a_claim_that_nothing_else_speaks_of_says_so() -> None:
    for claim in CLAIMS.values():
        if claim.elsewhere == "No other source was found.":
            assert claim.agreement == "none found", claim.id


def test_statements_are_told_in_nobodys_words() -> None:
    told = [*(claim.statement for claim in CLAIMS.values()), *(test.reason for test in TESTS.tests.values())]
    assert [text for text in told if OF_A_PARTY.search(text)] == []


# --- tests ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", TESTS.tests.values(), ids=lambda test: test.id)
def test_an_expression_names_only_what_its_run_will_have(test: ClaimTest) -> None:
    assert [str(problem) for problem in problems_of(test, TESTS, names(test.scenario))] == []


@pytest.mark.parametrize("test", TESTS.tests.values(), ids=lambda test: test.id)
def test_where_other_structures_are_tried_its_series_are_kept_of_them(test: ClaimTest) -> None:
    if TESTS.alternatives_of(test):
        assert set(named(tree_of(test), "series")) <= names(test.scenario).followed


@pytest.mark.parametrize("test", TESTS.tests.values(), ids=lambda test: test.id)
def test_its_policies_can_act_on_its_scenario(test: ClaimTest) -> None:
    texts = policies_of(test, TESTS)
    assert len(parse_policies(texts, stages(scenario(test.scenario)))) == len(texts)


@pytest.mark.parametrize("test", TESTS.tests.values(), ids=lambda test: test.id)
def test_what_it_rests_on_exists_and_no_scenario_assumes_the_claim(test: ClaimTest) -> None:
    known = {
        *ledger().facts,
        *CLAIMS,
        *TABLES,
        *scenario(test.scenario).parameters,
        *names(test.scenario).parameters,
    }
    assert [one for one in test.rests_on if one not in known] == []
    assert test.rests_on
    assert assumed_by(CLAIMS[test.claim], scenario(test.scenario)) == ""


def test_alternatives_differ_from_those_of_the_scenario_only_with_a_reason() -> None:
    for test in TESTS.tests.values():
        if test.alternatives is not None:
            assert "structure" in test.reason, test.id


@pytest.mark.parametrize(
    "subject",
    [
        "jammers_found",
        "sheltered_guns",
        "auxiliary_axes",
        "reserves_tied_down",
        "reinforcements_on_roads",
        "supply_ambushes",
        "spare_soldiers",
        "deterrence",
        "drones_compound_closure",
    ],
)
def test_statements_that_the_first_list_left_out_are_here(subject: str) -> None:
    assert len([claim for claim in CLAIMS.values() if claim.subject == subject]) == 1
