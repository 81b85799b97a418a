"""Rules that turn the figures of Flee's cases into sentences, and lay them beside the aims that were set beforehand.

A rule names every case in which ours does not come out below another line, never only those in which it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Data = dict[str, Any]

WITH, WITHOUT, AFTER = "with_capacities", "without_capacities", "after_first_reports"
OURS, IN_SAMPLE, FORECAST = "ours_left_out", "ours_in_sample", "forecast"
LINES = {
    WITH: {"flee": "Flee", "naive": "capacity share", "neutral": "free-capacity rule"},
    WITHOUT: {
        "flee": "Flee (knows capacities)",
        "naive": "capacity share (knows them)",
        "neutral": "all open, without limit",
    },
    AFTER: {
        "flee": "Flee (knows capacities)",
        "naive": "shares of that day kept",
        "neutral": "all open, without limit",
    },
}
"""What stands beside ours in each situation."""
NAIVES = ("level", "shares x damped total", "undamped trend")
FEW_COVERED = 0.85
"""A 90 % band that covers less is named."""


class Aim(NamedTuple):
    """One aim that was set beforehand.

    Attributes
    ----------
    what
        In words.
    unit
        ``share`` in per cent, ``times``, ``s``, ``GiB``, or nothing.
    found
        What was found.
    bound, further
        What was to be reached at least, and what was hoped for.
    least
        Whether the value found has to be at least the bound, not at most.
    """

    what: str
    unit: str
    found: float | None
    bound: float
    further: float | None = None
    least: bool = False

    def reached(self, bound: float) -> bool:
        """Return whether a bound is reached."""
        return self.found is not None and (self.found >= bound if self.least else self.found <= bound)

    def verdict(self) -> str:
        """Return whether it is reached, in a word or two."""
        if self.found is None:
            return "not measured"
        if not self.reached(self.bound):
            return "**no**"
        if self.further is None:
            return "yes"
        return "yes, the further one too" if self.reached(self.further) else "yes, not the further one"


def aims(data: Data) -> list[Aim]:
    """Return every aim with what was found."""
    return [*_of_shares(data), *_of_mode(data), *_of_forecasts(data), *_of_speed(data)]


def _of_shares(data: Data) -> Iterator[Aim]:
    mean = {name: data["shares"][name]["scores"]["mean"] for name in (WITH, WITHOUT, AFTER)}
    yield Aim("shares: mean over cases, in sample", "", mean[WITH][IN_SAMPLE], 0.21, 0.19)
    yield Aim("shares: mean over cases, each left out", "", mean[WITH][OURS], 0.228, 0.215)
    rows = cases_of(data, WITH)
    yield Aim("shares: worst case, left out", "", max(row[OURS] for row in rows.values()), 0.35)
    above = sum(row[OURS] >= row["flee"] for row in rows.values())
    yield Aim("shares: cases in which ours, left out, is not below Flee", "", float(above), 0.0)
    yield Aim("shares without capacities: mean, in sample", "", mean[WITHOUT][IN_SAMPLE], 0.36)
    yield Aim(
        "shares after day 30, given the counts to that day: mean, left out", "", mean[AFTER][OURS], 0.42
    )


def _of_mode(data: Data) -> Iterator[Aim]:
    outside = [one["outside"] for one in data["flee_mode"]["cases"].values()]
    text = "Flee mode: camps and days outside the widened spread of Flee's runs, worst case"
    yield Aim(text, "share", None if None in outside else max(outside), 0.0)


def _of_forecasts(data: Data) -> Iterator[Aim]:
    against = {name: data["forecasts"]["against"][name] for name in NAIVES}
    for measure in ("mae", "crps"):
        worst = max(max(one[f"pooled {measure}"]["by_lead"]) for one in against.values())
        yield Aim(f"forecast: {measure.upper()} over that of the best simple one, worst lead", "", worst, 1.0)
    for name, bound, further in (("level", 0.95, 0.90), ("shares x damped total", 0.98, 0.95)):
        found = against[name]["pooled mae"]["over_leads"]
        yield Aim(f"forecast: MAE over that of {name}, all leads", "", found, bound, further)
    coverage = data["forecasts"]["coverage"][FORECAST]["90"]
    yield Aim("forecast: cover of 90 % bands, all cases", "share", coverage["all"], 0.85, least=True)
    yield Aim("forecast: cover of 90 % bands, all cases", "share", coverage["all"], 0.95)
    worst = min(coverage["by_case"].values())
    yield Aim("forecast: cover of 90 % bands, worst case", "share", worst, 0.70, least=True)


def _of_speed(data: Data) -> Iterator[Aim]:
    times = data["speed"] or {"cases": {}, "large": None, "flee": {}}
    measured = [name for name in times["flee"] if name in times["cases"]]
    for engine, bound in (("cohorts", 1000.0), ("agents", 50.0)):
        ratios = [times["flee"][name] / times["cases"][name][engine]["alone"] for name in measured]
        text = f"speed: Flee's processor time over one run's as {engine}, worst case"
        yield Aim(text, "times", min(ratios, default=None), bound, least=True)
    ratios = [times["flee"][name] / times["cases"][name]["flee_mode"] for name in measured]
    yield Aim(
        "speed: the same of Flee mode, worst case", "times", min(ratios, default=None), 50.0, least=True
    )
    walls = [one["command"]["wall"] for one in times["cases"].values()]
    yield Aim("speed: the whole command, wall time, worst case", "s", max(walls, default=None), 0.8)
    large = times["large"] or {}
    for engine, bound in (("cohorts", 1.0), ("agents", 60.0)):
        found = large.get(engine, {}).get("wall")
        yield Aim(f"size: ten million people as {engine}, wall time", "s", found, bound)
    peaks = [large[engine]["peak_mib"] / 1024 for engine in ("cohorts", "agents") if engine in large]
    yield Aim("size: ten million people, peak memory", "GiB", max(peaks, default=None), 1.0)


def cases_of(data: Data, situation: str) -> dict[str, Mapping[str, float]]:
    """Return the scores of the cases of a situation, without their mean."""
    return {name: row for name, row in data["shares"][situation]["scores"].items() if name != "mean"}


def told_of_shares(data: Data, situation: str) -> str:
    """Return in which cases ours, left out, is below each other line, and what it gains and what fitting costs."""
    rows, names = cases_of(data, situation), LINES[situation]
    mean = data["shares"][situation]["scores"]["mean"]
    beaten = "; ".join(_beaten(rows, column, name) for column, name in names.items() if _known(rows, column))
    gains = sorted((row["neutral"] - row[OURS], name) for name, row in rows.items())
    (least, at_least), (most, at_most) = gains[0], gains[-1]
    lost = mean[OURS] - mean[IN_SAMPLE]
    return (
        f"On average ours scores {mean[IN_SAMPLE]:.3f} in sample and {mean[OURS]:.3f} left out. Left out it is "
        f"{beaten}. What it gains over *{names['neutral']}* goes from {least:+.3f} in {at_least} to {most:+.3f} in "
        f"{at_most} (a minus is a loss). Not having seen the case costs {lost:.3f} on average; the penalty is "
        f"{data['shares'][situation]['penalty']:g}."
    )


def _known(rows: Mapping[str, Mapping[str, float]], column: str) -> bool:
    return all(row[column] is not None for row in rows.values())


def _beaten(rows: Mapping[str, Mapping[str, float]], column: str, name: str) -> str:
    behind = {case: row for case, row in rows.items() if row[OURS] >= row[column]}
    lost = [f"{case}: {row[OURS]:.3f} against {row[column]:.3f}" for case, row in behind.items()]
    text = f"below *{name}* in {len(rows) - len(lost)} of {len(rows)} cases"
    return f"{text} (not in {'; '.join(lost)})" if lost else text


def told_of_mode(data: Data) -> str:
    """Return how Flee mode stands to the spread of Flee's runs."""
    mode = data["flee_mode"]
    known = {name: one for name, one in mode["cases"].items() if one["outside"] is not None}
    strays = [f"{name} ({100 * one['outside']:.2g} %)" for name, one in known.items() if one["outside"] > 0.0]
    own = [
        f"{name} ({100 * one['flee_outside']:.2g} %)"
        for name, one in known.items()
        if one["flee_outside"] > 0.0
    ]
    later = [name for name, one in known.items() if (one["later_excess"] or 0.0) > 0.0]
    runs = sorted({one["runs"] for one in known.values()})
    return (
        f"The margin is {100 * mode['widened']:g} % of the day's total; {mode['own_runs']} runs of Flee mode stand "
        f"beside {' to '.join(map(str, runs))} of Flee. A count lies outside in {', '.join(strays) or 'none'} of "
        f"{len(known)} cases. The same test of Flee's own runs, each beside the others, finds some outside in "
        f"{', '.join(own) or 'none'}: a few runs do not span all that one more can do. On days with at least "
        f"{mode['many_agents']:,} agents a count of Flee mode lies outside in {', '.join(later) or 'no case'}."
    )


