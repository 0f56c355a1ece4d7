from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from projector_export.errors import ConfigError, InputError, JobFailedError
from training.wikipedia import download
from training.wikipedia.download import cache_folder, fetch, published_set_path
from training.wikipedia.published_sets import PublishedSet, known_sets, read_list, users_list_path

CONTENT = b'["A", {}, ["B"], [], "", 1]\n' * 40_000  # 1.1 MB, several chunks
SHA256 = hashlib.sha256(CONTENT).hexdigest()
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0d48\nsize 58925764\n"


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT, or fails in one of the ways that servers fail."""

    requests: list[tuple[str, str | None]]
    num_cuts_left: int

    def do_GET(self):
        wanted = self.headers.get("Range")
        type(self).requests.append((self.path, wanted))
        getattr(self, "answer_" + self.path.strip("/").replace(".", "_"))(wanted)

    def answer_books_ndjson(self, wanted: str | None):
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send(CONTENT[start:], status=206 if wanted else 200)

    def answer_cut(self, wanted: str | None):
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
        if type(self).num_cuts_left:
            type(self).num_cuts_left -= 1
            rest = CONTENT[start:]
            self.send(rest[: len(rest) // 2], length=len(rest), status=206 if wanted else 200)
            self.close_connection = True
        else:
            self.send(CONTENT[start:], status=206 if wanted else 200)

    def answer_cut_without_range(self, _wanted: str | None):
        cut = type(self).num_cuts_left > 0
        type(self).num_cuts_left -= 1
        self.send(CONTENT[:300_000] if cut else CONTENT, length=len(CONTENT))
        self.close_connection = True

    def answer_overloaded(self, wanted: str | None):
        if type(self).num_cuts_left:
            type(self).num_cuts_left -= 1
            self.send_error(503)
        else:
            self.answer_books_ndjson(wanted)

    def answer_missing(self, _wanted: str | None):
        self.send_error(404)

    def answer_moved(self, _wanted: str | None):
        self.send_response(302)
        self.send_header("Location", "/books.ndjson")
        self.end_headers()

    def answer_pointer(self, _wanted: str | None):
        self.send(POINTER)

    def answer_page(self, _wanted: str | None):
        self.send(b"<!DOCTYPE html><p>Sign in")

    def answer_other(self, _wanted: str | None):
        self.send(CONTENT[:-1])

    def send(self, body: bytes, *, length: int | None = None, status: int = 200):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object):
        pass


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Handler.requests, Handler.num_cuts_left = [], 0
    monkeypatch.setattr(download, "SECONDS_BEFORE_RETRY", 0.01)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def published(url: str) -> PublishedSet:
    return PublishedSet(name="some-books", url=url, sha256=SHA256, num_bytes=len(CONTENT))


def test_a_set_is_downloaded_once_and_verified(address: str, tmp_path: Path):
    path = fetch(published(f"{address}/books.ndjson"), tmp_path)
    assert path == tmp_path / "some-books.ndjson"
    assert path.read_bytes() == CONTENT
    assert fetch(published(f"{address}/books.ndjson"), tmp_path) == path
    assert Handler.requests == [("/books.ndjson", None)]
    assert [file.name for file in tmp_path.iterdir()] == ["some-books.ndjson"]


def test_a_file_downloaded_by_hand_is_used_without_a_network(tmp_path: Path):
    (tmp_path / "some-books.ndjson").write_bytes(CONTENT)
    path = fetch(published("http://127.0.0.1:9/books.ndjson"), tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_redirect_is_followed(address: str, tmp_path: Path):
    assert fetch(published(f"{address}/moved"), tmp_path).read_bytes() == CONTENT


def test_a_broken_download_is_resumed_where_it_broke(address: str, tmp_path: Path):
    Handler.num_cuts_left = 2
    assert fetch(published(f"{address}/cut"), tmp_path).read_bytes() == CONTENT
    # Of 1,120,000 bytes 560,000 arrive, two complete chunks of 2**18; then half of the rest, one more.
    ranges = [wanted for _, wanted in Handler.requests]
    assert ranges == [None, f"bytes={2 * 2**18}-", f"bytes={3 * 2**18}-"]


def test_a_later_run_resumes_the_download_of_an_earlier_one(address: str, tmp_path: Path):
    Handler.num_cuts_left = download.NUM_TRIES
    with pytest.raises(JobFailedError, match="it was interrupted"):
        fetch(published(f"{address}/cut"), tmp_path)
    partial = tmp_path / "some-books.ndjson.partial"
    fetched = partial.stat().st_size
    assert 0 < fetched < len(CONTENT)
    assert fetch(published(f"{address}/cut"), tmp_path).read_bytes() == CONTENT
    assert Handler.requests[-1] == ("/cut", f"bytes={fetched}-")
    assert not partial.exists()


def test_a_server_without_ranges_sends_everything_again(address: str, tmp_path: Path):
    Handler.num_cuts_left = 1
    path = fetch(published(f"{address}/cut_without_range"), tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_complete_partial_file_needs_no_more_bytes(address: str, tmp_path: Path):
    (tmp_path / "some-books.ndjson.partial").write_bytes(CONTENT)
    assert fetch(published(f"{address}/books.ndjson"), tmp_path).read_bytes() == CONTENT


def test_a_partial_file_that_is_too_large_is_downloaded_again(address: str, tmp_path: Path):
    (tmp_path / "some-books.ndjson.partial").write_bytes(CONTENT + b"more")
    assert fetch(published(f"{address}/books.ndjson"), tmp_path).read_bytes() == CONTENT


def test_an_overloaded_server_is_retried_and_a_missing_file_is_not(address: str, tmp_path: Path):
    Handler.num_cuts_left = 2
    assert fetch(published(f"{address}/overloaded"), tmp_path).read_bytes() == CONTENT
    Handler.requests.clear()
    with pytest.raises(JobFailedError, match=r"/missing answered 404 Not Found"):
        fetch(published(f"{address}/missing"), tmp_path / "other")
    assert len(Handler.requests) == 1


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("pointer", "a Git LFS pointer"),
        ("page", "a web page"),
        ("other", "a file with another hash"),
    ],
)
def test_content_other_than_the_set_is_described_and_not_kept(
    address: str, tmp_path: Path, page: str, what: str
):
    with pytest.raises(JobFailedError, match=f"returned {what}, not the set some-books"):
        fetch(published(f"{address}/{page}"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_address_and_the_path_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(download, "NUM_TRIES", 1)
    url = "http://127.0.0.1:9/books.ndjson"  # the discard port, where nothing listens
    with pytest.raises(JobFailedError, match="there is no connection") as caught:
        fetch(published(url), tmp_path)
    assert caught.value.tip == (
        f"download {url} yourself, and save it as {tmp_path / 'some-books.ndjson'}"
    )
    assert caught.value.exit_code == 1


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_the_published_books_of_2018_are_known(home: Path):
    books = known_sets()["wikipedia-books-2018"]
    assert books.num_bytes == 58_925_764
    assert books.file_name == "wikipedia-books-2018.ndjson"
    assert books.url.startswith("https://media.")


def test_an_unknown_name_has_no_path(home: Path):
    assert published_set_path("books.ndjson") is None


def test_users_list_sets_of_their_own(home: Path, address: str):
    path = users_list_path()
    path.parent.mkdir(parents=True)
    path.write_text(f"my-books:\n  url: {address}/books.ndjson\n  sha256: '{SHA256}'\n")
    fetched = published_set_path("my-books")
    assert fetched == cache_folder() / "my-books.ndjson"
    assert fetched.read_bytes() == CONTENT
    assert home in fetched.parents


HASH = f"sha256: '{SHA256}'"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[a]", "sets.yaml: expected keys and values, such as `my-books: {url: "),
        ("b: 1\na: [", "sets.yaml:2: not YAML"),
        ("a: no", "sets.yaml:1: a is false; expected a section with keys"),
        ("# mine\na:\n  url: https://x/y", "sets.yaml:2: a.sha256 is missing"),
        (f"a:\n  url: https://x/y\n  {HASH}\n  size: 3", "sets.yaml:4: there is no key a.size"),
        (
            f"a:\n  url: file:///etc/passwd\n  {HASH}",
            "sets.yaml:2: a.url is file:///etc/passwd; expected an address that starts with https",
        ),
        (
            "a:\n  url: https://x/y\n  sha256: 12",
            "sets.yaml:3: a.sha256 is 12; expected 64 hexadecimal digits, in quotes",
        ),
        (f"../a: {{url: https://x/y, {HASH}}}", "sets.yaml:1: the name '../a'; expected letters"),
        (
            f"a: {{url: https://x/y, {HASH}, num_bytes: 0}}",
            "sets.yaml:1: a.num_bytes is 0; expected a number greater than or equal to 1",
        ),
        (
            f"a: {{url: https://x/y, {HASH}, num_bytes: '9'}}",
            "sets.yaml:1: a.num_bytes is '9'; expected a whole number",
        ),
        (f"a: {{url: https://x/y, {HASH}}}\na: {{}}", "sets.yaml:2: a is given twice"),
    ],
)
def test_a_bad_list_is_refused_in_one_line_with_its_place(
    tmp_path: Path, content: str, message: str
):
    path = tmp_path / "sets.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError) as caught:
        read_list(path)
    assert caught.value.message.startswith(f"{tmp_path}/{message}")
    assert "\n" not in caught.value.message


def test_the_message_about_an_unknown_key_lists_those_that_exist(tmp_path: Path):
    path = tmp_path / "sets.yaml"
    path.write_text(f"a: {{url: https://x/y, {HASH}, size: 3}}")
    with pytest.raises(ConfigError) as caught:
        read_list(path)
    assert caught.value.tip == "a set's keys are url, sha256, num_bytes, about"


def test_a_list_of_comments_only_is_empty(tmp_path: Path):
    path = tmp_path / "sets.yaml"
    path.write_text("# nothing yet\n")
    assert read_list(path) == {}


def test_a_list_that_is_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="is a folder; expected a list of published sets"):
        read_list(tmp_path)


def test_hashes_may_be_in_upper_case_and_the_suffix_comes_from_the_address(tmp_path: Path):
    path = tmp_path / "sets.yaml"
    path.write_text(f"a: {{url: 'https://x/y.ndjson.BZ2?raw=1', sha256: '{SHA256.upper()}'}}")
    a = read_list(path)["a"]
    assert (a.sha256, a.file_name) == (SHA256, "a.ndjson.bz2")


def test_progress_counts_bytes_up_to_the_size_of_the_file(address: str, tmp_path: Path):
    Handler.num_cuts_left = 1
    calls: list[tuple[str, float, float | None]] = []

    def on_progress(task: str, done: float, total: float | None, note: str = "") -> None:
        calls.append((task, done, total))

    fetch(published(f"{address}/cut"), tmp_path, on_progress=on_progress)
    # 1,120,000 bytes: two chunks of 2**18, a broken connection, and three chunks for the rest.
    assert [done for _, done, _ in calls] == [2**18 * n for n in (1, 2, 3, 4)] + [1_120_000]
    assert {(task, total) for task, _, total in calls} == {("downloading", 1_120_000)}
