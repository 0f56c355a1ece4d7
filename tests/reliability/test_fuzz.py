"""Whatever is in a file, its reader works or refuses it in one line: no traceback."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from projector_export.errors import UserFacingError
from tests.helpers.mutations import EDITS, ByteEdit, JsonEdit, damaged
from tests.helpers.readers import READERS, contents

INPUTS = int(os.environ.get("INPUTS", "1000"))  # of all readers together; `make soak` has more
PLACE = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (files in memory)
SHARE = INPUTS / sum(1 / reader.cost for reader in READERS.values())
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

pytestmark = [pytest.mark.timeout(3600), pytest.mark.filterwarnings("ignore")]


@cache
def seed(name: str) -> tuple[str, dict[str, bytes]]:
    """Write a reader's good input once; return the path to read, and all files."""
    with tempfile.TemporaryDirectory(dir=PLACE) as folder:
        path = Path(READERS[name].write(Path(folder)))
        return str(path.relative_to(folder)), contents(Path(folder))


def read_damaged(name: str, chosen: int, edits: list[ByteEdit | JsonEdit]) -> None:
    """Damage one file of a good input and read it; a refusal is fine."""
    path, files = seed(name)
    hurt = sorted(files)[chosen % len(files)]
    with tempfile.TemporaryDirectory(dir=PLACE) as root:
        folder = Path(root, "in")
        for file, content in {**files, hurt: damaged(files[hurt], edits)}.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        with suppress(UserFacingError):
            READERS[name].read(folder / path, Path(root, "out"))


SLOW = [pytest.mark.reliability]  # `make soak` has these readers too
CASES = [pytest.param(name, marks=SLOW if one.cost > 2 else []) for name, one in READERS.items()]


@pytest.mark.parametrize("name", CASES)
def test_any_damage(name: str, count_input) -> None:
    @settings(
        max_examples=max(1, round(SHARE / READERS[name].cost)),
        deadline=None,
        database=None,
        suppress_health_check=CHECKS,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(st.integers(0, 99), EDITS)
    def any_damage(chosen: int, edits: list[ByteEdit | JsonEdit]) -> None:
        count_input(name)
        read_damaged(name, chosen, edits)

    any_damage()


def whole(content: bytes) -> ByteEdit:
    """Replace all of a file."""
    return ByteEdit(0, 10**9, content)


# What was found, as small as hypothesis made it; each ended in a traceback.
FOUND = [
    ("Feather", 0, [ByteEdit(30495, 1, b"")]),  # a claimed buffer of 10^17 bytes
    ("JSON lines", 0, [whole(b'{"e": [0.5, 1' + b"0" * 400 + b"]}")]),
    ("JSON lines", 0, [whole(rb'{"t": "\ud800", "e": [0.5, 1]}')]),
    ("CSV of lists", 0, [whole(b'word,e\na,"[1, 1' + b"0" * 400 + b']"\n')]),
    ("vectors of a run", 0, [ByteEdit(133, 0, b"\0")]),  # BadZipFile
    ("append", 7, [ByteEdit(0, 0, b"}")]),
    ("append", 18, [ByteEdit(0, 0, b"\xff")]),
    ("append", 37, [ByteEdit(454, 0, b"\0")]),
    *(("select by a link", chosen, [ByteEdit(0, 0, b"\xff")]) for chosen in (18, 49)),
    ("JSON", 0, [whole(b'[{"t": "a", "e": [1' + b"0" * 400 + b"]}]")]),
    *(("site", chosen, [ByteEdit(0, 0, b"}")]) for chosen in (4, 8)),  # not JSON, as in the config
]


@pytest.mark.parametrize(("name", "chosen", "edits"), FOUND)
def test_what_was_found_stays_refused(name: str, chosen: int, edits: list[ByteEdit | JsonEdit]):
    read_damaged(name, chosen, edits)
