"""What a chain's run says, in plain words: people of both sides first, then the stages, then the spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from staffride.lab.chain_shares import STAGES
from staffride.present import words
from staffride.present.summary import Bundle, Figure, Passage, Summary

Row = Mapping[str, Any]

ILLUSTRATIVE = (
    "An illustration, no finding: stocks behind the road, readiness for an agreement and returns were measured by "
    "nobody, and every number of these stages is a prior with its reason. Nothing of it is scored or fitted."
)
NO_VERDICT = (
    "It gives ranges with totals only. It does not say who was right, nor what anybody should have done; the civilians "
    "of both sides count alike."
)


def summarise_chain(bundle: Bundle) -> Summary:
    """Return the summary of a chain's bundle; see `staffride.present.chain`."""
    passages = (
        Passage("What this is, and what it is not", (ILLUSTRATIVE, NO_VERDICT)),
        Passage("The closed road", tuple(_closure(bundle))),
        Passage("The operation", tuple(_operation(bundle, side) for side in bundle["sides"])),
        Passage("Those who left, and those who returned", tuple(_people(bundle))),
        Passage("What carries the spread", tuple(_spread(bundle))),
    )
    told = tuple(passage for passage in passages if passage.sentences)
    return Summary(bundle["run"]["title"], _basis(bundle), tuple(_figures(bundle)), (), told)


def _basis(bundle: Bundle) -> str:
    runs = words.count(bundle["run"]["replications"])
    return (
        f"{runs} replications of the whole chain, each with one luck from its first day to its last. All are drawn "
        "from the priors alone: nothing is fitted to what happened."
    )


def _figures(bundle: Bundle) -> list[Figure]:
    rows = [("arrivals", "people left over the road")]
    for side in bundle["sides"]:
        rows.append((f"civilian_deaths.{side['id']}", f"civilians killed, {side['name']}"))
        rows.append((f"displaced.{side['id']}", f"civilians who fled the operation, {side['name']}"))
    return [_figure(bundle, name, text) for name, text in rows if name in bundle["totals"]]


def _figure(bundle: Bundle, name: str, text: str) -> Figure:
    found = bundle["totals"][name]
    value, band = words.in_words(found["q50"], found["q05"], found["q95"])
    return Figure(value, band, text)


def _amount(bundle: Bundle, name: str, unit: str = "") -> str:
    found = bundle["totals"][name]
    return words.about(found["q50"], found["q05"], found["q95"], unit)


def _share(bundle: Bundle, name: str) -> str:
    low, middle, high = (bundle["totals"][name][level] for level in ("q05", "q50", "q95"))
    return f"{middle:.2f} (90{words.THIN}%: {low:.2f} to {high:.2f})"


def _closure(bundle: Bundle) -> list[str]:
    return [
        f"In {words.percent(bundle['agreed'])} of the replications an agreement opened the road before the operation.",
        f"Stocks of food fell to {_amount(bundle, 'closure.food.lowest_days', 'days of full need')}; in all, "
        f"{_amount(bundle, 'closure.food.short_days', 'days of need')} were not met.",
        f"The hunger index, from 0 to 1, reached {_share(bundle, 'hunger.highest')}.",
    ]


def _operation(bundle: Bundle, side: Row) -> str:
    killed = _amount(bundle, f"civilian_deaths.{side['id']}", "civilians")
    soldiers = _amount(bundle, f"deaths.{side['id']}", "soldiers")
    fled = _amount(bundle, f"displaced.{side['id']}", "civilians")
    name = str(side["name"])
    return f"{name[:1].upper()}{name[1:]}: {killed} and {soldiers} killed; {fled} fled within it."


def _people(bundle: Bundle) -> list[str]:
    side = bundle["side"]
    with_it, without = (f"returned_{word}_guarantee.{side}" for word in ("with", "without"))
    return [
        f"{_amount(bundle, 'arrivals', 'people')} left over the road when it opened; "
        f"{_amount(bundle, 'stayed', 'people')} stayed.",
        f"After the horizon {_amount(bundle, with_it, 'people')} would be back with a credible guarantee, and "
        f"{_amount(bundle, without, 'people')} without one.",
    ]


def _spread(bundle: Bundle) -> list[str]:
    """Return for the people who left and who returned which stages' priors carry most of the spread."""
    told = []
    for name, text in (
        ("arrivals", "of people who left"),
        (f"returned.{bundle['side']}", "of people who returned"),
    ):
        shares = bundle["shares"].get(name)
        if shares:
            ranked = sorted(shares.items(), key=lambda item: -item[1]["share"])
            parts = [f"{STAGES[stage]} {words.percent(found['share'])}" for stage, found in ranked[:3]]
            rest = max(0.0, 1.0 - sum(found["share"] for found in shares.values()))
            told.append(
                f"Of the spread in the number {text}, the priors of each stage carry: {', '.join(parts)}; luck and "
                f"what parameters do only together {words.percent(rest)}."
            )
    return told
