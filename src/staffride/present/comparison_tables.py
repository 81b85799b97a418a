"""The tables of a comparison's page: people at a glance, every number, ranking and regret, what pairing saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from staffride.lab.measures import BASELINE
from staffride.present import words
from staffride.present.campaign_words import titled
from staffride.present.comparison_effects import numbered
from staffride.present.comparison_words import (
    found,
    interval,
    level,
    moment_of,
    rows_of,
    share,
    signed,
    unit_of,
)
from staffride.present.layout import table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle

Row = Mapping[str, Any]


def people_table(bundle: Bundle, measures: Sequence[Row]) -> Markup:
    """Return policies as rows and measures as columns: difference, interval, and in how many futures it is better."""
    head = ("Policy", *(titled(measure["name"]) for measure in measures))
    base: list[Child] = ["Baseline, mean", *(_base(bundle, measure) for measure in measures)]
    rows: list[list[Child]] = [base]
    for policy in bundle["policies"]:
        effects = {measure["id"]: row for measure, row in rows_of(bundle, policy["id"], measures)}
        rows.append(
            [numbered(policy), *(_glance(measure, effects.get(measure["id"])) for measure in measures)]
        )
    return table(head, rows, numbers=range(1, len(head)), class_="matrix")


def _base(bundle: Bundle, measure: Row) -> str:
    """Return the baseline's mean over all replications that have the measure."""
    means = {row["arm"]: row["mean"] for row in bundle["rankings"][measure["id"]]}
    return level(means[BASELINE], measure)


def _glance(measure: Row, row: Row | None) -> Child:
    if row is None:
        return "–"
    if row["verdict"] == "nothing":
        return element("span", "nothing changes", class_="muted")
    shown = element("span", signed(row["difference"], measure), class_=tone(row))
    better = row["share_better"]
    said = f"better in {share(better)}" if better is not None else ""
    return join(
        shown,
        element("div", interval(row, measure), class_="tag"),
        element("div", said, class_="tag") if said else None,
    )


def tone(row: Row) -> str:
    """Return the class of a number: its verdict where one is found, else muted."""
    if not found(row):
        return "muted"
    return str(row["verdict"]) if row["verdict"] in ("better", "worse") else "clear"


def numbers_table(bundle: Bundle, measures: Sequence[Row]) -> Markup:
    """Return every number of some measures, policy by policy, the sides one below the other."""
    unit = unit_of(measures[0])
    head = (
        "Policy", "Baseline", "With it", f"Difference, {unit}", f"95{words.THIN}% interval", "Better in", "Worse in",
        "In words",
    )  # fmt: skip
    rows = [
        _numbers(bundle, policy, measure, row)
        for measure in measures
        for policy in bundle["policies"]
        for _, row in rows_of(bundle, policy["id"], [measure])
    ]
    return table(head, rows, numbers=range(1, 7), class_="numbers")


def _numbers(bundle: Bundle, policy: Row, measure: Row, row: Row) -> list[Child]:
    name = join(numbered(policy), element("div", measure["panel"] or measure["label"], class_="tag"))
    return [
        name,
        _mean(bundle, measure, row["baseline"]),
        _mean(bundle, measure, row["with_policy"]),
        element("span", signed(row["difference"], measure), class_=tone(row)),
        interval(row, measure),
        share(row["share_better"]),
        share(row["share_worse"]),
        titled(row["words"]),
    ]


def _mean(bundle: Bundle, measure: Row, value: float | None) -> Child:
    """Return a mean; of what is told in hours after the start, with its day below it."""
    if measure["reading"] not in ("date", "until"):
        return level(value, measure)
    return join(level(value, measure), element("div", moment_of(bundle, value), class_="tag"))


def ranking_table(bundle: Bundle, measures: Sequence[Row]) -> Markup:
    """Return baseline and policies as rows: place and mean in each measure, and by what each is dominated."""
    head = (
        "Policy",
        *(titled(measure["name"]) for measure in measures),
        "Dominated by",
    )
    places = {one["id"]: {row["arm"]: row for row in bundle["rankings"][one["id"]]} for one in measures}
    rows = [
        [name, *(_place(places[one["id"]][arm], one) for one in measures), _dominated(bundle, arm)]
        for arm, name in arms(bundle)
    ]
    return table(head, rows, numbers=range(1, len(head) - 1), class_="matrix")


