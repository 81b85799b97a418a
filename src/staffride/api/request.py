"""What a user asks of a run, and whether it makes sense before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from staffride.errors import InputError, Problem
from staffride.scenario.schema import Period

DEFAULT_SCENARIO, DEFAULT_REPLICATIONS, DEFAULT_SEED = "karabakh-2023", 1000, 1
LIMITS = {"replications": (1, 10**6), "seed": (0, 2**32 - 1), "workers": (1, 1024)}


@dataclass(frozen=True)
class Request:
    """What the user asks for; ``None`` is the default, or when a run is resumed what it began with.

    Attributes
    ----------
    scenario
        Name or folder of a scenario; with ``resume`` also the folder of a run.
    replications, seed, prior, origin, workers, folder, resume, report
        As for `staffride.run`.
    variants
        Which variants of a campaign run beside its baseline: ``all``, ``none``, or ids with commas between them.
    policies
        Policies to run beside the baseline, as the user wrote them: a comparison instead of a plain run.
    also
        Names of totals that are kept of a policy besides those by which policies are compared.
    """

    scenario: str | Path | None = None
    replications: int | None = None
    seed: int | None = None
    prior: bool | None = None
    origin: str | date | None = None
    workers: int | None = None
    folder: Path | None = None
    resume: bool = False
    report: bool = True
    variants: str | None = None
    policies: tuple[str, ...] | None = None
    also: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse counts that no run can have.

        Raises
        ------
        InputError
            With every count that is out of its limits.
        """
        problems = [
            Problem(f"{name} is {value!r}", expected=f"a whole number from {low:,} to {high:,}")
            for name, (low, high) in LIMITS.items()
            if (value := getattr(self, name)) is not None and not _is_count(value, low, high)
        ]
        if problems:
            raise InputError(problems)


def parse_origin(origin: str | date | None, period: Period) -> datetime | None:
    """Return the moment that an origin means: the end of a day, or the moment itself.

    Parameters
    ----------
    origin
        ``2023-09-27`` (its end), ``2023-09-27T12:00`` (in the period's time zone) or with an offset.
    period
        The period in which it must lie.

    Raises
    ------
    InputError
        It is not a date, or it lies outside the period.
    """
    if origin is None:
        return None
    moment = _moment(origin, ZoneInfo(period.time_zone))
    if not period.start <= moment <= period.end:
        span = f"a moment from {period.start:%Y-%m-%dT%H:%M} to {period.end:%Y-%m-%dT%H:%M}"
        raise InputError([Problem(f"the forecast origin {origin} lies outside the scenario", expected=span)])
    return moment


def _moment(origin: str | date, zone: ZoneInfo) -> datetime:
    if isinstance(origin, str):
        origin = _parsed(origin.strip())
    if not isinstance(origin, datetime):
        return datetime(origin.year, origin.month, origin.day, tzinfo=zone) + timedelta(days=1)
    return origin if origin.tzinfo else origin.replace(tzinfo=zone)


def _parsed(text: str) -> date:
    try:
        return date.fromisoformat(text) if len(text) == len("2023-09-27") else datetime.fromisoformat(text)
    except ValueError:
        expected = "2023-09-27 (its end) or 2023-09-27T12:00"
        raise InputError(
            [Problem(f"the forecast origin {text!r} is not a date", expected=expected)]
        ) from None


def _is_count(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
