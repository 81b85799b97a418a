"""The sentences of the page of verdicts: which claims fare how, and where the verdicts are weakest, by rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from staffride.evidence import Claim, ledger
from staffride.evidence.claim_tests import ClaimTest
from staffride.lab.expression import named
from staffride.lab.grammar import parse
from staffride.lab.verdicts import ORDER, WELL_KNOWN, together
from staffride.results.vocabulary import CEASEFIRE, CHANGED

NOT_RUN = "not run yet"
FEW, RARELY, WIDE_TIMES, WIDE_DAYS, MOST_SHOWN = 3, 0.5, 4.0, 14.0, 5
OF_DATES = ("date", "hours")

KINDS = {
    "count": "Numbers",
    "date": "Dates",
    "share": "Shares",
    "causal": "Causes",
    "counterfactual": "What would have been",
    "policy": "Advice",
}
TOPICS: dict[str, tuple[str, ...]] = {
    "People on the move": ("arrivals", "at_home", "displaced", "civilian", "delay_hours", "shelter"),
    "The end of the fighting": ("end_h",),
    "Places and ground": ("changed", "held_share"),
    "Soldiers": ("deaths", "missing", "deserted", "cohesion"),
    "Supply, networks and sight": ("supply_days", "network", "located"),
    "Air defence and jamming": ("rounds_", "leakage", "share_lost.air_defence", "lost.jammer"),
    "Losses of equipment": ("",),
}
"""What a test measures, by how the names in its expression begin; the first that fits."""


@dataclass(frozen=True)
class Told:
    """A tested claim, its tests, and what was found of each, by the id of the test; nothing of one that is not run."""

    claim: Claim
    tests: tuple[ClaimTest, ...]
    records: Mapping[str, dict[str, Any]]

    @property
    def verdict(self) -> str:
        """The verdict on the whole claim, which needs all its tests."""
        if len(self.records) < len(self.tests):
            return NOT_RUN
        return together([record["verdict"] for record in self.records.values()])

    @property
    def short_verdict(self) -> str:
        """The verdict, and what leaves an undecided claim so."""
        why = dict.fromkeys(record["why"] for record in self.records.values() if "why" in record)
        return f"{self.verdict}: {', '.join(why)}" if self.verdict == "undecided" else self.verdict

    @cached_property
    def topic(self) -> str:
        """What the claim's first test measures."""
        names = names_in(self.tests[0])
        return next(topic for topic, heads in TOPICS.items() if any(name.startswith(heads) for name in names))


def names_in(test: ClaimTest) -> tuple[str, ...]:
    """The totals and series that a test reads."""
    tree = parse(test.observable)
    return (*named(tree, "total"), *named(tree, "series"))


def in_order(told: Iterable[Told]) -> list[str]:
    """The verdicts that some claim has: consistent first, and what was not run last."""
    found = {one.verdict for one in told}
    order = ("consistent", "in tension", "contradicted", "undecided")
    rest = sorted(found - {*order, NOT_RUN}, key=lambda verdict: (verdict not in ORDER, verdict))
    return [verdict for verdict in (*order, *rest, NOT_RUN) if verdict in found]


def by_kind(told: Sequence[Told]) -> str:
    """How claims of each kind fare, as a list."""
    return groups(told, KINDS.values(), lambda one: KINDS[one.claim.kind])


def by_topic(told: Sequence[Told]) -> str:
    """How claims on each topic fare, as a list."""
    return groups(told, TOPICS, lambda one: one.topic)


def groups(told: Sequence[Told], labels: Iterable[str], label_of: Callable[[Told], str]) -> str:
    """One line a group of claims."""
    lines = []
    for label in labels:
        own = [one for one in told if label_of(one) == label]
        if own:
            lines.append(f"- **{label}**: {fares(own)}")
    return "\n".join(lines)


