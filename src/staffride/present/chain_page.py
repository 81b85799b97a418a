"""The page of a chain: one plain self-contained file, made of the same parts as any report."""

from __future__ import annotations

from functools import partial

from staffride.lab.chain_shares import STAGES
from staffride.present import charts, ground_sections, sections, words
from staffride.present.chain_summary import ILLUSTRATIVE, summarise_chain
from staffride.present.layout import figure, section, table
from staffride.present.markup import Child, Markup, element
from staffride.present.page import Page, Part, masthead, readouts
from staffride.present.summary import Bundle
from staffride.results.vocabulary import meaning

CHARTS = {
    "closure.food_days": ("Stocks of food behind the road, days of full need", "days", 1),
    "closure.fuel_days": ("Stocks of fuel, days of full need", "days", 1),
    "hunger": ("Hunger index, 0 to 1", "", 2),
    "arrivals": ("People who have left over the road", "people", 0),
    "shelter.unmet": ("People who ask for shelter and have none yet", "people", 0),
}
"""Series that are drawn: title, unit and decimals of the read-out."""


def render_chain(bundle: Bundle) -> str:
    """Return the whole page."""
    summary = summarise_chain(bundle)
    shown = {name: told for name, told in CHARTS.items() if name in bundle["series"]}
    read = {name: (unit, digits, 1.0) for name, (_, unit, digits) in shown.items()}
    parts: list[Part] = [
        ("summary", "In short", sections.summary_section(summary)),
        ("stages", "Day by day", _stages_section(bundle, shown)),
        ("results", "Both sides", _results_section(bundle)),
        ("spread", "What carries it", _spread_section(bundle)),
        ("inputs", "What went in", _inputs_section(bundle)),
        ("claims", "Claims", ground_sections.claims_section(bundle)),
        ("reproduce", "Reproduce", ground_sections.reproduce_section(bundle)),
        ("sources", "Sources", ground_sections.sources_footer(bundle, ILLUSTRATIVE)),
    ]
    return Page(
        title=bundle["run"]["title"],
        masthead=masthead(bundle, summary),
        parts=parts,
        styles=("report.css", "campaign.css"),
        scripts=("theme.js", "readout.js"),
        data={"charts": readouts(bundle, read)},
    ).html()


def _stages_section(bundle: Bundle, shown: dict[str, tuple[str, str, int]]) -> Markup:
    lede = (
        "Each band is over all replications, those with an agreement and those with the operation together."
    )
    drawn = [
        element(
            "div",
            element("h3", title),
            figure(charts.both(partial(charts.series_chart, bundle, name=name, title=title, height=280))),
        )
        for name, (title, _, _) in shown.items()
    ]
    return section("stages", "Day by day, stage by stage", lede, element("div", drawn, class_="pair"))


def _results_section(bundle: Bundle) -> Markup:
    """Return the totals, those of both sides next to each other."""
    rows: list[tuple[Child, ...]] = [
        (_told(name), *_figures(found)) for name, found in bundle["totals"].items()
    ]
    lede = (
        "Totals over the replications that have them: an agreement leaves no date of an end of the fighting."
    )
    shown = table(("What", "Median", f"90{words.THIN}% band", "Mean"), rows, numbers=(1, 2, 3))
    return section("results", "Totals, both sides", lede, shown)


def _told(name: str) -> str:
    found = meaning(name)
    return f"{found.phrase} ({name})" if found.text else name


def _figures(found: dict[str, float]) -> tuple[str, str, str]:
    digits = 2 if found["q95"] < 5 else 0
    low, middle, high, mean = (f"{found[level]:,.{digits}f}" for level in ("q05", "q50", "q95", "mean"))
    return middle, f"{low} to {high}", mean


def _spread_section(bundle: Bundle) -> Markup | None:
    """Return what share of the spread of each result the priors of each stage carry."""
    shares = {name: found for name, found in bundle["shares"].items() if found}
    if not shares:
        return None
    rows: list[tuple[Child, ...]] = []
    for name, found in shares.items():
        cells = [_cell(found[stage]) if stage in found else "" for stage in STAGES]
        rows.append((_told(name), *cells))
    lede = (
        "Share of the spread (of ranks) that the priors of each stage carry, each parameter by itself, with its "
        "standard error; the rest is luck, and what parameters do only together. Where the priors of stages without "
        "data carry most of it, the number says more about the priors than about the world."
    )
    heads = ("Result", *(text[:1].upper() + text[1:] for text in STAGES.values()))
    shown = table(heads, rows, numbers=tuple(range(1, len(heads))))
    return section("spread", "What carries the spread", lede, shown)


def _cell(found: dict[str, float]) -> str:
    return f"{words.percent(found['share'])} ± {100 * found['error']:.0f}"


def _inputs_section(bundle: Bundle) -> Markup:
    lede = ground_sections.resting(bundle["rests_on"])
    shown = ground_sections.quantity_table(bundle, bundle["parameters"])
    return section("inputs", "What went in", lede, shown)
