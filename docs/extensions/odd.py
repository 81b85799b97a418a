"""The model descriptions in ODD form, made from the docstrings of ``staffride.model``: the two cannot drift.

There is one page for each kind of scenario. Its frame under ``docs/model/`` holds the words that no docstring holds;
this file fills its marks ``{{ ... }}`` with the order of a step, the state, the parameters with their evidence, and
every rule with equation, units, source and limits. A page holds the modules that its step imports, directly or not;
those of the campaign stand in the order of its hour.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any

from frames import fill
from odd_settings import render_fitted

from staffride.api.rules import LABELS, Rule, modules, public_functions, rules, sections


@dataclass(frozen=True)
class Description:
    """The description of the model of one kind of scenario.

    Attributes
    ----------
    frame
        The file with its hand-written words.
    step
        The module whose docstring numbers the step, and which imports all others.
    scenarios
        The shipped scenarios whose parameters are shown.
    before
        Modules whose rules are drawn before the step, so that it does not import them.
    apart
        Kinds whose pages describe modules that this step imports too.
    settings
        The data classes of its settings, as ``module.Class``, where it has these instead of parameters of a scenario.
    parts
        Titles, and the phenomena below each in the order of the step; a module that none of them names comes last,
        under `REST`. Without parts there is one list in alphabetical order.
    """

    frame: str
    step: str
    scenarios: tuple[str, ...]
    before: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


REST = "Rules that bring arrays together"
"""Title of the rules that stand in files of no phenomenon."""

HOUR = {
    "The sky, finding and knowing": (
        "weather",
        "daylight",
        "terrain_mask",
        "jamming",
        "information",
        "detection",
    ),
    "Politics, goals and marches": ("diplomacy", "control", "campaign_operations", "campaign_marches"),
    "Behind the front": ("infiltration",),
    "Supply": ("supply", "max_flow", "campaign_supply"),
    "Fires and air defence": ("fires", "targeting", "air_defence", "raid"),
    "Battles and cohesion": ("ground", "attrition", "cohesion"),
    "Changes of control": ("campaign_control", "campaign_belongings"),
    "Civilians": ("city_strikes", "flight"),
}
"""The phenomena of a campaign in the order of its hour."""

STAGES = {
    "The closed road": ("closure",),
    "An agreement, or none": ("talks",),
    "What stages hand on": ("chain_links",),
    "Those who return": ("returns",),
}
"""The phenomena of a chain that no other page describes, in the order of its stages."""


DESCRIPTIONS = {
    "displacement": Description(
        "model/odd_frame.md",
        "staffride.model.displacement",
        ("karabakh-2023",),
        before=("staffride.model.checkpoint",),
    ),
    "campaign": Description(
        "model/campaign_frame.md", "staffride.model.campaign", ("opening-day", "karabakh-2020"), parts=HOUR
    ),
    "chain": Description(
        "model/chain_frame.md",
        "staffride.model.chain",
        ("karabakh-2022-2023",),
        apart=("displacement", "campaign"),
        parts=STAGES,
    ),
    "flee": Description(
        "model/flee_frame.md",
        "staffride.model.flee_mode",
        (),
        settings=("staffride.model.flee_settings.FleeSettings", "staffride.model.flee_settings.Quirks"),
    ),
    "region": Description(
        "model/region_frame.md",
        "staffride.model.region",
        (),
        settings=("staffride.model.region.RegionSetup",),
    ),
}
"""What there is to describe, by kind of scenario."""


@cache
def imported_by(module: ModuleType) -> set[str]:
    """The modules of the model that a module imports itself."""
    nodes = ast.walk(ast.parse(inspect.getsource(module)))
    names = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name for name in names if name.startswith("staffride.model.")}


@cache
def modules_of(kind: str) -> list[ModuleType]:
    """The modules that the step of one kind of scenario rests on, in alphabetical order."""
    found: set[str] = set()
    elsewhere = {module.__name__ for other in DESCRIPTIONS[kind].apart for module in modules_of(other)}
    pending = {DESCRIPTIONS[kind].step, *DESCRIPTIONS[kind].before}
    while pending:
        found |= pending
        pending = set().union(*(imported_by(importlib.import_module(name)) for name in pending)) - found
    return [module for module in modules() if module.__name__ in found - elsewhere]


def public_classes(module: ModuleType) -> list[type]:
    """The public classes that the module itself defines, in the order of the file."""
    return [
        value
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
    ]


def one_line(text: str) -> str:
    """The text as one line that fits into a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def sentence(text: str) -> str:
    """The text as one line that begins with a capital letter."""
    line = one_line(text)
    return line[:1].upper() + line[1:]


