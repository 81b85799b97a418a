"""The page of a comparison: one self-contained file, made of the same parts as any report; nothing needs a script."""

from __future__ import annotations

from staffride.present import comparison_method, comparison_sections, words
from staffride.present.comparison_summary import NO_ADVICE, summarise_comparison
from staffride.present.ground_sections import reproduce_section, sources_footer
from staffride.present.markup import Markup
from staffride.present.page import Page, Part, masthead
from staffride.present.summary import Bundle


def render_comparison(bundle: Bundle) -> str:
    """Return the whole page."""
    sections = comparison_sections
    parts: list[Part] = [
        ("answers", "In plain words", sections.answers_section(bundle)),
        ("people", "People", sections.people_section(bundle)),
        ("others", "Course of events", sections.others_section(bundle)),
        ("time", "By time", sections.time_section(bundle)),
        ("doses", "By dose", sections.dose_section(bundle)),
        ("choice", "Ranking and regret", sections.choice_section(bundle)),
        ("rests", "What it rests on", sections.rests_section(bundle)),
        ("pairing", "Same luck", sections.pairing_section(bundle)),
        ("policies", "The policies", comparison_method.policies_section(bundle)),
        ("method", "Method", comparison_method.method_section(bundle)),
        ("reproduce", "Repeat it", reproduce_section(bundle)),
        ("sources", "Sources", sources_footer(bundle, NO_ADVICE)),
    ]
    return Page(
        title=bundle["run"]["title"],
        masthead=masthead(bundle, summarise_comparison(bundle)),
        parts=[(name, title, unbroken(content)) for name, title, content in parts],
        styles=("report.css", "campaign.css", "comparison.css"),
        scripts=("theme.js",),
        data={},
    ).html()


def unbroken(content: Markup | None) -> Markup | None:
    """Return a part of the page in which no figure is parted from its percent sign at the end of a line."""
    return None if content is None else Markup(content.replace(" %", f"{words.THIN}%"))
