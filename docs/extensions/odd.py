"""The model description in ODD form, made from the docstrings of ``staffride.model``: the two cannot drift.

``docs/model/odd_frame.md`` holds the words that no docstring holds; this file fills its marks
``{{ ... }}`` with the order of a step, the state, the parameters with their evidence, and every rule with
equation, units, source and limits.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from frames import fill

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
    """The modules of the model, in alphabetical order."""
    names = sorted(info.name for info in pkgutil.iter_modules(staffride.model.__path__))
    return [importlib.import_module(f"staffride.model.{name}") for name in names]


def plain(function: Any) -> Any:
    """The Python function behind a compiled one."""
    return getattr(function, "py_func", function)


def public_functions(module: ModuleType) -> list[Any]:
    """The public functions that the module itself defines, in the order of the file."""
    found = [plain(value) for name, value in vars(module).items() if not name.startswith("_")]
    own = [f for f in found if inspect.isfunction(f) and f.__module__ == module.__name__]
    return sorted(own, key=lambda f: f.__code__.co_firstlineno)


def public_classes(module: ModuleType) -> list[type]:
    """The public classes that the module itself defines, in the order of the file."""
    return [
        value
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
    ]


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
    """The rules of a module: its public functions that state an equation."""
    for function in public_functions(module):
        parts = sections(inspect.getdoc(function) or "")
        if "Equation" in parts:
            names = ", ".join(inspect.signature(function).parameters)
            yield Rule(module.__name__, function.__name__, f"{function.__name__}({names})", parts[""], parts)


def one_line(text: str) -> str:
    """The text as one line that fits into a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def sentence(text: str) -> str:
    """The text as one line that begins with a capital letter."""
    line = one_line(text)
    return line[:1].upper() + line[1:]


def render_rule(rule: Rule) -> str:
    """One rule as Markdown: statement, then each labelled part."""
    lines = [f"#### `{rule.name}`", "", rule.statement, ""]
    lines += [f"- **{label}.** {sentence(rule.parts[label])}" for label in LABELS if label in rule.parts]
    return "\n".join([*lines, f"- **Code.** `{rule.module}.{rule.signature}`", ""])


def render_module(module: ModuleType) -> str:
    """One submodel: what its file says of itself, then its rules."""
    title = module.__name__.rpartition(".")[2].replace("_", " ").capitalize()
    text = sections(inspect.getdoc(module) or "")
    limits = [f"**Limits.** {sentence(text['Limits'])}", ""] if "Limits" in text else []
    return "\n".join([f"### {title}", "", text[""], "", *limits, *map(render_rule, rules(module))])


def first_paragraph(documented: Any) -> str:
    """The first paragraph of a docstring, as one line."""
    return one_line((inspect.getdoc(documented) or "").partition("\n\n")[0])


def render_state() -> str:
    """The kinds of things in the model: every public class with its fields."""
    rows = ["| what | meaning | variables |", "|---|---|---|"]
    for module in modules():
        for kind in public_classes(module):
            fields = ", ".join(f"`{name}`" for name in inspect.get_annotations(kind))
            rows.append(f"| `{kind.__name__}` | {first_paragraph(kind)} | {fields} |")
    return "\n".join(rows)


def in_words(fields: Any) -> str:
    """A value of a distribution's field: a number, a list of numbers, or a distribution itself."""
    if isinstance(fields, Mapping):
        rest = [f"{name} {in_words(value)}" for name, value in fields.items() if name != "kind"]
        return f"{fields['kind']} ({', '.join(rest)})".replace("_", " ")
    if isinstance(fields, list | tuple):
        return "; ".join(map(in_words, fields))
    return f"{fields:g}"


def render_quantity(quantity: Any) -> str:
    """A quantity of a scenario in words: its value, range or distribution."""
    if quantity.value is not None:
        return f"{quantity.value:g}"
    if quantity.range is not None:
        return "{:g} to {:g}".format(*quantity.range)
    return in_words(quantity.distribution.model_dump(exclude_none=True))


def render_parameters() -> str:
    """Every parameter with its unit and meaning, and with its value and reason in the shipped scenario."""
    from staffride.model.displacement import PARAMETERS
    from staffride.scenario import load

    quantities = load("karabakh-2023", PARAMETERS).parameters
    rows = ["| parameter | meaning | unit | karabakh-2023 | rests on |", "|---|---|---|---|---|"]
    for name, spec in sorted(PARAMETERS.items()):
        quantity = quantities.get(name)
        value = render_quantity(quantity) if quantity else ""
        grounds = ", ".join(f"`{fact}`" for fact in quantity.evidence) if quantity else ""
        if quantity and quantity.assumed:
            grounds = "; ".join(filter(None, [grounds, f"assumed: {quantity.assumed}"]))
        if quantity and quantity.note:
            grounds = f"{grounds}. {quantity.note}"
        rows.append(f"| `{name}` | {one_line(spec.meaning)} | {spec.unit} | {value} | {one_line(grounds)} |")
    return "\n".join(rows)


def render() -> str:
    """The whole page."""
    marks = {
        "step": inspect.getdoc(importlib.import_module("staffride.model.displacement")) or "",
        "state": render_state(),
        "parameters": render_parameters(),
        "submodels": "\n".join(render_module(module) for module in modules() if list(rules(module))),
    }
    return fill("model/odd_frame.md", marks)
