"""What a place to publish to can do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place to publish to, as it is now.

    Attributes:
        name: what it is called, in a sentence.
        readers: who can read what is sent.
        is_new: whether there is no page yet.
        address: where the page will appear; "" if that is not known.
        picture: the address of the page's preview; "" if that is not known.
        note: what is left to do by hand, if anything.
    """

    name: str
    readers: str
    is_new: bool
    address: str = ""
    picture: str = ""
    note: str = ""


class Target(Protocol):
    """Somewhere to publish to; a module here per kind."""

    def look(self) -> Place:
        """Look at the place, without changing anything there.

        Raises:
            UserFacingError: nothing can be published there.
        """

    def send(self, page: Path) -> bool:
        """Put the page there, whole or not at all; return whether it is different from before.

        Raises:
            UserFacingError: it cannot be sent.
        """
