"""What can go wrong, as one tree.

    UserFacingError            exit code 2: a wrong command, config or input
    ├── UsageError             the command's own words do not fit together
    ├── ConfigError            a config file or a --set
    ├── InputError             books, vectors, metadata or a dump that cannot be read as meant
    ├── RunError               a run that is missing, unfinished or already there
    └── JobFailedError         exit code 1: the job started well and failed

Everything a user can cause derives from `UserFacingError` and is printed as one line without a
traceback. Any other exception is a defect of this program and keeps its traceback.
"""

from __future__ import annotations


class UserFacingError(Exception):
    """What happened, where and what was expected, in one line; `tip` says what to do about it."""

    exit_code = 2

    def __init__(self, message: str, *, tip: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.tip = tip


class UsageError(UserFacingError):
    """The words of a command do not fit together."""


class ConfigError(UserFacingError):
    """A config file, or a `--set`, cannot be used."""


class InputError(UserFacingError):
    """Input cannot be read as what it is said to be."""


class RunError(UserFacingError):
    """A run is missing, unfinished or already there."""


class JobFailedError(UserFacingError):
    """A job that began with good input did not reach a good end."""

    exit_code = 1
