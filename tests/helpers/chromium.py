"""The system's Chromium, and pages in it that record errors. It is never downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.helpers import projector_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WINDOW = {"width": 1280, "height": 800}
# WebGL without a graphics card, and no background requests.
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


def find_chromium() -> str | None:
    """Find the system's browser."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def launch(playwright: Playwright, executable: str) -> Browser:
    """Start it without a window."""
    return playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)


@contextmanager
def new_page(chromium: Browser, **options: object) -> Iterator[Page]:
    """Open a page in a separate window, for fixtures that outlive a test and for other screens."""
    context = chromium.new_context(**{"viewport": WINDOW, "device_scale_factor": 1, **options})
    page = context.new_page()
    projector_page.install(page)
    page.problems, page.requested = [], []
    page.on("pageerror", lambda error: page.problems.append(f"page error: {error}"))
    page.on("console", lambda message: _note_error(page, message))
    page.on("request", lambda request: page.requested.append(request.url))
    yield page
    context.close()


def _note_error(page: Page, message: object) -> None:
    # Requests for the icon and for TensorBoard's fonts may fail.
    if message.type == "error" and not _is_optional(message.location.get("url", "")):
        page.problems.append(f"console: {message.text} ({message.location.get('url')})")


def _is_optional(url: str) -> bool:
    return url.endswith("/favicon.ico") or "/font-roboto/" in url
