"""The sections of a comparison's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from staffride.lab.measures import BASELINE
from staffride.present import charts, words
from staffride.present.campaign_words import titled
from staffride.present.comparison_effects import effects_figure, numbered
from staffride.present.comparison_panels import by_dose, by_time, panels, regret_panel
from staffride.present.comparison_summary import SAME_LUCK, answer, beside, unknown
from staffride.present.comparison_tables import (
    arm_name,
    drivers_table,
    numbers_table,
    pairing_table,
    people_table,
    ranking_table,
    regret_table,
)
from staffride.present.comparison_words import headline
from staffride.present.ground_sections import folded
from staffride.present.layout import figure, key, section, swatch
from staffride.present.markup import Markup, element
from staffride.present.summary import Bundle
from staffride.results.vocabulary import VARIANT

Row = Mapping[str, Any]

MOST_COLUMNS = 6
"""Measures that stand side by side in one table."""


def answers_section(bundle: Bundle) -> Markup:
    """Return what was asked, the answer for each policy, and what is not known."""
    count = len(bundle["policies"])
    many = "one policy" if count == 1 else f"{count} policies"
    asked = f"What {many} would have changed in “{bundle['run']['of']}”, for the people of both sides. {SAME_LUCK}"
    items = [_answer(bundle, policy) for policy in bundle["policies"]]
    shown = headline(bundle)[:MOST_COLUMNS]
    return section(
        "answers",
        "In plain words",
        asked,
        element("ol", items, class_="answers"),
        element("h3", "People at a glance"),
        element("p", GLANCE, class_="evidence"),
        people_table(bundle, shown) if shown else None,
        element("h3", "Beside each other", class_="spaced"),
        [element("p", sentence) for sentence in beside(bundle)],
        element("h3", "What is not known", class_="spaced"),
        [element("p", sentence) for sentence in unknown(bundle)],
    )


GLANCE = (
    "Mean difference to the baseline with its 95 % interval, and the share of futures in which the policy is better. "
    "Green is better for people and orange worse, where the interval is clear of zero; grey is not told apart from no "
    "change."
)


def _answer(bundle: Bundle, policy: Row) -> Markup:
    said = [element("p", sentence) for sentence in answer(bundle, policy)]
    clear = any(row["verdict"] in ("better", "worse") for row in bundle["effects"][policy["id"]].values())
    class_ = "nothing" if policy["changes_nothing"] else None if clear else "open"
    return element("li", element("h3", numbered(policy)), said, class_=class_)


def effects_key() -> Markup:
    """Return the key of the figures of effects."""

    def dot(kind: str) -> Markup:
        return swatch(element("circle", cx=7, cy=7, r=4.4, class_=f"effect {kind}"), width=14)

    bar = swatch(element("line", x1=2, x2=24, y1=7, y2=7, class_="interval"))
    thin = swatch(element("line", x1=2, x2=24, y1=7, y2=7, class_="together"))
    return key(
        [
            (dot("better"), "better for people"),
            (dot("worse"), "worse"),
            (dot("clear"), "clear of zero, without a judgement"),
            (dot("open"), "not told apart from no change"),
            (bar, f"95{words.THIN}% interval"),
            (thin, "the same for all measures of people together"),
        ]
    )


def people_section(bundle: Bundle) -> Markup | None:
    """Return what policies change for people, both sides side by side."""
    measures = [one for one in bundle["measures"] if one["people"]]
    if not measures:
        return None
    lede = (
        "Each dot is the mean difference that a policy makes, with the policies as rows and the sides as columns, "
        "at one scale. Left of the line is less than in the baseline, right of it more. Civilians of both sides "
        "count alike."
    )
    drawn = [_topic(bundle, topic) for topic in topics(measures)]
    return section("people", "People of both sides", lede, effects_key(), drawn)


def others_section(bundle: Bundle) -> Markup | None:
    """Return what policies change of soldiers, ground, places, duration and losses, without a judgement."""
    found = topics([one for one in bundle["measures"] if not one["people"]])
    if not found:
        return None
    lede = (
        "One side's ground, soldiers and weapons are the other side's too, so no direction is called better here. "
        "Places changed control or did not; the date is that of the replications in which they did."
    )
    open_ = [topic for topic in found if not _is_detail(topic[0])]
    details = [topic for topic in found if _is_detail(topic[0])]
    rest = [folded(titled(topic[0]["label"]), _topic(bundle, topic, heading=False)) for topic in details]
    more = element("h3", "More of the same", class_="spaced") if rest else None
    return section(
        "others",
        "Soldiers, ground and duration",
        lede,
        effects_key(),
        [_topic(bundle, topic) for topic in open_],
        more,
        rest,
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
    """Return the figure of a topic, with its numbers below it."""
    title = element("h3", titled(measures[0]["label"])) if heading else None
    draw = partial(effects_figure, bundle, measures)
    numbers = folded("The numbers", numbers_table(bundle, measures))
    return element("div", title, figure(charts.both(draw)), numbers, class_="topic")


def time_section(bundle: Bundle) -> Markup | None:
    """Return the followed series of policies over those of the baseline, or ``None`` where the run kept none."""
    names = [name for name in bundle["series"] if VARIANT not in name and _moves(bundle, name)]
    if not names:
        return None
    lede = (
        f"Medians and 90{words.THIN}% bands over the replications: the baseline in grey, dashed, the policy in blue. A "
        "broken upright line is the day from which a policy acts: before it both are the same run. Bands are those of "
        "each, so they overlap even where the paired difference is clear. Charts in which nothing differs are left out."
    )
    drawn = [
        _series(bundle, kind, list(own)) for kind, own in groupby(names, lambda name: name.partition(".")[0])
    ]
    return section("time", "By time", lede, _time_key(), drawn)


def _time_key() -> Markup:
    def line(name: str) -> Markup:
        return swatch(
            element("rect", x=0, y=1, width=26, height=12, class_=f"band-{name}"),
            element("line", x1=0, x2=26, y1=7, y2=7, class_=f"line-{name}"),
        )

    return key([(line("base"), "baseline"), (line("with"), "with the policy")])


SERIES = {
    "deaths": "soldiers killed",
    "civilian_deaths": "civilians killed",
    "displaced": "civilians who fled",
    "held_share": "share of the area held, %",
    "arrivals": "people who crossed",
    "hunger": "hunger index, 0 to 1",
}


def _moves(bundle: Bundle, name: str) -> bool:
    return any(_differs(bundle, name, policy) for policy in bundle["policies"])


def _differs(bundle: Bundle, name: str, policy: Row) -> bool:
    series = bundle["series"]
    other = series.get(f"{name}{VARIANT}{policy['id']}")
    return other is not None and other != series[name]


def _series(bundle: Bundle, kind: str, names: Sequence[str]) -> Markup:
    """Return one kind of series, policy by policy, the sides next to each other."""
    sides = {side["id"]: side["name"] for side in bundle["sides"]}
    label = SERIES.get(kind, kind.replace("_", " "))
    drawn = [
        by_time(
            bundle,
            name,
            policy,
            f"{label}, {sides[side]}" if (side := name.rpartition(".")[2]) in sides else label,
        )
        for policy in bundle["policies"]
        for name in names
        if _differs(bundle, name, policy)
    ]
    return element("div", element("h3", titled(label)), figure(panels(drawn)), class_="topic")


def dose_section(bundle: Bundle) -> Markup | None:
    """Return the outcome against the dose of every lever that stands there with several doses."""
    curves = bundle["dose_curves"]
    if not curves:
        return None
    lede = (
        "The mean outcome against the dose with its 95 % interval. A dot is filled where the paired difference to "
        "the baseline is clear of zero. The dotted line is the dose that changes nothing; a broken line is where "
        "the answer turns from less to more, or back."
    )
    by_family = groupby(curves, lambda curve: (curve["lever"], curve["dose"], curve["family"], curve["unit"]))
    drawn = [
        _family(bundle, str(lever), str(dose), str(unit), list(own))
        for (lever, dose, _, unit), own in by_family
    ]
    return section("doses", "Outcome against dose", lede, drawn)


def _family(bundle: Bundle, lever: str, dose: str, unit: str, curves: Sequence[Row]) -> Markup:
    known = {one["id"]: one for one in bundle["measures"]}
    first = [
        one
        for one in curves
        if known[one["measure"]]["people"] or known[one["measure"]]["reading"] == "probability"
    ]
    rest = [one for one in curves if one not in first]
    said = [element("li", f"{titled(known[one['measure']]['name'])}: {one['words']}.") for one in first]
    of_unit = f", {unit}" if unit not in ("", "1") else ""
    return element(
        "div",
        element("h3", f"{lever}: by {dose}{of_unit}"),
        figure(panels([by_dose(bundle, one) for one in first])),
        element("ul", said, class_="says"),
        folded("All other measures", panels([by_dose(bundle, one) for one in rest])) if rest else None,
        class_="topic",
    )


def choice_section(bundle: Bundle) -> Markup | None:
    """Return ranking, dominance and regret over the measures of people."""
    measures = [one for one in headline(bundle) if one["id"] in bundle["regrets"]][:MOST_COLUMNS]
    if not measures:
        return None
    lede = (
        "Places by the mean of each measure, the best first; equal means share a place. One policy is at least as "
        "good as another for people in everything when no paired difference between the two is clearly worse and "
        "one is clearly better. The regret of a policy in a future is how far it falls short there of the best one."
    )
    return section(
        "choice",
        "Ranking, dominance and regret",
        lede,
        ranking_table(bundle, measures),
        [_regret(bundle, measure) for measure in measures],
    )


def _regret(bundle: Bundle, measure: Row) -> Markup:
    regret = bundle["regrets"][measure["id"]]
    drawn = [
        regret_panel(bundle, measure, arm, arm_name(bundle, arm))
        for arm in (BASELINE, *(policy["id"] for policy in bundle["policies"]))
        if arm in regret["curves"]
    ]
    minimax = words.listing([arm_name(bundle, arm) for arm in regret["minimax"]])
    return element(
        "div",
        element("h3", f"Regret: {measure['name']}"),
        figure(
            panels(drawn),
            "How far each falls short of the best in every future; the others are drawn in grey.",
        ),
        regret_table(bundle, measure),
        element(
            "p",
            f"The largest shortfall in any of the futures drawn is smallest with: {minimax}.",
            class_="evidence",
        ),
        class_="topic",
    )


def rests_section(bundle: Bundle) -> Markup | None:
    """Return on which drawn parameters the effects on people rest."""
    wanted = {one["id"] for one in headline(bundle)}
    rows = [row for row in bundle["drivers"] if row["strongest"] and row["measure"] in wanted]
    if not rows:
        return None
    lede = (
        "With the same luck in both runs most noise is gone from a difference, so what is left of its spread is mostly "
        "what the drawn parameters make of the policy. A rank correlation above zero: the higher the parameter, the "
        "higher the difference. Beyond chance is what the strongest of so many would not reach by chance with 95 %."
    )
    several = len(rows) > MOST_COLUMNS
    shown = drivers_table(bundle, rows)
    return section(
        "rests",
        "On what the effects rest",
        lede,
        folded(f"All {len(rows)} effects", shown) if several else shown,
    )


def pairing_section(bundle: Bundle) -> Markup:
    """Return what the same luck saved, and how many replications it takes."""
    runs = words.count(bundle["run"]["replications"])
    lede = (
        f"The {runs} replications stand for as many pairs. With independent runs the same precision would have taken "
        "the number in the third column, of the baseline and of the policy each. The last two columns are the "
        "replications for an interval of a tenth of the baseline's mean either way, and for one clear of zero if "
        "the difference is as found."
    )
    measures = headline(bundle) or list(bundle["measures"][:MOST_COLUMNS])
    return section("pairing", "What the same luck saved", lede, pairing_table(bundle, measures))
