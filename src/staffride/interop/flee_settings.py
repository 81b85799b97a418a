"""The settings of a Flee folder, ``simsetting.yml``, as they are written; what they mean is not the matter here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from staffride.interop.flee_folder import CaseFolder
from staffride.scenario.findings import At, Findings

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

NAMES = ("simsetting.yml", "simsetting.yaml", "simsettings.yml")
LIMIT_BYTES = 1_000_000


class Settings(NamedTuple):
    """Settings as they are written.

    Attributes
    ----------
    values
        The mapping.
    lines
        The line of every key, with points between: ``move_rules.awareness_level``.
    file
        The file, or ``None`` where there is none.
    """

    values: Mapping[str, object]
    lines: Mapping[str, int]
    file: Path | None


def read_settings(folder: CaseFolder) -> Settings:
    """Return the settings; without a file, none are given and the defaults hold."""
    file = next((path for name in NAMES if (path := folder.top(name))), None)
    if file is None:
        folder.found.note("there is no simsetting.yml; the defaults hold")
        return Settings({}, {}, None)
    if file.name != NAMES[0]:
        folder.found.warn(f"the settings are read from {file.name}; Flee reads {NAMES[0]}", At(file))
    values, lines = _read(file, folder.found)
    return Settings(values, lines, file)


def _read(file: Path, found: Findings) -> tuple[dict[str, object], dict[str, int]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)  # the version that Flee reads: `yes` and `off` are true and false
    yaml.allow_duplicate_keys = True
    lines: dict[str, int] = {}
    try:
        if file.stat().st_size > LIMIT_BYTES:
            raise ValueError(f"the file is larger than {LIMIT_BYTES // 1000} kB")
        text = file.read_bytes().decode("utf-8-sig").expandtabs(4)
        node = yaml.compose(text)
        if node is not None:
            _note_lines(node, "", lines, file, found)
        values = yaml.load(text)
    except (YAMLError, ValueError, RecursionError, OSError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        what = error.problem if isinstance(error, MarkedYAMLError) else str(error).splitlines()[0]
        found.fatal(f"the settings cannot be read: {what}", At(file, mark.line + 1 if mark else None), "YAML")
        return {}, {}
    if values is None or isinstance(values, dict):
        return {str(key): value for key, value in (values or {}).items()}, lines
    found.fatal("the file holds no settings", At(file, 1), "lines of the form `key: value`")
    return {}, {}


def _note_lines(node: Node, above: str, lines: dict[str, int], file: Path, found: Findings) -> None:
    """Note the line of each key; of a key that is given twice the last holds."""
    from ruamel.yaml.nodes import MappingNode

    if not isinstance(node, MappingNode):
        return
    for key_node, value_node in node.value:
        key = f"{above}{key_node.value}"
        line = key_node.start_mark.line + 1
        if key in lines:
            text = f"{key} is given twice, first on line {lines[key]}; the last is read, as Flee does"
            found.warn(text, At(file, line), "each setting once")
        lines[key] = line
        _note_lines(value_node, f"{key}.", lines, file, found)
