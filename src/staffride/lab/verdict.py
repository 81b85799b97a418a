"""What a scoreboard says, in plain sentences made from its numbers: a loss is stated as plainly as a win."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from staffride.lab.rivals import CAPPED, LABELS, SIMPLE

if TYPE_CHECKING:
    from staffride.lab.scorecard import FinalTotal, Score, Scoreboard

NAMES = {
    "arrivals": "bulletins of arrivals",
    "flow_between_bulletins": "flows between successive bulletins",
    "shelter.by_province": "figures of shelter by province",
    "shelter.total": "figures of people in shelter",
    "vehicles_crossed": "figures of vehicles that crossed",
    "registered": "figures of people registered",
    "delay_hours": "reports of hours lost on the road",
}
"""The rows that get sentences, in this order, and what to call them."""

NOT_KNOWABLE = {
    "shelter.by_province": (
        "Which provinces open places, and how many, is decided day by day, and nothing published by the "
        "origin tells it: neither the model nor a baseline can know a province that has taken nobody in yet."
    ),
}
"""What no forecast of a row can know, said beside its scores."""

SAME = 0.05
"""Scores that differ by less than this share are called about the same."""


def sentences(board: Scoreboard) -> tuple[str, ...]:
    """Return the findings of a scoreboard, most important first."""
    found: list[str] = []
    for name, words in NAMES.items():
        row = board.score(name)
        if row is not None:
            found += [_coverage(row, words), *_comparisons(row)]
            found += [NOT_KNOWABLE[name]] if name in NOT_KNOWABLE else []
    found += [_final(board.final)] if board.final else []
    fitted = sum(row.n for row in board.calibration if not row.name.endswith("by_province"))
    if fitted:
        found.append(
            f"{fitted} figures were published by the origin and may have been fitted: they are shown apart."
        )
    if board.unscored:
        found.append(
            f"Not scored, because they give only a bound or lie outside the run: {', '.join(board.unscored)}."
        )
    return tuple(found)


def number(value: float, unit: str) -> str:
    """Return a score with its unit: hours with one decimal, counts whole."""
    return f"{value:,.1f} {unit}" if unit == "h" else f"{value:,.0f} {unit}"


def _coverage(row: Score, words: str) -> str:
    held_50, held_90 = (round(share * row.n) for share in (row.covered_50, row.covered_90))
    return (
        f"Of {row.n} held-out {words}, the 50 % band holds {held_50} and the 90 % band {held_90}; "
        f"mean CRPS {number(row.crps, row.unit)}."
    )


def _comparisons(row: Score) -> Iterator[str]:
    """Compare with the best simple rival, the capped one, and every rival that is no baseline."""
    named = [
        row.best_simple,
        CAPPED,
        *(name for name in row.baselines if name not in SIMPLE and name != CAPPED),
    ]
    for name in named:
        if name is not None and name in row.baselines:
            yield _comparison(row, name)
    lost = [name for name in row.baselines if name not in named and row.ratio(name) > 1.0]
    for name in lost:
        yield _comparison(row, name)


def _comparison(row: Score, rival: str) -> str:
    ratio = row.ratio(rival)
    label = LABELS.get(rival, rival)
    title = f"the best simple forecast ({label})" if rival == row.best_simple else f"the forecast '{label}'"
    beside = (
        f"{number(row.crps, row.unit)} against {number(row.baselines[rival], row.unit)}, ratio {ratio:.2f}"
    )
    if ratio > 1.0:
        margin = ", though by little" if ratio <= 1.0 + SAME else ""
        return f"The model loses to {title}{margin}: {beside}."
    margin = " by little" if ratio >= 1.0 - SAME else ""
    return f"The model is better than {title}{margin}: {beside}."


def _final(final: FinalTotal) -> str:
    where = "inside" if final.missed_by == 0.0 else f"missed by {final.missed_by:.1%} of it"
    return (
        f"The 90 % band of the final total runs from {final.low_90:,.0f} to {final.high_90:,.0f} persons, "
        f"{final.width_share:.0%} of the record's {final.record:,.0f}, which is {where}."
    )
