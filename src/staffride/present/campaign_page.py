"""The page of a campaign: one self-contained file, made of the same parts as any report."""

from __future__ import annotations

from staffride.present import campaign_sections, ground_sections, sections
from staffride.present.campaign_ground_page import render_ground
from staffride.present.campaign_layers import layers_section
from staffride.present.campaign_summary import is_documented, summarise_campaign
from staffride.present.page import Page, Part, masthead, readouts
from staffride.present.summary import Bundle, Summary

ABOUT = (
    "A look back at a documented campaign, with totals only. It gives ranges, not certainties and not verdicts, and "
    "speaks of no single person. A contested figure carries all of its sources."
)
ABOUT_INVENTED = (
    "An invented case, with totals only. It gives ranges, and is evidence of no day and no place."
)


def render_campaign(bundle: Bundle) -> str:
    """Return the whole page."""
    if "ground" in bundle:
        return render_ground(bundle, _about(bundle))
    summary = summarise_campaign(bundle)
    shares = [name for name in bundle["series"] if name.startswith("share_lost.")]
    return Page(
        title=bundle["run"]["title"],
        masthead=masthead(bundle, summary),
        parts=_parts(bundle, summary),
        styles=("report.css", "campaign.css"),
        scripts=("theme.js", "readout.js"),
        data={"charts": readouts(bundle, dict.fromkeys(shares, ("% lost", 1, 100.0)))},
    ).html()


def _parts(bundle: Bundle, summary: Summary) -> list[Part]:
    return [
        ("summary", "In short", sections.summary_section(summary)),
        ("record", "Beside the record", campaign_sections.record_section(bundle)),
        ("losses", "Losses", campaign_sections.losses_section(bundle)),
        ("defence", "Air defence", campaign_sections.defence_section(bundle)),
        ("state", "Networks and weather", campaign_sections.state_section(bundle)),
        ("layers", "Layers", layers_section(bundle)),
        ("variants", "Variants", campaign_sections.variants_section(bundle)),
        ("inputs", "What went in", campaign_sections.inputs_section(bundle)),
        ("claims", "Claims", ground_sections.claims_section(bundle)),
        ("reproduce", "Reproduce", ground_sections.reproduce_section(bundle)),
        ("sources", "Sources", ground_sections.sources_footer(bundle, _about(bundle))),
    ]


def _about(bundle: Bundle) -> str:
    return ABOUT if is_documented(bundle) else ABOUT_INVENTED
