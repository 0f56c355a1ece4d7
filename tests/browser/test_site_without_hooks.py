"""With a viewer that renamed its methods, the page still opens and says what it cannot do."""

from __future__ import annotations

import re
import shutil

import pytest

from projector_export.serve.static import serve_folder
from projector_export.write.site.render import page_script
from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import NUM_POINTS
from tests.helpers.page_files import VIEWER, read_page_file, write_page_file

SERVER = {"host": "127.0.0.1", "port": 0}
# Names that the web platform and three.js use too, so a rename would break more than the hook.
SHARED_NAMES = {"append", "render", "setClearColor"}
HOOKS = sorted(set(re.findall(r'\[[\w.]+, "(\w+)"\]', page_script())) - SHARED_NAMES)


def renamed(made_export, folder, hooks: list[str]):
    site = shutil.copytree(made_export[0] / "site", folder / "site")
    text = read_page_file(site, VIEWER).decode()
    for hook in hooks:
        text, count = re.subn(rf"\b{hook}\b", f"{hook}Renamed", text)
        assert count, f"{hook} is nowhere in the viewer"
    write_page_file(site, VIEWER, text)
    return site


def assert_it_opens_and_says_what_is_missing(page, site) -> None:
    with serve_folder(site, **SERVER) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened]", timeout=90_000)
        viewer.wait_until_loaded(page)
        assert viewer.dimensions(page)[0] == NUM_POINTS
        assert page.locator("#missing").inner_text().startswith("This version of the viewer cannot")
        assert page.problems == []


def test_the_hooks_are_found() -> None:
    assert {"loadState", "showUmap", "updateMetadataUI"} <= set(HOOKS)
    assert len(HOOKS) > 15


def test_a_viewer_with_none_of_the_hooks_shows_the_data(page, made_export, tmp_path) -> None:
    site = renamed(made_export, tmp_path, HOOKS)
    assert_it_opens_and_says_what_is_missing(page, site)
    assert page.get_attribute("body", "data-opened") == "by hand"


@pytest.mark.slow
@pytest.mark.parametrize("hook", HOOKS)
def test_a_viewer_without_one_hook_shows_the_data(page, made_export, tmp_path, hook) -> None:
    assert_it_opens_and_says_what_is_missing(page, renamed(made_export, tmp_path, [hook]))
