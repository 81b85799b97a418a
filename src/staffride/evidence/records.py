"""Reading the YAML files of sources and claims: plain data only, every defect with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from staffride.errors import InputError, Problem, nearest
from staffride.evidence.model import Claim, Record, Source
from staffride.evidence.tables import read_text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails
    from ruamel.yaml.comments import CommentedMap

R = TypeVar("R", bound=Record)
Lined = list[tuple[int, R]]


def read_sources(path: Path) -> tuple[Lined[Source], list[Problem]]:
    """Read the list of sources; return them with their lines, and every problem found."""
    try:
        return records_in(path, load_yaml(path), Source, {})
    except InputError as error:
        return [], list(error.problems)


def read_claims(path: Path, sources: Mapping[str, Source]) -> tuple[Lined[Claim], list[Problem]]:
    """Read the claims of one document: ``document`` (the id of its source) and ``claims`` (a list)."""
    from ruamel.yaml.comments import CommentedMap

    try:
        content = load_yaml(path)
        if not isinstance(content, CommentedMap) or set(content) != {"document", "claims"}:
            raise InputError([Problem("wrong keys", path, 1, "the two keys document and claims")])
        document = str(content["document"])
        if document not in sources:
            hint = nearest(document, sources)
            raise InputError(
                [Problem(f"unknown source {document!r}", path, _line(content, "document"), None, hint)]
            )
        given = {"document": document, "side": sources[document].side}
        return records_in(path, content["claims"], Claim, given)
    except InputError as error:
        return [], list(error.problems)


def load_yaml(path: Path) -> object:
    """Return the content of a file with the lines that ruamel keeps; no tag ever makes an object.

    Raises
    ------
    InputError
        The file cannot be read or is not YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="rt").load(read_text(path))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError([Problem(f"not YAML: {error.problem}", path, line)]) from error
    except YAMLError as error:
        raise InputError([Problem(f"not YAML: {error}", path)]) from error


def records_in(
    path: Path, content: object, kind: type[R], given: Mapping[str, str]
) -> tuple[Lined[R], list[Problem]]:
    """Return the records of a list with their lines, and every problem found; ``given`` are fields that all share."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if not isinstance(content, CommentedSeq):
        return [], [Problem("not a list", path, 1, "a list of records, each beginning with '- id:'")]
    found: Lined[R] = []
    problems: list[Problem] = []
    for index, entry in enumerate(content):
        line = content.lc.item(index)[0] + 1
        if not isinstance(entry, CommentedMap):
            problems.append(Problem("not a record", path, line, "keys and values"))
            continue
        try:
            found.append((line, kind.model_validate({**_plain(entry), **given})))
        except ValidationError as error:
            problems += [_problem(path, entry, line, detail, kind) for detail in error.errors()]
    return found, problems


def _plain(entry: CommentedMap) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _problem(path: Path, entry: CommentedMap, line: int, detail: ErrorDetails, kind: type[Record]) -> Problem:
    key = str(detail["loc"][0]) if detail["loc"] else ""
    message = detail["msg"].removeprefix("Value error, ")
    hint = nearest(key, kind.model_fields) if detail["type"] == "extra_forbidden" else None
    return Problem(f"{key}: {message}" if key else message, path, _line(entry, key) or line, None, hint)


def _line(entry: CommentedMap, key: str) -> int | None:
    return entry.lc.key(key)[0] + 1 if key in entry else None
