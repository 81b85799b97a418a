"""What all tests share: the compile cache, Hypothesis' profile, the optional source material, a browser."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
)

settings.register_profile("house", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shared",
        type=Path,
        default=ROOT.parent / "shared",
        help="folder with the source documents and reference curves; without it their tests skip",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Compiled kernels are kept between sessions: their folder is named by a hash of their sources.
    cache = getattr(config, "cache", None)
    kept = str(cache.mkdir("staffride")) if cache else tempfile.mkdtemp(prefix="staffride-tests-")
    os.environ.setdefault("STAFFRIDE_CACHE_DIR", kept)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_dir(request: pytest.FixtureRequest) -> Path:
    """The folder of the source material; the test skips where there is none."""
    folder: Path = request.config.getoption("--shared").resolve()
    if not folder.is_dir():
        pytest.skip(f"no source material at {folder}: give its folder with --shared FOLDER")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test skips, or fails where STAFFRIDE_REQUIRE_BROWSER is 1."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    if os.environ.get("STAFFRIDE_REQUIRE_BROWSER") == "1":
        pytest.fail("no Chromium on this machine, and STAFFRIDE_REQUIRE_BROWSER=1 demands one")
    pytest.skip("no Chromium on this machine: install one to run the browser tests")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[object]:
    """A running headless browser (playwright's synchronous interface)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(BROWSER_FLAGS))
        yield running
        running.close()