def labelled(label: str, text: str) -> str:
    """A labelled part as one line; units keep their case, because a capital would make another unit of them."""
    return one_line(text) if label == "Units" else sentence(text)


def render_rule(rule: Rule) -> str:
    """One rule as Markdown: statement, then each labelled part."""
    lines = [f"#### `{rule.name}`", "", rule.statement, ""]
    lines += [
        f"- **{label}.** {labelled(label, rule.parts[label])}" for label in LABELS if label in rule.parts
    ]
    return "\n".join([*lines, f"- **Code.** `{rule.module}.{rule.signature}`", ""])


def short_name(module: ModuleType) -> str:
    """The name of a module without its package."""
    return module.__name__.rpartition(".")[2]


def heading(module: ModuleType) -> str:
    """The name of a module as a title."""
    return short_name(module).replace("_", " ").capitalize()


def render_module(module: ModuleType) -> str:
    """One submodel: what its file says of itself, then its rules, then what it rests on."""
    text = sections(inspect.getdoc(module) or "")
    limits = [f"**Limits.** {sentence(text['Limits'])}", ""] if "Limits" in text else []
    works = [f"**References.** {sentence(text['References'])}", ""] if "References" in text else []
    return "\n".join(
        [f"### {heading(module)}", "", text[""], "", *limits, *map(render_rule, rules(module)), *works]
    )


def render_work(kind: str) -> str:
    """What the functions do that state no rule: they bring rules and arrays together."""
    rows = ["| function | what it does |", "|---|---|"]
    for module in modules_of(kind):
        stated = {rule.name for rule in rules(module)}
        for function in public_functions(module):
            if function.__name__ not in stated:
                name = f"{module.__name__.rpartition('.')[2]}.{function.__name__}"
                rows.append(f"| `{name}` | {first_paragraph(function)} |")
    return "\n".join(rows)


def first_paragraph(documented: Any) -> str:
    """The first paragraph of the docstring of something, or of a docstring itself, as one line."""
    text = documented if isinstance(documented, str) else inspect.getdoc(documented) or ""
    return one_line(text.partition("\n\n")[0])


