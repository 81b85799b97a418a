"""The rules of the model as their own docstrings state them: what each is, its equation, units, source and limits."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import staffride.model

LABELS = ("Equation", "Units", "Source", "Limits")


@dataclass(frozen=True)
class Rule:
    """One rule: a public function of the model, its statement and the labelled parts of its docstring."""

    module: str
    name: str
    signature: str
    statement: str
    parts: Mapping[str, str]

    @property
    def missing(self) -> list[str]:
        """The labels that a rule must have and this one lacks."""
        return [label for label in ("Equation", "Units", "Source") if label not in self.parts]


def modules() -> list[ModuleType]:
    """Return the modules of the model, in alphabetical order."""
    names = sorted(info.name for info in pkgutil.iter_modules(staffride.model.__path__))
    return [importlib.import_module(f"staffride.model.{name}") for name in names]


def plain(function: Any) -> Any:  # noqa: ANN401 (a function, or what a compiler made of it)
    """Return the Python function behind a compiled one."""
    return getattr(function, "py_func", function)


def public_functions(module: ModuleType) -> list[Any]:
    """Return the public functions that the module itself defines, in the order of the file."""
    found = [plain(value) for name, value in vars(module).items() if not name.startswith("_")]
    own = [f for f in found if inspect.isfunction(f) and f.__module__ == module.__name__]
    return sorted(own, key=lambda f: f.__code__.co_firstlineno)


def sections(docstring: str) -> dict[str, str]:
    """Split a docstring into its summary (key ``""``), labelled parts and numpy sections."""
    heading = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.M)
    pieces = heading.split(docstring)
    found = {name: body.strip() for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    label = re.compile(rf"(?<![\w`])({'|'.join(LABELS)}):\s+")
    inline = label.split(pieces[0].strip())
    found[""] = inline[0].strip()
    for name, body in zip(inline[1::2], inline[2::2], strict=True):
        found[name] = body.strip().rstrip(".") + "."
    return found


def rules(module: ModuleType) -> Iterator[Rule]:
    """Yield the rules of a module: its public functions that state an equation."""
    for function in public_functions(module):
        parts = sections(inspect.getdoc(function) or "")
        if "Equation" in parts:
            names = ", ".join(inspect.signature(function).parameters)
            yield Rule(module.__name__, function.__name__, f"{function.__name__}({names})", parts[""], parts)
