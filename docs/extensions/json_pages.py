"""The reference of the JSON output, with its series made from the program's own vocabulary."""

from __future__ import annotations

from frames import fill

from staffride.results.vocabulary import MEANINGS, meaning


def render() -> str:
    """The whole page."""
    rows = ["| name | unit | counts |", "|---|---|---|"]
    for name in (*MEANINGS, "shelter.syunik"):
        shown = "shelter.<province>" if name not in MEANINGS else name
        text = meaning(name).text.replace("syunik", "that province")
        rows.append(f"| `{shown}` | {meaning(name).unit} | {text} |")
    return fill("reference/json_frame.md", {"series": "\n".join(rows)})
