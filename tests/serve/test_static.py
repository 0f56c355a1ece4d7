"""The page's server gives a folder's files to this machine's own pages, and nothing else."""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from projector_export.serve.static import serve_folder


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A served folder that somebody else has made."""
    site = tmp_path / "site"
    (site / "folder").mkdir(parents=True)
    (site / "index.html").write_text("the page")
    (site / "folder" / "file.txt").write_text("a file")
    (tmp_path / "secret").write_text("secret")
    with serve_folder(site) as address:
        yield site, address


def status_and_text(address: str, path: str, host: str | None = None) -> tuple[int, str]:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    connection.request("GET", path, headers={"Host": host or place.netloc})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_files_and_the_page_are_served(hostile) -> None:
    _, address = hostile
    assert status_and_text(address, "/") == (200, "the page")
    assert status_and_text(address, "/folder/file.txt?run=1") == (200, "a file")


@pytest.mark.parametrize(
    "path",
    ["/../secret", "/%2e%2e/secret", "/folder/..%2f..%2fsecret", "//../../secret", "/..\\secret"],
)
def test_no_path_leads_out_of_the_folder(hostile, path) -> None:
    _, address = hostile
    assert status_and_text(address, path)[0] == 404


def test_folders_are_not_listed(hostile) -> None:
    _, address = hostile
    assert status_and_text(address, "/folder/")[0] == 404
    assert status_and_text(address, "/folder")[0] == 404


@pytest.mark.parametrize("target", ["../secret", "/etc/passwd", ".."])
def test_links_out_of_the_folder_are_not_followed(hostile, target) -> None:
    site, address = hostile
    (site / "link").symlink_to(target)
    (site / "deep").mkdir()
    (site / "deep" / "index.html").symlink_to(site / target)
    for path in ("/link", "/link/secret", "/deep/"):
        assert status_and_text(address, path)[0] == 404, path


def test_links_inside_the_folder_are_followed(hostile) -> None:
    site, address = hostile
    (site / "link.txt").symlink_to("folder/file.txt")
    assert status_and_text(address, "/link.txt") == (200, "a file")


def test_a_pipe_and_a_device_are_not_read(hostile) -> None:
    site, address = hostile
    os.mkfifo(site / "pipe")
    (site / "zeros").symlink_to("/dev/zero")
    assert status_and_text(address, "/pipe")[0] == 404
    assert status_and_text(address, "/zeros")[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "é"])
def test_a_foreign_name_for_this_machine_is_refused(hostile, host) -> None:
    _, address = hostile
    status, text = status_and_text(address, "/", host)
    assert status == 403
    assert "the page" not in text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:6006", "127.0.0.1", "[::1]:6006"])
def test_every_name_of_this_machine_is_served(hostile, host) -> None:
    _, address = hostile
    assert status_and_text(address, "/", host) == (200, "the page")
