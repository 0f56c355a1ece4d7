"""Publish to GitHub Pages: the branch `gh-pages` of a git repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from projector_export.errors import JobFailedError, UsageError
from projector_export.export_folder import INDEX_NAME, PREVIEW_NAME
from projector_export.publisher.git import FILE, Git, without_password
from projector_export.publisher.page import is_page, page_files
from projector_export.publisher.target import Place

BRANCH = "gh-pages"
TURN_ON = f"turn the website on at GitHub: Settings, Pages, branch {BRANCH}"
DOMAIN_NAME = "CNAME"  # the file with the domain of a site that has its own
NO_JEKYLL = ".nojekyll"  # GitHub otherwise builds the site, without files that begin with _
GITHUB = re.compile(
    r"(?:\w+://)?(?:[^@/]*@)?(?:ssh\.|www\.)?github\.com(?::\d+)?[:/]+([^/]+)/([^/]+?)(?:\.git)?/?"
)
MAX_FILE_BYTES = 100 * 2**20  # GitHub refuses to take more


@dataclass(frozen=True, slots=True)
class GitHubPages:
    """The branch `gh-pages` of a repository's remote.

    Attributes:
        repository: where the repository is on this machine.
        remote: the name of its remote.
        page: what will be there.
    """

    repository: Path
    remote: str
    page: Path

    def look(self) -> Place:
        """Fetch the branch, if there is one.

        Raises:
            UsageError: there is no repository, no remote, or a website that is no page.
            JobFailedError: git cannot reach the remote.
        """
        url = self._remote_url()
        self._refuse_large_files(url)
        tip = self._tip()
        index = self._git.answer("cat-file", "blob", f"{tip}:{INDEX_NAME}") if tip else ""
        if index and not is_page(index):
            raise UsageError(
                f"the branch {BRANCH} of {without_password(url)} has another website",
                tip="publish to a folder of that website, with --to DIR",
            )
        domain = self._git.answer("cat-file", "blob", f"{tip}:{DOMAIN_NAME}") if tip else ""
        address = pages_address(url, domain)
        return Place(
            name=f"the branch {BRANCH} of {without_password(url)} ({self.remote})",
            readers="everyone, if the repository's website is public",
            is_new=not index,
            address=address,
            picture=f"{address}{PREVIEW_NAME}" if address else "",
            note="" if tip or not address else TURN_ON,
        )

    def send(self, page: Path) -> bool:
        """Add a commit to the branch and push it; the remote takes it whole, or not at all.

        Older pages stay in the history, so that no push has to overwrite anything.
        """
        git, tip = self._git, self._tip()
        empty = git.run("hash-object", "-w", "--stdin")
        kept = git.answer("ls-tree", tip, DOMAIN_NAME) if tip else ""
        extra = [f"{FILE} blob {empty}\t{NO_JEKYLL}", *kept.splitlines()]
        tree = git.write_tree(page, extra=extra)
        if tip and tree == git.run("rev-parse", f"{tip}^{{tree}}"):
            return False
        parent = ["-p", tip] if tip else []
        commit = git.run("commit-tree", tree, *parent, "-m", "Publish the page")
        git.run("push", "--quiet", self.remote, f"{commit}:refs/heads/{BRANCH}")
        return True

    @property
    def _git(self) -> Git:
        return Git(self.repository)

    def _remote_url(self) -> str:
        self._require_repository()
        url = self._git.answer("remote", "get-url", "--push", self.remote)
        if not url:
            names = ", ".join(self._git.answer("remote").split())
            raise UsageError(
                f"the git repository has no remote {self.remote!r}",
                tip=f"choose one with --remote: {names}"
                if names
                else f"git remote add {self.remote} git@github.com:OWNER/NAME.git",
            )
        return url

    def _require_repository(self) -> None:
        try:
            if self.repository.is_dir() and self._git.run("rev-parse", "--git-dir"):
                return
        except JobFailedError as error:
            if "not a git repository" not in error.message:
                raise
        raise UsageError(
            f"{self.repository.resolve()} is not in a git repository",
            tip="change to a clone of the repository, or name one with --repository",
        )

    def _tip(self) -> str:
        """Fetch the branch; return its newest commit, or "" if there is no branch."""
        reference = f"refs/heads/{BRANCH}"
        listed = self._git.run("ls-remote", self.remote, reference)
        if not listed:
            return ""
        self._git.run(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", self.remote, reference
        )
        return listed.split()[0]

    def _refuse_large_files(self, url: str) -> None:
        for path in page_files(self.page) if GITHUB.fullmatch(url) else ():
            if path.stat().st_size > MAX_FILE_BYTES:
                raise UsageError(
                    f"{path} has {path.stat().st_size / 2**20:,.0f} MB; GitHub takes 100",
                    tip="publish it with --to huggingface:USER/SPACE",
                )


def pages_address(url: str, domain: str = "") -> str:
    """Return where GitHub shows the branch of a repository; "" for other hosts."""
    if domain:
        return f"https://{domain.strip()}/"
    found = GITHUB.fullmatch(url)
    if found is None:
        return ""
    owner, name = found[1].lower(), found[2]
    is_root = name.lower() == f"{owner}.github.io"
    return f"https://{owner}.github.io/" + ("" if is_root else f"{name}/")
