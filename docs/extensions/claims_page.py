"""The reference of claims: classes, verdicts with their thresholds, the language of observables, and all tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from frames import fill
from odd import one_line

from staffride.evidence import ledger
from staffride.evidence.claim_tests import ClaimTest, Quantity, claim_tests
from staffride.lab.claimed import claimed_of
from staffride.lab.claims import Finding
from staffride.lab.expression import ARITHMETIC, COMPARISONS, FUNCTIONS, LOGIC, Call, walk
from staffride.lab.grammar import DEEPEST, LONGEST, parse
from staffride.lab.verdicts import CENTRAL, FEWEST, OUTER, WELL_KNOWN
from staffride.model import campaign_arms, displacement_arms
from staffride.present.claim_words import claimed_in_words
from staffride.scenario import Scenario

FRAME = "reference/claims_frame.md"

CLASSES = {
    "tested": "runs are compared with it, by the rule below",
    "input": "a parameter, a row or a rule of the model is what it says; its verdict is *assumed here, not tested*",
    "record": "it is checked against other sources, without the model; the reason says what they say",
    "not_testable": "neither runs nor the record can decide it; the reason says why",
}
"""What each class means."""

SHOWN = {
    "value": 'value(held_share.az, "2020-10-10")',
    "last": "last(arrivals)",
    "most": "most(queue_vehicles)",
    "change": 'change(deaths.arm, "2020-10-01", "2020-10-10")',
    "reaches": "reaches(arrivals, 50000)",
    "happened": "happened(changed.hadrut)",
    "date": "date(end_h)",
    "days_held": "days_held(changed.hadrut)",
    "day": 'date(changed.hadrut) < day("2020-10-10")',
    "share": "share(deaths.az, deaths.arm)",
    "parameter": 'parameter("strength.arm.osa")',
    "under": 'under("no-drones", deaths.az + deaths.arm)',
    "effect": 'effect("no-drones", deaths.az + deaths.arm)',
}
"""An example of each function, shorter than those of the tests."""


def render() -> str:
    """The whole page."""
    marks = {
        "central": percent(CENTRAL),
        "outer": percent(OUTER),
        "fewest": f"{FEWEST}",
        "well_known": f"{WELL_KNOWN}",
        "longest": f"{LONGEST}",
        "deepest": f"{DEEPEST}",
        "signs": ", ".join(f"`{sign}`" for sign in ARITHMETIC),
        "comparisons": ", ".join(f"`{sign}`" for sign in COMPARISONS),
        "logic": ", ".join(f"`{sign}`" for sign in LOGIC),
        "classes": classes(),
        "functions": functions(),
        "followed": followed(),
        "quantities": quantities(),
        "alternatives": alternatives(),
        "tests": tests(),
    }
    return fill(FRAME, marks)


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:g} %"


def classes() -> str:
    """A table of the classes, with the number of claims of each; never by side."""
    found = [claim.test_class for claim in ledger().claims.values()]
    rows = [f"| `{name}` | {found.count(name)} | {meaning} |" for name, meaning in CLASSES.items()]
    return "\n".join(["| class | claims | meaning |", "|---|---|---|", *rows, f"| all | {len(found)} | |"])


def functions() -> str:
    """A table of the functions: what each asks for, what it gives, and an example."""
    rows = ["| function | gives | tells | example |", "|---|---|---|---|"]
    for name, function in FUNCTIONS.items():
        shape = f"{name}({', '.join(function.asks)})"
        gives = "as its last part" if function.gives == "same" else function.gives
        rows.append(f"| `{shape}` | {gives} | {one_line(function.tells)} | `{one_line(example(name))}` |")
    return "\n".join(rows)


def example(function: str) -> str:
    """An example of a function; it parses, and holds the function."""
    text = SHOWN[function]
    if not any(isinstance(one, Call) and one.function == function for one in walk(parse(text))):
        raise ValueError(f"{text} is no example of {function}")
    return text


def followed() -> str:
    """The series that are kept of a policy."""
    found = (*campaign_arms.FOLLOWED, *displacement_arms.FOLLOWED)
    return ", ".join(f"`{name}<side>`" if name.endswith(".") else f"`{name}`" for name in found)


def quantities() -> str:
    """A table of the kinds of quantity, with the error of the model that is assumed in each."""
    rows = ["| quantity | error of the model | kept within | reason |", "|---|---|---|---|"]
    rows += [
        f"| {one.id.replace('_', ' ')} | {error(one)} | {limits(one)} | {one_line(one.reason)} |"
        for one in claim_tests().quantities.values()
    ]
    return "\n".join(rows)


def error(one: Quantity) -> str:
    """How the error acts on a number."""
    if one.discrepancy == "none":
        return "none"
    if one.discrepancy == "multiplicative":
        return f"times exp({one.size:g} z)"
    return f"plus {one.size:g} z{'' if one.unit == '1' else f' {one.unit}'}"


def limits(one: Quantity) -> str:
    """The natural limits of a quantity."""
    ends = (("from", one.low), ("to", one.high))
    return " ".join(f"{word} {end:g}" for word, end in ends if end is not None)


def alternatives() -> str:
    """A table of the other structures of the model, by scenario."""
    rows = ["| scenario | other structures | reason |", "|---|---|---|"]
    for one in claim_tests().alternatives.values():
        links = ", ".join(f"[`{policy}`](levers.md#{policy})" for policy in one.policies)
        rows.append(f"| `{one.id}` | {links} | {one_line(one.reason)} |")
    return "\n".join(rows)


def tests() -> str:
    """Every test, scenario by scenario."""
    return "\n\n".join(
        map(of_scenario, dict.fromkeys(test.scenario for test in claim_tests().tests.values()))
    )


def of_scenario(name: str) -> str:
    """The tests on a scenario: the claim, what it says of which number, and what that leaves out."""
    found = [test for test in claim_tests().tests.values() if test.scenario == name]
    return "\n".join([f"### On `{name}`\n", *(line for test in found for line in one_test(test))])


def one_test(test: ClaimTest) -> Iterator[str]:
    """One test of a claim."""
    claim = ledger().claims[test.claim]
    document = claim.document.removeprefix("document_")
    yield f"- **`{test.id}`** ({document}, paragraph {claim.paragraph}): {one_line(claim.statement)}"
    yield f"  `{test.observable}`: {claimed(test)}. {one_line(test.reason)}"


def claimed(test: ClaimTest) -> str:
    """What the claim says of the number of its test."""
    start = scenario(test.scenario).period.start
    allowed = claimed_of(test, ledger().claims[test.claim], claim_tests().quantities[test.quantity], start)
    return claimed_in_words(Finding(test, "not run", "", allowed, start=start))


@cache
def scenario(name: str) -> Scenario:
    """A shipped scenario."""
    from staffride.model.kinds import parameters_of
    from staffride.scenario import load

    return load(name, parameters_of)
