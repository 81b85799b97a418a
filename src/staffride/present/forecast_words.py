"""What a forecast says in plain sentences; every one follows from figures of its document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from staffride.present import words
from staffride.present.region_words import (
    ALL,
    ARRIVALS,
    EVERYWHERE,
    PRESENT,
    Document,
    Row,
    about,
    band,
    capital,
    crossing,
    dated,
    figure,
    last_report,
    lead_of,
    middle,
    names,
    now,
    place,
    run_out,
    short_date,
    signed,
    signed_band,
)
from staffride.present.summary import Figure, Passage, Summary

NOT_KNOWN = (
    "It does not know what the parties will do. Fighting that spreads, a truce, or a border that closes or opens on a "
    "day after the origin is no part of it, unless it was asked for as a change.",
    "It counts people where somebody counts them. Who stays with relatives, moves on unseen or is not registered is in "
    "no report, and so in no band.",
    "A report can be late, be corrected afterwards, or mix new arrivals with a recount. The bands were made from how "
    "far such reports moved before, in other cases; a jump of a kind not seen there can leave them.",
    f"A 90{words.THIN}% band is left by one figure in ten, by design. Do not plan to its middle where a shortage costs "
    "lives.",
)

RESPONSIBILITY = (
    "Everything here is counts of groups; no person, household or phone is in it. Still a figure can do harm: a route, "
    "a crossing or a queue that is known in advance can be closed, taxed, shelled or used to stop people, and a "
    "forecast of arrivals can be used to shut a border. Share the page with those who receive people before you "
    "publish it, and leave the map and the crossings out where their publication could put anybody at risk."
)
RESPONSIBILITY_PAGE = "docs/data-responsibility.md"


def lead_day(document: Document) -> str:
    """Return the day of which headlines speak, in words."""
    return dated(document["series"][ALL][lead_of(document) - 1]["time"])


def summarise_forecast(document: Document) -> Summary:
    """Return title, basis, headline figures and passages of a forecast."""
    origin = document["run"]["cut-off"]
    title = f"{place(document['run']['scenario'])}: forecast from {dated(origin)}"
    return Summary(title, basis(document), headline(document), (), passages(document))


def basis(document: Document) -> str:
    """Return what the forecast knows, in a sentence."""
    run = document["run"]
    return (
        f"{words.count(run['replications'])} futures from reports dated up to {dated(run['cut-off'])}. Nothing that "
        "was reported or corrected later was used, and nothing between two reports was filled in."
    )


def headline(document: Document) -> tuple[Figure, ...]:
    """Return four figures: those displaced, who arrive, where most arrive, and shelter."""
    lead, when = lead_of(document), lead_day(document)
    total = document["series"][ALL][lead - 1]
    arrive = weeks_of(document, EVERYWHERE)
    figures = [
        Figure(
            middle(total), band(total), f"people at all destinations on {when}, 90{words.THIN}% band below"
        )
    ]
    if arrive:
        first = arrive[0]
        span = f"{dated(first['first'])} to {dated(first['last'])}"
        figures.append(Figure(middle(first), band(first), f"people who arrive in the first week, {span}"))
    watch = document["watch"]
    if watch:
        share = words.percent(watch["share"])
        figures.append(Figure(share, _load(watch), f"of all arrivals pass {crossing(watch)}"))
    return (*figures, _shelter_figure(document))


def _load(watch: Row) -> str:
    return f"{middle(watch['per_day'])} persons a day ({band(watch['per_day'])})"


def _shelter_figure(document: Document) -> Figure:
    known = by_need(document)
    if not known:
        return Figure("unknown", "no capacity dated on or before the origin", "when shelter runs out")
    last, worst = document["series"][ALL][-1]["time"], known[0]
    likely = sum(row["probability"] >= 0.5 for row in known)
    band = f"first {place(worst['destination'])}: {words.percent(worst['probability'])}"
    meaning = f"destinations where shelter runs out by {dated(last)}, more likely than not"
    return Figure(
        f"{likely} of {len(known)}", band if worst["probability"] else "none in any future", meaning
    )


def by_need(document: Document) -> list[Row]:
    """Return the shelter of destinations with a known capacity: by probability, then by persons without a place."""
    known = [row for row in document["shelter"] if row["capacity"] is not None]
    return sorted(known, key=lambda row: (-row["probability"], -row["without_place"]["mean"]))


def is_full(document: Document, row: Row) -> bool:
    """Return whether a destination had no free place by its last report."""
    seen = last_report(document, PRESENT + row["destination"])
    return row["capacity"] is not None and seen is not None and bool(seen["counted"] >= row["capacity"])


def when(document: Document, row: Row) -> str:
    """Return when shelter of a destination runs out, in words."""
    full = "full by its last report"
    return full if is_full(document, row) else run_out(row, document["series"][ALL][-1]["time"])


def weeks_of(document: Document, destination: str) -> list[Row]:
    """Return the weeks of one destination, in order."""
    return [row for row in document["weekly"] if row["destination"] == destination]


def passages(document: Document) -> tuple[Passage, ...]:
    """Return the forecast in passages: people, arrivals, shelter, crossings, changes."""
    found = (
        Passage("How many", people(document)),
        Passage("Where", places(document)),
        Passage("Shelter", shelter(document)),
        Passage("The crossing to watch", watch(document)),
        Passage("What if", changes(document)),
    )
    return tuple(one for one in found if one.sentences)


def people(document: Document) -> tuple[str, ...]:
    """Return sentences on all destinations together."""
    entries = document["series"][ALL]
    ahead, last = entries[lead_of(document) - 1], entries[-1]
    said = [f"On {lead_day(document)} {about(ahead, 'people')} are at the destinations of this forecast."]
    if last["time"] != ahead["time"]:
        said.append(f"On {dated(last['time'])}, its last day, {about(last)}.")
    if reported := _reported(document):
        said.insert(0, f"Their last reports before the origin add up to {words.count(reported)} people.")
    return tuple(said)


def _reported(document: Document) -> float:
    """Return the sum of the last report of every destination."""
    rows = (last_report(document, PRESENT + name) for name in names(document))
    return float(sum(row["counted"] for row in rows if row is not None))


def places(document: Document) -> tuple[str, ...]:
    """Return a sentence for each of the three destinations that receive most in the weeks ahead."""
    lead = lead_of(document)
    came = {name: document["series"][ARRIVALS + name][:lead] for name in names(document)}
    most = sorted(came, key=lambda name: -sum(row["mean"] or 0.0 for row in came[name]))[:3]
    return tuple(_place_sentence(document, name, lead) for name in most)


def _place_sentence(document: Document, name: str, lead: int) -> str:
    row, seen = document["series"][PRESENT + name][lead - 1], last_report(document, PRESENT + name)
    before = (
        "" if seen is None else f", after {words.count(seen['counted'])} reported on {dated(seen['time'])}"
    )
    return f"{place(name)}: {about(row, 'people')} on {dated(row['time'])}{before}."


def shelter(document: Document) -> tuple[str, ...]:
    """Return when shelter runs out, or why nothing can be said of it."""
    rows, known = document["shelter"], by_need(document)
    if not known:
        return (
            "No capacity is known as of the origin, so nothing is said of when shelter runs out. Capacities of a "
            "folder are often read off the later counts: say with --capacity-as-of of which date they are.",
        )
    last = document["series"][ALL][-1]["time"]
    said = [_shelter_sentence(document, row, last) for row in known if row["probability"]][:3]
    if not said:
        said = [
            f"Shelter runs out at none of the {len(known)} destinations with a known capacity by {dated(last)}."
        ]
    unknown = [place(row["destination"]) for row in rows if row["capacity"] is None]
    return (*said, *([f"Capacity unknown: {words.listing(unknown)}."] if unknown else []))


def _shelter_sentence(document: Document, row: Row, last: str) -> str:
    short = row["without_place"]
    lacking = f"; on {dated(last)} {about(short, 'people')} are without a place" if short["q95"] >= 1 else ""
    chance = f"runs out with a probability of {words.percent(row['probability'])}, {run_out(row, last)}"
    said = when(document, row) if is_full(document, row) else chance
    return f"{place(row['destination'])}, {words.count(row['capacity'])} places: {said}{lacking}."


def watch(document: Document) -> tuple[str, ...]:
    """Return which crossing binds, or on which most depend."""
    row = document["watch"]
    if not row:
        return ()
    name = crossing(row)
    if not row["by_capacity"]:
        return (
            f"No link or border has a stated capacity, so none can be said to bind. Most depend on {name}: about "
            f"{words.percent(row['share'])} of all arrivals, {about(row['per_day'], 'persons a day')}.",
        )
    if not row["probability"]:
        return (
            f"No link or border with a stated capacity comes to bind. Nearest to it comes {name}: "
            f"{words.count(row['capacity'])} persons can pass in a day, and {about(row['busiest'])} come on the "
            "busiest day.",
        )
    return (
        f"The first to bind is {name}: {words.count(row['capacity'])} persons can pass in a day, and "
        f"{about(row['busiest'])} come on the busiest day. Probability that on some day more come than can pass: "
        f"{words.percent(row['probability'])}.",
    )


def changes(document: Document) -> tuple[str, ...]:
    """Return a sentence for each change that was asked for."""
    return tuple(_change(row) for row in document["what_if"])


def _change(row: Row) -> str:
    moved = sorted(row["destinations"], key=lambda one: -abs(one["present"]["mean"] or 0.0))
    clear = [one for one in moved if abs(one["present"]["mean"] or 0.0) >= 0.5][:3]
    if not clear:
        return f"{capital(row['change'])}: no destination has more or fewer people by it."
    each = [
        f"{place(one['destination'])} {signed(one['present'])} ({signed_band(one['present'])})"
        for one in clear
    ]
    told = (
        f"{capital(row['change'])}: on the last day {'; '.join(each)} people, with 90{words.THIN}% intervals."
    )
    return f"{told}{_stranded(row)}"


def _stranded(row: Row) -> str:
    """Return what to say where fewer arrive at all destinations together: they flee all the same."""
    fewer = -(row["all_arrivals"]["mean"] or 0.0)
    if fewer < 0.5:
        return ""
    return (
        f" In the mean {figure(fewer)} people who flee then reach no destination of this forecast: it cuts off all "
        "of them, and says nothing of where those people are."
    )


HEADINGS = (
    "Destination",
    "Last report",
    "Ahead",
    f"90{words.THIN}% band",
    "Arrivals",
    "Shelter full",
)


def table_rows(document: Document) -> list[tuple[str, ...]]:
    """Return one row a destination: last report, the day ahead with its band, arrivals until then, and shelter."""
    lead = lead_of(document)
    shelter = {row["destination"]: row for row in document["shelter"]}
    return [
        (
            place(name),
            now(document, PRESENT + name),
            middle(document["series"][PRESENT + name][lead - 1]),
            band(document["series"][PRESENT + name][lead - 1]),
            _arrive(weeks_of(document, name), lead),
            _shelter_cell(document, shelter[name]),
        )
        for name in names(document)
    ]


def _arrive(weeks: Sequence[Row], lead: int) -> str:
    """Return the mean of those who arrive until the day ahead: means of weeks add up, quantiles do not."""
    total = sum(row["mean"] or 0.0 for row in weeks[: -(-lead // 7)])
    return figure(total)


def _shelter_cell(document: Document, row: Row) -> str:
    """Return in short how probably shelter runs out and, where it does more likely than not, about when."""
    if row["capacity"] is None:
        return "unknown"
    if is_full(document, row):
        return "full already"
    chance = words.percent(row["probability"])
    return chance if row["median"] is None else f"{chance}, {short_date(row['median'])}"


def command(document: Document) -> str:
    """Return the command that makes the forecast again."""
    run, days = document["run"], len(document["series"][ALL])
    parts = ["staffride forecast", str(run["folder"] or "FOLDER"), f"--from {run['cut-off']}"]
    parts += [f"--days {days}", f"--paths {run['replications']}", f"--seed {run['seed']}"]
    if run["capacity_as_of"]:
        parts.append(f"--capacity-as-of {run['capacity_as_of']}")
    return " ".join(parts)


def last_day(document: Document) -> date:
    """Return the last day of the forecast."""
    return date.fromisoformat(document["series"][ALL][-1]["time"])


def period(document: Document) -> dict[str, Any]:
    """Return start and end of the forecast as moments: from the end of the origin to the end of its last day."""
    origin = date.fromisoformat(document["run"]["cut-off"])
    ends = (origin + timedelta(days=1), last_day(document) + timedelta(days=1))
    return dict(zip(("start", "end"), (f"{end.isoformat()}T00:00:00" for end in ends), strict=True))
