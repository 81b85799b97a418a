"""The sections that say what the policies are, how the comparison was made, and how to repeat it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from staffride.present import words
from staffride.present.comparison_effects import numbered
from staffride.present.ground_sections import folded
from staffride.present.layout import section, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle

Row = Mapping[str, Any]

SHORT = 3
"""So many changes stand open; more are folded."""

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
    """Return each policy with all that it changes and costs, then each lever with what its effect rests on."""
    lede = "What each policy is and changes; then what each of their levers rests on, assumes and leaves out."
    head = ("Policy", "Doses", "Acts from", "Changes", "Cost")
    rows = [_policy(policy) for policy in bundle["policies"]]
    levers = {lever["id"]: lever for policy in bundle["policies"] for lever in policy["levers"]}
    shown = [_lever(lever) for lever in levers.values()]
    heading = element("h3", "Their levers", class_="spaced") if shown else None
    return section("policies", "The policies", lede, table(head, rows, class_="policies"), heading, shown)


def _policy(policy: Row) -> list[Child]:
    """Return one row: the policy as it is written, its doses, and what it changes."""
    name = join(numbered(policy), element("div", element("code", policy["id"]), class_="tag"))
    changes = policy["changes"]
    listed = element("ul", [element("li", text) for text in changes])
    shown = listed if len(changes) <= SHORT else folded(f"{len(changes)} changes", listed)
    nothing = "nothing: these doses are the baseline's own"
    return [
        name,
        [element("div", text) for lever in policy["levers"] for text in _doses(lever)],
        _start(policy),
        shown if changes else nothing,
        policy["cost"] or "no figure in the record",
    ]


def _doses(lever: Row) -> list[str]:
    """Return the doses of a lever in words: those that are not as by default, and the first."""
    shown = [one for at, one in enumerate(lever["doses"]) if at == 0 or not one["is_default"]]
    return [f"{one['name']} {_value(one['value'])} {one['unit']}".strip() for one in shown]


def _start(policy: Row) -> str:
    if not policy["starts"]:
        return "the start"
    when = datetime.fromisoformat(policy["starts"])
    return f"{words.day(when)} {when.year}, {when:%H:%M}"


def _value(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.6g}"


def _lever(lever: Row) -> Markup:
    """Return what a lever does, what that rests on, what is assumed, and what it leaves out."""
    doses = [f"{one['name']}: {one['meaning']}{_unit(one)}" for one in lever["doses"]]
    rows: list[tuple[str, Child]] = [
        ("Does", lever["summary"]),
        ("Doses", _list(doses)),
        ("Evidence", _list([f"{one['id']}: {one['text']}" for one in lever["evidence"]])),
        ("Assumed", lever["assumed"]),
        ("Leaves out", lever["limits"]),
    ]
    pairs = [(element("dt", name), element("dd", content)) for name, content in rows if content]
    title = element("h3", lever["label"], "  ", element("code", lever["id"]))
    return element("div", title, element("dl", pairs), class_="policy")


def _unit(dose: Row) -> str:
    return f", {dose['unit']}" if dose["unit"] else ""


def _list(texts: Sequence[str]) -> Markup | str:
    return element("ul", [element("li", text) for text in texts]) if texts else ""


def method_section(bundle: Bundle) -> Markup:
    """Return how the comparison was made."""
    count = (
        f"{bundle['intervals']} intervals of 95 % tell something here; one in twenty misses by chance alone."
    )
    return section("method", "Method", "", [element("p", text) for text in (*METHOD, count)])
