"""The page on conditioning: hand-written words, and the figures of the stored fit, so that the two cannot drift."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from frames import fill

import staffride

SCENARIO = "karabakh-2023"
FRAME = "model/conditioning_frame.md"
PAIRS_SHOWN = 3


def render() -> str:
    """Return the page."""
    folder = Path(staffride.__file__).parent / "data" / "scenarios" / SCENARIO / "fit"
    record, bands = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("fit.json", "origins.json")
    )
    marks = {"settings": settings(record), "quality": quality(record), "bands": band_table(bands)}
    return fill(FRAME, marks | {"limits": limits(record)})


def settings(record: dict[str, Any]) -> str:
    """Return how the stored fit was made, in one sentence."""
    made = record["settings"]
    return (
        f"The stored fit used {made['particles']:,} particles, kept {made['draws']:,} draws at each origin, moved each "
        f"{made['moves']} times, had the seed {made['seed']}, and took {record['seconds']:.0f} seconds"
    )


def quality(record: dict[str, Any]) -> str:
    """Return what the filter went through at each origin, as a table."""
    rows = [
        f"| {moment(origin)} | {told['reports_read']} | {told['smallest_effective_share']:.1%} "
        f"| {told['prior_draws_left']:,} | {told['moves_accepted']:.0%} |"
        for origin, told in record["origins"].items()
    ]
    head = "| known until | reports read | smallest effective share | prior draws left | moves accepted |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def band_table(bands: dict[str, Any]) -> str:
    """Return the 90 % band of the final count by origin under each prior, as a table."""
    priors = bands["priors"]
    rows = [["before any bulletin", *(span(bands["prior_bands"][name]) for name in priors)]]
    for number, origin in enumerate(bands["origins"]):
        rows.append([moment(origin), *(span(prior["bands"][number]) for prior in priors.values())])
    head = ["known until", *(prior["label"] for prior in priors.values())]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])


def limits(record: dict[str, Any]) -> str:
    """Return what bulletins taught by the cut-off and what they could not tell apart, as a list."""
    told = record["origins"][record["cutoff"]]
    widths = sorted(told["width_left"].items(), key=lambda item: item[1])
    taught = ", ".join(
        f"`{name}` ({left:.0%} of the prior's width left)" for name, left in widths if left < 0.8
    )
    untaught = sum(left >= 0.8 for _, left in widths)
    pairs = ", ".join(f"`{a}` with `{b}` ({r:+.2f})" for a, b, r in told["together"][:PAIRS_SHOWN])
    return (
        f"- Narrowed by a fifth or more: {taught or 'none'}.\n"
        f"- Hardly touched: {untaught} of {len(widths)} parameters.\n"
        f"- Known only together: {pairs or 'no pair'}."
    )


def moment(origin: str) -> str:
    """Return an origin as a date and an hour."""
    return f"{datetime.fromisoformat(origin):%d %B, %H:%M}"


def span(band: list[float]) -> str:
    """Return the ends of a band, rounded to hundreds."""
    return f"{round(band[0], -2):,.0f} - {round(band[-1], -2):,.0f}"
