"""The shipped catalogue of systems, and laying one description of systems over another, figure by figure."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from staffride.errors import Problem
from staffride.scenario.document import Document, KeyPath, read_document

CATALOGUE = Path(__file__).resolve().parent.parent / "data" / "systems"
"""The folder of the catalogue: each file is a mapping from the id of a system to what it is."""

SYSTEMS_FILE = "systems.yaml"
"""The file in which a scenario gives single figures of systems, or systems of its own."""

CATALOGUE_KEY = "catalogue"
"""The setting by which a scenario does without the catalogue: the copy in a run folder does."""


@cache
def read_catalogue(folder: Path = CATALOGUE) -> Document:
    """Return all files of a catalogue as one mapping under ``systems``; it is read once."""
    whole = Document()
    section: dict[str, object] = {}
    for path in sorted(folder.glob("*.yaml")):
        more = read_document(path)
        whole.problems += more.problems
        for name in [name for name in more.data if name in section]:
            at = more.locations[name,]
            text = f"the system {name!r} is given twice in the catalogue"
            whole.problems.append(Problem(text, at.file, at.line, "each system once"))
        section |= more.data
        whole.locations |= {("systems", *path): at for path, at in more.locations.items() if path}
    whole.data["systems"] = section
    return whole


def lay_over_catalogue(settings: Document, used: set[str]) -> None:
    """Put what the catalogue says of the systems that are used or changed under a scenario's own words."""
    shipped = read_catalogue()
    own = _systems(settings)
    named = [name for name in _systems(shipped) if name in used or name in own]
    base = Document({"systems": {name: _systems(shipped)[name] for name in named}})
    for name in named:
        copy_locations(shipped, base, ("systems", name))
    merge_systems(base, settings)
    settings.data["systems"] = _systems(base)
    copy_locations(base, settings, ("systems",))
    settings.problems += shipped.problems


def merge_systems(base: Document, own: Document) -> None:
    """Lay the systems of ``own`` over those of ``base``, in ``base``; a figure that is null is taken away."""
    merged = dict(_systems(base))
    for name, system in _systems(own).items():
        at: KeyPath = ("systems", name)
        below = merged.get(name)
        if not isinstance(system, dict) or not isinstance(below, dict):
            merged[name] = system
            copy_locations(own, base, at)
            continue
        merged[name] = _merged_system(base, own, at, below, system)
    base.data["systems"] = merged
    if ("systems",) in own.locations:
        base.locations["systems",] = own.locations["systems",]


def _merged_system(
    base: Document, own: Document, at: KeyPath, below: dict[str, Any], above: dict[str, Any]
) -> dict[str, Any]:
    """Return one system laid over another, and move the lines of what is replaced."""
    result = {**below, **above}
    old, new = below.get("figures"), above.get("figures")
    if isinstance(old, dict) and isinstance(new, dict):
        result["figures"] = {name: value for name, value in {**old, **new}.items() if value is not None}
        for figure in new:
            copy_locations(own, base, (*at, "figures", figure))
        above = {key: value for key, value in above.items() if key != "figures"}
    for key in above:
        copy_locations(own, base, (*at, key))
    return result


def copy_locations(source: Document, target: Document, prefix: KeyPath) -> None:
    """Let everything under ``prefix`` in one document stand where it stands in another."""
    depth = len(prefix)
    for path in [path for path in target.locations if path[:depth] == prefix]:
        del target.locations[path]
    target.locations.update({path: at for path, at in source.locations.items() if path[:depth] == prefix})


def _systems(document: Document) -> dict[str, Any]:
    systems = document.data.get("systems")
    return systems if isinstance(systems, dict) else {}
