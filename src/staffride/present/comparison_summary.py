"""What a comparison says, in plain words: what was asked, the answer policy by policy, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from staffride.present.comparison_words import (
    amount,
    bound,
    headline,
    label_of,
    moved,
    rows_of,
    share,
    sizes,
)
from staffride.present.summary import Bundle, Passage, Summary, basis

Row = Mapping[str, Any]

MOST = 3
"""Effects that a sentence names; the others are counted."""

SAME_LUCK = (
    "Each replication is run once without and once with every policy, and all that is drawn at random is the same in "
    "them, so that a difference is the policy's own."
)
OF_THE_MODEL = (
    "The intervals tell how well this many replications know the model's answer, and not how well the model knows the "
    "world. Rules and assumptions that are wrong in the same way with and without a policy do not show in them."
)
NO_ADVICE = (
    "It tells what would differ for people of both sides alike. Whether a policy could have been had, at what price "
    "and with what consent, and what any party should have done, it does not say."
)


def summarise_comparison(bundle: Bundle) -> Summary:
    """Return a comparison in plain words; see `staffride.present.comparison_bundle`."""
    passages = [
        Passage("What was asked", tuple(_asked(bundle))),
        *(Passage(one["label"], answer(bundle, one)) for one in bundle["policies"]),
        Passage("Beside each other", tuple(beside(bundle))),
        Passage("What is not known", tuple(unknown(bundle))),
    ]
    kept = tuple(one for one in passages if one.sentences)
    return Summary(bundle["run"]["title"], basis(bundle), (), (), kept)


def _asked(bundle: Bundle) -> list[str]:
    return [asked(bundle), SAME_LUCK]


def asked(bundle: Bundle) -> str:
    """Return what was asked, in one sentence."""
    count = len(bundle["policies"])
    many = "one policy" if count == 1 else f"{count} policies"
    whose = "the people of both sides" if len(bundle["sides"]) > 1 else "people"
    return f"What would {many} have changed for {whose} in “{bundle['run']['of']}”?"


def answer(bundle: Bundle, policy: Row) -> tuple[str, ...]:
    """Return what a policy changes for people, in two sentences: where something is found, and where nothing is."""
    if policy["changes_nothing"]:
        return ("It changes nothing: every value of every measure is the same in every replication.",)
    if not headline(bundle):
        return ("This scenario counts no people: its measures are losses, which are not judged.",)
    rows = rows_of(bundle, policy["id"], headline(bundle))
    clear = [_ways(rows, verdict) for verdict in ("better", "worse")]
    said = [sentence for sentence in clear if sentence]
    return (*said, *_rest(rows, alone=not said))


def _ways(rows: Sequence[tuple[Row, Row]], verdict: str) -> str:
    """Return the effects that go one way, the largest for their spread first."""
    chosen = [(measure, row) for measure, row in rows if row["verdict"] == verdict]
    chosen.sort(key=lambda item: -abs(item[1]["standardised"] or float("inf")))
    if not chosen:
        return ""
    named = [f"{measure['label']}, {_one(measure, row)}" for measure, row in chosen[:MOST]]
    more = f"; and {len(chosen) - MOST} more" if len(chosen) > MOST else ""
    count = f"{len(chosen)} of {len(rows)} measures of people"
    return f"{verdict.capitalize()} in {count}: {'; '.join(named)}{more}."


def _one(measure: Row, row: Row) -> str:
    return f"{amount(row['difference'], measure)} (95 %: {sizes(row, measure)})"


def _rest(rows: Sequence[tuple[Row, Row]], *, alone: bool) -> tuple[str, ...]:
    """Return on how many measures no effect is found, and what it would be smaller than if one is there."""
    open_ = [(measure, row) for measure, row in rows if row["verdict"] == "none found"]
    if not open_:
        return ("No measure of people changes.",) if alone else ()
    known = [(measure, row) for measure, row in open_ if row["low"] is not None]
    bounds = [f"{bound(row, measure)} ({measure['label']})" for measure, row in known[:MOST]]
    where = "No effect on people is found" if alone else f"No effect is found on {len(open_)} other"
    more = f" and {len(known) - MOST} more" if len(known) > MOST else ""
    reach = f"; with 95 % confidence it is smaller than {'; '.join(bounds)}{more}" if bounds else ""
    return (f"{where}{reach}.",)


def beside(bundle: Bundle) -> list[str]:
    """Return what can be said of the policies beside each other."""
    dominance = bundle["dominance"]
    if not dominance["measures"]:
        return []
    free = [label_of(bundle, arm) for arm in dominance["undominated"]]
    beaten = [label_of(bundle, arm) for arm, others in dominance["dominated"].items() if others]
    said = [DOMINANCE, f"Dominated by none: {'; '.join(free)}."]
    said.append(f"Dominated by another: {'; '.join(beaten)}." if beaten else "None is dominated by another.")
    for measure in moved(bundle, headline(bundle), 2):
        best = bundle["regrets"].get(measure["id"], {}).get("rows", [])
        if best and any(row["expected"] for row in best):
            least, often = label_of(bundle, best[0]["arm"]), share(best[0]["share_best"])
            said.append(
                f"For {measure['label']}, {least} falls least short of the best of each future on average, and is best "
                f"in {often} of futures."
            )
    return said


DOMINANCE = (
    "To dominate another is to be as good or better for people in everything, and clearly better in one."
)


def unknown(bundle: Bundle) -> list[str]:
    """Return what the comparison cannot tell."""
    missing = max(1, round(bundle["intervals"] / 20))
    chance = (
        f"{bundle['intervals']} intervals of 95 % are shown, so about {missing} of them miss by chance alone; for "
        "people there are also intervals that hold together for all measures of a policy."
    )
    return [OF_THE_MODEL, chance, NO_ADVICE]
