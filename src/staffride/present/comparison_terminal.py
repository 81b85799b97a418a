"""A comparison for a terminal: a table for each policy, then ranking, dominance, regret and what pairing saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from staffride.present import words
from staffride.present.comparison_summary import beside, summarise_comparison, unknown
from staffride.present.comparison_words import (
    headline,
    in_short,
    interval,
    label_of,
    level,
    main_measures,
    measure_of,
    rows_of,
    share,
    signed,
    unit_of,
)
from staffride.present.summary import Bundle

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

Row = Mapping[str, Any]

HEADINGS = ("", "baseline", "with it", "difference", "95 % interval", "better in", "found")


def to_rich(bundle: Bundle, measures: Sequence[str] = ()) -> RenderableType:
    """Return the comparison for a terminal.

    Parameters
    ----------
    measures
        Ids of the measures to show; by default people, soldiers killed, changes of control, duration and ground.
    """
    from rich.console import Group
    from rich.text import Text

    chosen = [measure_of(bundle, name) for name in measures] or main_measures(bundle)
    summary = summarise_comparison(bundle)
    parts: list[RenderableType] = [Text(summary.title, style="bold"), Text(summary.basis, style="dim")]
    parts.append(Text(summary.passages[0].sentences[0]))
    for policy in bundle["policies"]:
        parts += _policy(bundle, policy, chosen)
    judged = [one for one in chosen if one["id"] in bundle["regrets"]]
    preferred = [one for one in judged if one in headline(bundle)] or judged
    parts += [Text(), Text("Beside each other", style="bold"), *map(Text, beside(bundle))]
    parts += [part for one in preferred[:2] for part in (Text(), _regret(bundle, one))]
    parts += [Text(), Text("What the same luck saved, and how many replications it takes", style="bold")]
    parts += [_pairing(bundle, preferred or chosen)]
    parts += [Text(), Text("What is not known", style="bold"), *map(Text, unknown(bundle))]
    return Group(*parts)


def _policy(bundle: Bundle, policy: Row, measures: Sequence[Row]) -> list[RenderableType]:
    """Return one policy: its name, what it costs, and a row for each measure."""
    from rich.text import Text

    name = Text(f"{policy['label']}", style="bold").append(f"   {policy['id']}", style="dim not bold")
    about = [Text(f"Cost: {policy['cost']}", style="dim")] if policy.get("cost") else []
    if policy["changes_nothing"]:
        return [Text(), name, *about, Text("changes nothing")]
    return [Text(), name, *about, _effects(rows_of(bundle, policy["id"], measures))]


def _table(headings: Sequence[str], texts: int = 1) -> Table:
    """Return an empty table whose first columns hold texts, and the others numbers."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index < texts else "right", overflow="fold")
    return table


def _effects(rows: Sequence[tuple[Row, Row]]) -> Table:
    from rich.text import Text

    table = _table(HEADINGS)
    table.columns[-1].justify = "left"
    for measure, row in rows:
        cells = (
            f"{measure['name']}, {unit_of(measure)}",
            level(row["baseline"], measure),
            level(row["with_policy"], measure),
            signed(row["difference"], measure),
            interval(row, measure),
            share(row["share_better"]),
            in_short(row),
        )
        table.add_row(*map(Text, cells), style="dim" if row["verdict"] in ("nothing", "none found") else None)
    return table


def _regret(bundle: Bundle, measure: Row) -> Table:
    """Return the arms by expected regret in one measure, with their place by mean."""
    from rich.text import Text

    found = bundle["regrets"][measure["id"]]
    places = {row["arm"]: row for row in bundle["rankings"][measure["id"]]}
    table = _table((f"{measure['name']}", "place", "mean", "regret", "90 % regret", "best in"))
    for row in found["rows"]:
        place = places[row["arm"]]
        cells = (
            label_of(bundle, row["arm"]),
            str(place["place"]),
            level(place["mean"], measure),
            level(row["expected"], measure),
            level(row["high"], measure),
            share(row["share_best"]),
        )
        table.add_row(*map(Text, cells))
    return table


def _pairing(bundle: Bundle, measures: Sequence[Row]) -> Table:
    from rich.text import Text

    table = _table(
        ("policy", "measure", "variance saved", "as many as", "for a tenth", "for the sign"), texts=2
    )
    for policy in bundle["policies"]:
        if policy["changes_nothing"]:
            continue
        for measure, row in rows_of(bundle, policy["id"], measures):
            needed = [row["needed_for_precision"], row["needed_for_sign"]]
            cells = (
                label_of(bundle, policy["id"]),
                measure["name"],
                share_saved(row),
                independent(row),
                *(words.count(one) if one else "–" for one in needed),
            )
            table.add_row(*map(Text, cells))
    return table


def share_saved(row: Row) -> str:
    """Return what the same luck saves of the variance of a difference, in percent."""
    saved = row["variance_reduction"]
    return "–" if saved is None else f"{100 * saved:.0f} %".replace("-", "−")


def independent(row: Row) -> str:
    """Return how many independent runs of each would tell a difference as well."""
    return "–" if row["as_many_as"] is None else f"{words.count(row['as_many_as'])} runs"
