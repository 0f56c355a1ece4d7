"""What can go wrong, as one tree.

    UserFacingError            exit code 2: a wrong command, config or input
    ├── UsageError             arguments or options that do not fit together
    ├── ConfigError            a config file or a --set
    ├── InputError             vectors, metadata or other input that cannot be read as intended
    ├── RunError               a run or an export that is missing, unfinished or already exists
    └── JobFailedError         exit code 1: the job started well and failed
        └── WriteError         a file or folder cannot be written, as the disk is full

Everything that a user can cause derives from `UserFacingError` and is printed as one line without a
traceback. Any other exception is a bug in this program and keeps its traceback.
"""

from __future__ import annotations

import shlex


class UserFacingError(Exception):
    """What happened, where and what was expected, in one line; `tip` says what to do about it.

    >>> import projector_export as px
    >>> try:
    ...     px.export([[1, 2, 3], [4, 5, 6]], {"word": ["a", "b"]}, "map2", color_by="words")
    ... except px.UserFacingError as error:
    ...     print(error, "-", error.tip)
    vectors: there is no metadata column 'words' - did you mean 'word'? columns are: word
    """

    exit_code = 2

    def __init__(self, message: str, *, tip: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.tip = tip


class UsageError(UserFacingError):
    """Arguments or options do not fit together."""


class ConfigError(UserFacingError):
    """A config file or a `--set` is invalid."""


class InputError(UserFacingError):
    """Input is missing, damaged, or not in the expected format."""


class RunError(UserFacingError):
    """A run or an export is missing, unfinished or already exists."""


class JobFailedError(UserFacingError):
    """A job started with valid input and failed."""

    exit_code = 1


class WriteError(JobFailedError):
    """A file or folder cannot be written; what was finished before is kept where it can be."""


def command_line(*words: object) -> str:
    """Return a command of this program to copy into a shell, whatever is in a name or a path."""
    return shlex.join(["projector-export", *map(str, words)])
