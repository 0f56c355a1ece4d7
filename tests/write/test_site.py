"""The self-hosted page is complete, safe for any title, and says what is missing."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector_export.errors import RunError
from projector_export.serve.static import serve_folder
from projector_export.write.site.page import write_single_file, write_site
from projector_export.write.site.viewer import installed_viewer
from tests.helpers.made_exports import grouped_embedding, write_made_export
from tests.helpers.page_files import page_config, read_page_file
from tests.helpers.running import exit_code

UNSAFE_TITLE = "</title><script>alert('$x')</script> & \"books\""


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_made_export(folder, grouped_embedding(60), layouts=("tsne",), title=UNSAFE_TITLE)
    return folder


class Page(HTMLParser):
    """A page as a browser parses it: text by element, and scripts by their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.parts: dict[str, str] = {}
        self._open: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link"}:
            self._open.append((tag, dict(attrs).get("data-path")))

    def handle_endtag(self, _tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            tag, part = self._open[-1]
            self.texts[tag] = self.texts.get(tag, "") + data
            if part:
                self.parts[part] = self.parts.get(part, "") + data


def test_a_site_contains_the_viewer_its_license_and_all_data_of_its_config(exported) -> None:
    site = exported / "site"
    named = {
        table[key]
        for table in page_config(site)["embeddings"]
        for key in ("tensorPath", "metadataPath", "bookmarksPath")
    }
    own = {"config.json", "colorings.json", "projector_binary.js"}
    packed = {f"{name}.gz" for name in named | own}
    assert {path.name for path in site.iterdir()} == packed | {
        *("index.html", "LICENSE.tensorboard.txt", "preview.png")
    }
    for name in ("books.metadata.tsv", "books_tsne.vectors.bytes"):
        assert read_page_file(site, name) == (exported / "upload" / name).read_bytes()
    colorings = json.loads((exported / "upload" / "colorings.json").read_text("utf-8"))
    assert json.loads(read_page_file(site, "colorings.json")) == colorings


def test_the_viewer_is_the_installed_one_unchanged_with_its_license(exported) -> None:
    package = Path(find_spec("tensorboard").submodule_search_locations[0])
    installed = package / "plugins/projector/tf_projector_plugin/projector_binary.js"
    assert read_page_file(exported / "site", "projector_binary.js") == installed.read_bytes()
    license_text = (exported / "site" / "LICENSE.tensorboard.txt").read_text("utf-8")
    assert "Apache License" in license_text
    assert license_text in Page((exported / "site" / "index.html").read_text("utf-8")).texts["pre"]


def test_the_page_lets_the_browser_contact_no_other_host(exported) -> None:
    text = (exported / "site" / "index.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    assert "*" not in policy
    asked_for = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert asked_for == [
        *("data:,", "projector_binary.js.gz", "config.json.gz", "colorings.json.gz"),
        *("books.vectors.bytes.gz", "books.metadata.tsv.gz", "books.bookmarks.json.gz"),
    ]


def test_a_single_file_contains_the_files_of_the_folder_byte_by_byte(exported, tmp_path) -> None:
    write_single_file(tmp_path / "map.html", exported / "upload")
    parts = Page((tmp_path / "map.html").read_text("utf-8")).parts
    files = {path.name: path.read_bytes() for path in (exported / "site").glob("*.gz")}
    assert {f"{name}.gz": base64.b64decode(part) for name, part in parts.items()} == files


def test_a_title_is_text_and_never_markup(exported) -> None:
    page = Page((exported / "site" / "index.html").read_text("utf-8"))
    assert page.texts["title"] == page.texts["h1"] == UNSAFE_TITLE


@given(title=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_title_is_shown_unchanged(exported, tmp_path, title) -> None:
    upload = tmp_path / "upload"
    upload.mkdir(exist_ok=True)
    table = {"tensorName": "v", "tensorShape": [2, 3]}
    config = {"modelCheckpointPath": title, "embeddings": [table]}
    (upload / "projector_config.json").write_text(json.dumps(config), "utf-8")
    write_site(tmp_path / "site", upload)
    assert Page((tmp_path / "site" / "index.html").read_text("utf-8")).texts["h1"] == title


def test_a_config_cannot_put_files_from_elsewhere_into_a_site(exported, tmp_path) -> None:
    (tmp_path / "secret.tsv").write_text("secret")
    upload = tmp_path / "upload"
    upload.mkdir()
    table = {"tensorName": "v", "tensorShape": [2, 3], "metadataPath": "../secret.tsv"}
    (upload / "projector_config.json").write_text(json.dumps({"embeddings": [table]}))
    with pytest.raises(RunError, match="secret"):
        write_site(tmp_path / "site", upload)


def test_the_command_writes_a_folder_or_a_file_and_replaces_only_with_force(
    exported, tmp_path, capsys
) -> None:
    for arguments in (
        ["-o", str(tmp_path / "map")],
        ["-o", str(tmp_path / "m.html"), "--single-file"],
    ):
        assert exit_code(["site", str(exported), *arguments]) == 0
        assert exit_code(["site", str(exported), *arguments]) == 2
        assert "already exists" in capsys.readouterr().err
        assert exit_code(["site", str(exported), *arguments, "--force"]) == 0
    assert (tmp_path / "map" / "index.html").is_file()
    assert (tmp_path / "m.html").is_file()


def test_a_folder_without_an_upload_set_is_refused_with_a_tip(tmp_path, capsys) -> None:
    assert exit_code(["site", str(tmp_path), "-o", str(tmp_path / "map")]) == 2
    words = capsys.readouterr().err
    assert "has no upload set" in words
    assert "projector-export export" in words
    assert not (tmp_path / "map").exists()


def test_a_viewer_without_the_hooks_gives_a_warning(exported, tmp_path) -> None:
    fake = tmp_path / "tensorboard"
    script = fake / "plugins/projector/tf_projector_plugin/projector_binary.js"
    script.parent.mkdir(parents=True)
    (fake / "__init__.py").write_text("")
    renamed = installed_viewer().script.replace(b"loadSavedState", b"renamedByNow")
    script.write_bytes(renamed)
    command = [sys.executable, "-m", "projector_export", "site", str(exported), "-o"]
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    done = subprocess.run(
        [*command, str(tmp_path / "map")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot open its map by itself" in done.stderr
    assert "under BOOKMARKS" in done.stderr
    assert read_page_file(tmp_path / "map", "projector_binary.js") == renamed


def test_a_site_is_served_only_on_loopback_and_nothing_else_is(exported) -> None:
    with serve_folder(exported / "site", host="127.0.0.1", port=0) as address:
        with urllib.request.urlopen(address) as answer:
            assert b"<title>" in answer.read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}../upload/README.md")
        port = int(address.rsplit(":", 1)[1].strip("/"))
        with (
            pytest.raises(RunError, match="cannot listen on"),
            serve_folder(exported / "site", host="127.0.0.1", port=port),
        ):
            pass


def test_exporting_again_leaves_nothing_of_the_earlier_export(exported, tmp_path) -> None:
    write_made_export(tmp_path, grouped_embedding(60), layouts=("tsne",))
    write_made_export(tmp_path, grouped_embedding(60), layouts=())
    files = {path.name for path in tmp_path.rglob("*")}
    assert not [name for name in files if "bookmarks" in name or "tsne" in name]
    assert sum("tfevents" in name for name in files) == 1


def test_the_same_input_and_seed_give_the_same_bytes(tmp_path) -> None:
    for name in ("one", "two"):
        write_made_export(tmp_path / name, grouped_embedding(60), layouts=("tsne", "pca"))
    for path in sorted((tmp_path / "one").rglob("*")):
        if path.is_file() and "tfevents" not in path.name:
            twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert path.read_bytes() == twin.read_bytes(), path


def test_a_layout_is_a_separate_tensor_centered_on_its_mean(exported) -> None:
    config = json.loads((exported / "upload" / "projector_config.json").read_text("utf-8"))
    shapes = {table["tensorName"]: table["tensorShape"] for table in config["embeddings"]}
    assert shapes == {"books": [60, 60], "books_tsne": [60, 3]}
    tensor = np.fromfile(exported / "upload" / "books_tsne.vectors.bytes", "<f4").reshape(60, 3)
    np.testing.assert_allclose(tensor.mean(axis=0), 0, atol=1e-6)
    assert np.all(tensor[:, 2] == 0)
    made_of = json.loads((exported / "projector" / "layouts.json").read_text())
    assert made_of["tsne"]["perplexity"] == 6
    assert made_of["tsne"]["seed"] == 1
