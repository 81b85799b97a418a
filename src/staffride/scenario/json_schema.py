"""The JSON Schema of scenario.yaml, for editors that complete and check while one types."""

from __future__ import annotations

import json
from typing import Any

from staffride.scenario.campaign_schema import System
from staffride.scenario.catalogue import CATALOGUE_KEY
from staffride.scenario.figures import FIGURE, FigureSpec
from staffride.scenario.quantity import Quantity
from staffride.scenario.schema import Header
from staffride.scenario.tables import TABLES, key_columns

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``scenario.yaml`` as plain data."""
    schema = Header.model_json_schema()
    required = [name for name in schema.pop("required") if name != "name"]
    schema["properties"] |= _loader_keys()
    _let_parameters_be_taken_away(schema["properties"]["parameters"])
    _say_what_belongs_together(schema["$defs"][Quantity.__name__])
    _say_what_a_system_is(schema["$defs"][System.__name__])
    return {
        "$schema": DRAFT,
        **schema,
        "title": "staffride scenario",
        "description": "The settings of a scenario folder: scenario.yaml.",
        "required": ["name"],
        "anyOf": [{"required": required}, {"required": ["extends"]}],
    }


def _let_parameters_be_taken_away(parameters: dict[str, Any]) -> None:
    """Add that an inherited parameter may be null."""
    parameters["description"] = "parameter -> quantity; null takes an inherited one away"
    named = parameters["patternProperties"]
    for pattern, quantity in named.items():
        named[pattern] = {"anyOf": [quantity, {"type": "null"}]}


def schema_text() -> str:
    """Return the JSON Schema as it is published."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _loader_keys() -> dict[str, Any]:
    """Return the keys that the loader itself reads."""
    names = list(TABLES)
    return {
        "extends": {
            "type": "string",
            "description": "name of a shipped scenario, or of a folder beside this one, to start from",
        },
        CATALOGUE_KEY: {
            "type": "boolean",
            "default": True,
            "description": "whether the shipped catalogue stands behind the systems of a campaign",
        },
        "tables": {
            "type": "object",
            "description": "file of a table inside this folder, where it is not <table>.csv",
            "propertyNames": {"enum": names},
            "additionalProperties": {"type": "string"},
        },
        "change": {
            "type": "object",
            "description": "cells of inherited tables to change: {table: {row: {column: value}}}",
            "properties": {name: _changes(name) for name in names},
            "additionalProperties": False,
        },
    }


def _changes(table: str) -> dict[str, Any]:
    columns = [name for name in TABLES[table].model_fields if name not in key_columns(table)]
    cells = {"type": "object", "propertyNames": {"enum": columns}}
    return {"type": "object", "additionalProperties": cells}


def _say_what_belongs_together(quantity: dict[str, Any]) -> None:
    """Add that a quantity has one of value, range and distribution, and a ground."""
    quantity["oneOf"] = [{"required": [name]} for name in ("value", "range", "distribution")]
    quantity["anyOf"] = [{"required": [name]} for name in ("evidence", "assumed")]


def _say_what_a_system_is(system: dict[str, Any]) -> None:
    """Add that a figure has a known name, and that the catalogue may give the rest."""
    del system["required"]
    system["properties"]["figures"] = {
        "type": "object",
        "description": "figure -> quantity; null takes a figure of the catalogue away",
        "properties": {name: _figure(spec) for name, spec in FIGURE.items()},
        "additionalProperties": False,
    }


def _figure(spec: FigureSpec) -> dict[str, Any]:
    quantity = {"$ref": f"#/$defs/{Quantity.__name__}"}
    return {"description": f"{spec.meaning}, in {spec.unit}", "anyOf": [quantity, {"type": "null"}]}
