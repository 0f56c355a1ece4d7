"""Published sets of books: downloaded once, verified by hash, kept in the user's cache folder."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from projector_export.errors import JobFailedError
from projector_export.progress import ProgressCallback, no_progress
from training.wikipedia.published_sets import PublishedSet, known_sets

if TYPE_CHECKING:
    import requests

logger = logging.getLogger(__name__)

APP_NAME = "projector-export"
NUM_TRIES = 4
SECONDS_BEFORE_RETRY = 1.0  # doubled after each try
TIMEOUT_SECONDS = 30.0
CHUNK_BYTES = 1 << 18
RESUMED, RANGE_REFUSED = 206, 416
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def published_set_path(name: str, *, on_progress: ProgressCallback = no_progress) -> Path | None:
    """Return the path of a published set, downloaded if necessary; None if no set has that name.

    Raises:
        ConfigError: the user's list of sets has an error.
        InputError: the user's list of sets cannot be opened.
        JobFailedError: the download failed, or the file has the wrong hash.
    """
    published = known_sets().get(name)
    if published is None:
        return None
    return fetch(published, cache_folder(), on_progress=on_progress)


def cache_folder() -> Path:
    """Return the folder for downloaded sets."""
    from platformdirs import user_cache_path

    return user_cache_path(APP_NAME)


def fetch(
    published: PublishedSet, folder: Path, *, on_progress: ProgressCallback = no_progress
) -> Path:
    """Return the set's file in `folder`, downloaded unless it exists with the right hash.

    Raises:
        JobFailedError: the download failed, or the file has the wrong hash.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    target = folder / published.file_name
    partial = target.with_name(target.name + ".partial")
    downloader = Downloader(partial, published, on_progress=on_progress)
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
            f"{published.name} could not be downloaded: {_describe(error)}",
            tip=_advise_manual_download(published, target),
        ) from error
    except ValueError as error:
        content = downloader.describe_content()
        raise JobFailedError(
            f"{published.url} returned {content}, not the set {published.name}",
            tip=_advise_manual_download(published, target),
        ) from error
    return Path(path)


class Downloader:
    """Downloads a file for pooch; resumes after a broken connection.

    The bytes received so far are in `partial`, so that a later run can resume too.
    """

    def __init__(
        self,
        partial: Path,
        published: PublishedSet,
        *,
        on_progress: ProgressCallback = no_progress,
    ) -> None:
        self._partial = partial
        self._published = published
        self._on_progress = on_progress
        self._first_bytes = b""

    def __call__(self, url: str, output_file: str | Path, _pooch: Any) -> None:
        """Download `url` to `output_file`; pooch calls its downloaders like this."""
        logger.info("downloading %s from %s", self._published.name, urlsplit(url).netloc)
        self._download_with_retries(url)
        with self._partial.open("rb") as file:
            self._first_bytes = file.read(len(LFS_POINTER) + 20)
        # Never resume from a complete file, whether its hash is right or wrong.
        self._partial.replace(output_file)

    def describe_content(self) -> str:
        """Describe a file that has the wrong hash."""
        if self._first_bytes.startswith(LFS_POINTER):
            return "a Git LFS pointer"
        if self._first_bytes.lstrip().lower().startswith((b"<!doctype", b"<html")):
            return "a web page"
        return "a file with another hash"

    def _download_with_retries(self, url: str) -> None:
        import requests

        for attempt in range(1, NUM_TRIES + 1):
            try:
                self._resume(url)
            except requests.RequestException as error:
                if attempt == NUM_TRIES or not _is_worth_retrying(error):
                    raise
                logger.info("%s; trying again", _describe(error))
                time.sleep(SECONDS_BEFORE_RETRY * 2 ** (attempt - 1))
            else:
                return

    def _resume(self, url: str) -> None:
        """Request the bytes that are still missing."""
        import requests

        num_bytes = self._partial.stat().st_size if self._partial.exists() else 0
        headers = {"Accept-Encoding": "identity", "User-Agent": APP_NAME}
        if num_bytes:
            headers["Range"] = f"bytes={num_bytes}-"
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status_code == RANGE_REFUSED:
                # No bytes after those we have: the file is complete, or an older file was larger.
                if num_bytes != self._published.num_bytes:
                    self._partial.unlink()
                    raise requests.ConnectionError("the partial file is not a part of this one")
                return
            answer.raise_for_status()
            self._write(answer, num_bytes if answer.status_code == RESUMED else 0)

    def _write(self, answer: requests.Response, start: int) -> None:
        length = answer.headers.get("Content-Length")
        total = start + int(length) if length else self._published.num_bytes
        num_bytes = start
        with self._partial.open("ab" if start else "wb") as file:
            for chunk in answer.iter_content(CHUNK_BYTES):
                num_bytes += file.write(chunk)
                self._on_progress("downloading", num_bytes, total)


def _is_worth_retrying(error: requests.RequestException) -> bool:
    """Return False for errors that will recur, such as "not found"."""
    answer = error.response
    return answer is None or answer.status_code >= 500 or answer.status_code == 429


def _describe(error: Exception) -> str:
    """Say briefly what went wrong; the libraries' own messages are several nested lines."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"{error.response.url} answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return f"no answer for {TIMEOUT_SECONDS:.0f} seconds"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return "there is no connection, or it was interrupted"
    return " ".join(str(error).split())


def _advise_manual_download(published: PublishedSet, target: Path) -> str:
    return f"download {published.url} yourself, and save it as {target}"
