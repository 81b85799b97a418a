"""Putting claims to the test: what a test needs of a run, and what the run says of the claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from staffride.errors import Problem
from staffride.evidence.claim_tests import ClaimTest, ClaimTests
from staffride.evidence.model import Claim
from staffride.lab.claimed import Claimed, claimed_of
from staffride.lab.expression import Call, Node, is_date, named, walk
from staffride.lab.grammar import ExpressionError, parse
from staffride.lab.observable_names import Names, faults
from staffride.lab.observables import Results, evaluate, joined
from staffride.lab.verdicts import (
    Under,
    Verdict,
    band_of,
    band_of_mean,
    decide,
    read_band,
    together,
    with_discrepancy,
)
from staffride.results.identity import evidence_of
from staffride.scenario.schema import Scenario

AS_IT_IS = "the model as it is"
ASSUMED: Verdict = "assumed here, not tested"


@dataclass(frozen=True)
class Finding:
    """What a run says of a claim, or of one part of it.

    Attributes
    ----------
    test
        How it was put to the test.
    verdict, because
        The verdict, and why, in a sentence.
    claimed
        What the claim allows; ``None`` where it could not be put to the test.
    model, alternatives
        The band under the model as it is, and under each alternative structure.
    start
        The start of the run, from which days are counted.
    problem
        What kept the test from being run.
    """

    test: ClaimTest
    verdict: Verdict
    because: str
    claimed: Claimed | None = None
    model: Under | None = None
    alternatives: tuple[Under, ...] = ()
    start: datetime | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class ClaimFinding:
    """A claim with what was found of all its parts.

    Attributes
    ----------
    claim
        The claim.
    parts
        A finding for each of its tests; empty for a claim that no run can test.
    command
        What repeats it; empty where nothing was run.
    """

    claim: Claim
    parts: tuple[Finding, ...] = ()
    command: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the whole claim, ``None`` for one that is not put to a run."""
        if self.parts:
            return together([part.verdict for part in self.parts])
        return ASSUMED if self.claim.test_class == "input" else None


def tree_of(test: ClaimTest) -> Node:
    """Return the expression of a test.

    Raises
    ------
    ExpressionError
        It does not read as one.
    """
    return parse(test.observable)


def policies_of(test: ClaimTest, tests: ClaimTests) -> tuple[str, ...]:
    """Return the texts of all policies that a test needs beside the baseline: its own, the alternatives, and both."""
    own = ("", *named(tree_of(test), "policy"))
    alternatives = ("", *tests.alternatives_of(test))
    return tuple(
        dict.fromkeys(text for one in alternatives for policy in own if (text := joined(policy, one)))
    )


def problems_of(test: ClaimTest, tests: ClaimTests, names: Names) -> list[Problem]:
    """Return all that is wrong with a test before anything is run, each with the line of its claim."""
    try:
        tree = tree_of(test)
    except ExpressionError as error:
        return [tests.problem(test.id, error.message, error.expected, error.hint)]
    found = list(faults(tree, names))
    problems = [tests.problem(test.id, one.message, one.expected, one.hint) for one in found]
    if not problems:
        problems = _problems_elsewhere(test, tree, tests, names)
    if test.sign is not None and not _has_effect(tree):
        problems.append(tests.problem(test.id, "a sign is that of an effect", 'effect("policy", ...)'))
    return problems


def _problems_elsewhere(test: ClaimTest, tree: Node, tests: ClaimTests, names: Names) -> list[Problem]:
    """Return what a test asks of other structures of the model that is not kept of a policy, as which they are run."""
    structures = tests.alternatives_of(test)
    if not structures:
        return []
    expected = f"what is kept of the other structures too ({', '.join(structures)}), or `alternatives: []`"
    return [
        tests.problem(test.id, one.message, expected, one.hint) for one in faults(tree, names, of_arm=True)
    ]


def _has_effect(tree: Node) -> bool:
    return any(isinstance(one, Call) and one.function == "effect" for one in walk(tree))


def examine(test: ClaimTest, claim: Claim, tests: ClaimTests, results: Results) -> Finding:
    """Return what a run says of a claim.

    Parameters
    ----------
    test, claim
        The claim and one of its tests.
    tests
        All tests, for kinds of quantity and alternative structures.
    results
        A run with every policy that `policies_of` names.

    Raises
    ------
    ExpressionError
        The run lacks what the expression asks for.
    """
    tree, quantity = tree_of(test), tests.quantities[test.quantity]
    claimed = claimed_of(test, claim, quantity, results.start)

    def under(structure: str) -> Under:
        values = evaluate(tree, results, structure)
        if test.sign is not None:
            band = band_of_mean(values, claimed)
        else:
            draws = with_discrepancy(values, quantity, test.id, results.run.seed)
            band = band_of(draws, claimed, missing_is_later=is_date(tree))
        return Under(structure or AS_IT_IS, band, read_band(band, claimed, is_sign=test.sign is not None))

    model, alternatives = under(""), tuple(under(one) for one in tests.alternatives_of(test))
    verdict, because = decide(claimed, model, alternatives)
    return Finding(test, verdict, because, claimed, model, alternatives, results.start)


def prepare(wanted: Sequence[ClaimTest], tests: ClaimTests, results: Results) -> None:
    """Read at once what some tests need of a run."""
    results.prepare(
        (tree_of(test), structure) for test in wanted for structure in ("", *tests.alternatives_of(test))
    )


def assumed_by(claim: Claim, scenario: Scenario) -> str:
    """Return in a sentence where a scenario itself rests on a claim; empty where it does not.

    It does where a prior or a row of a table names the claim as its evidence, and where a figure that the claim rests
    on is one that the scenario's parameters may be fitted to.
    """
    rests_on = set(evidence_of(scenario)) - {row.fact for row in scenario.observations}
    if claim.id in rests_on:
        return f"{scenario.name} rests a number of its own on this claim."
    fitted = [
        row.id for row in scenario.observations if row.role == "calibration" and row.fact in claim.facts
    ]
    if fitted:
        return f"{scenario.name} may be fitted to figures that the claim rests on: {', '.join(fitted)}."
    return ""


def not_run(test: ClaimTest, problems: Sequence[Problem]) -> Finding:
    """Return the finding of a test that could not be run; the first problem stands for all."""
    return Finding(test, "not run", problems[0].message, problem=problems[0])


def counts(findings: Sequence[ClaimFinding]) -> dict[str, int]:
    """Return how many claims have each verdict, and how many of each class have none; never by side."""
    return dict(_counted(findings))


def _counted(findings: Sequence[ClaimFinding]) -> Iterator[tuple[str, int]]:
    labels = [finding.verdict or finding.claim.test_class.replace("_", " ") for finding in findings]
    for label in (*_SHOWN, *sorted(set(labels) - set(_SHOWN))):
        if number := labels.count(label):
            yield label, number


_SHOWN = (
    "consistent",
    "in tension",
    "contradicted",
    "undecided",
    ASSUMED,
    "not run",
    "record",
    "not testable",
)
