"""What a run says, in plain words: which figures, which sentences.

How they are shown (terminal, text file, page) is in :mod:`staffride.present.summary_views`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from staffride.present import words

Bundle = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One official bulletin beside the model's band at the same hour."""

    time: datetime
    official: float
    low: float
    middle: float
    high: float
    role: str

    @property
    def when(self) -> str:
        """The moment of the bulletin in words."""
        return words.moment(self.time)

    @property
    def inside(self) -> bool:
        """Whether the bulletin lies inside the 90 % band."""
        return self.low <= self.official <= self.high


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure: the number, its band and what it counts."""

    value: str
    band: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A few sentences under one heading."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The plain-words summary of one run."""

    title: str
    basis: str
    figures: tuple[Figure, ...]
    crossings: tuple[Comparison, ...]
    passages: tuple[Passage, ...]


def band_at(bundle: Bundle, name: str, hour: float) -> tuple[float, float, float]:
    """Return q05, q50 and q95 of a series at ``hour`` hours after the start, linear between hours."""
    grid = np.arange(1, len(bundle["times"]) + 1)
    series = bundle["series"][name]
    low, middle, high = (
        float(np.interp(hour, grid, np.array(series[q], dtype=float))) for q in ("q05", "q50", "q95")
    )
    return low, middle, high


def observations(bundle: Bundle, series: str) -> list[Mapping[str, Any]]:
    """Return the observations of one series in the order of time."""
    return sorted(
        (o for o in bundle["observations"] if o["series"] == series), key=lambda o: float(o["hour"])
    )


def bulletins(bundle: Bundle, series: str) -> list[Mapping[str, Any]]:
    """Return the observations of one series that state a figure, not only a bound."""
    return [o for o in observations(bundle, series) if o["value"] is not None]


def _comparison(bundle: Bundle, observation: Mapping[str, Any]) -> Comparison:
    low, middle, high = band_at(bundle, observation["series"], observation["hour"])
    when = datetime.fromisoformat(observation["time"])
    return Comparison(when, observation["value"], low, middle, high, observation["role"])


def crossings(bundle: Bundle) -> tuple[Comparison, ...]:
    """Return one bulletin a day (the last stated) beside the model's band."""
    last: dict[str, Mapping[str, Any]] = {}
    for observation in bulletins(bundle, "arrivals"):
        if observation["hour"] <= len(bundle["times"]):
            last[observation["time"][:10]] = observation
    return tuple(_comparison(bundle, observation) for observation in last.values())


def _peak(bundle: Bundle, name: str) -> tuple[float, float, float, datetime]:
    """Return q05, q50, q95 and the time at which the median of a series is highest."""
    series = bundle["series"][name]
    middle = np.array(series["q50"], dtype=float)
    k = int(np.nanargmax(middle))
    return series["q05"][k], series["q50"][k], series["q95"][k], datetime.fromisoformat(bundle["times"][k])


def _worst(bundle: Bundle, name: str) -> tuple[float, float, float, datetime]:
    """Return q05, q50 and q95 of each run's own worst hour, and when the median of all runs is at its worst.

    The worst hour of a run is not the worst hour of the median, so the totals are asked first.
    """
    low, middle, high, when = _peak(bundle, name)
    total = bundle["totals"].get(f"{name}.longest")
    return (total["q05"], total["q50"], total["q95"], when) if total else (low, middle, high, when)


def basis(bundle: Bundle) -> str:
    """Return one sentence that says what the ensemble knows."""
    run = bundle["run"]
    runs = f"{words.count(run['replications'])} replications"
    if run["prior"] or not run["conditioned_until"]:
        return f"{runs} of the prior ensemble: no bulletin has been used."
    until = words.moment(datetime.fromisoformat(run["conditioned_until"]))
    return f"{runs}, conditioned on what was published until {until}; later bulletins were not used."


def _final(bundle: Bundle) -> Figure:
    low, middle, high = band_at(bundle, "arrivals", len(bundle["times"]))
    seen = bulletins(bundle, "arrivals")
    official = f"; official {words.count(seen[-1]['value'])}" if seen else ""
    return _figure(middle, low, high, f"people crossed by {_end(bundle)}{official}")


def _end(bundle: Bundle) -> str:
    return words.moment(datetime.fromisoformat(bundle["times"][-1]))


def _figure(middle: float, low: float, high: float, meaning: str) -> Figure:
    value, band = words.in_words(middle, low, high)
    return Figure(value, band, meaning)


def headline(bundle: Bundle) -> tuple[Figure, ...]:
    """Return the headline figures: crossings, queue, hours on the road, shelter."""
    figures = [_final(bundle)]
    low, middle, high, when = _worst(bundle, "queue_vehicles")
    figures.append(_figure(middle, low, high, f"vehicles in the longest queue, about {words.moment(when)}"))
    low, middle, high, when = _worst(bundle, "delay_hours")
    hours = Figure(
        f"{middle:.0f} h",
        f"{low:.0f} to {high:.0f} h",
        f"lost on the road at worst, about {words.moment(when)}",
    )
    low, middle, high, when = _peak(bundle, "shelter.total")
    return (*figures, hours, _figure(middle, low, high, f"people in state shelter, {words.moment(when)}"))


def reach(bundle: Bundle, hour: int) -> tuple[float, str] | None:
    """Return how far the median queue reaches back from the checkpoint at ``hour``.

    A link counts as full from 90 % of its jam density; the queue's end is the upstream place of the last
    full link, or the downstream place of the first that is not.

    Returns
    -------
    tuple of float and str, or None
        Kilometres of standing vehicles on the longest way, and the place at its end; ``None`` without a
        queue.
    """
    from_place = {link["from"]: link for link in bundle["links"] if link["way_out"]}
    queues = bundle["paths"]["median"]["links"]
    best: tuple[float, str] | None = None
    for origin in from_place:
        found = _reach_from(origin, from_place, queues, hour)
        if found and (best is None or found[0] > best[0]):
            best = found
    return best


