"""The report of a comparison: its bundle, its page and its summary in plain words."""

from __future__ import annotations

from staffride.present.comparison_bundle import build_comparison_bundle
from staffride.present.comparison_page import render_comparison
from staffride.present.comparison_summary import summarise_comparison

__all__ = ["build_comparison_bundle", "render_comparison", "summarise_comparison"]