def told_of_forecasts(data: Data) -> str:
    """Return what the forecast gains over each simple one, and where it gains nothing."""
    told = []
    for name in NAIVES:
        one = data["forecasts"]["against"][name]["pooled mae"]
        gains = {case: 1.0 - value for case, value in by_case(data, name, "mae").items()}
        order = sorted(gains, key=gains.__getitem__)
        low, high = (100 * (1.0 - end) for end in reversed(one["interval_90"]))
        least = ", ".join(f"{case} ({100 * gains[case]:+.1f} %)" for case in order[:2])
        told.append(
            f"- Over *{name}* its absolute error is {100 * (1.0 - one['over_leads']):.1f} % less over all leads "
            f"(90 % interval over cases {low:.1f} to {high:.1f} %). The gain is least in {least}, and most in "
            f"{order[-1]} ({100 * gains[order[-1]]:+.1f} %)."
        )
    return "\n".join(told)


def by_case(data: Data, naive: str, measure: str) -> dict[str, float]:
    """Return for each case our score over that of a simple forecast, leads counting alike."""
    scores = data["forecasts"]["scores"]
    ours, theirs = scores[FORECAST][measure]["by_case"], scores[naive][measure]["by_case"]
    return {case: _sum(ours[case]) / _sum(theirs[case]) for case in ours}


