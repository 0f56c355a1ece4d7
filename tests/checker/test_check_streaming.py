"""Chunks of 1,000,000 bytes: when the page hangs, loses a byte or cuts a character."""

from __future__ import annotations

from pathlib import Path

import pytest

from projector_export.checker.model.metadata import Metadata, read_metadata
from projector_export.checker.model.served_lines import size_of_lines
from projector_export.fixer.metadata import fix_metadata_bytes
from tests.helpers.check_exports import good_rows, tsv

MB = 1_000_000
TENS = b"123456789\n" * 100_000  # exactly one chunk


def read(path: Path, content: bytes, max_rows: int | None = None) -> Metadata:
    path.write_bytes(content)
    return read_metadata(path, max_rows=max_rows)


@pytest.mark.parametrize("content", [b"", b"one", b"a\n" + b"x" * MB, TENS + b"tail"])
def test_the_page_hangs_if_the_last_chunk_has_no_line_feed(content: bytes, tmp_path: Path):
    assert read(tmp_path / "m.tsv", content).stream.hangs


@pytest.mark.parametrize("content", [b"one\n", b"one\ntwo", TENS, b"x" * (2 * MB + 5) + b"\n"])
def test_the_page_finishes_if_the_last_chunk_has_a_line_feed(content: bytes, tmp_path: Path):
    assert not read(tmp_path / "m.tsv", content).stream.hangs


def test_one_byte_after_a_chunk_boundary_is_never_read(tmp_path: Path):
    metadata = read(tmp_path / "m.tsv", TENS + b"b")
    assert metadata.stream.lost_byte == "b"
    assert metadata.num_rows == 100_000
    assert not metadata.stream.hangs


def test_losing_a_last_line_feed_after_a_chunk_boundary_does_no_harm(tmp_path: Path):
    metadata = read(tmp_path / "m.tsv", TENS[:-1] + b"a" + b"\n")
    assert (metadata.stream.lost_byte, metadata.stream.hangs) == ("", False)
    assert metadata.num_rows == 100_000


@pytest.mark.parametrize("shift", [0, 1, 2, 3])
def test_a_character_that_crosses_a_chunk_boundary_is_found_and_fixed(shift: int, tmp_path: Path):
    lines = tsv(good_rows())
    # A character of four bytes starts `shift` bytes before the chunk boundary.
    filler = b"x" * (MB - len(lines) - shift) + "𝄞 é\tepic\n".encode()
    metadata = read(tmp_path / "m.tsv", lines + filler)
    assert bool(metadata.stream.split_characters) == (shift > 0)
    fixed = fix_metadata_bytes(lines + filler, None)
    again = read(tmp_path / "m.tsv", fixed)
    assert not again.stream.split_characters
    assert "".join(fixed.decode().split()) == "".join((lines + filler).decode().split())


def test_tensorboard_sends_the_header_and_the_rows_that_the_page_asks_for(tmp_path: Path):
    path = tmp_path / "m.tsv"
    path.write_bytes(b"t\tg\n1\ta\n2\tb\n3\tc\n")
    assert size_of_lines(path, 2) == len(b"t\tg\n1\ta\n2\tb\n")
    path.write_bytes(b"one\ntwo\nthree\n")
    assert size_of_lines(path, 2) == len(b"one\ntwo\n")
    assert size_of_lines(path, 9) == len(b"one\ntwo\nthree\n")


def test_tensorboard_drops_carriage_returns_and_the_page_does_not(tmp_path: Path):
    content = b"t\tg\r\n1\ta\r\n2\tb\r\n"
    assert [column.name for column in read(tmp_path / "m.tsv", content).columns] == ["t", "g\r"]
    served = read(tmp_path / "m.tsv", content, max_rows=100)
    assert [column.name for column in served.columns] == ["t", "g"]
    assert served.stream.size == len(content) - 3
