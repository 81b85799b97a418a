"""The sections of a campaign's report; which are shown follows from what the scenario has, never from its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from staffride.present import charts, words
from staffride.present.campaign_differences import differences_figure
from staffride.present.campaign_figures import record_of, share_chart
from staffride.present.campaign_summary import measure_of, spread_sentences
from staffride.present.campaign_tables import (
    losses_table,
    pairs_table,
    record_table,
    system_title,
    variants_table,
)
from staffride.present.campaign_words import (
    CLASSES,
    SHORT_CLASSES,
    WHAT,
    resting,
    share_and_band,
    side_name,
    titled,
)
from staffride.present.ground_sections import folded, quantity_table
from staffride.present.layout import figure, key, section, swatch
from staffride.present.markup import Child, Markup, element, join
from staffride.present.panels import panel
from staffride.present.summary import Bundle, observations
from staffride.present.svg import ticks

LEAST_SHARE = 0.01
"""Top of the scale of a share that hardly a run loses: a scale from 0 to 0 cannot be drawn."""

Row = Mapping[str, Any]


def campaign_key(record: bool) -> Markup:
    """Return the key that the charts share."""
    bands = swatch(
        element("rect", x=0, y=1, width=26, height=12, class_="band90"),
        element("rect", x=0, y=4, width=26, height=6, class_="band50"),
        element("line", x1=0, x2=26, y1=7, y2=7, class_="median"),
    )
    held = swatch(element("polygon", points="7,2 12,7 7,12 2,7", class_="held"), width=14)
    open_end = swatch(element("line", x1=7, x2=7, y1=0, y2=14, class_="whisker bound"), width=14)
    entries = [(bands, f"runs: median, 50{words.THIN}% and 90{words.THIN}% band")]
    if record:
        entries += [
            (held, "figure of the record"),
            (open_end, "a bound: “up to” so much"),
        ]
    return key(entries)


def record_section(bundle: Bundle) -> Markup | None:
    """Return the shares lost by hour beside every figure of the record, or ``None`` where there is no figure."""
    rows = bundle["record"]
    if not rows:
        return None
    lede = (
        "Bands show where the runs lie, hour by hour. Marks are figures that were published, from all sources, each "
        "with its own denominator: what it would be a share of. A count is shown as the share that it is of what stood "
        "there in the runs; the thin line is the range of that. Air defence that men carry is left out of shares. No "
        "figure is taken as the truth."
    )
    shown = [(share, side["id"]) for side in bundle["sides"] for share in WHAT]
    charted = [_recorded_share(bundle, f"{share}.{side}", WHAT[share], side) for share, side in shown]
    others = [
        row for row in rows if not (row["share"] and row["implied"] and row["share"] in bundle["series"])
    ]
    rest = (
        (element("h3", "Other figures", class_="spaced"), record_table(others, numbered=False))
        if others
        else None
    )
    return section("record", "Beside the record", lede, campaign_key(record=True), charted, rest)


def _recorded_share(bundle: Bundle, series: str, what: str, side: str) -> Markup | None:
    """Return one share by hour with its figures and their table, or ``None`` where there is nothing to show."""
    if series not in bundle["series"] or not record_of(bundle, series):
        return None
    title = f"Share of the {what} of the {side_name(side)} that is lost, by hour"
    draw = partial(share_chart, bundle, series=series, title=title)
    return element(
        "div",
        element("h3", title),
        figure(charts.both(draw)),
        record_table(record_of(bundle, series), numbered=True),
        class_="recorded",
    )


def losses_section(bundle: Bundle) -> Markup:
    """Return what each side lost by hour and class, and by what."""
    lede = (
        "Elements are launchers, guns, vehicles, aircraft or teams. Each chart has its own scale; the figure at its "
        "right is the median at the end. Loitering munitions and decoy aircraft count as lost only when shot down. The "
        "tables count air defence that men carry, which charts of shares leave out."
    )
    content = [_losses_of(bundle, side["id"]) for side in bundle["sides"]]
    marks = campaign_key(record=bool(bundle["observations"]))
    return section("losses", "What was lost, when, and by what", lede, marks, content)


def _losses_of(bundle: Bundle, side: str) -> Markup:
    """Return the charts and the table of one side."""
    shares = [
        _panel(bundle, f"{share}.{side}", f"{what.capitalize()} lost, %", share=True)
        for share, what in WHAT.items()
    ]
    classes = [_panel(bundle, f"lost.{one}.{side}", SHORT_CLASSES[one].capitalize()) for one in CLASSES]
    return _for_side(
        side,
        figure(element("div", [*shares, *classes], class_="panels")),
        losses_table(bundle, side),
    )


def _for_side(side: str, *content: Child) -> Markup:
    return element("div", element("h3", titled(side_name(side))), content, class_="side", data_side=side)


def _panel(bundle: Bundle, series: str, heading: str, *, share: bool = False) -> Markup | None:
    """Return one small chart, or ``None`` where nothing happens in any run and the record has no figure."""
    levels, seen = bundle["series"].get(series), observations(bundle, series)
    if levels is None:
        return None
    numbers = [row[end] for row in seen for end in ("value", "low", "high") if row[end] is not None]
    top = max(*levels["q95"], *numbers)
    values = ticks(0, min(max(top, LEAST_SHARE), 1.0) if share else max(top, 2.0), 2)
    last = words.percent(levels["q50"][-1]) if share else words.count(levels["q50"][-1])
    labels = {value: _tick(100 * value if share else value) for value in values}
    step = "hour" if bundle.get("step_h", 1) == 1 else "day"
    return panel(bundle, series, heading, f"{heading} by {step}", last, labels)


def _tick(value: float) -> str:
    """Return what stands beside a grid line of a small chart."""
    return f"{value:g}" if value < 1000 else f"{value / 1000:g}k"


def defence_section(bundle: Bundle) -> Markup:
    """Return what the air defence of each side met and did."""
    lede = (
        "Threats are drones, loitering munitions, missiles and aircraft that flew at targets of a side; shells and "
        "unguided rockets cannot be engaged and are not counted. What is not shot down, and does not fail by itself, "
        "gets through."
    )
    content = [_defence_of(bundle, side["id"]) for side in bundle["sides"]]
    return section("defence", "What air defence did", lede, campaign_key(record=False), content)


DEFENCE = {
    "threats": "Threats",
    "leakers": "Got through",
    "rounds_fired": "Rounds fired",
    "rounds_left": "Rounds left",
}


def _defence_of(bundle: Bundle, side: str) -> Markup:
    panels = [_panel(bundle, f"{name}.{side}", heading) for name, heading in DEFENCE.items()]
    leakage = bundle["totals"].get(f"leakage.{side}")
    said = "No threat flew at its targets in any run."
    if leakage:
        said = f"Share that got through: {share_and_band(leakage['q50'], leakage['q05'], leakage['q95'])}."
    return _for_side(side, element("p", said), figure(element("div", panels, class_="panels")))


STATE = {"located": "Its units located", "sorties": "Its missions"}


def state_section(bundle: Bundle) -> Markup:
    """Return networks, located units, missions, and the weather."""
    flyable = bundle["totals"]["flyable"]
    band = share_and_band(flyable["q50"], flyable["q05"], flyable["q95"])
    lede = (
        f"The quality of a network is 100{words.THIN}% where all that is seen reaches every shooter without delay. The "
        f"weather is drawn, and is a part of the spread: over the whole period {band} of hours and zones are clear "
        "enough for drones."
    )
    content = [_state_of(bundle, side["id"]) for side in bundle["sides"]]
    weather = _panel(bundle, "flyable", "Clear to fly, %", share=True)
    sky = element(
        "div", element("h3", "Weather"), figure(element("div", weather, class_="panels")), class_="side"
    )
    heading = "Networks, what was seen, and the weather"
    return section("state", heading, lede, campaign_key(record=False), content, sky)


def _state_of(bundle: Bundle, side: str) -> Markup:
    panels = [_panel(bundle, f"network.{side}", "Its network, %", share=True)]
    panels += [_panel(bundle, f"{name}.{side}", heading) for name, heading in STATE.items()]
    return _for_side(side, figure(element("div", panels, class_="panels")))


def variants_section(bundle: Bundle) -> Markup | None:
    """Return what each variant changes, or ``None`` where there is none."""
    if not bundle["variants"] or not bundle["measures"]:
        return None
    lede = (
        "Each variant runs beside the baseline with the same luck: the same weather, the same draws of every input. "
        "So a difference is the variant's own. Differences of shares are in percentage points of the mean; a range is "
        f"the 95{words.THIN}% interval for {words.count(bundle['run']['replications'])} replications, which tells of "
        "the model and not of the world. A cause explains what its absence takes away; causes overlap, so their parts "
        "do not add up."
    )
    content = [_variants_of(bundle, side["id"]) for side in bundle["sides"]]
    return section("variants", "What would change it: one cause at a time", lede, content)


def _variants_of(bundle: Bundle, side: str) -> Markup | None:
    rows = [row for row in bundle["measures"] if row["side"] == side]
    if not rows:
        return None
    drawn = [_drawn(bundle, row) for row in rows if row["share"]]
    every = [element("div", element("h4", measure_of(row).heading), pairs_table(bundle, row)) for row in rows]
    return _for_side(
        side,
        drawn,
        variants_table(bundle, rows),
        folded("Every number: means, parts of the baseline, and how often a variant is lower", join(every)),
    )


def _drawn(bundle: Bundle, row: Row) -> Markup:
    base = row["baseline"]
    title = f"{measure_of(row).heading}: change from a mean of {words.percent(base['mean'])}"
    draw = partial(_differences, bundle, row)
    return element("div", element("h4", title), figure(charts.both(draw)), class_="differences")


def _differences(bundle: Bundle, row: Row, width: float) -> Markup:
    return differences_figure(bundle, width, row)


def inputs_section(bundle: Bundle) -> Markup:
    """Return what went in: how much rests on what, what the spread owes to the catalogue, systems, parameters."""
    lede = (
        f"Of the figures of systems {resting(bundle['figures_rest_on'])}. Of all other inputs "
        f"{resting(bundle['rests_on'])}. Each assumption has its reason. A range is the median with the "
        f"90{words.THIN}% range of what is drawn."
    )
    said = [element("li", sentence) for sentence in spread_sentences(bundle)]
    spread = join(
        element("h3", "What share of the spread rests on the catalogue of systems"),
        element("ul", said, class_="says") if said else element("p", NO_MEDIAN, class_="muted"),
    )
    systems = [folded(system_title(one), _system(bundle, one)) for one in bundle["systems"]]
    return section(
        "inputs",
        "What went in",
        lede,
        spread,
        element("h3", f"All {len(systems)} systems", class_="spaced"),
        systems,
        element("h3", f"All {len(bundle['parameters'])} other quantities", class_="spaced"),
        _groups(bundle),
    )


NO_MEDIAN = "No variant of this scenario holds the catalogue at its medians, so this run does not say."


def _system(bundle: Bundle, system: Row) -> Markup:
    note = element("p", system["note"], class_="muted") if system["note"] else None
    return join(note, quantity_table(bundle, system["figures"]))


def _groups(bundle: Bundle) -> list[Markup]:
    groups: dict[str, list[Row]] = {}
    for parameter in bundle["parameters"]:
        groups.setdefault(parameter["name"].split(".")[0], []).append(parameter)
    return [_group(bundle, name, rows) for name, rows in groups.items()]


def _group(bundle: Bundle, name: str, rows: Sequence[Row]) -> Markup:
    return folded(f"{name.replace('_', ' ').capitalize()} ({len(rows)})", quantity_table(bundle, rows))
