"""A real Chromium for the tests, and what they read from the viewer's page.

The browser is the system's own; none is ever downloaded. Where there is none, tests are skipped and
say why, except with CI=true, where they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import projector_page
import pytest
from made_exports import grouped_embedding, write_made_export

if TYPE_CHECKING:
    from projector_export.embedding import Embedding
    from playwright.sync_api import Browser, Page

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WINDOW = {"width": 1280, "height": 800}
# WebGL without a graphics card, and no errands of the browser's own.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder, so that `-m "not browser"` leaves it out."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give one headless Chromium to all tests of the session."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        _without_browser("there is no Chromium on this machine: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _without_browser("Playwright is not installed: pip install 'projector-export[test]'")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give a fresh page; `page.problems` collects its errors, `page.requested` its addresses."""
    with new_page(chromium) as page:
        yield page


@contextmanager
def new_page(chromium: Browser) -> Iterator[Page]:
    """Open a page in a window of its own, for fixtures that live longer than a test."""
    context = chromium.new_context(viewport=WINDOW, device_scale_factor=1)
    page = context.new_page()
    projector_page.install(page)
    page.problems, page.requested = [], []
    page.on("pageerror", lambda error: page.problems.append(f"page error: {error}"))
    page.on("console", lambda message: _note_error(page, message))
    page.on("request", lambda request: page.requested.append(request.url))
    yield page
    context.close()


@pytest.fixture(scope="session")
def made_export(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Embedding]:
    """Export 300 generated points with all three layouts, once; give folder and what is shown."""
    folder = tmp_path_factory.mktemp("made")
    shown = write_made_export(folder, grouped_embedding(), layouts=("tsne", "umap", "pca"))
    return folder, shown


def _without_browser(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _note_error(page: Page, message: object) -> None:
    # The browser asks every server for an icon and for TensorBoard's own fonts; nobody misses them.
    if message.type == "error" and not _is_optional(message.location.get("url", "")):
        page.problems.append(f"console: {message.text} ({message.location.get('url')})")


def _is_optional(url: str) -> bool:
    return url.endswith("/favicon.ico") or "/font-roboto/" in url
