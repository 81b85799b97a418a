"""Reading a YAML file as plain data with the line of every key and item; nothing is constructed or run."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from staffride.errors import Problem
from staffride.scenario.location import Location

KeyPath: TypeAlias = tuple[str | int, ...]

YAML_LIMIT_BYTES = 1_000_000
"""The largest YAML file that is read: settings, not tables."""

TABLE_LIMIT_BYTES = 20_000_000
"""The largest table that is read."""

_DEPTH_LIMIT = 40
_PLAIN = "tag:yaml.org,2002:"


@dataclass
class Document:
    """A mapping with the place where each of its keys is written, and the problems met while reading it.

    Of one that is not ``whole`` a file could not be read at all, so what it lacks says nothing.
    """

    data: dict[str, object] = field(default_factory=dict)
    locations: dict[KeyPath, Location] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True

    def at(self, path: KeyPath) -> Location | None:
        """Return where ``path`` or, failing that, the nearest thing that holds it is written."""
        while path and path not in self.locations:
            path = path[:-1]
        return self.locations.get(path)


def read_text(path: Path, limit_bytes: int) -> str | Problem:
    """Return the text of a file, or what is wrong with it; a file over the limit is not opened."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            return Problem("this is not a regular file", path, expected="a text file")
        if size > limit_bytes:
            return Problem(
                f"the file has {size / 1e6:,.0f} MB and was not read",
                path,
                expected=f"at most {limit_bytes / 1e6:,.0f} MB",
                suggestion="keep only what the scenario needs; results and raw data belong elsewhere",
            )
        raw = path.read_bytes()
    except OSError as error:
        return Problem(f"cannot read the file: {error.strerror or error}", path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem("the file is not UTF-8 text", path, line, "UTF-8", "save it again with encoding UTF-8")


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def control_character(text: str) -> int | None:
    """Return where the first character stands that is no text: it could act on the reader's terminal."""
    found = _CONTROL.search(text)
    return None if found is None else found.start()


def read_document(path: Path) -> Document:
    """Return the mapping in a YAML file, with every problem found while reading it."""
    text = read_text(path, YAML_LIMIT_BYTES)
    if isinstance(text, Problem):
        return Document(problems=[text], whole=False)
    document = Document(locations={(): Location(path, 1)})
    try:
        node = YAML(typ="safe", pure=True).compose(io.StringIO(text))
    except (YAMLError, RecursionError, ValueError) as error:
        document.problems.append(_syntax_problem(path, error))
        document.whole = False
        return document
    data = _Reader(path, document).value(node, ()) if node is not None else {}
    if isinstance(data, dict):
        document.data = data
    else:
        document.whole = False
        document.problems.append(
            Problem("the file holds no settings", path, 1, "lines of the form `key: value`")
        )
    return document


def _syntax_problem(path: Path, error: Exception) -> Problem:
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem)))
        line = mark.line + 1 if mark is not None else None
        return Problem(
            f"this is not valid YAML: {what}", path, line, "YAML 1.2", "check indentation and quotes"
        )
    what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
    return Problem(f"this is not valid YAML: {what}", path, None, "YAML 1.2")


class _Reader:
    """Turns composed nodes into plain data; notes lines; refuses tags, aliases and repeated keys."""

    def __init__(self, path: Path, document: Document) -> None:
        self.path = path
        self.document = document
        self.seen: set[int] = set()

    def complain(self, node: Node, message: str, expected: str, suggestion: str | None = None) -> None:
        line = node.start_mark.line + 1
        self.document.problems.append(Problem(message, self.path, line, expected, suggestion))

    def value(self, node: Node, at: KeyPath) -> object:
        self.document.locations.setdefault(at, Location(self.path, node.start_mark.line + 1))
        tag = str(node.tag)
        if not tag.startswith(_PLAIN) or "/" in tag or ":" in tag.removeprefix(_PLAIN):
            shown = tag.replace(_PLAIN, "!!")
            self.complain(
                node, f"the tag {shown} is refused", "plain values", "remove the tag: scenarios are data"
            )
            return None
        if id(node) in self.seen:
            self.complain(
                node, "an alias (*name) is refused", "the value itself", "write it out, or use `extends`"
            )
            return None
        self.seen.add(id(node))
        if len(at) > _DEPTH_LIMIT:
            self.complain(node, "this is nested too deeply", f"at most {_DEPTH_LIMIT} levels")
            return None
        return self._dispatch(node, at)

    def _dispatch(self, node: Node, at: KeyPath) -> object:
        if isinstance(node, MappingNode):
            return self.mapping(node, at)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*at, index)) for index, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: MappingNode, at: KeyPath) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else None
            if key is None or control_character(key) is not None:
                self.complain(key_node, "a key must be plain text", "`key: value`")
                continue
            if key in result:
                first = self.document.locations[(*at, key)].line
                self.complain(
                    key_node, f"the key {key!r} is given twice", "each key once", f"first on line {first}"
                )
                continue
            self.document.locations[(*at, key)] = Location(self.path, key_node.start_mark.line + 1)
            result[key] = self.value(value_node, (*at, key))
        return result

    def scalar(self, node: Node) -> object:
        kind, text = str(node.tag).removeprefix(_PLAIN), str(node.value)
        if control_character(text) is not None:
            self.complain(node, "a control character is refused", "plain text", "remove it")
            return None
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            if kind == "int":
                return int(text.replace("_", ""), 0)
            if kind == "float":
                number = float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
                return number if math.isfinite(number) else text
        except ValueError:
            return text
        return text