def _sum(values: Sequence[float | None]) -> float:
    return sum(value for value in values if value is not None)


def told_of_coverage(data: Data) -> str:
    """Return which bands cover too little."""
    few = _few(data["forecasts"]["coverage"][FORECAST]["90"]["by_case"])
    half = data["forecasts"]["coverage"][FORECAST]["50"]["by_case"]
    least, most = min(half, key=half.__getitem__), max(half, key=half.__getitem__)
    return (
        f"Bands of 90 % that cover less than {100 * FEW_COVERED:.0f} %: {few}. Bands of 50 % cover from "
        f"{100 * half[least]:.0f} % ({least}) to {100 * half[most]:.0f} % ({most}): how wide a band ought to be "
        "differs from case to case more than a fit on other cases can know."
    )


def told_of_totals(data: Data) -> str:
    """Return where the forecast of the total is behind a simple one, and where its bands cover too little."""
    totals, leads = data["forecasts"]["totals"], data["forecasts"]["leads"]
    behind = []
    for naive in NAIVES:
        for measure in ("mae", "crps"):
            pairs = zip(
                leads, totals[FORECAST]["pooled"][measure], totals[naive]["pooled"][measure], strict=True
            )
            behind += [
                f"{measure.upper()} at {lead} days is {100 * (ours / theirs - 1.0):.0f} % above that of *{naive}*"
                for lead, ours, theirs in pairs
                if ours > theirs
            ]
    few = _few(totals[FORECAST]["covered_90"]["by_case"])
    return (
        f"{data['forecasts']['verified_totals']:,} totals are verified. Where ours is behind a simple one: "
        f"{'; '.join(behind) or 'at no lead'}. Bands of 90 % of the total that cover less than "
        f"{100 * FEW_COVERED:.0f} %: {few}."
    )


def _few(covered: Mapping[str, float]) -> str:
    few = [f"{name} ({100 * share:.1f} %)" for name, share in covered.items() if share < FEW_COVERED]
    return ", ".join(few) or "none"


def told_of_capacities(data: Data) -> str:
    """Return how many capacities of the cases equal a report of their own destination."""
    kinds = ("the largest", "another", "no report")
    largest, another, none = (
        sum(one["capacities"][kind] for one in data["cases"].values()) for kind in kinds
    )
    return (
        f"Of {largest + another + none} capacities in the {len(data['cases'])} cases, {largest} equal the largest "
        f"count ever reported of that destination to the person, {another} equal another of its reported counts, and "
        f"{none} equal none (a few are such a count, rounded)"
    )


def told_of_times(data: Data) -> str:
    """Return when and under what load the times were taken."""
    if not data["speed"]:
        return "No times were taken yet."
    when, before = data["speed"], data["speed"]["before"]
    busy = ": wall times are too long, and processor times somewhat" if before["state"] == "busy" else ""
    return (
        f"Taken on {when['date']} on {when['machine']}, while the machine was **{before['state']}** (load "
        f"{before['load']:g} before the start){busy}."
    )
