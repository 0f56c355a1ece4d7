r"""A file's lines as the page gets them: in pieces of 1,000,000 bytes, each decoded by itself.

Source: streamParse in data-provider.ts:168-210, TensorBoard 2.21.0. It knows "\n" alone, and it
waits for ever when the last piece holds none.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHUNK_BYTES = 1_000_000
_UTF16_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(slots=True)
class Mark:
    """A trouble that was met: how often, and where first.

    Attributes:
        count: how many times.
        line: the first one's line, from 1.
        byte: the first one's offset.
        sample: the first one itself.
    """

    count: int = 0
    line: int | None = None
    byte: int | None = None
    sample: str = ""

    def __bool__(self) -> bool:
        return self.count > 0

    def add(
        self, count: int = 1, *, line: int | None = None, byte: int | None = None, sample: str = ""
    ) -> None:
        """Count a trouble; only the first one's place is kept."""
        if not self.count:
            self.line, self.byte, self.sample = line, byte, sample
        self.count += count


@dataclass(slots=True)
class Stream:
    """What reading a file by the page's rules brought to light.

    Attributes:
        path: the file.
        size: how many of its bytes the page gets.
        hangs: whether the page waits for ever.
        lost_byte: the last byte, when the page never reads it and it matters.
        ends_with_newline: as the page needs it to be safe.
        mark: a byte order mark's name, or "".
        undecodable: bytes that are not UTF-8.
        split_characters: characters that a piece's end cuts in two.
        carriage_returns: lines that end in CR LF, or CR alone.
    """

    path: Path
    size: int
    hangs: bool = False
    lost_byte: str = ""
    ends_with_newline: bool = True
    mark: str = ""
    undecodable: Mark = field(default_factory=Mark)
    split_characters: Mark = field(default_factory=Mark)
    carriage_returns: Mark = field(default_factory=Mark)


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines that follow each other, without their ends.

    Attributes:
        lines: the text of each.
        first_line: the number of the first, from 1.
        num_safe: how many lie well inside their piece; a writer may pad the others with blanks to
            keep a character whole.
    """

    lines: list[str]
    first_line: int
    num_safe: int


def batches(stream: Stream, advance: Callable[[int], None] = lambda _: None) -> Iterator[Batch]:
    """Give the lines of `stream.path`, and note in `stream` what happened on the way.

    Args:
        stream: what to read; its `size` says how far.
        advance: told of the bytes read.
    """
    _note_end(stream)
    held: list[str] = []  # a line that has not ended yet
    first_line = 1
    offset = 0
    for raw in _pieces(stream):
        advance(len(raw))
        parts = _decoded(stream, raw, offset).split("\n")
        offset += CHUNK_BYTES
        held.append(parts[0])
        if len(parts) == 1:
            continue
        parts[0] = "".join(held)
        held = [parts.pop()]
        is_last = offset >= stream.size - 1
        if is_last:
            parts += [held[0]] if held[0] else []
        yield Batch(parts, first_line, max(0, len(parts) - 2) if not is_last else len(parts))
        first_line += len(parts)
        if is_last:
            return
    stream.hangs = True


def _note_end(stream: Stream) -> None:
    with stream.path.open("rb") as file:
        file.seek(max(0, stream.size - 1))
        last = file.read(1) if stream.size else b""
    stream.ends_with_newline = last == b"\n"
    # The page stops as soon as no more than one byte is left to read.
    if stream.size > CHUNK_BYTES and stream.size % CHUNK_BYTES == 1 and last != b"\n":
        stream.lost_byte = repr(last)[2:-1]


def _pieces(stream: Stream) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    before = b""
    with stream.path.open("rb") as file:
        for offset in range(0, stream.size, CHUNK_BYTES):
            raw = file.read(min(CHUNK_BYTES, stream.size - offset))
            _note_bytes(stream, raw, offset, before)
            _note_undecodable(stream, decoder, raw, offset)
            before = raw[-1:]
            yield raw


def _note_bytes(stream: Stream, raw: bytes, offset: int, before: bytes) -> None:
    if offset == 0:
        stream.mark = _byte_order_mark(raw)
    elif raw[:1] >= b"\x80" and raw[0] & 0xC0 == 0x80 and before >= b"\x80":
        stream.split_characters.add(byte=offset)
    if b"\r" in raw:
        ends = raw.count(b"\r\n") or (0 if b"\n" in raw else raw.count(b"\r"))
        if ends:
            stream.carriage_returns.add(ends, line=1 if offset == 0 else None)


def _byte_order_mark(raw: bytes) -> str:
    if raw.startswith(codecs.BOM_UTF8):
        return "UTF-8"
    return _UTF16_MARKS.get(raw[:2], "").upper()


def _note_undecodable(
    stream: Stream, decoder: codecs.IncrementalDecoder, raw: bytes, offset: int
) -> None:
    if stream.undecodable:
        return
    pending = len(decoder.getstate()[0])
    try:
        decoder.decode(raw, final=offset + len(raw) >= stream.size)
    except UnicodeDecodeError as error:
        byte = max(0, offset - pending + error.start)
        stream.undecodable.add(byte=byte, sample=f"0x{error.object[error.start]:02x}")


def _decoded(stream: Stream, raw: bytes, offset: int) -> str:
    """Decode a piece as `FileReader.readAsText` does: by its own mark, else as UTF-8."""
    if raw[:2] in _UTF16_MARKS:
        return raw[2:].decode(_UTF16_MARKS[raw[:2]], "replace")
    return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")


def size_of_lines(path: Path, num_rows: int) -> int:
    """Return how many bytes TensorBoard sends of a metadata file when asked for `num_rows`.

    It counts one line more when the first has a tab (projector_plugin.py:631-642).
    """
    with path.open("rb") as file:
        wanted = num_rows + int(b"\t" in file.readline())
        file.seek(0)
        offset = 0
        while raw := file.read(CHUNK_BYTES):
            found = raw.count(b"\n")
            if found >= wanted:
                return offset + _end_of_line(raw, wanted)
            wanted -= found
            offset += len(raw)
    return offset


def _end_of_line(raw: bytes, wanted: int) -> int:
    position = 0
    for _ in range(wanted):
        position = raw.index(b"\n", position) + 1
    return position
