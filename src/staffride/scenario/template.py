"""The files of a new scenario: an invented valley that runs as it is, or a few lines over an existing one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from textwrap import indent
from typing import Any

from staffride.scenario.json_schema import schema_text
from staffride.scenario.locate import SETTINGS
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.schema import Scenario

SCHEMA_FILE = "scenario.schema.json"
_EDITOR_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"

_EXTENDING = """\
# A scenario that differs from {parent} in what is written here.
name: {name}
extends: {parent}
title: {title}, changed
description: Say here what you changed, and why.

# A parameter given here replaces the inherited one. Every number has a unit, a role, and `evidence` (ids
# that `staffride evidence list` shows) or `assumed` (your reason).
parameters:
{parameter}
# Single cells of the inherited tables, by row. A whole table is replaced by a file such as {table}.csv here.
# change:
#   {table}:
#     {row}: {{{cell}}}
"""

_ONE_FIGURE = """
# Single figures of systems; what is not written here stays as it is. This could also stand in systems.yaml.
# systems:
#   {system}:
#     figures:
{figure}"""

_INVENTED = """\
# An invented valley: two towns, one road out over a bridge with a checkpoint. Every number here is made up,
# so that you can put your own in its place. `staffride check` checks it; `staffride run --prior` runs it.
name: {name}
title: An invented valley
description: People of two towns leave over one bridge.
kind: displacement

# What a run covers, in whole hours. The offset (+00:00) says which clock; days begin in the time zone.
period:
  start: 2020-06-01T00:00+00:00
  end: 2020-06-05T00:00+00:00
  time_zone: UTC

# Nothing published after this moment may enter a prior or the fit.
cutoff: 2020-06-02T00:00+00:00

# The regions of places.csv that people leave: `staffride check` lists every road out of them.
area: [Valley]

