"""The names that the results of a scenario will have, so that an expression is checked before anything is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from staffride.errors import nearest
from staffride.lab.expression import Call, Name, Node, walk
from staffride.lab.grammar import ExpressionError
from staffride.model import campaign_arms, chain_departure, chain_operation, displacement_arms
from staffride.model.campaign_ground_tally import ground_series_names, ground_total_names
from staffride.model.campaign_tally import series_names, total_names
from staffride.model.displacement_inputs import SERIES, TOTALS
from staffride.model.kinds import parameters_of
from staffride.results.vocabulary import meaning
from staffride.scenario.chain_schema import GOODS
from staffride.scenario.schema import Scenario

DATES_OF = ("happened", "date", "days_held")
_SINCE, _HOURS = "from the start to ", "_h"


@dataclass(frozen=True)
class Names:
    """What a run of a scenario will have.

    Attributes
    ----------
    totals, series, parameters
        Names of columns.
    followed
        Series that are kept of a policy too.
    start, end
        The period.
    """

    totals: frozenset[str]
    series: frozenset[str]
    parameters: frozenset[str]
    followed: frozenset[str]
    start: datetime
    end: datetime


def names_of(scenario: Scenario) -> Names:
    """Return the names that a run of a scenario will have; of a chain those of its stages and its own."""
    totals, series = _OF_KIND[scenario.kind](scenario)
    parameters = {*scenario.parameters, *parameters_of(scenario.kind)}
    for stage in scenario.stages.values():
        parameters |= {*stage.parameters, *parameters_of(stage.kind)}
    followed = frozenset(name for name in series if name.startswith(_FOLLOWED[scenario.kind]))
    period = scenario.period
    return Names(
        frozenset(totals), frozenset(series), frozenset(parameters), followed, period.start, period.end
    )


def _of_campaign(scenario: Scenario) -> tuple[set[str], set[str]]:
    places = [place.id for place in scenario.places]
    totals = {*total_names(scenario.sides), *ground_total_names(scenario.sides, places)}
    return totals, {*series_names(scenario.sides), *ground_series_names(scenario.sides)}


def _of_displacement(scenario: Scenario) -> tuple[set[str], set[str]]:
    return {*TOTALS}, {*SERIES, *(f"shelter.{province.id}" for province in scenario.provinces)}


def _of_chain(scenario: Scenario) -> tuple[set[str], set[str]]:
    stages, sides = scenario.stages, scenario.stages["campaign"].sides
    totals = {
        "operation.begun",
        "talks.agreed",
        "talks.agreed_h",
        "closure.opened_h",
        "closure.fuel.left_share",
    }
    totals |= {f"hunger.{name}" for name in ("highest", "at_opening", "mean")}
    totals |= {
        f"closure.{good}.{name}" for good in GOODS for name in ("lowest_days", "short_days", "brought_t")
    }
    totals |= {
        f"returned{how}.{side}" for how in ("", "_with_guarantee", "_without_guarantee") for side in sides
    }
    totals |= _of_campaign(stages["campaign"])[0] | _of_displacement(stages["displacement"])[0]
    of_operation = {f"{name}.{side}" for name in chain_operation.KEPT for side in sides}
    return totals, {
        "hunger",
        *(f"closure.{good}_days" for good in GOODS),
        *chain_departure.KEPT,
    } | of_operation


_OF_KIND = {"campaign": _of_campaign, "displacement": _of_displacement, "chain": _of_chain}
_FOLLOWED = {
    "campaign": campaign_arms.FOLLOWED,
    "displacement": displacement_arms.FOLLOWED,
    "chain": (*campaign_arms.FOLLOWED, *displacement_arms.FOLLOWED, "hunger"),
}


def faults(node: Node, names: Names, *, of_arm: bool = False) -> Iterator[ExpressionError]:
    """Yield what an expression asks for that a run will not have, each with its column and the nearest name.

    With ``of_arm`` all of it is asked of a policy, of which fewer series are kept.
    """
    yield from _faults(node, names, under_policy=of_arm)


def _faults(node: Node, names: Names, *, under_policy: bool) -> Iterator[ExpressionError]:
    for one in _within_arm(node):
        if isinstance(one, Name):
            yield from _fault_of_name(one, names, under_policy=under_policy)
        if isinstance(one, Call) and one.function in DATES_OF and isinstance(total := one.arguments[0], Name):
            yield from _fault_of_date(one.function, total, names)
        if isinstance(one, Call) and one.function in ("under", "effect"):
            yield from _faults(one.arguments[1], names, under_policy=True)


def _within_arm(node: Node) -> Iterator[Node]:
    """Yield a tree's nodes, but of what is asked under a policy only the call."""
    inner = {
        id(below)
        for one in walk(node)
        if isinstance(one, Call) and one.function in ("under", "effect")
        for below in walk(one.arguments[1])
    }
    return (one for one in walk(node) if id(one) not in inner)


