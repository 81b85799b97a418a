"""Reading the tables of facts: one shared header, further columns by table, every defect with its line."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from staffride.errors import InputError, Problem, nearest
from staffride.evidence.model import Fact
from staffride.evidence.stamp import FORMS

SHARED_HEADER = (
    "id",
    "subject",
    "label",
    "value",
    "low",
    "high",
    "unit",
    "place",
    "start",
    "as_of",
    "uncertainty_h",
    "known_from",
    "said_by",
    "sources",
    "confidence",
    "kind",
    "note",
)
"""The columns that every table of facts begins with; an empty cell means that there is nothing to say."""

Reader = Callable[[str], str | float | bool]


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(f"{text!r} is neither yes nor no")
    return text == "yes"


def _number(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text!r} is not a finite number")
    return number


_NAMES: dict[str, Reader] = {"name_az": str, "name_hy": str, "official_name": str}
_SERVED: dict[str, Reader] = {
    "side": str,
    "missing": _number,
    "conscripts": _number,
    "contract": _number,
    "officers": _number,
    "reservists": _number,
    "disabled": _number,
}
_FIRED: dict[str, Reader] = {
    "side": str,
    "injured": _number,
    "munition": str,
    "munitions_low": _number,
    "munitions_high": _number,
    "denied_by": str,
}
FURTHER_COLUMNS: Mapping[str, Mapping[str, Reader]] = {
    "places": _NAMES
    | {
        "other_names": str,
        "place_kind": str,
        "region": str,
        "disputed": _yes_or_no,
        "latitude": _number,
        "longitude": _number,
        "position_error_km": _number,
        "elevation_grid_m": _number,
    },
    "areas": _NAMES | {"centre": str},
    "roads": {
        "from_place": str,
        "to_place": str,
        "length_basis": str,
        "road_class": str,
        "terrain_class": str,
        "lanes": _number,
        "capacity_vehicles_per_h": _number,
        "free_flow_h": _number,
    },
    "road_status_2023_09": {"open_from": str, "open_until": str},
    "population": {"said_by_side": str},
    "delays_2023": {"role_suggested": str},
    "forces_2023": {"side": str},
    "outcomes_2023": {"side": str},
    "diplomacy_2022_2023": {"side": str},
    "systems": {"operator": str},
    "forces_2020": {"side": str},
    "outcomes_2020": {"side": str},
    "losses_2020": {"side": str, "status": str},
    "losses_2023": {"side": str, "status": str},
    "diplomacy_2020": {"side": str},
    "captures_2020": {"side": str, "status": str, "first_day": str, "last_day": str},
    "control_2020": {"held_by": str},
    "deaths_daily_2020": _SERVED,
    "city_strikes_2020": _FIRED,
    "civilians_2020": {"side": str},
    "ways_2020": {"from_place": str, "to_place": str},
}
"""By the name of a table: what follows the shared header, and how a cell is read."""

LARGEST_FILE = 20_000_000
"""Bytes; a larger table is refused unread."""

_RENAMED = {"start": "began", "as_of": "described", "known_from": "published"}
_EXPECTED = {
    "start": FORMS,
    "as_of": FORMS,
    "known_from": FORMS,
    "confidence": "high, medium or low",
    "kind": "input or outcome",
    "id": "lower-case words and a name, such as arrivals.A17",
}


def read_facts(path: Path) -> tuple[list[tuple[int, Fact]], list[Problem]]:
    """Read one table.

    Returns
    -------
    tuple
        The facts, each with its line, and every problem found. A row with a problem gives no fact.
    """
    further = FURTHER_COLUMNS.get(path.stem, {})
    header = (*SHARED_HEADER, *further)
    facts: list[tuple[int, Fact]] = []
    problems: list[Problem] = []
    try:
        for line, row in _rows(path, header):
            try:
                facts.append((line, _fact(_cells(row, header), further)))
            except ValidationError as error:
                problems += _explain(error, path, line)
            except ValueError as error:
                problems.append(Problem(str(error), path, line))
    except InputError as error:
        problems += error.problems
    return facts, problems


def read_text(path: Path) -> str:
    """Return the text of a data file in UTF-8.

    Raises
    ------
    InputError
        If the file is too large, cannot be read, or is not UTF-8.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(
                [Problem("the file is too large", path, expected=f"at most {LARGEST_FILE:,} bytes")]
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Problem("the file is not UTF-8 text", path, expected="UTF-8")]) from error
    except OSError as error:
        raise InputError([Problem(f"cannot be read: {error.strerror}", path)]) from error


def _rows(path: Path, header: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield line and row; stop with an error on a wrong header, since no cell could be trusted then."""
    reader = csv.reader(StringIO(read_text(path), newline=""), strict=True)
    _check_header(path, next(reader, []), header)
    try:
        yield from ((reader.line_num, row) for row in reader if row)
    except csv.Error as error:
        raise InputError([Problem(f"not a CSV row: {error}", path, reader.line_num)]) from error


def _cells(row: Sequence[str], header: Sequence[str]) -> dict[str, str]:
    if len(row) != len(header):
        raise ValueError(f"the row has {len(row)} cells, the header {len(header)}")
    return dict(zip(header, row, strict=True))


def _check_header(path: Path, found: Sequence[str], expected: Sequence[str]) -> None:
    if list(found) == list(expected):
        return
    unknown = [name for name in found if name not in expected]
    hint = nearest(unknown[0], expected) if unknown else None
    missing = [name for name in expected if name not in found]
    detail = f"missing {', '.join(missing)}" if missing else "columns in another order"
    message = f"wrong header: {detail}" + (f"; unknown {', '.join(unknown)}" if unknown else "")
    raise InputError([Problem(message, path, 1, ",".join(expected), hint)])


def _fact(cells: Mapping[str, str], further: Mapping[str, Reader]) -> Fact:
    given: dict[str, Any] = {
        _RENAMED.get(name, name): cells[name].strip() for name in SHARED_HEADER if cells[name].strip()
    }
    given["sources"] = tuple(filter(None, given.get("sources", "").split(";")))
    given["details"] = {name: _cell(name, read, cells[name]) for name, read in further.items() if cells[name]}
    return Fact.model_validate(given)


def _cell(name: str, read: Reader, text: str) -> str | float | bool:
    try:
        return read(text.strip())
    except ValueError as error:
        raise ValueError(f"column {name}: {error}") from error


def _explain(error: ValidationError, path: Path, line: int) -> list[Problem]:
    named = {new: old for old, new in _RENAMED.items()}
    problems = []
    for detail in error.errors():
        field = str(detail["loc"][0]) if detail["loc"] else ""
        column = named.get(field, field)
        message = detail["msg"].removeprefix("Value error, ")
        message = f"column {column}: {message}" if column else message
        problems.append(Problem(message, path, line, _EXPECTED.get(column)))
    return problems
