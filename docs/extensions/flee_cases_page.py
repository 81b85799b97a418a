"""The page on Flee's cases: hand-written words, and tables and sentences made from the stored figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial

import flee_cases_charts as charts
import flee_cases_words as words
from flee_cases_words import FORECAST, LINES, NAIVES, Aim, Data
from frames import DOCS, fill

FIGURES = DOCS / "model" / "flee_cases.json"
FRAME = "model/flee_cases_frame.md"
NOTHING = "-"
WAYS = {
    "pooled": "over all then present",
    "by_origin": "over the total known on the date",
    "by_target": "over those then present, each date alike",
}
"""Over what errors are taken, as the scoreboard names it, in words."""


def read() -> Data:
    """Return the stored figures."""
    found: Data = json.loads(FIGURES.read_text(encoding="utf-8"))
    return found


def render() -> str:
    """Return the page."""
    return page(read())


def drawn_shares() -> str:
    """Return the first drawing."""
    return charts.shares(read())


def drawn_forecasts() -> str:
    """Return the second drawing."""
    return charts.forecasts(read())


def page(data: Data) -> str:
    """Return the page for some figures."""
    return fill(FRAME, {name: make(data) for name, make in MARKS.items()})


def made(data: Data) -> str:
    """Return how the figures were made, in one sentence."""
    how = data["made"]
    return (
        f"Version {how['version']}, {how['date']}, on {how['machine']}, with Python {how['python']}, NumPy "
        f"{how['numpy']} and Numba {how['numba']}"
    )


def aims(data: Data) -> str:
    """Return every aim beside what was found, as a table."""
    rows = []
    for aim in words.aims(data):
        sign = "at least" if aim.least else "at most"
        further = "" if aim.further is None else f"{shown(aim, aim.further)}"
        found = NOTHING if aim.found is None else shown(aim, aim.found)
        rows.append([aim.what, f"{sign} {shown(aim, aim.bound)}", further, found, aim.verdict()])
    return table(["what", "aim", "further aim", "found", "reached"], rows)


def shown(aim: Aim, value: float) -> str:
    """Return a value of an aim in its unit."""
    if aim.unit == "share":
        return percent(value, 2 if 0.0 < value < 0.01 else 1)
    if aim.unit == "times":
        return f"{value:,.0f} times"
    return f"{value:.3g}" + (f" {aim.unit}" if aim.unit else "")


def cases(data: Data) -> str:
    """Return what the cases are, as a table."""
    rows = [
        [name, f"{one['days']:,}", f"{one['destinations']}", f"{one['people']:,}", score(one["even_shares"])]
        for name, one in data["cases"].items()
    ]
    return table(["case", "days", "destinations", "people on the last day", "even shares would score"], rows)


def scores(data: Data, situation: str) -> str:
    """Return the scores of one situation, as a table; the mean is its last row."""
    names = LINES[situation]
    head = ["case", *names.values(), "ours, in sample", "ours, left out"]
    rows = []
    for name, row in data["shares"][situation]["scores"].items():
        cells = [score(row[column]) for column in (*names, words.IN_SAMPLE, words.OURS)]
        rows.append([f"**{name}**", *(f"**{cell}**" for cell in cells)] if name == "mean" else [name, *cells])
    return table(head, rows)


def score(value: float | None) -> str:
    """Return a score with three decimals."""
    return NOTHING if value is None else f"{value:.3f}"


def percent(value: float | None, digits: int = 0) -> str:
    """Return a share in per cent."""
    return NOTHING if value is None else f"{100.0 * value:.{digits}f} %"


def mode(data: Data) -> str:
    """Return Flee mode beside Flee's own runs, as a table."""
    rows = []
    for name, one in data["flee_mode"]["cases"].items():
        outside = (percent(one[key], 2) for key in ("outside", "flee_outside"))
        excess = (percent(one[key], 1) for key in ("excess", "later_excess"))
        differences = (score(one[key]) for key in ("flee_score", "score_with_quirks", "score"))
        rows.append([name, f"{one['agents']:,}", f"{one['divisor']}", *outside, *excess, *differences])
    head = ["case", "people", "persons an agent", "outside", "Flee's own runs", "furthest out"]
    many = f"{data['flee_mode']['many_agents']:,} agents and more"
    head += [f"furthest out, {many}", "Flee", "all quirks", "no quirk"]
    return table(head, rows)


def by_lead(data: Data, measure: str) -> str:
    """Return a score of every forecast by lead, and the ratio of ours to each simple one, as a table."""
    found = data["forecasts"]
    rows = [
        [_name(name), *map(score, found["scores"][name][measure]["by_lead"]), ""]
        for name in (FORECAST, *NAIVES)
    ]
    for name in NAIVES:
        one = found["against"][name][f"pooled {measure}"]
        low, high = one["interval_90"]
        over = f"{score(one['over_leads'])} ({score(low)} to {score(high)})"
        rows.append([f"ours over {name}", *map(score, one["by_lead"]), over])
    return table([f"{measure.upper()}", *(f"{lead} days" for lead in found["leads"]), "all leads"], rows)


def _name(name: str) -> str:
    return "**ours**" if name == FORECAST else name


def weighed(data: Data) -> str:
    """Return the ratios under the other ways to weigh errors, as a table."""
    rows = []
    for name in NAIVES:
        for measure in ("mae", "crps"):
            ways = (data["forecasts"]["against"][name][f"{way} {measure}"] for way in WAYS)
            cells = (
                f"{score(one['over_leads'])} ({' to '.join(map(score, one['interval_90']))})" for one in ways
            )
            rows.append([name, measure.upper(), *cells])
    return table(["ours over", "", *WAYS.values()], rows)