def fares(own: Sequence[Told]) -> str:
    """How a group of claims fares, in a sentence: mostly one verdict, or none of them."""
    run = [one for one in own if one.verdict != NOT_RUN]
    rest = f" {count(len(own) - len(run), 'claim')} not run yet." if len(run) < len(own) else ""
    if not run:
        return f"{count(len(own), 'claim')}, not run yet."
    found = Counter(one.verdict for one in run)
    told = ", ".join(f"{found[verdict]} {verdict}" for verdict in in_order(run))
    verdict, number = found.most_common(1)[0]
    if len(run) < FEW:
        return f"{told} of {count(len(run), 'claim')}, too few for a rule.{rest}"
    if number == len(run):
        return f"all {number} {verdict}.{rest}"
    head = f"mostly {verdict}" if 2 * number > len(run) else "no verdict prevails"
    return f"{head} ({told} of {len(run)} claims).{rest}"


def apart(told: Sequence[Told]) -> str:
    """Which claims the runs speak against, and how other sources stand to them."""
    against = [one for one in told if one.verdict in ("contradicted", "in tension")]
    if not any(one.records for one in told):
        return f"No test has figures: {NOT_RUN}."
    if not against:
        return "No claim that was run is contradicted, and none is in tension."
    lines = [line for one in against for line in _against(one)]
    backed = [short(one) for one in against if one.claim.agreement == "agrees"]
    doubted = [short(one) for one in against if one.claim.agreement in ("contradicts", "disputed")]
    if backed:
        verb = "it does" if len(backed) == 1 else "they do"
        lines.append(
            f"\nOther sources agree with {joined(backed)}: where {verb}, this speaks against the model first."
        )
    if doubted:
        lines.append(f"\nOther sources dispute or contradict {joined(doubted)} as well.")
    return "\n".join(lines)


def _against(one: Told) -> Iterator[str]:
    for test_id, record in one.records.items():
        if record["verdict"] in ("contradicted", "in tension"):
            name = f" ({part})" if (part := test_id.partition("/")[2].replace("_", " ")) else ""
            yield (
                f"- {short(one)}{name}, *{record['verdict']}*: claimed {record['claimed']}; "
                f"the model {record['model']['words']}. Others: {one.claim.agreement}."
            )


def weakest(told: Sequence[Told]) -> str:
    """Where the verdicts are weakest, as a list."""
    found = [
        (one, test, record) for one in told for test in one.tests if (record := one.records.get(test.id))
    ]
    if not found:
        return f"No test has figures: {NOT_RUN}."
    lines = [*_why_undecided(found), *_rare_events(found), *_wide(found), *_few(found), *_alone(found)]
    return "\n".join(f"- {line}" for line in [*lines, *_carried(found)])


Found = Sequence[tuple[Told, ClaimTest, dict[str, Any]]]


def _why_undecided(found: Found) -> Iterator[str]:
    """Yield what leaves tests undecided, and which structures part from the model."""
    undecided = [record for _, _, record in found if record["verdict"] == "undecided"]
    if not undecided:
        return
    why = ", ".join(f"{reason} ({n})" for reason, n in Counter(r["why"] for r in undecided).most_common())
    yield f"**Undecided:** {len(undecided)} of {count(len(found), 'test')}: {why}."
    parted = Counter(
        structure
        for record in undecided
        if record["why"] == "structures disagree"
        for structure, band in record["alternatives"].items()
        if band["reading"] != record["model"]["reading"]
    )
    if parted:
        told = ", ".join(f"`{structure}` ({n})" for structure, n in parted.most_common())
        yield f"**Structures that disagree** with the model as it is, where that leaves a test undecided: {told}."


def _rare_events(found: Found) -> Iterator[str]:
    """Yield events that tests ask the date of, and that rarely come about in the ensemble."""
    shares: dict[tuple[str, str], float] = {}
    for _, test, record in found:
        for event in re.findall(r"date\(([\w.]+)\)", test.observable) if "model" in record else ():
            share = 1.0 - record["model"]["missing"] / record["replications"]
            shares[event, test.scenario] = max(share, shares.get((event, test.scenario), 0.0))
    for (event, scenario), share in sorted(shares.items(), key=lambda item: item[1]):
        own = [r for _, test, r in found if event in names_in(test) and test.scenario == scenario]
        undecided = sum(record["verdict"] == "undecided" for record in own)
        if share < RARELY:
            yield (
                f"**{happening(event)}** in {100 * share:.0f} % of the replications of `{scenario}`. "
                f"{count(len(own), 'test')} {'asks' if len(own) == 1 else 'ask'} about it, and {undecided} of them "
                f"{'is' if undecided == 1 else 'are'} undecided: where it so rarely happens there is little to compare."
            )