def arms(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Yield id and name of the baseline and the policies."""
    yield BASELINE, "Baseline"
    yield from ((policy["id"], numbered(policy)) for policy in bundle["policies"])


def arm_name(bundle: Bundle, arm: str) -> str:
    """Return the name of the baseline or of a policy, with its number."""
    return dict(arms(bundle))[arm]


def _place(row: Row, measure: Row) -> Child:
    return join(str(row["place"]), element("div", level(row["mean"], measure), class_="tag"))


def _dominated(bundle: Bundle, arm: str) -> Child:
    others = bundle["dominance"]["dominated"].get(arm, ())
    return "; ".join(arm_name(bundle, other) for other in others) or "none"


def regret_table(bundle: Bundle, measure: Row) -> Markup:
    """Return the regret of baseline and policies in one measure, the smallest on average first."""
    regret = bundle["regrets"][measure["id"]]
    head = ("Policy", f"Regret on average, {unit_of(measure)}", "90 % of futures below", "Largest", "Best in")
    rows: list[list[Child]] = [
        [
            arm_name(bundle, row["arm"]),
            *(level(row[name], measure) for name in ("expected", "high", "largest")),
            share(row["share_best"]),
        ]
        for row in regret["rows"]
    ]
    return table(head, rows, numbers=range(1, 5))


def pairing_table(bundle: Bundle, measures: Sequence[Row]) -> Markup:
    """Return what the same luck saved, and how many replications a given precision takes."""
    head = (
        "Policy and measure", "Variance saved", "As good as, independent runs", "Replications for a tenth of the mean",
        "Replications to be clear of zero",
    )  # fmt: skip
    rows = [
        _saved(policy, measure, row)
        for policy in bundle["policies"]
        if not policy["changes_nothing"]
        for measure, row in rows_of(bundle, policy["id"], measures)
    ]
    return table(head, rows, numbers=range(1, 5))


def _saved(policy: Row, measure: Row, row: Row) -> list[Child]:
    return [
        join(numbered(policy), element("div", measure["name"], class_="tag")),
        saved(row),
        independent(row),
        *(counted(row[name]) for name in ("needed_for_precision", "needed_for_sign")),
    ]


def saved(row: Row) -> str:
    """Return what the same luck saves of the variance of a difference."""
    part = row["variance_reduction"]
    return "all" if row["verdict"] == "nothing" else "–" if part is None else share_saved(part)


def share_saved(part: float) -> str:
    """Return a share of the variance that is saved: never all where some is left.

    >>> share_saved(0.98765), share_saved(0.99999), share_saved(-0.2)
    ('98.8 %', 'over 99.9 %', '−20.0 %')
    """
    return "over 99.9 %" if part >= 0.9995 else f"{100 * part:.1f} %".replace("-", "−")


def independent(row: Row) -> str:
    """Return how many independent runs of each would tell a difference as well."""
    return "no number" if row["verdict"] == "nothing" else counted(row["as_many_as"])


def counted(value: float | None) -> str:
    """Return a number of runs to two or three digits."""
    if value is None:
        return "–"
    step = 10.0 ** max(0, len(str(round(value))) - 3)
    return words.count(words.rounded(value, step))


def drivers_table(bundle: Bundle, rows: Sequence[Row]) -> Markup:
    """Return on which drawn parameters the effects rest: those beyond chance, or that none is."""
    head = ("Effect", "Goes with", "What chance alone would reach")
    names = {one["id"]: one["name"] for one in bundle["measures"]}
    body: list[list[Child]] = [
        [
            join(arm_name(bundle, row["policy"]), element("div", names[row["measure"]], class_="tag")),
            _goes_with(row),
            f"±{row['bound']:.2f} with {row['n']:,} futures, {row['parameters']:,} parameters",
        ]
        for row in rows
    ]
    return table(head, body)


def _goes_with(row: Row) -> Child:
    clear = [one for one in row["strongest"] if one["beyond_chance"]]
    if not clear:
        first = row["strongest"][0]
        said = f"no parameter beyond chance; nearest: {first['meaning']} ({_correlation(first)})"
        return element("span", said, class_="muted")
    return [
        element(
            "div", f"{_correlation(one)}  {one['meaning']} ", element("span", one["parameter"], class_="tag")
        )
        for one in clear
    ]


def _correlation(one: Row) -> str:
    return f"{one['correlation']:+.2f}".replace("-", "−")
