"""The Python interface to claims: which there are, and what runs say of those that can be tested."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from staffride.api.claim_runs import FOLDER, Scene, Size, run_of, scene_of
from staffride.api.request import DEFAULT_SEED, Request
from staffride.api.steps import Listener
from staffride.errors import InputError, Problem, nearest
from staffride.evidence import Claim, ledger
from staffride.evidence.claim_tests import ClaimTest, ClaimTests, claim_tests
from staffride.lab.claims import (
    ASSUMED,
    ClaimFinding,
    Finding,
    assumed_by,
    examine,
    not_run,
    policies_of,
    prepare,
    problems_of,
)
from staffride.lab.expression import named
from staffride.lab.grammar import ExpressionError, parse
from staffride.lab.observables import Results
from staffride.lab.verdicts import FEWEST
from staffride.results.run import Run

DEFAULT_REPLICATIONS = 500
CLASSES = ("tested", "input", "record", "not_testable")
TOO_FEW = f"{FEWEST} or more: with fewer values there is no verdict, and 500 (the default) gives a steady one"


@dataclass(frozen=True)
class Examination:
    """What was found of some claims.

    Attributes
    ----------
    findings
        One a claim, in the order of the ledger.
    runs
        The run behind them, by the name of its scenario.
    """

    findings: tuple[ClaimFinding, ...]
    runs: dict[str, Run]

    @property
    def problems(self) -> list[Problem]:
        """What kept tests from being run."""
        found = (part.problem for finding in self.findings for part in finding.parts)
        return list(dict.fromkeys(problem for problem in found if problem is not None))


def choose_claims(
    ids: Sequence[str] = (),
    test_class: str | None = None,
    document: str | None = None,
    scenario: str | None = None,
) -> tuple[Claim, ...]:
    """Return claims of the ledger: those named, of a class, of a document, tested on a scenario; by default all.

    Parameters
    ----------
    ids
        Such as ``claim.Q042``, ``Q042`` or ``42``.
    document
        Such as ``document_001``, or ``001``.

    Raises
    ------
    InputError
        There is no such claim, class, document or scenario; every problem at once, with the nearest name. Or there
        are, and no claim is all that was asked for.
    """
    known = ledger().claims
    wanted = [_id_of(one) for one in ids]
    documents = {claim.document for claim in known.values()}
    named = document if document is None or document in documents else f"document_{document}"
    tests = claim_tests().tests.values() if scenario is not None else ()
    on_scenario = {test.claim for test in tests if scenario == test.scenario}
    _refuse_unknown(
        *(("claim", one, known) for one in wanted),
        ("document", named, documents),
        ("class", test_class, CLASSES),
        ("scenario", scenario, {test.scenario for test in tests}),
    )
    chosen = tuple(
        claim
        for claim in known.values()
        if (not wanted or claim.id in wanted)
        and test_class in (None, claim.test_class)
        and named in (None, claim.document)
        and (scenario is None or claim.id in on_scenario)
    )
    if not chosen:
        raise InputError([_none_of(wanted)])
    return chosen


def _id_of(text: str) -> str:
    """Return the id that a user means by ``Q42``, ``q042``, ``42`` or ``claim.Q042/part``; other text as it is.

    >>> _id_of("Q42"), _id_of("claim.Q042/lost"), _id_of("claim.42x")
    ('claim.Q042', 'claim.Q042', 'claim.42x')
    """
    found = re.fullmatch(r"(?:claim\.)?q?(\d{1,3})(?:/\w*)?", text.strip(), re.IGNORECASE)
    if found:
        return f"claim.Q{int(found[1]):03d}"
    return text if text.startswith("claim.") else f"claim.{text}"


def _none_of(wanted: Sequence[str]) -> Problem:
    """Return that no claim is all that was asked for, and what those that were named are."""
    known, tests = ledger().claims, claim_tests()
    told = []
    for name in wanted:
        scenarios = dict.fromkeys(test.scenario for test in tests.of(name))
        on = f", on {' and '.join(scenarios)}" if scenarios else ""
        told.append(f"{name} is {known[name].test_class.replace('_', ' ')}{on}, of {known[name].document}")
    expected = "; ".join(told) or "fewer of --class, --document and --scenario"
    return Problem("no claim is all that was asked for", expected=expected)


def _refuse_unknown(*asked: tuple[str, str | None, Collection[str]]) -> None:
    """Refuse every name of a sort that is not among the valid ones, all at once."""
    problems = [
        Problem(
            _UNKNOWN[sort].format(name),
            expected=None if sort == "claim" else f"one of {', '.join(sorted(valid))}",
            suggestion=nearest(name, valid),
        )
        for sort, name, valid in asked
        if name is not None and name not in valid
    ]
    if problems:
        raise InputError(problems)


_UNKNOWN = {
    "claim": "there is no claim {!r}",
    "document": "there is no claim of a document {!r}",
    "class": "there is no class of claims {!r}",
    "scenario": "no claim is tested on {!r}",
}


def examine_claims(
    ids: Iterable[str] = (),
    *,
    test_class: str | None = None,
    document: str | None = None,
    scenario: str | None = None,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    workers: int | None = None,
    folder: str | Path = FOLDER,
    progress: Callable[[int, int], None] | None = None,
) -> Examination:
    """Put claims to the test, and return what was found.

    Parameters
    ----------
    ids, test_class, document, scenario
        Which claims, as for `choose_claims`.
    replications, seed, workers, progress
        As for `staffride.run`.
    folder
        Where runs are kept, and looked for.

    Raises
    ------
    InputError
        A claim or an argument is wrong. A test that cannot be run is no error: its finding says why.
    RunInterruptedError
        Ctrl-C; what was finished is kept.
    """
    from staffride.api.running import Quiet

    chosen = choose_claims(tuple(ids), test_class, document, scenario)
    size = Size(replications, seed, workers, Path(folder))
    return examine_chosen(chosen, claim_tests(), size, Quiet(progress))


def examine_chosen(chosen: Sequence[Claim], tests: ClaimTests, size: Size, listener: Listener) -> Examination:
    """Put chosen claims to their tests, scenario by scenario; see `examine_claims`."""
    Request(replications=size.replications, seed=size.seed, workers=size.workers).check()
    if size.replications < FEWEST:
        raise InputError([Problem(f"replications is {size.replications}", None, None, TOO_FEW)])
    claims = {claim.id: claim for claim in chosen if claim.test_class == "tested"}
    wanted = [one for one in tests.tests.values() if one.claim in claims]
    found: dict[str, Finding] = {}
    runs: dict[str, Run] = {}
    for name in dict.fromkeys(test.scenario for test in wanted):
        of_scenario = [test for test in wanted if test.scenario == name]
        found |= _examine_scenario(name, of_scenario, claims, tests, size, listener, runs)
    findings = []
    for claim in chosen:
        parts = tuple(found[test.id] for test in tests.of(claim.id) if test.id in found)
        findings.append(ClaimFinding(claim, parts, command_of(claim.id, size) if parts else ""))
    return Examination(tuple(findings), runs)


def command_of(claim: str, size: Size) -> str:
    """Return the command that repeats what was found of a claim, with the folder where it is not the usual one."""
    folder = "" if size.folder == FOLDER else f" --folder {shlex.quote(str(size.folder))}"
    return f"staffride claims {claim} --replications {size.replications} --seed {size.seed}{folder}"


def _examine_scenario(
    name: str,
    wanted: Sequence[ClaimTest],
    claims: dict[str, Claim],
    tests: ClaimTests,
    size: Size,
    listener: Listener,
    runs: dict[str, Run],
) -> dict[str, Finding]:
    """Return the findings of all tests on a scenario, and add its run to ``runs``."""
    try:
        scene = scene_of(name)
        found = _before_the_run(scene, wanted, claims, tests)
        ready = [test for test in wanted if test.id not in found]
        if ready:
            texts = dict.fromkeys(text for test in ready for text in policies_of(test, tests))
            policies = tuple(dict.fromkeys(scene.arms[text] for text in texts))
            listener.say(f"{name}: tests {len(ready)}, policies beside the baseline {len(policies)}")
            runs[name] = run_of(scene, policies, totals_of(name, tests), size, listener)
    except InputError as error:
        return {test.id: not_run(test, error.problems) for test in wanted}
    return found | _after_the_run(ready, claims, tests, scene.results(runs[name])) if ready else found


def totals_of(scenario: str, tests: ClaimTests) -> tuple[str, ...]:
    """Return the totals that the tests on a scenario ask for, of all of them so that a kept run serves every one."""
    names: set[str] = set()
    for test in tests.tests.values():
        if test.scenario == scenario:
            with suppress(ExpressionError):  # what does not parse is told with its claim
                names |= set(named(parse(test.observable), "total"))
    return tuple(sorted(names))


def _after_the_run(
    ready: Sequence[ClaimTest], claims: dict[str, Claim], tests: ClaimTests, results: Results
) -> dict[str, Finding]:
    """Return what a run says of each claim; a test that asks for what it lacks costs no other."""
    found = {}
    prepare(ready, tests, results)
    for test in ready:
        try:
            found[test.id] = examine(test, claims[test.claim], tests, results)
        except ExpressionError as error:
            problem = tests.problem(test.id, error.message, error.expected, error.hint)
            found[test.id] = not_run(test, [problem])
    return found


def _before_the_run(
    scene: Scene, wanted: Sequence[ClaimTest], claims: dict[str, Claim], tests: ClaimTests
) -> dict[str, Finding]:
    """Return the findings of tests that need no run: what is wrong with them, or what the scenario assumes."""
    found = {}
    for test in wanted:
        problems = problems_of(test, tests, scene.names)
        if not problems:
            wrong = scene.learn(policies_of(test, tests))
            problems = [tests.problem(test.id, one.message, one.expected, one.suggestion) for one in wrong]
        if problems:
            found[test.id] = not_run(test, problems)
        elif reason := assumed_by(claims[test.claim], scene.scenario):
            found[test.id] = Finding(test, ASSUMED, reason)
    return found