def by_case(data: Data) -> str:
    """Return the ratios of ours to each simple forecast by case, all leads, as a table."""
    head = ["case", "dates", "reports verified"]
    columns = []
    for name in NAIVES:
        for measure in ("mae", "crps"):
            head.append(f"{measure.upper()} over {name}")
            columns.append(words.by_case(data, name, measure))
    rows = []
    for case, one in data["forecasts"]["verifications"].items():
        sizes = [f"{one['origins']}", f"{sum(one['rows']):,}"]
        rows.append([case, *sizes, *(score(column[case]) for column in columns)])
    return table(head, rows)


def coverage(data: Data) -> str:
    """Return how many reports lie in the bands of every forecast, as a table."""
    found = data["forecasts"]["coverage"]
    cases_ = list(found[FORECAST]["90"]["by_case"])
    rows = []
    for band in ("90", "50"):
        for name in (FORECAST, *NAIVES):
            one = found[name][band]
            cells = [percent(one["by_case"][case]) for case in cases_]
            rows.append([f"{band} %", _name(name), percent(one["all"], 1), *cells])
    return table(["band", "forecast", "all", *cases_], rows)


def coverage_by_lead(data: Data) -> str:
    """Return the same by lead, as a table."""
    found, leads = data["forecasts"]["coverage"], data["forecasts"]["leads"]
    rows = [
        [f"{band} %", _name(name), *map(percent, found[name][band]["by_lead"])]
        for band in ("90", "50")
        for name in (FORECAST, *NAIVES)
    ]
    return table(["band", "forecast", *(f"{lead} days" for lead in leads)], rows)


def totals(data: Data) -> str:
    """Return the scores and the cover of the total, as a table."""
    found, leads = data["forecasts"]["totals"], data["forecasts"]["leads"]
    rows = []
    for measure in ("mae", "crps"):
        for name in (FORECAST, *NAIVES):
            cover = found[name]["covered_90"]["all"]
            rows.append(
                [measure.upper(), _name(name), *map(score, found[name]["pooled"][measure]), percent(cover, 1)]
            )
    return table(["", "forecast", *(f"{lead} days" for lead in leads), "in 90 % bands"], rows)


def totals_by_case(data: Data) -> str:
    """Return by case how many totals lie in the 90 % bands of every forecast, as a table."""
    found = data["forecasts"]["totals"]
    cases_ = list(found[FORECAST]["covered_90"]["by_case"])
    rows = [
        [_name(name), *(percent(found[name]["covered_90"]["by_case"][case]) for case in cases_)]
        for name in (FORECAST, *NAIVES)
    ]
    return table(["totals in 90 % bands", *cases_], rows)


def speed(data: Data) -> str:
    """Return the times of one run of every case beside those of Flee, and what else was timed, as two tables."""
    if not data["speed"]:
        return ""
    alone, others = [], []
    for name, one in data["speed"]["cases"].items():
        flee = data["speed"]["flee"].get(name)
        times = (one["cohorts"]["alone"], one["agents"]["alone"], one["flee_mode"])
        alone.append([name, f"{flee:g}" if flee else "not run", *(timed(value, flee) for value in times)])
        several = (f"{one[engine]['of_several']:.2g}" for engine in ("cohorts", "agents"))
        command = (f"{one['command'][key]:.2f}" for key in ("wall", "cpu"))
        others.append([name, *several, *command])
    head = ["case", "cohorts, one of several", "agents, one of several"]
    tables = (
        table(["case", "Flee", "cohorts", "agents", "Flee mode"], alone),
        table([*head, "whole command, wall", "whole command, CPU"], others),
    )
    return "\n\n".join(tables)


def timed(seconds: float, flee: float | None) -> str:
    """Return a time, and how often it goes into that of Flee."""
    times = f" ({flee / seconds:,.0f} times less)" if flee else ""
    return f"{seconds:.2g}" + times


def size(data: Data) -> str:
    """Return the times of the large region, as a table."""
    large = (data["speed"] or {}).get("large")
    if not large:
        return "The large region was not run."
    rows = [
        [engine, *(f"{large[engine][key]:.3g}" for key in ("cpu", "wall", "peak_mib"))]
        for engine in ("cohorts", "agents")
    ]
    told = f"{large['people']:,} people, {large['places']} places, {large['days']} days, an invented region:"
    return f"{told}\n\n{table(['engine', 'CPU s', 'wall s', 'peak MiB'], rows)}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])


MARKS = {
    "made": made,
    "aims": aims,
    "cases table": cases,
    "capacities": words.told_of_capacities,
    "shares": partial(words.told_of_shares, situation=words.WITH),
    "shares table": partial(scores, situation=words.WITH),
    "without": partial(words.told_of_shares, situation=words.WITHOUT),
    "without table": partial(scores, situation=words.WITHOUT),
    "after": partial(words.told_of_shares, situation=words.AFTER),
    "after table": partial(scores, situation=words.AFTER),
    "mode": words.told_of_mode,
    "mode table": mode,
    "forecasts": words.told_of_forecasts,
    "mae table": partial(by_lead, measure="mae"),
    "crps table": partial(by_lead, measure="crps"),
    "weighed table": weighed,
    "case table": by_case,
    "coverage": words.told_of_coverage,
    "coverage table": coverage,
    "coverage lead table": coverage_by_lead,
    "totals": words.told_of_totals,
    "totals table": totals,
    "totals case table": totals_by_case,
    "times": words.told_of_times,
    "speed table": speed,
    "size": size,
    "command": lambda data: data["made"]["command"],
}
"""What is put in the place of each mark of the frame."""
