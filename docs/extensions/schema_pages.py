"""The reference of a scenario's files, made from the schema that reads them."""

from __future__ import annotations

import inspect
import re
from typing import Any

from frames import fill

from staffride.scenario import campaign_schema, ground_schema, quantity, schema

GROUNDS = ("evidence", "assumed", "note")
TABLES = {
    "places.csv": schema.Place,
    "links.csv": schema.Link,
    "people.csv": schema.PeopleRow,
    "provinces.csv": schema.Province,
    "events.csv": schema.Event,
    "observations.csv": schema.Observation,
}
CAMPAIGN_TABLES = {
    "zones.csv": campaign_schema.Zone,
    "units.csv": campaign_schema.Unit,
    "orders.csv": campaign_schema.Order,
}
GROUND_TABLES = {
    "formations.csv": ground_schema.Formation,
    "ways.csv": ground_schema.Way,
    "goals.csv": ground_schema.Goal,
    "supplies.csv": ground_schema.Supply,
    "civilians.csv": ground_schema.Civilians,
    "city_strikes.csv": ground_schema.CityStrike,
    "truces.csv": ground_schema.Truce,
    "terms.csv": ground_schema.Term,
}


def kind(field: dict[str, Any]) -> str:
    """The type of a field, in words."""
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(kind(part) for part in field["anyOf"] if part.get("type") != "null"))
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("format") == "date-time":
        return "date and time with offset"
    if field.get("type") == "array":
        return "list"
    names = {"string": "text", "number": "number", "integer": "whole number", "boolean": "true or false"}
    limits = {
        "minimum": "at least", "maximum": "at most", "exclusiveMinimum": "over", "exclusiveMaximum": "under"
    }  # fmt: skip
    bounds = [f"{words} {field[name]:g}" for name, words in limits.items() if name in field]
    return ", ".join([names.get(str(field.get("type")), "mapping"), *bounds])


def one_line(text: str) -> str:
    """The text as one line that fits into a Markdown table."""
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def fields(model: Any) -> str:
    """A table of the fields of a record."""
    content = model.model_json_schema()
    required = set(content.get("required", ()))
    rows = ["| field | type | needed | meaning |", "|---|---|---|---|"]
    for name, field in sorted(content["properties"].items(), key=lambda item: item[0] in GROUNDS):
        needed = "yes" if name in required else ""
        meaning = one_line(field.get("description", ""))
        rows.append(f"| `{name}` | {kind(field)} | {needed} | {meaning} |")
    return "\n".join(rows)


def distributions() -> str:
    """A table of the known distributions with their fields."""
    rows = ["| kind | fields | what it is |", "|---|---|---|"]
    definitions = quantity.Quantity.model_json_schema()["$defs"]
    for found in sorted(definitions.values(), key=lambda part: str(part["title"])):
        properties = found.get("properties", {})
        if "kind" in properties:
            names = ", ".join(f"`{name}`" for name in properties if name != "kind")
            text = one_line(found.get("description", "").partition("\n\n")[0])
            rows.append(f"| `{properties['kind'].get('const')}` | {names} | {text} |")
    return "\n".join(rows)


def record(title: str, model: Any) -> str:
    """One kind of record: what it is and its fields."""
    return f"### {title}\n\n{inspect.getdoc(model)}\n\n{fields(model)}\n"


def render() -> str:
    """The whole page."""
    marks = {
        "header": fields(schema.Header),
        "quantity": f"{inspect.getdoc(quantity.Quantity)}\n\n{fields(quantity.Quantity)}",
        "distributions": distributions(),
        "tables": "\n".join(record(f"`{name}`", model) for name, model in TABLES.items()),
        "campaign_tables": "\n".join(record(f"`{name}`", model) for name, model in CAMPAIGN_TABLES.items()),
        "ground_tables": "\n".join(record(f"`{name}`", model) for name, model in GROUND_TABLES.items()),
        "system": fields(campaign_schema.System),
        "variant": fields(campaign_schema.Variant),
    }
    return fill("reference/scenario_frame.md", marks)
