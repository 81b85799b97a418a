"""Keeping a run or a forecast of a region: one folder with the numbers, the scenario and a report."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from staffride.results.new_folder import default_folder
from staffride.results.region_store import save
from staffride.scenario.region import Region

if TYPE_CHECKING:
    from staffride.api.region_forecast import ForecastResult
    from staffride.api.region_result import RegionResult

REPORT_NAME, SERIES_NAME, WEEKS_NAME = "report.html", "series.csv", "arrivals-by-week.csv"
FIGURES_NAME = "figures"
SERIES_COLUMNS = ("series", "time", "mean", "q05", "q25", "q50", "q75", "q95", "counted")


def keep_run(
    found: RegionResult, folder: Path | None = None, *, report: bool = True
) -> tuple[Path, dict[str, Any]]:
    """Write a run into a folder and return the folder with the run's document.

    Parameters
    ----------
    found
        The run.
    folder
        A new or empty folder; ``runs/<name>-<time>`` where it is left out.
    report
        Whether to write ``report.html``, its figures by themselves, and arrivals by week.

    Raises
    ------
    InputError
        The folder holds other files.
    StorageError
        The system refused to write; nothing is left behind.
    """
    document = found.document()
    texts = {SERIES_NAME: series_csv(document)}
    if report:
        from staffride.present.hxl import weekly_run_hxl
        from staffride.present.region_figures import run_figures
        from staffride.present.region_page import render_region

        texts[WEEKS_NAME] = weekly_run_hxl(found.region, found.outcome.arrivals)
        texts[REPORT_NAME] = render_region(found.region, document)
        texts |= _in_folder(run_figures(found.region, document))
    return _keep(found.region, folder, document, texts)


def keep_forecast(
    found: ForecastResult, folder: Path | None = None, *, report: bool = True
) -> tuple[Path, dict[str, Any]]:
    """Write a forecast into a folder and return the folder with its document; as `keep_run`."""
    from staffride.present.hxl import weekly_hxl

    document = found.document()
    texts = {SERIES_NAME: series_csv(document), WEEKS_NAME: weekly_hxl(found.region, document)}
    if report:
        from staffride.lab.crossings import closed_links
        from staffride.present.forecast_page import render_forecast
        from staffride.present.region_figures import forecast_figures

        closed = closed_links(found.region, found.region.day_of(found.forecast.origin)).tolist()
        texts[REPORT_NAME] = render_forecast(found.region, document, closed=closed, command=command_of(found))
        texts |= _in_folder(forecast_figures(found.region, document, closed))
    return _keep(found.region, folder, document, texts)


def _in_folder(figures: Mapping[str, str]) -> dict[str, str]:
    return {f"{FIGURES_NAME}/{name}": text for name, text in figures.items()}


def command_of(found: ForecastResult) -> str:
    """Return the command that makes a forecast again, its changes included."""
    from staffride.present.forecast_words import command

    return " ".join(
        [command(found.document()), *(shlex.join(one.split(" ", 1)) for one in found.changes.asked)]
    )


def _keep(
    region: Region, folder: Path | None, document: dict[str, Any], texts: Mapping[str, str]
) -> tuple[Path, dict[str, Any]]:
    from staffride.scenario.region_folder import write_region

    target = folder or default_folder(region.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target, save(target, document, texts, lambda place: write_region(region, place))


def series_csv(document: Mapping[str, Any]) -> str:
    """Return every series of a document as one table in CSV."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(SERIES_COLUMNS)
    for name, entries in document["series"].items():
        writer.writerows((name, *(row[column] for column in SERIES_COLUMNS[1:])) for row in entries)
    return lines.getvalue()
