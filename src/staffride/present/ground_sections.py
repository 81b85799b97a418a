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

SHOWN_FIRST = 8

ABOUT_DISPLACEMENT = (
    "A retrospective model of a documented displacement. It gives bands, not certainties, and speaks "
    "of no single person. A contested figure carries all of its sources."
)

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
MAIN_SCORES = tuple(SCORE_NAMES)
SCORE_HEAD = (
    "Held-out figures of the record",
    "Number",
    f"in 50{words.THIN}%",
    f"in 90{words.THIN}%",
    "CRPS",
    "best simple forecast",
    "Ratio",
    "to the capped rival",
)


def scores_section(bundle: Bundle) -> Markup | None:
    """Return the scoreboard in words and as tables, or ``None`` where nothing was scored."""
    scores = bundle["scores"]
    if not scores:
        return None
    lede = (
        f"Half of the record should lie inside a 50{words.THIN}% band, nine tenths inside a 90{words.THIN}% "
        "band. CRPS is the distance between a forecast and the record in the figure's own unit: less is "
        "better, and a ratio under 1 means that the model does better. The capped rival lets the flow of the "
        "last six hours go on up to a total drawn from the model's own prior."
    )
    held = [row for row in scores if row["role"] == "held_out"]
    main = sorted((row for row in held if row["name"] in MAIN_SCORES), key=_rank)
    rest = [row for row in held if row not in main]
    said = element("ul", [element("li", s) for s in bundle["score_sentences"]], class_="says")
    return section(
        "scores",
        "How good it is",
        lede,
        _score_table(main),
        folded("The same in words, wins and losses alike", said) if bundle["score_sentences"] else None,
        folded("Each province and the smaller series", _score_table(rest)) if rest else None,
        folded("Figures that the fit may have used", _score_table([r for r in scores if r not in held])),
    )


def _rank(row: Row) -> int:
    return MAIN_SCORES.index(row["name"])


def folded(title: str, content: Markup) -> Markup:
    """Return content that the reader unfolds."""
    return element("details", element("summary", title), content)


def _score_table(rows: Sequence[Row]) -> Markup:
    return table(SCORE_HEAD, [_score_row(row) for row in rows], numbers=range(1, len(SCORE_HEAD)))


def _score_row(row: Row) -> tuple[Child, ...]:
    best, unit = row.get("best_baseline"), row.get("unit", "")
    name = element("div", LABELS.get(best, best), class_="tag wrap") if best else None
    rival = join(_score(row["baselines"][best], unit), name) if best else "–"
    return (
        _score_name(row["name"]),
        str(row["n"]),
        words.percent(row["covered_50"]),
        words.percent(row["covered_90"]),
        f"{_score(row['crps'], unit)} {unit}",
        rival,
        _ratio(row.get("ratio_best")),
        _ratio(row.get("ratio_capped")),
    )


def _ratio(value: float | None) -> Child:
    """Return a ratio of scores; one above 1, where the model loses, is marked."""
    if value is None:
        return "–"
    return element("span", f"{value:.2f}", class_="loss" if value > 1 else "win")


def _score(value: float, unit: str) -> str:
    return f"{value:,.1f}" if unit == "h" else words.count(value)


def _score_name(name: str) -> str:
    """Return what a row counts, in plain words."""
    base = name.removesuffix(".calibration")
    province = base.removeprefix("shelter.").replace("_", " ")
    return SCORE_NAMES.get(base, f"people in state shelter: {province}" if "shelter." in base else base)


def parameters_section(bundle: Bundle) -> Markup:
    """Return the parameters: those that the bulletins moved most, then all by group, folded."""
    lede = (
        f"{resting(bundle['rests_on'])} Figures are the median with the 90{words.THIN}% range: grey, what "
        "was believed before any bulletin; blue, what is left after the bulletins."
    )
    parameters = bundle["parameters"]
    moved = sorted((p for p in parameters if p["posterior"]), key=_left)[:SHOWN_FIRST]
    first = (
        (element("h3", "What the bulletins taught most about"), quantity_table(bundle, moved))
        if moved
        else ()
    )
    groups: dict[str, list[Row]] = {}
    for parameter in parameters:
        groups.setdefault(parameter["name"].split(".")[0], []).append(parameter)
    by_group = [
        folded(f"{name.replace('_', ' ').capitalize()} ({len(group)})", quantity_table(bundle, group))
        for name, group in groups.items()
    ]
    every = element("h3", f"All {len(parameters)} quantities", class_="spaced")
    return section("parameters", "What went in", lede, first, _apart(bundle["apart"]), every, by_group)


def _apart(apart: Row | None) -> Markup | None:
    """Return what the bulletins could not tell, or ``None`` for a prior ensemble."""
    if apart is None:
        return None
    pairs = [
        f"“{a}” and “{b}” are known only together: the data allow much of one with "
        f"{'much' if r > 0 else 'little'} of the other (correlation {r:+.2f})."
        for a, b, r in apart["together"][:SHOWN_FIRST]
    ]
    head = element("h3", "What the bulletins cannot tell apart", class_="spaced")
    together = element("ul", [element("li", s) for s in pairs], class_="says") if pairs else None
    names = element("p", f"{'; '.join(apart['uninformed'])}.", class_="muted")
    title = f"{len(apart['uninformed'])} quantities of which they taught little or nothing"
    return join(head, together, folded(title, names) if apart["uninformed"] else None)


def _left(parameter: Row) -> float:
    """Return the share of a prior's 90 % range that is left after the bulletins."""
    prior, posterior = parameter["prior"], parameter["posterior"]
    return float((posterior[4] - posterior[0]) / (prior[4] - prior[0]))


def quantity_table(bundle: Bundle, parameters: Sequence[Row]) -> Markup:
    """Return quantities with their values and what they rest on."""
    rows = [(_quantity(p), _values(p), _ground(bundle, p)) for p in parameters]
    return table(("Quantity", "Value", "Rests on"), rows, class_="quantities")


def resting(counts: Mapping[str, int]) -> str:
    """Return in words what share of the quantities rests on what."""
    both = f"{counts['both']} on the record with an assumption, " if counts["both"] else ""
    return (
        f"Of {counts['all']} quantities, {counts['record']} rest on the record ({counts['weak']} of them "
        f"only on figures of one side or of low confidence), {both}and {counts['assumed']} are assumed, "
        "each with its reason."
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


def sources_footer(bundle: Bundle, note: str = ABOUT_DISPLACEMENT) -> Markup:
    """Return the attribution of every source that the run rests on, and ``note``: what the page is."""
    by_terms: dict[str, list[str]] = {}
    for source in bundle["sources"]:
        by_terms.setdefault(source["terms"], []).append(source["text"])
    items = [
        element("li", element("b", terms.rstrip(".")), element("p", " · ".join(names)))
        for terms, names in by_terms.items()
    ]
    inner = (element("h2", "Sources and attributions"), element("ul", items), element("p", note))
    return element("footer", inner, id="sources")
