"""Takes the pictures of the documentation from a run's report.

The command, after ``staffride run karabakh-2023 --folder pictured``::

    python3 docs/images/take.py pictured/report.html
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
PICTURES = {"map.png": "One road out", "arrivals.png": "How many had crossed"}
HOUR = 76
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def take(page: Page, name: str, heading: str) -> None:
    """Save the section under ``heading``, in 256 colours, which is a quarter of the size."""
    section = page.locator("section", has=page.get_by_role("heading", name=heading, exact=False)).last
    page.evaluate("scrollTo(0, 0)")
    box = section.bounding_box()
    assert box is not None
    clip = {"x": 0, "y": box["y"] + 20, "width": box["x"] * 2 + box["width"], "height": box["height"] - 40}
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))
    picture.convert("RGB").quantize(256).save(FOLDER / name, optimize=True)


def main(report: str) -> None:
    """Take every picture, the map at an hour at which the queue stands."""
    browser_path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1100, "height": 1000}, reduced_motion="reduce")
        page.goto(Path(report).resolve().as_uri())
        page.locator("#hour").fill(str(HOUR))
        page.locator("#hour").blur()
        for name, heading in PICTURES.items():
            take(page, name, heading)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
