"""Tables with a row of HXL hashtags, so that humanitarian tools know what each column holds.

The Humanitarian Exchange Language (HXL 1.1) puts one row of hashtags between the header and the data. A hashtag is
``#`` and a word, and each attribute ``+`` and a word; the order of attributes has no meaning.

Arrivals by week, one row for each destination and week; there is no row for all destinations, so that columns can be
added up without counting anybody twice:

=================================== ==================================================================================
Hashtag                             What the column holds
=================================== ==================================================================================
``#country+name``                   Country of the destination, as the scenario writes it.
``#adm1+name``                      Its administrative region.
``#loc+name``                       The destination.
``#loc+type``                       ``camp``, ``idp_camp``, ``town`` or another kind of place.
``#geo+lat``, ``#geo+lon``          Degrees; empty where the scenario has none.
``#date+cutoff``                    Last day whose reports a forecast used; in a run, the last day of its period.
``#date+week+start``                First day of the week.
``#date+week+end``                  Last day of the week; the last week may be shorter than seven days.
``#affected+displaced+arrivals...`` Persons who arrive in the week: ``+mean``, ``+median``, and the quantiles ``+q05``,
                                    ``+q25``, ``+q75`` and ``+q95``, to a tenth of a person. Nine in ten courses lie
                                    between ``+q05`` and ``+q95``. Quantiles of weeks or places do not add up.
``#capacity+num``                   Persons whom the destination can hold, where that was known on the cut-off.
``#indicator+num+shelter_full``     Probability, 0 to 1, that it was full on some day up to the end of the week.
=================================== ==================================================================================

``#country``, ``#adm1``, ``#loc``, ``#geo``, ``#date``, ``#affected``, ``#capacity`` and ``#indicator`` are core
hashtags of HXL 1.1; ``+cutoff``, ``+week``, ``+arrivals``, ``+shelter_full`` and the quantiles are attributes of our
own, as HXL allows. Every cell under ``#affected`` is a number and every one under ``#date`` is a date, as its tools
check.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from staffride.results.bands import FIGURES
from staffride.scenario.region import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Cells: TypeAlias = Sequence[object]

HASHTAG = re.compile(r"#[A-Za-z][_0-9A-Za-z]*(?:\+[A-Za-z][_0-9A-Za-z]*)*")
ARRIVALS = "#affected+displaced+arrivals"
ALL = "all destinations"


class Column(NamedTuple):
    """A column of a table: its header for people and its hashtag for programs."""

    header: str
    hashtag: str


PLACE = (
    Column("Country", "#country+name"),
    Column("Region", "#adm1+name"),
    Column("Destination", "#loc+name"),
    Column("Kind", "#loc+type"),
    Column("Latitude", "#geo+lat"),
    Column("Longitude", "#geo+lon"),
)
WEEK = (
    Column("Reports up to", "#date+cutoff"),
    Column("Week from", "#date+week+start"),
    Column("Week to", "#date+week+end"),
)
FIGURE_TAGS = {name: "median" if name == "q50" else name for name in FIGURES}
PERSONS = tuple(Column(f"Arrivals, {tag}", f"{ARRIVALS}+{tag}") for tag in FIGURE_TAGS.values())
SHELTER = (
    Column("Capacity", "#capacity+num"),
    Column("Probability that shelter is full", "#indicator+num+shelter_full"),
)


def hxl_csv(columns: Sequence[Column], rows: Iterable[Cells]) -> str:
    """Return a table as CSV: a header, the hashtags, then the rows.

    Parameters
    ----------
    columns
        What each column is.
    rows
        As many cells as columns; ``None`` and numbers that are not finite become empty cells.

    Raises
    ------
    ValueError
        A hashtag is not one of HXL's, two columns have the same, or a row has too few or too many cells.
    """
    tags = [_canonical(column.hashtag) for column in columns]
    if len(set(tags)) < len(tags):
        raise ValueError("two columns have the same hashtag")
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(column.header for column in columns)
    writer.writerow(column.hashtag for column in columns)
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"a row has {len(row)} cells for {len(columns)} columns")
        writer.writerow(_cell(value) for value in row)
    return lines.getvalue()


def _canonical(hashtag: str) -> tuple[str, ...]:
    if not HASHTAG.fullmatch(hashtag):
        raise ValueError(f"{hashtag!r} is not a hashtag of HXL")
    tag, *attributes = hashtag.lower().split("+")
    return tag, *sorted(attributes)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}" if math.isfinite(value) else ""
    return "" if value is None else str(value)


def weekly_hxl(region: Region, document: Mapping[str, Any]) -> str:
    """Return the arrivals that a forecast expects by destination and week, with bands, as CSV with hashtags.

    Parameters
    ----------
    region
        What was forecast.
    document
        The forecast as plain objects (`staffride.results.region_document.forecast_document`).
    """
    return hxl_csv((*PLACE, *WEEK, *PERSONS, *SHELTER), forecast_rows(region, document))


def forecast_rows(region: Region, document: Mapping[str, Any]) -> list[Cells]:
    """Return the rows of `weekly_hxl`, in the order of the document."""
    shelter = {row["destination"]: row for row in document["shelter"]}
    cutoff = date.fromisoformat(document["run"]["cut-off"])
    return [
        (
            *_place(region, row["destination"]),
            *(cutoff, row["first"], row["last"]),
            *_persons(row[name] for name in FIGURES),
            *_full(shelter.get(row["destination"]), (date.fromisoformat(row["last"]) - cutoff).days),
        )
        for row in document["weekly"]
        if row["destination"] != ALL
    ]


def _place(region: Region, name: str) -> Cells:
    place = region.places[region.index[name]]
    return place.country, place.region, place.name, place.kind, place.latitude, place.longitude


def _persons(figures: Iterable[float | None]) -> Iterable[float | None]:
    return (None if figure is None else round(figure, 1) for figure in figures)


def _full(shelter: Mapping[str, Any] | None, days: int) -> Cells:
    """Return capacity and the probability that it was reached in the first ``days`` days; empty where unknown."""
    if shelter is None or shelter["capacity"] is None:
        return None, None
    return shelter["capacity"], shelter["by_day"][days - 1]


def weekly_run_hxl(region: Region, arrivals: NDArray[np.generic]) -> str:
    """Return the arrivals of a run by destination and week, with bands over its replications, as CSV with hashtags.

    Parameters
    ----------
    region
        What was run.
    arrivals
        (replications, days, destinations) persons who arrive on each day of the period.
    """
    return hxl_csv((*PLACE, *WEEK, *PERSONS), run_rows(region, arrivals))


def run_rows(region: Region, arrivals: NDArray[np.generic]) -> list[Cells]:
    """Return the rows of `weekly_run_hxl`, destination by destination."""
    from staffride.lab.planning import weekly_arrivals

    weekly = weekly_arrivals(arrivals.astype("float64"), region.start - timedelta(days=1))
    cutoff = region.date_of(region.days - 1)
    return [
        (
            *_place(region, name),
            *(cutoff, first, last),
            *_persons(weekly.figures[:, week, at].tolist()),
        )
        for at, name in enumerate(region.destination_names)
        for week, (first, last) in enumerate(zip(weekly.first, weekly.last, strict=True))
    ]
