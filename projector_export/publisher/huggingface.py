"""Publish to a static Space of Hugging Face.

The token is that of `hf auth login` or HF_TOKEN; only huggingface-hub reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from projector_export.errors import JobFailedError, UsageError
from projector_export.export_folder import PREVIEW_NAME
from projector_export.publisher.page import page_files
from projector_export.publisher.target import Place
from projector_export.write.site.data import read_page_config

if TYPE_CHECKING:
    from huggingface_hub import HfApi, SpaceInfo

NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
README_NAME = "README.md"
TAG = "projector-export"  # by which a later publish knows its own Space
# What an empty Space has; the first page may replace it.
NEW_SPACE_FILES = {".gitattributes", README_NAME, "index.html", "style.css"}
LOG_IN = "log in with: hf auth login   (or set HF_TOKEN); the token needs to write"


@dataclass(frozen=True, slots=True)
class HuggingFaceSpace:
    """A static Space, by its name USER/SPACE."""

    name: str

    def look(self) -> Place:
        """Ask the hub for the Space.

        Raises:
            UsageError: huggingface-hub is not installed, nobody is logged in, or the Space is
                something else.
            JobFailedError: the hub cannot be reached, or refuses.
        """
        space = self._space()
        if space is not None:
            self._refuse_other_things(space)
        address = self._address
        return Place(
            name=f"the Space {self.name} of Hugging Face",
            readers="those who can see that private Space" if _is_private(space) else "everyone",
            is_new=space is None or TAG not in (space.tags or ()),
            address=address,
            picture=self._picture,
        )

    def send(self, page: Path) -> bool:
        """Create the Space if necessary, then change it in one commit."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        api = _api()
        with _errors_in_one_line():
            api.create_repo(self.name, repo_type="space", space_sdk="static", exist_ok=True)
            old = api.space_info(self.name)
            new = {path.relative_to(page).as_posix(): path for path in page_files(page)}
            operations: list[Any] = [CommitOperationAdd(name, path) for name, path in new.items()]
            operations.append(CommitOperationAdd(README_NAME, self._readme(page)))
            kept = {*new, README_NAME, ".gitattributes"}
            operations += [
                CommitOperationDelete(file.rfilename)
                for file in old.siblings or ()
                if file.rfilename not in kept
            ]
            done = api.create_commit(
                self.name,
                operations,
                commit_message="Publish the page",
                repo_type="space",
                parent_commit=old.sha,
            )
        return bool(done.oid != old.sha)

    @property
    def _address(self) -> str:
        return f"{_api().endpoint}/spaces/{self.name}"

    @property
    def _picture(self) -> str:
        return f"{self._address}/resolve/main/{PREVIEW_NAME}"

    def _space(self) -> SpaceInfo | None:
        """Return the Space, or None if there is none."""
        api = _api()
        from huggingface_hub import get_token
        from huggingface_hub.errors import RepositoryNotFoundError

        if get_token() is None:
            raise UsageError("you are not logged in to Hugging Face", tip=LOG_IN)
        with _errors_in_one_line():
            try:
                return api.space_info(self.name)
            except RepositoryNotFoundError as error:
                if error.response.status_code != 404:
                    raise
                return None

    def _refuse_other_things(self, space: SpaceInfo) -> None:
        names = {file.rfilename for file in space.siblings or ()}
        is_own = TAG in (space.tags or ())
        if space.sdk != "static" or not (is_own or names <= NEW_SPACE_FILES):
            raise UsageError(
                f"the Space {self.name} is something else, and would be replaced",
                tip="choose another name; a Space that does not exist is created",
            )

    def _readme(self, page: Path) -> bytes:
        """Return the README, whose head configures the Space."""
        config = read_page_config(page)
        title = str(config.get("modelCheckpointPath") or self.name)
        head = {"title": title, "emoji": "🗺️", "sdk": "static", "pinned": False, "tags": [TAG]}
        if (page / PREVIEW_NAME).is_file():
            head["thumbnail"] = self._picture
        source = str(config.get("source", ""))
        text = yaml.safe_dump(head, allow_unicode=True, sort_keys=False)
        return f"---\n{text}---\n\n{source}\n".encode()


def space_name(text: str) -> str:
    """Return USER/SPACE.

    Raises:
        UsageError: it is something else.
    """
    if not NAME.fullmatch(text):
        raise UsageError(f"{text!r} is not a Space; expected huggingface:USER/SPACE")
    return text


def _api() -> HfApi:
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.utils import disable_progress_bars
    except ImportError as error:
        raise UsageError(
            "to publish to Hugging Face, huggingface-hub is needed",
            tip="pip install 'projector-export[huggingface]'",
        ) from error
    disable_progress_bars()
    return HfApi(library_name="projector-export")


def _is_private(space: SpaceInfo | None) -> bool:
    return space is not None and bool(space.private)


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """Report what the hub or the network refused, without addresses and tokens.

    Raises:
        JobFailedError: there was an error.
    """
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    network_error: Any = HfHubHTTPError.__bases__[0]  # of the HTTP library that the hub uses
    try:
        yield
    except HfHubHTTPError as error:
        code = error.response.status_code
        said = " ".join((error.server_message or "").split()) or f"HTTP {code}"
        tip = LOG_IN if code in {401, 403} else None
        raise JobFailedError(f"Hugging Face refuses: {said}", tip=tip) from error
    except (network_error, OfflineModeIsEnabled, OSError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise JobFailedError(
            f"Hugging Face cannot be reached: {said}", tip="check the network, and HF_HUB_OFFLINE"
        ) from error
