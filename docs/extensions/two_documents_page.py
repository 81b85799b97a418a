"""The page on the two documents: hand-written words, and tables and sentences made from the stored figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import two_documents_charts as charts
import two_documents_words as words
from frames import DOCS, fill
from two_documents_words import PLAN_NAMES, Data, amount, cell, curve

from staffride.lab.proportions import wilson
from staffride.lab.two_documents import (
    ADDED,
    ALL,
    CHANGES,
    COURSE,
    GROUND,
    JAMMING,
    LAYERS,
    LEAKED,
    MATERIEL,
    OUTCOMES,
    REPLACED,
    policies,
)

FIGURES = DOCS / "model" / "two_documents.json"
FRAME = "model/two_documents_frame.md"

COLUMNS = {
    CHANGES: "change of control, points",
    COURSE[1]: "time held, days",
    COURSE[2]: "date where in both, days",
    GROUND: "area held, arm, points",
    COURSE[4]: "war lasts, days",
    "deaths.both": "soldiers killed",
    "deaths.az": "killed, az",
    "deaths.arm": "killed, arm",
    "displaced.both": "civilians fled",
    "displaced.az": "fled, az",
    "displaced.arm": "fled, arm",
    "civilian_deaths.both": "civilians killed",
    "civilian_deaths.az": "civilians killed, az",
    "civilian_deaths.arm": "civilians killed, arm",
    MATERIEL[0]: "TB2 lost, az",
    MATERIEL[1]: "loitering munitions lost, az",
    MATERIEL[2]: "air defence lost, arm",
    LEAKED: "threats that got through, points",
}
BY_SIDE = tuple(
    f"{what}.{side}" for what in ("deaths", "displaced", "civilian_deaths") for side in ("az", "arm")
)
CUEING = {"record": "as in the record", "joined": "all joined", "none": "none"}
Cells = Sequence[str]


def read() -> Data:
    """Return the stored figures."""
    found: Data = json.loads(FIGURES.read_text(encoding="utf-8"))
    return found


def render() -> str:
    """Return the page."""
    return page(read())


def town() -> str:
    """Return the first drawing."""
    return charts.town(read())


def harm() -> str:
    """Return the second drawing."""
    return charts.harm(read())


def page(data: Data) -> str:
    """Return the page for some figures."""
    return fill(FRAME, {name: make(data) for name, make in MARKS.items()})


def made(data: Data) -> str:
    """Return how the figures were made, in one paragraph."""
    how = data["made"]
    rows = sum(len(plan["arms"]) for plan in data["plans"].values())
    intervals = sum(len(row["effects"]) for plan in data["plans"].values() for row in plan["arms"])
    return (
        f"{how['replications']:,} replications of `{how['scenario']}`, seed {how['seed']}, version {how['version']}, "
        f"run until {how['date']}; cut-off of the scenario {how['cutoff'][:10]}; digests of evidence "
        f"`{how['evidence']}` and model `{how['model']}`. {rows} policies and {intervals:,} effects are kept: of so "
        "many 95 % intervals about one in twenty misses by chance alone"
    )


def stock(data: Data) -> str:
    """Return what the defender begins with, and what a dose costs, as a table."""
    found = data["stock"]
    rows = [
        [
            kind,
            *(amount(one[key], "elements", sign=False) for key in ("mean", "low", "high")),
            added(one["mean"]),
        ]
        for kind, one in found.items()
    ]
    return table(["layer", "mean", "least", "most", "added at 1.5, 2 and 3 times"], rows)


def added(mean: float) -> str:
    """Return the launchers that the doses above the record add."""
    return ", ".join(f"{(factor - 1.0) * mean:.0f}" for factor in (1.5, 2.0, 3.0))


def referred(data: Data) -> str:
    """Return the outcomes without a policy under both kinds of raids, and what adapting itself changes."""
    rows = []
    for one in data["measures"]:
        name, unit = one["id"], one["unit"]
        cells = [level(data["plans"][plan]["reference"][name], unit) for plan in PLAN_NAMES]
        rows.append(
            [COLUMNS[name].replace("points", "%"), *cells, difference(data, data["adapting"][name], name)]
        )
    return table(["outcome", *PLAN_NAMES.values(), "what adapting changes"], rows)


def level(known: dict[str, Any], unit: str) -> str:
    """Return a mean with its 95 % interval."""
    values = (known[key] for key in ("mean", "low", "high"))
    mean, low, high = (amount(float("nan") if v is None else v, unit, sign=False) for v in values)
    return f"{mean} ({low} to {high})"


def difference(data: Data, numbers: Sequence[float | None], measure: str) -> str:
    """Return a difference with its 95 % interval, bold where its wide interval is clear of zero."""
    effect, unit = cell(data, numbers), words.unit_of(data, measure)
    if words.unmoved(effect):
        return "same in all"
    text, low, high = (amount(effect[key], unit) for key in ("difference", "low", "high"))
    text = f"**{text}**" if words.clear(effect) else text
    return f"{text} ({low} to {high})"


def effects(data: Data, families: Sequence[str], measures: Sequence[str], key: str = "effects") -> str:
    """Return the effects of all policies of some families, as a table."""
    rows = []
    for plan, name in PLAN_NAMES.items():
        for family, cueing, row in _policies(data, plan, families):
            if key not in row:
                continue
            head = [name, *([family] if len(families) > 1 else []), CUEING[cueing], f"{row['dose']:g}"]
            rows.append([*head, *(difference(data, row[key][measure], measure) for measure in measures)])
    family = ["what"] if len(families) > 1 else []
    return table(["raids", *family, "cueing", "dose", *(COLUMNS[name] for name in measures)], rows)


def _policies(data: Data, plan: str, families: Sequence[str]) -> Iterator[tuple[str, str, Data]]:
    for family in families:
        for cueing in CUEING:
            for row in curve(data, plan, family, cueing):
                yield family, cueing, row


def futures(data: Data) -> str:
    """Return in which share of futures a policy averts, brings about or moves the change of control, as a table."""
    rows = []
    for plan, name in PLAN_NAMES.items():
        for family, cueing, row in _policies(data, plan, (ALL, ADDED, REPLACED, JAMMING)):
            counts = row["futures"]
            n = sum(counts.values())
            shares = [_share(counts[way], n) for way in ("averted", "brought about", "later", "earlier")]
            rows.append([name, family, CUEING[cueing], f"{row['dose']:g}", *shares])
    head = ["raids", "what", "cueing", "dose", "averted", "brought about", "later", "earlier"]
    return table(head, rows)


def _share(count: int, n: int) -> str:
    known = wilson(count, n)
    return f"{100 * known.share:.1f} % ({100 * known.low:.1f} to {100 * known.high:.1f})"


def drivers(data: Data) -> str:
    """Return the parameters with which the effects go most, as a table."""
    rows = []
    for plan, name in PLAN_NAMES.items():
        for found in data["plans"][plan]["drivers"]:
            strong = [one for one in found["strongest"] if one["beyond_chance"]]
            told = ", ".join(f"`{one['parameter']}` ({one['correlation']:+.2f})" for one in strong)
            rows.append(
                [
                    name,
                    f"`{found['policy']}`",
                    COLUMNS[found["measure"]],
                    told or f"none above {found['bound']:.2f}",
                ]
            )
    return table(["raids", "policy", "effect on", "goes with (rank correlation)"], rows)


def table(head: Cells, rows: Sequence[Cells]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])


def by_plan(tell: Any) -> Any:
    """Return a function that tells the same of both kinds of raids, one paragraph each."""
    return lambda data: "\n\n".join(tell(data, plan) for plan in PLAN_NAMES)


def others(data: Data, plan: str) -> str:
    """Return what else is changed than the number of the record's launchers."""
    return f"Under {PLAN_NAMES[plan]}:\n\n{words.others_told(data, plan)}"