def _reach_from(
    origin: str, onward: Mapping[str, Mapping[str, Any]], queues: Mapping[str, Any], hour: int
) -> tuple[float, str] | None:
    """Return the standing kilometres on the way out from ``origin`` and where they end."""
    standing, end, place = 0.0, None, origin
    seen: set[str] = set()
    while place in onward and place not in seen:
        seen.add(place)
        link = onward[place]
        queue = (queues.get(link["id"]) or {"queue": [0] * hour})["queue"][hour - 1] or 0.0
        length = min(queue / link["jam_density_vehicles_per_km"], link["length_km"])
        if length > 0.1 and end is None:
            end = place if length > 0.9 * link["length_km"] else link["to"]
        standing += length
        place = link["to"]
    return (standing, end) if end is not None and standing > 0.5 else None


def place_name(bundle: Bundle, place_id: str) -> str:
    """Return the name of a place: both names where the area is disputed, else the official one."""
    found = next((p for p in bundle["places"] if p["id"] == place_id), None)
    if found is None:
        return place_id
    if found["official_name"]:
        return str(found["official_name"])
    names = [found["name_az"], found["name_hy"]]
    if bundle.get("name_order", "az_hy") == "hy_az":
        names.reverse()
    return " / ".join(dict.fromkeys(name for name in names if name))


def _queue(bundle: Bundle) -> Passage:
    low, middle, high, when = _worst(bundle, "queue_vehicles")
    longest = (
        f"The longest queue behind the checkpoint held {words.about(middle, low, high, 'vehicles')}, "
        f"in most runs around {words.at(when)}."
    )
    found = reach(bundle, bundle["times"].index(when.isoformat()) + 1)
    standing = () if found is None else (_standing(bundle, *found),)
    low, middle, high, when = _worst(bundle, "delay_hours")
    lost = (
        f"At the worst hour, around {words.at(when)}, those who crossed had lost "
        f"{words.about_hours(middle, low, high)} on the road, beyond the driving time of an empty road."
    )
    return Passage("The road", (longest, *standing, lost))


def _standing(bundle: Bundle, kilometres: float, place_id: str) -> str:
    name = place_name(bundle, place_id)
    return f"In a middling run it then stood over about {kilometres:.0f} km and reached back to {name}."


def _shelter(bundle: Bundle) -> Passage:
    hours = len(bundle["times"])
    rows = [(band_at(bundle, f"shelter.{p['slug']}", hours), p["name"]) for p in bundle["provinces"]]
    rows.sort(key=lambda row: -row[0][1])
    parts = [f"{name} {words.about(middle, low, high)}" for (low, middle, high), name in rows[:4]]
    low, middle, high = band_at(bundle, "shelter.total", hours)
    total = f"At the end {words.about(middle, low, high, 'people')} were in shelter provided by the state."
    unmet_low, unmet, unmet_high, when = _peak(bundle, "shelter.unmet")
    waiting = words.about(unmet, unmet_low, unmet_high, "people")
    short = (
        f"At worst, at {words.at(when)}, {waiting} asked and had no place yet."
        if unmet_high >= 1
        else "Every person who asked for a place had one within the hour."
    )
    return Passage("Shelter", (total, f"The most by province: {'; '.join(parts)}.", short))


def _history(rows: Sequence[Comparison], prior: bool) -> Passage:
    held = [row for row in rows if row.role == "held_out"]
    used = [row for row in rows if row.role == "calibration"]
    if not rows:
        return Passage(
            "Beside the record", ("The scenario holds no bulletin that the runs could be compared with.",)
        )
    unseen = ", none of which was used," if prior else " that it had not seen,"
    lines = [_inside(used, " that the ensemble was fitted to,"), _inside(held, unseen)]
    warning = (
        "Bulletins are cumulative, so neighbours say nearly the same thing; "
        "the flows between them are scored in the table of scores."
    )
    return Passage("Beside the record", (*(line for line in lines if line), warning))


def _inside(rows: Sequence[Comparison], which: str) -> str:
    if not rows:
        return ""
    inside = sum(row.inside for row in rows)
    missed = [row.when for row in rows if not row.inside]
    tail = f" (outside: {words.listing(missed)})" if missed else ""
    return f"Of {len(rows)} daily bulletins{which} {inside} lie inside the 90{words.THIN}% band{tail}."


def _population(bundle: Bundle) -> str:
    """Return the start of a sentence: several priors are stored where the figures of the population differ."""
    priors = (bundle.get("origins") or {}).get("priors", {})
    return "The population is contested;" if len(priors) > 1 else "The population is uncertain;"


def _limits(bundle: Bundle) -> Passage:
    sentences = [
        "While the queue lasts, arrivals show how many people the checkpoint lets through, not how many "
        "wait. How many people there were, how fast they left home and how many would stay cannot be told "
        "apart.",
        f"{_population(bundle)} until the flow ends, it and the share who stayed are known only together.",
        "Where people found shelter shows where places were offered, not where people wanted to go.",
    ]
    return Passage("What the data cannot tell", (*sentences, *bundle.get("equifinality", ())))


def summarise(bundle: Bundle) -> Summary:
    """Return the summary of a bundle; see :func:`staffride.present.bundle.build_bundle`."""
    rows = crossings(bundle)
    passages = (
        _queue(bundle),
        _shelter(bundle),
        _history(rows, bool(bundle["run"]["prior"])),
        _limits(bundle),
    )
    return Summary(bundle["run"]["title"], basis(bundle), headline(bundle), rows, passages)