# Everyone leaves towards the exit; arrivals are counted at the checkpoint.
exit_place: border_town
checkpoint_place: bridge
"""

_PLACES = """\
# Towns, bridges, crossings. In a disputed area give both names (name_az, name_hy) instead of official_name.
id,official_name,kind,region,latitude,longitude,elevation_m,evidence,assumed
upper_town,Upper town,town,Valley,45.20,10.00,900,,Invented.
lower_town,Lower town,town,Valley,45.10,10.05,600,,Invented.
bridge,Bridge,checkpoint,Valley,45.00,10.10,400,,Invented.
border_town,Border town,town,Beyond,44.95,10.15,350,,Invented.
city,City,city,Beyond,44.70,10.40,200,,Invented.
"""

_LINKS = """\
# Roads, usable in both directions. Capacity, jam density and lanes are those of one direction.
id,from_place,to_place,length_km,free_flow_h,capacity_vehicles_per_h,jam_density_vehicles_per_km,lanes,road_class,\
evidence,assumed
upper-lower,upper_town,lower_town,14,0.30,500,140,1,secondary,,Invented.
lower-bridge,lower_town,bridge,15,0.25,800,140,1,primary,,Invented.
bridge-border,bridge,border_town,8,0.15,800,140,1,primary,,Invented.
border-city,border_town,city,40,0.60,900,140,1,primary,,Invented.
"""

_PEOPLE = """\
# Where the people live when the period starts: shares sum to 1. danger is 0 to 1; word_delay_h is how much
# later than the first place each hears that the road is open.
place,share,danger,word_delay_h,evidence,assumed
upper_town,0.4,0.8,1,,Invented.
lower_town,0.6,0.5,0,,Invented.
"""

_PROVINCES = """\
# Provinces that take people in; distance_h is hours by empty roads from the exit.
id,name,centre_place,population_persons,distance_h,evidence,assumed
border,Border province,border_town,60000,0,,Invented.
centre,Central province,city,400000,0.6,,Invented.
"""

_EVENTS = """\
# Dated items that the scenario gives. A link is closed while a closure or an incident lasts.
id,kind,time,duration_h,place,link,known_from,given,evidence,assumed,note
closed,closure,2020-05-20T00:00+00:00,297,,bridge-border,2020-06-01T09:00+00:00,yes,,Invented.,No way out.
open,road_open,2020-06-01T09:00+00:00,,,bridge-border,2020-06-01T09:00+00:00,yes,,Invented.,First word.
"""

_OWN_NUMBERS: Mapping[str, dict[str, Any]] = {
    "population.residents": {"distribution": {"kind": "lognormal", "median": 6000, "sigma": 0.3}},
    "departure.open_hour": {"value": 9.0},
    "checkpoint.open_hour": {"value": 9.0},
}
"""Parameters for which the shipped figure would make no sense in the invented valley."""

_ALTERNATIVES = frozenset(
    {
        "population.residents_leaning_to_azerbaijani_figures",
        "population.residents_leaning_to_armenian_figures",
        "population.residents_flat",
    }
)
"""Second priors of the shipped case, which mean nothing elsewhere."""

_REASON = "Taken over from karabakh-2023 to start with; put your own figure and reason."


def extending_files(name: str, parent: Scenario) -> dict[str, str]:
    """Return the files of a scenario that extends another, by name."""
    first = next(name for name, quantity in parent.parameters.items() if not quantity.evidence)
    table, row, cell = _cell_to_change(parent)
    settings = _EXTENDING.format(
        name=name,
        parent=parent.name,
        title=parent.title,
        parameter=_parameter_text(first, parent.parameters[first], indent="  "),
        table=table,
        row=row,
        cell=cell,
    )
    return {SETTINGS: _EDITOR_LINE + settings + _figure_to_change(parent), SCHEMA_FILE: schema_text()}


def _cell_to_change(parent: Scenario) -> tuple[str, str, str]:
    """Return a table, a row of it, and a cell with a value other than the inherited one."""
    if parent.kind == "campaign":
        unit = parent.units[0]
        return "units", unit.id, f"weight: {unit.weight / 2:g}"
    link = parent.links[0]
    return "links", link.id, f"capacity_vehicles_per_h: {link.capacity_vehicles_per_h / 2:g}"


def _figure_to_change(parent: Scenario) -> str:
    """Return how a figure of a system is changed, as a comment; nothing where there are no systems."""
    for name, system in parent.systems.items():
        for figure, quantity in system.figures.items():
            written = _parameter_text(figure, quantity, indent="      ")
            return _ONE_FIGURE.format(system=name, figure=indent(written, "# "))
    return ""


def invented_files(name: str, specs: Mapping[str, ParameterSpec], source: Scenario) -> dict[str, str]:
    """Return the files of a small invented scenario, by name.

    Parameters
    ----------
    name
        What it is to be called.
    specs
        The parameters that the model reads.
    source
        A scenario to take first figures from.
    """
    return {
        SETTINGS: _EDITOR_LINE + _INVENTED.format(name=name),
        "parameters.yaml": _parameters_text(specs, source),
        "places.csv": _PLACES,
        "links.csv": _LINKS,
        "people.csv": _PEOPLE,
        "provinces.csv": _PROVINCES,
        "events.csv": _EVENTS,
        SCHEMA_FILE: schema_text(),
    }


def _parameters_text(specs: Mapping[str, ParameterSpec], source: Scenario) -> str:
    head = "# What the model needs to know, one quantity a parameter: a value, a range or a distribution.\n"
    parts = [head]
    for name, spec in specs.items():
        if name in source.parameters and name not in _ALTERNATIVES:
            quantity = _own(name, source.parameters[name].in_unit(spec.unit))
            parts.append(f"\n# {spec.meaning}\n{_parameter_text(name, quantity)}")
    return "".join(parts)


def _own(name: str, quantity: Quantity) -> Quantity:
    """Return a quantity of the invented scenario: it rests on no evidence."""
    content = quantity.model_dump(exclude_defaults=True, exclude={"evidence", "inventory", "note"})
    if name in _OWN_NUMBERS:
        content = {key: value for key, value in content.items() if key in {"unit", "role"}}
        return Quantity.model_validate({**content, **_OWN_NUMBERS[name], "assumed": "Invented."})
    return Quantity.model_validate({**content, "assumed": content.get("assumed", _REASON)})


def _parameter_text(name: str, quantity: Quantity, indent: str = "") -> str:
    """Return a quantity as YAML: one line a field, in flow style, which is JSON."""
    content = quantity.model_dump(mode="json", exclude_defaults=True)
    lines = [f"{indent}  {key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in content.items()]
    return f"{indent}{name}:\n" + "".join(lines)
