"""Published sets of books: fetched once, checked by their hash, kept in the user's cache folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from projector_export.cli.console import progress, remark
from projector_export.errors import JobFailedError
from training.wikipedia.published_sets import PublishedSet, known_sets

if TYPE_CHECKING:
    import requests

APP_NAME = "projector-export"
NUM_TRIES = 4
SECONDS_BEFORE_RETRY = 1.0  # doubled after each
TIMEOUT_SECONDS = 30.0
CHUNK_BYTES = 1 << 18
RESUMED, RANGE_REFUSED = 206, 416
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def published_set_path(name: str) -> Path | None:
    """Return where a published set lies, fetching it if need be; None if there is no such set.

    Raises:
        ConfigError: the user's file of sets cannot be used.
        JobFailedError: the set could not be fetched, or is not what it should be.
    """
    published = known_sets().get(name)
    return None if published is None else fetch(published, cache_folder())


def cache_folder() -> Path:
    """Name the folder where fetched sets lie."""
    from platformdirs import user_cache_path

    return user_cache_path(APP_NAME)


def fetch(published: PublishedSet, folder: Path) -> Path:
    """Return the set's file in `folder`; what is there already with the right hash is not fetched.

    Raises:
        JobFailedError: it could not be fetched, or has another hash.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    target = folder / published.file_name
    downloader = Downloader(target.with_name(target.name + ".partial"), published)
    try:
        path = pooch.retrieve(
            published.url,
            known_hash=f"sha256:{published.sha256}",
            fname=target.name,
            path=folder,
            downloader=downloader,
        )
    except (requests.RequestException, OSError) as error:
        raise JobFailedError(
            f"{published.name} could not be fetched: {_reason(error)}",
            tip=_by_hand(published, target),
        ) from error
    except ValueError as error:
        raise JobFailedError(
            f"{published.url} gave {downloader.what_came()}, not the set {published.name}",
            tip=_by_hand(published, target),
        ) from error
    return Path(path)


class Downloader:
    """Fetches an address for pooch, tries again where a connection breaks, and goes on from there.

    What has come so far lies in `partial`, so that a later run can go on too.
    """

    def __init__(self, partial: Path, published: PublishedSet) -> None:
        self._partial = partial
        self._published = published
        self._first_bytes = b""

    def __call__(self, url: str, output_file: str | Path, _pooch: Any) -> None:
        """Fetch `url` into `output_file`, as pooch asks its downloaders to."""
        remark(f"fetching {self._published.name} from {urlsplit(url).netloc}")
        self._try_several_times(url)
        with self._partial.open("rb") as file:
            self._first_bytes = file.read(len(LFS_POINTER) + 20)
        # Whether its hash is right or wrong, it is not to be gone on from.
        self._partial.replace(output_file)

    def what_came(self) -> str:
        """Describe a file that had the wrong hash."""
        if self._first_bytes.startswith(LFS_POINTER):
            return "a Git LFS pointer"
        if self._first_bytes.lstrip().lower().startswith((b"<!doctype", b"<html")):
            return "a web page"
        return "a file with another hash"

    def _try_several_times(self, url: str) -> None:
        import requests

        for attempt in range(1, NUM_TRIES + 1):
            try:
                self._go_on(url)
            except requests.RequestException as error:
                if attempt == NUM_TRIES or not _is_worth_another_try(error):
                    raise
                remark(f"{_reason(error)}; trying again")
                time.sleep(SECONDS_BEFORE_RETRY * 2 ** (attempt - 1))
            else:
                return

    def _go_on(self, url: str) -> None:
        """Ask for the bytes that have not come yet."""
        import requests

        num_bytes = self._partial.stat().st_size if self._partial.exists() else 0
        headers = {"Accept-Encoding": "identity", "User-Agent": APP_NAME}
        if num_bytes:
            headers["Range"] = f"bytes={num_bytes}-"
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status_code == RANGE_REFUSED:
                # Nothing lies beyond what is here: it is whole already, or of an older file.
                if num_bytes != self._published.num_bytes:
                    self._partial.unlink()
                    raise requests.ConnectionError("the part fetched before does not fit")
                return
            answer.raise_for_status()
            self._write(answer, num_bytes if answer.status_code == RESUMED else 0)

    def _write(self, answer: requests.Response, start: int) -> None:
        total = start + int(answer.headers.get("Content-Length", 0)) or self._published.num_bytes
        with self._partial.open("ab" if start else "wb") as file, _bar(total, start) as advance:
            for chunk in answer.iter_content(CHUNK_BYTES):
                advance(file.write(chunk))


@contextmanager
def _bar(total: int | None, start: int) -> Iterator[Any]:
    with progress() as bar:
        task = bar.add_task("fetching", total=total, completed=start, note="")
        yield lambda num_bytes: bar.advance(task, num_bytes)


def _is_worth_another_try(error: requests.RequestException) -> bool:
    """A server that answers "not found" will do so again; one that is overloaded may not."""
    answer = error.response
    return answer is None or answer.status_code >= 500 or answer.status_code == 429


def _reason(error: Exception) -> str:
    """Say in a few words what went wrong; the libraries nest several lines of their own objects."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"{error.response.url} answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return f"no answer for {TIMEOUT_SECONDS:.0f} seconds"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return "there is no connection, or it broke off"
    return " ".join(str(error).split())


def _by_hand(published: PublishedSet, target: Path) -> str:
    return f"fetch {published.url} by hand, and put it at {target}"
