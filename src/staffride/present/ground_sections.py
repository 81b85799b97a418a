"""The sections that show what the results rest on: scores, parameters, claims, how to repeat, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from staffride.lab.rivals import LABELS
from staffride.present import words
from staffride.present.layout import section, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.panels import parameter_bar
from staffride.present.summary import Bundle

Row = Mapping[str, Any]

SCORE_NAMES = {
    "arrivals": "people who have crossed",
    "flow_between_bulletins": "people who cross between two bulletins",
    "flow_between_bulletins.hours_as_stated": "the same, with the hours exactly as stated",
    "shelter.by_province": "people in state shelter, all provinces",
    "shelter.total": "people in state shelter, in all",
    "vehicles_crossed": "vehicles that have crossed",
    "registered": "people registered",
    "own_address": "people with an address of their own",
    "delay_hours": "reports of hours lost on the road",
}
SCORE_HEAD = (
    "Figures of the record",
    "Number",
    "in 50 %",
    "in 90 %",
    "CRPS",
    "Best simple forecast",
    "Ratio",
)


def scores_section(bundle: Bundle) -> Markup | None:
    """Return the scoreboard in words and as tables, or ``None`` where nothing was scored."""
    scores = bundle["scores"]
    if not scores:
        return None
    lede = (
        f"Half of the record should lie inside a 50{words.THIN}% band, nine tenths inside a "
        f"90{words.THIN}% band. CRPS is the distance between a forecast and the record in the figure's own "
        "unit: less is better. A ratio under 1 means that the model beats the best simple forecast."
    )
    sentences = element("ul", [element("li", s) for s in bundle["score_sentences"]], class_="says")
    held = [row for row in scores if row["role"] == "held_out"]
    used = [row for row in scores if row["role"] != "held_out"]
    tables = join(_score_table(held), _folded("Figures that the fit may have used", _score_table(used)))
    return section("scores", "How good it is", lede, sentences if bundle["score_sentences"] else None, tables)


def _folded(title: str, content: Markup) -> Markup:
    return element("details", element("summary", title), content)


def _score_table(rows: Sequence[Row]) -> Markup:
    cells = [_score_row(row) for row in rows]
    return table(SCORE_HEAD, cells, numbers=(1, 2, 3, 4, 5, 6))


def _score_row(row: Row) -> tuple[Child, ...]:
    best, ratio = row.get("best_baseline"), row.get("ratio_best")
    unit = row.get("unit", "")
    rival = f"{_score(row['baselines'][best], unit)} ({LABELS.get(best, best)})" if best else "–"
    return (
        _score_name(row["name"]),
        str(row["n"]),
        words.percent(row["covered_50"]),
        words.percent(row["covered_90"]),
        f"{_score(row['crps'], unit)} {unit}",
        rival,
        "–" if ratio is None else f"{ratio:.2f}",
    )


def _score(value: float, unit: str) -> str:
    return f"{value:,.1f}" if unit == "h" else words.count(value)


def _score_name(name: str) -> str:
    """Return what a row counts, in plain words."""
    base = name.removesuffix(".calibration")
    province = base.removeprefix("shelter.").replace("_", " ")
    return SCORE_NAMES.get(base, f"people in state shelter: {province}" if "shelter." in base else base)


def parameters_section(bundle: Bundle) -> Markup:
    """Return every parameter with prior, posterior, unit and what it rests on."""
    rows = [(_quantity(p), _values(p), _ground(bundle, p)) for p in bundle["parameters"]]
    lede = (
        f"{_shares(bundle['rests_on'])} Figures are the median with the 90{words.THIN}% range: grey, what "
        "was believed before any bulletin; blue, what is left after the bulletins."
    )
    return section("parameters", "What went in", lede, table(("Quantity", "Value", "Rests on"), rows))


def _shares(counts: Mapping[str, int]) -> str:
    return (
        f"Of {counts['all']} quantities, {counts['record']} rest on the record, {counts['both']} on the "
        f"record with an assumption, and {counts['assumed']} are assumed, each with its reason; "
        f"{counts['weak']} rest only on figures of one side or of low confidence."
    )


def _quantity(parameter: Row) -> Markup:
    name = element("div", parameter["name"], class_="tag")
    return join(element("div", parameter["meaning"]), name)


def _values(parameter: Row) -> Markup:
    prior, posterior = parameter["prior"], parameter["posterior"]
    unit = "" if parameter["unit"] == "1" else f" {parameter['unit']}"
    lines = [element("div", f"{_range(prior)}{unit}", class_="before" if posterior else None)]
    if posterior:
        lines.append(element("div", f"{_range(posterior)}{unit}", class_="after"))
    return join(lines, parameter_bar(prior, posterior))


def _range(band: Sequence[float]) -> str:
    if band[0] == band[4]:
        return _short(band[2])
    return f"{_short(band[2])} ({_short(band[0])} to {_short(band[4])})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}" if abs(value) < 10 else f"{value:.3g}"


def _ground(bundle: Bundle, parameter: Row) -> Markup:
    """Return what a parameter rests on: its evidence, or the reason for assuming it."""
    parts: list[Child] = [
        element("div", element("b", fact), " ", bundle["facts"].get(fact, ""))
        for fact in parameter["evidence"]
    ]
    if parameter["assumed"]:
        parts.append(element("div", element("b", "assumed"), " ", parameter["assumed"]))
    return element("div", parts, class_="evidence")


def claims_section(bundle: Bundle) -> Markup | None:
    """Return the claims that the scenario bears on, each with its passage and its author's side."""
    if not bundle["claims"]:
        return None
    lede = (
        "What the documents say, in our own words. Each claim stands with the side of its author. Claims "
        "are not counted by side, and this report does not decide who is right."
    )
    items = [element("li", _claim(claim), _passage(claim)) for claim in bundle["claims"]]
    content = element("ul", items, class_="claims")
    return section("claims", "Claims that this scenario bears on", lede, content)


