r"""A file's lines as the page gets them: in chunks of 1,000,000 bytes, each decoded by itself.

Source: streamParse in data-provider.ts:168-210, TensorBoard 2.21.0. Only "\n" ends a line, and the
page waits forever if the last chunk contains none.
"""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from projector_export.checker.model.endless_lines import refuse_endless_line
from projector_export.checker.model.served_lines import size_of_lines
from projector_export.viewer_facts import CHUNK_BYTES

Sender = Literal["file", "TensorBoard"]
_UTF16_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(slots=True)
class Occurrences:
    """A problem in a file: how often it occurs, and where first.

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
        """Count an occurrence; only the place of the first one is kept."""
        if not self.count:
            self.line, self.byte, self.sample = line, byte, sample
        self.count += count


@dataclass(slots=True)
class Stream:
    """What was noticed while reading a file by the page's rules.

    Attributes:
        path: the file.
        size: how many bytes the page gets.
        sender: who sends them.
        file_size: the size of the part of the file that they come from; 0 if it is the same.
        hangs: whether the page waits forever.
        lost_byte: the last byte, if the page never reads it and it matters.
        ends_with_newline: whether it ends with a line feed, as it should.
        byte_order_mark: its name, or "".
        undecodable: bytes that are not UTF-8.
        split_characters: characters that cross the end of a chunk.
        carriage_returns: lines that end in CR LF, or in CR only.
    """

    path: Path
    size: int
    sender: Sender = "file"
    file_size: int = 0
    hangs: bool = False
    lost_byte: str = ""
    ends_with_newline: bool = True
    byte_order_mark: str = ""
    undecodable: Occurrences = field(default_factory=Occurrences)
    split_characters: Occurrences = field(default_factory=Occurrences)
    carriage_returns: Occurrences = field(default_factory=Occurrences)


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive lines, without their ends.

    Attributes:
        lines: the text of each.
        first_line: the number of the first, from 1.
        num_safe: how many are not near the end of their chunk; writers may pad the others with
            blanks to keep a character whole.
    """

    lines: list[str]
    first_line: int
    num_safe: int


def batches(stream: Stream, advance: Callable[[int], None] = lambda _: None) -> Iterator[Batch]:
    """Yield the lines of `stream.path`, and record in `stream` what was noticed.

    Args:
        stream: what to read; its `size` says how far.
        advance: called with the bytes read.
    """
    held: list[str] = []  # the beginning of an unfinished line
    first_line = 1
    offset = 0
    pieces = _pieces(stream)
    for raw in pieces:
        advance(len(raw))
        parts = _decoded(raw).split("\n")
        offset += CHUNK_BYTES
        held.append(parts[0])
        if len(parts) == 1:
            refuse_endless_line(stream.path, len(held))
            continue
        parts[0] = "".join(held)
        held = [parts.pop()]
        is_last = offset >= stream.size - 1
        if is_last:
            parts += [held[0]] if held[0] else []
        yield Batch(parts, first_line, max(0, len(parts) - 2) if not is_last else len(parts))
        first_line += len(parts)
        if is_last:
            deque(pieces, maxlen=0)  # to record what the page does not read
            return
    stream.hangs = True


def stream_of(path: Path, *, sender: Sender = "file", max_rows: int | None = None) -> Stream:
    """Return the stream of a file as the page gets it.

    Args:
        path: the file.
        sender: `TensorBoard`, which drops every CR, like TensorFlow's line reader
            (tsl/lib/io/buffered_inputstream.cc), or the `file` itself.
        max_rows: how many rows are requested from TensorBoard at most.
    """
    file_size = path.stat().st_size if max_rows is None else size_of_lines(path, max_rows)
    stream = Stream(path, file_size, sender=sender)
    if sender == "TensorBoard":
        stream.size -= sum(raw.count(b"\r") for raw in _file_pieces(path, file_size))
        stream.file_size = file_size
    return stream


def _file_pieces(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        for offset in range(0, size, CHUNK_BYTES):
            yield file.read(min(CHUNK_BYTES, size - offset))


def _sent_pieces(stream: Stream) -> Iterator[bytes]:
    """Yield the chunks into which the page splits what it gets."""
    held = b""
    for raw in _file_pieces(stream.path, stream.file_size or stream.size):
        _note_returns(stream, raw)
        held += raw.replace(b"\r", b"") if stream.sender == "TensorBoard" else raw
        if len(held) >= CHUNK_BYTES:
            yield held[:CHUNK_BYTES]
            held = held[CHUNK_BYTES:]
    if held:
        yield held


def _pieces(stream: Stream) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    before, offset = b"", 0
    for raw in _sent_pieces(stream):
        _note_bytes(stream, raw, offset, before)
        _note_undecodable(stream, decoder, raw, offset)
        stream.ends_with_newline = raw.endswith(b"\n")
        # The page stops when at most one byte is left.
        if offset and offset == stream.size - 1:
            stream.lost_byte = "" if raw == b"\n" else repr(raw)[2:-1]
        else:
            yield raw
        offset += len(raw)
        before = raw[-1:]


def _note_bytes(stream: Stream, raw: bytes, offset: int, before: bytes) -> None:
    if offset == 0:
        stream.byte_order_mark = _byte_order_mark(raw)
    elif raw[0] & 0xC0 == 0x80 and before >= b"\x80":
        stream.split_characters.add(byte=offset)


def _note_returns(stream: Stream, raw: bytes) -> None:
    if b"\r" in raw:
        ends = raw.count(b"\r\n") or (0 if b"\n" in raw else raw.count(b"\r"))
        if ends:
            first = raw.index(b"\r")
            is_first = not stream.carriage_returns
            stream.carriage_returns.add(
                ends, line=raw.count(b"\n", 0, first) + 1 if is_first else None
            )


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


def _decoded(raw: bytes) -> str:
    """Decode a chunk like `FileReader.readAsText`: by its byte order mark, else as UTF-8."""
    if raw[:2] in _UTF16_MARKS:
        return raw[2:].decode(_UTF16_MARKS[raw[:2]], "replace")
    return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
