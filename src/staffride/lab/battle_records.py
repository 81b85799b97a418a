"""Battles of the database CDB90: what was there before each, and, kept apart, how it was judged afterwards.

The file is the table of the database with its signed codes (660 battles from 1600 to 1982, public domain; the file
itself is not shipped). A `Setting` holds what a commander could have counted: strengths, weapons, posture, ground,
weather, front. Casualties, duration, kilometres and the winner are in `Fought`, beside which a model's figures of the
same form are laid; a model is never given them. The judgements of the database (columns CEA to QUALA, RESA, SURPA) are
not read at all.

Missing numbers are negative. Dates are those of the phases of combat (columns ATPB, ATPE), because the column of the
year is mostly empty. A day with fighting counts as one day, whatever the hour: most phases have dates only.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError, Problem
from staffride.model.ground_state import DELAY, FLAT, FORTIFIED, HASTY, PREPARED, ROLLING, RUGGED

Row = Mapping[str, str]
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

FIRST_YEAR = 1900
"""Battles before this year are left out."""

POSTURES = {"HD": HASTY, "PD": PREPARED, "FD": FORTIFIED, "DL": DELAY, "WD": DELAY}
GROUND_CODES = {"F": FLAT, "R": ROLLING, "G": RUGGED}
UNKNOWN_GROUND = -1
_UNKNOWN_HOUR = 2400

SETTING_COLUMNS = (
    *("ISQNO", "ATPBYR1", "STRA", "STRD", "POST1", "POST2", "TERRA1", "TERRA2", "WX1", "WOFA1", "WOFD1"),
    *("TANKA", "TANKD", "ARTYA", "ARTYD"),
)
"""Columns that a setting is read from."""

JUDGED_COLUMNS = ("CASA", "CASD", "KMDA", "WINA")
"""Columns of the outcome that the record's statistics use, besides the dates."""

_PHASE = ("ATPBYR{}", "ATPBMN{}", "ATPBDA{}", "ATPEYR{}", "ATPEMN{}", "ATPEDA{}")


@dataclass(frozen=True)
class Setting:
    """What was there before a battle; of pairs, the attacker's is first.

    Attributes
    ----------
    number
        That of the database (column ISQNO).
    year
        In which it began.
    strength
        Persons engaged.
    armour, guns
        Tanks, pieces of artillery; zero for both sides where one is unknown.
    postures
        One or two codes of `STANCES` for the defence.
    ground
        Code of `GROUNDS`, or `UNKNOWN_GROUND`.
    weather
        The database's five letters, such as ``DSTST`` (dry, sunny, temperate, summer, temperate zone).
    front_km
        Width of the front, zero where the record has none.
    """

    number: int
    year: int
    strength: tuple[float, float]
    armour: tuple[float, float]
    guns: tuple[float, float]
    postures: tuple[int, ...]
    ground: int
    weather: str
    front_km: float