def _claim(claim: Row) -> Markup:
    treated = f"{claim['class']}: {claim['reason']}"
    return element(
        "div",
        element("p", claim["text"]),
        element("p", element("b", treated[:1].upper() + treated[1:]), class_="evidence"),
        element("p", f"Elsewhere ({claim['agreement']}): {claim['elsewhere']}", class_="evidence"),
    )


def _passage(claim: Row) -> Markup:
    return element(
        "p",
        claim["title"],
        element("br"),
        f"paragraph {claim['paragraph']}, from character {claim['start']}",
        element("br"),
        f"side of the author: {claim['side']}",
        element("br"),
        element("span", f"{claim['id']} · SHA-256 {claim['sha256'][:12]}…", class_="tag"),
        class_="evidence",
    )


def reproduce_section(bundle: Bundle) -> Markup:
    """Return how to get the same numbers."""
    run = bundle["run"]
    lede = "The same version, scenario and seed give the same value in every cell, on any number of cores."
    rows: list[tuple[Child, ...]] = [
        ("Version", f"staffride {run['version']}"),
        ("Scenario", run["scenario"]),
        ("Seed", str(run["seed"])),
        ("Replications", words.count(run["replications"])),
        ("Information cut-off", words.moment(datetime.fromisoformat(run["cutoff"]))),
        ("Time taken", f"{run['wall_seconds']:.1f} s"),
    ]
    rows += [
        (f"SHA-256 of the {name}", element("code", value, class_="hash"))
        for name, value in run["digests"].items()
    ]
    shown = (element("pre", element("code", run["command"])), table(("What", "Value"), rows))
    return section("reproduce", "How to reproduce it", lede, *shown)


def sources_footer(bundle: Bundle) -> Markup:
    """Return the attribution of every source that the run rests on."""
    items = [
        element("li", element("b", source["text"]), f" – {source['terms']}") for source in bundle["sources"]
    ]
    note = (
        "A retrospective model of a documented displacement. It gives bands, not certainties, and speaks "
        "of no single person. A contested figure carries all of its sources."
    )
    inner = (element("h2", "Sources and attributions"), element("ul", items), element("p", note))
    return element("footer", inner, id="sources")
