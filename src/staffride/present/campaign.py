"""The report of a campaign: its bundle, its page and its summary in plain words."""

from __future__ import annotations

from staffride.present.campaign_bundle import build_campaign_bundle
from staffride.present.campaign_page import render_campaign
from staffride.present.campaign_summary import summarise_campaign

__all__ = ["build_campaign_bundle", "render_campaign", "summarise_campaign"]