def design(_data: Data) -> str:
    """Return how many policies there are under each kind of raids."""
    return " and ".join(f"{len(policies(plan))} under {name}" for plan, name in PLAN_NAMES.items())


def command(data: Data) -> str:
    """Return the command that repeats the experiment."""
    return str(data["made"]["command"])


MARKS = {
    "headline": words.headline,
    "network": words.network_told,
    "starting point": words.starting_point,
    "course": by_plan(words.course_told),
    "people": by_plan(words.people_told),
    "less": by_plan(words.less_told),
    "layers": by_plan(words.layers_told),
    "others": by_plan(others),
    "trust": by_plan(words.trust_told),
    "design": design,
    "made": made,
    "stock": stock,
    "reference": referred,
    "course table": lambda data: effects(data, (ALL,), COURSE),
    "people table": lambda data: effects(data, (ALL,), BY_SIDE),
    "materiel table": lambda data: effects(data, (ALL,), (*MATERIEL, LEAKED)),
    "layers table": lambda data: effects(data, LAYERS, OUTCOMES),
    "others table": lambda data: effects(data, (ADDED, REPLACED, JAMMING), OUTCOMES),
    "futures table": futures,
    "trust table": lambda data: effects(data, (ALL, ADDED, REPLACED, JAMMING), OUTCOMES, "as_recorded"),
    "drivers table": drivers,
    "command": command,
}
"""What is put in the place of each mark of the frame."""
