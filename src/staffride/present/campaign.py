"""The report of a campaign: its bundle, its page and its summary in plain words."""

from __future__ import annotations

from staffride.present import campaign_summary
from staffride.present.campaign_bundle import build_campaign_bundle
from staffride.present.campaign_ground_summary import summarise_ground
from staffride.present.campaign_page import render_campaign
from staffride.present.summary import Bundle, Summary

__all__ = ["build_campaign_bundle", "render_campaign", "summarise_campaign"]


def summarise_campaign(bundle: Bundle) -> Summary:
    """Return a campaign's run in plain words; with formations, people and ground come first."""
    if "ground" in bundle:
        return summarise_ground(bundle)
    return campaign_summary.summarise_campaign(bundle)
