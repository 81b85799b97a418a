"""The page on conditioning states the figures of the stored fit."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from displacement_cases import shipped_scenario

EXTENSIONS = Path(__file__).resolve().parents[1] / "docs" / "extensions"


@pytest.fixture
def page(monkeypatch):
    """The module that writes the page."""
    monkeypatch.setattr(sys, "path", [str(EXTENSIONS), *sys.path])
    import conditioning_page

    return conditioning_page


def test_the_page_holds_the_stored_fit(page):
    text, folder = page.render(), shipped_scenario().folder / "fit"
    record, bands = (json.loads((folder / name).read_text()) for name in ("fit.json", "origins.json"))
    assert "{{" not in text
    assert f"{record['settings']['particles']:,} particles" in text
    for prior in bands["priors"].values():
        assert all(page.span(band) in text for band in prior["bands"])
    for told in record["origins"].values():
        assert f"| {told['prior_draws_left']:,} | {told['moves_accepted']:.0%} |" in text
    for first, second, _ in record["origins"][record["cutoff"]]["together"][: page.PAIRS_SHOWN]:
        assert f"`{first}` with `{second}`" in text


def test_figures_are_written_for_readers(page):
    assert page.span([59_781.0, 1.0, 123_149.9]) == "59,800 - 123,100"
    assert page.moment("2023-09-28T00:00:00+04:00") == "28 September, 00:00"
