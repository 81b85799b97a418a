"""A comparison for a terminal: a table for each policy, then ranking, dominance, regret and what pairing saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from staffride.present.campaign_words import titled
from staffride.present.comparison_effects import numbered
from staffride.present.comparison_summary import answer, beside, summarise_comparison, unknown
from staffride.present.comparison_tables import counted, share_saved
from staffride.present.comparison_words import (
    found,
    headline,
    in_short,
    interval,
    label_of,
    level,
    main_measures,
    measure_of,
    moved,
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

WIDE = 100
"""Characters from which on a terminal is wide."""

TABLES = 2
"""Measures of people whose ranking and regret are shown."""

HEADINGS = ("", "baseline", "with it", "difference", "95 % interval", "better in", "found")


def to_rich(bundle: Bundle, measures: Sequence[str] = (), width: int = WIDE) -> RenderableType:
    """Return the comparison for a terminal.

    Parameters
    ----------
    measures
        Ids of the measures to show; by default people, soldiers killed, changes of control, duration and ground.
    width
        Characters in a line: on a narrow terminal the means under the policy are left out.
    """
    from rich.console import Group
    from rich.text import Text

    chosen = [measure_of(bundle, name) for name in measures]
    summary = summarise_comparison(bundle)
    parts: list[RenderableType] = [Text(summary.title, style="bold"), Text(summary.basis, style="dim")]
    parts += [Text(), *map(Text, summary.passages[0].sentences)]
    for policy in bundle["policies"]:
        parts += _policy(bundle, policy, chosen, width)
    parts += [Text(), Text("Beside each other", style="bold"), *map(Text, beside(bundle))]
    judged = [
        one for one in chosen or moved(bundle, headline(bundle), TABLES) if one["id"] in bundle["regrets"]
    ]
    parts += [part for one in judged for part in (Text(), _regret(bundle, one))]
    heading = Text("What the same luck saved, and how many replications it takes", style="bold")
    parts += [Text(), heading, _pairing(bundle, chosen or headline(bundle) or bundle["measures"])]
    parts += [Text(), Text("What is not known", style="bold"), *map(Text, unknown(bundle))]
    return Group(*parts)


def _policy(bundle: Bundle, policy: Row, chosen: Sequence[Row], width: int) -> list[RenderableType]:
    """Return one policy: its name, its answer, and a row for each measure that is chosen, or of people or changed."""
    from rich.text import Text

    name = Text(numbered(policy), style="bold").append(f"   {policy['id']}", style="dim not bold")
    about = [Text(f"Cost: {policy['cost']}", style="dim")] if policy["cost"] else []
    said = [Text(sentence) for sentence in answer(bundle, policy)]
    if policy["changes_nothing"]:
        return [Text(), name, *about, *said]
    rows = rows_of(bundle, policy["id"], chosen or main_measures(bundle))
    shown = [item for item in rows if chosen or _is_shown(*item)]
    silent = gathered([measure for measure, row in rows if (measure, row) not in shown])
    rest = [Text(f"No effect found: {silent}.", style="dim")] if silent else []
    return [Text(), name, *about, *said, *_effects(shown, width), *rest]


def _is_shown(measure: Row, row: Row) -> bool:
    """Return whether a measure has a row of its own: it counts people or soldiers killed, or an effect is found."""
    return measure["people"] or measure["topic"] == "deaths" or found(row)


def gathered(measures: Sequence[Row]) -> str:
    """Return the names of measures, those of one label together."""
    labels: dict[str, list[str]] = {}
    for one in measures:
        labels.setdefault(one["label"], []).append(one["panel"])
    named = [f"{label} ({', '.join(panels)})" if any(panels) else label for label, panels in labels.items()]
    return "; ".join(named)


def _table(headings: Sequence[str], texts: int = 1) -> Table:
    """Return an empty table whose first columns hold texts, and the others numbers."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index < texts else "right", overflow="fold")
    return table


def _effects(rows: Sequence[tuple[Row, Row]], width: int) -> list[RenderableType]:
    """Return a heading for each thing that is counted, and below it a row for each side or place."""
    from rich.text import Text

    parts: list[RenderableType] = [_columns(width, head=True)]
    for label, own in groupby(rows, lambda item: str(item[0]["label"])):
        table, first = _columns(width, head=False), None
        for measure, row in own:
            first = first or measure
            cells = _cells(measure, row)
            shown = cells if width >= WIDE else (*cells[:2], *cells[3:])
            table.add_row(*map(Text, shown), style=None if found(row) else "dim")
        parts += [Text(f"{titled(label)}{_in_units(first or {})}"), table]
    return parts


def _in_units(measure: Row) -> str:
    """Return the unit of differences behind a heading, unless it is persons."""
    unit = unit_of(measure)
    return "" if unit == "persons" else f", difference in {unit}"


def _columns(width: int, *, head: bool) -> Table:
    """Return an empty table of effects; all of them have columns of the same widths, with or without headings."""
    from rich.table import Table

    widths = (20, 10, 10, 12, 24, 9) if width >= WIDE else (17, 8, 10, 18, 6)
    names = HEADINGS[:-1] if width >= WIDE else (*HEADINGS[:2], *HEADINGS[3:-1])
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim", show_header=head)
    for at, (name, wide) in enumerate(zip(names, widths, strict=True)):
        table.add_column(name, width=wide, justify="right" if at else "left", overflow="fold")
    table.add_column(HEADINGS[-1], overflow="fold")
    return table


def _cells(measure: Row, row: Row) -> tuple[str, ...]:
    return (
        f" {titled(measure['panel'])}",
        level(row["baseline"], measure),
        level(row["with_policy"], measure),
        signed(row["difference"], measure),
        interval(row, measure),
        share(row["share_better"]),
        in_short(row),
    )


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
    """Return one row a policy: over its measures that change, the least and the most."""
    from rich.text import Text

    head = ("policy", "variance saved", "as good as, independent runs", "for a tenth", "for the sign")
    table = _table(head)
    for policy in bundle["policies"]:
        rows = [row for _, row in rows_of(bundle, policy["id"], measures) if row["verdict"] != "nothing"]
        cells = (
            numbered(policy),
            span([row["variance_reduction"] for row in rows], share_saved),
            span([row["as_many_as"] for row in rows], counted),
            span([row["needed_for_precision"] for row in rows], counted),
            span([row["needed_for_sign"] for row in rows], counted),
        )
        table.add_row(*map(Text, cells))
    return table


def span(values: Sequence[float | None], told: Callable[[float], str]) -> str:
    """Return the least and the most of some numbers in words.

    >>> span([2.0, None, 5.0], str), span([None], str)
    ('2.0 to 5.0', '–')
    """
    known = [value for value in values if value is not None]
    return " to ".join(dict.fromkeys(told(end(known)) for end in (min, max))) if known else "–"