def _fault_of_name(name: Name, names: Names, *, under_policy: bool) -> Iterator[ExpressionError]:
    if name.what == "date":
        yield from _fault_of_moment(name, names)
        return
    if name.what == "policy":
        return
    series = names.followed if under_policy else names.series
    known = {"total": names.totals, "series": series, "parameter": names.parameters}[name.what]
    if name.name in known:
        return
    hint = nearest(name.name, known)
    message = f"there is no {name.what} {name.name!r}"
    if name.what == "total" and name.name in names.series:
        message, hint = f"{name.name!r} is a series", f"write last({name.name})"
    if under_policy and name.what == "series" and name.name in names.series:
        message = f"the series {name.name!r} is not kept of a policy"
        hint = f"{', '.join(sorted(series))} are; or use its total"
    yield ExpressionError(message, name.column, None, hint)


def _fault_of_moment(name: Name, names: Names) -> Iterator[ExpressionError]:
    try:
        day = days_after(names.start, name.name)
    except ValueError:
        yield ExpressionError(f"{name.name!r} is not a date", name.column, "such as 2020-10-10")
        return
    if not 0.0 <= day <= (names.end - names.start) / timedelta(days=1):
        span = f"a moment from {names.start:%Y-%m-%d} to {names.end:%Y-%m-%d}"
        yield ExpressionError(f"{name.name} lies outside the run", name.column, span)


def _fault_of_date(function: str, name: Name, names: Names) -> Iterator[ExpressionError]:
    if name.name in names.totals and not is_moment(name.name):
        known = [total for total in names.totals if is_moment(total)]
        hint = nearest(name.name, known)
        message = f"{function} asks for an event, and {name.name!r} is none"
        yield ExpressionError(
            message, name.column, "a total that is a date, such as changed.PLACE or end_h", hint
        )


def is_moment(total: str) -> bool:
    """Return whether a total is the date of an event, in hours after the start.

    >>> is_moment("changed.hadrut"), is_moment("end_h"), is_moment("deaths.arm")
    (True, True, False)
    """
    return total.endswith(_HOURS) or meaning(total).text.startswith(_SINCE)


def days_after(start: datetime, moment: str | date, *, end_of_day: bool = False) -> float:
    """Return the days from ``start`` to a moment; a date alone is the start of its day, or its end.

    Parameters
    ----------
    moment
        A date, or a text such as ``2020-10-10`` or ``2020-10-10T06:00``; without an offset it has that of ``start``.

    Raises
    ------
    ValueError
        It is not a date.

    >>> days_after(datetime(2020, 9, 27), "2020-09-28"), days_after(datetime(2020, 9, 27), "2020-09-28T12:00")
    (1.0, 1.5)
    """
    text = moment if isinstance(moment, str) else moment.isoformat()
    parsed = datetime.fromisoformat(text)
    exact = parsed if parsed.tzinfo else parsed.replace(tzinfo=start.tzinfo)
    is_day = len(text) == len("2020-10-10")
    return (exact - start) / timedelta(days=1) + (1.0 if is_day and end_of_day else 0.0)
