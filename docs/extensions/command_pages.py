"""The reference of the commands, made from the command line itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from staffride.cli.main import COMMANDS, load_command

HEAD = """# Commands

Made from the program's own help. Every command ends with exit code 0 when all went well, 1 when something
outside your input went wrong, 2 when your input is wrong, and 130 when you stopped it. `--json`, where a
command has it, prints one JSON object on standard output and nothing else.
"""


def clean(text: str | None) -> str:
    """Help text as one line for a table."""
    return re.sub(r"\s+", " ", text or "").strip().replace("|", "\\|")


def options(command: Any) -> Iterator[str]:
    """One table row for each option and argument."""
    for parameter in command.params:
        if parameter.name == "help":
            continue
        name = ", ".join(f"`{text}`" for text in (*parameter.opts, *parameter.secondary_opts))
        if parameter.param_type_name == "argument":
            name = f"`{(parameter.metavar or parameter.name or '').upper()}`"
        yield f"| {name} | {clean(getattr(parameter, 'help', ''))} | {default_of(parameter)} |"


def default_of(parameter: Any) -> str:
    """What happens without the option, in the words of the help or as the value itself."""
    if isinstance(getattr(parameter, "show_default", None), str):
        return clean(parameter.show_default)
    default = parameter.default
    return "" if default is None or callable(default) or default in (False, ()) else f"`{default}`"


def section(name: str, command: Any, level: int = 2) -> str:
    """One command, and the commands below it."""
    rows = list(options(command))
    table = ["| option | meaning | default |", "|---|---|---|", *rows, ""] if rows else []
    help_text = inspect.cleandoc(command.help or "").replace("\b", "").partition("\f")[0]
    parts = [f"{'#' * level} `staffride {name}`", "", help_text, "", *table]
    for child_name, child in getattr(command, "commands", {}).items():
        parts.append(section(f"{name} {child_name}", child, level + 1))
    return "\n".join(parts)


def render() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(name, load_command(name)) for name in COMMANDS)])
