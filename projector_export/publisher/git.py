"""Write a folder as a commit of a git repository; its work tree and index are not touched."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from projector_export.errors import JobFailedError, UsageError

FILE, FOLDER = "100644", "040000"  # modes in a tree
PASSWORD = re.compile(r"(?<=://)[^/@\s]*@")  # with the name, in an address
HINTS = {
    "rejected": "somebody else has pushed meanwhile, or the branch is protected; try again",
    "Authentication failed": "log in to the remote, or use its ssh address",
    "could not read": "log in to the remote, or use its ssh address",
    "Permission denied": "ask for permission to push, or use another --remote",
    "403": "ask for permission to push, or use another --remote",
    "resolve host": "check the network",
    "tell me who you are": 'git config --global user.name "..." and user.email "..."',
    "empty ident name": 'git config --global user.name "..." and user.email "..."',
}


@dataclass(frozen=True, slots=True)
class Git:
    """A git repository, by the path of its work tree or of the repository itself."""

    path: Path

    def run(self, *arguments: str, text: str = "") -> str:
        """Run git; return what it printed.

        Raises:
            UsageError: git is not installed.
            JobFailedError: git failed; the message is git's own.
        """
        done = self._run(arguments, text)
        if done.returncode:
            raise _error(arguments[0], done.stderr)
        return done.stdout.strip()

    def answer(self, *arguments: str) -> str:
        """Run git; return what it printed, or "" if it failed."""
        done = self._run(arguments, "")
        return "" if done.returncode else done.stdout.strip()

    def write_tree(self, folder: Path, *, extra: Sequence[str] = ()) -> str:
        """Write the files of a folder as objects; return the id of their tree.

        Args:
            folder: regular files and folders of them.
            extra: more lines of the tree, as `git ls-tree` prints them.
        """
        entries = sorted(folder.iterdir())
        files = [path for path in entries if path.is_file()]
        names = "".join(f"{path.resolve()}\n" for path in files)
        # No filters, as a setting for line ends must not change the page.
        ids = self.run("hash-object", "-w", "--no-filters", "--stdin-paths", text=names).split()
        lines = [f"{FILE} blob {blob}\t{path.name}" for path, blob in zip(files, ids, strict=True)]
        lines += [
            f"{FOLDER} tree {self.write_tree(path)}\t{path.name}"
            for path in entries
            if path.is_dir()
        ]
        return self.run("mktree", "-z", text="".join(f"{line}\0" for line in [*lines, *extra]))

    def _run(self, arguments: Sequence[str], text: str) -> subprocess.CompletedProcess[str]:
        may_ask = {} if sys.stdin.isatty() else {"GIT_TERMINAL_PROMPT": "0"}
        try:
            return subprocess.run(
                ["git", "-C", str(self.path), *arguments],
                input=text,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                env={**os.environ, "LC_ALL": "C", **may_ask},
            )
        except FileNotFoundError as error:
            raise UsageError("git is not installed", tip="install it from git-scm.com") from error


def without_password(address: str) -> str:
    """Remove a name and a password or token from an address."""
    return PASSWORD.sub("", address)


def _error(command: str, stderr: str) -> JobFailedError:
    lines = [line.strip() for line in without_password(stderr).splitlines() if line.strip()]
    telling = [
        line
        for line in lines
        if line.startswith(("fatal:", "error:", "!", "remote: error", "ERROR"))
    ]
    said = (telling or lines or ["it gave no reason"])[0]
    tip = next((hint for words, hint in HINTS.items() if words in stderr), None)
    return JobFailedError(f"git {command} failed: {said}", tip=tip)
