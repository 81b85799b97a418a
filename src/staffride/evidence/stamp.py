"""A moment as the record gives it: a year, a month, a day, or a minute with its offset from UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

LOCAL_TIME = timezone(timedelta(hours=4))
"""The time of Armenia and of Azerbaijan, all year (UTC+4); days, months and years are read in it."""

_SECOND = timedelta(seconds=1)
_PARTS = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
FORMS = "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm+04:00"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stretch of time that the record names, kept with the words that it used.

    Parameters
    ----------
    text
        As written: ``2023``, ``2023-09``, ``2023-09-28`` or ``2023-09-28T10:00+04:00``.
    start
        Its first moment, with an offset.
    end
        Its last second; equal to ``start`` where a minute is given.
    """

    text: str
    start: datetime
    end: datetime

    def __str__(self) -> str:
        """Return the text as written."""
        return self.text

    @classmethod
    def parse(cls, text: str) -> Stamp:
        """Read a stamp.

        Raises
        ------
        ValueError
            If ``text`` has none of the four forms, no offset beside an hour, or is no real date.
        """
        if "T" in text:
            moment = datetime.fromisoformat(text)
            if moment.utcoffset() is None:
                raise ValueError(f"{text!r} has an hour but no offset such as +04:00")
            return cls(text, moment, moment)
        match = _PARTS.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a date")
        year, month, day = (int(part) if part else None for part in match.groups())
        return cls._of_parts(text, year or 0, month, day)

    @classmethod
    def _of_parts(cls, text: str, year: int, month: int | None, day: int | None) -> Stamp:
        start = datetime(year, month or 1, day or 1, tzinfo=LOCAL_TIME)
        if day:
            after = start + timedelta(days=1)
        elif month:
            after = (start + timedelta(days=31)).replace(day=1)
        else:
            after = start.replace(year=year + 1)
        return cls(text, start, after - _SECOND)