class Fought(NamedTuple):
    """Battles as they went, by the record or by a model: a row each.

    Attributes
    ----------
    strength, casualties
        (n, 2) persons of attacker and defender; casualties are not-a-number where unknown.
    days
        (n,) days with fighting, counted by the calendar.
    km
        (n,) kilometres that the attacker gained (negative: lost), not-a-number where unknown.
    result
        (n,) 1 the attacker won, 0 drawn, -1 he lost.
    ground
        (n,) code of `GROUNDS`, or `UNKNOWN_GROUND`.
    """

    strength: Floats
    casualties: Floats
    days: Floats
    km: Floats
    result: Codes
    ground: Codes

    def rows(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Fought:
        """Return the battles chosen by number of row or by flag."""
        return Fought(
            self.strength[chosen],
            self.casualties[chosen],
            self.days[chosen],
            self.km[chosen],
            self.result[chosen],
            self.ground[chosen],
        )


def read_battles(path: Path) -> tuple[list[Setting], Fought]:
    """Read the battles since 1900 in which both strengths are known.

    Raises
    ------
    InputError
        If the file cannot be read, lacks columns, or holds what is no number or date; all at once.
    """
    lines, problems = _lines(path)
    settings: list[Setting] = []
    outcomes: list[tuple[float, ...]] = []
    for line, row in lines:
        try:
            setting = _setting(row)
            if setting.year >= FIRST_YEAR and min(setting.strength) > 0.0:
                settings.append(setting)
                outcomes.append(_outcome(row))
        except ValueError as error:
            problems.append(Problem(str(error), path, line))
    if problems:
        raise InputError(problems)
    return settings, _fought(settings, outcomes)


def _lines(path: Path) -> tuple[list[tuple[int, Row]], list[Problem]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = sorted({*SETTING_COLUMNS, *JUDGED_COLUMNS, "NOATP"} - set(reader.fieldnames or ()))
            if missing:
                return [], [Problem(f"lacks the columns {', '.join(missing)}", path, 1)]
            return [(reader.line_num, row) for row in reader], []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return [], [Problem(f"cannot be read: {error}", path, expected="the table of CDB90 in UTF-8")]


def _setting(row: Row) -> Setting:
    postures = tuple(POSTURES[row[name]] for name in ("POST1", "POST2") if row[name] in POSTURES)
    grounds = [GROUND_CODES[row[n][:1]] for n in ("TERRA1", "TERRA2") if row[n][:1] in GROUND_CODES]
    width = max(_number(row, "WOFD1"), 0.0) or max(_number(row, "WOFA1"), 0.0)
    return Setting(
        number=int(_number(row, "ISQNO")),
        year=int(_number(row, "ATPBYR1")),
        strength=_pair(row, "STR"),
        armour=_weapons(row, "TANK"),
        guns=_weapons(row, "ARTY"),
        postures=postures or (HASTY,),
        ground=grounds[0] if grounds else UNKNOWN_GROUND,
        weather=row["WX1"],
        front_km=width,
    )


def _pair(row: Row, name: str) -> tuple[float, float]:
    return max(_number(row, f"{name}A"), 0.0), max(_number(row, f"{name}D"), 0.0)


def _weapons(row: Row, name: str) -> tuple[float, float]:
    """Return a pair, or none for both where one is unknown, which says nothing of who had more."""
    known = min(_number(row, f"{name}A"), _number(row, f"{name}D")) >= 0.0
    return _pair(row, name) if known else (0.0, 0.0)


def _number(row: Row, name: str) -> float:
    """Return a number, or minus one for an empty cell."""
    text = row[name].strip()
    try:
        return float(text) if text else -1.0
    except ValueError:
        raise ValueError(f"column {name} holds {text!r}, which is no number") from None


def _outcome(row: Row) -> tuple[float, ...]:
    """Return the casualties of attacker and defender, days, kilometres and result."""
    casualties = [n if (n := _number(row, name)) >= 0.0 else np.nan for name in ("CASA", "CASD")]
    km = _number(row, "KMDA")
    return (*casualties, _days(row), km if km > -1000.0 else np.nan, _number(row, "WINA"))


def _days(row: Row) -> float:
    """Return the days with fighting: each phase from its first to its last day, a shared day counted once."""
    days: set[int] = set()
    for phase in range(1, int(_number(row, "NOATP")) + 1):
        begin_end = [int(_number(row, name.format(phase))) for name in _PHASE]
        first, last = date(*begin_end[:3]).toordinal(), date(*begin_end[3:]).toordinal()
        if last < first:
            raise ValueError(f"phase {phase} ends before it begins")
        days.update(range(first, last + 1))
    return float(len(days))


def _fought(settings: Sequence[Setting], outcomes: Sequence[tuple[float, ...]]) -> Fought:
    columns = np.array(outcomes, float).reshape(-1, 5)
    return Fought(
        strength=np.array([setting.strength for setting in settings], float).reshape(-1, 2),
        casualties=columns[:, :2],
        days=columns[:, 2],
        km=columns[:, 3],
        result=columns[:, 4].astype(np.int64),
        ground=np.array([setting.ground for setting in settings], np.int64),
    )
