"""Writes the generated pages before Sphinx reads its sources: model description, commands, scenario files."""

from __future__ import annotations

from functools import partial
from typing import Any

import claims_page
import command_pages
import conditioning_page
import flee_cases_page
import json_pages
import levers_page
import odd
import schema_pages
import system_pages
import two_documents_page
import verdicts_page
from frames import DOCS

PAGES = {
    "images/flee-cases-forecasts.svg": flee_cases_page.drawn_forecasts,
    "images/flee-cases-shares.svg": flee_cases_page.drawn_shares,
    "images/two-documents-people.svg": two_documents_page.harm,
    "images/two-documents-town.svg": two_documents_page.town,
    "model/odd.md": partial(odd.render, "displacement"),
    "model/campaign.md": partial(odd.render, "campaign"),
    "model/chain.md": partial(odd.render, "chain"),
    "model/flee.md": partial(odd.render, "flee"),
    "model/region.md": partial(odd.render, "region"),
    "model/campaign-limits.md": odd.render_limits,
    "model/conditioning.md": conditioning_page.render,
    "model/flee-cases.md": flee_cases_page.render,
    "model/two-documents.md": two_documents_page.render,
    "model/verdicts.md": verdicts_page.render,
    "reference/claims.md": claims_page.render,
    "reference/commands.md": command_pages.render,
    "reference/json.md": json_pages.render,
    "reference/levers.md": levers_page.render,
    "reference/scenario-file.md": schema_pages.render,
    "reference/systems.md": system_pages.render,
}


def write_pages(_app: Any = None) -> None:
    """Write each generated page, unless it holds the same text already."""
    for name, render in PAGES.items():
        path, text = DOCS / name, render()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}
