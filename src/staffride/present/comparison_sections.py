"""The sections of a comparison's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from staffride.lab.measures import BASELINE
from staffride.present import charts, words
from staffride.present.campaign_words import titled
from staffride.present.comparison_effects import closer, effects_figure, numbered
from staffride.present.comparison_panels import by_dose, by_time, highest, panels, regret_panel
from staffride.present.comparison_summary import SAME_LUCK, answer, asked, beside, unknown
from staffride.present.comparison_tables import (
    arm_name,
    drivers_table,
    numbers_table,
    pairing_table,
    people_table,
    ranking_table,
    regret_table,
)
from staffride.present.comparison_words import by_side, found, headline, moved, rows_of, unit_of
from staffride.present.ground_sections import folded
from staffride.present.layout import figure, key, section, swatch
from staffride.present.markup import Markup, element
from staffride.present.summary import Bundle
from staffride.results.vocabulary import VARIANT

Row = Mapping[str, Any]

COLUMNS = 5
"""Measures that stand side by side in one table."""

CHOICES = 3
"""Measures whose ranking and regret are shown."""

MANY = 6
"""Effects from which on a table of what they rest on is folded."""


def answers_section(bundle: Bundle) -> Markup:
    """Return what was asked, the answer for each policy, and what is not known."""
    items = [_answer(bundle, policy) for policy in bundle["policies"]]
    shown = moved(bundle, by_side(bundle), COLUMNS)
    return section(
        "answers",
        "In plain words",
        f"{asked(bundle)} {SAME_LUCK}",
        element("ol", items, class_="answers"),
        _glance(bundle, shown) if shown else None,
        element("h3", "Beside each other", class_="spaced"),
        [element("p", sentence) for sentence in beside(bundle)],
        element("h3", "What is not known", class_="spaced"),
        [element("p", sentence) for sentence in unknown(bundle)],
    )


def _glance(bundle: Bundle, measures: Sequence[Row]) -> list[Markup]:
    return [
        element("h3", "People at a glance"),
        element("p", GLANCE, class_="evidence"),
        people_table(bundle, measures),
    ]


GLANCE = (
    "Mean difference to the baseline with its 95 % interval, and the share of futures in which the policy is better. "
    "Green is better for people and orange worse, where the interval is clear of zero; grey is not told apart from no "
    "change."
)


def _answer(bundle: Bundle, policy: Row) -> Markup:
    said = [element("p", sentence) for sentence in answer(bundle, policy)]
    clear = any(found(row) for _, row in rows_of(bundle, policy["id"], headline(bundle)))
    class_ = "nothing" if policy["changes_nothing"] else None if clear else "open"
    return element("li", element("h3", numbered(policy)), said, class_=class_)


def effects_key(*, judged: bool) -> Markup:
    """Return the key of the figures of effects, of those with a judgement or without."""

    def dot(kind: str) -> Markup:
        return swatch(element("circle", cx=7, cy=7, r=4.4, class_=f"effect {kind}"), width=14)

    bar = swatch(element("line", x1=2, x2=24, y1=7, y2=7, class_="interval"))
    thin = swatch(element("line", x1=2, x2=24, y1=7, y2=7, class_="together"))
    better = [(dot("better"), "better for people"), (dot("worse"), "worse for people")]
    together = [(thin, "the same for all measures of people together")]
    return key(
        [
            *(better if judged else []),
            (dot("clear"), "clear of zero, not judged" if judged else "clear of zero"),
            (dot("open"), "not told apart from no change"),
            (bar, f"95{words.THIN}% interval"),
            *(together if judged else []),
        ]
    )


def people_section(bundle: Bundle) -> Markup | None:
    """Return what policies change for people, both sides side by side."""
    found = [topic for topic in topics(bundle["measures"]) if any(one["people"] for one in topic)]
    if not found:
        return None
    both = len(bundle["sides"]) > 1
    sides = " and the sides as columns, at one scale" if both else ""
    lede = (
        f"Each dot is the mean difference that a policy makes, with the policies as rows{sides}. Left of the line is "
        f"less than in the baseline, right of it more.{' Civilians of both sides count alike.' if both else ''}"
    )
    drawn = [_topic(bundle, topic) for topic in found]
    heading = "People of both sides" if both else "People"
    return section("people", heading, lede, effects_key(judged=True), drawn)


def others_section(bundle: Bundle) -> Markup | None:
    """Return what policies change of ground, places, duration and losses, without a judgement."""
    found = [topic for topic in topics(bundle["measures"]) if not any(one["people"] for one in topic)]
    if not found:
        return None
    details = [topic for topic in found if _is_detail(topic[0])]
    rest = [folded(titled(topic[0]["label"]), _topic(bundle, topic, heading=False)) for topic in details]
    return section(
        "others",
        "The course of events",
        NOT_JUDGED,
        effects_key(judged=False),
        [_topic(bundle, topic) for topic in found if topic not in details],
        element("h3", "In more detail", class_="spaced") if rest else None,
        rest,
    )


NOT_JUDGED = (
    "One side's ground, soldiers and weapons are the other side's too, so no direction is called better here. A place "
    "changed control or did not; a date is that of the replications in which it did, with and without the policy."
)


def _is_detail(measure: Row) -> bool:
    """Return whether a measure is folded: dates, losses by class, and fates of soldiers other than death."""
    heads = ("lost.", "missing", "wounded", "captured", "deserted", "truces", "closure.", "talks.")
    return str(measure["topic"]).startswith(heads) or measure["reading"] == "date"


def topics(measures: Sequence[Row]) -> list[list[Row]]:
    """Return measures that are of one topic together, in the order of the first of each."""
    order: dict[str, list[Row]] = {}
    for one in measures:
        order.setdefault(one["topic"], []).append(one)
    return list(order.values())


def _topic(bundle: Bundle, measures: Sequence[Row], *, heading: bool = True) -> Markup:
    """Return the figure of a topic, once more without what dwarfs the rest, with its numbers below it."""
    several = bool(measures[0]["panel"])
    unit = element("span", f"  difference, {unit_of(measures[0])}", class_="tag") if several else None
    title = element("h3", titled(measures[0]["label"]), unit) if heading else None
    near = closer(bundle, measures)
    numbers = folded("The numbers", numbers_table(bundle, measures))
    drawn = figure(charts.both(partial(effects_figure, bundle, measures)))
    return element(
        "div", title, drawn, _closer(bundle, near, measures) if near else None, numbers, class_="topic"
    )


def _closer(bundle: Bundle, near: Bundle, measures: Sequence[Row]) -> Markup:
    kept = {one["id"] for one in near["policies"]}
    left_out = [str(one["number"]) for one in bundle["policies"] if one["id"] not in kept]
    heading = element("h4", f"A closer look, without {words.listing(left_out)}")
    return element(
        "div", heading, figure(charts.both(partial(effects_figure, near, measures))), class_="closer"
    )


def time_section(bundle: Bundle) -> Markup | None:
    """Return the followed series of policies over those of the baseline, or ``None`` where the run kept none."""
    names = [name for name in bundle["series"] if VARIANT not in name]
    kinds = [kind for kind in SERIES if any(name.partition(".")[0] == kind for name in names)]
    drawn = [
        part
        for kind in kinds
        if (part := _series(bundle, kind, [name for name in names if name.partition(".")[0] == kind]))
    ]
    lede = (
        f"Medians and 90{words.THIN}% bands over the replications: the baseline in grey, dashed, the policy in blue. A "
        "broken upright line is the day from which a policy acts: before it both are the same run. Bands are those of "
        "each, so they overlap even where the paired difference is clear. What differs in no replication is left out."
    )
    return section("time", "By time", lede, _time_key(), drawn) if drawn else None


def _time_key() -> Markup:
    def line(name: str) -> Markup:
        return swatch(
            element("rect", x=0, y=1, width=26, height=12, class_=f"band-{name}"),
            element("line", x1=0, x2=26, y1=7, y2=7, class_=f"line-{name}"),
        )

    return key([(line("base"), "baseline"), (line("with"), "with the policy")])


SERIES = {
    "civilian_deaths": "civilians killed",
    "displaced": "civilians who fled",
    "hunger": "hunger index, 0 to 1",
    "arrivals": "people who crossed",
    "deaths": "soldiers killed",
    "held_share": "share of the area held, %",
}
"""The series that are followed under policies, people first."""


def _series(bundle: Bundle, kind: str, names: Sequence[str]) -> Markup | None:
    """Return one kind of series, the sides of each policy side by side; policies without an effect are folded."""
    differ = [one for one in bundle["policies"] if any(_differs(bundle, name, one) for name in names)]
    clear = [one for one in differ if any(_is_clear(bundle, name, one) for name in names)]
    rest = [one for one in differ if one not in clear]
    if not differ:
        return None
    return element(
        "div",
        element("h3", titled(SERIES[kind])),
        figure(_by_time(bundle, kind, names, clear)) if clear else None,
        folded(f"{_counted(len(rest))} without an effect found", _by_time(bundle, kind, names, rest))
        if rest
        else None,
        class_="topic",
    )


def _counted(count: int) -> str:
    return "1 policy" if count == 1 else f"{count} policies"


def _by_time(bundle: Bundle, kind: str, names: Sequence[str], policies: Sequence[Row]) -> Markup:
    sides = {side["id"]: titled(side["name"]) for side in bundle["sides"]}
    top = max(highest(bundle, name, policy) for policy in policies for name in names)
    each = [
        element(
            "div",
            element("h4", numbered(policy)),
            panels(
                [
                    by_time(
                        bundle, name, policy, sides.get(name.rpartition(".")[2], titled(SERIES[kind])), top
                    )
                    for name in names
                ],
                "twos",
            ),
        )
        for policy in policies
    ]
    return element("div", each, class_="twos")


def _differs(bundle: Bundle, name: str, policy: Row) -> bool:
    return bool(bundle["series"][f"{name}{VARIANT}{policy['id']}"] != bundle["series"][name])


def _is_clear(bundle: Bundle, name: str, policy: Row) -> bool:
    row = bundle["effects"][policy["id"]].get(name)
    return row is not None and found(row)


def dose_section(bundle: Bundle) -> Markup | None:
    """Return the outcome against the dose of every lever that stands there with several doses."""
    curves = bundle["dose_curves"]
    if not curves:
        return None
    by_family = groupby(curves, lambda curve: str(curve["family"]))
    return section(
        "doses", "Outcome against dose", DOSES, [_family(bundle, list(own)) for _, own in by_family]
    )


DOSES = (
    "The mean outcome against the dose. The pale band is how well its level is known (95 %); the bar on a dot is "
    "how well the difference to the baseline is known, which is much better, because all doses meet the same luck. "
    "A dot is filled where that difference is clear of zero. The dotted line is the dose that changes nothing; a "
    "broken line is where the answer turns from less to more, or back."
)


def _family(bundle: Bundle, curves: Sequence[Row]) -> Markup:
    """Return the curves of one dose of one lever: people and changes of control, and all others folded."""
    known, one = {measure["id"]: measure for measure in bundle["measures"]}, curves[0]
    main = [row for row in curves if _is_first(known[row["measure"]])]
    rest = [row for row in curves if row not in main]
    clear = [
        row
        for row in main
        if any(point["difference_low"] is not None and _clear(point) for point in row["points"])
    ]
    said = [f"{titled(known[row['measure']]['name'])}: {row['words']}." for row in clear]
    silent = [known[row["measure"]]["name"] for row in main if row not in clear]
    said += [f"No dose changes beyond chance: {'; '.join(silent)}."] if silent else []
    of_unit = f", {one['unit']}" if one["unit"] not in ("", "1") else ""
    return element(
        "div",
        element(
            "h3",
            one["label"],
            element("span", f"  by {one['dose']}: {one['meaning']}{of_unit}", class_="tag"),
        ),
        element("ul", [element("li", text) for text in said], class_="says"),
        figure(panels([by_dose(bundle, row) for row in main])),
        folded("All other measures", panels([by_dose(bundle, row) for row in rest])) if rest else None,
        class_="topic",
    )


def _is_first(measure: Row) -> bool:
    return bool(measure["people"]) or measure["reading"] == "probability"


def _clear(point: Row) -> bool:
    return bool(point["difference_low"] > 0.0 or point["difference_high"] < 0.0)


def choice_section(bundle: Bundle) -> Markup | None:
    """Return ranking, dominance and regret over the measures of people."""
    judged = [one for one in headline(bundle) if one["id"] in bundle["regrets"]]
    if not judged:
        return None
    first, *others = [_regret(bundle, measure) for measure in moved(bundle, judged, CHOICES)]
    return section(
        "choice",
        "Ranking, dominance and regret",
        CHOICE,
        ranking_table(bundle, moved(bundle, judged, COLUMNS - 1)),
        first,
        others,
    )


CHOICE = (
    "Places by the mean of each measure, the best first; equal means share a place. A policy dominates another when "
    "no paired difference between the two is clearly worse for people and one is clearly better. The regret of a "
    "policy in a future is how far it falls short there of the best one: a choice for those who do not know which "
    "future they will meet."
)


def _regret(bundle: Bundle, measure: Row) -> Markup:
    regret = bundle["regrets"][measure["id"]]
    drawn = [
        regret_panel(bundle, measure, arm, arm_name(bundle, arm))
        for arm in (BASELINE, *(policy["id"] for policy in bundle["policies"]))
        if arm in regret["curves"]
    ]
    minimax = words.listing([arm_name(bundle, arm) for arm in regret["minimax"]])
    said = f"The largest shortfall in any of the {regret['futures']:,} futures drawn is smallest with: {minimax}."
    caption = "Share of futures in which the regret stays below each value; the others are drawn in grey."
    return element(
        "div",
        element("h3", f"Regret: {measure['name']}"),
        regret_table(bundle, measure),
        element("p", said, class_="evidence"),
        folded("The whole distribution", figure(panels(drawn, "panels"), caption)),
        class_="topic",
    )


def rests_section(bundle: Bundle) -> Markup | None:
    """Return on which drawn parameters the effects on people rest."""
    wanted = {one["id"] for one in headline(bundle)}
    rows = [row for row in bundle["drivers"] if row["strongest"] and row["measure"] in wanted]
    if not rows:
        return None
    shown, title = drivers_table(bundle, rows), f"All {len(rows)} effects"
    return section(
        "rests", "On what the effects rest", RESTS, folded(title, shown) if len(rows) > MANY else shown
    )


RESTS = (
    "With the same luck in both runs most noise is gone from a difference, so what is left of its spread is mostly "
    "what the drawn parameters make of the policy. A rank correlation above zero: the higher the parameter, the "
    "higher the difference. Beyond chance: the strongest of so many would not reach it by chance with 95 %. "
    "Parameters that have no data are priors with their reasons: an effect that rests on them says more about the "
    "priors than about the world."
)


def pairing_section(bundle: Bundle) -> Markup:
    """Return what the same luck saved, and how many replications it takes."""
    lede = (
        f"The {words.count(bundle['run']['replications'])} replications stand for as many pairs. With independent "
        "runs the same precision would have taken the number in the third column, of the baseline and of the policy "
        "each. The last two columns are the replications for an interval of a tenth of the baseline's mean either "
        "way, and for one clear of zero if the difference is as found."
    )
    measures = moved(bundle, headline(bundle), CHOICES) or list(bundle["measures"][:CHOICES])
    return section("pairing", "What the same luck saved", lede, pairing_table(bundle, measures))
