"""publish(): find the page -> look at the place -> send a copy that knows its address."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from projector_export.errors import UsageError
from projector_export.publisher.folder import Folder
from projector_export.publisher.github_pages import GitHubPages
from projector_export.publisher.huggingface import HuggingFaceSpace, space_name
from projector_export.publisher.page import find_page, page_files, page_for
from projector_export.publisher.target import Place, Target

logger = logging.getLogger(__name__)

GITHUB_PAGES, HUGGING_FACE = "github-pages", "huggingface:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is published, and where.

    Attributes:
        place: where it goes, and who can read it.
        num_files: how many files are sent.
        num_bytes: their size.
        is_sent: whether it was sent; False in a dry run, and if the same page is there already.
    """

    place: Place
    num_files: int
    num_bytes: int
    is_sent: bool = False


def publish(
    folder: str | Path,
    to: str | Path,
    *,
    repository: str | Path = ".",
    remote: str = "origin",
    dry_run: bool = False,
) -> Publication:
    """Publish the page of an export; what was there before is replaced at once, or not at all.

    >>> import projector_export as px
    >>> px.publish("map", "public").place.name
    'the folder public'

    Args:
        folder: an export, or a page that `site` wrote.
        to: a folder; "github-pages" is the branch `gh-pages` of a git repository,
            "huggingface:USER/SPACE" a static Space.
        repository: the git repository.
        remote: the remote of it to push to.
        dry_run: send nothing, only look.

    Raises:
        RunError: there is no page in `folder`.
        UsageError: nothing can be published to `to`.
        JobFailedError: it cannot be sent.
    """
    page = find_page(Path(folder))
    target = _target(str(to), page, repository=Path(repository), remote=remote)
    place = target.look()
    is_sent = False
    with page_for(page, place) as copy:
        files = page_files(copy)
        num_bytes = sum(path.stat().st_size for path in files)
        if not dry_run:
            is_sent = target.send(copy)
    if is_sent:
        logger.info("%s is published to %s", folder, place.name)
    return Publication(place=place, num_files=len(files), num_bytes=num_bytes, is_sent=is_sent)


def _target(to: str, page: Path, *, repository: Path, remote: str) -> Target:
    if to == GITHUB_PAGES:
        return GitHubPages(repository, remote, page)
    if to.startswith(HUGGING_FACE):
        return HuggingFaceSpace(space_name(to.removeprefix(HUGGING_FACE)))
    if (
        to.startswith(("huggingface", "github", "http:", "https:", "git@"))
        and not Path(to).exists()
    ):
        raise UsageError(
            f"there is no place {to!r} to publish to",
            tip=f"{GITHUB_PAGES}, {HUGGING_FACE}USER/SPACE, or a folder; ./{to} is one",
        )
    return Folder(Path(to), page)
