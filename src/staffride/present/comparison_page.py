"""The page of a comparison: one self-contained file, made of the same parts as any report."""

from __future__ import annotations

from staffride.present import sections
from staffride.present.comparison_summary import NO_ADVICE, summarise_comparison
from staffride.present.ground_sections import reproduce_section, sources_footer
from staffride.present.page import Page, Part, masthead
from staffride.present.summary import Bundle


def render_comparison(bundle: Bundle) -> str:
    """Return the whole page."""
    summary = summarise_comparison(bundle)
    parts: list[Part] = [
        ("summary", "In plain words", sections.summary_section(summary)),
        ("reproduce", "Repeat it", reproduce_section(bundle)),
        ("sources", "Sources", sources_footer(bundle, NO_ADVICE)),
    ]
    return Page(
        title=bundle["run"]["title"],
        masthead=masthead(bundle, summary),
        parts=parts,
        styles=("report.css", "campaign.css"),
        scripts=("theme.js",),
        data={},
    ).html()
