"""The sections that say what the policies are, how the comparison was made, and how to repeat it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from staffride.present import words
from staffride.present.comparison_effects import numbered
from staffride.present.layout import section, table
from staffride.present.markup import Child, Markup, element
from staffride.present.summary import Bundle

Row = Mapping[str, Any]

METHOD = (
    "A replication draws everything that is not known, once, and meets it without and with each policy. A policy "
    "touches no random number: what it does not change happens as in the baseline, and a policy that begins at a "
    "date is the baseline's own run before it. So a policy's numbers are the same alone or among others.",
    "Differences are policy minus baseline, replication by replication, over those that have both values. The "
    "interval is Student's for a mean and Newcombe's for a probability; shares of futures have Wilson's. For the "
    "measures of people there are also Bonferroni's intervals, which hold together with 95 % for all measures of "
    "one policy, and p values after Holm's correction in the JSON. Nothing else is corrected for how many intervals "
    "there are.",
    "Sizes in words follow Cohen and Sawilowsky: the mean difference over the standard deviation of the baseline. "
    "Where differences have heavy tails, the words also give the median.",
    "A policy dominates another when no paired difference between them is clearly worse for people and one is clearly "
    "better at the level that holds for all measures together.",
)


def policies_section(bundle: Bundle) -> Markup:
    """Return each policy with all that it changes, what it costs, and what its effect rests on."""
    lede = "What each policy is and changes, what that rests on, and what it leaves out."
    return section(
        "policies", "The policies", lede, [_policy(policy) for policy in bundle["policies"]]
    )


def _policy(policy: Row) -> Markup:
    levers = policy["levers"]
    evidence = {one["id"]: one["text"] for lever in levers for one in lever["evidence"]}
    assumed = [lever["assumed"] for lever in levers if lever["assumed"]]
    rows: list[tuple[str, Child]] = [
        ("Repeats it", element("code", policy["id"])),
        ("Does", " ".join(lever["summary"] for lever in levers) or policy["question"]),
        ("Acts from", _start(policy)),
        ("Changes", _list(policy["changes"]) or "nothing: its doses are those of the baseline"),
        ("Cost", policy["cost"] or "The record has no figure of what it costs."),
        ("Evidence", _list([f"{name}: {text}" for name, text in evidence.items()])),
        ("Assumed", _list(assumed)),
        ("Leaves out", _list(policy["limits"])),
    ]
    pairs = [(element("dt", name), element("dd", content)) for name, content in rows if content]
    return element(
        "div",
        element("h3", numbered(policy)),
        [_doses(lever) for lever in levers if lever["doses"]],
        element("dl", pairs),
        class_="policy",
    )


def _start(policy: Row) -> str:
    if not policy["starts"]:
        return "the start of the period"
    when = datetime.fromisoformat(policy["starts"])
    return f"{words.day(when)} {when.year}, {when:%H:%M}; before it the runs are the baseline's own"


def _list(texts: Sequence[str]) -> Markup | str:
    return element("ul", [element("li", text) for text in texts]) if texts else ""


def _doses(lever: Row) -> Markup:
    head = (lever["label"], "Dose", "Meaning")
    rows: list[list[Child]] = [
        [one["name"], f"{_value(one['value'])} {one['unit']}".strip(), one["meaning"]]
        for one in lever["doses"]
    ]
    return table(head, rows)


def _value(value: float | str) -> str:
    return value or "as the first" if isinstance(value, str) else f"{value:,.6g}"


def method_section(bundle: Bundle) -> Markup:
    """Return how the comparison was made."""
    count = (
        f"{bundle['intervals']} intervals of 95 % tell something here; one in twenty misses by chance alone."
    )
    return section("method", "Method", "", [element("p", text) for text in (*METHOD, count)])
