"""A real Chromium for the tests, and exports to open in it.

It is the system's browser; none is ever downloaded. Without one, tests are skipped and say why; with
CI=true they fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from projector_export.serve.static import serve_folder
from tests.helpers.chromium import find_chromium, launch, new_page
from tests.helpers.made_exports import grouped_embedding, write_made_export

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from projector_export.prepare.table import PreparedTable


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in this folder, so that `-m "not browser"` leaves them out."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one headless Chromium for all tests of the session."""
    executable = find_chromium()
    if executable is None:
        _without_browser("there is no Chromium on this machine: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _without_browser("Playwright is not installed: pip install 'projector-export[test]'")
    with sync_playwright() as playwright:
        browser = launch(playwright, executable)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a fresh page; `page.problems` collects its errors, `page.requested` its requests."""
    with new_page(chromium) as page:
        yield page


@pytest.fixture(scope="session")
def made_export(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PreparedTable]:
    """Export 300 generated points with three layouts, once; return the folder and the table."""
    folder = tmp_path_factory.mktemp("made")
    shown = write_made_export(folder, grouped_embedding(), layouts=("tsne", "umap", "pca"))
    return folder, shown


@pytest.fixture(scope="module")
def site(made_export: tuple[Path, PreparedTable]) -> Iterator[str]:
    """Serve the page of `made_export`; a module may serve another one."""
    with serve_folder(made_export[0] / "site", host="127.0.0.1", port=0) as address:
        yield address


@pytest.fixture
def opened(page: Page, site: str) -> Iterator[Page]:
    """Give the page, opened on its map, and expect no error from what a test did."""
    page.goto(site)
    page.wait_for_selector("body[data-opened='by itself']")
    yield page
    assert page.problems == []


def _without_browser(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
