"""The pictures of the page in the docs, taken in a real browser.

    python benchmarks/screenshots.py logs/starter      # site, neighbors, site_tour, site_phone, ...
    python benchmarks/screenshots.py logs/wikipedia --only full_size

Look at each before you commit it. `neighbors.png` shows the figures that README.md prints.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from projector_export.serve.static import serve_folder  # noqa: E402
from tests.helpers.chromium import find_chromium, launch, new_page  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = PROJECT / "docs" / "images"
PHONE = {"width": 390, "height": 844}
LOAD_MILLISECONDS = 180_000
SETTLED_MILLISECONDS = 3_000  # flights and fades have ended


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    Attributes:
        address: the part of the address after the page.
        vision: what Chromium simulates, if anything.
        options: of the browser's window.
    """

    address: str = ""
    vision: str = ""
    options: dict[str, object] = field(default_factory=dict)


SHOTS = {
    "site": Shot(),
    "neighbors": Shot("#select=War+and+Peace"),
    "site_tour": Shot("#tour=2"),
    "site_phone": Shot(options={"viewport": PHONE, "has_touch": True, "is_mobile": True}),
    "site_without_green_cones": Shot(vision="deuteranopia"),
}
FULL_SIZE = "full_size"


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--only", choices=[*SHOTS, FULL_SIZE])
    arguments = parser.parse_args()
    with sync_playwright() as playwright, serve_folder(arguments.run / "site") as address:
        browser = launch(playwright, find_chromium())
        for name in [arguments.only] if arguments.only else SHOTS:
            shot = SHOTS.get(name, Shot())
            with new_page(browser, **shot.options) as page:
                take(page, f"{address}{shot.address}", shot.vision, FOLDER / f"{name}.png")
        browser.close()


def take(page: Page, address: str, vision: str, path: Path) -> None:
    """Open the page, wait until it rests, and save what it shows in few bytes."""
    if vision:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setEmulatedVisionDeficiency", {"type": vision})
    page.goto(address)
    page.wait_for_selector("body[data-opened='by itself']", timeout=LOAD_MILLISECONDS)
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    page.screenshot(path=path)
    assert page.problems == []
    Image.open(path).convert("RGB").save(path, optimize=True)
    print(f"{path.relative_to(PROJECT)}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