def record_types(module: ModuleType) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Name, docstring and columns of the types of records that a module defines."""
    body = ast.parse(inspect.getsource(module)).body
    for node, following in pairwise(body):
        if not (isinstance(node, ast.Assign) and isinstance(following, ast.Expr)):
            continue
        name, text = ast.unparse(node.targets[0]), getattr(following.value, "value", "")
        columns = getattr(getattr(module, name, None), "names", None)
        if columns and isinstance(text, str):
            yield name, text, columns


def render_state(kind: str) -> str:
    """The kinds of things in the model: every public class and type of record with its fields."""
    rows = ["| what | meaning | variables |", "|---|---|---|"]
    for module in modules_of(kind):
        found = [
            (one.__name__, first_paragraph(one), inspect.get_annotations(one))
            for one in public_classes(module)
        ]
        found += [(name, first_paragraph(text), columns) for name, text, columns in record_types(module)]
        for name, meaning, columns in found:
            fields = ", ".join(f"`{column}`" for column in columns)
            rows.append(f"| `{name}` | {meaning} | {fields} |")
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


def render_grounds(quantity: Any) -> str:
    """What a quantity rests on: ids of the record, or the reason for which it is assumed, and its note."""
    grounds = ", ".join(f"`{fact}`" for fact in quantity.evidence)
    if quantity.assumed:
        grounds = "; ".join(filter(None, [grounds, f"assumed: {quantity.assumed}"]))
    return one_line(f"{grounds.rstrip('.')}. {quantity.note}" if quantity.note else grounds)


def render_parameters(kind: str) -> str:
    """Every parameter with its unit and meaning, and with its value and reason in the shipped scenarios."""
    from staffride.model.kinds import parameters_of
    from staffride.scenario import load
    from staffride.scenario.chain_schema import OWN
    from staffride.scenario.specs import for_sides, spec_of

    shown = {name: load(name, parameters_of) for name in DESCRIPTIONS[kind].scenarios}
    specs = for_sides(parameters_of(kind), next(iter(shown.values())).sides)
    heads = ["parameter", "meaning", "unit", *shown, "rests on"]
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    if kind == "chain":  # it may also give those of its stages, which stand on their own pages
        specs = {name: spec for name, spec in specs.items() if name.startswith(OWN)}
    given = {name for scenario in shown.values() for name in scenario.parameters if spec_of(specs, name)}
    for name in sorted({*(name for name in specs if not name.endswith(".*")), *given}):
        spec = spec_of(specs, name)
        found = {one: scenario.parameters.get(name) for one, scenario in shown.items()}
        values = [render_quantity(quantity) if quantity else "" for quantity in found.values()]
        cells = [f"`{name}`", one_line(spec.meaning), spec.unit, *values, render_all_grounds(found)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def render_all_grounds(quantities: Mapping[str, Any]) -> str:
    """What a quantity rests on in each scenario that has it, told once where it is the same."""
    grounds = {one: render_grounds(quantity) for one, quantity in quantities.items() if quantity}
    if len(set(grounds.values())) <= 1:
        return next(iter(grounds.values()), "")
    return " ".join(f"*{one}*: {text.rstrip('.')}." for one, text in grounds.items())


def in_parts(kind: str) -> Iterator[tuple[str, list[ModuleType]]]:
    """The modules with rules of one kind of scenario below their titles; the title is empty where there is but one."""
    parts = DESCRIPTIONS[kind].parts
    found = {short_name(module): module for module in modules_of(kind) if any(rules(module))}
    named = {name for names in parts.values() for name in names}
    for title, names in parts.items():
        yield title, [found[name] for name in names]
    yield REST if parts else "", [module for name, module in found.items() if name not in named]


def render_submodels(kind: str) -> str:
    """Every submodel, part by part."""
    pieces = []
    for title, found in in_parts(kind):
        pieces += [f"## Submodels: {title[:1].lower()}{title[1:]}", ""] if title else ["## Submodels", ""]
        pieces += map(render_module, found)
    return "\n".join(pieces)


def render_step(kind: str) -> str:
    """The order of a step: of a campaign the list that the program follows and times, else what its file says."""
    if kind != "campaign":
        return inspect.getdoc(importlib.import_module(DESCRIPTIONS[kind].step)) or ""
    from staffride.model.campaign_steps import STEPS

    lines = ["The weather of the whole period is drawn before the first hour. Then, hour by hour:", ""]
    lines += [
        f"{number}. ``{step.phenomenon}``{' (with formations)' if step.afoot else ''}: {step.does}."
        for number, step in enumerate(STEPS, start=1)
    ]
    lines += [
        "",
        "The list is the program's own: `staffride explain karabakh-2020 --time` times each step of it.",
    ]
    lines += ["Steps marked so run only in a campaign with formations. No step asks which side a side is."]
    return "\n".join(lines)


def render(kind: str) -> str:
    """The whole page of one kind of scenario."""
    description = DESCRIPTIONS[kind]
    marks = {
        "step": render_step(kind),
        "state": render_state(kind),
        "parameters": render_fitted(kind, description.settings)
        if description.settings
        else render_parameters(kind),
        "submodels": render_submodels(kind),
        "work": render_work(kind),
    }
    return fill(description.frame, marks)


def render_limits() -> str:
    """The page of what the model of a campaign leaves out: each module's limits and those of its rules."""
    parts = []
    for title, modules_of_part in in_parts("campaign"):
        parts += [f"### {title}", ""]
        for module in modules_of_part:
            whole = sections(inspect.getdoc(module) or "").get("Limits")
            found = [(rule.name, rule.parts["Limits"]) for rule in rules(module) if "Limits" in rule.parts]
            parts += [f"#### {heading(module)}", "", *([sentence(whole), ""] if whole else [])]
            parts += [f"- `{name}`: {one_line(text)}" for name, text in found] + [""]
    return fill("model/campaign_limits_frame.md", {"limits": "\n".join(parts)})