def happening(event: str) -> str:
    """An event as the beginning of a sentence."""
    if event.startswith(CHANGED):
        return f"{name_of(event.removeprefix(CHANGED))} changes control"
    return "The fighting ends within the run" if event == CEASEFIRE else f"`{event}` happens"


def _wide(found: Found) -> Iterator[str]:
    """Yield how many consistent claims of an interval are so with a band that few numbers would miss."""
    met = [
        (one, test, record)
        for one, test, record in found
        if record["verdict"] == "consistent" and "model" in record and not record["is_one_sided"]
    ]
    wide = [test.id.removeprefix("claim.") for _, test, record in met if is_wide(test, record["model"])]
    if wide:
        yield (
            f"**Easily met:** of {count(len(met), 'consistent test')} of an interval {len(wide)} met a band so wide "
            "that few numbers would have missed it "
            f"(a date within more than {WIDE_DAYS:.0f} days, or an upper end over {WIDE_TIMES:.0f} times the lower): "
            f"{joined(wide)}."
        )


def is_wide(test: ClaimTest, band: dict[str, Any]) -> bool:
    """Whether the central 90 % of a band is so wide that to meet it says little."""
    low, high = band["band_90"]
    if low is None or high is None:
        return True
    return bool(high - low > WIDE_DAYS if test.quantity in OF_DATES else high > WIDE_TIMES * low)


def _few(found: Found) -> Iterator[str]:
    """Yield the tests that have few values of many replications."""
    few = [
        f"{test.id.removeprefix('claim.')} ({record['model']['n']})"
        for _, test, record in found
        if "model" in record and record["model"]["n"] < WELL_KNOWN <= record["replications"]
    ]
    if few:
        yield f"**Few values** (fewer than {WELL_KNOWN} replications have one): {joined(few)}."


def _alone(found: Found) -> Iterator[str]:
    """Yield how many tests were tried under no other structure."""
    alone = [test for _, test, record in found if "model" in record and not record["alternatives"]]
    if alone:
        yield (
            f"**One structure only:** {len(alone)} of {count(len(found), 'test')} were run under no other structure "
            "of the model, because what they read is not kept there or none is stated for the scenario."
        )


def _carried(found: Found) -> Iterator[str]:
    """Yield what most verdicts rest on at once: an error there would move all of them."""
    carried = Counter(name for _, test, _ in found for name in test.rests_on)
    many = [(name, n) for name, n in carried.most_common(MOST_SHOWN) if n > 1]
    if many:
        told = ", ".join(f"`{name}` ({n})" for name, n in many)
        yield (
            f"**Common ground:** an error in one of these would move several verdicts at once: {told}. In brackets, of "
            f"{count(len(found), 'test')}, those that rest on it."
        )


def name_of(place: str) -> str:
    """The names of a place as the record has them, both where they differ."""
    fact = ledger().facts.get(f"place.{place}")
    names = [str(fact.details[key]) for key in ("name_az", "name_hy") if key in fact.details] if fact else []
    return " / ".join(dict.fromkeys(names)) or place.replace("_", " ")


def short(one: Told) -> str:
    """A claim as readers call it."""
    return f"`{one.claim.id.removeprefix('claim.')}`"


def joined(names: Sequence[str]) -> str:
    """Names as a list in words.

    >>> joined(["a"]), joined(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def count(number: int, what: str) -> str:
    """A number with its noun.

    >>> count(1, "claim"), count(3, "claim")
    ('1 claim', '3 claims')
    """
    return f"{number} {what}{'s' * (number != 1)}"
