"""Several levers together as one policy: what they change one after another, and when they begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from staffride.errors import InputError, Problem
from staffride.scenario.levers.lever import Lever
from staffride.scenario.levers.setting import FROM, Setting, begins, label_of, plain, written
from staffride.scenario.policy import Patch, Policy, Stages
from staffride.scenario.schema import Period, Scenario


def policy_of(settings: Sequence[Setting], stages: Stages) -> Policy:
    """Return the policy that levers make together, one after another.

    Raises
    ------
    InputError
        They cannot act on these scenarios, or not together.
    """
    problems = [*_twice(settings), *_apart(settings)]
    patch = _patch_of(settings, stages, problems)
    if problems:
        raise InputError(problems)
    costs = [one.lever.cost(one.values) for one in settings if one.lever.cost is not None]
    return Policy(
        id="+".join(written(setting) for setting in settings),
        label=" + ".join(label_of(setting) for setting in settings),
        question=" ".join(dict.fromkeys(setting.lever.summary for setting in settings)),
        patch=patch,
        starts=_starts(settings, stages),
        levers=tuple((setting.lever.id, plain(setting.values)) for setting in settings),
        cost="; ".join(cost for cost in costs if cost),
        notes=tuple(dict.fromkeys(one.lever.limits for one in settings if one.lever.limits)),
    )


def _patch_of(settings: Sequence[Setting], stages: Stages, problems: list[Problem]) -> Patch:
    """Return what levers change, each on top of those before it; what cannot be is added to the problems."""
    patch, now = Patch(), dict(stages)
    for setting in settings:
        try:
            own = setting.lever.build(now, setting.values)
        except InputError as error:
            problems += error.problems
            continue
        now |= own.scenarios
        patch = Patch({**patch.scenarios, **own.scenarios}, (*patch.changes, *own.changes))
    return patch


def _twice(settings: Sequence[Setting]) -> Iterator[Problem]:
    """Yield a problem for each lever that one side holds more than once."""
    seen: set[tuple[str, object]] = set()
    for setting in settings:
        held = setting.lever.id, setting.values.get("side")
        if held in seen:
            yield Problem(
                f"{setting.lever.id} is there twice", expected="a lever once, or once for each side"
            )
        seen.add(held)


def _apart(settings: Sequence[Setting]) -> Iterator[Problem]:
    """Yield a problem for each lever that does not begin when the others on the same scenario do."""
    dated = next((setting for setting in settings if begins(setting) is not None), None)
    if dated is None:
        return
    start = begins(dated)
    for setting in settings:
        own = begins(setting)
        acts_there = set(setting.lever.kinds) & set(dated.lever.kinds) - {"chain"}
        if own == start or (own is None and not acts_there):
            continue
        when = "from the start" if own is None else f"from {own}"
        text = f"{setting.lever.id} acts {when}, and {dated.lever.id} from {start}"
        hint = f"add {FROM}={start} to it" if setting.lever.starts_later else "run them as two policies"
        yield Problem(text, None, None, "levers of one policy that begin together", hint)


def _starts(settings: Sequence[Setting], stages: Stages) -> datetime | None:
    """Return the moment from which a policy acts, ``None`` for the start of the period."""
    for setting in settings:
        day = begins(setting)
        if day is not None:
            period = stages_of(setting.lever, stages)[0].period
            moment = midnight(day, period)
            return None if moment <= period.start else moment
    return None


def midnight(day: date, period: Period) -> datetime:
    """Return the beginning of a day in the time zone of a period."""
    return datetime.combine(day, time(), ZoneInfo(period.time_zone))


def stages_of(lever: Lever, stages: Stages) -> list[Scenario]:
    """Return the scenarios that a lever acts on."""
    return [scenario for kind, scenario in stages.items() if kind in lever.kinds]


def sides_of(lever: Lever, stages: Stages) -> tuple[str, ...]:
    """Return the sides of the scenarios that a lever acts on."""
    return tuple(dict.fromkeys(side for scenario in stages_of(lever, stages) for side in scenario.sides))


def days_of(lever: Lever, stages: Stages) -> tuple[date, date]:
    """Return the first and the last day of the scenarios that a lever acts on, by their own time."""
    periods = [scenario.period for scenario in stages_of(lever, stages)]
    first = min(period.start.astimezone(ZoneInfo(period.time_zone)).date() for period in periods)
    ends = (period.end - timedelta(microseconds=1) for period in periods)
    zones = (ZoneInfo(period.time_zone) for period in periods)
    return first, max(end.astimezone(zone).date() for end, zone in zip(ends, zones, strict=True))
