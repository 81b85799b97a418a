"""Who the people of a Flee folder are: ``demographics_<attribute>.csv`` and ``agents.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from staffride.interop.flee_case import Case
from staffride.scenario.csv_tables import Row, Table, read_table
from staffride.scenario.findings import At

Weights: TypeAlias = dict[str, dict[str, float]]

PREFIX = "demographics_"
DEFAULT = "Default"


def read_demographics(case: Case) -> dict[str, Weights]:
    """Return for each attribute its values, and the weight of each by place name or ``Default``."""
    found = {}
    for file in case.folder.input_files(PREFIX):
        if file.suffix.lower() == ".csv":
            attribute = file.stem[len(PREFIX) :].lower()
            found[attribute] = _table(case, file, attribute)
    return {attribute: weights for attribute, weights in found.items() if weights}


def _table(case: Case, file: Path, attribute: str) -> Weights:
    table = read_table(file, case.found, ("value",), {attribute.replace("_", ""): "value", "value": "value"})
    columns = _columns(case, table)
    weights: Weights = {}
    for row in table.rows:
        value = table.text(row, "value")
        if value in weights:
            text = f"the {attribute} {value!r} is given twice; the first is kept"
            case.found.warn(text, table.at(row, "value"), "each value once")
            continue
        weights[value] = {
            name: _weight(table, row, position, attribute) for name, position in columns.items()
        }
    for name, position in columns.items():
        if weights and not sum(one[name] for one in weights.values()) > 0.0:
            text = f"no {attribute} has a weight for {name!r}; the column is left out"
            case.found.warn(text, At(file, table.rows[0].line, position + 1), "weights above 0")
            weights = {value: {key: one[key] for key in one if key != name} for value, one in weights.items()}
    if not any(weights.values()):
        case.found.warn("the table gives no weights; it is left out", At(file, 1), f"{attribute},{DEFAULT}")
        return {}
    return weights


def _columns(case: Case, table: Table) -> dict[str, int]:
    """Return the position of each column of weights."""
    if table.header is None:
        case.found.warn(f"there is no header; the second column is read as {DEFAULT}", At(table.file, 1))
        return {DEFAULT: 1}
    found = {}
    for name, position in table.others.items():
        if name.lower() == DEFAULT.lower():
            found[DEFAULT] = position
        elif name in case.places:
            found[name] = position
        else:
            known = [*case.places, DEFAULT]
            at = table.at(table.header, position)
            case.found.unknown("place", name, known, at, "its column is left out")
    return found


def _weight(table: Table, row: Row, position: int, attribute: str) -> float:
    value = table.number(row, position, f"a weight of {attribute}")
    if value is not None and value < 0.0:
        table.found.warn(f"a weight of {attribute} is negative; it is read as 0", table.at(row, position))
        return 0.0
    return value or 0.0


def say_agents(case: Case, settings: Mapping[str, object]) -> None:
    """Say that a list of single persons is not read, and where the settings ask for it."""
    file = case.folder.input("agents.csv") or case.folder.top("agents.csv")
    if file is None:
        return
    table = read_table(file, case.found, ("location",))
    case.found.cannot_map(f"{case.folder.shown(file)}: {len(table.rows)} persons one by one are not read")
    rules = settings.get("spawn_rules")
    if isinstance(rules, Mapping) and rules.get("read_from_agents_csv_file"):
        text = "the settings ask for the persons of this file (read_from_agents_csv_file); they are not read"
        case.found.warn(text, At(file), "people who start from conflict or from reports")
