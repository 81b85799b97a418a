"""Invented battles in the form of CDB90, and ways to spoil what was judged afterwards."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from staffride.lab.battle_records import FIRST_YEAR, JUDGED_COLUMNS, SETTING_COLUMNS

BATTLES = Path("reference") / "cdb90" / "battles-part-a.csv"
PHASES = 10
DATES = tuple(
    f"ATP{end}{part}{phase}"
    for phase in range(1, PHASES + 1)
    for end in "BE"
    for part in ("YR", "MN", "DA", "HR")
)
JUDGEMENTS = (
    "CEA",
    "LEADA",
    "MORALA",
    "QUALA",
    "RESA",
    "SURPA",
    "ACHA",
    "CRIT",
    "FINSTA",
    "FINSTD",
    "CTANKA",
)
HEADER = (*SETTING_COLUMNS, *(c for c in DATES if c != "ATPBYR1"), *JUDGED_COLUMNS, "NOATP", *JUDGEMENTS)


def row(number: int, **changes: object) -> dict[str, str]:
    """Return a battle of two days in 1944; what is not given is unknown."""
    known = {
        "ISQNO": number, "STRA": 12_000, "STRD": 6_000, "POST1": "FD", "POST2": "OO", "TERRA1": "RM0", "TERRA2": "000",
        "WX1": "DSTST", "WOFA1": 4, "WOFD1": 4, "TANKA": 60, "TANKD": 10, "ARTYA": 90, "ARTYD": 40, "NOATP": 1,
        "CASA": 400, "CASD": 600, "KMDA": 3.5, "WINA": 1,
    } | dates(1, date(1944, 5, 11), date(1944, 5, 12))  # fmt: skip
    return dict.fromkeys(HEADER, "") | {name: str(value) for name, value in (known | changes).items()}


def dates(phase: int, first: date, last: date) -> dict[str, object]:
    """Return the cells of a phase of combat."""
    cells: dict[str, object] = {}
    for end, day in (("B", first), ("E", last)):
        cells |= {
            f"ATP{end}YR{phase}": day.year,
            f"ATP{end}MN{phase}": day.month,
            f"ATP{end}DA{phase}": day.day,
            f"ATP{end}HR{phase}": 9999,
        }
    return cells


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write a table of battles."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> list[dict[str, str]]:
    """Read a table of battles as it is written."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def some_battles() -> list[dict[str, str]]:
    """Return invented battles of several sizes, postures, grounds and years."""
    postures, grounds = ("HD", "PD", "FD", "DL", "WD"), ("FM0", "RM0", "GW0", "000")
    return [
        row(
            100 + one,
            STRA=900 * 2 ** (one % 8),
            STRD=700 * 2 ** ((one * 5) % 7),
            POST1=postures[one % 5],
            TERRA1=grounds[one % 4],
            **dates(1, date(1904 + 3 * one, 7, 1), date(1904 + 3 * one, 7, 1 + one % 4)),
        )
        for one in range(24)
    ]


def spoiled(rows: list[dict[str, str]], seed: int) -> list[dict[str, str]]:
    """Return the battles with everything changed that was judged or became known afterwards.

    Every column but those of a setting is shuffled between the battles; casualties, kilometres, winners and ends are
    made up anew.
    """
    luck = random.Random(seed)
    inputs = {*SETTING_COLUMNS, "ATPBMN1", "ATPBDA1", "ATPBHR1"}
    changed = [dict(one) for one in rows]
    for name in [name for name in rows[0] if name not in inputs]:
        cells = [one[name] for one in rows]
        luck.shuffle(cells)
        for one, cell in zip(changed, cells, strict=True):
            one[name] = cell
    for one in changed:
        if not one["ATPBYR1"] or int(one["ATPBYR1"]) < FIRST_YEAR:
            continue
        begin = date(*(int(one[name]) for name in ("ATPBYR1", "ATPBMN1", "ATPBDA1")))
        end = dates(1, begin, begin + timedelta(days=luck.randrange(60)))
        one |= {name: str(value) for name, value in end.items()} | {
            "NOATP": "1",
            "CASA": str(luck.randrange(5000)),
            "CASD": str(luck.randrange(5000)),
            "KMDA": str(luck.randrange(90)),
            "WINA": str(luck.choice((-1, 0, 1))),
        }
    return changed
