"""The reference of the JSON output, with its series made from the program's own vocabulary."""

from __future__ import annotations

from frames import fill

from staffride.results.vocabulary import CAMPAIGN, MEANINGS, meaning


def render() -> str:
    """The whole page."""
    rows = ["| name | unit | counts |", "|---|---|---|"]
    for name in (*MEANINGS, "shelter.syunik"):
        shown = "shelter.<province>" if name not in MEANINGS else name
        text = meaning(name).text.replace("syunik", "that province")
        rows.append(f"| `{shown}` | {meaning(name).unit} | {text} |")
    return fill("reference/json_frame.md", {"series": "\n".join(rows), "campaign": campaign()})


SHOWN = {
    "lost": ("lost.<class>.<side>", "that class"),
    "share_lost": ("share_lost.<class>.<side>", "that class"),
    "captured_vehicles": ("captured_vehicles.<class>.<side>", "that class"),
    **{name: (f"{name}.<place>", "") for name in ("changed", "last_changed", "changes")},
    **{name: (name, "") for name in ("flyable", "truce", "over", "end_h", "truces", "truces_broken")},
}


def campaign() -> str:
    """A table of the series and totals of a campaign, by the first part of their names."""
    rows = ["| name | unit | counts |", "|---|---|---|"]
    for measure, found in CAMPAIGN.items():
        name, what = SHOWN.get(measure, (f"{measure}.<side>", ""))
        text = found.text.replace("side {side}", "that side").format(what=what, place="that place")
        rows.append(f"| `{name}` | {found.unit} | {text} |")
    return "\n".join(rows)
